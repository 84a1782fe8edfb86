# SPDX-License-Identifier: GPL-2.0-or-later
"""Home addresses that the mobile node forms itself: in a prefix, where it
meets a home agent, in a prefix that is new at home; several home links.

Link b is the office: its router rb is a home agent, too."""

from mip6 import A, B, CN, CONF, HA, HOME, ask, bindings, bul, by_home, daemon, \
    example, home_agent, mobile_node

DEADLINE = 420
TOPOLOGY = 'two-homes.conf'

H1, OFFICE_HA = '2001:db8:1::21', '2001:db8:b::1'
PREFIX, OFFICE = '2001:db8:1::/64', '2001:db8:b::/64'
NEW, NEW_PREFIX, NEW_HA = '2001:db8:11:', '2001:db8:11::/64', '2001:db8:11::1'
ANYCAST = '2001:db8:1:0:fdff:ffff:ffff:fffe'

AT_ONCE = [('homes = ( { prefix = "%s"; } );' % PREFIX, 'homes = ( );'),
           ('"ask"', '"at-once"; max-formed = 1')]


def office_agent(lab):
    return home_agent(lab, node='rb', changes=[(PREFIX, OFFICE),
                                               (HA, OFFICE_HA)])


def node(lab, changes=()):
    return mobile_node(lab, example('mobile-node-homes'), changes=changes)


def homes(lab):
    """What `show homes` says, by prefix."""
    return {h['prefix']: h
            for h in ask(lab.node('mn'), 'show', 'homes')['homes']}


def met(lab):
    """[(agent, use)], best first."""
    return [(m['home_agent'], m['use'])
            for m in ask(lab.node('mn'), 'show', 'homes')['met']]


def wait_away(lab, prefix, at, coa_prefix, timeout=90):
    """Until the home address in PREFIX is registered at the agent of node AT,
    and both say the same; it."""
    def bound():
        home = homes(lab).get(prefix)
        hoa = home and home['home_address']
        here, there = bul(lab).get(hoa), bindings(lab, at).get(hoa)
        if here and there and here['state'] == 'BOUND' \
                and here['care_of_address'] == there['care_of_address'] \
                and here['care_of_address'].startswith(coa_prefix):
            return hoa
        return None
    return lab.wait_for(bound, timeout, 'a home address in %s registered '
                        'from %s' % (prefix, coa_prefix))


def wait_home(lab, prefix, at, timeout=90):
    """Until the home address in PREFIX is at home, and has no binding; it."""
    def there():
        home = homes(lab).get(prefix)
        hoa = home and home['home_address']
        if hoa and home['location'] == 'home' and \
                hoa not in bindings(lab, at) and \
                hoa in lab.node('mn').addresses('eth0'):
            return hoa
        return None
    return lab.wait_for(there, timeout, 'a home address in %s at home'
                        % prefix)


def test_prefix_alone(lab):
    """The node knows its home prefix only: it finds the agent and forms its
    address, and the address stays the same, whether the node was stopped or
    killed meanwhile."""
    home_agent(lab)
    lab.move('mn', 'a')
    mobile = node(lab)
    hoa = wait_away(lab, PREFIX, 'ha', A)
    assert homes(lab)[PREFIX]['origin'] == 'prefix'
    asked = lab.wait_packets('icmpv6.type == 144 && '
                             'frame.interface_name == "a"', 'ipv6.src',
                             'ipv6.dst')[0]
    assert asked['ipv6.dst'] == ANYCAST and asked['ipv6.src'].startswith(A), \
        asked
    assert lab.packets('mip6.mhtype == 5 && ipv6.opt.mipv6.home_address == '
                       + hoa), 'no Binding Update of it'
    assert lab.node('cn').reaches(hoa, 3)
    assert mobile.stop() == 0
    assert hoa not in bindings(lab)
    mobile = node(lab)
    assert wait_away(lab, PREFIX, 'ha', A) == hoa
    mobile.kill()
    node(lab)
    assert wait_away(lab, PREFIX, 'ha', A) == hoa
    assert lab.node('cn').reaches(hoa, 3)
    # At home the address is used after detection of duplicates.
    lab.move('mn', 'home')
    assert wait_home(lab, PREFIX, 'ha') == hoa
    assert lab.node('cn').reaches(hoa, 3)


def test_taken(lab):
    """Another node has the address: the agent says so (status 134), and the
    next one is tried and remembered."""
    lab.move('mn', 'a')
    mobile = node(lab)
    first = lab.wait_for(lambda: homes(lab).get(PREFIX), 30,
                         'an address')['home_address']
    hh = lab.node('hh')
    hh.run('ip -6 addr add %s/64 dev eth0 nodad' % first)
    home_agent(lab)
    second = wait_away(lab, PREFIX, 'ha', A, 180)
    assert second != first
    refused = lab.packets('mip6.mhtype == 6 && mip6.ba.status == 134',
                          'ipv6.routing.mipv6.home_address')
    assert {p['ipv6.routing.mipv6.home_address'] for p in refused} == \
        {first}, refused
    assert lab.node('cn').reaches(second, 3)
    assert mobile.stop() == 0
    node(lab)
    assert wait_away(lab, PREFIX, 'ha', A) == second
    hh.run('ip -6 addr del %s/64 dev eth0' % first)


H1_CONF = '''security = "insecure";
home-agent = { links = ( { interface = "eth0"; prefix = "%s"; address = "%s";
  preference = 9; ra = "own"; router-lifetime = 0; home-agent-lifetime = 60;
  ra-max-interval = 200; } ); };
''' % (PREFIX, H1)


def test_at_once(lab):
    """Where two agents are heard, a home address is formed by itself, and
    registered with the one that wants to be preferred; there is one at most,
    and it is remembered."""
    home_agent(lab)
    daemon(lab, 'h1', H1_CONF)
    office_agent(lab)
    # Both have spoken before the node hears of them.
    lab.wait_packets('icmpv6.type == 134 && icmpv6.opt.prefix == ' + H1)
    mobile = node(lab, AT_ONCE)
    hoa = wait_home(lab, PREFIX, 'ha')
    assert homes(lab)[PREFIX]['origin'] == 'found'
    assert met(lab) == [(H1, 'in use'), (HA, 'in use')], met(lab)
    assert lab.node('cn').reaches(hoa, 3)
    lab.move('mn', 'a')
    assert wait_away(lab, PREFIX, 'h1', A) == hoa
    assert lab.node('cn').reaches(hoa, 3)
    # The office would be another home, but one is enough.
    lab.move('mn', 'b')
    assert wait_away(lab, PREFIX, 'h1', B) == hoa
    lab.wait_for(lambda: (OFFICE_HA, 'proposed') in met(lab), 30,
                 'the office is proposed')
    mobile.wait_log('once another one is removed')
    assert list(homes(lab)) == [PREFIX]
    best = ask(lab.node('mn'), 'show', 'homes')['met'][0]
    assert best['home_agent'] == H1 and best['successes'] >= 2, best
    assert mobile.stop() == 0
    mobile = node(lab, AT_ONCE)
    assert wait_away(lab, PREFIX, 'h1', B) == hoa
    # Removed by hand, it makes room for the other.
    lab.node('mn').run(['mip6d-ctl', 'home', 'remove', hoa])
    office = wait_home(lab, OFFICE, 'rb')
    assert hoa not in bindings(lab, 'h1')
    assert lab.node('cn').reaches(office, 3)
    assert list(homes(lab)) == [OFFICE]


def test_ask_first(lab):
    """A home agent that is met is proposed; taken by mip6d-ctl, the home
    address is formed; removed, nothing of it is left."""
    home_agent(lab)
    office_agent(lab)
    lab.move('mn', 'b')
    mobile = node(lab, [('"ask"', '"ask"; max-formed = 1')])
    first = wait_away(lab, PREFIX, 'ha', B)
    mobile.wait_log('mip6d-ctl home add ' + OFFICE)
    assert (OFFICE_HA, 'proposed') in met(lab), met(lab)
    mn = lab.node('mn')
    added = ask(mn, 'home', 'add', OFFICE)
    office = wait_home(lab, OFFICE, 'rb')
    assert added['home_address'] == office and added['formed'], added
    assert lab.node('cn').reaches(office, 3)
    # One more is too many, and words say so.
    refused = mn.run('mip6d-ctl home add 2001:db8:c::/64', check=False)
    assert refused.status == 1 and 'max-formed' in refused.err, refused
    refused = mn.run('mip6d-ctl home remove ' + first, check=False)
    assert refused.status == 1 and 'configuration' in refused.err, refused
    # The agent that was met is the first that is tried.
    lab.move('mn', 'a')
    assert wait_away(lab, OFFICE, 'rb', A) == office
    assert wait_away(lab, PREFIX, 'ha', A) == first
    assert lab.node('cn').reaches(office, 3)
    assert bul(lab)[office]['peer'] == OFFICE_HA
    out = mn.run('mip6d-ctl show homes').out
    assert office in out and 'added' in out, out
    mn.run('mip6d-ctl home remove ' + office)
    lab.wait_for(lambda: list(homes(lab)) == [PREFIX], 30, 'it is given up')
    assert office not in bindings(lab, 'rb')
    left = mn.sh('ip -6 rule; ip -6 route show table all; ip xfrm policy; '
                 'ip -6 addr').out
    assert office not in left and OFFICE_HA not in left, left
    # A state that a packet asked for and nobody gave ends after 30 s.
    lab.wait_for(lambda: office not in mn.sh('ip xfrm state').out, 90,
                 'the last of its XFRM states')
    assert lab.node('cn').reaches(first, 3)


AGENT = '''security = "insecure";
home-agent = { min-prefix-interval = 1; max-prefix-interval = 8; links = (
  %s ); };
'''
LINK = '{ interface = "eth0"; prefix = "%s"; address = "%s"; ra = "off"; %s }'
OLD_LINK = LINK % (PREFIX, HA, '')
ENDING_LINK = LINK % (PREFIX, HA,
                      'valid-lifetime = 40; preferred-lifetime = 0;')
NEW_LINK = LINK % (NEW_PREFIX, NEW_HA, '')


def test_renumbered(lab):
    """The home prefix is exchanged for another while the node is away: it
    gets an address and a binding there; the old one lives as long as its
    prefix, and is given up then.  MN-73 MN-76"""
    agent = daemon(lab, 'ha', AGENT % OLD_LINK)
    ha, core = lab.node('ha'), lab.node('core')
    mobile = node(lab, AT_ONCE)
    old = wait_home(lab, PREFIX, 'ha')
    lab.move('mn', 'a')
    assert wait_away(lab, PREFIX, 'ha', A) == old
    ha.run('ip -6 addr add %s/64 dev eth0 nodad' % NEW_HA)
    core.run('ip -6 route add %s via 2001:db8:f1::2' % NEW_PREFIX)
    ha.write(CONF, AGENT % (ENDING_LINK + ', ' + NEW_LINK))
    agent.signal(1)
    new = wait_away(lab, NEW_PREFIX, 'ha', A)
    assert homes(lab)[NEW_PREFIX]['origin'] == 'renumbered'
    told = lab.packets('icmpv6.type == 147 && icmpv6.opt.prefix == ' + NEW_HA,
                       'ipv6.src')
    assert told and told[0]['ipv6.src'] == HA, told
    assert bul(lab)[new]['peer'] == NEW_HA, bul(lab)
    there = lab.node('cn').transfer(lab.node('mn'), new, size=200000)
    there.finish()
    assert there.equal
    # The old one lives as long as it is advertised, and as long as was said
    # last behind that.
    assert bindings(lab)[old]['remaining'] <= 40, bindings(lab)
    assert lab.node('cn').reaches(old, 3)
    ha.write(CONF, AGENT % NEW_LINK)
    agent.signal(1)
    lab.wait_for(lambda: list(homes(lab)) == [NEW_PREFIX], 180,
                 'the old one is given up')
    lab.wait_for(lambda: set(bindings(lab)) == {new}, 30,
                 'its binding has ended')
    left = lab.node('mn').sh('ip -6 rule; ip -6 addr; ip xfrm policy').out
    assert old not in left, left
    assert lab.node('cn').reaches(new, 3)
    assert mobile.stop() == 0
    node(lab, AT_ONCE)
    assert wait_away(lab, NEW_PREFIX, 'ha', A) == new
    assert list(homes(lab)) == [NEW_PREFIX]
    ha.run('ip -6 addr del %s/64 dev eth0' % NEW_HA)
    core.run('ip -6 route del %s' % NEW_PREFIX)


def test_two_homes(lab):
    """At the office, the office's address is at home and the other away; at
    home the other way round; elsewhere both are away."""
    home_agent(lab)
    office_agent(lab)
    lab.move('mn', 'b')
    node(lab, [('( { prefix = "%s"; } )' % PREFIX,
                '( { prefix = "%s"; }, { prefix = "%s"; } )'
                % (PREFIX, OFFICE))])
    cn = lab.node('cn')
    office = wait_home(lab, OFFICE, 'rb')
    home = wait_away(lab, PREFIX, 'ha', B)
    # Connections to both, for the whole journey.
    to_home, to_office = cn.ping(home, 0.1), cn.ping(office, 0.1)
    to_home.wait_replies(10)
    to_office.wait_replies(10)
    lab.move('mn', 'home')
    assert wait_home(lab, PREFIX, 'ha') == home
    assert wait_away(lab, OFFICE, 'rb', HOME) == office
    to_home.wait_replies(10)
    to_office.wait_replies(10)
    lab.move('mn', 'a')
    assert wait_away(lab, PREFIX, 'ha', A) == home
    assert wait_away(lab, OFFICE, 'rb', A) == office
    to_home.wait_replies(10)
    to_office.wait_replies(10)
    mn = lab.node('mn')
    assert mn.ping(CN, count=3, source=home).result(20).received
    assert mn.ping(CN, count=3, source=office).result(20).received
    lab.move('mn', 'b')
    assert wait_home(lab, OFFICE, 'rb') == office
    assert wait_away(lab, PREFIX, 'ha', B) == home
    to_home.wait_replies(10)
    to_office.wait_replies(10)
    to_home.stop()
    to_office.stop()
    status = by_home(ask(mn, 'status')['mobile_node']['homes'])
    assert status[home]['location'] == 'away', status
    assert status[office]['location'] == 'home', status
