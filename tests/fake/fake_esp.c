/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h in memory: associations and policies of ESP, which are carried out
 * at once.
 */
#include <errno.h>
#include <string.h>

#include "tests/fake/fake_priv.h"

static int planned(struct kernel *k, enum fake_op op)
{
	struct fake_request r = { .op = op };

	return fake_request_now(k, &r);
}

static struct kernel_sa *find_sa(struct kernel *k, const struct in6_addr *dst,
				 uint32_t spi)
{
	unsigned int i;

	for (i = 0; i < k->n_sas; i++)
		if (k->sas[i].spi == spi && addr_eq(&k->sas[i].dst, dst))
			return &k->sas[i];
	return NULL;
}

static bool same_sp(const struct kernel_sp *a, const struct kernel_sp *b)
{
	return a->dir == b->dir && prefix_eq(&a->src, &b->src) &&
	       prefix_eq(&a->dst, &b->dst) && a->proto == b->proto &&
	       a->type == b->type && a->ifindex == b->ifindex;
}

static struct kernel_sp *find_sp(struct kernel *k, const struct kernel_sp *sp)
{
	unsigned int i;

	for (i = 0; i < k->n_sps; i++)
		if (same_sp(&k->sps[i], sp))
			return &k->sps[i];
	return NULL;
}

int kernel_sa_set(struct kernel *k, const struct kernel_sa *sa)
{
	struct kernel_sa *there = find_sa(k, &sa->dst, sa->spi);
	int err = planned(k, FAKE_SA_SET);

	if (err)
		return err;
	if (sa->spi < 256)
		fake_fault("an association with the reserved SPI %u", sa->spi);
	if ((sa->reqid & 0xff000000u) != KERNEL_REQID_OURS)
		fake_fault("an association whose reqid is not ours");
	if (!there && k->n_sas == FAKE_SAS)
		return -ENOBUFS;
	*(there ? there : &k->sas[k->n_sas++]) = *sa;
	return 0;
}

int kernel_sa_del(struct kernel *k, const struct kernel_sa *sa)
{
	struct kernel_sa *there = find_sa(k, &sa->dst, sa->spi);
	int err = planned(k, FAKE_SA_DEL);

	if (!err && there)
		*there = k->sas[--k->n_sas];
	return err;
}

int kernel_sp_set(struct kernel *k, const struct kernel_sp *sp)
{
	struct kernel_sp *there = find_sp(k, sp);
	int err = planned(k, FAKE_SP_SET);

	if (err)
		return err;
	if (sp->dir == KERNEL_SP_OUT && sp->action == KERNEL_SP_REQUIRE &&
	    sp->mode == KERNEL_TUNNEL &&
	    (addr_is_any(&sp->tunnel_src) || addr_is_any(&sp->tunnel_dst)))
		fake_fault("a tunnel outwards without both its ends");
	if (!there && k->n_sps == FAKE_SPS)
		return -ENOBUFS;
	*(there ? there : &k->sps[k->n_sps++]) = *sp;
	return 0;
}

int kernel_sp_del(struct kernel *k, const struct kernel_sp *sp)
{
	struct kernel_sp *there = find_sp(k, sp);
	int err = planned(k, FAKE_SP_DEL);

	if (!err && there)
		*there = k->sps[--k->n_sps];
	return err;
}

/* The association is found as the kernel finds it. */
static void move_sa(struct kernel *k, const struct kernel_sa_move *m)
{
	unsigned int i;

	for (i = 0; i < k->n_sas; i++) {
		struct kernel_sa *sa = &k->sas[i];

		if (sa->reqid != m->reqid || !addr_eq(&sa->src, &m->src) ||
		    !addr_eq(&sa->dst, &m->dst))
			continue;
		sa->src = m->new_src;
		sa->dst = m->new_dst;
		break;
	}
}

int kernel_migrate(struct kernel *k, const struct kernel_migrate *m)
{
	struct kernel_sp *sp = find_sp(k, &m->sp);
	int err = planned(k, FAKE_MIGRATE);
	unsigned int i;

	if (err)
		return err;
	if (!sp || !addr_eq(&sp->tunnel_src, &m->sp.tunnel_src) ||
	    !addr_eq(&sp->tunnel_dst, &m->sp.tunnel_dst))
		return -ENODATA;
	sp->tunnel_src = m->tunnel_src;
	sp->tunnel_dst = m->tunnel_dst;
	move_sa(k, &(struct kernel_sa_move){ m->sp.reqid, m->sp.tunnel_src,
					     m->sp.tunnel_dst, m->tunnel_src,
					     m->tunnel_dst });
	for (i = 0; i < m->n_sas; i++)
		move_sa(k, &m->sas[i]);
	return 0;
}

int kernel_esp_drops(struct kernel *k, struct kernel_esp_drops *ret_drops)
{
	*ret_drops = k->esp_drops;
	return 0;
}
