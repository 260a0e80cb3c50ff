#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# paths.sh [WAY]...: the ways into a Debian machine (ways_in.sh), all or these, with the module where its
# pam-auth-update profile puts it and nowhere else. alice is restricted, bob isn't, and what each got is
# printed as a table. All of them takes the files of at-boot/ in the guest: rules, a job and lingering
# users that are there when the machine boots.

set -uo pipefail
# Whoever isn't restricted has one capability to lose.
if [[ $(setpriv -d | sed -n 's/^Inheritable capabilities: //p') != chown ]]; then
	exec setpriv --inh-caps +chown "$0" "$@"
fi
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=ways_in.sh
. "$(dirname "$0")/ways_in.sh"

# Report | way | the path | its service, with a "!" where the module isn't reached | what an unrestricted
# session has in its inheritable set, because its opener had it.
rows=(
	"ssh_password|ssh_password|sshd, password|sshd|chown"
	"ssh_key|ssh_key|sshd, key, on a terminal|sshd|chown"
	"ssh_command|ssh_command|sshd, key, a command|sshd|chown"
	"sftp|sftp|sshd, sftp|sshd|chown"
	"forward|forward|sshd, -N: forwards only|sshd|chown"
	"second|forward|sshd, ControlMaster's second|sshd|chown"
	"ssh_root|ssh_root|sshd, root|sshd|chown"
	"screen|ssh_command|screen, after logout|sshd|chown"
	"tmux|ssh_command|tmux, after logout|sshd|chown"
	"sudo|ssh_command|sudo, to root|sshd|chown"
	"pkexec|ssh_command|pkexec, to root|sshd|chown"
	"login|login|getty and login, on a VT|login|chown"
	"greetd_initial|greetd|greetd, initial session|greetd|chown"
	"greetd|greetd|greetd, agreety on a VT|greetd|chown"
	"su|su|su|su|chown"
	"su_login|su_login|su -l|su-l|chown"
	"sudo_user|sudo_user|sudo -u|sudo|chown"
	"sudo_login|sudo_login|sudo -i -u|sudo-i|chown"
	"pkexec_user|pkexec_user|pkexec --user|polkit-1|chown"
	"machinectl|machinectl|machinectl shell|login|"
	"cron|cron|cron|cron|chown"
	"reboot|reboot|cron, @reboot|cron|chown"
	"at|at|at|atd|chown"
	"lingering|lingering|user manager, lingering|systemd-user|"
	"manager|su_login|user manager, by a login|systemd-user|"
	"run|run|systemd-run --user|systemd-user|"
	"runuser|runuser|runuser|!runuser|chown"
	"runuser_login|runuser_login|runuser -l|!runuser-l|chown"
	"service|service|service with User=|!-|"
	"ssh_without_pam|ssh_without_pam|sshd, UsePAM no|!sshd|chown"
)
wanted=("$@")
results=/run/paths
good_rules=$(<"$conf")
provider=$(usernscapsctl status | sed -n 's/^provider //p')

# ---- opening sessions ----

wants() { # WAY
	((${#wanted[@]} == 0)) || [[ " ${wanted[*]} " == *" $1 "* ]]
}

# One way after the other, for each of the users. What they print is for whoever looks for a fault.
take() { # WAYS USER...
	local way user start
	for way in $1; do
		for user in "${@:2}"; do
			wants "$way" || continue
			start=$SECONDS
			"way_$way" "$user" 2>&1 </dev/null | sed "s/^/# $way $user: /"
			echo "# $way $user: $((SECONDS - start)) s"
		done
	done >>"$results/output"
}

# All ways, several side by side.
by_ssh="ssh_password ssh_key ssh_command sftp"
by_root="su sudo_user sudo_login pkexec_user machinectl run"
take_all() { # BY_SSH BY_ROOT USER...
	local user
	for user in "${@:3}"; do
		take "reboot lingering su_login cron at" "$user" &
	done
	wait
	for user in "${@:3}"; do
		take "$1" "$user" &
	done
	take "login greetd" "${@:3}" &
	take "$2" "${@:3}" &
	wait
	for user in "${@:3}"; do
		wait_for_jobs "$user"
	done
}

# Until the reports and the log are in $results/NAME.
phase() { # NAME USER...
	local user start=$SECONDS
	take_all "$by_ssh forward ssh_root ssh_without_pam" "$by_root runuser runuser_login service" "${@:2}"
	rules <<<"# Nobody is restricted."
	for user in "${@:2}"; do
		! wants ssh_command || reach_what_is_left "$user"
	done
	collect "$1"
	echo "# $1: $((SECONDS - start)) s"
}

# Nothing of alice's is to run, and leave a report: what is waited for is the log's line. With "-N" sshd
# goes on after a refusal, and forwards ports.
phase_refused() {
	local start=$SECONDS
	export CONSOLE_SECONDS=20
	wait_for_report() { # REPORT.USER
		local tries=60
		until [[ -e $reports.$1 ]] || is_refused "${1%.*}" || ((tries-- == 0)); do sleep 1; done
	}
	take_all "$by_ssh" "$by_root" alice
	collect refused
	echo "# refused: $((SECONDS - start)) s"
}

is_refused() { # REPORT
	local service
	service=$(printf '%s\n' "${rows[@]}" | awk -F '|' -v report="$1" '$1 == report { print $4 }')
	[[ $(logged "$(refusal "$service")") == yes ]]
}

refusal() { # SERVICE
	echo "\\($1:session\\): session refused: user=alice service=$1: "
}

# cron looks at its files each minute.
wait_for_jobs() { # USER
	local way
	for way in at cron reboot; do
		! wants "$way" || wait_for_report "$way.$1" 90
	done
	rm -f "/etc/cron.d/paths-$1"
}

collect() { # NAME
	local file
	mkdir "$results/$1"
	for file in "$reports".*; do
		[[ ! -e $file ]] || mv "$file" "$results/$1/${file#"$reports".}"
	done
	usernscapsctl denials --json >"$results/$1/denials"
	journalctl --sync
	journalctl -q -b -o cat ${log_start:+--after-cursor "$log_start"} | grep pam_usernscaps \
		>"$results/$1/log"
}

# ---- what each got ----

field() { # NAME REPORT
	sed -n "s/^$1 //p" "$results/$2"
}

# Is there a line in the log about this session? It is known by the service and the audit trail's
# number of the session.
in_log() { # WHAT PHASE USER SERVICE REPORT [MORE]
	local session
	session=$(field ses "$2/$5")
	grep -qE "\($4:session\): $1: user=$3 uid=[0-9]+ service=$4 auid=[0-9]+ ses=$session session=[^ ]+ ${6-}" \
		"$results/$2/log" && echo yes || echo no
}

# What is remembered of this session: whose it is, by which service, the command that was denied net_admin
# and the rule; how often the session's own "why" says it; and whether the log says it, which may come late.
remembered() { # PHASE REPORT
	local session try log=no
	session=$(field session "$1/$2")
	for ((try = 0; try < 60; try++)); do
		log=$(journalctl -b -q -o cat _SYSTEMD_UNIT=usernscaps-log.service USERNSCAPS_EVENT=denied \
			USERNSCAPS_DENIED=net_admin "USERNSCAPS_SESSION=$session" | wc -l)
		((log == 0)) || break
		sleep 1
	done
	python3 -c '
import json, sys
for s in json.load(open(sys.argv[1]))["sessions"]:
    for d in s["denials"]:
        if str(s["session"]) == sys.argv[2] and d["denied"] == "net_admin":
            print(s["user"], s["service"], d["command"], *d["rules"], end=" ")' "$results/$1/denials" "$session"
	echo "why=$(field why "$1/$2") log=$((log > 0))"
}

# Is there an alert that says where the rules are broken?
alert() { # SERVICE MORE
	grep -qE "\($1:session\): the rules can't be used: $conf:[0-9]+: .*$2" "$results/broken/log" &&
		echo yes || echo no
}

# All of it in one line. A process that runs nothing of the user's has tried nothing.
summary() { # REPORT
	echo "$(field sets "$1") lo=$(field lo "$1") mount=$(field mount "$1")"
}

# cell SHOWN EXPECTED NAME COMMAND...: one test, and SHOWN or "NO" in the table.
cell() {
	local before=$failed
	is "${@:2}"
	((failed == before)) && row+=("$1") || row+=(NO)
}

lowered="bounding=all,-sys_module inheritable=none userns=all,-net_admin create=true"
emptied="bounding=all inheritable=none userns=none create=false"

judge_reached() { # REPORT PATH SERVICE FREE DENIED ALLOWED
	local user=alice
	cell lowered "$lowered" "$2: sets" field sets "good/$1.alice"
	cell "${5:--}" "$5" "$2: net_admin in a namespace" field lo "good/$1.alice"
	cell "${6:--}" "$6" "$2: sys_admin in a namespace" field mount "good/$1.alice"
	[[ $1 != ssh_root ]] || user=root
	cell "$3" yes "$2: the log" in_log "session restricted" good "$user" "$3" "$1.alice" \
		"$lowered strict=false no_new_privs=false provider=$provider rules="
	if [[ $5 && $provider != native ]]; then
		cell counted "$user $3 userns_probe $conf:4 why=1 log=1" "$2: what is denied is remembered" \
			remembered good "$1.alice"
	else
		row+=(-)
	fi
	case $user in
	alice)
		cell restricted "$emptied lo=${5:+denied} mount=${6:+denied} yes yes" "$2: rules broken" \
			with_alert "$3" "" with_log "session restricted until they are fixed" \
			broken alice "$3" "$1"
		;;
	root)
		cell "let in" "$4 lo=allowed mount=allowed yes" "$2: rules broken" \
			with_alert "$3" "user=root .*let in unrestricted" summary "broken/$1.alice"
		;;
	esac
	case $1 in
	forward | second | ssh_root) row+=(-) ;;
	*) cell refused "nothing yes" "$2: refused" left_after_refusal "$1" "$3" ;;
	esac
	cell free "$4 lo=${5:+allowed} mount=${6:+allowed} no" "$2: control" \
		with_log "session restricted" good bob "$3" "$1"
}

# What has run, and does the log have the refusal?
left_after_refusal() { # REPORT SERVICE
	local left=nothing said=no
	[[ ! -e $results/refused/$1.alice ]] || left=$(summary "refused/$1.alice")
	! grep -qE "$(refusal "$2")" "$results/refused/log" || said=yes
	echo "$left $said"
}

judge_missed() { # REPORT PATH SERVICE FREE
	cell free "$4" "$2: sets" field sets "good/$1.alice"
	cell allowed allowed "$2: net_admin in a namespace" field lo "good/$1.alice"
	cell allowed allowed "$2: sys_admin in a namespace" field mount "good/$1.alice"
	cell none no "$2: the log" in_log "session restricted" good alice "$3" "$1.alice"
	row+=(-)
	cell free "$4 lo=allowed mount=allowed no" "$2: rules broken" \
		with_log "session restricted.*" broken alice "$3" "$1"
	row+=(-)
	cell free "$4 lo=allowed mount=allowed no" "$2: control" \
		with_log "session restricted" good bob "$3" "$1"
}

with_alert() { # SERVICE MORE COMMAND...
	echo "$("${@:3}") $(alert "$1" "$2")"
}

with_log() { # WHAT PHASE USER SERVICE NAME
	echo "$(summary "$2/$5.$3") $(in_log "$1" "$2" "$3" "$4" "$5.$3")"
}

judge() { # REPORT WAY PATH SERVICE INHERITABLE
	local row=("$3") free="bounding=all inheritable=none${5:+,+$5} userns=all create=true"
	case $1/$4 in
	*/!*) judge_missed "$1" "$3" "${4#!}" "$free" ;;
	forward/*) judge_reached "$1" "$3" "$4" "$free" "" "" ;;
	*) judge_reached "$1" "$3" "$4" "$free" denied allowed ;;
	esac
	# shellcheck disable=SC2059 # so it is
	printf -v table "%s$format" "$table" "${row[@]}"
}

# ---- the stacks ----

files_with_module() {
	grep -rl pam_usernscaps /etc/pam.d /usr/lib/pam.d | sort | paste -sd ' '
}

# As their packages have them. Those that pam-auth-update writes are no package's.
changed_stacks() {
	dpkg-query -W -f "\${Conffiles}\n" | awk '$1 ~ "^/etc/pam.d/" { print $2 "  " $1 }' |
		md5sum -c --quiet
}

# The reports that are there.
reported() {
	local files=("$reports".*)
	echo "${files[@]#"$reports".}"
}

# What the manual page advises.
runuser_with_module() { # WAY
	rules <<<"$good_rules"
	echo "session required pam_usernscaps.so" >>/etc/pam.d/runuser
	"way_$1" alice
	sed -i "\$d" /etc/pam.d/runuser
	mv "$reports.$1.alice" "$results/with_module"
	field sets with_module
}

export DEBIAN_FRONTEND=noninteractive
mkdir "$results"
wait_for_report manager.bob
wait_for_report reboot.bob
is "manager.alice manager.bob reboot.alice reboot.bob" "at boot: sessions" reported
# A kernel that is the provider itself is there before anybody.
[[ $provider == native ]] || is "" "at boot: who was there before the provider" \
	earlier_than_provider {ssh,cron,atd,user@1000,user@1001}.service
is "" "stacks that aren't Debian's own" changed_stacks
pam-auth-update --disable usernscaps
is "" "without the profile: files that name the module" files_with_module
su -c "$report off.alice" alice
mv "$reports.off.alice" "$results/off.alice"
is "bounding=all inheritable=none,+chown userns=all create=true lo=allowed mount=allowed" \
	"without the profile: alice" summary off.alice
pam-auth-update --enable usernscaps
is "/etc/pam.d/common-session /etc/pam.d/common-session-noninteractive" \
	"with the profile: files that name the module" files_with_module

phase good alice bob
rules <<<'user "alice" {'
forget_log
phase broken alice
rules <<<'user "alice" {'
module_arguments onerr=refuse
forget_log
phase_refused

format='| %-28s | %-7s | %-9s | %-9s | %-12s | %-7s | %-12s | %-12s | %-7s |\n'
# shellcheck disable=SC2059 # so it is
printf -v table "$format" path sets net_admin sys_admin log denials "rules broken" onerr=refuse control
for each in "${rows[@]}"; do
	IFS='|' read -r name way path service inheritable <<<"$each"
	! wants "$way" || judge "$name" "$way" "$path" "$service" "$inheritable"
done
if wants ssh_command; then
	is "bounding=all inheritable=none,+chown userns=all create=true" \
		"screen and tmux: the later login" field sets good/later.alice
fi
for each in runuser runuser_login; do
	! wants "$each" || is "$lowered" "$each, with the module: sets" runuser_with_module "$each"
done
((failed == 0)) || cat "$results/output"
printf '%s' "$table"
finish
