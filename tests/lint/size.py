#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files have at most 600 lines, functions 60, lines 100 columns."""

import ast
import re

from lintlib import Lint, files, interpreter, is_text, read

FILE_MAX = 600
FUNCTION_MAX = 60
COLUMN_MAX = 100

# A function's body opens in the first column (the house style), or at the
# end of a line that starts in the first column and closes its parameters.
OPENS = re.compile(r"^\{|^[A-Za-z_].*\)\s*\{\s*$")
CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(")


def name_before(lines, at):
    """The function's name: the word before the first parenthesis above."""
    for i in range(at, max(at - 12, -1), -1):
        if re.match(r"[A-Za-z_]", lines[i]):
            match = CALLED.search(lines[i])
            if match:
                return match.group(1)
    return None


def c_functions(text):
    """(name, first line, lines of the body with its braces) of each."""
    lines = text.split("\n")
    start = None
    for i, line in enumerate(lines):
        if start is None and OPENS.match(line):
            start = i
        elif start is not None and line.startswith("}"):
            name = name_before(lines, start)
            if name and not line.rstrip().endswith(";"):
                yield name, start + 1, i - start + 1
            start = None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def judge(name, text, kind):
    found = []
    lines = text.split("\n")
    if len(lines) - 1 > FILE_MAX:
        found.append(f"{name}: {len(lines) - 1} lines, at most {FILE_MAX}")
    for i, line in enumerate(lines, 1):
        width = len(line.expandtabs(8))
        if width > COLUMN_MAX:
            found.append(f"{name}:{i}: {width} columns, at most {COLUMN_MAX}")
    functions = {"c": c_functions, "python": python_functions}.get(kind)
    for function, at, length in functions(text) if functions else ():
        if length > FUNCTION_MAX:
            found.append(f"{name}:{at}: {function} has {length} lines,"
                         f" at most {FUNCTION_MAX}")
    return found


def kind_of(name, text):
    if name.endswith((".c", ".h")):
        return "c"
    if name.endswith(".py") or interpreter(text).startswith("python"):
        return "python"
    if name.endswith((".sh", ".am", ".ac")) \
            or interpreter(text) in ("sh", "bash"):
        return "other"
    return None


def self_test(lint):
    body = "\tx();\n"
    long_c = "int f(int a,\n      int b)\n{\n" + body * 59 + "}\n"
    fits_c = "int f(int a,\n      int b)\n{\n" + body * 58 + "}\n"
    table = "static const int t[] = {\n" + "\t1,\n" * 80 + "};\n"
    long_py = "def f():\n" + "    x()\n" * 60
    lint.must_find("a long C function", judge("x.c", long_c, "c"))
    lint.must_find("a long C function, other brace",
                   judge("x.c", "int f(void) {\n" + body * 60 + "}\n", "c"))
    lint.must_accept("a C function that fits", judge("x.c", fits_c, "c"))
    lint.must_accept("a long table", judge("x.c", table, "c"))
    lint.must_find("a long Python function", judge("x.py", long_py, "python"))
    lint.must_find("a long file", judge("x.h", "\n" * 601, "c"))
    lint.must_accept("a file that fits", judge("x.h", "\n" * 600, "c"))
    lint.must_find("a wide line", judge("x.c", "\t" * 12 + "x" * 5, "c"))


def main():
    lint = Lint("size")
    self_test(lint)
    found = []
    count = 0
    for name in files():
        if not is_text(name):
            continue
        text = read(name)
        kind = kind_of(name, text)
        if kind:
            count += 1
            found += judge(name, text, kind)
    lint.rule(f"{count} files", found)
    lint.finish()


if __name__ == "__main__":
    main()
