# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenarios about mip6d share: the usual roles and journeys in the
default topology, on top of what the lab itself knows about mip6d."""

import os

from mip6lab.daemons import CN, CONF, HA, HOA, ask, bindings, bul, by_home, \
    care_of, daemon, example, wait_bound, wait_home     # noqa: F401

HOA2 = '2001:db8:1::200'
A, B, HOME = '2001:db8:a:', '2001:db8:b:', '2001:db8:1:'

TREE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SOCKET = '/run/mip6d/control'


def home_agent(lab, text=None, node='ha', changes=(), debug=True):
    """Start the agent; its Program, when it is ready. CHANGES are pairs of
    (old, new) in the example's text."""
    return daemon(lab, node, text or example('home-agent'), changes, debug)


def mobile_node(lab, text=None, node='mn', changes=()):
    return daemon(lab, node, text or example('mobile-node'), changes)


def both(lab, changes=()):
    """The usual pair, the node at home."""
    agent = home_agent(lab, changes=changes)
    node = mobile_node(lab, changes=changes)
    wait_home(lab)
    return agent, node


def away(lab, link='a', prefix=A, agent_changes=(), node_changes=()):
    """The usual pair, the node registered from a foreign link."""
    agent = home_agent(lab, changes=agent_changes)
    lab.move('mn', link)
    node = mobile_node(lab, changes=node_changes)
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
