/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6d-ctl sa: what ctl_sa.c (commands) and ctl_sa_file.c (files) share.
 */
#ifndef MIP6D_CTL_SA_H
#define MIP6D_CTL_SA_H

#include "mip6d/keyfile.h"

/* The command behind "sa".  An exit status: 0, 1 (refused, said why), 2
 * (usage), 5 (files). */
int ctl_sa(int argc, char **argv);

/* DIR/sa.conf, and that of one node's bundle, DIR/nodes/HOME/. */
char *ctl_sa_path(const char *dir);
char *ctl_sa_node_dir(const char *dir, const struct in6_addr *hoa);

/* Waits until nobody else changes what is in DIR, which may be made, and keeps
 * others waiting until the descriptor is closed.  -errno, said. */
int ctl_sa_lock(const char *dir, bool may_make);
/* The keys of DIR/sa.conf; *ret_keys is empty when there is no such file and
 * may_miss.  0 or -errno, with the reason on stderr. */
int ctl_sa_load(const char *dir, bool may_miss,
		struct security_keys **ret_keys);
/* Writes DIR/sa.conf, whole or not at all.  0 or -errno, said. */
int ctl_sa_save(const char *dir, const struct security_keys *keys);
/* Writes the bundle of a home address: its keys with all its agents, as its
 * own end uses them, and a configuration to begin with. */
int ctl_sa_save_bundle(const char *dir, const struct security_keys *keys,
		       const struct in6_addr *hoa);

#endif
