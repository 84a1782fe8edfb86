/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one table of options: name, type, unit, range, default, whether a
 * reload brings a new value in, and where the value is stored.
 *
 * Reading, checking, defaults and the comparison of two configurations all
 * follow this table; a lint compares it with etc/mip6d.conf and
 * mip6d.conf(5).  What a value means is left to the roles.
 *
 * The rows behind authentication-keys are of another file, which that option
 * names.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/auth.h"
#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

#define SIZE(s, m) (sizeof(((struct s *)0)->m))
#define RELOAD     false
#define RESTART    true
#define MUST       NULL /* has to be given */
#define NONE       ""   /* has no value unless one is given */

/* A group of options that has no value of its own. */
#define GROUP(name_) { .name = (name_), .type = CONF_GROUP, .fallback = NONE },
/* A group that switches a role on. */
#define ROLE(name_, m_)                        \
	{ .name = (name_),                     \
	  .type = CONF_ROLE,                   \
	  .fallback = NONE,                    \
	  .restart = true,                     \
	  .offset = offsetof(struct conf, m_), \
	  .size = SIZE(conf, m_) },
/* A role or setting of a later version, refused in plain words. */
#define LATER(name_) { .name = (name_), .type = CONF_LATER, .fallback = NONE },
/* A list of at most most_ groups; n_ counts them. */
#define GROUPS(name_, most_, fb_, when_, s_, m_, n_) \
	{ .name = (name_),                           \
	  .type = CONF_GROUPS,                       \
	  .max = (most_),                            \
	  .fallback = (fb_),                         \
	  .restart = (when_),                        \
	  .offset = offsetof(struct s_, m_),         \
	  .size = sizeof(*((struct s_ *)0)->m_),     \
	  .count = offsetof(struct s_, n_) },
/* An array of texts; n_ counts them, or is the length behind an address, or
 * whether there is a match. */
#define TEXTS(name_, type_, fb_, when_, s_, m_, n_) \
	{ .name = (name_),                          \
	  .type = CONF_##type_,                     \
	  .unit = "",                               \
	  .fallback = (fb_),                        \
	  .restart = (when_),                       \
	  .offset = offsetof(struct s_, m_),        \
	  .size = SIZE(s_, m_),                     \
	  .count = offsetof(struct s_, n_) },
/* A number from lo_ to hi_. */
#define NUMBER(name_, type_, unit_, lo_, hi_, fb_, when_, s_, m_) \
	{ .name = (name_),                                        \
	  .type = CONF_##type_,                                   \
	  .unit = (unit_),                                        \
	  .min = (lo_),                                           \
	  .max = (hi_),                                           \
	  .fallback = (fb_),                                      \
	  .restart = (when_),                                     \
	  .offset = offsetof(struct s_, m_),                      \
	  .size = SIZE(s_, m_) },
/* Anything else. */
#define VALUE(name_, type_, fb_, when_, s_, m_) \
	NUMBER(name_, type_, "", 0, 0, fb_, when_, s_, m_)

#define LIFE_MAX    262140 /* 65535 units of 4 s (RFC 6275 section 6.1.7) */
#define RR_LIFE_MAX 420    /* MAX_RR_BINDING_LIFETIME (section 12) */
#define BACKOFF_MAX 32000  /* MAX_BINDACK_TIMEOUT (section 12) */
#define TABLE_MAX   (INT32_MAX - CONF_MN_TABLES)

/* clang-format off */
const struct conf_option conf_options[] = {
VALUE("security", SECURITY, "ipsec",
	RESTART, conf, security)
VALUE("log-level", LOG_LEVEL, "info",
	RELOAD, conf, log_level)
VALUE("state-directory", PATH_OR_NONE, MIP6D_STATE_DIR,
	RESTART, conf, state_dir)

VALUE("authentication-keys", PATH, NONE,
	RELOAD, conf, auth_path)
VALUE("user", NAME, NONE,
	RESTART, conf, user)

GROUP("control")
VALUE("control.socket", PATH, MIP6D_RUN_DIR "/control",
	RESTART, conf, ctl_socket)
VALUE("control.group", NAME, NONE,
	RESTART, conf, ctl_group)

GROUP("ipsec")
VALUE("ipsec.keys", PATH, MIP6D_KEYS_FILE,
	RELOAD, conf, ipsec.keys)
VALUE("ipsec.ike", PATH, MIP6D_IKE_FILE,
	RESTART, conf, ipsec.ike)
VALUE("ipsec.charon", PATH, "/run/charon.vici",
	RESTART, conf, ipsec.charon)
VALUE("ipsec.protect", PROTECT, "tests",
	RESTART, conf, ipsec.protect)
VALUE("ipsec.key-mobility", BOOL, "true",
	RELOAD, conf, ipsec.key_mobility)

GROUP("limits")
NUMBER("limits.rate", NUMBER, "", 0, 1000000, "2000",
	RELOAD, conf, limits.rate)
NUMBER("limits.site-rate", NUMBER, "", 0, 1000000, "400",
	RELOAD, conf, limits.site_rate)
NUMBER("limits.source-rate", NUMBER, "", 0, 1000000, "100",
	RELOAD, conf, limits.source_rate)
NUMBER("limits.node-rate", NUMBER, "", 0, 1000000, "10",
	RELOAD, conf, limits.node_rate)

ROLE("home-agent", ha.on)
VALUE("home-agent.security", SECURITY, NONE,
	RESTART, conf, ha.security)
GROUPS("home-agent.links", CONF_LIST_MAX, MUST,
	RELOAD, conf, ha.links, ha.n_links)
VALUE("home-agent.links.interface", IFNAME, NONE,
	RELOAD, conf_home_link, ifname)
VALUE("home-agent.links.virtual", BOOL, "false",
	RELOAD, conf_home_link, is_virtual)
VALUE("home-agent.links.prefix", PREFIX, MUST,
	RELOAD, conf_home_link, prefix)
VALUE("home-agent.links.address", ADDRESS, MUST,
	RELOAD, conf_home_link, address)
VALUE("home-agent.links.security", SECURITY, NONE,
	RESTART, conf_home_link, security)
NUMBER("home-agent.links.valid-lifetime", LIFETIME, "s", 4, INT32_MAX, "2592000",
	RELOAD, conf_home_link, valid_s)
NUMBER("home-agent.links.preferred-lifetime", LIFETIME, "s", 0, INT32_MAX, "604800",
	RELOAD, conf_home_link, preferred_s)
VALUE("home-agent.links.ra", RA, "watch",
	RELOAD, conf_home_link, ra)
NUMBER("home-agent.links.preference", NUMBER, "", 0, 65535, "0",
	RELOAD, conf_home_link, preference)
NUMBER("home-agent.links.home-agent-lifetime", NUMBER, "s", 0, 65535, "0",
	RELOAD, conf_home_link, ha_lifetime_s)
NUMBER("home-agent.links.router-lifetime", NUMBER, "s", 0, 65535, "1800",
	RELOAD, conf_home_link, router_lifetime_s)
NUMBER("home-agent.links.ra-max-interval", NUMBER, "ms", 70, 1800000, "600000",
	RELOAD, conf_home_link, ra_max_interval_ms)
NUMBER("home-agent.links.ra-min-interval", NUMBER, "ms", 0, 1350000, "0",
	RELOAD, conf_home_link, ra_min_interval_ms)
NUMBER("home-agent.links.ra-min-delay", NUMBER, "ms", 0, 60000, "0",
	RELOAD, conf_home_link, ra_min_delay_ms)
VALUE("home-agent.links.ra-unsolicited", BOOL, "true",
	RELOAD, conf_home_link, ra_unsolicited)
GROUPS("home-agent.policy", CONF_POLICY_MAX, NONE,
	RELOAD, conf, ha.rules, ha.n_rules)
VALUE("home-agent.policy.home", MATCH, NONE,
	RELOAD, conf_ha_rule, home)
VALUE("home-agent.policy.care-of", MATCH, NONE,
	RELOAD, conf_ha_rule, coa)
VALUE("home-agent.policy.nai", IDENTITY, NONE,
	RELOAD, conf_ha_rule, nai)
VALUE("home-agent.policy.ike-id", IDENTITY, NONE,
	RELOAD, conf_ha_rule, ike_id)
NUMBER("home-agent.policy.spi", NUMBER, "", 256, UINT32_MAX, NONE,
	RELOAD, conf_ha_rule, spi)
TEXTS("home-agent.policy.mobile-network", MATCH, NONE,
	RELOAD, conf_ha_rule, network, has_network)
VALUE("home-agent.policy.time", TIME, NONE,
	RELOAD, conf_ha_rule, time)
VALUE("home-agent.policy.action", ACTION_HA, MUST,
	RELOAD, conf_ha_rule, action)
NUMBER("home-agent.policy.status", NUMBER, "", 128, 255, "129",
	RELOAD, conf_ha_rule, status)
NUMBER("home-agent.policy.max-lifetime", NUMBER_4, "s", 4, LIFE_MAX, NONE,
	RELOAD, conf_ha_rule, max_lifetime_s)
NUMBER("home-agent.policy.max-bindings", NUMBER, "", 1, 1000000, NONE,
	RELOAD, conf_ha_rule, max_bindings)
NUMBER("home-agent.max-bindings", NUMBER, "", 1, 1000000, "10000",
	RELOAD, conf, ha.max_bindings)
NUMBER("home-agent.max-lifetime", NUMBER_4, "s", 4, LIFE_MAX, "262140",
	RELOAD, conf, ha.max_lifetime_s)
NUMBER("home-agent.min-interval", NUMBER, "ms", 0, 60000, "50",
	RELOAD, conf, ha.min_interval_ms)
NUMBER("home-agent.refresh-advice", NUMBER_4, "s", 0, LIFE_MAX, "0",
	RELOAD, conf, ha.refresh_advice_s)
NUMBER("home-agent.dad-transmits", NUMBER, "", 0, 10, "1",
	RELOAD, conf, ha.dad_transmits)
NUMBER("home-agent.dad-interval", NUMBER, "ms", 10, 60000, "1000",
	RELOAD, conf, ha.dad_interval_ms)
VALUE("home-agent.agent-discovery", BOOL, "true",
	RELOAD, conf, ha.agent_discovery)
NUMBER("home-agent.discovery-rate", NUMBER, "", 1, 10000, "20",
	RELOAD, conf, ha.discovery_rate)
VALUE("home-agent.prefix-advertisements", BOOL, "true",
	RELOAD, conf, ha.prefix_advertisements)
NUMBER("home-agent.max-prefix-interval", NUMBER, "s", 4, 2592000, "86400",
	RELOAD, conf, ha.max_prefix_interval_s)
NUMBER("home-agent.min-prefix-interval", NUMBER, "s", 1, 2592000, "600",
	RELOAD, conf, ha.min_prefix_interval_s)
VALUE("home-agent.tunnel", IFNAME, "mip6ha",
	RESTART, conf, ha.tunnel_name)
NUMBER("home-agent.tunnel-mtu", NUMBER, "octets", 1280, 65495, "1460",
	RESTART, conf, ha.tunnel_mtu)

ROLE("mobile-node", mn.on)
VALUE("mobile-node.security", SECURITY, NONE,
	RESTART, conf, mn.security)
GROUPS("mobile-node.interfaces", CONF_LIST_MAX, MUST,
	RESTART, conf, mn.interfaces, mn.n_interfaces)
VALUE("mobile-node.interfaces.name", IFNAME, MUST,
	RESTART, conf_mn_interface, ifname)
NUMBER("mobile-node.interfaces.preference", NUMBER, "", 0, 100, "50",
	RELOAD, conf_mn_interface, preference)
VALUE("mobile-node.interfaces.optimistic", BOOL, "false",
	RESTART, conf_mn_interface, optimistic)
TEXTS("mobile-node.interfaces.sysctl", SYSCTLS, NONE,
	RESTART, conf_mn_interface, sysctls, n_sysctls)
VALUE("mobile-node.home", HOME, "configured",
	RELOAD, conf, mn.home_auto)
VALUE("mobile-node.forming", FORMING, "ask",
	RELOAD, conf, mn.form_at_once)
NUMBER("mobile-node.max-formed", NUMBER, "", 0, 32, "4",
	RELOAD, conf, mn.max_formed)
VALUE("mobile-node.follow-prefixes", BOOL, "true",
	RELOAD, conf, mn.follow_prefixes)
GROUPS("mobile-node.homes", CONF_HOMES_MAX, NONE,
	RELOAD, conf, mn.homes, mn.n_homes)
TEXTS("mobile-node.homes.address", ADDRESS_LEN, NONE,
	RELOAD, conf_mn_home, address, plen)
VALUE("mobile-node.homes.prefix", PREFIX, NONE,
	RELOAD, conf_mn_home, prefix)
VALUE("mobile-node.homes.home-agent", AGENT, "auto",
	RELOAD, conf_mn_home, home_agent)
VALUE("mobile-node.homes.security", SECURITY, NONE,
	RELOAD, conf_mn_home, security)
NUMBER("mobile-node.homes.lifetime", NUMBER_4, "s", 4, LIFE_MAX, "3600",
	RELOAD, conf_mn_home, lifetime_s)
GROUPS("mobile-node.rules", CONF_RULES_MAX, NONE,
	RELOAD, conf, mn.rules, mn.n_rules)
VALUE("mobile-node.rules.peer", MATCH, NONE,
	RELOAD, conf_mn_rule, peer)
VALUE("mobile-node.rules.protocol", PROTOCOL, NONE,
	RELOAD, conf_mn_rule, protocol)
NUMBER("mobile-node.rules.port", NUMBER, "", 1, 65535, NONE,
	RELOAD, conf_mn_rule, port)
VALUE("mobile-node.rules.action", ACTION_MN, MUST,
	RELOAD, conf_mn_rule, action)
VALUE("mobile-node.route-optimisation", BOOL, "true",
	RELOAD, conf, mn.route_optimisation)
NUMBER("mobile-node.max-correspondents", NUMBER, "", 1, 65536, "1024",
	RELOAD, conf, mn.max_correspondents)
VALUE("mobile-node.correspondent-ack", BOOL, "true",
	RELOAD, conf, mn.cn_ack)
NUMBER("mobile-node.incapable-time", NUMBER, "s", 1, 86400, "600",
	RELOAD, conf, mn.incapable_s)
NUMBER("mobile-node.first-bindack-timeout", NUMBER, "ms", 100, BACKOFF_MAX, "1500",
	RELOAD, conf, mn.first_bindack_timeout_ms)
NUMBER("mobile-node.bindack-timeout", NUMBER, "ms", 100, BACKOFF_MAX, "1000",
	RELOAD, conf, mn.bindack_timeout_ms)
NUMBER("mobile-node.retry", NUMBER, "s", 1, 86400, "60",
	RELOAD, conf, mn.retry_s)
NUMBER("mobile-node.stop-timeout", NUMBER, "ms", 0, 60000, "2000",
	RELOAD, conf, mn.stop_timeout_ms)
NUMBER("mobile-node.router-probes", NUMBER, "ms", 100, 60000, "500",
	RELOAD, conf, mn.router_probes_ms)
VALUE("mobile-node.tunnel", IFNAME, "mip6mn",
	RESTART, conf, mn.tunnel_prefix)
NUMBER("mobile-node.table", NUMBER, "", 1, TABLE_MAX, "6275",
	RESTART, conf, mn.table_base)
NUMBER("mobile-node.rule-priority", NUMBER, "", 1, 32000, "1000",
	RESTART, conf, mn.rule_base)

ROLE("correspondent", cn.on)
GROUPS("correspondent.rules", CONF_RULES_MAX, NONE,
	RELOAD, conf, cn.rules, cn.n_rules)
VALUE("correspondent.rules.home", MATCH, NONE,
	RELOAD, conf_cn_rule, home)
VALUE("correspondent.rules.care-of", MATCH, NONE,
	RELOAD, conf_cn_rule, coa)
VALUE("correspondent.rules.local", MATCH, NONE,
	RELOAD, conf_cn_rule, local)
VALUE("correspondent.rules.action", ACTION_CN, MUST,
	RELOAD, conf_cn_rule, action)
NUMBER("correspondent.rules.status", NUMBER, "", 128, 255, "129",
	RELOAD, conf_cn_rule, status)
NUMBER("correspondent.max-bindings", NUMBER, "", 1, 1000000, "10000",
	RELOAD, conf, cn.max_bindings)
NUMBER("correspondent.max-lifetime", NUMBER_4, "s", 4, RR_LIFE_MAX, "420",
	RELOAD, conf, cn.max_lifetime_s)
NUMBER("correspondent.test-init-rate", NUMBER, "", 1, 1000000, "1000",
	RELOAD, conf, cn.test_init_rate)
VALUE("correspondent.refresh-requests", BOOL, "true",
	RELOAD, conf, cn.refresh_requests)

LATER("mobile-router")

GROUPS("authentication-keys.nodes", CONF_LIST_MAX, MUST,
	RELOAD, auth_keys, sas, n_sas)
VALUE("authentication-keys.nodes.identity", NAI, MUST,
	RELOAD, auth_sa, nai)
NUMBER("authentication-keys.nodes.spi", NUMBER, "", AUTH_SPI_MIN, UINT32_MAX, MUST,
	RELOAD, auth_sa, spi)
VALUE("authentication-keys.nodes.key", KEY, MUST,
	RELOAD, auth_sa, key)
TEXTS("authentication-keys.nodes.home-addresses", MATCHES, MUST,
	RELOAD, auth_sa, homes, n_homes)
VALUE("authentication-keys.nodes.timestamps", BOOL, "true",
	RELOAD, auth_sa, timestamps)
NUMBER("authentication-keys.nodes.clock-window", NUMBER, "s", 4, 3600, "7",
	RELOAD, auth_sa, clock_window_s)
VALUE("authentication-keys.nodes.trusted-network", BOOL, "false",
	RELOAD, auth_sa, trusted_network)
};
/* clang-format on */

const size_t conf_n_options = ARRAY_SIZE(conf_options);

const char *conf_option_word(const struct conf_option *o)
{
	const char *dot = strrchr(o->name, '.');

	return dot ? dot + 1 : o->name;
}

bool conf_option_is_in(const struct conf_option *o, const char *path)
{
	size_t len = strlen(path);
	size_t before = (size_t)(conf_option_word(o) - o->name);

	if (!len)
		return !before;
	return before == len + 1 && !strncmp(o->name, path, len);
}

const struct conf_option *conf_option_find(const char *path, const char *name)
{
	size_t i;

	for (i = 0; i < conf_n_options; i++)
		if (conf_option_is_in(&conf_options[i], path) &&
		    !strcmp(conf_option_word(&conf_options[i]), name))
			return &conf_options[i];
	return NULL;
}

#define WORD_MAX 32

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance: letters to put in, take out or exchange. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[WORD_MAX + 1], diagonal, above, cost;
	size_t len_a = strlen(a), len_b = strlen(b), i, j;

	if (len_a > WORD_MAX || len_b > WORD_MAX)
		return UINT32_MAX;
	for (j = 0; j <= len_b; j++)
		row[j] = (unsigned int)j;
	for (i = 1; i <= len_a; i++) {
		diagonal = row[0];
		row[0] = (unsigned int)i;
		for (j = 1; j <= len_b; j++) {
			/* tunnel_mtu is a way to write tunnel-mtu */
			cost = a[i - 1] != b[j - 1] &&
			       !(a[i - 1] == '_' && b[j - 1] == '-');
			above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + cost);
			diagonal = above;
		}
	}
	return row[len_b];
}

const char *conf_option_nearest(const char *path, const char *name)
{
	/* More than a third of the letters wrong is no likeness. */
	unsigned int best = (unsigned int)strlen(name) / 3 + 1;
	const char *found = NULL;
	size_t i;

	for (i = 0; i < conf_n_options; i++) {
		const char *word = conf_option_word(&conf_options[i]);
		unsigned int d;

		if (!conf_option_is_in(&conf_options[i], path) ||
		    conf_options[i].type == CONF_LATER)
			continue;
		d = distance(name, word);
		if (d <= best && (!found || d < best)) {
			best = d;
			found = word;
		}
	}
	return found;
}
