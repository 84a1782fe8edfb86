/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h in memory: route optimisation.  The pairs in force, what they
 * carried, the mobile node's rules, and the judgement of what sets them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_priv.h"

#define TCP 6
#define UDP 17

/* ---- pairs ---- */

static struct fake_pair **pair_place(const struct kernel *k,
				     const struct in6_addr *local,
				     const struct in6_addr *peer)
{
	struct kernel *open = (struct kernel *)k;
	uint32_t hash = 2166136261u;
	struct fake_pair **p;
	int i;

	for (i = 0; i < 16; i++)
		hash = (hash ^ local->s6_addr[i] ^
			(uint32_t)peer->s6_addr[i] << 8) *
		       16777619u;
	p = &open->pairs[(hash ^ hash >> 16) % FAKE_PAIR_BUCKETS];
	while (*p &&
	       !(addr_eq(&(*p)->local, local) && addr_eq(&(*p)->peer, peer)))
		p = &(*p)->next;
	return p;
}

const struct fake_pair *fake_kernel_pair(const struct kernel *k,
					 const struct in6_addr *local,
					 const struct in6_addr *peer)
{
	return *pair_place(k, local, peer);
}

const struct kernel_ro *fake_kernel_ro(const struct kernel *k,
				       const struct in6_addr *local,
				       const struct in6_addr *peer,
				       enum kernel_ro_end end)
{
	const struct fake_pair *p = fake_kernel_pair(k, local, peer);

	return p && p->has_end[end] ? &p->end[end] : NULL;
}

/* Takes one end away, and the pair with its last end: true then. */
static bool end_del(struct kernel *k, struct fake_pair **place,
		    enum kernel_ro_end end)
{
	struct fake_pair *p = *place;

	p->has_end[end] = false;
	if (p->has_end[!end])
		return false;
	*place = p->next;
	free(p);
	k->n_pairs--;
	return true;
}

void fake_ro_apply(struct kernel *k, const struct fake_request *r)
{
	struct fake_pair **p = pair_place(k, &r->ro.local, &r->ro.peer);

	if (r->op == FAKE_RO_DEL && *p)
		end_del(k, p, r->ro.end);
	if (r->op != FAKE_RO_SET)
		return;
	if (!*p) {
		*p = calloc(1, sizeof(**p));
		if (!*p)
			abort();
		(*p)->local = r->ro.local;
		(*p)->peer = r->ro.peer;
		k->n_pairs++;
	}
	(*p)->has_end[r->ro.end] = true;
	(*p)->end[r->ro.end] = r->ro;
}

void fake_ro_answer(struct kernel *k, const struct fake_request *r, int err,
		    struct kernel_usage *ret_usage)
{
	const struct fake_pair *p =
		fake_kernel_pair(k, &r->ro.local, &r->ro.peer);

	*ret_usage = (struct kernel_usage){ .err = err };
	if (!err && p && p->has_end[r->ro.end])
		*ret_usage = p->usage;
	else if (!err)
		ret_usage->err = -ENOENT;
	ret_usage->key = r->key;
}

void fake_ro_drop(struct kernel *k, enum kernel_ro_end end)
{
	struct fake_pair **p;
	unsigned int i;

	for (i = 0; i < FAKE_PAIR_BUCKETS; i++)
		for (p = &k->pairs[i]; *p;) {
			if (!(*p)->has_end[end] && !(*p)->has_end[!end])
				abort();
			if (!(*p)->has_end[end] || !end_del(k, p, end))
				p = &(*p)->next;
		}
}

bool fake_kernel_usage_add(struct kernel *k, const struct in6_addr *local,
			   const struct in6_addr *peer, uint64_t octets_in,
			   uint64_t octets_out)
{
	struct fake_pair *p = *pair_place(k, local, peer);

	if (!p)
		return false;
	p->usage.packets_in += octets_in > 0;
	p->usage.packets_out += octets_out > 0;
	p->usage.octets_in += octets_in;
	p->usage.octets_out += octets_out;
	return true;
}

/* ---- requests ---- */

static void ro_check(const struct kernel *k, const char *what,
		     const struct kernel_key *key, const struct kernel_ro *ro)
{
	bool ours = ro->end == KERNEL_RO_LOCAL;
	const struct in6_addr *hoa = ours ? &ro->local : &ro->peer;
	const struct in6_addr *other = ours ? &ro->peer : &ro->local;

	if (!(ours ? k->mn_started : k->cn_started))
		fake_fault("%s before %s_start", what, ours ? "mn" : "cn");
	if (!addr_is_routable(&ro->local) || !addr_is_routable(&ro->peer) ||
	    addr_eq(&ro->local, &ro->peer))
		fake_fault("%s: pair %s and %s", what, addr_str(&ro->local),
			   addr_str(&ro->peer));
	if (key && (key->user != (ours ? KERNEL_USER_MN : KERNEL_USER_CN) ||
		    !addr_eq(&key->hoa, hoa) || !addr_eq(&key->peer, other)))
		fake_fault("%s: key of %s and %s", what, addr_str(&key->hoa),
			   addr_str(&key->peer));
}

int kernel_ro_set(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_ro *ro)
{
	struct fake_request r = { .op = FAKE_RO_SET, .ro = *ro };
	bool ours = ro->end == KERNEL_RO_LOCAL;

	ro_check(k, "ro_set", key, ro);
	if (!addr_is_routable(&ro->coa) ||
	    addr_eq(&ro->coa, ours ? &ro->local : &ro->peer) ||
	    addr_eq(&ro->coa, ours ? &ro->peer : &ro->local))
		fake_fault("ro_set %s and %s: care-of address %s",
			   addr_str(&ro->local), addr_str(&ro->peer),
			   addr_str(&ro->coa));
	if (!ours && !ro->send)
		fake_fault("ro_set: the peer %s, not to be sent to",
			   addr_str(&ro->peer));
	return fake_request_queue(k, &r, key);
}

int kernel_ro_del(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_ro *ro)
{
	struct fake_request r = { .op = FAKE_RO_DEL, .ro = *ro };

	ro_check(k, "ro_del", key, ro);
	return fake_request_queue(k, &r, key);
}

int kernel_ro_usage_get(struct kernel *k, const struct kernel_key *key,
			const struct kernel_ro *ro)
{
	struct fake_request r = { .op = FAKE_RO_USAGE_GET, .ro = *ro };

	if (!key) {
		fake_fault("ro_usage_get: nobody to answer");
		return -EINVAL;
	}
	ro_check(k, "ro_usage_get", key, ro);
	return fake_request_queue(k, &r, key);
}

int kernel_ro_too_big(struct kernel *k, const struct kernel_too_big *e)
{
	struct fake_request r = { .op = FAKE_RO_TOO_BIG, .too_big = *e };
	const struct kernel_ro *us, *them;
	bool hao;

	us = fake_kernel_ro(k, &e->local, &e->peer, KERNEL_RO_LOCAL);
	them = fake_kernel_ro(k, &e->local, &e->peer, KERNEL_RO_PEER);
	hao = us && us->send;
	if (!(hao || them) || !addr_eq(&e->src, hao ? &us->coa : &e->local) ||
	    !addr_eq(&e->dst, them ? &them->coa : &e->peer))
		return -ENOENT;
	if (e->mtu < 1280)
		return -ERANGE;
	return fake_request_now(k, &r);
}

int kernel_cn_start(struct kernel *k)
{
	struct fake_request r = { .op = FAKE_CN_START };

	if (k->cn_started)
		fake_fault("cn_start: started already");
	if (fake_request_now(k, &r))
		return r.returned;
	k->cn_started = true;
	fake_ro_drop(k, KERNEL_RO_PEER);
	return 0;
}

void kernel_cn_stop(struct kernel *k)
{
	struct fake_request r = { .op = FAKE_CN_STOP };

	if (!k->cn_started)
		fake_fault("cn_stop: not started");
	fake_request_now(k, &r);
	fake_request_cancel(k, KERNEL_USER_CN);
	fake_ro_drop(k, KERNEL_RO_PEER);
	k->cn_started = false;
}

/* ---- rules of the mobile node ---- */

void fake_rules_take(struct kernel *k, const struct kernel_rule *rules,
		     unsigned int n_rules)
{
	unsigned int i;

	if (n_rules > FAKE_RULES) {
		fake_fault("%u rules", n_rules);
		n_rules = FAKE_RULES;
	}
	for (i = 0; i < n_rules; i++) {
		if (rules[i].port && rules[i].protocol &&
		    rules[i].protocol != TCP && rules[i].protocol != UDP)
			fake_fault("rule %u: a port of protocol %u", i,
				   rules[i].protocol);
		k->rules[i] = rules[i];
	}
	k->n_rules = n_rules;
}

void kernel_mn_bound_set(struct kernel *k, unsigned int index, bool bound)
{
	struct fake_request r = { .op = FAKE_MN_BOUND_SET,
				  .index = index,
				  .on = bound };

	if (!k->mn_started || index >= FAKE_HOMES)
		fake_fault("mn_bound_set: index %u", index);
	else
		k->bound[index] = bound;
	fake_request_now(k, &r);
}

int kernel_mn_rules_set(struct kernel *k, const struct kernel_rule *rules,
			unsigned int n_rules)
{
	struct fake_request r = { .op = FAKE_MN_RULES_SET };

	if (!k->mn_started)
		fake_fault("mn_rules_set before mn_start");
	if (fake_request_now(k, &r))
		return r.returned;
	fake_rules_take(k, rules, n_rules);
	return 0;
}

enum kernel_rule_action fake_kernel_rule(const struct kernel *k,
					 const struct in6_addr *peer,
					 uint8_t protocol, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < k->n_rules; i++) {
		const struct kernel_rule *r = &k->rules[i];

		if (prefix_contains(&r->peer, peer) &&
		    (!r->protocol || r->protocol == protocol) &&
		    (!r->port ||
		     (r->port == port && (protocol == TCP || protocol == UDP))))
			return r->action;
	}
	return KERNEL_RULE_TUNNEL;
}

bool kernel_mn_is_tunnel(struct kernel *k, int ifindex)
{
	unsigned int i = (unsigned int)(ifindex - FAKE_MN_TUNNEL_IFINDEX);

	return ifindex >= FAKE_MN_TUNNEL_IFINDEX && i < FAKE_HOMES &&
	       ((k->homes[i].place == KERNEL_MN_AWAY &&
		 !addr_is_any(&k->homes[i].ha)) ||
		k->homes[i].place == KERNEL_MN_RETURNING);
}

/* ---- what the kernel tells ---- */

void fake_kernel_flow_tell(struct kernel *k, const struct kernel_flow *f)
{
	struct kernel_event ev = { .type = KERNEL_FLOW, .flow = *f };

	fake_queue_event(k, &ev);
}

void fake_kernel_report_tell(struct kernel *k, const struct kernel_report *r)
{
	struct kernel_event ev = { .type = KERNEL_REPORT, .report = *r };

	fake_queue_event(k, &ev);
}
