# SPDX-License-Identifier: GPL-2.0-or-later
"""Registrations protected by authentication options (RFC 4283, RFC 4285): the
example configuration on a whole journey and over restarts, and whatever a
forger without the key, or with an old message, can try. What is on the wire
is verified with Python's own HMAC."""

import hashlib
import hmac
import ipaddress
import os
import time

import wire
from mip6 import A, B, HA, HOA, TREE, ask, bindings, bul, counters, daemon, \
    example, wait_bound, wait_home

DEADLINE = 240
KEYS = '/etc/mip6d/authentication.keys'
NAI = b'alice@example.org'
KEY = bytes.fromhex('e1b0c44298fc1c149afbf4c8996fb924')
SPI = 1000
STRANGER = '2001:db8:fb::2'     # rb's
# Each message between node and agent is on one of these once.
WIRE = '(frame.interface_name == "t-ha" || frame.interface_name == "home")' \
    ' && !icmpv6 && '
NTP_1970 = 2208988800


# --- the two ends -----------------------------------------------------------

def keys_text():
    with open(os.path.join(TREE, 'etc/examples/rfc4285/authentication.keys'),
              encoding='utf-8') as f:
        return f.read()


def agent_with_keys(lab, changes=()):
    text = keys_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    lab.node('ha').write(KEYS, text, 0o600)
    return daemon(lab, 'ha', example('rfc4285/home-agent'))


def node_with_keys(lab, changes=(), conf=()):
    text = keys_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    lab.node('mn').write(KEYS, text, 0o600)
    return daemon(lab, 'mn', example('rfc4285/mobile-node'), conf)


# --- what is on the wire ----------------------------------------------------

def packed(address):
    return ipaddress.IPv6Address(address).packed


def mac(coa, hoa, octets, key=KEY):
    """First (96, HMAC_SHA1 (key, care-of address | home address | MH Data));
    OCTETS with checksum 0, up to and with the SPI."""
    return hmac.new(key, packed(coa) + packed(hoa) + octets,
                    hashlib.sha1).digest()[:12]


def options(octets):
    """[(type, content, offset of the content)] of a Binding Update or
    Acknowledgement."""
    found, at = [], 12
    while at < len(octets):
        if octets[at] == 0:
            at += 1
            continue
        length = octets[at + 1]
        found.append((octets[at], octets[at + 2:at + 2 + length], at + 2))
        at += 2 + length
    return [o for o in found if o[0] != 1]


def messages(lab, kind):
    """Mobility Headers of KIND (5 or 6) between node and agent, in their
    order: (octets, care-of address)."""
    from scapy.all import IPv6, rdpcap     # slow to import
    heads = {p['number']: p for p in lab.packets(
        WIRE + 'mip6.mhtype == %d' % kind, 'mip6.hlen')}
    found = []
    if not heads:
        return found
    for number, packet in enumerate(rdpcap(lab.capture_all.path), 1):
        if number in heads:
            length = (int(heads[number]['mip6.hlen']) + 1) * 8
            octets = bytes(packet[IPv6])[:40 + packet[IPv6].plen][-length:]
            coa = packet[IPv6].src if kind == 5 else packet[IPv6].dst
            found.append((octets, coa))
    return found


def stamp_of(octets):
    return next(int.from_bytes(c, 'big') for t, c, _ in options(octets)
                if t == 10)


def is_signed(octets, coa, key=KEY):
    """The name first, MN-HA last, its data right."""
    opts = options(octets)
    last, content, at = opts[-1]
    named = [c for t, c, _ in opts if t == 8]
    clear = octets[:4] + b'\0\0' + octets[6:at + 5]
    alternate = [ipaddress.IPv6Address(c) for t, c, _ in opts if t == 3]
    return last == 9 and named == [b'\1' + NAI] and \
        content[:5] == b'\1' + SPI.to_bytes(4, 'big') and \
        at + len(content) == len(octets) and \
        content[5:] == mac(alternate[0] if alternate else coa, HOA, clear,
                           key)


def pad(octets, place):
    """Padding up to 8n + PLACE."""
    return octets + bytes((place - len(octets)) % 8)


def stamp(ahead=0):
    now = time.time() + ahead
    return int((now + NTP_1970) * 2 ** 32)


def signed(head, coa, when, kind=1, key=KEY, nai=NAI):
    """HEAD (12 octets and more) with name, timestamp and authentication of
    KIND; WHEN None: no timestamp."""
    octets = head + bytes([8, len(nai) + 1, 1]) + nai if nai else head
    if when is not None:
        octets = pad(octets, 2) + bytes([10, 8]) + when.to_bytes(8, 'big')
    octets = pad(octets, 5) + bytes([9, 17, kind]) + SPI.to_bytes(4, 'big')
    octets = octets[:1] + bytes([(len(octets) + 12) // 8 - 1]) + octets[2:]
    return octets + mac(coa, HOA, octets, key)


def update(coa, when, number=1, lifetime=60, **how):
    """A Binding Update of HOA from COA."""
    return wire.mh(coa, HA, signed(wire.update(number, lifetime)[:12], coa,
                                   when, **how), hoa=HOA)


def answer(coa, status, number, when, lifetime=0, **how):
    """A Binding Acknowledgement to the node at COA."""
    head = bytes([59, 0, 6, 0, 0, 0, status, 0]) + \
        number.to_bytes(2, 'big') + lifetime.to_bytes(2, 'big')
    return wire.mh(HA, coa, signed(head, coa, when, **how), rh2=HOA)


def count(lab, name, at='ha'):
    return counters(lab.node(at))[name]


def wait_count(lab, name, n, at='ha'):
    lab.wait_for(lambda: count(lab, name, at) >= n, 30,
                 '%d of %s' % (n, name))


# --- scenarios --------------------------------------------------------------

def test_journey(lab):
    """Registered, moved, over restarts of both ends and home again: every
    Binding Update and every acknowledgement on the wire is named, dated and
    signed, and nothing needs IPsec.

    AUTH-1 AUTH-3 AUTH-5 AUTH-10 AUTH-11 AUTH-19 AUTH-20 AUTH-23"""
    agent = agent_with_keys(lab)
    lab.move('mn', 'a')
    node = node_with_keys(lab)
    wait_bound(lab, A)
    entry = bindings(lab)[HOA]
    assert entry['identity'] == NAI.decode(), entry
    assert entry['protection'] == 'rfc4285', entry
    text = lab.node('ha').run('mip6d-ctl show bindings').out
    assert 'rfc4285' in text and NAI.decode() in text, text
    for name in 'ha', 'mn':
        assert ask(lab.node(name), 'status')['security'] == 'rfc4285'
    assert lab.node('cn').reaches(HOA, 3)
    lab.move('mn', 'b')
    wait_bound(lab, B)
    agent.kill()
    agent = agent_with_keys(lab)
    lab.move('mn', 'a')
    wait_bound(lab, A)
    assert lab.node('cn').reaches(HOA, 3)
    node.kill()
    node = node_with_keys(lab)
    wait_bound(lab, A)
    lab.move('mn', 'home')
    wait_home(lab)
    assert node.stop() == 0
    assert agent.stop() == 0
    updates, answers = messages(lab, 5), messages(lab, 6)
    assert len(updates) >= 4 and len(answers) >= 4, (updates, answers)
    assert all(is_signed(*m) for m in updates), updates
    assert all(is_signed(*m) for m in answers), answers
    stamps = [stamp_of(m[0]) for m in updates]
    assert stamps == sorted(stamps) and len(set(stamps)) == len(stamps)
    assert {stamp_of(m[0]) for m in answers} <= set(stamps)
    assert KEY.hex() not in (
        node.log(earlier_runs=True) + agent.log(earlier_runs=True)).lower()


def test_wrong_key(lab):
    """The node has another key than the agent: refused with 146, which the
    node cannot believe; both say so in words, and once the keys are the same
    a reload does.

    AUTH-8 AUTH-12"""
    agent_with_keys(lab)
    lab.move('mn', 'a')
    node = node_with_keys(lab, [(KEY.hex(), '00' * 16)])
    wait_count(lab, 'auth-failed', 2)
    wait_count(lab, 'ba-bad-auth', 1, 'mn')
    refused = lab.wait_packets(WIRE + 'mip6.mhtype == 6', 'mip6.ba.status')
    assert {p['mip6.ba.status'] for p in refused} == {'146'}, refused
    node.wait_log('compare the keys of both ends')
    assert HOA not in bindings(lab)
    assert bul(lab)[HOA]['state'] == 'REGISTERING', bul(lab)
    assert all(is_signed(*m) for m in messages(lab, 6))
    lab.node('mn').write(KEYS, keys_text(), 0o600)
    node.signal(1)
    wait_bound(lab, A)


def test_unknown(lab):
    """A name that the agent does not know, and a node without any option:
    silence, each counted.

    AUTH-4 AUTH-8 AUTH-13"""
    agent_with_keys(lab)
    lab.move('mn', 'a')
    node = node_with_keys(lab, [('alice@', 'carol@')])
    wait_count(lab, 'auth-unknown', 2)
    assert node.stop() == 0
    node = node_with_keys(lab, [], [
        ('security = "rfc4285";', 'security = "insecure";'),
        ('authentication-keys = ', '#')])
    wait_count(lab, 'auth-missing', 2)
    assert not lab.packets('mip6.mhtype == 6'), 'an answer'
    assert HOA not in bindings(lab)
    assert node.stop() == 0


def test_forged_updates(lab):
    """Whatever a stranger sends for a registered node: refused as RFC 4285
    says, counted by reason, and the binding stays as it is.

    AUTH-6 AUTH-7 AUTH-12 AUTH-15 AUTH-18 AUTH-21 AUTH-22"""
    agent_with_keys(lab)
    lab.move('mn', 'a')
    node_with_keys(lab)
    coa = wait_bound(lab, A)
    before = bindings(lab)[HOA]
    old = messages(lab, 5)[-1][0]
    aaa = signed(wire.update(7)[:12], STRANGER, stamp(), kind=2)
    twice = signed(wire.update(8)[:12], STRANGER, stamp())
    twice = twice[:1] + bytes([twice[1] + 3]) + twice[2:] + twice[-19:] + \
        bytes(5)
    forged = {
        'auth-failed': update(STRANGER, stamp(), 5, key=bytes(16)),
        'auth-no-timestamp': update(STRANGER, None, 6),
        'auth-aaa': wire.mh(STRANGER, HA, aaa, hoa=HOA),
        'auth-misplaced': wire.mh(STRANGER, HA, twice, hoa=HOA),
        'auth-missing': wire.mh(STRANGER, HA, wire.update(9), hoa=HOA),
        'auth-unknown': update(STRANGER, stamp(), 10, nai=b'eve@example.org'),
        # the node's own, as it was, from where it is
        'auth-timestamp': wire.mh(coa, HA, old, hoa=HOA)}
    sums = counters(lab.node('ha'))
    for name, packet in forged.items():
        lab.node('rb' if name != 'auth-timestamp' else 'ra').inject([packet])
        wait_count(lab, name, sums[name] + 1)
    after = bindings(lab)[HOA]
    for what in 'care_of_address', 'sequence', 'refreshes', 'moves':
        assert after[what] == before[what], (what, before, after)
    now = counters(lab.node('ha'))
    assert now['bu-accepted'] == sums['bu-accepted'], now
    assert all(now[n] == sums[n] + 1 for n in forged), now
    to_him = lab.wait_packets(WIRE + 'mip6.mhtype == 6 && ipv6.dst == '
                              + STRANGER, 'mip6.ba.status',
                              'mip6.auth.subtype', count=3)
    assert [p['mip6.ba.status'] for p in to_him] == ['146', '145', '146']
    assert {p['mip6.auth.subtype'] for p in to_him} == {'1'}, to_him
    replay = lab.wait_packets(WIRE + 'mip6.ba.status == 144')
    assert replay
    late = [m[0] for m in messages(lab, 6) if m[0][6] == 144][0]
    assert stamp_of(late) % 2 ** 32 == stamp_of(old) % 2 ** 32
    assert all(is_signed(*m) for m in messages(lab, 6))


def test_replayed_over_a_restart(lab):
    """An agent that was restarted remembers no binding, and still believes no
    Binding Update of before; the node itself goes on.

    AUTH-20 AUTH-22"""
    agent = agent_with_keys(lab)
    lab.move('mn', 'a')
    node = node_with_keys(lab)
    coa = wait_bound(lab, A)
    old = messages(lab, 5)[-1][0]
    node.kill()
    agent.kill()
    agent_with_keys(lab)
    lab.node('ra').inject([wire.mh(coa, HA, old, hoa=HOA)])
    wait_count(lab, 'auth-timestamp', 1)
    assert HOA not in bindings(lab)
    assert count(lab, 'bu-accepted') == 0
    node_with_keys(lab)
    wait_bound(lab, A)


def last_update(lab):
    """Sequence number and timestamp of the last Binding Update."""
    octets = messages(lab, 5)[-1][0]
    return int.from_bytes(octets[6:8], 'big'), stamp_of(octets)


def test_forged_answers(lab):
    """While the agent is silent somebody answers in its place: what does not
    prove that it has the key changes nothing. An answer that does, with
    another time, sets the clock of the timestamps, and of nothing else; the
    agent, when it is back, sets it right again.

    AUTH-8 AUTH-22 AUTH-24 AUTH-25"""
    agent = agent_with_keys(lab)
    lab.move('mn', 'a')
    node = node_with_keys(lab)
    wait_bound(lab, A)
    agent.signal(19)
    lab.move('mn', 'b')
    asked = len(messages(lab, 5))
    coa = lab.wait_for(lambda: bul(lab)[HOA]['state'] == 'REFRESHING' and
                       bul(lab)[HOA]['care_of_address'].startswith(B) and
                       bul(lab)[HOA]['care_of_address'], 60, 'an update')
    lab.wait_for(lambda: len(messages(lab, 5)) > asked, 30, 'it on the wire')
    ha = lab.node('ha')

    def say(name, make, tries=5):
        """An answer to the last update, until none came in between."""
        for _ in range(tries):
            number, when = last_update(lab)
            sums = counters(lab.node('mn'))
            ha.inject([make(number, when)])
            lab.wait_for(lambda: counters(lab.node('mn'))['ba-in'] >
                         sums['ba-in'], 20, 'the answer at the node')
            if counters(lab.node('mn'))[name] > sums[name]:
                return
        raise AssertionError('no answer was counted as ' + name)

    for status in 0, 129, 134, 146:
        say('ba-bad-auth', lambda n, w, s=status: answer(
            coa, s, n, w, 60 if not s else 0, key=bytes(16)))
    say('ba-bad-auth', lambda n, w: wire.mh(HA, coa, bytes(
        [59, 1, 6, 0, 0, 0, 0, 0]) + n.to_bytes(2, 'big') + b'\0\x3c' +
        b'\1\2\0\0', rh2=HOA))
    say('ba-bad-timestamp', lambda n, w: answer(coa, 0, n, w + 1, 60))
    say('ba-bad-timestamp', lambda n, w: answer(coa, 0, n, None, 60))
    here = bul(lab)[HOA]
    assert here['state'] == 'REFRESHING', here
    assert here['bound_care_of_address'].startswith(A), here

    def later():
        number, when = last_update(lab)
        ha.inject([answer(coa, 144, number, when + (1000 << 32))])
        return 'ahead of ours' in node.log()
    lab.wait_for(later, 60, 'another time')
    lab.wait_for(lambda: last_update(lab)[1] - stamp() > 900 << 32, 30,
                 'timestamps that follow')
    agent.kill()
    agent_with_keys(lab)
    node.wait_log('behind ours')
    wait_bound(lab, B)
    assert abs(last_update(lab)[1] - stamp()) < 60 << 32
    assert lab.node('cn').reaches(HOA, 3)
