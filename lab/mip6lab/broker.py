# SPDX-License-Identifier: GPL-2.0-or-later
"""The host's half of the control channel. `up` leaves it running: it owns
the virtual machine (or the native agent), and passes frames between many
clients on a unix socket and the one agent. It knows nothing of topologies.
"""

import ctypes
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import traceback

from . import frames

HELLO_SECONDS = 240
SHUTDOWN_SECONDS = 8
PR_SET_PDEATHSIG = 1


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Peer:
    """A socket with output that waits, and whole frames coming in."""

    def __init__(self, broker, sock, on_frame, on_gone):
        self.broker, self.sock = broker, sock
        self.on_frame, self.on_gone = on_frame, on_gone
        self.output = bytearray()
        self.splitter = frames.Splitter()
        self.open = {}          # a client's id -> id towards the agent
        sock.setblocking(False)
        broker.selector.register(sock, selectors.EVENT_READ, self.ready)

    def send(self, frame):
        self.output += frames.encode(frame)
        self.flush()

    def flush(self):
        while self.output and self.sock:
            try:
                n = self.sock.send(self.output[:65536])
            except BlockingIOError:
                break
            except OSError:
                self.gone()
                return
            del self.output[:n]
        if self.sock:
            self.broker.selector.modify(
                self.sock, selectors.EVENT_READ |
                (selectors.EVENT_WRITE if self.output else 0), self.ready)

    def ready(self, mask):
        if mask & selectors.EVENT_WRITE:
            self.flush()
        if not mask & selectors.EVENT_READ or not self.sock:
            return
        try:
            data = self.sock.recv(65536)
            got = self.splitter.feed(data)
        except BlockingIOError:
            return
        except (OSError, ValueError):
            data, got = b'', []
        for frame in got:
            self.on_frame(self, frame)
        if not data:
            self.gone()

    def gone(self):
        if self.sock:
            self.broker.selector.unregister(self.sock)
            self.sock.close()
            self.sock = None
            self.on_gone(self)


class Broker:
    def __init__(self, folder, info, start):
        """START() -> (process, function that gives the agent's socket)."""
        self.folder, self.info, self.start = folder, info, start
        self.selector = selectors.DefaultSelector()
        self.agent = None
        self.hello = None
        self.early = []         # frames for the agent before its hello
        self.routes = {}        # id towards the agent -> (client, its id)
        self.waiting = []       # (client, id) of "lab-ready"
        self.clients = set()
        self.next_id = 1
        self.ending = None
        self.deadline = None

    def run(self, listener):
        self.started = time.monotonic()
        self.process, connect = self.start()
        pidfd = os.pidfd_open(self.process.pid)
        self.selector.register(pidfd, selectors.EVENT_READ, self.on_exit)
        sock = connect(self.process)
        if sock is None:
            self.stop('it ended at once')
        self.agent = Peer(self, sock, self.on_agent, self.on_agent_gone)
        listener.setblocking(False)
        self.listener = listener
        self.selector.register(listener, selectors.EVENT_READ, self.accept)
        signal.signal(signal.SIGTERM, lambda *_: self.stop('it was told to'))
        self.deadline = time.monotonic() + HELLO_SECONDS
        while True:
            wait = None
            if self.deadline:
                wait = max(0, self.deadline - time.monotonic())
            for key, mask in self.selector.select(wait):
                key.data(mask)
            if self.deadline and time.monotonic() >= self.deadline:
                self.on_deadline()

    def accept(self, _mask):
        try:
            sock, _ = self.listener.accept()
        except OSError:
            return
        self.clients.add(Peer(self, sock, self.on_client,
                              self.on_client_gone))

    def on_deadline(self):
        self.stop('it was taken down' if self.ending else
                  'no sign of life within %d s' % HELLO_SECONDS)

    # --- clients --------------------------------------------------------

    def on_client(self, client, frame):
        cid, op = frame.get('id'), frame.get('op')
        if op == 'lab-info':
            client.send(dict(self.info, id=cid, ev='ok', end=True,
                             ready=bool(self.hello), broker=os.getpid(),
                             process=self.process.pid,
                             age=time.monotonic() - self.started))
        elif op == 'lab-ready':
            if self.hello:
                client.send(dict(self.hello, id=cid, ev='ok', end=True))
            else:
                self.waiting.append((client, cid))
        elif op == 'lab-down':
            self.down(client, cid)
        elif cid in client.open:
            self.to_agent(dict(frame, id=client.open[cid]))
        elif op not in ('ack', 'in', 'eof', 'sig', 'size', 'cancel'):
            gid, self.next_id = self.next_id, self.next_id + 1
            client.open[cid] = gid
            self.routes[gid] = (client, cid)
            self.to_agent(dict(frame, id=gid))

    def to_agent(self, frame):
        if self.hello:
            self.agent.send(frame)
        else:
            self.early.append(frame)

    def on_client_gone(self, client):
        self.clients.discard(client)
        self.waiting = [w for w in self.waiting if w[0] is not client]
        for gid in client.open.values():
            self.routes.pop(gid, None)
            self.to_agent({'id': gid, 'op': 'cancel'})

    def down(self, client, cid):
        gid, self.next_id = self.next_id, self.next_id + 1
        self.ending = (client, cid, gid)
        if not self.hello:
            self.stop('it was taken down')
        self.deadline = time.monotonic() + SHUTDOWN_SECONDS
        self.to_agent({'id': gid, 'op': 'shutdown'})

    # --- the agent ------------------------------------------------------

    def on_agent(self, _agent, frame):
        gid = frame.get('id')
        if frame.get('ev') == 'hello':
            self.on_hello(frame)
        elif self.ending and gid == self.ending[2]:
            self.stop('it was taken down')
        elif gid in self.routes:
            client, cid = self.routes[gid]
            if frame.get('end'):
                del self.routes[gid]
                client.open.pop(cid, None)
            client.send(dict(frame, id=cid))

    def on_hello(self, frame):
        self.hello = {'kernel': frame['kernel'],
                      'seconds': time.monotonic() - self.started}
        self.deadline = None
        for client, cid in self.waiting:
            client.send(dict(self.hello, id=cid, ev='ok', end=True))
        self.waiting = []
        for early in self.early:
            self.agent.send(early)
        self.early = []

    def on_agent_gone(self, _agent):
        self.stop('the agent is gone')

    def on_exit(self, _mask):
        status = self.process.wait()
        self.stop('it ended with status %d' % status)

    # --- the end --------------------------------------------------------

    def stop(self, why):
        text = 'the lab is gone: ' + why
        if not self.ending:
            text += self.last_words()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for name in ('broker.sock', 'agent.sock', 'initrd'):
            try:
                os.unlink(os.path.join(self.folder, name))
            except OSError:
                pass
        end = self.ending
        if end:
            end[0].send({'id': end[1], 'ev': 'ok', 'end': True})
        failed = list(self.routes.values()) + self.waiting
        for client, cid in failed:
            client.send({'id': cid, 'ev': 'error', 'text': text,
                         'end': True})
        for client in list(self.clients):
            if client.sock:
                client.sock.settimeout(1)
                try:
                    client.sock.sendall(client.output)
                except OSError:
                    pass
        sys.stderr.write(text + '\n')
        os._exit(0 if end else 1)

    def last_words(self):
        for name in ('console.log', 'agent.log'):
            path = os.path.join(self.folder, name)
            try:
                with open(path, errors='replace') as f:
                    lines = [line.strip() for line in f if line.strip()]
            except OSError:
                continue
            if lines:
                return '; the last it said (%s):\n    %s' % (
                    path, '\n    '.join(lines[-8:]))
        return ''


def start_vm(command, path, folder):
    def start():
        log = open(os.path.join(folder, 'qemu.log'), 'wb')
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log,
                                   preexec_fn=die_with_parent)
        return process, connect

    def connect(process):
        for _ in range(1200):
            sock = socket.socket(socket.AF_UNIX)
            try:
                sock.connect(path)
                return sock
            except OSError:
                sock.close()
                if process.poll() is not None:
                    return None
                time.sleep(0.05)
        return None
    return start


def start_native(agent, folder):
    def start():
        ours, theirs = socket.socketpair()
        log = open(os.path.join(folder, 'agent.log'), 'wb')
        process = subprocess.Popen(
            ['unshare', '--mount', '--pid', '--fork', '--kill-child',
             '--mount-proc', '/usr/bin/python3', '-S', '-E', '-B', agent,
             'native', str(theirs.fileno())],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            pass_fds=[theirs.fileno()], preexec_fn=die_with_parent)
        theirs.close()
        return process, lambda _process: ours
    return start


def daemonize(folder, info, start):
    """Leave a broker behind; returns once its socket accepts clients.
    The caller holds the instance's lock, and the broker inherits it."""
    listener = socket.socket(socket.AF_UNIX)
    path = os.path.join(folder, 'broker.sock')
    if os.path.exists(path):
        os.unlink(path)
    listener.bind(path)
    listener.listen(64)
    if os.fork():
        listener.close()
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir('/')
    null = os.open('/dev/null', os.O_RDWR)
    log = os.open(os.path.join(folder, 'broker.log'),
                  os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for number, fd in enumerate((null, log, log)):
        os.dup2(fd, number)
    with open(os.path.join(folder, 'info.json'), 'w') as f:
        json.dump(dict(info, broker=os.getpid()), f)
    try:
        Broker(folder, info, start).run(listener)
    except BaseException:
        traceback.print_exc()
    os._exit(1)
