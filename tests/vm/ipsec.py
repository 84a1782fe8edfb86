# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenarios about ESP share: keys made by mip6d-ctl and carried to
the node, and tshark, which is given them and decrypts."""

import re

from mip6 import HA, HOA
from scapy.utils import PcapNgReader

KEYS = '/etc/mip6d/sa.conf'
BUNDLE = '/etc/mip6d/nodes/%s/sa.conf'
# In the examples: what makes them need no keys.
IPSEC = (('security = "insecure";', ''),)
CIPHERS = {'aes128-cbc': 'AES-CBC [RFC3602]', 'aes256-cbc': 'AES-CBC [RFC3602]',
           'aes128-gcm': 'AES-GCM with 16 octet ICV [RFC4106]'}
AUTHS = {'none': 'NULL',   # GCM does both
         'hmac-sha256-128': 'HMAC-SHA-256-128 [RFC4868]',
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
    """tshark decrypts what the keys of this file protect."""
    know_keys(lab, keys_of(text))


def know_keys(lab, keys):
    """tshark decrypts what these protect, and checks each packet."""
    options = ['-o', 'esp.enable_encryption_decode:TRUE',
               '-o', 'esp.enable_authentication_check:TRUE']
    for _use, spi, cipher, ckey, auth, akey in keys:
        row = ['IPv6', '*', '*', '0x%08x' % spi, CIPHERS[cipher], '0x' + ckey,
               AUTHS[auth], akey and '0x' + akey]
        options += ['-o', 'uat:esp_sa:' + ','.join('"%s"' % v for v in row)]
    lab.dissect(*options)


def protected(lab, display_filter, *fields):
    """What passed in ESP and fits the filter once it is decrypted. Each of
    them has a good integrity check value."""
    found = lab.packets('esp && (%s)' % display_filter, *FIELDS, *fields)
    for p in found:
        assert p['esp.icv_good'] in ('1', 'True'), p
    return found


def octets(lab, found):
    """The IPv6 packet that lab.packets found, as it was on the wire."""
    with PcapNgReader(lab.capture_all.path) as capture:
        for number, frame in enumerate(capture, 1):
            if number == found['number']:
                return bytes(frame)[14:]
    raise AssertionError('no packet %(number)d' % found)


def clear_mh(lab, between=HA):
    """Mobility Headers to or from an address that are not in ESP. (Errors
    quote what they are about.)"""
    return lab.packets('mipv6 && !esp && !icmpv6 && ipv6.addr == %s' % between,
                       'ipv6.src', 'ipv6.dst', 'mip6.mhtype')


def check_away(lab, link, coa):
    """A registration from there, all of it in ESP in transport mode."""
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
    """The same of a return home."""
    wire = 'frame.interface_name == "home" && '
    for kind, ends in (('5', (HOA, HA)), ('6', (HA, HOA))):
        there = [p for p in protected(lab, wire + 'mip6.mhtype == ' + kind)
                 if p['time'] > when]
        assert there, 'no message of type %s on the home link' % kind
        for p in there:
            assert (p['ipv6.src'], p['ipv6.dst']) == ends, p
            assert not p['ipv6.opt.mipv6.home_address'], p
            assert not p['ipv6.routing.type'], p


__all__ = ['BUNDLE', 'IPSEC', 'KEYS', 'carry_keys', 'check_away',
           'check_home', 'clear_mh', 'generate', 'keys_of', 'know_keys',
           'protected', 'use_keys']
