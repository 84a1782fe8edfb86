/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readiness, reload, status and watchdog messages to systemd (sd_notify(3)).
 *
 * This file decides their form.  When they are due is left to main.c.
 */
#include "config.h"

#include "src/notify.h"

#ifdef HAVE_SYSTEMD

#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <time.h>

bool notify_is_on(void)
{
	return getenv("NOTIFY_SOCKET") != NULL;
}

void notify_ready(void)
{
	sd_notify(0, "READY=1");
}

void notify_reloading(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		   (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void notify_status(const char *text)
{
	sd_notifyf(0, "STATUS=%s", text);
}

uint32_t notify_watchdog_ms(void)
{
	uint64_t us;

	if (sd_watchdog_enabled(0, &us) <= 0)
		return 0;
	/* Half of it, as sd_watchdog_enabled(3) recommends. */
	return us / 2000 > 1 ? (uint32_t)(us / 2000) : 1;
}

void notify_watchdog(void)
{
	sd_notify(0, "WATCHDOG=1");
}

#else

bool notify_is_on(void)
{
	return false;
}

void notify_ready(void)
{
}

void notify_reloading(void)
{
}

void notify_stopping(void)
{
}

void notify_status(const char *text)
{
	(void)text;
}

uint32_t notify_watchdog_ms(void)
{
	return 0;
}

void notify_watchdog(void)
{
}

#endif
