/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives the two ports from a script on standard input, without daemon and
 * roles: one command a line, one line for each event and message that comes
 * back.  For scenarios on a real kernel.
 *
 * This file decides the words; `help` prints them.  What a command should do
 * is judged by the scenario that gives it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/hash.h"
#include "mip6d/log.h"
#include "tests/kernel/driver.h"

#define WORDS_MAX 24
#define RULES_MAX 64

/* ---- commands ---- */

static void cmd_watch(struct driver *d, char **w)
{
	(void)w;
	driver_result("watch", kernel_watch(d->k));
}

static void cmd_ha_start(struct driver *d, char **w)
{
	struct kernel_ha_conf conf = { .tunnel_mtu = arg_u32(w, "mtu", 0) };
	const char *name = arg_text(w, "name");

	strncpy(conf.tunnel_name, name ? name : "mip6ha", IF_NAMESIZE - 1);
	driver_result("ha-start", kernel_ha_start(d->k, &conf));
}

static void cmd_ha_stop(struct driver *d, char **w)
{
	(void)w;
	kernel_ha_stop(d->k);
	driver_result("ha-stop", 0);
}

static void cmd_home_link(struct driver *d, char **w)
{
	driver_result("home-link",
		      kernel_home_link_set(d->k, arg_if(d, w, "if"),
					   !arg_text(w, "off")));
}

/* The prefix of 64 bits around an address. */
static void cmd_ha_prefix(struct driver *d, char **w)
{
	struct prefix p = { arg_addr(w, "of"), 64 };

	memset(&p.addr.s6_addr[8], 0, 8);
	driver_result("ha-prefix",
		      kernel_ha_prefixes_set(d->k, &p, !arg_text(w, "off")));
}

static struct kernel_binding get_binding(struct driver *d, char **w)
{
	return (struct kernel_binding){
		.hoa = arg_addr(w, "hoa"),
		.coa = arg_addr(w, "coa"),
		.old_coa = arg_addr(w, "old"),
		.ha = arg_addr(w, "ha"),
		.home_ifindex = arg_if(d, w, "if"),
		.proxy_linklocal = arg_text(w, "ll"),
	};
}

static struct kernel_key next_key(struct driver *d, enum kernel_user user,
				  const struct in6_addr *hoa)
{
	return (struct kernel_key){ .user = user,
				    .hoa = *hoa,
				    .serial = ++d->serial };
}

static void cmd_binding_add(struct driver *d, char **w)
{
	struct kernel_binding b = get_binding(d, w);
	struct kernel_key key = next_key(d, KERNEL_USER_HA, &b.hoa);
	int err = kernel_binding_add(d->k, &key, &b);

	if (err)
		driver_result("binding-add", err);
}

static void cmd_binding_del(struct driver *d, char **w)
{
	struct kernel_binding b = get_binding(d, w);
	struct kernel_key key = next_key(d, KERNEL_USER_HA, &b.hoa);
	int err = kernel_binding_del(d->k, &key, &b);

	if (err)
		driver_result("binding-del", err);
}

static void count_up(struct in6_addr *a, uint32_t n)
{
	a->s6_addr[12] = (uint8_t)(n >> 24);
	a->s6_addr[13] = (uint8_t)(n >> 16);
	a->s6_addr[14] = (uint8_t)(n >> 8);
	a->s6_addr[15] = (uint8_t)n;
}

/* n bindings at once: the last 32 bits of hoa, coa and old count up. */
static void cmd_burst(struct driver *d, char **w)
{
	struct kernel_binding b = get_binding(d, w);
	uint32_t n = arg_u32(w, "n", 1), i, from = arg_u32(w, "from", 1);
	bool del = arg_text(w, "del");
	struct kernel_key key;

	d->burst_start = mtime_now();
	for (i = from; i < from + n; i++) {
		count_up(&b.hoa, i);
		count_up(&b.coa, i);
		if (!addr_is_any(&b.old_coa))
			count_up(&b.old_coa, i);
		key = next_key(d, KERNEL_USER_HA, &b.hoa);
		if (del)
			kernel_binding_del(d->k, &key, &b);
		else
			kernel_binding_add(d->k, &key, &b);
	}
}

static void cmd_mn_start(struct driver *d, char **w)
{
	struct kernel_mn_conf conf = {
		.tunnel_prefix = "mip6mn",
		.table_base = arg_u32(w, "table", 1000),
		.rule_base = arg_u32(w, "rule", 1000),
	};
	struct kernel_rule rules[RULES_MAX];

	conf.rules = rules;
	conf.n_rules = arg_rules(w, rules, RULES_MAX);
	driver_result("mn-start", kernel_mn_start(d->k, &conf));
}

static void cmd_mn_rules(struct driver *d, char **w)
{
	struct kernel_rule rules[RULES_MAX];
	unsigned int n = arg_rules(w, rules, RULES_MAX);

	driver_result("mn-rules", kernel_mn_rules_set(d->k, rules, n));
}

static void cmd_is_tunnel(struct driver *d, char **w)
{
	driver_result("is-tunnel", kernel_mn_is_tunnel(d->k, arg_if(d, w, "if"))
					   ? 0
					   : -ENODEV);
}

static void cmd_mn_stop(struct driver *d, char **w)
{
	(void)w;
	kernel_mn_stop(d->k);
	driver_result("mn-stop", 0);
}

static void cmd_mn_home(struct driver *d, char **w)
{
	static const char *const places[] = { "none", "away", "returning",
					      "home" };
	struct kernel_mn_home home = {
		.index = arg_u32(w, "index", 0),
		.hoa = arg_addr(w, "hoa"),
		.ha = arg_addr(w, "ha"),
		.coa = arg_addr(w, "coa"),
		.coa_ifindex = arg_if(d, w, "coa-if"),
		.coa_router = arg_addr(w, "router"),
		.home_ifindex = arg_if(d, w, "home-if"),
		.home_router = arg_addr(w, "home-router"),
		.home_plen = (uint8_t)arg_u32(w, "plen", 0),
	};
	struct kernel_key key = next_key(d, KERNEL_USER_MN, &home.hoa);
	const char *place = arg_text(w, "place");
	size_t i;
	int err;

	for (i = 0; place && i < ARRAY_SIZE(places); i++)
		if (!strcmp(place, places[i]))
			home.place = (enum kernel_mn_place)i;
	err = kernel_mn_home_set(d->k, &key, &home);
	if (err)
		driver_result("mn-home", err);
	if (home.place != KERNEL_MN_NONE)
		kernel_mn_bound_set(d->k, home.index, arg_u32(w, "bound", 1));
}

/* ---- route optimisation ---- */

static void cmd_cn_start(struct driver *d, char **w)
{
	(void)w;
	driver_result("cn-start", kernel_cn_start(d->k));
}

static void cmd_cn_stop(struct driver *d, char **w)
{
	(void)w;
	kernel_cn_stop(d->k);
	driver_result("cn-stop", 0);
}

typedef int ro_fn(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_ro *ro);

/* n of them at once: the last 32 bits of peer and coa count up. */
static void do_ro(struct driver *d, char **w, ro_fn *fn, const char *what)
{
	const char *end = arg_text(w, "end");
	uint32_t n = arg_u32(w, "n", 0), i;
	struct kernel_ro ro = {
		.local = arg_addr(w, "local"),
		.peer = arg_addr(w, "peer"),
		.coa = arg_addr(w, "coa"),
		.send = !arg_text(w, "hold"),
		.end = end && !strcmp(end, "peer") ? KERNEL_RO_PEER
						   : KERNEL_RO_LOCAL,
	};
	int err;

	d->burst_start = mtime_now();
	for (i = 0; i < (n ? n : 1); i++) {
		struct kernel_key key;

		if (n) {
			count_up(&ro.peer, i + 1);
			count_up(&ro.coa, i + 1);
		}
		key = next_key(d, KERNEL_USER_CN, &ro.local);
		key.peer = ro.peer;
		err = fn(d->k, &key, &ro);
		if (err)
			driver_result(what, err);
	}
}

static void cmd_ro_set(struct driver *d, char **w)
{
	do_ro(d, w, kernel_ro_set, "ro-set");
}

static void cmd_ro_del(struct driver *d, char **w)
{
	do_ro(d, w, kernel_ro_del, "ro-del");
}

static void cmd_ro_usage(struct driver *d, char **w)
{
	do_ro(d, w, kernel_ro_usage_get, "ro-usage");
}

static void cmd_neigh_probe(struct driver *d, char **w)
{
	struct in6_addr a = arg_addr(w, "addr");

	driver_result("neigh-probe",
		      kernel_neigh_probe(d->k, arg_if(d, w, "if"), &a));
}

static void cmd_neigh_set(struct driver *d, char **w)
{
	struct in6_addr a = arg_addr(w, "addr");
	struct lladdr l = arg_lladdr(w, "lladdr");

	driver_result("neigh-set",
		      kernel_neigh_set(d->k, arg_if(d, w, "if"), &a, &l));
}

static void cmd_local(struct driver *d, char **w)
{
	struct in6_addr a = arg_addr(w, "addr");

	printf("local %s %s\n", addr_str(&a),
	       kernel_addr_is_local(d->k, &a) ? "yes" : "no");
}

static void cmd_sysctl(struct driver *d, char **w)
{
	driver_result("sysctl",
		      kernel_sysctl(d->k, arg_text(w, "if"),
				    arg_text(w, "name"), arg_text(w, "value")));
}

static void cmd_send_mh(struct driver *d, char **w)
{
	uint8_t data[2048];
	struct mh_send msg = {
		.src = arg_addr(w, "src"),
		.dst = arg_addr(w, "dst"),
		.rh2 = arg_text(w, "rh2"),
		.hao = arg_text(w, "hao"),
		.hao_coa = arg_addr(w, "hao"),
		.coa = arg_addr(w, "rh2"),
		.ifindex = arg_if(d, w, "if"),
		.data = data,
		.len = arg_hex(w, data, sizeof(data)),
	};

	driver_result("send-mh", transport_send_mh(d->t, &msg));
}

static void cmd_send_nd(struct driver *d, char **w)
{
	struct lladdr l = arg_lladdr(w, "lladdr");
	uint8_t data[2048];
	struct nd_send msg = {
		.ifindex = arg_if(d, w, "if"),
		.src = arg_addr(w, "src"),
		.dst = arg_addr(w, "dst"),
		.lldst = l.len ? &l : NULL,
		.data = data,
		.len = arg_hex(w, data, sizeof(data)),
	};

	driver_result("send-nd", transport_send_nd(d->t, &msg));
}

static void cmd_nd_listen(struct driver *d, char **w)
{
	driver_result("nd-listen", transport_nd_listen(d->t, arg_if(d, w, "if"),
						       !arg_text(w, "off")));
}

static void cmd_probe(struct driver *d, char **w)
{
	(void)d;
	(void)w;
	printf("probe: %d\n", kernel_probe());
}

static void cmd_quiet(struct driver *d, char **w)
{
	d->quiet = !arg_text(w, "off");
}

/* Commands go on when every keyed request is answered. */
static void cmd_wait(struct driver *d, char **w)
{
	(void)w;
	d->waiting = true;
}

static void cmd_mark(struct driver *d, char **w)
{
	(void)d;
	printf("mark %s\n", arg_text(w, "text") ? arg_text(w, "text") : "");
}

static void cmd_quit(struct driver *d, char **w)
{
	(void)w;
	loop_stop(d->loop);
}

static void cmd_help(struct driver *d, char **w);

static const struct command {
	const char *name;
	void (*fn)(struct driver *d, char **words);
	const char *options;
} commands[] = {
	{ "watch", cmd_watch, "" },
	{ "ha-start", cmd_ha_start, "[name=] [mtu=]" },
	{ "ha-stop", cmd_ha_stop, "" },
	{ "home-link", cmd_home_link, "if= [off=1]" },
	{ "ha-prefix", cmd_ha_prefix, "of= [off=1]" },
	{ "binding-add", cmd_binding_add, "hoa= coa= ha= [old=] [if=] [ll=1]" },
	{ "binding-del", cmd_binding_del, "hoa= coa= ha= [if=] [ll=1]" },
	{ "burst", cmd_burst, "n= [from=] hoa= coa= ha= [old=] [if=] [del=1]" },
	{ "mn-start", cmd_mn_start,
	  "[table=] [rule=] [rules=optimise|tunnel|direct,PREFIX[,PROTOCOL["
	  ",PORT]][+...]]" },
	{ "mn-rules", cmd_mn_rules, "[rules=]" },
	{ "is-tunnel", cmd_is_tunnel, "if=" },
	{ "mn-stop", cmd_mn_stop, "" },
	{ "mn-home", cmd_mn_home,
	  "place=none|away|returning|home hoa= [index=] [ha=] [coa=] [coa-if=] "
	  "[router=] [home-if=] [home-router=] "
	  "[plen=]" },
	{ "cn-start", cmd_cn_start, "" },
	{ "cn-stop", cmd_cn_stop, "" },
	{ "ro-set", cmd_ro_set,
	  "end=local|peer local= peer= coa= [hold=1] [n=]" },
	{ "ro-del", cmd_ro_del, "end=local|peer local= peer= [n=]" },
	{ "ro-usage", cmd_ro_usage, "end=local|peer local= peer= [n=]" },
	{ "neigh-probe", cmd_neigh_probe, "if= addr=" },
	{ "neigh-set", cmd_neigh_set, "if= addr= lladdr=" },
	{ "local", cmd_local, "addr=" },
	{ "sysctl", cmd_sysctl, "if= name= [value=]" },
	{ "send-mh", cmd_send_mh,
	  "src= dst= data=HEX [rh2=COA] [hao=COA] [if=]" },
	{ "send-nd", cmd_send_nd, "if= src= dst= data=HEX [lladdr=]" },
	{ "nd-listen", cmd_nd_listen, "if= [off=1]" },
	{ "probe", cmd_probe, "" },
	{ "quiet", cmd_quiet, "[off=1]" },
	{ "wait", cmd_wait, "" },
	{ "mark", cmd_mark, "text=" },
	{ "help", cmd_help, "" },
	{ "quit", cmd_quit, "" },
};

static void cmd_help(struct driver *d, char **w)
{
	size_t i;

	(void)d;
	(void)w;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("%s %s\n", commands[i].name, commands[i].options);
}

static void run_command(struct driver *d, char *line)
{
	char *words[WORDS_MAX] = { NULL }, *save = NULL, *word;
	size_t n = 0, i;

	line[strcspn(line, "#")] = '\0';
	for (word = strtok_r(line, " \t\r\n", &save); word && n < WORDS_MAX - 1;
	     word = strtok_r(NULL, " \t\r\n", &save))
		words[n++] = word;
	if (!n)
		return;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(words[0], commands[i].name)) {
			commands[i].fn(d, words + 1);
			return;
		}
	driver_bad("no such command", words[0]);
}

/* ---- the script ---- */

static void run_lines(struct driver *d)
{
	char *end;

	while (!d->waiting && (end = memchr(d->line, '\n', d->len))) {
		size_t used = (size_t)(end - d->line) + 1;
		char line[sizeof(d->line)];

		memcpy(line, d->line, used);
		line[used - 1] = '\0';
		d->len -= used;
		memmove(d->line, d->line + used, d->len);
		run_command(d, line);
	}
	if (d->eof && !d->waiting)
		loop_stop(d->loop);
}

static void on_input(void *arg, struct mtime now)
{
	struct driver *d = arg;
	ssize_t n;

	(void)now;
	if (d->len < sizeof(d->line)) {
		n = read(STDIN_FILENO, d->line + d->len,
			 sizeof(d->line) - d->len);
		if (n > 0)
			d->len += (size_t)n;
		if (!n) {
			loop_fd_want_read(d->in, false);
			d->eof = true;
		}
	}
	run_lines(d);
}

static void on_turn(void *arg, struct mtime now)
{
	struct driver *d = arg;

	fflush(stdout);
	if (!d->waiting || d->done < d->serial)
		return;
	printf("all %u done, %u failed, %lld us\n", d->done, d->failed,
	       (long long)mtime_diff_us(now, d->burst_start));
	fflush(stdout);
	d->waiting = false;
	run_lines(d);
}

int main(void)
{
	static const struct transport_handler handler = {
		driver_on_mh,
		driver_on_icmp6,
	};
	static struct driver d;
	struct tqueue *tq = tqueue_new();
	int err;

	log_set_level(LOG_LEVEL_DEBUG);
	hash_init();
	err = tq ? loop_new(tq, &d.loop) : -ENOMEM;
	if (!err)
		err = kernel_open(d.loop, driver_on_event, &d, &d.k);
	if (!err)
		err = transport_open(d.loop, &handler, &d, &d.t);
	if (!err)
		err = loop_add_fd(d.loop, STDIN_FILENO, on_input, &d, &d.in);
	if (!err)
		err = loop_add_turn(d.loop, on_turn, &d);
	if (!err)
		err = loop_run(d.loop);
	if (err)
		driver_result("driver", err);
	transport_close(d.t);
	kernel_close(d.k);
	if (d.in)
		loop_del_fd(d.in);
	loop_free(d.loop);
	tqueue_free(tq);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
