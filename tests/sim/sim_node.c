/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A node: one whole daemon on its fake kernel and fake transport, with a task
 * queue of its own that the simulator's clock drives.  Starts, stops, crashes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

#define STOP_MS 5000 /* conf_mn.stop_timeout_ms */

/* ---- the daemon's surroundings ---- */

void sim_node_enter(struct sim_node *n)
{
	char prefix[40];

	snprintf(prefix, sizeof(prefix), "%12.6f %-4s ",
		 (double)n->sim->now.us / 1e6, n->name);
	fake_log_prefix(prefix);
	if (n->disk)
		fake_store_at(n->disk, &(struct store_stamp){
					       .boot = "sim",
					       .up_ms = n->sim->now.us / 1000,
				       });
}

static void on_kernel(void *arg, const struct kernel_event *ev)
{
	struct sim_node *n = arg;

	if (!n->daemon)
		return;
	sim_node_enter(n);
	daemon_on_kernel(n->daemon, ev, n->sim->now);
}

static void on_request(void *arg, const struct fake_request *req)
{
	struct sim_node *n = arg;

	if (req->op == FAKE_NEIGH_PROBE && !n->mute)
		sim_host_on_probe(n, req);
}

static struct sim_iface *iface_find(struct sim_node *n, int ifindex)
{
	unsigned int i;

	for (i = 0; i < n->n_ifaces; i++)
		if (n->ifaces[i].ifindex == ifindex)
			return &n->ifaces[i];
	return NULL;
}

static int on_send(void *arg, const struct fake_msg *msg)
{
	struct sim_node *n = arg;
	struct sim_iface *i;

	if (n->mute)
		return 0;
	if (msg->is_icmp6) {
		sim_disc_sent(n, msg);
		return sim_path_send_mh(n, msg);
	}
	if (!msg->is_nd) {
		sim_check_sent_mh(n, msg);
		return sim_path_send_mh(n, msg);
	}
	i = iface_find(n, msg->nd.ifindex);
	if (!i)
		sim_fail(n->sim, "%s: ND on interface %d, which is not there",
			 n->name, msg->nd.ifindex);
	return sim_link_send_nd(i, msg);
}

static void wake_arm(struct sim_node *n)
{
	struct mtime t =
		mtime_min(tqueue_next(n->tq), fake_kernel_next(n->kernel));

	if (t.us == INT64_MAX || n->asleep)
		task_stop(&n->wake);
	else
		tqueue_start(n->sim->tq, &n->wake,
			     mtime_before(t, n->sim->now) ? n->sim->now : t);
}

void sim_node_touch(struct sim_node *n)
{
	n->dirty = true;
	wake_arm(n);
}

/* One turn of the daemon's loop: events, then tasks. */
static void wake_task(struct task *task, struct mtime now)
{
	struct sim_node *n = container_of(task, struct sim_node, wake);

	/* A thousand nodes may have a lot to do, but not without an end. */
	if (n->woken_at.us != now.us)
		n->woken = 0;
	n->woken_at = now;
	if (++n->woken > 10000)
		sim_fail(n->sim, "%s: goes round without time passing",
			 n->name);
	fake_kernel_run(n->kernel);
	sim_node_enter(n);
	tqueue_run(n->tq, now);
	sim_node_touch(n);
}

/* ---- configuration ---- */

static void *copy_of(const void *data, size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		abort();
	memcpy(p, data, n * size);
	return p;
}

struct conf *sim_node_conf(const struct sim_node *n)
{
	struct conf *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->log_level = log_get_level();
	c->ha = n->ha;
	c->mn = n->mn;
	c->cn = n->cn;
	c->ha.security = c->mn.security = CONF_SECURITY_INSECURE;
	c->ha.links =
		copy_of(n->ha_links, n->ha.n_links, sizeof(n->ha_links[0]));
	c->ha.rules =
		copy_of(n->ha_rules, n->ha.n_rules, sizeof(n->ha_rules[0]));
	c->mn.n_homes -= n->left_out;
	c->mn.interfaces = copy_of(n->mn_ifaces, n->mn.n_interfaces,
				   sizeof(n->mn_ifaces[0]));
	c->mn.homes =
		copy_of(n->mn_homes, n->mn.n_homes, sizeof(n->mn_homes[0]));
	c->mn.rules =
		copy_of(n->mn_rules, n->mn.n_rules, sizeof(n->mn_rules[0]));
	c->cn.rules =
		copy_of(n->cn_rules, n->cn.n_rules, sizeof(n->cn_rules[0]));
	return c;
}

/* ---- start, stop, crash ---- */

static void ports_new(struct sim_node *n)
{
	n->tq = tqueue_new();
	if (!n->tq)
		abort();
	n->kernel = fake_kernel_new(on_kernel, n);
	n->kernel->clock = &n->sim->now;
	n->kernel->record = false;
	n->kernel->on_request = on_request;
	n->kernel->delay_min_us = 50;
	n->kernel->delay_max_us = n->sim->kernel_us;
	n->kernel->fail_permille = n->sim->kernel_fail;
	n->transport = fake_transport_new();
	n->transport->on_send = on_send;
	n->transport->arg = n;
	n->transport->kernel = n->kernel;
	n->n_told = 0;
	n->store = n->disk ? store_new(n->tq, n->disk) : NULL;
}

static void ports_free(struct sim_node *n)
{
	task_stop(&n->wake);
	n->tq = tqueue_free(n->tq);
	n->kernel = fake_kernel_free(n->kernel);
	n->transport = fake_transport_free(n->transport);
	n->store = store_free(n->store);
}

static void fixed_addr(struct sim_node *n, unsigned int place,
		       const struct in6_addr *addr)
{
	struct kernel_addr a = {
		.ifindex = n->ifaces[0].ifindex,
		.plen = 64,
		.addr = *addr,
		.permanent = true,
		.valid_s = UINT32_MAX,
		.preferred_s = UINT32_MAX,
	};

	n->ifaces[0].addrs[SIM_ADDRS - 1 - place] = (struct sim_addr){
		.used = true,
		.told = true,
		.addr = a.addr,
		.valid_until = MTIME_NEVER,
		.preferred_until = MTIME_NEVER,
	};
	fake_kernel_addr_set(n->kernel, &a);
}

/* An agent's address never goes away, nor that of a fixed host; a mobile node
 * has to form its own. */
static void host_new(struct sim_node *n)
{
	unsigned int i, j;

	for (i = 0; i < n->n_ifaces; i++)
		sim_host_reset(&n->ifaces[i]);
	for (j = 0; n->role & SIM_HA && j < n->ha.n_links; j++)
		fixed_addr(n, j, &n->ha_links[j].address);
	if (!addr_is_any(&n->fixed))
		fixed_addr(n, 0, &n->fixed);
}

void sim_node_start(struct sim_node *n)
{
	struct role_env env;
	int err;

	ports_free(n);
	ports_new(n);
	host_new(n);
	memset(&n->counters, 0, sizeof(n->counters));
	env = (struct role_env){ .tq = n->tq,
				 .kernel = n->kernel,
				 .transport = n->transport,
				 .counters = &n->counters,
				 .store = n->store,
				 .ike = n->needs_keys ? &n->ike : NULL };
	if (n->disk)
		fake_store_fail(n->disk, 0);
	n->up = true;
	n->mute = n->stops = false;
	n->epoch++;
	n->started = n->sim->now;
	sim_note(n->sim, "%s starts", n->name);
	if (n->role & SIM_PLAIN)
		return;
	sim_node_enter(n);
	err = daemon_new(&env, sim_node_conf(n), n->sim->now, &n->daemon);
	if (err)
		sim_fail(n->sim, "%s: daemon_new: %d", n->name, err);
	kernel_watch(n->kernel);
	sim_node_touch(n);
}

static void boot_task(struct task *task, struct mtime now)
{
	(void)now;
	sim_node_start(container_of(task, struct sim_node, boot));
}

/* What the wire showed is forgotten where a reboot forgets it. */
static void regs_forget(struct sim_node *n)
{
	struct sim *s = n->sim;
	unsigned int i, j;

	for (i = 0; i < s->n_nodes; i++) {
		for (j = 0; j < s->nodes[i]->mn.n_homes; j++) {
			struct sim_reg *r = &s->nodes[i]->regs[j];

			if (r->mn == n)
				r->sent_any = r->resync = false;
			if (r->ha == n)
				r->accepted_any = false;
			if (r->mn == n || r->ha == n)
				sim_link_forget(r->ha->ifaces[0].link, &r->hoa);
		}
	}
}

void sim_node_crash(struct sim_node *n, int64_t boot_ms)
{
	struct sim *s = n->sim;

	if (!n->up)
		return;
	s->n_reboots++;
	n->mute = true;
	/* What is not written yet is lost. */
	if (n->disk)
		fake_store_fail(n->disk, -EIO);
	n->daemon = daemon_free(n->daemon);
	if (tqueue_len(n->tq))
		sim_fail(s, "%s: %zu tasks left behind by daemon_free", n->name,
			 tqueue_len(n->tq));
	if (!fake_transport_is_quiet(n->transport))
		sim_fail(s, "%s: listens on after daemon_free", n->name);
	n->up = false;
	ports_free(n);
	ports_new(n); /* others still look at it */
	regs_forget(n);
	sim_note(s, "%s crashes", n->name);
	if (boot_ms >= 0)
		tqueue_start(s->tq, &n->boot, mtime_add_ms(s->now, boot_ms));
}

void sim_node_stop(struct sim_node *n)
{
	struct sim *s = n->sim;
	struct mtime limit = mtime_add_ms(s->now, n->mn.stop_timeout_ms + 1000);

	if (!n->up)
		return;
	sim_note(s, "%s stops", n->name);
	sim_node_enter(n);
	n->stops = true;
	if (n->daemon)
		daemon_stop(n->daemon, s->now);
	sim_node_touch(n);
	while (n->daemon && !daemon_is_stopped(n->daemon)) {
		if (!mtime_before(s->now, limit))
			sim_fail(s, "%s: does not stop", n->name);
		sim_run_ms(s, 10);
	}
	sim_node_enter(n);
	n->daemon = daemon_free(n->daemon);
	n->up = false;
	sim_check_stopped(n);
	task_stop(&n->wake);
}

void sim_node_restart(struct sim_node *n, int64_t boot_ms)
{
	if (!n->up)
		return;
	sim_node_stop(n);
	regs_forget(n);
	tqueue_start(n->sim->tq, &n->boot, mtime_add_ms(n->sim->now, boot_ms));
}

void sim_node_free(struct sim_node *n)
{
	unsigned int i;

	n->mute = true;
	n->daemon = daemon_free(n->daemon);
	for (i = 0; i < n->n_ifaces; i++) {
		task_stop(&n->ifaces[i].task);
		task_stop(&n->ifaces[i].attach);
	}
	task_stop(&n->boot);
	ports_free(n);
	store_dir_close(n->disk);
	free(n);
}

/* ---- building a topology ---- */

static struct sim_node *node_add(struct sim *s, enum sim_role role)
{
	struct sim_node *n = calloc(1, sizeof(*n));

	s->nodes = realloc(s->nodes, (s->n_nodes + 1) * sizeof(*s->nodes));
	if (!n || !s->nodes)
		abort();
	n->sim = s;
	n->id = s->n_nodes;
	n->role = role;
	snprintf(n->name, sizeof(n->name), "%s%u",
		 role == SIM_HA   ? "ha"
		 : role == SIM_MN ? "mn"
		 : role == SIM_CN ? "cn"
				  : "host",
		 n->id);
	task_init(&n->wake, wake_task);
	task_init(&n->boot, boot_task);
	s->nodes[s->n_nodes++] = n;
	ports_new(n);
	return n;
}

struct sim_iface *sim_iface_add(struct sim_node *n, struct sim_link *at,
				int preference)
{
	unsigned int at_index = n->n_ifaces++;
	struct sim_iface *i = &n->ifaces[at_index];
	uint8_t id[2] = { (uint8_t)(n->id >> 8), (uint8_t)n->id };

	i->node = n;
	i->ifindex = 2 + (int)at_index;
	i->link = at;
	snprintf(i->name, sizeof(i->name), "eth%u", at_index);
	i->mac =
		(struct lladdr){ 6,
				 { 2, 0, 0, id[0], id[1], (uint8_t)at_index } };
	i->ll.s6_addr[0] = 0xfe;
	i->ll.s6_addr[1] = 0x80;
	memcpy(&i->ll.s6_addr[8],
	       (uint8_t[]){ 0, 0, 0, 0xff, 0xfe, id[0], id[1],
			    (uint8_t)at_index },
	       8);
	if (n->role & SIM_MN) {
		i->conf = &n->mn_ifaces[n->mn.n_interfaces++];
		memcpy(i->conf->ifname, i->name, IF_NAMESIZE);
		i->conf->preference = preference;
	}
	sim_host_init(i);
	return i;
}

void sim_ha_link(struct sim_node *n, const char *addr)
{
	struct conf_home_link *l = &n->ha_links[n->ha.n_links++];

	if (addr_parse(addr, &l->address))
		abort();
	l->prefix = prefix_of(&l->address, 64);
	l->security = CONF_SECURITY_INSECURE;
	l->valid_s = 2592000;
	l->preferred_s = 604800;
	snprintf(l->ifname, sizeof(l->ifname), "eth0");
}

struct sim_node *sim_ha_add(struct sim *s, struct sim_link *home,
			    const char *addr)
{
	struct sim_node *n = node_add(s, SIM_HA);

	n->ha = (struct conf_ha){
		.on = true,
		.max_bindings = 1000,
		.max_lifetime_s = 262140,
		.dad_transmits = 1,
		.dad_interval_ms = 1000,
		.min_interval_ms = 50,
		.tunnel_mtu = 1460,
		.agent_discovery = true,
		.discovery_rate = 20,
		.prefix_advertisements = true,
		.max_prefix_interval_s = 3600,
		.min_prefix_interval_s = 60,
	};
	snprintf(n->ha.tunnel_name, IF_NAMESIZE, "mip6ha");
	sim_iface_add(n, home, 0);
	sim_ha_link(n, addr);
	return n;
}

static void mn_init(struct sim_node *n)
{
	n->mn = (struct conf_mn){
		.on = true,
		.first_bindack_timeout_ms = 1500,
		.bindack_timeout_ms = 1000,
		.retry_s = 60,
		.stop_timeout_ms = STOP_MS,
		.router_probes_ms = 3000,
		.table_base = 30000,
		.rule_base = 1000,
	};
	snprintf(n->mn.tunnel_prefix, IF_NAMESIZE, "mip6mn");
}

struct sim_node *sim_mn_add(struct sim *s, struct sim_link *at)
{
	struct sim_node *n = node_add(s, SIM_MN);

	mn_init(n);
	sim_iface_add(n, at, 50);
	return n;
}

static struct sim_node *fixed_add(struct sim *s, struct sim_link *at,
				  const char *addr, enum sim_role role)
{
	struct sim_node *n = node_add(s, role);

	if (addr_parse(addr, &n->fixed))
		abort();
	sim_iface_add(n, at, 0);
	return n;
}

void sim_cn_on(struct sim_node *n)
{
	n->role |= SIM_CN;
	n->cn = (struct conf_cn){
		.on = true,
		.max_bindings = 100,
		.max_lifetime_s = 420,
		.test_init_rate = 1000,
		.refresh_requests = true,
	};
}

struct sim_node *sim_cn_add(struct sim *s, struct sim_link *at,
			    const char *addr)
{
	struct sim_node *n = fixed_add(s, at, addr, SIM_CN);

	sim_cn_on(n);
	return n;
}

struct sim_node *sim_plain_add(struct sim *s, struct sim_link *at,
			       const char *addr)
{
	return fixed_add(s, at, addr, SIM_PLAIN);
}

void sim_ro_on(struct sim_node *mn)
{
	mn->mn.route_optimisation = true;
	mn->mn.max_correspondents = 100;
	mn->mn.cn_ack = true;
	mn->mn.incapable_s = 600;
	/* A slow kernel at both ends needs more than half of it each. */
	mn->mn.stop_timeout_ms = 4 * STOP_MS;
}

void sim_both_add(struct sim_node *ha, struct sim_link *at)
{
	ha->role = SIM_BOTH;
	mn_init(ha);
	sim_iface_add(ha, at, 50);
}

void sim_mn_home_addr(struct sim_node *mn, struct sim_node *ha,
		      const struct in6_addr *hoa, uint32_t lifetime_s)
{
	unsigned int at = mn->mn.n_homes++;

	mn->mn_homes[at] = (struct conf_mn_home){
		.security = CONF_SECURITY_INSECURE,
		.address = *hoa,
		.plen = 64,
		.lifetime_s = lifetime_s,
		.home_agent = ha->ha_links[0].address,
	};
	mn->regs[at] = (struct sim_reg){ .hoa = *hoa, .mn = mn, .ha = ha };
}

void sim_mn_home(struct sim_node *mn, struct sim_node *ha, const char *hoa,
		 uint32_t lifetime_s)
{
	struct in6_addr addr;

	if (addr_parse(hoa, &addr))
		abort();
	sim_mn_home_addr(mn, ha, &addr, lifetime_s);
}

void sim_mn_discovers(struct sim_node *mn)
{
	unsigned int i;

	for (i = 0; i < mn->mn.n_homes; i++) {
		mn->mn_homes[i].home_agent = addr_any;
		mn->regs[i].dynamic = true;
	}
	if (!mn->disk && store_dir_open("/disk", &mn->disk))
		abort();
}

/* ---- looking inside ---- */

struct sim_reg *sim_reg_find(struct sim *s, const struct in6_addr *hoa)
{
	unsigned int i, j;

	for (i = 0; i < s->n_nodes; i++)
		for (j = 0; j < s->nodes[i]->mn.n_homes; j++)
			if (addr_eq(&s->nodes[i]->regs[j].hoa, hoa))
				return &s->nodes[i]->regs[j];
	return NULL;
}

struct bcache_entry *sim_binding(struct sim_reg *reg)
{
	struct ha *ha = reg->ha->daemon ? daemon_ha(reg->ha->daemon) : NULL;

	if (!ha)
		return NULL;
	return bcache_find(ha_bcache(ha), &reg->ha->ha_links[0].address,
			   &reg->hoa);
}

struct bul_entry *sim_bul(struct sim_reg *reg)
{
	struct mn *mn = reg->mn->daemon ? daemon_mn(reg->mn->daemon) : NULL;
	struct bul_entry *e = mn ? mn_bul(mn)->head : NULL;

	/* With whatever agent it has found. */
	while (e && !(e->home && addr_eq(&e->hoa, &reg->hoa)))
		e = e->next;
	return e;
}
