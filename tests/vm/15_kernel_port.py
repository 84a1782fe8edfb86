# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel port by itself, without daemon: tests/kernel/kernel_driver gives
its requests, iproute2 and packets judge what the kernel then has."""

import os

from mip6 import CN, HA, HOA

DEADLINE = 240

COA_A, COA_B = '2001:db8:a::100', '2001:db8:b::100'
ROUTER_A, ROUTER_B = 'fe80::ff:fe00:301', 'fe80::ff:fe00:401'
WITHOUT_BPF = ['setpriv', '--bounding-set', '-bpf,-sys_admin,-perfmon']


class Driver:
    """One driver on a node; each request is followed to its answer."""

    def __init__(self, lab, node, around=()):
        program = os.path.join(lab.builddir, 'tests/kernel/kernel_driver')
        self.stream = lab.node(node).stream(list(around) + [program])
        self.done = 0
        self.tell('watch')
        self.stream.wait_line('^synced')

    def tell(self, line):
        self.stream.write((line + '\n').encode())

    def call(self, line):
        """A request that is answered by "WORD: result"."""
        start = len(self.stream.lines)
        self.tell(line)
        found = self.stream.wait_line('^%s: (.*)' % line.split()[0],
                                      start=start)
        assert found.group(1) == 'ok', found.group(0)

    def ask(self, line):
        """A request that is answered by an event; its result."""
        self.tell(line)
        self.done += 1
        return self.stream.wait_line(r'^done %d \S+ (.*)'
                                     % self.done).group(1)

    def do(self, line):
        result = self.ask(line)
        assert result == 'ok', '%s: %s' % (line, result)

    def quit(self):
        self.tell('quit')
        assert self.stream.wait() == 0


def agent(lab, around=()):
    d = Driver(lab, 'ha', around)
    d.call('ha-start')
    d.call('home-link if=eth0')
    return d


def binding(verb, coa, old=None, hoa=HOA, link='if=eth0'):
    return 'binding-%s hoa=%s coa=%s ha=%s %s%s' % (
        verb, hoa, coa, HA, link, ' old=' + old if old else '')


def node(lab, options=''):
    """The mobile node's driver; its care-of addresses are there, on an
    interface each."""
    lab.move('mn.eth0', 'a')
    lab.move('mn.eth1', 'b')
    mn = lab.node('mn')
    mn.sysctl('net.ipv6.conf.eth1.accept_ra', '0')
    mn.sysctl('net.ipv6.conf.eth0.accept_ra', '0')
    mn.sh('ip -6 addr flush scope global; ip -6 route flush proto ra;'
          'ip -6 addr add %s/64 dev eth0 nodad;'
          'ip -6 addr add %s/64 dev eth1 nodad;'
          'ip -6 route add default via %s dev eth0'
          % (COA_A, COA_B, ROUTER_A))
    lab.excuse_leftovers('.')       # of what the lab configured before
    d = Driver(lab, 'mn')
    d.call('mn-start ' + options)
    return d


def away(coa, iface, router, hoa=HOA, index=0):
    return ('mn-home index=%d place=away hoa=%s ha=%s coa=%s coa-if=%s '
            'router=%s' % (index, hoa, HA, coa, iface, router))


def ours(lab, name):
    """What carries a tag of ours."""
    out = lab.node(name).sh(
        'ip -6 route show table all; ip -6 rule; ip xfrm policy; '
        'ip xfrm state; ip -6 neigh show proxy; ip link; ip -6 addr; '
        'tc qdisc show').out
    return [line for line in out.splitlines()
            if any(w in line for w in (HOA, 'mip6', 'proto 135', 'proto 136',
                                       'reqid 135', 'clsact'))]


def check_agent(lab, a, filter_kind):
    """One binding, its move and its end, by what gets through."""
    ha, hh, cn = lab.node('ha'), lab.node('hh'), lab.node('cn')
    a.do(binding('add', COA_A))
    n = node(lab)
    n.do(away(COA_A, 'eth0', ROUTER_A))
    assert filter_kind in ha.run('tc filter show dev mip6ha ingress').out
    assert filter_kind in ha.run('tc filter show dev eth0 ingress').out
    assert cn.reaches(HOA, 3) and lab.node('mn').reaches(CN, 3)
    assert hh.reaches(HOA, 3)
    # A unicast probe of a neighbour is answered.
    hh.run('ip -6 neigh change %s dev eth0 lladdr %s nud probe'
           % (HOA, lab.node('ha').mac('eth0')))
    lab.wait_for(lambda: 'REACHABLE' in hh.run(
        'ip -6 neigh show %s' % HOA).out, 20, 'the probe is answered')
    # Another source in the tunnel is dropped, and so is another end.
    mn = lab.node('mn')
    mn.sh('ip -6 addr add 2001:db8:1::666/128 dev lo nodad; '
          'ip -6 rule add pref 900 from 2001:db8:1::666 lookup 1000')
    assert not mn.reaches(CN, 2, source='2001:db8:1::666')
    mn.sh('ip -6 rule del pref 900; '
          'ip -6 addr del 2001:db8:1::666/128 dev lo')
    n.do(away(COA_B, 'eth1', ROUTER_B))
    assert not mn.reaches(CN, 2), 'the agent has the old address still'
    a.do(binding('add', COA_B, old=COA_A))
    assert cn.reaches(HOA, 3) and mn.reaches(CN, 3)
    a.do(binding('del', COA_B))
    assert not mn.reaches(CN, 2), 'there is no binding'
    n.quit()
    a.quit()
    assert not ours(lab, 'mn') and not ours(lab, 'ha')


def test_agent(lab):
    """The pair check and the answer to unicast probes, by BPF.

    HA-97 HA-98 HA-99 HA-100 HA-102"""
    check_agent(lab, agent(lab), 'bpf')


def test_agent_without_bpf(lab):
    """The same by flower filters, where bpf(2) is refused.

    HA-97 HA-98 HA-99 HA-100 HA-102"""
    check_agent(lab, agent(lab, WITHOUT_BPF), 'flower')


def test_agent_many(lab):
    """A thousand bindings in one turn: added, moved, removed; one that the
    kernel refuses leaves nothing."""
    a, ha = agent(lab), lab.node('ha')
    many = 'burst n=1000 hoa=2001:db8:1:0:1:: ha=%s if=eth0 ' % HA
    a.tell('quiet')
    for i, words in enumerate(('coa=2001:db8:a::',
                               'coa=2001:db8:b:: old=2001:db8:a::',
                               'coa=2001:db8:b:: del=1'), 1):
        a.tell(many + words)
        a.tell('wait')
        a.stream.wait_line('^all %d done, 0 failed' % (i * 1000), 60)
        routes = ha.run('ip -6 route show dev mip6ha').out
        assert routes.count('encap') == (1000 if i < 3 else 0)
    a.tell('quiet off=1')
    a.done = 3000
    # An interface without IPv6 takes no proxy entry.
    ha.run('ip link set eth0 mtu 1200')
    assert a.ask(binding('add', COA_A)) != 'ok'
    assert HOA not in ha.run('ip -6 route').out
    ha.run('ip link set eth0 mtu 1500')
    lab.excuse_leftovers('.')       # the addresses went with IPv6
    a.quit()
    assert not ours(lab, 'ha')


def test_killed(lab):
    """What killed runs left goes at the next start, at both ends.  HA-82"""
    a, n = agent(lab), node(lab, 'rules=direct,2001:db8:c::/64')
    a.do(binding('add', COA_A))
    n.do(away(COA_A, 'eth0', ROUTER_A))
    a.stream.stop(9)
    n.stream.stop(9)
    assert ours(lab, 'ha') and ours(lab, 'mn')
    a, n = Driver(lab, 'ha'), Driver(lab, 'mn')
    a.call('ha-start')
    n.call('mn-start')
    for name in 'ha', 'mn':
        assert not [x for x in ours(lab, name) if HOA in x]
    assert 'proxy' not in lab.node('ha').run('ip -6 neigh show proxy').out
    a.quit()
    n.quit()
    assert not ours(lab, 'ha') and not ours(lab, 'mn')
    assert lab.node('ha').sysctl('net.ipv6.neigh.eth0.proxy_delay') != '0'


def route(lab, words):
    return lab.node('mn').run('ip -6 route get ' + words).out


def test_nothing_leaks(lab):
    """Where traffic of every kind goes while away: no on-link prefix and no
    default route of an earlier link catches the home address's."""
    n, mn = node(lab), lab.node('mn')
    mn.sh('ip -6 route add 2001:db8:1::/64 dev eth0;'
          'ip -6 route add 2001:db8:c::/64 dev eth0')
    n.do(away(COA_B, 'eth1', ROUTER_B))
    by_tunnel = 'from %s dev mip6mn0' % HOA
    for target in CN, HA, '2001:db8:a::1', '2001:db8:b::1', '2001:db8:9::9':
        assert by_tunnel in route(lab, target)
        assert by_tunnel in route(lab, target + ' from ' + HOA)
        assert 'via %s dev eth1' % ROUTER_B in \
            route(lab, target + ' from ' + COA_B)
        # Bound to the interface: natively, and not as the home address.
        out = route(lab, target + ' oif eth1')
        assert 'dev eth1' in out and 'src ' + COA_B in out, out
    assert 'dev eth0' in route(lab, 'fe80::1 oif eth0')
    assert 'mip6mn' not in route(lab, 'ff02::1234 oif eth1')
    assert 'mip6mn' not in route(lab, 'ff02::1234')
    # The tunnel is down: nothing of the home address leaves by another way.
    mn.run('ip link set mip6mn0 down')
    mn.run('ip -6 addr add %s/128 dev lo nodad' % HOA)
    out = mn.run('ip -6 route get %s from %s' % (CN, HOA), check=False)
    assert 'eth' not in out.out, out.out
    n.quit()
    mn.run('ip -6 addr del %s/128 dev lo' % HOA)
    assert not ours(lab, 'mn')


def test_direct(lab):
    """Destinations that are never tunnelled: new connections take the
    care-of address, the home address's own stay in the tunnel."""
    n = node(lab, 'rules=direct,2001:db8:c::/64')
    n.do(away(COA_A, 'eth0', ROUTER_A))
    out = route(lab, CN)
    assert 'via %s dev eth0' % ROUTER_A in out and 'src ' + COA_A in out, out
    assert 'dev mip6mn0' in route(lab, CN + ' from ' + HOA)
    assert 'dev mip6mn0' in route(lab, '2001:db8:9::9')
    n.quit()


def tunnels(lab):
    out = lab.node('mn').run('ip -br -6 link show type ip6tnl').out
    return {line.split('@')[0]: line.split()[2]
            for line in out.splitlines() if line.startswith('mip6mn')}


def test_several_home_addresses(lab):
    """They share a device where both ends are the same; a device moves, and
    is made or goes only where they part or come together."""
    n, mn = node(lab), lab.node('mn')
    first, second, third = HOA, '2001:db8:1::101', '2001:db8:1::102'
    n.do(away(COA_A, 'eth0', ROUTER_A, first, 0))
    n.do(away(COA_A, 'eth0', ROUTER_A, second, 1))
    n.do(away(COA_B, 'eth1', ROUTER_B, third, 2))
    assert sorted(v for k, v in tunnels(lab).items() if 'r' not in k) == \
        [COA_A, COA_B]
    before = mn.run('ip -br link show dev mip6mn0').out.split()[0]
    for i, hoa in enumerate((first, second, third)):
        n.tell(away(COA_A, 'eth0', ROUTER_A, hoa, i))
    n.done += 3
    n.stream.wait_line('^done %d .* ok' % n.done)
    assert [v for k, v in tunnels(lab).items() if 'r' not in k] == [COA_A]
    for hoa in first, second, third:
        assert 'from ' + hoa in route(lab, CN + ' from ' + hoa)
        assert 'dev mip6mn0' in route(lab, CN + ' from ' + hoa)
    assert mn.run('ip -br link show dev mip6mn0').out.split()[0] == before
    n.quit()
    assert not ours(lab, 'mn')


def test_refused(lab):
    """A request that fails half way is undone; a device that somebody
    deleted comes back with the next request."""
    n, mn = node(lab), lab.node('mn')
    n.do(away(COA_A, 'eth0', ROUTER_A))
    before = ours(lab, 'mn')
    assert n.ask(away(COA_B, 'eth1', '2001:db8:99::1')) != 'ok'
    lab.wait_for(lambda: ours(lab, 'mn') == before, 10, 'all as before')
    mn.run('ip link del mip6mn0')
    n.do(away(COA_A, 'eth0', ROUTER_A))
    assert 'dev mip6mn' in route(lab, CN)
    n.quit()
    assert not ours(lab, 'mn')


def test_home(lab):
    """Returning home: a deaf home address on the home link gives way; one
    that works stays, and stays its owner's."""
    n, mn = node(lab), lab.node('mn')
    n.do(away(COA_B, 'eth1', ROUTER_B))
    hh = lab.node('hh')
    hh.run('ip -6 addr add %s/64 dev eth0 nodad' % HOA)
    lab.move('mn.eth0', 'home')
    mn.run('ip -6 addr add %s/64 dev eth0' % HOA)
    lab.wait_for(lambda: 'dadfailed' in mn.run(
        'ip -6 addr show dev eth0').out, 20, 'the duplicate is found')
    hh.run('ip -6 addr del %s/64 dev eth0' % HOA)
    back = 'hoa=%s ha=%s coa=%s coa-if=eth1 home-if=eth0 plen=64 ' \
        'home-router=%s' % (HOA, HA, COA_B, lab.node('ha').link_local('eth0'))
    n.do('mn-home place=returning ' + back)
    out = mn.run('ip -6 addr show dev eth0').out
    assert 'dadfailed' not in out and HOA + '/128' in out, out
    assert mn.reaches(HA, 3, source=HOA), 'it is deaf still'
    assert 'mip6mn0' in tunnels(lab), 'what is under way is not received'
    assert not mn.run('ip xfrm policy').out.count('proto hao')
    n.do('mn-home place=home ' + back)
    assert not tunnels(lab)
    assert mn.reaches(CN, 3, source=HOA)
    n.do('mn-home place=none hoa=' + HOA)
    assert HOA not in mn.run('ip -6 addr').out
    mn.run('ip -6 addr add %s/64 dev eth0 nodad' % HOA)
    n.do('mn-home place=home ' + back)
    n.quit()
    assert HOA + '/64' in mn.run('ip -6 addr show dev eth0').out
    mn.run('ip -6 addr del %s/64 dev eth0' % HOA)
