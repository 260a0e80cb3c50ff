#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Runs in the guest for bench-vm: of 10,000 restricted processes and as many others, how many of the
# others pay for a look-up of their state? And what the maps take, as the kernel says.

set -euo pipefail
here=$(dirname "$0")
pins=/sys/fs/bpf/usernscaps

systemctl stop usernscaps-probe.timer
echo 60000 >/proc/sys/kernel/threads-max
echo 60000 >/proc/sys/kernel/pid_max
"$here/spread" memory "$pins" slots overflow accounts system
for _ in 1 2 3; do
	"$here/spread" "$here/spread.bpf.o" 10000 10000
	until [[ $(wc -c <"$pins/records") == 0 ]]; do sleep 1; done
done
