# SPDX-License-Identifier: GPL-2.0-or-later
"""What each verb does; returns the exit status."""

import json
import os
import shutil
import signal
import termios
import threading
import time
import tty

from . import frames, instance, status as show, topology
from .errors import LabError


def teller():
    """Live lines with the time since the start."""
    start = time.monotonic()

    def say(text):
        print('%6.1f s  %s' % (time.monotonic() - start, text), flush=True)
    return say


def up(args, lab):
    running = lab.running()
    topo = topology.load(args.topology)
    if running:
        show.brief(running)
        print('It is this lab that is running; "mip6-lab down" ends it.')
        info = running.call('lab-info')
        return 0 if info['topology'] == topo['path'] else 1
    say = teller()
    options = {'native': args.native, 'vm': args.vm, 'accel': args.accel,
               'memory': args.memory, 'cpus': args.cpus,
               'builddir': args.builddir}
    connection = lab.up(topo, options, say)
    say('ready')
    show.brief(connection)
    return 0


def down(_args, lab):
    connection = lab.connect()
    lab.down(connection)
    print('lab "%s" is down' % lab.name)


def list_(_args, _lab):
    for name in instance.names():
        connection = instance.Instance(name).running()
        if connection:
            show.brief(connection)


def status(args, lab):
    connection = lab.connect()
    if args.json:
        answer = connection.call('status')
        info = connection.call('lab-info')
        for drop in ('id', 'ev', 'end'):
            answer.pop(drop, None)
            info.pop(drop, None)
        print(json.dumps(dict(answer, lab=info), indent=2))
    else:
        show.full(connection)


def move(args, lab):
    node, _, iface = args.what.partition('.')
    link_ = None if args.link == 'none' else args.link
    done = lab.connect().call('move', node=node, iface=iface or None,
                              link=link_, silent=args.silent)
    print('%s.%s: %s -> %s' % (node, done['iface'],
                               done['before'] or 'none',
                               done['link'] or 'none'))


def link(args, lab):
    settings = {}
    for word in args.settings:
        key, sep, value = word.partition('=')
        if not sep:
            raise LabError('write settings as KEY=VALUE, like delay=10ms; '
                           '"%s" is not' % word)
        settings[key] = value
    checked = {k: v for k, v in settings.items()
               if k not in ('jitter', 'reorder')}
    topology.check_netem(checked, LabError)
    done = lab.connect().call('netem', link=args.link, settings=settings)
    print('%s: %s' % (args.link, ' '.join(
        '%s=%s' % kv for kv in sorted(done['settings'].items()))
        or 'no delay, no loss, no rate limit'))


def command(args):
    argv = args.argv[1:] if args.argv[:1] == ['--'] else args.argv
    if not argv:
        raise LabError('which program? "mip6-lab exec NODE PROGRAM…"')
    return argv


def environment(lab_info):
    """Programs of the build tree come first."""
    path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    if lab_info.get('builddir'):
        path = lab_info['builddir'] + ':' + path
    return {'PATH': path, 'TERM': os.environ.get('TERM', 'dumb')}


def exec_(args, lab):
    argv = command(args)
    connection = lab.connect()
    env = environment(connection.call('lab-info'))
    if args.tty:
        return terminal(connection, args.node, argv, env)
    request = connection.start_exec(args.node, argv, env=env,
                                    cwd=os.getcwd())
    if args.no_stdin:
        request.send('eof')
    else:
        threading.Thread(target=pump_input, args=(request,),
                         daemon=True).start()
    presses = []

    def on_int(number, _frame):
        presses.append(number)
        request.send('sig', s=number if len(presses) < 3
                     else signal.SIGKILL)
    signal.signal(signal.SIGINT, on_int)
    signal.signal(signal.SIGTERM, on_int)
    return stream(request)


def stream(request):
    """Pass output on until the program ends; its exit status."""
    while True:
        frame = request.next()
        if frame['ev'] == 'exit':
            return frame['status']
        if frame['ev'] == 'out':
            data = frames.unpack(frame['d'])
            write_all(frame['fd'], data)
            request.passed_on(len(data))


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data):]


def pump_input(request):
    while not request.ended:
        try:
            data = os.read(0, frames.CHUNK)
        except OSError:
            data = b''
        if not data:
            request.send('eof')
            return
        request.write(data)


def shell(args, lab):
    connection = lab.connect()
    env = environment(connection.call('lab-info'))
    env['PS1'] = args.node + '# '
    return terminal(connection, args.node, ['bash', '--norc', '-i'], env)


def size():
    columns, rows = shutil.get_terminal_size()
    return {'rows': rows, 'cols': columns}


def terminal(connection, node, argv, env):
    request = connection.start_exec(node, argv, env=env, tty=size(),
                                    cwd=os.getcwd())
    is_tty = os.isatty(0)
    old = termios.tcgetattr(0) if is_tty else None
    try:
        if is_tty:
            tty.setraw(0)
            signal.signal(signal.SIGWINCH,
                          lambda *_: request.send('size', **size()))
        threading.Thread(target=pump_input, args=(request,),
                         daemon=True).start()
        return stream(request)
    finally:
        if is_tty:
            termios.tcsetattr(0, termios.TCSADRAIN, old)


def start(args, lab):
    argv = command(args)
    connection = lab.connect()
    env = environment(connection.call('lab-info'))
    done = connection.call('start', node=args.node, name=args.program,
                           argv=argv, env=env, cwd=os.getcwd())
    print('%s: %s runs as process %d' % (args.node, args.program,
                                         done['pid']))


def stop(args, lab):
    done = lab.connect().call('stop', node=args.node, name=args.program)
    print('%s: %s ended with status %d%s'
          % (args.node, args.program, done['status'],
             ' (it had to be killed)' if done['forced'] else ''))


def log(args, lab):
    connection = lab.connect()
    found = connection.call('status')
    programs = found.get('nodes', {}).get(args.node, {}).get('programs', [])
    paths = [p['log'] for p in programs if p['name'] == args.program]
    if not paths:
        raise LabError('no program "%s" was started on %s; there are: %s'
                       % (args.program, args.node, ', '.join(
                           p['name'] for p in programs) or 'none'))
    argv = ['tail', '-n', '+1'] + (['-f'] if args.follow else []) + paths
    request = connection.start_exec('lab', argv)
    request.send('eof')
    signal.signal(signal.SIGINT, lambda *_: request.send(
        'sig', s=int(signal.SIGTERM)))
    status_ = stream(request)
    return 0 if args.follow else status_
