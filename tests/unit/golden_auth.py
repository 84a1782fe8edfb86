#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Computes the vectors of golden_auth.h with Python's hashlib and hmac.

They come from the text of RFC 6275 (sections 5.2.5, 6.2.7) and RFC 4285
(section 5.1) and from nothing of ours: src/auth is held against them.

golden_auth.py          compare the header with what is computed
golden_auth.py --write  write the header
"""

import hashlib
import hmac
import ipaddress
import os
import struct
import sys

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "golden_auth.h")

TOP = """\
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keygen tokens, binding management keys and authenticators, written by
 * golden_auth.py, which computes them with another implementation.
 */
#ifndef TESTS_UNIT_GOLDEN_AUTH_H
#define TESTS_UNIT_GOLDEN_AUTH_H

#include <stddef.h>
#include <stdint.h>

/* A row stays as it was written. */
/* clang-format off */
"""

KEYS = (  # Kcn, nonce
    (bytes(range(20)), bytes(range(0xa0, 0xa8))),
    (b"\xff" * 20, b"\x00" * 8),
    (hashlib.sha256(b"node key").digest()[:20],
     hashlib.sha256(b"nonce").digest()[:8]),
)
ADDRESSES = ("2001:db8:1::100", "2001:db8:2::100", "fd00::1", "::")
HOME, COA, CN = "2001:db8:1::100", "2001:db8:2::100", "2001:db8:c::c"
ALT = "2001:db8:3::7"


def packed(addr):
    return ipaddress.IPv6Address(addr).packed


def token(kcn, nonce, addr, octet):
    """First (64, HMAC_SHA1 (Kcn, (address | nonce | octet)))"""
    return hmac.new(kcn, packed(addr) + nonce + bytes([octet]),
                    hashlib.sha1).digest()[:8]


def kbm(home, coa=b""):
    return hashlib.sha1(home + coa).digest()


def authenticator(key, coa, cn, data):
    """First (96, HMAC_SHA1 (Kbm, care-of address | correspondent | MH Data)),
    the data being all but the authenticator, with checksum 0."""
    return hmac.new(key, packed(coa) + packed(cn) + data,
                    hashlib.sha1).digest()[:12]


def message(mh_type, body, options):
    """A Mobility Header with checksum 0 that ends with a Binding
    Authorization Data option, all but its 12 octets."""
    data = body + options
    pad = (4 - len(data)) % 8
    if pad == 1:
        data += b"\0"
    elif pad:
        data += bytes([1, pad - 2]) + bytes(pad - 2)
    data += bytes([5, 12])
    length = (6 + len(data) + 12) // 8 - 1
    return struct.pack("!BBBBH", 59, length, mh_type, 0, 0) + data


def nonces(home, coa):
    return struct.pack("!BBHH", 4, 4, home, coa)


def alt_coa(addr):
    # Behind six octets of header and six of body: aligned 8n + 6.
    return b"\x01\x00" + b"\x03\x10" + packed(addr)


def binding_update(seq, flags, lifetime, options):
    return message(5, struct.pack("!HHH", seq, flags, lifetime), options)


def binding_ack(status, seq, lifetime):
    return message(6, struct.pack("!BBHH", status, 0, seq, lifetime), b"")


def messages():
    kcn, nonce = KEYS[0]
    home = token(kcn, nonce, HOME, 0)
    both = kbm(home, token(kcn, nonce, COA, 1))
    with_alt = kbm(home, token(kcn, nonce, ALT, 1))
    alone = kbm(home)
    rows = (
        ("bu", both, COA, binding_update(0x1234, 0x8000, 105, nonces(7, 8))),
        ("bu without A", both, COA,
         binding_update(0xffff, 0, 1, nonces(0, 0xffff))),
        ("bu with Alternate Care-of Address", with_alt, ALT,
         binding_update(1, 0x8000, 105, alt_coa(ALT) + nonces(7, 8))),
        ("deletion from a foreign link", alone, COA,
         binding_update(2, 0x8000, 0, nonces(7, 0))),
        ("deletion from home", alone, HOME,
         binding_update(3, 0x8000, 0, nonces(7, 0))),
        ("ba", both, COA, binding_ack(0, 0x1234, 105)),
        ("ba 135", both, COA, binding_ack(135, 0x8000, 0)),
        ("ba of a deletion", alone, HOME, binding_ack(0, 3, 0)),
    )
    for name, key, coa, data in rows:
        yield name, key, coa, data + authenticator(key, coa, CN, data)


def mn_ha(key, coa, hoa, mh_type, body, nai, stamp, spi):
    """First (96, HMAC_SHA1 (key, care-of address | home address | MH Data)),
    the data being all up to and with the SPI, with checksum 0."""
    data = body + bytes([8, len(nai) + 1, 1]) + nai
    while (6 + len(data)) % 8 != 2:
        data += b"\0"
    data += bytes([10, 8]) + struct.pack("!Q", stamp)
    while (6 + len(data)) % 8 != 5:
        data += b"\0"
    data += struct.pack("!BBBI", 9, 17, 1, spi)
    length = (6 + len(data) + 12) // 8 - 1
    data = struct.pack("!BBBBH", 59, length, mh_type, 0, 0) + data
    return data + hmac.new(key, packed(coa) + packed(hoa) + data,
                           hashlib.sha1).digest()[:12]


def mn_ha_messages():
    keys = (bytes(range(16)), b"\xff" * 16)
    stamp = 0xe0ad5f10_80000001
    update = struct.pack("!HHH", 0x1234, 0xc000, 105)
    end = struct.pack("!HHH", 0xffff, 0xc000, 0)
    refusal = struct.pack("!BBHH", 144, 0, 0x1234, 0)
    nai = b"alice@example.org"
    rows = (
        ("bu", keys[0], COA, 5, update, nai, 1000),
        ("bu with Alternate Care-of Address", keys[0], ALT, 5,
         update + alt_coa(ALT), nai, 1000),
        ("de-registration at home", keys[1], HOME, 5, end, nai, 256),
        ("bu of a long name", keys[1], COA, 5, update, b"n" * 254,
         0xffffffff),
        ("ba 144", keys[0], COA, 6, refusal, nai, 1000),
    )
    for name, key, coa, mh_type, body, who, spi in rows:
        yield name, key, coa, mn_ha(key, coa, HOME, mh_type, body, who,
                                    stamp, spi)


def text_of(data):
    return '"' + data.hex() + '"'


def long_text(data):
    digits = data.hex()
    lines = [digits[i:i + 64] for i in range(0, len(digits), 64)]
    return "\n\t  ".join(f'"{line}"' for line in lines)


def header():
    out = [TOP]
    out.append(f'#define GOLDEN_CN "{CN}"\n')
    out.append("""\
static const struct {
	const char *kcn, *nonce, *addr;
	const char *home, *coa; /* tokens */
} golden_tokens[] = {""")
    for kcn, nonce in KEYS:
        for addr in ADDRESSES:
            out.append(f"\t{{ {text_of(kcn)},\n\t  {text_of(nonce)},"
                       f' "{addr}",\n'
                       f"\t  {text_of(token(kcn, nonce, addr, 0))},"
                       f" {text_of(token(kcn, nonce, addr, 1))} }},")
    out.append("};\n")
    out.append("""\
static const struct {
	const char *home, *coa; /* tokens */
	const char *kbm, *kbm_deletion;
} golden_kbm[] = {""")
    for kcn, nonce in KEYS:
        home = token(kcn, nonce, HOME, 0)
        coa = token(kcn, nonce, COA, 1)
        out.append(f"\t{{ {text_of(home)}, {text_of(coa)},\n"
                   f"\t  {text_of(kbm(home, coa))},\n"
                   f"\t  {text_of(kbm(home))} }},")
    out.append("};\n")
    out.append("""\
static const struct {
	const char *name;
	const char *kbm, *coa;
	const char *mh; /* checksum 0, authenticator in place */
} golden_auth[] = {""")
    for name, key, coa, data in messages():
        out.append(f'\t{{ "{name}",\n\t  {text_of(key)}, "{coa}",\n'
                   f"\t  {long_text(data)} }},")
    out.append("};\n")
    out.append(f"""\
#define GOLDEN_HOA "{HOME}"

static const struct {{
	const char *name;
	const char *key, *coa;
	const char *mh; /* checksum 0, authentication data in place */
}} golden_mn_ha[] = {{""")
    for name, key, coa, data in mn_ha_messages():
        out.append(f'\t{{ "{name}",\n\t  {text_of(key)}, "{coa}",\n'
                   f"\t  {long_text(data)} }},")
    out.append("};\n\n#endif\n")
    return "\n".join(out)


def main():
    wanted = header()
    if sys.argv[1:] == ["--write"]:
        with open(HEADER, "w", encoding="utf-8") as file:
            file.write(wanted)
        return 0
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    with open(HEADER, encoding="utf-8") as file:
        if file.read() == wanted:
            print("1 passed, 0 failed")
            return 0
    print("golden_auth.h is not what golden_auth.py computes")
    print("0 passed, 1 failed")
    return 1


if __name__ == "__main__":
    sys.exit(main())
