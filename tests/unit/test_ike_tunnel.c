/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Associations in tunnel mode that charon negotiates: when they are asked
 * for, what is required while there are none, and how they follow the care-of
 * address.
 */
#include <errno.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/ike_world.h"

static struct in6_addr hoa, agent, coa, coa2;

static struct ike_info info(void)
{
	struct ike_info i = { 0 };

	UNIT_NEED(ike_info(iw.ike, &hoa, &agent, &i));
	return i;
}

/* The policies of the tunnel. */
static const struct kernel_sp *sp(enum kernel_sp_dir dir)
{
	unsigned int i;

	for (i = 0; i < iw.n_sps; i++)
		if (iw.sps[i].dir == dir && iw.sps[i].mode == KERNEL_TUNNEL &&
		    iw.sps[i].src.len + iw.sps[i].dst.len == 128)
			return &iw.sps[i];
	return NULL;
}

static void bind_to(enum ike_end end, const struct in6_addr *at)
{
	enum security_end e = end == IKE_NODE ? SECURITY_NODE : SECURITY_AGENT;

	if (at)
		UNIT_EQ(security_tunnel_set(iw.security, e, &hoa, &agent, at),
			0);
	else
		security_tunnel_del(iw.security, e, &hoa, &agent);
}

static void list(enum ike_end end, const char *at)
{
	iw_list(5, 0xc0000001, end == IKE_NODE ? at : AGENT,
		end == IKE_NODE ? AGENT : at);
}

/* The associations for signalling are there, those of the tunnel not yet. */
static void begin(enum ike_end end, enum security_protect protect)
{
	hoa = a6(HOA);
	agent = a6(AGENT);
	coa = a6(COA);
	coa2 = a6(COA2);
	iw_protect = protect;
	iw_up(end, 5);
}

/* ...and now they are, too. */
static void up(enum ike_end end)
{
	if (end == IKE_NODE)
		iw_answer(true);
	iw_event("child-updown", NAME);
	iw.tunnel_reqid = 6;
	iw.tunnel_spi = 0xc0000041;
	list(end, COA);
	UNIT_EQ(info().tunnel.reqid, 6);
	UNIT_EQ(info().tunnel.spi_in, 0xc0000041);
	UNIT_EQ(info().tunnel.spi_out, 0xc0001041);
	iw_asked();
}

static void end(void)
{
	iw_stop();
	iw_protect = SECURITY_SIGNALLING;
}

/* SEC-4 SEC-6 SEC-29: one exchange after the other, since charon would begin
 * twice with two at once. */
static void a_node_asks_for_them_when_there_is_ike(void)
{
	static const struct {
		enum security_protect protect;
		const char *here, *there;
	} cases[] = {
		{ SECURITY_TESTS, HOA "/128[135]", "::/0[135]" },
		{ SECURITY_ALL, HOA "/128", "::/0" },
	};
	struct vici_msg conn, children, child;
	struct vici_packet pkt;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(IKE_NODE, cases[i].protect);
		UNIT_NEED(!vici_read(iw.last, iw.last_len, &pkt));
		UNIT_STR(pkt.name, "initiate");
		CU_ASSERT_TRUE(vici_is(&pkt.msg, "ike", NAME));
		CU_ASSERT_TRUE(vici_is(&pkt.msg, "child", "mip6-tunnel"));
		CU_ASSERT_TRUE(info().wants_tunnel);
		ike_todo(ike_pair_find(iw.ike, &hoa, &agent),
			 IKE_TODO_CONNECTION);
		UNIT_NEED(!vici_read(iw.last, iw.last_len, &pkt));
		UNIT_NEED(vici_section(&pkt.msg, NAME, &conn));
		UNIT_NEED(vici_section(&conn, "children", &children));
		UNIT_NEED(vici_section(&children, "mip6-tunnel", &child));
		CU_ASSERT_TRUE(vici_is(&child, "mode", "tunnel"));
		CU_ASSERT_TRUE(vici_is(&child, "policies", "no"));
		CU_ASSERT_PTR_NOT_NULL(memmem(iw.last, iw.last_len,
					      cases[i].here,
					      strlen(cases[i].here)));
		CU_ASSERT_PTR_NOT_NULL(memmem(iw.last, iw.last_len,
					      cases[i].there,
					      strlen(cases[i].there)));
		end();
	}
}

static void an_agent_only_learns_of_them(void)
{
	begin(IKE_AGENT, SECURITY_TESTS);
	bind_to(IKE_AGENT, &coa);
	UNIT_NEED(sp(KERNEL_SP_OUT) != NULL);
	UNIT_EQ(sp(KERNEL_SP_OUT)->action, KERNEL_SP_BLOCK);
	up(IKE_AGENT);
	UNIT_EQ(sp(KERNEL_SP_OUT)->action, KERNEL_SP_REQUIRE);
	UNIT_EQ(sp(KERNEL_SP_OUT)->reqid, 6);
	UNIT_EQ(sp(KERNEL_SP_FWD)->reqid, 6);
	UNIT_EQ(sp(KERNEL_SP_FWD)->action, KERNEL_SP_REQUIRE);
	iw_wait_ms(100000);
	UNIT_STR(iw_asked(), "");
	end();
}

/* SEC-3: what takes the tunnel waits for them. */
static void nothing_passes_without_them(void)
{
	begin(IKE_NODE, SECURITY_ALL);
	bind_to(IKE_NODE, &coa);
	UNIT_NEED(sp(KERNEL_SP_OUT) && sp(KERNEL_SP_IN));
	UNIT_EQ(sp(KERNEL_SP_OUT)->action, KERNEL_SP_BLOCK);
	up(IKE_NODE);
	UNIT_EQ(sp(KERNEL_SP_OUT)->action, KERNEL_SP_REQUIRE);
	UNIT_EQ(sp(KERNEL_SP_OUT)->reqid, 6);
	CU_ASSERT(addr_eq(&sp(KERNEL_SP_OUT)->tunnel_src, &coa));
	UNIT_EQ(sp(KERNEL_SP_IN)->action, KERNEL_SP_REQUIRE);
	UNIT_EQ(sp(KERNEL_SP_IN)->reqid, 6);
	/* They go again: it waits again, and asks. */
	iw.tunnel_spi = 0;
	iw_event("child-updown", NAME);
	list(IKE_NODE, COA);
	UNIT_EQ(sp(KERNEL_SP_OUT)->action, KERNEL_SP_BLOCK);
	UNIT_STR(iw_asked(), "list-sas initiate ");
	end();
}

/* Without K the agent's charon looks for it where it was. */
static void without_k_nothing_stays_in_the_kernel(void)
{
	begin(IKE_AGENT, SECURITY_ALL);
	bind_to(IKE_AGENT, &coa);
	up(IKE_AGENT);
	bind_to(IKE_AGENT, &coa2);
	ike_registered(iw.ike, &hoa, &agent, &coa2, false, iw.now);
	UNIT_EQ(iw.sas_deleted, 1);
	UNIT_EQ(iw.sa_deleted.spi, 0xc0001041);
	CU_ASSERT(addr_eq(&iw.sa_deleted.dst, &coa2));
	UNIT_STR(iw_asked(), "terminate list-sas ");
	end();
}

/* SEC-19 SEC-23 HA-104: what sends follows before the Binding Update; with K
 * the rest follows when it was accepted, and charon hears so. */
static void they_follow_the_care_of_address(void)
{
	const struct kernel_sa_move *m = iw.migrate.sas;
	enum ike_end e;

	for (e = IKE_AGENT; e <= IKE_NODE; e++) {
		bool is_node = e == IKE_NODE;

		begin(e, SECURITY_ALL);
		bind_to(e, &coa);
		up(e);
		bind_to(e, &coa2);
		UNIT_EQ(iw.migrated, 1);
		CU_ASSERT_FALSE(iw.migrate.has_ike);
		UNIT_EQ(iw.migrate.sp.reqid, 6);
		CU_ASSERT(addr_eq(is_node ? &sp(KERNEL_SP_OUT)->tunnel_src
					  : &sp(KERNEL_SP_OUT)->tunnel_dst,
				  &coa2));
		ike_registered(iw.ike, &hoa, &agent, &coa2, true, iw.now);
		UNIT_EQ(iw.migrated, 2);
		CU_ASSERT_TRUE(iw.migrate.has_ike);
		UNIT_EQ(iw.migrate.sp.reqid, 5);
		UNIT_EQ(iw.migrate.n_sas, 1);
		UNIT_EQ(m[0].reqid, 6);
		CU_ASSERT(addr_eq(is_node ? &m[0].dst : &m[0].src, &coa));
		CU_ASSERT(addr_eq(is_node ? &m[0].new_dst : &m[0].new_src,
				  &coa2));
		CU_ASSERT(addr_eq(is_node ? &m[0].src : &m[0].dst, &agent));
		iw_wait_ms(IKE_CHECK_MS);
		list(e, COA2);
		UNIT_STR(iw_asked(), "list-sas ");
		end();
	}
}

/* SEC-16: at home there are no policies; the associations are where IKE is,
 * and come along when it leaves again. */
static void home_and_away_again(void)
{
	begin(IKE_NODE, SECURITY_TESTS);
	bind_to(IKE_NODE, &coa);
	up(IKE_NODE);
	bind_to(IKE_NODE, NULL);
	CU_ASSERT_PTR_NULL(sp(KERNEL_SP_OUT));
	ike_registered(iw.ike, &hoa, &agent, &hoa, true, iw.now);
	UNIT_EQ(iw.migrated, 1);
	UNIT_EQ(iw.migrate.n_sas, 2);
	CU_ASSERT(addr_eq(&iw.migrate.sas[0].new_src, &hoa));
	CU_ASSERT(addr_eq(&iw.migrate.sas[1].new_dst, &hoa));
	bind_to(IKE_NODE, &coa2);
	UNIT_EQ(iw.migrated, 2);
	CU_ASSERT(addr_eq(&iw.migrate.sp.tunnel_src, &hoa));
	CU_ASSERT(addr_eq(&iw.migrate.tunnel_src, &coa2));
	UNIT_EQ(sp(KERNEL_SP_OUT)->reqid, 6);
	/* Before charon was looked at: it is not at COA any more. */
	ike_registered(iw.ike, &hoa, &agent, &coa, true, iw.now);
	UNIT_EQ(iw.migrated, 3);
	end();
}

/* Made while IKE moved, they may be of either care-of address. */
static void new_ones_while_it_moves_are_made_again(void)
{
	begin(IKE_NODE, SECURITY_TESTS);
	bind_to(IKE_NODE, &coa);
	up(IKE_NODE);
	bind_to(IKE_NODE, &coa2);
	ike_registered(iw.ike, &hoa, &agent, &coa2, true, iw.now);
	iw.tunnel_spi = 0xc0000042;
	iw_wait_ms(IKE_CHECK_MS);
	list(IKE_NODE, COA2);
	UNIT_STR(iw_asked(), "list-sas rekey ");
	end();
}

/* New keys that charon made at the old care-of address. */
static void new_ones_come_to_where_the_binding_is(void)
{
	begin(IKE_NODE, SECURITY_TESTS);
	bind_to(IKE_NODE, &coa);
	up(IKE_NODE);
	bind_to(IKE_NODE, &coa2);
	UNIT_EQ(iw.migrated, 1);
	iw.tunnel_spi = 0xc0000042;
	iw_event("child-rekey", NAME);
	list(IKE_NODE, COA);
	UNIT_EQ(iw.migrated, 2);
	CU_ASSERT(addr_eq(&iw.migrate.sp.tunnel_src, &coa));
	CU_ASSERT(addr_eq(&iw.migrate.tunnel_src, &coa2));
	CU_ASSERT(addr_eq(&sp(KERNEL_SP_OUT)->tunnel_src, &coa2));
	end();
}

static void an_agent_without_any_is_told_about(void)
{
	unsigned int i;

	begin(IKE_NODE, SECURITY_TESTS);
	iw_answer(true);
	for (i = 0; i < 6; i++) {
		iw_wait_ms(IKE_RETRY_MAX_MS);
		if (*iw_asked())
			iw_answer(true);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(info().reason, "protect"));
	UNIT_STR(info().state, "up"); /* of signalling */
	UNIT_EQ(info().tunnel.reqid, 0);
	end();
}

/* charon narrows what a node asks for to the child that it has. */
static void an_agent_that_wants_none_keeps_signalling(void)
{
	begin(IKE_AGENT, SECURITY_SIGNALLING);
	iw_event("child-updown", NAME);
	iw.tunnel_name = "mip6";
	iw.tunnel_reqid = 6;
	iw.tunnel_spi = 0xc0000041;
	list(IKE_AGENT, COA);
	UNIT_EQ(info().signalling.reqid, 5);
	UNIT_EQ(info().tunnel.reqid, 0);
	CU_ASSERT_FALSE(info().wants_tunnel);
	end();
}

/* It was loaded by an earlier mip6d, which wanted no tunnel. */
static void a_connection_without_a_tunnel_is_loaded_anew(void)
{
	begin(IKE_NODE, SECURITY_TESTS);
	iw_answer(false);
	UNIT_STR(iw_asked(), "load-conn terminate initiate ");
	end();
}

static void another_protection_is_negotiated_anew(void)
{
	struct ike_conf conf;

	begin(IKE_NODE, SECURITY_TESTS);
	up(IKE_NODE);
	conf = iw.conf;
	UNIT_EQ(ike_reload(iw.ike, &conf, iw.now), 0);
	UNIT_STR(iw_asked(), "");
	conf.protect = SECURITY_SIGNALLING;
	UNIT_EQ(ike_reload(iw.ike, &conf, iw.now), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(iw_asked(), "terminate "));
	CU_ASSERT_FALSE(info().wants_tunnel);
	end();
}

/* SEC-20: a key of one node carries nobody else's home address, though
 * charon's associations have no selectors. */
static void policies_tie_them_to_one_home_address(void)
{
	struct security_scope s = { .end = SECURITY_AGENT, .reqid = 6 };
	struct kernel_sp sps[SECURITY_SPS_MAX];
	enum security_protect protect;
	unsigned int i, n;

	hoa = a6(HOA);
	coa = a6(COA);
	s.agent = a6(AGENT);
	for (protect = SECURITY_TESTS; protect <= SECURITY_ALL; protect++) {
		s.hoa = prefix_of(&hoa, 64);
		n = security_prefix_policies(&s, protect, sps);
		UNIT_EQ(n, 2);
		for (i = 0; i < n; i++)
			UNIT_EQ(sps[i].reqid, SECURITY_REQID_TUNNELS);
		s.hoa = prefix_of(&hoa, 128);
		n = security_tunnel_policies(&s, protect, &coa, sps);
		for (i = 1; i < n; i++)
			UNIT_EQ(sps[i].reqid, SECURITY_REQID_TUNNELS);
		s.is_negotiated = true;
		n = security_tunnel_policies(&s, protect, &coa, sps);
		UNIT_EQ(n, 3);
		for (i = 0; i < n; i++)
			UNIT_EQ(sps[i].reqid, 6);
		s.is_negotiated = false;
	}
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(a_node_asks_for_them_when_there_is_ike),
		UNIT_CASE(an_agent_only_learns_of_them),
		UNIT_CASE(nothing_passes_without_them),
		UNIT_CASE(they_follow_the_care_of_address),
		UNIT_CASE(home_and_away_again),
		UNIT_CASE(new_ones_while_it_moves_are_made_again),
		UNIT_CASE(new_ones_come_to_where_the_binding_is),
		UNIT_CASE(an_agent_without_any_is_told_about),
		UNIT_CASE(an_agent_that_wants_none_keeps_signalling),
		UNIT_CASE(a_connection_without_a_tunnel_is_loaded_anew),
		UNIT_CASE(without_k_nothing_stays_in_the_kernel),
		UNIT_CASE(another_protection_is_negotiated_anew),
		UNIT_CASE(policies_tie_them_to_one_home_address),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "ike_tunnel", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
