/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mip6d tells systemd, for main.c.  Built without libsystemd, or not
 * started by systemd, all of it does nothing.
 */
#ifndef MIP6D_NOTIFY_H
#define MIP6D_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Whether anybody listens. */
bool notify_is_on(void);
void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);
/* One line for "systemctl status". */
void notify_status(const char *text);
/* How often notify_watchdog() is due, in milliseconds; 0: never. */
uint32_t notify_watchdog_ms(void);
void notify_watchdog(void);

#endif
