#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Runs in the guest for bench-vm: a process that opens a session and closes it again, without and with
# an audit trail. Prints a table of medians. There is one processor, so what the audit daemon does until
# the process ends is in it.

set -euo pipefail
here=$(dirname "$0")
dir=/run/bench
RUNS=15

measure() { # SERVICE USER
	local i
	for ((i = 0; i < RUNS; i++)); do
		"$here/opcost" - session "$here/pam_cost" "$dir/pam.d" "$1" "$2" session fresh 1
	done | awk '/^cost/ { print $4 }' | sort -n | sed -n "$((RUNS / 2 + 1))p"
}

row() { # NAME
	local permit free restricted
	permit=$(measure permit alice)
	free=$(measure usernscaps bob)
	restricted=$(measure usernscaps alice)
	printf '%-36s %11d %11d %11d %+11d\n' "$1" "$permit" "$free" "$restricted" $((restricted - free))
}

systemctl stop usernscaps-probe.timer usernscaps-log.service
mkdir -p "$dir/pam.d"
echo 'user "alice" { userns { drop = {net_admin} } }' >"$dir/rules"
echo 'session required pam_permit.so' >"$dir/pam.d/permit"
echo "session required pam_usernscaps.so quiet conf=$dir/rules" >"$dir/pam.d/usernscaps"
measure usernscaps alice >/dev/null

echo
printf '%-36s %11s %11s %11s %11s\n' "open and close, instructions" pam_permit "no rule" restricted more
row "audit disabled"
auditctl -e 1 >/dev/null
row "enabled, no daemon"
auditctl -e 0 >/dev/null
systemctl start auditd
auditctl -e 1 >/dev/null
row "enabled, auditd"
auditctl -e 0 >/dev/null
row "auditd, and switched off"
