#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The include direction: who may include whom, and who sees the kernel."""

import os
import re

import layers
from lintlib import Lint, files, read

COMMENT = re.compile(r"/\*.*?\*/", re.S)
ROLE_CALL = re.compile(r"\b((%s)_\w+)\s*\(" % "|".join(sorted(layers.ROLES)))
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def layer_of(name):
    """The layer of a file of src/ or include/mip6d, None if it has none."""
    parts = name.split("/")
    if parts[0] == "include":
        return layers.HEADERS.get(parts[-1])
    if len(parts) == 2:
        return layers.TOP_FILES.get(parts[1], "daemon")
    return parts[1] if parts[1] in layers.FOLDERS else None


def may_touch_kernel(name):
    parts = name.split("/")
    return (name in layers.KERNEL_FILES
            or name.startswith(layers.KERNEL_PREFIXES)
            or (len(parts) > 2 and parts[0] == "src"
                and parts[1] in layers.KERNEL_FOLDERS))


def judge_public(name, layer, header):
    target = layers.HEADERS.get(header)
    if target is None:
        return f"{name}: mip6d/{header} has no layer in tests/lint/layers.py"
    if target not in layers.ALLOWED[layer]:
        return f"{name}: {layer} must not include mip6d/{header} ({target})"
    return None


def judge_system(name, header):
    if header.startswith(layers.KERNEL_HEADERS) and not may_touch_kernel(name):
        return f"{name}: <{header}> only where the kernel is touched"
    for prefix, owners in layers.OWNERS.items():
        if header.startswith(prefix) and not name.startswith(owners):
            return f"{name}: <{header}> only in {', '.join(owners)}"
    return None


def judge_local(name, header, exists):
    """A quoted header has to be a neighbour; config.h is everybody's."""
    if header == "config.h":
        return None
    folder = os.path.dirname(name)
    beside = os.path.join(folder, os.path.basename(header))
    if header not in (os.path.basename(header), beside) \
            or not exists(beside):
        return f'{name}: "{header}" is not of its own folder'
    return None


def judge(name, text, exists):
    layer = layer_of(name)
    if layer is None:
        return [f"{name}: has no layer in tests/lint/layers.py"]
    found = []
    for mark, header in INCLUDE.findall(text):
        if header.startswith("mip6d/"):
            finding = judge_public(name, layer, header[len("mip6d/"):])
        elif mark == "<":
            finding = judge_system(name, header)
        else:
            finding = judge_local(name, header, exists)
        if finding:
            found.append(finding)
    return found


def judge_roles(name, text):
    """All roles see role.h, but none may use another's part of it."""
    parts = name.split("/")
    if len(parts) < 3 or parts[1] not in layers.ROLES:
        return []
    return [f"{name}: the role {parts[1]} must not use {used}()"
            for used, role in ROLE_CALL.findall(COMMENT.sub("", text))
            if role != parts[1]]


def judge_headers(headers, exists):
    return [f"tests/lint/layers.py: there is no {h} in include/mip6d"
            for h in headers if not exists("include/mip6d/" + h)]


BAD = [
    ("src/core/addr.c", '#include "mip6d/mh.h"'),
    ("src/ha/ha_bu.c", '#include "mip6d/daemon.h"'),
    ("src/ha/ha_bu.c", '#include "mn.h"'),
    ("src/ha/ha_bu.c", '#include "../mn/mn_reg.h"'),
    ("src/ha/ha_bu.c", '#include "src/mn/mn_reg.h"'),
    ("src/ha/ha_bu.c", "#include <linux/ipv6.h>"),
    ("src/ha/ha_bu.c", "# include <sys/socket.h>"),
    ("src/netlink/nl.c", '#include "mip6d/bcache.h"'),
    ("src/sock/mh_sock.c", "#include <event2/event.h>"),
    ("src/auth/token.c", "#include <nettle/hmac.h>"),
    ("src/binding/bcache.c", "#include <uthash.h>"),
    ("src/mh/mh_parse.c", '#include "mip6d/unheard_of.h"'),
    ("include/mip6d/addr.h", '#include "mip6d/bul.h"'),
    ("include/mip6d/unheard_of.h", ""),
    ("src/unheard_of/x.c", ""),
]
GOOD = [
    ("src/core/loop.c", "#include <event2/event.h>\n#include <sys/socket.h>"),
    ("src/netlink/nl.c", "#include <linux/rtnetlink.h>"),
    ("src/netlink/nl.c", '#include "mip6d/kernel.h"\n#include "nl.h"'),
    ("src/ha/ha_bu.c", '#include "mip6d/bcache.h"\n#include <netinet/in.h>'),
    ("src/mh/mh_opt.c", '#include "src/mh/mh_wire.h"'),
    ("src/main.c", '#include "mip6d/daemon.h"\n#include "config.h"'),
]


def main():
    lint = Lint("includes")
    for name, text in BAD:
        lint.must_find(f"{text or 'no layer'} in {name}",
                       judge(name, text, lambda path: False))
    for name, text in GOOD:
        lint.must_accept(f"{name}", judge(name, text, lambda path: True))
    lint.must_find("a call of another role", judge_roles(
        "src/ha/ha_bu.c", "return cn_is_registered (ha->cn);"))
    lint.must_accept("calls of its own", judge_roles(
        "src/ha/ha_bu.c", "/* unlike cn_on_bu() */ ha_on_bu(bu_cn_x(1));"))
    lint.must_find("the layer of a header that is not there",
                   judge_headers(["none.h"], lambda path: False))
    names = [n for n in files(".c", ".h")
             if n.startswith(("src/", "include/mip6d/"))]
    known = set(names)
    lint.rule(f"direction in {len(names)} files",
              [f for n in names for f in judge(n, read(n), known.__contains__)])
    lint.rule("roles leave each other alone",
              [f for n in names for f in judge_roles(n, read(n))])
    lint.rule("every header with a layer is there",
              judge_headers(layers.HEADERS, known.__contains__))
    lint.finish()


if __name__ == "__main__":
    main()
