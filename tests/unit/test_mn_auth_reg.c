/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole mobile node that has a key (RFC 4285): what it does about the
 * answers of its agent.
 */
#include <string.h>

#include "mip6d/auth.h"
#include "tests/unit/mn_world.h"

#define S (UINT64_C(1) << 32)

static struct prefix homes[1];
static struct auth_sa sa = {
	.nai = "alice@example.org",
	.spi = 1000,
	.key = { 1, 2, 3 },
	.homes = homes,
	.n_homes = 1,
	.timestamps = true,
	.clock_window_s = 7,
};
static const struct auth_keys keys = { &sa, 1 };
static struct mw w;

static void open_registering(void)
{
	UNIT_EQ(prefix_parse(HOA "/128", &homes[0]), 0);
	mw_init(&w);
	w.conf.auth = &keys;
	w.conf.homes[0].security = CONF_SECURITY_RFC4285;
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_NEED(w.n_bus == 1);
}

/* The agent answers the last Binding Update; `stamp` is its timestamp. */
static void answer(uint8_t status, uint64_t stamp)
{
	const struct mw_bu *b = mw_last_bu(&w);
	const struct auth_mn_parties p = { b->acoa, b->send.src };
	struct packet pkt = { .src = mw_addr(HA),
			      .dst = mw_addr(HOA),
			      .has_rh2 = true };
	struct mh_msg out = {
		.type = MH_BA,
		.ba = { .status = status,
			.seq = b->bu.seq,
			.lifetime_4s = status < 128 ? b->bu.lifetime_4s : 0 },
		.opt = { .present = MH_OPT_MN_ID | MH_OPT_REPLAY |
				    MH_OPT_MN_HA,
			 .nai_len = 3,
			 .nai = "a@b",
			 .timestamp = stamp,
			 .mn_ha = { .spi = sa.spi } },
	}, in;
	uint8_t buf[256];
	int len = mh_build(&out, buf, sizeof(buf));

	UNIT_NEED(len > 0);
	auth_mn_ha_sign(&sa, &p, buf, (size_t)len);
	mh_set_checksum(buf, (size_t)len, &pkt.src, &pkt.dst);
	UNIT_NEED(mh_parse(buf, (size_t)len, &pkt.src, &pkt.dst, &in) == MH_OK);
	pkt.data = buf;
	pkt.len = (size_t)len;
	mn_on_ba(w.mn, &pkt, &in, w.now);
	mw_settle(&w);
}

/* AUTH-11: what is signed binds, what is not does nothing and is said. */
static void only_the_agent_is_believed(void)
{
	open_registering();
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "REGISTERING");
	UNIT_EQ(w.counters.v[CNT_BA_BAD_AUTH], 1);
	CU_ASSERT_TRUE(fake_log_contains("compare the keys of both ends"));
	answer(BA_ACCEPTED, mw_last_bu(&w)->timestamp);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* AUTH-17: no Binding Update any more, however long, nor from another care-of
 * address; a reload tries again. */
static void a_failure_ends_it(void)
{
	struct conf_mn conf;
	unsigned int n;

	open_registering();
	answer(BA_AUTH_FAILED, mw_last_bu(&w)->timestamp);
	UNIT_STR(mw_state(&w), "REFUSED");
	n = w.n_bus;
	mw_run_ms(&w, 3600000);
	UNIT_EQ(w.n_bus, n);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	fake_kernel_addr_add(w.k, ETH0, COA_B);
	mw_run_ms(&w, 600000);
	UNIT_EQ(w.n_bus, n);
	conf = w.conf;
	mn_reload(w.mn, &conf, w.now);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, n + 1);
	answer(BA_ACCEPTED, mw_last_bu(&w)->timestamp);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* AUTH-24: at once, with the agent's time; where the clocks agree already, at
 * the next repetition; never for ever. */
static void the_clock_of_the_agent_is_taken(void)
{
	uint64_t first;
	unsigned int i;

	open_registering();
	first = mw_last_bu(&w)->timestamp;
	answer(BA_TIMESTAMP_MISMATCH, first + 500 * S);
	UNIT_EQ(w.n_bus, 2);
	CU_ASSERT_TRUE(auth_ntp_close(w.bus[1].timestamp, first + 500 * S, 2));
	CU_ASSERT_TRUE(fake_log_contains("500 s ahead of ours"));
	answer(BA_TIMESTAMP_MISMATCH, w.bus[1].timestamp);
	UNIT_EQ(w.n_bus, 2);
	UNIT_STR(mw_state(&w), "REGISTERING");
	mw_run_ms(&w, 3100);
	UNIT_NEED(w.n_bus >= 3);
	answer(BA_ACCEPTED, mw_last_bu(&w)->timestamp);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
	open_registering();
	for (i = 0; i < 20 && !strcmp(mw_state(&w), "REGISTERING"); i++) {
		answer(BA_TIMESTAMP_MISMATCH,
		       mw_last_bu(&w)->timestamp + 500 * S);
		mw_run_ms(&w, 1001);
	}
	UNIT_STR(mw_state(&w), "REFUSED");
	UNIT_EQ(i, 4);
	mw_close(&w);
}

/* AUTH-26: traffic does not begin return routability, unless the network is
 * trusted. */
static void everything_takes_the_tunnel(void)
{
	const struct kernel_event ev = {
		.type = KERNEL_FLOW,
		.flow = { .hoa = mw_addr(HOA),
			  .peer = mw_addr("2001:db8:c::c"),
			  .protocol = 6 },
	};
	int trusted;

	for (trusted = 0; trusted < 2; trusted++) {
		sa.trusted_network = trusted;
		open_registering();
		answer(BA_ACCEPTED, mw_last_bu(&w)->timestamp);
		mn_on_kernel(w.mn, &ev, w.now);
		mw_settle(&w);
		UNIT_EQ(w.counters.v[CNT_FLOW_IN], trusted);
		mw_close(&w);
	}
	sa.trusted_network = false;
}

/* A home address that no key has, as one that was formed: nothing is sent, and
 * said why, until a reload brings the key; and nothing any more when one takes
 * it away, neither a refresh nor a de-registration. */
static void without_key_nothing_is_sent(void)
{
	struct conf_mn none, with;
	unsigned int n;

	UNIT_EQ(prefix_parse(HOA2 "/128", &homes[0]), 0);
	mw_init(&w);
	w.conf.auth = &keys;
	w.conf.homes[0].security = CONF_SECURITY_RFC4285;
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	mw_run_ms(&w, 600000);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(w.counters.v[CNT_MH_OUT_FAILED], 0);
	CU_ASSERT_TRUE(fake_log_contains(HOA " is not registered: no key of"));
	UNIT_STR(mw_reason(&w),
		 "not registered: no key of authentication-keys has this home "
		 "address");
	UNIT_EQ(prefix_parse(HOA "/128", &homes[0]), 0);
	with = w.conf;
	mn_reload(w.mn, &with, w.now);
	mw_run_ms(&w, 1000);
	UNIT_NEED(w.n_bus == 1);
	answer(BA_ACCEPTED, mw_last_bu(&w)->timestamp);
	UNIT_STR(mw_state(&w), "BOUND");
	CU_ASSERT_FALSE(strstr(mw_reason(&w), "key") != NULL);
	n = w.n_bus;
	none = w.conf;
	none.auth = NULL;
	mn_reload(w.mn, &none, w.now);
	mw_run_ms(&w, 24 * 3600 * 1000);
	mw_ra(&w, ETH0, &mw_router_a);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, n);
	mn_reload(w.mn, &with, w.now);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, n + 1);
	mw_close(&w);
}

/* A key is for who needs it: ESP does. */
static void esp_needs_no_key(void)
{
	unsigned int i;
	static const enum conf_security all[] = { CONF_SECURITY_RFC4285,
						  CONF_SECURITY_INSECURE,
						  CONF_SECURITY_IPSEC };

	for (i = 0; i < 3; i++) {
		UNIT_EQ(prefix_parse(HOA "/128", &homes[0]), 0);
		mw_init(&w);
		w.conf.auth = &keys;
		w.conf.homes[0].security = all[i];
		mw_start(&w);
		mw_ra(&w, ETH0, &mw_router_a);
		fake_kernel_addr_add(w.k, ETH0, COA_A);
		mw_settle(&w);
		UNIT_NEED(w.n_bus == 1);
		UNIT_EQ(mw_last_bu(&w)->timestamp != 0,
			all[i] != CONF_SECURITY_IPSEC);
		mw_close(&w);
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(only_the_agent_is_believed),
	UNIT_CASE(a_failure_ends_it),
	UNIT_CASE(the_clock_of_the_agent_is_taken),
	UNIT_CASE(everything_takes_the_tunnel),
	UNIT_CASE(without_key_nothing_is_sent),
	UNIT_CASE(esp_needs_no_key),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_auth_reg", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
