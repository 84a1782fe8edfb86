# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab itself: its network is what it says, moves are seen as moves,
verbs work side by side, and the judges of packets and leftovers do judge."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading

from mip6lab import state, streams

LAB = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), 'lab', 'mip6-lab')
HH, CN = '2001:db8:1::10', '2001:db8:c::c'
MEGABYTES = 3


def console(lab, *words, data=None, name=None, timeout=120, env=None):
    """What a person gets from the command: (status, out, err)."""
    command = [sys.executable, LAB, '--name', name or lab.info['name']]
    if lab.builddir:
        command += ['--builddir', lab.builddir]
    done = subprocess.run(command + list(words), input=data,
                          stdin=subprocess.DEVNULL if data is None else None,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, env=dict(os.environ, **(env or {})))
    return (done.returncode, done.stdout,
            done.stderr.decode(errors='replace'))


def background(lab, *words, **more):
    command = [sys.executable, LAB, '--name', lab.info['name']]
    return subprocess.Popen(command + list(words), **more)


def test_network(lab):
    """Default topology: who is where, what the routers advertise."""
    status = lab.status()
    ports = {n: set(link['ports']) for n, link in status['links'].items()}
    assert ports['home'] == {'ha.eth0', 'hh.eth0', 'mn.eth0'}, ports
    assert ports['a'] == {'ra.eth0'} and ports['b'] == {'rb.eth0'}, ports
    assert ports['c'] == {'core.c', 'cn.eth0'}, ports
    assert lab.node('mn').addresses('eth0') == ['2001:db8:1:0:0:ff:fe00:701'] \
        or lab.node('mn').addresses('eth0') == ['2001:db8:1::ff:fe00:701']
    assert lab.node('mn').addresses('eth1') == []
    fields = ('icmpv6.nd.ra.flag.h', 'icmpv6.opt.prefix',
              'icmpv6.opt.prefix.flag.r', 'icmpv6.opt.advertisement_interval')
    for link, wanted in (('home', ('1', '2001:db8:1::1', '1', '3000')),
                         ('a', ('0', '2001:db8:a::', '0', '3000')),
                         ('b', ('0', '2001:db8:b::', '0', '3000'))):
        found = lab.wait_packets('icmpv6.type == 134 && '
                                 'frame.interface_name == "%s"' % link,
                                 *fields)
        got = tuple(re.sub('True', '1', re.sub('False', '0', found[0][f]))
                    for f in fields)
        assert got == wanted, '%s: %s' % (link, got)


def test_nodes_are_apart(lab):
    """Host name, /etc, /run and /var/lib belong to a node alone."""
    ha, mn = lab.node('ha'), lab.node('mn')
    assert ha.run('hostname').out.strip() == 'ha'
    for path in ('/etc/lab-test', '/run/lab-test', '/var/lib/lab-test'):
        ha.write(path, 'of ha')
        assert ha.read(path) == 'of ha'
        assert mn.run(['test', '-e', path], check=False).status == 1, path
    listed = mn.run('ls /sys/class/net').out.split()
    assert {'lo', 'eth0', 'eth1'} <= set(listed) and 'eth2' not in listed


def test_unicast_everywhere(lab):
    """Each host reaches each other one over the core router."""
    for source, target in (('cn', HH), ('mn', CN), ('hh', CN),
                           ('cn', '2001:db8:a::1'), ('cn', '2001:db8:b::1')):
        assert lab.node(source).reaches(target), (source, target)


def test_move_is_a_replug(lab):
    """The node sees carrier go and come, and nothing at a silent move."""
    mn = lab.node('mn')
    watch = mn.stream('ip monitor link dev eth0')
    mn.wait_for(['sh', '-c', 'p=$(pgrep -fx "ip monitor link dev eth0") && '
                 'grep -q " 0 *$p *0000" /proc/net/netlink'])
    time_ = lab.move('mn', 'a')
    assert abs(lab.now() - time_) < 60
    watch.wait_line('NO-CARRIER', 10)
    watch.wait_line(r'[<,]LOWER_UP', 10)
    mn.address_in('2001:db8:a:')
    before = len(watch.lines)
    lab.move('mn.eth0', 'b', silent=True)
    mn.address_in('2001:db8:b:')
    assert not any('NO-CARRIER' in line for line in watch.lines[before:])
    watch.stop()
    lab.move('mn', None)
    assert lab.status()['links']['b']['ports'] == ['rb.eth0']
    mn.wait_for(['sh', '-c', '[ "$(cat /sys/class/net/eth0/carrier)" = 0 ]'])


def test_two_interfaces(lab):
    """eth1 is a second, independent plug."""
    lab.move('mn.eth1', 'a')
    mn = lab.node('mn')
    mn.address_in('2001:db8:a:')
    assert any(a.startswith('2001:db8:1:') for a in mn.addresses('eth0'))


def test_exec(lab):
    """Status, both outputs, binary input and output, unknown programs."""
    status, out, err = console(lab, 'exec', 'mn', 'sh', '-c',
                               'echo out; echo err >&2; exit 7')
    assert (status, out, err) == (7, b'out\n', 'err\n'), (status, out, err)
    status, _out, _err = console(lab, 'exec', 'mn', 'sh', '-c', 'kill -9 $$')
    assert status == 137, status
    data = os.urandom(1000000)
    status, out, _err = console(lab, 'exec', 'mn', 'cat', data=data)
    assert status == 0 and out == data
    status, _out, err = console(lab, 'exec', 'mn', 'no-such-program')
    assert status == 127 and 'no-such-program' in err, err


def test_errors_are_clear(lab):
    """What a person mistypes is said back with what there is."""
    for words, wanted in (
            (('exec', 'xx', 'true'), 'there is no node "xx"; there are: core'),
            (('move', 'mn', 'xx'), 'there is no link "xx"; there are: home'),
            (('move', 'mn.eth7', 'a'), 'no interface "eth7"; it has: eth0'),
            (('link', 'a', 'delay=10'), 'write it like delay=10ms'),
            (('link', 'a', 'speed=1'), 'there are: corrupt, delay'),
            (('capture', 'nowhere'), 'capture any number of links'),
            (('log', 'mn', 'nothing'), 'no program "nothing"'),
            (('stop', 'mn', 'nothing'), 'no program "nothing"'),
            (('up', 'no-such-topology'), 'no topology "no-such-topology"')):
        status, _out, err = console(lab, *words)
        assert status == 1 and wanted in err, (words, status, err)
        assert 'Traceback' not in err
    status, _out, err = console(lab, 'status', name='not-running')
    assert status == 1 and 'no lab named "not-running"' in err
    assert lab.info['name'] in err


def test_second_up(lab):
    """It says what is running; an error only if another one was wanted."""
    wanted = b'Lab "%s"' % lab.info['name'].encode()
    same = lab.info['topology']
    status, out, _err = console(lab, 'up', same)
    assert status == 0 and wanted in out and b'running' in out, out
    other = 'default' if same.endswith('/fast.conf') else 'fast'
    status, out, _err = console(lab, 'up', other)
    assert status == 1 and wanted in out and b'running' in out, out


def test_ctrl_c_kills(lab):
    """Interrupting the console ends the program in the node, too."""
    mark = 'sleep 4711'
    for how in ('interrupt', 'kill the console'):
        console_ = background(lab, 'exec', 'mn', 'sh', '-c',
                              'echo on; exec ' + mark,
                              stdout=subprocess.PIPE)
        assert console_.stdout.readline() == b'on\n'
        number = signal.SIGINT if how == 'interrupt' else signal.SIGKILL
        console_.send_signal(number)
        console_.wait(30)
        if how == 'interrupt':
            assert console_.returncode == 130, console_.returncode
        lab.wait_for(lambda: lab.node('mn').run(
            ['pgrep', '-f', '-x', mark], check=False).status == 1, 30,
            'the program ends: ' + how)
        console_.stdout.close()


def test_shell(lab):
    """A terminal: prompt, size, job control, end."""
    import pty
    ours, theirs = pty.openpty()
    shell = background(lab, 'shell', 'mn', stdin=theirs, stdout=theirs,
                       stderr=theirs, start_new_session=True)
    os.close(theirs)
    said = b''

    def until(text):
        nonlocal said
        while text not in said:
            said += os.read(ours, 4096)
        said = said.partition(text)[2]
    until(b'mn# ')
    os.write(ours, b'hostname; tty; echo $((6 * 7))x\n')
    until(b'/dev/pts/')
    until(b'42x')
    until(b'mn# ')
    os.write(ours, b'sleep 1000\n')
    until(b'sleep 1000')
    lab.wait_for(lambda: lab.node('mn').run(
        ['pgrep', '-f', '-x', 'sleep 1000'], check=False).status == 0)
    os.write(ours, b'\x03')
    until(b'mn# ')
    os.write(ours, b'exit 5\n')
    assert shell.wait(30) == 5
    os.close(ours)


def test_side_by_side(lab):
    """A big output whose reader is slow holds up nobody else."""
    size = MEGABYTES << 20
    slow = background(lab, 'exec', 'hh', 'sh', '-c',
                      'dd if=/dev/urandom of=/run/big bs=1M count=%d '
                      '2>/dev/null; sha256sum </run/big; cat /run/big'
                      % MEGABYTES, stdout=subprocess.PIPE)
    line = slow.stdout.readline()
    found = []

    def many(node):
        for _ in range(3):
            found.append(console(lab, 'exec', node, 'hostname')[1])
    threads = [threading.Thread(target=many, args=(n,))
               for n in ('ha', 'mn', 'cn', 'ra')]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(found) == sorted([b'ha\n', b'mn\n', b'cn\n', b'ra\n'] * 3)
    data = slow.stdout.read()
    assert slow.wait(60) == 0 and len(data) == size
    assert hashlib.sha256(data).hexdigest() == line.split()[0].decode()
    slow.stdout.close()


def test_programs(lab):
    """start, status, log, stop; and a second start is refused."""
    script = 'trap "echo bye; exit 3" TERM; echo hello; ' \
        'while :; do sleep 0.1; done'
    status, _out, err = console(lab, 'start', 'mn', 'talker', 'sh', '-c',
                                script)
    assert status == 0, err
    status, _out, err = console(lab, 'start', 'mn', 'talker', 'true')
    assert status == 1 and 'already running' in err
    lab.wait_for(lambda: console(lab, 'log', 'mn', 'talker')[1] == b'hello\n')
    assert b'talker: process' in console(lab, 'status')[1]
    status, out, _err = console(lab, 'stop', 'mn', 'talker')
    assert status == 0 and b'ended with status 3' in out, out
    assert console(lab, 'log', 'mn', 'talker')[1].endswith(b'bye\n')


def test_log_of_a_run(lab):
    """A program started again under its name is asked for its own words."""
    mn = lab.node('mn')
    first = mn.start('talker', ['sh', '-c', 'echo run: one; exec sleep 1000'])
    assert first.wait_log('^run: (.*)').group(1) == 'one'
    first.stop()
    second = mn.start('talker', ['sh', '-c', 'sleep 1; echo run: two; '
                                 'exec sleep 1000'])
    assert second.wait_log('^run: (.*)').group(1) == 'two'
    assert second.log() == 'run: two\n', second.log()
    assert second.log(earlier_runs=True) == 'run: one\nrun: two\n'
    assert console(lab, 'log', 'mn', 'talker')[1] == b'run: one\nrun: two\n'


def test_netem(lab):
    """Delay counts on each crossing; loss loses; none undoes both."""
    cn = lab.node('cn')
    assert cn.reaches('2001:db8:c::1')
    status, _out, err = console(lab, 'link', 'c', 'delay=80ms')
    assert status == 0, err
    times = round_trips(cn, '2001:db8:c::1')
    assert len(times) == 3 and min(times) >= 0.16, times
    lab.link('c', loss='100%')
    assert cn.ping('2001:db8:c::1', 0.1, 5).result().missing == 5
    lab.link('c', loss=None, delay=None)
    lab.wait_for(lambda: cn.reaches('2001:db8:c::1'))
    lab.wait_for(lambda: min(round_trips(cn, '2001:db8:c::1'),
                             default=1) < 0.16, 30, 'the delay is gone')


def round_trips(node, target):
    """Seconds, of those of three requests that are answered."""
    return [received - sent for _seq, sent, received
            in node.ping(target, 0.2, 3).result().replies]


def test_netem_moves_along(lab):
    """A node that comes to a slow link is behind its delay."""
    lab.link('a', delay='100ms')
    lab.move('mn', 'a')
    lab.node('mn').address_in('2001:db8:a:')
    times = round_trips(lab.node('mn'), '2001:db8:a::1')
    assert times and min(times) >= 0.2, times


def test_capture_verb(lab):
    """In the foreground, to standard output, in the background."""
    folder = lab.results
    there = os.path.join(folder, 'background.pcapng')
    status, _out, err = console(lab, 'capture', '--start', '-w', there, 'c')
    assert status == 0, err
    direct = os.path.join(folder, 'foreground.pcapng')
    watcher = background(lab, 'capture', '-w', direct, 'cn.eth0',
                         stderr=subprocess.PIPE)
    assert b'capturing' in watcher.stderr.readline()
    assert lab.node('cn').ping('2001:db8:c::1', 0.05, 10).result() \
        .received == 10
    watcher.send_signal(signal.SIGINT)
    assert watcher.wait(30) == 0
    watcher.stderr.close()
    status, out, err = console(lab, 'capture', '--stop', there)
    assert status == 0 and b'packets' in out, (out, err)
    for path in (there, direct):
        text = subprocess.run(
            ['tshark', '-n', '-r', path, '-Y', 'icmpv6.type == 129'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        assert len(text.splitlines()) == 10, (path, text)
        os.unlink(path)


def test_series(lab):
    """Loss, gaps and times of a ping series are what really happened."""
    cn, mn = lab.node('cn'), lab.node('mn')
    target = mn.addresses('eth0')[0]
    ping = cn.ping(target, 0.1)
    ping.wait_replies(5)
    gone = lab.move('mn', None)
    lab.wait_for(lambda: len([when for when in echoes(lab, 128).values()
                              if when > gone]) >= 8, 60, 'eight requests')
    back = lab.move('mn', 'home')
    ping.wait_replies(5)
    series = ping.stop()
    sent, came = echoes(lab, 128), echoes(lab, 129)
    assert series.sent == len(sent) == series.received + series.missing
    assert sorted(r[0] for r in series.replies) == sorted(came)
    lost = sorted(set(sent) - set(came))
    assert len(lost) >= 1 and series.missing == len(lost), lost
    assert series.missing_between(gone, back) == [
        seq for seq in lost if gone <= sent[seq] <= back]
    # The gap is between the same two answers that the wire has it between.
    seconds, start, end = series.longest_gap()
    order = sorted(came, key=came.get)
    widest = max(zip(order, order[1:]), key=lambda p: came[p[1]] - came[p[0]])
    arrived = {r[2]: r[0] for r in series.replies}
    assert (arrived[start], arrived[end]) == widest, (start, end, widest)
    assert start < back <= end and seconds == end - start


def echoes(lab, kind):
    """{sequence number: when it was seen next to the correspondent}"""
    return {int(p['icmpv6.echo.sequence_number']): p['time']
            for p in lab.packets('icmpv6.type == %d && '
                                 'frame.interface_name == "c"' % kind,
                                 'icmpv6.echo.sequence_number')}


def test_transfer(lab):
    """Bytes are hashed at both ends, over loss as well."""
    cn, hh = lab.node('cn'), lab.node('hh')
    lab.link('c', loss='2%')
    done = cn.transfer(hh, HH, size=300001).finish()
    assert done.bytes == done.received == 300001 and done.equal
    endless = cn.transfer(hh, HH, rate='200k')
    endless.receiver.wait_line('listening')
    before = octets_in(hh)
    hh.wait_for(lambda: octets_in(hh) > before + 200000, 120,
                'the transfer goes on')
    assert endless.stop().bytes > 100000


def octets_in(node):
    return int(node.read('/sys/class/net/eth0/statistics/rx_bytes'))


def frame_on_home(lab, payload, kind):
    """A frame from mn's address to all nodes, with a bad or good sum."""
    source = bytes.fromhex('20010db80001000000000000000000ee')
    target = bytes.fromhex('ff020000000000000000000000000001')
    ip = bytes([0x60, 0, 0, 0]) + len(payload).to_bytes(2, 'big') \
        + bytes([kind, 255]) + source + target
    return bytes.fromhex('333300000001' + '0200000000ee' + '86dd') + ip \
        + payload


def test_packets_are_judged(lab):
    """Wrong checksums and malformed packets are found, the rest is not."""
    mn = lab.node('mn')
    other = lab.capture('home')
    bad_icmp = bytes([129, 0, 0x12, 0x34]) + bytes(8)
    bad_mh = bytes([59, 0, 0, 0, 0x12, 0x34, 0, 0])
    short = bytes([58, 9, 5, 0, 0, 0, 0, 0])
    mn.inject([frame_on_home(lab, bad_icmp, 58),
               frame_on_home(lab, bad_mh, 135)], 'eth0')
    lab.wait_packets('eth.src == 02:00:00:00:00:ee', count=2)
    other.stop()
    found = other.check()
    assert len([f for f in found if 'ICMPv6' in f]) == 1, found
    assert len([f for f in found if 'Mobility' in f]) == 1, found
    mn.inject([frame_on_home(lab, short, 135)], 'eth0')
    lab.wait_packets('eth.src == 02:00:00:00:00:ee && _ws.malformed || '
                     'eth.src == 02:00:00:00:00:ee', count=3)
    lab.excuse_packets('eth.src == 02:00:00:00:00:ee')
    assert other.check() == []


def test_packets_are_all_there(lab):
    """What has passed is found at once, so that "there was none" can be
    believed; in a capture that has ended, too."""
    mn = lab.node('mn')
    other = lab.capture('home')
    echo_reply = bytes([129, 0, 0x12, 0x34]) + bytes(8)
    mark = 'eth.src == 02:00:00:00:00:ee'
    lab.excuse_packets(mark)
    for count in range(1, 9):
        mn.inject([frame_on_home(lab, echo_reply, 58)], 'eth0')
        assert len(lab.packets(mark)) == count
        assert len(other.packets(mark)) == count
    mn.inject([frame_on_home(lab, echo_reply, 58)] * 50, 'eth0')
    other.stop()
    assert len(other.packets(mark)) == len(lab.packets(mark)) == 58


def test_answers_are_told_apart(lab):
    """An answer that comes after something need not be to a question that
    was asked after it."""
    cn = lab.node('cn')
    ping = cn.ping('2001:db8:c::1', 0.1)
    ping.wait_replies(1, 60)
    lab.link('c', delay='1s')
    lab.wait_for(lambda: ping.wait_replies(1, 60) and any(
        received - sent > 1 for _, sent, received
        in streams.Series(ping.lines).replies), 60, 'slow answers')
    begun = lab.now()
    late = ping.wait_replies(1, 60, sent_since=begun)
    sent = {received: sent for _, sent, received in ping.stop().replies}
    assert sent[late] >= begun, (begun, sent[late])


def test_interrupted_picture(lab):
    """A picture of a node that changed under the reader's eyes is taken
    again, and the note about it is no finding."""
    whole = 'default dev eth0 proto static\n'
    said = ['%s and may be inconsistent.\n' % state.INTERRUPTED,
            whole + '%s.\n' % state.INTERRUPTED, whole]

    def start(_ns, lines):
        assert lines == ['route show']
        return subprocess.Popen(['printf', '%s', said.pop(0)], text=True,
                                stdout=subprocess.PIPE)
    original, state.start_batch = state.start_batch, start
    try:
        assert state.finish_batch('mn', None, ['route show'], start(
            None, ['route show'])) == [whole.strip()]
        assert not said
        said += ['%s.\n' % state.INTERRUPTED] * (state.ATTEMPTS + 1)
        try:
            state.finish_batch('mn', None, ['route show'],
                               start(None, ['route show']))
            raise AssertionError('it takes what is never whole')
        except OSError as e:
            assert 'changes all the time' in str(e), e
    finally:
        state.start_batch = original


def test_leftovers_are_found(lab):
    """Each kind of thing that a daemon may leave behind is noticed."""
    mn, ha = lab.node('mn'), lab.node('ha')
    made = (
        (mn, 'ip -6 addr add 2001:db8::77/128 dev eth0',
         'ip -6 addr del 2001:db8::77/128 dev eth0', '2001:db8::77'),
        (mn, 'ip -6 rule add pref 77 lookup 77',
         'ip -6 rule del pref 77', 'lookup 77'),
        (mn, 'ip -6 route add 2001:db8:77::/64 dev lo table 77',
         'ip -6 route del 2001:db8:77::/64 dev lo table 77',
         '2001:db8:77::/64'),
        (mn, 'ip link add tun77 type ip6tnl mode any local 2001:db8::77 '
         'remote 2001:db8::78', 'ip link del tun77', 'device tun77'),
        (ha, 'ip -6 neigh add proxy 2001:db8:1::77 dev eth0',
         'ip -6 neigh del proxy 2001:db8:1::77 dev eth0', '2001:db8:1::77'),
        (ha, 'ip xfrm state add src :: dst :: proto hao mode ro '
         'flag wildrecv coa ::', 'ip xfrm state flush', 'proto hao'),
        (ha, 'ip xfrm policy add src ::/0 dst ::/0 proto 135 dir in '
         'priority 8 ptype sub tmpl src :: dst :: proto hao mode ro '
         'level use', 'ip xfrm policy flush ptype sub',
         'proto mobility-header'),
        (ha, 'tc qdisc add dev eth0 clsact', 'tc qdisc del dev eth0 clsact',
         'clsact'),
        (mn, 'sysctl -qw net.ipv6.conf.eth0.accept_ra=0',
         'sysctl -qw net.ipv6.conf.eth0.accept_ra=1', 'accept_ra was 1'))
    lab.capture_all.stop()
    assert lab.leftovers() == []
    for node, do, _undo, _mark in made:
        node.run(do)
    found = lab.leftovers()
    for node, _do, _undo, mark in made:
        assert any(f.startswith(node.name + ':') and mark in f
                   for f in found), '%s not in %s' % (mark, found)
    for node, _do, undo, _mark in made[::-1]:
        node.run(undo)
    mn.sh('sleep 777 >/dev/null 2>&1 </dev/null & echo $!')
    found = lab.leftovers()
    assert len(found) == 1 and 'sleep 777' in found[0], found
    mn.run('pkill -f -x "sleep 777"')
    assert lab.leftovers() == []
