# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: which verbs there are and what they accept."""

import argparse
import os
import sys

from . import instance, verbs, verbs_more, vm
from .errors import LabError

EPILOG = """The lab's name comes from --name, else MIP6_LAB_NAME, else "lab";
labs with different names run side by side. See mip6-lab(1)."""


def add_common(parser, default):
    parser.add_argument('--name', default=default, metavar='NAME',
                        help='which lab (default: MIP6_LAB_NAME or "lab")')
    parser.add_argument('--builddir', metavar='DIR', default=default,
                        help='where mip6d was built (default: build/)')


def add_start(parser):
    group = parser.add_mutually_exclusive_group()
    group.add_argument('--native', action='store_true',
                       help='use this machine\'s kernel')
    group.add_argument('--vm', action='store_true',
                       help='use a virtual machine in any case')
    parser.add_argument('--accel', choices=('kvm', 'tcg'),
                        help='do not probe KVM, use this')
    parser.add_argument('--memory', type=int, default=2048, metavar='MB',
                        help='memory of the virtual machine')
    parser.add_argument('--cpus', type=int, default=2, metavar='N')


def verb(sub, common, name, call, text, **more):
    parser = sub.add_parser(name, help=text, description=text,
                            parents=[common], **more)
    parser.set_defaults(call=call)
    return parser


def add_node_verbs(sub, common):
    p = verb(sub, common, 'up', verbs.up, 'start the lab')
    p.add_argument('topology', nargs='?', default='default',
                   help='a file, or the name of one that comes along')
    add_start(p)
    p = verb(sub, common, 'move', verbs.move,
             'unplug an interface and plug it into another link')
    p.add_argument('what', metavar='NODE[.IFACE]')
    p.add_argument('link', metavar='LINK|none')
    p.add_argument('--silent', action='store_true',
                   help='the node sees no loss of carrier')
    p = verb(sub, common, 'exec', verbs.exec_, 'run a program in a node')
    p.add_argument('-n', '--no-stdin', action='store_true',
                   help='the program reads nothing')
    p.add_argument('-t', '--tty', action='store_true',
                   help='give the program a terminal')
    p.add_argument('node')
    p.add_argument('argv', nargs=argparse.REMAINDER, metavar='CMD…')
    p = verb(sub, common, 'shell', verbs.shell, 'a shell in a node')
    p.add_argument('node')
    p = verb(sub, common, 'start', verbs.start,
             'start a program in the background of a node')
    p.add_argument('node')
    p.add_argument('program', metavar='NAME')
    p.add_argument('argv', nargs=argparse.REMAINDER, metavar='CMD…')
    p = verb(sub, common, 'stop', verbs.stop, 'stop such a program')
    p.add_argument('node')
    p.add_argument('program', metavar='NAME')
    p = verb(sub, common, 'log', verbs.log, 'what such a program said')
    p.add_argument('-f', '--follow', action='store_true')
    p.add_argument('node')
    p.add_argument('program', metavar='NAME')


def add_wire_verbs(sub, common):
    p = verb(sub, common, 'link', verbs.link,
             'change delay, jitter, loss, rate… of a link')
    p.add_argument('link')
    p.add_argument('settings', nargs='*', metavar='KEY=VALUE')
    p = verb(sub, common, 'capture', verbs_more.capture,
             'write what passes links, or a node\'s interfaces, to a file')
    p.add_argument('-w', '--write', metavar='FILE',
                   help='the file ("-": standard output; default: named '
                   'after WHAT)')
    group = p.add_mutually_exclusive_group()
    group.add_argument('--start', action='store_true',
                       help='capture in the background')
    group.add_argument('--stop', action='store_true',
                       help='end captures that run in the background')
    p.add_argument('what', nargs='*', metavar='LINK|NODE[.IFACE]',
                   help='default: all links')


def add_lab_verbs(sub, common):
    p = verb(sub, common, 'run', verbs_more.run, 'run scenarios')
    p.add_argument('-k', metavar='TEXT', dest='pattern',
                   help='only tests with this in their names')
    p.add_argument('--keep', action='store_true',
                   help='leave the lab up afterwards')
    p.add_argument('-v', '--verbose', action='store_true',
                   help='tell what each test does')
    p.add_argument('--results', metavar='DIR',
                   help='where failures are explained')
    p.add_argument('--topology', default='default',
                   help='for scenarios that name none')
    add_start(p)
    p.add_argument('scenario', nargs='+')
    p = verb(sub, common, 'demo', verbs_more.demo,
             'show a mobile node on its journey')
    p.add_argument('-w', '--write', metavar='FILE',
                   help='keep the packets of all links')
    p.add_argument('--keep', action='store_true',
                   help='leave the lab up afterwards')
    add_start(p)
    p = verb(sub, common, 'status', verbs.status, 'what there is')
    p.add_argument('--json', action='store_true')
    verb(sub, common, 'list', verbs.list_, 'labs that are running')
    verb(sub, common, 'down', verbs.down, 'end the lab')


def parser():
    top = argparse.ArgumentParser(
        prog='mip6-lab', epilog=EPILOG,
        description='A virtual network to try Mobile IPv6 in.')
    add_common(top, None)
    common = argparse.ArgumentParser(add_help=False)
    add_common(common, argparse.SUPPRESS)
    sub = top.add_subparsers(metavar='VERB', required=True)
    for add in (add_node_verbs, add_wire_verbs, add_lab_verbs):
        add(sub, common)
    return top


def default_builddir():
    for path in (os.environ.get('MIP6_LAB_BUILDDIR'),
                 os.path.join(vm.TREE, 'build')):
        if path and os.path.isdir(path):
            return path
    return None


def main(argv):
    args = parser().parse_args(argv)
    args.builddir = os.path.abspath(args.builddir) if args.builddir \
        else default_builddir()
    try:
        if args.builddir and not os.path.isdir(args.builddir):
            raise LabError('no such folder: ' + args.builddir)
        return args.call(args, instance.Instance(args.name)) or 0
    except LabError as e:
        sys.stderr.write('mip6-lab: %s\n' % e)
        return 1
    except BrokenPipeError:
        return 141
    except KeyboardInterrupt:
        sys.stderr.write('\n')
        return 130
