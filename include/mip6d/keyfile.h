/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of static keys (mip6d-sa.conf(5)): the same format at both ends,
 * made and changed by mip6d-ctl.  Needs mode 0600: whoever can read it can be
 * each of its nodes.
 */
#ifndef MIP6D_KEYFILE_H
#define MIP6D_KEYFILE_H

#include "mip6d/security.h"

#define KEYFILE_NODES_MAX 20000

/* 0, or -EINVAL after writing one line for each mistake,
 * "FILE:LINE: found X, expected Y" (never a key), into err (a stream that the
 * caller owns); -errno when the file cannot be read. */
int keyfile_read(const char *path, void *err_stream,
		 struct security_keys **ret_keys);
/* The same from memory, without a look at permissions. */
int keyfile_parse(const char *name, const char *data, size_t len,
		  void *err_stream, struct security_keys **ret_keys);
/* Writes it into a stream. */
void keyfile_write(void *stream, const struct security_keys *keys);

/* As the file names them: "aes256-cbc", "hmac-sha256-128"; octets of key. */
const char *keyfile_cipher_str(enum kernel_cipher cipher);
const char *keyfile_protect_str(enum security_protect protect);
const char *keyfile_auth_str(enum kernel_auth auth);
size_t keyfile_cipher_len(enum kernel_cipher cipher);
size_t keyfile_auth_len(enum kernel_auth auth);

#endif
