/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives the two ports from a script on standard input, without daemon and
 * roles: one command a line, one line for each event and message that comes
 * back.  For scenarios on a real kernel.
 *
 * This file decides the words; `help` prints them.  What a command should do
 * is judged by the scenario that gives it.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/hash.h"
#include "mip6d/kernel.h"
#include "mip6d/log.h"
#include "mip6d/loop.h"
#include "mip6d/transport.h"

#define WORDS_MAX 24

struct driver {
	struct loop *loop;
	struct kernel *k;
	struct transport *t;
	struct loop_fd *in;
	char line[4096];
	size_t len;
	uint32_t serial; /* of the last keyed request */
	uint32_t done; /* keyed requests answered */
	uint32_t failed;
	bool quiet; /* no line for each answer */
	bool waiting; /* commands wait until all is answered */
	bool eof; /* of the script */
	struct task wake;
	struct mtime burst_start;
};

/* ---- what comes back ---- */

static const char *onoff(bool on, const char *word)
{
	return on ? word : "";
}

static void print_done(struct driver *d, const struct kernel_event *ev)
{
	d->done++;
	if (ev->done.err)
		d->failed++;
	if (!d->quiet)
		printf("done %u %s %s\n", ev->done.key.serial,
		       addr_str(&ev->done.key.hoa),
		       ev->done.err ? strerror(-ev->done.err) : "ok");
}

static void print_addr(const struct kernel_addr *a)
{
	printf("addr %d %s/%u%s%s%s%s%s%s%s valid=%u preferred=%u\n",
	       a->ifindex, addr_str(&a->addr), a->plen,
	       onoff(a->gone, " gone"), onoff(a->tentative, " tentative"),
	       onoff(a->optimistic, " optimistic"),
	       onoff(a->dad_failed, " dad-failed"),
	       onoff(a->deprecated, " deprecated"), onoff(a->home, " home"),
	       onoff(a->permanent, " permanent"), a->valid_s, a->preferred_s);
}

static void on_event(void *arg, const struct kernel_event *ev)
{
	struct driver *d = arg;

	switch (ev->type) {
	case KERNEL_DONE:
		print_done(d, ev);
		break;
	case KERNEL_LINK:
		printf("link %d %s%s%s%s mtu=%u %s\n", ev->link.ifindex,
		       ev->link.name, onoff(ev->link.gone, " gone"),
		       onoff(ev->link.up, " up"),
		       onoff(ev->link.carrier, " carrier"), ev->link.mtu,
		       lladdr_str(&ev->link.lladdr));
		break;
	case KERNEL_ADDR:
		print_addr(&ev->addr);
		break;
	case KERNEL_ROUTER:
		printf("router %d %s metric=%u%s\n", ev->router.ifindex,
		       addr_str(&ev->router.gateway), ev->router.metric,
		       onoff(ev->router.gone, " gone"));
		break;
	case KERNEL_NEIGH:
		printf("neigh %d %s %s%s%s\n", ev->neigh.ifindex,
		       addr_str(&ev->neigh.addr),
		       lladdr_str(&ev->neigh.lladdr),
		       onoff(ev->neigh.reachable, " reachable"),
		       onoff(ev->neigh.failed, " failed"));
		break;
	case KERNEL_SYNCED:
		printf("synced\n");
		break;
	}
}

static void print_packet(const char *what, const struct packet *pkt)
{
	size_t i;

	printf("%s src=%s dst=%s wire=%s>%s if=%d hops=%u%s%s lladdr=%s ", what,
	       addr_str(&pkt->src), addr_str(&pkt->dst),
	       addr_str(&pkt->wire_src), addr_str(&pkt->wire_dst),
	       pkt->ifindex, pkt->hop_limit, onoff(pkt->has_hao, " hao"),
	       onoff(pkt->has_rh2, " rh2"), lladdr_str(&pkt->lladdr));
	for (i = 0; i < pkt->len; i++)
		printf("%02x", pkt->data[i]);
	printf("\n");
}

static void on_mh(void *arg, const struct packet *pkt)
{
	(void)arg;
	print_packet("mh", pkt);
}

static void on_icmp6(void *arg, const struct packet *pkt)
{
	(void)arg;
	print_packet("icmp6", pkt);
}

/* ---- arguments ---- */

static void bad(const char *what, const char *word)
{
	printf("error: %s: %s\n", what, word);
	exit(2);
}

/* The value of "name=value" among the words; NULL: none. */
static const char *option(char **words, const char *name)
{
	size_t len = strlen(name);

	for (; *words; words++)
		if (!strncmp(*words, name, len) && (*words)[len] == '=')
			return *words + len + 1;
	return NULL;
}

static struct in6_addr get_addr(char **words, const char *name)
{
	const char *text = option(words, name);
	struct in6_addr a = { 0 };

	if (text && addr_parse(text, &a))
		bad("no address", text);
	return a;
}

static int get_if(struct driver *d, char **words, const char *name)
{
	const char *text = option(words, name);
	int ifindex;

	if (!text)
		return 0;
	ifindex = kernel_ifindex(d->k, text);
	if (!ifindex)
		bad("no interface", text);
	return ifindex;
}

static uint32_t get_u32(char **words, const char *name, uint32_t otherwise)
{
	const char *text = option(words, name);

	return text ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

static size_t get_hex(char **words, uint8_t *buf, size_t size)
{
	const char *text = option(words, "data");
	unsigned int octet;
	size_t n = 0;

	for (; text && *text && n < size; text += 2, n++) {
		if (sscanf(text, "%2x", &octet) != 1)
			bad("no octets", text);
		buf[n] = (uint8_t)octet;
	}
	return n;
}

static struct lladdr get_lladdr(char **words, const char *name)
{
	const char *text = option(words, name);
	struct lladdr l = { 0 };
	unsigned int octet;

	while (text && *text && l.len < LLADDR_MAX) {
		if (sscanf(text, "%2x", &octet) != 1)
			bad("no link-layer address", text);
		l.addr[l.len++] = (uint8_t)octet;
		text += strcspn(text, ":");
		text += *text == ':';
	}
	return l;
}

static void result(const char *what, int err)
{
	printf("%s: %s\n", what, err ? strerror(-err) : "ok");
}

/* ---- commands ---- */

static void cmd_watch(struct driver *d, char **w)
{
	(void)w;
	result("watch", kernel_watch(d->k));
}

static void cmd_ha_start(struct driver *d, char **w)
{
	struct kernel_ha_conf conf = { .tunnel_mtu = get_u32(w, "mtu", 0) };
	const char *name = option(w, "name");

	strncpy(conf.tunnel_name, name ? name : "mip6ha", IF_NAMESIZE - 1);
	result("ha-start", kernel_ha_start(d->k, &conf));
}

static void cmd_ha_stop(struct driver *d, char **w)
{
	(void)w;
	kernel_ha_stop(d->k);
	result("ha-stop", 0);
}

static void cmd_home_link(struct driver *d, char **w)
{
	result("home-link", kernel_home_link_set(d->k, get_if(d, w, "if"),
						 !option(w, "off")));
}

static struct kernel_binding get_binding(struct driver *d, char **w)
{
	return (struct kernel_binding){
		.hoa = get_addr(w, "hoa"),
		.coa = get_addr(w, "coa"),
		.old_coa = get_addr(w, "old"),
		.ha = get_addr(w, "ha"),
		.home_ifindex = get_if(d, w, "if"),
		.proxy_linklocal = option(w, "ll"),
	};
}

static struct kernel_key next_key(struct driver *d, enum kernel_user user,
				  const struct in6_addr *hoa)
{
	return (struct kernel_key){ user, *hoa, ++d->serial };
}

static void cmd_binding_add(struct driver *d, char **w)
{
	struct kernel_binding b = get_binding(d, w);
	struct kernel_key key = next_key(d, KERNEL_USER_HA, &b.hoa);
	int err = kernel_binding_add(d->k, &key, &b);

	if (err)
		result("binding-add", err);
}

static void cmd_binding_del(struct driver *d, char **w)
{
	struct kernel_binding b = get_binding(d, w);
	struct kernel_key key = next_key(d, KERNEL_USER_HA, &b.hoa);
	int err = kernel_binding_del(d->k, &key, &b);

	if (err)
		result("binding-del", err);
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
	uint32_t n = get_u32(w, "n", 1), i, from = get_u32(w, "from", 1);
	bool del = option(w, "del");
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
		.table_base = get_u32(w, "table", 1000),
		.rule_base = get_u32(w, "rule", 1000),
	};
	const char *direct = option(w, "direct");
	struct prefix p;

	if (direct) {
		if (prefix_parse(direct, &p))
			bad("no prefix", direct);
		conf.direct = &p;
		conf.n_direct = 1;
	}
	result("mn-start", kernel_mn_start(d->k, &conf));
}

static void cmd_mn_stop(struct driver *d, char **w)
{
	(void)w;
	kernel_mn_stop(d->k);
	result("mn-stop", 0);
}

static void cmd_mn_home(struct driver *d, char **w)
{
	static const char *const places[] = { "none", "away", "returning",
					      "home" };
	struct kernel_mn_home home = {
		.index = get_u32(w, "index", 0),
		.hoa = get_addr(w, "hoa"),
		.ha = get_addr(w, "ha"),
		.coa = get_addr(w, "coa"),
		.coa_ifindex = get_if(d, w, "coa-if"),
		.coa_router = get_addr(w, "router"),
		.home_ifindex = get_if(d, w, "home-if"),
		.home_router = get_addr(w, "home-router"),
		.home_plen = (uint8_t)get_u32(w, "plen", 0),
	};
	struct kernel_key key = next_key(d, KERNEL_USER_MN, &home.hoa);
	const char *place = option(w, "place");
	size_t i;
	int err;

	for (i = 0; place && i < ARRAY_SIZE(places); i++)
		if (!strcmp(place, places[i]))
			home.place = (enum kernel_mn_place)i;
	err = kernel_mn_home_set(d->k, &key, &home);
	if (err)
		result("mn-home", err);
}

static void cmd_neigh_probe(struct driver *d, char **w)
{
	struct in6_addr a = get_addr(w, "addr");

	result("neigh-probe", kernel_neigh_probe(d->k, get_if(d, w, "if"), &a));
}

static void cmd_neigh_set(struct driver *d, char **w)
{
	struct in6_addr a = get_addr(w, "addr");
	struct lladdr l = get_lladdr(w, "lladdr");

	result("neigh-set", kernel_neigh_set(d->k, get_if(d, w, "if"), &a, &l));
}

static void cmd_local(struct driver *d, char **w)
{
	struct in6_addr a = get_addr(w, "addr");

	printf("local %s %s\n", addr_str(&a),
	       kernel_addr_is_local(d->k, &a) ? "yes" : "no");
}

static void cmd_sysctl(struct driver *d, char **w)
{
	result("sysctl", kernel_sysctl(d->k, option(w, "if"), option(w, "name"),
				       option(w, "value")));
}

static void cmd_send_mh(struct driver *d, char **w)
{
	uint8_t data[2048];
	struct mh_send msg = {
		.src = get_addr(w, "src"),
		.dst = get_addr(w, "dst"),
		.rh2 = option(w, "rh2"),
		.coa = get_addr(w, "rh2"),
		.ifindex = get_if(d, w, "if"),
		.data = data,
		.len = get_hex(w, data, sizeof(data)),
	};

	result("send-mh", transport_send_mh(d->t, &msg));
}

static void cmd_send_nd(struct driver *d, char **w)
{
	struct lladdr l = get_lladdr(w, "lladdr");
	uint8_t data[2048];
	struct nd_send msg = {
		.ifindex = get_if(d, w, "if"),
		.src = get_addr(w, "src"),
		.dst = get_addr(w, "dst"),
		.lldst = l.len ? &l : NULL,
		.data = data,
		.len = get_hex(w, data, sizeof(data)),
	};

	result("send-nd", transport_send_nd(d->t, &msg));
}

static void cmd_nd_listen(struct driver *d, char **w)
{
	result("nd-listen", transport_nd_listen(d->t, get_if(d, w, "if"),
						!option(w, "off")));
}

static void cmd_probe(struct driver *d, char **w)
{
	(void)d;
	(void)w;
	printf("probe: %d\n", kernel_probe());
}

static void cmd_quiet(struct driver *d, char **w)
{
	d->quiet = !option(w, "off");
}

/* Commands go on when every keyed request is answered. */
static void cmd_wait(struct driver *d, char **w)
{
	(void)w;
	d->waiting = true;
}

static void cmd_sleep(struct driver *d, char **w)
{
	d->waiting = true;
	tqueue_start(loop_tqueue(d->loop), &d->wake,
		     mtime_add_ms(mtime_now(), get_u32(w, "ms", 100)));
}

static void cmd_mark(struct driver *d, char **w)
{
	(void)d;
	printf("mark %s\n", option(w, "text") ? option(w, "text") : "");
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
	{ "binding-add", cmd_binding_add, "hoa= coa= ha= [old=] [if=] [ll=1]" },
	{ "binding-del", cmd_binding_del, "hoa= coa= ha= [if=] [ll=1]" },
	{ "burst", cmd_burst, "n= [from=] hoa= coa= ha= [old=] [if=] [del=1]" },
	{ "mn-start", cmd_mn_start, "[table=] [rule=] [direct=]" },
	{ "mn-stop", cmd_mn_stop, "" },
	{ "mn-home", cmd_mn_home,
	  "place=none|away|returning|home hoa= [index=] [ha=] [coa=] [coa-if=] "
	  "[router=] [home-if=] [home-router=] "
	  "[plen=]" },
	{ "neigh-probe", cmd_neigh_probe, "if= addr=" },
	{ "neigh-set", cmd_neigh_set, "if= addr= lladdr=" },
	{ "local", cmd_local, "addr=" },
	{ "sysctl", cmd_sysctl, "if= name= [value=]" },
	{ "send-mh", cmd_send_mh, "src= dst= data=HEX [rh2=COA] [if=]" },
	{ "send-nd", cmd_send_nd, "if= src= dst= data=HEX [lladdr=]" },
	{ "nd-listen", cmd_nd_listen, "if= [off=1]" },
	{ "probe", cmd_probe, "" },
	{ "quiet", cmd_quiet, "[off=1]" },
	{ "wait", cmd_wait, "" },
	{ "sleep", cmd_sleep, "[ms=100]" },
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
	for (word = strtok_r(line, " \t\r\n", &save);
	     word && n < WORDS_MAX - 1; word = strtok_r(NULL, " \t\r\n", &save))
		words[n++] = word;
	if (!n)
		return;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(words[0], commands[i].name)) {
			commands[i].fn(d, words + 1);
			return;
		}
	bad("no such command", words[0]);
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

static void on_wake(struct task *task, struct mtime now)
{
	struct driver *d = container_of(task, struct driver, wake);

	(void)now;
	d->waiting = false;
	run_lines(d);
}

static void on_turn(void *arg, struct mtime now)
{
	struct driver *d = arg;

	fflush(stdout);
	if (!d->waiting || task_is_started(&d->wake) || d->done < d->serial)
		return;
	printf("all %u done, %u failed, %lld us\n", d->done, d->failed,
	       (long long)mtime_diff_us(now, d->burst_start));
	fflush(stdout);
	d->waiting = false;
	run_lines(d);
}

int main(void)
{
	static const struct transport_handler handler = { on_mh, on_icmp6 };
	static struct driver d;
	struct tqueue *tq = tqueue_new();
	int err;

	log_set_level(LOG_LEVEL_DEBUG);
	hash_init();
	task_init(&d.wake, on_wake);
	err = tq ? loop_new(tq, &d.loop) : -ENOMEM;
	if (!err)
		err = kernel_open(d.loop, on_event, &d, &d.k);
	if (!err)
		err = transport_open(d.loop, &handler, &d, &d.t);
	if (!err)
		err = loop_add_fd(d.loop, STDIN_FILENO, on_input, &d, &d.in);
	if (!err)
		err = loop_add_turn(d.loop, on_turn, &d);
	if (!err)
		err = loop_run(d.loop);
	if (err)
		result("driver", err);
	transport_close(d.t);
	kernel_close(d.k);
	if (d.in)
		loop_del_fd(d.in);
	loop_free(d.loop);
	tqueue_free(tq);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
