# SPDX-License-Identifier: GPL-2.0-or-later
"""The example configurations that no other scenario uses, as they are."""

import os

from ipsec import carry_keys, clear_mh, generate
from mip6 import A, B, CN, HOA, TREE, ask, bindings, correspondent, daemon, \
    example, home_agent, mobile_node, wait_bound, wait_optimised

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


def test_all_are_right(lab):
    """Every example is one that `mip6d -t` takes, where the keys that it
    names are."""
    generate(lab)
    ha = lab.node('ha')
    top = os.path.join(TREE, 'etc', 'examples')
    with open(os.path.join(top, 'rfc4285', 'authentication.keys'),
              encoding='utf-8') as f:
        ha.write('/etc/mip6d/authentication.keys', f.read(), 0o600)
    there = [os.path.join(folder, name) for folder, _, names in os.walk(top)
             for name in names if name.endswith('.conf')]
    assert len(there) >= 12, there
    for path in there:
        done = ha.run(['mip6d', '-t', '-c', path], check=False)
        assert done.status == 0, (path, done.out, done.err)


def test_ipsec(lab):
    """The examples with keys of IPsec, and one command that makes them."""
    generate(lab)
    carry_keys(lab)
    agent = home_agent(lab, example('ipsec/home-agent'))
    lab.move('mn', 'a')
    node = mobile_node(lab, example('ipsec/mobile-node'))
    wait_bound(lab, A)
    assert ask(lab.node('ha'), 'status')['security'] == 'ipsec'
    assert lab.node('cn').reaches(HOA, 3)
    assert not clear_mh(lab), clear_mh(lab)[:3]
    assert node.stop() == 0
    assert agent.stop() == 0


def test_both_talk_directly(lab):
    """A mobile node that is a correspondent, too, and another
    correspondent."""
    agent = home_agent(lab)
    other = correspondent(lab, text=example('correspondent'))
    lab.move('mn', 'a')
    node = mobile_node(lab, example('mobile-node-and-correspondent'))
    coa = wait_bound(lab, A)
    ping = lab.node('mn').ping(CN, 0.5)
    assert wait_optimised(lab, CN, A) == coa
    ping.stop()
    assert ask(lab.node('mn'), 'status')['correspondent']
    for program in node, other, agent:
        assert program.stop() == 0
