# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the lab's captures, and checks by itself what tshark does not:
checksums of ICMPv6, Mobility Header, TCP and UDP messages, inside tunnels
and behind a Home Address option or a routing header of type 2 as well."""

import ipaddress
import struct

from .errors import LabError

HOPOPTS, ROUTING, FRAGMENT, DSTOPTS, MOBILITY = 0, 43, 44, 60, 135
ICMPV6, TCP, UDP, IPV6 = 58, 6, 17, 41
NAMES = {ICMPV6: 'ICMPv6', MOBILITY: 'Mobility Header', TCP: 'TCP',
         UDP: 'UDP'}


class Packet:
    __slots__ = ('number', 'link', 'time', 'data', 'ipv6')

    def __init__(self, number, link, when, data, linktype):
        self.number, self.link = number, link
        self.time, self.data = when, data
        if linktype != 1:       # a tunnel device: no frame around it
            self.ipv6 = data
        elif data[12:14] == b'\x86\xdd':
            self.ipv6 = data[14:]
        else:
            self.ipv6 = b''


def options(data):
    while len(data) >= 4:
        code, size = struct.unpack_from('<HH', data)
        if code == 0:
            return
        yield code, data[4:4 + size]
        data = data[4 + (size + 3) // 4 * 4:]


def read(path):
    """Packets in the order of the file. A last packet that is still being
    written is left out."""
    with open(path, 'rb') as f:
        data = f.read()
    links, number, at = [], 0, 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from('<II', data, at)
        if size < 12 or size % 4:
            raise LabError('%s is not a capture of the lab' % path)
        if at + size > len(data):
            return
        body = data[at + 8:at + size - 4]
        at += size
        if kind == 1:
            names = [v for c, v in options(body[8:]) if c == 2]
            links.append((names[0].decode() if names else str(len(links)),
                          struct.unpack_from('<H', body)[0]))
        elif kind == 6:
            number += 1
            iface, high, low, caught = struct.unpack_from('<IIII', body)
            yield Packet(number, links[iface][0], (high << 32 | low) / 1e9,
                         body[20:20 + caught], links[iface][1])


def ones_sum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def checksum_good(source, target, kind, payload):
    pseudo = source + target + struct.pack('!II', len(payload), kind)
    return ones_sum(pseudo + payload) == 0xffff


def home_address(data):
    """From a destination options header, or None."""
    at = 2
    while at + 1 < len(data):
        if data[at] == 0:
            at += 1
        elif data[at] == 0xc9 and data[at + 1] == 16:
            return data[at + 2:at + 18]
        else:
            at += 2 + data[at + 1]
    return None


def bad_checksums(data):
    """Names of the messages in an IPv6 packet whose checksum is wrong."""
    if len(data) < 40 or data[0] >> 4 != 6:
        return []
    length, kind = struct.unpack_from('!HB', data, 4)
    source, target = data[8:24], data[24:40]
    rest = data[40:40 + length]
    if len(rest) < length:
        return []
    while True:
        if kind == IPV6:
            return bad_checksums(rest)
        if kind in (HOPOPTS, ROUTING, DSTOPTS) and len(rest) >= 8:
            size = (rest[1] + 1) * 8
            head, after = rest[:size], rest[size:]
            if kind == DSTOPTS:
                source = home_address(head) or source
            if kind == ROUTING and head[2] == 2 and head[3] == 1:
                target = head[8:24]
            kind, rest = head[0], after
        else:
            break
    if kind not in NAMES or kind == FRAGMENT or len(rest) < 6:
        return []
    if kind == UDP and rest[6:8] == b'\0\0':
        return []
    return [] if checksum_good(source, target, kind, rest) \
        else ['%s from %s' % (NAMES[kind], ipaddress.IPv6Address(source))]


def check(path, skip=frozenset()):
    """Sentences about wrong checksums; SKIP holds packet numbers."""
    found = []
    for packet in read(path):
        if packet.number in skip:
            continue
        for what in bad_checksums(packet.ipv6):
            found.append('packet %d on %s: bad checksum: %s'
                         % (packet.number, packet.link, what))
    return found
