/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MIP6D_CTL_DOCTOR_ALONE_H
#define MIP6D_CTL_DOCTOR_ALONE_H

#include <jansson.h>

/* What `mip6d-ctl doctor` says when no mip6d listens on path, as a reply;
 * NULL out of memory. */
json_t *ctl_doctor_alone(const char *path);

#endif
