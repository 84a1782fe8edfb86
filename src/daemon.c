/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One mip6d: which roles run, in which order they start and stop, and what
 * a reload may change.
 *
 * Start: home agent, correspondent, mobile node.  Stop: the mobile node says good-bye
 * while everything else still runs; then all is withdrawn, last started
 * first.  Which message goes to which role is left to dispatch.c.
 */
#include "mip6d/daemon.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/daemon_priv.h"

static void warn_insecure(const struct conf *conf)
{
	if (conf_weakest_security(conf) != CONF_SECURITY_INSECURE)
		return;
	log_warning("security: NONE, as the configuration says "
		    "(security = \"insecure\")");
	log_warning("security: whoever can send packets here can divert the "
		    "traffic of mobile nodes; use it in laboratories only");
}

static void on_ike(void *arg, const struct in6_addr *hoa, struct mtime now)
{
	struct daemon *d = arg;

	if (d->mn)
		mn_on_ike(d->mn, hoa, now);
}

static int ike_start(struct daemon *d)
{
	const struct ike_conf *pairs = d->conf->ipsec.pairs;
	struct ike_env env = {
		.tq = d->env.tq,
		.kernel = d->env.kernel,
		.security = d->security,
		.vici = d->env.vici,
	};
	int err;

	if (!pairs || !d->env.vici)
		return 0;
	err = ike_new(&env, pairs, on_ike, d, &d->ike);
	if (err)
		log_error("daemon: IKE cannot start: %s", strerror(-err));
	d->env.ike = d->ike;
	return err;
}

static int roles_start(struct daemon *d, struct mtime now)
{
	int err;

	if (d->conf->ha.on) {
		err = ha_new(&d->env, &d->conf->ha, now, &d->ha);
		if (err) {
			log_error("daemon: the home agent cannot start: %s",
				  strerror(-err));
			return err;
		}
	}
	if (d->conf->cn.on) {
		err = cn_new(&d->env, &d->conf->cn, now, &d->cn);
		if (err) {
			log_error("daemon: the correspondent cannot start: %s",
				  strerror(-err));
			return err;
		}
	}
	if (d->conf->mn.on) {
		err = mn_new(&d->env, &d->conf->mn, now, &d->mn);
		if (err) {
			log_error("daemon: the mobile node cannot start: %s",
				  strerror(-err));
			return err;
		}
	}
	return 0;
}

int daemon_new(const struct role_env *env, struct conf *conf, struct mtime now,
	       struct daemon **ret_daemon)
{
	struct daemon *d = calloc(1, sizeof(*d));
	int err;

	if (!d) {
		conf_free(conf);
		return -ENOMEM;
	}
	d->env = *env;
	if (!d->env.counters)
		d->env.counters = &d->own_counters;
	d->conf = conf;
	d->started = now;
	d->be.last = now;
	warn_insecure(conf);
	daemon_drops_init(d);
	err = daemon_security_start(d);
	if (!err)
		err = ike_start(d);
	if (!err)
		err = roles_start(d, now);
	if (err) {
		daemon_free(d);
		return err;
	}
	daemon_drops_watch(d, now);
	*ret_daemon = d;
	return 0;
}

void daemon_stop(struct daemon *d, struct mtime now)
{
	if (d->mn)
		mn_stop(d->mn, now);
}

bool daemon_is_stopped(const struct daemon *d)
{
	return !d->mn || mn_is_stopped(d->mn);
}

struct daemon *daemon_free(struct daemon *d)
{
	if (!d)
		return NULL;
	if (d->mn)
		d->mn = mn_free(d->mn);
	if (d->cn)
		d->cn = cn_free(d->cn);
	if (d->ha)
		d->ha = ha_free(d->ha);
	d->ike = ike_free(d->ike);
	daemon_drops_stop(d);
	daemon_security_stop(d);
	conf_free(d->conf);
	free(d);
	return NULL;
}

void daemon_tell_waiting(const struct daemon *d)
{
	const struct conf_home_link *l;
	unsigned int i;

	for (i = 0; d->ha && i < d->conf->ha.n_links; i++) {
		l = &d->conf->ha.links[i];
		if (!l->is_virtual && !ha_link_is_up(d->ha, i))
			log_warning("daemon: home link %s (%s) is not there "
				    "or not up: waiting for it",
				    l->ifname, prefix_str(&l->prefix));
	}
}

/* Pairs that stay the same keep pointing into their configuration, so there
 * always is one. */
static void reload_ike(struct daemon *d, struct conf *old, struct mtime now)
{
	static const struct ike_conf none;
	const struct ike_conf *pairs = d->conf->ipsec.pairs;

	if (!d->ike) {
		if (pairs)
			log_error("reload: the first pairs of %s take a "
				  "restart",
				  d->conf->ipsec.ike);
		return;
	}
	if (!ike_reload(d->ike, pairs ? pairs : &none, now))
		return;
	log_error("reload: out of memory, pairs stay what they were");
	ike_conf_free(d->conf->ipsec.pairs);
	d->conf->ipsec.pairs = steal_ptr(old->ipsec.pairs);
}

int daemon_reload(struct daemon *d, struct conf *conf, struct mtime now)
{
	const char *what = conf_needs_restart(d->conf, conf);
	struct conf *old = d->conf;
	int err;

	if (what) {
		log_error("reload: %s is another, which needs a restart; the "
			  "old configuration stays",
			  what);
		conf_free(conf);
		return -EINVAL;
	}
	err = daemon_security_reload(d, conf);
	if (err) {
		conf_free(conf);
		return err;
	}
	daemon_drops_watch(d, now);
	warn_insecure(conf);
	reload_ike(d, old, now);
	if (d->ha)
		ha_reload(d->ha, &conf->ha, now);
	if (d->cn)
		cn_reload(d->cn, &conf->cn, now);
	if (d->mn)
		mn_reload(d->mn, &conf->mn, now);
	conf_free(old);
	return 0;
}

struct line {
	char *buf;
	size_t size;
};

/* Cut where the room ends. */
static void __attribute__((format(printf, 2, 3)))
append(struct line *l, const char *fmt, ...)
{
	size_t used = strlen(l->buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->buf + used, l->size - used, fmt, ap);
	va_end(ap);
}

static void append_count(struct line *l, unsigned int n, const char *what)
{
	append(l, "%s%u %s%s", *l->buf ? "; " : "", n, what, n == 1 ? "" : "s");
}

static void count_ro(void *arg, const struct mn_ro_info *info)
{
	*(unsigned int *)arg += info->optimised;
}

static void append_home(void *arg, const struct mn_coa_info *info)
{
	struct line *l = arg;

	append(l, "%s%s %s", *l->buf ? "; " : "", addr_str(&info->hoa),
	       info->location);
	if (!addr_is_any(&info->coa))
		append(l, " at %s", addr_str(&info->coa));
}

void daemon_status(struct daemon *d, char *buf, size_t size)
{
	struct line l = { buf, size };
	unsigned int n = 0;

	*buf = '\0';
	if (d->ha)
		append_count(&l, bcache_count(ha_bcache(d->ha)), "binding");
	if (d->cn)
		append_count(&l, bcache_count(cn_bcache(d->cn)),
			     "correspondent binding");
	if (!d->mn)
		return;
	mn_walk_coa(d->mn, append_home, &l);
	mn_walk_ro(d->mn, count_ro, &n);
	if (n)
		append_count(&l, n, "optimised route");
}

const struct conf *daemon_conf(const struct daemon *d)
{
	return d->conf;
}

struct ha *daemon_ha(struct daemon *d)
{
	return d->ha;
}

struct cn *daemon_cn(struct daemon *d)
{
	return d->cn;
}

struct mn *daemon_mn(struct daemon *d)
{
	return d->mn;
}

struct ike *daemon_ike(struct daemon *d)
{
	return d->ike;
}

const struct counters *daemon_counters(struct daemon *d)
{
	daemon_drops_count(d);
	d->env.counters->v[CNT_NETLINK_FORGED] = kernel_forged(d->env.kernel);
	return d->env.counters;
}

struct counters *daemon_seen(struct daemon *d)
{
	return &d->seen;
}

const struct role_env *daemon_env(const struct daemon *d)
{
	return &d->env;
}

struct mtime daemon_started(const struct daemon *d)
{
	return d->started;
}

void daemon_set_process(struct daemon *d, const struct daemon_process *process)
{
	d->process = *process;
}

const struct daemon_process *daemon_process(const struct daemon *d)
{
	return &d->process;
}
