# SPDX-License-Identifier: GPL-2.0-or-later
"""Route optimisation with a fixed correspondent: on its link, packets go
straight between the two, and in every gap through the agent."""

from mip6 import A, B, CN, HA, HOA, away, bindings, both, correspondent, \
    counters, daemon, example, home_agent, routes, wait_bound, wait_home, \
    wait_optimised, wait_tunnelled

DEADLINE = 300
ON_LINK = 'frame.interface_name == "c" && '
STRAIGHT = ('ipv6.src', 'ipv6.dst', 'ipv6.opt.mipv6.home_address',
            'ipv6.routing.type', 'ipv6.routing.segleft',
            'ipv6.routing.mipv6.home_address', 'icmpv6.type')


SEND = '''
import socket, sys, time
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
query = bytes.fromhex("6275010000010000000000000" "16d00001c0001")
for i in range(int(sys.argv[3])):
    s.sendto(query, (sys.argv[1], int(sys.argv[2])))
    time.sleep(0.02)
'''


def datagrams(node, to, port, count=10000):
    """A Program that sends them (DNS queries) from whatever address the kernel takes."""
    return node.start('datagrams', ['/usr/bin/python3', '-c', SEND, to,
                                    port, count])


def settle(lab, ping):
    """A point in time after which nothing old is under way."""
    ping.wait_replies(5)
    return lab.now()


def straight(lab, coa, since, until):
    """Every echo between the two in that time went straight, with a Home
    Address option one way and a type 2 routing header the other."""
    echoes = [p for p in lab.packets(ON_LINK + 'icmpv6.type >= 128 && '
                                     'icmpv6.type <= 129', *STRAIGHT)
              if since < p['time'] < until]
    assert echoes, 'no echo was seen on the link'
    for p in echoes:
        if p['icmpv6.type'] == '128':
            assert (p['ipv6.src'], p['ipv6.dst'].split(',')[0]) == (CN, coa), p
            assert p['ipv6.routing.type'] == '2', p
            assert p['ipv6.routing.segleft'] == '1', p
            assert p['ipv6.routing.mipv6.home_address'] == HOA, p
        else:
            assert (p['ipv6.src'], p['ipv6.dst']) == (coa, CN), p
            assert p['ipv6.opt.mipv6.home_address'] == HOA, p
            assert not p['ipv6.routing.type'], p
    by_agent = [p for p in lab.packets('ipv6.nxt == 41 && icmpv6',
                                       'icmpv6.type')
                if since < p['time'] < until]
    assert not by_agent, 'through the agent: %s' % by_agent[:3]


def test_straight(lab):
    """Before, through the agent; after, straight. Nobody asked for it but
    the traffic.

    COM-28 COM-34 COM-37 CN-2 CN-18 CN-26 CN-86 CN-111 MN-14 MN-16 MN-21
    MN-27 MN-145"""
    correspondent(lab)
    _agent, _node, coa = away(lab)
    ping = lab.node('cn').ping(HOA, 0.1)
    assert wait_optimised(lab, CN, A) == coa
    since = settle(lab, ping)
    ping.wait_replies(20)
    until = lab.now()
    ping.wait_replies(20)
    series = ping.stop()
    straight(lab, coa, since, until)
    assert lab.packets('ipv6.nxt == 41 && icmpv6.type == 129'), \
        'the first ones did not take the tunnel'
    assert not series.missing_between(0, until), 'lost while it was set up'
    check_signalling(lab, coa)


def check_signalling(lab, coa):
    """HoTI through the tunnel, CoTI straight, Binding Update with nonce
    indices and authenticator, acknowledged with one."""
    fields = ('ipv6.src', 'ipv6.dst', 'ipv6.opt.mipv6.home_address',
              'ipv6.routing.type', 'mip6.bu.h_flag', 'mip6.bu.lifetime',
              'mip6.bu.seqnr', 'mip6.ni.hni', 'mip6.bad.auth',
              'mip6.hlen', 'mip6.ba.status', 'mip6.ba.seqnr')
    seen = {}
    for kind in (1, 2, 3, 4, 5, 6):
        seen[kind] = lab.packets(ON_LINK + 'mip6.mhtype == %d' % kind,
                                 *fields)
        assert seen[kind], 'no Mobility Header of type %d' % kind
    for p in seen[1] + seen[2]:
        assert p['ipv6.dst'] == CN and not p['ipv6.routing.type'], p
        assert not p['ipv6.opt.mipv6.home_address'], p
    assert {p['ipv6.src'] for p in seen[1]} == {HOA}
    assert {p['ipv6.src'] for p in seen[2]} == {coa}
    assert {p['ipv6.dst'] for p in seen[3]} == {HOA}
    assert {p['ipv6.dst'] for p in seen[4]} == {coa}
    update = seen[5][0]
    assert (update['ipv6.src'], update['ipv6.dst']) == (coa, CN), update
    assert update['ipv6.opt.mipv6.home_address'] == HOA, update
    assert update['mip6.bad.auth'], update
    assert 0 < int(update['mip6.bu.lifetime']) <= 105, update
    answer = seen[6][0]
    assert answer['ipv6.dst'].split(',')[0] == coa, answer
    assert answer['ipv6.routing.type'] == '2', answer
    assert answer['mip6.ba.status'] == '0' and answer['mip6.bad.auth'], answer
    inner = lab.packets('ipv6.nxt == 41 && mip6.mhtype == 1 && '
                        'frame.interface_name == "a"', 'ipv6.dst')
    assert inner and inner[0]['ipv6.dst'].split(',')[0] == HA, inner


def test_journey(lab):
    """Ping and TCP live through home, A, B and home, straight on each
    foreign link, by the tunnel in between, and nothing is left behind.

    CN-92 CN-97 MN-20 MN-22 MN-109 MN-111 MN-144 MN-152 MN-155 MN-192"""
    correspondent(lab)
    both(lab)
    cn, mn = lab.node('cn'), lab.node('mn')
    ping = cn.ping(HOA, 0.1)
    transfer = cn.transfer(mn, HOA, rate='100k')
    ping.wait_replies(3)
    for link, prefix in (('a', A), ('b', B)):
        lab.move('mn', link)
        bound = wait_bound(lab, prefix)
        coa = wait_optimised(lab, CN, prefix)
        assert coa == bound
        since = settle(lab, ping)
        ping.wait_replies(10)
        straight(lab, coa, since, lab.now())
    lab.move('mn', 'home')
    wait_home(lab)
    lab.wait_for(lambda: HOA not in bindings(lab, 'cn'), 30,
                 'the correspondent has no binding')
    ping.wait_replies(10)
    transfer.stop()
    ping.stop()
    last = lab.packets(ON_LINK + 'mip6.mhtype == 5 && mip6.bu.lifetime == 0',
                       'ipv6.src', 'ipv6.opt.mipv6.home_address')
    assert last and last[-1]['ipv6.src'] == HOA, last
    for node in ('cn', 'mn'):
        left = lab.node(node).run('ip xfrm state').out
        assert HOA not in left, left


def test_gap(lab):
    """The correspondent is far away: between the home registration from B
    and its own, what the node sends takes the tunnel, and nothing is sent
    from B with a Home Address option before the correspondent knows B.

    MN-20 MN-22 MN-152 CN-93"""
    lab.link('c', delay='200ms')
    correspondent(lab)
    away(lab)
    ping = lab.node('mn').ping(CN, 0.05, source=HOA)
    wait_optimised(lab, CN, A, timeout=90)
    lab.move('mn', 'b')
    coa = wait_bound(lab, B)
    wait_optimised(lab, CN, B, timeout=90)
    ping.wait_replies(5)
    ping.stop()
    registered = first(lab, '"b" && mip6.mhtype == 6 && ipv6.src == ' + HA)
    known = first(lab, '"b" && mip6.mhtype == 6 && ipv6.src == ' + CN)
    assert registered < known, 'its own registration came first'
    gap = [p for p in lab.packets('frame.interface_name == "b" && '
                                  'ipv6.nxt == 41 && icmpv6.type == 128')
           if registered < p['time'] < known]
    assert gap, 'nothing took the tunnel'
    early = [p for p in lab.packets(
        'frame.interface_name == "b" && ipv6.src == %s && '
        'ipv6.opt.mipv6.home_address == %s && icmpv6' % (coa, HOA))
        if p['time'] < known]
    assert not early, 'sent directly too early: %s' % early[:3]


def first(lab, what):
    """When the first such packet passed."""
    return lab.wait_packets('frame.interface_name == ' + what)[0]['time']


def test_one_way(lab):
    """Datagrams that only come in are enough to begin: nobody answers them.

    MN-145 MN-151"""
    correspondent(lab)
    _agent, _node, coa = away(lab)
    cn = lab.node('cn')
    blast = datagrams(cn, HOA, 53)
    assert wait_optimised(lab, CN, A) == coa
    blast.stop()


def test_correspondent_restarted(lab):
    """It forgets everything; the next packet with a Home Address option is
    answered by a Binding Error, and all begins anew.

    CN-14 CN-22 CN-54 MN-47"""
    there = correspondent(lab)
    away(lab)
    ping = lab.node('mn').ping(CN, 0.1, source=HOA)
    wait_optimised(lab, CN, A)
    ping.wait_replies(5)
    there.kill()
    correspondent(lab)
    errors = lab.wait_packets(ON_LINK + 'mip6.mhtype == 7',
                              'ipv6.dst', 'mip6.be.status', 'mip6.be.haddr',
                              'ipv6.routing.type')
    assert errors[0]['mip6.be.status'] == '1', errors
    assert errors[0]['mip6.be.haddr'] == HOA, errors
    assert errors[0]['ipv6.dst'].startswith(A), errors
    assert not errors[0]['ipv6.routing.type'], errors
    wait_optimised(lab, CN, A)
    ping.wait_replies(10)
    ping.stop()


def test_correspondent_without_mip6d(lab):
    """A host that never heard of Mobile IPv6: by the tunnel, without loss
    and without a storm of requests.

    MN-39 MN-122"""
    away(lab)
    ping = lab.node('cn').ping(HOA, 0.05)
    entry = wait_tunnelled(lab, CN, 'incapable')
    assert entry['reason'], entry
    ping.wait_replies(20)       # what was sent before has arrived
    before = len(lab.packets(ON_LINK + 'mipv6 && !icmpv6'))
    ping.wait_replies(100)
    answered = lab.now()
    ping.wait_replies(40)
    series = ping.stop()
    assert not series.missing_between(0, answered), 'packets were lost'
    after = len(lab.packets(ON_LINK + 'mipv6 && !icmpv6'))
    # A HoTI and a CoTI, repeated while the peer's errors are under way.
    assert 0 < before <= 12 and after == before, (before, after)


def test_rules(lab):
    """Ordered rules: one port straight from the care-of address, one by the
    tunnel, the rest optimised; a reload changes them.

    MN-17 MN-161"""
    correspondent(lab)
    home_agent(lab)
    lab.move('mn', 'a')
    text = example('mobile-node').replace(
        'mobile-node = {', 'mobile-node = {\n  rules = (\n'
        '    { peer = "::/0"; protocol = "udp"; port = 53; '
        'action = "direct"; },\n'
        '    { peer = "2001:db8:c::/64"; protocol = "tcp"; port = 5001; '
        'action = "tunnel"; } );', 1)
    program = daemon(lab, 'mn', text)
    coa = wait_bound(lab, A)
    mn, cn = lab.node('mn'), lab.node('cn')
    assert mn.reaches(CN, 3)
    wait_optimised(lab, CN, A)
    datagrams(mn, CN, 53, count=1).wait()
    query = lab.wait_packets(ON_LINK + 'udp.dstport == 53 && !icmpv6',
                             'ipv6.src',
                             'ipv6.opt.mipv6.home_address')
    assert query[-1]['ipv6.src'] == coa, query
    assert not query[-1]['ipv6.opt.mipv6.home_address'], query
    mn.transfer(cn, CN, size=20000).finish()
    segments = lab.packets('tcp.dstport == 5001 && '
                           'frame.interface_name == "a"', 'ipv6.dst',
                           'ipv6.opt.mipv6.home_address')
    assert segments
    for p in segments:
        assert p['ipv6.dst'].split(',')[0] == HA, p
    since = lab.now()
    mn.write('/etc/mip6d.conf', text.replace('action = "tunnel"',
                                             'action = "optimise"'))
    program.signal(1)
    program.wait_log('reload')
    mn.transfer(cn, CN, size=20000).finish()
    segments = [p for p in lab.packets(
        ON_LINK + 'tcp.dstport == 5001', 'ipv6.src',
        'ipv6.opt.mipv6.home_address') if p['time'] > since]
    assert segments and segments[-1]['ipv6.src'] == coa, segments
    assert segments[-1]['ipv6.opt.mipv6.home_address'] == HOA, segments


def test_switched_off(lab):
    """Route optimisation can be switched off at either end.

    COM-61 COM-62"""
    correspondent(lab)
    home_agent(lab)
    lab.move('mn', 'a')
    daemon(lab, 'mn', example('mobile-node').replace(
        'mobile-node = {', 'mobile-node = {\n  route-optimisation = false;',
        1))
    wait_bound(lab, A)
    ping = lab.node('cn').ping(HOA, 0.05)
    ping.wait_replies(60)
    ping.stop()
    assert not lab.packets(ON_LINK + 'mipv6'), 'somebody asked'
    assert not [r for r in routes(lab).values() if r['optimised']]
    assert counters(lab.node('cn'))['test-init-in'] == 0
