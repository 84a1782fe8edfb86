#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every file keeps to: licence line, no machine's path, valid scripts."""

import os
import re
import subprocess
import tempfile

from lintlib import TOP, Lint, files, interpreter, is_text, read

SPDX = "SPDX-License-Identifier: GPL-2.0-or-later"
SOURCES = (".c", ".h", ".py", ".sh", ".am", ".ac")
# Put together here, so that this file does not find itself.
PATHS = re.compile(r"(?<![\w.])/(?:%s)/" % "|".join(
    ["wo" + "rk", "ro" + "ot", "ho" + "me", "tmp/" + "b-"]))
SHELLS = {"sh": "sh", "dash": "sh", "busybox": "sh", "bash": "bash"}


def judge_licence(name, text):
    if not name.endswith(SOURCES) and not interpreter(text):
        return []
    if SPDX in "\n".join(text.split("\n")[:3]):
        return []
    return [f"{name}: no line '{SPDX}' on top"]


def judge_paths(name, text):
    return [f"{name}:{i}: a path of one machine: {line.strip()[:70]}"
            for i, line in enumerate(text.split("\n"), 1)
            if PATHS.search(line)]


def judge_python(name, text):
    """Debian's own python3 has scapy; another in PATH may not."""
    if not name.endswith(".py") and not interpreter(text).startswith("python"):
        return []
    found = []
    if text.startswith("#!") and not text.startswith("#!/usr/bin/python3\n"):
        found.append(f"{name}:1: first line is not #!/usr/bin/python3")
    try:
        compile(text, name, "exec")
    except SyntaxError as err:
        found.append(f"{name}:{err.lineno}: {err.msg}")
    return found


def judge_shell(name, text, path):
    shell = SHELLS.get(interpreter(text))
    if shell is None:
        return [f"{name}: a .sh file without #!/bin/sh or bash"] \
            if name.endswith(".sh") else []
    done = subprocess.run([shell, "-n", path], capture_output=True, text=True,
                          check=False)
    found = []
    if done.returncode or done.stderr:
        found.append(f"{name}: {done.stderr.strip()}")
    # The first process of a machine must not end: it says so in a comment.
    if not re.search(r"^(set -eu|# No set -e: )", text, re.M):
        found.append(f"{name}: no 'set -eu' (or '# No set -e: REASON')")
    return found


def judge_space(name, text):
    """Trailing blanks, and a last line without its end."""
    found = [f"{name}:{i}: blanks at the end of the line"
             for i, line in enumerate(text.split("\n"), 1)
             if line != line.rstrip()]
    if text and not text.endswith("\n"):
        found.append(f"{name}: the last line has no end")
    return found


def shell_text(text):
    """judge_shell on a text that is in no file of the tree."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as f:
        f.write(text)
        f.flush()
        return judge_shell("x.sh", text, f.name)


def self_test(lint):
    lint.must_find("a missing licence", judge_licence("x.c", "int x;\n"))
    lint.must_find("a script without licence",
                   judge_licence("tool", "#!/bin/sh\nset -eu\n"))
    lint.must_accept("a licence", judge_licence("x.c", f"/* {SPDX} */\n"))
    lint.must_find("a path", judge_paths("x", "cp x /" + "root/y"))
    lint.must_accept("other paths",
                     judge_paths("x", "/usr/src /run/mip6d ../home/x"))
    lint.must_find("a wrong python",
                   judge_python("x.py", "#!/usr/bin/env python3\n"))
    lint.must_find("bad python", judge_python("x.py", "def f(:\n"))
    lint.must_find("bad shell", shell_text("#!/bin/sh\nset -eu\nif x; fi\n"))
    lint.must_find("a careless shell", shell_text("#!/bin/sh\nx\n"))
    lint.must_accept("good shell", shell_text("#!/bin/sh\nset -eu\nx\n"))
    lint.must_find("blanks at a line's end", judge_space("x.c", "int x; \n"))
    lint.must_find("no last line end", judge_space("x.c", "int x;"))


def main():
    lint = Lint("tree")
    self_test(lint)
    found = {"licence": [], "paths": [], "python": [], "shell": [],
             "space": []}
    names = [n for n in files()
             if is_text(n) and n != "COPYING"
             and not n.startswith("tests/fuzz/corpus/")]
    for name in names:
        text = read(name)
        found["licence"] += judge_licence(name, text)
        found["paths"] += judge_paths(name, text)
        found["python"] += judge_python(name, text)
        found["shell"] += judge_shell(name, text, os.path.join(TOP, name))
        if name.endswith(SOURCES) or interpreter(text):
            found["space"] += judge_space(name, text)
    for what, findings in found.items():
        lint.rule(f"{what} in {len(names)} files", findings)
    lint.finish()


if __name__ == "__main__":
    main()
