/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PORT: the control interface of strongSwan's IKE daemon, charon ("vici": The
 * Versatile IKE Control Interface).  Its messages are built and read by pure
 * functions; a connection carries them.
 *
 * Debian has no library of it that a program could be built with, and the
 * documented protocol is small: sections, keys with values, lists.
 */
#ifndef MIP6D_VICI_H
#define MIP6D_VICI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/buf.h"

#define VICI_SEGMENT_MAX (512 * 1024) /* as charon's limit */
#define VICI_REQUEST_MAX 16384        /* of ours */
#define VICI_NAME_MAX    255
#define VICI_DEPTH_MAX   16 /* sections in sections */

enum vici_type {
	VICI_REQUEST,
	VICI_RESPONSE,
	VICI_REQUEST_UNKNOWN,
	VICI_REGISTER,
	VICI_UNREGISTER,
	VICI_CONFIRM,
	VICI_EVENT_UNKNOWN,
	VICI_EVENT,
};

/* ---- building ---- */

/* Into the caller's memory; what does not fit, or is too long for its length
 * field, makes b->bad true, looked at once, at the end. */
void vici_put_head(struct wbuf *b, enum vici_type type, const char *name);
void vici_put_section(struct wbuf *b, const char *name);
void vici_put_section_end(struct wbuf *b);
void vici_put(struct wbuf *b, const char *key, const char *value);
void vici_put_data(struct wbuf *b, const char *key, const void *data,
		   size_t len);
void vici_put_list(struct wbuf *b, const char *name);
void vici_put_item(struct wbuf *b, const char *value);
void vici_put_item_data(struct wbuf *b, const void *data, size_t len);
void vici_put_list_end(struct wbuf *b);
/* A list of one. */
void vici_put_one(struct wbuf *b, const char *name, const char *value);

/* ---- reading ---- */

/* What a packet or one of its sections holds.  Whoever has one from
 * vici_read() may trust its structure. */
struct vici_msg {
	const uint8_t *data;
	size_t len;
};

struct vici_packet {
	enum vici_type type;
	char name[VICI_NAME_MAX + 1]; /* of VICI_EVENT and requests */
	struct vici_msg msg;
};

/* NULL for a packet that is right from end to end, else what is wrong, in
 * words, and *ret untouched. */
const char *vici_read(const void *data, size_t len, struct vici_packet *ret);

/* A section right below msg. */
bool vici_section(const struct vici_msg *msg, const char *name,
		  struct vici_msg *ret);
/* One section after the other: *pos is 0 for the first.  name: as text.
 * False when there is no other. */
bool vici_section_next(const struct vici_msg *msg, size_t *pos,
		       char name[VICI_NAME_MAX + 1], struct vici_msg *ret);
/* The value of a key right below msg, as text: what is not printable becomes
 * '?', what does not fit is not taken (false). */
bool vici_str(const struct vici_msg *msg, const char *key, char *ret,
	      size_t size);
/* The same as a number; is_hex: charon writes SPIs so, without saying it. */
bool vici_u32(const struct vici_msg *msg, const char *key, bool is_hex,
	      uint32_t *ret);
/* True when the key has the value. */
bool vici_is(const struct vici_msg *msg, const char *key, const char *value);

/* ---- a connection ---- */

struct vici;
struct loop;

struct vici_handler {
	/* Connected; nothing of an earlier connection holds. */
	void (*on_up)(void *arg);
	/* Not any more, or not yet; tried again by itself, ever later up to
	 * VICI_RETRY_MAX_MS.  What was asked will not be answered. */
	void (*on_down)(void *arg, const char *why);
	/* The answer to the oldest request.  pkt->type: VICI_RESPONSE,
	 * VICI_CONFIRM, or one of the two unknowns. */
	void (*on_reply)(void *arg, const struct vici_packet *pkt);
	void (*on_event)(void *arg, const struct vici_packet *pkt);
};

#define VICI_PATH         "/run/charon.vici"
#define VICI_RETRY_MIN_MS 500
#define VICI_RETRY_MAX_MS 15000
#define VICI_TIMEOUT_MS   20000 /* for an answer */
#define VICI_REQUESTS_MAX 64    /* waiting at a time */

/* Does not connect before the next turn of the loop; handler outlives it.
 * -ENAMETOOLONG, -ENOMEM. */
int vici_open(struct loop *loop, const char *path,
	      const struct vici_handler *handler, void *arg,
	      struct vici **ret_vici);
struct vici *vici_close(struct vici *v);

/* Queues a packet built above (without its length).  Requests leave one at a
 * time, in their order.  -ENOTCONN, -ENOBUFS when too many wait, -EMSGSIZE
 * for one that is bad, -ENOMEM. */
int vici_send(struct vici *v, const struct wbuf *packet);

#endif
