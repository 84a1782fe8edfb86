# SPDX-License-Identifier: GPL-2.0-or-later
"""What public attack tools send (thc-ipv6's fake_mipv6 and its like): forged
registrations, acknowledgements and errors, home address options and routing
headers in all variants, and netlink messages of other processes. All is
refused, counted where it belongs, and changes nothing.

Under security = "insecure" a forger who can take an address that the policy
allows succeeds: that is what the word says. Elsewhere ESP or the
authentication option is what stops him."""

from mip6 import A, CN, HA, HOA, ask, away, bindings, bul, care_of, \
    correspondent, counters, home_agent, wait_optimised
from scapy.all import Ether, ICMPv6EchoRequest, ICMPv6HAADReply, \
    ICMPv6MPAdv, ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, IPv6, Raw
import wire

DEADLINE = 240
ATTACKER = '2001:db8:fb::2'     # rb's own

POLICY = 'home-agent = { policy = ( { home = "%s"; care-of = ' \
    '"2001:db8:a::/48"; action = "allow"; } );' % HOA


def option_alt_coa(coa):
    return bytes([3, 16]) + bytes(IPv6(src=coa))[8:24]


def fake_mipv6(hoa, agent, coa, number=0x7777, flags=0xc000, src=None,
               lifetime=0x3000):
    """As fake_mipv6 IFACE HOME-ADDRESS HOME-AGENT CARE-OF sends it: flags,
    a Home Address option, an Alternate Care-of Address."""
    body = bytes([59, 3, 5, 0, 0, 0]) + number.to_bytes(2, 'big') + \
        flags.to_bytes(2, 'big') + lifetime.to_bytes(2, 'big') + \
        bytes([1, 0]) + option_alt_coa(coa)
    body += bytes(32 - len(body))
    return wire.mh(src or coa, agent, body, hoa=hoa)


def judged(lab, at):
    """When this is answered, all that was sent before has been judged."""
    assert lab.node('rb').reaches(at, 3)


def test_registrations(lab):
    """Forged Binding Updates: to the home agent, to steal a node's traffic,
    to delete its binding, to register another home address; with H and
    without it to a correspondent; to nodes that are neither.

    HA-18 CN-79"""
    agent, _node, coa = away(lab, agent_changes=[('home-agent = {', POLICY)])
    correspondent(lab)
    ping = lab.node('mn').ping(CN, 0.2, source=HOA)
    wait_optimised(lab, CN, A)
    ha, cn = lab.node('ha'), lab.node('cn')
    before = counters(ha), counters(cn)
    there = bindings(lab)[HOA], bindings(lab, 'cn')[HOA]
    far = (there[0]['sequence'] + 5) % 65536
    lab.node('rb').inject([
        fake_mipv6(HOA, HA, ATTACKER, far),
        fake_mipv6('2001:db8:1::200', HA, ATTACKER),
        fake_mipv6('2001:db8:77::1', HA, ATTACKER),
        fake_mipv6(HA, HA, ATTACKER),
        fake_mipv6(HOA, HA, ATTACKER, 0x8888, 0x8000),
        fake_mipv6(HOA, HA, ATTACKER, far, lifetime=0)])
    lab.node('rb').inject([
        fake_mipv6(HOA, CN, ATTACKER, flags=0xc000),
        fake_mipv6(HOA, CN, ATTACKER, flags=0x8000),
        fake_mipv6('2001:db8:1::200', CN, ATTACKER, flags=0x8000),
        fake_mipv6('2001:db8:1::200', CN, ATTACKER, flags=0xc000),
        fake_mipv6(HOA, CN, ATTACKER, flags=0x8000, lifetime=0),
        fake_mipv6('2001:db8:1::200', coa, ATTACKER)])
    judged(lab, HA)
    judged(lab, CN)
    lab.wait_for(lambda: counters(ha)['bu-in'] >= before[0]['bu-in'] + 6 and
                 counters(cn)['bu-in'] >= before[1]['bu-in'] + 5, 30,
                 'all forgeries')
    now = counters(ha), counters(cn)
    assert now[0]['bu-refused'] - before[0]['bu-refused'] >= 4, now[0]
    assert now[1]['bu-no-auth'] > before[1]['bu-no-auth'], now[1]
    assert now[1]['bu-refused'] > before[1]['bu-refused'], now[1]
    assert ask(ha, 'show', 'policy')['default']['hits'] >= 2
    for was, node in zip(there, ('ha', 'cn')):
        entries = bindings(lab, node)
        assert list(entries) == [HOA], entries
        assert entries[HOA]['care_of_address'] == was['care_of_address'] \
            == coa, entries
    ping.wait_replies(5)
    ping.stop()
    replies = 'icmpv6.type == 129 && ipv6.addr == %s && ' \
        'frame.interface_name == "%%s"' % HOA
    assert lab.packets(replies % 'a'), 'none where the node is'
    assert not lab.packets(replies % 't-rb'), 'traffic of the node came'
    assert agent.stop() == 0


def test_answers_nobody_asked_for(lab):
    """A Binding Acknowledgement, Error and Refresh Request out of nothing:
    the mobile node changes nothing; router advertisements that no router of
    the link sent neither."""
    _agent, _node, coa = away(lab)
    mn = lab.node('mn')
    lab.wait_for(lambda: bul(lab)[HOA]['status'], 30, 'the real answer')
    before, was = counters(mn), bul(lab)[HOA]
    number = was['sequence'].to_bytes(2, 'big')
    refusal = bytes([59, 1, 6, 0, 0, 0, 129, 0]) + number + bytes(6)
    accept = bytes([59, 1, 6, 0, 0, 0, 0, 0]) + number + b'\0\1' + bytes(4)
    error = bytes([59, 2, 7, 0, 0, 0, 1, 0]) + bytes(IPv6(src=HOA))[8:24]
    lab.node('ra').inject([
        wire.mh(HA, coa, accept, rh2=HOA), wire.mh(HA, coa, refusal, rh2=HOA),
        wire.mh(CN, coa, refusal, rh2=HOA), wire.mh(CN, coa, error),
        wire.mh(CN, coa, bytes([59, 0, 0, 0, 0, 0, 0, 0]), rh2=HOA)])
    lab.wait_for(lambda: counters(mn)['ba-not-asked'] ==
                 before['ba-not-asked'] + 3, 30, 'three that nobody asked for')
    now = counters(mn)
    assert now['be-ignored'] == before['be-ignored'] + 1, now
    assert now['brr-ignored'] == before['brr-ignored'] + 1, now
    lab.excuse_packets('icmpv6.type == 134')
    bad = '2001:db8:bad::'
    frames = []
    for src, hops in ('fe80::bad', 64), ('2001:db8:a::bad', 255), \
            ('fe80::bad', 254):
        ip = IPv6(src=src, dst='ff02::1', hlim=hops) / ICMPv6ND_RA(
            routerlifetime=1800) / ICMPv6NDOptPrefixInfo(
                prefixlen=64, L=1, A=1, prefix=bad)
        frames.append(Ether(src='02:00:00:00:99:01',
                            dst='33:33:00:00:00:01') / ip)
    lab.node('ra').inject(frames, iface='eth0')
    lab.wait_packets('frame.interface_name == "a" && icmpv6.type == 134 && '
                     'icmpv6.opt.prefix == ' + bad, count=3)
    lab.wait_for(lambda: counters(mn)['ra-bad'] == before['ra-bad'] + 3, 30,
                 'three advertisements that no router sent')
    judged(lab, coa)
    assert care_of(lab)[HOA]['care_of_address'] == coa
    here = bul(lab)[HOA]    # once: what is left of its life runs down
    assert here == dict(here, state='BOUND', sequence=was['sequence'],
                        bound_care_of_address=coa)
    shown = mn.run('mip6d-ctl show interfaces').out
    assert '2001:db8:bad' not in shown and 'fe80::bad' not in shown, shown


def tests(kind, index):
    """A Home Test or Care-of Test that answers no cookie."""
    return bytes([59, 2, kind, 0, 0, 0]) + index.to_bytes(2, 'big') + \
        b'a cookie' + b'a token!'


def end_of_prefix(src, coa):
    """A Mobile Prefix Advertisement: the home prefix is valid no more."""
    body = bytes(IPv6(src=src, dst=HOA) / ICMPv6MPAdv(id=0x6277, flags=0) /
                 ICMPv6NDOptPrefixInfo(prefixlen=64, L=1, A=1, R=1, prefix=HA,
                                       validlifetime=0,
                                       preferredlifetime=0))[40:]
    return wire.with_rh2(src, coa, HOA, 58) / Raw(body)


def test_in_a_correspondents_name(lab):
    """Somebody else's Home Test, Care-of Test, Binding Error, agent discovery
    reply and prefix advertisement: what was not asked for changes nothing;
    a Binding Error in the name of a correspondent costs a test at most.

    MN-45 MN-68"""
    lab.excuse_packets('icmpv6.type == 145 || icmpv6.type == 147')
    _agent, _node, coa = away(lab)
    correspondent(lab)
    mn, ra = lab.node('mn'), lab.node('ra')
    ping = mn.ping(CN, 0.2, source=HOA)
    wait_optimised(lab, CN, A)
    before, was = counters(mn), bul(lab)[HOA]
    reply = bytes(IPv6(src=HA, dst=coa) / ICMPv6HAADReply(
        id=0x6277, addresses=[ATTACKER]))
    ra.inject([
        wire.tunnelled(HA, coa, wire.mh(CN, HOA, tests(3, 1))),
        wire.mh(CN, coa, tests(4, 1)),
        wire.mh(ATTACKER, coa, bytes([59, 2, 7, 0, 0, 0, 1, 0]) +
                bytes(IPv6(src=HOA))[8:24]),
        wire.mh(ATTACKER, coa, bytes([59, 0, 0, 0, 0, 0, 0, 0]), rh2=HOA),
        reply, end_of_prefix(HA, coa), end_of_prefix(ATTACKER, coa)])
    expected = {'test-ignored': 2, 'be-ignored': 1, 'brr-ignored': 1,
                'haad-reply-ignored': 1, 'mpa-ignored': 2}
    lab.wait_for(lambda: {k: counters(mn)[k] - before[k]
                          for k in expected} == expected, 30,
                 'each is counted: %s' % expected)
    judged(lab, coa)
    here = bul(lab)[HOA]
    assert here == dict(here, state='BOUND', sequence=was['sequence'],
                        bound_care_of_address=coa), here
    assert wait_optimised(lab, CN, A, timeout=5) == coa
    # In the name of CN itself: back to the tunnel, tests, and direct again.
    asked = counters(mn)['test-init-out']
    ra.inject([wire.mh(CN, coa, bytes([59, 2, 7, 0, 0, 0, 1, 0]) +
                       bytes(IPv6(src=HOA))[8:24])])
    lab.wait_for(lambda: counters(mn)['be-in'] == before['be-in'] + 2, 30,
                 'the forged error')
    assert wait_optimised(lab, CN, A) == coa
    assert counters(mn)['test-init-out'] >= asked
    ping.wait_replies(5)
    ping.stop()


def routing(kind, left, addresses, src, dst, number, last=None):
    """An echo request to DST with a routing header of ADDRESSES: a segment
    routing header for type 4, whose list is backwards."""
    packed = b''.join(bytes(IPv6(src=a))[8:24] for a in addresses)
    fixed = bytes([len(addresses) - 1, 0, 0, 0]) if kind == 4 else bytes(4)
    head = bytes([58, 2 * len(addresses), kind, left]) + fixed + packed
    body = bytes(IPv6(src=src, dst=last or addresses[-1]) /
                 ICMPv6EchoRequest(id=0x6276, seq=number))[40:]
    return IPv6(src=src, dst=dst, nh=43) / Raw(head + body)


def headers(at, victim):
    """Routing headers that nobody obeys, to AT."""
    other = CN if at != CN else HA
    return [routing(kind, left, addresses, ATTACKER, at, 10 * kind + number)
            for kind in (0, 2, 4)
            for number, (left, addresses) in enumerate((
                (1, [victim]), (2, [victim, HOA]), (7, [victim]),
                (1, [other]), (1, [at]), (2, [at, victim])))]


def test_options_and_routing_headers(lab):
    """Home address options without a binding, and with one but from another
    place; routing headers of types 0, 2 and 4, with too many and too few
    segments, at the agent, the mobile node, the correspondent: nothing is
    delivered, nothing is passed on. One that is right is obeyed.

    CN-15 CN-25 COM-38"""
    lab.excuse_packets('ipv6.routing.type && ipv6.src == ' + ATTACKER)
    _agent, _node, coa = away(lab)
    correspondent(lab)
    before = counters(lab.node('cn'))['hao-reported']
    victim = '2001:db8:1::dead'
    spoofed = [wire.with_hao(ATTACKER, at, hoa, 58) /
               wire.echo_body(hoa, at, number)
               for number, (at, hoa) in enumerate(
                   ((CN, victim), (CN, HOA), (HA, HOA), (coa, CN)))]
    lab.node('rb').inject(spoofed)
    games = [game for at in (HA, coa, CN) for game in headers(at, victim)]
    games += [routing(2, left, addresses, ATTACKER, coa, 0, last)
              for left, addresses, last in (
                  (1, [HOA, HOA], HOA), (2, [HOA, HOA], HOA),
                  (2, [HOA], HOA), (0, [HOA], coa))]
    # What is right is answered, and nothing before it was.
    games.append(routing(2, 1, [HOA], ATTACKER, coa, 6275))
    lab.node('rb').inject(games)
    for at in HA, coa, CN:
        judged(lab, at)
    assert counters(lab.node('cn'))['hao-reported'] >= before + 1
    answered = lab.wait_packets(
        'frame.interface_name == "t-rb" && icmpv6.type == 129 && '
        'icmpv6.echo.identifier == 0x6276', 'icmpv6.echo.sequence_number')
    assert [p['icmpv6.echo.sequence_number'] for p in answered] == ['6275']
    assert not lab.packets('icmpv6.type == 129 && icmpv6.echo.identifier == '
                           '0x6275'), 'a spoofed option was believed'
    # As many there as were sent there: nobody passed one on.
    for link, at in ('a', coa), ('c', CN), ('home', HA):
        there = lab.packets('frame.interface_name == "%s" && !icmpv6.type == '
                            '4 && ipv6.routing.type && ipv6.src == %s'
                            % (link, ATTACKER))
        sent = [g for g in games if g.dst == at] if link != 'home' else []
        assert len(there) == len(sent), (link, len(there), len(sent))
    assert not lab.packets('icmpv6.nd.ns.target_address == ' + victim)
    assert list(bindings(lab)) == [HOA]
    assert lab.node('cn').reaches(HOA, 3)


FORGER = '''
import socket, struct
def message(kind, body):
    return struct.pack('=IHHII', 16 + len(body), kind, 0, 0, 0) + body
index = int(open('/sys/class/net/eth0/ifindex').read())
link = struct.pack('=BxHiIIHH8s', 0, 1, index, 0, 0xffffffff, 9, 3, b'eth0')
forged = {
    0: [message(17, link), message(16, link)],
    6: [message(0x20, bytes(60))],
}
n = 0
for line in open('/proc/net/netlink').readlines()[1:]:
    protocol, port = [int(w) for w in line.split()[1:3]]
    if protocol not in forged or not port:
        continue
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
    s.bind((0, 0))
    for m in forged[protocol]:
        s.sendto(m, (port, 0))
        n += 1
    for m in forged[protocol]:
        s.sendto(m, (0, 1))     # and to all who listen
print('sent', n)
'''


def test_netlink(lab):
    """Another process, root's, tells the daemon's netlink sockets that the
    home link is gone and down: only the kernel is believed."""
    agent = home_agent(lab)
    ha = lab.node('ha')
    link = ask(ha, 'status')['home_agent']['links'][0]
    assert link['up'], link
    before = counters(ha)['netlink-forged']
    ha.write('/run/forger.py', FORGER)
    out = ha.run(['/usr/bin/python3', '/run/forger.py']).out
    assert int(out.split()[1]) >= 3, out
    # Links: two messages to the daemon, two to all; a report to it alone.
    lab.wait_for(lambda: counters(ha)['netlink-forged'] >= before + 5, 30,
                 'five forgeries, counted')
    assert ask(ha, 'status')['home_agent']['links'][0] == link
    assert 'is gone' not in agent.log()
    lab.move('mn', 'a')
    away_again = wire.mh('2001:db8:fb::2', HA, wire.update(1), hoa=HOA)
    lab.node('rb').inject([away_again])
    lab.wait_for(lambda: HOA in bindings(lab), 30, 'it still serves')
    assert agent.stop() == 0
