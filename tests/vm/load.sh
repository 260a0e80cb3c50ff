#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# variants: next
#
# Everything at the same time: restricted processes that come and go, threads that are denied
# something all the time, forks, and reloads to another version and back. Afterwards the kernel has
# nothing to complain about. Argument: for how many seconds (40).

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
seconds=${1:-40}
pins=/sys/fs/bpf/usernscaps
cpus=$(nproc)
no_net_admin=ffffffffffffefff # without bit 12
complaint='BUG|WARNING|lockdep|possible recursive locking|inconsistent lock state|suspicious RCU'
complaint+='|rcu.*(stall|self-detected|kthread starved)|soft lockup|hard LOCKUP|blocked for more than'
complaint+='|scheduling while atomic|sleeping function called|hung task|general protection|Call Trace'

pins_count() { find $pins -maxdepth 1 -type f | wc -l; }
restricted() { $probe --keep $no_net_admin --uid 1000 "$@"; }

# What the kernel complained about since boot. The journal has what its ring no longer holds.
complaints() {
	journalctl --sync
	{ dmesg; journalctl -k -b -o cat -q; } | grep -E "$complaint"
}

reloads() {
	local end=$((SECONDS + seconds)) count=0
	while ((SECONDS < end)); do
		/opt/tests/usernscapsctl-next reload || echo "next: status $?"
		usernscapsctl reload || echo "this: status $?"
		count=$((count + 2))
	done
	echo "$count reloads"
}

echo "# $(uname -r), $cpus processors, $(cat /proc/cmdline), lockdep: $([[ -e /proc/lockdep ]] && echo yes || echo no)"
is "" "nothing to complain about at first" complaints
before=$(pins_count)
nice timeout --foreground --preserve-status -s TERM "$seconds" /opt/tests/churn $((2 * cpus)) >/run/churn &
nice "$probe" --keep $no_net_admin --uid 1000 hammer 8 "$seconds" >/run/hammer &
end=$((SECONDS + seconds))
while ((SECONDS < end)); do restricted storm 4 50; done >/run/storm &
reloads >/run/reloads 2>&1
wait
echo "# $(cat /run/churn)"
echo "# $(cat /run/hammer)"
echo "# $(cat /run/reloads)"
like "rounds=[1-9]* failed=0 killed=0 allowed=0 lost=0 unrestricted=0 silent=0 refused=0 errors=0" \
	"churn" cat /run/churn
like "attempts=[1-9]* allowed=0" "hammer" cat /run/hammer
is "forks=200 failed=0 unrestricted=0" "storms" sort -u /run/storm
like "[1-9]* reloads" "reloads" cat /run/reloads
is denied "afterwards: restricted" restricted lo
is allowed "afterwards: unrestricted" $probe --uid 1000 lo
is "$before" "afterwards: pins" pins_count
is "" "the kernel has nothing to complain about" complaints

for words in "rcu: INFO: rcu_preempt self-detected stall on CPU" \
	"INFO: task x:1 blocked for more than 120 seconds." "BUG: scheduling while atomic: x/1" \
	"watchdog: BUG: soft lockup - CPU#0 stuck for 22s!" "WARNING: possible recursive locking detected"; do
	echo "<4>$words" >/dev/kmsg
	like "*$words*" "control: it would have been seen" complaints
done
finish
