/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h in memory: the requests.  A keyed request takes effect when its
 * completion is delivered, in the order of the calls; a failed one changes
 * nothing.  Each call is judged against the contract.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/random.h"
#include "tests/fake/fake_priv.h"

static struct mtime now(const struct kernel *k)
{
	return k->clock ? *k->clock : (struct mtime){ 0 };
}

/* ---- queue ---- */

static struct fake_event *queue_add(struct kernel *k, struct mtime due)
{
	struct fake_event *e = calloc(1, sizeof(*e)), **p = &k->head;

	if (!e)
		abort();
	while (*p && !mtime_before(due, (*p)->due))
		p = &(*p)->next;
	e->due = due;
	e->order = ++k->order;
	e->next = *p;
	*p = e;
	return e;
}

void fake_queue_event(struct kernel *k, const struct kernel_event *ev)
{
	queue_add(k, now(k))->ev = *ev;
}

static struct mtime completion_due(struct kernel *k)
{
	int64_t range = k->delay_max_us - k->delay_min_us;
	int64_t us = k->delay_min_us;

	if (range > 0)
		us += random_below((uint32_t)range + 1);
	/* Answers never overtake each other. */
	if (mtime_before(k->last_due, mtime_add_us(now(k), us)))
		k->last_due = mtime_add_us(now(k), us);
	return k->last_due;
}

struct mtime fake_kernel_next(const struct kernel *k)
{
	return k->head ? k->head->due : MTIME_NEVER;
}

/* ---- requests ---- */

static void request_record(struct kernel *k, const struct fake_request *r)
{
	if (k->on_request)
		k->on_request(k->arg, r);
	if (!k->record)
		return;
	if (k->n_requests == k->max_requests) {
		k->max_requests = k->max_requests ? 2 * k->max_requests : 64;
		k->requests = realloc(k->requests,
				      k->max_requests * sizeof(*k->requests));
		if (!k->requests)
			abort();
	}
	k->requests[k->n_requests++] = *r;
}

/* The error that was ordered for this call, by the kind asked. */
static int plan_take(struct kernel *k, enum fake_op op, bool at_call)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < k->n_plans; i++) {
		struct fake_plan *p = &k->plans[i];

		if (p->op != op || p->at_call != at_call || --p->nth)
			continue;
		err = p->err;
		*p = k->plans[--k->n_plans];
		i--;
	}
	return err;
}

static void key_check(const struct kernel *k, const struct fake_request *r)
{
	const struct fake_event *e;

	for (e = k->head; e; e = e->next) {
		const struct kernel_key *o = &e->req.key;

		if (!e->has_req || !e->answered || o->user != r->key.user)
			continue;
		/* Usage is answered by an event of its own. */
		if ((e->req.op == FAKE_RO_USAGE_GET) !=
		    (r->op == FAKE_RO_USAGE_GET))
			continue;
		if (addr_eq(&o->hoa, &r->key.hoa) &&
		    addr_eq(&o->peer, &r->key.peer) &&
		    o->serial == r->key.serial)
			fake_fault("%s: serial %u is outstanding already",
				   addr_str(&r->key.hoa), r->key.serial);
	}
}

int fake_request_now(struct kernel *k, struct fake_request *r)
{
	r->returned = plan_take(k, r->op, true);
	request_record(k, r);
	return r->returned;
}

int fake_request_queue(struct kernel *k, struct fake_request *r,
		       const struct kernel_key *key)
{
	struct fake_event *e;

	if (key) {
		r->has_key = true;
		r->key = *key;
		key_check(k, r);
	}
	if (fake_request_now(k, r))
		return r->returned;
	e = queue_add(k, completion_due(k));
	e->has_req = true;
	e->answered = key;
	e->req = *r;
	e->planned_err = plan_take(k, r->op, false);
	if (!e->planned_err && k->fail_permille &&
	    random_below(1000) < k->fail_permille)
		e->planned_err = -ENOBUFS;
	return 0;
}

static enum kernel_user user_of(const struct fake_request *r)
{
	if (r->op == FAKE_BINDING_ADD || r->op == FAKE_BINDING_DEL)
		return KERNEL_USER_HA;
	if (r->op == FAKE_MN_HOME_SET || r->ro.end == KERNEL_RO_LOCAL)
		return KERNEL_USER_MN;
	return KERNEL_USER_CN;
}

void fake_request_cancel(struct kernel *k, enum kernel_user user)
{
	struct fake_event *e;

	for (e = k->head; e; e = e->next)
		if (e->has_req && user_of(&e->req) == user)
			e->planned_err = -ECANCELED;
}

int kernel_ha_start(struct kernel *k, const struct kernel_ha_conf *conf)
{
	struct fake_request r = { .op = FAKE_HA_START };

	if (k->ha_started)
		fake_fault("ha_start: started already");
	if (fake_request_now(k, &r))
		return r.returned;
	k->ha_started = true;
	k->ha_conf = *conf;
	fake_bindings_drop(k);
	fake_world_device(k, FAKE_HA_TUNNEL_IFINDEX, conf->tunnel_name, false);
	return 0;
}

void kernel_ha_stop(struct kernel *k)
{
	struct fake_request r = { .op = FAKE_HA_STOP };

	if (!k->ha_started)
		fake_fault("ha_stop: not started");
	request_record(k, &r);
	fake_request_cancel(k, KERNEL_USER_HA);
	fake_bindings_drop(k);
	k->n_home_links = 0;
	k->n_prefixes = 0;
	k->ha_started = false;
	fake_world_device(k, FAKE_HA_TUNNEL_IFINDEX, k->ha_conf.tunnel_name,
			  true);
}

bool fake_kernel_is_home_link(const struct kernel *k, int ifindex)
{
	unsigned int i;

	for (i = 0; i < k->n_home_links; i++)
		if (k->home_links[i] == ifindex)
			return true;
	return false;
}

int kernel_home_link_set(struct kernel *k, int ifindex, bool on)
{
	struct fake_request r = { .op = FAKE_HOME_LINK_SET,
				  .ifindex = ifindex,
				  .on = on };
	unsigned int i;

	if (ifindex <= 0)
		fake_fault("home_link_set: interface %d", ifindex);
	if (fake_request_now(k, &r))
		return r.returned;
	for (i = 0; i < k->n_home_links; i++)
		if (k->home_links[i] == ifindex)
			break;
	if (on && i == k->n_home_links) {
		if (i == FAKE_HOME_LINKS)
			return -ENOBUFS;
		k->home_links[k->n_home_links++] = ifindex;
	} else if (!on && i < k->n_home_links) {
		k->home_links[i] = k->home_links[--k->n_home_links];
	}
	return 0;
}

static void binding_check(const struct kernel *k, const char *what,
			  const struct kernel_binding *b)
{
	if (!k->ha_started)
		fake_fault("%s before ha_start", what);
	if (!addr_is_routable(&b->hoa) || !addr_is_routable(&b->coa) ||
	    !addr_is_routable(&b->ha))
		fake_fault("%s: hoa %s coa %s ha %s", what, addr_str(&b->hoa),
			   addr_str(&b->coa), addr_str(&b->ha));
	if (addr_eq(&b->hoa, &b->coa))
		fake_fault("%s: %s bound to itself", what, addr_str(&b->hoa));
	if (b->home_ifindex < 0)
		fake_fault("%s: home interface %d", what, b->home_ifindex);
}

int kernel_binding_add(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_binding *b)
{
	struct fake_request r = { .op = FAKE_BINDING_ADD, .binding = *b };

	binding_check(k, "binding_add", b);
	if (b->home_ifindex && !fake_kernel_is_home_link(k, b->home_ifindex))
		fake_fault("binding_add: %d is no home link", b->home_ifindex);
	/* Else our own packets to it would be tunnelled. */
	if (addr_is_any(&b->old_coa) && !fake_kernel_is_home_prefix(k, &b->hoa))
		fake_fault("binding_add: %s in no home prefix",
			   addr_str(&b->hoa));
	if (key &&
	    (key->user != KERNEL_USER_HA || !addr_eq(&key->hoa, &b->hoa)))
		fake_fault("binding_add: key of %s", addr_str(&key->hoa));
	return fake_request_queue(k, &r, key);
}

int kernel_binding_del(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_binding *b)
{
	struct fake_request r = { .op = FAKE_BINDING_DEL, .binding = *b };

	binding_check(k, "binding_del", b);
	return fake_request_queue(k, &r, key);
}

int kernel_mn_start(struct kernel *k, const struct kernel_mn_conf *conf)
{
	struct fake_request r = { .op = FAKE_MN_START };

	if (k->mn_started)
		fake_fault("mn_start: started already");
	if (fake_request_now(k, &r))
		return r.returned;
	k->mn_started = true;
	snprintf(k->mn_prefix, sizeof(k->mn_prefix), "%s", conf->tunnel_prefix);
	fake_ro_drop(k, KERNEL_RO_LOCAL);
	fake_rules_take(k, conf->rules, conf->n_rules);
	return 0;
}

static void home_apply(struct kernel *k, const struct kernel_mn_home *want)
{
	struct kernel_mn_home was = k->homes[want->index];

	k->homes[want->index] = *want;
	if (want->place == KERNEL_MN_NONE)
		k->bound[want->index] = false;
	fake_world_home_changed(k, &was, want);
}

void kernel_mn_stop(struct kernel *k)
{
	struct fake_request r = { .op = FAKE_MN_STOP };
	unsigned int i;

	if (!k->mn_started)
		fake_fault("mn_stop: not started");
	request_record(k, &r);
	fake_request_cancel(k, KERNEL_USER_MN);
	fake_ro_drop(k, KERNEL_RO_LOCAL);
	for (i = 0; i < k->n_homes; i++) {
		struct kernel_mn_home none = { .index = i };

		home_apply(k, &none);
		k->bound[i] = false;
	}
	k->mn_started = false;
}

static void home_check(const struct kernel *k,
		       const struct kernel_mn_home *want)
{
	bool tunnel = want->place == KERNEL_MN_AWAY ||
		      want->place == KERNEL_MN_RETURNING;
	bool home = want->place == KERNEL_MN_HOME ||
		    want->place == KERNEL_MN_RETURNING;

	if (!k->mn_started)
		fake_fault("mn_home_set before mn_start");
	if (!addr_is_routable(&want->hoa))
		fake_fault("mn_home_set: hoa %s", addr_str(&want->hoa));
	if (home && want->home_ifindex <= 0)
		fake_fault("mn_home_set: at home on interface %d",
			   want->home_ifindex);
	if (want->place == KERNEL_MN_AWAY &&
	    (!addr_is_routable(&want->coa) || want->coa_ifindex <= 0))
		fake_fault("mn_home_set: away with coa %s on %d",
			   addr_str(&want->coa), want->coa_ifindex);
	if (tunnel && addr_eq(&want->hoa, &want->coa))
		fake_fault("mn_home_set: %s tunnelled to itself",
			   addr_str(&want->hoa));
}

int kernel_mn_home_set(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_mn_home *want)
{
	struct fake_request r = { .op = FAKE_MN_HOME_SET, .home = *want };

	home_check(k, want);
	if (want->index >= FAKE_HOMES) {
		fake_fault("mn_home_set: index %u", want->index);
		return -EINVAL;
	}
	if (key &&
	    (key->user != KERNEL_USER_MN || !addr_eq(&key->hoa, &want->hoa)))
		fake_fault("mn_home_set: key of %s", addr_str(&key->hoa));
	return fake_request_queue(k, &r, key);
}

int kernel_neigh_probe(struct kernel *k, int ifindex,
		       const struct in6_addr *addr)
{
	struct fake_request r = { .op = FAKE_NEIGH_PROBE,
				  .ifindex = ifindex,
				  .addr = *addr };

	if (ifindex <= 0 || addr_is_any(addr) || addr_is_multicast(addr))
		fake_fault("neigh_probe %s on %d", addr_str(addr), ifindex);
	return fake_request_now(k, &r);
}

int kernel_neigh_set(struct kernel *k, int ifindex, const struct in6_addr *addr,
		     const struct lladdr *lladdr)
{
	struct fake_request r = { .op = FAKE_NEIGH_SET,
				  .ifindex = ifindex,
				  .addr = *addr,
				  .lladdr = *lladdr };

	if (ifindex <= 0 || addr_is_any(addr) || !lladdr->len)
		fake_fault("neigh_set %s on %d", addr_str(addr), ifindex);
	return fake_request_now(k, &r);
}

static struct fake_sysctl *sysctl_find(const struct kernel *k,
				       const char *ifname, const char *name)
{
	struct kernel *open = (struct kernel *)k;
	unsigned int i;

	for (i = 0; i < k->n_sysctls; i++)
		if (!strcmp(k->sysctls[i].ifname, ifname) &&
		    !strcmp(k->sysctls[i].name, name))
			return &open->sysctls[i];
	return NULL;
}

int kernel_sysctl(struct kernel *k, const char *ifname, const char *name,
		  const char *value)
{
	struct fake_request r = { .op = FAKE_SYSCTL, .undo = !value };
	struct fake_sysctl *s = sysctl_find(k, ifname, name);

	snprintf(r.ifname, sizeof(r.ifname), "%s", ifname);
	snprintf(r.name, sizeof(r.name), "%s", name);
	snprintf(r.value, sizeof(r.value), "%s", value ? value : "");
	if (fake_request_now(k, &r))
		return r.returned;
	if (!value) {
		if (s)
			*s = k->sysctls[--k->n_sysctls];
		return 0;
	}
	if (!s) {
		if (k->n_sysctls == FAKE_SYSCTLS)
			return -ENOBUFS;
		s = &k->sysctls[k->n_sysctls++];
	}
	snprintf(s->ifname, sizeof(s->ifname), "%s", ifname);
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->value, sizeof(s->value), "%s", r.value);
	return 0;
}

const char *fake_kernel_sysctl(const struct kernel *k, const char *ifname,
			       const char *name)
{
	const struct fake_sysctl *s = sysctl_find(k, ifname, name);

	return s ? s->value : NULL;
}

/* ---- delivery ---- */

static void request_apply(struct kernel *k, const struct fake_request *r)
{
	if (r->op == FAKE_BINDING_ADD)
		fake_binding_apply_add(k, &r->binding);
	else if (r->op == FAKE_BINDING_DEL)
		fake_binding_apply_del(k, &r->binding);
	else if (r->op == FAKE_MN_HOME_SET) {
		if (r->home.index >= k->n_homes)
			k->n_homes = r->home.index + 1;
		home_apply(k, &r->home);
	} else {
		fake_ro_apply(k, r);
	}
}

static void event_deliver(struct kernel *k, struct fake_event *e)
{
	if (e->has_req && !e->planned_err)
		request_apply(k, &e->req);
	if (e->has_req && e->req.op == FAKE_RO_USAGE_GET) {
		e->ev.type = KERNEL_USAGE;
		fake_ro_answer(k, &e->req, e->planned_err, &e->ev.usage);
	} else if (e->has_req && e->answered) {
		e->ev.type = KERNEL_DONE;
		e->ev.done.key = e->req.key;
		e->ev.done.err = e->planned_err;
	}
	if (!e->has_req || e->answered)
		k->on_event(k->arg, &e->ev);
	free(e);
}

unsigned int fake_kernel_run(struct kernel *k)
{
	uint64_t last = k->order;
	struct mtime t = now(k);
	struct fake_event *e;
	unsigned int n = 0;

	while ((e = k->head) && e->order <= last && !mtime_before(t, e->due)) {
		k->head = e->next;
		k->current = e; /* stays findable if a test jumps away */
		event_deliver(k, e);
		k->current = NULL;
		n++;
	}
	return n;
}

void fake_kernel_settle(struct kernel *k)
{
	while (fake_kernel_run(k))
		;
}

/* ---- for tests ---- */

struct kernel *fake_kernel_new(kernel_event_fn *on_event, void *arg)
{
	struct kernel *k = calloc(1, sizeof(*k));

	if (!k)
		abort();
	k->on_event = on_event;
	k->arg = arg;
	k->record = true;
	return k;
}

struct kernel *fake_kernel_free(struct kernel *k)
{
	struct fake_event *e;

	if (!k)
		return NULL;
	while ((e = k->head)) {
		k->head = e->next;
		free(e);
	}
	fake_bindings_drop(k);
	fake_ro_drop(k, KERNEL_RO_LOCAL);
	fake_ro_drop(k, KERNEL_RO_PEER);
	fake_world_free(k);
	free(k->requests);
	free(k);
	return NULL;
}

static void plan_add(struct kernel *k, enum fake_op op, unsigned int nth,
		     int err, bool at_call)
{
	if (k->n_plans == FAKE_PLANS || !nth)
		abort();
	k->plans[k->n_plans++] = (struct fake_plan){
		.op = op,
		.nth = nth,
		.err = -err,
		.at_call = at_call,
	};
}

void fake_kernel_fail(struct kernel *k, enum fake_op op, unsigned int nth,
		      int err)
{
	plan_add(k, op, nth, err, false);
}

void fake_kernel_fail_call(struct kernel *k, enum fake_op op, unsigned int nth,
			   int err)
{
	plan_add(k, op, nth, err, true);
}

const struct kernel_mn_home *fake_kernel_home(const struct kernel *k,
					      unsigned int index)
{
	return &k->homes[index];
}

const struct fake_request *fake_kernel_last(const struct kernel *k,
					    enum fake_op op)
{
	size_t i;

	for (i = k->n_requests; i-- > 0;)
		if (k->requests[i].op == op)
			return &k->requests[i];
	return NULL;
}

unsigned int fake_kernel_count(const struct kernel *k, enum fake_op op)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < k->n_requests; i++)
		n += k->requests[i].op == op;
	return n;
}

void fake_kernel_forget(struct kernel *k)
{
	k->n_requests = 0;
}

bool fake_kernel_is_clean(const struct kernel *k)
{
	unsigned int i;

	for (i = 0; i < k->n_homes; i++)
		if (k->homes[i].place != KERNEL_MN_NONE)
			return false;
	return !k->n_bindings && !k->n_home_links && !k->n_pairs && !k->n_sas &&
	       !k->n_sps;
}
