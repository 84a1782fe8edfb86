# SPDX-License-Identifier: GPL-2.0-or-later
"""Roles together: two mobile nodes that are correspondents of one another,
and a home agent that is a correspondent."""

from mip6 import A, B, CN, CORRESPONDENT, HA, HOA, HOA2, ask, bindings, \
    daemon, example, home_agent, wait_bound, wait_home, wait_optimised

DEADLINE = 300
PAIR = ('ipv6.src', 'ipv6.dst', 'ipv6.opt.mipv6.home_address',
        'ipv6.routing.type', 'ipv6.routing.mipv6.home_address',
        'icmpv6.type')


def second(lab):
    """hh, the host of the home link, as a mobile node and correspondent."""
    text = example('mobile-node').replace(HOA, HOA2)
    return daemon(lab, 'hh', text + CORRESPONDENT)


def registered(lab, node, hoa, prefix):
    def bound():
        found = [r for r in ask(lab.node(node), 'show', 'bul')
                 ['registrations'] if r['home_address'] == hoa and
                 r['state'] == 'BOUND' and
                 r['care_of_address'].startswith(prefix)]
        return found and found[0]['care_of_address']
    return lab.wait_for(bound, 60, hoa + ' registered from ' + prefix)


def test_both_away(lab):
    """Both away: each packet carries a Home Address option and a type 2
    routing header; Mobility Headers carry neither but where they must; a
    move of one, and the return of the other, break nothing.

    COM-27 COM-29 COM-56 COM-63 CN-28 MN-187 MN-188 MN-189 MN-190 MN-193"""
    home_agent(lab)
    lab.move('mn', 'a')
    lab.move('hh', 'b')
    daemon(lab, 'mn', example('mobile-node') + CORRESPONDENT)
    second(lab)
    here = registered(lab, 'mn', HOA, A)
    there = registered(lab, 'hh', HOA2, B)
    ping = lab.node('mn').ping(HOA2, 0.1, source=HOA)
    wait_optimised(lab, HOA2, A, at='hh')
    wait_optimised(lab, HOA, B, node='hh', hoa=HOA2, at='mn')
    both_headers(lab, ping, here, there)
    for p in lab.packets('mipv6 && mip6.mhtype < 5 && frame.interface_name '
                         '== "a"', *PAIR):
        assert not p['ipv6.routing.type'], p
        assert not p['ipv6.opt.mipv6.home_address'], p
    lab.move('hh', 'a')
    there = registered(lab, 'hh', HOA2, A)
    wait_optimised(lab, HOA, A, node='hh', hoa=HOA2, at='mn')
    wait_optimised(lab, HOA2, A, at='hh')
    both_headers(lab, ping, here, there)
    lab.move('mn', 'home')
    wait_home(lab)
    lab.wait_for(lambda: HOA not in bindings(lab, 'hh'), 30,
                 'the peer has no binding of ' + HOA)
    ping.wait_replies(10)
    ping.stop()


def both_headers(lab, ping, here, there):
    ping.wait_replies(5)
    since = lab.now()
    ping.wait_replies(10)
    found = [p for p in lab.packets(
        'icmpv6.type == 128 && frame.interface_name == "a" && '
        'ipv6.src == %s' % here, *PAIR) if p['time'] > since]
    assert found, 'nothing was sent from ' + here
    for p in found:
        assert p['ipv6.dst'].split(',')[0] == there, p
        assert p['ipv6.opt.mipv6.home_address'] == HOA, p
        assert p['ipv6.routing.type'] == '2', p
        assert p['ipv6.routing.mipv6.home_address'] == HOA2, p
    tunnelled = [p for p in lab.packets('ipv6.nxt == 41 && icmpv6',
                                        'ipv6.src') if p['time'] > since]
    assert not tunnelled, tunnelled[:3]


def test_agent_is_correspondent(lab):
    """The agent serves another home link's node as a correspondent, too:
    its two caches do not touch one another.

    CN-82 HA-165"""
    home_agent(lab, example('home-agent') + CORRESPONDENT)
    lab.move('mn', 'a')
    daemon(lab, 'mn', example('mobile-node') + CORRESPONDENT)
    coa = wait_bound(lab, A)
    outside = '2001:db8:f1::2'      # the agent's address towards the core
    ping = lab.node('mn').ping(outside, 0.1, source=HOA)

    def there():
        return [b for b in ask(lab.node('ha'), 'show', 'bindings')['bindings']
                if b['home_address'] == HOA and b['local_address'] == outside]
    found = lab.wait_for(there, 60, 'a binding at ' + outside)
    assert found[0]['care_of_address'] == coa, found
    ping.wait_replies(10)
    assert lab.node('cn').reaches(HOA, 3), CN
    ping.stop()
    lab.move('mn', 'home')
    wait_home(lab)
    assert lab.node('mn').reaches(HA, 3)
