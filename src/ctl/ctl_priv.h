/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of src/ctl share: the words of the protocol.
 */
#ifndef MIP6D_CTL_PRIV_H
#define MIP6D_CTL_PRIV_H

#include <jansson.h>
#include <stdio.h>

#include "mip6d/time.h"

/* Of the replies' shape.  New members do not change it. */
#define CTL_VERSION 1

/* X(command, what it shows, the function that dumps it) */
#define CTL_COMMANDS(X)                                                       \
	X("status", "what this mip6d is and does", ctl_dump_status)           \
	X("show bindings", "who is registered: the binding caches",           \
	  ctl_dump_bindings)                                                  \
	X("show bul", "the mobile node's binding update list", ctl_dump_bul)  \
	X("show interfaces", "the mobile node's interfaces and addresses",    \
	  ctl_dump_interfaces)                                                \
	X("show care-of", "which care-of address is used, and why",           \
	  ctl_dump_care_of)                                                   \
	X("show ro", "which correspondents are reached directly, and why",    \
	  ctl_dump_ro)                                                        \
	X("show rules", "rules of route optimisation, and their use",         \
	  ctl_dump_rules)                                                     \
	X("show policy", "who may register with the home agent, and who did", \
	  ctl_dump_policy)                                                    \
	X("show home-agents", "home agents, of home links and known",         \
	  ctl_dump_home_agents)                                               \
	X("show homes", "home addresses, and home agents that were met",      \
	  ctl_dump_homes)                                                     \
	X("show ra", "router advertisements of home links, and their flaws",  \
	  ctl_dump_ra)                                                        \
	X("show security", "what protects the signalling of each binding",    \
	  ctl_dump_security)                                                  \
	X("doctor", "what is wrong with mip6d and around it, what to do",  \
	  ctl_dump_doctor)                                                    \
	X("show counters", "messages, drops and refusals, counted by cause",  \
	  ctl_dump_counters)

/* X(command, its arguments, what it answers, the function, the client's
 * function that makes a request of the arguments) */
#define CTL_QUESTIONS(X)                                                 \
	X("renumber", "PREFIX [valid S] [preferred S] [on INTERFACE]",   \
	  "what a change of a home prefix would do; nothing is changed", \
	  ctl_ask_renumber, ctl_request_renumber)

/* The same of those that change something, in the daemon or on disk: what
 * stands here is refused to everybody but root, and logged. */
#define CTL_CHANGES(X)                                                        \
	X("home add", "ADDRESS/LENGTH|PREFIX [agent ADDRESS]",                \
	  "a home address is taken into use, or formed in the prefix",        \
	  ctl_change_home_add, ctl_request_home_add)                          \
	X("home remove", "ADDRESS", "a home address is given up",             \
	  ctl_change_home_remove, ctl_request_home_remove)                    \
	X("log-level", "LEVEL", "what is logged from now on, until a reload", \
	  ctl_change_log_level, ctl_request_log_level)

struct daemon;

/* The members that a reply has besides "ok", "version" and "cmd", as a new
 * object; or NULL with *ret_error set: why there is nothing to be shown;
 * NULL alone: out of memory.  Pure. */
typedef json_t *ctl_dump_fn(struct daemon *d, struct mtime now,
			    const char **ret_error);

ctl_dump_fn ctl_dump_status, ctl_dump_bindings, ctl_dump_bul,
	ctl_dump_interfaces, ctl_dump_care_of, ctl_dump_ro, ctl_dump_rules,
	ctl_dump_policy, ctl_dump_home_agents, ctl_dump_homes, ctl_dump_ra,
	ctl_dump_counters, ctl_dump_security;
/* (ctl_doctor.c) */
ctl_dump_fn ctl_dump_doctor;

/* The same of a command with arguments, which are members of the request. */
typedef json_t *ctl_ask_fn(struct daemon *d, const json_t *request,
			   struct mtime now, const char **ret_error);

ctl_ask_fn ctl_ask_renumber;
/* (ctl_change.c) */
ctl_ask_fn ctl_change_log_level;
/* (ctl_dump_homes.c) */
ctl_ask_fn ctl_change_home_add, ctl_change_home_remove;

/* ---- the client ---- */

/* Writes a good reply to a command as text.  -EPROTO when the reply is not
 * what the command should give. */
int ctl_text(FILE *out, const json_t *reply, bool colour);

/* The same of one command (ctl_text_ro.c). */
typedef int ctl_text_fn(FILE *out, const json_t *r, bool colour);
ctl_text_fn ctl_text_bindings, ctl_text_ro, ctl_text_rules;
/* (ctl_text_disc.c) */
ctl_text_fn ctl_text_home_agents, ctl_text_ra, ctl_text_renumber;

/* (ctl_text_doctor.c) */
ctl_text_fn ctl_text_doctor;
/* (ctl_text_security.c) */
ctl_text_fn ctl_text_security;

/* (ctl_text_change.c) */
ctl_text_fn ctl_text_log_level;
/* (ctl_text_policy.c) */
ctl_text_fn ctl_text_policy;
/* (ctl_text_homes.c) */
ctl_text_fn ctl_text_homes, ctl_text_home_add, ctl_text_home_remove;

/* The arguments behind a command as a request without its newline, malloc'ed;
 * NULL: they make no sense. */
typedef char *ctl_request_fn(int argc, char **argv);
ctl_request_fn ctl_request_renumber, ctl_request_log_level;
ctl_request_fn ctl_request_home_add, ctl_request_home_remove;

#endif
