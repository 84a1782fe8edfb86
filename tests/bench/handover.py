# SPDX-License-Identifier: GPL-2.0-or-later
"""Handover A <-> B under a ping each 20 ms: where the gap comes from.

    lab/mip6-lab run -v tests/bench/handover.py

Every number is taken from the capture of the links and from the ping series,
which share one clock. No number makes it fail; only a handover that does not
happen does."""

import os
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, 'vm'))

from mip6 import A, B, HOA, away, wait_bound     # noqa: E402

DEADLINE = 600
ROUNDS = 8
PHASES = ('link->RA', 'RA->BU', 'BU->BA', 'BA->packet', 'gap', 'gap-RA')


def first(found, after):
    times = [p['time'] for p in found if p['time'] >= after]
    return min(times) if times else None


def phases(lab, link, when):
    """Times of one handover; the gap itself comes from the ping series."""
    wire = 'frame.interface_name == "%s" && ' % link
    ra = first(lab.packets(wire + 'icmpv6.type == 134'), when)
    bu = first(lab.packets(wire + 'mip6.mhtype == 5'), when)
    ba = first(lab.packets(wire + 'mip6.mhtype == 6'), when)
    packet = first(lab.packets(wire + 'ipv6.nxt == 41 && '
                               'icmpv6.type == 128'), ba)
    return ra, bu, ba, packet


def measure(lab, ping_of, moves):
    rows = []
    series = ping_of.stop()
    for link, when, end in moves:
        ra, bu, ba, packet = phases(lab, link, when)
        # Neither the gap of the move before nor that of the next one.
        gap = series.longest_gap(when, end - 1e-6)[0]
        rows.append((ra - when, bu - ra, ba - bu, packet - ba, gap,
                     gap - (ra - when)))
    return rows, len(series.lost)


def show(lab, title, rows, lost):
    lab.say('%s: %d handovers, %.1f pings of 20 ms lost in each' %
            (title, len(rows), lost / len(rows)))
    lab.say('%-10s %8s %8s %8s' % ('seconds', 'median', 'least', 'most'))
    for i, name in enumerate(PHASES):
        column = [r[i] for r in rows]
        lab.say('%-10s %8.3f %8.3f %8.3f' % (
            name, statistics.median(column), min(column), max(column)))


def handovers(lab, silent=False):
    away(lab)
    ping = lab.node('cn').ping(HOA, 0.02)
    ping.wait_replies(20)
    moves = []
    for i in range(ROUNDS):
        link, prefix = (('b', B), ('a', A))[i % 2]
        when = lab.move('mn', link, silent=silent)
        wait_bound(lab, prefix)
        end = ping.wait_replies(20, 60)
        moves.append((link, when, end))
    return measure(lab, ping, moves)


def test_carrier_flap(lab):
    """The interface is unplugged and plugged in again."""
    rows, lost = handovers(lab)
    show(lab, 'carrier flap, RA each 1-3 s', rows, lost)


def test_silent(lab):
    """The wire changes without a loss of carrier."""
    rows, lost = handovers(lab, silent=True)
    show(lab, 'silent move, RA each 1-3 s', rows, lost)
