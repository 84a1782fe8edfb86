/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6d-ctl sa: which keys the agent's file and the nodes' bundles hold.
 */
#include "src/ctl/ctl_sa.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "tests/unit/unit.h"

#define HA   "2001:db8:1::1"
#define HA2  "2001:db8:1::2"
#define HOA  "2001:db8:1::100"
#define HOA2 "2001:db8:1::200"

static char dir[64];

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void setup(void)
{
	strcpy(dir, "/tmp/mip6d-ctl-sa-XXXXXX");
	UNIT_NEED(mkdtemp(dir) != NULL);
}

static void teardown(void)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* mip6d-ctl sa WORDS in DIR, silently. */
static int run(const char *words)
{
	char copy[256], *argv[16], *word;
	int argc = 0, status, out = dup(1), err = dup(2);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	snprintf(copy, sizeof(copy), "%s in %s", words, dir);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	fflush(stdout);
	dup2(null, 1);
	dup2(null, 2);
	status = ctl_sa(argc, argv);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	close(null);
	return status;
}

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

/* NULL: of the agent; caller frees. */
static struct security_keys *keys_of(const char *hoa)
{
	struct in6_addr a = addr(hoa ? hoa : HOA);
	auto_free char *node = ctl_sa_node_dir(dir, &a);
	struct security_keys *keys = NULL;

	UNIT_NEED(node != NULL);
	UNIT_EQ(ctl_sa_load(hoa ? node : dir, false, &keys), 0);
	UNIT_NEED(keys != NULL);
	return keys;
}

static const struct security_node *node_of(const struct security_keys *keys,
					   const char *hoa, const char *ha)
{
	struct in6_addr h = addr(hoa), a = addr(ha);
	const struct security_node *node = security_find(keys, &h, &a);

	UNIT_NEED(node != NULL);
	return node;
}

static void both_ends_have_the_same_keys(void)
{
	struct security_keys *agents, *own;
	const struct security_node *a, *n;

	setup();
	UNIT_EQ(run("generate " HA " " HOA " " HOA2), 0);
	agents = keys_of(NULL);
	own = keys_of(HOA2);
	UNIT_EQ(agents->n_nodes, 2);
	UNIT_EQ(own->n_nodes, 1);
	a = node_of(agents, HOA2, HA);
	n = node_of(own, HOA2, HA);
	CU_ASSERT(!memcmp(a->sets, n->sets, sizeof(a->sets)));
	security_keys_free(agents);
	security_keys_free(own);
	teardown();
}

/* Nobody has keys twice, and then nothing is written. */
static void who_has_keys_is_refused(void)
{
	struct security_keys *agents;

	setup();
	UNIT_EQ(run("generate " HA " " HOA), 0);
	UNIT_EQ(run("generate " HA " " HOA2 " " HOA), 1);
	UNIT_EQ(run("generate " HA " " HOA2 " " HOA2), 1);
	UNIT_EQ(run("generate " HA " " HA), 2);
	UNIT_EQ(run("generate " HA), 2);
	UNIT_EQ(run("rotate " HOA2), 1);
	agents = keys_of(NULL);
	UNIT_EQ(agents->n_nodes, 1);
	security_keys_free(agents);
	teardown();
}

/* A node with two agents has the keys of both in its bundle, whatever is done
 * with either. */
static void a_bundle_has_all_agents(void)
{
	struct security_keys *own;

	setup();
	UNIT_EQ(run("generate " HA " " HOA), 0);
	UNIT_EQ(run("rotate " HOA), 0);
	UNIT_EQ(run("generate " HA2 " " HOA), 0);
	own = keys_of(HOA);
	UNIT_EQ(own->n_nodes, 2);
	UNIT_EQ(node_of(own, HOA, HA)->n_sets, 2);
	UNIT_EQ(node_of(own, HOA, HA)->send, 1);
	UNIT_EQ(node_of(own, HOA, HA2)->n_sets, 1);
	security_keys_free(own);
	UNIT_EQ(run("finish"), 0);
	own = keys_of(HOA);
	UNIT_EQ(own->n_nodes, 2);
	UNIT_EQ(node_of(own, HOA, HA)->n_sets, 1);
	UNIT_EQ(node_of(own, HOA, HA)->sets[0].serial, 2);
	security_keys_free(own);
	teardown();
}

static void the_agent_sends_with_the_old_keys_until_the_end(void)
{
	struct security_keys *before, *agents, *own;

	setup();
	UNIT_EQ(run("generate " HA " " HOA " " HOA2), 0);
	before = keys_of(NULL);
	UNIT_EQ(run("rotate " HOA), 0);
	UNIT_EQ(run("rotate " HOA), 1);
	agents = keys_of(NULL);
	own = keys_of(HOA);
	UNIT_EQ(node_of(agents, HOA2, HA)->n_sets, 1);
	UNIT_EQ(node_of(agents, HOA, HA)->n_sets, 2);
	UNIT_EQ(node_of(agents, HOA, HA)->send, 0);
	UNIT_EQ(node_of(own, HOA, HA)->send, 1);
	CU_ASSERT(!memcmp(&node_of(agents, HOA, HA)->sets[0],
			  &node_of(before, HOA, HA)->sets[0],
			  sizeof(struct security_set)));
	security_keys_free(before);
	security_keys_free(agents);
	security_keys_free(own);
	teardown();
}

/* Others take SPIs, too: those by hand, charon, and a tunnel's association is
 * known by three of the octets. */
static void spis_keep_out_of_the_way(void)
{
	char words[128] = "generate " HA;
	struct security_keys *agents;
	unsigned int i, j;

	setup();
	for (i = 0; i < 100; i++) {
		snprintf(words, sizeof(words), "generate " HA " 2001:db8:2::%x",
			 i + 1);
		UNIT_EQ(run(words), 0);
	}
	agents = keys_of(NULL);
	UNIT_EQ(agents->n_nodes, 100);
	for (i = 0; i < agents->n_nodes; i++) {
		uint32_t spi = agents->nodes[i].sets[0].tunnel_from_agent.spi;

		CU_ASSERT(spi >= 0x10000 && spi >> 28 != 0xc);
		for (j = 0; j < i; j++)
			CU_ASSERT(security_reqid_tunnel(&agents->nodes[i]) !=
				  security_reqid_tunnel(&agents->nodes[j]));
	}
	security_keys_free(agents);
	teardown();
}

/* Two at a time do not lose each other's keys. */
static void one_at_a_time(void)
{
	struct security_keys *agents;
	char words[128];
	int i, status;

	setup();
	for (i = 0; i < 12; i++) {
		if (fork())
			continue;
		snprintf(words, sizeof(words), "generate " HA " 2001:db8:2::%x",
			 i + 1);
		_exit(run(words));
	}
	for (i = 0; i < 12; i++) {
		UNIT_NEED(wait(&status) > 0);
		UNIT_EQ(status, 0);
	}
	agents = keys_of(NULL);
	UNIT_EQ(agents->n_nodes, 12);
	security_keys_free(agents);
	teardown();
}

/* What cannot be written whole takes nobody's place. */
static void no_half_file_is_left(void)
{
	struct security_keys *agents;
	int status;

	setup();
	UNIT_EQ(run("generate " HA " " HOA " " HOA2), 0);
	if (!fork()) {
		struct rlimit small = { 2000, 2000 };

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		_exit(run("rotate"));
	}
	UNIT_NEED(wait(&status) > 0);
	UNIT_EQ(WEXITSTATUS(status), 5);
	agents = keys_of(NULL);
	UNIT_EQ(agents->n_nodes, 2);
	UNIT_EQ(agents->nodes[0].n_sets, 1);
	security_keys_free(agents);
	agents = keys_of(HOA);
	UNIT_EQ(agents->nodes[0].n_sets, 1);
	security_keys_free(agents);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(both_ends_have_the_same_keys),
	UNIT_CASE(who_has_keys_is_refused),
	UNIT_CASE(a_bundle_has_all_agents),
	UNIT_CASE(the_agent_sends_with_the_old_keys_until_the_end),
	UNIT_CASE(spis_keep_out_of_the_way),
	UNIT_CASE(one_at_a_time),
	UNIT_CASE(no_half_file_is_left),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ctl_sa", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
