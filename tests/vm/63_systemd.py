# SPDX-License-Identifier: GPL-2.0-or-later
"""The systemd unit as it is installed, under a real systemd: start, ready,
reload, a killed daemon, stop, and a configuration that is wrong. All of the
unit's confinement holds: another user, few capabilities, filtered calls."""

import os
import re

from ikev2 import agree, carry, charon, generate, log_charon, no_clear, \
    security
from mip6 import A, B, CONF, HA, HOA, TREE, ask, bindings, example, \
    home_agent, mobile_node, wait_bound, wait_home

DEADLINE = 400
UNITS = '/etc/mip6d-test/units'
PROGRAM = '/etc/mip6d-test/mip6d'
LOG = '/run/mip6d-test.log'

# A systemd of the node's own: process 1 of a PID namespace, with no other
# units than those that mip6d.service needs.
BOOT = '''
set -eu
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/mip6d-test
echo $$ >/sys/fs/cgroup/mip6d-test/cgroup.procs
exec unshare --pid --fork --kill-child --mount --cgroup --mount-proc sh -eu -c '
umount /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec env container=mip6-lab SYSTEMD_UNIT_PATH=%s SYSTEMD_LOG_TARGET=console \
    SYSTEMD_LOG_COLOR=0 /lib/systemd/systemd --system --unit=basic.target'
''' % UNITS

TARGETS = 'sysinit', 'basic', 'shutdown', 'sockets', 'timers', 'paths', \
    'slices', 'multi-user', 'network-pre', 'network-online'


def unit():
    """The unit of the tree, but for where the program is."""
    with open(os.path.join(TREE, 'systemd', 'mip6d.service.in')) as f:
        text = f.read()
    assert 'User=mip6d' in text and 'Type=notify' in text
    return text.replace('@sbindir@', '/etc/mip6d-test') \
               .replace('@sysconfdir@', os.path.dirname(CONF))


def systemctl(node, *words, check=True):
    """From inside: systemd knows nobody from another PID namespace."""
    return node.run(['sh', '-c', 'exec nsenter -t "$(pgrep -x systemd)" -p -m '
                     'systemctl "$@"', 'sh'] + list(words), check=check)


def write_unit(node, name, text):
    node.write('%s/%s.service' % (UNITS, name), text)
    node.write('%s/%s.service.d/log.conf' % (UNITS, name), '[Service]\n'
               'StandardOutput=append:%s\nStandardError=append:%s\n'
               % (LOG, LOG))


def boot(lab, node):
    node.sh('mkdir -p %s && cp %s/mip6d %s' % (UNITS, lab.builddir, PROGRAM))
    for name in TARGETS:
        node.write('%s/%s.target' % (UNITS, name), '[Unit]\n'
                   'Description=%s\nDefaultDependencies=no\n' % name)
    write_unit(node, 'mip6d', unit())
    node.run(['systemd-sysusers', os.path.join(TREE, 'systemd',
                                               'sysusers.conf.in')])
    program = node.start('systemd', ['sh', '-c', BOOT])
    lab.wait_for(lambda: systemctl(node, 'is-active', 'basic.target',
                                   check=False).status == 0, 60, 'systemd')
    return program


def show(node, *names):
    done = systemctl(node, 'show', 'mip6d', *['-p' + n for n in names])
    return dict(line.split('=', 1) for line in done.out.splitlines() if line)


def test_unit(lab):
    """Ready after it answers; reload, crash and stop as a user expects."""
    ha = lab.node('ha')
    ha.write(CONF, example('home-agent'))
    systemd = boot(lab, ha)
    systemctl(ha, 'start', 'mip6d')
    state = show(ha, 'ActiveState', 'SubState', 'MainPID', 'StatusText')
    assert state['ActiveState'] == 'active', state
    assert state['SubState'] == 'running' and state['StatusText'], state
    lab.say('systemd knows: ' + state['StatusText'])
    status = ha.sh('cat /proc/$(pgrep -x mip6d)/status').out
    uid = re.search(r'^Uid:\s+(\d+)', status, re.M).group(1)
    assert uid == ha.run('id -u mip6d').out.strip() != '0', status
    assert re.search(r'^NoNewPrivs:\s+1', status, re.M), status
    assert re.search(r'^Seccomp:\s+2', status, re.M), status
    # What holds keys is dumped for nobody and read by root alone.
    assert ha.sh('stat -c %U /proc/$(pgrep -x mip6d)/environ'
                 ).out.strip() == 'root'

    mobile_node(lab)
    wait_home(lab)
    lab.move('mn', 'a')
    lab.wait_for(lambda: HOA in bindings(lab), 60, 'a binding')
    assert lab.node('cn').reaches(HOA, 3, 30)

    ha.write(CONF, example('home-agent').replace(
        'home-agent = {', 'home-agent = { max-bindings = 77;'))
    systemctl(ha, 'reload', 'mip6d')
    lab.wait_for(lambda: ask(ha, 'status')['home_agent']['max_bindings'] == 77,
                 30, 'the new configuration')
    assert show(ha, 'ActiveState', 'MainPID') == {
        'ActiveState': 'active', 'MainPID': state['MainPID']}
    assert HOA in bindings(lab), 'a reload loses nothing'

    systemctl(ha, 'kill', '-s', 'KILL', 'mip6d')
    lab.wait_for(lambda: show(ha, 'NRestarts')['NRestarts'] == '1', 30,
                 'another start')
    lab.wait_for(lambda: show(ha, 'SubState')['SubState'] == 'running', 30,
                 'ready again')

    systemctl(ha, 'stop', 'mip6d')
    state = show(ha, 'ActiveState', 'Result', 'ExecMainStatus')
    assert state == {'ActiveState': 'inactive', 'Result': 'success',
                     'ExecMainStatus': '0'}, state
    assert not ha.run('ls -A /run/mip6d', check=False).out
    systemd.kill()


def test_unit_remembers(lab):
    """A mobile node of the unit remembers its agent in the folder that
    systemd makes, as the unit's user; another start knows it.  MN-58"""
    home_agent(lab)
    mn = lab.node('mn')
    mn.write(CONF, example('mobile-node-auto'))
    systemd = boot(lab, mn)
    lab.move('mn', 'a')
    systemctl(mn, 'start', 'mip6d')
    lab.wait_for(lambda: HOA in bindings(lab), 60, 'a binding')
    path = '/var/lib/mip6d/agents'
    lab.wait_for(lambda: 'used %s %s ' % (HOA, HA) in mn.sh(
        'cat ' + path, check=False).out, 30, path)
    assert mn.run(['stat', '-c', '%U %a', path]).out == 'mip6d 600\n'
    assert mn.run(['stat', '-c', '%U %a', os.path.dirname(path)]).out == \
        'mip6d 700\n'
    systemctl(mn, 'kill', '-s', 'KILL', 'mip6d')
    lab.wait_for(lambda: 'home agent %s remembered' % HA in mn.read(LOG), 60,
                 'that another start knows it')
    lab.wait_for(lambda: show(mn, 'SubState')['SubState'] == 'running', 30,
                 'ready again')
    assert 'store:' not in mn.read(LOG), mn.read(LOG)
    assert 'state directory' not in mn.read(LOG), mn.read(LOG)
    systemctl(mn, 'stop', 'mip6d')
    systemd.kill()


def test_unit_ike(lab):
    """Beside Debian's service of charon, as the unit's user: whoever types
    what `ike generate` says has keys; whoever forgets a part of it is told.
    charon's service may be restarted and reloaded."""
    ha = lab.node('ha')
    ha.write(CONF, example('ike/home-agent'))
    write_unit(ha, 'strongswan',
               ha.read('/lib/systemd/system/strongswan.service'))
    log_charon(ha)
    systemd = boot(lab, ha)
    systemctl(ha, 'start', 'strongswan')
    lines = generate(lab)
    for name in ('ha', 'mn'):
        carry(lab, lines, name)
    systemctl(ha, 'start', 'mip6d')
    lab.wait_for(lambda: 'cannot reach charon: permission denied: charon '
                 'lets in the group that charon.conf' in ha.read(LOG), 30,
                 'that charon was not restarted')
    systemctl(ha, *lines[2].split()[1:])
    assert lab.node('ha').sh('ps -o user= -C mip6d').out.strip() == 'mip6d'
    charon(lab, 'mn')
    lab.move('mn', 'a')
    mobile_node(lab, example('ike/mobile-node'))
    coa = wait_bound(lab, A, timeout=180)
    first, _ha = agree(lab, coa)
    for verb in ('restart', 'reload'):
        systemctl(ha, verb, 'strongswan')
        ha.wait_for(lambda: 'mip6-' in ha.run('swanctl --list-conns').out, 60,
                    'what charon is to have')
    lab.wait_for(lambda: security(lab, 'mn')['spi_in'] not in
                 (None, first['spi_in']), 120, 'other keys')
    agree(lab, coa)
    lab.move('mn', 'b')
    agree(lab, wait_bound(lab, B, timeout=120))
    no_clear(lab)
    systemctl(ha, 'stop', 'mip6d', 'strongswan')
    systemd.kill()


def test_wrong_configuration(lab):
    """A wrong configuration fails at once, once, and says why."""
    ha = lab.node('ha')
    ha.write(CONF, 'home-agent = { dance = true; };\n')
    systemd = boot(lab, ha)
    assert systemctl(ha, 'start', 'mip6d', check=False).status
    state = show(ha, 'ActiveState', 'NRestarts')
    assert state == {'ActiveState': 'failed', 'NRestarts': '0'}, state
    assert 'mip6d.conf:' in ha.read(LOG), ha.read(LOG)
    systemd.kill()
