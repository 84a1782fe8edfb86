/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a log line looks like, on a terminal and in the journal; the counters'
 * names; and random numbers.  Each line is written by a child process whose
 * stderr is a file in memory.
 */
#include "mip6d/log.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mip6d/counters.h"
#include "mip6d/random.h"
#include "tests/unit/unit.h"

static char text[4096];

enum stream { TERMINAL, JOURNAL, ANOTHER_JOURNAL };

static void say_journal(int fd, enum stream stream)
{
	char name[64];
	struct stat st;

	fstat(fd, &st);
	snprintf(name, sizeof(name), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino + (stream == ANOTHER_JOURNAL));
	if (stream == TERMINAL)
		unsetenv("JOURNAL_STREAM");
	else
		setenv("JOURNAL_STREAM", name, 1);
}

/* What `write_lines` writes, in text[]. */
static void capture(enum stream stream, void (*write_lines)(void))
{
	int fd = memfd_create("stderr", 0), status = -1;
	ssize_t n;
	pid_t pid;

	UNIT_NEED(fd >= 0);
	fflush(stdout);
	pid = fork();
	UNIT_NEED(pid >= 0);
	if (!pid) {
		say_journal(fd, stream);
		dup2(fd, STDERR_FILENO);
		write_lines();
		exit(0);
	}
	UNIT_NEED(waitpid(pid, &status, 0) == pid);
	UNIT_EQ(status, 0);
	n = pread(fd, text, sizeof(text) - 1, 0);
	UNIT_NEED(n >= 0);
	text[n] = '\0';
	close(fd);
}

static void write_each_level(void)
{
	log_set_level(LOG_LEVEL_DEBUG);
	log_error("a%d", 1);
	log_warning("b");
	log_notice("c");
	log_info("d");
	log_debug("e");
}

static void journal_gets_level_numbers(void)
{
	capture(JOURNAL, write_each_level);
	UNIT_STR(text, "<3>a1\n<4>b\n<5>c\n<6>d\n<7>e\n");
}

/* The stamp goes away, so that lines can be compared. */
static void drop_stamps(void)
{
	char *from = text, *to = text;

	while (*from) {
		size_t n = strspn(from, "[ .0123456789");

		CU_ASSERT_TRUE(n >= 14);
		CU_ASSERT_TRUE(from[0] == '[' && from[n] == ']');
		from += n + 2;
		n = strcspn(from, "\n") + 1;
		memmove(to, from, n);
		to += n;
		from += n;
	}
	*to = '\0';
}

static void terminal_gets_stamps_and_words(void)
{
	capture(TERMINAL, write_each_level);
	drop_stamps();
	UNIT_STR(text, "error: a1\nwarning: b\nc\nd\ndebug: e\n");
}

static void an_inherited_journal_is_not_ours(void)
{
	capture(ANOTHER_JOURNAL, write_each_level);
	drop_stamps();
	UNIT_STR(text, "error: a1\nwarning: b\nc\nd\ndebug: e\n");
}

static void write_below_threshold(void)
{
	log_debug("not by default");
	log_info("by default");
	log_set_level(LOG_LEVEL_WARNING);
	log_notice("not now");
	log_warning("now");
}

static void threshold_holds(void)
{
	capture(JOURNAL, write_below_threshold);
	UNIT_STR(text, "<6>by default\n<4>now\n");
	UNIT_EQ(log_get_level(), LOG_LEVEL_INFO);
}

static void write_controls(void)
{
	log_info("if=%s end", "eth0\n<3>forged\x1b[0m\x7f");
}

static void controls_cannot_forge_a_line(void)
{
	capture(JOURNAL, write_controls);
	UNIT_STR(text, "<6>if=eth0?<3>forged?[0m? end\n");
}

static void write_long(void)
{
	char x[3000];

	memset(x, 'x', sizeof(x) - 1);
	x[sizeof(x) - 1] = '\0';
	log_info("%s", x);
	log_info("next");
}

static void long_lines_are_cut_and_end(void)
{
	capture(JOURNAL, write_long);
	UNIT_EQ(strcspn(text, "\n"), 1023);
	UNIT_STR(text + 1010, "xxxxxxxxxx...\n<6>next\n");
}

static void counters_have_distinct_names(void)
{
	int i, j;

	for (i = 0; i < CNT_MAX; i++) {
		const char *p = counter_names[i];

		UNIT_NEED(p && *p && counter_texts[i] && *counter_texts[i]);
		for (; *p; p++)
			CU_ASSERT_TRUE(islower((unsigned char)*p) ||
				       isdigit((unsigned char)*p) || *p == '-');
		for (j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(counter_names[i],
						   counter_names[j]);
	}
	UNIT_STR(counter_names[CNT_MH_BAD_CHECKSUM], "mh-bad-checksum");
}

static void random_stays_below_its_bound(void)
{
	static const uint32_t bounds[] = {
		1, 2, 3, 1000, 0x80000001, UINT32_MAX
	};
	unsigned int i, j;

	for (i = 0; i < 6; i++)
		for (j = 0; j < 1000; j++)
			CU_ASSERT_TRUE(random_below(bounds[i]) < bounds[i]);
}

/* Not all of it, nor only a part: no octet stays what it was in 64 draws
 * (a true generator fails this once in 2^500). */
static void random_fills_all_of_the_buffer(void)
{
	uint8_t buf[34], seen[32] = { 0 };
	int i, j;

	for (i = 0; i < 64; i++) {
		memset(buf, 0, sizeof(buf));
		random_bytes(buf + 1, 32);
		UNIT_EQ(buf[0], 0);
		UNIT_EQ(buf[33], 0);
		for (j = 0; j < 32; j++)
			seen[j] |= buf[j + 1];
	}
	for (j = 0; j < 32; j++)
		CU_ASSERT_NOT_EQUAL(seen[j], 0);
}

static const struct unit_case cases[] = {
	UNIT_CASE(journal_gets_level_numbers),
	UNIT_CASE(terminal_gets_stamps_and_words),
	UNIT_CASE(an_inherited_journal_is_not_ours),
	UNIT_CASE(threshold_holds),
	UNIT_CASE(controls_cannot_forge_a_line),
	UNIT_CASE(long_lines_are_cut_and_end),
	UNIT_CASE(counters_have_distinct_names),
	UNIT_CASE(random_stays_below_its_bound),
	UNIT_CASE(random_fills_all_of_the_buffer),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "log", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
