/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of the kernel around mip6d: whether what it put there is still
 * there, what others have put before it, and the switches that the home agent
 * needs.  Pure; all is seen through mip6d/look.h.
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/look.h"
#include "src/ctl/ctl_doctor.h"

/* ---- policies ---- */

/* The kernel's: addresses of this machine. */
#define TABLE_LOCAL 255

/* Those of static keys; of IKE one less. */
#define ESP_PRIORITY 2

struct policy_count {
	unsigned int mobile, esp; /* ours */
};

static void count_policy(void *arg, const struct look_policy *p)
{
	struct policy_count *c = arg;

	c->mobile += p->is_ours && !p->is_main;
	c->esp += p->is_ours && p->is_main;
}

static bool uses_esp(const struct conf *conf)
{
	return conf->ipsec.sas || conf->ipsec.pairs;
}

void doctor_kernel(struct doctor *doc)
{
	struct policy_count c = { 0 };
	int err = look_policies(doc->kernel, count_policy, &c);

	if (err)
		doctor_warn(doc, NULL, "policies cannot be listed: %s",
			    strerror(-err));
	else if (!c.mobile)
		doctor_wrong(doc,
			     "restart mip6d, and find out what flushes "
			     "policies (\"ip xfrm policy flush\", a script of "
			     "another IPsec)",
			     "mip6d's policies are not in the kernel");
	else if (uses_esp(doc->conf) && !c.esp)
		doctor_wrong(doc,
			     "restart mip6d, and find out what flushes "
			     "policies (\"ip xfrm policy flush\", a script of "
			     "another IPsec)",
			     "signalling is not protected: the policies of "
			     "ESP are not in the kernel");
	doctor_fine(doc, "mip6d's policies are in the kernel");
}

static bool overlaps(const struct prefix *a, const struct prefix *b)
{
	return a->len < b->len ? prefix_contains(a, &b->addr)
			       : prefix_contains(b, &a->addr);
}

/* Both ends, in either direction. */
static bool meets(const struct look_policy *p, const struct prefix *home,
		  const struct in6_addr *agent)
{
	struct prefix a = prefix_of(agent, addr_is_any(agent) ? 0 : 128);

	return (overlaps(&p->src, home) && overlaps(&p->dst, &a)) ||
	       (overlaps(&p->src, &a) && overlaps(&p->dst, home));
}

static bool meets_signalling(const struct doctor *doc,
			     const struct look_policy *p)
{
	const struct conf *conf = doc->conf;
	unsigned int i;

	for (i = 0; conf->ha.on && i < conf->ha.n_links; i++)
		if (meets(p, &conf->ha.links[i].prefix,
			  &conf->ha.links[i].address))
			return true;
	for (i = 0; conf->mn.on && i < conf->mn.n_homes; i++) {
		const struct conf_mn_home *h = &conf->mn.homes[i];
		struct prefix hoa = addr_is_any(&h->address)
					    ? h->prefix
					    : prefix_of(&h->address, 128);

		if (meets(p, &hoa, &h->home_agent))
			return true;
	}
	return false;
}

/* Ours of the type `main` come first where theirs have a higher number. */
static void check_policy(void *arg, const struct look_policy *p)
{
	struct doctor *doc = arg;

	if (p->is_ours || (p->proto && p->proto != MH_PROTO))
		return;
	if (p->is_main && uses_esp(doc->conf) && p->priority > ESP_PRIORITY)
		return;
	if (!meets_signalling(doc, p))
		return;
	doctor_say(doc, p->is_block ? DOCTOR_WRONG : DOCTOR_WARNING,
		   "make it narrower, or give it a priority that comes later "
		   "(a higher number)",
		   "somebody's policy of priority %u %s Mobility Headers: from "
		   "%s to %s",
		   p->priority, p->is_block ? "blocks" : "takes",
		   prefix_str(&p->src), prefix_str(&p->dst));
}

void doctor_policies(struct doctor *doc)
{
	if (!doc->conf->ha.on && !doc->conf->mn.on)
		return;
	if (look_policies(doc->kernel, check_policy, doc))
		return; /* told by the check before */
	doctor_fine(doc, "nobody's policies come before mip6d's");
}

/* ---- rules ---- */

struct rule_walk {
	struct doctor *doc;
	struct in6_addr hoa;
	bool there;
};

static void find_rule(void *arg, const struct look_rule *r)
{
	struct rule_walk *w = arg;

	w->there |= r->is_ours && r->src.len == 128 &&
		    addr_eq(&r->src.addr, &w->hoa);
}

static void check_home_rule(void *arg, const struct mn_coa_info *info)
{
	struct doctor *doc = arg;
	const struct bul_entry *e =
		bul_find(mn_bul(daemon_mn(doc->d)), &info->agent, &info->hoa);
	struct rule_walk w = { doc, info->hoa, false };

	/* What is under way is not looked at. */
	if (!e || e->state != BUL_BOUND || strcmp(info->location, "away") ||
	    look_rules(doc->kernel, find_rule, &w) || w.there)
		return;
	doctor_wrong(doc,
		     "something removes routing rules that it does not know: "
		     "for systemd-networkd install networkd-mip6d.conf, then "
		     "restart mip6d",
		     "the routing rules of %s are gone", addr_str(&info->hoa));
}

/* Rules for all that comes from a home address and is not local. */
static void check_rule(void *arg, const struct look_rule *r)
{
	struct doctor *doc = arg;
	const struct conf_mn *conf = &doc->conf->mn;
	unsigned int i;

	if (r->is_ours || r->is_special || r->dst.len ||
	    r->pref > conf->rule_base + 3 || r->table == TABLE_LOCAL)
		return;
	for (i = 0; i < conf->n_homes; i++)
		if (!r->src.len ||
		    prefix_contains(&r->src, &conf->homes[i].address))
			break;
	if (i == conf->n_homes)
		return;
	doctor_warn(doc,
		    doctor_text("give it a preference above %u, or mip6d a "
				"lower mobile-node.rule-base",
				conf->rule_base + 3)
			    .s,
		    "somebody's routing rule %u (table %u) comes before "
		    "mip6d's",
		    r->pref, r->table);
}

void doctor_rules(struct doctor *doc)
{
	int err;

	if (!daemon_mn(doc->d))
		return;
	err = look_rules(doc->kernel, check_rule, doc);
	if (err)
		doctor_warn(doc, NULL, "routing rules cannot be listed: %s",
			    strerror(-err));
	else
		mn_walk_coa(daemon_mn(doc->d), check_home_rule, doc);
	doctor_fine(doc, "mip6d's routing rules are there, and come first");
}

/* ---- switches of the home agent ---- */

/* What it should be; an interface that is not there is told elsewhere. */
static void check_switch(struct doctor *doc, const char *ifname,
			 const char *name, const char *lost)
{
	char path[64];
	int value;

	snprintf(path, sizeof(path), "conf/%s/%s", ifname, name);
	if (look_sysctl(path, &value) || value)
		return;
	doctor_wrong(doc,
		     doctor_text("sysctl -w net/ipv6/%s=1, and find out what "
				 "switches it off (/etc/sysctl.d, a manager of "
				 "the network)",
				 path)
			     .s,
		     "%s: %s of %s is off", lost, name, ifname);
}

/* Each interface once. */
static void for_each_link(struct doctor *doc, const char *name,
			  const char *lost)
{
	const struct conf_ha *conf = &doc->conf->ha;
	unsigned int i, k;

	for (i = 0; i < conf->n_links; i++) {
		for (k = 0; k < i; k++)
			if (!strcmp(conf->links[k].ifname,
				    conf->links[i].ifname))
				break;
		if (k == i && !conf->links[i].is_virtual)
			check_switch(doc, conf->links[i].ifname, name, lost);
	}
}

void doctor_forwarding(struct doctor *doc)
{
	static const char lost[] = "nothing reaches nodes that are away";

	if (!daemon_ha(doc->d))
		return;
	check_switch(doc, "all", "forwarding", lost);
	if (!doc->said)
		for_each_link(doc, "forwarding", lost);
	check_switch(doc, doc->conf->ha.tunnel_name, "forwarding",
		     "nothing comes back from nodes that are away");
	doctor_fine(doc, "packets are forwarded");
}

void doctor_proxy(struct doctor *doc)
{
	if (!daemon_ha(doc->d))
		return;
	for_each_link(doc, "proxy_ndp",
		      "nodes that are away are not found on their home link");
	doctor_fine(doc, "home addresses can be defended");
}
