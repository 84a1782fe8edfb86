# SPDX-License-Identifier: GPL-2.0-or-later
"""The agent: one long-lived process beside the nodes (inside the virtual
machine, or as root on this machine), which does what frames ask for.

Usage: agent.py port DEVICE     inside the virtual machine
       agent.py native FD       FD is a connected socket
"""

import heapq
import itertools
import os
import select
import signal
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

from mip6lab import frames, netns, procs, world     # noqa: E402


class Loop:
    """Descriptors, timers, and the one stream to the host."""

    def __init__(self, fd):
        self.fd = fd
        self.epoll = select.epoll()
        self.calls = {}
        self.timers = []
        self.order = itertools.count()
        self.output = bytearray()
        self.splitter = frames.Splitter()
        self.requests = {}
        self.world = world.World(self)
        os.set_blocking(fd, False)
        self.add(fd, select.EPOLLIN, self.on_stream)

    def add(self, fd, events, call):
        if fd in self.calls:
            self.epoll.modify(fd, events)
        else:
            self.epoll.register(fd, events)
        self.calls[fd] = call

    def remove(self, fd):
        if self.calls.pop(fd, None):
            self.epoll.unregister(fd)

    def later(self, seconds, call):
        heapq.heappush(self.timers, (time.monotonic() + seconds,
                                     next(self.order), call))

    def send(self, frame):
        self.output += frames.encode(frame)
        self.flush()

    def flush(self):
        while self.output:
            try:
                n = os.write(self.fd, self.output[:32768])
            except BlockingIOError:
                self.epoll.modify(self.fd, select.EPOLLIN | select.EPOLLOUT)
                return
            del self.output[:n]
        self.epoll.modify(self.fd, select.EPOLLIN)

    def finished(self, rid):
        self.requests.pop(rid, None)

    def answer(self, rid, **values):
        self.finished(rid)
        self.send(dict(values, id=rid, ev='ok', end=True))

    def fail(self, rid, text):
        self.finished(rid)
        self.send({'id': rid, 'ev': 'error', 'text': text, 'end': True})

    def on_stream(self, _fd, events):
        if events & select.EPOLLOUT:
            self.flush()
        if not events & (select.EPOLLIN | select.EPOLLHUP):
            return
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return
        if not data:
            raise SystemExit(0)     # the lab's other half is gone
        for frame in self.splitter.feed(data):
            self.on_frame(frame)

    def on_frame(self, frame):
        rid, op = frame['id'], frame['op']
        if rid in self.requests:
            self.requests[rid].on_frame(frame)
            return
        if op in ('ack', 'in', 'eof', 'sig', 'size', 'cancel'):
            return          # the request has ended meanwhile
        try:
            if op == 'exec':
                ns = self.world.namespace(frame.get('node'))
                self.requests[rid] = procs.Running(self, rid, ns, frame)
            else:
                self.world.operation(rid, op, frame)
        except world.Refused as e:
            self.fail(rid, str(e))
        except Exception as e:
            traceback.print_exc()
            self.fail(rid, '%s: %s: %s' % (op, type(e).__name__, e))

    def run(self):
        while True:
            wait = -1
            if self.timers:
                wait = max(0, self.timers[0][0] - time.monotonic())
            for fd, events in self.epoll.poll(wait):
                if fd in self.calls:
                    self.calls[fd](fd, events)
            while self.timers and self.timers[0][0] <= time.monotonic():
                heapq.heappop(self.timers)[2]()


def prepare_native():
    """All that the lab makes dies with this process and its namespaces."""
    netns.unshare(netns.CLONE_NEWNS | netns.CLONE_NEWNET
                  | netns.CLONE_NEWUTS)
    netns.mount('none', '/', None, netns.MS_REC | netns.MS_PRIVATE)
    os.makedirs('/run/netns', exist_ok=True)
    netns.mount('tmpfs', '/run/netns', 'tmpfs')
    os.makedirs(netns.ROOT, exist_ok=True)
    netns.mount('tmpfs', netns.ROOT, 'tmpfs')


def main():
    mode, where = sys.argv[1:3]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if mode == 'native':
        fd = int(where)
        os.set_inheritable(fd, False)
        prepare_native()
    else:
        fd = os.open(where, os.O_RDWR | os.O_CLOEXEC)
    loop = Loop(fd)
    loop.send({'id': 0, 'ev': 'hello', 'kernel': os.uname().release,
               'pid': os.getpid()})
    loop.run()


if __name__ == '__main__':
    main()
