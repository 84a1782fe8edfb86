/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files conf*.c share; private to them, their tests and their fuzz
 * target.
 */
#ifndef MIP6D_CONF_PRIV_H
#define MIP6D_CONF_PRIV_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "mip6d/conf.h"

/* ---- the text: one file with its includes, and what is wrong in it ---- */

/* Where a line of the joined text comes from. */
struct conf_line {
	unsigned int file; /* index into files */
	unsigned int line;
};

#define CONF_KEY_LEN 16

struct conf_mistake {
	unsigned int at; /* line of the joined text, from 1 */
	bool is_note;    /* worth saying, refuses nothing */
	char *text;
};

/* Owns all that it points to. */
#define CONF_SECRET_MAX 64

struct conf_secret {
	uint8_t v[CONF_SECRET_MAX];
	size_t len;
};

struct conf_text {
	char *data;       /* NUL-terminated */
	size_t len, size; /* size: what there is room for */
	struct conf_line *lines;
	unsigned int n_lines, max_lines;
	char **files;
	unsigned int n_files;
	struct conf_mistake *mistakes;
	unsigned int n_mistakes, n_more; /* n_more: not kept */
	unsigned int n_errors;           /* mistakes that are no notes */
	char *appendix;  /* reported behind the mistakes; owned */
	size_t file_max; /* octets of one file; of all of them 8 times that */
	bool can_include;
	bool is_secret; /* wiped at the end */
	bool is_file;   /* other files that it names are read, too */
	/* Those that were taken out of the text. */
	struct conf_secret *secrets;
	unsigned int n_secrets;
	struct conf_text *next; /* owned; another file, reported behind */
	bool too_much;          /* sticky: the rest was left out */
	bool no_memory;         /* sticky; checked once, at the end */
};

void conf_text_init(struct conf_text *t);
void conf_text_done(struct conf_text *t);

/* Reads a file and what it includes.  0, mistakes being kept in t, or -errno
 * when the file itself cannot be read. */
int conf_text_read(struct conf_text *t, const char *path);
/* The same from memory, under that name. */
void conf_text_add(struct conf_text *t, const char *name, const char *data,
		   size_t len);

/* The same of a text that must not stay in memory, nor include others: what
 * libconfig reads, which wipes nothing, has numbers in place of the values of
 * these names (conf_secret.c). */
void conf_text_add_secret(struct conf_text *t, const char *name,
			  const char *data, size_t len,
			  const char *const *names);
/* What such a value was; NULL: no hexadecimal digits, or too many. */
const struct conf_secret *conf_secret_of(const struct conf_text *t,
					 const char *value);

/* ---- files of secrets (conf_secret.c) ---- */

/* An ordinary file of at most max octets, NUL-terminated, and what it was when
 * it was read.  -EISDIR, -ENODEV, -EFBIG, or what else is wrong with it. */
int conf_secret_read(const char *path, size_t max, char **ret_data,
		     size_t *ret_len, struct stat *ret_st);
/* Wipes len octets and frees; data may be NULL. */
void conf_secret_free(void *data, size_t len);

/* ---- mistakes ---- */

/* Keeps "found X, expected Y" about a line of the joined text. */
void conf_mistake(struct conf_text *t, unsigned int at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void conf_note(struct conf_text *t, unsigned int at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Writes them all, by line, as FILE:LINE: TEXT. */
void conf_text_report(struct conf_text *t, FILE *err);

/* ---- the table of options ---- */

enum conf_type {
	CONF_GROUP,  /* { ... } */
	CONF_ROLE,   /* a group that switches a role on; the field is `on` */
	CONF_GROUPS, /* ( { ... }, ... ) */
	CONF_BOOL,
	CONF_NUMBER,   /* 32 bits */
	CONF_NUMBER_4, /* a lifetime on the wire: a multiple of 4 */
	CONF_LIFETIME, /* a number, or "infinite" */
	CONF_SECURITY,
	CONF_LOG_LEVEL,
	CONF_IFNAME,
	CONF_PATH,
	CONF_PATH_OR_NONE, /* "": none */
	CONF_NAME,         /* of a user group */
	CONF_ADDRESS,      /* unicast and routable */
	CONF_AGENT,        /* the same, or "auto": :: */
	CONF_ADDRESS_LEN,  /* the same with its prefix length */
	CONF_PREFIX,
	CONF_MATCH,    /* any prefix, or an address alone: of a rule */
	CONF_MATCHES,  /* [ "...", ... ] of what CONF_MATCH takes */
	CONF_SYSCTLS,  /* [ "NAME=VALUE", ... ] */
	CONF_NAI,      /* user@realm */
	CONF_KEY,      /* of CONF_KEY_LEN octets */
	CONF_PROTOCOL, /* a name or a number */
	CONF_IDENTITY, /* a text of one line */
	CONF_TIME,     /* "mon-fri 08:00-18:00" */
	CONF_ACTION_HA,
	CONF_ACTION_CN,
	CONF_ACTION_MN,
	CONF_RA, /* enum conf_ra */
	CONF_PROTECT,
	CONF_HOME,    /* true: "auto" */
	CONF_FORMING, /* true: "at-once" */
	CONF_LATER,   /* known, but not in this version */
};

struct conf_option {
	const char *name; /* "home-agent.links.prefix" */
	enum conf_type type;
	const char *unit; /* "s", "ms", ... or "" */
	int64_t min, max; /* of numbers; of CONF_GROUPS how many */
	/* As it would stand in the file (without quotes); NULL: it has to be
	 * given; "": there is none. */
	const char *fallback;
	bool restart;  /* a reload cannot bring in another value */
	size_t offset; /* in struct conf, or in the element of a list */
	size_t size;   /* of the field; of an element for CONF_GROUPS */
	size_t count;  /* offset of the number of elements of a list, of the
		       * prefix length of CONF_ADDRESS_LEN, or, where not 0,
		       * of whether there is a CONF_MATCH */
};

extern const struct conf_option conf_options[];
extern const size_t conf_n_options;

/* The option NAME of the group PATH ("" for the file itself), or NULL. */
const struct conf_option *conf_option_find(const char *path, const char *name);
/* The last word of its name. */
const char *conf_option_word(const struct conf_option *o);
/* Whether o stands in the group PATH itself. */
bool conf_option_is_in(const struct conf_option *o, const char *path);
/* The word of the group PATH that is most like NAME, or NULL. */
const char *conf_option_nearest(const char *path, const char *name);

/* ---- the steps of reading ---- */

struct config_setting_t;

#define CONF_SHOWN_MAX 80   /* characters of a value in a message */
#define CONF_LIST_MAX  4096 /* elements of one list */

/* One setting that is being read. */
struct conf_reader {
	struct conf_text *t;
	const struct conf_option *o;
	struct config_setting_t *s;
	char *base; /* struct conf, or the element of a list */
};

/* The hook of a setting that was not understood. */
extern char conf_bad[1];

/* A value that is no group. */
void conf_value_read(const struct conf_reader *r);
/* One whose value is one of some words (conf_words.c). */
void conf_word_read(const struct conf_reader *r);
/* "found NAME = VALUE, expected ..."; s is r->s or an element of it. */
void conf_refuse(const struct conf_reader *r, struct config_setting_t *s,
		 const char *expected);
/* Where the value is stored; the number of elements of a list. */
void *conf_field(const struct conf_reader *r);
unsigned int *conf_count_of(const struct conf_reader *r);
/* A zeroed array of n elements, stored in the field, or NULL when out of
 * memory. */
void *conf_array_new(const struct conf_reader *r, unsigned int n, size_t size);
/* Numbers are 8, 16 or 32 bits wide. */
void conf_number_store(const struct conf_option *o, char *base, uint32_t v);

/* Of the home agent's policy (conf_value_policy.c). */
void conf_read_identity(const struct conf_reader *r);
void conf_read_time(const struct conf_reader *r);
/* "mon-fri 08:00-18:00", "22:00-06:00", "sat,sun".  -EINVAL. */
int conf_time_parse(const char *text, struct conf_time *ret_time);

/* ---- the file of keys of RFC 4285 (conf_auth.c) ---- */

/* Reads the file that conf names, and checks it; `root` are the settings that
 * conf was read from. */
void conf_auth_load(struct conf_text *t, struct conf *conf,
		    struct config_setting_t *root);
/* The text of such a file; its keys are taken out of data, whose octets they
 * are overwritten in. */
void conf_auth_add(struct conf_text *t, const char *name, const char *data,
		   size_t len);
/* NULL when out of memory; whatever is wrong is kept in t. */
struct auth_keys *conf_auth_read(struct conf_text *t);

/* Values in it. */
void conf_nai_read(const struct conf_reader *r);
void conf_key_read(const struct conf_reader *r);

struct config_t;
/* Reads the joined text into `base`, whose options are those of the group
 * PATH; false after a syntax error.  c is the caller's to destroy. */
bool conf_read_text(struct conf_text *t, struct config_t *c, const char *path,
		    void *base);

/* Turns the joined text into values; whatever is wrong is kept in t. */
struct conf *conf_read(struct conf_text *t);
/* Contradictions between values that are right each by itself.  `root` are
 * the settings that conf was read from. */
void conf_check(struct conf_text *t, const struct conf *conf,
		struct config_setting_t *root);

/* The same of home addresses (conf_homes.c). */
void conf_check_homes(struct conf_text *t, const struct conf *conf,
		      struct config_setting_t *mn);

/* The same of rules (conf_check_rules.c). */
void conf_check_rules(struct conf_text *t, const struct conf *conf,
		      struct config_setting_t *root);

/* What belongs to discovery: router advertisements, intervals of prefix
 * advertisements (conf_check_ra.c). */
void conf_check_ra(struct conf_text *t, const struct conf *conf,
		   struct config_setting_t *ha);
/* Protection (conf_check_security.c): what links and homes take over from
 * their role, and roles from the file; and whether it can be had. */
void conf_inherit_security(struct conf *conf);
void conf_check_security(struct conf_text *t, struct conf *conf,
			 struct config_setting_t *root);

/* Pairs that negotiate their keys (conf_ike.c): from a text; NULL when out of
 * memory.  And from the file that conf names, if there is one: 0, -EINVAL
 * with the mistakes written to err, -ENOMEM. */
void conf_ike_add(struct conf_text *t, const char *name, const char *data,
		  size_t len);
struct ike_conf *conf_ike_read(struct conf_text *t, const struct conf *conf);
int conf_ike_load(struct conf *conf, FILE *err);

/* What links on one interface take over from the first of them. */
void conf_inherit_ra(struct conf_ha *ha);

/* Whether a setting, or an element of one, was understood. */
bool conf_is_good(const struct config_setting_t *s);
/* For conf_check: a member that is there and was understood, or NULL. */
struct config_setting_t *conf_good(struct config_setting_t *group,
				   const char *name);

/* Judges t as a whole: reports to err; 0 or -EINVAL. */
int conf_from_text(struct conf_text *t, FILE *err, struct conf **ret_conf);

#endif
