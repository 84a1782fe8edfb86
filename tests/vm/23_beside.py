# SPDX-License-Identifier: GPL-2.0-or-later
"""Route optimisation beside the rest of the kernel: neighbour discovery,
path MTU, the host's own IPsec."""

import wire
from mip6 import A, CN, HA, HOA, away, bindings, correspondent, counters, \
    home_agent, mobile_node, wait_bound, wait_optimised

DEADLINE = 300
ON_LINK = 'frame.interface_name == "c" && '
STRANGER = '2001:db8:fb::2'
KEYS = ('auth hmac(sha256) 0x%s enc cbc(aes) 0x%s' % ('61' * 32, '62' * 16))


def test_same_link(lab):
    """Node and correspondent on one foreign link: straight over the link,
    and neighbour discovery carries no routing header.

    CN-27 MN-19"""
    home_agent(lab)
    lab.move('hh', 'a')
    peer = lab.node('hh').address_in(A)
    # It believes still that the home prefix is on its link.
    lab.node('hh').run('ip -6 route del 2001:db8:1::/64 dev eth0')
    correspondent(lab, 'hh')
    lab.move('mn', 'a')
    mobile_node(lab)
    coa = wait_bound(lab, A)
    ping = lab.node('hh').ping(HOA, 0.1, source=peer)
    wait_optimised(lab, peer, A, at='hh')
    ping.wait_replies(5)
    since = lab.now()
    lab.node('hh').run('ip -6 neigh flush dev eth0')
    lab.node('mn').run('ip -6 neigh flush dev eth0')
    ping.wait_replies(10)
    ping.stop()
    seen = [p for p in lab.packets(
        'frame.interface_name == "a" && icmpv6.type >= 135 && '
        'icmpv6.type <= 136', 'ipv6.routing.type',
        'ipv6.opt.mipv6.home_address') if p['time'] > since]
    assert seen, 'nobody asked for a link-layer address'
    for p in seen:
        assert not p['ipv6.routing.type'], p
        assert not p['ipv6.opt.mipv6.home_address'], p
    data = [p for p in lab.packets(
        'frame.interface_name == "a" && icmpv6.type == 128 && ipv6.dst == %s'
        % coa, 'ipv6.routing.type') if p['time'] > since]
    assert data and all(p['ipv6.routing.type'] == '2' for p in data), data


def test_small_mtu(lab):
    """A link of 1280 octets between the two: segments leave room for the
    headers, and nothing is too big.

    CN-32 COM-39"""
    lab.node('core').run('ip link set ra mtu 1280')
    lab.node('ra').run('ip link set eth1 mtu 1280')
    correspondent(lab)
    away(lab)
    cn, mn = lab.node('cn'), lab.node('mn')
    ping = cn.ping(HOA, 0.1)
    coa = wait_optimised(lab, CN, A)
    ping.stop()
    there = cn.transfer(mn, HOA, size=200000)
    there.finish()
    assert there.equal
    back = mn.transfer(cn, CN, source=HOA, size=200000, port=5002)
    back.finish()
    assert back.equal
    straight = lab.packets('frame.interface_name == "t-ra" && tcp.len > 0 && '
                           '(ipv6.dst == %s || ipv6.src == %s)' % (coa, coa),
                           'ipv6.plen')
    assert straight, 'nothing went straight'
    sizes = [int(p['ipv6.plen'].split(',')[0]) + 40 for p in straight]
    assert 1200 < max(sizes) <= 1280, max(sizes)


def test_routing_headers_for_others(lab):
    """A type 2 routing header for a node that has no such home address is
    dropped without a word, at a correspondent and at a mobile node; and so
    is one whose address is the node's own but of a smaller scope.

    CN-25 COM-40 MN-30"""
    correspondent(lab)
    _agent, _node, coa = away(lab)
    own = lab.node('mn').link_local('eth0')
    lab.node('rb').inject([
        wire.with_rh2(STRANGER, CN, HOA, 58) /
        wire.echo_body(STRANGER, HOA, 1),
        wire.with_rh2(STRANGER, CN, CN, 58) / wire.echo_body(STRANGER, CN, 2),
        wire.with_rh2(STRANGER, coa, '2001:db8:1::dead', 58) /
        wire.echo_body(STRANGER, '2001:db8:1::dead', 3),
        wire.with_rh2(STRANGER, coa, own, 58) /
        wire.echo_body(STRANGER, own, 4)])
    assert lab.node('rb').reaches(CN, 3)
    assert lab.node('rb').reaches(coa, 3)
    for number in (1, 2, 3, 4):
        assert not lab.packets('icmpv6.type == 129 && icmpv6.echo.sequence_'
                               'number == %d && icmpv6.echo.identifier == '
                               '0x6275' % number), number
    assert not lab.packets('icmpv6.type == 4'), 'somebody complained'


def test_unknown_type_through_the_tunnel(lab):
    """A correspondent's Mobility Header of an unknown type comes through
    the tunnel; the Binding Error goes back the same way.

    MN-8"""
    away(lab)
    lab.node('cn').inject([wire.mh(CN, HOA, bytes([59, 0, 99, 0, 0, 0, 0,
                                                   0]))])
    errors = lab.wait_packets(ON_LINK + 'mip6.mhtype == 7 && !icmpv6',
                              'ipv6.src', 'ipv6.dst', 'mip6.be.status',
                              'mip6.be.haddr')
    assert (errors[0]['ipv6.src'], errors[0]['ipv6.dst']) == (HOA, CN), errors
    assert errors[0]['mip6.be.status'] == '2', errors
    assert errors[0]['mip6.be.haddr'] == '::', errors
    assert lab.packets('frame.interface_name == "a" && ipv6.nxt == 41 && '
                       'mip6.mhtype == 7'), 'not through the tunnel'
    assert counters(lab.node('mn'))['mh-unknown-type'] == 1


def protect(node, out, to, proto):
    """ESP or AH in transport mode between OUT and TO, for everything."""
    for src, dst, spi, way in ((out, to, 0x100, 'out'), (to, out, 0x200,
                                                         'in')):
        if node.name == 'cn':
            spi = 0x300 - spi
        keys = KEYS if proto == 'esp' else KEYS.split(' enc')[0]
        node.run('ip xfrm state add src %s dst %s proto %s spi %d mode '
                 'transport %s' % (src, dst, proto, spi, keys))
        node.run('ip xfrm policy add src %s dst %s proto ipv6-icmp dir %s '
                 'tmpl src %s dst %s proto %s mode transport'
                 % (src, dst, way, src, dst, proto))


def unprotect(node):
    node.run('ip xfrm policy flush ptype main')
    node.run('ip xfrm state deleteall proto esp')
    node.run('ip xfrm state deleteall proto ah')


def check_ipsec(lab, proto):
    """The host's own IPsec between home address and correspondent goes on
    while the node is away, under both headers; mip6d does not touch it."""
    correspondent(lab)
    lab.move('mn', 'a')
    cn, mn = lab.node('cn'), lab.node('mn')
    protect(mn, HOA, CN, proto)
    protect(cn, CN, HOA, proto)
    before = [node.run('ip xfrm policy list ptype main').out
              for node in (cn, mn)]
    home_agent(lab)
    node = mobile_node(lab)
    coa = wait_bound(lab, A)
    ping = cn.ping(HOA, 0.1)
    wait_optimised(lab, CN, A)
    ping.wait_replies(5)
    since = lab.now()
    ping.wait_replies(10)
    ping.stop()
    seen = [p for p in lab.packets(
        ON_LINK + '%s && !icmpv6.type == 135' % proto, 'ipv6.src',
        'ipv6.dst', 'ipv6.routing.type', 'ipv6.opt.mipv6.home_address',
        'ipv6.nxt') if p['time'] > since]
    assert seen, 'nothing was protected'
    ways = {p['ipv6.src'].split(',')[0] for p in seen}
    assert ways == {CN, coa}, ways
    for p in seen:
        if p['ipv6.src'].split(',')[0] == CN:
            assert p['ipv6.routing.type'] == '2', p
        else:
            assert p['ipv6.opt.mipv6.home_address'] == HOA, p
    node.stop()
    assert before == [n.run('ip xfrm policy list ptype main').out
                      for n in (cn, mn)]
    assert 'proto ' + proto in mn.run('ip xfrm state').out
    unprotect(mn)
    unprotect(cn)


def test_esp(lab):
    """ESP in transport mode: security associations by home address.

    CN-17 CN-20 CN-30 MN-23"""
    check_ipsec(lab, 'esp')


def test_ah(lab):
    """AH: its check covers the headers as the receiver sees them.

    CN-19 CN-31"""
    check_ipsec(lab, 'ah')


def test_option_after_the_end(lab):
    """The agent itself: data with the Home Address option of a node whose
    binding has gone is answered by a Binding Error at once.

    HA-66"""
    _agent, _node, coa = away(lab)
    lab.move('mn', 'home')
    lab.wait_for(lambda: HOA not in bindings(lab), 30, 'the end of it')
    lab.node('ra').inject([wire.with_hao(coa, HA, HOA, 58) /
                           wire.echo_body(HOA, HA, 9)])
    errors = lab.wait_packets('frame.interface_name == "t-ha" && '
                              'mip6.mhtype == 7 && !icmpv6', 'ipv6.dst',
                              'mip6.be.status', 'mip6.be.haddr')
    assert errors[0]['ipv6.dst'] == coa, errors
    assert errors[0]['mip6.be.status'] == '1', errors
    assert errors[0]['mip6.be.haddr'] == HOA, errors
