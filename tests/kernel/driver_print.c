/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver's output: a line for each event, message and result.
 */
#include <stdio.h>
#include <string.h>

#include "tests/kernel/driver.h"

static const char *onoff(bool on, const char *word)
{
	return on ? word : "";
}

static void print_done(struct driver *d, const struct kernel_event *ev)
{
	d->done++;
	if (ev->done.err)
		d->failed++;
	if (!d->quiet)
		printf("done %u %s %s\n", ev->done.key.serial,
		       addr_str(&ev->done.key.hoa),
		       ev->done.err ? strerror(-ev->done.err) : "ok");
}

static void print_addr(const struct kernel_addr *a)
{
	printf("addr %d %s/%u%s%s%s%s%s%s%s valid=%u preferred=%u\n",
	       a->ifindex, addr_str(&a->addr), a->plen, onoff(a->gone, " gone"),
	       onoff(a->tentative, " tentative"),
	       onoff(a->optimistic, " optimistic"),
	       onoff(a->dad_failed, " dad-failed"),
	       onoff(a->deprecated, " deprecated"), onoff(a->home, " home"),
	       onoff(a->permanent, " permanent"), a->valid_s, a->preferred_s);
}

static void print_usage(struct driver *d, const struct kernel_usage *u)
{
	d->done++;
	if (u->err)
		d->failed++;
	printf("done %u %s %s out=%llu/%llu in=%llu/%llu\n", u->key.serial,
	       addr_str(&u->key.peer), u->err ? strerror(-u->err) : "ok",
	       (unsigned long long)u->packets_out,
	       (unsigned long long)u->octets_out,
	       (unsigned long long)u->packets_in,
	       (unsigned long long)u->octets_in);
}

void driver_on_event(void *arg, const struct kernel_event *ev)
{
	struct driver *d = arg;

	switch (ev->type) {
	case KERNEL_DONE:
		print_done(d, ev);
		break;
	case KERNEL_LINK:
		printf("link %d %s%s%s%s mtu=%u %s\n", ev->link.ifindex,
		       ev->link.name, onoff(ev->link.gone, " gone"),
		       onoff(ev->link.up, " up"),
		       onoff(ev->link.carrier, " carrier"), ev->link.mtu,
		       lladdr_str(&ev->link.lladdr));
		break;
	case KERNEL_ADDR:
		print_addr(&ev->addr);
		break;
	case KERNEL_ROUTER:
		printf("router %d %s metric=%u%s\n", ev->router.ifindex,
		       addr_str(&ev->router.gateway), ev->router.metric,
		       onoff(ev->router.gone, " gone"));
		break;
	case KERNEL_NEIGH:
		printf("neigh %d %s %s%s%s\n", ev->neigh.ifindex,
		       addr_str(&ev->neigh.addr), lladdr_str(&ev->neigh.lladdr),
		       onoff(ev->neigh.reachable, " reachable"),
		       onoff(ev->neigh.failed, " failed"));
		break;
	case KERNEL_FLOW:
		printf("flow %s %s protocol=%u port=%u %s\n",
		       addr_str(&ev->flow.hoa), addr_str(&ev->flow.peer),
		       ev->flow.protocol, ev->flow.peer_port,
		       ev->flow.received ? "received" : "sent");
		break;
	case KERNEL_REPORT:
		printf("report hoa=%s coa=%s local=%s protocol=%u\n",
		       addr_str(&ev->report.hoa), addr_str(&ev->report.coa),
		       addr_str(&ev->report.local), ev->report.protocol);
		break;
	case KERNEL_USAGE:
		print_usage(d, &ev->usage);
		break;
	case KERNEL_SYNCED:
		printf("synced\n");
		break;
	}
}

static void print_packet(const char *what, const struct packet *pkt)
{
	size_t i;

	printf("%s src=%s dst=%s wire=%s>%s if=%d hops=%u%s%s lladdr=%s ", what,
	       addr_str(&pkt->src), addr_str(&pkt->dst),
	       addr_str(&pkt->wire_src), addr_str(&pkt->wire_dst), pkt->ifindex,
	       pkt->hop_limit, onoff(pkt->has_hao, " hao"),
	       onoff(pkt->has_rh2, " rh2"), lladdr_str(&pkt->lladdr));
	for (i = 0; i < pkt->len; i++)
		printf("%02x", pkt->data[i]);
	printf("\n");
}

void driver_on_mh(void *arg, const struct packet *pkt)
{
	(void)arg;
	print_packet("mh", pkt);
}

void driver_on_icmp6(void *arg, const struct packet *pkt)
{
	(void)arg;
	print_packet("icmp6", pkt);
}

void driver_result(const char *what, int err)
{
	printf("%s: %s\n", what, err ? strerror(-err) : "ok");
}
