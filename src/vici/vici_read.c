/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages from charon.
 *
 * This file decides what is a right packet, once and for all of it: every
 * length inside, sections and lists closed in their order, nothing nested
 * deeper than VICI_DEPTH_MAX.  Looking things up afterwards cannot fail for
 * the structure.  What the keys mean is left to the caller.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/vici.h"
#include "src/vici/vici_wire.h"

struct element {
	enum vici_element_kind kind;
	const uint8_t *name, *value;
	size_t name_len, value_len;
};

/* The next octets where they lie. */
static const uint8_t *take(struct rbuf *b, size_t n)
{
	const uint8_t *p = b->data + b->pos;

	rbuf_skip(b, n);
	return b->bad ? NULL : p;
}

static bool has_name(enum vici_element_kind kind)
{
	return kind == VICI_SECTION_START || kind == VICI_KEY_VALUE ||
	       kind == VICI_LIST_START;
}

static bool has_value(enum vici_element_kind kind)
{
	return kind == VICI_KEY_VALUE || kind == VICI_LIST_ITEM;
}

/* NULL, or what is wrong with it. */
static const char *read_element(struct rbuf *b, struct element *ret)
{
	uint8_t kind = rbuf_u8(b);

	*ret = (struct element){ .kind = (enum vici_element_kind)kind };
	if (kind < VICI_SECTION_START || kind > VICI_LIST_END)
		return "an element of an unknown kind";
	if (has_name(ret->kind)) {
		ret->name_len = rbuf_u8(b);
		ret->name = take(b, ret->name_len);
	}
	if (has_value(ret->kind)) {
		ret->value_len = rbuf_u16(b);
		ret->value = take(b, ret->value_len);
	}
	return b->bad ? "an element that runs past the end" : NULL;
}

/* One element in its place: sections are counted, lists hold items only. */
static const char *check_place(const struct element *e, unsigned int *depth,
			       bool *in_list)
{
	if (*in_list) {
		if (e->kind == VICI_LIST_END)
			*in_list = false;
		else if (e->kind != VICI_LIST_ITEM)
			return "something else than an item in a list";
		return NULL;
	}
	switch (e->kind) {
	case VICI_SECTION_START:
		if (++*depth > VICI_DEPTH_MAX)
			return "sections nested too deep";
		return NULL;
	case VICI_SECTION_END:
		return (*depth)-- ? NULL : "the end of no section";
	case VICI_LIST_START:
		*in_list = true;
		return NULL;
	case VICI_LIST_ITEM:
	case VICI_LIST_END:
		return "an item or end of no list";
	case VICI_KEY_VALUE:
		break;
	}
	return NULL;
}

static const char *check(const uint8_t *data, size_t len)
{
	unsigned int depth = 0;
	bool in_list = false;
	const char *wrong = NULL;
	struct element e;
	struct rbuf b;

	rbuf_init(&b, data, len);
	while (!wrong && rbuf_left(&b)) {
		wrong = read_element(&b, &e);
		if (!wrong)
			wrong = check_place(&e, &depth, &in_list);
	}
	if (!wrong && (depth || in_list))
		wrong = "a section or list without an end";
	return wrong;
}

/* What can be printed. */
static void to_text(const uint8_t *data, size_t len, char *ret)
{
	size_t i;

	for (i = 0; i < len; i++)
		ret[i] = data[i] < 0x80 && isprint(data[i]) ? (char)data[i]
							    : '?';
	ret[len] = '\0';
}

static bool is_named(enum vici_type type)
{
	return type == VICI_REQUEST || type == VICI_REGISTER ||
	       type == VICI_UNREGISTER || type == VICI_EVENT;
}

const char *vici_read(const void *data, size_t len, struct vici_packet *ret)
{
	const uint8_t *name = NULL;
	const char *wrong;
	struct rbuf b;
	size_t n = 0;
	uint8_t type;

	rbuf_init(&b, data, len);
	type = rbuf_u8(&b);
	if (b.bad)
		return "an empty packet";
	if (type > VICI_EVENT)
		return "a packet of an unknown type";
	if (is_named((enum vici_type)type)) {
		n = rbuf_u8(&b);
		name = take(&b, n);
		if (!name)
			return "a name that runs past the end";
	}
	wrong = check(b.data + b.pos, b.len - b.pos);
	if (wrong)
		return wrong;
	ret->type = (enum vici_type)type;
	to_text(name, n, ret->name);
	ret->msg = (struct vici_msg){ b.data + b.pos, b.len - b.pos };
	return NULL;
}

/* The next element right below; what is in sections is passed over, and a
 * section that begins is told with *ret_in, what it holds. */
static bool next(struct rbuf *b, struct element *ret, struct vici_msg *ret_in)
{
	unsigned int depth = 1;
	struct element e;
	size_t begin, end;

	if (!rbuf_left(b) || read_element(b, ret))
		return false;
	if (ret->kind != VICI_SECTION_START)
		return true;
	begin = b->pos;
	do {
		end = b->pos;
		if (!rbuf_left(b) || read_element(b, &e))
			return false;
		depth += e.kind == VICI_SECTION_START;
		depth -= e.kind == VICI_SECTION_END;
	} while (depth);
	*ret_in = (struct vici_msg){ b->data + begin, end - begin };
	return true;
}

static bool is_called(const struct element *e, const char *name)
{
	return e->name_len == strlen(name) &&
	       !memcmp(e->name, name, e->name_len);
}

bool vici_section_next(const struct vici_msg *msg, size_t *pos,
		       char name[VICI_NAME_MAX + 1], struct vici_msg *ret)
{
	struct element e;
	struct rbuf b;

	rbuf_init(&b, msg->data, msg->len);
	b.pos = *pos;
	while (next(&b, &e, ret)) {
		*pos = b.pos;
		if (e.kind == VICI_SECTION_START) {
			to_text(e.name, e.name_len, name);
			return true;
		}
	}
	return false;
}

bool vici_section(const struct vici_msg *msg, const char *name,
		  struct vici_msg *ret)
{
	struct vici_msg in;
	struct element e;
	struct rbuf b;

	rbuf_init(&b, msg->data, msg->len);
	while (next(&b, &e, &in)) {
		if (e.kind == VICI_SECTION_START && is_called(&e, name)) {
			*ret = in;
			return true;
		}
	}
	return false;
}

static bool find_value(const struct vici_msg *msg, const char *key,
		       struct element *ret)
{
	struct vici_msg in;
	struct rbuf b;

	rbuf_init(&b, msg->data, msg->len);
	while (next(&b, ret, &in)) {
		if (ret->kind == VICI_KEY_VALUE && is_called(ret, key))
			return true;
	}
	return false;
}

bool vici_str(const struct vici_msg *msg, const char *key, char *ret,
	      size_t size)
{
	struct element e;

	if (!find_value(msg, key, &e) || e.value_len >= size)
		return false;
	to_text(e.value, e.value_len, ret);
	return true;
}

bool vici_u32(const struct vici_msg *msg, const char *key, bool is_hex,
	      uint32_t *ret)
{
	char text[20], *end;
	unsigned long long v;

	if (!vici_str(msg, key, text, sizeof(text)) ||
	    !isxdigit((unsigned char)*text))
		return false;
	errno = 0;
	v = strtoull(text, &end, is_hex ? 16 : 10);
	if (errno || *end || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

bool vici_is(const struct vici_msg *msg, const char *key, const char *value)
{
	struct element e;

	return find_value(msg, key, &e) && e.value_len == strlen(value) &&
	       !memcmp(e.value, value, e.value_len);
}
