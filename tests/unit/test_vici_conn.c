/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection to charon, with a charon of ours at the other end of a real
 * socket: late, restarted, silent, chopping its packets, talking nonsense.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "mip6d/loop.h"
#include "mip6d/vici.h"
#include "tests/unit/unit.h"

static char dir[] = "/tmp/test_vici.XXXXXX";
static char path[64];
static struct tqueue *tq;
static struct loop *loop;
static struct vici *v;
static int listen_fd, fd;
static struct task end;

/* What was told, in order: "up ", "down ", "reply:TYPE ", "event:NAME ". */
static char told[512], last_down[128];
static bool close_on_event;

static void tell(const char *what, const char *more)
{
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%s ",
		 what, more);
}

static void on_up(void *arg)
{
	UNIT_EQ(arg == &v, true);
	tell("up", "");
}

static void on_down(void *arg, const char *why)
{
	(void)arg;
	tell("down", "");
	snprintf(last_down, sizeof(last_down), "%s", why);
}

static void on_reply(void *arg, const struct vici_packet *pkt)
{
	char type[4];

	(void)arg;
	snprintf(type, sizeof(type), "%d", (int)pkt->type);
	tell("reply:", type);
}

static void on_event(void *arg, const struct vici_packet *pkt)
{
	(void)arg;
	tell("event:", pkt->name);
	if (close_on_event)
		v = vici_close(v);
}

static const struct vici_handler handler = {
	.on_up = on_up,
	.on_down = on_down,
	.on_reply = on_reply,
	.on_event = on_event,
};

static void on_end(struct task *task, struct mtime now)
{
	(void)task;
	(void)now;
	loop_stop(loop);
}

/* Until nothing is left to do at once. */
static void run(void)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		tqueue_start(tq, &end, mtime_now());
		UNIT_EQ(loop_run(loop), 0);
	}
}

/* Until want was told, however late that is. */
static void run_until(const char *want)
{
	struct mtime late = mtime_add_s(mtime_now(), 30);

	while (strcmp(told, want) && mtime_before(mtime_now(), late)) {
		tqueue_start(tq, &end, mtime_add_ms(mtime_now(), 10));
		UNIT_EQ(loop_run(loop), 0);
	}
	UNIT_STR(told, want);
}

static void charon_listen(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	strcpy(sun.sun_path, path);
	unlink(path);
	listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	UNIT_NEED(!bind(listen_fd, (struct sockaddr *)&sun, sizeof(sun)));
	UNIT_NEED(!listen(listen_fd, 5));
}

static void charon_accept(void)
{
	fd = accept(listen_fd, NULL, NULL);
	UNIT_NEED(fd >= 0);
}

static void charon_says(const char *hex)
{
	uint8_t data[256];
	size_t n = unit_hex(data, sizeof(data), hex);

	UNIT_EQ(send(fd, data, n, MSG_NOSIGNAL), n);
}

static void charon_hears(const char *hex)
{
	uint8_t data[256];
	ssize_t n = recv(fd, data, sizeof(data), MSG_DONTWAIT);

	UNIT_HEX(data, n > 0 ? (size_t)n : 0, hex);
}

static int ask(const char *name)
{
	uint8_t mem[64];
	struct wbuf b;

	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, VICI_REQUEST, name);
	return vici_send(v, &b);
}

static void setup(void)
{
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	UNIT_NEED(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/vici", dir);
	*told = *last_down = '\0';
	close_on_event = false;
	tq = tqueue_new();
	UNIT_NEED(!loop_new(tq, &loop));
	task_init(&end, on_end);
	listen_fd = fd = -1;
	UNIT_EQ(vici_open(loop, path, &handler, &v, &v), 0);
}

static void teardown(void)
{
	v = vici_close(v);
	loop_free(loop);
	tqueue_free(tq);
	close(listen_fd);
	close(fd);
	unlink(path);
	rmdir(dir);
}

static void connect_both(void)
{
	setup();
	charon_listen();
	run_until("up ");
	charon_accept();
}

static void one_request_is_under_way_at_a_time(void)
{
	connect_both();
	UNIT_EQ(ask("a"), 0);
	UNIT_EQ(ask("b"), 0);
	run();
	charon_hears("00000003 00 01 61");
	charon_says("00000001 01");
	run_until("up reply:1 ");
	charon_hears("00000003 00 01 62");
	/* An event comes in between. */
	charon_says("00000003 07 01 65  00000001 02");
	run_until("up reply:1 event:e reply:2 ");
	teardown();
}

static void packets_may_come_in_pieces(void)
{
	static const char *const octets[] = { "00", "00", "00", "08",
					      "07", "01", "65", "03",
					      "01", "6b", "00", "00" };
	size_t i;

	connect_both();
	for (i = 0; i < sizeof(octets) / sizeof(*octets); i++) {
		UNIT_STR(told, "up ");
		charon_says(octets[i]);
		run();
	}
	run_until("up event:e ");
	teardown();
}

static void charon_that_comes_late_is_found(void)
{
	setup();
	run_until("down ");
	UNIT_EQ(ask("a"), -ENOTCONN);
	charon_listen();
	run_until("down up ");
	teardown();
}

static void a_restarted_charon_is_found_again(void)
{
	connect_both();
	UNIT_EQ(ask("a"), 0);
	UNIT_EQ(ask("b"), 0);
	run();
	charon_hears("00000003 00 01 61");
	close(fd);
	run_until("up down ");
	UNIT_STR(last_down, "charon closed it");
	UNIT_EQ(ask("c"), -ENOTCONN);
	run_until("up down up ");
	charon_accept();
	/* What was asked before is forgotten. */
	charon_hears("");
	UNIT_EQ(ask("d"), 0);
	run();
	charon_hears("00000003 00 01 64");
	teardown();
}

/* Who lets us in and says nothing right is asked ever later, as who is not
 * there. */
static void who_hangs_up_is_left_alone_for_longer(void)
{
	struct mtime began;
	unsigned int i;

	setup();
	charon_listen();
	began = mtime_now();
	for (i = 0; i < 3; i++) {
		*told = '\0';
		run_until("up ");
		charon_accept();
		close(fd);
		*told = '\0';
		run_until("down ");
	}
	fd = -1;
	*told = '\0';
	run_until("up ");
	/* 500 + 1000 + 2000 ms */
	CU_ASSERT(mtime_diff_ms(mtime_now(), began) >= 3000);
	teardown();
}

static void nonsense_ends_the_connection(void)
{
	static const struct {
		const char *hex, *why;
	} cases[] = {
		{ "00080001 07", "a packet longer than allowed" },
		{ "ffffffff", "a packet longer than allowed" },
		{ "00000000", "an empty packet" },
		{ "00000001 01", "an answer that was not asked for" },
		{ "00000001 06", "an answer that was not asked for" },
		{ "00000003 00 01 61", "a request, which is ours to make" },
		{ "00000004 07 01 61 02", "the end of no section" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		connect_both();
		charon_says(cases[i].hex);
		run_until("up down ");
		UNIT_STR(last_down, cases[i].why);
		teardown();
	}
}

static void the_queue_is_bounded(void)
{
	uint8_t mem[4];
	struct wbuf bad;
	unsigned int i;

	connect_both();
	for (i = 0; i < VICI_REQUESTS_MAX; i++)
		UNIT_EQ(ask("a"), 0);
	UNIT_EQ(ask("a"), -ENOBUFS);
	wbuf_init(&bad, mem, sizeof(mem));
	vici_put_head(&bad, VICI_REQUEST, "too long");
	UNIT_EQ(vici_send(v, &bad), -EMSGSIZE);
	teardown();
}

/* More than a socket takes at once: the rest leaves when it can. */
static void a_slow_reader_does_not_block_us(void)
{
	static const uint8_t zeros[1000];
	static uint8_t mem[400000], got[400016];
	size_t n = 0;
	ssize_t r;
	struct wbuf b;
	unsigned int i;

	connect_both();
	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, VICI_REQUEST, "a");
	while (b.len + 1004 < sizeof(mem))
		vici_put_data(&b, "k", zeros, sizeof(zeros));
	CU_ASSERT_FALSE(b.bad);
	UNIT_EQ(vici_send(v, &b), 0);
	run();
	for (i = 0; i < 10000 && n < b.len + 4; i++) {
		r = recv(fd, got + n, sizeof(got) - n, MSG_DONTWAIT);
		if (r > 0)
			n += (size_t)r;
		else
			run();
	}
	UNIT_EQ(n, b.len + 4);
	UNIT_MEM(got + 4, b.len, mem, b.len);
	charon_says("00000001 01");
	run_until("up reply:1 ");
	teardown();
}

static void it_may_be_closed_from_what_it_tells(void)
{
	connect_both();
	close_on_event = true;
	charon_says("00000003 07 01 65  00000003 07 01 66");
	run_until("up event:e ");
	CU_ASSERT_PTR_NULL(v);
	run();
	UNIT_STR(told, "up event:e ");
	teardown();
}

static void a_path_too_long_is_refused(void)
{
	char longer[200];
	struct vici *other = NULL;

	setup();
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	UNIT_EQ(vici_open(loop, longer, &handler, &v, &other), -ENAMETOOLONG);
	CU_ASSERT_PTR_NULL(other);
	teardown();
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(one_request_is_under_way_at_a_time),
		UNIT_CASE(packets_may_come_in_pieces),
		UNIT_CASE(charon_that_comes_late_is_found),
		UNIT_CASE(a_restarted_charon_is_found_again),
		UNIT_CASE(who_hangs_up_is_left_alone_for_longer),
		UNIT_CASE(nonsense_ends_the_connection),
		UNIT_CASE(the_queue_is_bounded),
		UNIT_CASE(a_slow_reader_does_not_block_us),
		UNIT_CASE(it_may_be_closed_from_what_it_tells),
		UNIT_CASE(a_path_too_long_is_refused),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "vici_conn", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
