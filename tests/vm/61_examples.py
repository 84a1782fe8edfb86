# SPDX-License-Identifier: GPL-2.0-or-later
"""The example configurations that no other scenario uses, as they are."""

from mip6 import A, B, HOA, ask, bindings, daemon, example, home_agent, \
    mobile_node, wait_bound

DEADLINE = 180

VIRTUAL, VIRTUAL_HA = '2001:db8:5::100', '2001:db8:5::1'


def test_virtual(lab):
    """A home link on no wire: no probes for duplicates, no proxying, and
    the node is reached wherever it is; beside it, a real home link.

    HA-54"""
    ha, core = lab.node('ha'), lab.node('core')
    ha.run('ip -6 addr add %s/64 dev lo nodad' % VIRTUAL_HA)
    core.run('ip -6 route add 2001:db8:5::/64 via 2001:db8:f1::2')
    agent = home_agent(lab, example('home-agent-virtual'))
    links = ask(ha, 'status')['home_agent']['links']
    assert [l['virtual'] for l in links] == [True, False], links
    node = mobile_node(lab, changes=[
        (HOA, VIRTUAL), ('home-agent = "2001:db8:1::1"',
                         'home-agent = "%s"' % VIRTUAL_HA)])
    # The home link of others is no home to this node.
    wait_bound(lab, '2001:db8:1:', VIRTUAL)
    for link, prefix in ('a', A), ('b', B):
        lab.move('mn', link)
        wait_bound(lab, prefix, VIRTUAL)
        assert lab.node('cn').reaches(VIRTUAL, 3), 'not reached on ' + link
    # An hour is what the example grants.
    assert bindings(lab)[VIRTUAL]['lifetime'] <= 3600
    assert VIRTUAL not in ha.run('ip -6 neigh show proxy').out
    assert not lab.packets('icmpv6.type == 135 && '
                           'icmpv6.nd.ns.target_address == ' + VIRTUAL)
    assert node.stop() == 0
    assert agent.stop() == 0
    ha.run('ip -6 addr del %s/64 dev lo' % VIRTUAL_HA)
    core.run('ip -6 route del 2001:db8:5::/64')


def test_both_roles(lab):
    """One process is a mobile node on eth0 and a home agent on eth1."""
    mn = lab.node('mn')
    home_agent(lab)
    mn.sh('ip link add twin type veth peer name wire; ip link set wire up')
    text = example('mobile-node-and-home-agent').replace('eth1', 'twin')
    mn.sh('ip -6 addr add 2001:db8:6::1/64 dev twin nodad; '
          'ip link set twin up')
    lab.move('mn', 'a')
    both = daemon(lab, 'mn', text)
    wait_bound(lab, A)
    assert lab.node('cn').reaches(HOA, 3)
    status = ask(mn, 'status')
    assert status['home_agent']['bindings'] == 0, status
    lab.wait_for(lambda: ask(mn, 'status')['home_agent']['links'][0]['up'],
                 30, 'the home link')
    lab.move('mn', 'b')
    wait_bound(lab, B)
    assert lab.node('cn').reaches(HOA, 3)
    # What goes to the own home link never enters the tunnel.
    rules = mn.sh("ip -6 rule; ip -6 route show table all").out
    assert '2001:db8:6::/64' in rules, rules
    assert both.stop() == 0
    mn.run('ip link del twin')
