# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of links or of a node's interfaces, and questions to tshark."""

import os
import re
import shutil
import subprocess

from . import frames, pcapng
from .errors import LabError
from .streams import Stream

MALFORMED = '_ws.malformed'


def tshark(path, *args):
    """Its output. A file that is still growing may end in mid-packet."""
    program = shutil.which('tshark')
    if not program:
        raise LabError('reading captures needs tshark: run tools/deps')
    done = subprocess.run([program, '-n', '-r', path] + list(args),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, text=True,
                          errors='replace',
                          env=dict(os.environ, LC_ALL='C.UTF-8', TZ='UTC'))
    if done.returncode and 'cut short' not in done.stderr:
        lines = [line for line in done.stderr.splitlines()
                 if 'Running as user' not in line]
        raise LabError('tshark %s: %s' % (' '.join(args),
                                          '\n'.join(lines).strip()))
    return done.stdout


def packets(path, display_filter, *fields, options=()):
    """One dictionary a packet. OPTIONS are more of tshark's. Always there: "time" (seconds, float),
    "link" and "number"; each of FIELDS is a string, with "," between
    several occurrences and "" for none."""
    asked = ['frame.number', 'frame.time_epoch', 'frame.interface_name']
    args = ['-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a']
    for field in asked + list(fields):
        args += ['-e', field]
    if display_filter:
        args = ['-Y', display_filter] + args
    found = []
    for line in tshark(path, *options, *args).splitlines():
        values = line.split('\t')
        packet = {'number': int(values[0]), 'time': float(values[1]),
                  'link': values[2]}
        packet.update(zip(fields, values[3:]))
        found.append(packet)
    return found


def check(path, excuse=None):
    """Sentences about malformed packets and wrong checksums. EXCUSE is a
    display filter for packets that a scenario made so on purpose."""
    excused = frozenset(p['number'] for p in packets(path, excuse)) \
        if excuse else frozenset()
    found = ['packet %d on %s is malformed' % (p['number'], p['link'])
             for p in packets(path, MALFORMED)
             if p['number'] not in excused]
    return found + pcapng.check(path, excused)


def devices(connection, node):
    """All of a node but loopback and the kernel's own unused tunnels."""
    names = connection.run(node, ['ls', '/sys/class/net']).out.split()
    return [n for n in names if n not in ('lo', 'ip6tnl0', 'sit0')]


def whats_to_argv(what, connection):
    """(node, [interface...]) for `labtool capture`: links are captured in
    the wires' namespace, interfaces in their node's."""
    status = connection.call('status')
    links, nodes = status['links'], status['nodes']
    if not what or list(what) == ['all']:
        return 'wire', list(links)
    if all(w in links for w in what):
        return 'wire', list(what)
    node = what[0].partition('.')[0]
    if node not in nodes or any(w.partition('.')[0] != node for w in what):
        raise LabError('capture any number of links (%s), or one node '
                       '(%s), or interfaces of one node, like mn.eth0'
                       % (' '.join(links), ' '.join(nodes)))
    names = []
    for word in what:
        iface = word.partition('.')[2]
        names += [iface] if iface else devices(connection, node)
    return node, names


class Capture:
    """Runs in the lab from the moment it is made; PATH is the file on this
    side, which grows while it runs and has all that passed before when
    packets() looks into it."""

    count = 0

    def __init__(self, connection, share, labtool, what):
        node, names = whats_to_argv(what, connection)
        Capture.count += 1
        self.path = os.path.join(share, 'capture-%d-%d.pcapng'
                                 % (os.getpid(), Capture.count))
        self.what = list(what)
        self.title = ' '.join(what) or 'all links'
        self.excuse = None
        self.options = []
        self.running = True
        self.barriers = 0
        self.stream = Stream(connection, node,
                             [labtool, 'capture', '-b', self.path] + names)
        self.stream.wait_line('^listening', 60)

    def stop(self):
        """Everything seen so far is in the file afterwards."""
        if not self.running:
            return
        self.running = False
        self.stream.stop(timeout=60)
        end = re.search(r'^end (\d+) (\d+)$',
                        '\n'.join(self.stream.errors), re.M)
        if not end:
            raise LabError('the capture of %s failed: %s'
                           % (self.title, self.stream.said()))
        if int(end.group(2)):
            raise LabError('the capture of %s missed %s packets'
                           % (self.title, end.group(2)))

    def catch_up(self):
        """What has passed until now is in the file afterwards."""
        if not self.running:
            return
        self.barriers += 1
        self.stream.write(b'%d\n' % self.barriers)
        self.stream.wait_line('^written %d$' % self.barriers, 60)

    def packets(self, display_filter=None, *fields):
        self.catch_up()
        return packets(self.path, display_filter, *fields,
                       options=self.options)

    def check(self):
        return check(self.path, self.excuse)


def follow_until(connection, started, pattern):
    """Wait until a background program has said so; no polling."""
    request = connection.start_exec(
        'lab', ['tail', '-c', '+%d' % (started['log_from'] + 1), '-s', '0.05',
                '-f', '--pid', str(started['pid']), started['log']])
    request.send('eof')
    text = ''
    while True:
        frame = request.next(60)
        if frame['ev'] == 'exit':
            break
        if frame['ev'] == 'out':
            data = frames.unpack(frame['d'])
            request.passed_on(len(data))
            text += data.decode(errors='replace')
            if re.search(pattern, text):
                request.send('cancel')
                break
    if 'labtool:' in text or not re.search(pattern, text):
        raise LabError('it did not start: %s' % (text.strip() or 'silence'))
