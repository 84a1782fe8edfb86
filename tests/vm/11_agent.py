# SPDX-License-Identifier: GPL-2.0-or-later
"""The home agent: what it refuses, what it survives, what it relays."""

import wire
from mip6 import A, B, CN, HA, HOA, HOA2, away, ask, bindings, bul, \
    counters, home_agent, mobile_node, wait_bound, wait_home

DEADLINE = 240

TWO_HOMES = ('homes = (', 'homes = ( { address = "%s/64"; '
             'home-agent = "%s"; },' % (HOA2, HA))


def refused(lab, status, hoa=HOA):
    def said():
        return (bul(lab).get(hoa, {}).get('status') or {}).get('code')
    lab.wait_for(lambda: said() == status, 60,
                 'status %d at the mobile node' % status)
    entry = bul(lab)[hoa]
    assert entry['state'] != 'BOUND', entry
    assert entry['status']['text'] and entry['status']['hint'], entry


def test_not_home_subnet(lab):
    """132: a home address outside the home prefix.  HA-17"""
    home_agent(lab)
    lab.move('mn', 'a')
    mobile_node(lab, changes=[(HOA + '/64', '2001:db8:9::100/64')])
    refused(lab, 132, '2001:db8:9::100')
    assert not bindings(lab)
    lab.wait_packets('mip6.ba.status == 132')


def test_limit(lab):
    """130: the agent is full; the first node keeps its binding.  HA-19"""
    home_agent(lab, changes=[('home-agent = {',
                              'home-agent = { max-bindings = 1;')])
    lab.move('mn', 'a')
    mobile_node(lab, changes=[TWO_HOMES])
    lab.wait_for(lambda: sorted(
        e['state'] == 'BOUND' for e in bul(lab).values()) == [False, True],
        60, 'one of two registered')
    other = [h for h, e in bul(lab).items() if e['state'] != 'BOUND'][0]
    refused(lab, 130, other)
    assert list(bindings(lab)) != [other]


def test_not_allowed(lab):
    """129: no rule of the agent's policy.  HA-18"""
    home_agent(lab, changes=[('home-agent = {', 'home-agent = { policy = ( { '
                              'home = "2001:db8:1::8000/113"; '
                              'action = "allow"; } );')])
    lab.move('mn', 'a')
    mobile_node(lab)
    refused(lab, 129)
    assert not bindings(lab)


def test_duplicate(lab):
    """134: somebody on the home link has the home address.  HA-48 HA-51
    MN-141"""
    hh = lab.node('hh')
    hh.run('ip -6 addr add %s/64 dev eth0 nodad' % HOA)
    home_agent(lab)
    lab.move('mn', 'a')
    mobile_node(lab)
    refused(lab, 134)
    assert not bindings(lab)
    lab.wait_packets('icmpv6.type == 135 && ipv6.src == :: && '
                     'icmpv6.nd.ns.target_address == %s' % HOA)
    assert lab.node('cn').reaches(HOA, 2), 'the holder lost its address'
    hh.run('ip -6 addr del %s/64 dev eth0' % HOA)


def test_agent_restarted(lab):
    """The agent is killed, starts again, and the node is reachable again at
    its next Binding Update; nothing of the first life is in the way.

    HA-46 HA-82 HA-166"""
    agent, _node, _coa = away(lab, agent_changes=[
        ('home-agent = {', 'home-agent = { max-lifetime = 12;')])
    assert lab.node('cn').reaches(HOA, 3)
    agent.kill()
    home_agent(lab, changes=[('home-agent = {',
                              'home-agent = { max-lifetime = 12;')])
    wait_bound(lab, A)
    assert lab.node('cn').reaches(HOA, 3)


def test_agent_stopped(lab):
    """An orderly stop takes everything back."""
    agent, _node, _coa = away(lab)
    assert agent.stop() == 0
    out = lab.node('ha').sh('ip -6 route show table all; ip -6 rule; '
                            'ip -6 neigh show proxy; ip xfrm policy; '
                            'ip xfrm state; ip link').out
    for word in (HOA, 'mip6ha', 'hao', 'fwmark'):
        assert word not in out, '%s is left:\n%s' % (word, out)


def test_node_killed(lab):
    """The node dies; its binding expires and the kernel forgets it.

    HA-32"""
    _agent, node, _coa = away(lab, agent_changes=[
        ('home-agent = {', 'home-agent = { max-lifetime = 16;')])
    before = counters(lab.node('ha'))['binding-expired']
    node.kill()
    lab.wait_for(lambda: not bindings(lab), 60, 'expiry')
    out = lab.node('ha').sh('ip -6 route show table all; '
                            'ip -6 neigh show proxy').out
    assert HOA not in out, out
    assert counters(lab.node('ha'))['binding-expired'] == before + 1
    # It starts again, abroad, over what it left behind.
    mobile_node(lab)
    wait_bound(lab, A)
    assert lab.node('cn').reaches(HOA, 3)


def test_agent_unreachable(lab):
    """The agent cannot be reached for a minute: the node goes on trying,
    slower and slower, and is back by itself.  MN-132 MN-183"""
    agent, _node, _coa = away(lab)
    lab.link('t-ha', loss='100%')
    when = lab.move('mn', 'b')
    lab.wait_packets('mip6.mhtype == 5 && frame.interface_name == "b"',
                     count=7, timeout=180)
    sent = [p['time'] for p in lab.packets(
        'mip6.mhtype == 5 && frame.interface_name == "b"')]
    waits = [b - a for a, b in zip(sent, sent[1:])]
    # Doubled up to 32 s; unit tests say exactly when.
    assert waits[5] > 8 * waits[0], waits
    assert sent[-1] - when > 60, waits
    lab.link('t-ha', loss=None)
    wait_bound(lab, B, timeout=180)
    assert lab.node('cn').reaches(HOA, 3)
test_agent_unreachable.deadline = 600


def test_spoofed_tunnel(lab):
    """From the tunnel only registered pairs are accepted.

    HA-97 HA-98 HA-99 HA-100"""
    _agent, _node, coa = away(lab)

    def tunnelled(outer, inner, number):
        return wire.tunnelled(outer, HA, wire.echo(inner, CN, number))
    liar = '2001:db8:b::bad'
    lab.node('rb').inject([tunnelled(liar, HOA, 1),
                           tunnelled(coa, HOA2, 2),
                           tunnelled(liar, '2001:db8:77::1', 3)])
    # The right pair, last: when it has arrived the others were judged.
    lab.node('rb').inject([tunnelled(coa, HOA, 4)])
    arrived = lab.wait_packets(
        'frame.interface_name == "c" && icmpv6.type == 128 && '
        'icmpv6.echo.identifier == 0x6275', 'icmpv6.echo.sequence_number')
    assert [p['icmpv6.echo.sequence_number'] for p in arrived] == ['4'], \
        arrived
    lab.move('mn', 'b')
    wait_bound(lab, B)
    lab.node('rb').inject([tunnelled(coa, HOA, 5)])
    ping = lab.node('mn').ping(CN, count=3)
    assert ping.result(20).received
    late = lab.packets('frame.interface_name == "c" && '
                       'icmpv6.echo.identifier == 0x6275 && '
                       'icmpv6.echo.sequence_number == 5')
    assert not late, 'the old care-of address is still accepted'


def test_errors_relayed(lab):
    """Too big and unreachable inside the tunnel reach the sender.

    HA-87 HA-88"""
    _agent, _node, coa = away(lab)
    cn, core, ra = lab.node('cn'), lab.node('core'), lab.node('ra')
    assert cn.ping(HOA, count=2, size=1400).result(20).received, \
        'a packet that fits the tunnel must pass'
    core.run('ip link set ra mtu 1340')
    ra.run('ip link set eth1 mtu 1340')
    big = cn.ping(HOA, 0.3, size=1350)
    lab.wait_packets('icmpv6.type == 2 && ipv6.dst == %s && '
                     'frame.interface_name == "c"' % CN, 'icmpv6.mtu')
    big.wait_replies(1, 60)     # the two ends have adapted
    big.stop()
    core.run('ip link set ra mtu 1500')
    ra.run('ip link set eth1 mtu 1500')
    core.run('ip -6 route add unreachable %s/128' % coa)
    series = cn.ping(HOA, 0.3)
    lab.wait_packets('icmpv6.type == 1 && ipv6.dst == %s && '
                     'frame.interface_name == "c"' % CN)
    series.stop()
    core.run('ip -6 route del unreachable %s/128' % coa)


def test_other_link_keeps(lab):
    """One of two home addresses is de-registered; the other goes on.

    HA-47 HA-62 MN-140"""
    home_agent(lab)
    lab.move('mn', 'a')
    node = mobile_node(lab, changes=[TWO_HOMES])
    wait_bound(lab, A)
    wait_bound(lab, A, HOA2)
    cn = lab.node('cn')
    assert cn.reaches(HOA, 3) and cn.reaches(HOA2, 3)
    node.stop()
    lab.wait_for(lambda: not bindings(lab), 20, 'both de-registered')
    lab.move('mn', 'home')
    mobile_node(lab, changes=[TWO_HOMES])
    wait_home(lab)
    wait_home(lab, HOA2)
    assert cn.reaches(HOA, 3) and cn.reaches(HOA2, 3)


def test_status(lab):
    """mip6d-ctl status names both ends' roles."""
    away(lab)
    assert ask(lab.node('ha'), 'status')['ok']
    assert ask(lab.node('ha'), 'status')['home_agent']['bindings'] == 1
    home = ask(lab.node('mn'), 'status')['mobile_node']['homes'][0]
    assert (home['home_address'], home['registration']) == (HOA, 'BOUND')
    assert HA in lab.node('ha').run('mip6d-ctl status').out
    assert HOA in lab.node('mn').run('mip6d-ctl status').out
