/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequence numbers that outlive bindings, restarts and crashes: whatever was
 * acknowledged once is refused ever after, whenever the power failed, and the
 * node is served again after one 135.
 */
#include <string.h>

#include "src/ha/ha_private.h"
#include "tests/unit/ha_world.h"
#include "tests/unit/unit.h"

#define NODES 3

static const char *const hoas[NODES] = { "2001:db8:1::100", "2001:db8:1::101",
					 "2001:db8:1::102" };
static struct store_dir *dir;
static struct world w;
static unsigned int max_bindings = 100;

static void run(enum conf_security security)
{
	unsigned int i;

	world_init(&w);
	w.store = store_new(w.tq, dir);
	for (i = 0; i < WORLD_LINKS; i++)
		w.links[i].security = security;
	w.conf.dad_transmits = 0;
	w.conf.max_bindings = max_bindings;
	world_start(&w);
}

static void end(void)
{
	struct store *store = w.store;

	world_close(&w);
	store_free(store);
}

/* The machine without power writes nothing more. */
static void crash(void)
{
	fake_store_fail(dir, -5);
	end();
	fake_store_fail(dir, 0);
	fake_store_light(dir);
}

/* The status of the answer; -1: none. */
static int update(unsigned int node, uint16_t seq, uint16_t lifetime,
		  uint16_t *ret_seq)
{
	struct ba ba;
	int status = -1;

	world_bu(&w, &(struct bu){ .hoa = hoas[node],
				   .seq = seq,
				   .lifetime = lifetime });
	world_run_ms(&w, 10);
	while (world_ba(&w, &ba)) {
		status = ba.ba.status;
		if (ret_seq)
			*ret_seq = ba.ba.seq;
	}
	return status;
}

static void open_dir(void)
{
	UNIT_EQ(store_dir_open("/fake", &dir), 0);
}

static void close_dir(void)
{
	dir = store_dir_close(dir);
}

/* SEC-26: after a stop each node goes on where it was; what it sent before is
 * refused. */
static void a_stop_forgets_nothing(void)
{
	uint16_t seq;
	unsigned int i;

	open_dir();
	run(CONF_SECURITY_IPSEC);
	for (i = 1; i < 40; i++)
		UNIT_EQ(update(i % NODES, (uint16_t)(65500 + i), 105, NULL), 0);
	UNIT_EQ(update(0, 4, 0, NULL), 0); /* gone, and remembered */
	UNIT_EQ(update(0, 4, 105, NULL), BA_SEQ_OUT_OF_WINDOW);
	end();
	run(CONF_SECURITY_IPSEC);
	UNIT_EQ(update(0, 4, 105, &seq), BA_SEQ_OUT_OF_WINDOW);
	UNIT_EQ(seq, 4);
	UNIT_EQ(update(0, 5, 105, NULL), 0);
	UNIT_EQ(update(1, (uint16_t)(65500 + 37), 105, NULL),
		BA_SEQ_OUT_OF_WINDOW);
	UNIT_EQ(update(1, (uint16_t)(65500 + 38), 105, NULL), 0);
	end();
	close_dir();
}

/* Without keys that stay nobody could be told from a forger, who would fill
 * it. */
static void only_where_there_are_keys(void)
{
	open_dir();
	run(CONF_SECURITY_INSECURE);
	UNIT_EQ(update(0, 7, 105, NULL), 0);
	UNIT_EQ(update(0, 8, 0, NULL), 0);
	end();
	CU_ASSERT_PTR_NULL(fake_store_text(dir, "sequence-0"));
	close_dir();
}

/* The disk is not asked each time. */
static void most_updates_need_no_disk(void)
{
	unsigned int i, lines = 0;
	const char *p;

	open_dir();
	run(CONF_SECURITY_IPSEC);
	for (i = 1; i <= 170; i++)
		UNIT_EQ(update(0, (uint16_t)i, 105, NULL), 0);
	for (p = fake_store_text(dir, "sequence-0"); *p; p++)
		lines += *p == '\n';
	UNIT_EQ(lines, 1 + 10);
	end();
	close_dir();
}

/* Numbers of nodes that were acknowledged. */
struct done {
	uint16_t seq[NODES];
	bool any[NODES];
};

static void work(struct done *done)
{
	unsigned int i;

	for (i = 0; i < 120; i++) {
		unsigned int node = i * 7 % NODES;
		uint16_t seq = (uint16_t)(65500 + i);

		if (i == 60)
			w.now = mtime_add_s(w.now, 1);
		if (update(node, seq, i % 11 ? 105 : 0, NULL) >= 128)
			continue; /* 133: nothing to de-register */
		if (fake_store_is_dark(dir))
			return;
		done->seq[node] = seq;
		done->any[node] = true;
	}
}

/* SEC-26: the power fails after each octet that is written.  An answer that
 * left before is never contradicted. */
static void nothing_acknowledged_is_accepted_again(void)
{
	size_t until;
	bool dark = true;

	for (until = 1; dark; until++) {
		struct done done = { .any = { false } };
		unsigned int i;

		open_dir();
		fake_store_power(dir, until);
		run(CONF_SECURITY_IPSEC);
		work(&done);
		dark = fake_store_is_dark(dir);
		crash();
		run(CONF_SECURITY_IPSEC);
		for (i = 0; i < NODES; i++) {
			uint16_t last;

			if (!done.any[i])
				continue;
			UNIT_NEED(update(i, done.seq[i], 105, &last) ==
				  BA_SEQ_OUT_OF_WINDOW);
			/* What the node hears then serves it. */
			UNIT_NEED((uint16_t)(last - done.seq[i]) <= 40);
			UNIT_EQ(update(i, (uint16_t)(last + 1), 105, NULL), 0);
		}
		end();
		close_dir();
	}
	CU_ASSERT_TRUE(until > 500);
}

/* Many more home addresses than may be bound: the one that did not register
 * for the longest time is forgotten, and the log says so. */
static void memory_is_bounded(void)
{
	unsigned int i, max;
	char hoa[INET6_ADDRSTRLEN];

	open_dir();
	run(CONF_SECURITY_IPSEC);
	w.conf.max_bindings = 10;
	max = 10 * HA_SEQS_PER_BINDING;
	for (i = 0; i <= max; i++) {
		snprintf(hoa, sizeof(hoa), "2001:db8:1::%x", 0x1000 + i);
		world_bu(&w,
			 &(struct bu){ .hoa = hoa, .seq = 1, .lifetime = 105 });
		world_run_ms(&w, 10);
		world_bu(&w, &(struct bu){ .hoa = hoa, .seq = 2 });
		world_run_ms(&w, 10);
	}
	world_sent(&w);
	CU_ASSERT_TRUE(fake_log_contains("that of 2001:db8:1::1000 is"));
	world_run_ms(&w, 20000);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::1001",
				   .seq = 2,
				   .lifetime = 105 });
	world_run_ms(&w, 10);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 2);
	end();
	run(CONF_SECURITY_IPSEC);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::1001",
				   .seq = 2,
				   .lifetime = 105 });
	world_run_ms(&w, 10);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 2);
	end();
	close_dir();
}

/* As many as an agent may serve by default, three times over: all known after
 * a crash. */
static void ten_thousand_nodes(void)
{
	unsigned int i, n = 10000, round, wrong = 0;
	struct bcache_key key = { .local = ip(HA1), .hoa = ip(hoas[0]) };
	struct ha_proof proof = { .ident = NULL };
	uint16_t seq;

	open_dir();
	max_bindings = n;
	run(CONF_SECURITY_IPSEC);
	for (round = 1; round <= 3; round++)
		for (i = 0; i < n; i++) {
			key.hoa.s6_addr[13] = (uint8_t)(i >> 8);
			key.hoa.s6_addr[14] = (uint8_t)i;
			ha_seq_set(w.ha, &key, &proof, (uint16_t)(round * 100),
				   w.now);
			if (i % 50 == 0) {
				ha_seq_commit(w.ha, w.now);
				world_run_ms(&w, 1);
			}
		}
	ha_seq_commit(w.ha, w.now);
	crash();
	run(CONF_SECURITY_IPSEC);
	for (i = 0; i < n; i++) {
		key.hoa.s6_addr[13] = (uint8_t)(i >> 8);
		key.hoa.s6_addr[14] = (uint8_t)i;
		if (!ha_seq_get(w.ha, &key, &seq) || seq < 300 || seq > 316)
			wrong++;
	}
	UNIT_EQ(wrong, 0);
	max_bindings = 100;
	end();
	close_dir();
}

static const struct unit_case cases[] = {
	UNIT_CASE(a_stop_forgets_nothing),
	UNIT_CASE(only_where_there_are_keys),
	UNIT_CASE(most_updates_need_no_disk),
	UNIT_CASE(nothing_acknowledged_is_accepted_again),
	UNIT_CASE(memory_is_bounded),
	UNIT_CASE(ten_thousand_nodes),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_seq", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
