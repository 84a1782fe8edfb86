# SPDX-License-Identifier: GPL-2.0-or-later
"""Route optimisation in the kernel port by itself: the driver of
15_kernel_port.py gives the requests, packets judge what the kernel does."""

import importlib
import re

from mip6 import CN, HA, HOA

port = importlib.import_module('15_kernel_port')
Driver, agent, binding = port.Driver, port.agent, port.binding
node, away, ours = port.node, port.away, port.ours
COA_A, COA_B, ROUTER_A, ROUTER_B = \
    port.COA_A, port.COA_B, port.ROUTER_A, port.ROUTER_B

DEADLINE = 240
ALL = 'rules=optimise,::/0'
TEST_INIT = '3b01010000000000a1a2a3a4a5a6a7a8'
UPDATE = '3b010500000000010000000001020000'
FIELDS = ('ipv6.plen', 'ipv6.src', 'ipv6.dst', 'ipv6.opt.mipv6.home_address',
          'ipv6.routing.type', 'ipv6.routing.mipv6.home_address')


def ro(verb, end, local, peer, coa=None, more=''):
    return 'ro-%s end=%s local=%s peer=%s %s%s' % (
        verb, end, local, peer, 'coa=%s ' % coa if coa else '', more)


def mobile(lab, rules=ALL):
    """The agent, and the mobile node away on link A; the rules."""
    a = agent(lab)
    a.do(binding('add', COA_A))
    n = node(lab, rules)
    n.do(away(COA_A, 'eth0', ROUTER_A))
    return a, n


def correspondent(lab, name='cn'):
    c = Driver(lab, name)
    c.call('cn-start')
    return c


def echoes(lab, since, link='c'):
    """Echo requests and replies on a link since then, outer headers."""
    return [p for p in lab.packets(
        'frame.interface_name == "%s" && icmpv6.type >= 128 && '
        'icmpv6.type <= 129' % link, 'icmpv6.type', *FIELDS)
        if p['time'] > since]


def sizes(packets):
    """Octets with all headers."""
    return {int(p['ipv6.plen'].split(',')[0]) + 40 for p in packets}


def flows(driver, start=0):
    return [line for line in driver.stream.lines[start:]
            if line.startswith('flow ')]


def usage(driver, request):
    """(packets out, octets out, packets in, octets in)"""
    found = re.fullmatch(r'ok out=(\d+)/(\d+) in=(\d+)/(\d+)',
                         driver.ask(request))
    assert found, 'no usage'
    return tuple(int(x) for x in found.groups())


def test_straight(lab):
    """A flow is told; with both ends set packets carry the headers; usage
    counts them; what is removed goes through the agent again."""
    a, n = mobile(lab)
    c = correspondent(lab)
    mn = lab.node('mn')
    assert mn.reaches(CN, source=HOA)
    n.stream.wait_line('^flow %s %s protocol=58 port=0 sent' % (HOA, CN))
    n.do(ro('set', 'local', HOA, CN, COA_A))
    c.do(ro('set', 'peer', CN, HOA, COA_A))
    since = lab.now()
    assert mn.reaches(CN, source=HOA)
    seen = echoes(lab, since)
    assert len(seen) >= 2, seen
    for p in seen:
        if p['icmpv6.type'] == '128':
            assert p['ipv6.src'] == COA_A, p
            assert p['ipv6.opt.mipv6.home_address'] == HOA, p
        else:
            assert p['ipv6.dst'].split(',')[0] == COA_A, p
            assert p['ipv6.routing.mipv6.home_address'] == HOA, p
    got = usage(n, ro('usage', 'local', HOA, CN))
    assert got[0] == got[2] > 0, got
    assert got[:2] == got[2:], got
    assert usage(c, ro('usage', 'peer', CN, HOA)) == got
    assert sizes(seen) == {got[1] // got[0]}, (seen, got)
    n.do(ro('del', 'local', HOA, CN))
    c.do(ro('del', 'peer', CN, HOA))
    since = lab.now()
    assert mn.reaches(CN, source=HOA)
    assert not any(p['ipv6.src'] == COA_A for p in echoes(lab, since))
    n.quit()
    c.quit()
    a.quit()
    assert not ours(lab, 'mn') and not ours(lab, 'cn')


def straight(p, coa, hoa):
    """A packet from a mobile node, or to one, and no tunnel."""
    if p['ipv6.src'] == coa:
        return p['ipv6.opt.mipv6.home_address'] == hoa
    return p['ipv6.dst'].split(',')[0] == coa and \
        p['ipv6.routing.type'] == '2' and \
        p['ipv6.routing.mipv6.home_address'] == hoa


def test_both_mobile(lab):
    """Two mobile nodes, both away: each packet has both headers, and their
    Mobility Headers neither.  CN-86"""
    hoa2 = '2001:db8:1::200'
    a, n = mobile(lab)
    a.do(binding('add', CN, hoa=hoa2))
    m = correspondent(lab)
    m.call('mn-start ' + ALL)
    n.call('cn-start')
    m.do('mn-home place=away hoa=%s ha=%s coa=%s coa-if=eth0 router=%s' %
         (hoa2, HA, CN, lab.node('core').link_local('c')))
    mn = lab.node('mn')
    assert mn.reaches(hoa2, source=HOA), 'not through both tunnels'
    for d, local, peer, coa, other in ((n, HOA, hoa2, COA_A, CN),
                                       (m, hoa2, HOA, CN, COA_A)):
        d.do(ro('set', 'local', local, peer, coa))
        d.do(ro('set', 'peer', local, peer, other))
    since = lab.now()
    assert mn.reaches(hoa2, source=HOA)
    seen = echoes(lab, since)
    assert len(seen) == 2, seen
    for p in seen:
        assert straight(p, COA_A, HOA) and straight(p, CN, hoa2), p
    assert sizes(seen) == {40 + 24 + 24 + 64}, seen
    for d, local, peer in (n, HOA, hoa2), (m, hoa2, HOA):
        for end in 'local', 'peer':
            got = usage(d, ro('usage', end, local, peer))
            assert got == (1, 152, 1, 152), (end, got)
    # Plain Mobility Headers take the tunnels, and carry nothing.
    n.call('send-mh src=%s dst=%s data=%s' % (HOA, hoa2, TEST_INIT))
    m.stream.wait_line(r'^mh src=%s dst=%s wire=%s>%s if=\d+ hops=\d+ lladdr'
                       % (HOA, hoa2, HOA, hoa2))
    for d in n, m, a:
        d.quit()
    for name in 'mn', 'cn', 'ha':
        assert not ours(lab, name)


def test_signalling(lab):
    """Mobility Headers between two that send each other everything straight:
    Test Inits and Tests as their sender says, a Binding Update with a Home
    Address option and a checksum over the home address."""
    a, n = mobile(lab)
    c = correspondent(lab)
    n.do(ro('set', 'local', HOA, CN, COA_A))
    c.do(ro('set', 'peer', CN, HOA, COA_A))
    n.call('send-mh src=%s dst=%s data=%s' % (HOA, CN, TEST_INIT))
    c.stream.wait_line(r'^mh src=%s dst=%s wire=%s>%s if=\d+ hops=\d+ lladdr'
                       % (HOA, CN, HOA, CN))
    c.call('send-mh src=%s dst=%s data=%s' % (CN, HOA, TEST_INIT))
    found = n.stream.wait_line(r'^mh src=%s dst=%s wire=%s>%s if=(\d+) hops='
                               r'\d+ lladdr' % (CN, HOA, CN, HOA))
    names = lab.node('mn').run('ip -o link show').out
    assert re.search('^%s: mip6mn0@' % found.group(1), names, re.M), names
    n.call('is-tunnel if=mip6mn0')
    start = len(n.stream.lines)
    n.tell('is-tunnel if=eth0')
    assert 'ok' not in n.stream.wait_line('^is-tunnel', start=start).string
    n.call('send-mh src=%s dst=%s data=%s' % (COA_A, CN, TEST_INIT))
    c.stream.wait_line(r'^mh src=%s dst=%s wire=%s>%s' % (COA_A, CN, COA_A,
                                                          CN))
    n.call('send-mh src=%s dst=%s hao=%s data=%s' % (HOA, CN, COA_A, UPDATE))
    c.stream.wait_line(r'^mh src=%s dst=%s wire=%s>%s if=\d+ hops=\d+ hao '
                       % (HOA, CN, COA_A, CN))
    c.call('send-mh src=%s dst=%s rh2=%s data=%s' % (CN, HOA, COA_A, UPDATE))
    n.stream.wait_line(r'^mh src=%s dst=%s wire=%s>%s if=\d+ hops=\d+ rh2 '
                       % (CN, HOA, CN, COA_A))
    sent = lab.packets('frame.interface_name == "c" && mipv6', 'mip6.mhtype',
                       'ipv6.src', 'ipv6.dst', 'ipv6.opt.mipv6.home_address',
                       'ipv6.routing.type')
    for p in sent:
        update = p['mip6.mhtype'] == '5'
        assert bool(p['ipv6.opt.mipv6.home_address']
                    or p['ipv6.routing.type']) == update, p
    # The agent sees nothing of the update, the tunnel takes the Test Init.
    inner = lab.packets('frame.interface_name == "t-ha" && ipv6.nxt == 41 && '
                        'mipv6', 'mip6.mhtype')
    assert {p['mip6.mhtype'] for p in inner} == {'1'}, inner
    for d in n, c, a:
        d.quit()


def test_hold(lab):
    """Not confirmed yet: packets to the peer take the tunnel, those that
    still come to an earlier care-of address are taken; usage goes on."""
    a, n = mobile(lab)
    c = correspondent(lab)
    mn = lab.node('mn')
    n.do(ro('set', 'local', HOA, CN, COA_A))
    c.do(ro('set', 'peer', CN, HOA, COA_A))
    assert mn.reaches(CN, source=HOA)
    before = usage(n, ro('usage', 'local', HOA, CN))
    n.do(away(COA_B, 'eth1', ROUTER_B))
    a.do(binding('add', COA_B, old=COA_A))
    n.do(ro('set', 'local', HOA, CN, COA_B, 'hold=1'))
    assert usage(n, ro('usage', 'local', HOA, CN)) == before
    since = lab.now()
    assert mn.reaches(CN, source=HOA)
    seen = echoes(lab, since)
    assert [p['ipv6.src'] for p in seen] == [HOA, CN], seen
    assert seen[1]['ipv6.dst'].split(',')[0] == COA_A, seen
    # Now it is; the correspondent's end changes its states alone.
    cn = lab.node('cn')
    policies = cn.sh('ip xfrm policy; ip -s xfrm policy | grep index').out
    n.do(ro('set', 'local', HOA, CN, COA_B))
    c.do(ro('set', 'peer', CN, HOA, COA_B))
    assert cn.sh('ip xfrm policy; ip -s xfrm policy | grep index').out == \
        policies
    since = lab.now()
    assert mn.reaches(CN, source=HOA)
    seen = echoes(lab, since)
    assert len(seen) == 2 and all(straight(p, COA_B, HOA) for p in seen), seen
    after = usage(n, ro('usage', 'local', HOA, CN))
    assert after[0] == before[0] + 1 and after[2] > before[2], (before, after)
    # Forgotten here, not yet there: what comes is still taken.
    n.do(ro('del', 'local', HOA, CN))
    assert cn.reaches(HOA)
    assert n.ask(ro('usage', 'local', HOA, CN)).startswith('No such file')
    for d in n, c, a:
        d.quit()
    assert not ours(lab, 'mn') and not ours(lab, 'cn')


CONNECTED = '''
import socket, sys, time
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
s.connect((sys.argv[2], 9))
while True:
    try:
        s.send(b"m")
    except OSError:
        pass
    time.sleep(0.05)
'''


def datagrams(node_, source, to):
    """From one socket that asks for a route once."""
    return node_.start('datagrams', ['/usr/bin/python3', '-c', CONNECTED,
                                     source, to])


def test_connected(lab):
    """Sockets that have their route already follow: to the binding, to
    another care-of address behind another router, and back."""
    a, n = mobile(lab)
    c = correspondent(lab)
    cn, mn = lab.node('cn'), lab.node('mn')
    # Nobody forwards what is sent to care-of address A.
    cn.sh('ip -6 neigh add fe80::bad lladdr 02:00:00:00:0b:ad dev eth0 nud '
          'permanent; ip -6 route add 2001:db8:a::/64 via fe80::bad dev eth0')
    lab.excuse_leftovers('.')
    down, up = datagrams(cn, CN, HOA), datagrams(mn, HOA, CN)
    on = 'udp && frame.interface_name == '
    lab.wait_packets(on + '"a" && ipv6.src == %s && ipv6.nxt == 41' % HA)
    lab.wait_packets(on + '"a" && ipv6.dst == %s && ipv6.nxt == 41' % HA)
    n.do(ro('set', 'local', HOA, CN, COA_A))
    c.do(ro('set', 'peer', CN, HOA, COA_A))
    lab.wait_packets(on + '"c" && eth.dst == 02:00:00:00:0b:ad && '
                     'ipv6.routing.type == 2')
    lab.wait_packets(on + '"a" && ipv6.src == %s && '
                     'ipv6.opt.mipv6.home_address == %s' % (COA_A, HOA))
    n.do(away(COA_B, 'eth1', ROUTER_B))
    n.do(ro('set', 'local', HOA, CN, COA_B))
    c.do(ro('set', 'peer', CN, HOA, COA_B))
    lab.wait_packets(on + '"b" && ipv6.dst == %s && ipv6.routing.type == 2'
                     % COA_B)
    lab.wait_packets(on + '"b" && ipv6.src == %s && '
                     'ipv6.opt.mipv6.home_address == %s' % (COA_B, HOA))
    n.do(ro('set', 'local', HOA, CN, COA_B, 'hold=1'))
    c.do(ro('del', 'peer', CN, HOA))
    since = lab.now()
    lab.wait_for(lambda: [p for p in lab.packets(
        on + '"b" && ipv6.dst == %s && ipv6.nxt == 41' % HA)
        if p['time'] > since], 30, 'the tunnel takes it again')
    lab.wait_for(lambda: [p for p in lab.packets(
        on + '"t-ha" && ipv6.dst == %s && ipv6.src == %s' % (HOA, CN))
        if p['time'] > since], 30, 'the agent has it again')
    down.stop()
    up.stop()
    for d in n, c, a:
        d.quit()


def test_report(lab):
    """A Home Address option without a binding is dropped and told; one with
    another care-of address than the binding's too."""
    import wire
    c = correspondent(lab)
    ra, stranger = lab.node('ra'), '2001:db8:fa::2'
    other = '2001:db8:1::101'
    start = len(c.stream.lines)
    ra.inject([wire.with_hao(stranger, CN, HOA, 58) /
               wire.echo_body(HOA, CN, 1)])
    c.stream.wait_line('^report hoa=%s coa=%s local=%s protocol=58$'
                       % (HOA, stranger, CN), start=start)
    c.do(ro('set', 'peer', CN, other, COA_A))
    start = len(c.stream.lines)
    ra.inject([wire.with_hao(stranger, CN, other, 58) /
               wire.echo_body(other, CN, 2)])
    c.stream.wait_line('^report hoa=%s coa=%s local=%s protocol=58$'
                       % (other, stranger, CN), start=start)
    assert not [p for p in lab.packets('icmpv6.type == 129')], 'answered'
    # A Mobility Header is not: the daemon looks for itself.
    ra.inject([wire.mh(stranger, CN, bytes.fromhex(UPDATE), hoa=HOA)])
    c.stream.wait_line('^mh src=%s dst=%s wire=%s>%s if=.* hao '
                       % (HOA, CN, stranger, CN))
    assert len([x for x in c.stream.lines if x.startswith('report')]) == 2
    c.quit()
    assert not ours(lab, 'cn')


def get(lab, words):
    return lab.node('mn').run('ip -6 route get ' + words).out


def udp(node_, to, dport, source=None):
    """One datagram."""
    node_.run(['/usr/bin/python3', '-c',
               'import socket, sys\n'
               's = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\n'
               'sys.argv[3] and s.bind((sys.argv[3], 0))\n'
               's.sendto(b"m", (sys.argv[1], int(sys.argv[2])))',
               to, str(dport), source or ''])


RULES = ('optimise,2001:db8:c::/64,17,7053',
         'tunnel,2001:db8:c::/64,17',
         'tunnel,2001:db8:c::1/128',
         'direct,2001:db8:c::/64,6,80',
         'direct,2001:db8:c::/120',
         'optimise,::/0')
CORE = '2001:db8:f1::1'


def test_direct(lab):
    """The way of traffic without a source address: the first rule that
    matches, by destination, protocol and port."""
    a, n = mobile(lab, 'rules=' + '+'.join(RULES))
    tunnel, native = 'dev mip6mn0', 'dev eth0'
    for words, way in (
            (CN + ' ipproto udp dport 7053', tunnel),
            (CN + ' ipproto udp dport 7054', tunnel),
            (CN + ' ipproto tcp dport 80', native),
            (CN + ' ipproto tcp dport 81', native),
            ('2001:db8:c::1 ipproto tcp dport 80', tunnel),
            ('2001:db8:c::2 ipproto udp dport 80', tunnel),
            ('2001:db8:c::1:2 ipproto tcp dport 80', native),
            ('2001:db8:c::1:2 ipproto tcp dport 81', tunnel),
            ('2001:db8:9::9 ipproto tcp dport 80', tunnel),
            (CN + ' from %s ipproto tcp dport 80' % HOA, tunnel)):
        assert way in get(lab, words), (words, get(lab, words))
    assert 'src ' + COA_A in get(lab, CN + ' ipproto tcp dport 80')
    n.call('mn-rules rules=direct,::/0,17,53')
    dns = ' ipproto udp dport 53'
    lab.wait_for(lambda: native in get(lab, '2001:db8:9::9' + dns), 10,
                 'for all destinations')
    assert 'via' not in get(lab, 'fe80::1 oif eth0' + dns)
    n.call('mn-rules rules=direct,2001:db8:9::/64')
    lab.wait_for(lambda: native in get(lab, '2001:db8:9::9'), 10, 'the new')
    assert tunnel in get(lab, CN + ' ipproto tcp dport 80')
    assert 'dport' not in lab.node('mn').run('ip -6 rule').out
    n.quit()
    a.quit()
    assert not ours(lab, 'mn')


def test_flows(lab):
    """Told of are flows that a rule optimises, never such to the agent, to
    multicast, to what another rule comes first for."""
    a, n = mobile(lab, 'rules=' + '+'.join(RULES))
    mn = lab.node('mn')
    udp(mn, CN, 7054, HOA)
    udp(mn, '2001:db8:c::1', 7053, HOA)
    mn.reaches(CN, source=HOA)
    mn.reaches(HA, source=HOA)
    udp(mn, 'ff0e::1234', 7053, HOA)
    mn.reaches(CORE, source=HOA)
    udp(mn, CN, 7053, HOA)
    n.stream.wait_line('^flow %s %s protocol=17 port=7053 sent' % (HOA, CN))
    told = [x.split()[2] for x in flows(n)]
    assert told == ['2001:db8:c::1', CORE, CN], told
    n.quit()
    a.quit()
    assert not ours(lab, 'mn')


def test_rules(lab):
    """The rules decide which packets to a peer have the option; others take
    their place, and only the difference changes."""
    rules = 'mn-rules rules=' + '+'.join(RULES)
    a, n = mobile(lab, '')
    mn = lab.node('mn')
    n.do(ro('set', 'local', HOA, CN, COA_A))
    n.do(ro('set', 'local', HOA, CORE, COA_A))

    def sent(*dports):
        """Of each port, whether its datagram had the option."""
        since = lab.now()
        for dport in dports:
            udp(mn, CN, dport, HOA)

        def seen():
            return {p['udp.dstport']: bool(p['ipv6.opt.mipv6.home_address'])
                    for p in lab.packets('udp && !icmpv6 && '
                                         'frame.interface_name == "a"',
                                         'udp.dstport',
                                         'ipv6.opt.mipv6.home_address')
                    if p['time'] > since and p['udp.dstport'] in
                    [str(d) for d in dports]}
        lab.wait_for(lambda: len(seen()) == len(dports), 20, 'all of them')
        return seen()

    def policies():
        return mn.run('ip xfrm policy').out
    assert sent(7053, 7054) == {'7053': False, '7054': False}
    n.call(rules)
    lab.wait_for(lambda: 'dport 7053' in policies(), 10, 'the rules')
    assert sent(7053, 7054) == {'7053': True, '7054': False}
    before = policies()
    n.call(rules)
    assert policies() == before
    n.call('mn-rules rules=optimise,2001:db8:c::/64,17')
    lab.wait_for(lambda: 'dport' not in policies(), 10, 'other rules')
    assert sent(7054, 7053) == {'7053': True, '7054': True}
    n.call('mn-rules')
    lab.wait_for(lambda: 'ff00::/8' not in policies(), 10, 'no rules')
    assert sent(7053) == {'7053': False}
    n.quit()
    a.quit()
    assert not ours(lab, 'mn')


def test_received(lab):
    """Who sends through the tunnel is told, as the rules say; a flood makes
    it listen less."""
    import wire
    a, n = mobile(lab, 'rules=tunnel,2001:db8:c::/64,17,7053+optimise,::/0')
    cn = lab.node('cn')
    # A protocol that nobody answers.
    octets = wire.Raw(b'm' * 8)
    ip = wire.IPv6

    def inner(src, what, nh=59):
        return ip(src=src, dst=HOA, nh=nh) / what
    cn.inject([inner(CN, wire.Raw(bytes([27, 141, 0, 9, 0, 8, 0, 0])), 17)])
    cn.inject([inner(CN, octets)])
    n.stream.wait_line('^flow %s %s protocol=59 port=0 received$' % (HOA, CN))
    assert len(flows(n)) == 1, flows(n)
    cn.inject([inner(CN, octets)] * 3)
    # Mobility Headers, and the agent, never.
    cn.inject([wire.mh('2001:db8:c::3', HOA, bytes.fromhex(UPDATE))])
    n.stream.wait_line('^mh src=2001:db8:c::3 ')
    lab.node('ha').inject([inner(HA, octets)])
    # A thousand at once, then another peer.
    cn.inject([inner('2001:db8:c::4', octets)] * 1000)
    n.stream.wait_line('^flow %s 2001:db8:c::4 .* received$' % HOA)

    def heard():
        cn.inject([inner('2001:db8:c::5', octets)] * 20)
        return [x for x in flows(n) if '2001:db8:c::5' in x]
    lab.wait_for(heard, 60, 'it listens again')
    told = [x.split()[2] for x in flows(n)]
    assert told == [CN, '2001:db8:c::4', '2001:db8:c::5'], told
    n.quit()
    a.quit()


FOREIGN = ('ip xfrm state add src %s dst %s proto esp spi 0x1000 reqid 135 '
           'mode transport enc "rfc3686(ctr(aes))" '
           '0x000102030405060708090a0b0c0d0e0f10111213; '
           'ip xfrm state add src 2001:db8:c::7 dst 2001:db8:c::8 proto hao '
           'mode ro coa 2001:db8:c::9 reqid 7; '
           'ip xfrm policy add src 2001:db8:c::7/128 dst 2001:db8:c::8/128 '
           'dir out priority 5 tmpl src 2001:db8:c::7 dst 2001:db8:c::8 '
           'proto esp reqid 135 mode transport' % (CN, HA))


def test_killed(lab):
    """What killed runs left goes at the next start, and nothing else."""
    a, n = mobile(lab, 'rules=optimise,2001:db8:c::/64,17,53+'
                  'direct,2001:db8:c::/64,6,80+optimise,::/0')
    c = correspondent(lab)
    cn, mn = lab.node('cn'), lab.node('mn')
    show = 'ip xfrm state; ip xfrm policy; ip -6 rule'
    for x in cn, mn, lab.node('hh'):
        x.sh(FOREIGN)
    alone = lab.node('hh').sh('ip xfrm state; ip xfrm policy').out
    n.do(ro('set', 'local', HOA, CN, COA_A))
    c.do(ro('set', 'peer', CN, HOA, COA_A))
    mn.reaches('2001:db8:c::1', source=HOA)
    n.call('cn-start')
    n.do(ro('set', 'peer', HOA, '2001:db8:1::200', COA_B))
    n.stream.stop(9)
    c.stream.stop(9)
    assert len(mn.sh(show).out) > 1000 and HOA in cn.sh(show).out
    n, c = Driver(lab, 'mn'), Driver(lab, 'cn')
    n.call('mn-start')
    c.call('cn-start')
    assert HOA not in mn.sh(show).out, mn.sh(show).out
    assert HOA not in cn.sh(show).out
    n.quit()
    c.quit()
    a.quit()
    for x in cn, mn, lab.node('hh'):
        out = x.sh('ip xfrm state; ip xfrm policy').out
        x.sh('ip xfrm state flush; ip xfrm policy flush')
        assert sorted(out.split('\n')) == sorted(alone.split('\n')), out
    assert not ours(lab, 'mn') and not ours(lab, 'cn')


def test_deleted(lab):
    """What somebody else deleted is told when usage is asked for, and comes
    back with the next request, policies too; an end that was not started is
    refused."""
    c, cn = correspondent(lab), lab.node('cn')
    c.do(ro('set', 'peer', CN, HOA, COA_A))
    usage(c, ro('usage', 'peer', CN, HOA))
    before = cn.sh('ip xfrm state; ip xfrm policy').out
    for what in ('state delete src %s dst %s proto route2' % (CN, HOA),
                 'state deleteall', 'state flush; ip xfrm policy flush'):
        cn.sh('ip xfrm ' + what)
        told = c.ask(ro('usage', 'peer', CN, HOA))
        assert told.startswith('No such file'), (what, told)
        c.do(ro('set', 'peer', CN, HOA, COA_A))
        usage(c, ro('usage', 'peer', CN, HOA))
        after = cn.sh('ip xfrm state; ip xfrm policy').out
        for word in 'coa ' + COA_A, '%s/128 dst' % CN, '%s/128 dst' % HOA:
            assert after.count(word) == before.count(word) > 0, (what, after)
    assert c.ask(ro('usage', 'local', CN, HOA)).startswith('No such file')
    c.tell(ro('set', 'local', CN, HOA, COA_A))
    c.stream.wait_line('^ro-set: No such device')
    c.quit()


def test_many(lab):
    """A thousand pairs in one turn: added, moved, counted, removed."""
    c, cn = correspondent(lab), lab.node('cn')
    pair = 'end=peer local=%s peer=2001:db8:1:0:1:: n=1000 ' % CN
    for i, words in enumerate(('set coa=2001:db8:a::', 'set coa=2001:db8:b::',
                               'usage', 'del'), 1):
        verb, _, rest = words.partition(' ')
        c.tell('ro-%s %s%s' % (verb, pair, rest))
        c.tell('wait')
        c.stream.wait_line('^all %d done, 0 failed' % (i * 1000), 120)
        out = cn.run('ip xfrm state count').out
        assert ('SAD count %d' % (2001 if i < 4 else 1)) in out, out
    c.quit()
    assert not ours(lab, 'cn')
