# SPDX-License-Identifier: GPL-2.0-or-later
"""What takes the tunnel, in ESP whose keys charon negotiates (RFC 4877
sections 5, 7.2.2, 7.2.4)."""

import ikev2 as ike
from mip6 import A, B, CN, HA, HOA, HOA2, correspondent, counters, example, \
    home_agent, mobile_node, wait_bound, wait_home, wait_optimised

DEADLINE = 600
STRANGERS = ('2001:db8:fa::2', '2001:db8:fb::2')    # ra's, rb's
ALL = (('security = "ipsec";', 'security = "ipsec";\n'
        'ipsec = { protect = "all"; };'),)
NODE_ALL = ALL + (('mobile-node = {', 'mobile-node = {\n'
                   ' route-optimisation = false;'),)
# (Errors quote what they are about.)
CLEAR_TEST = '!esp && !icmpv6 && (mip6.mhtype == 1 || mip6.mhtype == 3) && ' \
    'frame.interface_name == "%s"'


def start(lab, agent_changes=(), node_changes=()):
    """Two charons and the usual pair, registered from link a: the agent, the
    node, the charons, the care-of address."""
    ike.keys(lab)
    charons = {name: ike.charon(lab, name) for name in ('ha', 'mn')}
    agent = home_agent(lab, example('ike/home-agent'), changes=agent_changes)
    lab.move('mn', 'a')
    node = mobile_node(lab, example('ike/mobile-node'), changes=node_changes)
    return agent, node, charons, wait_bound(lab, A, timeout=180)


def tunnel(lab, name):
    return ike.security(lab, name)['tunnel']


def tunnels(lab, coa, timeout=120):
    """Until both ends have the same associations for the tunnel, and IKE its
    end point at COA; the node's."""
    def same():
        mn, ha = tunnel(lab, 'mn'), tunnel(lab, 'ha')
        return mn['state'] == ha['state'] == 'up' and \
            mn['spi_in'] == ha['spi_out'] and \
            mn['spi_out'] == ha['spi_in'] and mn
    ike.agree(lab, coa)
    return lab.wait_for(same, timeout, 'the same tunnel at both ends')


def wait_esp(lab, link, spi, src, dst, when=0):
    """Until ESP with this SPI, after WHEN, went between these two on a
    link."""
    shown = 'esp.spi == %s && ipv6.src == %s && ipv6.dst == %s && ' \
        '!ipv6.routing && !ipv6.dstopts && frame.interface_name == "%s"' \
        % (spi, src, dst, link)
    lab.wait_for(lambda: [p for p in lab.packets(shown, 'esp.spi')
                          if p['time'] > when], 60,
                 'ESP %s from %s to %s on link %s' % (spi, src, dst, link))


def test_tests(lab):
    """Home Test Init and Home Test are in ESP in tunnel mode before and after
    a handover, after which the same associations serve; at home there is no
    policy, and away again nothing is negotiated.

    SEC-4 SEC-11 SEC-12 SEC-16 SEC-19 SEC-20 SEC-29 HA-104 HA-107 MN-124"""
    _agent, _node, _charons, coa = start(lab)
    correspondent(lab)
    keys = tunnels(lab, coa)
    lab.settle()
    before = ike.negotiations(lab)
    ping = lab.node('mn').ping(CN, 0.5)
    assert wait_optimised(lab, CN, A, timeout=90) == coa
    wait_esp(lab, 'a', keys['spi_out'], coa, HA)
    wait_esp(lab, 'a', keys['spi_in'], HA, coa)
    assert lab.packets('mip6.mhtype == 1 && frame.interface_name == "c" && '
                       'ipv6.src == %s' % HOA), 'no Home Test Init for CN'
    when = lab.move('mn', 'b')
    coa = wait_bound(lab, B)
    assert wait_optimised(lab, CN, B, timeout=90) == coa
    assert tunnels(lab, coa) == keys
    # CN's token is still good; this one has none.
    stranger = lab.node('mn').ping(STRANGERS[1], 0.5)
    wait_esp(lab, 'b', keys['spi_out'], coa, HA, when)
    stranger.stop()
    lab.move('mn', 'home')
    wait_home(lab)
    assert tunnels(lab, HOA) == keys
    for name in ('mn', 'ha'):
        policies = lab.node(name).run('ip xfrm policy').out
        assert HOA + '/128 dst ::/0' not in policies, policies
        assert 'src ::/0 dst %s/128' % HOA not in policies, policies
    when = lab.move('mn', 'a')
    coa = wait_bound(lab, A)
    assert wait_optimised(lab, CN, A, timeout=90) == coa
    stranger = lab.node('mn').ping(STRANGERS[0], 0.5)
    wait_esp(lab, 'a', keys['spi_out'], coa, HA, when)
    stranger.stop()
    assert tunnels(lab, coa) == keys
    assert ike.negotiations(lab) == before
    ping.stop()
    for link in ('a', 'b'):
        clear = lab.packets(CLEAR_TEST % link)
        assert not clear, clear[:3]
    ike.no_clear(lab)


def no_clear_data(lab):
    """Nothing to or from the home address was readable on a foreign link."""
    for link in ('a', 'b'):
        clear = lab.packets('frame.interface_name == "%s" && !esp && '
                            'ipv6.addr == %s' % (link, HOA))
        assert not clear, clear[:3]
    ike.no_clear(lab)


def passes(lab, link, coa, keys, ping, when=0):
    ping.wait_replies(10, 60)
    wait_esp(lab, link, keys['spi_out'], coa, HA, when)
    wait_esp(lab, link, keys['spi_in'], HA, coa, when)


def rekey(lab, what, differs):
    done = lab.node('mn').sh('swanctl --rekey ' + what)
    assert 'success' in done.out + done.err, done
    lab.wait_for(differs, 120, 'new keys by --rekey ' + what)


def test_all(lab):
    """All that is in the tunnel is in ESP: before and after a handover, new
    keys of the tunnel and of IKE, a return home, and away again. What a node
    sends with its own keys in another's name is refused.

    SEC-6 SEC-14 SEC-21 HA-92 HA-101"""
    _agent, _node, _charons, coa = start(lab, ALL, NODE_ALL)
    keys = tunnels(lab, coa)
    ping = lab.node('cn').ping(HOA, 0.1)
    passes(lab, 'a', coa, keys, ping)
    when = lab.move('mn', 'b')
    coa = wait_bound(lab, B)
    assert tunnels(lab, coa) == keys
    passes(lab, 'b', coa, keys, ping, when)
    rekey(lab, '--child mip6-tunnel',
          lambda: tunnel(lab, 'mn')['spi_in'] != keys['spi_in'])
    newer = tunnels(lab, coa)
    passes(lab, 'b', coa, newer, ping)
    was = ike.security(lab, 'mn')['ike']['ike_id']
    rekey(lab, '--ike mip6-%s-%s' % (HOA, HA),
          lambda: ike.security(lab, 'mn')['ike']['ike_id'] != was)
    assert tunnels(lab, coa) == newer
    when = lab.move('mn', 'a')
    coa = wait_bound(lab, A)
    assert tunnels(lab, coa) == newer
    passes(lab, 'a', coa, newer, ping, when)
    cannot_be_another(lab, coa, newer['reqid'])
    lab.move('mn', 'home')
    wait_home(lab)
    ping.wait_replies(10, 60)
    when = lab.move('mn', 'b')
    coa = wait_bound(lab, B)
    passes(lab, 'b', coa, tunnels(lab, coa), ping, when)
    ping.stop()
    no_clear_data(lab)


def cannot_be_another(lab, coa, reqid):
    """charon's associations in tunnel mode have no selectors: the policies
    tie them to one home address."""
    mn = lab.node('mn')
    mn.sh('ip addr add %s/128 dev lo nodad && ip xfrm policy add src %s/128 '
          'dst %s/128 dir out priority 5 tmpl src %s dst %s proto esp '
          'reqid %d mode tunnel' % (HOA2, HOA2, CN, coa, HA, reqid))
    was = counters(lab.node('ha'))['esp-cleartext']
    mn.sh('ping -c 3 -i 0.3 -I %s %s' % (HOA2, CN), check=False)
    lab.wait_for(lambda: counters(lab.node('ha'))['esp-cleartext'] >= was + 3,
                 30, 'esp-cleartext is counted')
    assert not lab.packets('frame.interface_name == "c" && ipv6.addr == %s'
                           % HOA2), 'another node\'s address got through'
    mn.sh('ip xfrm policy delete src %s/128 dst %s/128 dir out && '
          'ip addr del %s/128 dev lo' % (HOA2, CN, HOA2))


def test_all_restarts(lab):
    """Each charon and each mip6d goes and comes back: data waits until it can
    be in ESP again.

    SEC-29"""
    agent, node, charons, coa = start(lab, ALL, NODE_ALL)
    first = tunnels(lab, coa)
    ping = lab.node('cn').ping(HOA, 0.2)
    passes(lab, 'a', coa, first, ping)
    charons['mn'].stop()
    charons['mn'] = ike.charon(lab, 'mn')
    lab.wait_for(lambda: tunnel(lab, 'mn')['spi_in'] not in
                 (None, first['spi_in']), 120, 'new keys')
    passes(lab, 'a', coa, tunnels(lab, coa), ping)
    agent.stop()
    home_agent(lab, example('ike/home-agent'), changes=ALL)
    when = lab.move('mn', 'b')
    coa = wait_bound(lab, B, timeout=120)
    same = tunnels(lab, coa)
    passes(lab, 'b', coa, same, ping, when)
    node.stop()
    mobile_node(lab, example('ike/mobile-node'), changes=NODE_ALL)
    coa = wait_bound(lab, B, timeout=120)
    assert tunnels(lab, coa) == same
    when = lab.move('mn', 'a')
    coa = wait_bound(lab, A, timeout=120)
    passes(lab, 'a', coa, tunnels(lab, coa), ping, when)
    charons['ha'].stop()
    ike.charon(lab, 'ha')
    lab.wait_for(lambda: tunnel(lab, 'mn')['spi_in'] not in
                 (None, same['spi_in']), 120, 'new keys')
    passes(lab, 'a', coa, tunnels(lab, coa), ping)
    ping.stop()
    no_clear_data(lab)


def test_refused(lab):
    """An agent that wants no associations for the tunnel: registrations go
    on, tests of return routability leave in ESP and lead to nothing, and work
    when it has changed its mind."""
    signalling = ((ALL[0][0], ALL[0][1].replace('all', 'signalling')),)
    agent, _node, _charons, coa = start(lab, signalling)
    correspondent(lab)
    ping = lab.node('mn').ping(CN, 0.5)
    lab.wait_for(lambda: tunnel(lab, 'mn')['state'] == 'up', 120,
                 'what the agent answers with')
    wait_esp(lab, 'a', tunnel(lab, 'mn')['spi_out'], coa, HA)
    ike.agree(lab, coa)
    assert tunnel(lab, 'ha') is None, ike.security(lab, 'ha')
    assert not lab.packets('mip6.mhtype == 1 && ipv6.src == %s && '
                           'frame.interface_name == "c"' % HOA)
    agent.stop()
    home_agent(lab, example('ike/home-agent'))
    lab.node('mn').sh('swanctl --terminate --ike mip6-%s-%s' % (HOA, HA))
    wait_bound(lab, A, timeout=120)
    assert wait_optimised(lab, CN, A, timeout=120) == coa
    keys = tunnels(lab, coa)
    wait_esp(lab, 'a', keys['spi_out'], coa, HA)
    ping.stop()
    clear = lab.packets(CLEAR_TEST % 'a')
    assert not clear, clear[:3]
    ike.no_clear(lab)
