# SPDX-License-Identifier: GPL-2.0-or-later
"""`mip6-lab demo`: a mobile node at home, away at A, away at B and home
again, while it is pinged and receives a file; what happened when, and a
verdict. All times are those of the nodes' one clock, from captures."""

import calendar
import re
import shutil
import time

from . import daemons, scenario
from .daemons import HOA
from .errors import LabError

JOURNEY = (('a', '2001:db8:a:', 'foreign link A'),
           ('b', '2001:db8:b:', 'foreign link B'),
           ('home', None, 'the home link'))
RATE = '50k'
PATIENCE = 60
ICMP = 'icmpv6.type == %d'
PICTURE = '''
     mobile node (moves)          home agent
           |                          |
    =======+==========================+====== home 2001:db8:1::/64
                                      |
    === A 2001:db8:a::/64 --- ra --- core --- cn, its correspondent
    === B 2001:db8:b::/64 --- rb ------+
'''


class Station:
    """One handover: what was seen, and when."""

    def __init__(self, link, title, when):
        self.link, self.title, self.when = link, title, when
        self.coa = None
        self.seen = {}          # phase -> time
        self.gap = None
        self.lost = 0

    def after(self, phase):
        at = self.seen.get(phase)
        return '-' if at is None else '%.2f' % (at - self.when)


class Demo:
    def __init__(self, connection, builddir, say):
        self.lab = scenario.Lab(connection, builddir)
        self.say = say
        self.mn, self.cn = self.lab.node('mn'), self.lab.node('cn')
        self.stations = []
        self.complaints = []

    # --- the journey ----------------------------------------------------

    def begin(self):
        print(PICTURE)
        self.say('capturing on all links')
        self.capture = self.lab.capture()
        self.say('starting mip6d as home agent on ha and as mobile node on '
                 'mn, with the configurations of etc/examples')
        self.agent = daemons.daemon(self.lab, 'ha',
                                    daemons.example('home-agent'))
        self.node = daemons.daemon(self.lab, 'mn',
                                   daemons.example('mobile-node'))
        daemons.wait_home(self.lab, timeout=PATIENCE)
        self.watch = self.mn.stream('ip -6 -o -t monitor address',
                                    env={'TZ': 'UTC', 'LANG': 'C'})
        self.say('the mobile node is at home, with its home address %s'
                 % HOA)
        self.ping = self.cn.ping(HOA, 0.1)
        self.ping.wait_replies(10, PATIENCE)
        self.say('the correspondent pings it each 100 ms and is answered')
        self.transfer = self.cn.transfer(self.mn, HOA, rate=RATE)
        self.transfer.sender.wait_line('^connected', PATIENCE)
        self.say('and sends it a file over one TCP connection, hashed at '
                 'both ends')

    def visit(self, link, prefix, title):
        print()
        self.say('MOVE: the cable of the mobile node is plugged into %s'
                 % title)
        station = Station(link, title, self.lab.move('mn', link))
        self.stations.append(station)
        if prefix:
            station.coa = daemons.wait_bound(self.lab, prefix,
                                             timeout=PATIENCE)
            self.say('it has a new care-of address, %s' % station.coa)
            self.say('the home agent knows it: packets to %s go through a '
                     'tunnel now' % HOA)
        else:
            daemons.wait_home(self.lab, timeout=PATIENCE)
            self.say('it has told the home agent that it is back: no '
                     'binding, no tunnel any more')
        self.ping.wait_replies(1, PATIENCE, sent_since=station.when)
        self.say('the ping is answered again, to the same address')
        self.ping.wait_replies(20, PATIENCE)    # it stays a while

    def finish(self):
        print()
        self.say('ending the transfer, the ping and the daemons')
        try:
            self.transfer.stop()
            self.transfer_text = '%d bytes in one TCP connection, ' \
                'the same SHA-256 at both ends (%s...)' % (
                    self.transfer.bytes, self.transfer.sent_hash[:16])
        except LabError as e:
            self.transfer_text = str(e)
            self.complaints.append(str(e))
        self.series = self.ping.stop()
        self.watch.stop()
        for program in (self.node, self.agent):
            try:
                status = program.stop()
                if status:
                    self.complaints.append('mip6d on %s ended with status %d'
                                           % (program.node.name, status))
            except scenario.Failed as e:
                self.complaints.append(str(e))
        self.capture.stop()
        self.complaints += self.capture.check()

    # --- what happened when ---------------------------------------------

    def first(self, start, display_filter):
        """When the first such packet passed at or after START."""
        times = [p['time'] for p in self.capture.packets(display_filter)
                 if p['time'] >= start]
        return min(times) if times else None

    def measure(self):
        ends = [s.when for s in self.stations[1:]] + [None]
        for station, end in zip(self.stations, ends):
            seen, when, on = station.seen, station.when, \
                ' && frame.interface_name == "%s"' % station.link
            seen['advertisement'] = self.first(when, ICMP % 134 + on)
            if station.coa:
                seen['address'] = self.address_time(station.coa, when)
            seen['update'] = self.first(when, 'mip6.mhtype == 5' + on)
            seen['acknowledgement'] = self.first(
                seen['update'] or when, 'mip6.mhtype == 6' + on)
            seen['reply'] = self.series.first_reply_after(
                when) if station.coa is None else \
                self.series.first_reply_after(
                    seen['acknowledgement'] or when)
            station.gap = self.series.longest_gap(when, end)[0]
            station.lost = len(self.series.missing_between(
                when - 1, end or float('inf')))

    def address_time(self, address, when):
        """From `ip -t monitor`: a line with the time, then the event."""
        stamp = None
        for line in self.watch.lines:
            found = re.match(r'Timestamp: (.*) (\d+) usec', line)
            if found:
                stamp = calendar.timegm(time.strptime(
                    found.group(1))) + int(found.group(2)) / 1e6
            elif stamp and stamp >= when - 0.001 and address + '/' in line \
                    and not line.startswith('Deleted'):
                return stamp
        return None

    def table(self):
        print('\nEach handover, in seconds after the link change:\n')
        head = ('to', 'router adv.', 'care-of addr.', 'Binding Update',
                'Binding Ack.', 'first reply', 'longest gap', 'pings lost')
        rows = [head]
        for s in self.stations:
            rows.append((s.link, s.after('advertisement'),
                         s.after('address'), s.after('update'),
                         s.after('acknowledgement'), s.after('reply'),
                         '%.2f' % s.gap, str(s.lost)))
        widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
        for row in rows:
            print('  ' + '  '.join(
                [row[0].ljust(widths[0])] +
                [c.rjust(w) for c, w in zip(row[1:], widths[1:])]))
        print('\nPing: %d sent, %d answered, %d lost.  Transfer: %s.' % (
            self.series.sent, self.series.received, self.series.missing,
            self.transfer_text))

    def judge(self):
        for station in self.stations:
            for phase in ('update', 'acknowledgement', 'reply'):
                if station.seen.get(phase) is None:
                    self.complaints.append('on the way to %s no %s was seen'
                                           % (station.title, phase))
        self.lab.excused = []
        self.complaints += self.lab.leftovers()
        if self.complaints:
            print('\nVERDICT: it did not work:')
            for text in self.complaints:
                print('  - ' + text)
            return 1
        print('\nVERDICT: the node moved %d times and kept its address; ping '
              'and TCP connection lived\nthrough it, all packets are well '
              'formed, and nothing is left behind in any node.'
              % len(self.stations))
        return 0

    def keep(self, path):
        shutil.copy(self.capture.path, path)
        self.say('the packets of all links are in %s (open it with '
                 'Wireshark)' % path)


def run(connection, builddir, say, keep=None):
    demo = Demo(connection, builddir, say)
    try:
        demo.begin()
        for link, prefix, title in JOURNEY:
            demo.visit(link, prefix, title)
        demo.finish()
        demo.measure()
        demo.table()
        if keep:
            demo.keep(keep)
        return demo.judge()
    except scenario.Failed as e:
        print('\nVERDICT: it did not work: %s' % e)
        for name in ('ha', 'mn'):
            show_log(demo, name)
        return 1


def show_log(demo, name):
    program = demo.lab.programs.get((name, 'mip6d'))
    if program:
        print('\nThe last lines of mip6d on %s:' % name)
        for line in program.log().splitlines()[-15:]:
            print('    ' + line)
