/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What correspondents answer: acknowledgements of every status, Binding
 * Errors, ICMPv6 errors.
 */
#include <string.h>

#include "tests/unit/mn_ro_world.h"

static struct rw r;

static void open_updating(void)
{
	rw_open(&r);
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	UNIT_NEED(rw_count(&r, MH_BU) == 1);
}

static void open_optimised(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
}

static uint64_t counted(enum counter c)
{
	return r.w.counters.v[c];
}

/* ---- acknowledgements that do not count ---- */

/* MN-163: no or a wrong authenticator; MN-164: one that is not the end;
 * MN-165: another number; also from somebody else, and for a refusal as for
 * an acceptance. The update goes on to be repeated. */
static void acknowledgements_that_are_ignored(void)
{
	static const struct {
		struct rw_ba ba;
		enum counter counter;
	} list[] = {
		{ { .no_auth = true }, CNT_BA_BAD_AUTH },
		{ { .bad_auth = true }, CNT_BA_BAD_AUTH },
		{ { .padded = true }, CNT_BA_BAD_AUTH },
		{ { .status = BA_NO_RESOURCES, .no_auth = true },
		  CNT_BA_BAD_AUTH },
		{ { .status = BA_PROHIBITED, .bad_auth = true },
		  CNT_BA_BAD_AUTH },
		{ { .status = BA_EXPIRED_NONCES, .padded = true },
		  CNT_BA_BAD_AUTH },
		{ { .seq = 1 }, CNT_BA_BAD_SEQ },
		{ { .seq = 0xffff }, CNT_BA_BAD_SEQ },
		{ { .status = BA_UNSPECIFIED, .seq = 1 }, CNT_BA_BAD_SEQ },
		{ { .status = BA_EXPIRED_NONCES, .no_auth = true, .seq = 1 },
		  CNT_BA_BAD_SEQ },
		{ { .src = CN2 }, CNT_BA_NOT_ASKED },
	};
	unsigned int i;
	uint64_t before;

	open_updating();
	for (i = 0; i < ARRAY_SIZE(list); i++) {
		before = counted(list[i].counter);
		rw_ba(&r, rw_last(&r, MH_BU), &list[i].ba);
		if (counted(list[i].counter) != before + 1)
			printf("case %u\n", i);
		UNIT_EQ(counted(list[i].counter), before + 1);
		UNIT_STR(rw_state(&r, CN1), "updating");
	}
	CU_ASSERT(!rw_info(&r, CN1)->info.has_status);
	rw_run_s(&r, 1);
	UNIT_EQ(rw_count(&r, MH_BU), 2);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	/* Twice is once. */
	rw_accept(&r);
	UNIT_EQ(counted(CNT_BA_NOT_ASKED), 2);
	rw_close(&r);
}

/* ---- acceptance ---- */

/* MN-168: 1 .. 127 accept like 0. */
static void all_success_statuses_count(void)
{
	static const uint8_t statuses[] = { 1, 2, 64, 127 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		open_updating();
		rw_ba(&r, rw_last(&r, MH_BU),
		      &(struct rw_ba){ .status = statuses[i] });
		CU_ASSERT(rw_is_optimised(&r, CN1));
		rw_close(&r);
	}
}

/* MN-169: what is granted less is subtracted from what is left; MN-170: as
 * much changes nothing; MN-171: more does not extend it. The lifetime counts
 * from the sending. */
static void granted_lifetimes(void)
{
	static const struct {
		int add_4s;
		int64_t left_s;
	} list[] = { { 0, 419 }, { -5, 399 }, { +20, 419 }, { -104, 3 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		open_updating();
		mw_run_ms(&r.w, 999);
		rw_ba(&r, rw_last(&r, MH_BU),
		      &(struct rw_ba){ .lifetime_4s = list[i].add_4s });
		UNIT_EQ(mtime_left_s(rw_entry(&r, CN1)->expires, r.w.now),
			list[i].left_s);
		CU_ASSERT(rw_is_optimised(&r, CN1));
		rw_close(&r);
	}
	/* Nothing left at all. */
	open_updating();
	rw_ba(&r, rw_last(&r, MH_BU), &(struct rw_ba){ .lifetime_4s = -105 });
	UNIT_STR(rw_state(&r, CN1), "refused");
	rw_close(&r);
}

/* MN-176. */
static void refresh_advice_is_ignored(void)
{
	open_updating();
	rw_ba(&r, rw_last(&r, MH_BU), &(struct rw_ba){ .advice_4s = 5 });
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_run_s(&r, 100);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	rw_close(&r);
}

/* ---- refusal ---- */

/* MN-166: the named tokens are dropped, and asked for anew with new cookies;
 * nobody can sign that. */
static void expired_nonces(void)
{
	static const struct {
		uint8_t status;
		unsigned int hoti, coti;
	} list[] = { { BA_EXPIRED_HOME_NONCE, 2, 1 },
		     { BA_EXPIRED_COA_NONCE, 1, 2 },
		     { BA_EXPIRED_NONCES, 2, 2 } };
	struct mw_mh hoti;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		open_updating();
		hoti = *rw_last(&r, MH_HOTI);
		rw_ba(&r, rw_last(&r, MH_BU),
		      &(struct rw_ba){ .status = list[i].status,
				       .no_auth = true });
		UNIT_EQ(rw_count(&r, MH_HOTI), list[i].hoti);
		UNIT_EQ(rw_count(&r, MH_COTI), list[i].coti);
		if (list[i].hoti == 2)
			CU_ASSERT(memcmp(
				hoti.msg.test_init.cookie,
				rw_last(&r, MH_HOTI)->msg.test_init.cookie, 8));
		UNIT_STR(rw_state(&r, CN1), "testing");
		rw_answer_all(&r);
		UNIT_EQ(rw_count(&r, MH_BU), 2);
		rw_accept(&r);
		CU_ASSERT(rw_is_optimised(&r, CN1));
		rw_close(&r);
	}
}

/* A peer that never takes a token does not get tests for ever. */
static void endless_refusal_of_tokens(void)
{
	unsigned int i;

	open_updating();
	for (i = 0; i < 10 && strcmp(rw_state(&r, CN1), "refused"); i++) {
		rw_ba(&r, rw_last(&r, MH_BU),
		      &(struct rw_ba){ .status = BA_EXPIRED_NONCES,
				       .no_auth = true });
		rw_run_s(&r, 1);
		rw_answer_all(&r);
	}
	UNIT_EQ(i, 4);
	rw_close(&r);
}

/* MN-172, MN-173: the peer's number is taken over if it has signed. */
static void sequence_numbers_are_resynchronised(void)
{
	struct mw_mh first;

	open_updating();
	first = *rw_last(&r, MH_BU);
	rw_ba(&r, &first,
	      &(struct rw_ba){ .status = BA_SEQ_OUT_OF_WINDOW,
			       .seq = 700,
			       .no_auth = true });
	rw_ba(&r, &first,
	      &(struct rw_ba){ .status = BA_SEQ_OUT_OF_WINDOW,
			       .seq = 700,
			       .bad_auth = true });
	UNIT_EQ(counted(CNT_BA_BAD_AUTH), 2);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	/* It answers an earlier update. */
	rw_ba(&r, &first,
	      &(struct rw_ba){ .status = BA_SEQ_OUT_OF_WINDOW, .seq = 0xfff0 });
	UNIT_EQ(counted(CNT_BA_BAD_SEQ), 1);
	rw_ba(&r, &first,
	      &(struct rw_ba){ .status = BA_SEQ_OUT_OF_WINDOW, .seq = 700 });
	UNIT_EQ(rw_count(&r, MH_BU), 2);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.seq,
		(uint16_t)(first.msg.bu.seq + 701));
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

static void endless_resynchronisation(void)
{
	unsigned int i;

	open_updating();
	for (i = 0; i < 10 && !strcmp(rw_state(&r, CN1), "updating"); i++) {
		rw_ba(&r, rw_last(&r, MH_BU),
		      &(struct rw_ba){ .status = BA_SEQ_OUT_OF_WINDOW,
				       .seq = 1 });
		mw_run_ms(&r.w, 1001);
	}
	UNIT_STR(rw_state(&r, CN1), "refused");
	UNIT_EQ(i, 4);
	rw_close(&r);
}

/* MN-174: tunnelled, and let alone for a time that grows. */
static void refusals(void)
{
	static const uint8_t statuses[] = { 128, 129, 130, 131, 132,
					    133, 139, 174, 255 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		open_updating();
		rw_ba(&r, rw_last(&r, MH_BU),
		      &(struct rw_ba){ .status = statuses[i] });
		UNIT_STR(rw_state(&r, CN1), "refused");
		CU_ASSERT(!rw_is_optimised(&r, CN1));
		UNIT_EQ(rw_info(&r, CN1)->info.last_status, statuses[i]);
		CU_ASSERT(strstr(rw_info(&r, CN1)->reason,
				 ba_status_str(statuses[i])) != NULL);
		UNIT_EQ(rw_info(&r, CN1)->info.until.us,
			mtime_add_s(r.w.now, 60).us);
		UNIT_EQ(rw_entry(&r, CN1)->state, BUL_REFUSED);
		rw_forget(&r);
		rw_run_s(&r, 59);
		rw_flow(&r, CN1);
		UNIT_EQ(r.w.n_mhs, 0);
		rw_run_s(&r, 1);
		UNIT_STR(rw_state(&r, CN1), "idle");
		rw_flow(&r, CN1);
		UNIT_STR(rw_state(&r, CN1), "updating");
		rw_ba(&r, rw_last(&r, MH_BU),
		      &(struct rw_ba){ .status = statuses[i] });
		UNIT_EQ(rw_info(&r, CN1)->info.until.us,
			mtime_add_s(r.w.now, 120).us);
		rw_close(&r);
	}
}

/* A refused refresh: what the peer still sends directly is taken. */
static void a_refused_refresh(void)
{
	open_optimised();
	rw_brr(&r, CN1);
	rw_ba(&r, rw_last(&r, MH_BU),
	      &(struct rw_ba){ .status = BA_NO_RESOURCES });
	UNIT_STR(rw_state(&r, CN1), "refused");
	UNIT_NEED(rw_path(&r, CN1) != NULL);
	CU_ASSERT(!rw_path(&r, CN1)->send);
	rw_close(&r);
}

/* MN-158: without the A bit only a refusal is answered, and it counts. */
static void refusals_of_what_was_taken_for_granted(void)
{
	static const uint8_t statuses[] = { BA_EXPIRED_NONCES,
					    BA_SEQ_OUT_OF_WINDOW,
					    BA_NO_RESOURCES };
	static const char *const states[] = { "testing", "updating",
					      "refused" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		rw_init(&r);
		r.w.conf.cn_ack = false;
		rw_start(&r);
		rw_flow(&r, CN1);
		rw_answer_all(&r);
		CU_ASSERT(rw_is_optimised(&r, CN1));
		rw_ba(&r, rw_last(&r, MH_BU),
		      &(struct rw_ba){
			      .status = statuses[i],
			      .seq = statuses[i] == BA_SEQ_OUT_OF_WINDOW,
			      .no_auth = statuses[i] == BA_EXPIRED_NONCES });
		UNIT_STR(rw_state(&r, CN1), states[i]);
		rw_close(&r);
	}
}

/* ---- Binding Errors ---- */

/* MN-47: back to the tunnel at once, and all begins anew: a peer that has
 * lost its cache has lost its nonces. */
static void an_unknown_binding(void)
{
	open_optimised();
	auth_nonces_invalidate(&r.nonces);
	rw_be(&r, CN1, BE_UNKNOWN_BINDING, HOA);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	/* Nobody has proved it: what comes directly is still taken. */
	CU_ASSERT(!rw_path(&r, CN1)->send);
	MW_ADDR(rw_entry(&r, CN1)->bound_coa, "::");
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 1);
	UNIT_EQ(counted(CNT_BE_IGNORED), 0);
	rw_answer_all(&r);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* A peer that keeps losing it is left in the tunnel for a while. */
static void a_peer_without_room(void)
{
	unsigned int i;

	open_optimised();
	for (i = 0; i < 10; i++) {
		mw_run_ms(&r.w, 2000);
		rw_be(&r, CN1, BE_UNKNOWN_BINDING, HOA);
		if (strcmp(rw_state(&r, CN1), "testing"))
			break;
		rw_answer_all(&r);
		rw_accept(&r);
	}
	UNIT_EQ(i, 3);
	UNIT_STR(rw_state(&r, CN1), "failed");
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* MN-45: from nobody we know; MN-51: about another home address; and where
 * there is no binding to be unknown. */
static void binding_errors_that_are_ignored(void)
{
	open_optimised();
	rw_be(&r, CN2, BE_UNKNOWN_BINDING, HOA);
	rw_be(&r, CN1, BE_UNKNOWN_BINDING, HOA2);
	rw_be(&r, CN1, BE_UNKNOWN_BINDING, "::");
	rw_be(&r, CN1, 3, HOA);
	UNIT_EQ(counted(CNT_BE_IGNORED), 4);
	/* MN-49: nothing is waited for. */
	rw_be(&r, CN1, BE_UNKNOWN_MH_TYPE, HOA);
	UNIT_EQ(counted(CNT_BE_IGNORED), 5);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	UNIT_EQ(r.w.n_mhs, 0);
	UNIT_EQ(mn_bul(r.w.mn)->count, 2);
	rw_flow(&r, CN2);
	rw_be(&r, CN2, BE_UNKNOWN_BINDING, HOA);
	UNIT_EQ(counted(CNT_BE_IGNORED), 6);
	UNIT_STR(rw_state(&r, CN2), "testing");
	rw_close(&r);
}

static void expect_incapable(void)
{
	UNIT_STR(rw_state(&r, CN1), "incapable");
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	CU_ASSERT(!rw_path(&r, CN1) || !rw_path(&r, CN1)->send);
	CU_ASSERT(rw_info(&r, CN1)->reason[0] != '\0');
	UNIT_EQ(rw_info(&r, CN1)->info.until.us, mtime_add_s(r.w.now, 600).us);
	rw_forget(&r);
	rw_live_s(&r, 599);
	rw_flow(&r, CN1);
	UNIT_EQ(r.w.n_mhs, 0);
	rw_live_s(&r, 2);
	rw_flow(&r, CN1);
	CU_ASSERT(r.w.n_mhs > 0);
}

/* MN-50: a peer that answers a test or an update so does not speak it. */
static void an_unknown_message(void)
{
	rw_open(&r);
	rw_flow(&r, CN1);
	rw_be(&r, CN1, BE_UNKNOWN_MH_TYPE, "::");
	expect_incapable();
	rw_close(&r);

	open_updating();
	rw_be(&r, CN1, BE_UNKNOWN_MH_TYPE, HOA);
	expect_incapable();
	rw_close(&r);
}

/* ---- ICMPv6 errors ---- */

/* MN-39: Parameter Problem code 1 about any message of ours: tunnelled,
 * marked, let alone; MN-41: until the hold time is over. */
static void a_peer_without_mobility_headers(void)
{
	static const uint8_t types[] = { MH_HOTI, MH_COTI };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		rw_open(&r);
		rw_flow(&r, CN1);
		rw_icmp(&r, rw_last(&r, types[i]), ICMP6_PARAM_PROB_T, 1);
		UNIT_NEED(rw_entry(&r, CN1) != NULL);
		CU_ASSERT(rw_entry(&r, CN1)->blocked);
		expect_incapable();
		rw_close(&r);
	}
	open_updating();
	rw_icmp(&r, rw_last(&r, MH_BU), ICMP6_PARAM_PROB_T, 1);
	expect_incapable();
	rw_close(&r);
}

/* MN-42: from somebody unknown nothing comes of it; nor about what is
 * answered already. */
static void parameter_problems_that_are_ignored(void)
{
	struct mw_mh hoti, stranger;

	open_optimised();
	rw_flow(&r, CN2);
	hoti = stranger = *rw_last(&r, MH_HOTI);
	hoti.send.dst = mw_addr(CN1);
	stranger.send.dst = mw_addr("2001:db8:c::99");
	rw_icmp(&r, &hoti, ICMP6_PARAM_PROB_T, 1);
	rw_icmp(&r, &stranger, ICMP6_PARAM_PROB_T, 1);
	rw_icmp(&r, &stranger, ICMP6_DEST_UNREACH_T, 0);
	UNIT_EQ(counted(CNT_ICMP_ERROR_IN), 0);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	UNIT_STR(rw_state(&r, "2001:db8:c::99"), "");
	UNIT_EQ(mn_bul(r.w.mn)->count, 3);
	rw_close(&r);
}

/* MN-43: from a peer that has taken the option it is logged and ignored. */
static void no_home_address_option_from_a_registered_peer(void)
{
	struct mw_mh bu;

	open_updating();
	bu = *rw_last(&r, MH_BU);
	rw_accept(&r);
	rw_icmp(&r, &bu, ICMP6_PARAM_PROB_T, 2);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	CU_ASSERT(fake_log_contains("Home Address options"));
	rw_close(&r);
}

/* One that has not shown that it can is left in the tunnel. */
static void no_home_address_option(void)
{
	open_updating();
	rw_icmp(&r, rw_last(&r, MH_BU), ICMP6_PARAM_PROB_T, 2);
	expect_incapable();
	rw_close(&r);

	rw_init(&r);
	r.w.conf.cn_ack = false;
	rw_start(&r);
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_icmp(&r, rw_last(&r, MH_BU), ICMP6_PARAM_PROB_T, 2);
	expect_incapable();
	rw_close(&r);
}

/* MN-44: nothing breaks, and the others go on. */
static void unreachable(void)
{
	rw_open(&r);
	rw_flow(&r, CN1);
	rw_icmp(&r, rw_last(&r, MH_HOTI), ICMP6_DEST_UNREACH_T, 0);
	rw_icmp(&r, rw_last(&r, MH_COTI), ICMP6_DEST_UNREACH_T, 3);
	rw_icmp(&r, rw_last(&r, MH_COTI), ICMP6_TIME_EXCEEDED_T, 0);
	UNIT_EQ(counted(CNT_ICMP_ERROR_IN), 3);
	UNIT_STR(rw_state(&r, CN1), "testing");
	r.answered = r.w.n_mhs;
	rw_flow(&r, CN2);
	rw_answer_all(&r);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN2));
	rw_run_s(&r, 1);
	UNIT_EQ(rw_count(&r, MH_HOTI), 3);
	rw_close(&r);
}

static const struct unit_case acks[] = {
	UNIT_CASE(acknowledgements_that_are_ignored),
	UNIT_CASE(all_success_statuses_count),
	UNIT_CASE(granted_lifetimes),
	UNIT_CASE(refresh_advice_is_ignored),
	UNIT_CASE(expired_nonces),
	UNIT_CASE(endless_refusal_of_tokens),
	UNIT_CASE(sequence_numbers_are_resynchronised),
	UNIT_CASE(endless_resynchronisation),
	UNIT_CASE(refusals),
	UNIT_CASE(a_refused_refresh),
	UNIT_CASE(refusals_of_what_was_taken_for_granted),
	UNIT_END,
};

static const struct unit_case errors[] = {
	UNIT_CASE(an_unknown_binding),
	UNIT_CASE(a_peer_without_room),
	UNIT_CASE(binding_errors_that_are_ignored),
	UNIT_CASE(an_unknown_message),
	UNIT_CASE(a_peer_without_mobility_headers),
	UNIT_CASE(parameter_problems_that_are_ignored),
	UNIT_CASE(no_home_address_option_from_a_registered_peer),
	UNIT_CASE(no_home_address_option),
	UNIT_CASE(unreachable),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_ro acknowledgements", acks },
					    { "mn_ro errors", errors },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
