# SPDX-License-Identifier: GPL-2.0-or-later
"""What protection by ESP costs a home agent: registrations, moves, memory and
packets through the tunnel, in each mode, beside "insecure" in the same run.

    lab/mip6-lab run -v tests/bench/protect.py
    lab/mip6-lab run -v -k thousand tests/bench/protect.py

away_load plays all nodes from the access router of link B, and encrypts and
decrypts what they send and hear: its time is part of what is measured, on the
other of two processors."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, 'vm'))

from mip6 import ask, example, home_agent         # noqa: E402

DEADLINE = 1500
CAPTURE = False
KEYS = '/etc/mip6d/sa.conf'
AGENT, VIRTUAL = '2001:db8:5::1', '2001:db8:5::/64'
HOME = '2001:db8:5::1:0:0'
FIRST, SECOND = '2001:db8:ff:2::1:0:0', '2001:db8:ff:3::1:0:0'
PEER = '2001:db8:ff:9::1'
MODES = ('none', 'signalling', 'tests', 'all')
PACKETS = 4000
FIGURES = ('first', 'refresh', 'move', 'down', 'up')


def tool(lab):
    return os.path.join(lab.builddir, 'tests', 'bench', 'away_load')


def wires(lab):
    """What the nodes need, whatever their number."""
    lab.excuse_leftovers('2001:db8:(5|ff):')
    core, rb, ha = lab.node('core'), lab.node('rb'), lab.node('ha')
    core.run('ip -6 route add 2001:db8:ff::/48 via 2001:db8:fb::2')
    core.run('ip -6 route add %s via 2001:db8:f1::2' % VIRTUAL)
    rb.run('ip -6 route add blackhole 2001:db8:ff::/48')
    rb.run('ip -6 route add blackhole %s' % VIRTUAL)
    ha.run('ip -6 addr add %s/128 dev lo' % AGENT)
    ha.sh('mkdir -p /etc/mip6d')


def agent(lab, mode, n):
    lab.node('ha').sh('umask 077; %s keys %s %s %d > %s'
                      % (tool(lab), AGENT, HOME, n, KEYS))
    text = example('home-agent-virtual')
    if mode != 'none':
        text = text.replace('security = "insecure";',
                            'ipsec = { protect = "%s"; };' % mode) \
            .replace('interface = "eth0";',
                     'interface = "eth0"; security = "insecure";')
    return home_agent(lab, text.replace('policy = (', 'max-bindings = 20000; '
                                        'policy = ( { action = "allow"; },')
                      .replace('home-agent = {', 'limits = { rate = 0; '
                               'site-rate = 0; source-rate = 0; };\n'
                               'home-agent = {')
                      .replace('max-lifetime = 3600', 'min-interval = 0'),
                      debug=False)


def load(lab, mode, n, what, coa, inflight, count, seconds=300):
    """Per second; all must be answered, but for data."""
    done = json.loads(lab.node('rb').run(
        [tool(lab), 'eth1', lab.node('core').mac('rb'), AGENT, HOME, coa, n,
         what, mode, inflight, count, seconds, PEER], check=False,
        timeout=seconds + 60).out)
    assert not done['refused'], done
    if what == 'register':
        assert done['answered'] == count, done
    assert done['answered'] > count * 9 // 10, done
    return done['per_second']


def octets(lab, pid):
    """(the daemon's private memory, with the keys; the kernel's)."""
    ha = lab.node('ha')
    daemon = [line for line in
              ha.read('/proc/%d/smaps_rollup' % pid).splitlines()
              if line.startswith('Private_Dirty:')][0]
    kernel = [line for line in ha.read('/proc/meminfo').splitlines()
              if line.split(':')[0] in ('Slab', 'Percpu')]
    return (int(daemon.split()[1]) * 1024,
            sum(int(line.split()[1]) for line in kernel) * 1024)


def median(runs):
    return sorted(runs)[len(runs) // 2]


def data(lab, mode, n, what, coa):
    return median([load(lab, mode, n, what, coa, 32, PACKETS)
                   for _ in range(3)])


def measure(lab, mode, n):
    """All of one mode and number of bindings; a row of figures."""
    program = agent(lab, mode, n)
    was = octets(lab, program.pid)[1]
    row = {'mode': mode, 'bindings': n}
    row['first'] = load(lab, mode, n, 'register', FIRST, 32, n)
    daemon, now = octets(lab, program.pid)
    assert len(ask(lab.node('ha'), 'show', 'bindings')['bindings']) == n
    row['daemon'], row['kernel'] = daemon / n, (now - was) / n
    row['refresh'] = median([load(lab, mode, n, 'register', FIRST, 32, 1000)
                             for _ in range(3)])
    row['move'] = median([load(lab, mode, n, 'register', coa, 32,
                               min(n, 1000))
                          for coa in (SECOND, FIRST, SECOND, FIRST)])
    for what in ('down', 'up'):
        row[what] = data(lab, mode, n, what, FIRST)
    assert program.stop() == 0
    return row


def table(lab, rows):
    lab.say('%10s %8s %8s %8s %8s %8s %8s %8s %8s' % (
        ('mode', 'bindings') + FIGURES + ('daemon', 'kernel')))
    for r in rows:
        lab.say('%10s %8d %8.0f %8.0f %8.0f %8.0f %8.0f %8.0f %8.0f' % (
            (r['mode'], r['bindings']) + tuple(r[k] for k in FIGURES) +
            (r['daemon'], r['kernel'])))


def measure_all(lab, n):
    wires(lab)
    rows = []
    for mode in MODES:
        rows.append(measure(lab, mode, n))
        table(lab, rows[-1:])
    for r in rows[1:]:
        lab.say('%s at %d bindings, to "none": %s' % (
            r['mode'], n, ', '.join('%s %.2f' % (k, r[k] / rows[0][k])
                                    for k in FIGURES)))


def test_one(lab):
    """A single binding."""
    measure_all(lab, 1)


def test_hundred(lab):
    """100 bindings."""
    measure_all(lab, 100)


def test_thousand(lab):
    """1,000 bindings."""
    measure_all(lab, 1000)


def test_five_thousand(lab):
    """5,000 bindings."""
    measure_all(lab, 5000)
