/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the driver share.
 */
#pragma once

#include "mip6d/kernel.h"
#include "mip6d/loop.h"
#include "mip6d/transport.h"

struct driver {
	struct loop *loop;
	struct kernel *k;
	struct transport *t;
	struct loop_fd *in;
	char line[4096];
	size_t len;
	uint32_t serial; /* of the last keyed request */
	uint32_t done;   /* keyed requests answered */
	uint32_t failed;
	bool quiet;   /* no line for each answer */
	bool waiting; /* commands wait until all is answered */
	bool eof;     /* of the script */
	struct mtime burst_start;
};

/* ---- driver_print.c: what comes back, a line each ---- */

void driver_on_event(void *arg, const struct kernel_event *ev);
void driver_on_mh(void *arg, const struct packet *pkt);
void driver_on_icmp6(void *arg, const struct packet *pkt);
void driver_result(const char *what, int err);

/* ---- driver_args.c: options "name=value"; a bad one ends the program ---- */

void driver_bad(const char *what, const char *word) __attribute__((noreturn));
/* The value; NULL: there is none. */
const char *arg_text(char **words, const char *name);
struct in6_addr arg_addr(char **words, const char *name);
int arg_if(struct driver *d, char **words, const char *name);
uint32_t arg_u32(char **words, const char *name, uint32_t otherwise);
size_t arg_hex(char **words, uint8_t *buf, size_t size);
struct lladdr arg_lladdr(char **words, const char *name);
/* "rules=ACTION,PREFIX[,PROTOCOL[,PORT]][+...]"; how many. */
unsigned int arg_rules(char **words, struct kernel_rule *rules,
		       unsigned int max);
