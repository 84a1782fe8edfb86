# SPDX-License-Identifier: GPL-2.0-or-later
"""Nodes as sets of namespaces: network, mounts, host name.

A node has a network namespace of its own, a private /run, its own writable
view of /etc and /var/lib, and its name as host name: two daemons with the
same default paths do not meet. Runs inside the agent only, as root.
"""

import ctypes
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWNET = 0x40000000
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2
KINDS = (('net', CLONE_NEWNET), ('uts', CLONE_NEWUTS), ('mnt', CLONE_NEWNS))
ROOT = '/run/mip6-lab'

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result < 0:
        err = ctypes.get_errno()
        raise OSError(err, '%s: %s' % (what, os.strerror(err)))


def unshare(flags):
    check(libc.unshare(flags), 'unshare')


def setns(fd, flags):
    check(libc.setns(fd, flags), 'setns')


def mount(source, target, kind=None, flags=0, data=None):
    check(libc.mount(source.encode(), target.encode(),
                     kind.encode() if kind else None, flags,
                     data.encode() if data else None), 'mount ' + target)


def umount(target):
    check(libc.umount2(target.encode(), MNT_DETACH), 'umount ' + target)


def overlay(path, work):
    """A writable view of PATH for this mount namespace only."""
    for part in ('up', 'work'):
        os.makedirs('%s/%s' % (work, part), exist_ok=True)
    mount('overlay', path, 'overlay', 0, 'lowerdir=%s,upperdir=%s/up,'
          'workdir=%s/work' % (path, work, work))


def furnish(name):
    """Mounts of a new node; called inside its namespaces."""
    base = '%s/nodes/%s' % (ROOT, name)
    mount('none', '/', None, MS_REC | MS_PRIVATE)
    overlay('/etc', base + '/etc')
    overlay('/var/lib', base + '/varlib')
    mount('sysfs', '/sys', 'sysfs')
    # Logs and the like stay where they are.
    os.makedirs(base + '/run/mip6-lab', exist_ok=True)
    mount(ROOT, base + '/run/mip6-lab', None, MS_BIND)
    mount(base + '/run', '/run', None, MS_BIND | MS_REC)
    with open('/etc/hostname', 'w') as f:
        f.write(name + '\n')
    raw = name.encode()
    check(libc.sethostname(raw, len(raw)), 'sethostname')


class Netns:
    """File descriptors that keep a node's namespaces alive."""

    def __init__(self, name, full=True):
        self.name = name
        self.fds = {}
        ready_r, ready_w = os.pipe()
        go_r, go_w = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._child(full, ready_w, go_r, (ready_r, go_w))
        os.close(ready_w)
        os.close(go_r)
        error = os.read(ready_r, 4096)
        try:
            if error != b'ok':
                raise OSError('cannot create node %s: %s'
                              % (name, error.decode() or 'it died'))
            for kind, flag in KINDS if full else KINDS[:1]:
                self.fds[flag] = os.open('/proc/%d/ns/%s' % (pid, kind),
                                         os.O_RDONLY | os.O_CLOEXEC)
            self._bind()
        finally:
            os.close(ready_r)
            os.close(go_w)
            os.waitpid(pid, 0)
        self.inode = os.fstat(self.fds[CLONE_NEWNET]).st_ino

    def _child(self, full, ready, go, others):
        try:
            for fd in others:
                os.close(fd)
            if full:
                unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS)
                furnish(self.name)
            else:
                unshare(CLONE_NEWNET)
            os.write(ready, b'ok')
            os.read(go, 1)
        except BaseException as e:
            os.write(ready, str(e).encode() or b'error')
        finally:
            os._exit(0)

    def _bind(self):
        """Also known to `ip netns`, under the node's name."""
        os.makedirs('/run/netns', exist_ok=True)
        self.path = '/run/netns/' + self.name
        with open(self.path, 'w'):
            pass
        mount('/proc/self/fd/%d' % self.fds[CLONE_NEWNET], self.path, None,
              MS_BIND)

    def enter(self):
        """All of the node's namespaces; for a forked child only."""
        for flag, fd in self.fds.items():
            setns(fd, flag)

    def close(self):
        for fd in self.fds.values():
            os.close(fd)
        self.fds = {}
        umount(self.path)
        os.unlink(self.path)


class Inside:
    """`with Inside(ns):` - the agent itself is in the network namespace."""

    home = None

    def __init__(self, ns):
        self.ns = ns
        if Inside.home is None:
            Inside.home = os.open('/proc/self/ns/net',
                                  os.O_RDONLY | os.O_CLOEXEC)

    def __enter__(self):
        setns(self.ns.fds[CLONE_NEWNET], CLONE_NEWNET)

    def __exit__(self, *exc):
        setns(Inside.home, CLONE_NEWNET)
