# SPDX-License-Identifier: GPL-2.0-or-later
"""What strangers and broken nodes send: nothing of it changes anything."""

import wire
from mip6 import A, CN, HA, HOA, away, bindings, both, bul, counters, \
    home_agent, mobile_node, wait_bound, wait_home

DEADLINE = 240
STRANGER = '2001:db8:fb::2'
PROBLEM = ('ipv6.src', 'ipv6.dst', 'icmpv6.code', 'icmpv6.pointer',
           'ipv6.routing.type')


def problems(lab, count):
    return lab.wait_packets('icmpv6.type == 4 && frame.interface_name == '
                            '"t-rb"', *PROBLEM, count=count)


def quiet(lab):
    """When this is answered, everything sent before it has been judged."""
    assert lab.node('cn').reaches(HOA, 3)


def test_malformed_at_agent(lab):
    """A wrong checksum is silence; a wrong payload protocol and a short
    header are reported; the binding stays what it was.

    COM-8 COM-11 COM-12 COM-14 HA-1 HA-2 HA-3"""
    lab.excuse_packets('mipv6 && ipv6.src == %s' % STRANGER)
    _agent, _node, coa = away(lab)
    before = bindings(lab)
    bad = wire.update(1)
    lab.node('rb').inject([
        wire.mh(STRANGER, HA, bad, fault=1),
        wire.mh(STRANGER, HA, bytes([58]) + bad[1:]),
        wire.mh(STRANGER, HA, bytes([59, 0, 5, 0, 0, 0, 0, 1])),
        wire.mh(STRANGER, HA, bytes([58]) + bad[1:], hoa=HOA),
        wire.mh(STRANGER, HA, bytes([59, 0, 5, 0, 0, 0, 0, 1]), hoa=HOA)])
    found = problems(lab, 4)
    quiet(lab)
    assert [p['icmpv6.pointer'] for p in found] == ['40', '41', '64', '65'], \
        found
    for p in found:
        assert p['icmpv6.code'] == '0' and not p['ipv6.routing.type'], p
        assert p['ipv6.dst'].split(',')[0] == STRANGER, p
    assert len(problems(lab, 4)) == 4, 'more than asked for'
    after = bindings(lab)
    assert after[HOA]['care_of_address'] == coa
    assert after[HOA]['sequence'] == before[HOA]['sequence']


def test_unknown_type(lab):
    """An unknown type is answered by Binding Error 2, to the wire source,
    without a routing header though there is a binding.

    COM-9 COM-27 HA-4"""
    _agent, _node, _coa = away(lab)
    strange = bytes([59, 0, 99, 0, 0, 0, 0, 0])
    lab.node('rb').inject([wire.mh(STRANGER, HA, strange),
                           wire.mh(STRANGER, HA, strange, hoa=HOA)])
    errors = lab.wait_packets(
        'mip6.mhtype == 7 && !icmpv6 && frame.interface_name == "t-rb"',
        'ipv6.dst',
        'mip6.be.status', 'mip6.be.haddr', 'ipv6.routing.type', count=2)
    assert [e['mip6.be.haddr'] for e in errors] == ['::', HOA], errors
    for e in errors:
        assert e['ipv6.dst'] == STRANGER and not e['ipv6.routing.type'], e
        assert e['mip6.be.status'] == '2', e
    assert counters(lab.node('ha'))['mh-unknown-type'] == 2


def test_malformed_at_node(lab):
    """The same at the mobile node; its own errors carry no Home Address
    option; requests of strangers are passed over.

    COM-28 MN-7 MN-9 MN-10 MN-11 MN-180 MN-181"""
    lab.excuse_packets('mipv6 && ipv6.src == %s' % HA)
    _agent, _node, coa = away(lab)
    before = bul(lab)[HOA]
    answer = bytes([59, 1, 6, 0, 0, 0, 0, 0]) + \
        before['sequence'].to_bytes(2, 'big') + bytes([0, 1, 1, 2, 0, 0])
    lab.node('ra').inject([
        wire.mh(HA, coa, answer, rh2=HOA, fault=1),
        wire.mh(HA, coa, bytes([59, 0, 99, 0, 0, 0, 0, 0])),
        wire.mh(HA, coa, bytes([58]) + answer[1:]),
        wire.mh(HA, coa, bytes([59, 0, 6, 0, 0, 0, 0, 0])),
        wire.mh(CN, coa, bytes([59, 0, 0, 0, 0, 0, 255, 255]))])
    on_a = 'frame.interface_name == "a" && ipv6.src == %s && ' % coa
    error = lab.wait_packets(on_a + 'mip6.mhtype == 7', 'ipv6.dst',
                             'mip6.be.status', 'mip6.be.haddr',
                             'ipv6.opt.mipv6.home_address')[0]
    assert (error['ipv6.dst'], error['mip6.be.status']) == (HA, '2'), error
    assert error['mip6.be.haddr'] == '::', error
    assert not error['ipv6.opt.mipv6.home_address'], error
    found = lab.wait_packets(on_a + 'icmpv6.type == 4', *PROBLEM, count=2)
    assert [p['icmpv6.pointer'] for p in found] == ['40', '41'], found
    lab.wait_for(lambda: counters(lab.node('mn'))['brr-ignored'] == 1, 20,
                 'the request is passed over')
    answered = lab.packets('frame.interface_name == "a" && ipv6.dst == %s && '
                           'mipv6' % CN)
    assert not answered, 'a stranger was answered: %s' % answered
    assert bul(lab)[HOA]['lifetime'] == before['lifetime']


def test_routing_header(lab):
    """A type 2 routing header of the wrong form, or for an address that is
    not a home address, is dropped in silence, and none is forwarded.

    COM-38 MN-28 MN-29 MN-30"""
    lab.excuse_packets('ipv6.routing.type == 2 && !mipv6')
    _agent, _node, coa = away(lab)

    def bad(number, hoa=HOA, **form):
        return wire.with_rh2(CN, coa, hoa, 58, **form) / \
            wire.echo_body(CN, hoa, number)
    lab.node('ra').inject([bad(1, length=4), bad(2, left=0), bad(3, left=2),
                           bad(4, hoa='2001:db8:1::dead'),
                           bad(5, hoa='ff02::1'), bad(6, hoa='fe80::1')])
    lab.node('ra').inject([wire.echo(CN, coa, 99)])
    lab.wait_packets('frame.interface_name == "a" && icmpv6.type == 129 && '
                     'icmpv6.echo.sequence_number == 99')
    replies = lab.packets('icmpv6.type == 129 && icmpv6.echo.identifier == '
                          '0x6275 && icmpv6.echo.sequence_number < 99')
    assert not replies, replies
    passed_on = lab.packets('ipv6.dst == 2001:db8:1::dead && '
                            'ipv6.src == %s' % CN)
    assert not passed_on, passed_on


def test_tunnel_at_node(lab):
    """The node takes tunnelled packets from its agent only.  MN-26"""
    _agent, _node, coa = away(lab)
    lab.node('ra').inject([
        wire.tunnelled(STRANGER, coa, wire.echo(CN, HOA, 1)),
        wire.tunnelled(HA, coa, wire.echo(CN, HOA, 2))])
    lab.wait_packets('icmpv6.type == 129 && icmpv6.echo.identifier == 0x6275 '
                     '&& icmpv6.echo.sequence_number == 2')
    wrong = lab.packets('icmpv6.type == 129 && icmpv6.echo.identifier == '
                        '0x6275 && icmpv6.echo.sequence_number == 1')
    assert not wrong, wrong


def test_own_traffic(lab):
    """New connections use the home address through the tunnel; who asks for
    the care-of address gets it, plain; neighbours on the link are spoken to
    without the home address, and so is neighbour discovery.

    MN-16 MN-17 MN-18 MN-19 MN-34 MN-35 MN-37"""
    _agent, _node, coa = away(lab)
    mn, ra = lab.node('mn'), lab.node('ra')
    assert mn.reaches(CN, 3), 'nothing comes back to an unbound socket'
    sources = {p['ipv6.src'] for p in lab.wait_packets(
        'frame.interface_name == "c" && icmpv6.type == 128', 'ipv6.src')}
    assert sources == {HOA}, sources
    assert mn.reaches(CN, 3, source=coa), 'no way from the care-of address'
    # The care-of address is used as it was asked for.
    lab.wait_packets('frame.interface_name == "a" && ipv6.src == %s && '
                     'icmpv6.type == 128 && !(ipv6.nxt == 41) && '
                     '!ipv6.opt.mipv6.home_address' % coa)
    assert mn.reaches(ra.link_local('eth0') + '%eth0', 3)
    assert ra.reaches(mn.link_local('eth0') + '%eth0', 3)
    wrong = lab.packets(
        'frame.interface_name == "a" && !mipv6 && !(ipv6.nxt == 41) && '
        '(ipv6.src == %s || ipv6.opt.mipv6.home_address)' % HOA)
    assert not wrong, wrong[:3]


def test_deregistered(lab):
    """Stopped abroad: what then comes through the tunnel is dropped, and
    multicast reports in it are passed over at any time.

    HA-93 HA-102 HA-89"""
    _agent, node, coa = away(lab)
    report = wire.tunnelled(coa, HA, wire.echo('fe80::1', 'ff02::16', 1))
    lab.node('ra').inject([report])
    assert lab.node('hh').run('ping -c 2 -W 5 ff02::1%eth0').status == 0
    quiet(lab)
    inner = lab.packets('frame.interface_name == "a" && ipv6.src == %s && '
                        'ipv6.nxt == 41 && ipv6.dst == ff02::/16' % HA)
    assert not inner, 'link-local multicast was tunnelled: %s' % inner
    node.stop()
    lab.wait_for(lambda: HOA not in bindings(lab), 20)
    lab.node('ra').inject([
        wire.tunnelled(coa, HA, wire.echo(HOA, CN, 7))])
    lab.node('ra').inject([wire.echo('2001:db8:a::1', CN, 8)])
    lab.wait_packets('frame.interface_name == "c" && icmpv6.type == 128 && '
                     'icmpv6.echo.sequence_number == 8')
    wrong = lab.packets('frame.interface_name == "c" && '
                        'icmpv6.echo.identifier == 0x6275 && '
                        'icmpv6.echo.sequence_number != 8')
    assert not wrong, wrong


def test_support_withdrawn(lab):
    """Without the daemon a node has no Mobility Header at all.  COM-41"""
    agent, node, _coa = away(lab)
    node.stop()
    agent.stop()
    lab.node('rb').inject([wire.mh(STRANGER, HA, wire.update(1)),
                           wire.mh(STRANGER, HA, wire.update(1), hoa=HOA)])
    found = problems(lab, 1)
    assert (found[0]['icmpv6.code'], found[0]['icmpv6.pointer']) == \
        ('1', '6'), found
    assert lab.node('rb').reaches(HA, 3)
    assert not lab.packets('mip6.mhtype == 6 && ipv6.dst == %s' % STRANGER)


def test_home_address_option(lab):
    """An option from elsewhere moves nothing.  COM-36"""
    _agent, _node, coa = away(lab)
    lab.node('rb').inject([
        wire.with_hao(STRANGER, HA, HOA, 58) / wire.echo_body(HOA, HA, 5)])
    quiet(lab)
    assert bindings(lab)[HOA]['care_of_address'] == coa
    moved = lab.packets('ipv6.src == %s && ipv6.dst == %s && ipv6.nxt == 41'
                        % (HA, STRANGER))
    assert not moved, moved


def test_link_local(lab):
    """A home address with the identifier of the link-local address: that is
    defended, too (L bit); without, it is not.

    HA-49 HA-73 HA-78 HA-79 MN-127"""
    hh, mn = lab.node('hh'), lab.node('mn')
    fe80 = mn.link_local('eth0')
    hoa = '2001:db8:1::' + fe80.partition('::')[2]
    home_agent(lab)
    mobile_node(lab, changes=[(HOA, hoa)])
    wait_home(lab, hoa)
    lab.move('mn', 'a')
    wait_bound(lab, A, hoa)
    lab.wait_packets('mip6.mhtype == 5 && mip6.bu.l_flag == 1')
    lab.wait_packets('icmpv6.type == 135 && ipv6.src == :: && '
                     'frame.interface_name == "home" && '
                     'icmpv6.nd.ns.target_address == %s' % fe80)
    assert taken(lab, hh, fe80), 'nobody defends the link-local address'
    lab.wait_packets('icmpv6.type == 136 && frame.interface_name == "home" '
                     '&& ipv6.dst == ff02::1 && '
                     'icmpv6.nd.na.target_address == %s' % fe80)
    assert not taken(lab, hh, 'fe80::100'), 'an address of nobody is defended'


def test_link_local_refused(lab):
    """What comes for the link-local address of a node that is away is not
    tunnelled, goes nowhere, and its sender hears Destination Unreachable,
    Address Unreachable; though the agent has just spoken to it at home.

    HA-84"""
    hh, mn, ha = lab.node('hh'), lab.node('mn'), lab.node('ha')
    fe80, mac = mn.link_local('eth0'), mn.mac('eth0')
    hoa = '2001:db8:1::' + fe80.partition('::')[2]
    home_agent(lab)
    mobile_node(lab, changes=[(HOA, hoa)])
    wait_home(lab, hoa)
    assert ha.reaches(fe80 + '%eth0', 2) and hh.reaches(fe80 + '%eth0', 2)
    lab.move('mn', 'a')
    coa = wait_bound(lab, A, hoa)
    hh.run('ip -6 neigh flush dev eth0')
    since = lab.now()
    series = hh.ping(fe80 + '%eth0', 0.5)
    here = 'frame.interface_name == "home" && '
    told = lab.wait_packets(
        here + 'icmpv6.type == 1 && ipv6.dst == %s && ipv6.dst == %s'
        % (hh.link_local('eth0'), fe80), 'ipv6.src', 'icmpv6.code',
        'eth.src')
    assert not series.stop().replies
    for p in told:
        assert p['icmpv6.code'].split(',')[0] == '3', p
        assert p['eth.src'] == ha.mac('eth0'), p
    wrong = [p for p in lab.packets(
        '(%s eth.src == %s && eth.dst == %s) || (ipv6.nxt == 41 && '
        'ipv6.dst == %s && ipv6.dst == %s)'
        % (here, ha.mac('eth0'), mac, coa, fe80)) if p['time'] > since]
    assert not wrong, wrong[:3]
    assert hh.reaches(hoa, 3), 'the home address itself'


def taken(lab, node, address):
    """What DAD says on that node."""
    node.run('ip -6 addr add %s/64 dev eth0' % address)
    shown = lab.wait_for(lambda: next(
        (out for out in [node.run('ip -6 addr show dev eth0 to %s'
                                  % address).out]
         if 'dadfailed' in out or 'tentative' not in out), None), 20)
    node.run('ip -6 addr del %s/64 dev eth0' % address)
    return 'dadfailed' in shown


def test_home_again(lab):
    """After the de-registration the node itself answers for its address.

    MN-100"""
    both(lab)
    lab.move('mn', 'a')
    wait_bound(lab, A)
    lab.move('mn', 'home')
    wait_home(lab)
    settled = lab.now()
    mac = lab.node('mn').mac('eth0')

    def answered():
        # Again if it had learnt the address from a packet meanwhile.
        lab.node('hh').run('ip -6 neigh flush dev eth0')
        assert lab.node('hh').reaches(HOA, 3)
        return [p for p in lab.packets(
            'icmpv6.type == 136 && icmpv6.nd.na.flag.s == 1 && '
            'icmpv6.nd.na.target_address == %s' % HOA, 'icmpv6.opt.linkaddr')
            if p['time'] > settled]
    answers = lab.wait_for(answered, 30, 'an answer for ' + HOA)
    assert all(p['icmpv6.opt.linkaddr'] == mac for p in answers), answers
