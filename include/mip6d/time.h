/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Monotonic time as a type of its own, so that seconds, milliseconds and
 * microseconds cannot be mixed up.  Nothing in the program uses the wall
 * clock (wall.h) to decide anything that is not said in terms of it: a clock
 * step changes nothing.  `now` is read
 * once a loop turn (core/loop.c) and passed down.
 */
#ifndef MIP6D_TIME_H
#define MIP6D_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* A point in monotonic time, microseconds since an arbitrary origin. */
struct mtime {
	int64_t us;
};

#define MTIME_NEVER ((struct mtime){ INT64_MAX })

static inline struct mtime mtime_add_us(struct mtime t, int64_t us)
{
	return (struct mtime){ t.us + us };
}

static inline struct mtime mtime_add_ms(struct mtime t, int64_t ms)
{
	return mtime_add_us(t, ms * 1000);
}

static inline struct mtime mtime_add_s(struct mtime t, int64_t s)
{
	return mtime_add_us(t, s * 1000000);
}

/* a - b; negative when a is earlier. */
static inline int64_t mtime_diff_us(struct mtime a, struct mtime b)
{
	return a.us - b.us;
}

static inline int64_t mtime_diff_ms(struct mtime a, struct mtime b)
{
	return (a.us - b.us) / 1000;
}

static inline bool mtime_before(struct mtime a, struct mtime b)
{
	return a.us < b.us;
}

static inline struct mtime mtime_min(struct mtime a, struct mtime b)
{
	return a.us < b.us ? a : b;
}

/*
 * Whole seconds from now until t, rounded down, 0 when t has passed,
 * UINT32_MAX for MTIME_NEVER (and for what does not fit).
 */
static inline uint32_t mtime_left_s(struct mtime t, struct mtime now)
{
	int64_t s = (t.us - now.us) / 1000000;

	if (t.us == INT64_MAX || s > (int64_t)UINT32_MAX)
		return UINT32_MAX;
	return s < 0 ? 0 : (uint32_t)s;
}

#endif
