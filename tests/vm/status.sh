#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# What status lists, and which daemons it points out; that probe notices what stops enforcement, and
# its timer is there.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
ctl=usernscapsctl
pins=/sys/fs/bpf/usernscaps
no_net_admin=ffffffffffffefff # without bit 12

rules <<-END
	group "restricted" { userns { drop = {net_admin} } }
END

# ---- asking ----

# The row of a process or "PID/TID", without its number and its session: USER COMMAND DEPTH USERNS FLAGS.
row() {
	"$ctl" status | awk -v id="$1" '$1 == id { print $2, $3, $4, $7, $8 }'
}

rows_of_user() {
	"$ctl" status | awk -v user="$1" 'listed && $2 == user { n++ } $1 == "PID" { listed = 1 }
		END { print n + 0 }'
}

rows_of_process() {
	"$ctl" status | awk -v id="$1" '$1 == id || index($1, id "/") == 1 { n++ } END { print n + 0 }'
}

warnings() {
	"$ctl" status | sed -n 's/^WARNING: \([^ ]* (pid [0-9]*)\).*/\1/p'
}

# json EXPRESSION [ARGUMENT]...: of "s", what status --json prints.
json() {
	local expression=$1
	shift
	"$ctl" status --json "$@" | python3 -c "import json, sys
s = json.load(sys.stdin)
print($expression)"
}

exit_status() {
	"$@" >/dev/null 2>&1
	echo $?
}

# wait_for COMMAND...: until it succeeds; forever, where it doesn't.
wait_for() {
	until "$@" >/dev/null 2>&1; do sleep 0.2; done
}

in_namespace() { # PID
	[[ $(readlink "/proc/$1/ns/user") != "$(readlink /proc/self/ns/user)" ]]
}

listens() { # PORT
	[[ $(ss -Hltn "sport = :$1") ]]
}

# Children of a probe count until the kernel has freed them.
until_nobody_counts() {
	local tries
	for ((tries = 0; tries < 300; tries++)); do
		[[ $("$probe" entries /sys/fs/bpf/usernscaps) != 0 ]] || return 0
		sleep 0.1
	done
}

# ---- the provider ----

is active "the timer, at boot" echo "$probe_timer"
is enabled "the timer" systemctl is-enabled usernscaps-probe.timer
is 0 "its unit" exit_status systemctl start usernscaps-probe.service
until_nobody_counts
like "provider bpf?  proven: *version *[0-9].[0-9]*system mask *all*restricted tasks *0 of *recursion_misses *0*\
ftrace_enabled *1?this process*restricted processes: none" "status, with nobody restricted" \
	"$ctl" status
until_nobody_counts
is "True proven 7 0 True 0 $((2 * $(</proc/sys/kernel/threads-max))) None []" "status --json, with nobody restricted" json \
	's["provider"]["works"], s["provider"]["verdict"], len(s["programs"]["attached"]),
	s["programs"]["recursion_misses"], s["programs"]["version"] == s["tool_version"],
	s["programs"]["tasks"]["restricted"], s["programs"]["tasks"]["share"],
	s["provider"]["cause"], s["restricted"]'
is "provider bpf, proven: chroot(2) was allowed in a new namespace, and denied in one without sys_chroot" \
	"probe" "$ctl" probe
like "provider bpf, proven: *" "probe, where SIGCHLD was ignored" \
	env --ignore-signal=CHLD "$ctl" probe
namespaces=$(sysctl -n user.max_user_namespaces)
sysctl -qw user.max_user_namespaces=0
like "provider bpf, no-namespaces: *" "probe, where nobody can make a user namespace" "$ctl" probe
sysctl -qw user.max_user_namespaces="$namespaces"

# ---- sessions ----

for user in alice bob; do
	ssh -n "$user@localhost" 'sleep 1001 & unshare -U sleep 1002 & wait' &
done
for user in alice bob; do
	wait_for pgrep -u "$user" -xf 'sleep 1001'
	wait_for pgrep -u "$user" -xf 'sleep 1002'
	outer=$(pgrep -u "$user" -xf 'sleep 1001') inner=$(pgrep -u "$user" -xf 'sleep 1002')
	wait_for in_namespace "$inner"
	declare "${user}_outer=$outer" "${user}_inner=$inner"
done
# shellcheck disable=SC2154 # declared above
{
	is "alice sleep 0 all,-net_admin -" "alice's process" row "$alice_outer"
	is "alice sleep 1 all,-net_admin -" "alice's process in a namespace" row "$alice_inner"
	is "" "bob's process" row "$bob_outer"
	is "" "bob's process in a namespace" row "$bob_inner"
	like "*userns *all,-net_admin?  create *true?  strict *false?  depth *1" \
		"status PID: alice's process in a namespace" "$ctl" status "$alice_inner"
	like "*userns *all?  create *true?  strict *false" \
		"status PID: bob's process in a namespace" "$ctl" status "$bob_inner"
	is "1 False" "status PID --json: alice's" json \
		's["process"]["depth"], "net_admin" in s["process"]["userns"]["capabilities"]' \
		"$alice_inner"
	is "None True" "status PID --json: bob's" json \
		's["process"]["depth"], "net_admin" in s["process"]["userns"]["capabilities"]' \
		"$bob_inner"
}
like "[1-9]*" "rows of alice's" rows_of_user alice
is 0 "rows of bob's" rows_of_user bob

# Two tables that are the same, so that nobody came or went between them, and JSON in between.
compare() {
	local before='' after json tries=0
	until [[ $before && $before == "$after" ]]; do
		((tries++ < 20)) || return
		before=$("$ctl" status)
		json=$("$ctl" status --json)
		after=$("$ctl" status)
	done
	diff <(sed -n '/^restricted processes$/,/^WARNING/p' <<<"$after" | sed 1,2d | tr -s ' ') \
		<(python3 -c '
import json, sys
for e in json.load(sys.stdin)["restricted"]:
    pid = str(e["pid"]) + ("/%d" % e["thread"] if e["thread"] else "")
    flags = ",".join([n for n, on in (("no-create", not e["create"]), ("strict", e["strict"])) if on])
    missing = int(e["userns"]["mask"], 16) ^ 0x1ffffffffff
    userns = {0: "all", 1 << 12: "all,-net_admin"}[missing]
    session = e["session"] or "-", "-" if e["denied"] is None else e["denied"]
    print("", pid, e["user"], e["command"], e["depth"], *session, userns, flags or "-")' <<<"$json") && echo same
}
is same "table and JSON" compare

is "restricted processes: only root can list them" "status of bob's" \
	as bob "/usr/sbin/$ctl status | tail -n 1"
is null "status --json of bob's" as bob "/usr/sbin/$ctl status --json | sed -n 's/.*\"restricted\": //p'"

# ---- threads, flags, and what only seems restricted ----

hold() { # NAME SET...
	local name=$1 line
	shift
	exec {held}< <(exec "${runner[@]}" /opt/tests/hold.py "$@")
	read -r -u "$held" -a line
	declare -ga "$name=(${line[*]})"
}

runner=(env)
hold differing - "$no_net_admin" - -
runner=("$ctl" run "--userns=all,-net_admin" --)
hold merged - - - 0
runner=(env)
hold raised "$no_net_admin+12"
hold above 000001ffffffffff
hold lowered "$no_net_admin"
# shellcheck disable=SC2154 # declared by hold
{
	is "root hold.py 0 all,-net_admin -" "one thread that is restricted" \
		row "${differing[0]}/${differing[1]}"
	is 1 "and no others" rows_of_process "${differing[0]}"
	is "root hold.py 0 all,-net_admin -" "threads that are like the process" row "${merged[0]}"
	is "root hold.py 0 none -" "one that isn't" row "${merged[0]}/${merged[3]}"
	is 2 "and no others" rows_of_process "${merged[0]}"
	is "[(None, 3), (${merged[3]}, 1)]" "--json: how many" json \
		"[(e['thread'], e['threads']) for e in s['restricted'] if e['pid'] == ${merged[0]}]"
	is 0 "a process that has raised it again" rows_of_process "${raised[0]}"
	is 0 "a process that lacks what the kernel doesn't have" rows_of_process "${above[0]}"
	is 1 "the control" rows_of_process "${lowered[0]}"
	kill "${differing[0]}" "${merged[0]}" "${raised[0]}" "${above[0]}" "${lowered[0]}"
}
"$probe" --flags 3 exec sleep 2000 &
wait_for pgrep -xf 'sleep 2000'
is "root sleep 0 all no-create,strict" "flags" row "$(pgrep -xf 'sleep 2000')"
kill $!

# ---- daemons ----

is "" "no warning" warnings
systemctl restart ssh
wait_for listens 22
worker=$(pgrep -of 'sshd: alice')
is 1 "a session of alice's whose sshd was restarted: its process's parent" \
	sh -c "echo \$(ps -o ppid= -p $worker)"
is "root sshd 0 all,-net_admin -" "its process is restricted" row "$worker"
is "" "and no warning" warnings

by_hand=("$ctl" run "--userns=all,-net_admin" --)
"${by_hand[@]}" /usr/sbin/sshd -p 2222 -o PidFile=/run/second.pid
wait_for listens 2222
wait_for test -s /run/second.pid
second=$(</run/second.pid)
is "sshd (pid $second)" "a second sshd, and not the first" warnings
is "[$second]" "--json: daemons" json "[e['pid'] for e in s['restricted'] if e['daemon']]"
ssh -n -p 2222 -o HostKeyAlias=localhost bob@localhost 'sleep 1003' &
wait_for pgrep -u bob -xf 'sleep 1003'
is "bob sleep 0 all,-net_admin -" "what it opens for bob" row "$(pgrep -u bob -xf 'sleep 1003')"
is "sshd (pid $second)" "with that session it is still pointed out" warnings
pkill -u bob -xf 'sleep 1003'
wait $!
kill "$second"

# Is it the daemon itself that has written its number? The process that starts it may, at first.
is_detached() { # PIDFILE
	local parent
	parent=$(ps -o ppid= -p "$(<"$1")") && [[ $(<"/proc/${parent// /}/comm") == systemd ]]
}

# daemon NAME PIDFILE NAME-OF-START COMMAND...: started by hand, and by its unit.
daemon() {
	local name=$1 file=$2 how=$3 pid
	shift 3
	systemctl stop "$name"
	rm -f "$file"
	"$@"
	wait_for is_detached "$file"
	pid=$(<"$file")
	is "$name (pid $pid)" "$how" warnings
	kill "$pid"
	while [[ -e /proc/$pid ]]; do sleep 0.1; done
	systemctl start "$name"
	is "" "the control: $name as it should be" warnings
}
daemon cron /run/crond.pid "cron" "${by_hand[@]}" setsid cron
daemon atd /run/atd.pid "atd" "${by_hand[@]}" atd
daemon cron /run/crond.pid "cron, by alice with sudo" as alice 'sudo -n setsid cron'
as alice true # so that her manager is there
daemon cron /run/crond.pid "cron, by alice from her user manager" \
	as alice 'systemd-run -q --user --wait -p KillMode=process sudo -n setsid cron'

# ---- probe ----

# What it has told the log, since forget_log. No matches for journalctl, which would skip the first
# entry that fits: the cursor's does not.
alerts() {
	journalctl --sync
	journalctl -q -o json --after-cursor "$log_start" | python3 -c '
import json, sys
wanted = {"PRIORITY": "1", "SYSLOG_FACILITY": "4", "SYSLOG_IDENTIFIER": "usernscapsctl"}
for line in sys.stdin:
    entry = json.loads(line)
    if wanted.items() <= entry.items():
        print(entry["MESSAGE"])'
}

# Its timer waits for minutes between two starts; five within ten seconds are all that systemd does.
start_unit() {
	systemctl reset-failed usernscaps-probe.service
	exit_status systemctl start usernscaps-probe.service
}

good() { # NAME
	forget_log
	is 0 "$1: probe" exit_status "$ctl" probe
	is 0 "$1: its unit" start_unit
	is 0 "$1: status" exit_status "$ctl" status
	is "" "$1: no alert" alerts
}

bad() { # NAME PATTERN VERDICT
	forget_log
	is 1 "$1: probe" exit_status "$ctl" probe
	like "userns sets are NOT ENFORCED: $2" "$1: the alert" alerts
	forget_log
	is 1 "$1: its unit" start_unit
	like "userns sets are NOT ENFORCED: $2" "$1: the alert of the unit" alerts
	is failed "$1: the unit's state" systemctl is-failed usernscaps-probe.service
	is 1 "$1: status" exit_status "$ctl" status
	is "False $3" "$1: status --json" json 's["provider"]["works"], s["provider"]["verdict"]'
}

good "as it should be"
sysctl -q kernel.ftrace_enabled=0
bad "kernel.ftrace_enabled=0" "*kernel.ftrace_enabled is 0*" silent
is "alice sleep 0 all,-net_admin -" "who is restricted can still be seen" row "$alice_outer"
sysctl -q kernel.ftrace_enabled=1
good "kernel.ftrace_enabled=1"
for hook in capable task_alloc; do
	rm "$pins/$hook"
	bad "no program for $hook" "*not attached*reload*" incomplete
	like "*not attached *$hook*" "status names it" "$ctl" status
	"$ctl" reload
	good "after a reload"
done
"$ctl" mask all,-sys_chroot
good "without sys_chroot in the system mask"
like "*masked: chroot*system mask *all,-sys_chroot?*" "status: the mask" "$ctl" status
is "masked 1fffffbffff" "status --json: the mask" json \
	's["provider"]["verdict"], s["system_mask"]["mask"].lstrip("0")'
"$ctl" mask --reset
rm "$pins"/{task_prctl,capable}
bad "no program for prctl" "*not attached*unload*load*" silent
"$ctl" unload --force
bad "unloaded" "*not loaded*" absent
is "provider none" "status" sh -c "$ctl status | head -n 1"
"$ctl" load
good "loaded again"

pkill -u alice -x sleep
pkill -u bob -x sleep
finish
