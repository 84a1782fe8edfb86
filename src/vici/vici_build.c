/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to charon: elements one after the other, as the protocol's
 * documentation (README of strongSwan's vici plugin) describes them.
 *
 * This file decides the octets; that sections and lists are closed is the
 * caller's to see to, and tests/unit/test_vici reads back what we send.
 */
#include <string.h>

#include "mip6d/vici.h"
#include "src/vici/vici_wire.h"

static void put_name(struct wbuf *b, const char *name)
{
	size_t len = strlen(name);

	if (len > VICI_NAME_MAX) {
		b->bad = true;
		return;
	}
	wbuf_u8(b, (uint8_t)len);
	wbuf_bytes(b, name, len);
}

static void put_value(struct wbuf *b, const void *data, size_t len)
{
	if (len > UINT16_MAX) {
		b->bad = true;
		return;
	}
	wbuf_u16(b, (uint16_t)len);
	wbuf_bytes(b, data, len);
}

void vici_put_head(struct wbuf *b, enum vici_type type, const char *name)
{
	wbuf_u8(b, (uint8_t)type);
	if (name)
		put_name(b, name);
}

void vici_put_section(struct wbuf *b, const char *name)
{
	wbuf_u8(b, VICI_SECTION_START);
	put_name(b, name);
}

void vici_put_section_end(struct wbuf *b)
{
	wbuf_u8(b, VICI_SECTION_END);
}

void vici_put_data(struct wbuf *b, const char *key, const void *data,
		   size_t len)
{
	wbuf_u8(b, VICI_KEY_VALUE);
	put_name(b, key);
	put_value(b, data, len);
}

void vici_put(struct wbuf *b, const char *key, const char *value)
{
	vici_put_data(b, key, value, strlen(value));
}

void vici_put_list(struct wbuf *b, const char *name)
{
	wbuf_u8(b, VICI_LIST_START);
	put_name(b, name);
}

void vici_put_item_data(struct wbuf *b, const void *data, size_t len)
{
	wbuf_u8(b, VICI_LIST_ITEM);
	put_value(b, data, len);
}

void vici_put_item(struct wbuf *b, const char *value)
{
	vici_put_item_data(b, value, strlen(value));
}

void vici_put_list_end(struct wbuf *b)
{
	wbuf_u8(b, VICI_LIST_END);
}

void vici_put_one(struct wbuf *b, const char *name, const char *value)
{
	vici_put_list(b, name);
	vici_put_item(b, value);
	vici_put_list_end(b);
}
