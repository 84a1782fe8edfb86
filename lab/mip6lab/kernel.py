# SPDX-License-Identifier: GPL-2.0-or-later
"""Gets a stock Debian kernel into a cache, without installing it, and packs
the small initramfs that the lab's virtual machine starts from."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time

from .errors import LabError

# To get at the host's root.
EARLY = ('virtio_pci', 'virtio_console', '9pnet_virtio', '9p', 'overlay',
         'virtio_rng')
# What nodes, links and the daemon need.
LATE = ('ip6_tunnel', 'esp6', 'xfrm_user', 'xfrm6_tunnel', 'veth', 'bridge',
        'sch_netem', 'sch_ingress', 'cls_flower', 'cls_bpf', 'cls_matchall',
        'act_mirred', 'act_skbedit', 'act_gact', 'af_packet', 'nf_tables',
        'authenc', 'echainiv', 'seqiv', 'cbc', 'hmac', 'sha256_generic',
        'sha1_generic', 'gcm', 'ctr', 'crypto_null', 'tun', 'dummy')
OPTIONAL = {'af_packet', 'xfrm6_tunnel', 'authenc', 'echainiv', 'seqiv',
            'cbc', 'hmac', 'sha256_generic', 'sha1_generic', 'gcm', 'ctr',
            'crypto_null', 'tun', 'dummy', 'virtio_rng', 'nf_tables',
            'cls_matchall', 'act_skbedit'}
# What changes here makes a new initramfs.
FORMAT = 3


def cache_dir():
    base = os.environ.get('XDG_CACHE_HOME') \
        or os.path.join(os.path.expanduser('~'), '.cache')
    path = os.path.join(base, 'mip6-lab')
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as e:
        raise LabError('cannot create the cache folder %s: %s; set '
                       'XDG_CACHE_HOME to a folder that can be written'
                       % (path, e.strerror))
    return path


@contextlib.contextmanager
def locked(path, say):
    with open(path, 'w') as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say('waiting for another lab that prepares the kernel')
            fcntl.flock(f, fcntl.LOCK_EX)
        yield


def run(argv, what, cwd=None, data=None):
    try:
        done = subprocess.run(argv, cwd=cwd, input=data,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    except FileNotFoundError:
        raise LabError('%s needs the program "%s": run tools/deps'
                       % (what, argv[0]))
    if done.returncode:
        raise LabError('%s failed: %s\n%s' % (
            what, ' '.join(argv),
            (done.stderr or done.stdout).decode(errors='replace').strip()))
    return done.stdout


def wanted_package():
    """linux-image-amd64 depends on the newest linux-image-VERSION; None if
    apt does not know it."""
    text = run(['apt-cache', 'depends', 'linux-image-amd64'],
               'looking for a kernel').decode()
    found = re.search(r'Depends: (linux-image-\d\S*)', text)
    return found.group(1) if found else None


def cached_package(cache):
    """The newest one that was fetched before, or None."""
    found = [n for n in os.listdir(cache)
             if os.path.isfile(os.path.join(cache, n, 'complete'))]
    return max(found, key=lambda n: [
        int(d) for d in re.findall(r'\d+', n)]) if found else None


def refresh_lists(say):
    if os.geteuid() == 0:
        say('apt-get update')
        run(['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=600', 'update'],
            'looking for a kernel')


class Kernel:
    """An unpacked kernel: a folder with boot/ and lib/modules/VERSION."""

    def __init__(self, root):
        self.root = root
        boot = os.path.join(root, 'boot')
        names = [n for n in os.listdir(boot) if n.startswith('vmlinuz-')] \
            if os.path.isdir(boot) else []
        if not names:
            raise LabError('no boot/vmlinuz-* in %s' % root)
        self.version = sorted(names)[-1][len('vmlinuz-'):]
        self.image = os.path.join(boot, 'vmlinuz-' + self.version)
        self.modules = os.path.join(root, 'lib/modules', self.version)
        if not os.path.isdir(self.modules):
            self.modules = os.path.join(root, 'usr/lib/modules',
                                        self.version)
        if not os.path.isdir(self.modules):
            raise LabError('no lib/modules/%s in %s' % (self.version, root))

    def depends(self, module):
        """Files in load order; [] for what is built in or not there."""
        done = subprocess.run(
            ['modprobe', '-d', os.path.dirname(os.path.dirname(
                os.path.dirname(self.modules))), '-S', self.version,
             '--show-depends', module],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=dict(os.environ, MODPROBE_OPTIONS='',
                     PATH=os.environ.get('PATH', '') + ':/sbin:/usr/sbin'))
        if done.returncode:
            if module in OPTIONAL:
                return []
            raise LabError('kernel %s has no module %s: %s'
                           % (self.version, module, done.stderr.strip()))
        return [line.split()[1]
                for line in done.stdout.splitlines()
                if line.startswith('insmod ')]


def get_kernel(say):
    """The kernel to boot; fetched and unpacked when it is not there."""
    own = os.environ.get('MIP6_LAB_KERNEL')
    if own:
        return Kernel(own)
    cache = cache_dir()
    if not shutil.which('apt-get'):
        package = cached_package(cache)
        if package:
            return Kernel(os.path.join(cache, package))
        raise LabError('the lab fetches its kernel by apt-get, which is not '
                       'here: unpack a kernel package and set '
                       'MIP6_LAB_KERNEL to that folder')
    with locked(os.path.join(cache, 'lock'), say):
        package = wanted_package() or cached_package(cache)
        if not package:
            refresh_lists(say)
            package = wanted_package()
        if not package:
            raise LabError('apt knows no package linux-image-amd64: run '
                           '"apt-get update" as root, or set '
                           'MIP6_LAB_KERNEL to an unpacked kernel package')
        root = os.path.join(cache, package)
        if not os.path.isfile(os.path.join(root, 'complete')):
            try:
                fetch(package, root, say)
            except LabError as e:
                say('it failed: ' + str(e).splitlines()[0])
                refresh_lists(say)
                package = wanted_package() or package
                root = os.path.join(cache, package)
                fetch(package, root, say)
    return Kernel(root)


def fetch(package, root, say):
    say('fetching %s (70 MB, once)' % package)
    part = root + '.part'
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    run(['apt-get', 'download', package], 'fetching the kernel', cwd=part)
    debs = [n for n in os.listdir(part) if n.endswith('.deb')]
    if len(debs) != 1:
        raise LabError('apt-get download %s brought no package' % package)
    say('unpacking it')
    deb = os.path.join(part, debs[0])
    run(['dpkg', '-x', deb, part], 'unpacking the kernel')
    os.unlink(deb)
    run(['env', 'PATH=/usr/sbin:/sbin:/usr/bin:/bin', 'depmod', '-b', part,
         package[len('linux-image-'):]], 'indexing the modules')
    with open(os.path.join(part, 'complete'), 'w') as f:
        f.write('yes\n')
    shutil.rmtree(root, ignore_errors=True)
    os.rename(part, root)


def initramfs(kernel, say):
    """Path of the initramfs for this kernel, packed when needed."""
    cache = cache_dir()
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, 'init.sh'), 'rb') as f:
        init = f.read()
    key = hashlib.sha256(b'%d %s %s %s' % (
        FORMAT, kernel.image.encode(), repr((EARLY, LATE)).encode(),
        init)).hexdigest()[:12]
    path = os.path.join(cache, 'initramfs-%s-%s' % (kernel.version, key))
    with locked(os.path.join(cache, 'lock'), say):
        if not os.path.isfile(path):
            say('packing the initramfs')
            forget_old(cache)
            pack(kernel, init, path)
    return path


def forget_old(cache):
    """Those of other versions; a lab that is starting may still want one
    that is young."""
    for name in os.listdir(cache):
        path = os.path.join(cache, name)
        if name.startswith('initramfs-') and os.path.isfile(path) \
                and time.time() - os.path.getmtime(path) > 3600:
            os.unlink(path)


def module_order(kernel, names, done):
    files = []
    for name in names:
        for path in kernel.depends(name):
            if path not in done:
                done.add(path)
                files.append(path)
    return files


def pack(kernel, init, path):
    busybox = shutil.which('busybox')
    if not busybox:
        raise LabError('the lab needs busybox-static: run tools/deps')
    work = path + '.d'
    shutil.rmtree(work, ignore_errors=True)
    for name in ('bin', 'proc', 'sys', 'dev', 'lower', 'upper', 'new',
                 'modules'):
        os.makedirs(os.path.join(work, name))
    shutil.copy(busybox, os.path.join(work, 'bin/busybox'))
    os.symlink('busybox', os.path.join(work, 'bin/sh'))
    with open(os.path.join(work, 'init'), 'wb') as f:
        f.write(init)
    os.chmod(os.path.join(work, 'init'), 0o755)
    done = set()
    for when, names in (('early', EARLY), ('late', LATE)):
        files = module_order(kernel, names, done)
        with open(os.path.join(work, 'modules', when), 'w') as f:
            for file in files:
                f.write(copy_module(file, os.path.join(work, 'modules'))
                        + '\n')
    write_archive(work, path)
    shutil.rmtree(work)


def copy_module(path, folder):
    """Its name in the archive. Newer kernels compress their modules, which
    busybox cannot load."""
    name = os.path.basename(path)
    for suffix, tool in (('.zst', 'zstd'), ('.xz', 'xz'), ('.gz', 'gzip')):
        if name.endswith(suffix):
            name = name[:-len(suffix)]
            data = run([tool, '-dc', path], 'unpacking a module')
            with open(os.path.join(folder, name), 'wb') as f:
                f.write(data)
            return name
    shutil.copy(path, folder)
    return name


def write_archive(work, path):
    names = []
    for base, dirs, files in os.walk(work):
        for name in sorted(dirs) + sorted(files):
            names.append(os.path.relpath(os.path.join(base, name), work))
    data = run(['cpio', '--quiet', '-o', '-H', 'newc', '-R', '0:0'],
               'packing the initramfs', cwd=work,
               data='\n'.join(sorted(names)).encode())
    with open(path + '.part', 'wb') as f:
        f.write(data)
    os.rename(path + '.part', path)


