#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# 300 threads have the programs tell messages apart, preempt each other in them, and not one message
# of a denied part gets through. Argument: for how many seconds (10).

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
seconds=${1:-10}

race() { # SET SECONDS
	usernscapsctl run --userns="$1" -- runuser -u bob -- unshare -Urn /opt/tests/parts_race "$2" 300
}

# What the kernel says of itself, in case it doesn't know the word.
mount -t debugfs none /sys/kernel/debug 2>/dev/null
echo "# $(uname -r), preemption: $(cat /sys/kernel/debug/sched/preempt 2>&1)"
race all 3 >/run/race
echo "# control: $(cat /run/race)"
like "links: allowed=[1-9]* denied=0 qdiscs: denied=0 allowed=[1-9]*" "control: all are allowed" cat /run/race
race none,+sys_admin,+net_admin:link "$seconds" >/run/race
echo "# $seconds s: $(cat /run/race)"
like "links: allowed=[1-9]* denied=* qdiscs: denied=[1-9]* allowed=0" "no message of a denied part gets through" \
	cat /run/race
finish
