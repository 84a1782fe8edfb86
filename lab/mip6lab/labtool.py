# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds labtool, the small C program for use inside nodes: from the build
folder, from the installation, or compiled into the cache on the spot."""

import hashlib
import os
import shutil

from . import kernel, vm
from .errors import LabError


def find(builddir):
    installed = os.path.join(os.path.dirname(os.path.dirname(vm.TREE)),
                             'libexec/mip6d/labtool')
    for path in (os.path.join(builddir, 'lab/labtool') if builddir else None,
                 installed):
        if path and os.access(path, os.X_OK):
            return path
    return compile_it()


def compile_it():
    folder = os.path.join(vm.TREE, 'lab/tools')
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    sources = [os.path.join(folder, n) for n in names if n.endswith('.c')]
    if not sources:
        raise LabError('labtool is not there: build mip6d first (make), and '
                       'say --builddir')
    digest = hashlib.sha256()
    for name in names:
        with open(os.path.join(folder, name), 'rb') as f:
            digest.update(f.read())
    path = os.path.join(kernel.cache_dir(),
                        'labtool-' + digest.hexdigest()[:12])
    if not os.path.exists(path):
        compiler = shutil.which('cc') or shutil.which('gcc')
        if not compiler:
            raise LabError('labtool is not built and there is no C compiler:'
                           ' run tools/deps')
        part = '%s.%d' % (path, os.getpid())
        kernel.run([compiler, '-std=gnu11', '-D_GNU_SOURCE', '-O2', '-o',
                    part] + sources + ['-lm'], 'compiling labtool')
        os.rename(part, path)
    return path
