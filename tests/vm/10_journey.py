# SPDX-License-Identifier: GPL-2.0-or-later
"""A node moves and its connections live: home, A, B, home, judged on the
wire by somebody else's dissector."""

from mip6 import A, B, CN, HA, HOA, both, bindings, wait_bound, wait_home

DEADLINE = 300
UPDATE = ('frame.interface_name', 'ipv6.src', 'ipv6.dst', 'ipv6.hlim',
          'ipv6.opt.type', 'ipv6.opt.mipv6.home_address', 'mip6.proto',
          'mip6.hlen', 'mip6.reserved', 'mip6.bu.seqnr', 'mip6.bu.a_flag',
          'mip6.bu.h_flag', 'mip6.bu.k_flag', 'mip6.bu.lifetime',
          'mip6.acoa.acoa')
ANSWER = ('ipv6.src', 'ipv6.dst', 'ipv6.routing.type',
          'ipv6.routing.len', 'ipv6.routing.segleft',
          'ipv6.routing.mipv6.home_address', 'mip6.ba.status',
          'mip6.ba.seqnr', 'mip6.ba.lifetime', 'mip6.ba.k_flag')


def journey(lab):
    """[(link, care-of address or None, time of the move)]"""
    stations = []
    for link, prefix in (('a', A), ('b', B), ('home', None)):
        when = lab.move('mn', link)
        coa = wait_bound(lab, prefix) if prefix else wait_home(lab)
        stations.append((link, coa, when))
        yield stations


def test_journey(lab):
    """A ping each 100 ms and a TCP transfer survive home, A, B, home.

    MN-12 MN-13 MN-15 MN-25 MN-33 MN-104 HA-65 HA-83 HA-86 HA-97"""
    both(lab)
    cn, mn = lab.node('cn'), lab.node('mn')
    ping = cn.ping(HOA, 0.1)
    ping.wait_replies(5)
    transfer = cn.transfer(mn, HOA, rate='100k')
    for stations in journey(lab):
        ping.wait_replies(10, 60)
    settled = lab.now()
    ping.wait_replies(10)
    transfer.stop()
    series = ping.stop()
    last = [seq for seq, sent, _got in series.replies if sent > settled]
    assert last and len(last) == last[-1] - last[0] + 1, 'lost at home: %s' % last
    tunnelled(lab, stations)
    late = [p for p in lab.packets('ipv6.nxt == 41', 'ipv6.src')
            if p['time'] > settled]
    assert not late, 'still tunnelled after the return: %s' % late[:3]


def tunnelled(lab, stations):
    """Both ways through the agent, from and to the care-of address."""
    for link, coa, _when in stations[:2]:
        down = lab.packets('ipv6.nxt == 41 && icmpv6.type == 128 && '
                           'ipv6.src == %s && ipv6.dst == %s && '
                           'ipv6.dst == %s' % (HA, coa, HOA), 'ipv6.hlim')
        up = lab.packets('ipv6.nxt == 41 && icmpv6.type == 129 && '
                         'ipv6.src == %s && ipv6.dst == %s && '
                         'ipv6.src == %s' % (coa, HA, HOA))
        assert down and up, 'nothing was tunnelled on %s' % link
        direct = lab.packets('ipv6.src == %s && !(ipv6.nxt == 41) && '
                             '!mipv6 && frame.interface_name == "%s"'
                             % (HOA, link))
        assert not direct, 'left %s without a tunnel: %s' % (link, direct[:3])


def test_signalling(lab):
    """Each Binding Update and Acknowledgement on the wire, field by field.

    COM-1 COM-2 COM-3 COM-5 COM-6 COM-7 COM-34 COM-35 COM-37 MN-94 MN-126
    MN-129 MN-134 HA-22 HA-37 HA-42 HA-43 HA-60 HA-63"""
    both(lab)
    for stations in journey(lab):
        pass
    lab.wait_packets('mip6.mhtype == 6 && frame.interface_name == "home" && '
                     'mip6.ba.lifetime == 0')
    for link, coa, _when in stations[:2]:
        check_away(lab, link, coa)
    check_return(lab, stations[2][2])


def check_away(lab, link, coa):
    wire = 'frame.interface_name == "%s" && ' % link
    updates = lab.wait_packets(wire + 'mip6.mhtype == 5', *UPDATE)
    for u in updates:
        assert (u['ipv6.src'], u['ipv6.dst']) == (coa, HA), u
        assert u['ipv6.opt.mipv6.home_address'] == HOA, u
        assert '201' in u['ipv6.opt.type'] or 'c9' in u['ipv6.opt.type'], u
        assert u['mip6.proto'] == '59' and u['mip6.hlen'] == '3', u
        assert u['mip6.reserved'] in ('0', '0x00'), u
        assert u['mip6.acoa.acoa'] == coa, u
        assert on(u['mip6.bu.a_flag']) and on(u['mip6.bu.h_flag']), u
        assert not on(u['mip6.bu.k_flag']), u
        assert int(u['mip6.bu.lifetime']) > 0, u
    numbers = [int(u['mip6.bu.seqnr']) for u in updates]
    assert all(0 < (b - a) % 65536 < 32768
               for a, b in zip(numbers, numbers[1:])), numbers
    answers = lab.wait_packets(wire + 'mip6.mhtype == 6', *ANSWER)
    for a in answers:
        assert (a['ipv6.src'], a['ipv6.dst']) == (HA, coa), a
        assert a['ipv6.routing.type'] == '2', a
        assert a['ipv6.routing.len'] == '2', a
        assert a['ipv6.routing.segleft'] == '1', a
        assert a['ipv6.routing.mipv6.home_address'] == HOA, a
        assert a['mip6.ba.status'] == '0', a
        assert int(a['mip6.ba.seqnr']) in numbers, a
        assert not on(a['mip6.ba.k_flag']), a


def check_return(lab, when):
    wire = 'frame.interface_name == "home" && '
    updates = [u for u in lab.packets(wire + 'mip6.mhtype == 5', *UPDATE)
               if u['time'] > when]
    assert updates, 'no de-registration on the home link'
    for u in updates:
        assert (u['ipv6.src'], u['ipv6.dst']) == (HOA, HA), u
        assert not u['ipv6.opt.mipv6.home_address'], u
        assert on(u['mip6.bu.a_flag']) and on(u['mip6.bu.h_flag']), u
        assert u['mip6.bu.lifetime'] == '0', u
    answers = [a for a in lab.packets(wire + 'mip6.mhtype == 6', *ANSWER)
               if a['time'] > when]
    assert answers, 'the de-registration was not acknowledged'
    for a in answers:
        assert (a['ipv6.src'], a['ipv6.dst']) == (HA, HOA), a
        assert not a['ipv6.routing.type'], a
        assert (a['mip6.ba.status'], a['mip6.ba.lifetime']) == ('0', '0'), a


def on(flag):
    return flag in ('1', 'True', 'true')


def test_return_advertised(lab):
    """Back home, the node tells everybody with a neighbour advertisement
    and does no duplicate address detection for its home address.

    MN-98 MN-101 HA-71"""
    both(lab)
    hh = lab.node('hh')
    lab.move('mn', 'a')
    wait_bound(lab, A)
    assert hh.reaches(HOA, 3), 'the neighbour does not reach the absent node'
    when = lab.move('mn', 'home')
    wait_home(lab)
    mac = lab.node('mn').mac('eth0')
    lab.wait_packets('icmpv6.type == 136 && ipv6.dst == ff02::1 && '
                     'icmpv6.nd.na.target_address == %s && '
                     'icmpv6.opt.linkaddr == %s && icmpv6.nd.na.flag.o == 1 '
                     '&& icmpv6.nd.na.flag.s == 0' % (HOA, mac))
    assert hh.reaches(HOA, 3), 'the neighbour does not reach the node at home'
    # RFC 6275 11.5.5: the solicitation with the unspecified source that asks
    # for the agent's link-layer address is no DAD. The kernel's DAD has a
    # nonce (RFC 7527), as it had for the addresses on link A.
    probes = 'icmpv6.type == 135 && ipv6.src == :: && icmpv6.opt.type == 14'
    assert lab.packets(probes), 'DAD cannot be told from other probes'
    late = [p for p in lab.packets(
        probes + ' && icmpv6.nd.ns.target_address == ' + HOA)
        if p['time'] > when]
    assert not late, late


def test_neighbours(lab):
    """The agent answers for the absent node: to multicast and unicast
    solicitations, to somebody's DAD; and no more after the return.

    HA-56 HA-72 HA-76 HA-77 HA-81"""
    both(lab)
    hh, mac = lab.node('hh'), lab.node('ha').mac('eth0')
    lab.move('mn', 'a')
    wait_bound(lab, A)
    told = lab.wait_packets(
        'icmpv6.type == 136 && ipv6.src == %s && ipv6.dst == ff02::1 && '
        'icmpv6.nd.na.target_address == %s' % (HA, HOA),
        'icmpv6.nd.na.flag.r', 'icmpv6.nd.na.flag.s', 'icmpv6.nd.na.flag.o',
        'icmpv6.opt.linkaddr', 'ipv6.hlim')
    for na in told:
        assert not on(na['icmpv6.nd.na.flag.r']), na
        assert not on(na['icmpv6.nd.na.flag.s']), na
        assert on(na['icmpv6.nd.na.flag.o']), na
        assert na['icmpv6.opt.linkaddr'] == mac, na
        assert na['ipv6.hlim'] == '255', na
    hh.run('ip -6 neigh flush dev eth0')
    assert hh.reaches(HOA, 3), 'no answer through the proxy'
    lab.wait_packets('icmpv6.type == 136 && icmpv6.nd.na.target_address == '
                     '%s && icmpv6.nd.na.flag.s == 1 && '
                     'icmpv6.opt.linkaddr == %s' % (HOA, mac))
    check_unicast_probe(lab, hh, mac)
    check_defence(lab, hh)
    lab.move('mn', 'home')
    wait_home(lab)
    hh.run('ip -6 neigh flush dev eth0')
    assert hh.reaches(HOA, 3)
    entry = hh.ip('neigh show %s dev eth0' % HOA)[0]
    assert entry['lladdr'] == lab.node('mn').mac('eth0'), entry


def check_unicast_probe(lab, hh, mac):
    """What the neighbour's kernel does before its entry becomes FAILED."""
    answers = 'icmpv6.type == 136 && icmpv6.nd.na.target_address == %s && ' \
        'icmpv6.nd.na.flag.s == 1 && icmpv6.nd.na.flag.r == 0' % HOA
    before = len(lab.packets(answers))
    hh.run('ip -6 neigh change %s lladdr %s dev eth0 nud probe' % (HOA, mac))
    lab.wait_for(lambda: 'REACHABLE' in hh.ip('neigh show %s dev eth0'
                                              % HOA)[0]['state'], 15,
                 'the unicast probe is answered')
    lab.wait_packets(answers, count=before + 1)


def check_defence(lab, hh):
    """Somebody else tries to take the home address."""
    hh.run('ip -6 addr add %s/64 dev eth0' % HOA)
    lab.wait_for(lambda: 'dadfailed' in hh.run(
        'ip -6 addr show dev eth0 to %s' % HOA).out, 20,
        'the stranger finds the address in use')
    hh.run('ip -6 addr del %s/64 dev eth0' % HOA)
    assert HOA in bindings(lab)
    assert lab.node('cn').reaches(HOA, 3), CN
