#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Runs in the guest for bench-vm: what parts of net_admin cost those who have them and those who
# don't, in operations of the network inside a namespace. Prints a table of medians.

set -euo pipefail
here=$(dirname "$0")
RUNS=5

# The median of each operation, in their order.
measure() { # COMMAND-THAT-RUNS-OPCOST...
	local i
	for ((i = 0; i < RUNS; i++)); do
		"$@" - network
	done | awk '/^cost/ { print $3, $4 }' | sort -s -k 1,1 -k 2,2n |
		awk -v middle=$((RUNS / 2 + 1)) '$1 != name { name = $1; count = 0 } ++count == middle'
}

opcost=$here/opcost
systemctl stop usernscaps-probe.timer usernscaps-log.service
usernscapsctl unload --force >/dev/null
measure "$opcost" >/dev/null
measure "$opcost" >/run/absent
measure "$here/attach" "$here/floor.bpf.o" -- "$opcost" >/run/floor
sleep 1
usernscapsctl load >/dev/null
measure "$opcost" >/run/loaded
measure usernscapsctl run --userns=all,-sys_chroot,-setpcap -- "$opcost" >/run/restricted
measure usernscapsctl run --userns=all,-sys_chroot,-setpcap,-net_admin:tc -- "$opcost" >/run/part

echo
printf '%-20s %11s %11s %11s %11s %11s\n' "instructions" absent floor loaded restricted "and a part"
for state in absent floor loaded restricted part; do
	sed "s/$/ $state/" "/run/$state"
done | awk '{ cost[$1, $3] = $2; names[$1] }
	END { for (name in names) printf "%-20s %11d %11d %11d %11d %11d\n", name, cost[name, "absent"],
		cost[name, "floor"], cost[name, "loaded"], cost[name, "restricted"], cost[name, "part"] }' | sort
