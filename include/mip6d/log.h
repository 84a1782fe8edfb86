/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logging.  core/log.c writes to stderr or, under systemd, to the journal;
 * tests link a silent or recording one.  Lines have the form
 * "binding: hoa=... state=DAD->ACTIVE lifetime=420s".  What a peer can cause
 * must go through log_limited and be counted (counters.h).
 */
#ifndef MIP6D_LOG_H
#define MIP6D_LOG_H

#include <stdbool.h>

#include "mip6d/bucket.h"
#include "mip6d/time.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

void log_write(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* For lines that a peer can cause: 10 lines, one more each second.  One static
 * bucket a call site; zero-initialised is full. */
struct log_bucket {
	struct bucket lines;
	unsigned int suppressed;
};

/* True when a line may be written now; pure.  *ret_suppressed: lines that
 * were swallowed since the last that passed. */
bool log_bucket_take(struct log_bucket *b, struct mtime now,
		     unsigned int *ret_suppressed);

#define log_limited(level, now, fmt, ...)                                      \
	do {                                                                   \
		static struct log_bucket bucket_;                              \
		unsigned int n_;                                               \
		if (log_bucket_take(&bucket_, (now), &n_)) {                   \
			if (n_)                                                \
				log_write((level), fmt " (%u more like this)", \
					  ##__VA_ARGS__, n_);                  \
			else                                                   \
				log_write((level), fmt, ##__VA_ARGS__);        \
		}                                                              \
	} while (0)

#endif
