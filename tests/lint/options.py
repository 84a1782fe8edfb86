#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration's documents say what its table says.

src/conf_options.c has the table. Each option stands in etc/mip6d.conf (those of
the file of keys in an example of it), under its group and with its default,
and as an item in man/mip6d.conf.5; neither names an option that there is
not.
"""

import collections
import re

from lintlib import Lint, read

TABLE = "src/conf_options.c"
EXAMPLE = "etc/mip6d.conf"
# Options of another file, and where they stand.
KEYS = "authentication-keys."
KEYS_EXAMPLE = "etc/examples/rfc4285/authentication.keys"
PAGE = "man/mip6d.conf.5"

ROW = re.compile(r'^(?:VALUE|NUMBER|TEXTS|GROUP|GROUPS|ROLE|LATER)\((.*?)\)$',
                 re.M | re.S)
# An option, perhaps commented out; what has a second '#' is a sentence.
OPTION = re.compile(r"\s*#?\s*([a-z][a-z0-9-]*) = (.*)$")
CLOSES = re.compile(r"\s*#?\s*[})]+[;,]?$")
ITEM = re.compile(r'^\.It (?:Ic|Cm|Sy|Va|Fl|Li) "?([a-z][a-z0-9.-]*)', re.M)
# What the example shows where the table has no default to be compared with.
NOT_LITERAL = {"MUST", "NONE"}


def parse_table(text):
    """option -> default as a literal, or None where there is none."""
    options = {}
    for row in ROW.finditer(text):
        if text.startswith(("LATER", "#"), row.start()):
            continue
        name = re.match(r'"([^"]+)"', row[1])
        if not name:
            continue
        # The default is the last text of the row, if it has one.
        rest = re.findall(r'"([^"]*)"', row[1])[1:]
        words = set(re.findall(r"\b[A-Z]+\b", row[1]))
        options[name[1]] = rest[-1] if rest and not words & NOT_LITERAL \
            and "DIR" not in row[1] else None
    return options


def parse_example(text):
    """[(option with its groups, value or None for a group)]."""
    found = []
    path = []
    for line in text.split("\n"):
        match = OPTION.match(line)
        if match:
            name, value = match[1], match[2]
            full = ".".join([p for p in path if p] + [name])
            if value in ("{", "("):
                path.append(name)
                value = None
            elif not value.endswith(";"):
                continue
            found.append((full, value))
        elif re.match(r"\s*#?\s*\{$", line):
            path.append("")
        elif CLOSES.match(line) and path:
            path.pop()
    return found


def parse_examples():
    return parse_example(read(EXAMPLE)) + \
        [(KEYS + name, value)
         for name, value in parse_example(read(KEYS_EXAMPLE))]


def judge_example(options, example):
    found = []
    seen = collections.Counter(name for name, _ in example)
    for name in options:
        if name not in seen:
            found.append(f"{EXAMPLE}: nothing about {name}")
    for name, value in example:
        if name not in options:
            found.append(f"{EXAMPLE}: {name} is no option")
        elif value is not None and options[name] is not None \
                and value.rstrip(";").strip('"') != options[name]:
            found.append(f"{EXAMPLE}: {name} = {value} but the default is"
                         f" {options[name]}")
    return found


def judge_page(options, page):
    """Names repeat in several groups, so items are counted."""
    wanted = collections.Counter(n.rsplit(".", 1)[-1] for n in options)
    items = collections.Counter(n.rsplit(".", 1)[-1]
                                for n in ITEM.findall(page))
    found = [f"{PAGE}: {name} has {items[name]} items, expected {n}"
             for name, n in wanted.items() if items[name] != n]
    return found + [f"{PAGE}: {name} is no option"
                    for name in items if name not in wanted]


SAMPLE = '''
#define VALUE(name_, type_) x
VALUE("level", LEVEL, "info",
	RELOAD, conf, level)
ROLE("agent", ha.on)
GROUPS("agent.links", MUST, conf, links)
NUMBER("agent.links.time", NUMBER, "s", 4, MAX, "30",
	RELOAD, link, time)
VALUE("agent.links.name", NAME, NONE,
	RELOAD, link, name)
LATER("router")
'''
GOOD = '''# Sentence = no option
#level = "info";
#agent = {
#	# More sentences.
#	links = (
#		{
#			time = 30;
#			name = "any";
#		}
#	);
#};
'''
PAGE_GOOD = (".It Ic level\n.It Ic agent\n.It Ic links\n.It Ic time\n"
             ".It Ic agent.links.name\n")


def self_test(lint):
    options = parse_table(SAMPLE)
    want = {"level": "info", "agent": None, "agent.links": None,
            "agent.links.time": "30", "agent.links.name": None}
    lint.must_accept("a table", [] if options == want else [str(options)])
    for what, old, new in (
            ("an option left out", "#\t\t\tname = \"any\";\n", ""),
            ("an unknown option", "name", "nome"),
            ("a wrong default", "30", "31"),
            ("an option in another group", "#level", "#\tlinks = (\n#level")):
        lint.must_find(what, judge_example(
            options, parse_example(GOOD.replace(old, new))))
    lint.must_accept("a good example",
                     judge_example(options, parse_example(GOOD)))
    lint.must_find("an item left out", judge_page(
        options, PAGE_GOOD.replace(".It Ic time\n", "")))
    lint.must_find("an unknown item",
                   judge_page(options, PAGE_GOOD + ".It Ic nothing\n"))
    lint.must_accept("a good page", judge_page(options, PAGE_GOOD))


def main():
    lint = Lint("options")
    self_test(lint)
    options = parse_table(read(TABLE))
    lint.rule(f"{len(options)} options in {EXAMPLE}",
              judge_example(options, parse_examples()))
    lint.rule(f"{len(options)} options in {PAGE}",
              judge_page(options, read(PAGE)))
    lint.finish()


if __name__ == "__main__":
    main()
