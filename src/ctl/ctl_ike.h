/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What mip6d-ctl does for IKE without asking a daemon. */
#ifndef MIP6D_CTL_IKE_H
#define MIP6D_CTL_IKE_H

/* "ike generate": the arguments behind it.  0, -EINVAL for arguments that make
 * no sense, another -errno; why has been said. */
int ctl_ike_generate(int argc, char **argv);

#endif
