# SPDX-License-Identifier: GPL-2.0-or-later
"""mip6d runs as a user of its own, with three capabilities and a filter of
system calls; what it does later, it can do so: reload, interfaces that come,
restart, stop. In all other scenarios it has no such user and stays root, but
with these capabilities and under the filter; what that has refused by then
stands in the kernel's log."""

from mip6 import A, B, CONF, HOA, SOCKET, ask, both, example, \
    home_agent, mobile_node, wait_bound, wait_home

DEADLINE = 240

# NET_ADMIN, NET_RAW, BPF.
CAPABILITIES = '%016x' % (1 << 12 | 1 << 13 | 1 << 39)
USER, GROUP, READERS = 'mip6d', 6275, 6276


def add_users(lab):
    """As an installation has them."""
    for name in 'ha', 'mn':
        lab.node(name).sh(
            'echo mip6d:x:6275:6275::/:/bin/false >>/etc/passwd; '
            'echo mip6d:x:6275: >>/etc/group; '
            'echo mip6:x:6276:mip6d >>/etc/group')


def rights(program):
    """What the kernel says of the process."""
    lines = program.node.run('cat /proc/%d/status' % program.pid).out
    return {line.split(':')[0]: line.split(':')[1].split()
            for line in lines.splitlines() if ':' in line}


def check_rights(program, uid=6275):
    said = rights(program)
    assert set(said['Uid']) == {str(uid)}, said['Uid']
    assert set(said['Gid']) == {str(GROUP if uid else 0)}, said['Gid']
    for name in 'CapEff', 'CapPrm', 'CapBnd':
        assert said[name] == [CAPABILITIES], (name, said[name])
    for name in 'CapInh', 'CapAmb':
        assert int(said[name][0], 16) == 0, (name, said[name])
    assert said['NoNewPrivs'] == ['1'] and said['Seccomp'] == ['2'], said
    shown = ask(program.node, 'status')['process']
    assert shown['uid'] == uid and shown['seccomp'], shown
    assert shown['capabilities'] == ['NET_ADMIN', 'NET_RAW', 'BPF'], shown
    assert shown['no_new_privileges'], shown


def refused_calls(node):
    """What the filter refused a mip6d since the machine started."""
    return [line for line in node.run('dmesg').out.splitlines()
            if 'type=1326' in line and 'mip6d' in line]


def test_rights(lab):
    """Both roles have no more than that; and with it they register, move,
    reload, take an interface that comes, are killed, start again and give
    all back at the end."""
    add_users(lab)
    agent, node = both(lab)
    check_rights(agent)
    check_rights(node)
    ha, mn = lab.node('ha'), lab.node('mn')
    text = ha.run('mip6d-ctl status').out
    assert 'user %s, capabilities NET_ADMIN NET_RAW BPF, no new privileges, ' \
        'seccomp filter' % USER in text, text
    lab.move('mn', 'a')
    wait_bound(lab, A)
    for where, program in (ha, agent), (mn, node):
        where.write(CONF, where.read(CONF) + '\n')
        program.signal(1)
        program.wait_log('mip6d.conf is in force')
    ha.sh('ip link add new0 type dummy; ip link set new0 up; '
          'ip link del new0')
    agent.kill()
    node.kill()
    agent = home_agent(lab)
    node = mobile_node(lab)
    wait_bound(lab, A)
    lab.move('mn', 'b')
    wait_bound(lab, B)
    assert lab.node('cn').reaches(HOA, 3)
    lab.move('mn', 'home')
    wait_home(lab)
    assert node.stop() == 0 and agent.stop() == 0
    assert not left_behind(ha)
    assert not refused_calls(ha), refused_calls(ha)


def left_behind(node):
    return node.run('ls /run/mip6d').out


def test_files_of_root(lab):
    """A run as root leaves files; the next, as a user, takes them over."""
    add_users(lab)
    ha, mn = lab.node('ha'), lab.node('mn')
    root = [('home-agent = {', 'user = "root"; home-agent = {')]
    agent = home_agent(lab, changes=root)
    check_rights(agent, 0)
    assert 'stays root' not in agent.log()
    node = mobile_node(lab, changes=[(
        'mobile-node = {', 'user = "root"; mobile-node = {')])
    wait_home(lab)
    agent.kill()
    node.kill()
    assert '0 0' in ha.run('stat -c "%u %g" ' + SOCKET + '.lock').out
    agent = home_agent(lab)
    node = mobile_node(lab)
    check_rights(agent)
    check_rights(node)
    wait_home(lab)
    assert agent.stop() == 0 and node.stop() == 0
    assert not left_behind(ha) and not left_behind(mn)
    # Nobody to become: said, and root's rights are gone all the same.
    ha.sh('grep -v ^mip6d: /etc/passwd >/etc/p; cat /etc/p >/etc/passwd')
    agent = home_agent(lab)
    agent.wait_log('there is no user mip6d: mip6d stays root')
    check_rights(agent, 0)
    assert agent.stop() == 0
    ha.write(CONF, 'user = "no-such-user";\n' + example('home-agent'))
    done = ha.run(['mip6d', '-c', CONF], check=False)
    assert done.status == 5 and 'no user no-such-user' in done.err, done


def test_folders_of_others(lab):
    """A folder that the configuration calls mip6d's is given to its user with
    what is mip6d's in it; one that holds more stays as it is, and so does
    what a link leads to."""
    add_users(lab)
    ha = lab.node('ha')
    ha.sh('mkdir /run/own /run/others; echo >/run/own/sequence; '
          'ln -s /etc/shells /run/own/homes; '
          'echo secret >/run/others/shadow; echo >/run/others/sequence; '
          'chmod 600 /run/others/*')
    for name in 'own', 'others':
        agent = home_agent(lab, changes=[(
            'home-agent = {', 'state-directory = "/run/%s"; home-agent = {'
            % name)])
        check_rights(agent)
        if name == 'others':
            agent.wait_log('/run/others holds more than mip6d')
        assert agent.stop() == 0
    owners = ha.run(['stat', '-L', '-c', '%u', '/run/own', '/run/own/sequence',
                     '/run/own/homes', '/run/others', '/run/others/shadow',
                     '/run/others/sequence']).out.split()
    assert owners == ['6275', '6275', '0', '0', '0', '0'], owners


def as_user(node, group, *command):
    return node.run(['setpriv', '--reuid=nobody', '--regid=%d' % group,
                     '--clear-groups', '--inh-caps=-all', '/run/ctl',
                     '--json'] + list(command), check=False)


def test_control(lab):
    """The group mip6 may ask, root may change, others may nothing; a
    configuration that cannot be read again is told of."""
    add_users(lab)
    agent = home_agent(lab)
    ha = lab.node('ha')
    ha.sh('install -m 755 "$(command -v mip6d-ctl)" /run/ctl')
    assert ha.run('stat -c "%a %u %g" ' + SOCKET).out.split() == [
        '660', str(GROUP), str(READERS)]
    assert as_user(ha, READERS, 'show', 'policy').status == 0
    done = as_user(ha, READERS, 'log-level', 'error')
    assert done.status == 4 and 'only root' in done.out, done
    assert as_user(ha, 65534, 'status').status == 4
    ha.run('mip6d-ctl log-level debug')
    ha.run('chmod 600 ' + CONF)
    agent.signal(1)
    agent.wait_log('Permission denied')
    assert ask(ha, 'status')['ok']
    assert agent.stop() == 0
    agent = home_agent(lab)
    ha.run('chmod 644 ' + CONF)
    assert agent.stop() == 0
