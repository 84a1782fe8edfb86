# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab when something is wrong: bad files, a missing folder, tests that
fail or hang, an agent or a machine that dies."""

import importlib.util
import json
import os
import signal
import subprocess
import sys

CAPTURE = False
DEADLINE = 600

SPEC = importlib.util.spec_from_file_location('lab_self_test', os.path.join(
    os.path.dirname(os.path.abspath(__file__)), '00_lab.py'))
self_test = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(self_test)
console = self_test.console

INNER = '''
import time

DEADLINE = 120
CAPTURE = False


def test_good(lab):
    assert lab.node('mn').run('hostname').out == 'mn\\n'


def test_wrong(lab):
    answer = 41
    assert answer == 42, 'the answer is %d' % answer


def test_hangs(lab):
    lab.node('mn').run('sleep 10000', timeout=None)
test_hangs.deadline = 3


def test_leaves_an_address(lab):
    lab.node('mn').run('ip -6 addr add 2001:db8::99/128 dev lo')


def test_is_clean_again(lab):
    assert '2001:db8::99' not in lab.node('mn').run('ip -6 addr').out


def test_leaves_a_process(lab):
    lab.node('ha').sh('sleep 12345 >/dev/null 2>&1 </dev/null &')


def test_does_not_obey(lab):
    program = lab.node('cn').start('deaf', [
        'sh', '-c', 'trap "" TERM; echo on; while :; do sleep 0.2; done'])
    program.wait_log('on')
    program.stop(timeout=1)


def test_bad_packet(lab):
    everything = lab.capture()
    lab.node('mn').inject([bytes.fromhex(
        '333300000001' '0200000000ee' '86dd' '6000000000083aff'
        '20010db80001000000000000000000ee'
        'ff020000000000000000000000000001' '8100123400000000')], 'eth0')
    lab.wait_for(lambda: everything.packets('eth.src==02:00:00:00:00:ee'))
'''
VERDICTS = (
    ('ok     inner.test_good', ''),
    ('FAILED inner.test_wrong', 'the answer is 41 (inner.py:'),
    ('FAILED inner.test_hangs', 'not finished after 3 s'),
    ('FAILED inner.test_leaves_an_address', 'mn: left behind: lo inet6 '
     '2001:db8::99/128'),
    ('ok     inner.test_is_clean_again', ''),
    ('FAILED inner.test_leaves_a_process', 'sleep 12345'),
    ('FAILED inner.test_does_not_obey', 'was killed'),
    ('FAILED inner.test_bad_packet', 'bad checksum: ICMPv6'))


def topology_error(lab, text):
    path = os.path.join(lab.results, 'bad.conf')
    with open(path, 'w') as f:
        f.write(text)
    status, _out, err = console(lab, 'up', path, name='never')
    os.unlink(path)
    assert status == 1 and 'Traceback' not in err, err
    return err


def test_bad_topologies(lab):
    """File, line and what was expected, for each kind of mistake."""
    link = '[link l]\nprefix = 2001:db8:1::/64\n'
    for text, wanted in (
            ('', 'defines no node'),
            ('x = 1\n', ':1: "x = 1" stands before the first section'),
            ('[lab]\nhello\n', ':2: expected "key = value", found "hello"'),
            ('[lonk l]\n', ':1: section [lonk] is not known'),
            ('[link l\n', ':1: a section header looks like'),
            ('[link L]\n', '"L" is not one'),
            ('[link l]\nprefix = 2001:db8::1/64\n', ':2: "2001:db8::1/64" '
             'is not an IPv6 prefix'),
            ('[link l]\ndelay = 10\n', ':2: delay = "10" is not understood'),
            ('[link l]\nmtu = 576\n', ':2: mtu must be 1280 to 65535'),
            (link + link, ':3: link "l" is there twice'),
            ('[lab]\ninclude = nothing\n', ':2: no topology "nothing"'),
            ('[lab]\ninclude = default\n[link a]\n[link a]\n',
             ':4: link "a" is there twice'),
            ('[lab]\ninclude = fast\n[radvd ra.eth0]\ninterval = 9\n',
             ':4: write "interval = MIN MAX"'),
            (link + '[host h]\neth0 = m\n', ':4: link "m" is not defined; '
             'there are: l'),
            (link + '[host h]\neth0 = l 2001:db8:1::1\n', ':4: '
             '"2001:db8:1::1" is not an address with prefix length'),
            (link + '[host h]\nroute = default\n', ':4: write a route as'),
            (link + '[host h]\nverylongname = l\n', ':4: "verylongname" is '
             'neither a setting of a node'),
            (link + '[host h]\neth0 = l\n[radvd h.eth0]\n', '"h" is a host'),
            (link + '[router r]\neth0 = l\n[radvd r.eth1]\n',
             'no interface "r.eth1"'),
            (link + '[router r]\neth0 = l\n[radvd r.eth0]\ninterval = 3 3\n',
             ':6: the smallest interval may be at most 0.75'),
            (link + '[router r]\neth0 = l\n[radvd r.eth0]\nfoo = 3\n',
             ':6: "foo" is not a setting of [radvd]')):
        err = topology_error(lab, text)
        assert wanted in err, (text, err)


def test_missing_places(lab):
    """No room for the cache, no kernel there, no build folder."""
    blocked = os.path.join(lab.results, 'file')
    with open(blocked, 'w'):
        pass
    for env, words, wanted in (
            ({'XDG_CACHE_HOME': blocked}, ('--vm',),
             'cannot create the cache folder'),
            ({'MIP6_LAB_KERNEL': blocked}, ('--vm',), 'no boot/vmlinuz-*'),
            ({'PATH': '/nowhere'}, ('--vm', '--accel', 'tcg'),
             'needs qemu-system-x86: run tools/deps')):
        status, _out, err = console(lab, 'up', *words, name='never', env=env)
        assert status == 1 and wanted in err, (env, err)
        assert 'Traceback' not in err, err
    status, _out, err = console(lab, '--builddir', '/nowhere', 'status')
    assert status == 1 and 'no such folder' in err, err
    os.unlink(blocked)


def cheapest():
    """These tests need but bridges and veth, which many a kernel has: then
    no second machine is emulated, and the native way is tested as well."""
    sys.path.insert(0, os.path.dirname(self_test.LAB))
    from mip6lab import native
    lacking = ['root'] if os.geteuid() else native.try_all()
    serious = [what for what in lacking
               if what.startswith(('root', 'namespaces', 'bridges', 'veth'))]
    return '--vm' if serious else '--native'


def inner_run(lab, name, path, *words):
    results = os.path.join(lab.results, 'inner-results')
    status, out, err = console(
        lab, 'run', cheapest(), '--results', results, *words, path, name=name,
        timeout=500, env={'PYTHONDONTWRITEBYTECODE': '1'})
    return status, out.decode() + err, results


def test_runner_judges(lab):
    """Each kind of failure is a failure, is explained, and harms no other
    test; a lab whose agent dies says so and leaves nothing behind."""
    name = lab.info['name'] + '-inner'
    path = os.path.join(lab.results, 'inner.py')
    with open(path, 'w') as f:
        f.write(INNER)
    try:
        status, text, results = inner_run(lab, name, path, '--keep')
        assert status == 1, text
        for verdict, reason in VERDICTS:
            assert verdict in text and reason in text, (verdict, text)
        assert text.strip().splitlines()[-1] == '2 passed, 6 failed', text
        kept = os.listdir(os.path.join(results, 'inner.test_wrong'))
        assert {'reason.txt', 'state-mn.txt', 'traceback.txt',
                'log'} <= set(kept), kept
        kept = os.listdir(os.path.join(results, 'inner.test_bad_packet'))
        assert 'all-links.pcapng' in kept, kept
        status, text, _ = inner_run(lab, name, path, '-k', 'good')
        assert status == 0 and '1 passed, 0 failed' in text, text
        assert b'"%s"' % name.encode() in console(lab, 'list')[1]
        agent_dies(lab, name)
    finally:
        console(lab, 'down', name=name)
        for base, folders, files in os.walk(lab.results, topdown=False):
            for file in files:
                os.unlink(os.path.join(base, file))
            for folder in folders:
                os.rmdir(os.path.join(base, folder))


def agent_dies(lab, name):
    status, out, err = console(lab, 'status', '--json', name=name)
    assert status == 0, err
    info = json.loads(out)['lab']
    waiting = subprocess.Popen(
        [sys.executable, self_test.LAB, '--name', name, 'exec',
         'mn', 'sh', '-c', 'echo on; sleep 1000'], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert waiting.stdout.readline() == b'on\n'
    if info['backend'] == 'native':
        # Process 1 of its namespace: it can be killed from outside only.
        with open('/proc/%d/task/%d/children'
                  % (info['process'], info['process'])) as f:
            os.kill(int(f.read().split()[0]), signal.SIGKILL)
    else:
        status, _out, err = console(lab, 'exec', 'lab', 'sh', '-c',
                                    'kill -9 $PPID', name=name)
        assert status == 1 and 'the lab is gone' in err, (status, err)
    _out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 1 and b'the lab is gone' in err, err
    status, _out, err = console(lab, 'status', name=name)
    assert status == 1 and 'no lab named' in err, err
    lab.wait_for(lambda: not os.path.exists('/proc/%d' % info['process']),
                 30, 'the machine is gone')
    if info['backend'] == 'native':
        lab.wait_for(lambda: not agents_of(name), 30, 'its agent is gone')


def agents_of(name):
    """What still has the agent's log open."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            target = os.readlink('/proc/%s/fd/2' % pid)
        except OSError:
            continue
        if '/%s/agent.log' % name in target:
            found.append(pid)
    return found
