#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# 32 threads on one CPU call a denied ioctl all the time, while others of the session fork on the
# same CPU and elsewhere: not one call gets through, no child is born without the restriction, and no
# state is left behind afterwards. Argument: for how many seconds (20).

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
seconds=${1:-20}

rules <<-END
	user "alice" { userns { drop = {net_admin} } }
END

# storms CPUS SECONDS: in a login; adds up what all of them say.
storms() {
	echo "end=\$((SECONDS + $2)); while ((SECONDS < end)); do taskset -c $1 $probe storm 4 50; done |
		tr '=' ' ' | awk '{ forks += \$2; failed += \$4; unrestricted += \$6 }
			END { print \"forks=\" forks, \"failed=\" failed, \"unrestricted=\" unrestricted }'"
}

# both USER SECONDS: hammer and storms at the same time.
both() {
	as "$1" "$(storms 0 "$2")" >/run/storm0 & storm0=$!
	as "$1" "$(storms 0-1 "$2")" >/run/storm & storm=$!
	as "$1" "$probe hammer 32 $2" >/run/hammer
	wait $storm0 $storm
	echo "# $1, $2 s: $(cat /run/hammer); same CPU: $(cat /run/storm0); elsewhere: $(cat /run/storm)"
}

echo "# $(uname -r), $(cat /proc/cmdline)"
# What the kernel says of itself, in case it doesn't know the word.
mount -t debugfs none /sys/kernel/debug 2>/dev/null
echo "# preemption: $(cat /sys/kernel/debug/sched/preempt 2>&1)"
both bob 3
like "attempts=* allowed=[1-9]*" "control: bob is let through" cat /run/hammer
like "forks=[1-9]* failed=0 unrestricted=[1-9]*" "control: bob's children are unrestricted" \
	cat /run/storm
both alice "$seconds"
like "attempts=[1-9]* allowed=0" "alice is not" cat /run/hammer
like "forks=[1-9]* failed=0 unrestricted=0" "nor is a child, on that CPU" cat /run/storm0
like "forks=[1-9]* failed=0 unrestricted=0" "nor is a child, elsewhere" cat /run/storm

# Her login and her user manager end; then nothing may be left.
loginctl terminate-user alice
is 0 "no state is left" until_entries 0
finish
