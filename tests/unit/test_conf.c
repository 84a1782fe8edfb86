/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration: tests/unit/conf/NAME.conf says NAME.err and nothing
 * else, values arrive where they belong, what is not named has its default,
 * and a reload knows what it cannot bring in.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/mh.h"
#include "src/conf_priv.h"
#include "tests/unit/unit.h"

static const char *srcdir;

static void enter(const char *folder)
{
	auto_free char *path = NULL;

	UNIT_NEED(asprintf(&path, "%s/%s", srcdir, folder) > 0);
	UNIT_NEED(!chdir(path));
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = calloc(1, 65536);

	UNIT_NEED(f && text);
	UNIT_NEED(fread(text, 1, 65535, f) < 65535);
	fclose(f);
	return text;
}

/* 0 or what conf_load said; *ret_said is what it wrote. */
static int load(const char *path, char **ret_said, struct conf **ret_conf)
{
	size_t len;
	FILE *err = open_memstream(ret_said, &len);
	int r;

	UNIT_NEED(err != NULL);
	r = conf_load(path, err, ret_conf);
	fclose(err);
	return r;
}

/* ---- NAME.conf says NAME.err ---- */

static void check_pair(const char *name)
{
	auto_free char *conf_path = NULL, *err_path = NULL;
	auto_free char *want = NULL, *said = NULL;
	struct conf *conf = NULL;
	int r;

	UNIT_NEED(asprintf(&conf_path, "%s.conf", name) > 0);
	UNIT_NEED(asprintf(&err_path, "%s.err", name) > 0);
	want = slurp(err_path);
	r = load(conf_path, &said, &conf);
	UNIT_STR(said, want);
	/* Notes refuse nothing. */
	UNIT_EQ(r, strstr(want, ": found ") ? -EINVAL : 0);
	UNIT_EQ(conf != NULL, r == 0);
	conf_free(conf);
}

static int is_conf(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 5 && !strcmp(e->d_name + n - 5, ".conf");
}

/* COM-32 (what is configured): addresses.conf. */
static void every_mistake_is_said(void)
{
	struct dirent **list;
	int i, n;

	enter("tests/unit/conf");
	n = scandir(".", &list, is_conf, alphasort);
	UNIT_NEED(n > 20);
	for (i = 0; i < n; i++) {
		list[i]->d_name[strlen(list[i]->d_name) - 5] = '\0';
		check_pair(list[i]->d_name);
		free(list[i]);
	}
	free(list);
}

static void unreadable_file_is_an_error(void)
{
	struct conf *conf = (void *)-1;
	char *said;

	enter("tests/unit/conf");
	UNIT_EQ(load("nowhere.conf", &said, &conf), -ENOENT);
	free(said);
	UNIT_EQ(load("part", &said, &conf), -EISDIR);
	free(said);
	UNIT_EQ(load("/dev/zero", &said, &conf), -ENODEV);
	UNIT_STR(said, "");
	free(said);
	CU_ASSERT(conf == (void *)-1);
}

/* A file of n times the same line. */
static void write_lines(const char *path, const char *line, unsigned int n)
{
	FILE *f = fopen(path, "we");

	UNIT_NEED(f != NULL);
	while (n--)
		fprintf(f, "%s\n", line);
	fclose(f);
}

/* Whoever includes files that include files must not fill the memory. */
static void includes_are_bounded(void)
{
	char dir[] = "/tmp/test_conf.XXXXXX";
	struct conf *conf = NULL;
	char *said;

	UNIT_NEED(mkdtemp(dir) && !chdir(dir));
	write_lines("many", "@include \"empty\"", 200);
	write_lines("empty", "", 0);
	UNIT_EQ(load("many", &said, &conf), -EINVAL);
	UNIT_STR(said, "many:1: found no role, expected home-agent = "
		       "{ ... }; mobile-node = { ... }; correspondent = "
		       "{ ... }; or several\n"
		       "many:100: found more than 100 files, expected less\n");
	free(said);
	write_lines("large", "@include \"half\"", 20);
	write_lines("half", "# 15 characters", 500000 / 16);
	UNIT_EQ(load("large", &said, &conf), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "found more than 8388608 octets"));
	free(said);
	write_lines("half", "# 15 characters", 2000000 / 16);
	UNIT_EQ(load("half", &said, &conf), -EFBIG);
	free(said);
	UNIT_EQ(unlink("many") | unlink("empty") | unlink("large") |
			unlink("half") | rmdir(dir),
		0);
}

/* ---- values ---- */

static struct conf *load_good(const char *path)
{
	struct conf *conf = NULL;
	char *said;

	UNIT_EQ(load(path, &said, &conf), 0);
	UNIT_STR(said, "");
	free(said);
	UNIT_NEED(conf != NULL);
	return conf;
}

static void check_ha_values(const struct conf_ha *ha)
{
	UNIT_EQ(ha->on, 1);
	UNIT_EQ(ha->n_links, 2);
	UNIT_STR(ha->links[0].ifname, "br-home");
	UNIT_EQ(ha->links[0].is_virtual, 0);
	UNIT_STR(prefix_str(&ha->links[0].prefix), "2001:db8:1::/48");
	UNIT_STR(addr_str(&ha->links[0].address), "2001:db8:1::abcd");
	UNIT_EQ(ha->links[0].valid_s, UINT32_MAX);
	UNIT_EQ(ha->links[0].preferred_s, 100);
	UNIT_STR(ha->links[1].ifname, "");
	UNIT_EQ(ha->links[1].is_virtual, 1);
	UNIT_STR(addr_str(&ha->links[1].address), "fd00:1::1");
	UNIT_EQ(ha->links[1].valid_s, 400);
	/* The default would be longer than the valid lifetime. */
	UNIT_EQ(ha->links[1].preferred_s, 400);
	UNIT_EQ(ha->max_bindings, 16);
	UNIT_EQ(ha->max_lifetime_s, 400);
	UNIT_EQ(ha->min_interval_ms, 0);
	UNIT_EQ(ha->refresh_advice_s, 40);
	UNIT_EQ(ha->dad_transmits, 0);
	UNIT_EQ(ha->dad_interval_ms, 10);
	UNIT_STR(ha->tunnel_name, "t");
	UNIT_EQ(ha->tunnel_mtu, 1280);
}

static void check_mn_rules(const struct conf_mn *mn)
{
	UNIT_EQ(mn->n_rules, 5);
	UNIT_STR(prefix_str(&mn->rules[0].peer), "2001:db8:7::53/128");
	UNIT_EQ(mn->rules[0].protocol, 17);
	UNIT_EQ(mn->rules[0].port, 53);
	UNIT_EQ(mn->rules[0].action, CONF_MN_DIRECT);
	UNIT_STR(prefix_str(&mn->rules[1].peer), "2001:db8:7::/48");
	UNIT_EQ(mn->rules[1].protocol, 0);
	UNIT_EQ(mn->rules[1].port, 0);
	UNIT_EQ(mn->rules[1].action, CONF_MN_TUNNEL);
	UNIT_STR(prefix_str(&mn->rules[2].peer), "::/0");
	UNIT_EQ(mn->rules[2].protocol, 132);
	UNIT_EQ(mn->rules[2].action, CONF_MN_OPTIMISE);
	UNIT_EQ(mn->rules[3].protocol, 6);
	UNIT_EQ(mn->rules[3].port, 65535);
	UNIT_EQ(mn->rules[4].protocol, 58);
	UNIT_EQ(mn->route_optimisation, 0);
	UNIT_EQ(mn->max_correspondents, 65536);
	UNIT_EQ(mn->cn_ack, 0);
	UNIT_EQ(mn->incapable_s, 1);
}

static void check_cn_values(const struct conf_cn *cn)
{
	UNIT_EQ(cn->on, 1);
	UNIT_EQ(cn->n_rules, 4);
	UNIT_STR(prefix_str(&cn->rules[0].home), "2001:db8::/32");
	UNIT_STR(prefix_str(&cn->rules[0].coa), "2001:db8:a::/48");
	UNIT_STR(prefix_str(&cn->rules[0].local), "2001:db8:c::1/128");
	UNIT_EQ(cn->rules[0].action, CONF_CN_ACCEPT);
	UNIT_STR(prefix_str(&cn->rules[1].coa), "::/0");
	UNIT_EQ(cn->rules[1].action, CONF_CN_REJECT);
	UNIT_EQ(cn->rules[1].status, 255);
	UNIT_STR(prefix_str(&cn->rules[2].home), "::/0");
	UNIT_STR(prefix_str(&cn->rules[2].coa), "fd00::/8");
	UNIT_EQ(cn->rules[2].status, BA_PROHIBITED);
	UNIT_STR(prefix_str(&cn->rules[3].local), "::/0");
	UNIT_EQ(cn->rules[3].action, CONF_CN_IGNORE);
	UNIT_EQ(cn->max_bindings, 1);
	UNIT_EQ(cn->max_lifetime_s, 4);
	UNIT_EQ(cn->test_init_rate, 1);
	UNIT_EQ(cn->refresh_requests, 0);
}

/* COM-59: the first timeout can be set. */
static void check_mn_values(const struct conf_mn *mn)
{
	UNIT_EQ(mn->on, 1);
	UNIT_EQ(mn->n_interfaces, 2);
	UNIT_STR(mn->interfaces[0].ifname, "eth0");
	UNIT_EQ(mn->interfaces[0].preference, 100);
	UNIT_EQ(mn->interfaces[0].optimistic, 1);
	UNIT_EQ(mn->interfaces[0].n_sysctls, 1);
	UNIT_STR(mn->interfaces[0].sysctls[0].name, "accept_ra");
	UNIT_STR(mn->interfaces[0].sysctls[0].value, "2");
	UNIT_STR(mn->interfaces[1].ifname, "eth1");
	UNIT_EQ(mn->interfaces[1].preference, 0);
	UNIT_EQ(mn->interfaces[1].optimistic, 0);
	UNIT_EQ(mn->interfaces[1].n_sysctls, 2);
	UNIT_STR(mn->interfaces[1].sysctls[1].name, "router_solicitations");
	UNIT_EQ(mn->n_homes, 2);
	UNIT_STR(addr_str(&mn->homes[0].address), "2001:db8:2::100");
	UNIT_EQ(mn->homes[0].plen, 64);
	UNIT_STR(addr_str(&mn->homes[0].home_agent), "2001:db8:2::1");
	UNIT_EQ(mn->homes[0].lifetime_s, 4);
	UNIT_EQ(mn->homes[1].plen, 128);
	UNIT_EQ(mn->homes[1].lifetime_s, 262140);
	check_mn_rules(mn);
	UNIT_EQ(mn->first_bindack_timeout_ms, 100);
	UNIT_EQ(mn->bindack_timeout_ms, 32000);
	UNIT_EQ(mn->retry_s, 1);
	UNIT_EQ(mn->stop_timeout_ms, 0);
	UNIT_EQ(mn->router_probes_ms, 100);
	UNIT_STR(mn->tunnel_prefix, "elevenchars");
	UNIT_EQ(mn->table_base, 125);
	UNIT_EQ(mn->rule_base, 1);
}

static void every_value_arrives(void)
{
	struct conf *conf;

	enter("tests/unit/conf");
	conf = load_good("every-value.conf");
	UNIT_EQ(conf->security, CONF_SECURITY_INSECURE);
	UNIT_EQ(conf->log_level, LOG_LEVEL_DEBUG);
	UNIT_STR(conf->ctl_socket, "/tmp/x");
	UNIT_STR(conf->ctl_group, "mip6");
	check_ha_values(&conf->ha);
	check_mn_values(&conf->mn);
	check_cn_values(&conf->cn);
	conf_free(conf);
}

static void check_ha_defaults(const struct conf_ha *ha)
{
	UNIT_EQ(ha->n_links, 1);
	UNIT_EQ(ha->links[0].is_virtual, 0);
	UNIT_EQ(ha->links[0].valid_s, 2592000);
	UNIT_EQ(ha->links[0].preferred_s, 604800);
	UNIT_EQ(ha->max_bindings, 10000);
	UNIT_EQ(ha->max_lifetime_s, 262140);
	UNIT_EQ(ha->min_interval_ms, 50);
	UNIT_EQ(ha->refresh_advice_s, 0);
	UNIT_EQ(ha->dad_transmits, 1);
	UNIT_EQ(ha->dad_interval_ms, 1000);
	UNIT_STR(ha->tunnel_name, "mip6ha");
	UNIT_EQ(ha->tunnel_mtu, 1460);
}

/* COM-59: 1.5 s; RFC 6275 section 12: 1 s for the others. */
static void check_mn_defaults(const struct conf_mn *mn)
{
	UNIT_EQ(mn->n_interfaces, 1);
	UNIT_EQ(mn->interfaces[0].preference, 50);
	UNIT_EQ(mn->interfaces[0].optimistic, 0);
	UNIT_EQ(mn->interfaces[0].n_sysctls, 0);
	UNIT_EQ(mn->max_formed, 4);
	UNIT_EQ(mn->follow_prefixes, 1);
	UNIT_EQ(mn->homes[0].lifetime_s, 3600);
	UNIT_EQ(mn->route_optimisation, 1);
	UNIT_EQ(mn->max_correspondents, 1024);
	UNIT_EQ(mn->cn_ack, 1);
	UNIT_EQ(mn->incapable_s, 600);
	UNIT_EQ(mn->first_bindack_timeout_ms, 1500);
	UNIT_EQ(mn->bindack_timeout_ms, 1000);
	UNIT_EQ(mn->retry_s, 60);
	UNIT_EQ(mn->stop_timeout_ms, 2000);
	UNIT_EQ(mn->router_probes_ms, 500);
	UNIT_STR(mn->tunnel_prefix, "mip6mn");
	UNIT_EQ(mn->table_base, 6275);
	UNIT_EQ(mn->rule_base, 1000);
}

/* COM-57: MAX_RR_BINDING_LIFETIME. */
static void check_cn_defaults(const struct conf_cn *cn)
{
	UNIT_EQ(cn->max_bindings, 10000);
	UNIT_EQ(cn->max_lifetime_s, 420);
	UNIT_EQ(cn->test_init_rate, 1000);
	UNIT_EQ(cn->refresh_requests, 1);
}

/* COM-57, for the constants that are options; those that are not are checked
 * where they act (back-off to 32 s, 10 s of memory, three updates a second). */
static void what_is_not_named_has_its_default(void)
{
	struct conf *conf;

	enter("tests/unit/conf");
	conf = load_good("minimal.conf");
	UNIT_EQ(conf->log_level, LOG_LEVEL_INFO);
	UNIT_STR(conf->ctl_socket, MIP6D_RUN_DIR "/control");
	UNIT_STR(conf->ctl_group, "");
	check_ha_defaults(&conf->ha);
	check_mn_defaults(&conf->mn);
	UNIT_EQ(conf->mn.n_rules, 0);
	UNIT_EQ(conf->ha.n_rules, 0);
	conf_free(conf);
}

/* The role is light: it needs nothing but its name. */
static void correspondent_alone_is_complete(void)
{
	struct conf *conf;

	enter("tests/unit/conf");
	conf = load_good("correspondent.conf");
	UNIT_EQ(conf_weakest_security(conf), CONF_SECURITY_UNSET);
	UNIT_EQ(conf->ha.on, 0);
	UNIT_EQ(conf->mn.on, 0);
	UNIT_EQ(conf->cn.on, 1);
	UNIT_EQ(conf->cn.n_rules, 0);
	check_cn_defaults(&conf->cn);
	conf_free(conf);
}

static void a_role_that_is_not_named_is_off(void)
{
	struct conf *conf;

	enter("etc/examples");
	conf = load_good("home-agent.conf");
	UNIT_EQ(conf->ha.on, 1);
	UNIT_EQ(conf->mn.on, 0);
	UNIT_EQ(conf->cn.on, 0);
	conf_free(conf);
	conf = load_good("mobile-node.conf");
	UNIT_EQ(conf->ha.on, 0);
	UNIT_EQ(conf->mn.on, 1);
	conf_free(conf);
}

/* etc/mip6d.conf has each option in a comment; a comment's own text begins
 * with a blank or a dash. */
static char *uncomment(char *text)
{
	char *from = text, *to = text;
	bool is_start = true;

	for (; *from; from++) {
		if (is_start && *from == '#' && from[1] != ' ') {
			is_start = false;
			continue;
		}
		is_start = *from == '\n';
		*to++ = *from;
	}
	*to = '\0';
	return text;
}

static struct conf *conf_of(const char *text)
{
	struct conf *conf = NULL;
	struct conf_text t;

	conf_text_init(&t);
	conf_text_add(&t, "text", text, strlen(text));
	UNIT_EQ(conf_from_text(&t, stdout, &conf), 0);
	conf_text_done(&t);
	UNIT_NEED(conf != NULL);
	return conf;
}

/* Each option of the table stands in etc/mip6d.conf with its default. */
static void installed_file_shows_the_defaults(void)
{
	auto_free char *text = NULL;
	struct conf *conf;
	size_t i;

	enter("etc");
	text = uncomment(slurp("mip6d.conf"));
	for (i = 0; i < conf_n_options; i++)
		if (conf_options[i].type != CONF_LATER &&
		    strncmp(conf_options[i].name, "authentication-keys.", 20) &&
		    !strstr(text, conf_option_word(&conf_options[i])))
			CU_FAIL("an option is missing in etc/mip6d.conf");
	conf = conf_of(text);
	UNIT_EQ(conf->log_level, LOG_LEVEL_INFO);
	UNIT_STR(conf->ctl_socket, "/run/mip6d/control");
	check_ha_defaults(&conf->ha);
	check_mn_defaults(&conf->mn);
	check_cn_defaults(&conf->cn);
	conf_free(conf);
}

static void all_examples_are_right(void)
{
	struct dirent **list;
	int i, n;

	enter("etc/examples");
	n = scandir(".", &list, is_conf, alphasort);
	UNIT_NEED(n >= 4);
	for (i = 0; i < n; i++) {
		conf_free(load_good(list[i]->d_name));
		free(list[i]);
	}
	free(list);
}

/* ---- reload ---- */

#define BASE                                                                \
	"security=\"insecure\";log-level=\"info\";"                         \
	"control={group=\"a\";};"                                           \
	"home-agent={links=({interface=\"eth0\";prefix=\"2001:db8::/64\";"  \
	"address=\"2001:db8::1\";valid-lifetime=400;});"                    \
	"policy=({home=\"2001:db8::/80\";action=\"deny\";});"               \
	"tunnel=\"ta\";max-bindings=7;};"                                   \
	"mobile-node={interfaces=({name=\"eth1\";preference=7;"             \
	"sysctl=[\"accept_ra=2\"];});homes=({lifetime=400;"                 \
	"address=\"2001:db8:1::9/64\";home-agent=\"2001:db8:1::1\";});"     \
	"retry=7;rules=({port=7;"                                           \
	"peer=\"2001:db8:9::/48\";protocol=\"tcp\";action=\"tunnel\";});};" \
	"correspondent={rules=({home=\"2001:db8:4::/48\";status=130;"       \
	"care-of=\"2001:db8:5::/48\";local=\"2001:db8:6::1\";"              \
	"action=\"reject\";});max-lifetime=40;};"

static const struct {
	const char *from, *to, *restart;
} changes[] = {
	{ "\"info\"", "\"debug\"", NULL },
	{ "valid-lifetime=400", "valid-lifetime=\"infinite\"", NULL },
	{ "/80", "/81", NULL },
	{ "max-bindings=7", "max-bindings=8", NULL },
	{ "preference=7", "preference=8", NULL },
	{ "lifetime=400;address", "lifetime=404;address", NULL },
	{ "retry=7", "retry=8", NULL },
	{ "9::/48", "9::/49", NULL },
	{ "port=7", "port=8", NULL },
	{ "\"tcp\"", "\"udp\"", NULL },
	{ "tunnel\";}", "direct\";},{action=\"optimise\";}", NULL },
	{ "retry=7", "route-optimisation=false", NULL },
	{ "retry=7", "max-correspondents=1", NULL },
	{ "retry=7", "correspondent-ack=false", NULL },
	{ "retry=7", "incapable-time=1", NULL },
	{ "status=130", "status=131", NULL },
	{ "4::/48", "4::/49", NULL },
	{ "max-lifetime=40", "max-lifetime=44", NULL },
	{ "max-lifetime=40", "max-bindings=4", NULL },
	{ "max-lifetime=40", "test-init-rate=4", NULL },
	{ "max-lifetime=40", "refresh-requests=false", NULL },
	{ "=\"a\"", "=\"b\"", "control.group" },
	{ "control={", "control={socket=\"/x\";", "control.socket" },
	{ "\"eth0\"", "\"eth2\"", "home-agent.links.interface" },
	{ "::/64\"", "::/65\"", NULL },
	{ "8::1\"", "8::2\"", NULL },
	{ "({interface",
	  "({virtual=true;prefix=\"fd00::/64\";address=\"fd00::1\";},"
	  "{interface",
	  NULL },
	{ "\"ta\"", "\"tb\"", "home-agent.tunnel" },
	{ "\"eth1\"", "\"eth2\"", "mobile-node.interfaces.name" },
	{ "preference=7", "optimistic=true",
	  "mobile-node.interfaces.optimistic" },
	{ "ra=2", "ra=1", "mobile-node.interfaces.sysctl" },
	{ "[\"accept_ra=2\"]", "[ ]", "mobile-node.interfaces.sysctl" },
	{ "9/64", "8/64", NULL },
	{ "9/64", "9/65", NULL },
	{ "8:1::1\"", "8:1::2\"", NULL },
	{ "\"2001:db8:1::1\";}", "\"auto\";}", NULL },
	{ "retry=7", "table=7", "mobile-node.table" },
};

static char *replaced(const char *text, const char *from, const char *to)
{
	const char *p = strstr(text, from);
	char *out;

	UNIT_NEED(p != NULL);
	UNIT_NEED(asprintf(&out, "%.*s%s%s", (int)(p - text), text, to,
			   p + strlen(from)) > 0);
	return out;
}

static void reload_knows_what_needs_a_restart(void)
{
	struct conf *base = conf_of(BASE), *same = conf_of(BASE);
	size_t i;

	CU_ASSERT_PTR_NULL(conf_needs_restart(base, same));
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		auto_free char *text =
			replaced(BASE, changes[i].from, changes[i].to);
		struct conf *to = conf_of(text);

		UNIT_STR(conf_needs_restart(base, to), changes[i].restart);
		UNIT_STR(conf_needs_restart(to, base), changes[i].restart);
		conf_free(to);
	}
	conf_free(same);
	conf_free(base);
}

static void a_role_more_or_less_needs_a_restart(void)
{
	struct conf *both, *one;

	enter("tests/unit/conf");
	both = load_good("minimal.conf");
	enter("etc/examples");
	one = load_good("home-agent.conf");
	UNIT_STR(conf_needs_restart(both, one), "mobile-node");
	UNIT_STR(conf_needs_restart(one, both), "mobile-node");
	conf_free(one);
	one = load_good("mobile-node.conf");
	UNIT_STR(conf_needs_restart(both, one), "home-agent");
	conf_free(one);
	enter("etc/examples");
	conf_free(both);
	both = load_good("mobile-node-and-correspondent.conf");
	one = load_good("mobile-node.conf");
	UNIT_STR(conf_needs_restart(both, one), "correspondent");
	UNIT_STR(conf_needs_restart(one, both), "correspondent");
	conf_free(one);
	conf_free(both);
}

static const struct unit_case cases[] = {
	UNIT_CASE(every_mistake_is_said),
	UNIT_CASE(unreadable_file_is_an_error),
	UNIT_CASE(includes_are_bounded),
	UNIT_CASE(every_value_arrives),
	UNIT_CASE(what_is_not_named_has_its_default),
	UNIT_CASE(correspondent_alone_is_complete),
	UNIT_CASE(a_role_that_is_not_named_is_off),
	UNIT_CASE(installed_file_shows_the_defaults),
	UNIT_CASE(all_examples_are_right),
	UNIT_CASE(reload_knows_what_needs_a_restart),
	UNIT_CASE(a_role_more_or_less_needs_a_restart),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "conf", cases }, UNIT_END };

int main(int argc, char **argv)
{
	auto_free char *here = realpath(".", NULL);

	srcdir = getenv("top_srcdir");
	if (!srcdir)
		srcdir = here;
	return unit_main(argc, argv, suites);
}
