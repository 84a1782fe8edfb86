#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the golden Mobility Headers of golden_mh.h with scapy's.

The octets there are what our parser and builder are held against; here
somebody else's encoder builds the same messages, checksum included.

golden_mh.py              compare
golden_mh.py --print      print what scapy builds, to fill in a new golden
golden_mh.py --seeds DIR  write each golden as a file: seeds for a fuzzer
"""

import logging
import os
import re
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = os.path.join(HERE, "golden_mh.h")

COOKIE = bytes.fromhex("1011121314151617")
COOKIE_C = bytes.fromhex("2021222324252627")
AUTH = bytes.fromhex("b0b1b2b3b4b5b6b7b8b9babb")
AUTH_2 = bytes(range(12))
STAMP = 0xe0ad5f10_80000001  # NTP: 2019-06-15, half a second and a bit


def text_of_strings(source):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', source)) \
        .replace("\\n", "\n")


def octets(text):
    return bytes.fromhex(re.sub(r"#.*", "", text))


def read_goldens(name, header):
    """name -> (source, destination, octets), from the C header."""
    with open(header, encoding="utf-8") as file:
        source = file.read()
    macros = dict(re.findall(r'#define (\w+) +"([^"]*)"', source))
    table = source[source.index(name + "[] = {"):]
    rows = re.findall(r'\{ "(\w+)", (\w+), (\w+),\n(.*?) \},\n', table, re.S)
    return {row: (macros[src], macros[dst], octets(text_of_strings(text)))
            for row, src, dst, text in rows}, macros


def scapy_mn_auth(s, alt):
    """Identifier, replay protection and authentication (RFC 4283, 4285)."""
    def nai(name):
        return s.MIP6OptMNID(subtype=1, id=name)

    def stamp(value):
        return s.MIP6OptReplayProtection(timestamp=value)

    def mn_auth(subtype, spi, value=AUTH):
        return s.MIP6OptMsgAuth(subtype=subtype, mspi=spi, authdata=value)

    return {
        "bu_mn_ha": s.MIP6MH_BU(
            seq=0x1234, flags="AH", mhtime=105,
            options=[alt, nai("alice@example.org"), stamp(STAMP),
                     mn_auth(1, 1000)]),
        "bu_mn_aaa": s.MIP6MH_BU(
            seq=0x1234, flags="AH", mhtime=105,
            options=[nai("a@b"), mn_auth(2, 3, AUTH_2)]),
        "ba_mn_ha": s.MIP6MH_BA(
            status=144, flags=0, seq=0x1234, mhtime=0,
            options=[nai("alice@example.org"), stamp(STAMP),
                     mn_auth(1, 0xffffffff, AUTH_2)]),
    }


def scapy_messages(addr):
    """The same messages by scapy.  Its lengths of the options 4 and 5 are
    wrong by default (it writes 16), so they are given."""
    # pylint: disable=import-outside-toplevel
    from scapy.layers import inet6 as s

    def auth(value):
        return s.MIP6OptBindingAuthData(
            olen=12, authenticator=int.from_bytes(value, "big"))

    def nonces(home, coa):
        return s.MIP6OptNonceIndices(olen=4, hni=home, coni=coa)

    def network(prefix, plen):
        return s.MIP6OptMobNetPrefix(prefix=prefix, plen=plen)

    alt = s.MIP6OptAltCoA(acoa=addr["COA"])
    return {
        "brr": s.MIP6MH_BRR(),
        "hoti": s.MIP6MH_HoTI(cookie=COOKIE),
        "coti": s.MIP6MH_CoTI(cookie=COOKIE_C),
        "hot": s.MIP6MH_HoT(index=0x1234, cookie=COOKIE,
                            token=bytes(range(0xa0, 0xa8))),
        "cot": s.MIP6MH_CoT(index=0x4321, cookie=COOKIE_C,
                            token=bytes(range(0xc0, 0xc8))),
        "bu_plain": s.MIP6MH_BU(seq=0x1234, flags="AH", mhtime=0),
        "bu_home": s.MIP6MH_BU(seq=0x1234, flags="AHLK", mhtime=105,
                               options=[alt]),
        "bu_cn": s.MIP6MH_BU(seq=0xffff, flags="A", mhtime=105,
                             options=[nonces(1, 2), auth(AUTH)]),
        "bu_cn_alt": s.MIP6MH_BU(seq=0, flags="A", mhtime=0xffff,
                                 options=[alt, nonces(0xfffe, 0xffff),
                                          auth(AUTH_2)]),
        "ba_plain": s.MIP6MH_BA(status=0, flags="K", seq=0x1234, mhtime=105),
        "ba_advice": s.MIP6MH_BA(status=1, flags=0, seq=7, mhtime=100,
                                 options=[s.MIP6OptBRAdvice(rinter=80)]),
        "ba_refused": s.MIP6MH_BA(status=135, flags=0, seq=0x8000, mhtime=0),
        "ba_cn": s.MIP6MH_BA(status=0, flags=0, seq=0xffff, mhtime=105,
                             options=[auth(AUTH)]),
        "ba_advice_auth": s.MIP6MH_BA(status=0, flags="K", seq=1,
                                      mhtime=0xffff,
                                      options=[s.MIP6OptBRAdvice(rinter=1),
                                               auth(AUTH)]),
        "be_hao": s.MIP6MH_BE(status=1, ha=addr["HOA"]),
        "be_type": s.MIP6MH_BE(status=2, ha="::"),
        "bu_network": s.MIP6MH_BU(
            seq=0x1234, flags="AHR", mhtime=105,
            options=[alt, network("2001:db8:5::", 48),
                     network("2001:db8:6:7::", 64)]),
        **scapy_mn_auth(s, alt),
    }


def scapy_octets(goldens, messages):
    from scapy.layers.inet6 import IPv6  # pylint: disable=C0415
    built = {}
    for name, (src, dst, _) in goldens.items():
        if name in messages:
            built[name] = bytes(IPv6(src=src, dst=dst) / messages[name])[40:]
    return built


def write_seeds(goldens, folder, prefix):
    for name, (src, dst, data) in goldens.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(prefix(src, dst) + data)


def compare(suite, goldens, built, names):
    failed = 0
    for name in sorted(names | set(goldens)):
        ours = goldens.get(name, (None, None, None))[2]
        theirs = built.get(name)
        if ours is not None and ours == theirs:
            print(f"ok   {suite}/{name}")
            continue
        failed += 1
        print(f"FAIL {suite}/{name}\n"
              f"     golden {ours.hex() if ours else None}\n"
              f"     scapy  {theirs.hex() if theirs else None}")
    print(f"{len(goldens) - failed} passed, {failed} failed")
    return 1 if failed or not goldens else 0


def main(suite, header, make_messages, seed_prefix=lambda src, dst: b""):
    goldens, macros = read_goldens(suite, header)
    if sys.argv[1:2] == ["--seeds"]:
        write_seeds(goldens, sys.argv[2], seed_prefix)
        return 0
    warnings.filterwarnings("ignore")
    logging.getLogger("scapy").setLevel(logging.ERROR)
    try:
        messages = make_messages(macros)
    except ImportError as error:
        print(f"skipped: no scapy ({error}); Debian package python3-scapy")
        return 77
    built = scapy_octets(goldens, messages)
    if sys.argv[1:2] == ["--print"]:
        for name, data in built.items():
            print(name, data.hex())
        return 0
    return compare(suite, goldens, built, set(messages))


if __name__ == "__main__":
    sys.exit(main("golden_mh", HEADER, scapy_messages))
