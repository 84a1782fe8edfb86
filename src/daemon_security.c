/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the configuration to protection: which home prefixes and home
 * addresses have "ipsec", and with which keys.
 *
 * What follows from that is left to src/security.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/log.h"
#include "mip6d/security.h"
#include "src/daemon_priv.h"

static enum security_protect protect_of(enum conf_protect protect)
{
	switch (protect) {
	case CONF_PROTECT_SIGNALLING:
		return SECURITY_SIGNALLING;
	case CONF_PROTECT_ALL:
		return SECURITY_ALL;
	case CONF_PROTECT_TESTS:
		break;
	}
	return SECURITY_TESTS;
}

struct realms {
	struct security_realm *v; /* room for all that can be */
	unsigned int n;
};

static void add(struct realms *list, enum security_end end, struct prefix hoa,
		const struct in6_addr *agent)
{
	unsigned int i;

	for (i = 0; end == SECURITY_NODE && i < list->n; i++)
		if (list->v[i].end == end && prefix_eq(&list->v[i].hoa, &hoa) &&
		    addr_eq(&list->v[i].agent, agent))
			return;
	list->v[list->n++] = (struct security_realm){ end, hoa, *agent };
}

static bool is_formed_of(const struct conf_mn_home *h,
			 const struct in6_addr *hoa)
{
	return addr_is_any(&h->address) && h->prefix.len &&
	       prefix_contains(&h->prefix, hoa);
}

static const struct conf_mn_home *home_of(const struct conf *conf,
					  const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; i < conf->mn.n_homes; i++)
		if (addr_eq(&conf->mn.homes[i].address, hoa) ||
		    is_formed_of(&conf->mn.homes[i], hoa))
			return &conf->mn.homes[i];
	return NULL;
}

/* Home addresses that come at run time have it from the role. */
static bool wants_esp(const struct conf *conf, const struct in6_addr *hoa)
{
	const struct conf_mn_home *h = home_of(conf, hoa);

	return (h ? h->security : conf->mn.security) == CONF_SECURITY_IPSEC;
}

static void add_links(const struct conf *conf, struct realms *list)
{
	unsigned int i;

	for (i = 0; conf->ha.on && i < conf->ha.n_links; i++) {
		const struct conf_home_link *l = &conf->ha.links[i];

		if (l->security == CONF_SECURITY_IPSEC)
			add(list, SECURITY_AGENT, l->prefix, &l->address);
	}
}

/* Nodes of this node's own home agent are others. */
static bool is_own(const struct conf *conf, const struct in6_addr *agent)
{
	unsigned int i;

	for (i = 0; conf->ha.on && i < conf->ha.n_links; i++)
		if (addr_eq(&conf->ha.links[i].address, agent))
			return true;
	return false;
}

/* Those of the configuration, and of the files of keys: whom the agent's name
 * makes sure that nothing leaves for it in clear. */
static void add_homes(const struct conf *conf, struct realms *list)
{
	const struct security_keys *keys = conf->ipsec.sas;
	const struct ike_conf *ike = conf->ipsec.pairs;
	unsigned int i;

	if (!conf->mn.on)
		return;
	for (i = 0; i < conf->mn.n_homes; i++) {
		const struct conf_mn_home *h = &conf->mn.homes[i];

		if (h->security == CONF_SECURITY_IPSEC &&
		    !addr_is_any(&h->address))
			add(list, SECURITY_NODE, prefix_of(&h->address, 128),
			    &h->home_agent);
	}
	for (i = 0; keys && i < keys->n_nodes; i++)
		if (!is_own(conf, &keys->nodes[i].agent) &&
		    wants_esp(conf, &keys->nodes[i].hoa))
			add(list, SECURITY_NODE,
			    prefix_of(&keys->nodes[i].hoa, 128),
			    &keys->nodes[i].agent);
	for (i = 0; ike && i < ike->n_peers; i++)
		if (ike->peers[i].end == IKE_NODE &&
		    wants_esp(conf, &ike->peers[i].hoa))
			add(list, SECURITY_NODE,
			    prefix_of(&ike->peers[i].hoa, 128),
			    &ike->peers[i].agent);
}

/* A home address that has gone is still to be de-registered, and not in
 * clear: its policies stay as long as mip6d runs. */
static void add_gone(const struct daemon *d, struct realms *list)
{
	unsigned int i;

	for (i = 0; i < d->n_realms; i++)
		if (d->realms[i].end == SECURITY_NODE &&
		    !home_of(d->conf, &d->realms[i].hoa.addr))
			add(list, SECURITY_NODE, d->realms[i].hoa,
			    &d->realms[i].agent);
}

static size_t most(const struct daemon *d)
{
	const struct conf *conf = d->conf;
	size_t n = 1 + conf->ha.n_links + conf->mn.n_homes + d->n_realms;

	n += conf->ipsec.sas ? conf->ipsec.sas->n_nodes : 0;
	return n + (conf->ipsec.pairs ? conf->ipsec.pairs->n_peers : 0);
}

static int apply(struct daemon *d)
{
	const struct conf *conf = d->conf;
	struct realms list = { calloc(most(d), sizeof(*list.v)), 0 };
	struct security_plan plan = {
		.realms = list.v,
		.keys = conf->ipsec.sas,
		.protect = protect_of(conf->ipsec.protect),
	};
	int err;

	if (!list.v)
		return -ENOMEM;
	if (conf->ipsec.pairs)
		conf->ipsec.pairs->protect = plan.protect;
	add_links(conf, &list);
	add_homes(conf, &list);
	add_gone(d, &list);
	plan.n_realms = list.n;
	err = security_apply(d->security, &plan);
	if (err) {
		free(list.v);
		return err;
	}
	free(d->realms);
	d->realms = list.v;
	d->n_realms = list.n;
	return 0;
}

int daemon_security_start(struct daemon *d)
{
	int err;

	d->security = security_new(d->env.kernel);
	if (!d->security)
		return -ENOMEM;
	d->env.security = d->security;
	err = apply(d);
	if (err)
		log_error("security: not all of it is in force: %s",
			  strerror(-err));
	return err;
}

/* Whichever keys are in force at last, they are those of the configuration
 * that stays. */
static void go_back(struct daemon *d, struct conf *from)
{
	struct conf *to = d->conf;
	int err = apply(d);

	if (err)
		log_error("reload: what was in force before could not all be "
			  "put back: %s",
			  strerror(-err));
	if (security_keys_in_force(d->security) != to->ipsec.sas) {
		from->ipsec.sas = to->ipsec.sas;
		to->ipsec.sas = (struct security_keys *)(uintptr_t)
			security_keys_in_force(d->security);
	}
}

int daemon_security_reload(struct daemon *d, struct conf *conf)
{
	struct conf *old = d->conf;
	int err;

	d->conf = conf;
	err = apply(d);
	if (!err)
		return 0;
	d->conf = old;
	log_error("reload: the kernel does not take its keys: %s; the old "
		  "configuration stays",
		  strerror(-err));
	go_back(d, conf);
	return err;
}

void daemon_security_stop(struct daemon *d)
{
	d->security = security_free(d->security);
	free(d->realms);
	d->realms = NULL;
}
