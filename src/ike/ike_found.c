/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What charon has for a connection, out of an event of list-sas.
 *
 * This file decides which association counts when there are several, as
 * while keys are changed: the one that can carry packets and was made last.
 */
#include <stdio.h>
#include <string.h>

#include "src/ike/ike_priv.h"

static bool read_addr(const struct vici_msg *m, const char *key,
		      struct in6_addr *ret)
{
	char text[INET6_ADDRSTRLEN + 16];

	return vici_str(m, key, text, sizeof(text)) && !addr_parse(text, ret);
}

/* States in which packets pass both ways. */
static bool is_usable(const struct vici_msg *child)
{
	return vici_is(child, "state", "INSTALLED") ||
	       vici_is(child, "state", "UPDATING") ||
	       vici_is(child, "state", "REKEYING");
}

static void read_algorithms(const struct vici_msg *child, char *ret,
			    size_t size)
{
	char cipher[20], integrity[24], bits[8];

	if (!vici_str(child, "encr-alg", cipher, sizeof(cipher)))
		strcpy(cipher, "?");
	if (!vici_str(child, "encr-keysize", bits, sizeof(bits)))
		strcpy(bits, "");
	if (!vici_str(child, "integ-alg", integrity, sizeof(integrity)))
		strcpy(integrity, "");
	snprintf(ret, size, "%s%s%s%s%s", cipher, *bits ? "-" : "", bits,
		 *integrity ? "/" : "", integrity);
}

static bool read_child(const struct vici_msg *child, struct ike_child *ret)
{
	if (!is_usable(child) ||
	    !vici_u32(child, "reqid", false, &ret->reqid) || !ret->reqid ||
	    !vici_u32(child, "uniqueid", false, &ret->id) ||
	    !vici_u32(child, "spi-in", true, &ret->spi_in) ||
	    !vici_u32(child, "spi-out", true, &ret->spi_out))
		return false;
	read_algorithms(child, ret->algorithms, sizeof(ret->algorithms));
	return true;
}

static void keep_newest(struct ike_child *best, const struct ike_child *c)
{
	if (!best->reqid || c->id > best->id)
		*best = *c;
}

/* The kernel tells associations of one second apart by chance: what an earlier
 * negotiation left, which the other end may have given up, has to go. */
static void keep_newer(struct ike_found *found, const struct ike_found *f)
{
	uint32_t older = found->older_ike_id;

	if (found->up && f->ike_id != found->ike_id)
		older = f->ike_id < found->ike_id ? f->ike_id : found->ike_id;
	if (!found->up || f->ike_id > found->ike_id)
		*found = *f;
	found->older_ike_id = older;
}

void ike_found_read(const struct vici_msg *sa, struct ike_found *found)
{
	char name[VICI_NAME_MAX + 1];
	struct vici_msg children, child;
	struct ike_found f = { .up = true };
	struct ike_child c;
	size_t pos = 0;

	if (!vici_u32(sa, "uniqueid", false, &f.ike_id) ||
	    !read_addr(sa, "local-host", &f.local) ||
	    !read_addr(sa, "remote-host", &f.remote) ||
	    !vici_section(sa, "child-sas", &children))
		return;
	while (vici_section_next(&children, &pos, name, &child)) {
		if (!read_child(&child, &c))
			continue;
		/* An agent without the one answers with the other. */
		if (vici_is(&child, "name", IKE_CHILD) &&
		    !vici_is(&child, "mode", "TUNNEL"))
			keep_newest(&f.signalling, &c);
		else if (vici_is(&child, "name", IKE_TUNNEL))
			keep_newest(&f.tunnel, &c);
	}
	if (f.signalling.reqid)
		keep_newer(found, &f);
}
