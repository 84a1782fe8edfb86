/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.h in memory: the machine as a test says it is.
 */
#include <errno.h>
#include <string.h>

#include "mip6d/look.h"
#include "tests/fake/fake_priv.h"

struct fake_look fake_look;

int look_sysctl(const char *path, int *ret_value)
{
	unsigned int i;

	for (i = 0; i < fake_look.n_sysctls; i++)
		if (!strcmp(fake_look.sysctls[i].path, path)) {
			*ret_value = fake_look.sysctls[i].value;
			return 0;
		}
	return -ENOENT;
}

int look_file(const char *path, struct look_file *ret_file)
{
	unsigned int i;

	for (i = 0; i < fake_look.n_files; i++)
		if (!strcmp(fake_look.files[i].path, path)) {
			*ret_file = fake_look.files[i].file;
			return 0;
		}
	return -ENOENT;
}

void look_watched(struct kernel *k, kernel_event_fn *fn, void *arg)
{
	struct kernel_event ev;
	unsigned int i;

	for (i = 0; k && i < k->n_links; i++) {
		ev = (struct kernel_event){ .type = KERNEL_LINK };
		ev.link = k->links[i];
		fn(arg, &ev);
	}
	for (i = 0; k && i < k->n_addrs; i++) {
		ev = (struct kernel_event){ .type = KERNEL_ADDR };
		ev.addr = k->addrs[i];
		fn(arg, &ev);
	}
	for (i = 0; k && i < k->n_routers; i++) {
		ev = (struct kernel_event){ .type = KERNEL_ROUTER };
		ev.router = k->routers[i];
		fn(arg, &ev);
	}
}

int look_rules(struct kernel *k, look_rule_fn *fn, void *arg)
{
	unsigned int i;

	(void)k;
	for (i = 0; i < fake_look.n_rules; i++)
		fn(arg, &fake_look.rules[i]);
	return fake_look.err;
}

int look_policies(struct kernel *k, look_policy_fn *fn, void *arg)
{
	unsigned int i;

	(void)k;
	for (i = 0; i < fake_look.n_policies; i++)
		fn(arg, &fake_look.policies[i]);
	return fake_look.err;
}
