/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines to stderr: with a level number that the journal understands
 * where stderr is the journal's (sd-daemon(3)), else with a stamp of
 * monotonic time, the clock of the event loop.
 *
 * This file decides what a line looks like and that it is written whole, by
 * one write(2).  How often peers may cause one is left to logbucket.c.
 */
#include "mip6d/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_LEN 1024

static enum log_level max_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	max_level = level;
}

enum log_level log_get_level(void)
{
	return max_level;
}

/* systemd sets JOURNAL_STREAM and it is inherited: only its device and inode
 * tell whether stderr still is that stream. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (!stream || sscanf(stream, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return !fstat(STDERR_FILENO, &st) && st.st_dev == dev &&
	       st.st_ino == ino;
}

static size_t put_prefix(char *line, size_t size, enum log_level level)
{
	static const char *const names[] = {
		[LOG_LEVEL_ERROR] = "error: ",
		[LOG_LEVEL_WARNING] = "warning: ",
		[LOG_LEVEL_NOTICE] = "",
		[LOG_LEVEL_INFO] = "",
		[LOG_LEVEL_DEBUG] = "debug: ",
	};
	static int journal = -1;
	struct timespec ts;
	int n;

	if (journal < 0)
		journal = is_journal();
	if (journal) {
		/* syslog's numbers, of which ours leave out the first three */
		n = snprintf(line, size, "<%d>", (int)level + 3);
	} else {
		clock_gettime(CLOCK_BOOTTIME, &ts);
		n = snprintf(line, size, "[%6lld.%06ld] %s",
			     (long long)ts.tv_sec, ts.tv_nsec / 1000,
			     names[level]);
	}
	return (size_t)n;
}

/* Names of interfaces and files get into lines: none may forge another. */
static void blank_controls(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

void log_write(enum log_level level, const char *fmt, ...)
{
	int saved_errno = errno;
	char line[LINE_MAX_LEN];
	size_t len, at;
	va_list ap;
	int n;

	if (level > max_level)
		return;
	at = put_prefix(line, sizeof(line), level);
	va_start(ap, fmt);
	n = vsnprintf(line + at, sizeof(line) - at, fmt, ap);
	va_end(ap);
	if (n < 0)
		line[at] = '\0';
	if (n >= 0 && (size_t)n >= sizeof(line) - at)
		memcpy(line + sizeof(line) - 4, "...", 4);
	blank_controls(line);
	len = strlen(line);
	line[len] = '\n';
	/* Nowhere is left to report a failure to. */
	while (write(STDERR_FILENO, line, len + 1) < 0 && errno == EINTR)
		;
	errno = saved_errno;
}
