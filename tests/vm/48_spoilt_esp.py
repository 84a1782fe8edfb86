# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages in ESP that somebody on the way kept and sends again: as they
were, with a bit turned over anywhere, cut short. Each is refused and counted
by its reason, the log says so, and nothing changes."""

import re

from ipsec import IPSEC, carry_keys, generate, octets, protected, use_keys
from mip6 import A, B, HA, HOA, HOA2, ask, bindings, both, bul, counters, \
    wait_bound
from scapy.layers.inet6 import IPv6

DEADLINE = 300
STRANGER = '2001:db8:fb::2'     # rb's
SHOWN = ('xfrm state', 'xfrm policy', '-6 rule', '-6 route show table all',
         '-6 addr')
# What changes by itself.
RUNNING = re.compile(r'anti-replay.*|lastused.*|expires \S+|valid_lft.*|'
                     r'preferred_lft.*')


def state(lab):
    """All that a message could change, of both ends."""
    found = {(name, what): RUNNING.sub('', lab.node(name).run('ip ' + what)
                                       .out).split()
             for name in ('ha', 'mn') for what in SHOWN}
    found['cache'] = {h: (e['care_of_address'], e['sequence'], e['state'])
                      for h, e in bindings(lab).items()}
    found['list'] = {h: (e['bound_care_of_address'], e['sequence'],
                         e['state']) for h, e in bul(lab).items()}
    return found


def flip(packet, where):
    """One bit is another."""
    return packet[:where] + bytes([packet[where] ^ 1]) + packet[where + 1:]


def cut(packet, left):
    """It ends there, and its length says so."""
    return packet[:4] + (left - 40).to_bytes(2, 'big') + packet[6:left]


def spoilt(packet, esp):
    """[packet...] by the counter of what refuses them; ESP's header is at
    ESP: number, sequence number, vector of 16 octets; and at the end 16
    octets of integrity check value."""
    end = len(packet)
    return {
        'esp-no-sa': [flip(packet, esp), flip(packet, esp + 3)],
        'esp-tampered': [flip(packet, at) for at in (
            esp + 4, esp + 7, esp + 8, esp + 23, esp + 24, end - 17,
            end - 16, end - 1)] + [cut(packet, at) for at in (
                end - 1, end - 16, esp + 40, esp + 25, esp + 24, esp + 8)],
        'esp-malformed': [cut(packet, esp + 7), cut(packet, esp + 4),
                          cut(packet, esp)],
    }


def drops(node):
    return {k: v for k, v in counters(node).items() if k.startswith('esp-')}


def refused(lab, name, packets, at, same=()):
    """The node NAME counts each as it should; counters in SAME do not
    move."""
    node = lab.node(name)
    before, was, other = state(lab), drops(node), counters(node)
    want = dict(was)
    for counter, several in packets.items():
        if counter:
            want[counter] += len(several)
    lab.node(at).inject([p for several in packets.values() for p in several])
    lab.wait_for(lambda: drops(node) == want, 20,
                 'all are counted: %s' % want)
    assert lab.node(at).reaches(HA, 2)
    assert drops(node) == want, drops(node)
    now = counters(node)
    assert all(now[k] == other[k] for k in same), (now, other)
    assert state(lab) == before
    for counter in packets:
        if counter:
            shown = node.run('mip6d-ctl show security').out
            assert '(%s)' % counter in shown, shown


def with_home(packet, at, hoa):
    return packet[:at] + bytes(IPv6(src=hoa))[8:24] + packet[at + 16:]


def start(lab):
    """The usual pair with keys, the node on link a; (agent, node, care-of
    address)."""
    use_keys(lab, generate(lab))
    carry_keys(lab)
    agent, node = both(lab, IPSEC)
    lab.move('mn', 'a')
    coa = wait_bound(lab, A)
    lab.wait_for(lambda: bul(lab)[HOA]['state'] == 'BOUND', 30, 'the answer')
    return agent, node, coa


def kept(lab, kind, link='a', more='ipv6'):
    """The last message of this type in ESP on a link, as octets."""
    found = protected(lab, 'frame.interface_name == "%s" && mip6.mhtype == %d '
                      '&& (%s)' % (link, kind, more))
    return octets(lab, found[-1])


def inits(lab, link, more):
    """How many Home Test Inits passed there."""
    return len(lab.packets('frame.interface_name == "%s" && mip6.mhtype == 1 '
                           '&& !icmpv6 && %s' % (link, more)))


def test_spoilt(lab):
    """A Binding Update, its acknowledgement and a Home Test Init of the
    tunnel: every part of ESP is covered, and so is, by the association's
    selector, the home address in front of it.

    SEC-3 SEC-14 SEC-15"""
    agent, node, _coa = start(lab)
    assert ask(lab.node('ha'), 'show', 'security')['drops'] == []
    lab.excuse_packets('ipv6.nxt == 50 || ipv6.dstopts.nxt == 50 || '
                       'ipv6.routing.nxt == 50')
    ping = lab.node('mn').ping(STRANGER, 0.5, source=HOA)
    lab.wait_for(lambda: protected(
        lab, 'frame.interface_name == "a" && mip6.mhtype == 1'), 60,
        'a Home Test Init')
    ping.stop()
    update = kept(lab, 5)
    assert update[24:40] == bytes(IPv6(src=HA))[8:24] and update[6] == 60
    packets = spoilt(update, 64)
    packets['esp-foreign'] = [flip(update, 63), flip(update, 50),
                              with_home(update, 48, HOA2)]
    packets[None] = [flip(update, 46)]      # the option's type
    refused(lab, 'ha', packets, 'ra', ('bu-in', 'ba-out'))

    answer = kept(lab, 6)
    packets = spoilt(answer, 64)
    packets['esp-foreign'] = [flip(answer, 23), flip(answer, 10)]
    packets[None] = [flip(answer, 63), flip(answer, 50),
                     with_home(answer, 48, HOA2)]
    refused(lab, 'mn', packets, 'ra', ('ba-in', 'bu-out'))

    test_init = kept(lab, 1)
    refused(lab, 'ha', spoilt(test_init, 40), 'ra')
    lab.node('ra').inject([test_init])
    lab.wait_for(lambda: inits(lab, 't-rb', '!esp') == inits(
        lab, 't-ra', 'esp.icv_good == 1'), 30, 'as many as were whole')
    assert inits(lab, 't-rb', '!esp') > 1

    agent.wait_log(r'packets dropped: integrity check failed \(esp-tampered')
    agent.wait_log(r'packets dropped: no whole ESP header \(esp-malformed')
    agent.wait_log(r'packets dropped: by an SA of somebody else \(esp-for')
    node.wait_log(r'packets dropped: no SA with this SPI \(esp-no-sa')
    lab.move('mn', 'b')
    wait_bound(lab, B)
    assert lab.node('cn').reaches(HOA, 3)
    assert node.stop() == 0 and agent.stop() == 0


def test_again(lab):
    """What was taken is not taken again, whoever sends it: the update is
    refused by its sequence number, the acknowledgement answers nothing. The
    source of the IPv6 header, which ESP does not cover, is not what is
    registered.

    SEC-8 SEC-26 HA-26"""
    _agent, node, coa = start(lab)
    ha, mn, rb = lab.node('ha'), lab.node('mn'), lab.node('rb')
    before = state(lab)
    update, answer = kept(lab, 5), kept(lab, 6)
    was = counters(ha), counters(mn)
    lab.node('ra').inject([update, flip(update, 23), answer, answer])
    lab.wait_for(lambda: counters(ha)['bu-refused'] ==
                 was[0]['bu-refused'] + 2, 20, 'two refusals')
    # They are sent to the node as well, which did not ask either.
    lab.wait_for(lambda: counters(mn)['ba-not-asked'] >=
                 was[1]['ba-not-asked'] + 2, 20, 'two answers too many')
    assert state(lab) == before

    # One that the agent has not seen, since somebody held it back.
    rb.ip('-6 route add blackhole %s/128' % HA)
    lab.move('mn', 'b')
    lab.wait_for(lambda: protected(
        lab, 'frame.interface_name == "b" && mip6.mhtype == 5'), 60,
        'an update from b')
    node.signal(19)
    held = kept(lab, 5, 'b')
    rb.ip('-6 route del blackhole %s/128' % HA)
    moved = flip(held, 23)
    rb.inject([moved])
    lab.wait_for(lambda: bindings(lab)[HOA]['care_of_address'] != coa, 30,
                 'the agent has it')
    there = bindings(lab)[HOA]['care_of_address']
    assert bytes(IPv6(src=there))[8:24] == held[8:24], there
    lab.wait_for(lambda: protected(
        lab, 'frame.interface_name == "t-rb" && mip6.mhtype == 6 && '
        'ipv6.dst == %s' % IPv6(moved).src), 30, 'the answer to the source')
    node.signal(18)
    assert wait_bound(lab, B) == there
    assert lab.node('cn').reaches(HOA, 3)
