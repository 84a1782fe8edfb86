# SPDX-License-Identifier: GPL-2.0-or-later
"""mip6d-ctl doctor: what is broken on purpose is named, one thing at a time,
with what to do, and what is well again is not."""

import json

from ipsec import IPSEC, KEYS, carry_keys, generate
from mip6 import A, CONF, HA, HOA, bul, care_of, home_agent, mobile_node, \
    wait_bound
from scapy.all import Ether, ICMPv6ND_RA, IPv6

DEADLINE = 300
STATUS = {'ok': 0, 'warning': 1, 'wrong': 2}


def doctor(node):
    """{check: [(result, found)]} of what is not well."""
    done = node.run('mip6d-ctl --json doctor', check=False)
    reply = json.loads(done.out)
    results = [c['result'] for c in reply['checks']]
    worst = max(results, key=STATUS.get)
    assert done.status == STATUS[worst] and reply['result'] == worst, done
    found = {}
    for c in reply['checks']:
        assert (c['result'] == 'ok') == (c['advice'] is None), c
        if c['result'] != 'ok':
            found.setdefault(c['check'], []).append((c['result'], c['found']))
    return found


def wait_only(lab, node, *checks):
    """Until these are not well, and nothing else; what they say."""
    last = {}

    def only():
        last['found'] = doctor(node)
        return set(last['found']) == set(checks)
    try:
        lab.wait_for(only, 60, 'only %s not well' % (checks,))
    except AssertionError as e:
        raise AssertionError('%s: %s' % (e, last.get('found')))
    return last['found']


def breaks(lab, node, usual, check, result, text, do, undo):
    """DO makes CHECK say TEXT, UNDO makes it well."""
    node.sh(do)
    found = wait_only(lab, node, check, *usual)[check]
    assert any(r == result and text in said for r, said in found), found
    said = node.run('mip6d-ctl doctor', check=False)
    assert text in said.out and said.status == max(
        [STATUS[result]] + [1 for _ in usual]), said.out
    if undo:
        node.sh(undo)
        wait_only(lab, node, *usual)


def usual_of(lab, node):
    """What this lab never has as it should be: no protection, and perhaps
    no user of mip6d's own."""
    found = doctor(node)
    return ['security'] + (['process'] if 'process' in found else [])


AGENT = (
    ('forwarding', 'wrong', 'forwarding of all is off',
     'sysctl -qw net.ipv6.conf.all.forwarding=0; '
     'ip -6 route replace default via 2001:db8:f1::1',
     'sysctl -qw net.ipv6.conf.all.forwarding=1'),
    ('proxy-ndp', 'wrong', 'proxy_ndp of eth0 is off',
     'sysctl -qw net.ipv6.conf.eth0.proxy_ndp=0',
     'sysctl -qw net.ipv6.conf.eth0.proxy_ndp=1'),
    ('default-route', 'warning', 'no default route',
     'ip -6 route del default',
     'ip -6 route add default via 2001:db8:f1::1'),
    ('policies', 'wrong', 'priority 500 blocks Mobility Headers',
     'ip xfrm policy add src ::/0 dst 2001:db8:1::/64 proto 135 dir in '
     'action block priority 500',
     'ip xfrm policy del src ::/0 dst 2001:db8:1::/64 proto 135 dir in'),
    ('home-links', 'wrong', 'no interface has the home agent\'s address ' + HA,
     'ip -6 addr del %s/64 dev eth0' % HA,
     'ip -6 addr add %s/64 dev eth0 nodad' % HA),
)


def test_agent(lab):
    """A home agent whose surroundings are changed: each change is named."""
    agent = home_agent(lab)
    ha = lab.node('ha')
    usual = usual_of(lab, ha)
    found = wait_only(lab, ha, *usual)
    assert '2001:db8:1::/64' in found['security'][0][1], found
    for case in AGENT:
        breaks(lab, ha, usual, *case)
    bad = Ether(src='02:00:00:00:99:01', dst='33:33:00:00:00:01') / \
        IPv6(src='fe80::bad', dst='ff02::1', hlim=64) / ICMPv6ND_RA()
    lab.node('hh').inject([bad] * 3, iface='eth0')
    lab.wait_for(lambda: 'drops' in doctor(ha), 30, 'forgeries are named')
    wait_only(lab, ha, *usual)      # it was told once
    breaks(lab, ha, usual, 'kernel', 'wrong', 'policies are not in the kernel',
           'ip xfrm policy flush ptype sub; ip xfrm policy flush', None)
    assert agent.stop() == 0


def test_node(lab):
    """A mobile node that nobody answers, whose rules go, which others' rules
    precede, whose interface forms no address."""
    lab.move('mn', 'a')
    mn = lab.node('mn')
    node = mobile_node(lab)
    lab.wait_for(lambda: any(
        'has not answered' in said and r == 'wrong'
        for r, said in doctor(mn).get('registration', ())), 60, 'silence')
    home_agent(lab)
    wait_bound(lab, A)
    usual = usual_of(lab, mn)
    wait_only(lab, mn, *usual)
    breaks(lab, mn, usual, 'rules', 'warning', 'routing rule 500 (table 77)',
           'ip -6 rule add pref 500 lookup 77',
           'ip -6 rule del pref 500')
    table = mn.sh('ip -6 rule show pref 1003').out.split('lookup ')[1].split()
    breaks(lab, mn, usual, 'rules', 'wrong', '%s are gone' % HOA,
           'ip -6 rule del pref 1000; ip -6 rule del pref 1003',
           'for p in 1000 1003; do ip -6 rule add pref $p from %s lookup %s '
           'proto 136; done' % (HOA, table[0]))
    mn.sysctl('net.ipv6.conf.eth0.accept_ra', '0')
    lab.move('mn', 'b')
    found = lab.wait_for(lambda: doctor(mn).get('interfaces'), 60, 'no address')
    assert ('wrong', 'eth0 forms no address: accept_ra is 0') in found, found
    mn.sysctl('net.ipv6.conf.eth0.accept_ra', '1')
    lab.wait_for(lambda: care_of(lab)[HOA]['care_of_address'] and
                 bul(lab)[HOA]['state'] == 'BOUND', 60, 'registered again')
    wait_only(lab, mn, *usual)
    assert node.stop() == 0


def test_keys(lab):
    """Under ESP: keys that others can read, a state directory that is gone,
    policies that somebody flushed."""
    generate(lab)
    carry_keys(lab)
    agent = home_agent(lab, changes=IPSEC)
    ha = lab.node('ha')
    usual = [c for c in usual_of(lab, ha) if c != 'security']
    wait_only(lab, ha, *usual)
    breaks(lab, ha, usual, 'keys', 'wrong', 'mode 0644', 'chmod 644 ' + KEYS,
           'chmod 600 ' + KEYS)
    breaks(lab, ha, usual, 'state-directory', 'wrong', 'is missing',
           'mv /var/lib/mip6d /var/lib/away', 'mv /var/lib/away /var/lib/mip6d')
    breaks(lab, ha, usual, 'kernel', 'wrong', 'not protected',
           'ip xfrm policy flush ptype main', None)
    assert agent.stop() == 0


def test_alone(lab):
    """Without a daemon: that, what is wrong in the configuration, and what
    the kernel has."""
    ha = lab.node('ha')
    ha.write(CONF, 'log-level = "loud";\nhome-agent = { tunnel-mtu = 1; };\n')
    found = doctor(ha)
    assert 'no mip6d listens' in found['daemon'][0][1], found
    assert [r for r, _ in found['configuration']] == ['wrong'] * 3, found
    assert 'mip6d.conf:1: found log-level = "loud"' in \
        found['configuration'][0][1], found
    ha.write(CONF, 'correspondent = { };\n')
    assert list(doctor(ha)) == ['daemon']
    said = ha.run('mip6d-ctl doctor', check=False)
    assert said.status == 2 and '1 wrong, 0 to be looked at, 2 well' in \
        said.out, said.out
    ha.run(['rm', CONF])
    assert ('wrong', CONF + ' cannot be used') in \
        doctor(ha)['configuration']
