/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of static keys: what is written is read again, and each mistake is
 * told by its line, without a digit of a key.
 */
#include "mip6d/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "tests/unit/unit.h"

static struct security_node nodes[2];

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static void fill_sa(struct security_sa *sa, uint32_t spi)
{
	sa->spi = spi;
	sa->esp.cipher = spi & 1 ? KERNEL_AES128_CBC : KERNEL_AES256_CBC;
	sa->esp.auth = spi & 1 ? KERNEL_HMAC_SHA256_128
			       : KERNEL_HMAC_SHA512_256;
	memset(sa->esp.cipher_key, (int)(spi & 0xff),
	       keyfile_cipher_len(sa->esp.cipher));
	memset(sa->esp.auth_key, (int)(spi >> 8 & 0xff),
	       keyfile_auth_len(sa->esp.auth));
}

static void fill_set(struct security_set *s, uint32_t serial)
{
	s->serial = serial;
	fill_sa(&s->to_agent, 0xfedc0000 + serial * 16 + 1);
	fill_sa(&s->from_agent, 0x12340000 + serial * 16 + 2);
	fill_sa(&s->tunnel_to_agent, 0x12340000 + serial * 16 + 3);
	fill_sa(&s->tunnel_from_agent, 0x12340000 + serial * 16 + 4);
}

static char *written(void)
{
	struct security_keys keys = { nodes, 2 };
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	UNIT_NEED(f != NULL);
	memset(nodes, 0, sizeof(nodes));
	nodes[0].hoa = addr("2001:db8:1::100");
	nodes[1].hoa = addr("2001:db8:1::200");
	nodes[0].agent = nodes[1].agent = addr("2001:db8:1::1");
	nodes[0].n_sets = 2;
	nodes[0].send = 1;
	nodes[1].n_sets = 1;
	nodes[1].has_protect = true;
	nodes[1].protect = SECURITY_ALL;
	fill_set(&nodes[0].sets[0], 1);
	fill_set(&nodes[0].sets[1], 2);
	fill_set(&nodes[1].sets[0], 7);
	keyfile_write(f, &keys);
	fclose(f);
	return text;
}

/* What is said about the text; the keys when it is right. */
static char *judge(const char *text, struct security_keys **ret)
{
	char *said;
	size_t len;
	FILE *f = open_memstream(&said, &len);
	int err;

	UNIT_NEED(f != NULL);
	*ret = NULL;
	err = keyfile_parse("k", text, strlen(text), f, ret);
	fclose(f);
	UNIT_EQ(err, *said ? -EINVAL : 0);
	return said;
}

static void what_is_written_is_read(void)
{
	auto_free char *text = written();
	struct security_keys *keys;
	auto_free char *said = judge(text, &keys);

	UNIT_STR(said, "");
	UNIT_NEED(keys != NULL);
	UNIT_EQ(keys->n_nodes, 2);
	UNIT_EQ(memcmp(keys->nodes, nodes, sizeof(nodes)), 0);
	CU_ASSERT(security_find(keys, &nodes[1].hoa, &nodes[1].agent) ==
		  &keys->nodes[1]);
	CU_ASSERT(!security_find(keys, &nodes[1].agent, &nodes[1].hoa));
	security_keys_free(keys);
}

/* The first occurrence of a text in the file that is written, replaced. */
static char *changed(const char *from, const char *to)
{
	auto_free char *text = written();
	char *p = strstr(text, from), *out;

	UNIT_NEED(p != NULL);
	UNIT_NEED(asprintf(&out, "%.*s%s%s", (int)(p - text), text, to,
			   p + strlen(from)) > 0);
	return out;
}

static const struct {
	const char *from, *to, *said;
} mistakes[] = {
	{ "2001:db8:1::100", "2001:db8:1::1xx",
	  "k:6: found another text, expected home = \"ADDRESS\", a routable "
	  "IPv6 address\n" },
	{ "2001:db8:1::100", "2001:db8:1::200",
	  "k:1: found home = \"2001:db8:1::200\" with agent = "
	  "\"2001:db8:1::1\" twice, expected it once\n" },
	{ "send = 2", "send = 3",
	  "k:8: found send = 3, expected the serial of one of its sets\n" },
	{ "send = 2", "sent = 2",
	  "k:8: found the unknown name \"sent\", expected one like \"home\"\n" },
	{ "aes128-cbc", "aes128-ctr",
	  "k:12: found another encryption, expected \"aes128-cbc\" or "
	  "\"aes256-cbc\" (others are not safe with keys that stay)\n" },
	{ "spi = 0xfedc0011L", "spi = 255",
	  "k:13: found another spi, expected a number from 256 to "
	  "4294967295\n" },
	{ "encryption-key = \"1111", "encryption-key = \"111x",
	  "k:15: found another encryption-key, expected 32 hexadecimal digits "
	  "(0-9, a-f) in quotes\n" },
	{ "integrity-key = \"0000", "integrity-key = \"00",
	  "k:17: found another integrity-key, expected 64 hexadecimal digits "
	  "(0-9, a-f) in quotes\n" },
	{ "send = 2", "protect = \"some\"; send = 2",
	  "k:8: found another protect, expected \"signalling\", \"tests\" or "
	  "\"all\"\n" },
	{ "nodes = (", "nodes = ( 7,", NULL },
	{ "nodes = (", "nodes = {", NULL },
	{ ");\n", "", NULL },
	{ "serial = 2", "serial = 1", NULL },
	{ "from-agent = {", "from-agent2 = {", NULL },
};

static void each_mistake_is_said(void)
{
	struct security_keys *keys;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		auto_free char *text =
			changed(mistakes[i].from, mistakes[i].to);
		auto_free char *said = judge(text, &keys);

		CU_ASSERT(!keys);
		if (mistakes[i].said)
			UNIT_STR(said, mistakes[i].said);
		else
			CU_ASSERT(strstr(said, "expected") != NULL);
		/* Keys are runs of one octet here. */
		CU_ASSERT(!strstr(said, "1111") && !strstr(said, "3434"));
	}
}

/* RFC 4301 section 4.4.2: one SPI at one end names one association. */
static void an_spi_stands_once_at_each_end(void)
{
	auto_free char *text =
		changed("spi = 0x12340013L", "spi = 0xfedc0011L");
	struct security_keys *keys;
	auto_free char *said = judge(text, &keys);

	UNIT_STR(said, "k:5: found spi = 0xfedc0011 twice at 2001:db8:1::1, "
		       "expected each once\n");
}

/* Whoever can read it can be each of its nodes. */
static void others_must_not_read_it(void)
{
	char path[] = "/tmp/mip6d-keyfile-XXXXXX";
	auto_free char *text = written();
	struct security_keys *keys = NULL;
	auto_free char *said = NULL;
	int fd = mkstemp(path);
	size_t len;
	FILE *f = open_memstream(&said, &len);

	UNIT_NEED(fd >= 0 && f);
	UNIT_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	chmod(path, 0644);
	UNIT_EQ(keyfile_read(path, f, &keys), -EINVAL);
	chmod(path, 0640);
	UNIT_EQ(keyfile_read(path, f, &keys), -EINVAL);
	chmod(path, 0600);
	UNIT_EQ(keyfile_read(path, f, &keys), 0);
	fclose(f);
	unlink(path);
	CU_ASSERT(strstr(said, "found mode 0644, expected 0600") != NULL);
	UNIT_NEED(keys != NULL);
	UNIT_EQ(keys->n_nodes, 2);
	security_keys_free(keys);
	UNIT_EQ(keyfile_read("/nonexistent/sa.conf", stdout, &keys), -ENOENT);
}

static const struct unit_case cases[] = {
	UNIT_CASE(what_is_written_is_read),
	UNIT_CASE(each_mistake_is_said),
	UNIT_CASE(an_spi_stands_once_at_each_end),
	UNIT_CASE(others_must_not_read_it),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "keyfile", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
