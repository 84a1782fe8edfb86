# SPDX-License-Identifier: GPL-2.0-or-later
"""Lab instances by name: where they live, how to start and to find them."""

import fcntl
import os
import re
import shutil
import time

from . import broker, client, native, topology, vm
from .errors import LabError

NAME = re.compile(r'^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,31}$')


def base_dir():
    """Short (a unix socket's path has 108 bytes), on disk, ours alone."""
    path = '/var/tmp/mip6-lab-%d' % os.getuid()
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        found = os.lstat(path)
    except OSError as e:
        raise LabError('cannot create %s: %s' % (path, e.strerror))
    if found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise LabError('%s is not safe: it must belong to you and be '
                       'writable by nobody else' % path)
    return path


def default_name():
    return os.environ.get('MIP6_LAB_NAME') or 'lab'


def names():
    base = base_dir()
    return sorted(n for n in os.listdir(base)
                  if os.path.exists(os.path.join(base, n, 'broker.sock')))


class Instance:
    def __init__(self, name=None):
        self.name = name or default_name()
        if not NAME.match(self.name):
            raise LabError('"%s" is no good name for a lab: letters, digits, '
                           '"_", "." and "-", at most 32' % self.name)
        self.folder = os.path.join(base_dir(), self.name)
        self.share = os.path.join(self.folder, 'share')

    def connect(self):
        try:
            return client.Connection(os.path.join(self.folder,
                                                  'broker.sock'))
        except OSError:
            raise LabError(
                'no lab named "%s" is running%s; start one with '
                '"mip6-lab up"' % (self.name, self.others()))

    def others(self):
        rest = [n for n in names() if n != self.name]
        return ' (running: %s)' % ', '.join(rest) if rest else ''

    def running(self):
        """A connection, or None."""
        try:
            return self.connect()
        except LabError:
            return None

    def prepare_folder(self):
        """Hold the instance's lock while its folder is made anew."""
        os.makedirs(self.folder, exist_ok=True)
        lock = open(os.path.join(self.folder, 'lock'), 'w')
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError('another "mip6-lab up" is starting the lab "%s"'
                           % self.name)
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if name == 'lock':
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)
        os.makedirs(self.share)
        return lock

    def up(self, topo, options, say):
        """Start and build; returns a connection. TOPO as by topology."""
        builddir = options.get('builddir')
        use_vm = native.choose(options, builddir, say)
        lock = self.prepare_folder()
        info = {'name': self.name, 'share': self.share,
                'topology': topo['path'], 'builddir': builddir,
                'backend': 'vm' if use_vm else 'native'}
        if use_vm:
            machine = vm.Machine(self.folder, self.share, builddir,
                                 options, say)
            info.update(kernel=machine.kernel.version, accel=machine.accel)
            say('booting Linux %s (%s)' % (machine.kernel.version,
                'KVM' if machine.accel == 'kvm' else 'emulated, no KVM'))
            start = broker.start_vm(machine.command(), machine.socket,
                                    self.folder)
        else:
            info.update(kernel=os.uname().release, accel='native')
            start = broker.start_native(
                os.path.join(vm.TREE, 'lab/mip6lab/agent.py'), self.folder)
        broker.daemonize(self.folder, info, start)
        lock.close()        # the broker holds it now, until it ends
        connection = self.connect()
        try:
            hello = connection.call('lab-ready')
            say('the nodes\' kernel runs after %.1f s' % hello['seconds'])
            connection.call('build', progress=say, topo=topo)
        except BaseException:
            self.down(connection)
            raise
        return connection

    def load(self, name):
        return topology.load(name)

    @staticmethod
    def down(connection):
        try:
            connection.call('lab-down', timeout=30)
        except LabError:
            pass
        deadline = time.monotonic() + 5
        while not connection.gone and time.monotonic() < deadline:
            connection.reader.join(0.1)
