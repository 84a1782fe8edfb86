#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Process 1 of the lab's virtual machine once the root is in place: runs the
# agent, collects orphans, and switches off when the agent ends.
#
# No set -e: process 1 must not end before the machine is off.

. /run/mip6-lab/lab.conf
for port in /sys/class/virtio-ports/*; do
	read -r name <"$port/name" && [ "$name" = mip6-lab ] && break
done
/usr/bin/python3 -S -E -B "$LAB_AGENT" port "/dev/${port##*/}"
echo "mip6-lab: the agent ended with status $?"
sleep 0.2
echo o >/proc/sysrq-trigger
sleep 10
