# SPDX-License-Identifier: GPL-2.0-or-later
"""The daemon as a process: what stop, reload, a second instance, missing
permissions and missing interfaces do, and what is said about them."""

import os
import re

from mip6 import A, CONF, HA, HOA, SOCKET, TREE, ask, away, bindings, bul, \
    example, home_agent, mobile_node, wait_bound, wait_home

DEADLINE = 180

CONF_WRONG, USAGE, PERMISSION, RUNNING, SYSTEM = 1, 2, 3, 4, 5


def limit(lab):
    return ask(lab.node('ha'), 'status')['home_agent']['max_bindings']


def rewrite(lab, program, old, new, said):
    """Change the agent's file, have it read again, wait for what is SAID."""
    node = lab.node('ha')
    text = node.read(CONF)
    assert old in text, text
    node.write(CONF, text.replace(old, new))
    program.signal(1)
    program.wait_log(said)


def patience(ms):
    """A change of the mobile node's example: how long it waits at its end
    for home agents to confirm."""
    return 'mobile-node = {', 'mobile-node = { stop-timeout = %d;' % ms


def test_stop(lab):
    """A mobile node that is stopped de-registers first; both end with
    status 0 and leave nothing behind (which the runner looks for)."""
    agent, node, _coa = away(lab, node_changes=[patience(20000)])
    assert HOA in bindings(lab)
    assert node.stop() == 0
    assert not bindings(lab)
    lab.wait_packets('mip6.mhtype == 5 && mip6.bu.lifetime == 0')
    assert 'not every home agent confirmed' not in node.log()
    assert agent.stop(2) == 0, 'SIGINT is another way to say it'
    for name in 'ha', 'mn':
        left = lab.node(name).run('ls /run/mip6d').out
        assert not left, left


def test_stop_when_idle(lab):
    """A node to which nothing has happened for longer than it waits at its
    end waits all the same."""
    _agent, node, _coa = away(lab, node_changes=[patience(5000)])
    silenced = [str(p['pid']) for p in lab.status()['nodes']['ra']['programs']
                if p['name'] == 'radvd']
    assert len(silenced) == 1, silenced
    lab.node('ra').run(['kill', '-STOP'] + silenced)
    begun = lab.now()
    lab.wait_for(lambda: lab.now() > begun + 15, 120, '15 s without news',
                 poll=2)
    assert node.stop() == 0
    lab.node('ra').run(['kill', '-CONT'] + silenced)
    assert 'not every home agent confirmed' not in node.log()
    assert lab.packets('mip6.mhtype == 5 && mip6.bu.lifetime == 0')
    assert not bindings(lab)


def test_stop_at_once(lab):
    """With nobody to confirm, the first signal waits, the second does
    not; all the same nothing stays behind."""
    _agent, node, _coa = away(lab)
    node.stop()
    mn = mobile_node(lab, changes=[patience(60000)])
    wait_bound(lab, A)
    lab.link('a', loss='100%')
    mn.signal(15)
    mn.wait_log('signal 15: stopping')
    assert ask(lab.node('mn'), 'status'), 'it waits and answers meanwhile'
    assert mn.stop() == 0
    assert 'signal 15 again' in mn.log()
    lab.link('a', loss=None)


def test_second_instance(lab):
    """A second mip6d says so and changes nothing of the first."""
    away(lab)
    for name in 'ha', 'mn':
        done = lab.node(name).run(['mip6d', '-c', CONF], check=False)
        assert done.status == RUNNING, done
        assert 'another mip6d is running' in done.err, done.err
        assert SOCKET in done.err, done.err
    assert HOA in bindings(lab)
    assert bul(lab)[HOA]['state'] == 'BOUND'
    assert lab.node('cn').reaches(HOA, 2)


def test_killed_and_started(lab):
    """What kill -9 leaves is no hindrance, the control socket neither, and
    sysctls get the values back that they had before the first run."""
    agent = home_agent(lab)
    agent.kill()
    assert SOCKET in lab.node('ha').run('ls -d ' + SOCKET).out
    agent = home_agent(lab)
    assert 'left from an earlier run' in agent.log()
    assert agent.stop() == 0


def test_reload(lab):
    """SIGHUP: a good file is taken, a bad one or one that needs a restart
    is refused in words, and the bindings live on."""
    agent, _node, _coa = away(lab)
    rewrite(lab, agent, 'home-agent = {', 'home-agent = { max-bindings = 7;',
            'mip6d.conf is in force')
    assert limit(lab) == 7
    rewrite(lab, agent, 'max-bindings = 7', 'max-bindings = "x"',
            r'mip6d.conf:\d+: found max-bindings = "x", expected')
    agent.wait_log('cannot be used; the old configuration stays')
    assert limit(lab) == 7
    rewrite(lab, agent, 'max-bindings = "x"', 'tunnel = "other"',
            'home-agent.tunnel is another, which needs a restart')
    assert limit(lab) == 7
    rewrite(lab, agent, 'tunnel = "other"', 'max-bindings = 9',
            r'(?s)in force')
    lab.wait_for(lambda: limit(lab) == 9, 30, 'the new limit')
    assert HOA in bindings(lab)
    assert lab.node('cn').reaches(HOA, 2)


def test_reload_of_the_node(lab):
    """The mobile node takes another lifetime, too."""
    _agent, node, _coa = away(lab)
    assert bul(lab)[HOA]['lifetime'] == 3600
    mn = lab.node('mn')
    mn.write(CONF, mn.read(CONF).replace('address = "2001', 'lifetime = 400;'
                                         ' address = "2001', 1))
    node.signal(1)
    node.wait_log('mip6d.conf is in force')
    lab.move('mn', 'b')
    lab.wait_for(lambda: bul(lab)[HOA]['lifetime'] == 400 and
                 bul(lab)[HOA]['state'] == 'BOUND', 60, 'lifetime of 400 s')


def test_interface_appears_later(lab):
    """Named in the configuration and not there: said, waited for, used."""
    ha, mn = lab.node('ha'), lab.node('mn')
    agent = home_agent(lab, changes=[('"eth0"', '"late0"'),
                                     (HA, '2001:db8:1:0:1::1'),
                                     ('2001:db8:1::/64', '2001:db8:1:0:1::/80')])
    agent.wait_log(r'home link late0 \(2001:db8:1:0:1::/80\) is not there')
    link = ask(ha, 'status')['home_agent']['links'][0]
    assert link['interface'] == 'late0' and not link['up'], link
    ha.sh('ip link add late0 type dummy; ip link set late0 up')
    agent.wait_log('home link late0 .* is served')
    assert ask(ha, 'status')['home_agent']['links'][0]['up']
    ha.run('ip link del late0')
    agent.wait_log('home link late0 .* is gone')

    node = mobile_node(lab, changes=[('"eth1"', '"late1"')])
    node.wait_log('late1 is not there yet')
    entry = ask(mn, 'show', 'interfaces')['interfaces'][1]
    assert entry['name'] == 'late1' and entry['ifindex'] is None, entry
    mn.sh('ip link add late1 type dummy; ip link set late1 up')
    lab.wait_for(lambda: ask(mn, 'show', 'interfaces')['interfaces'][1]
                 ['carrier'], 30, 'the new interface')
    assert node.stop() == 0
    mn.run('ip link del late1')


def as_nobody(node, *command, user='nobody', group='nogroup'):
    # Programs are copied: nobody may not look into every build folder.
    copy = '/run/copy-of-' + command[0]
    node.sh('test -e %s || install -m 755 "$(command -v %s)" %s'
            % (copy, command[0], copy))
    return node.run(['setpriv', '--reuid=' + user, '--regid=' + group,
                     '--clear-groups', '--inh-caps=-all', copy]
                    + list(command[1:]), check=False)


def test_permission(lab):
    """Without permission: which one is missing, and status 3; nothing was
    touched."""
    ha = lab.node('ha')
    ha.write(CONF, example('home-agent'))
    done = as_nobody(ha, 'mip6d', '-c', CONF)
    assert done.status == PERMISSION, done
    for name in 'CAP_NET_ADMIN', 'CAP_NET_RAW':
        assert 'capability %s is missing' % name in done.err, done.err
    done = ha.run(['setpriv', '--bounding-set=-net_raw', 'mip6d', '-c', CONF],
                  check=False)
    assert done.status == PERMISSION, done
    assert 'CAP_NET_RAW is missing' in done.err, done.err
    assert 'CAP_NET_ADMIN' not in done.err, done.err
    assert not ha.run('ls /run/mip6d', check=False).out
    # To look at a configuration needs no permission at all.
    assert as_nobody(ha, 'mip6d', '-t', '-c', CONF).status == 0


def as_service(node, *command, groups='--clear-groups'):
    """Start mip6d with no more rights than its systemd unit has."""
    with open(os.path.join(TREE, 'systemd', 'mip6d.service.in')) as f:
        given, = re.findall(r'^AmbientCapabilities=(.+)$', f.read(), re.M)
    caps = ','.join('+' + cap[len('CAP_'):].lower() for cap in given.split())
    node.sh('install -m 755 "$(command -v mip6d)" /run/service; '
            'install -d -m 755 -o nobody -g nogroup /run/mip6d')
    return node.start('mip6d', [
        'setpriv', '--reuid=nobody', '--regid=nogroup', groups,
        '--inh-caps=-all,' + caps, '--ambient-caps=' + caps,
        '--bounding-set=-all,' + caps, '/run/service', '-c', CONF]
        + list(command))


def test_permissions_of_the_unit(lab):
    """They are enough for both roles, and for the quick check of pairs."""
    for name, conf in ('ha', 'home-agent'), ('mn', 'mobile-node'):
        lab.node(name).write(CONF, example(conf))
    agent = as_service(lab.node('ha'), '-d')
    agent.wait_log('checked by bpf')
    node = as_service(lab.node('mn'), '-d')
    node.wait_log('is ready')
    wait_home(lab)
    lab.move('mn', 'a')
    wait_bound(lab, A)
    assert lab.node('cn').reaches(HOA, 3)
    assert node.stop() == 0
    assert agent.stop() == 0


def test_control_permission_of_the_unit(lab):
    """Its group may ask; another group where it belongs to that."""
    ha = lab.node('ha')
    ha.write(CONF, example('home-agent'))
    agent = as_service(ha)
    agent.wait_log('is ready')
    assert as_nobody(ha, 'mip6d-ctl', 'status', user='daemon').status == 0
    done = as_nobody(ha, 'mip6d-ctl', 'status', user='daemon', group='games')
    assert done.status == 4, done
    assert agent.stop() == 0
    ha.write(CONF, 'control = { group = "games"; };\n'
             + example('home-agent'))
    agent = as_service(ha)
    agent.wait_log('cannot give .* to the group games.*SupplementaryGroups')
    assert agent.wait() == PERMISSION
    agent = as_service(ha, groups='--groups=games')
    ha.wait_for(['mip6d-ctl', 'status'])    # the log has another "is ready"
    done = as_nobody(ha, 'mip6d-ctl', 'status', user='daemon', group='games')
    assert done.status == 0, done
    assert as_nobody(ha, 'mip6d-ctl', 'status', user='daemon').status == 4
    assert agent.stop() == 0


def test_control_permission(lab):
    """The control socket is root's, and a group's when one is named."""
    ha = lab.node('ha')
    agent = home_agent(lab)
    done = as_nobody(ha, 'mip6d-ctl', 'status')
    assert done.status == 4 and 'no permission' in done.err, done
    assert agent.stop() == 0
    done = ha.run(['mip6d-ctl', 'status'], check=False)
    assert done.status == 3 and 'is it running' in done.err, done
    agent = home_agent(lab, changes=[('home-agent = {', 'control = { group = '
                                      '"games"; };\nhome-agent = {')])
    assert as_nobody(ha, 'mip6d-ctl', 'status').status == 4
    done = as_nobody(ha, 'mip6d-ctl', '--json', 'status', group='games')
    assert done.status == 0 and '"ok":true' in done.out, done
    change = ['mip6d-ctl', 'log-level', 'info']
    done = as_nobody(ha, *change, group='games')
    assert done.status == 4 and 'only root' in done.err, done
    assert 'log level: info' in ha.run(change).out
    agent.wait_log('control: log-level')
    done = ha.run(['mip6d-ctl', 'show', 'bul'], check=False)
    assert done.status == 1 and 'no mobile node' in done.err, done
    assert ha.run(['mip6d-ctl', 'dance'], check=False).status == 2


def test_wrong_start(lab):
    """Mistakes before anything is touched: each its status and reason."""
    ha = lab.node('ha')
    text = example('home-agent')
    ha.write(CONF, text.replace('"insecure"', '"ipsec"'))
    for option in '-t', '-d':
        done = ha.run(['mip6d', option, '-c', CONF], check=False)
        assert done.status == CONF_WRONG, done
        assert 'mip6d.conf:' in done.err and '"insecure"' in done.err, done
    done = ha.run(['mip6d', '-c', '/etc/none.conf'], check=False)
    assert done.status == CONF_WRONG and 'No such file' in done.err, done
    assert ha.run(['mip6d', '--dance'], check=False).status == USAGE
    ha.write(CONF, 'control = { socket = "/run/no/where/control"; };\n'
             + text)
    done = ha.run(['mip6d', '-c', CONF], check=False)
    assert done.status == SYSTEM, done
    assert 'cannot create the folder /run/no/where' in done.err, done
    ha.write(CONF, 'control = { group = "no-such-group"; };\n' + text)
    done = ha.run(['mip6d', '-c', CONF], check=False)
    assert done.status == SYSTEM and 'no-such-group' in done.err, done


# What systemd would hear, a line each.
LISTENER = '''
import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('/run/notify')
print('listening', flush=True)
while True:
    for line in s.recv(4096).decode().split('\\n'):
        print('heard ' + line, flush=True)
'''


def test_notify(lab):
    """Ready when it is, status, reload, watchdog and stop for systemd."""
    lab.move('mn', 'a')
    home_agent(lab)
    mn = lab.node('mn')
    mn.write('/run/listener.py', LISTENER)
    ear = mn.start('listener', ['/usr/bin/python3', '/run/listener.py'])
    ear.wait_log('listening')
    mn.write(CONF, example('mobile-node'))
    node = mn.start('mip6d', ['mip6d', '-c', CONF], env={
        'NOTIFY_SOCKET': '/run/notify', 'WATCHDOG_USEC': '2000000'})
    ear.wait_log('heard READY=1')
    ear.wait_log('heard STATUS=%s away at 2001:db8:a:' % HOA)
    ear.wait_log('heard WATCHDOG=1')
    node.signal(1)
    ear.wait_log('heard RELOADING=1')
    ear.wait_log('heard MONOTONIC_USEC=[0-9]+')
    assert node.stop() == 0
    ear.wait_log('heard STOPPING=1')
    said = [line for line in ear.log().split('\n') if 'READY' in line]
    assert len(said) == 2, said
    ear.stop()
