/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of keys (RFC 4285): what is read from it, each mistake in it, who
 * may read it, and that a key is told to nobody.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mip6d/auth.h"
#include "mip6d/cleanup.h"
#include "src/conf_priv.h"
#include "tests/unit/unit.h"

#define KEY   "00112233445566778899aabbccddeeff"
#define KEY_2 "FFEEDDCCBBAA99887766554433221100"
#define ALICE "identity=\"alice@example.org\";spi=1000;key=\"" KEY "\";"
#define BOB   "identity=\"bob@example.org\";spi=1000;key=\"" KEY_2 "\";"
#define HOME  "home-addresses=[\"2001:db8:1::100\"];"
#define CONF(security, home)                                                   \
	"security=\"" security "\";\nauthentication-keys=\"DIR/keys\";\n"      \
	"mobile-node={interfaces=({name=\"eth0\";});homes=(\n{address=\"" home \
	"/64\";home-agent=\"2001:db8:1::1\";});};"
#define FORMED(prefix)                                                          \
	"security=\"rfc4285\";\nauthentication-keys=\"DIR/keys\";\n"            \
	"mobile-node={interfaces=({name=\"eth0\";});homes=(\n{prefix=\"" prefix \
	"\";});};"

static char dir[32];

static void write_file(const char *name, const char *text, mode_t mode)
{
	auto_free char *path = NULL;
	FILE *f;

	UNIT_NEED(asprintf(&path, "%s/%s", dir, name) > 0);
	unlink(path);
	f = fopen(path, "we");
	UNIT_NEED(f != NULL);
	fputs(text, f);
	fclose(f);
	UNIT_EQ(chmod(path, mode), 0);
}

static char *replaced(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from), *out = NULL;

	UNIT_NEED(at != NULL);
	*at = '\0';
	UNIT_NEED(asprintf(&out, "%s%s%s", text, to, at + strlen(from)) > 0);
	free(text);
	return out;
}

/* What conf_load says, with the folder's name cut out; *ret_conf is NULL
 * when it refuses. */
static char *load_conf(const char *conf_text, struct conf **ret_conf)
{
	auto_free char *path = NULL, *said = NULL;
	auto_free char *text = replaced(strdup(conf_text), "DIR", dir);
	char *out, *from, *at, *to;
	size_t len;
	FILE *err = open_memstream(&said, &len);
	int r;

	write_file("conf", text, 0644);
	UNIT_NEED(asprintf(&path, "%s/conf", dir) > 0);
	*ret_conf = NULL;
	r = conf_load(path, err, ret_conf);
	fclose(err);
	UNIT_EQ(r, *ret_conf ? 0 : -EINVAL);
	out = to = calloc(1, len + 1);
	UNIT_NEED(out != NULL);
	for (from = said; (at = strstr(from, dir)); from = at + strlen(dir) + 1)
		to = mempcpy(to, from, (size_t)(at - from));
	strcpy(to, from);
	return out;
}

static char *load(const char *keys, mode_t mode, struct conf **ret_conf)
{
	if (keys)
		write_file("keys", keys, mode);
	return load_conf(CONF("rfc4285", "2001:db8:1::100"), ret_conf);
}

/* The file of keys is refused with these lines. */
static void refuse(const char *keys, const char *want)
{
	struct conf *conf;
	auto_free char *said = load(keys, 0600, &conf);

	UNIT_STR(said, want);
	CU_ASSERT_PTR_NULL(conf);
	conf_free(conf);
}

/* ---- what is read ---- */

/* AUTH-14 (an index from 256 on). */
static void values_arrive(void)
{
	struct conf *conf;
	auto_free char *said = load(
		"nodes=({" ALICE HOME "},\n"
		"{identity=\"alice@example.org\";spi=4294967295;\n"
		" key : \"" KEY_2 "\"; home-addresses=[\"2001:db8:1::/64\"];\n"
		" timestamps=false; clock-window=4; trusted-network=true;},"
		"{identity=\"a@b\";spi=256;key=\"" KEY "\";\n"
		"home-addresses=(\"2001:db8:7::1\",\"2001:db8:7:1::/64\");});",
		0600, &conf);
	static const uint8_t key[] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55,
				       0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
				       0xcc, 0xdd, 0xee, 0xff };
	const struct auth_sa *sa;

	UNIT_STR(said, "");
	UNIT_NEED(conf != NULL);
	UNIT_NEED(conf->auth && conf->auth->n_sas == 3);
	CU_ASSERT_PTR_EQUAL(conf->mn.auth, conf->auth);
	CU_ASSERT_PTR_EQUAL(conf->ha.auth, conf->auth);
	sa = conf->auth->sas;
	UNIT_STR(sa[0].nai, "alice@example.org");
	UNIT_EQ(sa[0].spi, 1000);
	UNIT_MEM(sa[0].key, 16, key, 16);
	UNIT_EQ(sa[0].n_homes, 1);
	UNIT_STR(prefix_str(&sa[0].homes[0]), "2001:db8:1::100/128");
	CU_ASSERT_TRUE(sa[0].timestamps && !sa[0].trusted_network);
	UNIT_EQ(sa[0].clock_window_s, 7);
	UNIT_EQ(sa[1].spi, 4294967295);
	UNIT_HEX(sa[1].key, 16, "ffeeddccbbaa99887766554433221100");
	CU_ASSERT_TRUE(!sa[1].timestamps && sa[1].trusted_network);
	UNIT_EQ(sa[1].clock_window_s, 4);
	UNIT_EQ(sa[2].n_homes, 2);
	UNIT_EQ(sa[2].spi, 256);
	conf_free(conf);
}

static char *example(const char *name)
{
	const char *src = getenv("top_srcdir");
	auto_free char *path = NULL;
	char *text = calloc(1, 65536);
	FILE *f;

	UNIT_NEED(asprintf(&path, "%s/etc/examples/rfc4285/%s", src ? src : ".",
			   name) > 0);
	f = fopen(path, "re");
	UNIT_NEED(f && text);
	UNIT_NEED(fread(text, 1, 65535, f) > 0);
	fclose(f);
	return text;
}

/* The examples fit together. */
static void the_examples_are_right(void)
{
	static const char *const names[] = { "home-agent.conf",
					     "mobile-node.conf" };
	auto_free char *keys = example("authentication.keys");
	size_t i;

	write_file("keys", keys, 0600);
	for (i = 0; i < 2; i++) {
		auto_free char *text =
			replaced(example(names[i]),
				 "/etc/mip6d/authentication.keys", "DIR/keys");
		struct conf *conf;
		auto_free char *said = load_conf(text, &conf);

		UNIT_STR(said, "");
		UNIT_NEED(conf && conf->auth);
		UNIT_STR(conf->auth->sas[0].nai, "alice@example.org");
		conf_free(conf);
	}
}

/* ---- who may read it ---- */

static void others_must_not_read_it(void)
{
	static const mode_t modes[] = { 0644, 0640, 0604, 0601, 0620, 0660 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		auto_free char *want = NULL, *said = NULL;
		struct conf *conf;

		said = load("nodes=({" ALICE HOME "});", modes[i], &conf);
		UNIT_NEED(asprintf(&want,
				   "conf:2: found authentication-keys = "
				   "\"keys\" (mode %04o), expected mode 0600, "
				   "for nobody else may know the keys\n",
				   modes[i]) > 0);
		UNIT_STR(said, want);
		CU_ASSERT_PTR_NULL(conf);
		conf_free(conf);
	}
}

static void it_has_to_be_a_file(void)
{
	auto_free char *none = NULL, *folder = NULL, *path = NULL;
	struct conf *conf;

	UNIT_NEED(asprintf(&path, "%s/keys", dir) > 0);
	unlink(path);
	none = load(NULL, 0, &conf);
	UNIT_STR(none, "conf:2: found authentication-keys = \"keys\" (No such "
		       "file or directory), expected a file that mip6d can "
		       "read\n");
	UNIT_EQ(mkdir(path, 0700), 0);
	folder = load(NULL, 0, &conf);
	UNIT_STR(folder, "conf:2: found authentication-keys = \"keys\" (no "
			 "ordinary file), expected a file\n");
	rmdir(path);
}

/* ---- mistakes in it ---- */

#define KEY_EXPECTED \
	"expected \"32 hexadecimal digits\" on one line, as of `openssl rand -hex 16`\n"

/* Each says file and line, and never what should have been a key. */
static void a_key_is_in_no_message(void)
{
	refuse("nodes=({identity=\"a@b\";spi=256;" HOME "\nkey=\"0011223344\";"
	       "});",
	       "keys:2: found key of 10 characters, " KEY_EXPECTED);
	refuse("nodes=({identity=\"a@b\";spi=256;" HOME
	       "key=\"0011223344556677 899aabbccddeeff\";});",
	       "keys:1: found key of 32 characters, " KEY_EXPECTED);
	refuse("nodes=({identity=\"a@b\";spi=256;" HOME "key=\"" KEY "00\";});",
	       "keys:1: found key of 34 characters, " KEY_EXPECTED);
	refuse("nodes=({identity=\"a@b\";spi=256;" HOME "key=4711;});",
	       "keys:1: found key of 0 characters, " KEY_EXPECTED);
	refuse("nodes=({identity=\"a@b\";spi=256;" HOME "key=\"\n" KEY "\";});",
	       "keys:1: found key of 33 characters, " KEY_EXPECTED);
}

static void mistakes_are_said(void)
{
	refuse("", "keys:1: found no nodes in authentication-keys, expected "
		   "one\n");
	refuse("nodes=({" HOME "});",
	       "keys:1: found no identity in authentication-keys.nodes, "
	       "expected one\n"
	       "keys:1: found no spi in authentication-keys.nodes, expected "
	       "one\n"
	       "keys:1: found no key in authentication-keys.nodes, expected "
	       "one\n");
	refuse("nodes=({" ALICE HOME "clock-window=3;});",
	       "keys:1: found clock-window = 3, expected a whole number from 4 "
	       "to 3600 s\n");
	refuse("@include \"more\"\nnodes=({" ALICE HOME "});",
	       "keys:1: found @include \"more\", expected none here\n");
	refuse("nodes=({" ALICE HOME "colour=7;});",
	       "keys:1: found the unknown option \"colour\" in "
	       "authentication-keys.nodes, expected one of mip6d.conf(5)\n");
	refuse("nodes=({" ALICE "home-addresses=[];});",
	       "keys:1: found no home address of alice@example.org, expected "
	       "those that it may register\n");
}

/* AUTH-14: 0 to 255 are reserved. */
static void reserved_indices_are_refused(void)
{
	static const char *const spis[] = { "0",   "1",          "3",
					    "255", "4294967296", "-1" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(spis); i++) {
		auto_free char *keys = NULL, *want = NULL;

		UNIT_NEED(asprintf(&keys,
				   "nodes=({identity=\"a@b\";key=\"" KEY
				   "\";" HOME "\nspi=%s;});",
				   spis[i]) > 0);
		UNIT_NEED(asprintf(&want,
				   "keys:2: found spi = %s, expected a whole "
				   "number from 256 to 4294967295\n",
				   spis[i]) > 0);
		refuse(keys, want);
	}
}

static void names_are_names(void)
{
	static const char *const wrong[] = { "",   "alice", "@",   "@b",
					     "a@", "a@b@c", "a @b" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		auto_free char *keys = NULL, *want = NULL;

		UNIT_NEED(asprintf(&keys,
				   "nodes=({spi=256;key=\"" KEY "\";" HOME
				   "identity=\"%s\";});",
				   wrong[i]) > 0);
		UNIT_NEED(asprintf(&want,
				   "keys:1: found identity = \"%s\", expected "
				   "a name like \"alice@example.org\" of at "
				   "most 253 characters\n",
				   wrong[i]) > 0);
		refuse(keys, want);
	}
}

static void nothing_is_there_twice(void)
{
	refuse("nodes=({" ALICE HOME "},\n{" ALICE HOME "});",
	       "keys:2: found spi = 1000 of alice@example.org a second time, "
	       "expected another for each key of a name\n");
	refuse("nodes=({" ALICE HOME "},\n{" BOB
	       "home-addresses=[\"2001:db8:1::/64\"];});",
	       "keys:2: found 2001:db8:1::/64, which alice@example.org has, "
	       "too, expected each home address with one name\n");
}

/* ---- what the configuration needs of it ---- */

static void a_home_address_needs_a_key(void)
{
	struct conf *conf;
	auto_free char *said = NULL, *other = NULL, *without = NULL;
	auto_free char *formed = NULL, *fits = NULL;

	write_file("keys", "nodes=({" ALICE HOME "});", 0600);
	said = load_conf(CONF("rfc4285", "2001:db8:1::101"), &conf);
	UNIT_STR(said, "conf:4: found the home address 2001:db8:1::101 with "
		       "security = \"rfc4285\", expected it among the "
		       "home-addresses of keys\n");
	CU_ASSERT_PTR_NULL(conf);
	other = load_conf(CONF("insecure", "2001:db8:1::101"), &conf);
	UNIT_STR(other, "");
	CU_ASSERT_PTR_NOT_NULL(conf);
	conf_free(conf);
	formed = load_conf(FORMED("2001:db8:2::/64"), &conf);
	UNIT_STR(formed, "conf:4: found the home prefix 2001:db8:2::/64 with "
			 "security = \"rfc4285\", expected addresses of it "
			 "among the home-addresses of keys\n");
	CU_ASSERT_PTR_NULL(conf);
	fits = load_conf(FORMED("2001:db8:1::/64"), &conf);
	UNIT_STR(fits, "");
	CU_ASSERT_PTR_NOT_NULL(conf);
	conf_free(conf);
	without = load_conf("security=\"rfc4285\";#DIR\nhome-agent={links=({"
			    "interface=\"eth0\";prefix=\"2001:db8:1::/64\";"
			    "address=\"2001:db8:1::1\";});};",
			    &conf);
	UNIT_STR(without, "conf:1: found security = \"rfc4285\" without "
			  "authentication-keys, expected the file of keys, "
			  "too\n");
	CU_ASSERT_PTR_NULL(conf);
}

/* No copy of a key is left in the text, whatever libconfig does with it. */
static void keys_are_taken_out_of_the_text(void)
{
	static const char *const texts[] = {
		"key=\"" KEY "\";",     "a={key : \"" KEY "\"}",
		"# key = \"" KEY "\"",  "key=\"" KEY,
		"key\t=\t\"0" KEY "\"",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		struct conf_text t;

		conf_text_init(&t);
		conf_auth_add(&t, "keys", texts[i], strlen(texts[i]));
		/* a text without end is none */
		CU_ASSERT_PTR_NULL(t.data ? strstr(t.data, "223344") : NULL);
		UNIT_EQ(t.n_secrets, i < 3);
		conf_text_done(&t);
	}
}

/* Those of other files have other names, and other lengths. */
static void secrets_are_taken_by_name(void)
{
	static const char *const names[] = { "a-key", "secret", NULL };
	static const char text[] = "key=\"" KEY "\"; a-key = \"aabbCCdd\"; "
				   "b-a-key=\"0011\"; secret=\"0g0011\";"
				   "secret : \"" KEY KEY "\";";
	const struct conf_secret *s;
	struct conf_text t;

	conf_text_init(&t);
	conf_text_add_secret(&t, "text", text, strlen(text), names);
	UNIT_STR(t.data, "key=\"" KEY "\"; a-key = \"#0      \"; "
			 "b-a-key=\"0011\"; secret=\"??????\";"
			 "secret : \"#1                              "
			 "                                \";");
	UNIT_EQ(t.n_secrets, 2);
	s = conf_secret_of(&t, "#0      ");
	UNIT_NEED(s != NULL);
	UNIT_HEX(s->v, s->len, "aabbccdd");
	CU_ASSERT_PTR_NULL(conf_secret_of(&t, "#2"));
	CU_ASSERT_PTR_NULL(conf_secret_of(&t, KEY));
	CU_ASSERT_PTR_NULL(conf_secret_of(&t, NULL));
	conf_text_done(&t);
}

static const struct unit_case cases[] = {
	UNIT_CASE(secrets_are_taken_by_name),
	UNIT_CASE(values_arrive),
	UNIT_CASE(the_examples_are_right),
	UNIT_CASE(others_must_not_read_it),
	UNIT_CASE(it_has_to_be_a_file),
	UNIT_CASE(a_key_is_in_no_message),
	UNIT_CASE(mistakes_are_said),
	UNIT_CASE(reserved_indices_are_refused),
	UNIT_CASE(names_are_names),
	UNIT_CASE(nothing_is_there_twice),
	UNIT_CASE(a_home_address_needs_a_key),
	UNIT_CASE(keys_are_taken_out_of_the_text),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "conf_auth", cases }, UNIT_END };

int main(int argc, char **argv)
{
	strcpy(dir, "/tmp/test_conf_auth.XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	return unit_main(argc, argv, suites);
}
