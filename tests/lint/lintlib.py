# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lints share: which files there are, and how a lint reports.

A lint is a program that first shows that it can fail (its self test), then
judges the tree. Its last line is "N passed, N failed", like that of every
other test program.
"""

import os
import subprocess
import sys

TOP = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Folders that generators fill; all else in the tree is ours.
NOT_OURS = {".git", "autom4te.cache", "build", "build-aux", "__pycache__"}
GENERATED = {"aclocal.m4", "configure", "configure~", "config.h.in",
             "config.h.in~", "Makefile.in", "MANIFEST"}


def tracked():
    """Names that git knows or would add; None outside of a checkout."""
    if not os.path.exists(os.path.join(TOP, ".git")):
        return None
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", TOP, "ls-files", "-z",
         "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False)
    if done.returncode:
        return None
    return [n for n in done.stdout.decode().split("\0") if n]


def walked():
    """Names below TOP where there is no git: its MANIFEST or all there is."""
    manifest = os.path.join(TOP, "MANIFEST")
    if os.path.exists(manifest):
        with open(manifest, encoding="utf-8") as f:
            return f.read().split("\n")
    found = []
    for folder, subs, files in os.walk(TOP):
        subs[:] = [d for d in subs
                   if d not in NOT_OURS and not d.startswith("build-")]
        rel = os.path.relpath(folder, TOP)
        found += [os.path.normpath(os.path.join(rel, f)) for f in files]
    return found


def files(*suffixes):
    """Sorted names, relative to TOP, of the project's own text files."""
    names = tracked()
    names = walked() if names is None else names
    return sorted(n for n in names
                  if os.path.isfile(os.path.join(TOP, n))
                  and n not in GENERATED
                  and (not suffixes or n.endswith(suffixes)))


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8",
              errors="surrogateescape") as f:
        return f.read()


def is_text(name):
    with open(os.path.join(TOP, name), "rb") as f:
        return b"\0" not in f.read(4096)


def interpreter(text):
    """The program of a script's first line, without its folder, or ''."""
    if not text.startswith("#!"):
        return ""
    words = text.split("\n", 1)[0][2:].split()
    return os.path.basename(words[0]) if words else ""


class Lint:
    """Counts and prints; judge() gives findings as "place: what" texts."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failed = 0

    def rule(self, what, findings):
        findings = list(findings)
        for finding in findings:
            print(f"  {finding}")
        if findings:
            self.failed += 1
            print(f"FAIL {self.name}: {what}: {len(findings)} findings")
        else:
            self.passed += 1
            print(f"ok   {self.name}: {what}")

    def must_find(self, what, findings):
        """Self test: bad input has to be found."""
        if list(findings):
            self.passed += 1
            print(f"ok   {self.name} self test: finds {what}")
        else:
            self.failed += 1
            print(f"FAIL {self.name} self test: does not find {what}")

    def must_accept(self, what, findings):
        """Self test: good input has to pass."""
        self.rule(f"self test: accepts {what}", findings)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)
