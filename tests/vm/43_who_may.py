# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may register: the policy of the home agent on the wire, and registered
nodes served while others flood it."""

import os

import wire
from ipsec import IPSEC, KEYS, carry_keys, generate, keys_of
from mip6lab.scenario import Failed
from mip6 import A, B, CONF, HA, HOA, HOA2, TREE, ask, bindings, bul, \
    counters, example, home_agent, mobile_node, wait_bound

DEADLINE = 400

POLICY = '''home-agent = {
	policy = (
		{ home = "%s"; care-of = "2001:db8:b::/48"; action = "deny";
		  status = 128; },
		{ home = "%s"; action = "allow"; max-lifetime = 40;
		  max-bindings = 1; },
		{ home = "2001:db8:1::8000/113"; action = "ignore"; }
	);
''' % (HOA, HOA)


def policy(lab):
    return ask(lab.node('ha'), 'show', 'policy')


def use(lab):
    """(hits, bindings) of each rule, and hits of the default."""
    said = policy(lab)
    return [(r['hits'], r['bindings']) for r in said['policy']], \
        said['default']['hits']


def test_policy(lab):
    """Allowed with limits, denied with a status of choice, ignored, denied by
    default: each on the wire, each counted where it belongs, and a reload
    ends what is not allowed any more.  HA-18 HA-31"""
    agent = home_agent(lab, changes=[('home-agent = {', POLICY)])
    lab.move('mn', 'a')
    homes = 'homes = ( ' + ''.join(
        '{ address = "%s/64"; home-agent = "%s"; },' % (hoa, HA)
        for hoa in (HOA2, '2001:db8:1::8001'))
    node = mobile_node(lab, changes=[('homes = (', homes), (
        'mobile-node = {', 'mobile-node = { retry = 2;')])
    wait_bound(lab, A)
    assert bul(lab)[HOA]['lifetime'] and bindings(lab)[HOA]['lifetime'] == 40
    lab.wait_packets('mip6.ba.status == 129 && mip6.mhtype == 6')
    lab.wait_for(lambda: use(lab)[0][2][0] > 1, 60, 'an ignored repetition')
    rules, default = use(lab)
    assert rules[0] == (0, 0) and rules[1][0] >= 1 and rules[1][1] == 1, rules
    assert default >= 1, default
    assert list(bindings(lab)) == [HOA]
    assert counters(lab.node('ha'))['bu-ignored'] == use(lab)[0][2][0]

    lab.move('mn', 'b')
    lab.wait_for(lambda: use(lab)[0][0][0] >= 1, 60, 'a refusal by rule 1')
    lab.wait_packets('mip6.ba.status == 128 && mip6.mhtype == 6')
    text = lab.node('ha').run('mip6d-ctl show policy').out
    assert 'deny 128' in text and '1 of 1' in text, text
    lab.move('mn', 'a')
    wait_bound(lab, A)

    ha = lab.node('ha')
    ha.write(CONF, ha.read(CONF).replace('home = "%s"; action' % HOA,
                                         'home = "%s"; action' % HOA2))
    agent.signal(1)
    agent.wait_log('is in force')
    lab.wait_for(lambda: HOA not in bindings(lab), 60, 'the end of a binding')
    wait_bound(lab, A, HOA2)
    assert use(lab)[0][1][1] == 1
    assert lab.node('cn').reaches(HOA2, 3)
    assert node.stop() == 0


def give_keys(node):
    """The example's."""
    with open(os.path.join(TREE, 'etc', 'examples', 'rfc4285',
                           'authentication.keys'), encoding='utf-8') as f:
        node.sh('mkdir -p /etc/mip6d')
        node.write('/etc/mip6d/authentication.keys', f.read())
    node.run('chmod 600 /etc/mip6d/authentication.keys')


def test_identity(lab):
    """By the name that an authentication option proves, and its key's
    number; whoever proves nothing gets nothing, and who is not allowed any
    more by name ends with the reload.  HA-18"""
    rules = '{ nai = "*@EXAMPLE.org"; spi = 1000; action = "allow"; ' \
        'max-lifetime = 40; }'
    for name in 'ha', 'mn':
        give_keys(lab.node(name))
    agent = home_agent(lab, example('rfc4285/home-agent'), changes=[
        ('home-agent = {', 'home-agent = { policy = ( %s );' % rules)])
    lab.move('mn', 'a')
    node = mobile_node(lab, example('rfc4285/mobile-node'))
    coa = wait_bound(lab, A)
    entry = bindings(lab)[HOA]
    assert entry['lifetime'] == 40, entry
    assert use(lab)[0][0][1] == 1 and use(lab)[1] == 0, policy(lab)
    ha = lab.node('ha')
    before = counters(ha)
    number = (entry['sequence'] + 9) % 65536
    lab.node('rb').inject([update_to(HOA, '2001:db8:b::bad', number),
                           update_to(HOA2, '2001:db8:b::bad', 1),
                           update_to(HOA, coa, number, 0)])
    lab.wait_for(lambda: counters(ha)['bu-in'] >= before['bu-in'] + 3, 30,
                 'three forgeries')
    entry = bindings(lab)[HOA]
    assert list(bindings(lab)) == [HOA]
    assert entry['care_of_address'] == coa, entry
    assert use(lab)[0][0][1] == 1
    ha.write(CONF, ha.read(CONF).replace('*@EXAMPLE.org', 'bob@example.org'))
    agent.signal(1)
    agent.wait_log('is in force')
    lab.wait_for(lambda: not bindings(lab), 30, 'its end')
    lab.wait_for(lambda: use(lab)[1], 60, 'a refusal by default')
    assert node.stop() == 0 and agent.stop() == 0


NETWORKS = '''home-agent = {
	policy = (
		{ mobile-network = "2001:db8:66::/48"; action = "ignore"; },
		{ mobile-network = "2001:db8:60::/44"; action = "deny";
		  status = 140; },
		{ mobile-network = "2001:db8:50::/44"; action = "allow";
		  max-lifetime = 40; },
		{ home = "%s"; action = "allow"; }
	);
''' % HOA2


def test_key_and_hours(lab):
    """By the number of the static key that ESP came with, which nobody else's
    is, and never at an hour that does not come.  HA-18"""
    keys = generate(lab, HOA, HOA2)
    for node, hoa in ('mn', HOA), ('hh', HOA2):
        carry_keys(lab, hoa, node)
    number = {k[0]: k[1] for k in keys_of(lab.node('mn').read(KEYS))}
    rules = '{ spi = %d; time = "%s"; action = "deny"; status = 128; },' \
        '{ spi = %d; action = "allow"; max-lifetime = 40; }' % (
            number['to-agent'], another_day(lab), number['to-agent'])
    home_agent(lab, changes=IPSEC + (
        ('home-agent = {', 'home-agent = { policy = ( %s );' % rules),))
    lab.move('mn', 'a')
    lab.move('hh', 'b')
    mobile_node(lab, changes=IPSEC)
    wait_bound(lab, A)
    assert bindings(lab)[HOA]['lifetime'] == 40, bindings(lab)
    assert use(lab)[0][0] == (0, 0) and use(lab)[0][1][1] == 1, policy(lab)
    mobile_node(lab, node='hh', changes=IPSEC + ((HOA, HOA2),))
    lab.wait_for(lambda: use(lab)[1] >= 1, 60, 'another key is denied')
    assert list(bindings(lab)) == [HOA], bindings(lab)


def another_day(lab):
    """One that is not near: three days after today."""
    today = int(lab.node('ha').run('date +%w').out)
    return ('sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat')[(today + 3) % 7]


def test_mobile_network(lab):
    """Binding Updates with Mobile Network Prefix options and the R bit, by
    scapy: allowed when all of the networks are inside, denied and ignored
    when one is; whoever allows without looking at them takes the node as
    one without networks (RFC 6275 section 6.1.7: bits that are not known
    mean nothing), and the next reload knows them."""
    agent = home_agent(lab, changes=[('home-agent = {', NETWORKS)])
    ha, rb = lab.node('ha'), lab.node('rb')
    coa = '2001:db8:b::5'

    def ask_for(hoa, number, *networks):
        rb.inject([wire.mh(coa, HA, wire.router_update(number, networks),
                           hoa=hoa)])

    def answered(status, number):
        lab.wait_packets('mip6.mhtype == 6 && mip6.ba.status == %d && '
                         'mip6.ba.seqnr == %d && !icmpv6' % (status, number))

    ask_for(HOA, 1, '2001:db8:70::/48')
    answered(129, 1)
    ask_for(HOA, 2, '2001:db8:50::/48', '2001:db8:70::/48')
    answered(129, 2)
    ask_for(HOA, 3, '2001:db8:50::/48', '2001:db8:61::/64')
    answered(140, 3)
    ask_for(HOA, 4, '2001:db8:61::/64', '2001:db8:66:1::/64')
    ask_for(HOA, 5)
    answered(129, 5)
    ask_for(HOA, 6, '2001:db8:50::/48', '2001:db8:5f:f::/64')
    answered(0, 6)
    ask_for(HOA2, 7, '2001:db8:70::/48')
    answered(0, 7)
    assert use(lab) == ([(1, 0), (1, 0), (1, 1), (1, 1)], 3), use(lab)
    assert bindings(lab)[HOA]['lifetime'] == 40, bindings(lab)
    assert not lab.packets('mip6.ba.seqnr == 4'), 'an answer'
    assert not lab.packets('mip6.nemo.ba.r_flag == 1'), 'R in an answer'
    # What tshark read of them.
    sent = lab.packets('mip6.bu.seqnr == 6 && !icmpv6',
                       'mip6.nemo.mnp.mnp', 'mip6.nemo.mnp.pfl',
                       'mip6.nemo.bu.r_flag')
    assert sent and '2001:db8:5f:f::' in str(sent[0]), sent

    ha.write(CONF, ha.read(CONF).replace('2001:db8:60::/44',
                                         '2001:db8:5f::/48'))
    agent.signal(1)
    agent.wait_log('is in force')
    lab.wait_for(lambda: list(bindings(lab)) == [HOA2], 30,
                 'the end of one')
    text = ha.run('mip6d-ctl show policy').out
    assert '2001:db8:5f::/48' in text, text
    assert agent.stop() == 0


def update_to(hoa, coa, number, lifetime=30):
    """A Binding Update to the agent that asks for an acknowledgement."""
    return wire.mh(coa, HA, wire.update(number, lifetime), hoa=hoa)


class Flood:
    """The same packets over and over, some 500 a second, until it stops."""

    def __init__(self, lab, node, packets):
        self.lab, self.node = lab, node
        node.write('/tmp/flood', ''.join(bytes(p).hex() + '\n'
                                         for p in packets))
        self.program = node.start('flood', [
            'sh', '-c', 'while %s inject -w 0.001 /tmp/flood; do :; done'
            % lab.labtool])

    def is_on(self, since):
        """Whether the agent has dropped more than SINCE by now."""
        return limited(self.lab) > since

    def stop(self):
        self.program.stop()


def limited(lab):
    said = counters(lab.node('ha'))
    return said['mh-rate-total'] + said['mh-rate-source']


def test_flood(lab):
    """Binding Updates from a thousand networks, and from a thousand more of
    one site, without an end, where one stranger a second is listened to:
    each refresh of a registered node is acknowledged at the first or second
    try while it goes on, and so is its move; a stranger is not heard; memory
    does not grow with the number of sources."""
    agent = home_agent(lab, debug=False, changes=[(
        'home-agent = {', 'limits = { rate = 1; source-rate = 1; '
        'site-rate = 1; };\nhome-agent = { min-interval = 0;')])
    lab.move('mn', 'a')
    mobile_node(lab, changes=[('mobile-node = {',
                               'mobile-node = { retry = 2;')])
    coa = wait_bound(lab, A)
    ha, rb = lab.node('ha'), lab.node('rb')
    size = resident(agent)
    sources = ['2001:db9:%x::1' % i for i in range(1000)] + \
        ['2001:dba:0:%x::1' % i for i in range(1000)]
    flood = Flood(lab, rb, [
        update_to('2001:db8:1::%x' % (0x1000 + i), source, i)
        for i, source in enumerate(sources)])
    lab.wait_for(lambda: limited(lab) > 2 * len(sources), 120, 'the flood')
    number = bindings(lab)[HOA]['sequence']
    for i in range(5):
        before = limited(lab)
        number += 1
        refresh(lab, coa, number)
        # One more that is in nobody's way but the flood's.
        rb.inject([update_to('2001:db8:1::%x' % (0x8000 + i),
                             '2001:dbb:%x::1' % i, 1)])
        lab.wait_for(lambda: flood.is_on(before), 60, 'the flood goes on')
    lab.move('mn', 'b')
    wait_bound(lab, B)
    before = limited(lab)
    lab.wait_for(lambda: flood.is_on(before), 60, 'the flood goes on')
    flood.stop()
    # What was seen: all those networks, and no answer to most strangers.
    came = lab.packets('mip6.mhtype == 5 && frame.interface_name == "t-ha"',
                       'ipv6.src')
    networks = {':'.join(p['ipv6.src'].split(',')[0].split(':')[:4])
                for p in came}
    assert len(networks) > 1900, len(networks)
    strangers = len(lab.packets('mip6.mhtype == 6 && ipv6.dst == '
                                '2001:dbb::/32 && !icmpv6'))
    assert strangers < 5, 'the flood was none: strangers are heard'
    said = counters(ha)
    assert said['mh-rate-total'] > 0 and said['mh-rate-source'] > 0, said
    assert said['mh-rate-node'] == 0, said
    assert resident(agent) < size + 4096, 'it has grown'


def refresh(lab, coa, number):
    """A Binding Update of the registered node, at most twice, each of them
    given time enough."""
    def is_taken():
        return bindings(lab)[HOA]['sequence'] == number

    rb = lab.node('rb')
    rb.inject([update_to(HOA, coa, number)])
    try:
        lab.wait_for(is_taken, 20, 'the first try')
    except Failed:
        rb.inject([update_to(HOA, coa, number)])
        lab.wait_for(is_taken, 20, 'refresh %d in the flood' % number)


def resident(program):
    """Its KiB of memory."""
    return int(program.node.sh('grep VmRSS /proc/%d/status' % program.pid)
               .out.split()[1])
