/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of what the roles do: home links and their advertisements, the
 * interfaces and registrations of a mobile node.  Pure.
 */
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/discovery.h"
#include "mip6d/look.h"
#include "src/ctl/ctl_doctor.h"

/* So many Binding Updates without an answer are no accident. */
#define ATTEMPTS 3

/* ---- home links ---- */

/* What the kernel has of one of them. */
struct link_walk {
	const struct conf_home_link *conf;
	struct kernel_link link; /* ifindex 0: not there */
	struct kernel_addr addr; /* ours; ifindex 0: no interface has it */
	bool on_link;            /* the home prefix */
};

static void find_link(void *arg, const struct kernel_event *ev)
{
	struct link_walk *w = arg;

	if (ev->type == KERNEL_LINK && !strcmp(ev->link.name, w->conf->ifname))
		w->link = ev->link;
	if (ev->type == KERNEL_ADDR &&
	    addr_eq(&ev->addr.addr, &w->conf->address))
		w->addr = ev->addr;
}

static void find_prefix(void *arg, const struct kernel_event *ev)
{
	struct link_walk *w = arg;

	w->on_link |= ev->type == KERNEL_ADDR &&
		      ev->addr.ifindex == w->link.ifindex &&
		      ev->addr.plen <= w->conf->prefix.len &&
		      prefix_contains(&w->conf->prefix, &ev->addr.addr);
}

static void check_wire(struct doctor *doc, struct link_walk *w)
{
	const struct conf_home_link *l = w->conf;

	if (!w->link.ifindex) {
		doctor_wrong(doc, "correct home-agent.links, or make it",
			     "home link %s is not there", l->ifname);
		return;
	}
	if (!w->link.up || !w->link.carrier)
		doctor_wrong(
			doc,
			w->link.up
				? "look for the cable or the radio"
				: doctor_text("ip link set %s up", l->ifname).s,
			"home link %s %s", l->ifname,
			w->link.up ? "has no carrier" : "is down");
	look_watched(doc->kernel, find_prefix, w);
	if (!w->on_link && w->addr.ifindex)
		doctor_warn(doc,
			    doctor_text("give %s an address with the length "
					"/%u",
					l->ifname, l->prefix.len)
				    .s,
			    "%s is not on-link on %s", prefix_str(&l->prefix),
			    l->ifname);
}

static void check_link(struct doctor *doc, const struct conf_home_link *l)
{
	struct link_walk w = { .conf = l };

	look_watched(doc->kernel, find_link, &w);
	if (!w.addr.ifindex)
		doctor_wrong(doc,
			     doctor_text("ip -6 address add %s/%u dev %s",
					 addr_str(&l->address), l->prefix.len,
					 l->is_virtual ? "lo" : l->ifname)
				     .s,
			     "no interface has the home agent's address %s",
			     addr_str(&l->address));
	else if (w.addr.dad_failed || w.addr.tentative)
		doctor_wrong(doc, "does another machine have it?",
			     "the home agent's address %s is %s",
			     addr_str(&l->address),
			     w.addr.dad_failed ? "a duplicate" : "tentative");
	if (!l->is_virtual)
		check_wire(doc, &w);
}

void doctor_links(struct doctor *doc)
{
	unsigned int i;

	if (!daemon_ha(doc->d))
		return;
	for (i = 0; i < doc->conf->ha.n_links; i++)
		check_link(doc, &doc->conf->ha.links[i]);
	doctor_fine(doc, "home links are there, with the agent's addresses");
}

static void count_router(void *arg, const struct kernel_event *ev)
{
	unsigned int *n = arg;

	*n += ev->type == KERNEL_ROUTER;
}

void doctor_default_route(struct doctor *doc)
{
	unsigned int n = 0;

	if (!daemon_ha(doc->d))
		return;
	look_watched(doc->kernel, count_router, &n);
	if (!n)
		doctor_warn(doc,
			    "add one, or accept_ra=2 on the interface to the "
			    "Internet: a router takes no advertisements else",
			    "there is no default route to where nodes may be");
	doctor_fine(doc, "there is a default route");
}

/* ---- router advertisements ---- */

static void check_ra(void *arg, const struct ha_ra_info *info)
{
	struct doctor *doc = arg;
	unsigned int i;

	if (info->mode == CONF_RA_WATCH && info->ready && !info->last.us)
		doctor_warn(doc,
			    "start radvd or the like, or set ra = \"own\" for "
			    "this link",
			    "no router advertisement is heard on %s",
			    info->ifname);
	for (i = 0; i < info->n_findings; i++) {
		const struct ha_ra_finding *f = &info->findings[i];

		if (f->weight == HA_RA_HINT)
			continue;
		doctor_say(doc,
			   f->weight == HA_RA_MUST ? DOCTOR_WRONG
						   : DOCTOR_WARNING,
			   *f->radvd ? doctor_text("radvd: %s; for others see "
						   "mip6d-ctl show ra",
						   f->radvd)
					       .s
				     : NULL,
			   "%s: %s", info->ifname, f->text);
	}
}

void doctor_advertisements(struct doctor *doc)
{
	if (!daemon_ha(doc->d))
		return;
	ha_walk_ra(daemon_ha(doc->d), check_ra, doc);
	doctor_fine(doc, "router advertisements of home links lack nothing");
}

/* ---- interfaces of the mobile node ---- */

static int value_of(const char *ifname, const char *name)
{
	char path[64];
	int value;

	snprintf(path, sizeof(path), "conf/%s/%s", ifname, name);
	return look_sysctl(path, &value) ? -1 : value;
}

/* One whose router is gone is of another link. */
static void any_addr(void *arg, const struct mn_addr_info *info)
{
	bool *any = arg;

	*any |= info->state != MN_ADDR_DETACHED;
}

/* Where nothing is formed, why not. */
static void check_no_addr(struct doctor *doc, const char *ifname)
{
	int accept_ra = value_of(ifname, "accept_ra");

	if (value_of(ifname, "disable_ipv6") == 1)
		doctor_wrong(doc,
			     doctor_text("sysctl -w net/ipv6/conf/%s/"
					 "disable_ipv6=0",
					 ifname)
				     .s,
			     "IPv6 is switched off on %s", ifname);
	else if (!accept_ra ||
		 (accept_ra == 1 && value_of(ifname, "forwarding") == 1))
		doctor_wrong(doc,
			     doctor_text("sysctl -w net/ipv6/conf/%s/"
					 "accept_ra=%d",
					 ifname, accept_ra ? 2 : 1)
				     .s,
			     "%s forms no address: accept_ra is %d%s", ifname,
			     accept_ra, accept_ra ? ", and it forwards" : "");
	else
		doctor_warn(doc, "is there a router that advertises a prefix?",
			    "%s has no address", ifname);
}

struct iface_walk {
	struct doctor *doc;
	unsigned int carriers;
};

static void check_iface(void *arg, const struct mn_iface_info *info)
{
	struct iface_walk *w = arg;
	bool any = false;

	if (!info->ifindex)
		doctor_warn(w->doc,
			    "correct mobile-node.interfaces, or plug it in",
			    "%s is not there", info->name);
	if (!info->ifindex || !info->up || !info->carrier)
		return;
	w->carriers++;
	mn_walk_addrs(daemon_mn(w->doc->d), info->ifindex, any_addr, &any);
	if (!any)
		check_no_addr(w->doc, info->name);
}

void doctor_interfaces(struct doctor *doc)
{
	struct iface_walk w = { doc, 0 };

	if (!daemon_mn(doc->d))
		return;
	mn_walk_ifaces(daemon_mn(doc->d), check_iface, &w);
	if (!w.carriers)
		doctor_wrong(doc, "plug one in",
			     "no interface is up and has a carrier");
	doctor_fine(doc, "%u of the interfaces can be used", w.carriers);
}

/* ---- registrations ---- */

static void check_answer(struct doctor *doc, const struct mn_coa_info *info,
			 const struct bul_entry *e)
{
	if (e->state == BUL_REFUSED)
		doctor_wrong(doc, ba_status_hint(e->last_status),
			     "%s has refused %s with status %u (%s)",
			     addr_str(&e->peer), addr_str(&e->hoa),
			     e->last_status, ba_status_str(e->last_status));
	else if (e->state != BUL_BOUND && e->attempts >= ATTEMPTS)
		doctor_wrong(doc,
			     "is it reachable, does mip6d run there, and do "
			     "both ends have the same keys (mip6d-ctl show "
			     "counters there)?",
			     "%s has not answered %u Binding Updates of %s",
			     addr_str(&e->peer), e->attempts,
			     addr_str(&e->hoa));
	else if (e->state != BUL_BOUND && e->state != BUL_REFRESHING &&
		 strcmp(info->location, "home"))
		doctor_warn(doc, "ask again in some seconds",
			    "%s is not registered with %s yet: %s",
			    addr_str(&e->hoa), addr_str(&e->peer),
			    bul_state_str(e->state));
}

static void check_home(void *arg, const struct mn_coa_info *info)
{
	struct doctor *doc = arg;
	const struct bul_entry *e =
		bul_find(mn_bul(daemon_mn(doc->d)), &info->agent, &info->hoa);
	bool is_home = !strcmp(info->location, "home");

	if (!is_home && addr_is_any(&info->coa))
		doctor_wrong(doc, "see the check interfaces",
			     "%s has no care-of address: %s",
			     addr_str(&info->hoa), info->reason);
	else if (!is_home && addr_is_any(&info->agent))
		doctor_wrong(doc,
			     "name it in mobile-node.homes, or see mip6d-ctl "
			     "show home-agents",
			     "no home agent of %s is known",
			     addr_str(&info->hoa));
	else if (e)
		check_answer(doc, info, e);
	else if (!is_home)
		doctor_warn(doc, "ask again in some seconds",
			    "%s is not registered yet", addr_str(&info->hoa));
}

void doctor_registration(struct doctor *doc)
{
	if (!daemon_mn(doc->d))
		return;
	mn_walk_coa(daemon_mn(doc->d), check_home, doc);
	doctor_fine(doc, "home addresses are at home or registered");
}
