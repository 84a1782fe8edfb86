# SPDX-License-Identifier: GPL-2.0-or-later
"""A packet filter on the way, as people write them."""

import re

import wire
from mip6 import CN, HA, HOA, away

DEADLINE = 240

RULES = '''
table ip6 old_routing_headers {
	chain forward {
		type filter hook forward priority filter; policy accept;
		rt type 0 counter drop
		rt type 2 counter accept
	}
}
'''


def filtered(router):
    """(packets with type 0, packets with type 2)"""
    out = router.run('nft list table ip6 old_routing_headers').out
    return tuple(int(re.search(r'rt type %d counter packets (\d+)' % kind,
                               out).group(1)) for kind in (0, 2))


def type_0(src, dst, last):
    """A source routed echo request of old."""
    return wire.IPv6(src=src, dst=dst, nh=43) / wire.Raw(
        bytes([58, 2, 0, 1, 0, 0, 0, 0]) + bytes(wire.IPv6(src=last))[8:24]
    ) / wire.echo_body(src, last, 9)


def test_types_told_apart(lab):
    """The router between drops type 0 routing headers: those of type 2 are
    no such, so registration and traffic with the agent go on.

    HA-121"""
    core = lab.node('core')
    lab.excuse_packets('ipv6.routing.type == 0')    # ends elsewhere
    core.run('nft -f -', data=RULES.encode())
    _agent, _node, coa = away(lab)
    ha, cn = lab.node('ha'), lab.node('cn')
    assert ha.reaches(HOA, 3)
    old, new = filtered(core)
    # The acknowledgement, three echo requests.
    assert old == 0 and new >= 4, (old, new)
    cn.inject([type_0(CN, HA, coa)] * 3)
    cn.inject([wire.echo(CN, HA, 10)])
    lab.wait_packets('frame.interface_name == "t-ha" && icmpv6.type == 128 '
                     '&& icmpv6.echo.sequence_number == 10')
    assert filtered(core)[0] == 3, filtered(core)
    assert not lab.packets('frame.interface_name == "t-ha" && '
                           'ipv6.routing.type == 0')
    core.run('nft delete table ip6 old_routing_headers')
