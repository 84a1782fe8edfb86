# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that no well-behaved node sends, made by scapy."""

from scapy.all import ICMPv6EchoRequest, IPv6, Raw, in6_chksum
from scapy.layers.inet6 import HAO, IPv6ExtHdrDestOpt, MIP6MH_BU, \
    MIP6OptMobNetPrefix, PadN


def mobility_header(src, dst, octets, fault=0):
    """The octets of a Mobility Header with its checksum over SRC and DST,
    FAULT off; what stands there already does not count."""
    octets = octets[:4] + bytes(2) + octets[6:]
    value = in6_chksum(135, IPv6(src=src, dst=dst), octets) ^ fault
    return octets[:4] + value.to_bytes(2, 'big') + octets[6:]


def mh(src, dst, octets, hoa=None, fault=0, rh2=None):
    """A packet with a Mobility Header: HOA in a Home Address option, or RH2
    in a type 2 routing header, stands in the checksum for SRC or DST."""
    octets = mobility_header(hoa or src, rh2 or dst, octets, fault)
    if hoa:
        return with_hao(src, dst, hoa, 135) / Raw(octets)
    if rh2:
        return with_rh2(src, dst, rh2, 135) / Raw(octets)
    return IPv6(src=src, dst=dst, nh=135) / Raw(octets)


def with_hao(src, dst, hoa, following):
    return IPv6(src=src, dst=dst) / IPv6ExtHdrDestOpt(
        nh=following, autopad=0,
        options=[PadN(optdata=b'\0\0'), HAO(hoa=hoa)])


def with_rh2(src, dst, hoa, following, length=2, left=1):
    octets = bytes([following, length, 2, left, 0, 0, 0, 0])
    address = bytes(IPv6(src=hoa))[8:24]
    return IPv6(src=src, dst=dst, nh=43) / Raw(
        octets + address + bytes(8 * (length - 2)))


def tunnelled(outer_src, outer_dst, inner):
    return IPv6(src=outer_src, dst=outer_dst) / inner


def echo(src, dst, number, size=8):
    """An echo request that can be told from all others."""
    return IPv6(src=src, dst=dst) / ICMPv6EchoRequest(
        id=0x6275, seq=number, data=b'm' * size)


def echo_body(src, dst, number):
    """The ICMPv6 octets alone, checksum for SRC and DST."""
    return Raw(bytes(echo(src, dst, number))[40:])


def update(number, lifetime=900, flags=0xc000):
    """A Binding Update without options but the padding."""
    return bytes([59, 1, 5, 0, 0, 0]) + number.to_bytes(2, 'big') + \
        flags.to_bytes(2, 'big') + lifetime.to_bytes(2, 'big') + \
        bytes([1, 2, 0, 0])


def router_update(number, networks, lifetime=900):
    """A mobile router's Binding Update by scapy, with its networks as
    "PREFIX/LENGTH" (RFC 3963)."""
    options = []
    for network in networks:
        prefix, length = network.split('/')
        options.append(MIP6OptMobNetPrefix(prefix=prefix, plen=int(length)))
    return bytes(MIP6MH_BU(seq=number, flags='AHR', mhtime=lifetime,
                           options=options, cksum=0))


__all__ = ['echo', 'echo_body', 'mh', 'router_update', 'tunnelled', 'update',
           'with_hao', 'with_rh2']
