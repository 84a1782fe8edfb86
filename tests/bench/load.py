# SPDX-License-Identifier: GPL-2.0-or-later
"""A home agent under load, beside the echo of a bare socket in the same run.

    lab/mip6-lab run -v tests/bench/load.py

bu_load plays all mobile nodes from the access router of link B: what it
measures is the agent, its kernel, and the wires between. Ratios are what
counts: to the echo, and between 100 and 10,000 bindings."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, 'vm'))

from mip6 import ask, example, home_agent         # noqa: E402

DEADLINE = 900
CAPTURE = False
VIRTUAL = '2001:db8:5::/64'
ON_LINK = '2001:db8:1::1:0:0'
AGENT_VIRTUAL = '2001:db8:5::1'


def tool(lab):
    return os.path.join(lab.builddir, 'tests', 'bench', 'bu_load')


def prepare(lab):
    lab.excuse_leftovers('2001:db8:(5|ff):')
    core, rb, ha = lab.node('core'), lab.node('rb'), lab.node('ha')
    core.run('ip -6 route add 2001:db8:ff::/48 via 2001:db8:fb::2')
    core.run('ip -6 route add %s via 2001:db8:f1::2' % VIRTUAL)
    rb.run('ip -6 route add blackhole 2001:db8:ff::/48')
    ha.run('ip -6 addr add %s/128 dev lo' % AGENT_VIRTUAL)
    text = example('home-agent-virtual')
    return home_agent(lab, text.replace('policy = (', 'max-bindings = 20000; '
                                        'policy = ( { action = "allow"; },')
                      .replace('home-agent = {', 'limits = { rate = 0; '
                               'site-rate = 0; source-rate = 0; };\n'
                               'home-agent = {')
                      .replace('max-lifetime = 3600', 'min-interval = 0'),
                      debug=False)


def load(lab, agent, home, coa, n, mode, inflight, count, seconds=120):
    rb = lab.node('rb')
    done = rb.run([tool(lab), 'eth1', lab.node('core').mac('rb'), agent,
                   home, coa, n, mode, inflight, count, seconds],
                  check=False, timeout=seconds + 60)
    return json.loads(done.out)


def cpu(lab, pid):
    """Seconds of CPU that a process has used."""
    fields = lab.node('ha').read('/proc/%d/stat' % pid).rsplit(')')[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory(lab, pid):
    """Private memory of a process, in octets."""
    for line in lab.node('ha').read('/proc/%d/smaps_rollup' % pid) \
            .splitlines():
        if line.startswith('Private_Dirty:'):
            return int(line.split()[1]) * 1024
    return 0


def echo(lab, home, coa, inflight, count):
    server = lab.node('ha').start('echo', [tool(lab), 'echo-server'])
    done = load(lab, AGENT_VIRTUAL, home, coa, 100, 'echo', inflight, count)
    server.stop()
    return done


def refresh(lab, pid, home, coa, n, inflight, count):
    """One closed loop: (per second, CPU of the daemon for each, ms)."""
    before = cpu(lab, pid)
    done = load(lab, AGENT_VIRTUAL, home, coa, n, 'refresh', inflight, count)
    assert not done['refused'] and done['answered'], done
    if done['lost']:
        lab.say('%d of %d were lost on the way' % (done['lost'], count))
    return done['per_second'], (cpu(lab, pid) - before) * 1000 / count


def test_thousand_at_once(lab):
    """1,000 first registrations on a real link in one burst."""
    prepare(lab)
    done = load(lab, '2001:db8:1::1', ON_LINK, '2001:db8:ff:1::1:0:0', 1000,
                'register', 1000, 1000, 180)
    lab.say('1000 Binding Updates at once: %d answered, %d refused, '
            '%.1f s with 1 s of DAD' % (done['answered'], done['refused'],
                                        done['seconds']))
    assert done['answered'] == 1000 and not done['refused'], done
    count = len([b for b in ask(lab.node('ha'), 'show', 'bindings')
                 ['bindings'] if b['state'] == 'ACTIVE'])
    assert count == 1000, count


def test_refreshes(lab):
    """Refreshes at 100, 1,000 and 10,000 bindings, and the bare echo: the
    median of three runs each, since a busy machine stalls single ones."""
    agent = prepare(lab)
    home, coa = '2001:db8:5::1:0:0', '2001:db8:ff:2::1:0:0'
    rows, used = {}, {}
    for inflight in (1, 32):
        rate = echo(lab, home, coa, inflight, 2000)['per_second']
        lab.say('bare socket echo, %d in flight: %.0f/s' % (inflight, rate))
        assert rate, 'the echo came to a halt: too busy a machine'
        rows[('echo', inflight)] = rate
    for n in (100, 1000, 10000):
        used[n] = memory(lab, agent.pid)
        done = load(lab, AGENT_VIRTUAL, home, coa, n, 'register', 64, n, 300)
        assert done['answered'] == n and not done['refused'], done
        used[n] = memory(lab, agent.pid) - used[n]
        for inflight in (1, 32):
            runs = sorted(refresh(lab, agent.pid, home, coa, n, inflight,
                                  2000) for _ in range(3))
            rate, each = runs[1]
            rows[(n, inflight)] = rate
            lab.say('%5d bindings, %2d in flight: %4.0f refreshes/s '
                    '(%.2f of the echo), %.2f ms of the daemon\'s CPU each'
                    % (n, inflight, rate, rate / rows[('echo', inflight)],
                       each))
    for inflight in (1, 32):
        lab.say('cost at 10,000 / cost at 100, %d in flight: %.2f' % (
            inflight, rows[(100, inflight)] / rows[(10000, inflight)]))
    lab.say('daemon memory: %.0f octets a binding'
            % (used[10000] / 9000))
