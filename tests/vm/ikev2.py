# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenarios share in which strongSwan's charon negotiates keys: both
ends set up by `mip6d-ctl ike generate`, what they say of associations, and
tshark, which is given the keys and decrypts."""

from mip6 import A, HA, HOA, ask, example, home_agent, mobile_node, wait_bound

LOG = 'charon { filelog { stderr { default = 1\n' \
    'time_format = %H:%M:%S } } }\n'
# Between the two, and not in ESP.
CLEAR = '!esp && ipv6.addr == %s && (mip6.mhtype == 5 || mip6.mhtype == 6 ' \
    '|| icmpv6.type == 146 || icmpv6.type == 147)' % HA
NEGOTIATION = 'isakmp.exchangetype == 34 && isakmp.flag_r == 0'


def charon(lab, name):
    node = lab.node(name)
    node.write('/etc/strongswan.d/zz-lab.conf', LOG)
    program = node.start('charon', ['/usr/lib/ipsec/charon'])
    lab.wait_for(lambda: node.sh('swanctl --stats', check=False).status == 0,
                 120, 'charon answers on ' + name)
    return program


def keys(lab, *options):
    """What both ends need, in its place; nothing is written by hand."""
    done = lab.node('ha').run(
        ['mip6d-ctl', 'ike', 'generate'] + list(options) +
        ['/run/ike-keys', HA, 'mn=' + HOA], timeout=120)
    assert '/run/ike-keys/agent' in done.out, done
    for name, folder in (('ha', 'agent'), ('mn', 'mn')):
        text = lab.node('ha').sh('cd /run/ike-keys/%s && tar cf - . | base64'
                                 % folder).out
        node = lab.node(name)
        node.sh('mkdir -p /etc/mip6d')
        node.write('/etc/mip6d/keys.b64', text, 0o600)
        node.sh('cd /etc/mip6d && base64 -d keys.b64 | tar xf - && '
                'rm keys.b64 && groupadd -rf mip6d && '
                'mv charon.conf /etc/strongswan.d/mip6d.conf')
    lab.node('ha').sh('rm -r /run/ike-keys')


def start(lab, *options):
    """Two charons, the usual pair, the node registered from link a."""
    keys(lab, *options)
    charons = {name: charon(lab, name) for name in ('ha', 'mn')}
    agent = home_agent(lab, example('ike/home-agent'))
    lab.move('mn', 'a')
    node = mobile_node(lab, example('ike/mobile-node'))
    return agent, node, charons, wait_bound(lab, A, timeout=180)


def security(lab, name):
    """What `show security` says of the home address, or None."""
    for pair in ask(lab.node(name), 'show', 'security')['pairs']:
        if pair['home_address'] == HOA:
            return pair
    return None


def both_ends(lab):
    return security(lab, 'mn'), security(lab, 'ha')


def agree(lab, coa=None, timeout=120):
    """Until both ends have the same associations, and IKE its end point at
    COA; what they say."""
    def same():
        mn, ha = both_ends(lab)
        return mn['state'] == ha['state'] == 'up' and \
            mn['spi_in'] == ha['spi_out'] and \
            mn['spi_out'] == ha['spi_in'] and \
            coa in (None, mn['ike']['local_address']) and \
            coa in (None, ha['ike']['remote_address']) and (mn, ha)
    return lab.wait_for(same, timeout, 'the same associations at both ends, '
                        'IKE with %s' % coa)


def no_clear(lab):
    """No message of mobility between the two was readable."""
    found = lab.packets(CLEAR, 'frame.interface_name', 'ipv6.src',
                        'ipv6.dst')
    assert not found, found


def negotiations(lab):
    """Initiator's SPIs of all that began."""
    return {p['isakmp.ispi'] for p in lab.packets(NEGOTIATION,
                                                  'isakmp.ispi')}
