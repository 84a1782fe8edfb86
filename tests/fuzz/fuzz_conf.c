/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration: any octets as a file's text. It is refused with at least
 * one line, or taken; what is taken is equal to itself.
 */
#include <stdlib.h>
#include <string.h>

#include "src/conf_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool truth)
{
	if (!truth)
		abort();
}

static void judge_rules(const struct conf *conf)
{
	unsigned int i;

	need(conf->cn.max_lifetime_s && conf->cn.max_lifetime_s <= 420);
	need(conf->cn.n_rules <= CONF_RULES_MAX);
	for (i = 0; i < conf->cn.n_rules; i++)
		need(conf->cn.rules[i].status >= 128 &&
		     conf_cn_action_str(conf->cn.rules[i].action));
	need(conf->mn.n_rules <= CONF_RULES_MAX);
	for (i = 0; i < conf->mn.n_rules; i++) {
		const struct conf_mn_rule *r = &conf->mn.rules[i];

		need(conf_mn_action_str(r->action) != NULL);
		need(!r->port || r->protocol == 6 || r->protocol == 17);
	}
}

static void judge(const struct conf *conf)
{
	unsigned int i;

	need(conf->ha.on || conf->mn.on || conf->cn.on);
	need((!conf->ha.on && !conf->mn.on) ==
	     (conf_weakest_security(conf) == CONF_SECURITY_UNSET));
	need(!conf->ha.on || conf->ha.n_links);
	need(!conf->mn.on || (conf->mn.n_interfaces && conf->mn.n_homes));
	need(conf->ctl_socket[0] == '/');
	need(conf->state_dir[0] == '/' || !conf->state_dir[0]);
	for (i = 0; i < conf->ha.n_links; i++) {
		const struct conf_home_link *l = &conf->ha.links[i];

		need(addr_is_routable(&l->address));
		need(prefix_contains(&l->prefix, &l->address));
		need(l->is_virtual == !l->ifname[0]);
	}
	for (i = 0; i < conf->mn.n_homes; i++) {
		need(addr_is_routable(&conf->mn.homes[i].address));
		need(addr_is_any(&conf->mn.homes[i].home_agent) ||
		     addr_is_routable(&conf->mn.homes[i].home_agent));
		need(conf->mn.homes[i].lifetime_s % 4 == 0);
	}
	judge_rules(conf);
	need(!conf_needs_restart(conf, conf));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *conf = NULL;
	struct conf_text t;
	char *said = NULL;
	size_t len = 0;
	FILE *err = open_memstream(&said, &len);
	int r;

	need(err != NULL);
	conf_text_init(&t);
	t.can_include = false;
	conf_text_add(&t, "fuzz", (const char *)data, size);
	r = conf_from_text(&t, err, &conf);
	conf_text_done(&t);
	fclose(err);
	need((r == 0) == (conf != NULL));
	need(r == 0 || len > 0);
	if (conf)
		judge(conf);
	conf_free(conf);
	free(said);
	return 0;
}
