#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The conformance tool can fail, and does not for this tree."""

import importlib.machinery
import importlib.util
import os

from lintlib import TOP, Lint


def load_tool():
    path = os.path.join(TOP, "tests", "conformance")
    loader = importlib.machinery.SourceFileLoader("conformance", path)
    spec = importlib.util.spec_from_loader("conformance", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


TOOL = load_tool()
# The number is apart from its group, so that this file claims nothing.
A, B, C = ("HA" + "-1"), ("HA" + "-2"), ("HA" + "-3")
IDS = f"{A} 1:1 MUST one\n{B} 1:1 MUST two\n{C} 1:1 MAY three\n"
C_TEST = f"""/* top: {C} */
#include "unit.h"

/* {A}: it refuses. */
static void refuses(void)
{{
	call(); /* {B} */
}}
"""
PY_TEST = f'''# {A}
def scenario_one():
    """{B}."""
    call()


TABLE = ["{C}"]
'''


def refused(function, *arguments):
    try:
        function(*arguments)
    except TOOL.Problem as problem:
        return [str(problem)]
    return []


def states(open_text, claims):
    ids = TOOL.parse_ids(IDS)
    rows, errors = TOOL.judge(ids, TOOL.parse_open(open_text, ids), claims)
    return [r[1] for r in rows], errors


def self_test(lint):
    ids = TOOL.parse_ids(IDS)
    lint.must_find("a double id", refused(TOOL.parse_ids, IDS + IDS))
    lint.must_find("a line without text",
                   refused(TOOL.parse_ids, f"{A} 1:1 MUST\n"))
    for bad in ("HB-1 open x", f"{A} closed x", f"{A} open",
                "HA-2..9 open x", f"{A} open x\n{A} open y"):
        lint.must_find(f"a bad reason {bad!r}",
                       refused(TOOL.parse_open, bad, ids))
    lint.must_find("an unknown id",
                   states("HA-* open x", [("HA" + "-9", "t.c")])[1])
    lint.must_find("a needless reason",
                   states(f"{A} open x", [(A, "t.c")])[1])
    lint.must_find("a program that is not built",
                   TOOL.find_unbuilt(["tests/unit/test_x.c"], "test_y.c"))
    got = states(f"HA-* open later\n{C} n/a never", [(A, "t.c")])
    lint.must_accept("covered, open and n/a", [] if got == (
        ["covered", "open", "n/a"], []) else [str(got)])
    lint.must_find("a missing id", [s for s in states("", [])[0]
                                    if s == "MISSING"])
    want = [(C, "t.c"), (A, "t.c:refuses"), (B, "t.c:refuses")]
    got = TOOL.find_claims("t.c", C_TEST)
    lint.must_accept("ids of a C test", [] if got == want else [str(got)])
    want = [(A, "t.py:scenario_one"), (B, "t.py:scenario_one"), (C, "t.py")]
    got = TOOL.find_claims("t.py", PY_TEST)
    lint.must_accept("ids of a scenario", [] if got == want else [str(got)])
    suite_id = A + "-4"
    lint.must_accept("other numbers of the same look",
                     TOOL.find_claims("t.c", f"/* {suite_id} X{A} */"))


def main():
    lint = Lint("conformance")
    self_test(lint)
    rows, errors = TOOL.judge_tree()
    lint.rule(f"{len(rows)} ids", errors)
    for line in TOOL.summary(rows):
        print(f"  {line}")
    lint.finish()


if __name__ == "__main__":
    main()
