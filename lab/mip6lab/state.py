# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the state of nodes: addresses, processes, and a picture of all that
a daemon may install, to find what it left behind."""

import os
import re
import subprocess

from . import netns, procs, rtnl

BATCH = ['link show', 'addr show', 'route show table all', 'rule show',
         'neigh show proxy', 'xfrm state']
# A batch shows either states or policies: the second list stays empty.
SECOND = ['xfrm policy']
# What iproute2 says when something changed under its eyes: what it showed may
# be incomplete.
INTERRUPTED = 'Dump was interrupted'
ATTEMPTS = 20
# What the kernel makes and drops by itself; an association without a number
# is a question that it asked daemons of IKEv2.
IGNORE = re.compile(r' proto (ra|kernel) | proto (ra|kernel)$|table local|'
                    r'^multicast |^local |^anycast |inet6 fe80|'
                    r' dynamic |^ff00::/8|\sproto esp spi 0x0{8}\s')
NOISE = re.compile(r'@if\d+|@\S+(?=:)|qlen \d+|link-netnsid \d+|'
                   r'valid_lft .*|expires \S+|pref (low|medium|high)|'
                   r'mtu \d+ .*$|^\d+: ')
LINK = re.compile(r'^\d+: ([^\s:@]+)(@\S+)?: <')
# What a daemon may be tempted to write, and the kernel or a router
# advertisement does not.
SYSCTLS = {
    'conf': ('accept_ra', 'accept_ra_defrtr', 'accept_ra_pinfo', 'autoconf',
             'accept_source_route', 'addr_gen_mode', 'dad_transmits',
             'disable_ipv6', 'forwarding', 'keep_addr_on_down',
             'ndisc_notify', 'optimistic_dad', 'proxy_ndp',
             'router_solicitations', 'use_optimistic', 'use_tempaddr'),
    'neigh': ('app_solicit', 'delay_first_probe_time', 'mcast_solicit',
              'proxy_delay', 'proxy_qlen', 'ucast_solicit')}


def addresses(ns):
    """[(interface, address, prefix length, flags, dynamic)], no fe80::."""
    with netns.Inside(ns):
        sock = rtnl.Rtnl()
        try:
            links = sock.links()
            return [(links[i][0], address, plen, flags,
                     not flags & rtnl.IFA_F_PERMANENT)
                    for i, address, plen, flags in sock.addresses()
                    if i in links and not address.startswith('fe80:')]
        finally:
            sock.close()


def processes(namespaces):
    """[(pid, session, node, command line)] of all in these namespaces."""
    inodes = {ns.inode: ns.name for ns in namespaces if ns.fds}
    found = []
    for entry in os.listdir('/proc'):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            inode = os.stat('/proc/%s/ns/net' % entry).st_ino
            if inode not in inodes:
                continue
            with open('/proc/%s/stat' % entry) as f:
                stat = f.read().rpartition(')')[2].split()
            if stat[0] in 'ZX':
                continue
            with open('/proc/%s/cmdline' % entry, 'rb') as f:
                command = f.read().replace(b'\0', b' ').decode(
                    errors='replace').strip()
        except OSError:
            continue
        found.append((int(entry), int(stat[3]), inodes[inode], command))
    return found


def tail(path, size=400):
    try:
        with open(path, 'rb') as f:
            text = f.read()[-size:].decode(errors='replace').strip()
    except OSError as e:
        return str(e)
    return text or 'it said nothing'


def sysctls():
    """Of the network namespace the agent is in."""
    out = {}
    for kind, keys in SYSCTLS.items():
        base = '/proc/sys/net/ipv6/' + kind
        for ifname in os.listdir(base):
            for key in keys:
                name = '%s/%s/%s' % (kind, ifname, key)
                try:
                    fd = os.open('/proc/sys/net/ipv6/' + name, os.O_RDONLY)
                except OSError:
                    continue
                out['net.ipv6.' + name.replace('/', '.')] = \
                    os.read(fd, 256).strip().decode()
                os.close(fd)
    return out


def qdiscs():
    sock = rtnl.Rtnl()
    try:
        links = sock.links()
        return ['queueing discipline %s on %s' % (kind, links[i][0])
                for i, kind in sock.qdiscs() if i in links]
    finally:
        sock.close()


def start_batch(ns, lines):
    def inside():
        netns.setns(ns.fds[netns.CLONE_NEWNET], netns.CLONE_NEWNET)
    proc = subprocess.Popen(['ip', '-6', '-o', '-batch', '-'], preexec_fn=inside,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True,
                            env={'PATH': procs.PATH})
    proc.stdin.write('\n'.join(lines) + '\n')
    proc.stdin.close()
    return proc


def clean(text):
    """Lines that mean something, without what changes by itself."""
    lines = []
    for line in text.splitlines():
        link = LINK.match(line)
        if link:
            lines.append('device ' + link.group(1))
            continue
        line = line.replace('\\', ' ')
        if IGNORE.search(line + ' ') or not line.strip():
            continue
        line = ' '.join(NOISE.sub('', line).split())
        if line:
            lines.append(line)
    return lines


def finish_batch(name, ns, lines, proc):
    """What the batch showed; repeated until nothing changed meanwhile."""
    for _ in range(ATTEMPTS):
        text = proc.stdout.read()
        proc.stdout.close()
        if proc.wait():
            raise OSError('reading the state of %s: %s' % (name, text))
        if INTERRUPTED not in text:
            return clean(text)
        proc = start_batch(ns, lines)
    proc.stdout.close()
    proc.wait()
    raise OSError('the state of %s changes all the time' % name)


def snapshot(nodes):
    running = [(name, ns, lines, start_batch(ns, lines))
               for name, ns in nodes.items() for lines in (BATCH, SECOND)]
    picture = {}
    for name, ns in nodes.items():
        with netns.Inside(ns):
            picture[name] = {'lines': qdiscs(), 'sysctls': sysctls()}
    for name, ns, lines, proc in running:
        picture[name]['lines'] += finish_batch(name, ns, lines, proc)
    return picture


def difference(before, after):
    """Sentences about what is there and was not, or the reverse."""
    found = []
    for name in before:
        old, new = before[name]['lines'], after[name]['lines']
        for line in new:
            if new.count(line) > old.count(line):
                found.append('%s: left behind: %s' % (name, line))
        for line in old:
            if old.count(line) > new.count(line):
                found.append('%s: lost: %s' % (name, line))
        old, new = before[name]['sysctls'], after[name]['sysctls']
        for key, value in old.items():
            if key in new and new[key] != value:
                found.append('%s: sysctl %s was %s, is %s'
                             % (name, key, value, new[key]))
    return found
