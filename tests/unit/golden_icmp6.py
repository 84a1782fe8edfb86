#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the golden ICMPv6 messages of golden_icmp6.h with scapy's.

The usage is that of golden_mh.py, whose machinery this is.
"""

import os
import sys

import golden_mh as common

HEADER = os.path.join(common.HERE, "golden_icmp6.h")
MAC_ROUTER = "52:54:00:00:00:01"
MAC_NODE = "52:54:00:00:01:00"


def solicitations(s, addr):
    slla = s.ICMPv6NDOptSrcLLAddr
    tlla = s.ICMPv6NDOptDstLLAddr
    hoa = addr["HOA"]
    return {
        "rs": s.ICMPv6ND_RS() / slla(lladdr=MAC_NODE),
        "rs_any": s.ICMPv6ND_RS(),
        "ns": s.ICMPv6ND_NS(tgt=hoa) / slla(lladdr=MAC_ROUTER),
        "ns_dad": s.ICMPv6ND_NS(tgt=hoa),
        "na_proxy": s.ICMPv6ND_NA(tgt=hoa, R=0, S=0, O=1)
        / tlla(lladdr=MAC_ROUTER),
        "na_solicited": s.ICMPv6ND_NA(tgt=hoa, R=1, S=1, O=1)
        / tlla(lladdr=MAC_NODE),
        "na_plain": s.ICMPv6ND_NA(tgt=hoa, R=0, S=1, O=0),
    }


def advertisements(s, addr):
    prefix = s.ICMPv6NDOptPrefixInfo
    home = s.ICMPv6ND_RA(chlim=64, M=0, O=1, H=1, prf=0, routerlifetime=1800,
                         reachabletime=30000, retranstimer=1000)
    home /= s.ICMPv6NDOptSrcLLAddr(lladdr=MAC_ROUTER)
    home /= s.ICMPv6NDOptMTU(mtu=1500)
    home /= prefix(prefixlen=64, L=1, A=1, R=1, validlifetime=86400,
                   preferredlifetime=14400, prefix=addr["HA"])
    home /= s.ICMPv6NDOptAdvInterval(advint=3000)
    home /= s.ICMPv6NDOptHAInfo(pref=9, lifetime=900)
    plain = s.ICMPv6ND_RA(chlim=0, M=1, O=0, H=0, prf=0, routerlifetime=0)
    plain /= prefix(prefixlen=64, L=1, A=0, R=0, prefix="2001:db8:2::",
                    validlifetime=0xffffffff, preferredlifetime=0xffffffff)
    plain /= prefix(prefixlen=48, L=0, A=1, R=0, prefix="2001:db8:3::",
                    validlifetime=0, preferredlifetime=0)
    return {"ra_home": home, "ra_plain": plain}


def errors(s, addr):
    hao = s.IPv6ExtHdrDestOpt(options=[s.HAO(hoa=addr["HOA"])])
    bu = s.MIP6MH_BU(cksum=0, seq=0x1234, flags="AH", mhtime=105,
                     options=[s.MIP6OptAltCoA(acoa=addr["COA"])])
    # scapy leaves this header's length to be given
    rh2 = s.IPv6ExtHdrRouting(type=2, len=2, segleft=1,
                              addresses=[addr["HOA"]])
    ba = s.MIP6MH_BA(cksum=0, status=0, flags="K", seq=0x1234, mhtime=105)
    out = s.IPv6(src=addr["HA"], dst=addr["COA"])
    return {
        "pp_bu": s.ICMPv6ParamProblem(code=1, ptr=24)
        / s.IPv6(src=addr["COA"], dst=addr["HA"]) / hao / bu,
        "unreach_ba": s.ICMPv6DestUnreach(code=3) / out / rh2 / ba,
        "too_big": s.ICMPv6PacketTooBig(mtu=1400) / out
        / s.IPv6(src=addr["CN"], dst=addr["HOA"], nh=59),
    }


def discovery(s, addr):
    prefix = s.ICMPv6NDOptPrefixInfo
    ours = prefix(prefixlen=64, L=1, A=1, R=1, validlifetime=86400,
                  preferredlifetime=14400, prefix=addr["HA"])
    own = s.ICMPv6ND_RA(chlim=64, M=0, O=0, H=1, prf=0, routerlifetime=1800,
                        reachabletime=0, retranstimer=0)
    own /= s.ICMPv6NDOptSrcLLAddr(lladdr=MAC_ROUTER) / ours
    own /= s.ICMPv6NDOptAdvInterval(advint=90)
    own /= s.ICMPv6NDOptHAInfo(pref=9, lifetime=900)
    other = prefix(prefixlen=48, L=0, A=1, R=0, prefix="2001:db8:3::",
                   validlifetime=0xffffffff, preferredlifetime=0)
    return {
        "ra_own": own,
        "haad_request": s.ICMPv6HAADRequest(id=0x1234, R=0),
        "haad_reply": s.ICMPv6HAADReply(
            id=0x1234, R=0, addresses=[addr["HA"], addr["CN"]]),
        "mps": s.ICMPv6MPSol(id=0x4321),
        "mpa": s.ICMPv6MPAdv(id=0x4321, flags=1) / ours / other,
    }


def scapy_messages(addr):
    from scapy.layers import inet6 as s  # pylint: disable=C0415
    return {**solicitations(s, addr), **advertisements(s, addr),
            **errors(s, addr), **discovery(s, addr)}


def seed_prefix(src, dst):
    """What tests/fuzz/fuzz_icmp6.c reads before the message: hop limit 255,
    and addresses of its table that play the same parts."""
    parts = {"::": 0, "2001:db8:1::1": 1, "fe80::5054:ff:fe00:1": 2,
             "ff02::1": 3, "ff02::1:ff00:100": 4, "2001:db8:1::100": 5,
             "2001:db8:2::100": 5, "ff02::2": 7}
    choice = parts.get(src, 1) | parts.get(dst, 5) << 3
    return bytes([255, 0xc0 | choice])


if __name__ == "__main__":
    sys.exit(common.main("golden_icmp6", HEADER, scapy_messages, seed_prefix))
