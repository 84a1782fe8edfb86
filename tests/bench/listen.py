# SPDX-License-Identifier: GPL-2.0-or-later
"""What it costs a mobile node to listen to what comes out of its tunnel: a
flood of echo requests, 16 in flight, in turns with and without.

    lab/mip6-lab run -v tests/bench/listen.py"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, 'vm'))

from mip6 import B, HOA, away, mobile_node, wait_bound      # noqa: E402

DEADLINE = 900
CAPTURE = False
COUNT = 5000
ROUNDS = 5
NO_DIRECT = (('mobile-node = {', 'mobile-node = {\n'
              ' route-optimisation = false;'),)


def flood(lab, to):
    """Echo requests from cn that were answered, per second."""
    said = lab.node('cn').run(['ping', '-6', '-f', '-q', '-n', '-l', '16',
                               '-c', COUNT, to], check=False, timeout=120).out
    back = int(re.search(r'(\d+) received', said).group(1))
    took = int(re.search(r'time (\d+)ms', said).group(1))
    assert back > COUNT * 9 // 10, said
    return back * 1000 / took


def median(runs):
    return sorted(runs)[len(runs) // 2]


def tell(lab, rates):
    first = median(next(iter(rates.values())))
    for name, runs in rates.items():
        lab.say('%-32s %6.0f/s (%.2f)' % (name, median(runs),
                                          median(runs) / first))


def test_listening(lab):
    """To a node that is away: what comes out of the tunnel is not listened
    to, or is, because it could take the direct path."""
    _agent, node, _coa = away(lab, 'b', B, node_changes=NO_DIRECT)
    rates = {}
    for _ in range(ROUNDS):
        for name, changes in (('not listened to', NO_DIRECT),
                              ('listened to', ())):
            assert node.stop() == 0
            node = mobile_node(lab, changes=changes)
            wait_bound(lab, B)
            rates.setdefault(name, []).append(flood(lab, HOA))
            listens = 'mip6mn' in lab.node('mn').run('ss -0 -b').out
            assert listens == (not changes), name
    tell(lab, rates)
