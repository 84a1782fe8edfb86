# SPDX-License-Identifier: GPL-2.0-or-later
"""What a correspondent must not believe: forged, replayed, stale and
stolen Binding Updates; each is refused as RFC 6275 says, and nothing
changes. The forger computes his authenticators with Python's own HMAC."""

import hashlib
import hmac
import ipaddress

import wire
from mip6 import A, B, CN, HOA, away, bindings, correspondent, counters, \
    wait_bound, wait_optimised

DEADLINE = 240
ON_LINK = 'frame.interface_name == "c" && '
STRANGER = '2001:db8:fb::2'     # rb's: a node that is nobody's mobile node
TEST = ('ipv6.src', 'ipv6.dst', 'mip6.hot.nindex', 'mip6.hot.cookie',
        'mip6.hot.token', 'mip6.cot.nindex', 'mip6.cot.cookie',
        'ipv6.routing.type')


def packed(address):
    return ipaddress.IPv6Address(address).packed


def initiation(kind, cookie):
    return bytes([59, 1, kind, 0, 0, 0, 0, 0]) + cookie


def octets(text):
    """What tshark prints for eight octets."""
    return bytes.fromhex(text.replace(':', '').replace('0x', '').rjust(16,
                                                                       '0'))


def ask_token(lab, node, src, kind, cookie):
    """(nonce index, keygen token) that CN hands out to SRC."""
    name = {1: 'hot', 2: 'cot'}[kind]
    lab.node(node).inject([wire.mh(src, CN, initiation(kind, cookie))])
    value = int.from_bytes(cookie, 'big')

    def answer():
        for p in lab.packets(ON_LINK + 'mip6.mhtype == %d' % (kind + 2),
                             *TEST):
            if octets(p['mip6.%s.cookie' % name]) == cookie:
                return p
        return None
    p = lab.wait_for(answer, 30, 'an answer for cookie %x' % value)
    assert p['ipv6.dst'] == src and not p['ipv6.routing.type'], p
    return int(p['mip6.%s.nindex' % name]), octets(p['mip6.hot.token'])


def update(number, home, care_of, parties, lifetime=60, flags=0x8000):
    """A Binding Update to CN: HOME and CARE_OF are (index, token), PARTIES
    (care-of address, correspondent) as they enter the authenticator."""
    head = bytes([59, 3, 5, 0, 0, 0]) + number.to_bytes(2, 'big') + \
        flags.to_bytes(2, 'big') + lifetime.to_bytes(2, 'big') + \
        bytes([4, 4]) + home[0].to_bytes(2, 'big') + \
        care_of[0].to_bytes(2, 'big') + bytes([5, 12])
    kbm = hashlib.sha1(home[1] + (care_of[1] if lifetime else b'')).digest()
    return head + hmac.new(kbm, packed(parties[0]) + packed(parties[1]) +
                           head, hashlib.sha1).digest()[:12]


def quiet(lab):
    """When this is answered, everything sent before has been judged."""
    assert lab.node('rb').reaches(CN, 3)


def answers(lab, to):
    return lab.packets(ON_LINK + 'mip6.mhtype == 6 && ipv6.dst == %s' % to,
                       'mip6.ba.status', 'mip6.bad.auth',
                       'ipv6.routing.type', 'mip6.ba.seqnr')


def test_honest_stranger(lab):
    """A node of our own making, with both tokens, is believed: the vectors
    of the others are right but for what they forge. Then the same packet
    once more, and a refresh that names a nonce of long ago.

    COM-49 COM-50 COM-51 COM-53 CN-36 CN-37 CN-44 CN-65 CN-66 CN-72 CN-74
    CN-102 CN-108"""
    correspondent(lab)
    hoa, coa = '2001:db8:b::1', STRANGER
    home = ask_token(lab, 'rb', hoa, 1, b'home0002')
    care = ask_token(lab, 'rb', coa, 2, b'care0002')
    good = wire.mh(coa, CN, update(7, home, care, (coa, CN)), hoa=hoa)
    lab.node('rb').inject([good])
    lab.wait_for(lambda: hoa in bindings(lab, 'cn'), 20, 'a binding')
    first = lab.wait_packets(ON_LINK + 'mip6.mhtype == 6', 'mip6.ba.status')
    assert first[0]['mip6.ba.status'] == '0', first
    lab.node('rb').inject([good])
    stale = ((home[0] - 100) % 65536, home[1])
    lab.node('rb').inject([wire.mh(coa, CN, update(9, stale, care, (coa, CN)),
                                   hoa=hoa)])
    found = lab.wait_packets(ON_LINK + 'mip6.mhtype == 6 && ipv6.dst == %s'
                             % coa, 'mip6.ba.status', 'mip6.bad.auth',
                             'mip6.ba.seqnr', count=3)
    assert [p['mip6.ba.status'] for p in found] == ['0', '135', '136'], found
    assert found[1]['mip6.bad.auth'] and found[1]['mip6.ba.seqnr'] == '7'
    assert not found[2]['mip6.bad.auth'], found
    entry = bindings(lab, 'cn')[hoa]
    assert entry['sequence'] == 7 and entry['care_of_address'] == coa, entry
    gone = wire.mh(coa, CN, update(10, home, (0, b''), (coa, CN), 0), hoa=hoa)
    lab.node('rb').inject([gone])
    lab.wait_for(lambda: hoa not in bindings(lab, 'cn'), 20, 'its deletion')
    lab.node('rb').inject([good])
    lab.wait_packets(ON_LINK + 'mip6.mhtype == 6 && mip6.ba.status == 135',
                     count=2)
    assert hoa not in bindings(lab, 'cn'), 'replayed into being'


def test_somebody_elses_home_address(lab):
    """A stranger has honest tokens of his own, and none of HOA: whatever he
    puts together, the binding of the real node stays.

    CN-67 CN-68 CN-69 CN-79 CN-80 CN-91 CN-93 CN-104"""
    correspondent(lab)
    _agent, _node, coa = away(lab)
    ping = lab.node('mn').ping(CN, 0.1, source=HOA)
    wait_optimised(lab, CN, A)
    mine = ask_token(lab, 'rb', STRANGER, 1, b'mine0001')
    care = ask_token(lab, 'rb', STRANGER, 2, b'mine0002')
    before = bindings(lab, 'cn')[HOA]
    far = (before['sequence'] + 100) % 65536
    sums = counters(lab.node('cn'))
    bodies = [
        update(far, mine, care, (STRANGER, CN)),
        update(far, mine, care, (HOA, CN)),
        update(far, (mine[0], bytes(8)), (care[0], bytes(8)),
               (STRANGER, CN)),
        update(far, mine, care, (STRANGER, CN), 0),
        wire.update(far, 60, 0x8000),
        wire.update(far, 0, 0x8000),
        update(far, mine, care, (STRANGER, CN), flags=0xc000)]
    lab.node('rb').inject([wire.mh(STRANGER, CN, b, hoa=HOA)
                           for b in bodies])
    quiet(lab)
    after, now = bindings(lab, 'cn')[HOA], counters(lab.node('cn'))
    assert after['care_of_address'] == coa, after
    assert after['sequence'] == before['sequence'], (before, after)
    assert not answers(lab, STRANGER), answers(lab, STRANGER)
    assert now['bu-bad-auth'] == sums['bu-bad-auth'] + 4, now
    assert now['bu-no-auth'] == sums['bu-no-auth'] + 2, now
    ping.wait_replies(5)
    ping.stop()


def test_replayed_by_a_listener(lab):
    """Somebody on the correspondent's link recorded the node's own Binding
    Update from link A and plays it when the node has gone on to B.

    CN-65 CN-92"""
    correspondent(lab)
    away(lab)
    ping = lab.node('mn').ping(CN, 0.1, source=HOA)
    old = wait_optimised(lab, CN, A)
    heard = lab.packets(ON_LINK + 'mip6.mhtype == 5', 'mip6.bu.seqnr',
                        'mip6.bu.lifetime',
                        'mip6.ni.hni', 'mip6.ni.cni',
                        'mip6.bad.auth')[-1]
    auth = bytes.fromhex(heard['mip6.bad.auth'].replace(':', ''))
    body = bytes([59, 3, 5, 0, 0, 0]) + \
        int(heard['mip6.bu.seqnr']).to_bytes(2, 'big') + b'\x80\0' + \
        int(heard['mip6.bu.lifetime']).to_bytes(2, 'big') + bytes([4, 4]) + \
        int(heard['mip6.ni.hni'], 0).to_bytes(2, 'big') + \
        int(heard['mip6.ni.cni'], 0).to_bytes(2, 'big') + \
        bytes([5, 12]) + auth
    lab.move('mn', 'b')
    wait_bound(lab, B)
    new = wait_optimised(lab, CN, B)
    lab.node('ra').inject([wire.mh(old, CN, body, hoa=HOA)])
    refused = lab.wait_packets(ON_LINK + 'mip6.mhtype == 6 && '
                               'mip6.ba.status == 135', 'ipv6.dst',
                               'mip6.bad.auth')
    assert refused[0]['mip6.bad.auth'], 'the replay itself was not the node\'s'
    assert bindings(lab, 'cn')[HOA]['care_of_address'] == new
    ping.wait_replies(5)
    ping.stop()


def test_home_address_option_without_binding(lab):
    """Data with a Home Address option that no binding covers is dropped and
    answered by a Binding Error to the sender on the wire; with a binding of
    another care-of address, too; a flood of it is answered sparingly.

    CN-14 CN-15 CN-16 CN-21 CN-22 CN-24 COM-36 COM-64"""
    correspondent(lab)
    away(lab)
    ping = lab.node('mn').ping(CN, 0.1, source=HOA)
    wait_optimised(lab, CN, A)
    other = '2001:db8:1::dead'
    lab.node('rb').inject([
        wire.with_hao(STRANGER, CN, other, 58) / wire.echo_body(other, CN, 1),
        wire.with_hao(STRANGER, CN, HOA, 58) / wire.echo_body(HOA, CN, 2)])
    errors = lab.wait_packets(ON_LINK + 'mip6.mhtype == 7 && !icmpv6 && '
                              'ipv6.dst == ' + STRANGER, 'mip6.be.status', 'mip6.be.haddr',
                              'ipv6.routing.type', count=2)
    assert sorted(e['mip6.be.haddr'] for e in errors) == [HOA, other], errors
    assert {e['mip6.be.status'] for e in errors} == {'1'}, errors
    lab.node('rb').inject([
        wire.with_hao(STRANGER, CN, other, 58) /
        wire.echo_body(other, CN, 10 + n) for n in range(300)])
    quiet(lab)
    lab.wait_for(lambda: counters(lab.node('cn'))['be-rate'], 20,
                 'Binding Errors held back')
    assert not lab.packets('icmpv6.type == 129 && ipv6.dst == ' + other)
    ping.wait_replies(5)
    ping.stop()


def test_strange_test_inits(lab):
    """Test Inits that are not to be answered, and a flood that leaves
    nothing behind.

    CN-38 CN-39 CN-40 CN-41 CN-45"""
    lab.excuse_packets('mipv6 && ipv6.src == %s' % STRANGER)
    correspondent(lab)
    init = initiation(1, b'answerme')
    lab.node('rb').inject([
        wire.mh(STRANGER, CN, init, hoa='2001:db8:b::1'),
        wire.mh(STRANGER, CN, initiation(2, b'answerme'),
                hoa='2001:db8:b::1'),
        wire.mh(STRANGER, CN, init, fault=1),
        wire.mh(STRANGER, CN, bytes([59, 0, 1, 0, 0, 0, 0, 0])),
        wire.mh(STRANGER, CN, bytes([58]) + init[1:])])
    quiet(lab)
    assert not lab.packets(ON_LINK + 'mip6.mhtype == 3 || '
                           'mip6.mhtype == 4')
    lab.node('rb').inject([wire.mh(STRANGER, CN, initiation(
        1, n.to_bytes(8, 'big'))) for n in range(3000)])
    quiet(lab)
    assert not bindings(lab, 'cn')
    sums = counters(lab.node('cn'))
    assert sums['test-init-in'] > 50 and sums['test-out'], sums
