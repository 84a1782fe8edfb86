#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# First program of the lab's virtual machine: makes a writable view of the
# host's root and starts the agent in it. Reads /lab.conf, which mip6-lab
# appends to the initramfs.
#
# No set -e: process 1 must not end; what matters is checked where it happens.

b=/bin/busybox

off() {
	echo "mip6-lab: $*" >/dev/console
	$b sleep 0.2
	echo o >/proc/sysrq-trigger
	$b sleep 10
}

load() {
	while read -r file; do
		$b insmod "/modules/$file" || echo "mip6-lab: insmod $file failed"
	done <"/modules/$1"
}

$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs dev /dev
. /lab.conf

if [ "$LAB_MODE" = probe ]; then
	load early
	off "probe reached user space"
fi

load early
opts=trans=virtio,version=9p2000.L,msize=512000
$b mount -t 9p -o $opts,cache=loose,ro rootfs /lower ||
	off "cannot mount the host's root"
$b mount -t tmpfs -o size=75% upper /upper
$b mkdir /upper/up /upper/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/upper/up,workdir=/upper/work \
	overlay /new || off "cannot make the writable view of the root"

$b mount -t proc proc /new/proc
$b mount -t sysfs sysfs /new/sys
$b mount -t devtmpfs dev /new/dev
$b mkdir -p /new/dev/pts /new/dev/shm
$b mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /new/dev/pts
$b mount -t tmpfs -o mode=1777 shm /new/dev/shm
$b mount -t tmpfs -o mode=755 run /new/run
$b mkdir -p /new/run/netns /new/run/lock /new/run/mip6-lab

# $1: tag, $2: where, $3: options
share() {
	$b mkdir -p "/new$2"
	$b mount -t 9p -o "$opts,$3" "$1" "/new$2" || off "cannot mount $2"
}
share share "$LAB_SHARE" cache=none
[ -z "$LAB_TREE" ] || share tree "$LAB_TREE" cache=none,ro
[ -z "$LAB_BUILD" ] || share build "$LAB_BUILD" cache=none,ro
share modules "/lib/modules/$LAB_VERSION" cache=loose,ro

load late
$b sysctl -q -w kernel.printk="4 4 1 4" net.core.wmem_max=8388608 \
	net.core.rmem_max=8388608 kernel.hostname=lab
$b ip link set lo up

$b umount /sys
$b cp /lab.conf /new/run/mip6-lab/lab.conf
# A real change of root: namespaces of nodes start from the mount below "/".
exec $b switch_root /new /bin/sh "$LAB_TREE/lab/mip6lab/stage2.sh"
