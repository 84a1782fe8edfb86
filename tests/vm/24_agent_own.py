# SPDX-License-Identifier: GPL-2.0-or-later
"""What a home agent itself sends to its mobile nodes goes straight, with a
type 2 routing header; what it forwards is tunnelled."""

from mip6 import A, B, CN, HA, HOA, away, bindings, both, mobile_node, \
    wait_bound, wait_home

DEADLINE = 300
TRANSIT = '2001:db8:f1::2'      # another address of the agent
WIRE = ('frame.interface_name', 'ipv6.src', 'ipv6.dst', 'ipv6.nxt',
        'ipv6.routing.type', 'ipv6.routing.segleft',
        'ipv6.routing.mipv6.home_address', 'tcp.srcport')
DATA = '(icmpv6.type == 128 || icmpv6.type == 129 || tcp)'


def since(lab, when, what, *fields):
    return [p for p in lab.packets(what, *(fields or WIRE))
            if p['time'] > when]


def speak(lab, own):
    """A ping each way and a TCP transfer each way, with this address of the
    agent."""
    ha, mn = lab.node('ha'), lab.node('mn')
    assert ha.reaches(HOA, 3, source=own), 'from %s' % own
    assert mn.reaches(own, 3, source=HOA), 'to %s' % own
    ha.transfer(mn, HOA, source=own, size=20000).finish()
    mn.transfer(ha, own, source=HOA, size=20000).finish()


def check_away(lab, when, link, coa, own):
    """On the link where the node is: the agent's with a routing header and
    nothing else, the node's by the tunnel."""
    here = 'frame.interface_name == "%s" && ' % link
    down = since(lab, when, here + DATA + ' && ipv6.src == %s' % own)
    sent = [p for p in down if p['ipv6.src'].split(',')[0] == own
            and p['ipv6.dst'].split(',')[0] == coa]
    assert len(sent) > 20, (len(sent), down[:3])
    for p in sent:
        assert p['ipv6.nxt'].split(',')[0] == '43', p
        assert p['ipv6.routing.type'] == '2', p
        assert p['ipv6.routing.segleft'] == '1', p
        assert p['ipv6.routing.mipv6.home_address'] == HOA, p
    wrong = since(lab, when, here + 'ipv6.nxt == 41 && ipv6.src == %s && '
                  'ipv6.dst == %s && ipv6.src == %s && ipv6.dst == %s'
                  % (HA, coa, own, HOA)) if own != HA else [
        p for p in since(lab, when, here + 'ipv6.nxt == 41 && ipv6.src == %s'
                         % HA) if p['ipv6.src'] == '%s,%s' % (HA, HA)]
    assert not wrong, 'tunnelled: %s' % wrong[:3]
    up = since(lab, when, here + DATA + ' && ipv6.dst == %s && ipv6.src == %s'
               % (own, HOA))
    assert len(up) > 20
    for p in up:
        assert p['ipv6.nxt'].split(',')[0] == '41', p
        assert p['ipv6.src'].split(',')[0] == coa, p


def check_home(lab, when, own):
    seen = since(lab, when, 'frame.interface_name == "home" && ' + DATA +
                 ' && ipv6.addr == %s && ipv6.addr == %s' % (HOA, own))
    assert len(seen) > 20, len(seen)
    wrong = [p for p in seen if p['ipv6.nxt'] not in ('58', '6')
             or p['ipv6.routing.type']]
    assert not wrong, wrong[:3]


def states(lab):
    """Destinations of routing headers."""
    return [line.split()[3] for line in lab.node('ha').run(
        'ip xfrm state list proto route2').out.splitlines()
        if line.startswith('src')]


def test_own_packets(lab):
    """Home, A, B, home: with each address of the agent, both ways; what the
    agent forwards is tunnelled all the while.

    HA-85"""
    both(lab)
    start = lab.now()
    for own in HA, TRANSIT:
        speak(lab, own)
    check_home(lab, start, HA)
    for link, prefix in ('a', A), ('b', B):
        lab.move('mn', link)
        coa = wait_bound(lab, prefix)
        for own in HA, TRANSIT:
            when = lab.now()
            speak(lab, own)
            check_away(lab, when, link, coa, own)
        when = lab.now()
        assert lab.node('cn').reaches(HOA, 3)
        assert len(since(lab, when, 'frame.interface_name == "%s" && ipv6.nxt '
                         '== 41 && ipv6.src == %s && icmpv6.type == 128'
                         % (link, CN))) == 3
    assert states(lab) == [HOA]
    lab.move('mn', 'home')
    wait_home(lab)
    lab.wait_for(lambda: not states(lab), 20, 'no routing header any more')
    when = lab.now()
    for own in HA, TRANSIT:
        speak(lab, own)
    check_home(lab, when, HA)


def test_connection_moves(lab):
    """Connections between the agent and a node live through its moves, and
    never take the tunnel down.

    HA-85"""
    lab.excuse_packets('tcp.len > 0')   # taken for what it is not
    both(lab)
    ha, mn = lab.node('ha'), lab.node('mn')
    down = ha.transfer(mn, HOA, source=HA, rate='100k')
    up = mn.transfer(ha, HA, source=HOA, rate='100k', port=5010)
    for sender in down.sender, up.sender:
        sender.wait_line('^connected')
    for link, prefix in ('a', A), ('b', B):
        lab.move('mn', link)
        coa = wait_bound(lab, prefix)
        here = 'frame.interface_name == "%s" && ipv6.dst == %s && ' % (
            link, coa)
        when = lab.now()
        for ours in 'tcp.dstport == 5001', 'tcp.srcport == 5010':
            lab.wait_for(lambda ours=ours: len(since(
                lab, when, here + 'ipv6.routing.type == 2 && ' + ours)) > 10,
                60, 'both connections on ' + link)
        wrong = since(lab, when, here + 'ipv6.nxt == 41 && tcp')
        assert not wrong, wrong[:3]
    lab.move('mn', 'home')
    wait_home(lab)
    down.stop()
    up.stop()


def test_expired(lab):
    """The node died abroad: the routing header goes with the binding, and is
    there again with the next.

    HA-85"""
    _agent, node, coa = away(lab, agent_changes=[
        ('home-agent = {', 'home-agent = { max-lifetime = 12;')])
    ha = lab.node('ha')
    assert ha.reaches(HOA, 2)
    node.kill()
    lab.wait_for(lambda: not states(lab), 40, 'the binding expires')
    assert HOA not in bindings(lab)
    when = lab.now()
    assert not ha.reaches(HOA, 1)
    assert not since(lab, when, 'icmpv6.type == 128 && ipv6.dst == %s' % coa)
    mobile_node(lab)
    coa = wait_bound(lab, A)
    when = lab.now()
    speak(lab, HA)
    check_away(lab, when, 'a', coa, HA)


def test_others_ask(lab):
    """Another program hears XFRM's questions, so what the agent sends to a
    node at home leaves a state that waits for an answer: it is not in the way
    when the node is away.

    HA-85"""
    ha = lab.node('ha')
    monitor = ha.start('monitor', 'ip xfrm monitor acquire')
    both(lab)
    assert ha.reaches(HOA, 2)
    lab.wait_for(lambda: states(lab), 10, 'a state that waits')
    lab.move('mn', 'a')
    coa = wait_bound(lab, A)
    lab.wait_for(lambda: ha.reaches(HOA, 2), 30, 'the node')
    seen = lab.wait_packets('frame.interface_name == "a" && ipv6.dst == %s && '
                            'icmpv6.type == 128 && ipv6.src == %s'
                            % (coa, HA), *WIRE)
    assert all(p['ipv6.routing.type'] == '2' for p in seen), seen
    monitor.stop()


def test_address_comes(lab):
    """An address that the agent gets later is one of its own, too.

    HA-85"""
    new = '2001:db8:1::2'
    _agent, _node, coa = away(lab)
    ha = lab.node('ha')

    def policies():
        return ha.run('ip xfrm policy list src %s/128' % new).out
    assert not policies()
    ha.run('ip -6 addr add %s/64 dev eth0 nodad' % new)
    lab.wait_for(policies, 10, 'a policy')
    when = lab.now()
    speak(lab, new)
    check_away(lab, when, 'a', coa, new)
    ha.run('ip -6 addr del %s/64 dev eth0' % new)
    lab.wait_for(lambda: not policies(), 10, 'no policy')
