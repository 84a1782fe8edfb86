# SPDX-License-Identifier: GPL-2.0-or-later
"""What a mobile node takes, and when: routing headers, new addresses."""

from scapy.all import Ether, ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, \
    ICMPv6NDOptSrcLLAddr, IPv6

import wire
from mip6 import A, CN, HOA, home_agent, mobile_node, wait_bound

DEADLINE = 240


def header(coa, number, hoa=HOA):
    """An echo request by way of COA."""
    return wire.with_rh2(CN, coa, hoa, 58) / wire.echo_body(CN, hoa, number)


def answers(lab, number):
    return lab.packets('icmpv6.type == 129 && icmpv6.echo.sequence_number == '
                       '%d && icmpv6.echo.identifier == 0x6275' % number)


def wait_answer(lab, number):
    lab.wait_for(lambda: answers(lab, number), 30, 'an answer to %d' % number)


def test_before_the_acknowledgement(lab):
    """A routing header is not taken while the node waits for its agent, nor
    when that refuses; and is, once the agent has confirmed.

    MN-32"""
    cn, mn = lab.node('cn'), lab.node('mn')
    lab.move('mn', 'a')
    mobile_node(lab, changes=[
        ('mobile-node = {', 'mobile-node = { retry = 2;')])
    coa = mn.address_in(A)
    lab.wait_for(lambda: HOA in mn.run('ip -6 addr show home').out, 30,
                 'the node registers')
    before = dropped(mn)
    cn.inject([header(coa, 1)])
    lab.wait_for(lambda: dropped(mn) > before, 20, 'it is dropped')
    refusing = home_agent(lab, changes=[
        ('prefix = "2001:db8:1::/64";', 'prefix = "2001:db8:77::/64";'),
        ('address = "2001:db8:1::1";', 'address = "2001:db8:77::1";')])
    lab.node('ha').run('ip -6 addr add 2001:db8:77::1/64 dev eth0 nodad')
    lab.wait_packets('mip6.mhtype == 6 && mip6.ba.status >= 128')
    cn.inject([header(coa, 2)])
    refusing.stop()
    lab.node('ha').run('ip -6 addr del 2001:db8:77::1/64 dev eth0')
    home_agent(lab)
    wait_bound(lab, A)
    cn.inject([header(coa, 3)])
    wait_answer(lab, 3)
    assert not answers(lab, 1) and not answers(lab, 2), 'taken too early'


def dropped(node):
    """Packets with a header that no policy asks for."""
    stat = dict(line.split() for line in
                node.read('/proc/net/xfrm_stat').splitlines())
    return int(stat['XfrmInNoPols'])


PREFIXES = 5      # the kernel forms 16 addresses at most


def probes(lab, first):
    """When each new address was asked for, after the advertisement."""
    ra = 'icmpv6.type == 134 && icmpv6.opt.prefix == 2001:db8:%x::' % first
    targets = {}
    for p in lab.packets('icmpv6.type == 135 && ipv6.src == ::',
                         'icmpv6.nd.ns.target_address'):
        target = p['icmpv6.nd.ns.target_address']
        for n in range(first, first + PREFIXES):
            if target.startswith('2001:db8:%x:' % n):
                targets.setdefault(target, p['time'])
    if len(targets) < PREFIXES:
        return None
    start = lab.packets(ra)[0]['time']
    return sorted(t - start for t in targets.values())


def advertise(lab, first):
    """One advertisement with many prefixes; the times of the probes."""
    ra = lab.node('ra')
    packet = Ether(src=ra.mac('eth0'), dst='33:33:00:00:00:01') / \
        IPv6(src=ra.link_local('eth0'), dst='ff02::1', hlim=255) / \
        ICMPv6ND_RA(routerlifetime=30) / \
        ICMPv6NDOptSrcLLAddr(lladdr=ra.mac('eth0'))
    for n in range(first, first + PREFIXES):
        packet = packet / ICMPv6NDOptPrefixInfo(
            prefix='2001:db8:%x::' % n, prefixlen=64, L=1, A=1,
            validlifetime=300, preferredlifetime=300)
    ra.inject([packet], iface='eth0')
    return lab.wait_for(lambda: probes(lab, first), 30, 'DAD of all addresses')


def test_duplicate_address_detection(lab):
    """The kernel delays DAD of new addresses at random, for up to a second;
    where the configuration says "optimistic", it does not, and movement
    detection has desynchronised the nodes.

    MN-89"""
    lab.move('mn', 'a')
    optimistic = 'name = "eth0"; preference = 60; optimistic = true;'
    node = mobile_node(lab, changes=[
        (optimistic, 'name = "eth0"; preference = 60;')])
    lab.node('mn').address_in(A)
    slow = advertise(lab, 0x4000)
    node.stop()
    mobile_node(lab)
    fast = advertise(lab, 0x5000)
    assert slow[-1] < 1.5, slow
    assert slow[-1] - slow[0] > 2 * (fast[-1] - fast[0]), (slow, fast)
    assert fast[-1] < slow[-1], (slow, fast)
