# SPDX-License-Identifier: GPL-2.0-or-later
"""The verbs `capture` and `run`."""

import os
import shutil
import signal
import sys

from . import capture as captures, demo as show, frames, labtool, \
    runner, topology
from .errors import LabError
from .verbs import teller, write_all

BACKGROUND = 'capture:'


def capture(args, lab):
    connection = lab.connect()
    if args.stop:
        return stop(connection, args)
    node, names = captures.whats_to_argv(args.what, connection)
    target = args.write or '%s.pcapng' % ('-'.join(args.what) or 'all-links')
    tool = labtool.find(args.builddir)
    if args.start:
        return start(connection, tool, node, names, target)
    if target == '-':
        return pump(connection, tool, node, names, 1)
    try:
        fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    except OSError as e:
        raise LabError('cannot write %s: %s' % (target, e.strerror))
    return pump(connection, tool, node, names, fd)


def pump(connection, tool, node, names, fd):
    """Bytes of the capture come over the control channel, as they are."""
    request = connection.start_exec(node, [tool, 'capture', '-'] + names)
    request.send('eof')
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda n, _: request.send('sig', s=int(n)))
    while True:
        frame = request.next()
        if frame['ev'] == 'exit':
            return frame['status']
        if frame['ev'] != 'out':
            continue
        data = frames.unpack(frame['d'])
        if frame['fd'] == 2:
            text = data.decode(errors='replace')
            text = text.replace('listening', 'capturing %s; Ctrl-C ends it'
                                % ' '.join(names))
            sys.stderr.write(explain_end(text))
            sys.stderr.flush()
        else:
            try:
                write_all(fd, data)
            except BrokenPipeError:
                request.send('cancel')
                return 0
        request.passed_on(len(data))


def explain_end(text):
    words = text.split()
    if len(words) == 3 and words[0] == 'end':
        return '%s packets%s\n' % (words[1], ', %s missed' % words[2]
                                   if words[2] != '0' else '')
    return text


def start(connection, tool, node, names, target):
    target = os.path.abspath(target)
    if os.path.exists(target):
        raise LabError('%s is there already' % target)
    share = connection.call('lab-info')['share']
    path = os.path.join(share, '%d-%s' % (os.getpid(),
                                          os.path.basename(target)))
    name = BACKGROUND + target.replace('/', '\\')
    started = connection.call('start', node=node, name=name,
                              argv=[tool, 'capture', path] + names)
    captures.follow_until(connection, started, r'listening|labtool:')
    print('capturing %s into %s; "mip6-lab capture --stop" ends it'
          % (' '.join(names), target))
    return 0


def running_captures(connection):
    """[(node, name, file on the share, final file)]"""
    found = []
    for program in connection.call('programs')['programs']:
        if program['name'].startswith(BACKGROUND) \
                and program['status'] is None:
            found.append((program['node'], program['name'],
                          program['argv'][2],
                          program['name'][len(BACKGROUND):]
                          .replace('\\', '/')))
    return found


def stop(connection, args):
    wanted = [os.path.abspath(f) for f in
              args.what + ([args.write] if args.write else [])]
    found = [c for c in running_captures(connection)
             if not wanted or c[3] in wanted]
    if not found:
        raise LabError('no such capture is running' if wanted
                       else 'no capture is running')
    for node, name, path, target in found:
        done = connection.call('stop', node=node, name=name)
        said = connection.run('lab', ['tail', '-n', '1', done['log']]).out
        try:
            shutil.move(path, target)
        except OSError as e:
            raise LabError('the capture stays in %s: %s' % (path, e))
        print('%s: %s' % (target, explain_end(said).strip()))
    return 0


def results_folder(args):
    if args.results:
        return os.path.abspath(args.results)
    return os.path.join(args.builddir or os.getcwd(), 'vm-results')


def run(args, lab):
    tests = runner.select(args.scenario, args.pattern)
    options = {'native': args.native, 'vm': args.vm, 'accel': args.accel,
               'memory': args.memory, 'cpus': args.cpus,
               'builddir': args.builddir, 'keep': args.keep,
               'verbose': args.verbose, 'topology': args.topology,
               'results': results_folder(args)}
    return runner.Runner(lab, options, teller()).run_all(tests)


def demo(args, lab):
    """A lab of its own, taken down afterwards."""
    say = teller()
    options = {'native': args.native, 'vm': args.vm, 'accel': args.accel,
               'memory': args.memory, 'cpus': args.cpus,
               'builddir': args.builddir}
    connection = lab.running()
    if connection:
        raise LabError('a lab "%s" is already running; end it by "mip6-lab '
                       'down", or give the demonstration another --name'
                       % lab.name)
    connection = lab.up(topology.load('default'), options, say)
    status = 1
    try:
        status = show.run(connection, args.builddir, say, args.write)
    finally:
        if args.keep:
            print('The lab is still up: try "mip6-lab status", and '
                  '"mip6-lab down" at last.')
        else:
            lab.down(connection)
    return status
