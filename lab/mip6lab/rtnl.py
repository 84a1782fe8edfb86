# SPDX-License-Identifier: GPL-2.0-or-later
"""As much rtnetlink as the agent needs: starting `ip` is slow in an
emulated machine, and a move must wait for the kernel's own event."""

import ctypes
import fcntl
import os
import select
import socket
import struct
import time

RTM_NEWLINK, RTM_SETLINK, RTM_GETLINK = 16, 19, 18
RTM_NEWADDR, RTM_GETADDR = 20, 22
RTM_GETQDISC, TCA_KIND = 38, 1
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP_INTR, NLM_F_DUMP = 1, 4, 0x10, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MASTER = 1, 3, 10
IFF_UP, IFF_LOWER_UP = 1, 0x10000
RTMGRP_LINK = 1
IFA_ADDRESS, IFA_FLAGS = 1, 8
IFA_F_TENTATIVE, IFA_F_DADFAILED, IFA_F_PERMANENT = 0x40, 0x08, 0x80
DUMP_ATTEMPTS = 20

SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM, ETHTOOL_SSG, ETHTOOL_STSO, ETHTOOL_SGSO = 23, 25, 31, 36


def attributes(data):
    out = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from('=HH', data)
        if size < 4:
            break
        out[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return out


def messages(data):
    """(type, flags, sequence number, body) of each."""
    while len(data) >= 16:
        size, kind, flags, seq = struct.unpack_from('=IHHI', data)
        if size < 16 or size > len(data):
            break
        yield kind, flags, seq, data[16:size]
        data = data[(size + 3) & ~3:]


class Rtnl:
    """A socket of the network namespace in which it is opened."""

    def __init__(self, groups=0):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.bind((0, groups))
        self.seq = 0

    def close(self):
        self.sock.close()

    def request(self, kind, flags, body):
        self.seq += 1
        self.sock.send(struct.pack('=IHHII', 16 + len(body), kind,
                                   flags | NLM_F_REQUEST, self.seq, 0) + body)

    @staticmethod
    def check(body, what):
        err = -struct.unpack_from('=i', body)[0]
        if err:
            raise OSError(err, '%s: %s' % (what, os.strerror(err)))

    def ack(self, what):
        for kind, _, _, body in messages(self.sock.recv(65536)):
            if kind == NLMSG_ERROR:
                self.check(body, what)

    def dump(self, kind, body):
        """The messages; repeated until nothing changed meanwhile, for the
        kernel may have skipped something then."""
        for _ in range(DUMP_ATTEMPTS):
            found, whole = self.dump_once(kind, body)
            if whole:
                return found
        raise OSError('the kernel never gave a whole answer to request %d'
                      % kind)

    def dump_once(self, kind, body):
        """(messages, whether that is all)"""
        self.request(kind, NLM_F_DUMP, body)
        found, whole = [], True
        while True:
            for got, flags, seq, data in messages(self.sock.recv(1 << 18)):
                if seq != self.seq:
                    continue    # news, on a socket that watches
                whole = whole and not flags & NLM_F_DUMP_INTR
                if got == NLMSG_DONE:
                    return found, whole
                if got == NLMSG_ERROR:
                    self.check(data, 'request %d' % kind)
                found.append(data)

    def set_link(self, ifname, up=None, master=None):
        """Change the flag UP and/or the bridge (ifindex, 0 = none)."""
        flags = IFF_UP if up else 0
        change = 0 if up is None else IFF_UP
        body = struct.pack('=BxHiII', socket.AF_UNSPEC, 0,
                           socket.if_nametoindex(ifname), flags, change)
        if master is not None:
            body += struct.pack('=HHI', 8, IFLA_MASTER, master)
        self.request(RTM_SETLINK, NLM_F_ACK, body)
        self.ack('change of ' + ifname)

    def addresses(self):
        """[(ifindex, address, prefix length, flags)] of IPv6."""
        out = []
        body = struct.pack('=BBBBI', socket.AF_INET6, 0, 0, 0, 0)
        for data in self.dump(RTM_GETADDR, body):
            _, plen, flags, _, index = struct.unpack_from('=BBBBI', data)
            attrs = attributes(data[8:])
            if IFA_FLAGS in attrs:
                flags = struct.unpack('=I', attrs[IFA_FLAGS])[0]
            out.append((index, socket.inet_ntop(
                socket.AF_INET6, attrs[IFA_ADDRESS]), plen, flags))
        return out

    def links(self):
        """{ifindex: (name, flags, master)}"""
        out = {}
        body = struct.pack('=BxHiII', 0, 0, 0, 0, 0)
        for data in self.dump(RTM_GETLINK, body):
            _, _, index, flags, _ = struct.unpack_from('=BxHiII', data)
            attrs = attributes(data[16:])
            name = attrs[IFLA_IFNAME].rstrip(b'\0').decode()
            master = struct.unpack('=I', attrs.get(IFLA_MASTER, bytes(4)))[0]
            out[index] = (name, flags, master)
        return out

    def qdiscs(self):
        """[(ifindex, kind)] of those that somebody has set."""
        found = []
        for data in self.dump(RTM_GETQDISC, struct.pack('=BxxxiIII', 0, 0,
                                                        0, 0, 0)):
            index = struct.unpack_from('=i', data, 4)[0]
            kind = attributes(data[20:]).get(TCA_KIND, b'').rstrip(b'\0')
            if kind not in (b'noqueue', b'pfifo_fast', b'fq_codel', b'mq'):
                found.append((index, kind.decode()))
        return found

    def carrier(self, index):
        """None while the interface is not up: nothing can be told then."""
        flags = self.links()[index][1]
        return bool(flags & IFF_LOWER_UP) if flags & IFF_UP else None

    def wait_carrier(self, index, carrier, timeout):
        """Until the kernel has told the node so; False after TIMEOUT."""
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                return False
            for kind, _, _, body in messages(self.sock.recv(65536)):
                if kind != RTM_NEWLINK:
                    continue
                _, _, got, flags, _ = struct.unpack_from('=BxHiII', body)
                if got == index and bool(flags & IFF_LOWER_UP) == carrier:
                    return True


def real_packets(ifname):
    """Switch off offloads: what is captured is what a wire would carry."""
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    for command in (ETHTOOL_SGSO, ETHTOOL_STSO, ETHTOOL_SSG,
                    ETHTOOL_STXCSUM):
        value = ctypes.create_string_buffer(
            struct.pack('=II', command, 0), 8)
        try:
            fcntl.ioctl(sock, SIOCETHTOOL, struct.pack(
                '16sP16x', ifname.encode(), ctypes.addressof(value)))
        except OSError:
            pass        # a device without that offload
    sock.close()
