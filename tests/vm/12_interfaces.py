# SPDX-License-Identifier: GPL-2.0-or-later
"""Several interfaces: preference, loss, silent moves."""

from mip6 import A, B, HOA, away, bindings, both, bul, care_of, wait_bound, \
    wait_home

DEADLINE = 240


def test_between_interfaces(lab):
    """eth1 comes up on B while eth0 is on A: eth0 is preferred and stays;
    eth0 is lost: eth1 carries on; eth0 comes back and is preferred again.

    MN-79 MN-90 MN-91 MN-93"""
    away(lab)
    cn, mn = lab.node('cn'), lab.node('mn')
    ping = cn.ping(HOA, 0.1)
    ping.wait_replies(3)
    transfer = cn.transfer(mn, HOA, rate='100k')
    lab.move('mn.eth1', 'b')
    mn.address_in(B)
    ping.wait_replies(10)
    assert bul(lab)[HOA]['care_of_address'].startswith(A), 'the better interface stays'
    lab.move('mn.eth0', None)
    wait_bound(lab, B)
    ping.wait_replies(5)
    lab.move('mn.eth0', 'a')
    wait_bound(lab, A)
    ping.wait_replies(5)
    where = care_of(lab)[HOA]
    assert where['reason'], where
    transfer.stop()
    ping.stop()


def test_silent_move(lab):
    """The wire changes behind the node's back: no carrier loss at all.

    MN-77 MN-85"""
    away(lab)
    ping = lab.node('cn').ping(HOA, 0.1)
    ping.wait_replies(3)
    lab.move('mn', 'b', silent=True)
    wait_bound(lab, B)
    ping.wait_replies(5)
    ping.stop()


def test_home_and_away(lab):
    """At home with eth0 while eth1 is on a foreign link: home wins, and is
    left without a gap in reachability when eth0 goes.

    MN-83 MN-84"""
    both(lab)
    lab.move('mn.eth1', 'a')
    lab.node('mn').address_in(A)
    ping = lab.node('cn').ping(HOA, 0.1)
    ping.wait_replies(10)
    assert care_of(lab)[HOA]['location'] == 'home'
    assert HOA not in bindings(lab)
    lab.move('mn.eth0', None)
    wait_bound(lab, A)
    ping.wait_replies(5)
    lab.move('mn.eth0', 'home')
    wait_home(lab)
    ping.wait_replies(5)
    ping.stop()


def test_stop_abroad(lab):
    """Stopped away from home the node de-registers, and nothing of it is
    left in either kernel; then it starts at home.  MN-143"""
    _agent, node, coa = away(lab, node_changes=[
        ('mobile-node = {', 'mobile-node = { stop-timeout = 20000;')])
    assert node.stop() == 0
    assert HOA not in bindings(lab), 'it did not wait for the agent'
    lab.wait_packets('mip6.mhtype == 5 && mip6.bu.lifetime == 0 && '
                     'ipv6.src == %s' % coa)
    out = lab.node('mn').sh('ip -6 addr; ip -6 route show table all; '
                            'ip -6 rule; ip xfrm policy; ip xfrm state; '
                            'ip link').out
    for word in (HOA, 'mip6mn', 'hao', 'route2'):
        assert word not in out, '%s is left:\n%s' % (word, out)
