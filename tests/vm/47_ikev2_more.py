# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys that charon negotiates, looked at more closely: what is in its ESP,
prefixes of the home link, pairs that come and go, an end point that does not
follow, and what charon forgets."""

from ikev2 import MADE, PAIRS, agree, both_ends, carry, charon, generate, \
    keys, learn_keys, no_clear, security, start
from ipsec import check_away, check_home, clear_mh, protected
from mip6 import A, B, CONF, HA, HOA, HOA2, ask, bindings, bul, example, \
    home_agent, mobile_node, wait_bound, wait_home

DEADLINE = 600
FAST = ('home-agent = {', 'home-agent = { min-prefix-interval = 1; '
        'max-prefix-interval = 8;')
OTHERS = 'ipsec = {' in example('ike/home-agent')   # options beside it
STAYS = ('ipsec = {', 'ipsec = { key-mobility = false;') if OTHERS else (
    'security = "ipsec";', 'security = "ipsec"; ipsec = { key-mobility = '
    'false; };')


def reload(lab, program):
    said = program.log().count('is in force')
    program.signal(1)
    lab.wait_for(lambda: program.log().count('is in force') > said, 20,
                 'the reload')


# --- what is in ESP ---------------------------------------------------------

def test_decrypted(lab):
    """With charon's keys tshark reads what passed: registration, handover
    and return, each message as RFC 3776 has it, and nothing else.

    SEC-8 SEC-9 SEC-10 HA-8 HA-15 MN-129"""
    _agent, _node, _charons, coa = start(lab)
    agree(lab, coa)
    spis = learn_keys(lab)
    check_away(lab, 'a', coa)
    lab.move('mn', 'b')
    coa = wait_bound(lab, B)
    check_away(lab, 'b', coa)
    when = lab.move('mn', 'home')
    wait_home(lab)
    check_home(lab, when)
    for p in protected(lab, 'frame.interface_name == "home" && mip6.mhtype'):
        assert p['mip6.bu.lifetime'] in ('', '0'), 'no de-registration'
    found = lab.packets('esp && ipv6.addr == ' + HA, 'esp.spi',
                        'esp.icv_good', 'mip6.mhtype')
    for p in found:
        assert int(p['esp.spi'], 16) in spis, p
        assert p['esp.icv_good'] in ('1', 'True'), p
        assert p['mip6.mhtype'] in ('5', '6'), p
    assert not clear_mh(lab), clear_mh(lab)[:3]


def test_prefixes(lab):
    """The prefix of the home link is about to end: the node is told so in
    ESP, asks in ESP, is answered so, and registers for no longer.

    SEC-5 SEC-13 HA-142 HA-151 MN-65 MN-67"""
    link = 'address = "2001:db8:1::1"; ra = "off";'
    ending = link + ' valid-lifetime = 600; preferred-lifetime = 0;'
    agent, _node, _charons, coa = start(
        lab, agent_changes=(FAST, ('address = "2001:db8:1::1";', link)))
    agree(lab, coa)
    learn_keys(lab)
    assert bul(lab)[HOA]['remaining'] > 600, bul(lab)
    ha = lab.node('ha')
    conf = ha.read(CONF)
    ha.write(CONF, conf.replace(link, ending))
    reload(lab, agent)
    prefix = ('icmpv6.opt.prefix', 'icmpv6.mip6.identifier')
    ends = '147 && icmpv6.opt.prefix.valid_lifetime <= 600'

    def answered():
        told = of_link_a(lab, ends, *prefix)
        hints = [p for p in told if p['icmpv6.mip6.identifier'] == '0']
        answers = [p for p in told if hints and p not in hints
                   and p['time'] > hints[0]['time']]
        return answers and (hints[0], answers[0])
    hint, answer = lab.wait_for(answered, 90, 'an advertisement that was not '
                                'asked for, and one that was')
    for p in hint, answer:
        assert (p['ipv6.src'], p['ipv6.dst']) == (HA, coa), p
        assert p['ipv6.routing.mipv6.home_address'] == HOA, p
        assert p['icmpv6.opt.prefix'] == HA, p
    asked = [p for p in of_link_a(lab, '146', 'icmpv6.mip6.identifier')
             if p['icmpv6.mip6.identifier'] ==
             answer['icmpv6.mip6.identifier']]
    assert asked, 'the node did not ask'
    for p in asked:
        assert (p['ipv6.src'], p['ipv6.dst']) == (coa, HA), p
        assert p['ipv6.opt.mipv6.home_address'] == HOA, p
        assert hint['time'] < p['time'] < answer['time'], (hint, p, answer)
    lab.wait_for(lambda: bul(lab)[HOA]['remaining'] <= 600, 30,
                 'the node registers for no longer')
    no_clear(lab)


def of_link_a(lab, kind, *fields):
    return protected(lab, 'frame.interface_name == "a" && icmpv6.type == %s'
                     % kind, *fields)


# --- pairs come and go ------------------------------------------------------

def hh_node(lab, lines):
    """The host of the home link as another mobile node, on link b."""
    carry(lab, lines, 'hh')
    charon(lab, 'hh')
    lab.move('hh', 'b')
    return mobile_node(lab, example('ike/mobile-node'), 'hh',
                       [('2001:db8:1::100', HOA2)])


def pair_of_hh(lab, agent):
    """Its pair, out of what was generated for it, at the end of the agent's
    file; the file before and after that."""
    ha = lab.node('ha')
    before = ha.read(PAIRS)
    pair = ha.read(MADE + '/agent/ike.conf').split('pairs = (')[1]
    after = before.replace('}\n);', '},' + pair, 1)
    assert after != before
    ha.write(PAIRS, after, 0o600)
    reload(lab, agent)
    return before, after


def began(lab, node):
    """Initiator's SPIs of what a node began."""
    return {p['isakmp.ispi'] for p in lab.packets(
        'isakmp.exchangetype == 34 && isakmp.flag_r == 0 && '
        'frame.interface_name == "%s"' % node, 'isakmp.ispi')}


def test_reload(lab):
    """A pair is added at an agent that runs, has another secret, is taken
    away and put back: it comes up, negotiates anew only when both have the
    new one, is refused together with its binding, and comes again. The other
    pair keeps what it has.

    SEC-29"""
    agent, _node, _charons, coa = start(lab)
    first, _ha = agree(lab, coa)
    mine = began(lab, 'a')
    hh = hh_node(lab, generate(lab, name='hh', hoa=HOA2))
    lab.wait_for(lambda: security(lab, 'hh', HOA2)['ike']['reason'], 120,
                 'nobody knows the second node')
    assert HOA2 not in bindings(lab)
    before, after = pair_of_hh(lab, agent)
    old, _ha = agree(lab, timeout=180, node='hh', hoa=HOA2)
    lab.wait_for(lambda: HOA2 in bindings(lab), 60, 'its binding')

    other_secret(lab, 'ha', after, agent)
    refused(lab, 'waiting for the node')
    assert HOA2 in bindings(lab), 'the pair is still there'
    other_secret(lab, 'hh', lab.node('hh').read(PAIRS), hh)
    new, _ha = agree(lab, timeout=180, node='hh', hoa=HOA2)
    assert new['spi_in'] != old['spi_in'], (old, new)

    lab.node('ha').write(PAIRS, before, 0o600)
    reload(lab, agent)
    lab.wait_for(lambda: HOA2 not in bindings(lab), 30, 'its end')
    refused(lab, None)
    assert HOA2 not in bindings(lab) and HOA in bindings(lab), bindings(lab)
    assert not lab.node('cn').reaches(HOA2, 1)
    lab.node('ha').write(PAIRS, after, 0o600)
    other_secret(lab, 'ha', after, agent)
    agree(lab, timeout=180, node='hh', hoa=HOA2)
    lab.wait_for(lambda: HOA2 in bindings(lab), 60, 'its binding')

    now, _ha = agree(lab, coa)
    assert (now['spi_in'], now['spi_out'], now['ike']['ike_id']) == (
        first['spi_in'], first['spi_out'], first['ike']['ike_id']), now
    assert now['ike']['rekeyed'] == 0, now
    assert began(lab, 'a') == mine, 'the other pair negotiated, too'
    lab.move('mn', 'b')
    agree(lab, wait_bound(lab, B))
    no_clear(lab)


def other_secret(lab, name, text, program):
    """The pair of the second node gets another secret, the same each time."""
    at = text.rindex('secret = "') + len('secret = "')
    lab.node(name).write(PAIRS, text[:at] + '0123456789abcdef' * 4 +
                         text[at + 64:], 0o600)
    reload(lab, program)


def refused(lab, ha_state):
    """The second node tries twice more, and has nothing."""
    tried = len(began(lab, 'b'))

    def twice():
        mn, ha = both_ends(lab, 'hh', HOA2)
        return len(began(lab, 'b')) >= tried + 2 and \
            mn['state'] == 'negotiating' and (ha and ha['state']) == ha_state
    lab.wait_for(twice, 180, 'the second node is refused')


def test_other_home_address(lab):
    """A node that is who it says gets no keys for the home address of
    another: the agent has one home address for each identity.

    SEC-14"""
    agent, _node, _charons, coa = start(lab)
    agree(lab, coa)
    lines = generate(lab, name='hh', hoa=HOA2)
    pair_of_hh(lab, agent)
    text = lab.node('ha').read(MADE + '/hh/ike.conf')
    assert text.count(HOA2) == 1, text
    lab.node('ha').write(MADE + '/hh/ike.conf', text.replace(HOA2, HOA),
                         0o600)
    carry(lab, lines, 'hh')
    log = charon(lab, 'hh')
    lab.move('hh', 'b')
    mobile_node(lab, example('ike/mobile-node'), 'hh')
    log.wait_log('TS_UNACCEPTABLE', 120)
    tried = len(began(lab, 'b'))
    lab.wait_for(lambda: len(began(lab, 'b')) > tried, 60, 'another try')
    assert security(lab, 'hh')['state'] == 'negotiating', both_ends(lab, 'hh')
    assert not lab.packets('esp && frame.interface_name == "b"')
    agree(lab, coa)
    assert bindings(lab)[HOA]['care_of_address'] == coa, bindings(lab)
    assert lab.node('cn').reaches(HOA, 3)
    no_clear(lab)


def test_rule_by_identity(lab):
    """The agent's rules go by what IKE has proven.  HA-18"""
    rules = '{ ike-id = "*@example.org"; action = "deny"; }, ' \
        '{ ike-id = "mn@mip6.invalid"; action = "allow"; max-lifetime = 40; }'
    _agent, _node, _charons, coa = start(lab, agent_changes=(
        ('home-agent = {', 'home-agent = { policy = ( %s );' % rules),))
    agree(lab, coa)
    assert bindings(lab)[HOA]['lifetime'] == 40, bindings(lab)
    said = ask(lab.node('ha'), 'show', 'policy')
    assert [r['bindings'] for r in said['policy']] == [0, 1], said
    assert said['policy'][0]['hits'] == said['default']['hits'] == 0, said


def not_proven(lab):
    """The node begins with what it was given, and gets nothing."""
    charons = {name: charon(lab, name) for name in ('ha', 'mn')}
    home_agent(lab, example('ike/home-agent'))
    lab.move('mn', 'a')
    mobile_node(lab, example('ike/mobile-node'))
    charons['mn'].wait_log('AUTHENTICATION_FAILED|AUTH_FAILED', 120)
    lab.wait_for(lambda: security(lab, 'mn')['ike']['reason'], 120,
                 'a reason why there is no association')
    assert security(lab, 'mn')['state'] == 'negotiating', both_ends(lab)
    assert not bindings(lab), bindings(lab)
    assert not lab.packets('esp'), 'something was sent'
    no_clear(lab)


def test_other_authority(lab):
    """Certificates of an authority that the other end does not name prove
    nothing, whatever is in them."""
    keys(lab, '--certificates')
    carry(lab, generate(lab, '--certificates'), 'mn')
    not_proven(lab)


def test_other_certificate(lab):
    """A node with the certificate and the key of another node of the same
    agent that says it is the first one.

    SEC-24"""
    ha, mn = lab.node('ha'), lab.node('mn')
    lines = generate(lab, '--certificates', others=['other=' + HOA2])
    for name in ('ha', 'mn'):
        carry(lab, lines, name)
    for name in ('own.pem', 'own.key'):
        mn.write('/etc/mip6d/' + name, ha.read(MADE + '/other/' + name), 0o600)
    not_proven(lab)


# --- the K bit --------------------------------------------------------------

def test_without_k(lab):
    """An end point of IKE that does not follow, first the agent's, then the
    node's: the node negotiates anew from each care-of address, and from home.

    SEC-23 HA-35 MN-177"""
    agent, node, _charons, coa = start(lab, agent_changes=(STAYS,))
    agree(lab, coa)
    learn_keys(lab)
    check_k(lab, 'a', '1', '0')
    for link, prefix in (('b', B), ('home', None), ('a', A)):
        moved(lab, link, prefix)
    # The other way round.
    for name, program, old, new in (('ha', agent) + STAYS[::-1],
                                    ('mn', node) + STAYS):
        conf = lab.node(name).read(CONF)
        assert old in conf, conf
        lab.node(name).write(CONF, conf.replace(old, new))
        reload(lab, program)
    moved(lab, 'b', B)
    check_k(lab, 'b', '0', '0')
    assert not clear_mh(lab), clear_mh(lab)[:3]
    no_clear(lab)


def moved(lab, link, prefix):
    """To another link, with other keys from there."""
    was = security(lab, 'mn')
    lab.move('mn', link)
    if prefix:
        coa = wait_bound(lab, prefix)
    else:
        wait_home(lab)
        coa = HOA

    def anew():
        now = security(lab, 'mn')
        return now['state'] == 'up' and now['spi_in'] != was['spi_in']
    lab.wait_for(anew, 120, 'other keys')
    now, _ha = agree(lab, coa)
    assert now['ike']['moved'] == 0, now
    assert now['ike']['ike_id'] != was['ike']['ike_id'], (was, now)
    learn_keys(lab)


def check_k(lab, link, of_bu, of_ba):
    """The K bits of the last exchange on a link."""
    wire = 'frame.interface_name == "%s" && mip6.mhtype == ' % link
    flags = {'True': '1', 'False': '0'}
    for kind, field, value in ((5, 'mip6.bu.k_flag', of_bu),
                               (6, 'mip6.ba.k_flag', of_ba)):
        last = protected(lab, wire + str(kind), field)[-1]
        assert flags.get(last[field], last[field]) == value, last


# --- charon changes keys, or forgets ----------------------------------------

def test_rekey_at_work(lab):
    """Associations and IKE itself get new keys, from either end, time and
    again, while the node registers every other second: each Binding Update
    is in ESP, and each is answered."""
    _agent, _node, _charons, coa = start(
        lab, node_changes=(('home-agent = "2001:db8:1::1";',
                            'home-agent = "2001:db8:1::1"; lifetime = 4;'),))
    agree(lab, coa)
    learn_keys(lab)
    ike = '--ike mip6-%s-%s' % (HOA, HA)
    for name, what in (('mn', '--child mip6'), ('mn', ike),
                       ('ha', '--child mip6'), ('ha', ike)) * 2:
        was = newest(lab)
        done = lab.node(name).sh('swanctl --rekey ' + what)
        assert 'success' in done.out + done.err, done
        lab.wait_for(lambda: newest(lab)[what == ike] != was[what == ike],
                     120, 'new keys for ' + what)
        agree(lab, coa)
        learn_keys(lab)
        at = bul(lab)[HOA]['sequence']
        lab.wait_for(lambda: bul(lab)[HOA]['sequence'] > at + 1, 30,
                     'registrations go on')
    last = bul(lab)[HOA]['sequence'] - 1
    wire = 'frame.interface_name == "a" && mip6.mhtype == '
    sent = [p['mip6.bu.seqnr'] for p in protected(lab, wire + '5')]
    answered = [p['mip6.ba.seqnr'] for p in protected(
        lab, wire + '6', 'mip6.ba.seqnr')]
    assert len(sent) > 16 and len({
        p['esp.spi'] for p in protected(lab, wire + '5')}) > 4, sent
    unanswered = [n for n in sent if n not in answered and
                  int(n, 0) <= last]
    assert not unanswered, (unanswered, sent, answered)
    assert not clear_mh(lab), clear_mh(lab)[:3]
    assert not lab.packets('esp && !(esp.icv_good == 1)')


def newest(lab):
    """What changes with the keys of the associations, and of IKE."""
    now = security(lab, 'mn')
    return now['spi_in'], now['ike']['ike_id']


def test_forgotten(lab):
    """What `swanctl --load-all` takes away at either end, as charon's service
    does at each start, is there again before it is needed; associations and
    registrations do not notice."""
    _agent, _node, charons, coa = start(lab)
    first, _ha = agree(lab, coa)
    name = 'mip6-%s-%s' % (HOA, HA)
    for node in ('ha', 'mn'):
        there = lab.node(node)
        assert name in there.run('swanctl --list-conns').out
        done = there.run('swanctl --load-all --noprompt')
        assert 'no connections found, 1 unloaded' in done.out, done
        there.wait_for(lambda: name in there.run('swanctl --list-conns').out,
                       60, 'its connection')
    now, _ha = agree(lab, coa)
    assert now['spi_in'] == first['spi_in'], (first, now)
    # Nobody has anything now but what was loaded again.
    for node in ('ha', 'mn'):
        lab.node(node).sh('swanctl --terminate --force --timeout 1 --ike '
                          + name, check=False)
    lab.wait_for(lambda: security(lab, 'mn')['spi_in'] not in
                 (None, first['spi_in']), 120, 'other keys')
    agree(lab, coa)
    # With its service charon starts like this.
    charons['ha'].stop()
    charon(lab, 'ha')
    lab.node('ha').run('swanctl --load-all --noprompt')
    now, _ha = agree(lab, coa)
    lab.move('mn', 'b')
    agree(lab, wait_bound(lab, B, timeout=120), 180)
    no_clear(lab)
