/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names and meanings of the counters, from the one table in counters.h.
 * Counting is left to whoever sees the event.
 */
#include "mip6d/counters.h"

const char *const counter_names[CNT_MAX] = {
#define X(id, name, text) [CNT_##id] = name,
	COUNTERS(X)
#undef X
};

const char *const counter_texts[CNT_MAX] = {
#define X(id, name, text) [CNT_##id] = text,
	COUNTERS(X)
#undef X
};
