# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps what explains a failed test: captures, logs, the state of nodes."""

import os
import shutil

from . import frames
from .errors import LabError

# Few processes: starting one is slow in an emulated machine.
DUMP = '''
printf '%s\\n' 'link show' 'addr show' 'route show table all' 'rule show' \\
    'neigh show' 'neigh show proxy' 'xfrm state' | ip -6 -d -batch -
echo '### policies'
ip -s xfrm policy
echo '### queueing disciplines and filters'
tc qdisc show
for dev in $(tc qdisc show | sed -n 's/.*clsact.* dev \\([^ ]*\\).*/\\1/p'); do
    tc -s filter show dev "$dev" ingress
done
echo '### counters'
grep -v '[[:space:]]0$' /proc/net/snmp6 /proc/net/xfrm_stat
exit 0
'''


def fresh_folder(path):
    shutil.rmtree(path, ignore_errors=True)
    try:
        os.makedirs(path)
    except OSError as e:
        raise LabError('cannot create the folder for results %s: %s'
                       % (path, e.strerror))
    return path


def dump_nodes(lab, folder):
    """Start all dumps at once, then collect them. A dump that was made
    nearer to the failure is kept."""
    if any(n.startswith('state-') for n in os.listdir(folder)):
        return
    requests = []
    for name in list(lab.status().get('nodes') or {}):
        request = lab.connection.start_exec(
            name, ['sh', '-c', DUMP], env=lab.environment(
                {'MIP6_LAB_NODE': name}))
        request.send('eof')
        requests.append((name, request))
    for name, request in requests:
        with open(os.path.join(folder, 'state-%s.txt' % name), 'wb') as out:
            collect(request, out)


def collect(request, out):
    while True:
        frame = request.next(60)
        if frame['ev'] == 'exit':
            return
        if frame['ev'] == 'out':
            data = frames.unpack(frame['d'])
            request.passed_on(len(data))
            out.write(data)


def copy_logs(lab, folder):
    """Logs live in the nodes' memory; bring them over."""
    share = os.path.join(lab.info['share'], 'logs')
    shutil.rmtree(share, ignore_errors=True)
    lab.connection.run('lab', ['cp', '-r', '/run/mip6-lab/log', share])
    if os.path.isdir(share):
        shutil.copytree(share, os.path.join(folder, 'log'),
                        dirs_exist_ok=True)
        shutil.rmtree(share, ignore_errors=True)


def save(lab, folder, reasons):
    """Everything into FOLDER; what cannot be had is said in a file."""
    trouble = []
    with open(os.path.join(folder, 'reason.txt'), 'w') as f:
        f.write('\n'.join(reasons) + '\n')
    with open(os.path.join(folder, 'story.txt'), 'w') as f:
        f.write('\n'.join(lab.story) + '\n')
    for made in lab.captures:
        name = '-'.join(made.what) or 'all-links'
        try:
            shutil.copy(made.path, os.path.join(folder, name + '.pcapng'))
        except OSError as e:
            trouble.append('capture %s: %s' % (name, e))
    for stream in lab.streams:
        with open(os.path.join(folder, 'programs.txt'), 'a') as f:
            f.write('### %s: status %s\n%s\n' % (
                stream.what(), stream.status,
                '\n'.join(stream.lines + stream.errors)))
    for step in (dump_nodes, copy_logs):
        try:
            step(lab, folder)
        except (LabError, OSError) as e:
            trouble.append('%s: %s' % (step.__name__, e))
    if trouble:
        with open(os.path.join(folder, 'incomplete.txt'), 'w') as f:
            f.write('\n'.join(trouble) + '\n')


def forget(lab):
    """Free what the test's captures took on the shared folder."""
    for made in lab.captures:
        try:
            os.unlink(made.path)
        except OSError:
            pass
