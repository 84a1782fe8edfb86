# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scenario works with: the lab, its nodes, their programs.

A scenario is a Python file with functions `test_…(lab)`; `mip6-lab run`
gives each of them a lab in its initial state. Whatever a test starts is
stopped after it, and what then is left in a node fails the test.
"""

import json
import re
import shlex
import time

from . import capture as captures, labtool, streams, topology
from .client import Result      # noqa: F401 (part of the interface)
from .errors import LabError
from .streams import PingSeries, Series, Stream, Transfer   # noqa: F401

POLL = 0.2
PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


class Failed(AssertionError):
    """The thing under test did not do what it should."""


def words(command):
    return shlex.split(command) if isinstance(command, str) \
        else [str(w) for w in command]


class Program:
    """A background program of a node; its output is kept in a log, behind
    that of earlier programs of this name."""

    def __init__(self, node, name, started):
        self.node, self.name = node, name
        self.pid, self.log_path = started['pid'], started['log']
        self.log_begin = '+%d' % (started['log_from'] + 1)
        self.status = None

    def log(self, earlier_runs=False):
        begin = '+1' if earlier_runs else self.log_begin
        return self.node.lab.connection.run('lab', [
            'tail', '-c', begin, self.log_path]).out

    def wait_log(self, pattern, timeout=60):
        """The match, as soon as this run's log has a line that fits."""
        regex = re.compile(pattern)
        follow = Stream(self.node.lab.connection, 'lab', [
            'tail', '-c', self.log_begin, '-s', '0.1', '-f', '--pid', str(self.pid),
            self.log_path])
        follow.request.send('eof')
        try:
            return follow.wait_line(regex, timeout)
        except LabError:
            raise Failed('%s on %s did not say /%s/ within %g s; its log '
                         'ends with:\n%s' % (
                             self.name, self.node.name, pattern, timeout,
                             '\n'.join(self.log().splitlines()[-8:])))
        finally:
            follow.abandon()

    def signal(self, number):
        self.node.run(['kill', '-%d' % number, str(self.pid)])

    def stop(self, number=15, timeout=30):
        """Its exit status; Failed if it had to be killed."""
        if self.status is None:
            done = self.node.lab.connection.call(
                'stop', node=self.node.name, name=self.name,
                signal=int(number), grace=timeout)
            self.status = done['status']
            self.node.lab.programs.pop((self.node.name, self.name), None)
            if done['forced']:
                raise Failed('%s on %s did not end within %g s after signal '
                             '%d and was killed' % (
                                 self.name, self.node.name, timeout, number))
        return self.status

    def kill(self):
        """SIGKILL: it can clean nothing up."""
        return self.stop(9)

    def wait(self, timeout=60):
        """Wait until it ends by itself; its exit status."""
        if self.status is None:
            done = self.node.lab.connection.call(
                'stop', node=self.node.name, name=self.name, wait=True,
                timeout=timeout)
            self.status = done['status']
            self.node.lab.programs.pop((self.node.name, self.name), None)
        return self.status


class Node:
    def __init__(self, lab, name):
        self.lab, self.name = lab, name

    def __repr__(self):
        return 'node ' + self.name

    # --- programs -------------------------------------------------------

    def run(self, command, check=True, timeout=60, data=b'', env=None):
        """Run to the end; .out, .err, .status. COMMAND is a list, or a
        string that is split like a shell does, without a shell. With
        CHECK a status other than 0 is an error."""
        argv = words(command)
        result = self.lab.connection.run(
            self.name, argv, data=data, timeout=timeout,
            env=self.lab.environment(env))
        if check and result.status:
            raise Failed('"%s" on %s ended with status %d: %s' % (
                ' '.join(argv), self.name, result.status,
                (result.err or result.out).strip()))
        return result

    def sh(self, script, check=True, timeout=60):
        """The same for a piece of shell."""
        return self.run(['sh', '-c', script], check, timeout)

    def start(self, name, command, env=None):
        """A background Program; stopped after the test."""
        started = self.lab.connection.call(
            'start', node=self.name, name=name, argv=words(command),
            env=self.lab.environment(env))
        program = Program(self, name, started)
        self.lab.programs[(self.name, name)] = program
        return program

    def stream(self, command, kind=Stream, env=None):
        """A program that is followed while it runs."""
        stream = kind(self.lab.connection, self.name, words(command),
                      env=self.lab.environment(env))
        self.lab.streams.append(stream)
        return stream

    def wait_for(self, condition, timeout=30, what=None):
        """Until CONDITION holds: a function (its true result is returned),
        or a command that must end with status 0 (its Result is)."""
        def try_command():
            result = self.run(condition, check=False)
            return result if result.status == 0 else None
        if callable(condition):
            return self.lab.wait_for(condition, timeout, what)
        return self.lab.wait_for(try_command, timeout,
                                 what or '"%s" on %s' % (condition,
                                                         self.name))

    # --- state ----------------------------------------------------------

    def ip(self, arguments):
        """`ip -6 -j ARGUMENTS`, decoded."""
        out = self.run(['ip', '-6', '-j'] + words(arguments)).out
        return json.loads(out) if out.strip() else []

    def interfaces(self):
        return self.lab.status()['nodes'][self.name]['ifaces']

    def addresses(self, iface=None, usable=True):
        """Addresses without fe80::; tentative ones only if USABLE is
        false."""
        found = []
        for name, values in self.interfaces().items():
            if iface in (None, name):
                found += [a['address'].split('/')[0]
                          for a in values['addresses']
                          if not (usable and a['tentative'])]
        return found

    def address_in(self, prefix, timeout=30):
        """Wait for a usable address that starts with PREFIX."""
        return self.lab.wait_for(
            lambda: next((a for a in self.addresses()
                          if a.startswith(prefix)), None), timeout,
            'an address %s… on %s' % (prefix, self.name))

    def link_local(self, iface):
        found = self.ip(['addr', 'show', 'dev', iface, 'scope', 'link'])
        for entry in found:
            for info in entry.get('addr_info', []):
                if 'local' in info:     # ip prints {} for what it left out
                    return info['local']
        raise Failed('%s has no link-local address on %s' % (self.name,
                                                             iface))

    def mac(self, iface):
        return self.interfaces()[iface]['mac']

    def sysctl(self, key, value=None):
        if value is not None:
            self.run(['sysctl', '-q', '-w', '%s=%s' % (key, value)])
        return self.run(['sysctl', '-n', key]).out.strip()

    def write(self, path, text, mode=0o644):
        """A file in the node's own /etc, /run or /var/lib (or shared
        elsewhere)."""
        self.run(['sh', '-c', 'mkdir -p "$(dirname "$1")" && cat >"$1" && '
                  'chmod %o "$1"' % mode, 'sh', path], data=text.encode())

    def read(self, path):
        return self.run(['cat', path]).out

    # --- traffic --------------------------------------------------------

    def ping(self, target, interval=0.1, count=None, source=None, size=None):
        """A PingSeries that has begun."""
        argv = [self.lab.labtool, 'ping', '-i', '%g' % interval]
        for flag, value in (('-c', count), ('-S', source), ('-s', size)):
            if value is not None:
                argv += [flag, str(value)]
        return self.stream(argv + [target], PingSeries)

    def reaches(self, target, count=1, timeout=60, source=None):
        """True if TARGET answers one of COUNT requests that are sent now.
        It takes TIMEOUT only where the machine stands still: the series
        ends by itself."""
        series = self.ping(target, 0.2, count, source)
        return series.result(timeout + count).received > 0

    def transfer(self, to_node, target, source=None, size=None, rate=None,
                 port=5001):
        """Send bytes over TCP to TO_NODE's address TARGET; a Transfer."""
        tool = self.lab.labtool
        receiver = to_node.stream([tool, 'tcp-recv', '-1', '-p', str(port)])
        receiver.wait_line('^listening')
        argv = [tool, 'tcp-send', '-p', str(port)]
        for flag, value in (('-S', source), ('-b', size), ('-r', rate)):
            if value is not None:
                argv += [flag, str(value)]
        return Transfer(self.stream(argv + [target]), receiver)

    def inject(self, packets, iface=None, wait=0):
        """Send packets (bytes, or scapy's) as they are: whole frames on
        IFACE, or IPv6 packets that the kernel routes."""
        text = ''.join(bytes(p).hex() + '\n' for p in packets)
        argv = [self.lab.labtool, 'inject', '-w', '%g' % wait]
        if iface:
            argv += ['-i', iface]
        return self.run(argv + ['-'], data=text.encode())


class Lab:
    """The lab of one test."""

    def __init__(self, connection, builddir, results=None, say=None):
        self.connection = connection
        self.builddir, self.results = builddir, results
        self.info = connection.call('lab-info')
        self.labtool = labtool.find(builddir)
        self.tell = say
        self.programs, self.streams, self.captures = {}, [], []
        self.story = []
        self.excused = []       # patterns of leftovers that are meant
        self.capture_all = None

    def environment(self, extra=None):
        path = PATH
        if self.builddir:
            path = self.builddir + ':' + path
        return dict({'PATH': path}, **(extra or {}))

    def say(self, text):
        """A line for the person who watches, kept with the results."""
        self.story.append('%.3f %s' % (time.time(), text))
        if self.tell:
            self.tell(text)

    def node(self, name):
        return Node(self, name)

    def status(self):
        return self.connection.call('status')

    def now(self):
        """The nodes' clock, seconds."""
        return float(self.connection.run('lab', ['date', '+%s.%N']).out)

    def move(self, what, link, silent=False):
        """Plug NODE[.IFACE] into LINK (None: nowhere); when that was, by
        the nodes' clock."""
        node, _, iface = what.partition('.')
        done = self.connection.call('move', node=node, iface=iface or None,
                                    link=link, silent=silent)
        self.say('%s.%s: %s -> %s' % (node, done['iface'], done['before'],
                                      done['link']))
        return done['time']

    def link(self, link, **settings):
        """Like `mip6-lab link`: delay='10ms', loss='5%'…; None undoes."""
        settings = {k: v or 'none' for k, v in settings.items()}
        topology.check_netem({k: v for k, v in settings.items()
                              if k not in ('jitter', 'reorder')}, LabError)
        self.connection.call('netem', link=link, settings=settings)
        self.say('%s: %s' % (link, settings))

    def capture(self, *what):
        """A Capture of links, or of one node's interfaces; all links if
        nothing is named. Checked after the test."""
        made = captures.Capture(self.connection, self.info['share'],
                                self.labtool, what)
        self.captures.append(made)
        return made

    def packets(self, display_filter=None, *fields):
        """From the capture of all links that each test has."""
        if not self.capture_all:
            raise LabError('this test switched the capture of all links off')
        return self.capture_all.packets(display_filter, *fields)

    def wait_packets(self, display_filter, *fields, count=1, timeout=30):
        """Until the capture of all links has COUNT such packets."""
        def enough():
            found = self.packets(display_filter, *fields)
            return found if len(found) >= count else None
        return self.wait_for(enough, timeout, '%d packet(s) like "%s"'
                             % (count, display_filter), 3 * POLL)

    def dissect(self, *options):
        """More options for tshark in packets(), like '-o', 'NAME:VALUE'."""
        self.capture_all.options += options

    def excuse_packets(self, display_filter):
        """These are malformed on purpose."""
        for made in self.captures:
            made.excuse = display_filter if not made.excuse else \
                '(%s) || (%s)' % (made.excuse, display_filter)

    def excuse_leftovers(self, pattern):
        """What fits this stays behind on purpose."""
        self.excused.append(re.compile(pattern))

    def wait_for(self, condition, timeout=30, what=None, poll=POLL):
        """Until the function gives something true; returns that."""
        deadline = time.monotonic() + timeout
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() >= deadline:
                raise Failed('%s: not within %g s'
                             % (what or condition.__name__, timeout))
            time.sleep(poll)

    def settle(self, timeout=60):
        """Until all hosts that configure themselves have an address."""
        self.connection.call('settle', within=timeout)

    # --- after the test -------------------------------------------------

    def end_streams(self):
        for stream in self.streams:
            stream.abandon()
        self.streams = []

    def end_programs(self):
        """Stop what still runs; sentences about what did not obey."""
        found = []
        for program in list(self.programs.values())[::-1]:
            try:
                program.stop()
            except (LabError, Failed) as e:
                found.append(str(e))
        self.programs = {}
        return found

    def end_captures(self):
        found = []
        for made in self.captures:
            try:
                made.stop()
                found += made.check()
            except LabError as e:
                found.append(str(e))
        return found

    def leftovers(self):
        found = self.connection.call('leftovers')['found']
        return [f for f in found
                if not any(p.search(f) for p in self.excused)]


