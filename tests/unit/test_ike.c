/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKE by charon: what is asked when, policies that follow charon's reqid, and
 * how the end point of IKE follows the care-of address.
 */
#include <errno.h>
#include <string.h>

#include "tests/unit/ike_world.h"

static struct in6_addr hoa, agent, coa, coa2;

static void addresses(void)
{
	hoa = a6(HOA);
	agent = a6(AGENT);
	coa = a6(COA);
	coa2 = a6(COA2);
}

static bool want(const struct in6_addr *from)
{
	return ike_want(iw.ike, &hoa, &agent, from, iw.now);
}

static struct ike_info info(void)
{
	struct ike_info i = { 0 };

	UNIT_NEED(ike_info(iw.ike, &hoa, &agent, &i));
	return i;
}

/* The policy that sends. */
static const struct kernel_sp *out(void)
{
	unsigned int i;

	for (i = 0; i < iw.n_sps; i++)
		if (iw.sps[i].dir == KERNEL_SP_OUT && iw.sps[i].proto == 135)
			return &iw.sps[i];
	return NULL;
}

/* The last request, and a section of a section of it. */
static struct vici_msg last(void)
{
	struct vici_packet pkt;

	UNIT_NEED(!vici_read(iw.last, iw.last_len, &pkt));
	return pkt.msg;
}

/* SEC-22: from the care-of address, for the home address. */
static void a_node_starts_from_its_care_of_address(void)
{
	struct vici_msg conn, children, child, m;
	char text[64];

	addresses();
	iw_start(IKE_NODE);
	CU_ASSERT_FALSE(want(&coa)); /* charon is not there yet */
	UNIT_STR(iw_asked(), "");
	ike_on_up(iw.ike, iw.now);
	UNIT_STR(iw_asked(), EVENTS "load-shared list-sas ");
	iw_confirm(), iw_confirm(), iw_confirm(), iw_confirm(), iw_confirm();
	iw_confirm();
	iw_answer(true);
	iw_list(0, 0, NULL, NULL);
	UNIT_STR(iw_asked(), "load-conn terminate initiate ");
	m = last();
	CU_ASSERT_TRUE(vici_is(&m, "ike", NAME));
	CU_ASSERT_TRUE(vici_is(&m, "child", "mip6"));
	CU_ASSERT_TRUE(vici_is(&m, "timeout", "-1"));
	iw_answer(true);
	iw_answer(false);
	iw_answer(true);
	CU_ASSERT_FALSE(want(&coa)); /* not twice */
	UNIT_STR(iw_asked(), "");
	ike_todo(ike_pair_find(iw.ike, &hoa, &agent), IKE_TODO_CONNECTION);
	m = last();
	UNIT_NEED(vici_section(&m, NAME, &conn));
	CU_ASSERT_TRUE(vici_is(&conn, "mobike", "no"));
	CU_ASSERT_TRUE(vici_is(&conn, "version", "2"));
	UNIT_NEED(vici_section(&conn, "children", &children));
	UNIT_NEED(vici_section(&children, "mip6", &child));
	CU_ASSERT_TRUE(vici_is(&child, "mode", "transport_proxy"));
	CU_ASSERT_TRUE(vici_is(&child, "policies", "no"));
	CU_ASSERT_FALSE(vici_str(&child, "reqid", text, sizeof(text)));
	iw_stop();
}

static void associations_bring_policies_with_their_reqid(void)
{
	addresses();
	iw_up(IKE_NODE, 9);
	UNIT_EQ(iw.changes, 1);
	CU_ASSERT_TRUE(want(&coa));
	CU_ASSERT_TRUE(ike_is_ready(iw.ike, &hoa, &agent));
	UNIT_NEED(out() != NULL);
	UNIT_EQ(out()->reqid, 9);
	UNIT_STR(info().state, "up");
	UNIT_EQ(info().signalling.spi_in, 0xc0000001);
	UNIT_STR(info().signalling.algorithms, "AES_CBC-128/HMAC_SHA2_256_128");
	iw_wait_ms(3600000);
	UNIT_STR(iw_asked(), "");
	iw_stop();
}

/* SEC-29: nothing leaves in clear while there is nothing to protect it. */
static void a_node_requires_protection_from_the_start(void)
{
	unsigned int i;

	addresses();
	iw_start(IKE_NODE);
	UNIT_NEED(out() != NULL);
	UNIT_EQ(out()->action, KERNEL_SP_REQUIRE);
	for (i = 0; i < iw.n_sps; i++)
		UNIT_EQ(iw.sps[i].src.len, 128);
	CU_ASSERT_FALSE(ike_is_ready(iw.ike, &hoa, &agent));
	CU_ASSERT_FALSE(ike_can_follow(iw.ike, &hoa, &agent));
	iw_stop();
}

static void other_pairs_are_not_ours(void)
{
	addresses();
	iw_start(IKE_NODE);
	CU_ASSERT_TRUE(ike_want(iw.ike, &coa, &agent, &coa, iw.now));
	CU_ASSERT_TRUE(ike_is_ready(iw.ike, &hoa, &coa));
	CU_ASSERT_FALSE(ike_can_follow(iw.ike, &hoa, &coa));
	CU_ASSERT_TRUE(ike_want(NULL, &hoa, &agent, &coa, iw.now));
	CU_ASSERT_TRUE(ike_is_ready(NULL, &hoa, &agent));
	ike_registered(iw.ike, &coa, &agent, &coa, true, iw.now);
	UNIT_EQ(iw.migrated, 0);
	iw_stop();
}

static void an_agent_waits_and_lets_anybody_in_from_anywhere(void)
{
	struct vici_msg m, conn;

	addresses();
	iw_start(IKE_AGENT);
	UNIT_EQ(iw.n_sps, 0); /* its home prefix has some */
	ike_on_up(iw.ike, iw.now);
	UNIT_STR(iw_asked(), EVENTS "load-conn load-shared list-sas ");
	iw_confirm(), iw_confirm(), iw_confirm(), iw_confirm(), iw_confirm();
	iw_confirm();
	iw_answer(true);
	iw_answer(true);
	iw_list(0, 0, NULL, NULL);
	UNIT_STR(info().state, "waiting for the node");
	UNIT_STR(iw_asked(), "");
	iw_event("child-updown", NAME);
	UNIT_STR(iw_asked(), "list-sas ");
	iw_list(3, 0xc1, AGENT, COA);
	UNIT_NEED(out() != NULL);
	UNIT_EQ(out()->reqid, 3);
	CU_ASSERT_TRUE(ike_can_follow(iw.ike, &hoa, &agent));
	UNIT_STR(ike_identity(iw.ike, &hoa, &agent), "alice@example.org");
	ike_todo(ike_pair_find(iw.ike, &hoa, &agent), IKE_TODO_CONNECTION);
	m = last();
	UNIT_NEED(vici_section(&m, NAME, &conn));
	CU_ASSERT_TRUE(vici_is(&conn, "unique", "replace"));
	iw_stop();
}

static void events_of_others_are_nothing_to_us(void)
{
	addresses();
	iw_up(IKE_AGENT, 3);
	iw_event("child-updown", "mip6");
	iw_event("ike-updown", NAME "1");
	UNIT_STR(iw_asked(), "");
	iw_stop();
}

/* HA-36 MN-178 SEC-23: with K the end point moves, nothing is negotiated. */
static void with_k_the_end_point_follows(void)
{
	enum ike_end end;

	addresses();
	for (end = IKE_AGENT; end <= IKE_NODE; end++) {
		bool is_node = end == IKE_NODE;

		iw_up(end, 5);
		ike_registered(iw.ike, &hoa, &agent, &coa, true, iw.now);
		UNIT_EQ(iw.migrated, 0); /* it is there already */
		ike_registered(iw.ike, &hoa, &agent, &coa2, true, iw.now);
		UNIT_EQ(iw.migrated, 1);
		CU_ASSERT_TRUE(iw.migrate.has_ike);
		UNIT_EQ(iw.migrate.sp.reqid, 5);
		UNIT_EQ(iw.migrate.sp.dir, KERNEL_SP_OUT);
		CU_ASSERT_TRUE(addr_eq(&iw.migrate.ike_local,
				       is_node ? &coa2 : &agent));
		CU_ASSERT_TRUE(addr_eq(&iw.migrate.ike_remote,
				       is_node ? &agent : &coa2));
		UNIT_STR(iw_asked(), "");
		iw_wait_ms(IKE_CHECK_MS);
		UNIT_STR(iw_asked(), "list-sas ");
		iw_list(5, 0xc0000001, is_node ? COA2 : AGENT,
			is_node ? AGENT : COA2);
		UNIT_STR(iw_asked(), "");
		UNIT_EQ(info().moved, 1);
		UNIT_EQ(iw.changes, 1);
		iw_stop();
	}
}

static void a_charon_that_does_not_follow_negotiates_anew(void)
{
	addresses();
	iw_up(IKE_NODE, 5);
	ike_registered(iw.ike, &hoa, &agent, &coa2, true, iw.now);
	iw_wait_ms(IKE_CHECK_MS);
	UNIT_STR(iw_asked(), "list-sas ");
	iw_list(5, 0xc0000001, COA, AGENT);
	UNIT_STR(iw_asked(), "load-conn terminate initiate ");
	CU_ASSERT_FALSE(ike_is_ready(iw.ike, &hoa, &agent));
	iw_stop();
}

/* It has followed to where the agent was told; that the node is elsewhere by
 * then, and has no answer from there yet, is another move. */
static void a_move_is_judged_by_where_it_went(void)
{
	addresses();
	iw_up(IKE_NODE, 5);
	ike_registered(iw.ike, &hoa, &agent, &coa2, true, iw.now);
	CU_ASSERT_TRUE(ike_want(iw.ike, &hoa, &agent, &coa, iw.now));
	iw_wait_ms(IKE_CHECK_MS);
	UNIT_STR(iw_asked(), "list-sas ");
	iw_list(5, 0xc0000001, COA2, AGENT);
	UNIT_STR(iw_asked(), "");
	CU_ASSERT_TRUE(ike_is_ready(iw.ike, &hoa, &agent));
	ike_registered(iw.ike, &hoa, &agent, &coa, true, iw.now);
	UNIT_EQ(iw.migrated, 2);
	iw_stop();
}

/* What an earlier run had negotiated is looked for first. */
static void what_charon_has_is_looked_for_first(void)
{
	unsigned int i;

	addresses();
	iw_start(IKE_NODE);
	ike_on_up(iw.ike, iw.now);
	for (i = 0; i < 6; i++)
		iw_confirm();
	iw_answer(true);
	iw_asked();
	CU_ASSERT_FALSE(ike_want(iw.ike, &hoa, &agent, &coa, iw.now));
	UNIT_STR(iw_asked(), "");
	iw_list(5, 0xc0000001, COA, AGENT);
	UNIT_STR(iw_asked(), "");
	CU_ASSERT_TRUE(ike_is_ready(iw.ike, &hoa, &agent));
	iw_stop();
}

/* MN-177: without K, IKE begins anew from the new care-of address. */
static void without_k_a_node_negotiates_anew(void)
{
	addresses();
	iw_up(IKE_NODE, 5);
	ike_registered(iw.ike, &hoa, &agent, &coa, false, iw.now);
	UNIT_STR(iw_asked(), "");
	ike_registered(iw.ike, &hoa, &agent, &coa2, false, iw.now);
	UNIT_EQ(iw.migrated, 0);
	UNIT_STR(iw_asked(), "load-conn terminate initiate ");
	iw_stop();
}

/* HA-35: without K, what leads to the old care-of address is given up. */
static void without_k_an_agent_gives_up_the_old_end_point(void)
{
	addresses();
	iw_up(IKE_AGENT, 5);
	ike_registered(iw.ike, &hoa, &agent, &coa2, false, iw.now);
	UNIT_EQ(iw.migrated, 0);
	UNIT_STR(iw_asked(), "terminate list-sas ");
	iw_answer(true);
	iw_list(0, 0, NULL, NULL);
	CU_ASSERT_FALSE(ike_can_follow(iw.ike, &hoa, &agent));
	/* What is required stays required. */
	UNIT_NEED(out() != NULL);
	iw_stop();
}

/* HA-35: an end point that is said not to follow; a reload says otherwise. */
static void k_may_be_switched_off(void)
{
	addresses();
	iw_up(IKE_NODE, 5);
	CU_ASSERT_TRUE(ike_can_follow(iw.ike, &hoa, &agent));
	iw.conf.cannot_follow = true;
	UNIT_EQ(ike_reload(iw.ike, &iw.conf, iw.now), 0);
	CU_ASSERT_FALSE(ike_can_follow(iw.ike, &hoa, &agent));
	CU_ASSERT_TRUE(ike_protects(iw.ike, &hoa, &agent));
	UNIT_STR(iw_asked(), "");
	iw_stop();
}

static void new_keys_change_nothing_but_the_spi(void)
{
	addresses();
	iw_up(IKE_NODE, 5);
	iw_event("child-rekey", NAME);
	UNIT_STR(iw_asked(), "list-sas ");
	iw_list(5, 0xc0000002, COA, AGENT);
	UNIT_EQ(info().signalling.spi_in, 0xc0000002);
	UNIT_EQ(info().rekeyed, 1);
	UNIT_EQ(out()->reqid, 5);
	CU_ASSERT_TRUE(ike_is_ready(iw.ike, &hoa, &agent));
	iw_stop();
}

/* charon numbers anew after a restart. */
static void policies_follow_another_reqid_in_place(void)
{
	unsigned int n;

	addresses();
	iw_up(IKE_AGENT, 5);
	n = iw.n_sps;
	ike_on_down(iw.ike, "gone", iw.now);
	UNIT_STR(info().state, "up"); /* the kernel has them still */
	iw_event("child-updown", NAME);
	UNIT_STR(iw_asked(), ""); /* nobody to ask */
	ike_on_up(iw.ike, iw.now);
	iw_confirm(), iw_confirm(), iw_confirm(), iw_confirm(), iw_confirm();
	iw_confirm();
	iw_answer(true);
	iw_answer(true);
	iw_list(2, 0xc7, AGENT, COA);
	UNIT_EQ(out()->reqid, 2);
	UNIT_EQ(iw.n_sps, n);
	iw_stop();
}

static void a_node_whose_associations_went_begins_again(void)
{
	addresses();
	iw_up(IKE_NODE, 5);
	iw_event("ike-updown", NAME);
	iw_asked();
	iw_list(0, 0, NULL, NULL);
	UNIT_STR(iw_asked(), "load-conn terminate initiate ");
	UNIT_EQ(iw.changes, 2);
	CU_ASSERT_FALSE(ike_is_ready(iw.ike, &hoa, &agent));
	iw_stop();
}

static void failures_are_tried_again_ever_later(void)
{
	unsigned int i, ms = IKE_RETRY_MIN_MS;

	addresses();
	iw_up(IKE_NODE, 5);
	iw_event("ike-updown", NAME);
	iw_list(0, 0, NULL, NULL);
	for (i = 0; i < 8; i++) {
		iw_answer(true);
		if (i) /* the secret */
			iw_answer(true);
		iw_answer(false);
		iw_answer(true);
		iw_asked();
		iw_wait_ms(ms - 1);
		UNIT_STR(iw_asked(), "");
		iw_wait_ms(1);
		UNIT_STR(iw_asked(),
			 "load-conn load-shared terminate initiate ");
		ms = ms * 2 > IKE_RETRY_MAX_MS ? IKE_RETRY_MAX_MS : ms * 2;
	}
	/* Another care-of address is tried at once. */
	CU_ASSERT_FALSE(want(&coa2));
	UNIT_STR(iw_asked(), "load-conn terminate initiate ");
	iw_stop();
}

static void an_agent_that_is_silent_is_asked_for_new_keys(void)
{
	addresses();
	iw_up(IKE_NODE, 5);
	ike_suspect(iw.ike, &hoa, &agent, iw.now);
	UNIT_STR(iw_asked(), "load-conn terminate initiate ");
	CU_ASSERT_FALSE(want(&coa));
	ike_suspect(iw.ike, &hoa, &agent, iw.now);
	UNIT_STR(iw_asked(), "");
	iw_answer(true);
	iw_answer(true);
	iw_answer(true);
	iw_event("child-updown", NAME);
	iw_list(6, 0xc0000009, COA, AGENT);
	CU_ASSERT_TRUE(want(&coa));
	UNIT_EQ(out()->reqid, 6);
	iw_wait_ms(600000);
	UNIT_STR(iw_asked(), "list-sas ");
	iw_stop();
}

static void what_charon_refuses_is_told(void)
{
	addresses();
	iw_start(IKE_AGENT);
	ike_on_up(iw.ike, iw.now);
	iw_confirm(), iw_confirm(), iw_confirm(), iw_confirm(), iw_confirm();
	iw_confirm();
	iw_answer(false); /* the connection */
	iw_answer(true);
	UNIT_STR(info().reason, "no such thing");
	iw_stop();
}

static void nonsense_in_a_list_is_no_association(void)
{
	addresses();
	iw_up(IKE_AGENT, 5);
	iw_event("child-updown", NAME);
	iw_list(0, 0xc5, AGENT, COA); /* reqid 0 */
	CU_ASSERT_FALSE(ike_can_follow(iw.ike, &hoa, &agent));
	iw_event("child-updown", NAME);
	iw_list(5, 0xc5, AGENT, "nowhere");
	CU_ASSERT_FALSE(ike_can_follow(iw.ike, &hoa, &agent));
	iw_event("child-updown", NAME);
	iw_list(5, 0xc5, NULL, COA);
	CU_ASSERT_FALSE(ike_can_follow(iw.ike, &hoa, &agent));
	/* Unasked for. */
	iw_list(5, 0xc5, AGENT, COA);
	CU_ASSERT_FALSE(ike_can_follow(iw.ike, &hoa, &agent));
	iw_stop();
}

static void a_kernel_that_refuses_is_no_start(void)
{
	struct ike_env env;
	struct ike *ike = NULL;

	addresses();
	iw_start(IKE_NODE);
	iw.ike = ike_free(iw.ike);
	iw.kernel_err = -EPERM;
	env = (struct ike_env){ .tq = iw.tq };
	UNIT_EQ(ike_new(&env, &iw.conf, NULL, NULL, &ike), -EIO);
	CU_ASSERT_PTR_NULL(ike);
	iw_stop();
}

static void a_reload_touches_what_changed(void)
{
	struct ike_peer peers[2], other;
	struct ike_conf conf = { .peers = peers, .n_peers = 2 };

	addresses();
	iw_up(IKE_AGENT, 5);
	peers[0] = peers[1] = iw.peer;
	peers[0].hoa = a6("2001:db8:1::200");
	UNIT_EQ(ike_reload(iw.ike, &conf, iw.now), 0);
	/* Only the new one is loaded. */
	UNIT_STR(iw_asked(), "load-conn load-shared list-sas ");
	CU_ASSERT_TRUE(ike_can_follow(iw.ike, &hoa, &agent));
	UNIT_EQ(out()->reqid, 5);
	iw_answer(true);
	iw_answer(true);
	iw_answer(true);
	/* Another secret, and the new one goes again. */
	other = peers[1];
	other.secret[0]++;
	conf = (struct ike_conf){ .peers = &other, .n_peers = 1 };
	UNIT_EQ(ike_reload(iw.ike, &conf, iw.now), 0);
	UNIT_STR(iw_asked(), "load-conn load-shared terminate list-sas "
			     "unload-conn unload-shared terminate ");
	iw_stop();
}

static void a_pair_that_goes_is_forgotten_by_charon(void)
{
	struct ike_conf none = { 0 };
	unsigned int i;

	addresses();
	iw_up(IKE_NODE, 5);
	UNIT_EQ(ike_reload(iw.ike, &none, iw.now), 0);
	/* The home address may have given keys from now on: never in clear. */
	UNIT_NEED(out() != NULL);
	UNIT_EQ(out()->reqid, SECURITY_REQID_SIGNALLING);
	UNIT_STR(iw_asked(), "unload-conn unload-shared terminate ");
	CU_ASSERT_TRUE(want(&coa2)); /* nobody's business here */
	iw_event("child-updown", NAME);
	UNIT_STR(iw_asked(), "");
	for (i = 0; i < 3; i++)
		iw_answer(i > 0);
	CU_ASSERT_PTR_NULL(iw.ike->leaving);
	/* And again, but charon goes before it hears so. */
	UNIT_EQ(ike_reload(iw.ike, &iw.conf, iw.now), 0);
	UNIT_EQ(ike_reload(iw.ike, &none, iw.now), 0);
	CU_ASSERT_PTR_NOT_NULL(iw.ike->leaving);
	ike_on_down(iw.ike, "gone", iw.now);
	CU_ASSERT_PTR_NULL(iw.ike->leaving);
	iw.n_sps = 0;
	iw_stop();
}

/* charon keeps the associations of a negotiation that the other end has given
 * up, and the kernel might send with them. */
static void what_an_earlier_negotiation_left_goes(void)
{
	struct vici_msg m;

	addresses();
	iw_up(IKE_AGENT, 5);
	iw_event("child-updown", NAME);
	UNIT_STR(iw_asked(), "list-sas ");
	iw_list_event(7, 5, 0xc0000001, AGENT, COA);
	iw_list_event(9, 5, 0xc0000002, AGENT, COA);
	iw_list_event(8, 5, 0xc0000003, AGENT, COA);
	iw_answer(true);
	UNIT_STR(iw_asked(), "terminate ");
	m = last();
	CU_ASSERT_TRUE(vici_is(&m, "ike-id", "8"));
	CU_ASSERT_TRUE(vici_is(&m, "force", "yes"));
	UNIT_EQ(info().signalling.spi_in, 0xc0000002);
	iw_answer(true);
	iw_event("ike-updown", NAME);
	iw_list_event(7, 5, 0xc0000001, AGENT, COA);
	iw_list_event(9, 5, 0xc0000002, AGENT, COA);
	iw_answer(true);
	m = last();
	CU_ASSERT_TRUE(vici_is(&m, "ike-id", "7"));
	iw_stop();
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(a_node_starts_from_its_care_of_address),
		UNIT_CASE(associations_bring_policies_with_their_reqid),
		UNIT_CASE(a_node_requires_protection_from_the_start),
		UNIT_CASE(other_pairs_are_not_ours),
		UNIT_CASE(an_agent_waits_and_lets_anybody_in_from_anywhere),
		UNIT_CASE(events_of_others_are_nothing_to_us),
		UNIT_CASE(with_k_the_end_point_follows),
		UNIT_CASE(a_charon_that_does_not_follow_negotiates_anew),
		UNIT_CASE(a_move_is_judged_by_where_it_went),
		UNIT_CASE(what_charon_has_is_looked_for_first),
		UNIT_CASE(without_k_a_node_negotiates_anew),
		UNIT_CASE(without_k_an_agent_gives_up_the_old_end_point),
		UNIT_CASE(new_keys_change_nothing_but_the_spi),
		UNIT_CASE(policies_follow_another_reqid_in_place),
		UNIT_CASE(a_node_whose_associations_went_begins_again),
		UNIT_CASE(failures_are_tried_again_ever_later),
		UNIT_CASE(an_agent_that_is_silent_is_asked_for_new_keys),
		UNIT_CASE(what_charon_refuses_is_told),
		UNIT_CASE(nonsense_in_a_list_is_no_association),
		UNIT_CASE(a_kernel_that_refuses_is_no_start),
		UNIT_CASE(k_may_be_switched_off),
		UNIT_CASE(what_an_earlier_negotiation_left_goes),
		UNIT_CASE(a_reload_touches_what_changed),
		UNIT_CASE(a_pair_that_goes_is_forgotten_by_charon),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "ike", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
