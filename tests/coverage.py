#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines and branches that `make check` ran, for each file and folder of src/.

Argument: the build folder of a build with --enable-coverage, after its tests.
A source compiled but never run counts with 0; one never compiled is named.
"""

import collections
import json
import os
import subprocess
import sys


def gcov(build):
    """gcov's JSON documents for all notes of a build folder."""
    notes = []
    for folder, _, names in os.walk(build):
        notes += [os.path.join(folder, n) for n in names
                  if n.endswith(".gcno")]
    if not notes:
        sys.exit(f"{build}: no coverage notes; configure --enable-coverage")
    done = subprocess.run(["gcov", "--json-format", "--stdout",
                           "--branch-probabilities", *sorted(notes)],
                          cwd=build, capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line]


def merge(documents, top):
    """file -> ({line: times run}, {(line, branch): times taken})."""
    files = collections.defaultdict(lambda: ({}, {}))
    for document in documents:
        for entry in document["files"]:
            path = os.path.join(document["current_working_directory"],
                                entry["file"])
            name = os.path.relpath(os.path.realpath(path), top)
            if not name.startswith("src/") or not name.endswith(".c"):
                continue
            lines, branches = files[name]
            for line in entry["lines"]:
                at = line["line_number"]
                lines[at] = lines.get(at, 0) + line["count"]
                for i, branch in enumerate(line["branches"]):
                    branches[at, i] = branches.get((at, i), 0) \
                        + branch["count"]
    return files


def percent(counts):
    ran = sum(1 for n in counts if n)
    return f"{100 * ran / len(counts):5.1f} % of {len(counts):5}" \
        if counts else "      - of     0"


def report(files):
    folders = collections.defaultdict(lambda: ([], []))
    print(f"{'file':34} {'lines':>16}   {'branches':>16}")
    for name in sorted(files):
        lines, branches = (list(c.values()) for c in files[name])
        print(f"{name:34} {percent(lines)}   {percent(branches)}")
        for key in (os.path.dirname(name) + "/", "all"):
            folders[key][0].extend(lines)
            folders[key][1].extend(branches)
    print()
    for key, (lines, branches) in folders.items():
        print(f"{key:34} {percent(lines)}   {percent(branches)}")


def main():
    build = os.path.abspath(sys.argv[1])
    top = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    files = merge(gcov(build), top)
    report(files)
    for folder, _, names in os.walk(os.path.join(top, "src")):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), top)
            if name.endswith(".c") and path not in files:
                print(f"not compiled: {path}")


if __name__ == "__main__":
    main()
