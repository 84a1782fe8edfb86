/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/ike between a charon and a kernel of ours: what was asked is a text,
 * what is answered is said by the test.
 */
#ifndef TESTS_IKE_WORLD_H
#define TESTS_IKE_WORLD_H

#include "mip6d/ike.h"
#include "src/ike/ike_priv.h"
#include "tests/unit/unit.h"

#define HOA   "2001:db8:1::100"
#define AGENT "2001:db8:1::1"
#define COA   "2001:db8:a::5"
#define COA2  "2001:db8:b::5"
#define NAME  "mip6-" HOA "-" AGENT
#define EVENTS                                                   \
	"list-sa ike-updown ike-rekey child-updown child-rekey " \
	"list-conn "

struct ike_world {
	struct tqueue *tq;
	struct mtime now;
	struct ike_peer peer;
	struct security *security; /* where the tunnel is protected */
	struct ike_conf conf;
	struct ike *ike;
	unsigned int sas_deleted;
	struct kernel_sa sa_deleted; /* the last */
	/* Of the tunnel, in lists from now on; spi 0: none. */
	uint32_t tunnel_reqid, tunnel_spi;
	const char *tunnel_name; /* another than "mip6-tunnel" */
	/* Requests since the last look, by name: "load-conn initiate ". */
	char asked[512];
	uint8_t last[VICI_REQUEST_MAX]; /* the last packet */
	size_t last_len;
	unsigned int changes;
	/* The kernel's policies, and what was migrated last. */
	struct kernel_sp sps[16];
	unsigned int n_sps;
	unsigned int migrated;
	struct kernel_migrate migrate;
	int vici_err, kernel_err;
	unsigned int looks; /* for what charon has */
	bool has_lost;      /* and the test answers */
};

extern struct ike_world iw;
/* Of what starts from now on. */
extern enum security_protect iw_protect;

struct in6_addr a6(const char *text);
void iw_start(enum ike_end end);
void iw_stop(void);
/* charon's answers, to the oldest request. */
void iw_answer(bool success);
void iw_confirm(void);
/* The list of associations of NAME ends; before that, one with this reqid
 * and this SPI (0: none), its IKE between local and remote. */
void iw_list(uint32_t reqid, uint32_t spi, const char *local,
	     const char *remote);
/* One event of a list, of the IKE association with this number. */
void iw_list_event(uint32_t ike_id, uint32_t reqid, uint32_t spi,
		   const char *local, const char *remote);
void iw_event(const char *event, const char *name);
/* Time goes on. */
void iw_wait_ms(uint32_t ms);
/* What was asked since the last call. */
const char *iw_asked(void);
/* Connected, everything loaded, with these associations. */
void iw_up(enum ike_end end, uint32_t reqid);

#endif
