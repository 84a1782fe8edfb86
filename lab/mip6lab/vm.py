# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual machine: the QEMU command, and whether KVM is of any use."""

import os
import shutil
import shlex
import subprocess

from . import kernel as kernels, topology
from .errors import LabError

PROBE_SECONDS = 15
MARKER = b'mip6-lab: probe reached user space'
TREE = topology.TREE


def qemu():
    path = shutil.which('qemu-system-x86_64')
    if not path:
        raise LabError('the lab needs qemu-system-x86: run tools/deps')
    return path


def cpio_file(name, data):
    """A newc archive of one file; the kernel unpacks several in a row."""
    def entry(name, mode, data):
        head = '070701' + ''.join('%08X' % n for n in (
            1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0))
        out = head.encode() + name.encode() + b'\0'
        out += bytes(-len(out) % 4)
        return out + data + bytes(-len(data) % 4)
    return entry(name, 0o100644, data) + entry('TRAILER!!!', 0, b'')


def write_initrd(base, path, settings):
    conf = ''.join('%s=%s\n' % (k, shlex.quote(v))
                   for k, v in settings.items())
    with open(path, 'wb') as out:
        with open(base, 'rb') as f:
            data = f.read()
        out.write(data + bytes(-len(data) % 512))
        out.write(cpio_file('lab.conf', conf.encode()))


def accelerator(name):
    if name == 'kvm':
        return ['-accel', 'kvm', '-cpu', 'host']
    return ['-accel', 'tcg,thread=multi', '-cpu', 'max']


def base_command(kernel, initrd, accel):
    return [qemu(), '-name', 'mip6-lab', '-nodefaults', '-no-user-config',
            '-no-reboot', '-display', 'none', '-kernel', kernel.image,
            '-initrd', initrd, '-append',
            'console=ttyS0 quiet panic=-1 mitigations=off '
            'random.trust_cpu=on'] + accelerator(accel)


def probe_kvm(kernel, base, say):
    """True only if a guest really reached user space; remembered until
    the next start of this machine."""
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        return False
    with open('/proc/sys/kernel/random/boot_id') as f:
        boot = f.read().strip()
    memo = os.path.join(kernels.cache_dir(), 'kvm-%s-%s'
                        % (kernel.version, boot))
    with kernels.locked(os.path.join(kernels.cache_dir(), 'kvm.lock'), say):
        if os.path.exists(memo):
            with open(memo) as f:
                return f.read().strip() == 'yes'
        say('trying KVM (at most %d s, once)' % PROBE_SECONDS)
        works = try_kvm(kernel, base)
        forget_memos()
        with open(memo, 'w') as f:
            f.write('yes\n' if works else 'no\n')
    say('KVM %s' % ('works' if works else 'does not work here'))
    return works


def forget_memos():
    folder = kernels.cache_dir()
    for name in os.listdir(folder):
        if name.startswith('kvm-'):
            os.unlink(os.path.join(folder, name))


def try_kvm(kernel, base):
    initrd = os.path.join(kernels.cache_dir(), 'probe-%d' % os.getpid())
    write_initrd(base, initrd, {'LAB_MODE': 'probe'})
    command = base_command(kernel, initrd, 'kvm') + [
        '-m', '512', '-smp', '1', '-serial', 'stdio']
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              timeout=PROBE_SECONDS)
        return MARKER in done.stdout
    except subprocess.TimeoutExpired:
        return False
    finally:
        os.unlink(initrd)


class Machine:
    """What one instance boots."""

    def __init__(self, folder, share, build, options, say):
        self.folder = folder
        self.kernel = kernels.get_kernel(say)
        base = kernels.initramfs(self.kernel, say)
        accel = options.get('accel')
        if not accel:
            accel = 'kvm' if probe_kvm(self.kernel, base, say) else 'tcg'
        self.accel = accel
        self.initrd = os.path.join(folder, 'initrd')
        self.console = os.path.join(folder, 'console.log')
        self.socket = os.path.join(folder, 'agent.sock')
        self.shares = [('share', share, False), ('tree', TREE, True),
                       ('modules', self.kernel.modules, True)]
        settings = {
            'LAB_MODE': 'lab', 'LAB_SHARE': share, 'LAB_TREE': TREE,
            'LAB_BUILD': '', 'LAB_VERSION': self.kernel.version,
            'LAB_AGENT': os.path.join(TREE, 'lab/mip6lab/agent.py')}
        if build and not (build + '/').startswith(TREE + '/'):
            settings['LAB_BUILD'] = build
            self.shares.append(('build', build, True))
        write_initrd(base, self.initrd, settings)
        self.options = options

    def command(self):
        out = base_command(self.kernel, self.initrd, self.accel)
        out += ['-m', str(self.options.get('memory', 2048)),
                '-smp', str(self.options.get('cpus', 2)),
                '-serial', 'file:' + self.console,
                '-device', 'virtio-rng-pci',
                '-device', 'virtio-serial-pci',
                '-chardev', 'socket,id=agent,server=on,wait=off,path='
                + self.socket.replace(',', ',,'),
                '-device', 'virtserialport,chardev=agent,name=mip6-lab']
        for tag, path, readonly in [('rootfs', '/', True)] + self.shares:
            out += ['-virtfs', 'local,path=%s,mount_tag=%s,security_model='
                    'none,multidevs=remap%s'
                    % (path.replace(',', ',,'), tag,
                       ',readonly=on' if readonly else '')]
        return out
