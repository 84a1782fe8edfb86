# SPDX-License-Identifier: GPL-2.0-or-later
"""Signalling protected by keys that strongSwan's charon negotiates (RFC 4877).

A real charon in each node, as Debian has it; what they need is written by
`mip6d-ctl ike generate` and by nothing else."""

from ikev2 import agree, both_ends, charon, keys, negotiations, no_clear, \
    security, start
from mip6 import A, B, HA, HOA, ask, bindings, bul, example, home_agent, \
    mobile_node, wait_bound, wait_home

DEADLINE = 600


def test_registration(lab):
    """Keys are negotiated from the care-of address; the first Binding Update
    is in ESP behind a Home Address option, the acknowledgement in ESP behind
    a type 2 routing header, and nothing is in clear.

    SEC-2 SEC-3 SEC-8 SEC-9 SEC-22 MN-24 MN-130 HA-36"""
    _agent, _node, _charons, coa = start(lab)
    mn, ha = agree(lab, coa)
    assert mn['by'] == ha['by'] == 'ike', (mn, ha)
    assert mn['end'] == 'node' and ha['end'] == 'agent', (mn, ha)
    assert mn['ike']['credentials'] == 'secret', mn
    assert 'K' in bul(lab)[HOA]['flags'], bul(lab)
    assert 'K' in bindings(lab)[HOA]['flags'], bindings(lab)
    group = lab.node('mn').sh('stat -c %G /run/charon.vici').out.strip()
    assert group == 'mip6d', 'charon listens to the group ' + group
    out = lab.wait_packets(
        'esp.spi == %s && ipv6.dst == %s && ipv6.dstopts && '
        'frame.interface_name == "a"' % (mn['spi_out'], HA), 'ipv6.src',
        'ipv6.opt.mipv6.home_address')
    assert out[0]['ipv6.src'] == coa, out
    back = lab.wait_packets(
        'esp.spi == %s && ipv6.src == %s && ipv6.routing.type == 2 && '
        'frame.interface_name == "a"' % (mn['spi_in'], HA), 'ipv6.dst')
    assert coa in back[0]['ipv6.dst'], back
    ike = lab.packets('isakmp && frame.interface_name == "a"', 'ipv6.src',
                      'ipv6.dst')
    assert {p['ipv6.src'] for p in ike} == {coa, HA}, ike
    no_clear(lab)


def test_handover(lab):
    """The Binding Update of a handover needs no negotiation; with the K bit
    the end point of IKE follows, at both ends, and home again, too.

    SEC-10 SEC-16 SEC-23 MN-178 HA-36"""
    _agent, _node, _charons, coa = start(lab)
    mn, _ha = agree(lab, coa)
    lab.settle()
    before = negotiations(lab)
    lab.move('mn', 'b')
    moved = wait_bound(lab, B)
    now, _ha = agree(lab, moved)
    assert (now['spi_in'], now['spi_out']) == (mn['spi_in'], mn['spi_out'])
    assert now['ike']['ike_id'] == mn['ike']['ike_id'], (mn, now)
    assert now['ike']['moved'] == 1, now
    lab.move('mn', 'home')
    wait_home(lab)
    now, _ha = agree(lab, HOA)
    assert now['spi_in'] == mn['spi_in'], (mn, now)
    lab.move('mn', 'a')
    agree(lab, wait_bound(lab, A))
    assert negotiations(lab) == before, (before, negotiations(lab))
    no_clear(lab)


def test_rekey(lab):
    """New keys of the associations and of IKE itself, while traffic goes on:
    none is lost, and both ends use them for the next registration."""
    _agent, _node, _charons, coa = start(lab)
    mn, _ha = agree(lab, coa)
    ping = lab.node('cn').ping(HOA, interval=0.2)
    name = 'mip6-%s-%s' % (HOA, HA)
    done = lab.node('mn').sh('swanctl --rekey --child mip6')
    assert 'success' in done.out + done.err, done
    lab.wait_for(lambda: security(lab, 'mn')['spi_in'] != mn['spi_in'], 120,
                 'new keys')
    child, _ha = agree(lab, coa)
    assert child['ike']['rekeyed'] >= 1, child
    assert child['reqid'] == mn['reqid'], (child, mn)
    done = lab.node('mn').sh('swanctl --rekey --ike ' + name)
    assert 'success' in done.out + done.err, done
    lab.wait_for(lambda: security(lab, 'mn')['ike']['ike_id'] !=
                 mn['ike']['ike_id'], 120, 'a new IKE association')
    after, _ha = agree(lab, coa)
    assert after['spi_in'] == child['spi_in'], (after, child)
    assert lab.node('cn').reaches(HOA, 3)
    ping.wait_replies(5)
    report = ping.stop()
    last = report.replies[-1][1]
    assert not report.missing_between(0, last), report.lost
    lab.move('mn', 'b')
    agree(lab, wait_bound(lab, B))
    no_clear(lab)


def test_charons_restarted(lab):
    """A charon that goes takes the associations along; they are negotiated
    anew when it is back, before anything is sent, at either end.

    SEC-29"""
    _agent, _node, charons, coa = start(lab)
    first, _ha = agree(lab, coa)
    charons['mn'].stop()
    lab.wait_for(lambda: ask(lab.node('mn'), 'show', 'security')['charon']
                 is False, 60, 'mip6d sees that charon is gone')
    charon(lab, 'mn')
    second, _ha = agree(lab, coa)
    assert second['spi_in'] != first['spi_in'], (first, second)
    charons['ha'].stop()
    charon(lab, 'ha')
    lab.wait_for(lambda: both_ends(lab)[0]['spi_in'] != second['spi_in'], 120,
                 'new keys after the agent\'s charon was restarted')
    agree(lab, coa)
    lab.move('mn', 'b')
    agree(lab, wait_bound(lab, B, timeout=120))
    no_clear(lab)


def test_agent_restarted(lab):
    """mip6d at the agent is restarted, and at the node: what charon has is
    found again, nothing is negotiated, registrations go on."""
    agent, node, _charons, coa = start(lab)
    first, _ha = agree(lab, coa)
    before = negotiations(lab)
    agent.stop()
    home_agent(lab, example('ike/home-agent'))
    again, _ha = agree(lab, coa)
    assert again['spi_in'] == first['spi_in'], (first, again)
    lab.move('mn', 'b')
    moved = wait_bound(lab, B, timeout=120)
    agree(lab, moved)
    node.stop()
    mobile_node(lab, example('ike/mobile-node'))
    wait_bound(lab, B, timeout=120)
    again, _ha = agree(lab, moved)
    assert negotiations(lab) == before, (before, negotiations(lab))
    no_clear(lab)


def test_dead_peer(lab):
    """The agent's charon dies without a word and its kernel forgets: the
    node hears no answer to its Binding Updates and negotiates anew."""
    _agent, _node, charons, coa = start(lab)
    first, _ha = agree(lab, coa)
    charons['ha'].kill()
    lab.node('ha').sh('ip xfrm state deleteall proto esp')
    lab.move('mn', 'b')
    lab.wait_for(lambda: security(lab, 'mn')['state'] == 'negotiating', 120,
                 'the node suspects that the agent lost its keys')
    lab.node('ha').sh('rm -f /run/charon.pid /run/charon.vici')
    charon(lab, 'ha')
    moved = wait_bound(lab, B, timeout=240)
    again, _ha = agree(lab, moved)
    assert again['spi_in'] != first['spi_in'], (first, again)
    no_clear(lab)


def test_certificates(lab):
    """The same with certificates in place of a secret.

    SEC-24"""
    _agent, _node, _charons, coa = start(lab, '--certificates')
    mn, ha = agree(lab, coa)
    assert mn['ike']['credentials'] == 'certificate', mn
    assert ha['ike']['credentials'] == 'certificate', ha
    lab.move('mn', 'b')
    agree(lab, wait_bound(lab, B))
    no_clear(lab)


def test_wrong_secret(lab):
    """A node with another secret gets no association, registers nothing, and
    says so; nothing of it is sent in clear."""
    keys(lab)
    lab.node('mn').sh('sed -i "s/secret = \\"..../secret = \\"0123/" '
                      '/etc/mip6d/ike.conf')
    for name in ('ha', 'mn'):
        charon(lab, name)
    home_agent(lab, example('ike/home-agent'))
    lab.move('mn', 'a')
    mobile_node(lab, example('ike/mobile-node'))
    lab.wait_for(lambda: security(lab, 'mn')['ike']['reason'], 120,
                 'a reason why there is no association')
    assert security(lab, 'mn')['state'] == 'negotiating', both_ends(lab)
    assert not bindings(lab), bindings(lab)
    assert not lab.packets('esp'), 'something was sent'
    assert not lab.node('cn').reaches(HOA, 1)
    no_clear(lab)
