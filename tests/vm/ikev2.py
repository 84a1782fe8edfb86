# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenarios share in which strongSwan's charon negotiates keys: both
ends set up by `mip6d-ctl ike generate`, what they say of associations, and
tshark, which is given the keys and decrypts."""

import os
import re

from ipsec import know_keys
from mip6 import A, HA, HOA, TREE, ask, example, home_agent, mobile_node, \
    wait_bound

LOG = 'charon { filelog { stderr { default = 1\n' \
    'time_format = %H:%M:%S } } }\n'
# Between the two, and not in ESP.
CLEAR = '!esp && ipv6.addr == %s && (mip6.mhtype == 5 || mip6.mhtype == 6 ' \
    '|| icmpv6.type == 146 || icmpv6.type == 147)' % HA
NEGOTIATION = 'isakmp.exchangetype == 34 && isakmp.flag_r == 0'
MADE = '/run/ike-keys'
USERS = os.path.join(TREE, 'systemd', 'sysusers.conf.in')
PAIRS = '/etc/mip6d/ike.conf'
# What two charons agree upon unless told otherwise; the salt is in the key.
STATE = re.compile(r'proto esp spi (0x[0-9a-f]+) .*'
                   r'aead rfc4106\(gcm\(aes\)\) 0x([0-9a-f]{40}) 128', re.S)


def log_charon(node):
    node.write('/etc/strongswan.d/zz-lab.conf', LOG)


def charon(lab, name):
    node = lab.node(name)
    log_charon(node)
    program = node.start('charon', ['/usr/lib/ipsec/charon'])
    lab.wait_for(lambda: node.sh('swanctl --stats', check=False).status == 0,
                 120, 'charon answers on ' + name)
    return program


def generate(lab, *options, name='mn', hoa=HOA, others=()):
    """What an agent, one node and OTHERS (NAME=ADDRESS) need, below MADE on
    the agent's disk; what it says is to be done with it."""
    lab.node('ha').run(['rm', '-rf', MADE])
    done = lab.node('ha').run(
        ['mip6d-ctl', 'ike', 'generate'] + list(options) +
        [MADE, HA, '%s=%s' % (name, hoa)] + list(others), timeout=120)
    lines = [line[1:] for line in done.out.splitlines()
             if line.startswith('\t')]
    assert len(lines) == 3 and lines[2].startswith('systemctl '), done
    return lines


def carry(lab, lines, name):
    """To that node, which may be the agent itself, in its place as it was
    said, for the user that mip6d has."""
    text = lab.node('ha').sh('cd %s/%s && tar cf - . | base64' % (
        MADE, 'agent' if name == 'ha' else name)).out
    node = lab.node(name)
    node.run(['systemd-sysusers', USERS])
    node.write('/run/carried/keys.b64', text, 0o600)
    node.sh('cd /run/carried && base64 -d keys.b64 | tar xf - && %s && %s && '
            'cd / && rm -r /run/carried' % tuple(lines[:2]))


def keys(lab, *options):
    """What both ends need."""
    lines = generate(lab, *options)
    for name in ('ha', 'mn'):
        carry(lab, lines, name)
    lab.node('ha').run(['rm', '-r', MADE])


def start(lab, *options, agent_changes=(), node_changes=()):
    """Two charons, the usual pair, the node registered from link a."""
    keys(lab, *options)
    charons = {name: charon(lab, name) for name in ('ha', 'mn')}
    agent = home_agent(lab, example('ike/home-agent'),
                       changes=agent_changes)
    lab.move('mn', 'a')
    node = mobile_node(lab, example('ike/mobile-node'),
                       changes=node_changes)
    return agent, node, charons, wait_bound(lab, A, timeout=180)


def security(lab, name, hoa=HOA):
    """What `show security` says of the home address, or None."""
    for pair in ask(lab.node(name), 'show', 'security')['pairs']:
        if pair['home_address'] == hoa:
            return pair
    return None


def both_ends(lab, node='mn', hoa=HOA):
    return security(lab, node, hoa), security(lab, 'ha', hoa)


def agree(lab, coa=None, timeout=120, node='mn', hoa=HOA):
    """Until both ends have the same associations, and IKE its end point at
    COA; what they say."""
    def same():
        mn, ha = both_ends(lab, node, hoa)
        return mn['state'] == ha['state'] == 'up' and \
            mn['spi_in'] == ha['spi_out'] and \
            mn['spi_out'] == ha['spi_in'] and \
            coa in (None, mn['ike']['local_address']) and \
            coa in (None, ha['ike']['remote_address']) and (mn, ha)
    return lab.wait_for(same, timeout, 'the same associations at both ends, '
                        'IKE with %s' % coa)


def learn_keys(lab, *names):
    """tshark decrypts what is protected by the associations that these nodes
    have now; their SPIs."""
    found = {}
    for name in names or ('ha', 'mn'):
        text = lab.node(name).run('ip xfrm state').out
        for state in ('\n' + text).split('\nsrc '):
            if 'aead' not in state and 'enc' not in state:
                continue    # another protocol, or waiting for charon
            spi, key = STATE.search(state).groups()
            found[int(spi, 16)] = ('ike', int(spi, 16), 'aes128-gcm', key,
                                   'none', '')
    assert found, 'no associations'
    know_keys(lab, found.values())
    return set(found)


def no_clear(lab):
    """No message of mobility between the two was readable."""
    found = lab.packets(CLEAR, 'frame.interface_name', 'ipv6.src',
                        'ipv6.dst')
    assert not found, found


def negotiations(lab):
    """Initiator's SPIs of all that began."""
    return {p['isakmp.ispi'] for p in lab.packets(NEGOTIATION,
                                                  'isakmp.ispi')}
