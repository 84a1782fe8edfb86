#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What policies for each binding cost the kernel that runs this: entered one
binding after the other, with its route, and looked up by a packet, with the
policies of tunnels hashed as mip6d has them hashed, and as the kernel does by
itself.

    tests/bench/policies.py [BINDINGS]

Needs no rights and no virtual machine: it goes into a network namespace of its
own first. The policies are those of a home agent with `protect = "tests"`; the
packets are UDP, which none of them is about."""

import os
import socket
import subprocess
import sys
import time

AGENT, PREFIX = '2001:db8:5::1', '2001:db8:5::/64'
SIGNALLING = 'xfrm policy add src %s/128 dst %s proto 135 dir out ' \
    'priority 2 tmpl src :: dst :: proto esp mode transport' % (AGENT, PREFIX)
FROM_NODE = 'xfrm policy add src 2001:db8:5::1:%x/128 dst ::/0 proto 135 ' \
    'dir fwd priority 8 tmpl src :: dst :: proto esp mode tunnel'
ROUTE = 'route add 2001:db8:5::1:%x/128 dev lo'
TUNNEL = 'xfrm policy add src ::/0 dst 2001:db8:5::1:%x/128 proto 135 dir out'
TEMPLATE = ' priority 9 tmpl src %s dst 2001:db8:6::%x proto esp reqid %d ' \
    'mode tunnel'
HASHED, USUAL = '0 128', '128 128'
STEP = 1000
INSIDE = 'MIP6_BENCH_INSIDE'
SENT = 2000


def ip(lines):
    """Carry out; the seconds that it took."""
    start = time.perf_counter()
    subprocess.run(['ip', '-6', '-batch', '-'], input='\n'.join(lines) + '\n',
                   check=True, text=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def thresholds(bits):
    """The kernel sorts its policies anew a little later."""
    ip(['xfrm policy set hthresh6 ' + bits])
    time.sleep(1)


def policies(first, last):
    return [TUNNEL % i + TEMPLATE % (AGENT, i, i + 1)
            for i in range(first, last)]


def registrations(bindings):
    """Two policies and a route for each binding, as mip6d enters them."""
    total = 0.0
    for first in range(0, bindings, STEP):
        lines = []
        for i in range(first, first + STEP):
            lines += [(TUNNEL + TEMPLATE) % (i, AGENT, i, i + 1),
                      FROM_NODE % i, ROUTE % i]
        took = ip(lines)
        total += took
        print('%6d bindings entered in %.1f s, the last in %.1f ms each'
              % (first + STEP, total, took / STEP * 1000), flush=True)
    ip(['xfrm policy flush', 'route flush dev lo table main'])


def looked_up(sender):
    """Microseconds for each packet, the best of five runs."""
    best = float('inf')
    for _ in range(5):
        start = time.perf_counter()
        for i in range(SENT):
            sender.sendto(b'x', ('2001:db8:5::1:%x' % (i * 2 % 5000), 9))
        best = min(best, time.perf_counter() - start)
    return best / SENT * 1e6


def main():
    if INSIDE not in os.environ:
        os.environ[INSIDE] = '1'
        os.execvp('unshare', ['unshare', '-Urn', sys.executable] + sys.argv)
    ip(['link set lo up', 'addr add %s/128 dev lo nodad' % AGENT,
        'route add local %s dev lo' % PREFIX])
    thresholds(HASHED)
    registrations(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
    thresholds(USUAL)
    sender = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sink = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sink.bind(('::', 9))
    print('no policies: %.0f us a packet' % looked_up(sender))
    ip([SIGNALLING])
    there = 0
    for n in (1, 100, 1000, 5000):
        ip(policies(there, n))
        there = n
        for bits, name in ((USUAL, 'as usual'), (HASHED, 'hashed')):
            thresholds(bits)
            print('%6d policies %s: %.0f us a packet'
                  % (n, name, looked_up(sender)), flush=True)
        thresholds(USUAL)
    return 0


if __name__ == '__main__':
    sys.exit(main())
