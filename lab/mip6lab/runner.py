# SPDX-License-Identifier: GPL-2.0-or-later
"""`mip6-lab run`: gives each test of the scenarios a lab in its initial
state, judges, and keeps what explains a failure."""

import importlib.util
import os
import signal
import sys
import time
import traceback

from . import results, scenario, topology
from .errors import LabError

DEADLINE = 300


class Hung(Exception):
    """A test took longer than it may."""


class Test:
    def __init__(self, module, stem, folder, function):
        self.function = function
        self.name = '%s.%s' % (stem, function.__name__)
        self.topology = getattr(function, 'topology', None) or \
            getattr(module, 'TOPOLOGY', None)
        if self.topology and os.path.isfile(os.path.join(folder,
                                                         self.topology)):
            self.topology = os.path.join(folder, self.topology)
        self.deadline = getattr(function, 'deadline', None) or \
            getattr(module, 'DEADLINE', DEADLINE)
        self.capture = getattr(function, 'capture',
                               getattr(module, 'CAPTURE', True))


def load_scenario(path):
    """The tests of a file, in the order in which they stand in it."""
    if not os.path.isfile(path):
        raise LabError('no such scenario: ' + path)
    stem = os.path.splitext(os.path.basename(path))[0]
    folder = os.path.dirname(os.path.abspath(path))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(
        'scenario_' + stem.replace('-', '_'), path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as e:
        raise LabError('scenario %s cannot be read: %s\n%s' % (
            path, e, traceback.format_exc(limit=-2).strip()))
    tests = [Test(module, stem, folder, f) for n, f in vars(module).items()
             if n.startswith('test_') and callable(f)
             and getattr(f, '__module__', None) == module.__name__]
    return tests


def own_line(error, path_part='mip6lab'):
    """Where in the scenario it happened: the last frame outside the lab."""
    place = ''
    for frame in traceback.extract_tb(error.__traceback__):
        if path_part not in frame.filename:
            place = '%s:%d' % (os.path.basename(frame.filename),
                               frame.lineno)
            line = frame.line
    return ' (%s: %s)' % (place, line) if place else ''


def reason_of(error):
    if isinstance(error, Hung):
        text = str(error)
    elif isinstance(error, (LabError, AssertionError)):
        text = str(error) or 'assertion failed'
    else:
        text = '%s: %s' % (type(error).__name__, error)
    return text + own_line(error)


class Runner:
    def __init__(self, instance, options, say):
        self.instance, self.options, self.say = instance, options, say
        self.connection = None
        self.started = False        # it is ours to take down
        self.built = None           # path of the topology that is clean
        self.passed = self.failed = 0
        self.folder = options['results']

    # --- the lab --------------------------------------------------------

    def attach(self, topo):
        """Use a lab that is there, or start one; build TOPO afresh."""
        if self.connection and self.connection.gone:
            self.connection = None
            self.started = True
        if not self.connection:
            self.connection = self.instance.running()
        if not self.connection:
            self.connection = self.instance.up(topo, self.options, self.say)
            self.started = True
        elif self.built != topo['path']:
            self.connection.call('build', topo=topo, timeout=120)
        self.built = topo['path']

    def check_builddir(self):
        """Before anything else: would a lab that runs see our programs?"""
        running = self.instance.running()
        if not running:
            return
        info = running.call('lab-info')
        running.close()
        ours = self.options['builddir']
        if ours and info['builddir'] != ours and info['backend'] == 'vm' \
                and not ours.startswith(topology.TREE + os.sep):
            raise LabError('the running lab "%s" was started with the build '
                           'folder %s, not %s: "mip6-lab down" first'
                           % (info['name'], info['builddir'], ours))

    # --- tests ----------------------------------------------------------

    def run_all(self, tests):
        self.check_builddir()
        print('%d tests, results in %s' % (len(tests), self.folder),
              flush=True)
        try:
            for test in tests:
                self.run_test(test)
        except KeyboardInterrupt:
            print('interrupted', flush=True)
            self.failed += 1
        finally:
            self.leave()
        print('%d passed, %d failed' % (self.passed, self.failed),
              flush=True)
        return 0 if self.passed and not self.failed else 1

    def leave(self):
        """Take down what we started; give back what we found."""
        if not self.connection or self.connection.gone:
            return
        if not self.started or self.options['keep']:
            info = self.connection.call('lab-info')
            self.connection.call('build', timeout=120,
                                 topo=topology.load(info['topology']))
        else:
            self.instance.down(self.connection)

    def run_test(self, test):
        start = time.monotonic()
        folder = os.path.join(self.folder, test.name)
        reasons = self.try_test(test, folder)
        seconds = time.monotonic() - start
        if reasons:
            self.failed += 1
            print('FAILED %s (%.1f s): %s' % (
                test.name, seconds, '\n    '.join(reasons)), flush=True)
            print('    see ' + folder, flush=True)
        else:
            self.passed += 1
            print('ok     %s (%.1f s)' % (test.name, seconds), flush=True)

    def try_test(self, test, folder):
        """Reasons for a failure; none if it passed."""
        results.fresh_folder(folder)
        try:
            self.attach(topology.load(
                test.topology or self.options['topology']))
            lab = scenario.Lab(self.connection, self.options['builddir'],
                               folder, self.tell)
        except LabError as e:
            self.built = None
            return [str(e)]
        self.built = None
        reasons = self.under_deadline(test, lab)
        try:
            reasons += self.tidy(lab, reasons)
            if reasons:
                results.save(lab, folder, reasons)
            results.forget(lab)
        except (LabError, OSError, scenario.Failed) as e:
            reasons.append(str(e))
        if not os.listdir(folder):
            os.rmdir(folder)
        return list(dict.fromkeys(reasons))

    def tell(self, text):
        if self.options['verbose']:
            print('         ' + text, flush=True)

    def under_deadline(self, test, lab):
        def on_alarm(_number, _frame):
            raise Hung('not finished after %g s' % test.deadline)
        old = signal.signal(signal.SIGALRM, on_alarm)
        signal.setitimer(signal.ITIMER_REAL, test.deadline)
        try:
            if test.capture:
                lab.capture_all = lab.capture()
            test.function(lab)
            return []
        except Exception as e:
            with open(os.path.join(lab.results, 'traceback.txt'), 'w') as f:
                traceback.print_exc(file=f)
            return [reason_of(e)]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)

    @staticmethod
    def tidy(lab, failed):
        """Stop what runs, judge captures and leftovers."""
        if failed:
            # How things stood when it failed, before anything is stopped.
            try:
                results.dump_nodes(lab, lab.results)
            except LabError:
                pass
        found = lab.end_programs()
        for stream in lab.streams:
            stream.abandon()
        found += lab.end_captures()
        if not failed:
            found += lab.leftovers()
        return found


def select(paths, pattern):
    tests = []
    for path in paths:
        tests += load_scenario(path)    # none in a module that others use
    if not tests:
        raise LabError('no function test_… in ' + ', '.join(paths))
    if pattern:
        tests = [t for t in tests if pattern in t.name]
        if not tests:
            raise LabError('no test has "%s" in its name' % pattern)
    return tests
