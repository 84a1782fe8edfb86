# SPDX-License-Identifier: GPL-2.0-or-later
"""Signalling under ESP with keys that both ends were given: on the wire, and
what refuses whatever is not protected."""

import re

import wire
from ipsec import BUNDLE, IPSEC, KEYS, carry_keys, check_away, check_home, \
    clear_mh, generate, keys_of, protected, use_keys
from mip6 import A, B, CN, HA, HOA, HOA2, ask, bindings, both, bul, \
    correspondent, counters, home_agent, mobile_node, wait_bound, \
    wait_home, wait_optimised
from scapy.layers.inet6 import ICMPv6MPAdv, ICMPv6MPSol, \
    ICMPv6NDOptPrefixInfo, IPv6
from scapy.packet import Raw

DEADLINE = 300
STRANGER = '2001:db8:fb::2'     # rb's


def test_journey(lab):
    """Registration, handover and return: each Mobility Header between node
    and agent is ESP, in transport mode between home address and agent.

    SEC-1 SEC-3 SEC-8 SEC-9 SEC-10 HA-8 HA-15 MN-129"""
    keys = generate(lab)
    use_keys(lab, keys)
    both_under_ipsec(lab)
    for link, prefix in (('a', A), ('b', B)):
        lab.move('mn', link)
        coa = wait_bound(lab, prefix)
        check_away(lab, link, coa)
    when = lab.move('mn', 'home')
    wait_home(lab)
    check_home(lab, when)
    assert not clear_mh(lab), clear_mh(lab)[:3]


def both_under_ipsec(lab):
    carry_keys(lab)
    return both(lab, IPSEC)


# --- what is refused --------------------------------------------------------

def forger(lab, keys, use='to-agent', spoil=False):
    """rb has, of keys of the agent's, one: whatever it sends to the agent
    leaves with it, whoever it says it is."""
    by_use = {k[0]: k for k in keys}
    _use, spi, _cipher, ckey, _auth, akey = by_use[use]
    if spoil:
        akey = ('0' if akey[0] != '0' else '1') + akey[1:]
    no_forger(lab)
    rb = lab.node('rb')
    rb.run(['ip', 'xfrm', 'state', 'add', 'src', STRANGER, 'dst', HA,
            'proto', 'esp', 'spi', '0x%x' % spi, 'reqid', '1', 'mode',
            'transport', 'auth-trunc', 'hmac(sha256)', '0x' + akey, '128',
            'enc', 'cbc(aes)', '0x' + ckey])
    rb.run(['ip', 'xfrm', 'policy', 'add', 'src', '::/0', 'dst', HA + '/128',
            'dir', 'out', 'tmpl', 'src', '::', 'dst', '::', 'proto', 'esp',
            'reqid', '1', 'mode', 'transport'])


def no_forger(lab):
    lab.node('rb').run('ip xfrm state flush')
    lab.node('rb').run('ip xfrm policy flush')


def of_node(text, hoa):
    """The keys of one node in the agent's file."""
    for part in text.split('home = ')[1:]:
        if part.startswith('"%s"' % hoa):
            return keys_of(part)
    raise AssertionError(hoa + ' has no keys')


def steal(number, hoa):
    """A home registration of HOA at the stranger's address."""
    return wire.mh(STRANGER, HA, wire.update(number), hoa=hoa)


def drops(lab):
    return {k: v for k, v in counters(lab.node('ha')).items()
            if k.startswith('esp-')}


def refused(lab, packet, counter, before):
    """The packet is dropped and counted so, and nothing changes."""
    was = drops(lab)
    lab.node('rb').inject([packet])
    lab.wait_for(lambda: drops(lab)[counter] == was[counter] + 1, 20,
                 counter + ' is counted')
    now = drops(lab)
    assert all(now[k] == was[k] for k in now if k != counter), (was, now)
    after = {h: (b['care_of_address'], b['sequence'])
             for h, b in bindings(lab).items()}
    assert after == before, (before, after)


def test_refused(lab):
    """Cleartext, another node's keys, a wrong key, an unknown SPI, all from
    somebody who knows how: each is dropped, counted by its reason, and
    changes nothing. With the right keys the same packet is believed.

    SEC-3 SEC-5 SEC-13 SEC-14 SEC-15 HA-5 HA-6 HA-7 HA-9 HA-144
    MN-162"""
    keys = generate(lab, HOA, HOA2)
    carry_keys(lab)
    both(lab, IPSEC)
    lab.move('mn', 'a')
    wait_bound(lab, A)
    before = {h: (b['care_of_address'], b['sequence'])
              for h, b in bindings(lab).items()}
    seq = before[HOA][1]
    refused(lab, steal(seq + 9, HOA), 'esp-cleartext', before)
    forger(lab, of_node(keys, HOA2))
    refused(lab, steal(seq + 9, HOA), 'esp-foreign', before)
    forger(lab, of_node(keys, HOA), spoil=True)
    refused(lab, steal(seq + 9, HOA), 'esp-tampered', before)
    stranger = [(k[0], k[1] ^ 0x5a5a) + k[2:] for k in of_node(keys, HOA)]
    forger(lab, stranger)
    refused(lab, steal(seq + 9, HOA), 'esp-no-sa', before)
    forger(lab, of_node(keys, HOA2))
    lab.node('rb').inject([steal(7, HOA2)])
    lab.wait_for(lambda: HOA2 in bindings(lab), 30, 'the right keys')
    assert bindings(lab)[HOA2]['care_of_address'] == STRANGER
    check_prefixes(lab)
    check_answer(lab)


def solicitation(coa, hoa, number):
    body = bytes(IPv6(src=hoa, dst=HA) / ICMPv6MPSol(id=number))[40:]
    return wire.with_hao(coa, HA, hoa, 58) / Raw(body)


def check_prefixes(lab):
    """Asked by ESP, the agent answers by ESP; asked in clear, not at all."""
    keys = lab.node('ha').read(KEYS)
    use_keys(lab, keys)
    lab.node('ra').inject([solicitation(bindings(lab)[HOA]['care_of_address'],
                                        HOA, 0x6270)])
    lab.node('rb').inject([solicitation(STRANGER, HOA2, 0x6271)])
    found = lab.wait_for(lambda: protected(
        lab, 'icmpv6.type == 147 && icmpv6.mip6.identifier == 0x6271'), 30,
        'an advertisement in ESP')
    assert found[0]['ipv6.routing.mipv6.home_address'] == HOA2, found
    assert protected(lab, 'icmpv6.type == 146'), 'the forger was in clear'
    assert not lab.packets('icmpv6.type == 147 && '
                           'icmpv6.mip6.identifier == 0x6270')


def check_answer(lab):
    """The node takes no acknowledgement in clear."""
    entry = bul(lab)[HOA]
    was = counters(lab.node('mn'))
    refusal = bytes([59, 1, 6, 0, 0, 0, 129, 0]) + \
        entry['sequence'].to_bytes(2, 'big') + bytes([0, 0, 1, 2, 0, 0])
    no_forger(lab)
    lab.node('ra').inject([wire.mh(HA, entry['care_of_address'], refusal,
                                   rh2=HOA)])
    lab.wait_for(lambda: counters(lab.node('mn'))['esp-cleartext'] >
                 was['esp-cleartext'], 20, 'esp-cleartext is counted')
    assert counters(lab.node('mn'))['ba-in'] == was['ba-in']
    assert bul(lab)[HOA]['state'] == 'BOUND', bul(lab)


def advertisement(coa, valid, number=0):
    """Of the home prefix, as the agent sends it."""
    body = bytes(IPv6(src=HA, dst=HOA) / ICMPv6MPAdv(id=number) /
                 ICMPv6NDOptPrefixInfo(prefixlen=64, L=1, A=1, R=1, prefix=HA,
                                       validlifetime=valid,
                                       preferredlifetime=valid))[40:]
    return wire.with_rh2(HA, coa, HOA, 58) / Raw(body)


def test_advertisements(lab):
    """The node refuses a Mobile Prefix Advertisement in clear, which would
    have it ask; one by ESP that it did not ask for has it ask, and what comes
    back is taken.

    MN-71 MN-72 SEC-5 SEC-13"""
    keys = generate(lab)
    use_keys(lab, keys)
    both_under_ipsec(lab)
    mn = lab.node('mn')
    lab.move('mn', 'a')
    coa = wait_bound(lab, A)
    was = counters(mn)
    lab.node('ra').inject([advertisement(coa, 0), advertisement(coa, 4000)])
    lab.wait_for(lambda: counters(mn)['esp-cleartext'] ==
                 was['esp-cleartext'] + 2, 20, 'two in clear')
    now = counters(mn)
    assert now['mpa-in'] == was['mpa-in'], now
    assert now['mps-out'] == was['mps-out'], now
    # In the node's name the stranger has the agent say what it did not ask.
    forger(lab, of_node(keys, HOA))
    lab.node('rb').inject([solicitation(coa, HOA, 0x6272)])
    lab.wait_for(lambda: counters(mn)['mpa-in'] >= was['mpa-in'] + 2, 30,
                 'an answer to its own question')
    now = counters(mn)
    assert now['mpa-ignored'] == was['mpa-ignored'] + 1, now
    assert now['mps-out'] >= was['mps-out'] + 1, now
    told = protected(lab, 'icmpv6.type == 147', 'icmpv6.mip6.identifier')
    assert len({p['icmpv6.mip6.identifier'] for p in told}) == 2, told
    assert all(p['ipv6.routing.mipv6.home_address'] == HOA for p in told)
    no_forger(lab)


def test_replayed(lab):
    """There is no replay window with keys that stay: sequence numbers are
    remembered, when the binding has gone, when the agent has started anew, and
    when it was killed as soon as it had acknowledged; a node that goes on is
    told the number then, and is served.

    SEC-26"""
    keys = generate(lab)
    agent = home_agent(lab, changes=IPSEC)
    forger(lab, of_node(keys, HOA))
    old = steal(7, HOA)
    lab.node('rb').inject([old])
    lab.wait_for(lambda: HOA in bindings(lab), 30, 'a binding')
    lab.node('rb').inject([wire.mh(STRANGER, HA, wire.update(8, 0), hoa=HOA)])
    lab.wait_for(lambda: HOA not in bindings(lab), 30, 'its end')
    number = refusals(lab)
    lab.node('rb').inject([old])
    lab.wait_for(lambda: refusals(lab) == number + 1, 20, 'its refusal')
    agent.stop()
    agent = home_agent(lab, changes=IPSEC)
    lab.node('rb').inject([old])
    lab.wait_for(lambda: refusals(lab) == 1, 20, 'its refusal')
    assert HOA not in bindings(lab), 'replayed into being'
    lab.node('rb').inject([steal(9, HOA)])
    lab.wait_for(lambda: HOA in bindings(lab), 30, 'a newer one')
    stolen = steal(10, HOA)
    lab.node('rb').inject([stolen])
    lab.wait_for(lambda: bindings(lab)[HOA]['sequence'] == 10, 30,
                 'an acceptance')
    agent.kill()
    home_agent(lab, changes=IPSEC)
    lab.node('rb').inject([stolen])
    lab.wait_for(lambda: refusals(lab) == 1, 20, 'its refusal')
    assert HOA not in bindings(lab), 'replayed into being'
    lab.node('rb').inject([steal(40, HOA)])
    lab.wait_for(lambda: HOA in bindings(lab), 30, 'a newer one')
    no_forger(lab)


def refusals(lab):
    return counters(lab.node('ha'))['bu-refused']


# --- route optimisation, payload --------------------------------------------

def test_tests_in_tunnel(lab):
    """Home Test Init and Home Test are in ESP in tunnel mode, before and
    after a handover, by which no association gets a new number.

    SEC-4 SEC-11 SEC-12 SEC-16 SEC-18 SEC-19 SEC-20 SEC-27 HA-103 HA-104
    HA-105 HA-106 HA-107 MN-124"""
    keys = generate(lab)
    use_keys(lab, keys)
    carry_keys(lab)
    both(lab, IPSEC)
    correspondent(lab)
    spis = {k[0]: k[1] for k in of_node(keys, HOA)}
    ping = lab.node('mn').ping(CN, 0.5)
    for link, prefix in (('a', A), ('b', B)):
        when = lab.move('mn', link)
        coa = wait_bound(lab, prefix)
        assert wait_optimised(lab, CN, prefix, timeout=90) == coa
        if link == 'b':     # CN's token is still good; this one has none
            stranger = lab.node('mn').ping(STRANGER, 0.5)
            lab.wait_for(lambda: protected(
                lab, 'frame.interface_name == "b" && mip6.mhtype == 1'), 60,
                'a Home Test Init in ESP')
            stranger.stop()
        for kind, ends, use in ((1, (coa, HA), 'tunnel-to-agent'),
                                (3, (HA, coa), 'tunnel-from-agent')):
            if (link, kind) == ('b', 3):
                continue
            found = [p for p in protected(
                lab, 'frame.interface_name == "%s" && mip6.mhtype == %d'
                % (link, kind)) if p['time'] > when]
            assert found, 'no message of type %d in ESP on %s' % (kind, link)
            for p in found:
                outer = (p['ipv6.src'].split(',')[0],
                         p['ipv6.dst'].split(',')[0])
                assert outer == ends, p
                assert int(p['esp.spi'], 16) == spis[use], p
        # (An error quotes what it is about.)
        clear = lab.packets('frame.interface_name == "%s" && !esp && '
                            '!icmpv6 && (mip6.mhtype == 1 || '
                            'mip6.mhtype == 3)' % link)
        assert not clear, clear[:3]
    ping.stop()
    # In clear, by a tunnel of its own making: it goes nowhere.
    was = drops(lab)['esp-cleartext']
    test_init = bytes([59, 1, 1, 0, 0, 0, 0, 0]) + b'in clear'
    lab.node('rb').inject([wire.tunnelled(coa, HA,
                                          wire.mh(HOA, CN, test_init))])
    lab.wait_for(lambda: drops(lab)['esp-cleartext'] == was + 1, 20,
                 'esp-cleartext is counted')
    assert not lab.packets('mip6.hoti.cookie == 0x696e20636c656172 && '
                           'frame.interface_name == "c"')
    lab.move('mn', 'home')
    wait_home(lab)
    policies = lab.node('mn').run('ip xfrm policy').out
    assert 'mode tunnel' not in policies, policies
    assert lab.node('mn').reaches(CN, 5)


def test_all(lab):
    """All that is in the tunnel is in ESP, over a handover; a reverse tunnel
    without it is refused.

    SEC-6 SEC-21 HA-92 HA-101"""
    every = IPSEC + (('home-agent = {', 'ipsec = { protect = "all"; };\n'
                      'home-agent = {'),)
    own = IPSEC + (('mobile-node = {', 'ipsec = { protect = "all"; };\n'
                    'mobile-node = {\n route-optimisation = false;'),)
    use_keys(lab, generate(lab))
    carry_keys(lab)
    home_agent(lab, changes=every)
    mobile_node(lab, changes=own)
    wait_home(lab)
    ping = lab.node('cn').ping(HOA, 0.1)
    for link, prefix in (('a', A), ('b', B)):
        lab.move('mn', link)
        coa = wait_bound(lab, prefix)
        ping.wait_replies(20, 60)
        inside = protected(lab, 'frame.interface_name == "%s" && '
                           'icmpv6.type == 129 && ipv6.dst == %s'
                           % (link, CN))
        assert inside, 'no echo reply in ESP on ' + link
        clear = lab.packets('frame.interface_name == "%s" && !esp && '
                            'ipv6.addr == %s' % (link, HOA))
        assert not clear, clear[:3]
    was = drops(lab)['esp-cleartext']
    lab.node('rb').inject([wire.tunnelled(coa, HA, wire.echo(HOA, CN, 62750))])
    lab.wait_for(lambda: drops(lab)['esp-cleartext'] == was + 1, 20,
                 'esp-cleartext is counted')
    assert not lab.packets('icmpv6.echo.sequence_number == 62750 && '
                           'frame.interface_name == "c"')
    lab.move('mn', 'home')
    wait_home(lab)
    ping.wait_replies(10, 60)
    ping.stop()


def test_one_node_differs(lab):
    """All of one node's tunnel is in ESP, of the other's its tests only, as
    the file of keys says at both ends.

    HA-108"""
    own = IPSEC + (('mobile-node = {', 'mobile-node = {\n'
                    ' route-optimisation = false;'),)
    use_keys(lab, generate(lab, HOA, HOA2))
    ha, mn = lab.node('ha'), lab.node('mn')
    carry_keys(lab)
    carry_keys(lab, HOA2, 'hh')
    for node in ha, mn:
        text = node.read(KEYS)
        changed = re.sub(r'(home = "%s";)' % HOA, r'\1 protect = "all";', text)
        assert changed.count('protect') == 1, text[:300]
        node.write(KEYS, changed, mode=0o600)
    home_agent(lab, changes=IPSEC)
    lab.move('mn', 'a')
    lab.move('hh', 'b')
    mobile_node(lab, changes=own)
    mobile_node(lab, node='hh', changes=own + ((HOA, HOA2),))
    lab.wait_for(lambda: {b['state'] for b in bindings(lab).values()} ==
                 {'ACTIVE'} and len(bindings(lab)) == 2, 60, 'two bindings')
    for hoa, link, is_all in ((HOA, 'a', True), (HOA2, 'b', False)):
        assert lab.node('cn').reaches(hoa, 5)
        wire_of = 'frame.interface_name == "%s" && ipv6.addr == %s && ' \
            'icmpv6.type == 129' % (link, hoa)
        lab.wait_packets(wire_of)
        found = lab.packets(wire_of, 'esp.spi')
        assert all(bool(p['esp.spi']) == is_all for p in found), found[:3]
    assert not clear_mh(lab), clear_mh(lab)[:3]


# --- restarts, other keys ---------------------------------------------------

def test_restarts(lab):
    """Each end is killed and starts anew with the keys that it had; what was
    left is cleaned up and nothing is in clear.

    SEC-1 SEC-29"""
    use_keys(lab, generate(lab))
    carry_keys(lab)
    agent, node = both(lab, IPSEC)
    lab.move('mn', 'a')
    wait_bound(lab, A)
    agent.kill()
    agent = home_agent(lab, changes=IPSEC)
    lab.move('mn', 'b')
    wait_bound(lab, B, timeout=120)
    node.kill()
    node = mobile_node(lab, changes=IPSEC)
    wait_bound(lab, B, timeout=120)
    assert thresholds(lab) == (0, 128), 'policies of tunnels are not hashed'
    lab.wait_for(lambda: lab.node('cn').reaches(HOA, 5), 30, HOA)
    assert not clear_mh(lab), clear_mh(lab)[:3]
    assert node.stop() == 0 and agent.stop() == 0
    for name in ('ha', 'mn'):
        left = lab.node(name).run('ip xfrm state').out + \
            lab.node(name).run('ip xfrm policy').out
        assert 'esp' not in left, left
    assert thresholds(lab) == (128, 128), 'not given back'


def thresholds(lab):
    """From how many bits on the agent's kernel hashes a policy's local and
    remote address."""
    said = lab.node('ha').run('ip -s -s xfrm policy count').out
    return tuple(int(n) for n in re.search(
        r'IPv6 thresholds:\s*local (\d+) remote (\d+)', said).groups())


def test_other_keys(lab):
    """Keys roll over while the node is away and keeps its binding."""
    use_keys(lab, generate(lab))
    carry_keys(lab)
    agent, node = both(lab, IPSEC)
    ha = lab.node('ha')
    lab.move('mn', 'a')
    wait_bound(lab, A)
    for step in ('rotate', 'finish'):
        ha.run(['mip6d-ctl', 'sa', step])
        use_keys(lab, ha.read(KEYS))
        for program in (agent, node):
            if program is node:
                carry_keys(lab)
            said = program.log().count('is in force')
            program.signal(1)
            lab.wait_for(lambda: program.log().count('is in force') > said,
                         20, 'the reload')
        number = bul(lab)[HOA]['sequence']
        link, prefix = ('b', B) if step == 'rotate' else ('a', A)
        lab.move('mn', link)
        wait_bound(lab, prefix)
        assert bul(lab)[HOA]['sequence'] != number
    newest = {k[1] for k in keys_of(ha.read(KEYS))}
    last = protected(lab, 'mip6.mhtype == 5 || mip6.mhtype == 6')[-2:]
    assert all(int(p['esp.spi'], 16) in newest for p in last), last
    # Entries that were lost would begin to count anew.
    assert bindings(lab)[HOA]['moves'] == 2, bindings(lab)[HOA]
    assert not clear_mh(lab), clear_mh(lab)[:3]
    shown = ha.run('mip6d-ctl sa show').out
    for _use, _spi, _cipher, ckey, _auth, akey in keys_of(ha.read(KEYS)):
        assert ckey not in shown and akey not in shown, shown
    mode = ha.run(['stat', '-c', '%a', KEYS,
                   BUNDLE % HOA.replace(':', '-')]).out.split()
    assert mode == ['600', '600'], mode


def test_without_keys(lab):
    """Whoever has no keys hears what to run, and nothing starts."""
    done = lab.node('ha')
    done.write('/etc/mip6d.conf', 'home-agent = { links = ( { interface = '
               '"eth0"; prefix = "2001:db8:1::/64"; address = "%s"; } ); };'
               % HA)
    said = done.run('mip6d -c /etc/mip6d.conf', check=False)
    assert said.status == 1, said.status
    assert 'mip6d-ctl sa generate %s' % HA in said.err + said.out, said.err
    done.run(['mip6d-ctl', 'sa', 'generate', HA, HOA])
    done.run(['chmod', '644', KEYS])
    said = done.run('mip6d -t -c /etc/mip6d.conf', check=False)
    assert said.status == 1 and 'chmod 600' in said.err, said.err
    done.run(['chmod', '600', KEYS])
    done.run('mip6d -t -c /etc/mip6d.conf')
    assert ask(done, 'status', check=False) is None
