# SPDX-License-Identifier: GPL-2.0-or-later
"""Talks to a running lab. Several requests may be open at a time; a thread
sorts what comes in."""

import itertools
import queue
import socket
import threading

from . import frames
from .errors import LabError

ACK_AT = frames.WINDOW // 4


class Result:
    """What a program in a node said, and its exit status."""

    def __init__(self, argv, status, out, err):
        self.argv, self.status = argv, status
        self.out, self.err = out, err

    def __repr__(self):
        return 'Result(%s, status=%d, out=%r, err=%r)' % (
            ' '.join(self.argv), self.status, self.out[-300:],
            self.err[-300:])


class Request:
    def __init__(self, connection, rid):
        self.connection, self.rid = connection, rid
        self.inbox = queue.SimpleQueue()
        self.unacked = 0
        self.window = threading.Semaphore(0)
        self.room = frames.WINDOW
        self.lock = threading.Condition()
        self.ended = False

    def next(self, timeout=None):
        """The next frame but acknowledgements; LabError for errors."""
        frame = self.inbox.get(timeout=timeout)
        if frame['ev'] == 'error':
            raise LabError(frame['text'])
        return frame

    def send(self, op, **values):
        if not self.ended:
            self.connection.send(dict(values, id=self.rid, op=op))

    def passed_on(self, size):
        """The reader has really taken SIZE bytes of output."""
        self.unacked += size
        if self.unacked >= ACK_AT:
            self.send('ack', n=self.unacked)
            self.unacked = 0

    def write(self, data):
        """Input for the program; waits while it does not read."""
        for at in range(0, len(data), frames.CHUNK):
            piece = data[at:at + frames.CHUNK]
            with self.lock:
                while self.room < len(piece) and not self.ended:
                    self.lock.wait()
                self.room -= len(piece)
            self.send('in', d=frames.pack(piece))

    def got(self, frame):
        if frame['ev'] == 'ack':
            with self.lock:
                self.room += frame['n']
                self.lock.notify_all()
            return
        if frame.get('end'):
            with self.lock:
                self.ended = True
                self.lock.notify_all()
        self.inbox.put(frame)


class Connection:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        try:
            self.sock.connect(path)
        except OSError:
            self.sock.close()
            raise
        self.requests = {}
        self.ids = itertools.count(1)
        self.lock = threading.Lock()
        self.gone = None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.reader.join(2)
        self.sock.close()

    def send(self, frame):
        try:
            with self.lock:
                self.sock.sendall(frames.encode(frame))
        except OSError:
            pass        # the reader tells everybody

    def request(self, op, **values):
        request = Request(self, next(self.ids))
        self.requests[request.rid] = request
        if self.gone:
            raise LabError(self.gone)
        self.send(dict(values, id=request.rid, op=op))
        return request

    def call(self, op, progress=None, timeout=None, **values):
        """One question, one answer."""
        request = self.request(op, **values)
        while True:
            try:
                frame = request.next(timeout)
            except queue.Empty:
                raise LabError('no answer to "%s" within %d s'
                               % (op, timeout))
            if frame.get('end'):
                return frame
            if progress and frame['ev'] == 'progress':
                progress(frame['text'])

    def start_exec(self, node, argv, **values):
        return self.request('exec', node=node, argv=list(argv), **values)

    def run(self, node, argv, data=b'', timeout=None, **values):
        """Run a program to its end and collect what it says."""
        request = self.start_exec(node, argv, **values)
        if data:
            threading.Thread(target=self._feed, args=(request, data),
                             daemon=True).start()
        else:
            request.send('eof')
        parts = {1: [], 2: []}
        while True:
            try:
                frame = request.next(timeout)
            except queue.Empty:
                request.send('cancel')
                raise LabError('"%s" on %s was silent for %d s'
                               % (' '.join(argv), node, timeout))
            if frame['ev'] == 'exit':
                return Result(list(argv), frame['status'],
                              b''.join(parts[1]).decode(errors='replace'),
                              b''.join(parts[2]).decode(errors='replace'))
            if frame['ev'] == 'out':
                piece = frames.unpack(frame['d'])
                parts[frame['fd']].append(piece)
                request.passed_on(len(piece))

    @staticmethod
    def _feed(request, data):
        request.write(data)
        request.send('eof')

    def _read(self):
        splitter = frames.Splitter()
        while True:
            try:
                data = self.sock.recv(65536)
                got = splitter.feed(data)
            except (OSError, ValueError):
                data, got = b'', []
            for frame in got:
                request = self.requests.get(frame['id'])
                if request:
                    if frame.get('end'):
                        self.requests.pop(frame['id'], None)
                    request.got(frame)
            if not data:
                break
        self.gone = 'the lab is gone'
        for request in list(self.requests.values()):
            request.got({'ev': 'error', 'text': self.gone, 'end': True})
