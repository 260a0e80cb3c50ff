#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# variants: next
#
# What is denied is counted for the session that it is denied to, exactly, and told: to root, to the user,
# and by the log. What a user may try against that. Argument: how often 64 processes are denied something
# at the same time (2000).

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
session=/opt/tests/session
times=${1:-2000}
ctl=/usr/sbin/usernscapsctl
next=/opt/tests/usernscapsctl-next
unit=usernscaps-log.service

# of SESSION-OR-USER PYTHON-EXPRESSION: of the last session that denials shows, as the dictionary s; 0 for none.
of() {
	local who=(--session "$1")
	[[ $1 == [0-9]* ]] || who=("$1")
	usernscapsctl denials --json "${who[@]}" | python3 -c '
import json, sys
sessions = json.load(sys.stdin)["sessions"]
s = sessions[-1] if sessions else None
def count(what, where="inside"):
    return sum(d["count"] for d in s["denials"] if d["denied"] == what and d["where"] == where)
print(eval(sys.argv[1]) if s else 0)' "$2"
}

lines() { # [MATCH]...
	journalctl -b -q -o cat "_SYSTEMD_UNIT=$unit" "$@"
}
advice() { # what would allow it, by the rules as they are now
	script -qc "usernscapsctl denials --session $1" /dev/null | tr -d '\r' | sed '1,/session (/d'
}
until_line() { # PATTERN [MATCH]...: the last line like it, waiting for it
	local try line
	for ((try = 0; try < 240; try++)); do
		line=$(lines "${@:2}" | grep -E "$1" | tail -n 1)
		[[ -z $line ]] || break
		sleep 0.5
	done
	echo "${line:-none like it of: $(lines "${@:2}")}"
}

denying_rules() {
	rules <<-END
		contact = "Ask the help desk: 1234"
		group "restricted" { userns { drop = {net_admin, sys_chroot} } }
	END
}
denying_rules
systemctl stop user@1000 user@1001 # one that another script has left knows other rules
keep_managers alice bob
systemctl start $unit

# --- who is told what ---
like "denied=1?allowed" "control: bob is denied chroot(2) by nobody" as bob "unshare -Ur $session deny 1 | sed s/denied=0/denied=1/; $probe lo"
is 0 "bob: no session" of bob 'len(s["denials"])'
like "*nothing is remembered of this session*status 1" "bob: why" as bob "$ctl why"
id=$(as alice "$session get")
like "[1-9]*" "a session has a number" echo "$id"
like "denied?denied=3" "alice is denied" as alice "$probe lo; $session deny 3"
is "$((id + 1)) alice 1000 sshd 1000" "denials: the session" \
	of alice '"%d %s %d %s %s" % (s["session"], s["user"], s["uid"], s["service"], s["login_uid"])'
is "3 session" "denials: how often, and by which command" \
	of alice '"%d %s" % (count("sys_chroot"), next(d["command"] for d in s["denials"] if d["denied"] == "sys_chroot"))'
is "['$conf:2']" "denials: the rule" of alice 's["denials"][0]["rules"]'
like "*To allow it to alice alone,*edit users/alice*keep = {*sys_chroot*explain alice*" "denials: what would allow it" \
	script -qc "usernscapsctl denials --session $((id + 1)) | cat; usernscapsctl denials alice | tail -n 0; usernscapsctl denials alice" /dev/null
advised=$((id + 1))
rules <<<'group "restricted" { userns { create = false } }'
like "The rules allow it by now, from the next login on.*" "where they do by now" advice "$advised"
rules <<-END
	group "restricted" { userns { drop = {sys_chroot} create = false } }
	user "alice" { userns { drop = {net_admin} } }
END
like "To allow it, change?  $conf:2: user \"alice\"*edit users/alice*  userns { keep = {sys_chroot} }?*explain alice*" \
	"where one of two is the user's own" advice "$advised"
rules <<<'group "restricted" { userns { strict = true } bounding { drop = {sys_chroot} } }'
like "To allow it to alice alone*there:?  bounding { keep = {sys_chroot} }?*" "where the bounding set takes it" \
	advice "$advised"
denying_rules
like "*session * of alice*3 sys_chroot*inside*session (*)*$conf:2*Ask the help desk: 1234" "why: alice" \
	as alice "$session deny 3 >/dev/null; $ctl why"
like "*session=$((id + 1)) sys_chroot inside count=3 new=3 command=session*rules=$conf:2" "the log: at once" \
	until_line "session=$((id + 1)) sys_chroot"
like "session ended: user=alice uid=1000 service=sshd session=$((id + 1)) seconds=* count=*sys_chroot/inside:3*" \
	"the log: the end" until_line "ended.* session=$((id + 1)) "
like "*session ended: user=alice*denied=none" "the log: the end of a session without denials" \
	until_line "ended.* session=$id "

like "denied=3?session * of root*by run*3 sys_chroot*no rule: a program has lowered it*status 7" "run --watch: root" bash -c \
	"usernscapsctl run --watch --userns=all,-sys_chroot -- sh -c '$session deny 3; exit 7' 2>&1; echo status \$?"
like "denied=2?session * of alice*by sshd*2 sys_chroot*$conf:2*" "run --watch: only what comes meanwhile" \
	as alice "$session deny 5 >/dev/null; $ctl run --watch -- $session deny 2"
is "done" "its report is not the program's output" as alice "$ctl run --watch -- echo done 2>/dev/null"
is "143 none" "what it is sent goes to the program" bash -c "
	usernscapsctl run --watch --userns=all,-sys_chroot -- sleep 77 >/dev/null 2>&1 & sleep 1; kill \$!; wait \$!
	echo \$? \$(pgrep -fx 'sleep 77' || echo none)"
like "*nothing is remembered of what is denied here*" "run --watch: bob" as bob "$ctl run --watch -- echo done"

# --- sessions that outlive their logins, and sessions in sessions ---
as alice "setsid sh -c 'exec sleep 3' >/dev/null 2>&1 </dev/null & $session deny 2 >/dev/null"
left=$(of alice 's["session"]')
is None "a process is left: the session goes on" of "$left" 's["ended"]'
like "*session=$left * count=2 *" "its end, when that has gone" until_line "ended.* session=$left "
outer=$(as alice "$session get; sudo -n $session get; sudo -n su alice -c '$session get'" | paste -sd ' ')
read -r outer sudo inner <<<"$outer"
is "$outer" "sudo to root: the same session" echo "$sudo"
is "$((outer + 1)) $outer" "su in it: one of its own, with its parent" of "$inner" '"%d %d" % (s["session"], s["parent"])'
like "*in session $((outer + 2))*no rule of this session: see session $((outer + 2))" \
	"one that root begins in it: its user is told where to look" \
	as alice "sudo -n usernscapsctl run --watch -- $session deny 1 2>&1 >/dev/null | tail -n +1 | paste -sd ' '"
is "['$conf:2'] $((outer + 2))" "root sees whose rules it was" of root \
	'"%s %d" % (s["denials"][0]["rules"], s["denials"][0]["rules_session"])'
like "*user=root uid=0 service=run session=$((outer + 3)) parent=$((outer + 2)) sys_chroot*rules=$conf:2 rules_session=$((outer + 2))" \
	"and so does the log" until_line "^denied.*session=$((outer + 3)) "
is systemd-user "a lingering manager has one" of "$(usernscapsctl status --json | python3 -c '
import json, sys
print(next(e["session"] for e in json.load(sys.stdin)["restricted"] if e["command"] == "systemd"))')" 's["service"]'
like "*SESSION DENIED*alice*systemd*" "status: the columns" usernscapsctl status

# --- what a user may try ---
is 1 "a session can't be left" bash -c "ssh -n alice@localhost '
	s=$session; \$s get; setsid \$s get; unshare -Ur \$s get; unshare -Urpf --mount-proc \$s get; unshare -Ur unshare -Ur \$s get
	(setsid sh -c \"\$s get\" &); sudo -n \$s get; $ctl run --userns=none -- \$s get; sleep 0.3' | sort -u | wc -l"
is 2 "control: two logins are two sessions" bash -c "for i in 1 2; do ssh -n alice@localhost $session get; done | sort -u | wc -l"
for operation in "open 1000" "open 1001" write seal; do
	is EPERM "alice: $operation" as alice "$session $operation"
	is EPERM "alice, as root of a namespace: $operation" as alice "unshare -Ur $session $operation"
done
is "EPERM EPERM" "root in the session: what is sealed can't be written" \
	as alice "sudo -n sh -c 'echo \$($session write) \$($session seal)'"
is "done" "control: root may begin one" as alice "sudo -n $session open 1000"
for cap in audit_write audit_control; do # where set-user-ID files count
	install $session /usr/local/bin/session-$cap && setcap cap_$cap+ep /usr/local/bin/session-$cap
done
is EPERM "with CAP_AUDIT_WRITE: open" as alice "session-audit_write open 1000"
is "done" "control: with CAP_AUDIT_CONTROL" as alice "session-audit_control open 1000"
is ENODATA "unrestricted root has none to write to" $session write
is ENODATA "and can't begin one" $session open 1000
is "done" "only the own session: its record" as alice "$session read"
is EINVAL "and no byte beyond" as alice "$session read 2048"
is ENODATA "none: nothing" as bob "$session read"
like "*only root can see*" "denials as a user" as alice "$ctl denials"
like "*only root can see*" "log as a user" as alice "$ctl log"
is "no" "the maps can't be opened" as alice "cat $pins/sessions >/dev/null 2>&1 && echo yes || echo no"

name=$'a\e[1m" b=c\nd'
as alice "$session deny 1 '$name'" >/dev/null
odd=$(of alice 's["session"]')
like "*session=$odd sys_chroot inside count=1 new=1 command=a?\[1m\"_b_c?d pid=*" "no forged fields: the line" \
	until_line "session=$odd sys_chroot"
is "a?[1m\" b=c?d" "and the field" bash -c "journalctl -b -q -o json _SYSTEMD_UNIT=$unit \
	USERNSCAPS_SESSION=$odd USERNSCAPS_EVENT=denied |
	python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())[\"USERNSCAPS_COMMAND\"])'"
as alice "printf 'MESSAGE=denied: user=bob\nUSERNSCAPS_USER=bob\nUSERNSCAPS_EVENT=denied\n' | logger --journald"
is 1 "control: they are in the journal" bash -c \
	"journalctl --sync; journalctl -b -q -o cat USERNSCAPS_USER=bob | wc -l"
is "" "no forged fields: another's are not the service's" lines USERNSCAPS_USER=bob
is 4294967295 "login uid unset: su from a service" bash -c "systemd-run -q --wait --pipe \
	su alice -c 'echo 1001 >/proc/self/loginuid; $session deny 1 >/dev/null'; usernscapsctl denials --json alice |
	python3 -c 'import json, sys; print(json.load(sys.stdin)[\"sessions\"][-1][\"login_uid\"])'"

systemctl stop $unit
live=$(usernscapsctl status --json | python3 -c '
import json, sys
print(len({e["session"] for e in json.load(sys.stdin)["restricted"] if e["user"] == "alice"}))')
start $session many 1000 500
# One of the 256 places may be 0, which is no session's.
is yes "nobody fills the records: alice has her part, in which $live go on" bash -c "
	for part in $((255 - live)) $((256 - live)); do
		[[ '$said' != \"opened=\$part no-room=\$((500 - part))\" ]] || echo yes
	done"
like "done?denied=1" "bob's part: a session of his is remembered" \
	usernscapsctl run --userns=all,-sys_chroot -- $session open 1001 $session deny 1
is 1 "with what it was denied" bash -c "usernscapsctl denials --json 1001 | grep -c '\"denied\": \"sys_chroot\"'"
like "*session restricted:*session=no-room*" "the module says so" bash -c "
	ssh -n alice@localhost true; journalctl -q -b -o cat -n 50 | grep 'session restricted.*no-room'"
is denied "and alice is restricted" as alice "$probe lo"
stop
systemctl start $unit

# --- exactly, and no flood ---
is 0 "nobody else is restricted" bash -c "loginctl disable-linger alice; systemctl stop user@1000; . $(dirname "$0")/lib.sh >/dev/null; until_entries 0"
began=$(usernscapsctl denials --json | python3 -c '
import json, sys
print(max(s["session"] or 0 for s in json.load(sys.stdin)["sessions"]))')
for ((other = 0; other < 10; other++)); do
	as alice "sleep 1; $session deny 100" >/run/other.$other &
	sleep 0.5
done
flooded=$(as alice "$session get; $session flood 64 $times")
wait
like "[1-9]*?failed=0" "64 processes at once, beside ten other sessions" echo "$flooded"
flooded=${flooded%%$'\n'*}
is 10 "the others: each is counted" bash -c "usernscapsctl denials --json alice | python3 -c '
import json, sys
print(sum(s[\"session\"] > $began and [d[\"count\"] for d in s[\"denials\"]] == [100]
          for s in json.load(sys.stdin)[\"sessions\"]))'"
is $((64 * times)) "each is counted" of "$flooded" 'count("sys_chroot")'
like "*session=$flooded * count=$((64 * times)) *" "so says the end" until_line "ended.* session=$flooded "
like "[2-9]" "in few lines" bash -c "journalctl -b -q -o cat _SYSTEMD_UNIT=$unit USERNSCAPS_SESSION=$flooded | wc -l"
is yes "what is new in them is no more than there was" bash -c "
	new=\$(journalctl -b -q -o json _SYSTEMD_UNIT=$unit USERNSCAPS_SESSION=$flooded USERNSCAPS_EVENT=denied |
		python3 -c 'import json, sys; print(sum(int(json.loads(line)[\"USERNSCAPS_NEW\"]) for line in sys.stdin))')
	((0 < new && new <= $((64 * times)))) && echo yes || echo \$new"

systemctl stop $unit
is "failed=0" "the same while the service is stopped" as alice "$session flood 64 $((times / 4))"
flooded=$(of alice 's["session"]')
is $((64 * (times / 4))) "each is counted" of "$flooded" 'count("sys_chroot")'
unshare -m sh -c "mount -t tmpfs none /run/systemd/journal && exec timeout 3 usernscapsctl log"
systemctl start $unit
systemctl stop usernscaps.service
is active "it goes on where the unit that loads the programs is stopped" systemctl is-active $unit
systemctl start usernscaps.service
like "*session=$flooded * count=$((64 * (times / 4))) *" "and in the log once it is there" \
	until_line "ended.* session=$flooded "
is 1 "once" bash -c "journalctl --sync; journalctl -b -q -o cat _SYSTEMD_UNIT=$unit \
	USERNSCAPS_EVENT=ended USERNSCAPS_SESSION=$flooded | wc -l"

ssh -n alice@localhost "$session flood 16 $times" >/run/flood &
pid=$!
for tool in $next usernscapsctl $next usernscapsctl; do $tool reload || echo "# reload: $?"; done
wait $pid
is "failed=0" "while the programs are replaced by others and back" cat /run/flood
flooded=$(of alice 's["session"]')
is $((16 * times)) "nothing is lost, and nothing counted twice" of "$flooded" 'count("sys_chroot")'

# --- the mask, and numbers that do not come again ---
usernscapsctl mask all,-net_admin
is denied "bob, by the mask" as bob "$probe lo"
is "True" "in no session" bash -c "usernscapsctl denials --json | python3 -c '
import json, sys
print(any(d[\"by_mask\"] for d in json.load(sys.stdin)[\"sessions\"][0][\"denials\"]))'"
like "denied: session=none net_admin inside count=* command=* pid=* rules=system-mask" "so says the log" \
	until_line "session=none net_admin"
is 1001 "and whose process it was" bash -c "journalctl -b -q -o json _SYSTEMD_UNIT=$unit USERNSCAPS_RULES=system-mask |
	python3 -c 'import json, sys; print(json.loads(sys.stdin.readline())[\"USERNSCAPS_COMMAND_UID\"])'"
usernscapsctl mask --reset
until_entries 0 >/dev/null
usernscapsctl unload
like "*the programs are not loaded*" "unloaded: denials" usernscapsctl denials
usernscapsctl load
is yes "after unload and load: numbers go on" bash -c "(($(as alice "$session get") > $flooded)) && echo yes"
finish
