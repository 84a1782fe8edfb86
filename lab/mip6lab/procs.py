# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that the agent runs in nodes: foreground ones, whose output
streams to a client under flow control, and background ones, whose output is
kept in a log file."""

import errno
import fcntl
import os
import select
import signal
import struct
import termios

from . import frames

SIGNALS = {int(s): s.name for s in signal.Signals}
PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


def environment(node, extra):
    env = {'PATH': PATH, 'HOME': '/root', 'LANG': 'C.UTF-8',
           'MIP6_LAB_NODE': node}
    env.update(extra or {})
    return env


def child(ns, argv, env, cwd, fds, tty):
    """Becomes the program; never returns. Says why not on its stderr."""
    try:
        os.setsid()
        for number, fd in enumerate(fds):
            os.dup2(fd, number)
        if tty:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGHUP,
                       signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.closerange(256, 1024)
        if ns:
            ns.enter()
        try:
            os.chdir(cwd or '/')
        except OSError:
            os.chdir('/')
        os.execvpe(argv[0], argv, env)
    except OSError as e:
        os.write(2, ('mip6-lab: %s: %s\n'
                     % (argv[0], os.strerror(e.errno))).encode())
        os._exit(127 if e.errno == errno.ENOENT else 126)
    except BaseException as e:
        os.write(2, ('mip6-lab: %s: %s\n' % (argv[0], e)).encode())
    os._exit(126)


def spawn(ns, argv, env, cwd, fds, tty=False):
    pid = os.fork()
    if pid == 0:
        child(ns, argv, env, cwd, fds, tty)
    return pid, os.pidfd_open(pid)


def exit_status(status):
    """As a shell tells it: 128 + N for a death by signal N."""
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def kill_group(pid, number):
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Running:
    """A foreground program of one request."""

    def __init__(self, loop, rid, ns, frame):
        self.loop, self.rid = loop, rid
        self.credit = frames.WINDOW
        self.status = None
        self.sources = {}
        self.input = bytearray()
        self.input_end = False
        self.stdin = None
        env = environment(ns.name if ns else 'lab', frame.get('env'))
        tty = frame.get('tty')
        theirs = self._open_tty(tty) if tty else self._open_pipes()
        self.pid, self.pidfd = spawn(ns, frame['argv'], env,
                                     frame.get('cwd'), theirs, bool(tty))
        for fd in set(theirs):
            os.close(fd)
        loop.add(self.pidfd, select.EPOLLIN, self.on_exit)
        for fd in self.sources:
            os.set_blocking(fd, False)
            loop.add(fd, select.EPOLLIN, self.on_output)
        if self.stdin is not None and not tty:
            os.set_blocking(self.stdin, False)

    def _open_tty(self, tty):
        ours, theirs = os.openpty()
        os.set_inheritable(theirs, False)
        self.sources = {ours: 1}
        self.stdin = ours
        self.resize(tty)
        return [theirs] * 3

    def _open_pipes(self):
        pairs = [os.pipe() for _ in range(3)]
        self.stdin = pairs[0][1]
        self.sources = {pairs[1][0]: 1, pairs[2][0]: 2}
        return [pairs[0][0], pairs[1][1], pairs[2][1]]

    def resize(self, size):
        for fd in self.sources:
            fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack(
                'HHHH', size['rows'], size['cols'], 0, 0))

    def on_output(self, fd, _events):
        while fd in self.sources and self.credit > 0:
            try:
                data = os.read(fd, min(frames.CHUNK, self.credit))
            except BlockingIOError:
                if self.status is not None:
                    # What it wrote is wanted; what its children hold open
                    # is not.
                    self._close_source(fd)
                break
            except OSError:
                data = b''      # a pty without a program
            if not data:
                self._close_source(fd)
                break
            self.credit -= len(data)
            self.loop.send({'id': self.rid, 'ev': 'out',
                            'fd': self.sources[fd], 'd': frames.pack(data)})
            if self.status is None:
                break           # level-triggered: others first
        if self.credit <= 0 and fd in self.sources:
            self.loop.remove(fd)
        self._finish()

    def _close_source(self, fd):
        self.loop.remove(fd)
        del self.sources[fd]
        if fd == self.stdin:
            self.stdin = None
        os.close(fd)

    def on_exit(self, _fd, _events):
        _, status = os.waitpid(self.pid, 0)
        self.loop.remove(self.pidfd)
        os.close(self.pidfd)
        self.status = exit_status(status)
        for fd in list(self.sources):
            self.on_output(fd, 0)
        self._finish()

    def _finish(self):
        if self.status is None or self.sources or self.rid is None:
            return
        if self.stdin is not None:
            self._close_input()
        rid, self.rid = self.rid, None
        self.loop.send({'id': rid, 'ev': 'exit', 'status': self.status,
                        'end': True})
        self.loop.finished(rid)

    def _close_input(self):
        fd, self.stdin = self.stdin, None
        self.loop.remove(fd)
        if fd in self.sources:
            return
        os.close(fd)

    def on_input_ready(self, fd, events):
        try:
            n = os.write(fd, self.input[:65536])
        except BlockingIOError:
            return
        except OSError:
            n = len(self.input)     # it no longer reads: swallow
            self.input_end = True
        del self.input[:n]
        if self.rid is not None:
            self.loop.send({'id': self.rid, 'ev': 'ack', 'n': n})
        self._want_input()

    def _want_input(self):
        if self.stdin is None or self.stdin in self.sources:
            return
        if self.input:
            self.loop.add(self.stdin, select.EPOLLOUT, self.on_input_ready)
        elif self.input_end:
            self._close_input()
        else:
            self.loop.remove(self.stdin)

    def on_frame(self, frame):
        op = frame['op']
        if op == 'ack':
            paused, self.credit = self.credit <= 0, self.credit + frame['n']
            for fd in list(self.sources) if paused else ():
                self.loop.add(fd, select.EPOLLIN, self.on_output)
                if self.status is not None:
                    self.on_output(fd, 0)
        elif op == 'in':
            self.on_in(frames.unpack(frame['d']))
        elif op == 'eof':
            self.input_end = True
            self._want_input()
        elif op == 'sig' and self.status is None:
            kill_group(self.pid, frame['s'])
        elif op == 'size' and self.stdin is not None:
            self.resize(frame)
        elif op == 'cancel':
            self.cancel(frame.get('kill'))

    def cancel(self, at_once=False):
        """Nobody listens any more."""
        if at_once:
            self.kill()
        elif self.status is None:
            kill_group(self.pid, signal.SIGHUP)
            kill_group(self.pid, signal.SIGCONT)
            self.loop.later(2, self.kill)
        rid, self.rid = self.rid, None
        for fd in list(self.sources):
            self._close_source(fd)
        if self.stdin is not None:
            self._close_input()
        self.loop.finished(rid)

    def kill(self):
        if self.status is None:
            kill_group(self.pid, signal.SIGKILL)

    def on_in(self, data):
        if self.stdin in self.sources:
            # A terminal: keys are few, and the line discipline takes them.
            try:
                os.write(self.stdin, data)
            except OSError:
                pass
        elif self.stdin is not None:
            self.input += data
            self._want_input()
            return
        if self.rid is not None:
            self.loop.send({'id': self.rid, 'ev': 'ack', 'n': len(data)})


class Background:
    """A program that outlives the request that started it."""

    def __init__(self, loop, name, ns, frame, log):
        self.loop, self.name, self.log = loop, name, log
        self.node = ns.name if ns else 'lab'
        self.argv = frame['argv']
        self.status = None
        self.waiters = []
        self.internal = frame.get('internal', False)
        os.makedirs(os.path.dirname(log), exist_ok=True)
        fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND
                     | os.O_CLOEXEC, 0o644)
        self.log_from = os.fstat(fd).st_size    # earlier runs are before it
        null = os.open('/dev/null', os.O_RDONLY | os.O_CLOEXEC)
        env = environment(self.node, frame.get('env'))
        self.pid, self.pidfd = spawn(ns, self.argv, env, frame.get('cwd'),
                                     [null, fd, fd])
        os.close(fd)
        os.close(null)
        loop.add(self.pidfd, select.EPOLLIN, self.on_exit)

    def on_exit(self, _fd, _events):
        _, status = os.waitpid(self.pid, 0)
        self.loop.remove(self.pidfd)
        os.close(self.pidfd)
        self.status = exit_status(status)
        waiters, self.waiters = self.waiters, []
        for tell in waiters:
            tell(self.status)

    def when_ended(self, tell):
        if self.status is not None:
            tell(self.status)
        else:
            self.waiters.append(tell)

    def kill(self, number):
        if self.status is None:
            kill_group(self.pid, number)

    def describe(self):
        return {'node': self.node, 'name': self.name, 'pid': self.pid,
                'argv': self.argv, 'status': self.status, 'log': self.log,
                'log_from': self.log_from, 'internal': self.internal}
