# SPDX-License-Identifier: GPL-2.0-or-later
"""The control channel: one JSON object a line, many requests on one stream.

A request is opened by a frame {"id": N, "op": ...}. More frames with the same
id may follow in both directions; the frame with "end": true is the last one
of the answer. Bytes travel as base64. Who produces a byte stream may have
WINDOW bytes under way; the other side acknowledges what it has passed on
({"op": "ack", "n": BYTES} or {"ev": "ack", "n": BYTES}), so that a slow
reader never blocks the other requests.
"""

import binascii
import json

WINDOW = 256 * 1024
CHUNK = 12 * 1024
# Longest line: a topology or a dump of kernel state.
LINE_MAX = 16 * 1024 * 1024


def encode(frame):
    return json.dumps(frame, separators=(',', ':')).encode() + b'\n'


def pack(data):
    return binascii.b2a_base64(data, newline=False).decode()


def unpack(text):
    return binascii.a2b_base64(text)


class Splitter:
    """Collects bytes, hands out whole frames."""

    def __init__(self):
        self.parts = []
        self.size = 0

    def feed(self, data):
        frames = []
        while True:
            cut = data.find(b'\n')
            if cut < 0:
                break
            self.parts.append(data[:cut])
            line = b''.join(self.parts)
            self.parts, self.size = [], 0
            data = data[cut + 1:]
            if line.strip():
                frames.append(self.decode(line))
        if data:
            self.parts.append(data)
            self.size += len(data)
            if self.size > LINE_MAX:
                raise ValueError('a frame is too long')
        return frames

    @staticmethod
    def decode(line):
        frame = json.loads(line)
        if not isinstance(frame, dict):
            raise ValueError('a frame must be an object')
        return frame
