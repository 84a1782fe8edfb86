# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels are exactly as doc/kernel-state.md says, and empty after."""

import os
import re

from mip6 import A, B, CN, HOA, TREE, away, correspondent, wait_optimised

DEADLINE = 240


def documented():
    """[(node, command, [line...])] of the document's blocks."""
    with open(os.path.join(TREE, 'doc', 'kernel-state.md')) as f:
        text = f.read()
    found = []
    for block in re.findall(r'^```\n(\w+# .*?)^```', text, re.M | re.S):
        prompt, *lines = block.splitlines()
        node, command = prompt.split('# ', 1)
        found.append((node, command, lines))
    assert len(found) > 10, 'the document has lost its blocks'
    return found


def pattern(lines):
    """A regular expression; … is anything, over lines where it is alone."""
    parts = []
    for line in lines:
        if line == '…':
            parts.append(r'(?:.*\n)*?')
        else:
            parts.append('.*'.join(re.escape(p) for p in line.rstrip()
                                   .split('…')) + r'\s*\n')
    return ''.join(parts)


def differing(lab):
    wrong = []
    for node, command, lines in documented():
        out = lab.node(node).run(command).out
        if not re.fullmatch(pattern(lines), out):
            wrong.append('%s# %s\n%s' % (node, command, out))
    return 'not as documented:\n' + '\n'.join(wrong) if wrong else ''


def compare(lab):
    """What the daemon does after its answer gets time to be done."""
    last = ''

    def same():
        nonlocal last
        last = differing(lab)
        return not last
    try:
        lab.wait_for(same, 20, 'the kernels as documented')
    except AssertionError:
        raise AssertionError(last) from None


def test_as_documented(lab):
    """Each object, with a correspondent that is optimised, after the
    registration and after two handovers."""
    third = correspondent(lab)
    agent, node, _coa = away(lab)
    ping = lab.node('cn').ping(HOA, 0.2)
    wait_optimised(lab, CN, A)
    compare(lab)
    lab.move('mn', 'b')
    wait_optimised(lab, CN, B)
    lab.move('mn', 'a')
    wait_optimised(lab, CN, A)
    compare(lab)
    ping.stop()
    assert node.stop() == 0
    assert agent.stop() == 0
    assert third.stop() == 0
    for name in 'ha', 'mn', 'cn':
        out = lab.node(name).sh(
            'ip -6 route show table all; ip -6 rule; ip xfrm policy; '
            'ip xfrm state; ip -6 neigh show proxy; ip link; ip -6 addr').out
        for word in (HOA, 'mip6', 'proto 135', 'proto 136', 'reqid'):
            assert word not in out, '%s has %s left:\n%s' % (name, word, out)
