# SPDX-License-Identifier: GPL-2.0-or-later
"""A flood of bad messages is answered at the rate of ICMPv6 errors."""

import wire
from mip6 import CN, HA, counters, home_agent

DEADLINE = 180
FLOOD = 200


def span(questions, answers):
    """Seconds from the first question to the last answer: in what time the
    answers were allowed, however slow the machine is."""
    return max(p['time'] for p in answers) - min(p['time'] for p in questions)


def test_flood(lab):
    """Binding Errors by the daemon, Parameter Problems by the kernel; what
    is held back is counted, and the agent lives on.

    COM-64"""
    lab.excuse_packets('mipv6 && ipv6.src == %s' % CN)
    # The limits of what is listened to at all would leave nothing to answer.
    agent = home_agent(lab, changes=[(
        'home-agent = {', 'limits = { source-rate = 0; site-rate = 0; '
        'rate = 0; };\nhome-agent = {')])
    cn, ha = lab.node('cn'), lab.node('ha')
    strange = wire.mh(CN, HA, bytes([59, 0, 99, 0, 0, 0, 0, 0]))
    cn.inject([strange] * FLOOD)
    lab.wait_for(lambda: counters(ha)['mh-unknown-type'] == FLOOD, 60,
                 'the whole flood')
    seen = counters(ha)
    assert seen['be-out'] + seen['be-rate'] == FLOOD, seen
    came = lab.packets('mip6.mhtype == 99 && !icmpv6 && '
                       'frame.interface_name == "c"')
    errors = lab.wait_packets('mip6.mhtype == 7 && !icmpv6 && '
                              'frame.interface_name == "c"',
                              count=seen['be-out'])
    assert len(errors) == seen['be-out'], len(errors)
    assert 10 <= len(errors) <= 11 + 10 * span(came, errors), len(errors)
    cn.inject([wire.mh(CN, HA, bytes([59, 0, 5, 0, 0, 0, 0, 1]))] * FLOOD)
    # What comes behind the flood is answered when the flood is over.
    assert cn.reaches(HA, 3)
    came = lab.packets('mip6.mhtype == 5 && !icmpv6 && '
                       'frame.interface_name == "c"')
    problems = lab.wait_packets('icmpv6.type == 4 && icmpv6.code == 0 && '
                                'ipv6.dst == %s && '
                                'frame.interface_name == "c"' % CN)
    assert len(came) == FLOOD, len(came)
    # The kernel's own: 6 at once, and 4 a second to what a /64 route leads to
    # (net.ipv6.icmp.ratelimit, four times).
    assert 1 <= len(problems) <= 7 + 4 * span(came, problems), len(problems)
    assert agent.stop() == 0
