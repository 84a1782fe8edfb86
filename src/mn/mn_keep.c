/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered of home addresses across restarts, in the file "homes" of
 * the state directory: the secret of formed ones, these and those that
 * mip6d-ctl added, home agents that were met, prefixes that were declined.
 *
 *   secret HEX
 *   home ADDRESS/LEN ORIGIN AGENT LIFETIME FORMED COUNTER
 *   agent ADDRESS PREFIX COUNT MET-AGO RTT OK FAILED PREFERENCE
 *   declined PREFIX
 *
 * This file decides what of that is believed and taken into use again.
 */
#include "mn_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/random.h"

#define NAME    "homes"
#define VERSION 1

static const char *const origins[] = {
	[MN_HOME_SET] = "configured",        [MN_HOME_PREFIX] = "prefix",
	[MN_HOME_FOUND] = "found",           [MN_HOME_ADDED] = "added",
	[MN_HOME_RENUMBERED] = "renumbered",
};

const char *mn_home_origin_str(enum mn_home_origin origin)
{
	return origins[origin];
}

/* ---- writing ---- */

static void write_homes(const struct mn *mn, struct store_writer *w)
{
	const struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		if (h->origin != MN_HOME_SET && h->leave == MN_LEAVE_NOT)
			store_put(w, "home %s/%u %s %s %u %u %u",
				  addr_str(&h->hoa), h->prefix.len,
				  origins[h->origin], addr_str(&h->fixed_agent),
				  h->lifetime_s, h->formed, h->counter);
}

static void write_all(void *arg, struct store_writer *w, struct mtime now)
{
	const struct mn *mn = arg;
	const struct mn_homing *m = &mn->homing;
	char hex[2 * MN_SECRET_LEN + 1];
	unsigned int i;

	for (i = 0; i < MN_SECRET_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", m->secret[i]);
	store_put(w, "secret %s", hex);
	explicit_bzero(hex, sizeof(hex));
	write_homes(mn, w);
	for (i = 0; i < m->known.n; i++) {
		const struct mn_known_agent *a = &m->known.a[i];

		store_put(w, "agent %s %s %u %u %u %u %u %u",
			  addr_str(&a->agent), prefix_str(&a->prefix), a->count,
			  mtime_left_s(now, a->met), a->rtt_ms, a->ok,
			  a->failed, a->preference);
	}
	for (i = 0; i < m->n_declined; i++)
		store_put(w, "declined %s", prefix_str(&m->declined[i]));
}

/* ---- reading ---- */

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *p = strchr(digits, c);

	return c && p ? (int)(p - digits) : -1;
}

static const char *read_secret(struct mn_homing *m,
			       const struct store_line *line)
{
	static const char expected[] = "\"secret\" and 32 hexadecimal digits";
	uint8_t secret[MN_SECRET_LEN];
	unsigned int i;

	if (line->n != 2 || strlen(line->word[1]) != 2 * MN_SECRET_LEN)
		return expected;
	for (i = 0; i < MN_SECRET_LEN; i++) {
		int high = hex_digit(line->word[1][2 * i]);
		int low = hex_digit(line->word[1][2 * i + 1]);

		if (high < 0 || low < 0)
			return expected;
		secret[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(m->secret, secret, sizeof(secret));
	m->has_secret = true;
	return NULL;
}

static bool read_origin(const char *word, enum mn_home_origin *ret)
{
	unsigned int i;

	for (i = MN_HOME_PREFIX; i < MN_HOME_ORIGINS; i++)
		if (!strcmp(word, origins[i])) {
			*ret = (enum mn_home_origin)i;
			return true;
		}
	return false;
}

static const char *read_home(struct mn_homing *m, const struct store_line *line)
{
	struct mn_home_spec s = { 0 };
	uint32_t formed, counter;
	uint8_t len;

	if (line->n != 7 || addr_parse_len(line->word[1], &s.hoa, &len) ||
	    !addr_is_routable(&s.hoa) || !len ||
	    !read_origin(line->word[2], &s.origin) ||
	    addr_parse(line->word[3], &s.agent) ||
	    !store_word_u32(line->word[4], 262140, &s.lifetime_s) ||
	    s.lifetime_s < 4 || !store_word_u32(line->word[5], 1, &formed) ||
	    !store_word_u32(line->word[6], UINT8_MAX, &counter))
		return "\"home ADDRESS/LENGTH ORIGIN AGENT LIFETIME FORMED "
		       "COUNTER\"";
	s.prefix = prefix_of(&s.hoa, len);
	s.formed = formed;
	s.counter = (uint8_t)counter;
	if (m->n_kept < CONF_HOMES_MAX)
		m->kept[m->n_kept++] = s;
	return NULL;
}

static const char *read_agent(struct mn_homing *m,
			      const struct store_line *line,
			      struct mtime written)
{
	struct mn_known_agent a = { 0 };
	uint32_t ago_s, preference;

	if (line->n != 9 || addr_parse(line->word[1], &a.agent) ||
	    !addr_is_routable(&a.agent) ||
	    prefix_parse(line->word[2], &a.prefix) ||
	    !mn_form_fits(&a.prefix) ||
	    !store_word_u32(line->word[3], UINT32_MAX, &a.count) ||
	    !store_word_u32(line->word[4], UINT32_MAX, &ago_s) ||
	    !store_word_u32(line->word[5], UINT32_MAX, &a.rtt_ms) ||
	    !store_word_u32(line->word[6], UINT32_MAX, &a.ok) ||
	    !store_word_u32(line->word[7], UINT32_MAX, &a.failed) ||
	    !store_word_u32(line->word[8], UINT16_MAX, &preference))
		return "\"agent ADDRESS PREFIX COUNT MET-AGO RTT OK FAILED "
		       "PREFERENCE\"";
	a.met = mtime_add_s(written, -(int64_t)ago_s);
	a.preference = (uint16_t)preference;
	if (m->known.n < MN_KNOWN_MAX &&
	    !mn_known_find(&m->known, &a.agent, &a.prefix))
		m->known.a[m->known.n++] = a;
	return NULL;
}

static const char *on_line(void *arg, const struct store_line *line,
			   struct mtime written)
{
	struct mn *mn = arg;
	struct mn_homing *m = &mn->homing;
	struct prefix p;

	if (!strcmp(line->word[0], "secret"))
		return read_secret(m, line);
	if (!strcmp(line->word[0], "home"))
		return read_home(m, line);
	if (!strcmp(line->word[0], "agent"))
		return read_agent(m, line, written);
	if (strcmp(line->word[0], "declined") != 0)
		return "\"secret\", \"home\", \"agent\" or \"declined\"";
	if (line->n != 2 || prefix_parse(line->word[1], &p))
		return "\"declined PREFIX\"";
	mn_auto_decline(mn, &p, true);
	return NULL;
}

/* ---- taking it into use ---- */

void mn_keep_load(struct mn *mn, struct mtime now)
{
	struct mn_homing *m = &mn->homing;

	store_init(&m->store, mn->env.store, NAME, VERSION, write_all, on_line,
		   mn);
	store_load(&m->store, now);
	if (!m->has_secret)
		random_bytes(m->secret, sizeof(m->secret));
	m->has_secret = true;
}

void mn_keep_touch(struct mn *mn, struct mtime now)
{
	store_touch(&mn->homing.store, now);
}

void mn_keep_done(struct mn *mn, struct mtime now)
{
	store_done(&mn->homing.store, now);
	explicit_bzero(mn->homing.secret, sizeof(mn->homing.secret));
}

const struct mn_home_spec *mn_keep_find(const struct mn *mn,
					const struct prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < mn->homing.n_kept; i++)
		if (mn->homing.kept[i].origin == MN_HOME_PREFIX &&
		    prefix_eq(&mn->homing.kept[i].prefix, prefix))
			return &mn->homing.kept[i];
	return NULL;
}

/* The configuration may have changed meanwhile. */
static bool is_allowed(const struct mn *mn, const struct mn_home_spec *s)
{
	switch (s->origin) {
	case MN_HOME_SET:
	case MN_HOME_PREFIX:
	case MN_HOME_ORIGINS:
		break;
	case MN_HOME_FOUND:
		return mn->conf->home_auto && mn_formed_has_room(mn, false);
	case MN_HOME_ADDED:
		return mn_formed_has_room(mn, false);
	case MN_HOME_RENUMBERED:
		return mn->conf->follow_prefixes &&
		       mn_formed_has_room(mn, true);
	}
	return false;
}

void mn_keep_restore(struct mn *mn, struct mtime now)
{
	unsigned int i;

	for (i = 0; i < mn->homing.n_kept; i++) {
		struct mn_home_spec s = mn->homing.kept[i];
		int err = -EPERM;

		if (s.origin == MN_HOME_PREFIX)
			continue;
		s.first_agent = mn_auto_agent_of(mn, &s.prefix, now);
		if (is_allowed(mn, &s))
			err = mn_homes_add(mn, &s, now);
		if (err && err != -EEXIST)
			log_notice("mn: hoa=%s was remembered, but is not used "
				   "any more: %s",
				   addr_str(&s.hoa),
				   err == -EPERM ? "the configuration does not "
						   "allow it"
						 : strerror(-err));
	}
}
