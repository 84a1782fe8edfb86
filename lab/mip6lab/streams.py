# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of a node that are followed line by line while they run: ping
series, transfers, and whatever a scenario starts."""

import re
import threading
import time

from . import frames
from .errors import LabError


class Stream:
    """A foreground program; a thread collects its lines."""

    def __init__(self, connection, node, argv, **values):
        self.node, self.argv = node, list(argv)
        self.lines = []         # of standard output
        self.errors = []        # of standard error
        self.status = None
        self.gone = None
        self.changed = threading.Condition()
        self.request = connection.start_exec(node, argv, **values)
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        rest = {1: b'', 2: b''}
        try:
            while True:
                frame = self.request.next()
                if frame['ev'] == 'out':
                    data = frames.unpack(frame['d'])
                    self._split(rest, frame['fd'], data)
                    self.request.passed_on(len(data))
                elif frame['ev'] == 'exit':
                    break
            status, gone = frame['status'], None
        except LabError as e:
            status, gone = -1, str(e)
        with self.changed:
            for fd, text in rest.items():
                if text:
                    self._keep(fd, text)
            self.status, self.gone = status, gone
            self.changed.notify_all()

    def _split(self, rest, fd, data):
        parts = (rest[fd] + data).split(b'\n')
        rest[fd] = parts.pop()
        with self.changed:
            for part in parts:
                self._keep(fd, part)
            self.changed.notify_all()

    def _keep(self, fd, part):
        (self.lines if fd == 1 else self.errors).append(
            part.decode(errors='replace'))

    def what(self):
        return '"%s" on %s' % (' '.join(self.argv), self.node)

    def said(self):
        return '\n'.join((self.errors or self.lines)[-5:]) or 'nothing'

    def wait_line(self, pattern, timeout=30, start=0):
        """The match in the first line (from index START) that fits."""
        regex = re.compile(pattern)
        deadline = time.monotonic() + timeout
        with self.changed:
            at, at_err = start, 0
            while True:
                for lines, first in ((self.lines, at),
                                     (self.errors, at_err)):
                    for line in lines[first:]:
                        found = regex.search(line)
                        if found:
                            return found
                at, at_err = max(at, len(self.lines)), len(self.errors)
                left = deadline - time.monotonic()
                if self.status is not None or left <= 0:
                    raise LabError('%s did not say /%s/ %s; it said: %s' % (
                        self.what(), pattern,
                        'within %g s' % timeout if self.status is None
                        else 'before it ended', self.said()))
                self.changed.wait(left)

    def signal(self, number):
        self.request.send('sig', s=int(number))

    def write(self, data):
        self.request.write(data)

    def wait(self, timeout=60):
        """Its exit status."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while self.status is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise LabError('%s did not end within %g s'
                                   % (self.what(), timeout))
                self.changed.wait(left)
            if self.gone:
                raise LabError(self.gone)
            return self.status

    def stop(self, number=15, timeout=20):
        self.signal(number)
        return self.wait(timeout)

    def abandon(self):
        if self.status is None:
            self.request.send('cancel', kill=True)
            with self.changed:
                self.status = -1
                self.changed.notify_all()


class Series:
    """What became of each request of a ping series. Times are seconds of
    the nodes' clock, the one that captures and moves have."""

    def __init__(self, lines):
        self.replies = []       # (sequence number, sent, received)
        self.lost = []          # (sequence number, sent)
        self.refused = []       # (sequence number, sent, error)
        self.sent = 0
        for line in lines:
            words = line.split()
            if words[:1] == ['reply']:
                self.replies.append((int(words[1]), float(words[2]),
                                     float(words[3])))
            elif words[:1] == ['lost']:
                self.lost.append((int(words[1]), float(words[2])))
            elif words[:1] == ['refused']:
                self.refused.append((int(words[1]), float(words[2]),
                                     ' '.join(words[3:])))
            elif words[:1] == ['end']:
                self.sent = int(words[1])

    @property
    def received(self):
        return len(self.replies)

    @property
    def missing(self):
        """How many were never answered, for whatever reason."""
        return len(self.lost) + len(self.refused)

    def gaps(self, longer_than=0.0, since=None, until=None):
        """[(seconds, from, to)] between arrivals, the longest first."""
        times = sorted(r[2] for r in self.replies)
        found = [(b - a, a, b) for a, b in zip(times, times[1:])
                 if b - a > longer_than
                 and (since is None or b >= since)
                 and (until is None or a <= until)]
        return sorted(found, reverse=True)

    def longest_gap(self, since=None, until=None):
        found = self.gaps(0.0, since, until)
        return found[0] if found else (0.0, None, None)

    def missing_between(self, start, end):
        """Sequence numbers sent in that time and never answered."""
        return sorted(s[0] for s in self.lost + self.refused
                      if start <= s[1] <= end)

    def first_reply_after(self, when):
        """When the first answer arrived after WHEN; None if none did."""
        times = [r[2] for r in self.replies if r[2] >= when]
        return min(times) if times else None


class PingSeries(Stream):
    def count(self):
        with self.changed:
            return sum(1 for line in self.lines if line.startswith('reply '))

    def wait_replies(self, more=3, timeout=30, sent_since=0.0):
        """Until MORE answers have come in from now on; the time of arrival
        of the last of them. Their requests may have been sent earlier: with
        SENT_SINCE (the nodes' clock, as lab.move() gives it) only answers
        to requests sent then or later count."""
        with self.changed:
            start = len(self.lines)
        last = None
        while more > 0:
            found = self.wait_line(r'^reply \d+ (\S+) (\S+)', timeout, start)
            with self.changed:
                start = self.lines.index(found.string, start) + 1
            if float(found.group(1)) >= sent_since:
                last = float(found.group(2))
                more -= 1
        return last

    def stop(self, number=15, timeout=20):
        """The Series."""
        Stream.stop(self, number, timeout)
        return Series(self.lines)

    def result(self, timeout=60):
        """Wait for a series with a count to end."""
        self.wait(timeout)
        return Series(self.lines)


class Transfer:
    """A byte stream from one node to another, hashed at both ends."""

    def __init__(self, sender, receiver):
        self.sender, self.receiver = sender, receiver
        self.bytes = self.received = None
        self.sent_hash = self.received_hash = None
        self.silence = None     # longest time without a byte, seconds

    def stop(self, timeout=120):
        """End a transfer that has no size of its own."""
        if self.sender.status is None:
            self.sender.signal(15)
        return self.finish(timeout)

    def finish(self, timeout=300):
        """Wait until all has arrived; raises LabError unless both ends
        counted and hashed the same."""
        self.sender.wait(timeout)
        sent = self._find(self.sender, r'^sent (\d+) (\w+)')
        self.bytes, self.sent_hash = int(sent.group(1)), sent.group(2)
        got = self.receiver.wait_line(
            r'^received (\d+) (\w+) (\S+) (\S+)', timeout)
        self.received, self.received_hash = int(got.group(1)), got.group(2)
        self.silence = float(got.group(4))
        if not self.equal:
            raise LabError('the transfer broke: %d bytes sent, %d received, '
                           'hashes %s' % (
                               self.bytes, self.received, 'differ'
                               if self.sent_hash != self.received_hash
                               else 'equal'))
        return self

    @staticmethod
    def _find(stream, pattern):
        for line in stream.lines:
            found = re.search(pattern, line)
            if found:
                return found
        raise LabError('%s failed: %s' % (stream.what(), stream.said()))

    @property
    def equal(self):
        return self.bytes == self.received \
            and self.sent_hash == self.received_hash
