# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenarios about mip6d share: configurations, the two daemons,
questions to them through mip6d-ctl, and the addresses of the default
topology."""

import json
import os

HA = '2001:db8:1::1'
HOA = '2001:db8:1::100'
HOA2 = '2001:db8:1::200'
CN = '2001:db8:c::c'
A, B, HOME = '2001:db8:a:', '2001:db8:b:', '2001:db8:1:'

TREE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CONF = '/etc/mip6d.conf'
SOCKET = '/run/mip6d/control'


def example(name):
    """The text of a configuration that users get, too."""
    with open(os.path.join(TREE, 'etc', 'examples', name + '.conf')) as f:
        return f.read()


def home_agent(lab, text=None, node='ha', changes=(), debug=True):
    """Start the agent; its Program, when it is ready. CHANGES are pairs of
    (old, new) in the example's text."""
    return daemon(lab, node, text or example('home-agent'), changes, debug)


def mobile_node(lab, text=None, node='mn', changes=()):
    return daemon(lab, node, text or example('mobile-node'), changes)


def daemon(lab, node, text, changes=(), debug=True):
    for old, new in changes:
        assert old in text, 'the example has no ' + old
        text = text.replace(old, new)
    lab.node(node).write(CONF, text)
    program = lab.node(node).start('mip6d', ['mip6d', '-c', CONF] +
                                   (['-d'] if debug else []))
    lab.wait_for(lambda: ask(lab.node(node), 'status', check=False), 30,
                 'mip6d answers on ' + node)
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
    """The node's binding update list, by home address."""
    return by_home(ask(lab.node(node), 'show', 'bul')['registrations'])


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


def both(lab):
    """The usual pair, the node at home."""
    agent = home_agent(lab)
    node = mobile_node(lab)
    wait_home(lab)
    return agent, node


def away(lab, link='a', prefix=A, agent_changes=()):
    """The usual pair, the node registered from a foreign link."""
    agent = home_agent(lab, changes=agent_changes)
    lab.move('mn', link)
    node = mobile_node(lab)
    return agent, node, wait_bound(lab, prefix)


def counters(node):
    return ask(node, 'show', 'counters')['counters']


# --- route optimisation -----------------------------------------------------

CORRESPONDENT = 'correspondent = { };\n'


def correspondent(lab, node='cn', text=CORRESPONDENT, changes=()):
    """A correspondent; its configuration needs no more than the role."""
    return daemon(lab, node, text, changes)


def routes(lab, node='mn', hoa=HOA):
    """What `show ro` says of one home address, by correspondent."""
    return {r['peer']: r for r in ask(lab.node(node), 'show', 'ro')
            ['correspondents'] if r['home_address'] == hoa}


def wait_optimised(lab, peer, prefix, node='mn', hoa=HOA, at='cn',
                   timeout=60):
    """Until both ends say that traffic between HOA and PEER goes straight
    to a care-of address that starts with PREFIX; that address."""
    def optimised():
        here = routes(lab, node, hoa).get(peer)
        there = bindings(lab, at).get(hoa)
        if here and there and here['optimised'] \
                and here['care_of_address'] == there['care_of_address'] \
                and here['care_of_address'].startswith(prefix):
            return here['care_of_address']
        return None
    return lab.wait_for(optimised, timeout, 'route optimisation of %s and '
                        '%s at %s' % (hoa, peer, prefix))


def wait_tunnelled(lab, peer, state=None, node='mn', hoa=HOA, timeout=60):
    """Until the node says that traffic to PEER takes the tunnel, in STATE
    if that matters; the entry."""
    def there():
        entry = routes(lab, node, hoa).get(peer)
        if entry and not entry['optimised'] and \
                state in (None, entry['state']):
            return entry
        return None
    return lab.wait_for(there, timeout, '%s to %s by the tunnel (%s)'
                        % (hoa, peer, state or 'in whatever state'))
