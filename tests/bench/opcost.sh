#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Runs in the guest for bench-vm: opcost in each state of the provider, and the opening of a session.
# Prints "cost STATE NAME NANOSECONDS", each many times, for a process differs from the next by some
# tenths of a percent in what its forks cost. A first pass warms up.
#
# Usage: opcost.sh provider   states absent, floor, one floor:PROGRAM for each, loaded, restricted
#        opcost.sh STATE      this one alone: what the kernel was booted with makes it

set -euo pipefail
here=$(dirname "$0")
dir=/run/bench
PASSES=4
RUNS=3 # in each state of each pass, for those that differ
FLOOR=(task_free task_alloc capable userns_create task_prctl)

prepare() {
	# These would try the provider, and write, in the middle of it.
	systemctl stop usernscaps-probe.timer usernscaps-log.service
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

# Some of what detaching leaves behind the kernel does later. Waiting costs nothing: the clock jumps.
settle() {
	sleep 1
}

floor() { # STATE
	"$here/attach" "$here/floor.bpf.o" -- "$here/opcost" "$1"
}

floor_of() { # floor:PROGRAM
	"$here/attach" "$here/floor.bpf.o" "${1#floor:}" -- "$here/opcost" "$1" exact
}

floors() {
	local program
	run floor floor
	for program in "${FLOOR[@]}"; do
		RUNS=1 run "floor:$program" floor_of
	done
	settle
}

pass_provider() {
	usernscapsctl unload --force >/dev/null
	settle
	run absent "$here/opcost"
	run absent sessions
	floors
	usernscapsctl load >/dev/null
	run loaded "$here/opcost"
	run loaded sessions
	run restricted usernscapsctl run --userns=all,-net_admin,-setpcap -- "$here/opcost"
}

pass() { # provider, or STATE
	if [[ $1 == provider ]]; then
		pass_provider
	else
		settle
		run "$1" "$here/opcost"
	fi
}

prepare
echo "kernel $(uname -rv)"
echo "cmdline $(cat /proc/cmdline)"
echo "modules $(cat /sys/kernel/security/lsm)"
RUNS=1 pass "$1" >/dev/null
for ((i = 0; i < PASSES; i++)); do
	pass "$1"
done
