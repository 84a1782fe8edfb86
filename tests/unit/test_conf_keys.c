/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which configuration wants keys of ESP, which files they come from, and what
 * is said where they cannot be had.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/ike.h"
#include "mip6d/keyfile.h"
#include "src/conf_priv.h"
#include "tests/unit/unit.h"

#define HA  "2001:db8:1::1"
#define HOA "2001:db8:1::100"
#define NODE                                            \
	"ipsec={keys=\"sa.conf\";ike=\"ike.conf\";};\n" \
	"mobile-node={interfaces=({name=\"eth0\";});"
#define AUTO NODE "home=\"auto\";};"
#define AGENT                                           \
	"ipsec={keys=\"sa.conf\";ike=\"ike.conf\";};\n" \
	"home-agent={links=({interface=\"eth0\";"       \
	"prefix=\"2001:db8:1::/64\";address=\"" HA "\";});};"
#define PAIR                                                      \
	"pairs=({home-address=\"" HOA "\";home-agent=\"" HA "\";" \
	"node=\"n\";agent=\"a\";"
#define SECRET PAIR "secret=\"00112233445566778899aabbccddeeff\";});"

static char dir[32], *said;
static struct conf *conf;

static char *path_of(const char *name)
{
	char *path;

	UNIT_NEED(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

static FILE *new_file(const char *name, mode_t mode)
{
	auto_free char *path = path_of(name);
	FILE *f = fopen(path, "we");

	UNIT_NEED(f != NULL);
	UNIT_EQ(fchmod(fileno(f), mode), 0);
	return f;
}

static void write_file(const char *name, mode_t mode, const char *text)
{
	FILE *f = new_file(name, mode);

	fputs(text, f);
	fclose(f);
}

static void write_keys_for(bool all)
{
	struct security_node node = { .n_sets = 1,
				      .has_protect = all,
				      .protect = SECURITY_ALL };
	struct security_set *set = &node.sets[0];
	struct security_keys keys = { &node, 1 };
	FILE *f = new_file("sa.conf", 0600);

	UNIT_NEED(!addr_parse(HA, &node.agent) && !addr_parse(HOA, &node.hoa));
	set->serial = 1;
	set->to_agent.spi = 0x1001;
	set->from_agent.spi = 0x1002;
	set->tunnel_to_agent.spi = 0x1003;
	set->tunnel_from_agent.spi = 0x1004;
	keyfile_write(f, &keys);
	fclose(f);
}

static void write_keys(void)
{
	write_keys_for(false);
}

static void setup(void)
{
	strcpy(dir, "/tmp/mip6d-keys-XXXXXX");
	UNIT_NEED(mkdtemp(dir) != NULL);
}

static void teardown(void)
{
	static const char *const names[] = { "conf", "sa.conf", "ike.conf",
					     "own" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *path = path_of(names[i]);

		remove(path);
	}
	rmdir(dir);
	conf = conf_free(conf);
	free(steal_ptr(said));
}

/* text, whose paths are names in dir; what is said stays in said. */
static int load(const char *text)
{
	auto_free char *path = path_of("conf");
	FILE *f = new_file("conf", 0644), *err;
	const char *p;
	size_t len;
	int r;

	for (p = text; *p; p++) {
		if (!strncmp(p, "\"sa.conf", 8) || !strncmp(p, "\"ike.conf", 9))
			fprintf(f, "\"%s/", dir);
		else
			putc(*p, f);
	}
	fclose(f);
	conf = conf_free(conf);
	free(steal_ptr(said));
	err = open_memstream(&said, &len);
	r = conf_load(path, err, &conf);
	fclose(err);
	return r;
}

/* SEC-3: who has no key hears what to run, also where home addresses are only
 * known later. */
static void who_has_no_keys_hears_what_to_run(void)
{
	static const char *const texts[] = {
		AUTO,
		AGENT,
		NODE "homes=({address=\"" HOA "/64\";});};",
		NODE "homes=({prefix=\"2001:db8:1::/64\";});};",
	};
	size_t i;

	setup();
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		UNIT_EQ(load(texts[i]), -EINVAL);
		CU_ASSERT(strstr(said, "mip6d-ctl sa generate") != NULL);
	}
	teardown();
}

static void keys_are_loaded_for_whom_they_may_be(void)
{
	static const char *const texts[] = {
		AUTO,
		AGENT,
		NODE "homes=({address=\"" HOA "/64\";});};",
		NODE "homes=({prefix=\"2001:db8:1::/64\";});};",
	};
	size_t i;

	setup();
	write_keys();
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		UNIT_EQ(load(texts[i]), 0);
		UNIT_STR(said, "");
		UNIT_NEED(conf != NULL);
		CU_ASSERT(conf->ipsec.sas != NULL);
	}
	teardown();
}

/* HA-108: what takes the direct path would be refused where keys want all in
 * the tunnel. */
static void keys_that_protect_all_leave_no_direct_path(void)
{
	static const struct {
		const char *text;
		bool good;
	} t[] = {
		{ AUTO, false },
		{ AGENT, true },
		{ NODE "homes=({address=\"" HOA "/64\";});};", false },
		{ NODE "homes=({prefix=\"2001:db8:1::/64\";});};", false },
		{ NODE "route-optimisation=false;homes=({address=\"" HOA
		       "/64\";});};",
		  true },
		{ NODE "homes=({address=\"" HOA
		       "/64\";security=\"insecure\";},{address=\"" HOA "1/64\";"
		       "security=\"insecure\";});};",
		  true },
	};
	size_t i;

	setup();
	write_keys_for(true);
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		UNIT_EQ(load(t[i].text), t[i].good ? 0 : -EINVAL);
		UNIT_EQ(strstr(said, "protect = \"all\" of " HOA) != NULL,
			!t[i].good);
	}
	teardown();
}

/* A home address that comes at run time may negotiate, too. */
static void pairs_may_wait_for_their_address(void)
{
	setup();
	write_file("ike.conf", 0600, SECRET);
	UNIT_EQ(load(AUTO), 0);
	UNIT_STR(said, "");
	UNIT_NEED(conf && conf->ipsec.pairs);
	UNIT_EQ(conf->ipsec.pairs->peers[0].end, IKE_NODE);
	teardown();
}

/* A file that is there and cannot be read is not the same as none: at a
 * reload all static keys would be given up. */
static void keys_that_cannot_be_read_are_a_mistake(void)
{
	auto_free char *path = NULL;

	setup();
	path = path_of("sa.conf");
	write_file("ike.conf", 0600, SECRET);
	UNIT_EQ(load(AGENT), 0);
	UNIT_EQ(mkdir(path, 0700), 0);
	UNIT_EQ(load(AGENT), -EINVAL);
	CU_ASSERT(strstr(said, "Is a directory") != NULL);
	UNIT_EQ(rmdir(path), 0);
	UNIT_EQ(mkfifo(path, 0600), 0);
	UNIT_EQ(load(AGENT), -EINVAL);
	CU_ASSERT(strstr(said, "sa.conf (No such device)") != NULL);
	teardown();
}

static void a_private_key_is_private(void)
{
	auto_free char *own = NULL, *text = NULL;

	setup();
	own = path_of("own");
	write_file("own", 0644, "octets");
	UNIT_NEED(asprintf(&text,
			   PAIR "certificate=\"%s\";key=\"%s\";"
				"authority=\"%s\";});",
			   own, own, own) > 0);
	write_file("ike.conf", 0600, text);
	UNIT_EQ(load(AGENT), -EINVAL);
	CU_ASSERT(strstr(said, "which others may read, expected mode 0600") !=
		  NULL);
	UNIT_EQ(chmod(own, 0600), 0);
	UNIT_EQ(load(AGENT), 0);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(keys_that_protect_all_leave_no_direct_path),
	UNIT_CASE(who_has_no_keys_hears_what_to_run),
	UNIT_CASE(keys_are_loaded_for_whom_they_may_be),
	UNIT_CASE(pairs_may_wait_for_their_address),
	UNIT_CASE(keys_that_cannot_be_read_are_a_mistake),
	UNIT_CASE(a_private_key_is_private),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "conf_keys", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
