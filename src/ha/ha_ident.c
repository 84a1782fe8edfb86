/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobile nodes that have a key (RFC 4285), and the timestamps that they used
 * (section 6).
 *
 * This file decides what is too old: whatever was sent before this start, for
 * nobody knows what an earlier run accepted; and what an earlier run accepted
 * of nodes whose clocks are ahead of ours, which is remembered.  So nothing is
 * accepted twice, over whatever restart; a node that is told 144 takes our
 * time from the answer.
 *
 * That time never goes back: where the clock on the wall does, it goes on from
 * where it was, so that nodes stay served, until the wall has caught up
 * (Differs from RFC 4285 section 6, which has the home agent's own time).
 */
#include "ha_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_TOUCH_S 60 /* how old the remembered clock may be */

#define CLOCK_SLACK_S 1 /* what is put right in steps as small is no step */

static const uint8_t no_key[16];

static struct ha_ident *ident_find(const struct ha *ha, const char *nai)
{
	struct ha_ident *ident;

	HASH_FIND(hh, ha->auth.idents, nai, (unsigned int)strlen(nai), ident);
	return ident;
}

/* ---- what is remembered ---- */

/* Names may be longer than a line.  The key is the same in every run. */
static uint64_t mark_of(const struct ha_ident *ident)
{
	return siphash24(no_key, ident->nai, strlen(ident->nai));
}

static void write_auth(void *arg, struct store_writer *w, struct mtime now)
{
	const struct ha *ha = arg;
	struct ha_ident *ident, *next;

	(void)now;
	store_put(w, "clock %016" PRIx64, ha->auth.clock);
	/* What is not ahead of the clock is older than any later start. */
	HASH_ITER(hh, ha->auth.idents, ident, next)
		if (auth_ntp_newer(ident->last, ha->auth.clock))
			store_put(w, "node %016" PRIx64 " %016" PRIx64,
				  mark_of(ident), ident->last);
}

static bool word_hex(const char *word, uint64_t *ret_v)
{
	if (strlen(word) != 16 || strspn(word, "0123456789abcdef") != 16)
		return false;
	*ret_v = strtoull(word, NULL, 16);
	return true;
}

static void on_node(struct ha *ha, uint64_t mark, uint64_t last)
{
	struct ha_ident *ident, *next;

	HASH_ITER(hh, ha->auth.idents, ident, next)
		if (mark_of(ident) == mark && auth_ntp_newer(last, ident->last))
			ident->last = last;
}

static const char *on_line(void *arg, const struct store_line *line,
			   struct mtime written)
{
	struct ha *ha = arg;
	uint64_t a, b;

	(void)written;
	if (line->n == 2 && !strcmp(line->word[0], "clock") &&
	    word_hex(line->word[1], &a)) {
		ha->auth.clock = a;
		return NULL;
	}
	if (line->n == 3 && !strcmp(line->word[0], "node") &&
	    word_hex(line->word[1], &a) && word_hex(line->word[2], &b)) {
		on_node(ha, a, b);
		return NULL;
	}
	return "\"clock HEX\" or \"node HEX HEX\", 16 digits each";
}

/* Somebody may have set our clock back while we were away: what was accepted
 * by it would be new once more.  The file may be as old as two touches. */
static void take_remembered(struct ha *ha, struct mtime now)
{
	struct ha_auth *auth = &ha->auth;
	struct ha_ident *ident, *next;

	auth->clock = auth->time;
	store_load(&auth->remembered, now);
	if (!auth_ntp_newer(auth->clock, auth->time)) {
		auth->clock = auth->time;
		return;
	}
	log_warning("ha: the clock of this machine is %" PRIu64 " s behind "
		    "what it was in the last run: timestamps of mobile nodes "
		    "go on from there",
		    (auth->clock - auth->time) >> 32);
	auth->clock += (uint64_t)(2 * CLOCK_TOUCH_S) << 32;
	auth->time = auth->floor = auth->clock;
	auth->is_ahead = true;
	HASH_ITER(hh, auth->idents, ident, next)
		if (auth_ntp_newer(auth->clock, ident->last))
			ident->last = auth->clock;
}

static uint64_t ntp_of_us(int64_t us)
{
	return ((uint64_t)(us / 1000000) << 32) |
	       (((uint64_t)(us % 1000000) << 32) / 1000000);
}

void ha_auth_tick(struct ha *ha, struct mtime now)
{
	struct ha_auth *auth = &ha->auth;
	uint64_t wall, due;
	bool is_back;

	if (!auth->idents)
		return;
	wall = auth_ntp_now();
	due = auth->time + ntp_of_us(mtime_diff_us(now, auth->timed));
	is_back = auth_ntp_newer(due, wall) &&
		  !auth_ntp_close(due, wall, CLOCK_SLACK_S);
	if (is_back && !auth->is_ahead)
		log_warning("ha: the clock of this machine was set back by "
			    "%" PRIu64 " s: timestamps of mobile nodes go on "
			    "from where it was",
			    (due - wall) >> 32);
	auth->is_ahead = is_back;
	auth->time = is_back ? due : wall;
	auth->timed = now;
}

void ha_auth_accept(struct ha *ha, const struct ha_proof *proof,
		    struct mtime now)
{
	struct ha_auth *auth = &ha->auth;

	if (!proof->has_timestamp)
		return;
	proof->ident->last = proof->timestamp;
	if (auth_ntp_newer(auth->time, auth->clock))
		auth->clock = auth->time;
	if (!auth_ntp_close(auth->clock, auth->touched, CLOCK_TOUCH_S)) {
		auth->touched = auth->clock;
		store_touch(&auth->remembered, now);
	}
	/* A crash in the next moment must not make it new again. */
	if (auth_ntp_newer(proof->timestamp, auth->clock))
		store_save(&auth->remembered, now);
}

/* ---- who there is ---- */

static int ident_need(struct ha *ha, const char *nai)
{
	struct ha_ident *ident = ident_find(ha, nai);

	if (ident)
		return 0;
	ident = calloc(1, sizeof(*ident));
	if (!ident)
		return -ENOMEM;
	strcpy(ident->nai, nai);
	ident->last = ha->auth.floor;
	HASH_ADD_KEYPTR(hh, ha->auth.idents, ident->nai, strlen(ident->nai),
			ident);
	if (!ident->hh.tbl) {
		free(ident);
		return -ENOMEM;
	}
	return 0;
}

static int need_all(struct ha *ha)
{
	const struct auth_keys *keys = ha->conf->auth;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && keys && i < keys->n_sas; i++)
		err = ident_need(ha, keys->sas[i].nai);
	return err;
}

int ha_auth_set(struct ha *ha, struct mtime now)
{
	/* Who is new begins now. */
	ha_auth_tick(ha, now);
	if (auth_ntp_newer(ha->auth.time, ha->auth.floor))
		ha->auth.floor = ha->auth.time;
	return need_all(ha);
}

int ha_auth_init(struct ha *ha, struct mtime now)
{
	int err;

	ha->auth.floor = ha->auth.time = auth_ntp_now();
	ha->auth.timed = now;
	store_init(&ha->auth.remembered, ha->env.store, "timestamps", 1,
		   write_auth, on_line, ha);
	err = need_all(ha);
	if (!err)
		take_remembered(ha, now);
	return err;
}

void ha_auth_done(struct ha *ha)
{
	struct ha_ident *ident, *next;

	/* No line holds a distance in time. */
	if (ha->auth.touched && ha->auth.clock != ha->auth.touched)
		store_touch(&ha->auth.remembered, (struct mtime){ 0 });
	store_done(&ha->auth.remembered, (struct mtime){ 0 });
	HASH_ITER(hh, ha->auth.idents, ident, next) {
		HASH_DELETE(hh, ha->auth.idents, ident);
		free(ident);
	}
}

/* ---- questions ---- */

/* Who has a key proves who it is, lest anybody else be believed instead: but
 * where ESP does that, and the kernel lets nothing else through. */
static bool needs_option(const struct ha *ha, const struct packet *pkt)
{
	const struct ha_link *l = ha_link_find(ha, &pkt->dst, &pkt->src);

	if (l && l->conf->security != CONF_SECURITY_INSECURE)
		return l->conf->security == CONF_SECURITY_RFC4285;
	return auth_keys_of_home(ha->conf->auth, &pkt->src);
}

struct ha_auth_answer ha_auth_check(const struct ha *ha,
				    const struct packet *pkt,
				    const struct mh_msg *msg)
{
	const struct mh_options *opt = &msg->opt;
	struct ha_auth_question q = {
		.keys = ha->conf->auth,
		.is_required = needs_option(ha, pkt),
		.pkt = pkt,
		.msg = msg,
		.coa = ha_bu_coa(pkt, msg),
		.clock = ha->auth.time,
	};

	/* A NUL inside is no name. */
	if (opt->present & MH_OPT_MN_ID && opt->nai_len &&
	    strlen(opt->nai) == opt->nai_len)
		q.ident = ident_find(ha, opt->nai);
	return ha_auth_judge(&q);
}

bool ha_auth_covers(const struct ha *ha, const struct ha_ident *ident,
		    const struct in6_addr *hoa)
{
	const struct auth_sa *sa = auth_keys_of_home(ha->conf->auth, hoa);

	return sa && !strcmp(sa->nai, ident->nai);
}

bool ha_auth_is_lost(const struct ha *ha, struct bcache_entry *e)
{
	const struct ha_ident *ident = ha_binding(e)->proof.ident;

	return ident && !ha_auth_covers(ha, ident, &e->key.hoa);
}

bool ha_auth_is_trusted(const struct ha *ha, const struct ha_ident *ident,
			const struct in6_addr *hoa)
{
	const struct auth_sa *sa = auth_keys_of_home(ha->conf->auth, hoa);

	return sa && !strcmp(sa->nai, ident->nai) && sa->trusted_network;
}

const char *ha_identity(struct bcache_entry *e)
{
	const struct ha_ident *ident = ha_binding(e)->proof.ident;

	return ident ? ident->nai : NULL;
}
