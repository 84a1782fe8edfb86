/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration as plain values; src/conf.c reads it from a libconfig
 * file and checks it as a whole.  Units stand in the names.
 */
#ifndef MIP6D_CONF_H
#define MIP6D_CONF_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/log.h"

#define CONF_USER         "mip6d"
#define CONF_PATH_MAX     108
#define CONF_HOMES_MAX    64
#define CONF_RULES_MAX    64   /* of the mobile node, of the correspondent */
#define CONF_POLICY_MAX   1024 /* rules of the home agent */
#define CONF_IDENTITY_MAX 256  /* an NAI (RFC 4282), with its NUL */
#define CONF_MN_TABLES \
	128 /* routing tables: one a home address, and as many
			    * for care-of addresses */

/* How the signalling between mobile node and home agent is protected. */
enum conf_security {
	CONF_SECURITY_UNSET,    /* as the file, or the role, says */
	CONF_SECURITY_IPSEC,    /* "ipsec", the default: ESP (RFC 4877) */
	CONF_SECURITY_RFC4285,  /* "rfc4285": authentication options */
	CONF_SECURITY_INSECURE, /* "insecure": said in words */
};

/* What ESP protects besides signalling. */
enum conf_protect {
	CONF_PROTECT_SIGNALLING,
	CONF_PROTECT_TESTS, /* return routability in the tunnel */
	CONF_PROTECT_ALL,   /* everything in the tunnel */
};

struct conf_ipsec {
	char keys[CONF_PATH_MAX]; /* file of static keys */
	enum conf_protect protect;
	bool key_mobility; /* IKE follows a care-of address (K bit) */
	struct security_keys *sas;  /* what it holds; NULL: nothing */
	char ike[CONF_PATH_MAX];    /* file of pairs that negotiate keys */
	char charon[CONF_PATH_MAX]; /* control socket of who does it */
	struct ike_conf *pairs;     /* what the file holds; NULL: nothing */
};

/* Whose router advertisements a home link has. */
enum conf_ra {
	CONF_RA_WATCH, /* another program's; mip6d says what they lack */
	CONF_RA_OWN,   /* mip6d's */
	CONF_RA_OFF,   /* nobody's, or nothing is to be said about them */
};

/* A home link of a home agent. */
struct conf_home_link {
	char ifname[IF_NAMESIZE]; /* "" when it is virtual */
	bool is_virtual;          /* a prefix routed to us, on no wire */
	struct prefix prefix;
	struct in6_addr address;     /* ours: what mobile nodes register with */
	enum conf_security security; /* never UNSET */
	uint32_t valid_s; /* prefix lifetimes; UINT32_MAX: infinite */
	uint32_t preferred_s;
	/* The same for all links on one interface. */
	enum conf_ra ra;
	uint32_t preference;        /* as home agent, 0..65535 (RFC 6275 7.4) */
	uint32_t ha_lifetime_s;     /* 0: as router_lifetime_s */
	uint32_t router_lifetime_s; /* 0: no default router */
	uint32_t ra_max_interval_ms; /* MaxRtrAdvInterval */
	uint32_t ra_min_interval_ms; /* 0: a third of it, as RFC 4861 says */
	uint32_t ra_min_delay_ms;    /* MinDelayBetweenRAs; 0: 3000, or the
				   * smallest interval when that is less */
	bool ra_unsolicited;
};

/* MinRtrAdvInterval, the default of RFC 4861 section 6.2.1 filled in. */
static inline uint32_t conf_ra_min_interval_ms(const struct conf_home_link *l)
{
	uint32_t max = l->ra_max_interval_ms;

	if (l->ra_min_interval_ms)
		return l->ra_min_interval_ms;
	return max >= 9000 ? max / 100 * 33 : max / 4 * 3;
}

enum conf_ha_action { CONF_HA_ALLOW, CONF_HA_DENY, CONF_HA_IGNORE };

/* Days and hours, of the machine's time zone. */
struct conf_time {
	uint8_t days;      /* bit 0: Monday; 0: at any time */
	uint16_t from_min; /* of the day... */
	uint16_t to_min;   /* ...the next day's when not behind from_min */
};

/* Who may register with the home agent: the first rule that matches; where
 * there are rules and none matches: denied with 129. */
struct conf_ha_rule {
	struct prefix home; /* ::/0: any */
	struct prefix coa;
	char nai[CONF_IDENTITY_MAX]; /* "": any; "*@REALM" */
	char ike_id[CONF_IDENTITY_MAX];
	uint32_t spi;          /* 0: any */
	bool has_network;      /* the Binding Update is to have... */
	struct prefix network; /* ...mobile network prefixes inside this one:
				* ALLOW: all of them, else: any */
	struct conf_time time;
	enum conf_ha_action action;
	uint8_t status; /* DENY: of the acknowledgement, 128..255 */
	/* ALLOW, 0: no limit but the agent's. */
	uint32_t max_lifetime_s; /* multiple of 4 */
	uint32_t max_bindings;   /* by this rule */
};

struct auth_keys;

struct conf_ha {
	bool on;
	enum conf_security security;  /* of its links; never UNSET */
	const struct auth_keys *auth; /* of conf; NULL: none */
	struct conf_home_link *links;
	unsigned int n_links;
	struct conf_ha_rule *rules; /* none: all home addresses of the links */
	unsigned int n_rules;
	unsigned int max_bindings;
	uint32_t max_lifetime_s;    /* multiple of 4, at most 262140 */
	uint32_t min_interval_ms;   /* between BUs of one home address */
	uint32_t refresh_advice_s;  /* 0: no Binding Refresh Advice */
	unsigned int dad_transmits; /* probes before a first BA; 0: no DAD */
	uint32_t dad_interval_ms;   /* RetransTimer, 1000 */
	char tunnel_name[IF_NAMESIZE];
	uint32_t tunnel_mtu;
	bool agent_discovery;           /* DHAAD requests are answered... */
	uint32_t discovery_rate;        /* ...at most so many a second */
	bool prefix_advertisements;     /* Mobile Prefix Advertisements */
	uint32_t max_prefix_interval_s; /* MaxMobPfxAdvInterval */
	uint32_t min_prefix_interval_s; /* MinMobPfxAdvInterval */
};

enum conf_cn_action { CONF_CN_ACCEPT, CONF_CN_REJECT, CONF_CN_IGNORE };

/* Who may register with the correspondent: the first rule that matches; none:
 * accepted. */
struct conf_cn_rule {
	struct prefix home; /* ::/0: any */
	struct prefix coa;
	struct prefix local;
	enum conf_cn_action action;
	uint8_t status; /* REJECT: of the acknowledgement, 128..255 */
};

struct conf_cn {
	bool on;
	struct conf_cn_rule *rules;
	unsigned int n_rules;
	unsigned int max_bindings;
	uint32_t max_lifetime_s; /* multiple of 4, at most 420 */
	uint32_t test_init_rate; /* answered a second, all together */
	bool refresh_requests;   /* Binding Refresh Requests (9.5.5) */
};

enum conf_mn_action {
	CONF_MN_OPTIMISE,
	CONF_MN_TUNNEL,
	CONF_MN_DIRECT, /* care-of address, no mobility */
};

/* Which way traffic takes: the first rule that matches; none: as
 * route_optimisation says. */
struct conf_mn_rule {
	struct prefix peer;
	uint8_t protocol; /* 0: any */
	uint16_t port;    /* the peer's; 0: any */
	enum conf_mn_action action;
};

struct conf_sysctl {
	char name[32]; /* below net/ipv6/conf/IFNAME/ */
	char value[16];
};

struct conf_mn_interface {
	char ifname[IF_NAMESIZE];
	int preference;  /* higher is better, 0..100, default 50 */
	bool optimistic; /* sets optimistic_dad and use_optimistic */
	struct conf_sysctl *sysctls;
	unsigned int n_sysctls;
};

struct conf_mn_home {
	struct in6_addr address;     /* ::: formed in `prefix` */
	uint8_t plen;                /* of the home prefix, with an address */
	struct prefix prefix;        /* without one */
	struct in6_addr home_agent;  /* ::: discovered */
	enum conf_security security; /* never UNSET */
	uint32_t lifetime_s; /* asked for; multiple of 4, at most 262140 */
};

struct conf_mn {
	bool on;
	enum conf_security security;  /* of its homes; never UNSET */
	const struct auth_keys *auth; /* of conf; NULL: none */
	struct conf_mn_interface *interfaces;
	unsigned int n_interfaces;
	struct conf_mn_home *homes;
	unsigned int n_homes;
	bool home_auto;          /* home agents that are met are homes... */
	bool form_at_once;       /* ...without asking */
	unsigned int max_formed; /* home addresses that are not in `homes` */
	bool follow_prefixes;    /* of the home link: addresses in new ones */
	bool route_optimisation;
	struct conf_mn_rule *rules;
	unsigned int n_rules;
	unsigned int max_correspondents; /* remembered at a time */
	bool cn_ack;          /* A bit in Binding Updates to correspondents */
	uint32_t incapable_s; /* how long a peer that cannot is let alone */
	uint32_t first_bindack_timeout_ms; /* InitialBindackTimeoutFirstReg */
	uint32_t bindack_timeout_ms;       /* INITIAL_BINDACK_TIMEOUT */
	uint32_t retry_s; /* slow retry after a refusal or for ever silence */
	uint32_t stop_timeout_ms;  /* bounded wait for BAs when stopping */
	uint32_t router_probes_ms; /* how long a silent router is given */
	char tunnel_prefix[IF_NAMESIZE];
	uint32_t table_base; /* CONF_MN_TABLES from here on */
	uint32_t rule_base;  /* four priorities from here on */
};

/* Requests answered, a second; 0: as many as come. */
struct conf_limits {
	uint32_t rate;        /* of strangers, all together */
	uint32_t site_rate;   /* of a /48 */
	uint32_t source_rate; /* of a /64 */
	uint32_t node_rate;   /* of a registered home address */
};

struct conf {
	enum conf_security security; /* of roles; never UNSET */
	struct conf_ipsec ipsec;
	char auth_path[CONF_PATH_MAX]; /* file of keys; "": none */
	struct auth_keys *auth;        /* what it holds (RFC 4285) */
	enum log_level log_level;
	char state_dir[CONF_PATH_MAX]; /* "": nothing is remembered */
	char user[32]; /* "": CONF_USER, if there is such a user */
	char ctl_socket[CONF_PATH_MAX];
	char ctl_group[32]; /* "": root only */
	struct conf_limits limits;
	struct conf_ha ha;
	struct conf_mn mn;
	struct conf_cn cn;
};

/* Reads and checks a file.  0, or -EINVAL after writing one line for each
 * mistake, "FILE:LINE: found X, expected Y", into err (a stream that the
 * caller owns); -errno when the file cannot be read.  *ret_conf belongs to
 * the caller: conf_free. */
struct conf;
int conf_load(const char *path, void *err_stream, struct conf **ret_conf);
struct conf *conf_free(struct conf *conf);

/* The least protection of any home link and home address; UNSET where
 * neither role is on. */
enum conf_security conf_weakest_security(const struct conf *conf);

/* As the file names them: "accept", "optimise", "watch". */
const char *conf_cn_action_str(enum conf_cn_action action);
const char *conf_mn_action_str(enum conf_mn_action action);
const char *conf_ra_str(enum conf_ra ra);
const char *conf_security_str(enum conf_security security);
const char *conf_protect_str(enum conf_protect protect);
const char *conf_ha_action_str(enum conf_ha_action action);
/* "mon,tue 22:00-06:00"; "" for any time. */
#define CONF_TIME_STR_MAX 48
void conf_time_str(const struct conf_time *t, char *buf, size_t size);
/* enum log_level of its name, or -EINVAL; NULL has none. */
int conf_log_level(const char *text);
/* "tcp", or NULL for a protocol that has no name there. */
const char *conf_protocol_str(uint8_t protocol);

/* What differs between two configurations in a way that only a restart can
 * bring in, as a text for the log ("home-agent.links"), or NULL. */
const char *conf_needs_restart(const struct conf *from, const struct conf *to);

#endif
