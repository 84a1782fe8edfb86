# SPDX-License-Identifier: GPL-2.0-or-later
"""Multicast of a node that is away: what goes through the tunnel, and what
does not."""

from ipsec import IPSEC, carry_keys, generate, protected, use_keys
from mip6 import A, HA, HOA, away, home_agent, mobile_node, wait_bound, \
    wait_home

DEADLINE = 240
GLOBAL, SITE, LOCAL = 'ff0e::6275', 'ff05::6275', 'ff02::6275'
IN_TUNNEL = 'ipv6.nxt == 41 && ipv6.dst == %s'

# Joins a group on an interface, sends to it, and goes on until killed.
MEMBER = '''
import socket, struct, sys, time
dev = socket.if_nametoindex(sys.argv[1])
for group in sys.argv[2:]:
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, dev)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 5)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                 socket.inet_pton(socket.AF_INET6, group) +
                 struct.pack('i', dev))
    globals().setdefault('kept', []).append(s)
print('joined', flush=True)
while True:
    for s, group in zip(kept, sys.argv[2:]):
        s.sendto(b'multicast', (group, 6275))
    time.sleep(0.5)
'''


def member(node, iface, *groups):
    program = node.start('member', ['python3', '-uc', MEMBER, iface] +
                         list(groups))
    program.wait_log('joined')
    return program


def test_through_the_tunnel(lab):
    """An application that chose the tunnel device: what it sends has the
    home address inside. What it joins there is told to nobody, since the
    agent does not ask.

    MN-36 MN-38"""
    away(lab)
    mn = lab.node('mn')
    app = member(mn, 'mip6mn0', GLOBAL)
    sent = lab.wait_packets(IN_TUNNEL % GLOBAL, 'ipv6.src', 'ipv6.dst',
                            count=9)
    for p in sent:
        assert p['ipv6.src'].split(',')[1] == HOA, p
        assert p['ipv6.dst'].split(',')[0] == HA, p
    assert GLOBAL in mn.run('ip -6 maddr show dev mip6mn0').out
    # The kernel reports a join at once, and once more within seconds.
    told = 'icmpv6.type == 143 || icmpv6.type == 131 || icmpv6.type == 132'
    lab.wait_for(lambda: blocked(mn) >= 2, 30, 'reports of the kernel')
    assert not lab.packets('ipv6.nxt == 41 && (%s)' % told)
    app.stop()
    # On the foreign link it is an ordinary listener.
    app = member(mn, 'eth0', GLOBAL)
    lab.wait_packets('icmpv6.type == 143 && !(ipv6.nxt == 41) && '
                     'icmpv6.mldr.mar.multicast_address == ' + GLOBAL)
    app.stop()


def blocked(node):
    """Packets that a policy forbade."""
    stat = dict(line.split() for line in
                node.read('/proc/net/xfrm_stat').splitlines())
    return int(stat['XfrmOutPolBlock'])


def test_from_the_home_link(lab):
    """Nothing that is sent to groups on the home link is tunnelled to a node
    that is away, whatever the scope.

    HA-89 HA-90"""
    away(lab)
    app = member(lab.node('hh'), 'eth0', GLOBAL, SITE, LOCAL)
    groups = ' || '.join('ipv6.dst == ' + g for g in (GLOBAL, SITE, LOCAL))
    lab.wait_packets('frame.interface_name == "home" && udp && (%s)' % groups,
                     count=12)
    assert lab.node('hh').reaches(HOA, 3), 'unicast is tunnelled'
    app.stop()
    assert lab.packets('ipv6.nxt == 41 && ipv6.dst == ' + HOA)
    late = lab.packets('(%s) && frame.interface_name != "home"' % groups)
    assert not late, late[:3]


# UDP from a port of an address to another; as DHCPv6 is.
SEND = """
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind((sys.argv[1], int(sys.argv[2])))
s.sendto(b'as DHCPv6', (sys.argv[3], int(sys.argv[4])))
"""


def test_protected(lab):
    """With protect = "all" it is in ESP as everything in the tunnel is: what
    the node sends to groups, and what DHCPv6 would be, both ways. Nothing
    leaves or comes in clear.

    SEC-7"""
    every = 'ipsec = { protect = "all"; };\n%s = {'
    use_keys(lab, generate(lab))
    carry_keys(lab)
    home_agent(lab, changes=IPSEC + (
        ('home-agent = {', every % 'home-agent'),))
    mobile_node(lab, changes=IPSEC + (
        ('mobile-node = {', every % 'mobile-node' +
         ' route-optimisation = false;'),))
    wait_home(lab)
    when = lab.move('mn', 'a')
    wait_bound(lab, A)
    mn, hh = lab.node('mn'), lab.node('hh')
    lab.wait_for(lambda: lab.node('cn').reaches(HOA, 1), 30, HOA)
    app = member(mn, 'mip6mn0', GLOBAL, 'ff05::1:3')
    there = hh.address_in('2001:db8:1:')
    mn.run(['python3', '-c', SEND, HOA, '546', HA, '547'])
    hh.run(['python3', '-c', SEND, there, '547', HOA, '546'])
    inside = 'frame.interface_name == "a" && udp && '
    for what in ('ipv6.dst == ' + GLOBAL, 'ipv6.dst == ff05::1:3',
                 'udp.srcport == 546 && ipv6.src == ' + HOA,
                 'udp.dstport == 546 && ipv6.dst == ' + HOA):
        lab.wait_for(lambda: protected(lab, inside + what), 30,
                     'in ESP: ' + what)
    app.stop()
    clear = [p for p in lab.packets(
        '!esp && frame.interface_name == "a" && (udp || icmpv6.type == 143 '
        '|| ipv6.nxt == 41) && (ipv6.addr == %s || ipv6.dst == ff0e::/16 || '
        'ipv6.dst == ff05::1:3 || icmpv6.mldr.mar.multicast_address == %s)'
        % (HOA, GLOBAL)) if p['time'] > when]
    assert not clear, clear[:3]
