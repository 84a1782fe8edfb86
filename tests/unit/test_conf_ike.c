/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of pairs that negotiate their keys: what stands in it, which end
 * we are, and what is said about a wrong one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mip6d/ike.h"
#include "src/conf_priv.h"
#include "tests/unit/unit.h"

#define ADDRS \
	"home-address = \"2001:db8:1::100\"; home-agent = \"2001:db8:1::1\"; "
#define IDS    "node = \"mn@x\"; agent = \"ha@x\"; "
#define SECRET "secret = \"00112233445566778899aabbccddeeff\"; "
#define PAIR   "{ " ADDRS IDS SECRET "}"

static struct conf_mn_home home;
static struct conf_home_link link_;
static struct conf conf;

static void node(void)
{
	memset(&conf, 0, sizeof(conf));
	memset(&home, 0, sizeof(home));
	addr_parse("2001:db8:1::100", &home.address);
	conf.mn.on = true;
	conf.mn.homes = &home;
	conf.mn.n_homes = 1;
}

static void agent(void)
{
	memset(&conf, 0, sizeof(conf));
	memset(&link_, 0, sizeof(link_));
	addr_parse("2001:db8:1::1", &link_.address);
	conf.ha.on = true;
	conf.ha.links = &link_;
	conf.ha.n_links = 1;
}

/* What is said about text, "" for nothing. */
static const char *said(const char *text, struct ike_conf **ret)
{
	static char *buf;
	struct conf_text t;
	size_t len;
	FILE *f;

	free(buf);
	f = open_memstream(&buf, &len);
	conf_text_init(&t);
	conf_ike_add(&t, "ike.conf", text, strlen(text));
	*ret = conf_ike_read(&t, &conf);
	conf_text_report(&t, f);
	fclose(f);
	conf_text_done(&t);
	return buf;
}

static void right(void)
{
	struct ike_conf *ike;

	node();
	UNIT_STR(said("pairs = ( " PAIR " );", &ike), "");
	UNIT_NEED(ike && ike->n_peers == 1);
	UNIT_EQ(ike->peers[0].end, IKE_NODE);
	UNIT_STR(ike->peers[0].node_id, "mn@x");
	UNIT_STR(ike->peers[0].agent_id, "ha@x");
	UNIT_HEX(ike->peers[0].secret, ike->peers[0].secret_len,
		 "00112233445566778899aabbccddeeff");
	ike_conf_free(ike);
	agent();
	UNIT_STR(
		said("pairs = ( " PAIR ", { home-address = "
		     "\"2001:db8:1::200\"; home-agent = \"2001:db8:1::1\"; " IDS
			     SECRET "} );",
		     &ike),
		"");
	UNIT_NEED(ike && ike->n_peers == 2);
	UNIT_EQ(ike->peers[1].end, IKE_AGENT);
	ike_conf_free(ike);
	UNIT_STR(said("pairs = ( );", &ike), "");
	UNIT_EQ(ike->n_peers, 0);
	ike_conf_free(ike);
}

static void wrong(void)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "", "ike.conf:1: found no list of pairs" },
		{ "pairs = 1;", "ike.conf:1: found no list of pairs" },
		{ "pairs = ( 1 );", "ike.conf:1: found no group" },
		{ "\npairs = ( { ", "ike.conf:2: found syntax error" },
		{ "pairs = ( { " IDS SECRET "} );",
		  "ike.conf:1: found a pair without home-address" },
		{ "pairs = ( {\n" ADDRS IDS "} );",
		  "found a pair without secret or certificate" },
		{ "pairs = ( { " ADDRS SECRET "node = \"\"; agent = \"a\"; } "
		  ");",
		  "found node = \"\", expected a name" },
		{ "pairs = ( { " ADDRS SECRET "node = \"*\"; agent = \"a\"; } "
		  ");",
		  "found node = \"*\", expected a name" },
		{ "pairs = ( { " ADDRS SECRET "node = \"a b\"; agent = \"a\"; "
		  "} );",
		  "found node = \"a b\", expected a name" },
		{ "pairs = ( { " ADDRS SECRET "node = 3; agent = \"a\"; } );",
		  "found node, expected a text" },
		{ "pairs = ( { " ADDRS IDS "secret = \"0011\"; } );",
		  "found a secret that is none" },
		{ "pairs = ( { " ADDRS IDS
		  "secret = \"00112233445566778899aabbccddeefg\"; } );",
		  "found a secret that is none" },
		{ "pairs = ( { " ADDRS IDS
		  "secret = \"00112233445566778899aabbccddeeff0\"; } );",
		  "found a secret that is none" },
		{ "pairs = ( { " ADDRS IDS "certificate = \"/nowhere\"; key = "
		  "\"k\"; authority = \"/dev/null\"; } );",
		  "found certificate = \"/nowhere\", expected the absolute" },
		{ "pairs = ( { " ADDRS IDS SECRET "colour = 1; } );",
		  "found colour, expected home-address" },
		{ "pairs = ( " PAIR ", " PAIR " );",
		  "a second time, expected it once" },
		{ "pairs = ( { home-address = \"ff02::1\"; home-agent = "
		  "\"x\"; " IDS SECRET "} );",
		  "found home-agent = \"x\", expected an IPv6 address" },
		{ "pairs = ( { home-address = \"2001:db8:1::101\"; home-agent "
		  "= \"2001:db8:1::1\"; " IDS SECRET "} );",
		  "expected a home address of this mobile node" },
	};
	struct ike_conf *ike;
	const char *text;
	size_t i;

	node();
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text = said(cases[i].text, &ike);
		if (!strstr(text, cases[i].said))
			UNIT_STR(text, cases[i].said);
		/* A secret is never shown. */
		CU_ASSERT_PTR_NULL(strstr(text, "00112233"));
		ike_conf_free(ike);
	}
}

static void files(void)
{
	char path[] = "/tmp/test_conf_ike.XXXXXX", *buf = NULL;
	int fd = mkstemp(path);
	size_t len;
	FILE *f = open_memstream(&buf, &len);

	UNIT_NEED(fd >= 0 && f);
	node();
	strcpy(conf.ipsec.ike, "/nowhere/ike.conf");
	UNIT_EQ(conf_ike_load(&conf, f), 0);
	CU_ASSERT_PTR_NULL(conf.ipsec.pairs);
	strcpy(conf.ipsec.ike, path);
	UNIT_EQ(write(fd, "pairs = ( );", 12), 12);
	UNIT_EQ(conf_ike_load(&conf, f), 0);
	conf.ipsec.pairs = ike_conf_free(conf.ipsec.pairs);
	fflush(f);
	UNIT_EQ(len, 0);
	/* What others may read is no secret. */
	UNIT_EQ(fchmod(fd, 0640), 0);
	UNIT_EQ(conf_ike_load(&conf, f), -EINVAL);
	conf.ipsec.pairs = ike_conf_free(conf.ipsec.pairs);
	fflush(f);
	CU_ASSERT_PTR_NOT_NULL(strstr(buf, "expected mode 0600"));
	fclose(f);
	free(buf);
	close(fd);
	unlink(path);
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(right),
		UNIT_CASE(wrong),
		UNIT_CASE(files),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "conf_ike", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
