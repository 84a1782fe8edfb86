#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps of tests/run: what is run, and how what it passed is counted.

Everything is built in build/ of the tree; the output of each step is shown as
it comes and kept in build/logs/STEP.log. A test program counts as often as
its last line "N passed, N failed" says, any other as one. What was skipped or
could not be run has failed: it has shown nothing.
"""

import codecs
import io
import os
import re
import select
import signal
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, "build")
COUNTS = re.compile(r"^([0-9]+) passed, ([0-9]+) failed\s*$", re.M)
JOBS = f"-j{os.cpu_count() or 1}"
FUZZ_SECONDS = 10
# A slow machine takes long, but says something now and then; a command that is
# silent for so long is taken to hang. It is far more than any one test may take.
SILENCE_S = 900


def make(*words):
    return ["make", "-C", BUILD, "--no-print-directory", *words]


def harness(folder):
    """Counts from what automake's test harness left below a build folder."""
    def count(_status, _output):
        passed = failed = 0
        for name, result, log in harness_results(folder):
            said = COUNTS.findall(log)
            good, bad = map(int, said[-1]) if said else (0, 0)
            if result == "PASS":
                good = good or 1
            else:
                bad = bad or 1
                print(f"{result}: {name}")
            passed += good
            failed += bad
        return passed, failed
    return count


def harness_results(folder):
    for below, subs, files in os.walk(os.path.join(BUILD, folder)):
        subs[:] = [s for s in subs if not s.startswith(("build-", "mip6d-"))]
        for file in sorted(files):
            if not file.endswith(".trs"):
                continue
            path = os.path.join(below, file)
            with open(path, encoding="utf-8") as f:
                result = re.search(r"^:test-result: (\w+)", f.read(), re.M)
            with open(path[:-len(".trs")] + ".log", encoding="utf-8",
                      errors="replace") as f:
                yield (os.path.relpath(path[:-len(".trs")], BUILD),
                       result[1] if result else "ERROR", f.read())


def last_line(_status, output):
    """Counts that the command itself says at its end."""
    said = COUNTS.findall(output[-4000:])
    return tuple(map(int, said[-1])) if said else (0, 1)


def plain(status, _output):
    return (0, 1) if status else (1, 0)


def forget(folder):
    """Results of an earlier run must not count again."""
    for below, subs, files in os.walk(os.path.join(BUILD, folder)):
        subs[:] = [s for s in subs if not s.startswith("build-")]
        for file in files:
            if file.endswith(".trs"):
                os.unlink(os.path.join(below, file))


def build_commands():
    commands = []
    if not os.path.exists(os.path.join(TOP, "configure")):
        commands.append(["./autogen.sh"])
    if not os.path.exists(os.path.join(BUILD, "config.status")):
        commands.append(["sh", "-c", "cd build && ../configure -q"
                         " --enable-werror"])
    return commands + [make(JOBS, "all")]


# name, what it is, commands, how to count, folder of the harness
STEPS = [
    ("build", "build with gcc, warnings are errors", build_commands, plain,
     None),
    ("check", "unit tests, corpus, simulation, lints",
     lambda: [make(JOBS, "-k", "check")], harness(""), ""),
    ("asan", "the same with AddressSanitizer and UBSan",
     lambda: [make(JOBS, "-k", "check-asan")], harness("build-asan"),
     "build-asan"),
    ("clang", "the same built by clang",
     lambda: [make(JOBS, "-k", "check-clang")], harness("build-clang"),
     "build-clang"),
    ("fuzz", f"each parser for {FUZZ_SECONDS} s",
     lambda: [make(JOBS, "fuzz", f"FUZZ_SECONDS={FUZZ_SECONDS}")], last_line,
     None),
    ("dist", "the release builds and installs by itself",
     lambda: [make(JOBS, "distcheck")], plain, None),
    ("vm", "scenarios on a stock kernel",
     lambda: [make("check-vm")], last_line, None),
]


def end_group(child, number=signal.SIGTERM):
    """Ends a command with all that it started."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass


def listen(child, silence_s):
    """What it says, as it comes; ends what is silent for SILENCE_S."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    number = signal.SIGTERM
    while True:
        if not select.select([child.stdout], [], [], silence_s)[0]:
            yield f"\nsilent for {silence_s} s: taken to hang, ended\n"
            end_group(child, number)
            number, silence_s = signal.SIGKILL, min(silence_s, 30)
            continue
        data = os.read(child.stdout.fileno(), 65536)
        yield decoder.decode(data, not data)
        if not data:
            return


def run_command(command, show, log, silence_s=SILENCE_S):
    """Runs and shows; (status, output)."""
    output = []
    with subprocess.Popen(command, cwd=TOP, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as child:
        try:
            for text in listen(child, silence_s):
                for file in show, log:
                    file.write(text)
                    file.flush()
                output.append(text)
        except KeyboardInterrupt:
            end_group(child)
            raise
    return child.returncode, "".join(output)


def run_step(name, commands, count, folder):
    """(passed, failed) of one step."""
    if folder is not None:
        forget(folder)
    path = os.path.join(BUILD, "logs", name + ".log")
    status, output = 0, ""
    with open(path, "w", encoding="utf-8") as log:
        for command in commands():
            print("$", " ".join(command), flush=True)
            status, more = run_command(command, sys.stdout, log)
            output += more
            if status:
                break
    passed, failed = count(status, output)
    if status and not failed or not passed and not failed:
        print(f"{name}: exit status {status}, {passed} tests counted")
        failed += 1
    if failed:
        print(f"{name}: see {os.path.relpath(path, TOP)}")
    return passed, failed


def self_test():
    """The counting itself can fail."""
    assert last_line(0, "x\n3 passed, 1 failed\n") == (3, 1)
    assert last_line(0, "nothing said\n") == (0, 1)
    assert plain(2, "") == (0, 1) and plain(0, "") == (1, 0)
    status, output = run_command(
        ["sh", "-c", "echo begun; trap '' TERM; while :; do sleep 60; done"],
        io.StringIO(), io.StringIO(), 0.2)
    assert status == -signal.SIGKILL, status
    assert output.startswith("begun\n") and "hang" in output, output
    shown, kept = io.StringIO(), io.StringIO()
    status, output = run_command(["sh", "-c", "echo 1; echo 2 >&2; exit 3"],
                                 shown, kept)
    assert (status, output) == (3, "1\n2\n"), output
    assert shown.getvalue() == kept.getvalue() == output


def main(arguments):
    if arguments and arguments[0] in ("--list", "-h", "--help"):
        for name, text, *_ in STEPS:
            print(f"{name:8} {text}")
        return 0
    unknown = set(arguments) - {s[0] for s in STEPS}
    if unknown:
        print(f"no such step: {' '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    self_test()
    # Without a build nothing else can be run.
    wanted = [s for s in STEPS
              if not arguments or s[0] in arguments or s[0] == "build"]
    os.makedirs(os.path.join(BUILD, "logs"), exist_ok=True)
    table = []
    begun = time.monotonic()
    for number, (name, text, commands, count, folder) in enumerate(wanted, 1):
        print(f"\n=== {number}/{len(wanted)} {name}: {text}", flush=True)
        start = time.monotonic()
        passed, failed = run_step(name, commands, count, folder)
        table.append((name, passed, failed, time.monotonic() - start))
        if name == "build" and failed:
            table += [(s[0], 0, 1, 0.0) for s in wanted[1:]]
            break
    print()
    for name, passed, failed, took in table:
        print(f"{name:8} {passed:6} passed {failed:5} failed {took:7.0f} s")
    print(f"all of it took {time.monotonic() - begun:.0f} s")
    passed, failed = (sum(row[i] for row in table) for i in (1, 2))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
