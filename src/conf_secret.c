/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of keys and secrets, read so that what is judged is what was read,
 * and that no copy stays behind.
 *
 * Who may read which of them is left to the caller.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

void conf_secret_free(char *data, size_t len)
{
	if (data)
		explicit_bzero(data, len);
	free(data);
}

static ssize_t read_all(int fd, char *data, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, data + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Without a stream, whose memory would keep a copy. */
static int take(int fd, size_t size, char **ret_data, size_t *ret_len)
{
	char *data = malloc(size + 1);
	ssize_t len = data ? read_all(fd, data, size) : -ENOMEM;

	if (len < 0) {
		conf_secret_free(data, data ? size : 0);
		return (int)len;
	}
	data[len] = '\0';
	*ret_data = data;
	*ret_len = (size_t)len;
	return 0;
}

int conf_secret_read(const char *path, size_t max, char **ret_data,
		     size_t *ret_len, struct stat *ret_st)
{
	/* Neither wait for a pipe nor read a device. */
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENODEV;
	*ret_st = st;
	if (st.st_size > (off_t)max)
		return -EFBIG;
	return take(fd, (size_t)st.st_size, ret_data, ret_len);
}
