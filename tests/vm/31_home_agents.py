# SPDX-License-Identifier: GPL-2.0-or-later
"""A mobile node that knows no home agent finds one, and another when that
one is no use any more.

Node ha is the router of the home link; h1 and h2 are its home agents, of
which h1 is the better one."""

from mip6 import A, B, CN, HOA, HOA2, ask, bindings, bul, by_home, counters, \
    daemon, example, mobile_node

DEADLINE = 300
TOPOLOGY = 'two-agents.conf'

H1, H2 = '2001:db8:1::21', '2001:db8:1::22'
ANYCAST = '2001:db8:1:0:fdff:ffff:ffff:fffe'

AGENT = '''security = "insecure";
home-agent = { links = ( { interface = "eth0"; prefix = "2001:db8:1::/64";
  address = "%s"; preference = %d; ra = "own"; router-lifetime = 0;
  home-agent-lifetime = 60; ra-max-interval = 1000; } ); };
'''
# The better agent registers others, but not the node.
OTHERS_ONLY = ('home-agent = {', 'home-agent = { policy = ( { home = '
               '"2001:db8:1::8000/113"; action = "allow"; } );')
LIFETIME = ('address = "2001:db8:1::100/64";',
            'address = "2001:db8:1::100/64"; lifetime = 60;')


def agent(lab, node, changes=()):
    address, preference = {'h1': (H1, 20), 'h2': (H2, 10)}[node]
    return daemon(lab, node, AGENT % (address, preference), changes)


def listed(lab, node):
    """The addresses that an agent would tell."""
    return [a for e in ask(lab.node(node), 'show', 'home-agents')
            ['home_agents'] for a in e['addresses']]


def two_agents(lab, changes=()):
    first = agent(lab, 'h1', changes)
    second = agent(lab, 'h2')
    for node in 'h1', 'h2':
        lab.wait_for(lambda: set(listed(lab, node)) >= {H1, H2}, 60,
                     node + ' knows both agents')
    return first, second


def node(lab, changes=(LIFETIME,)):
    return mobile_node(lab, example('mobile-node-auto'), changes=changes)


def abroad(lab, changes=()):
    """Both agents, and the node registered from link a."""
    first, second = two_agents(lab, changes)
    lab.move('mn', 'a')
    return first, second, node(lab)


def known(lab, hoa=HOA):
    """What the node knows of agents: [(address, use)]."""
    home = by_home(ask(lab.node('mn'), 'show', 'home-agents')['homes'])[hoa]
    return [(a['address'], a['use']) for a in home['agents']]


def wait_bound_at(lab, at, prefix=A, hoa=HOA, timeout=120):
    """Until node and agent say the same; the care-of address."""
    def bound():
        here = bul(lab).get(hoa)
        there = bindings(lab, at).get(hoa)
        if here and there and here['state'] == 'BOUND' \
                and here['care_of_address'] == there['care_of_address'] \
                and here['care_of_address'].startswith(prefix):
            return here['care_of_address']
        return None
    return lab.wait_for(bound, timeout, 'registration of %s at %s' % (hoa, at))


def wait_remembered(lab, address):
    lab.wait_for(lambda: 'used %s %s' % (HOA, address) in lab.node('mn').sh(
        'cat /var/lib/mip6d/agents', check=False).out, 30, 'the file')


def dies(lab, name, program):
    """Power off: not a word more."""
    lab.move(name + '.eth0', None)
    program.kill()
    lab.excuse_leftovers('.*')


def test_discovery(lab):
    """Abroad, the node asks the anycast address from its care-of address; it
    registers with the first of the reply.

    MN-52 MN-56 HA-133 HA-136 COM-43"""
    abroad(lab)
    coa = wait_bound_at(lab, 'h1')
    asked = lab.wait_packets(
        'icmpv6.type == 144 && frame.interface_name == "a"', 'ipv6.src',
        'ipv6.dst', 'ipv6.opt.mipv6.home_address', 'icmpv6.code',
        'icmpv6.mip6.identifier')
    assert len(asked) == 1, asked
    ask_ = asked[0]
    assert (ask_['ipv6.src'], ask_['ipv6.dst']) == (coa, ANYCAST), ask_
    assert not ask_['ipv6.opt.mipv6.home_address'], ask_
    told = lab.wait_packets(
        'icmpv6.type == 145 && frame.interface_name == "a"', 'ipv6.src',
        'ipv6.dst', 'icmpv6.mip6.identifier',
        'icmpv6.mip6.home_agent_address')[0]
    assert told['ipv6.src'] in (H1, H2) and told['ipv6.dst'] == coa, told
    assert told['icmpv6.mip6.identifier'] == ask_['icmpv6.mip6.identifier']
    assert told['icmpv6.mip6.home_agent_address'] == H1 + ',' + H2, told
    first = lab.wait_packets('mip6.mhtype == 5 && frame.interface_name == "a"',
                             'ipv6.dst')[0]
    assert first['ipv6.dst'] == H1, first
    assert known(lab) == [(H1, 'in use'), (H2, 'listed')]
    assert lab.node('cn').reaches(HOA, 3)


def test_agent_dies(lab):
    """The preferred agent loses its power: the node takes the other one and
    is reachable again, with nothing configured; a transfer goes on.  The
    first comes back: the node stays where it is.

    MN-58 MN-59 MN-60"""
    first, _second, _node = abroad(lab)
    wait_bound_at(lab, 'h1')
    cn = lab.node('cn')
    assert cn.reaches(HOA, 3)
    transfer = cn.transfer(lab.node('mn'), HOA, rate='20k')
    ping = cn.ping(HOA, 0.5)
    ping.wait_replies(3)
    dies(lab, 'h1', first)
    wait_bound_at(lab, 'h2', timeout=180)
    ping.wait_replies(5, 60, sent_since=lab.now())
    ping.stop()
    assert (H1, 'failed') in known(lab) or (H1, 'former') in known(lab)
    lab.move('h1.eth0', 'home')
    agent(lab, 'h1')
    lab.wait_for(lambda: H1 in listed(lab, 'h2'), 60, 'it is back')
    lab.wait_for(lambda: (H1, 'former') not in known(lab), 120,
                 'its binding is known to be gone')
    lab.move('mn', 'b')
    wait_bound_at(lab, 'h2', B)
    assert HOA not in bindings(lab, 'h1')
    transfer.stop()
    assert cn.reaches(HOA, 3)


def test_partition(lab):
    """The agent is cut off, with its binding.  What the home link says about
    the traffic for it makes the node take the other one.  It comes back: what
    it holds is deleted, so that it does not defend the address any more.

    MN-60"""
    two_agents(lab)
    lab.move('mn', 'a')
    node(lab, [(LIFETIME[0], LIFETIME[1].replace('60', '6000'))])
    wait_bound_at(lab, 'h1')
    cn = lab.node('cn')
    # Long before the next refresh, the traffic of the node finds it out.
    ping = lab.node('mn').ping(CN, 0.5, source=HOA)
    ping.wait_replies(3)
    lab.move('h1.eth0', None)
    wait_bound_at(lab, 'h2', timeout=180)
    ping.wait_replies(5, 60, sent_since=lab.now())
    ping.stop()
    assert (H1, 'former') in known(lab), known(lab)
    assert HOA in bindings(lab, 'h1')
    lab.move('h1.eth0', 'home')
    lab.wait_for(lambda: HOA not in bindings(lab, 'h1'), 120,
                 'its binding is deleted')
    lab.wait_for(lambda: (H1, 'former') not in known(lab), 60,
                 'the node knows that')
    deleted = lab.packets('mip6.mhtype == 5 && ipv6.dst == %s && '
                          'mip6.bu.lifetime == 0 && '
                          'frame.interface_name == "a"' % H1,
                          'ipv6.opt.mipv6.home_address')
    assert deleted[-1]['ipv6.opt.mipv6.home_address'] == HOA, deleted
    assert bul(lab)[HOA]['state'] == 'BOUND'
    assert cn.reaches(HOA, 5)


def test_refusals(lab):
    """Whoever says no is not asked again: the next of the list is.

    MN-60"""
    two_agents(lab, [OTHERS_ONLY])
    lab.move('mn', 'a')
    node(lab)
    wait_bound_at(lab, 'h2')
    refusals = lab.packets('mip6.mhtype == 6 && mip6.ba.status >= 128 && '
                           'frame.interface_name == "a"', 'ipv6.src',
                           'mip6.ba.status')
    assert [(p['ipv6.src'], p['mip6.ba.status']) for p in refusals] == \
        [(H1, '129')], refusals
    assert lab.node('cn').reaches(HOA, 3)


def test_full(lab):
    """130: the better agent is full."""
    two_agents(lab, [('home-agent = {',
                      'home-agent = { max-bindings = 1;')])
    lab.move('mn', 'a')
    two = ('homes = (', 'homes = ( { address = "%s/64"; },' % HOA2)
    node(lab, [two])
    lab.wait_for(lambda: [e['state'] for e in bul(lab).values()] ==
                 ['BOUND', 'BOUND'], 60, 'both registered')
    assert len(bindings(lab, 'h1')) == len(bindings(lab, 'h2')) == 1
    assert lab.packets('mip6.ba.status == 130')
    cn = lab.node('cn')
    assert cn.reaches(HOA, 3) and cn.reaches(HOA2, 3)


def test_no_agent(lab):
    """In the place of the agent that the node had there is a correspondent,
    which says that it is no home agent (131).  MN-60"""
    first, _second, mobile = abroad(lab)
    wait_bound_at(lab, 'h1')
    wait_remembered(lab, H1)
    mobile.kill()
    first.stop()
    daemon(lab, 'h1', 'correspondent = { };\n', ())
    node(lab)
    wait_bound_at(lab, 'h2')
    assert lab.packets('mip6.ba.status == 131 && ipv6.src == %s' % H1)


def test_remembered(lab):
    """Killed and started again abroad: the node asks nobody for agents, and
    registers with the one that it had.

    MN-58 MN-59"""
    _first, _second, mobile = abroad(lab, [OTHERS_ONLY])
    wait_bound_at(lab, 'h2')
    wait_remembered(lab, H2)
    mobile.kill()
    asked = len(lab.packets('icmpv6.type == 144'))
    mobile = node(lab)
    mobile.wait_log('home agent %s remembered' % H2)
    wait_bound_at(lab, 'h2')
    assert known(lab) == [(H2, 'in use'), (H1, 'listed')], known(lab)
    assert len(lab.packets('icmpv6.type == 144')) == asked
    # A file that cannot be believed costs nothing but memory.
    assert mobile.stop() == 0
    lab.node('mn').write('/var/lib/mip6d/agents', 'mip6d agents 1\nrubbish\n')
    mobile = node(lab)
    mobile.wait_log('/var/lib/mip6d/agents:2: found "rubbish"')
    wait_bound_at(lab, 'h2')
    assert len(lab.packets('icmpv6.type == 144')) > asked
    assert lab.node('mn').read('/var/lib/mip6d/agents.bad') == \
        'mip6d agents 1\nrubbish\n'


def test_stays_at_home(lab):
    """At home with a router that is no agent, the node finds an agent and
    takes it along.  MN-53"""
    two_agents(lab)
    node(lab)
    lab.wait_for(lambda: by_home(ask(lab.node('mn'), 'show', 'care-of')
                                 ['homes'])[HOA]['location'] == 'home', 60,
                 'the node at home')
    lab.wait_for(lambda: any(use == 'in use' for _a, use in known(lab)), 60,
                 'an agent')
    before = len(lab.packets('icmpv6.type == 144'))
    used = [a for a, use in known(lab) if use == 'in use'][0]
    lab.move('mn', 'a')
    wait_bound_at(lab, {H1: 'h1', H2: 'h2'}[used])
    assert len(lab.packets('icmpv6.type == 144')) == before
    assert counters(lab.node('mn'))['agent-changed'] == 0
    assert lab.node('mn').reaches(CN, 3, source=HOA)
