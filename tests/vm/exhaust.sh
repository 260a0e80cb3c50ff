#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# variants: crowded
#
# No room and no memory for the state of one more task: forks of restricted tasks fail, none yields
# a child without a restriction, nobody else notices, and afterwards all is as before. The programs have
# so few slots here that nearly all states are in the overflow.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
churn=/opt/tests/churn
crowded=/opt/tests/usernscapsctl-crowded
cgroups=/sys/fs/cgroup
no_net_admin=ffffffffffffefff # without bit 12
harmless_but_killed="killed=* allowed=0 lost=0 unrestricted=0 silent=0 refused=0 errors=0"
harmless=${harmless_but_killed/\*/0}

unrestricted() { $probe --uid 1001 "$@"; }
restricted() { $probe --keep "$no_net_admin" --uid 1000 "$@"; }

# A restricted process and its children stay until drain; what it says is in $said.
fill() { # CHILDREN
	start $probe --keep "$no_net_admin" exec $churn fill "$1" # root's count for nobody
}

drain() {
	stop
	until_entries 0 >/dev/null
}

# Restricted processes for a while, and what became of them.
churn_for() { # SECONDS OPTION...
	local seconds=$1
	shift
	timeout --foreground --preserve-status -s TERM "$seconds" $churn "$@"
}

# In a cgroup, run a command.
within() { # NAME COMMAND...
	mkdir -p "$cgroups/$1"
	# shellcheck disable=SC2016 # for the inner shell
	bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$cgroups/$1" "${@:2}"
}

limit() { # NAME BYTES|max
	echo "$2" >"$cgroups/$1/memory.max"
}

# Refused, or the connection breaks when sshd can't fork.
cannot="*status 25[45]"

# starved WHY ALICE: while there is not enough for more restricted tasks.
starved() {
	local result
	is "forks=400 failed=0 unrestricted=400" "$1: unrestricted forks" unrestricted storm 4 100
	is allowed "$1: bob can log in" as bob "$probe lo"
	like "$2" "$1: alice" as alice "$probe lo"
	result=$(churn_for 5 8)
	echo "# $1: $result"
	like "rounds=* failed=[1-9]* $harmless" "$1: forks fail, and nobody got more than they had" \
		echo "$result"
}

# satisfied WHEN: and afterwards.
satisfied() {
	local result
	is 0 "$1: nobody is restricted" until_entries 0
	result=$(churn_for 5 8)
	echo "# $1: $result"
	like "rounds=[1-9]* failed=0 $harmless" "$1: no fork fails" echo "$result"
	is "children=1000 unrestricted=0" "$1: many children" restricted crowd 1000
	is denied "$1: alice can log in, restricted" as alice "$probe lo"
}

rules <<-END
	user "alice" { userns { drop = {net_admin} } }
END
keep_managers bob
echo +memory >$cgroups/cgroup.subtree_control
is allowed "control: the provider" $probe version
satisfied "at first"

# --- an overflow without room, as on a machine with next to no memory ---
loginctl terminate-user alice
until_entries 0 >/dev/null
usernscapsctl unload --force >/dev/null
echo "MemTotal: 100 kB" >/run/meminfo
mount --bind /run/meminfo /proc/meminfo
$crowded load
umount /proc/meminfo
room=$((16 + 1024))
like "* restricted tasks *0 of $room, $((room / 4)) for each user?*" "status" $crowded status
fill $((room + 500))
is "children=$((room - 1)) failed=501 unrestricted=0 error=Cannot allocate memory" \
	"full: as many restricted children as there is room for" echo "$said"
is $room "full: entries" entries
like "*userns sets can't be lowered any more: there is no room*" "full: probe" $crowded probe
like "* FULL: there is no room*" "full: status" $crowded status
like "*error: there is no room for one more restricted process*are refused*" "full: doctor" $crowded doctor
like "*can't restrict: Cannot allocate memory" "full: nobody else can be restricted" \
	restricted version
starved "full" "$cannot"
drain
fill $((room - 10))
like "children=$((room - 10)) failed=0 *error=none" "all but full" echo "$said"
result=$(churn_for 5 8)
echo "# all but full: $result"
like "rounds=[1-9]* failed=[1-9]* $harmless" "all but full: some forks fail" echo "$result"
drain
loginctl terminate-user alice
is 0 "drained" until_entries 0
$crowded unload --force >/dev/null

# --- no memory in the cgroup that the loader was in, to which the map belongs ---
within loader $crowded load
fill 1000
like "children=1000 failed=0 unrestricted=0 error=none" "control: without a limit" echo "$said"
drain
limit loader 0
fill 3000
like "children=* failed=[1-9]* unrestricted=0 error=Cannot allocate memory" "no memory: restricted children" \
	echo "$said"
# The kernel may have a few elements left that others have freed: restricted then, and no more.
starved "no memory" "@(denied|$cannot)"
drain
limit loader max
churn_for 1 8 >/dev/null # the kernel takes memory for elements once one could not be had
satisfied "memory again"
loginctl terminate-user alice
until_entries 0 >/dev/null
$crowded unload --force >/dev/null

# --- as a service it is in no cgroup that anybody limits ---
systemctl restart usernscaps.service
is allowed "the service has loaded" $probe version
is -.slice "its slice" systemctl show -P Slice usernscaps.service

# --- no memory in the restricted tasks' own cgroup ---
mkdir -p $cgroups/tasks
result=$(churn_for 5 --cgroup $cgroups/tasks 8)
echo "# own cgroup, without a limit: $result"
like "rounds=[1-9]* failed=0 $harmless" "control: own cgroup without a limit" echo "$result"
limit tasks 1500K
result=$(churn_for 10 --cgroup $cgroups/tasks 8)
echo "# own cgroup, limited: $result"
like "rounds=* failed=* $harmless_but_killed" "own cgroup limited: nobody got more than they had" \
	echo "$result"
is "" "control: it was not enough" grep -E "^(max|oom_kill) 0" $cgroups/tasks/memory.events
limit tasks max
satisfied "without the limit"
finish
