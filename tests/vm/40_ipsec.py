# SPDX-License-Identifier: GPL-2.0-or-later
"""Signalling under ESP with keys that both ends were given: on the wire, and
what refuses whatever is not protected."""

from mip6 import A, B, HA, HOA, away, ask, both, wait_bound, wait_home
from ipsec import IPSEC, carry_keys, clear_mh, generate, protected, use_keys

DEADLINE = 300


def test_journey(lab):
    """Registration, handover and return: each Mobility Header between node
    and agent is ESP, in transport mode between home address and agent.

    SEC-1 SEC-3 SEC-8 SEC-9 SEC-10"""
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


def check_away(lab, link, coa):
    wire = 'frame.interface_name == "%s" && ' % link
    up = protected(lab, wire + 'mip6.mhtype == 5')
    assert up, 'no Binding Update in ESP on ' + link
    for p in up:
        assert (p['ipv6.src'], p['ipv6.dst']) == (coa, HA), p
        assert p['ipv6.opt.mipv6.home_address'] == HOA, p
        assert p['mip6.acoa.acoa'] == coa, p
    down = protected(lab, wire + 'mip6.mhtype == 6')
    assert down, 'no Binding Acknowledgement in ESP on ' + link
    for p in down:
        assert (p['ipv6.src'], p['ipv6.dst']) == (HA, coa), p
        assert p['ipv6.routing.mipv6.home_address'] == HOA, p
        assert p['mip6.ba.status'] == '0', p


def check_home(lab, when):
    wire = 'frame.interface_name == "home" && '
    for kind, ends in (('5', (HOA, HA)), ('6', (HA, HOA))):
        there = [p for p in protected(lab, wire + 'mip6.mhtype == ' + kind)
                 if p['time'] > when]
        assert there, 'no message of type %s on the home link' % kind
        for p in there:
            assert (p['ipv6.src'], p['ipv6.dst']) == ends, p
            assert not p['ipv6.opt.mipv6.home_address'], p
            assert not p['ipv6.routing.type'], p
