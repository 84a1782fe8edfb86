#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a policy for each binding costs the kernel that runs this: entered
beside a number of routes, and looked up by a packet, with the policies of
tunnels hashed as mip6d has them hashed, and as the kernel does by itself.

    unshare -Urn tests/bench/policies.py

Needs no rights and no virtual machine: all happens in a network namespace of
its own. The policies are those of a home agent with `protect = "tests"`; the
packets are UDP, which none of them is about."""

import socket
import subprocess
import sys
import time

AGENT, PREFIX = '2001:db8:5::1', '2001:db8:5::/64'
SIGNALLING = 'xfrm policy add src %s/128 dst %s proto 135 dir out ' \
    'priority 2 tmpl src :: dst :: proto esp mode transport' % (AGENT, PREFIX)
TUNNEL = 'xfrm policy %s src ::/0 dst 2001:db8:5::1:%x/128 proto 135 dir out'
TEMPLATE = ' priority 9 tmpl src %s dst 2001:db8:6::%x proto esp reqid %d ' \
    'mode tunnel'
HASHED, USUAL = '0 128', '128 128'
ADDED = 200
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
    return [TUNNEL % ('add', i) + TEMPLATE % (AGENT, i, i + 1)
            for i in range(first, last)]


def entered(routes):
    """Microseconds for each policy that is added."""
    names = ['2001:db8:7::%x/128 dev lo' % i for i in range(routes)]
    if names:
        ip(['route add ' + n for n in names])
    took = ip(policies(0, ADDED))
    ip([TUNNEL % ('delete', i) for i in range(ADDED)])
    if names:
        ip(['route del ' + n for n in names])
    return took / ADDED * 1e6


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
    ip(['link set lo up', 'addr add %s/128 dev lo nodad' % AGENT,
        'route add local %s dev lo' % PREFIX])
    for routes in (0, 1000, 5000, 20000):
        runs = sorted(entered(routes) for _ in range(3))
        print('%6d routes: %6.0f us to add a policy' % (routes, runs[1]),
              flush=True)
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
