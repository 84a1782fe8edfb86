# SPDX-License-Identifier: GPL-2.0-or-later
"""mip6d in the nodes of the default topology: starting it, asking it, and
waiting for what home agent and mobile node agree upon. For the
demonstration and for scenarios."""

import json
import os

from . import scenario, topology
from .errors import LabError

HA = '2001:db8:1::1'
HOA = '2001:db8:1::100'
CN = '2001:db8:c::c'
CONF = '/etc/mip6d.conf'


def example(name):
    """The text of a configuration that users get, too."""
    path = os.path.join(topology.TREE, 'etc', 'examples', name + '.conf')
    try:
        with open(path, encoding='utf-8') as f:
            return f.read()
    except OSError as e:
        raise LabError('the example configuration is missing: %s' % e)


def daemon(lab, node, text, changes=(), debug=True):
    """Start mip6d with the configuration TEXT; its Program, when it is
    ready. CHANGES are pairs of (old, new) in TEXT."""
    for old, new in changes:
        assert old in text, 'the example has no ' + old
        text = text.replace(old, new)
    lab.node(node).write(CONF, text)
    program = lab.node(node).start('mip6d', ['mip6d', '-c', CONF] +
                                   (['-d'] if debug else []))
    try:
        lab.wait_for(lambda: ask(lab.node(node), 'status', check=False), 60,
                     'mip6d answers on ' + node)
    except scenario.Failed as e:
        raise scenario.Failed('%s; its log ends with:\n%s' % (
            e, '\n'.join(program.log().splitlines()[-8:])))
    return program


def ask(node, *words, check=True):
    """The reply of mip6d-ctl --json; None if it failed and not CHECK."""
    done = node.run(['mip6d-ctl', '--json'] + list(words), check=check)
    return json.loads(done.out) if done.status == 0 else None


def by_home(entries):
    return {e['home_address']: e for e in entries}


def bindings(lab, node='ha'):
    """The agent's bindings that are in force, by home address."""
    return by_home(b for b in ask(lab.node(node), 'show', 'bindings')
                   ['bindings'] if b['state'] == 'ACTIVE')


def bul(lab, node='mn'):
    """The node's registrations with home agents, by home address. (Its
    binding update list has those with correspondents, too.)"""
    return by_home(r for r in ask(lab.node(node), 'show', 'bul')
                   ['registrations'] if r['home_registration'])


def care_of(lab, node='mn'):
    return by_home(ask(lab.node(node), 'show', 'care-of')['homes'])


def wait_bound(lab, prefix, hoa=HOA, timeout=60):
    """Until the node is registered with a care-of address that starts with
    PREFIX, and both ends say the same; that address."""
    def bound():
        here = bul(lab).get(hoa)
        there = bindings(lab).get(hoa)
        if here and there and here['state'] == 'BOUND' \
                and here['care_of_address'] == there['care_of_address'] \
                and here['care_of_address'].startswith(prefix):
            return here['care_of_address']
        return None
    return lab.wait_for(bound, timeout, 'registration of %s from %s'
                        % (hoa, prefix))


def wait_home(lab, hoa=HOA, timeout=60):
    """Until the node is at home and the agent has no binding of it."""
    def at_home():
        where = care_of(lab).get(hoa)
        return where and where['location'] == 'home' \
            and hoa not in bindings(lab) \
            and hoa in lab.node('mn').addresses('eth0')
    lab.wait_for(at_home, timeout, hoa + ' at home')
