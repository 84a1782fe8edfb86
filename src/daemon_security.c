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

static unsigned int fill(const struct conf *conf, struct security_realm *r)
{
	unsigned int i, n = 0;

	for (i = 0; conf->ha.on && i < conf->ha.n_links; i++) {
		const struct conf_home_link *l = &conf->ha.links[i];

		if (l->security == CONF_SECURITY_IPSEC)
			r[n++] = (struct security_realm){ SECURITY_AGENT,
							  l->prefix,
							  l->address };
	}
	for (i = 0; conf->mn.on && i < conf->mn.n_homes; i++) {
		const struct conf_mn_home *h = &conf->mn.homes[i];

		if (h->security == CONF_SECURITY_IPSEC)
			r[n++] = (struct security_realm){
				SECURITY_NODE, prefix_of(&h->address, 128),
				h->home_agent
			};
	}
	return n;
}

static bool has_home(const struct conf_mn *mn, const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; mn->on && i < mn->n_homes; i++)
		if (addr_eq(&mn->homes[i].address, hoa))
			return true;
	return false;
}

/* Home addresses that come at run time: those for which there are keys. */
static unsigned int fill_known(const struct conf *conf,
			       struct security_realm *r)
{
	const struct security_keys *keys = conf->ipsec.sas;
	unsigned int i, n = 0;

	if (!conf->mn.on || conf->mn.security != CONF_SECURITY_IPSEC)
		return 0;
	for (i = 0; keys && i < keys->n_nodes; i++)
		if (!has_home(&conf->mn, &keys->nodes[i].hoa))
			r[n++] = (struct security_realm){
				SECURITY_NODE,
				prefix_of(&keys->nodes[i].hoa, 128),
				keys->nodes[i].agent
			};
	return n;
}

/* A home address that has gone is still to be de-registered, and not in
 * clear: its policies stay as long as mip6d runs. */
static unsigned int fill_gone(const struct daemon *d, struct security_realm *r)
{
	unsigned int i, n = 0;

	for (i = 0; i < d->n_realms; i++)
		if (d->realms[i].end == SECURITY_NODE &&
		    !has_home(&d->conf->mn, &d->realms[i].hoa.addr))
			r[n++] = d->realms[i];
	return n;
}

int daemon_security_apply(struct daemon *d)
{
	const struct conf *conf = d->conf;
	struct security_realm *realms = calloc(
		conf->ha.n_links + conf->mn.n_homes + d->n_realms +
			(conf->ipsec.sas ? conf->ipsec.sas->n_nodes : 0) + 1,
		sizeof(*realms));
	struct security_plan plan = {
		.realms = realms,
		.keys = conf->ipsec.sas,
		.protect = protect_of(conf->ipsec.protect),
	};
	int err;

	if (!realms)
		return -ENOMEM;
	plan.n_realms = fill(conf, realms);
	plan.n_realms += fill_known(conf, realms + plan.n_realms);
	plan.n_realms += fill_gone(d, realms + plan.n_realms);
	if (plan.n_realms && d->ha)
		plan.tunnel_ifindex =
			kernel_ifindex(d->env.kernel, conf->ha.tunnel_name);
	err = security_apply(d->security, &plan);
	free(d->realms);
	d->realms = realms;
	d->n_realms = plan.n_realms;
	if (err)
		log_error("security: not all of it is in force: %s",
			  strerror(-err));
	return err;
}

int daemon_security_start(struct daemon *d)
{
	d->security = security_new(d->env.kernel);
	if (!d->security)
		return -ENOMEM;
	d->env.security = d->security;
	return daemon_security_apply(d);
}

void daemon_security_stop(struct daemon *d)
{
	d->security = security_free(d->security);
	free(d->realms);
	d->realms = NULL;
}
