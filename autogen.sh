#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ./configure from configure.ac and Makefile.am. The generated files are
# never committed.
set -eu
cd "$(dirname "$0")"
if ! command -v autoreconf >/dev/null 2>&1; then
	echo "autogen.sh: autoreconf not found;" \
		"run tools/deps or install autoconf and automake" >&2
	exit 1
fi
exec autoreconf --force --install "$@"
