/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A netlink message of the kernel as an object of libnl (src/netlink/watch.h).
 * Pure: octets in, upcalls out.
 *
 * This file decides which message types are looked at.  What an object means
 * is left to watch_translate.c.
 */
#include <linux/rtnetlink.h>
#include <netlink/cache.h>
#include <netlink/msg.h>
#include <netlink/object.h>

#include "src/netlink/watch.h"

struct decode {
	watch_object_fn *fn;
	void *arg;
	bool gone;
};

static void on_object(struct nl_object *obj, void *arg)
{
	struct decode *d = arg;

	d->fn(d->arg, obj, d->gone);
}

static bool is_watched(uint16_t type, bool *ret_gone)
{
	switch (type) {
	case RTM_NEWLINK:
	case RTM_NEWADDR:
	case RTM_NEWROUTE:
	case RTM_NEWNEIGH:
		*ret_gone = false;
		return true;
	case RTM_DELLINK:
	case RTM_DELADDR:
	case RTM_DELROUTE:
	case RTM_DELNEIGH:
		*ret_gone = true;
		return true;
	default:
		return false;
	}
}

bool watch_decode(const struct nlmsghdr *nlh, size_t len, watch_object_fn *fn,
		  void *arg)
{
	struct decode d = { .fn = fn, .arg = arg };
	struct nl_msg *msg;
	int err;

	if (len < NLMSG_HDRLEN || nlh->nlmsg_len < NLMSG_HDRLEN ||
	    nlh->nlmsg_len > len || !is_watched(nlh->nlmsg_type, &d.gone))
		return false;
	msg = nlmsg_convert((struct nlmsghdr *)(uintptr_t)nlh);
	if (!msg)
		return false;
	nlmsg_set_proto(msg, NETLINK_ROUTE);
	err = nl_msg_parse(msg, on_object, &d);
	nlmsg_free(msg);
	return !err;
}
