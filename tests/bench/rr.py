# SPDX-License-Identifier: GPL-2.0-or-later
"""A correspondent under load, beside the echo of a bare socket of packets
of the same size in the same run.

    lab/mip6-lab run -v tests/bench/rr.py

rr_load plays all mobile nodes from the access router of link B."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, 'vm'))

from mip6 import CN, bindings, correspondent, counters      # noqa: E402

DEADLINE = 600
CAPTURE = False
HOME, COA = '2001:db8:ff:1::1:0:0', '2001:db8:ff:2::1:0:0'
CONF = 'correspondent = { max-bindings = 20000; test-init-rate = 1000000; };'


def tool(lab, name):
    return os.path.join(lab.builddir, 'tests', 'bench', name)


def load(lab, n, mode, inflight, count, seconds=120):
    """The median of three runs."""
    rb = lab.node('rb')
    runs = []
    for _ in range(3):
        done = json.loads(rb.run(
            [tool(lab, 'rr_load'), 'eth1', lab.node('core').mac('rb'), CN,
             HOME, COA, n, mode, inflight, count, seconds], check=False,
            timeout=seconds + 60).out)
        assert not done['refused'] and done['answered'], done
        runs.append(done['per_second'])
    return sorted(runs)[1]


def test_correspondent(lab):
    """HoTI and CoTI answered and Binding Updates accepted, per second."""
    lab.excuse_leftovers('2001:db8:ff:')
    lab.node('core').run('ip -6 route add 2001:db8:ff::/48 via 2001:db8:fb::2')
    lab.node('rb').run('ip -6 route add blackhole 2001:db8:ff::/48')
    server = lab.node('cn').start('echo', [tool(lab, 'bu_load'),
                                           'echo-server'])
    echo = {i: load(lab, 1000, 'echo', i, 4000) for i in (1, 32)}
    server.stop()
    correspondent(lab, text=CONF)
    for inflight in (1, 32):
        tests = load(lab, 1000, 'test', inflight, 4000)
        lab.say('%2d in flight: bare socket echo %5.0f/s, Test Inits answered '
                '%5.0f/s (%.2f of it)' % (inflight, echo[inflight], tests,
                                          tests / echo[inflight]))
    for n in (100, 10000):
        for inflight in (1, 32):
            rate = load(lab, n, 'update', inflight, max(n, 2000), 300)
            lab.say('%5d bindings, %2d in flight: %5.0f Binding Updates/s '
                    '(%.2f of the echo)' % (n, inflight, rate,
                                            rate / echo[inflight]))
        assert len(bindings(lab, 'cn')) == n
    sums = counters(lab.node('cn'))
    lab.say('Test Inits %d, answered %d' % (sums['test-init-in'],
                                            sums['test-out']))
