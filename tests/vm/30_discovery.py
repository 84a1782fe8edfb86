# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents and prefixes of the home link are told to nodes that are away, and
its router advertisements are sent, or looked at."""

import wire
from mip6 import A, CN, HA, HOA, HOA2, away, ask, bindings, bul, \
    counters, daemon, home_agent, mobile_node, wait_bound
from scapy.layers.inet6 import ICMPv6HAADRequest, ICMPv6MPSol, \
    ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, ICMPv6NDOptUnknown, IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

DEADLINE = 240
STRANGER = '2001:db8:fb::2'
SECOND = '2001:db8:1::10'
ANYCAST = '2001:db8:1:0:fdff:ffff:ffff:fffe'

SECOND_CONF = '''security = "insecure";
home-agent = { links = ( { interface = "eth0"; prefix = "2001:db8:1::/64";
  address = "%s"; ra = "own"; preference = 7; home-agent-lifetime = 60;
  router-lifetime = 0; ra-max-interval = 1000; } ); };
''' % SECOND


def haad_request(number, src=STRANGER):
    return IPv6(src=src, dst=ANYCAST) / ICMPv6HAADRequest(id=number)


def replies(lab, number, count=1):
    """The addresses of replies on the wire to the stranger."""
    found = lab.wait_packets(
        'icmpv6.type == 145 && frame.interface_name == "t-rb" && '
        'icmpv6.mip6.identifier == %d' % number,
        'ipv6.src', 'ipv6.dst', 'icmpv6.code',
        'icmpv6.mip6.home_agent_address', count=count)
    for p in found:
        assert p['ipv6.dst'] == STRANGER and p['icmpv6.code'] == '0', p
    return [(p['ipv6.src'], p['icmpv6.mip6.home_agent_address'].split(','))
            for p in found]


def agents(lab, node='ha'):
    return [a for e in ask(lab.node(node), 'show', 'home-agents')
            ['home_agents'] for a in e['addresses']]


def test_agents(lab):
    """A node abroad asks the anycast address and hears of both agents, the
    better one first; the other dies and is told no more.

    HA-109 HA-110 HA-113 HA-116 HA-120 HA-123 HA-127 HA-132 HA-133 HA-135
    HA-136 COM-43"""
    home_agent(lab)
    rb = lab.node('rb')
    rb.inject([haad_request(1)])
    assert replies(lab, 1) == [(HA, [HA])]
    second = daemon(lab, 'hh', SECOND_CONF, ())
    lab.wait_for(lambda: SECOND in agents(lab), 30, 'the second agent')
    rb.inject([haad_request(2)])
    assert replies(lab, 2) == [(HA, [SECOND, HA])]
    lab.wait_for(lambda: HA in agents(lab, 'hh'), 30, 'the first agent')
    ra = lab.wait_packets(
        'icmpv6.type == 134 && icmpv6.opt.prefix == %s' % SECOND,
        'icmpv6.nd.ra.flag.h', 'icmpv6.opt.prefix.flag.r',
        'icmpv6.opt.linkaddr')[0]
    assert ra['icmpv6.nd.ra.flag.h'] in ('1', 'True'), ra
    assert ra['icmpv6.opt.prefix.flag.r'] in ('1', 'True'), ra
    assert ra['icmpv6.opt.linkaddr'], ra
    # Its last word is that it is no router, and so no agent, any more.
    second.stop()
    lab.wait_for(lambda: SECOND not in agents(lab), 30, 'its farewell')
    rb.inject([haad_request(3)])
    assert replies(lab, 3) == [(HA, [HA])]
    # Killed, its lifetime ends.
    second = daemon(lab, 'hh', SECOND_CONF.replace('= 60', '= 5'), ())
    lab.wait_for(lambda: SECOND in agents(lab), 30, 'the second agent')
    second.kill()
    lab.wait_for(lambda: SECOND not in agents(lab), 60, 'its expiry')
    daemon(lab, 'hh', SECOND_CONF, ()).stop()


def advertisement(number, src='fe80::bad', hops=255, spoil=b''):
    """A home agent's frame with the address ::bad:NUMBER."""
    ip = IPv6(src=src, dst='ff02::1', hlim=hops)
    body = bytes(ip / ICMPv6ND_RA(H=1, M=0, O=0, routerlifetime=1800) /
                 ICMPv6NDOptPrefixInfo(
                     prefixlen=64, L=1, A=1, R=1, validlifetime=86400,
                     preferredlifetime=14400,
                     prefix='2001:db8:1::bad:%x' % number))[40:]
    if spoil:
        body = body[:2] + spoil + body[4:]
    ip.nh = 58
    return Ether(src='02:00:00:00:99:01', dst='33:33:00:00:00:01') / ip / \
        Raw(body)


def test_forged_advertisements(lab):
    """What is no valid advertisement does not enter the list.  HA-131"""
    home_agent(lab)
    lab.excuse_packets('icmpv6.type == 134')
    lab.node('hh').inject([advertisement(1, hops=64),
                           advertisement(2, src=SECOND),
                           advertisement(3, spoil=b'\xde\xad'),
                           advertisement(4)], iface='eth0')
    lab.wait_for(lambda: '2001:db8:1::bad:4' in agents(lab), 30,
                 'the valid one')
    assert agents(lab) == [HA, '2001:db8:1::bad:4'], agents(lab)


def test_agents_of_no_use(lab):
    """Malformed requests, and those to others, are met with silence.

    HA-140 COM-44 COM-46"""
    home_agent(lab)
    rb = lab.node('rb')
    good = bytes(haad_request(4))[40:]
    bad_code = IPv6(src=STRANGER, dst=ANYCAST) / ICMPv6HAADRequest(
        id=4, code=1)
    lab.excuse_packets('icmpv6.type == 144')
    rb.inject([bad_code,
               IPv6(src=STRANGER, dst=ANYCAST, nh=58) / Raw(
                   good[:2] + b'\xde\xad' + good[4:]),
               IPv6(src=STRANGER, dst=HA) / ICMPv6HAADRequest(id=4),
               IPv6(src=STRANGER, dst=ANYCAST) / ICMPv6HAADRequest(
                   id=5, res=0x3fff)])
    assert replies(lab, 5) == [(HA, [HA])]
    assert not lab.packets('icmpv6.type == 145 && '
                           'icmpv6.mip6.identifier == 4')
    assert counters(lab.node('ha'))['haad-ignored'] == 1


def solicitation(coa, hoa, number, extra=b''):
    body = bytes(IPv6(src=hoa, dst=HA) / ICMPv6MPSol(id=number) /
                 Raw(extra))[40:]
    return wire.with_hao(coa, HA, hoa, 58) / Raw(body)


MPA = ('ipv6.src', 'ipv6.dst', 'ipv6.routing.type', 'ipv6.routing.mipv6'
       '.home_address', 'icmpv6.opt.prefix', 'icmpv6.opt.prefix.flag.r',
       'icmpv6.opt.prefix.valid_lifetime', 'icmpv6.mip6.flag.m',
       'icmpv6.mip6.flag.o')


def advertised(lab, number, count=1):
    return lab.wait_packets(
        'icmpv6.type == 147 && frame.interface_name == "t-ha" && '
        'icmpv6.mip6.identifier == %d' % number, *MPA, count=count)


def check_mpa(p, coa):
    # The destination is the care-of address, and behind it the home one.
    assert p['ipv6.src'] == HA and p['ipv6.dst'].split(',')[0] == coa, p
    assert p['ipv6.routing.type'] == '2', p
    assert p['icmpv6.opt.prefix'] == HA, p
    assert p['icmpv6.opt.prefix.flag.r'] in ('1', 'True'), p
    assert p['icmpv6.mip6.flag.m'] in ('0', 'False'), p


def test_prefixes(lab):
    """A registered node asks and is told the prefixes, whatever options it
    adds; one that is not registered is told that, and nothing else.

    HA-142 HA-143 HA-146 HA-147 HA-148 HA-149 COM-43 COM-45"""
    _agent, _node, coa = away(lab)
    ra = lab.node('ra')
    ra.inject([solicitation(coa, HOA, 0x6275)])
    check_mpa(advertised(lab, 0x6275)[0], coa)
    # An option that nobody knows; then one of length 0.
    known = counters(lab.node('ha'))
    unknown = bytes(ICMPv6NDOptUnknown(type=200, len=1, data=b'mobile'))
    ra.inject([solicitation(coa, HOA, 0x6276, unknown)])
    check_mpa(advertised(lab, 0x6276)[0], coa)
    lab.excuse_packets('icmpv6.type == 146')
    ra.inject([solicitation(coa, HOA, 0x6277, b'\xc8\0' + bytes(6)),
               solicitation(coa, HOA2, 0x6278),
               solicitation(STRANGER, HOA, 0x6279)])
    errors = lab.wait_packets(
        'mip6.mhtype == 7 && !icmpv6 && frame.interface_name == "t-ha"',
        'mip6.be.status', 'mip6.be.haddr', count=2)
    assert sorted(e['mip6.be.haddr'] for e in errors) == [HOA, HOA2], errors
    assert {e['mip6.be.status'] for e in errors} == {'1'}, errors
    assert lab.node('cn').reaches(HOA, 3)
    for number in 0x6277, 0x6278, 0x6279:
        assert not lab.packets('icmpv6.type == 147 && '
                               'icmpv6.mip6.identifier == %d' % number)
    now = counters(lab.node('ha'))
    assert now['mps-refused'] - known['mps-refused'] == 2, now
    assert bindings(lab)[HOA]['care_of_address'] == coa


def test_forged_echo(lab):
    """What lets solicitations in lets nothing else in: an echo request with
    a home address that is not bound to its source is not answered.

    HA-143"""
    home_agent(lab)
    rb = lab.node('rb')
    rb.inject([wire.with_hao(STRANGER, HA, HOA2, 58) /
               wire.echo_body(HOA2, HA, 1)])
    lab.wait_packets('mip6.mhtype == 7 && mip6.be.haddr == %s' % HOA2)
    assert not lab.packets('icmpv6.type == 129 && ipv6.src == %s' % HA)


FAST = 'home-agent = { min-prefix-interval = 1; max-prefix-interval = 8;'


def told(lab, count, hoa=HOA, link='t-ha'):
    """Mobile Prefix Advertisements to a home address, so many at least."""
    return lab.wait_packets(
        'icmpv6.type == 147 && frame.interface_name == "%s" && '
        'ipv6.routing.mipv6.home_address == %s && '
        'icmpv6.opt.prefix.valid_lifetime <= 600' % (link, hoa),
        'icmpv6.mip6.identifier', *MPA, count=count, timeout=90)


def test_renumbered(lab):
    """The prefix is about to end: the node is told; it asks, since what it
    did not ask for is only a hint, and is answered, a second after the
    first at the earliest.  Its binding follows.

    HA-147 HA-151 HA-152 HA-163 MN-65 MN-67 MN-72 MN-74"""
    text = ('address = "2001:db8:1::1"; ra = "off";',
            'address = "2001:db8:1::1"; ra = "off"; valid-lifetime = 600;'
            ' preferred-lifetime = 0;')
    changes = [('home-agent = {', FAST),
               ('address = "2001:db8:1::1";', text[0])]
    agent = home_agent(lab, changes=changes)
    lab.move('mn', 'a')
    mobile_node(lab)
    coa = wait_bound(lab, A)
    ha = lab.node('ha')
    plan = ask(ha, 'renumber', '2001:db8:1::/64', 'valid', '600',
               'preferred', '0')
    assert plan['told'] == 1 and plan['shortened'] == 1, plan
    assert plan['bindings'][0]['status']['code'] == 1, plan
    assert bindings(lab)[HOA]['remaining'] > 600, 'a dry run changed it'
    conf = ha.read('/etc/mip6d.conf')
    ha.write('/etc/mip6d.conf', conf.replace(*text))
    agent.signal(1)
    lab.wait_for(lambda: bindings(lab)[HOA]['remaining'] <= 600, 30,
                 'the binding follows')
    hint, answer = told(lab, 2)[:2]
    assert hint['icmpv6.mip6.identifier'] == '0', hint
    assert answer['time'] - hint['time'] > 0.99, (hint, answer)
    asked = lab.wait_packets(
        'icmpv6.type == 146 && frame.interface_name == "a"', 'ipv6.src',
        'ipv6.dst', 'ipv6.opt.mipv6.home_address',
        'icmpv6.mip6.identifier')[0]
    assert (asked['ipv6.src'], asked['ipv6.dst']) == (coa, HA), asked
    assert asked['ipv6.opt.mipv6.home_address'] == HOA, asked
    assert asked['icmpv6.mip6.identifier'] == \
        answer['icmpv6.mip6.identifier'] != '0', (asked, answer)
    for p in hint, answer:
        check_mpa(p, coa)
    node = lab.node('mn')
    lab.wait_for(lambda: bul(lab)[HOA]['remaining'] <= 600, 30,
                 'the node registers for no longer')
    assert node.ping(CN, count=2).result(20).received


def test_silent_node(lab):
    """One that does not ask when it is told is told again, after 3 s and
    another 6.  HA-156 HA-158"""
    text = ('address = "2001:db8:1::1";', 'address = "2001:db8:1::1";'
            ' valid-lifetime = 600; preferred-lifetime = 0;')
    home_agent(lab, changes=[('home-agent = {', FAST), text])
    ra = lab.node('ra')
    # An address of its own, where nobody knows of home addresses.
    coa = '2001:db8:fa::2'
    ra.inject([wire.mh(coa, HA, wire.update(1), hoa=HOA2)])
    lab.wait_for(lambda: HOA2 in bindings(lab), 30, 'its registration')
    first, second, third = told(lab, 3, HOA2)[:3]
    for p in first, second, third:
        check_mpa(p, coa)
        assert p['icmpv6.mip6.identifier'] == '0', p
    assert 2.9 < second['time'] - first['time'], (first, second)
    assert 5.9 < third['time'] - second['time'], (second, third)


GONE = '''security = "insecure";
home-agent = { links = (
  { interface = "eth0"; prefix = "2001:db8:1::/64"; address = "%s";
    ra = "off"; },
  { interface = "eth0"; prefix = "2001:db8:9::/64";
    address = "2001:db8:9::1"; ra = "off"; } ); };
''' % HA


def test_prefix_gone(lab):
    """A home link is taken away while a node is registered there: it is told
    at once that there is something to ask, asks, and hears that it has lost
    its binding, and why.  HA-152 HA-163 MN-72 MN-76"""
    ha = lab.node('ha')
    ha.run('ip -6 addr add 2001:db8:9::1/64 dev eth0 nodad')
    agent = home_agent(lab, text=GONE)
    lab.move('mn', 'a')
    mobile_node(lab)
    coa = wait_bound(lab, A)
    first = GONE[GONE.index('  { interface'):GONE.index('  { interface',
                                                        GONE.index('off'))]
    ha.write('/etc/mip6d.conf', GONE.replace(first, ''))
    agent.signal(1)
    hint = lab.wait_packets(
        'icmpv6.type == 147 && frame.interface_name == "t-ha" && '
        'icmpv6.opt.prefix.valid_lifetime == 0', *MPA)[0]
    assert hint['ipv6.dst'].split(',')[0] == coa, hint
    lab.wait_packets('icmpv6.type == 146 && frame.interface_name == "t-ha"')
    lab.wait_packets('mip6.ba.status == 132 && ipv6.src == %s' % HA)
    lab.wait_for(lambda: bul(lab)[HOA]['state'] != 'BOUND', 30,
                 'the node knows')
    assert not bindings(lab)
    ha.run('ip -6 addr del 2001:db8:9::1/64 dev eth0')


def counted(node, word):
    for line in node.run('nft list table ip6 filter').out.splitlines():
        if word in line:
            return int(line.split('packets ')[1].split()[0])
    raise AssertionError('no rule with ' + word)


def test_filter(lab):
    """A router on the way filters type 0 routing headers and lets type 2
    pass: the kernel's packet filter tells one from the other.  HA-121"""
    ra = lab.node('ra')
    ra.sh('nft add table ip6 filter; nft add chain ip6 filter forward '
          '"{ type filter hook forward priority 0; }"; '
          'nft add rule ip6 filter forward rt type 0 counter drop; '
          'nft add rule ip6 filter forward rt type 2 counter accept')
    home_agent(lab)
    lab.move('mn', 'a')
    mobile_node(lab)
    coa = wait_bound(lab, A)
    assert counted(ra, 'rt type 2') > 0
    assert counted(ra, 'rt type 0') == 0
    old = wire.with_rh2(CN, coa, HOA, 59)
    octets = bytearray(bytes(old))
    octets[42] = 0
    lab.excuse_packets('ipv6.routing.type == 0')
    lab.node('cn').inject([IPv6(bytes(octets))])
    lab.wait_for(lambda: counted(ra, 'rt type 0') == 1, 30, 'it is dropped')
    lab.wait_packets('ipv6.routing.type == 0 && frame.interface_name == '
                     '"t-ra"')
    assert not lab.packets('ipv6.routing.type == 0 && '
                           'frame.interface_name == "a"')
    ra.run('nft delete table ip6 filter')


def findings(lab):
    link = ask(lab.node('ha'), 'show', 'ra')['links'][0]
    return link['findings'] if link['heard'] else None


def test_radvd_wrong(lab):
    """Each flaw of another program's advertisements, and the line for it.

    HA-109 HA-110"""
    agent = home_agent(lab)
    found = lab.wait_for(lambda: findings(lab), 60, 'a verdict')
    lines = {f['radvd']: f for f in found}
    assert set(lines) == {
        'AdvHomeAgentFlag on;',
        'prefix %s/64 { AdvRouterAddr on; };' % HA,
        'AdvIntervalOpt on;'}, found
    assert lines['AdvHomeAgentFlag on;']['frr'] == \
        'ipv6 nd home-agent-config-flag'
    agent.wait_log('AdvHomeAgentFlag on')
    out = lab.node('ha').run('mip6d-ctl show ra').out
    assert 'not complete' in out and 'AdvRouterAddr' in out, out


test_radvd_wrong.topology = 'ra-wrong.conf'


def test_radvd_right(lab):
    """The lab's own advertisements are found to be complete."""
    home_agent(lab)
    found = lab.wait_for(
        lambda: findings(lab) is not None and [findings(lab)], 60,
        'a verdict')
    assert found == [[]], found


def test_heard_without_loop(lab):
    """An advertisement of this machine that does not come back to its raw
    sockets (another program's, which asks for that) is looked at, too."""
    agent = home_agent(lab)
    ha = lab.node('ha')
    ours = lab.wait_packets('icmpv6.type == 134 && '
                            'frame.interface_name == "home"',
                            'ipv6.src')[0]['ipv6.src']
    lab.wait_for(lambda: findings(lab) == [], 60, 'a good one')
    ha.inject([advertisement(1, src=ours)], iface='eth0')
    agent.wait_log('but says 2001:db8:1::bad:1')


def test_fast(lab):
    """The shortest intervals of section 7.5.  HA-115 HA-117 HA-119"""
    daemon(lab, 'hh', SECOND_CONF.replace(
        'ra-max-interval = 1000', 'ra-max-interval = 70; '
        'ra-min-interval = 30'), ())
    found = lab.wait_packets(
        'icmpv6.type == 134 && icmpv6.opt.prefix == %s' % SECOND,
        'icmpv6.opt.advertisement_interval', count=20)
    assert found[0]['icmpv6.opt.advertisement_interval'] == '90', \
        found[0]
