# SPDX-License-Identifier: GPL-2.0-or-later
"""Can the running kernel do all that the lab needs? Decided by doing."""

import os
import shutil
import subprocess

from .errors import LabError

# Tried in a throw-away namespace when there is no `mip6d --probe`.
TRIALS = (
    ('bridges', 'ip link add lab-b type bridge mcast_snooping 0'),
    ('veth pairs', 'ip link add lab-v type veth peer name lab-w'),
    ('netem', 'tc qdisc add dev lab-v root netem delay 1ms'),
    ('ip6tnl in external mode', 'ip link add lab-t type ip6tnl external'),
    ('flower filters', 'tc qdisc add dev lab-w clsact && tc filter add dev '
     'lab-w ingress protocol ipv6 flower src_ip 2001:db8::1 action pass'),
    ('Mobile IPv6 in XFRM', 'ip xfrm state add src :: dst :: proto hao '
     'mode ro flag wildrecv coa ::'),
)


def find_daemon(builddir):
    for path in (os.path.join(builddir, 'mip6d') if builddir else None,
                 shutil.which('mip6d')):
        if path and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return None


def try_all():
    """Names of what does not work."""
    script = ''.join('( %s ) >/dev/null 2>&1 || echo "%s"\n'
                     % (command, name) for name, command in TRIALS)
    done = subprocess.run(['unshare', '--net', '/bin/sh', '-c', script],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    if done.returncode:
        return ['namespaces (%s)' % done.stderr.strip()]
    return done.stdout.splitlines()


def missing(builddir):
    if os.geteuid() != 0:
        return ['root privileges']
    lacking = try_all()
    daemon = find_daemon(builddir)
    if daemon and not lacking:
        done = subprocess.run(['unshare', '--net', daemon, '--probe'],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        if done.returncode:
            lacking = ['what "mip6d --probe" says']
    return lacking


def choose(options, builddir, say):
    """True for the virtual machine, False for this machine's kernel."""
    if options.get('vm'):
        return True
    lacking = missing(builddir)
    if not lacking:
        say('this kernel can do all: no virtual machine needed')
        return False
    if options.get('native'):
        if lacking == ['root privileges']:
            raise LabError('--native needs root: namespaces, bridges and '
                           'routes are made on this machine')
        say('warning: this kernel lacks: ' + ', '.join(lacking))
        return False
    say('a virtual machine is needed; this machine lacks: '
        + ', '.join(lacking))
    return True
