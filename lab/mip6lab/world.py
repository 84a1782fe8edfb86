# SPDX-License-Identifier: GPL-2.0-or-later
"""The agent's picture of the lab: builds a topology out of namespaces and
bridges, moves interfaces, changes links, keeps background programs.

Bridges live in a namespace of their own ("wire") without IPv6. Each interface
of a node is a veth whose other end, NODE.IFACE, is plugged into a bridge.
"""

import os
import shutil
import signal
import socket
import subprocess
import time

from . import netns, procs, rtnl, state

# While a topology is built nobody waits for duplicate address detection or
# for the random start of router solicitation; afterwards nodes have the
# kernel's own defaults again.
HURRY = {'accept_dad': ('0', '1'), 'router_solicitation_delay': ('0', '1')}

# A kernel that says nothing for so long will not.
CARRIER_S = 30


class Refused(Exception):
    """A request that cannot be done; the text is for the user."""


def write_sysctl(key, value):
    path = '/proc/sys/' + (key if '/' in key else key.replace('.', '/'))
    try:
        with open(path, 'w') as f:
            f.write(value)
    except OSError as e:
        raise Refused('sysctl %s = %s: %s' % (key, value, e.strerror))


def netem_words(settings):
    words = []
    if 'delay' in settings:
        words += ['delay', settings['delay']]
        if 'jitter' in settings:
            words.append(settings['jitter'])
    for key in ('loss', 'duplicate', 'corrupt', 'reorder', 'rate'):
        if key in settings:
            words += [key, settings[key]]
    return words


class World:
    def __init__(self, loop):
        self.loop = loop
        self.topo = None
        self.nodes = {}
        self.wire = None
        self.attached = {}      # "mn.eth0" -> link or None
        self.netem = {}
        self.shaped = set()     # ports with a netem queue
        self.programs = {}      # (node, name) -> Background
        self.initial = {}

    # --- what requests ask for ------------------------------------------

    def operation(self, rid, op, frame):
        calls = {'build': self.op_build, 'move': self.op_move,
                 'netem': self.op_netem, 'status': self.op_status,
                 'start': self.op_start, 'stop': self.op_stop,
                 'settle': self.op_settle, 'leftovers': self.op_leftovers,
                 'shutdown': self.op_shutdown, 'programs': self.op_programs,
                 'ping': lambda rid, frame: self.loop.answer(rid)}
        if op not in calls:
            raise Refused('the agent knows no "%s"' % op)
        calls[op](rid, frame)

    def namespace(self, name):
        if name in (None, 'lab'):
            return None
        if name == 'wire' and self.wire:
            return self.wire
        if name not in self.nodes:
            raise Refused('there is no node "%s"; there are: %s'
                          % (name, ', '.join(self.nodes) or 'none yet'))
        return self.nodes[name]

    def progress(self, rid, text):
        self.loop.send({'id': rid, 'ev': 'progress', 'text': text})

    def op_build(self, rid, frame):
        self.clear()
        self.topo = frame['topo']
        self.progress(rid, 'links: ' + ' '.join(self.topo['links']))
        self.make_wire()
        self.progress(rid, 'nodes: ' + ' '.join(self.topo['nodes']))
        for name in self.topo['nodes']:
            self.nodes[name] = netns.Netns(name)
        self.before_links()
        self.plug_all()
        self.configure_nodes()
        self.start_radvd(rid)
        self.settle(rid, 120, self.built)

    def built(self, rid):
        self.unhurry()
        self.initial = state.snapshot(self.nodes)
        self.loop.answer(rid)

    def op_settle(self, rid, frame):
        self.settle(rid, frame.get('within', 60), self.loop.answer)

    # --- building -------------------------------------------------------

    def batch(self, ns, lines, tool='ip'):
        """Start one `ip -batch` in a namespace; returns it running."""
        def inside():
            if ns:
                netns.setns(ns.fds[netns.CLONE_NEWNET], netns.CLONE_NEWNET)
        argv = ['ip', '-6', '-batch', '-'] if tool == 'ip' \
            else [tool, '-batch', '-']
        proc = subprocess.Popen(argv, preexec_fn=inside,
                                stdin=subprocess.PIPE, close_fds=True,
                                stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.STDOUT,
                                env={'PATH': procs.PATH})
        proc.stdin.write('\n'.join(lines) + '\n')
        proc.stdin.close()
        return proc

    @staticmethod
    def finish(proc, what, lines):
        text = proc.stdout.read()
        proc.stdout.close()
        if proc.wait():
            raise Refused('%s failed: %s\n%s' % (what, text.strip(),
                                                 '\n'.join(lines)))

    def run_batch(self, ns, lines, what, tool='ip'):
        if lines:
            self.finish(self.batch(ns, lines, tool), what, lines)

    def make_wire(self):
        self.wire = netns.Netns('wire', full=False)
        with netns.Inside(self.wire):
            for which in ('default', 'all'):
                write_sysctl('net.ipv6.conf.%s.disable_ipv6' % which, '1')
        lines = ['link set lo up']
        for number, (name, link) in enumerate(self.topo['links'].items(), 1):
            lines.append('link add name %s address 06:00:00:00:00:%02d mtu %d '
                         'type bridge mcast_snooping 0 forward_delay 0'
                         % (name, number, link['mtu']))
            lines.append('link set dev %s up' % name)
        self.run_batch(self.wire, lines, 'creating the links')
        self.netem = {n: dict(link['netem'])
                      for n, link in self.topo['links'].items()}

    def before_links(self):
        for name, ns in self.nodes.items():
            with netns.Inside(ns):
                for key, (now, _) in HURRY.items():
                    write_sysctl('net.ipv6.conf.default.' + key, now)
                if self.topo['nodes'][name]['kind'] == 'router':
                    for which in ('all', 'default'):
                        write_sysctl('net.ipv6.conf.%s.forwarding' % which,
                                     '1')

    def plug_all(self):
        lines = []
        for name, node in self.topo['nodes'].items():
            for ifname, iface in node['ifaces'].items():
                port = '%s.%s' % (name, ifname)
                mtu = self.topo['links'][iface['link']]['mtu'] \
                    if iface['link'] else 1500
                lines.append(
                    'link add name %s address %s mtu %d type veth peer name %s '
                    'address %s mtu %d netns %s'
                    % (port, iface['mac'].replace('02:', '06:', 1), mtu,
                       ifname, iface['mac'], mtu, self.nodes[name].path))
                self.attached[port] = iface['link']
                if iface['link']:
                    lines.append('link set dev %s master %s'
                                 % (port, iface['link']))
                    lines.append('link set dev %s up' % port)
        self.run_batch(self.wire, lines, 'creating the interfaces')
        for link in self.netem:
            if self.netem[link]:
                self.apply_netem(self.ports_of(link), self.netem[link])

    def configure_nodes(self):
        running = []
        order = sorted(self.nodes,
                       key=lambda n: self.topo['nodes'][n]['kind'] == 'host')
        for name in order:
            node, ns = self.topo['nodes'][name], self.nodes[name]
            with netns.Inside(ns):
                for key, value in node['sysctls'].items():
                    write_sysctl(key, value)
                for ifname in node['ifaces']:
                    rtnl.real_packets(ifname)
            lines = self.node_lines(node)
            running.append((self.batch(ns, lines), name, lines))
            if len(running) == 2:
                proc, name, lines = running.pop(0)
                self.finish(proc, 'configuring ' + name, lines)
        for proc, name, lines in running:
            self.finish(proc, 'configuring ' + name, lines)

    @staticmethod
    def node_lines(node):
        lines = ['link set lo up']
        for ifname, iface in node['ifaces'].items():
            for address in iface['addresses']:
                lines.append('addr add %s dev %s nodad'
                             % (address, ifname))
            lines.append('link set dev %s up' % ifname)
        for route in node['routes']:
            lines.append('route add ' + route)
        return lines

    def start_radvd(self, rid):
        named = [n for n in self.nodes if self.topo['nodes'][n]['radvd']]
        if named:
            self.progress(rid, 'router advertisements: ' + ' '.join(named))
        for name in named:
            conf = '%s/nodes/%s/radvd.conf' % (netns.ROOT, name)
            with open(conf, 'w') as f:
                f.write(self.topo['nodes'][name]['radvd'])
            self.start(name, 'radvd', {
                'argv': ['radvd', '-n', '-m', 'stderr', '-d', '1', '-C',
                         conf, '-p', '/run/radvd.pid'], 'internal': True})

    def settle(self, rid, timeout, then):
        """Wait until all that configures itself has an address."""
        deadline = time.monotonic() + timeout

        def look():
            for key, program in self.programs.items():
                if program.internal and program.status is not None:
                    self.loop.fail(rid, '%s on %s ended with status %d: %s'
                                   % (key[1], key[0], program.status,
                                      state.tail(program.log)))
                    return
            missing = self.unsettled()
            if not missing:
                then(rid)
            elif time.monotonic() > deadline:
                self.loop.fail(rid, 'no address from a router advertisement '
                               'within %d s on %s'
                               % (timeout, ', '.join(missing)))
            else:
                self.loop.later(0.1, look)
        look()

    def unsettled(self):
        missing = []
        for name, node in self.topo['nodes'].items():
            wanted = {i for i, iface in node['ifaces'].items()
                      if iface['auto'] and self.attached[name + '.' + i]}
            if wanted:
                have = {i for i, _, plen, flags, dynamic
                        in state.addresses(self.nodes[name]) if dynamic
                        and not flags & rtnl.IFA_F_TENTATIVE}
                missing += [name + '.' + i for i in sorted(wanted - have)]
        return missing

    def unhurry(self):
        for name, ns in self.nodes.items():
            own = self.topo['nodes'][name]['sysctls']
            with netns.Inside(ns):
                for key, (_, then) in HURRY.items():
                    for which in ['default'] + list(
                            self.topo['nodes'][name]['ifaces']):
                        full = 'net/ipv6/conf/%s/%s' % (which, key)
                        if full.replace('/', '.') not in own:
                            write_sysctl(full, then)

    def clear(self):
        """Remove all: programs, nodes, links."""
        for program in self.programs.values():
            program.kill(signal.SIGKILL)
        self.programs = {}
        for pid, *_ in state.processes(self.all_namespaces()):
            procs.kill_group(pid, signal.SIGKILL)
        for ns in self.all_namespaces():
            ns.close()
        self.nodes, self.wire = {}, None
        self.attached, self.netem = {}, {}
        self.shaped = set()
        for folder in ('nodes', 'log'):
            shutil.rmtree('%s/%s' % (netns.ROOT, folder),
                          ignore_errors=True)

    def all_namespaces(self):
        return list(self.nodes.values()) + ([self.wire] if self.wire else [])

    # --- moving and shaping ---------------------------------------------

    def port(self, node, ifname):
        self.namespace(node)
        ifaces = list(self.topo['nodes'].get(node, {}).get('ifaces', {})) \
            if self.topo else []
        if not ifaces:
            raise Refused('"%s" has no interface' % node)
        if not ifname:
            ifname = ifaces[0]
        if ifname not in ifaces:
            raise Refused('node "%s" has no interface "%s"; it has: %s'
                          % (node, ifname, ', '.join(ifaces)))
        return ifname, '%s.%s' % (node, ifname)

    def check_link(self, link):
        if not self.topo or link not in self.topo['links']:
            raise Refused('there is no link "%s"; there are: %s'
                          % (link, ', '.join(self.topo['links'])
                             if self.topo else 'none yet'))

    def op_move(self, rid, frame):
        ifname, port = self.port(frame['node'], frame.get('iface'))
        link = frame['link']
        if link is not None:
            self.check_link(link)
        with netns.Inside(self.nodes[frame['node']]):
            watch = rtnl.Rtnl(rtnl.RTMGRP_LINK)
            index = socket.if_nametoindex(ifname)
        try:
            with netns.Inside(self.wire):
                when = self.replug(port, link, frame.get('silent'),
                                   watch, index)
        finally:
            watch.close()
        before, self.attached[port] = self.attached[port], link
        self.loop.answer(rid, iface=ifname, before=before, link=link,
                         time=when)

    def replug(self, port, link, silent, watch, index):
        """In the wire's namespace; returns when the new link was there."""
        sock = rtnl.Rtnl()

        def switch(up):
            told = watch.carrier(index)
            sock.set_link(port, up=up)
            if told is (not up) and not watch.wait_carrier(index, up,
                                                           CARRIER_S):
                raise Refused('the kernel did not tell %s within %d s that '
                              'its carrier has %s' % (
                                  port, CARRIER_S, 'come' if up else 'gone'))
        try:
            plugged = self.attached[port] is not None
            master = socket.if_nametoindex(link) if link else 0
            if plugged and not (silent and link):
                switch(False)
            sock.set_link(port, master=master)
            self.apply_netem([port], self.netem.get(link, {}))
            when = time.time()
            if link and not (silent and plugged):
                switch(True)
            return when
        finally:
            sock.close()

    def ports_of(self, link):
        return [p for p, at in self.attached.items() if at == link]

    def apply_netem(self, ports, settings):
        """Each packet of a link passes one port on its way to a node."""
        words = netem_words(settings)
        lines = []
        for port in ports:
            if words:
                lines.append('qdisc replace dev %s root netem limit 10000 %s'
                             % (port, ' '.join(words)))
                self.shaped.add(port)
            elif port in self.shaped:
                lines.append('qdisc del dev %s root' % port)
                self.shaped.discard(port)
        self.run_batch(self.wire, lines, 'netem', 'tc')

    def op_netem(self, rid, frame):
        self.check_link(frame['link'])
        settings = dict(self.netem[frame['link']])
        settings.update(frame['settings'])
        settings = {k: v for k, v in settings.items()
                    if v and v not in ('0', 'none')}
        for extra in ('jitter', 'reorder'):
            if extra in settings and 'delay' not in settings:
                raise Refused('%s needs a delay' % extra)
        self.apply_netem(self.ports_of(frame['link']), settings)
        self.netem[frame['link']] = settings
        self.loop.answer(rid, settings=settings)

    # --- programs -------------------------------------------------------

    def start(self, node, name, frame):
        key = (node, name)
        old = self.programs.get(key)
        if old and old.status is None:
            raise Refused('"%s" is already running on %s (process %d); '
                          'stop it first' % (name, node, old.pid))
        log = '%s/log/%s/%s.log' % (netns.ROOT, node, name)
        self.programs[key] = procs.Background(
            self.loop, name, self.namespace(node), frame, log)
        return self.programs[key]

    def op_start(self, rid, frame):
        if '/' in frame['name'] or frame['name'].startswith('.') \
                or len(frame['name']) > 200:
            raise Refused('"%s" is no good name for a program'
                          % frame['name'])
        program = self.start(frame['node'], frame['name'], frame)
        self.loop.answer(rid, **program.describe())

    def op_stop(self, rid, frame):
        key = (frame['node'], frame['name'])
        program = self.programs.get(key)
        if not program:
            raise Refused('no program "%s" was started on %s'
                          % (frame['name'], frame['node']))
        state_ = {'forced': False}

        def force():
            if program.status is None:
                state_['forced'] = True
                program.kill(signal.SIGKILL)

        def tell(status):
            self.loop.answer(rid, status=status, forced=state_['forced'],
                             log=program.log)
        if program.status is None and not frame.get('wait'):
            program.kill(frame.get('signal', signal.SIGTERM))
            self.loop.later(frame.get('grace', 10), force)
        program.when_ended(tell)

    def op_shutdown(self, rid, _frame):
        """Programs get the time to finish their files."""
        waiting = [p for p in self.programs.values() if p.status is None]
        left = {'n': len(waiting)}

        def tell(_status):
            left['n'] -= 1
            if left['n'] == 0:
                self.loop.answer(rid)
        if not waiting:
            self.loop.answer(rid)
        for program in waiting:
            program.when_ended(tell)
            program.kill(signal.SIGTERM)

    def op_programs(self, rid, _frame):
        self.loop.answer(rid, programs=[
            p.describe() for p in self.programs.values()])

    # --- telling --------------------------------------------------------

    def op_status(self, rid, frame):
        if not self.topo:
            self.loop.answer(rid, topology=None)
            return
        nodes = {}
        for name, node in self.topo['nodes'].items():
            found = state.addresses(self.nodes[name])
            nodes[name] = {
                'kind': node['kind'], 'title': node['title'],
                'ifaces': {i: {'link': self.attached[name + '.' + i],
                               'mac': iface['mac'], 'addresses': []}
                           for i, iface in node['ifaces'].items()},
                'programs': [p.describe() for k, p in self.programs.items()
                             if k[0] == name]}
            for ifname, address, plen, flags, dynamic in found:
                if ifname == 'lo':
                    continue
                nodes[name]['ifaces'].setdefault(
                    ifname, {'link': None, 'mac': None, 'addresses': []})
                nodes[name]['ifaces'][ifname]['addresses'].append(
                    {'address': '%s/%d' % (address, plen),
                     'dynamic': dynamic,
                     'tentative': bool(flags & rtnl.IFA_F_TENTATIVE)})
        links = {n: {'title': link['title'], 'prefixes': link['prefixes'],
                     'netem': self.netem[n], 'ports': self.ports_of(n)}
                 for n, link in self.topo['links'].items()}
        self.loop.answer(rid, topology=self.topo['path'],
                         title=self.topo['title'], nodes=nodes, links=links,
                         kernel=os.uname().release)

    def op_leftovers(self, rid, _frame):
        """What differs from the state in which the nodes were made."""
        deadline = time.monotonic() + 5

        def look():
            found = self.living()
            if found and time.monotonic() < deadline:
                self.loop.later(0.1, look)      # perhaps it is just ending
                return
            found += state.difference(self.initial,
                                      state.snapshot(self.nodes))
            self.loop.answer(rid, found=found)
        look()

    def living(self):
        found = []
        for (node, name), program in self.programs.items():
            if program.status is None and not program.internal:
                found.append('%s: program "%s" (process %d) still runs'
                             % (node, name, program.pid))
        known = {p.pid for p in self.programs.values() if p.internal}
        for pid, session, name, command in state.processes(
                self.all_namespaces()):
            if session not in known:
                found.append('%s: process %d still runs: %s'
                             % (name, pid, command))
        for (node, name), program in self.programs.items():
            if program.internal and program.status is not None:
                found.append('%s: %s has ended: %s'
                             % (node, name, state.tail(program.log)))
        return found
