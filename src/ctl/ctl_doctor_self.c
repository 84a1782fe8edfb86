/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of mip6d itself: protection, keys, who negotiates them, the clock,
 * the process, what is remembered, how full it is, what it drops.  Pure.
 */
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/look.h"
#include "mip6d/wall.h"
#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_doctor.h"
#include "src/ctl/ctl_priv.h"

/* Before that no mip6d was made that knows RFC 4285. */
#define EARLIEST_S 1704067200 /* 2024-01-01 */

/* ---- security ---- */

static void insecure(struct doctor *doc, const char *whose)
{
	doctor_warn(doc,
		    "make keys by \"mip6d-ctl sa generate\" at the home agent, "
		    "then security = \"ipsec\" at both ends",
		    "anybody can register for %s: security = \"insecure\"",
		    whose);
}

void doctor_security(struct doctor *doc)
{
	const struct conf *conf = doc->conf;
	unsigned int i;

	if (!conf->ha.on && !conf->mn.on)
		return;
	for (i = 0; conf->ha.on && i < conf->ha.n_links; i++)
		if (conf->ha.links[i].security == CONF_SECURITY_INSECURE)
			insecure(doc, prefix_str(&conf->ha.links[i].prefix));
	for (i = 0; conf->mn.on && i < conf->mn.n_homes; i++)
		if (conf->mn.homes[i].security == CONF_SECURITY_INSECURE)
			insecure(doc, addr_str(&conf->mn.homes[i].address));
	doctor_fine(doc, "registrations are protected: %s",
		    conf_security_str(conf_weakest_security(conf)));
}

/* ---- keys ---- */

static void check_key_file(struct doctor *doc, const char *path)
{
	struct look_file f;
	int err = look_file(path, &f);

	if (err)
		doctor_warn(doc, "put it back: the next reload will fail",
			    "%s: %s", path, strerror(-err));
	else if (f.mode & 077)
		doctor_wrong(doc,
			     doctor_text("chmod 600 %s; make new keys if "
					 "somebody may have read it",
					 path)
				     .s,
			     "%s is not for its owner alone: mode %04o", path,
			     f.mode);
	else if (!f.readable)
		doctor_warn(doc,
			    doctor_text("chown it to %s: the next reload will "
					"fail",
					*daemon_process(doc->d)->user
						? daemon_process(doc->d)->user
						: "who runs mip6d")
				    .s,
			    "%s cannot be read by mip6d", path);
}

/* What `show security` says. */
static json_t *pairs_of(struct doctor *doc)
{
	const char *error = NULL;

	return ctl_dump_security(doc->d, doc->now, &error);
}

void doctor_keys(struct doctor *doc)
{
	const struct conf *conf = doc->conf;
	json_t *shown = pairs_of(doc), *p;
	bool any = conf->ipsec.sas || conf->ipsec.pairs || conf->auth;
	size_t i;

	if (conf->ipsec.sas)
		check_key_file(doc, conf->ipsec.keys);
	if (conf->ipsec.pairs)
		check_key_file(doc, conf->ipsec.ike);
	if (conf->auth)
		check_key_file(doc, conf->auth_path);
	json_array_foreach(json_object_get(shown, "pairs"), i, p)
	{
		if (strcmp(text_of(p, "state"), "no keys"))
			continue;
		any = true;
		doctor_wrong(doc,
			     doctor_text("\"mip6d-ctl sa generate %s %s\" at "
					 "the home agent makes them",
					 text_of(p, "home_agent"),
					 text_of(p, "home_address"))
				     .s,
			     "there are no keys of %s with %s",
			     text_of(p, "home_address"),
			     text_of(p, "home_agent"));
	}
	json_decref(shown);
	if (any)
		doctor_fine(doc, "the files of keys are for mip6d alone");
}

/* ---- IKE ---- */

/* At an agent a pair waits until its node comes. */
static bool is_trouble(const json_t *p)
{
	const json_t *ike = json_object_get(p, "ike");

	return json_is_object(ike) && strcmp(text_of(p, "state"), "up") &&
	       (!strcmp(text_of(p, "end"), "node") || has_value(ike, "reason"));
}

void doctor_ike(struct doctor *doc)
{
	json_t *shown = pairs_of(doc), *p;
	size_t i;

	if (!daemon_ike(doc->d)) {
		json_decref(shown);
		return;
	}
	if (!ike_is_connected(daemon_ike(doc->d)))
		doctor_wrong(doc,
			     "start strongSwan's charon; its charon.conf, of "
			     "\"mip6d-ctl ike generate\", lets mip6d in",
			     "charon does not answer at %s",
			     doc->conf->ipsec.charon);
	json_array_foreach(json_object_get(shown, "pairs"), i, p)
	{
		if (!is_trouble(p))
			continue;
		doctor_warn(doc, "charon's log says more, at both ends",
			    "no association of %s with %s: %s; %s",
			    text_of(p, "home_address"),
			    text_of(p, "home_agent"), text_of(p, "state"),
			    text_of(json_object_get(p, "ike"), "reason"));
	}
	json_decref(shown);
	doctor_fine(doc, "charon answers");
}

/* ---- the clock ---- */

static bool uses_time(const struct conf *conf)
{
	unsigned int i;

	for (i = 0; conf->ha.on && i < conf->ha.n_links; i++)
		if (conf->ha.links[i].security == CONF_SECURITY_RFC4285)
			return true;
	for (i = 0; conf->mn.on && i < conf->mn.n_homes; i++)
		if (conf->mn.homes[i].security == CONF_SECURITY_RFC4285)
			return true;
	return false;
}

void doctor_clock(struct doctor *doc)
{
	static const char advice[] =
		"set the clock, by NTP at both ends: timestamps that are off "
		"by more than some seconds are refused (RFC 4285)";
	const struct bul_entry *e;

	if (!uses_time(doc->conf))
		return;
	if (wall_now().us / 1000000 < EARLIEST_S)
		doctor_wrong(doc, advice, "the clock is before 2024");
	for (e = daemon_mn(doc->d) ? mn_bul(daemon_mn(doc->d))->head : NULL; e;
	     e = e->next)
		if (e->home && e->has_status &&
		    e->last_status == BA_TIMESTAMP_MISMATCH)
			doctor_wrong(doc, advice,
				     "%s has refused the timestamp of %s",
				     addr_str(&e->peer), addr_str(&e->hoa));
	doctor_fine(doc, "no timestamp was refused");
}

/* ---- the process ---- */

void doctor_process(struct doctor *doc)
{
	const struct daemon_process *p = daemon_process(doc->d);

	if (!p->capabilities)
		return; /* none that is known */
	if (!p->uid)
		doctor_warn(doc,
			    "make the user mip6d: systemd-sysusers does, with "
			    "the file that comes with mip6d",
			    "mip6d runs as root");
	if (!p->seccomp)
		doctor_warn(doc, "build mip6d with libseccomp",
			    "no filter limits mip6d's system calls");
	doctor_fine(doc, "mip6d has the rights that it needs and no others");
}

/* ---- what is remembered ---- */

void doctor_state(struct doctor *doc)
{
	const char *dir = doc->conf->state_dir;
	bool needed = doc->conf->ha.on && doc->conf->ipsec.sas;
	struct look_file f = { 0 };
	int err;

	if (!*dir && !needed)
		return;
	if (!*dir) {
		doctor_warn(doc, "name a state-directory in mip6d.conf",
			    "sequence numbers are not remembered: old Binding "
			    "Updates could be replayed after a restart");
		return;
	}
	err = look_file(dir, &f);
	if (err || !f.writable || !daemon_env(doc->d)->store)
		doctor_say(doc, needed ? DOCTOR_WRONG : DOCTOR_WARNING,
			   doctor_text("make %s a folder that mip6d may write "
				       "to, and restart it",
				       dir)
				   .s,
			   "nothing is remembered across restarts: %s %s%s",
			   dir,
			   err           ? "is missing: "
			   : !f.writable ? "cannot be written"
					 : "could not be used at the start",
			   err ? strerror(-err) : "");
	doctor_fine(doc, "%s can be written", dir);
}

/* ---- how full ---- */

static void check_room(struct doctor *doc, const char *role, unsigned int n,
		       unsigned int max)
{
	if (n >= max - max / 10)
		doctor_say(doc, n >= max ? DOCTOR_WRONG : DOCTOR_WARNING,
			   doctor_text("raise max-bindings of %s, or find out "
				       "who has them: mip6d-ctl show bindings",
				       role)
				   .s,
			   "%u of at most %u bindings of the %s", n, max, role);
}

void doctor_capacity(struct doctor *doc)
{
	struct ha *ha = daemon_ha(doc->d);
	struct cn *cn = daemon_cn(doc->d);

	if (ha)
		check_room(doc, "home-agent", bcache_count(ha_bcache(ha)),
			   doc->conf->ha.max_bindings);
	if (cn)
		check_room(doc, "correspondent", bcache_count(cn_bcache(cn)),
			   doc->conf->cn.max_bindings);
	if (ha || cn)
		doctor_fine(doc, "there is room for more bindings");
}

/* ---- drops ---- */

static const struct {
	enum counter counter;
	const char *advice;
} drops[] = {
	{ CNT_ESP_CLEARTEXT,
	  "a node with security = \"insecure\", or somebody who forges" },
	{ CNT_ESP_FOREIGN, "a node uses its keys for another home address" },
	{ CNT_ESP_NO_SA,
	  "keys were rolled over at one end only: compare \"mip6d-ctl sa "
	  "show\" at both" },
	{ CNT_ESP_TAMPERED,
	  "the ends have different keys, or somebody changes packets" },
	{ CNT_ESP_BLOCKED, "see the check policies, and \"ip xfrm policy\"" },
	{ CNT_ESP_OUT_NO_SA, "see the checks keys and ike" },
	{ CNT_AUTH_FAILED, "the ends have different keys (RFC 4285)" },
	{ CNT_AUTH_UNKNOWN, "a node that the file of keys does not know" },
	{ CNT_AUTH_TIMESTAMP, "a node's clock is wrong, or a replay" },
	{ CNT_MH_RATE_TOTAL, "a flood, or limits.rate is too low" },
	{ CNT_MH_RATE_SOURCE, "a flood, or limits.source-rate is too low" },
	{ CNT_MH_RATE_NODE, "a node that goes wild, or limits.node-rate" },
	{ CNT_DAD_FAILED, "another machine has a node's home address" },
	{ CNT_RA_BAD, "somebody forges router advertisements" },
	{ CNT_NETLINK_FORGED, "a process of this machine forges netlink" },
	{ CNT_KERNEL_FAILED,
	  "the log says which; \"mip6d --probe\" what the kernel lacks" },
	{ CNT_ICMP_OUT_FAILED, "is there a firewall? see the log" },
};

/* What does not grow was told already. */
void doctor_drops(struct doctor *doc)
{
	const struct counters *c = daemon_counters(doc->d);
	struct counters *seen = daemon_seen(doc->d);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(drops); i++) {
		enum counter n = drops[i].counter;

		if (c->v[n] > seen->v[n])
			doctor_warn(doc, drops[i].advice,
				    "%s grows: %llu more (%s)",
				    counter_names[n],
				    (unsigned long long)(c->v[n] - seen->v[n]),
				    counter_texts[n]);
	}
	*seen = *c;
	doctor_fine(doc, "nothing was dropped that should make you think, "
			 "since this was asked for last");
}
