# SPDX-License-Identifier: GPL-2.0-or-later
"""Beside a program that configures the interfaces: the real systemd-networkd
and the real NetworkManager make the addresses that the node moves with."""

import os

from mip6 import A, B, HOA, TREE, home_agent, mobile_node, wait_bound, \
    wait_home

DEADLINE = 300
DROP_IN = os.path.join(TREE, 'systemd', 'networkd-mip6d.conf')
CONF = '/run/mip6d-test/'

# Without activation: nobody else is started.
BUS = '''<busconfig><type>system</type>
<listen>unix:path=/run/dbus/system_bus_socket</listen>
<auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/>
<allow send_type="method_call"/><allow send_type="signal"/>
<allow send_type="method_return"/><allow send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="signal"/>
<allow receive_type="method_return"/><allow receive_type="error"/></policy>
</busconfig>
'''

# There is no udev: nobody waits for it where sysfs cannot be written.
ALONE = ['unshare', '-m', 'sh', '-ec', 'mount -o remount,ro /sys; exec "$@"',
         'sh']

NETWORK = '''[Match]
Name=eth0

[Network]
IPv6AcceptRA=yes
LinkLocalAddressing=ipv6
'''

MANAGER = '''[main]
plugins=keyfile
dns=none
rc-manager=unmanaged
auth-polkit=false
[keyfile]
unmanaged-devices=except:interface-name:eth0
'''
CONNECTION = '''[connection]
id=wire
uuid=2a9a2dd9-1f5c-4b1c-8f52-60d0f4bd6d01
type=ethernet
interface-name=eth0
autoconnect=true

[ipv4]
method=disabled

[ipv6]
method=auto
addr-gen-mode=eui64
'''


def bus(node):
    node.write(CONF + 'bus.conf', BUS)
    node.run('mkdir -p /run/dbus')
    program = node.start('dbus', ['dbus-daemon', '--nofork', '--nopidfile',
                                  '--config-file=' + CONF + 'bus.conf'])
    node.wait_for('test -S /run/dbus/system_bus_socket')
    return program


def networkd(node, name='networkd'):
    node.sh('mkdir -p /run/systemd/netif/links /run/systemd/netif/leases '
            '/run/systemd/netif/lldp; '
            'chown -R systemd-network:systemd-network /run/systemd/netif')
    node.write('/run/systemd/network/10-wire.network', NETWORK)
    program = node.start(name, ALONE + [
        'env', 'SYSTEMD_LOG_TARGET=console', 'SYSTEMD_LOG_LEVEL=debug',
        '/lib/systemd/systemd-networkd'])
    program.wait_log('eth0: SLAAC addresses and routes set')
    return program


def manager(node, name='NetworkManager'):
    node.write(CONF + 'nm.conf', MANAGER)
    node.write('/run/NetworkManager/system-connections/wire.nmconnection',
               CONNECTION, mode=0o600)
    program = node.start(name, ALONE + [
        'NetworkManager', '--debug', '--config=' + CONF + 'nm.conf'])
    program.wait_log('eth0.*Activation: successful')
    return program


def hand_over(node):
    """What the kernel formed goes; as at boot, where it is not asked."""
    for iface in 'eth0', 'eth1':
        node.sysctl('net.ipv6.conf.%s.accept_ra' % iface, '0')
    node.sh('ip -6 addr flush dev eth0 scope global; '
            'ip -6 route flush dev eth0 proto ra')


def ours(node):
    """Rules, routes and addresses of mip6d in the node's kernel."""
    return node.sh('ip -6 rule show proto 136; '
                   'ip -6 route show table all proto 136; '
                   'ip -o -6 addr show home').out.splitlines()


def journey(lab, start):
    """START configures eth0; home, A, B: registered from the addresses that
    it makes, and all that mip6d puts there stays. Ends on B."""
    mn = lab.node('mn')
    helper = bus(mn)
    hand_over(mn)
    program = start(mn)
    home_agent(lab)
    node = mobile_node(lab)
    wait_home(lab)
    ping = lab.node('cn').ping(HOA, 0.1)
    ping.wait_replies(5)
    for link, prefix in (('a', A), ('b', B)):
        lab.move('mn', link)
        coa = wait_bound(lab, prefix)
        ping.wait_replies(5)
        assert mn.sysctl('net.ipv6.conf.eth0.accept_ra').strip() == '0'
        check_ours(lab, mn, coa)
    ping.stop()
    return mn, helper, program, node


def missing(mn, coa):
    """What should be in the node's kernel, and is not."""
    text = '\n'.join(ours(mn))
    return [what for what in (
        'from %s lookup' % coa, 'from %s lookup' % HOA,
        'default dev mip6mn0', 'unreachable default', 'src ' + coa,
        HOA + '/128') if what not in text]


def check_ours(lab, mn, coa):
    """All is there, at least again, and traffic flows."""
    lab.wait_for(lambda: not missing(mn, coa), 60, 'all that is mip6d\'s')
    assert lab.node('cn').reaches(HOA, 3)
    assert not missing(mn, coa)


def finish(lab, mn, helper, program, node):
    """Home, and stopped: nothing of mip6d is left; then the other program
    ends, too."""
    lab.move('mn', 'home')
    wait_home(lab)
    assert lab.node('hh').reaches(HOA, 3)
    assert node.stop() == 0
    left = mn.sh('ip -6 rule show proto 136 | grep "proto 136"; '
                 'ip -6 route show table all proto 136; '
                 'ip -o -6 addr show home; ip -o link | grep mip6mn',
                 check=False).out
    assert not left, left
    program.stop()
    helper.stop()
    for iface in 'eth0', 'eth1':
        mn.sysctl('net.ipv6.conf.%s.accept_ra' % iface, '1')
    mn.sysctl('net.ipv6.conf.eth0.addr_gen_mode', '0')


def reconfigure(lab, mn):
    """networkd drops the addresses of eth0, and makes the same again."""
    coa = mn.address_in(B)
    before = log_of(mn).count('address=%s gone' % coa)
    mn.run(ALONE + ['networkctl', 'reconfigure', 'eth0'])
    lab.wait_for(lambda: log_of(mn).count('address=%s gone' % coa) > before,
                 60, 'the address is taken away')
    wait_bound(lab, B)
    check_ours(lab, mn, coa)


def log_of(mn):
    return mn.lab.programs[(mn.name, 'mip6d')].log()


def test_networkd(lab):
    """As it comes from Debian: started again abroad it leaves alone what is
    there; told to configure the interface anew it removes rules and routes,
    and mip6d puts them there again once there is an address."""
    mn, helper, program, node = journey(lab, networkd)
    program.stop()
    program = networkd(mn, 'networkd-again')
    check_ours(lab, mn, mn.address_in(B))
    reconfigure(lab, mn)
    finish(lab, mn, helper, program, node)


def test_networkd_told(lab):
    """With the drop-in it leaves alone what is there in any case, but for
    the address."""
    mn = lab.node('mn')
    mn.sh('mkdir -p /run/systemd/networkd.conf.d; '
          'cp %s /run/systemd/networkd.conf.d/' % DROP_IN)
    mn, helper, program, node = journey(lab, networkd)
    rules = mn.run('ip -6 rule show').out
    watch = mn.start('watch', ['ip', '-6', 'monitor', 'rule'])
    reconfigure(lab, mn)
    assert mn.run('ip -6 rule show').out == rules
    assert 'Deleted' not in watch.log(), watch.log()
    watch.stop()
    finish(lab, mn, helper, program, node)


def test_network_manager(lab):
    """As it comes from Debian: in a move, and started again abroad, it
    leaves alone what is there."""
    mn, helper, program, node = journey(lab, manager)
    program.stop()
    program = manager(mn, 'NetworkManager-again')
    wait_bound(lab, B)
    check_ours(lab, mn, mn.address_in(B))
    finish(lab, mn, helper, program, node)
