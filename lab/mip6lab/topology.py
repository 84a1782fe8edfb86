# SPDX-License-Identifier: GPL-2.0-or-later
"""Topology files: reads and checks them, and says exactly what is wrong.

The result is a plain dictionary (see `load`) which travels to the agent as
JSON. How a node or link is really made is the business of world.py.
"""

import ipaddress
import os
import re

from .errors import LabError
from . import radvd

TREE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
NAME = re.compile(r'^[a-z][a-z0-9-]{0,8}$')
LINK_NAME = re.compile(r'^[a-z][a-z0-9-]{0,14}$')
IFACE = re.compile(r'^[a-z][a-z0-9-]{0,7}$')
DELAY = re.compile(r'^\d+(\.\d+)?(us|ms|s)$')
LOSS = re.compile(r'^\d+(\.\d+)?%$')
RATE = re.compile(r'^\d+(\.\d+)?[kmg]?bit$')
NETEM = {'delay': DELAY, 'jitter': DELAY, 'loss': LOSS, 'rate': RATE,
         'duplicate': LOSS, 'reorder': LOSS, 'corrupt': LOSS}
EXAMPLE = {'delay': '10ms', 'jitter': '2ms', 'loss': '5%', 'rate': '1mbit',
           'duplicate': '1%', 'reorder': '10%', 'corrupt': '1%'}


class Line:
    """One `key = value` line and where it stands."""

    def __init__(self, path, number, key, value):
        self.path, self.number = path, number
        self.key, self.value = key, value

    def error(self, text):
        return LabError('%s:%d: %s' % (self.path, self.number, text))


def read_sections(path, text):
    """Split into [(Line of the header, [Line...])]."""
    sections = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split('#', 1)[0].strip()
        if not line:
            continue
        if line.startswith('['):
            if not line.endswith(']') or not line[1:-1].split():
                raise LabError('%s:%d: a section header looks like '
                               '"[link home]", not like "%s"'
                               % (path, number, line))
            words = line[1:-1].split(None, 1)
            head = Line(path, number, words[0],
                        words[1].strip() if len(words) > 1 else '')
            sections.append((head, []))
            continue
        key, sep, value = line.partition('=')
        if not sep or not key.strip():
            raise LabError('%s:%d: expected "key = value", found "%s"'
                           % (path, number, line))
        if not sections:
            raise LabError('%s:%d: "%s" stands before the first section'
                           % (path, number, line))
        sections[-1][1].append(Line(path, number, key.strip(), value.strip()))
    return sections


def check_netem(values, error):
    """Check a {delay, loss, rate...} dictionary."""
    for key, value in values.items():
        if key not in NETEM:
            raise error('"%s" is not a link setting; there are: %s'
                        % (key, ', '.join(sorted(NETEM))))
        if value and value not in ('0', 'none') \
                and not NETEM[key].match(value):
            raise error('%s = "%s" is not understood; write it like '
                        '%s=%s, or %s=none'
                        % (key, value, key, EXAMPLE[key], key))
    if values.get('jitter') and not values.get('delay'):
        raise error('jitter needs a delay')
    if values.get('reorder') and not values.get('delay'):
        raise error('reorder needs a delay')
    return {k: v for k, v in values.items() if v and v not in ('0', 'none')}


def parse_prefix(line, text):
    try:
        return str(ipaddress.IPv6Network(text))
    except ValueError as e:
        raise line.error('"%s" is not an IPv6 prefix (%s)' % (text, e))


def parse_address(line, text):
    try:
        if '/' not in text:
            raise ValueError('the prefix length is missing')
        return str(ipaddress.IPv6Interface(text))
    except ValueError as e:
        raise line.error('"%s" is not an address with prefix length, like '
                         '2001:db8:1::1/64 (%s)' % (text, e))


def parse_route(line):
    words = line.value.split()
    usage = line.error('write a route as "route = PREFIX via ADDRESS" or '
                       '"route = PREFIX dev INTERFACE" '
                       '(PREFIX may be "default")')
    if len(words) not in (3, 5) or words[1] not in ('via', 'dev'):
        raise usage
    prefix = words[0]
    if prefix != 'default':
        parse_prefix(line, prefix)
    if words[1] == 'via':
        try:
            ipaddress.IPv6Address(words[2])
        except ValueError:
            raise line.error('"%s" is not an IPv6 address' % words[2])
    return ' '.join(words)


class Reader:
    """Collects sections into the topology dictionary."""

    def __init__(self, path):
        self.path = path
        self.top = {'title': '', 'links': {}, 'nodes': {}}
        self.where = {}
        self.radvd_sections = {}
        self.included = None    # set while an included file is read

    def section(self, head, lines):
        kinds = {'lab': self.lab, 'link': self.link, 'router': self.node,
                 'host': self.node, 'radvd': self.radvd}
        if head.key not in kinds:
            raise head.error('section [%s] is not known; there are: [lab], '
                             '[link NAME], [router NAME], [host NAME], '
                             '[radvd NODE.INTERFACE]' % head.key)
        kinds[head.key](head, lines)

    def lab(self, head, lines):
        for line in lines:
            if line.key == 'title':
                self.top['title'] = line.value
            elif line.key == 'include':
                self.include(line)
            else:
                raise line.error('[lab] knows "title" and "include"')

    def include(self, line):
        """Another topology first; what follows replaces its sections."""
        if self.top['nodes'] or self.top['links'] or self.included:
            raise line.error('only one topology can be included, and before '
                             'the first link or node')
        try:
            path = find(line.value)
        except LabError as e:
            raise line.error(str(e))
        read_into(self, path)
        self.top['title'] = ''
        self.included = set(self.top['links']) | set(self.top['nodes']) \
            | set(self.radvd_sections)

    def replaces(self, name):
        """True once for each section of the included topology."""
        if self.included and name in self.included:
            self.included.discard(name)
            return True
        return False

    def link(self, head, lines):
        name = head.value
        if not LINK_NAME.match(name):
            raise head.error('a link needs a name of up to 15 characters '
                             'from a-z, 0-9 and "-"; "%s" is not one' % name)
        known = name in self.top['links'] and not self.replaces(name)
        if known or name in ('none', 'all'):
            raise head.error('link "%s" is there twice or reserved' % name)
        link = {'title': '', 'prefixes': [], 'mtu': 1500}
        netem = {}
        for line in lines:
            if line.key == 'prefix':
                link['prefixes'].append(parse_prefix(line, line.value))
            elif line.key == 'title':
                link['title'] = line.value
            elif line.key == 'mtu':
                if not line.value.isdigit() \
                        or not 1280 <= int(line.value) <= 65535:
                    raise line.error('mtu must be 1280 to 65535')
                link['mtu'] = int(line.value)
            else:
                netem[line.key] = line.value
                check_netem({line.key: line.value, 'delay': '1ms'}
                            if line.key != 'delay' else
                            {'delay': line.value}, line.error)
        link['netem'] = check_netem(netem, head.error)
        self.top['links'][name] = link

    def node(self, head, lines):
        name = head.value
        if not NAME.match(name):
            raise head.error('a node needs a name of up to 9 characters '
                             'from a-z, 0-9 and "-"; "%s" is not one' % name)
        old = self.top['nodes'].get(name)
        if (old and not self.replaces(name)) or name in ('lab', 'wire'):
            raise head.error('node "%s" is there twice or reserved' % name)
        node = {'kind': head.key, 'title': '', 'ifaces': {}, 'routes': [],
                'sysctls': {}, 'radvd': '',
                'index': old['index'] if old
                else len(self.top['nodes']) + 1}
        for line in lines:
            if line.key == 'title':
                node['title'] = line.value
            elif line.key == 'route':
                node['routes'].append(parse_route(line))
            elif line.key == 'sysctl':
                words = line.value.split(None, 1)
                if len(words) != 2 or '/' in words[0]:
                    raise line.error('write "sysctl = net.ipv6.… VALUE"')
                node['sysctls'][words[0]] = words[1]
            else:
                self.iface(node, name, line)
        self.top['nodes'][name] = node
        self.where[name] = head

    def iface(self, node, name, line):
        words = line.value.split()
        if not IFACE.match(line.key) or line.key == 'lo':
            raise line.error('"%s" is neither a setting of a node (title, '
                             'route, sysctl) nor a name for an interface '
                             '(up to 8 characters)' % line.key)
        if len(name) + 1 + len(line.key) > 15:
            raise line.error('"%s.%s" is longer than 15 characters, which '
                             'is all that Linux allows' % (name, line.key))
        if line.key in node['ifaces']:
            raise line.error('interface "%s" is there twice' % line.key)
        if not words:
            raise line.error('write "%s = LINK [auto] [ADDRESS/LEN…]", '
                             'LINK may be "none"' % line.key)
        number = len(node['ifaces']) + 1
        iface = {'link': None if words[0] == 'none' else words[0],
                 'auto': 'auto' in words[1:], 'addresses': [],
                 'mac': '02:00:00:00:%02d:%02d' % (node['index'], number)}
        for word in words[1:]:
            if word != 'auto':
                iface['addresses'].append(parse_address(line, word))
        node['ifaces'][line.key] = iface
        self.where[name + '.' + line.key] = line

    def radvd(self, head, lines):
        if head.value in self.radvd_sections \
                and not self.replaces(head.value):
            raise head.error('[radvd %s] is there twice' % head.value)
        self.radvd_sections[head.value] = (head, lines)

    def finish(self):
        top = self.top
        for name in top['nodes']:
            for ifname, iface in top['nodes'][name]['ifaces'].items():
                if iface['link'] and iface['link'] not in top['links']:
                    raise self.where[name + '.' + ifname].error(
                        'link "%s" is not defined; there are: %s'
                        % (iface['link'],
                           ', '.join(sorted(top['links'])) or 'none'))
        for head, lines in self.radvd_sections.values():
            self.finish_radvd(head, lines)
        if not top['nodes']:
            raise LabError('%s: the file defines no node' % self.path)
        if len(top['nodes']) > 99:
            raise LabError('%s: more than 99 nodes' % self.path)
        return top

    def finish_radvd(self, head, lines):
        name, _, ifname = head.value.partition('.')
        node = self.top['nodes'].get(name)
        if not node or ifname not in node['ifaces']:
            raise head.error('there is no interface "%s" to send router '
                             'advertisements on' % head.value)
        if node['kind'] != 'router':
            raise head.error('"%s" is a host; only a [router] sends router '
                             'advertisements' % name)
        link = node['ifaces'][ifname]['link']
        prefixes = self.top['links'][link]['prefixes'] if link else []
        node['radvd'] += radvd.interface_conf(
            head, ifname, node['ifaces'][ifname], prefixes, lines)


def find(name):
    """A file of that name, or one of the topologies that come along."""
    own = os.path.join(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))), 'topologies')
    for path in (name, os.path.join(own, name),
                 os.path.join(own, name + '.conf')):
        if os.path.isfile(path):
            return path
    known = sorted(f[:-5] for f in os.listdir(own) if f.endswith('.conf')) \
        if os.path.isdir(own) else []
    raise LabError('no topology "%s": neither a file nor one of those that '
                   'come along (%s)' % (name, ', '.join(known)))


def read_into(reader, path):
    try:
        with open(path, encoding='utf-8') as f:
            text = f.read()
    except (OSError, UnicodeDecodeError) as e:
        raise LabError('cannot read topology %s: %s' % (path, e))
    for head, lines in read_sections(path, text):
        reader.section(head, lines)


def load(name):
    """Read a topology file; returns the dictionary, raises LabError."""
    path = find(name)
    reader = Reader(path)
    read_into(reader, path)
    top = reader.finish()
    top['path'] = os.path.abspath(path)
    return top
