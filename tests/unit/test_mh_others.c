/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What others make of our octets: tshark dissects what we build, and finds
 * nothing malformed and the same fields; scapy builds our goldens.
 *
 * Where one of the two is not installed the rest is run and the program ends
 * as skipped (status 77), never as passed.  tshark verifies the checksums of
 * ICMPv6, but not those of Mobility Headers: for these scapy speaks.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mip6d/icmp6.h"
#include "tests/unit/golden_mh.h"
#include "tests/unit/mh_util.h"

#define LINKTYPE_IPV6 229
#define WANT_MAX      (MH_NETWORKS_MAX * INET6_ADDRSTRLEN)
#define N_DRAWN       500
#define N_PACKETS     (N_GOLDEN_MH + N_DRAWN + 60)

/* The fields to ask for, in the order of enum field. */
#define FIELDS(X)                                   \
	X(MALFORMED, "_ws.malformed")               \
	X(EXPERT, "_ws.expert.message")             \
	X(PROTO, "mip6.proto")                      \
	X(HLEN, "mip6.hlen")                        \
	X(TYPE, "mip6.mhtype")                      \
	X(HOTI_COOKIE, "mip6.hoti.cookie")          \
	X(COTI_COOKIE, "mip6.coti.cookie")          \
	X(HOT_INDEX, "mip6.hot.nindex")             \
	X(HOT_COOKIE, "mip6.hot.cookie")            \
	X(HOT_TOKEN, "mip6.hot.token")              \
	X(COT_INDEX, "mip6.cot.nindex")             \
	X(COT_COOKIE, "mip6.cot.cookie")            \
	X(BU_SEQ, "mip6.bu.seqnr")                  \
	X(BU_A, "mip6.bu.a_flag")                   \
	X(BU_H, "mip6.bu.h_flag")                   \
	X(BU_L, "mip6.bu.l_flag")                   \
	X(BU_K, "mip6.bu.k_flag")                   \
	X(BU_R, "mip6.nemo.bu.r_flag")              \
	X(BU_LIFETIME, "mip6.bu.lifetime")          \
	X(BA_STATUS, "mip6.ba.status")              \
	X(BA_K, "mip6.ba.k_flag")                   \
	X(BA_SEQ, "mip6.ba.seqnr")                  \
	X(BA_LIFETIME, "mip6.ba.lifetime")          \
	X(BE_STATUS, "mip6.be.status")              \
	X(BE_HOA, "mip6.be.haddr")                  \
	X(ADVICE, "mip6.bra.interval")              \
	X(ALT_COA, "mip6.acoa.acoa")                \
	X(HOME_NONCE, "mip6.ni.hni")                \
	X(COA_NONCE, "mip6.ni.cni")                 \
	X(AUTH, "mip6.bad.auth")                    \
	X(MNP_LEN, "mip6.nemo.mnp.pfl")             \
	X(MNP, "mip6.nemo.mnp.mnp")                 \
	X(MNID, "mip6.mnid.identifier")             \
	X(MN_AUTH, "mip6.auth.subtype")             \
	X(MN_SPI, "mip6.auth.mobility_spi")         \
	X(ICMP_SUM, "icmpv6.checksum.status")       \
	X(ICMP_TYPE, "icmpv6.type")                 \
	X(NS_TARGET, "icmpv6.nd.ns.target_address") \
	X(NA_TARGET, "icmpv6.nd.na.target_address") \
	X(NA_R, "icmpv6.nd.na.flag.r")              \
	X(NA_S, "icmpv6.nd.na.flag.s")              \
	X(NA_O, "icmpv6.nd.na.flag.o")              \
	X(LLADDR, "icmpv6.opt.linkaddr")

enum field {
#define X(id, name) F_##id,
	FIELDS(X)
#undef X
		F_MAX
};

static const char *const field_names[F_MAX] = {
#define X(id, name) name,
	FIELDS(X)
#undef X
};

struct sample {
	struct in6_addr src, dst;
	uint8_t proto;
	uint8_t data[1024];
	size_t len;
	char want[F_MAX][WANT_MAX];
};

static struct sample samples[N_PACKETS];
static size_t n_samples;

__attribute__((format(printf, 3, 4))) static void
expect(struct sample *s, enum field f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->want[f], sizeof(s->want[f]), fmt, ap);
	va_end(ap);
}

static void expect_addr(struct sample *s, enum field f,
			const struct in6_addr *a)
{
	inet_ntop(AF_INET6, a, s->want[f], sizeof(s->want[f]));
}

static void expect_octets(struct sample *s, enum field f, const char *prefix,
			  const uint8_t *octets, size_t n)
{
	char *p = s->want[f];

	p += sprintf(p, "%s", prefix);
	while (n--)
		p += sprintf(p, "%02x", *octets++);
}

static void expect_test(struct sample *s, const struct mh_test *t,
			enum field index, enum field cookie, enum field token)
{
	expect(s, index, "%u", t->nonce_index);
	expect_octets(s, cookie, "0x", t->cookie, 8);
	expect_octets(s, token, "0x", t->token, 8);
}

static void expect_bu(struct sample *s, const struct mh_bu *bu)
{
	expect(s, F_BU_SEQ, "%u", bu->seq);
	expect(s, F_BU_A, "%d", !!(bu->flags & BU_FLAG_A));
	expect(s, F_BU_H, "%d", !!(bu->flags & BU_FLAG_H));
	expect(s, F_BU_L, "%d", !!(bu->flags & BU_FLAG_L));
	expect(s, F_BU_K, "%d", !!(bu->flags & BU_FLAG_K));
	expect(s, F_BU_R, "%d", !!(bu->flags & BU_FLAG_R));
	expect(s, F_BU_LIFETIME, "%u", bu->lifetime_4s);
}

static void expect_ba(struct sample *s, const struct mh_ba *ba)
{
	expect(s, F_BA_STATUS, "%u", ba->status);
	expect(s, F_BA_K, "%d", !!(ba->flags & BA_FLAG_K));
	expect(s, F_BA_SEQ, "%u", ba->seq);
	expect(s, F_BA_LIFETIME, "%u", ba->lifetime_4s);
}

static void expect_options(struct sample *s, const struct mh_options *opt)
{
	static const uint8_t zero[MH_AUTH_LEN];

	if (opt->present & MH_OPT_REFRESH_ADVICE)
		expect(s, F_ADVICE, "%u", opt->refresh_interval_4s);
	if (opt->present & MH_OPT_ALT_COA)
		expect_addr(s, F_ALT_COA, &opt->alt_coa);
	if (opt->present & MH_OPT_NONCE_INDICES) {
		expect(s, F_HOME_NONCE, "%u", opt->home_nonce);
		expect(s, F_COA_NONCE, "%u", opt->coa_nonce);
	}
	if (opt->present & MH_OPT_AUTH_DATA)
		expect_octets(s, F_AUTH, "", zero, sizeof(zero));
}

/* The format of timestamps has no field of its own. */
static void expect_mn_auth(struct sample *s, const struct mh_options *opt)
{
	bool both = opt->present & MH_OPT_MN_HA && opt->present & MH_OPT_MN_AAA;

	if (opt->present & MH_OPT_MN_ID)
		expect(s, F_MNID, "%s", opt->nai);
	if (both) {
		expect(s, F_MN_AUTH, "1,2");
		expect(s, F_MN_SPI, "%u,%u", opt->mn_ha.spi, opt->mn_aaa.spi);
	} else if (opt->present & MH_OPT_MN_HA) {
		expect(s, F_MN_AUTH, "1");
		expect(s, F_MN_SPI, "%u", opt->mn_ha.spi);
	} else if (opt->present & MH_OPT_MN_AAA) {
		expect(s, F_MN_AUTH, "2");
		expect(s, F_MN_SPI, "%u", opt->mn_aaa.spi);
	}
}

static void expect_networks(struct sample *s, const struct mh_networks *n)
{
	char *len = s->want[F_MNP_LEN], *addr = s->want[F_MNP];
	char text[INET6_ADDRSTRLEN];
	unsigned int i;

	for (i = 0; i < n->n; i++) {
		inet_ntop(AF_INET6, &n->v[i].addr, text, sizeof(text));
		len += sprintf(len, "%s%u", i ? "," : "", n->v[i].len);
		addr += sprintf(addr, "%s%s", i ? "," : "", text);
	}
}

static void expect_message(struct sample *s, const struct mh_msg *msg)
{
	expect(s, F_PROTO, "59");
	expect(s, F_HLEN, "%zu", s->len / 8 - 1);
	expect(s, F_TYPE, "%u", msg->type);
	if (msg->type == MH_HOTI)
		expect_octets(s, F_HOTI_COOKIE, "0x", msg->test_init.cookie, 8);
	if (msg->type == MH_COTI)
		expect_octets(s, F_COTI_COOKIE, "0x", msg->test_init.cookie, 8);
	if (msg->type == MH_HOT)
		expect_test(s, &msg->test, F_HOT_INDEX, F_HOT_COOKIE,
			    F_HOT_TOKEN);
	if (msg->type == MH_COT)
		/* tshark has one name for the tokens of both */
		expect_test(s, &msg->test, F_COT_INDEX, F_COT_COOKIE,
			    F_HOT_TOKEN);
	if (msg->type == MH_BU)
		expect_bu(s, &msg->bu);
	if (msg->type == MH_BA)
		expect_ba(s, &msg->ba);
	if (msg->type == MH_BE) {
		expect(s, F_BE_STATUS, "%u", msg->be.status);
		expect_addr(s, F_BE_HOA, &msg->be.hoa);
	}
	expect_options(s, &msg->opt);
	expect_mn_auth(s, &msg->opt);
	if (msg->opt.present & MH_OPT_NETWORK)
		expect_networks(s, &msg->opt.networks);
}

static struct sample *new_sample(uint8_t proto, const char *src,
				 const char *dst)
{
	struct sample *s = &samples[n_samples++];

	UNIT_NEED(n_samples <= N_PACKETS);
	*s = (struct sample){ .proto = proto, .src = ip(src), .dst = ip(dst) };
	return s;
}

static void add_message(const struct mh_msg *msg)
{
	struct sample *s = new_sample(MH_PROTO, HOA, HA);
	int n = mh_build(msg, s->data, sizeof(s->data));

	UNIT_NEED(n > 0);
	s->len = (size_t)n;
	mh_set_checksum(s->data, s->len, &s->src, &s->dst);
	expect_message(s, msg);
}

static void make_messages(void)
{
	size_t i;

	for (i = 0; i < N_GOLDEN_MH; i++) {
		const struct golden *g = &golden_mh[i];
		struct in6_addr src = ip(g->src), dst = ip(g->dst);
		uint8_t data[512];
		size_t len = unit_hex(data, sizeof(data), g->hex);
		struct mh_msg msg;

		UNIT_NEED(mh_parse(data, len, &src, &dst, &msg) == MH_OK);
		add_message(&msg);
	}
	for (i = 0; i < N_DRAWN; i++) {
		struct mh_msg msg = draw_message();

		add_message(&msg);
	}
}

static void finish_nd(struct sample *s, int n, unsigned int type,
		      const struct lladdr *l)
{
	UNIT_NEED(n > 0);
	s->len = (size_t)n;
	expect(s, F_ICMP_SUM, "1"); /* good */
	expect(s, F_ICMP_TYPE, "%u", type);
	if (l->len)
		expect(s, F_LLADDR, "%s", lladdr_str(l));
}

static void add_nd(unsigned int turn)
{
	struct lladdr l = { turn % 3 ? 6 : 0, { 0x52, 0x54, 0 } };
	struct icmp6_ns ns = { ip(HOA), l };
	struct icmp6_na na = { ip(HOA), turn & 1, turn & 2, turn & 4, l };
	struct sample *s;

	l.addr[5] = ns.source_lladdr.addr[5] = na.target_lladdr.addr[5] =
		(uint8_t)turn;
	s = new_sample(ICMP6_PROTO, "fe80::1", "ff02::2");
	finish_nd(s,
		  icmp6_build_rs(&s->src, &s->dst, &l, s->data,
				 sizeof(s->data)),
		  ICMP6_RS, &l);
	s = new_sample(ICMP6_PROTO, HA, "ff02::1:ff00:100");
	finish_nd(s,
		  icmp6_build_ns(&s->src, &s->dst, &ns, s->data,
				 sizeof(s->data)),
		  ICMP6_NS, &l);
	expect_addr(s, F_NS_TARGET, &ns.target);
	s = new_sample(ICMP6_PROTO, HA, turn & 8 ? "ff02::1" : CN);
	if (turn & 8)
		na.solicited = false;
	finish_nd(s,
		  icmp6_build_na(&s->src, &s->dst, &na, s->data,
				 sizeof(s->data)),
		  ICMP6_NA, &l);
	expect_addr(s, F_NA_TARGET, &na.target);
	expect(s, F_NA_R, "%d", na.router);
	expect(s, F_NA_S, "%d", na.solicited);
	expect(s, F_NA_O, "%d", na.override);
}

static void put32(FILE *f, uint32_t v)
{
	fwrite(&v, sizeof(v), 1, f);
}

static void write_packet(FILE *f, const struct sample *s)
{
	const uint8_t header[8] = {
		0x60,     0,  0, 0, (uint8_t)(s->len >> 8), (uint8_t)s->len,
		s->proto, 255
	};

	put32(f, 0);
	put32(f, 0);
	put32(f, (uint32_t)(40 + s->len));
	put32(f, (uint32_t)(40 + s->len));
	fwrite(header, sizeof(header), 1, f);
	fwrite(&s->src, 16, 1, f);
	fwrite(&s->dst, 16, 1, f);
	fwrite(s->data, s->len, 1, f);
}

/* pcap, in this machine's octet order */
static void write_capture(int fd)
{
	FILE *f = fdopen(fd, "wb");
	size_t i;

	UNIT_NEED(f != NULL);
	put32(f, 0xa1b2c3d4);
	put32(f, 4 << 16 | 2);
	put32(f, 0);
	put32(f, 0);
	put32(f, 65535);
	put32(f, LINKTYPE_IPV6);
	for (i = 0; i < n_samples; i++)
		write_packet(f, &samples[i]);
	UNIT_EQ(fclose(f), 0);
}

static FILE *run_tshark(const char *path)
{
	static char command[4096];
	size_t n;
	int i;

	n = (size_t)snprintf(command, sizeof(command),
			     "tshark -n -r '%s' -T fields -E separator='|'"
			     " -E occurrence=a",
			     path);
	for (i = 0; i < F_MAX; i++)
		n += (size_t)snprintf(command + n, sizeof(command) - n,
				      " -e %s", field_names[i]);
	snprintf(command + n, sizeof(command) - n, " 2>/dev/null");
	return popen(command, "r");
}

static unsigned int compare_line(const struct sample *s, char *line,
				 size_t number)
{
	unsigned int wrong = 0;
	char *value;
	int i;

	line[strcspn(line, "\n")] = '\0';
	for (i = 0; i < F_MAX; i++) {
		value = strsep(&line, "|");
		if (value && !strcmp(value, s->want[i]))
			continue;
		printf("     packet %zu: %s is \"%s\", expected \"%s\"\n",
		       number, field_names[i], value ? value : "(nothing)",
		       s->want[i]);
		wrong++;
	}
	return wrong;
}

static void tshark_dissects_the_same(void)
{
	char path[] = "/tmp/mip6d-test-XXXXXX", line[4096];
	int fd = mkstemp(path);
	unsigned int turn, wrong = 0;
	size_t lines = 0;
	FILE *f;

	UNIT_NEED(fd >= 0);
	n_samples = 0;
	make_messages();
	for (turn = 0; turn < 20; turn++)
		add_nd(turn);
	write_capture(fd);
	f = run_tshark(path);
	UNIT_NEED(f != NULL);
	while (fgets(line, sizeof(line), f) && lines < n_samples) {
		wrong += compare_line(&samples[lines], line, lines + 1);
		lines++;
	}
	UNIT_EQ(pclose(f), 0);
	unlink(path);
	UNIT_EQ(lines, n_samples);
	UNIT_EQ(wrong, 0);
}

static int run_script(const char *name)
{
	const char *top = getenv("top_srcdir");
	char command[4096];
	int status;

	snprintf(command, sizeof(command), "'%s/tests/unit/%s'",
		 top ? top : ".", name);
	fflush(stdout);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* COM-1, COM-2, COM-5, COM-24, COM-25, COM-26. */
static void scapy_builds_the_same_mobility_headers(void)
{
	UNIT_EQ(run_script("golden_mh.py"), 0);
}

static void scapy_builds_the_same_icmp6(void)
{
	UNIT_EQ(run_script("golden_icmp6.py"), 0);
}

static const struct unit_case tshark_cases[] = {
	UNIT_CASE(tshark_dissects_the_same),
	UNIT_END,
};

static const struct unit_case scapy_cases[] = {
	UNIT_CASE(scapy_builds_the_same_mobility_headers),
	UNIT_CASE(scapy_builds_the_same_icmp6),
	UNIT_END,
};

int main(int argc, char **argv)
{
	struct unit_suite suites[3] = { UNIT_END, UNIT_END, UNIT_END };
	bool tshark = !system("tshark --version >/dev/null 2>&1");
	bool scapy = !system("/usr/bin/python3 -c 'import scapy' 2>/dev/null");
	int n = 0, rc = 0;

	if (tshark)
		suites[n++] = (struct unit_suite){ "tshark", tshark_cases };
	if (scapy)
		suites[n++] = (struct unit_suite){ "scapy", scapy_cases };
	if (n)
		rc = unit_main(argc, argv, suites);
	if (!tshark)
		printf("skipped: no tshark; Debian package tshark\n");
	if (!scapy)
		printf("skipped: no scapy; Debian package python3-scapy\n");
	return rc ? rc : tshark && scapy ? 0 : 77;
}
