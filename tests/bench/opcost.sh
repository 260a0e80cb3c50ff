#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Runs in the guest for bench-vm: opcost in each state of the provider, and the opening of a session.
# Prints "cost STATE NAME NANOSECONDS", each many times, for a process differs from the next by some
# tenths of a percent in what its forks cost. A first pass warms up.

set -euo pipefail
here=$(dirname "$0")
dir=/run/bench
PASSES=3
RUNS=7 # in each state of each pass

prepare() {
	mkdir -p "$dir/pam.d"
	echo 'user "alice" { userns { drop = {net_admin} } }' >"$dir/rules"
	echo 'session required pam_deny.so' >"$dir/pam.d/other"
	echo 'session required pam_permit.so' >"$dir/pam.d/permit"
	# quiet: writing the log is the log daemon's cost, too.
	echo "session required pam_usernscaps.so quiet conf=$dir/rules" >"$dir/pam.d/usernscaps"
}

session() { # STATE NAME SERVICE USER
	"$here/opcost" "$1" "$2" "$here/pam_cost" "$dir/pam.d" "$3" "$4" open fresh 1 | grep '^cost'
}

sessions() { # STATE
	session "$1" session-permit permit alice
	session "$1" session-no-rule usernscaps bob
	session "$1" session-restricted usernscaps alice
}

run() { # STATE COMMAND-THAT-RUNS-OPCOST...
	local i
	for ((i = 0; i < RUNS; i++)); do
		"${@:2}" "$1"
	done
}

pass() {
	usernscapsctl unload --force >/dev/null
	run absent "$here/opcost"
	run absent sessions
	usernscapsctl load >/dev/null
	run loaded "$here/opcost"
	run loaded sessions
	run restricted usernscapsctl run --userns=all,-net_admin -- "$here/opcost"
}

prepare
echo "kernel $(uname -rv)"
echo "cmdline $(cat /proc/cmdline)"
echo "clock $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
RUNS=2 pass >/dev/null
for ((i = 0; i < PASSES; i++)); do
	pass
done
