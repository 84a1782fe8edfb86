# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenarios about ESP share: keys made by mip6d-ctl and carried to
the node, and tshark, which is given them and decrypts."""

import re

from mip6 import HA, HOA

KEYS = '/etc/mip6d/sa.conf'
BUNDLE = '/etc/mip6d/nodes/%s/sa.conf'
# In the examples: what makes them need no keys.
IPSEC = (('security = "insecure";', ''),)
CIPHERS = {'aes128-cbc': 'AES-CBC [RFC3602]', 'aes256-cbc': 'AES-CBC [RFC3602]'}
AUTHS = {'hmac-sha256-128': 'HMAC-SHA-256-128 [RFC4868]',
         'hmac-sha512-256': 'HMAC-SHA-512-256 [RFC4868]'}
SA = re.compile(r'([a-z-]+) = \{\s*spi = (0x[0-9a-f]+)L?;\s*'
                r'encryption = "([^"]+)";\s*encryption-key = "([^"]+)";\s*'
                r'integrity = "([^"]+)";\s*integrity-key = "([^"]+)";')
FIELDS = ('ipv6.src', 'ipv6.dst', 'ipv6.opt.mipv6.home_address',
          'ipv6.routing.type', 'ipv6.routing.mipv6.home_address',
          'esp.spi', 'esp.icv_good', 'mip6.mhtype', 'mip6.acoa.acoa',
          'mip6.ba.status', 'mip6.bu.seqnr', 'mip6.bu.lifetime')


def generate(lab, *homes, agent=HA):
    """Keys for these home addresses, made at the agent; the file's text."""
    lab.node('ha').run(['mip6d-ctl', 'sa', 'generate', agent] +
                       list(homes or (HOA,)))
    return lab.node('ha').read(KEYS)


def carry_keys(lab, hoa=HOA, node='mn'):
    """The node's bundle, from the agent's disk to the node's."""
    text = lab.node('ha').read(BUNDLE % hoa.replace(':', '-'))
    lab.node(node).write(KEYS, text, mode=0o600)


def keys_of(text):
    """[(use, SPI, cipher, key, authentication, key)] of a file."""
    return [(use, int(spi, 16), cipher, ckey, auth, akey)
            for use, spi, cipher, ckey, auth, akey in SA.findall(text)]


def use_keys(lab, text):
    """tshark decrypts what these keys protect, and checks each packet."""
    options = ['-o', 'esp.enable_encryption_decode:TRUE',
               '-o', 'esp.enable_authentication_check:TRUE']
    for _use, spi, cipher, ckey, auth, akey in keys_of(text):
        row = ['IPv6', '*', '*', '0x%08x' % spi, CIPHERS[cipher], '0x' + ckey,
               AUTHS[auth], '0x' + akey]
        options += ['-o', 'uat:esp_sa:' + ','.join('"%s"' % v for v in row)]
    lab.dissect(*options)


def protected(lab, display_filter, *fields):
    """What passed in ESP and fits the filter once it is decrypted. Each of
    them has a good integrity check value."""
    found = lab.packets('esp && (%s)' % display_filter, *FIELDS, *fields)
    for p in found:
        assert p['esp.icv_good'] in ('1', 'True'), p
    return found


def clear_mh(lab, between=HA):
    """Mobility Headers to or from an address that are not in ESP. (Errors
    quote what they are about.)"""
    return lab.packets('mipv6 && !esp && !icmpv6 && ipv6.addr == %s' % between,
                       'ipv6.src', 'ipv6.dst', 'mip6.mhtype')


__all__ = ['BUNDLE', 'IPSEC', 'KEYS', 'carry_keys', 'clear_mh', 'generate',
           'keys_of', 'protected', 'use_keys']
