/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of each type of the table of options: what may stand in the file,
 * and what it becomes.
 *
 * Of each mistake this file says what was found and what was expected, and
 * marks the setting by its hook, so that conf_check.c judges only what is
 * right by itself.  Groups are left to conf_read.c.
 */
#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

char conf_bad[1];

void *conf_field(const struct conf_reader *r)
{
	return r->base + r->o->offset;
}

/* One mistake is one line, whatever the value holds. */
static const char *printable(char *text)
{
	char *p;

	for (p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return text;
}

/* A value as the user wrote it, shortened. */
static const char *shown(const config_setting_t *s, char *buf, size_t size)
{
	const char *text;

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		snprintf(buf, size, "%lld", config_setting_get_int64(s));
		return buf;
	case CONFIG_TYPE_FLOAT:
		snprintf(buf, size, "%g", config_setting_get_float(s));
		return buf;
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(s) ? "true" : "false";
	case CONFIG_TYPE_STRING:
		text = config_setting_get_string(s);
		snprintf(buf, size, "\"%.*s%s\"", CONF_SHOWN_MAX, text,
			 strlen(text) > CONF_SHOWN_MAX ? "..." : "");
		return printable(buf);
	case CONFIG_TYPE_GROUP:
		return "a group { }";
	case CONFIG_TYPE_LIST:
		return "a list ( )";
	default:
		return "an array [ ]";
	}
}

/* "found NAME = VALUE, expected ...".  s is the option's setting or an
 * element of it. */
void conf_refuse(const struct conf_reader *r, config_setting_t *s,
		 const char *expected)
{
	char buf[CONF_SHOWN_MAX + 16];

	config_setting_set_hook(s, conf_bad);
	conf_mistake(r->t, config_setting_source_line(s),
		     s == r->s ? "found %s = %s, expected %s"
			       : "found %s = [ %s ], expected %s",
		     conf_option_word(r->o), shown(s, buf, sizeof(buf)),
		     expected);
}

static const char *text_of(const config_setting_t *s)
{
	const char *text = NULL;

	if (config_setting_type(s) == CONFIG_TYPE_STRING)
		text = config_setting_get_string(s);
	return text;
}

void conf_number_store(const struct conf_option *o, char *base, uint32_t v)
{
	char *field = base + o->offset;

	if (o->size == sizeof(uint8_t))
		*(uint8_t *)field = (uint8_t)v;
	else if (o->size == sizeof(uint16_t))
		*(uint16_t *)field = (uint16_t)v;
	else
		memcpy(field, &v, sizeof(v));
}

static void read_number(const struct conf_reader *r)
{
	const struct conf_option *o = r->o;
	int type = config_setting_type(r->s);
	bool forever = o->type == CONF_LIFETIME;
	char expected[128];
	uint32_t v;

	if (forever && text_of(r->s) && !strcmp(text_of(r->s), "infinite")) {
		v = UINT32_MAX;
	} else if ((type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) ||
		   config_setting_get_int64(r->s) < o->min ||
		   config_setting_get_int64(r->s) > o->max) {
		snprintf(expected, sizeof(expected),
			 "a whole number from %lld to %lld%s%s%s",
			 (long long)o->min, (long long)o->max,
			 o->unit[0] ? " " : "", o->unit,
			 forever ? " or \"infinite\"" : "");
		conf_refuse(r, r->s, expected);
		return;
	} else {
		v = (uint32_t)config_setting_get_int64(r->s);
	}
	if (o->type == CONF_NUMBER_4 && v % 4) {
		conf_note(r->t, config_setting_source_line(r->s),
			  "%s = %u is taken as %u: on the wire it has "
			  "units of 4 s",
			  conf_option_word(o), v, v - v % 4);
		v -= v % 4;
	}
	conf_number_store(o, r->base, v);
}

static void read_bool(const struct conf_reader *r)
{
	if (config_setting_type(r->s) != CONFIG_TYPE_BOOL) {
		conf_refuse(r, r->s, "true or false");
		return;
	}
	*(bool *)conf_field(r) = config_setting_get_bool(r->s);
}

static const char *const log_levels[] = {
	[LOG_LEVEL_ERROR] = "error",   [LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice", [LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

int conf_log_level(const char *text)
{
	unsigned int i;

	for (i = 0; text && i < ARRAY_SIZE(log_levels); i++)
		if (!strcmp(text, log_levels[i]))
			return (int)i;
	return -EINVAL;
}

static void read_log_level(const struct conf_reader *r)
{
	int level = conf_log_level(text_of(r->s));

	if (level < 0)
		conf_refuse(r, r->s,
			    "\"error\", \"warning\", \"notice\", \"info\" or "
			    "\"debug\"");
	else
		*(enum log_level *)conf_field(r) = (enum log_level)level;
}

/* Which protocols a rule can name by name. */
static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "tcp", 6 },
	{ "udp", 17 },
	{ "icmpv6", 58 },
};

const char *conf_protocol_str(uint8_t protocol)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].number == protocol)
			return protocols[i].name;
	return NULL;
}

static void read_protocol(const struct conf_reader *r)
{
	int64_t v = config_setting_type(r->s) == CONFIG_TYPE_INT
			    ? config_setting_get_int(r->s)
			    : 0;
	const char *text = text_of(r->s);
	size_t i;

	for (i = 0; text && i < ARRAY_SIZE(protocols); i++)
		if (!strcmp(text, protocols[i].name))
			v = protocols[i].number;
	if (v < 1 || v > 255)
		conf_refuse(r, r->s,
			    "\"tcp\", \"udp\", \"icmpv6\" or a number from "
			    "1 to 255");
	else
		*(uint8_t *)conf_field(r) = (uint8_t)v;
}

static bool is_plain(const char *text, const char *forbidden)
{
	const char *p;

	for (p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f ||
		    strchr(forbidden, *p))
			return false;
	return *text != '\0';
}

/* What fits the field and may stand where the type says. */
static void read_name(const struct conf_reader *r)
{
	const char *text = text_of(r->s);
	bool good = text && strlen(text) < r->o->size;
	char expected[96];

	if (r->o->type == CONF_PATH || r->o->type == CONF_PATH_OR_NONE) {
		bool none = r->o->type == CONF_PATH_OR_NONE;

		good = good && ((none && !*text) ||
				(text[0] == '/' && is_plain(text, "")));
		snprintf(expected, sizeof(expected),
			 "an absolute path of at most %zu characters%s",
			 r->o->size - 1, none ? ", or \"\" for none" : "");
	} else if (r->o->type == CONF_IFNAME) {
		good = good && is_plain(text, "/:%") && strcmp(text, ".") &&
		       strcmp(text, "..");
		snprintf(expected, sizeof(expected),
			 "an interface name: 1 to %zu characters, no \"/\", "
			 "\":\", \"%%\" or blank",
			 r->o->size - 1);
	} else {
		good = good && (!*text || is_plain(text, "/:,"));
		snprintf(expected, sizeof(expected),
			 "the name of a user or a group");
	}
	if (!good) {
		conf_refuse(r, r->s, expected);
		return;
	}
	memset(conf_field(r), 0, r->o->size);
	memcpy(conf_field(r), text, strlen(text));
}

/* Why an address cannot be a home, agent or care-of address; NULL: it can
 * (RFC 6275 section 4.6). */
static const char *address_flaw(const struct in6_addr *a)
{
	if (addr_is_any(a))
		return "a node's address, which :: is not";
	if (addr_is_multicast(a))
		return "a unicast address, not a multicast one";
	if (addr_is_linklocal(a))
		return "a routable address, not a link-local one";
	if (addr_is_loopback(a))
		return "a routable address, not the loopback one";
	if (!addr_is_routable(a))
		return "a unicast routable IPv6 address";
	return NULL;
}

static void read_address(const struct conf_reader *r)
{
	const char *text = text_of(r->s);
	struct in6_addr a;

	if (!text || addr_parse(text, &a))
		conf_refuse(r, r->s, "an IPv6 address like \"2001:db8::1\"");
	else if (address_flaw(&a))
		conf_refuse(r, r->s, address_flaw(&a));
	else
		*(struct in6_addr *)conf_field(r) = a;
}

static void read_agent(const struct conf_reader *r)
{
	const char *text = text_of(r->s);

	if (text && !strcmp(text, "auto"))
		*(struct in6_addr *)conf_field(r) = addr_any;
	else
		read_address(r);
}

static void read_address_len(const struct conf_reader *r)
{
	const char *text = text_of(r->s);
	struct in6_addr a;
	uint8_t len;

	if (!text || addr_parse_len(text, &a, &len) || !len) {
		conf_refuse(
			r, r->s,
			"an IPv6 address with the length of its prefix like "
			"\"2001:db8::100/64\"");
		return;
	}
	if (address_flaw(&a)) {
		conf_refuse(r, r->s, address_flaw(&a));
		return;
	}
	*(struct in6_addr *)conf_field(r) = a;
	*(uint8_t *)(r->base + r->o->count) = len;
}

/* s is the option's setting or an element of it. */
static bool prefix_read(const struct conf_reader *r, config_setting_t *s,
			struct prefix *ret_prefix)
{
	bool alone = r->o->type == CONF_MATCH || r->o->type == CONF_MATCHES;
	const char *text = text_of(s);
	char expected[96];
	struct in6_addr a;
	struct prefix p;
	uint8_t len = 128;

	if (!text || ((!alone || addr_parse(text, &a)) &&
		      addr_parse_len(text, &a, &len))) {
		conf_refuse(r, s,
			    alone ? "a prefix or an address like "
				    "\"2001:db8:1::/64\" or \"2001:db8::1\""
				  : "a prefix like \"2001:db8:1::/64\"");
		return false;
	}
	p = prefix_of(&a, len);
	if (!addr_eq(&p.addr, &a)) {
		snprintf(expected, sizeof(expected),
			 "a prefix without host bits: \"%s\"", prefix_str(&p));
		conf_refuse(r, s, expected);
		return false;
	}
	*ret_prefix = p;
	return true;
}

static void read_prefix(const struct conf_reader *r)
{
	struct prefix p;

	if (!prefix_read(r, r->s, &p))
		return;
	if (p.len < 8 || p.len > 127 || !addr_is_routable(&p.addr))
		conf_refuse(r, r->s,
			    "the prefix of a link, routable, of 8 to 127 bits");
	else
		*(struct prefix *)conf_field(r) = p;
}

static void read_match(const struct conf_reader *r)
{
	struct prefix p;

	if (!prefix_read(r, r->s, &p))
		return;
	*(struct prefix *)conf_field(r) = p;
	if (r->o->count)
		*(bool *)(r->base + r->o->count) = true;
}

/* A new array of n elements that becomes the field's; NULL when there is no
 * memory. */
void *conf_array_new(const struct conf_reader *r, unsigned int n, size_t size)
{
	void *array = calloc(n ? n : 1, size);

	if (!array) {
		r->t->no_memory = true;
		return NULL;
	}
	*(void **)conf_field(r) = array;
	return array;
}

unsigned int *conf_count_of(const struct conf_reader *r)
{
	return (unsigned int *)(r->base + r->o->count);
}

/* Elements of an array; -1 after a complaint. */
static int texts_len(const struct conf_reader *r, const char *expected)
{
	if ((!config_setting_is_array(r->s) && !config_setting_is_list(r->s)) ||
	    config_setting_length(r->s) > CONF_LIST_MAX) {
		conf_refuse(r, r->s, expected);
		return -1;
	}
	return config_setting_length(r->s);
}

static void read_matches(const struct conf_reader *r)
{
	int n = texts_len(r, "an array of addresses and prefixes like "
			     "[ \"2001:db8:1::100\" ]");
	struct prefix *p =
		n < 0 ? NULL : conf_array_new(r, (unsigned int)n, sizeof(*p));
	int i;

	for (i = 0; p && i < n; i++)
		prefix_read(r, config_setting_get_elem(r->s, (unsigned int)i),
			    &p[i]);
	if (p)
		*conf_count_of(r) = (unsigned int)n;
}

/* "accept_ra=2".  No slash and no dot: the name stays below the directory
 * of its interface. */
static bool sysctl_parse(const char *text, struct conf_sysctl *ret)
{
	const char *eq = text ? strchr(text, '=') : NULL;
	size_t n = eq ? (size_t)(eq - text) : 0;

	if (!n || n >= sizeof(ret->name) || !eq[1] ||
	    strlen(eq + 1) >= sizeof(ret->value) || !is_plain(eq + 1, ""))
		return false;
	if (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") != n)
		return false;
	memcpy(ret->name, text, n);
	strcpy(ret->value, eq + 1);
	return true;
}

static void read_sysctls(const struct conf_reader *r)
{
	static const char expected[] =
		"an array of \"NAME=VALUE\" like [ \"accept_ra=2\" ]";
	int n = texts_len(r, expected);
	struct conf_sysctl *v =
		n < 0 ? NULL : conf_array_new(r, (unsigned int)n, sizeof(*v));
	config_setting_t *s;
	int i;

	for (i = 0; v && i < n; i++) {
		s = config_setting_get_elem(r->s, (unsigned int)i);
		if (!sysctl_parse(text_of(s), &v[i]))
			conf_refuse(r, s, expected);
	}
	if (v)
		*conf_count_of(r) = (unsigned int)n;
}

void conf_value_read(const struct conf_reader *r)
{
	static void (*const by_type[])(const struct conf_reader *r) = {
		[CONF_BOOL] = read_bool,
		[CONF_NUMBER] = read_number,
		[CONF_NUMBER_4] = read_number,
		[CONF_LIFETIME] = read_number,
		[CONF_SECURITY] = conf_word_read,
		[CONF_LOG_LEVEL] = read_log_level,
		[CONF_IFNAME] = read_name,
		[CONF_PATH] = read_name,
		[CONF_PATH_OR_NONE] = read_name,
		[CONF_NAME] = read_name,
		[CONF_ADDRESS] = read_address,
		[CONF_AGENT] = read_agent,
		[CONF_ADDRESS_LEN] = read_address_len,
		[CONF_PREFIX] = read_prefix,
		[CONF_MATCH] = read_match,
		[CONF_MATCHES] = read_matches,
		[CONF_NAI] = conf_nai_read,
		[CONF_KEY] = conf_key_read,
		[CONF_SYSCTLS] = read_sysctls,
		[CONF_PROTOCOL] = read_protocol,
		[CONF_IDENTITY] = conf_read_identity,
		[CONF_TIME] = conf_read_time,
		[CONF_ACTION_HA] = conf_word_read,
		[CONF_ACTION_CN] = conf_word_read,
		[CONF_ACTION_MN] = conf_word_read,
		[CONF_RA] = conf_word_read,
		[CONF_PROTECT] = conf_word_read,
		[CONF_HOME] = conf_word_read,
		[CONF_FORMING] = conf_word_read,
	};

	by_type[r->o->type](r);
}

bool conf_is_good(const config_setting_t *s)
{
	return config_setting_get_hook(s) != conf_bad;
}

config_setting_t *conf_good(config_setting_t *group, const char *name)
{
	config_setting_t *s = NULL;

	if (group && config_setting_is_group(group))
		s = config_setting_get_member(group, name);
	return s && conf_is_good(s) ? s : NULL;
}
