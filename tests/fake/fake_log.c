/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h into a ring in memory, silent unless asked; and the faults of the
 * fakes, which are never silent.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/log.h"
#include "tests/fake/fake.h"

#define LINE_MAX_LEN 320

static char lines[FAKE_LOG_LINES][LINE_MAX_LEN];
static unsigned long n_lines;
static char prefix[64];
static bool echo;
static enum log_level max_level = LOG_LEVEL_DEBUG;

static unsigned int n_faults;
static char fault_text[LINE_MAX_LEN];

void log_set_level(enum log_level level)
{
	max_level = level;
}

enum log_level log_get_level(void)
{
	return max_level;
}

void log_write(enum log_level level, const char *fmt, ...)
{
	char *line = lines[n_lines % FAKE_LOG_LINES];
	va_list ap;
	int n;

	if (level > max_level)
		return;
	n = snprintf(line, LINE_MAX_LEN, "%s<%d> ", prefix, (int)level);
	va_start(ap, fmt);
	vsnprintf(line + n, LINE_MAX_LEN - (size_t)n, fmt, ap);
	va_end(ap);
	n_lines++;
	if (echo || getenv("FAKE_LOG"))
		fprintf(stderr, "%s\n", line);
}

const char *fake_log_line(unsigned int n)
{
	if (n >= n_lines || n >= FAKE_LOG_LINES)
		return NULL;
	return lines[(n_lines - 1 - n) % FAKE_LOG_LINES];
}

bool fake_log_contains(const char *text)
{
	const char *line;
	unsigned int i;

	for (i = 0; (line = fake_log_line(i)); i++)
		if (strstr(line, text))
			return true;
	return false;
}

void fake_log_clear(void)
{
	n_lines = 0;
}

void fake_log_prefix(const char *text)
{
	snprintf(prefix, sizeof(prefix), "%s", text);
}

void fake_log_echo(bool on)
{
	echo = on;
}

void fake_fault(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fault_text, sizeof(fault_text), fmt, ap);
	va_end(ap);
	n_faults++;
	fprintf(stderr, "fault: %s\n", fault_text);
}

unsigned int fake_faults(void)
{
	return n_faults;
}

const char *fake_fault_text(void)
{
	return fault_text;
}

void fake_faults_clear(void)
{
	n_faults = 0;
	fault_text[0] = '\0';
}
