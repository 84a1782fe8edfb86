/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: a packet from charon.
 *
 * What is called right is walked through from end to end: no look-up leaves
 * it, sections nest within the bound, and nothing is
 * returned of what is not right.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/vici.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct vici_msg *msg, const struct vici_packet *pkt,
		 unsigned int depth)
{
	char name[VICI_NAME_MAX + 1], text[64];
	struct vici_msg in, found;
	uint32_t v;
	size_t pos = 0, before;

	if (depth > VICI_DEPTH_MAX || msg->data < pkt->msg.data ||
	    msg->data + msg->len > pkt->msg.data + pkt->msg.len)
		abort();
	vici_u32(msg, "reqid", false, &v);
	vici_u32(msg, "spi-in", true, &v);
	vici_str(msg, "state", text, sizeof(text));
	vici_section(msg, "child-sas", &found);
	for (before = pos; vici_section_next(msg, &pos, name, &in);
	     before = pos) {
		if (pos <= before || strlen(name) > VICI_NAME_MAX)
			abort();
		walk(&in, pkt, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char untouched[] = "untouched";
	struct vici_packet pkt;
	const char *wrong;

	strcpy(pkt.name, untouched);
	wrong = vici_read(data, size, &pkt);
	if (wrong) {
		if (!*wrong || strcmp(pkt.name, untouched))
			abort();
		return 0;
	}
	walk(&pkt.msg, &pkt, 0);
	return 0;
}
