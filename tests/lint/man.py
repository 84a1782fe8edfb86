#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Manual pages without a warning of mandoc."""

import shutil
import subprocess
import sys

from lintlib import TOP, Lint, files

BAD = ".Dd January 1, 2026\n.Dt X 8\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Bogus z\n"
GOOD = BAD.replace(".Bogus z\n", ".Sh DESCRIPTION\nText.\n")


def judge(arguments, text=None):
    # -W warning: what is an error, a bad use or a bad idea; not mere style.
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning",
                           *arguments],
                          input=text, cwd=TOP, capture_output=True, text=True,
                          check=False)
    return [line for line in (done.stdout + done.stderr).split("\n") if line]


def main():
    if not shutil.which("mandoc"):
        print("mandoc is missing: tools/deps test")
        sys.exit(1)
    lint = Lint("man")
    lint.must_find("an unknown macro", judge([], BAD))
    lint.must_accept("a good page", judge([], GOOD))
    pages = [n for n in files() if n.startswith("man/")
             and n[-2:] in (".1", ".5", ".7", ".8")]
    lint.rule(f"{len(pages)} pages", judge(pages) if pages else [])
    lint.finish()


if __name__ == "__main__":
    main()
