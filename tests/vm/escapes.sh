#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Attempts of a restricted login to use what it was denied, in any namespace, beside the same of
# bob's, who has no rule; while the provider's programs are replaced again and again. Prints a table
# of them. What they are is in escapes_login.sh and progs/escape_*.c.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
tests=/opt/tests
work=$(mktemp -d /opt/escapes.XXXXXX)
trap 'rm -rf "$work"' EXIT

# What comes out otherwise than "denied" for the restricted and "allowed" for the control.
# Name | restricted | control | why
exceptions() {
	cat <<-END
		older: fsmount of its file system | denied | denied | asks about the caller's own mount namespace
		older: open_tree of its root | denied | denied | the same
		older: move_mount of its mount | denied | denied | the same
		older: mount_setattr of its mount | denied | denied | the same
		older, sys_admin: setns into its network alone | denied | denied | asks about the caller's own user namespace, too
		older, sys_admin: setns into its mounts alone | denied | denied | the same
		kernel: * | denied | allowed | the control is root: only root may
		as root of a namespace, kernel: * | denied | denied | asks about the initial namespace
		limit: a file of a restricted* | denied | allowed | the first is restricted itself
		limit: * | allowed | allowed | not protected, as SECURITY.md says
	END
	[[ $USERNSCAPS_KERNEL != debian-* ]] ||
		echo "create: * of x32 | ENOSYS | ENOSYS | Debian's kernels have no x32"
	[[ $USERNSCAPS_KERNEL != debian-6.1 ]] ||
		echo "program: binfmt_misc of the namespace | denied | denied | none before Linux 6.7"
}
mapfile -t exceptions < <(exceptions)

# Sets expected and why, for an attempt.
look_up() { # NAME
	local line name restricted control reason
	expected_restricted=denied expected_control=allowed why=''
	for line in "${exceptions[@]}"; do
		IFS='|' read -r name restricted control reason <<<"${line// | /|}"
		# shellcheck disable=SC2053 # it is a pattern
		if [[ ${1#32-bit: } == $name ]]; then
			expected_restricted=$restricted expected_control=$control why=$reason
			return
		fi
	done
}

prepare() {
	local user module
	useradd --create-home --shell /bin/bash --uid 1002 carol
	cp -r ~alice/.ssh ~carol && chown -R carol: ~carol
	for user in alice bob; do
		install -m 600 -o "$user" ~/.ssh/id_ed25519 "$(eval echo ~$user)/.ssh"
	done
	for module in iptable_filter nf_tables tun fuse overlay binfmt_misc; do
		modprobe $module
	done
	install -m 4755 "$probe" $tests/escape-setuid
	install -m 4755 /bin/cat $tests/escape-cat
	install -m 755 "$probe" $tests/escape-net-raw && setcap cap_net_raw+ep $tests/escape-net-raw
	printf '#!/bin/sh\nexec %s --depth 0 lo\n' "$probe" >$tests/escape-lo
	chmod 755 $tests/escape-lo
	chmod 666 /dev/fuse /dev/net/tun
	systemctl start cron atd
	# These are from before there are rules.
	for user in alice bob carol; do
		setpriv --reuid $user --regid $user --clear-groups $tests/escape_admin hold &
	done
	keep_managers alice bob
}

# A process of the user manager that runs, whoever it was started by.
by_manager() { # USER
	setpriv --reuid "$1" --regid "$1" --init-groups env XDG_RUNTIME_DIR="/run/user/$(id -u "$1")" \
		systemd-run -q --user --wait --pipe "$probe" lo
}

# The logins at the same time, and root, who replaces the programs until they have ended.
run_logins() {
	local reloads=0 failures=0 logins=()
	ssh -n alice@localhost "$tests/escapes_login.sh network" >"$work/alice" 2>"$work/alice-errors" &
	logins+=($!)
	ssh -n carol@localhost "$tests/escapes_login.sh admin" >"$work/carol" 2>"$work/carol-errors" &
	logins+=($!)
	ssh -n bob@localhost "$tests/escapes_login.sh network admin" >"$work/bob" 2>"$work/bob-errors" &
	logins+=($!)
	while [[ $(jobs -r -p) == *@(${logins[0]}|${logins[1]}|${logins[2]})* ]]; do
		usernscapsctl reload || failures=$((failures + 1))
		reloads=$((reloads + 1))
		sleep 1
	done
	$tests/escapes_login.sh kernel >"$work/root" 2>"$work/root-errors"
	echo "# $reloads reloads meanwhile"
	is 0 "reloads that failed" echo "$failures"
	is yes "there were several" sh -c "[ $reloads -ge 3 ] && echo yes"
}

# What the logins say of each attempt, a line "NAME | VERDICT"; for a control root has the last word.
declare -A restricted=() control=()
read_verdicts() {
	local name verdict
	while IFS='|' read -r name verdict; do
		restricted[${name% }]=${verdict# }
	done < <(cat "$work/alice" "$work/carol")
	while IFS='|' read -r name verdict; do
		control[${name% }]=${verdict# }
	done < <(cat "$work/bob" "$work/root")
}

names() { # FILE...
	sed 's/ | .*//' "$@"
}

# What a user could trace: processes with his uid, and no restriction. A login waits meanwhile.
unrestricted_processes() { # USER
	local login
	ssh -n "$1@localhost" sleep 1000 >/dev/null 2>&1 &
	login=$!
	until pgrep -u "$1" -xf "sleep 1000" >/dev/null; do sleep 0.5; done
	comm -23 <(pgrep -u "$1" | sort) <(usernscapsctl status --json | restricted_pids | sort) |
		xargs ps -o comm= -p | sort -u
	kill "$login"
	pkill -u "$1" -xf "sleep 1000"
}

restricted_pids() {
	python3 -c 'import json, sys
for entry in json.load(sys.stdin)["restricted"]: print(entry["pid"])'
}

# Processes of alice's that no session was opened for.
without_session() {
	is allowed "limit: a process that root makes the user's" setpriv --reuid alice --regid alice \
		--clear-groups "$probe" lo
	is allowed "limit: a service with User=" systemd-run -q --uid alice --wait --pipe "$probe" lo
	is allowed "limit: runuser" runuser -u alice -- "$probe" lo
	is denied "control: su" su -c "$probe lo" alice
}

table=''
compare() { # NAME
	local one=${restricted[$1]-missing} other=${control[$1]-missing} row
	look_up "$1"
	report "$1: $expected_restricted" "$one" "$([[ $one == "$expected_restricted" ]] && echo yes)"
	report "control: $1: $expected_control" "$other" "$([[ $other == "$expected_control" ]] && echo yes)"
	printf -v row '| %-70s | %-10s | %-7s | %s\n' "$1" "$one" "$other" "$why"
	table+=$row
}

prepare
rules <<-END
	user "alice" { userns { drop = {net_admin, net_raw, sys_chroot, dac_override, dac_read_search} } }
	user "carol" { userns { drop = {sys_admin, sys_ptrace} } }
END
is allowed "limit: a user manager from before there were rules" by_manager alice
systemctl restart user@1000
is denied "control: one from afterwards" by_manager alice
without_session
is escape_admin "alice's processes without a restriction: the one from before" unrestricted_processes alice
like "*sleep*systemd*" "control: bob's" unrestricted_processes bob
run_logins
sed 's/^/# /' "$work"/*-errors

read_verdicts
is "" "the same attempts for both" \
	diff <(names "$work/alice" "$work/carol" | sort) <(names "$work/bob" | sort)
while read -r name; do
	compare "$name"
done < <(names "$work/alice" "$work/carol")
printf '%s\n' "| attempt | restricted | control | why" "$table"
denied=$(grep -c '| denied *| allowed' <<<"$table")
is yes "$denied attempts denied that the control is allowed, at least 100" \
	sh -c "[ $denied -ge 100 ] && echo yes"
finish
