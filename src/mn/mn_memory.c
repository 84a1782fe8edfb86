/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home agents that are remembered across restarts (mn_memory.h).
 *
 * This file decides what of them is worth remembering: the one in use, which
 * is tried first, since it may hold a binding (RFC 6275 section 11.4.1), the
 * best of the list, and those that are still to be told that their binding is
 * over.  An agent of the configuration is not remembered.
 */
#include "mn_priv.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = { "used", "listed", "former" };

/* ---- writing ---- */

static void put(struct store_writer *w, enum mn_memory_kind kind,
		const struct in6_addr *hoa, const struct in6_addr *agent,
		struct mtime when, struct mtime now)
{
	uint32_t s = kind == MN_MEMORY_LIST ? mtime_left_s(now, when)
					    : mtime_left_s(when, now);

	store_put(w, "%s %s %s %u", kinds[kind], addr_str(hoa), addr_str(agent),
		  s < INT32_MAX ? s : INT32_MAX);
}

static void put_home(struct store_writer *w, const struct mn_home *h,
		     struct mtime now)
{
	unsigned int i;

	for (i = 0; i < MN_FORMERS_MAX; i++)
		if (!addr_is_any(&h->formers[i].agent))
			put(w, MN_MEMORY_FORMER, &h->hoa, &h->formers[i].agent,
			    h->formers[i].expires, now);
	if (!h->dynamic)
		return;
	if (mn_home_has_agent(h))
		put(w, MN_MEMORY_USED, &h->hoa, mn_home_agent(h),
		    mn_agent_holds_until(h, now), now);
	for (i = 0; i < h->agents.n && i < MN_MEMORY_LISTED; i++)
		put(w, MN_MEMORY_LIST, &h->hoa, &h->agents.a[i].addr,
		    h->agents.listed, now);
}

static void write_agents(void *arg, struct store_writer *w, struct mtime now)
{
	struct mn *mn = arg;
	const struct mn_memory_line *l;
	const struct mn_home *h;
	unsigned int i;

	for (h = mn->homes; h; h = h->next)
		if (h->leave == MN_LEAVE_NOT)
			put_home(w, h, now);
	for (i = 0; i < mn->memory.n_lines; i++) {
		l = &mn->memory.lines[i];
		if (!l->taken)
			put(w, l->kind, &l->hoa, &l->agent, l->when, now);
	}
}

void mn_memory_changed(const struct mn_home *h)
{
	store_touch(&h->mn->memory.subject, h->mn->now);
}

/* ---- reading ---- */

static const char *on_line(void *arg, const struct store_line *line,
			   struct mtime written)
{
	static const char expected[] = "\"used\", \"listed\" or \"former\", "
				       "two addresses, seconds";
	struct mn_memory *m = &((struct mn *)arg)->memory;
	struct mn_memory_line l = { .kind = MN_MEMORY_USED };
	uint32_t s;

	if (line->n != 4 || addr_parse(line->word[1], &l.hoa) ||
	    addr_parse(line->word[2], &l.agent) ||
	    !store_word_u32(line->word[3], INT32_MAX, &s))
		return expected;
	while (strcmp(line->word[0], kinds[l.kind]))
		if (l.kind++ == MN_MEMORY_FORMER)
			return expected;
	if (!addr_is_routable(&l.hoa) || !addr_is_routable(&l.agent) ||
	    addr_eq(&l.hoa, &l.agent))
		return "addresses of a home and of an agent";
	if (m->n_lines == MN_MEMORY_MAX)
		return "fewer lines";
	l.when = mtime_add_s(written, l.kind == MN_MEMORY_LIST ? -(int64_t)s
							       : (int64_t)s);
	m->lines[m->n_lines++] = l;
	return NULL;
}

void mn_memory_init(struct mn *mn, struct mtime now)
{
	struct mn_memory *m = &mn->memory;

	if (mn->env.store)
		m->lines = calloc(MN_MEMORY_MAX, sizeof(*m->lines));
	store_init(&m->subject, m->lines ? mn->env.store : NULL, "agents", 1,
		   write_agents, on_line, mn);
	store_load(&m->subject, now);
}

void mn_memory_done(struct mn *mn, struct mtime now)
{
	store_done(&mn->memory.subject, now);
	free(mn->memory.lines);
	mn->memory.lines = NULL;
	mn->memory.n_lines = 0;
}

static void take_line(struct mn_home *h, const struct mn_memory_line *l,
		      struct mtime now)
{
	struct mn_agents *list = &h->agents;
	enum mn_memory_kind kind = l->kind;

	if (kind == MN_MEMORY_USED && !h->dynamic)
		kind = MN_MEMORY_FORMER;
	switch (kind) {
	case MN_MEMORY_USED:
		h->chosen_agent = l->agent;
		h->holds_until = l->when;
		log_info("mn: hoa=%s home agent %s remembered",
			 addr_str(&h->hoa), addr_str(&l->agent));
		break;
	case MN_MEMORY_LIST:
		if (!h->dynamic || list->n == MN_MEMORY_LISTED ||
		    mn_agents_find(list, &l->agent))
			break;
		list->a[list->n++].addr = l->agent;
		list->listed = l->when;
		break;
	case MN_MEMORY_FORMER:
		if (mtime_before(now, l->when) &&
		    !addr_eq(&l->agent, mn_home_agent(h)))
			mn_former_add(h, &l->agent, l->when, now);
		break;
	}
}

void mn_memory_take(struct mn_home *h, struct mtime now)
{
	struct mn_memory *m = &h->mn->memory;
	unsigned int i;

	for (i = 0; i < m->n_lines; i++) {
		struct mn_memory_line *l = &m->lines[i];

		if (l->taken || !addr_eq(&l->hoa, &h->hoa))
			continue;
		l->taken = true;
		take_line(h, l, now);
	}
}
