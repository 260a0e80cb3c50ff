#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# escapes_login.sh PART...: what a login tries for escapes.sh, a line "NAME | VERDICT" of each: the
# programs escape_*.c, other people's programs, and the ways through daemons of the user's own.

set -uo pipefail
tests=/opt/tests
probe=$tests/userns_probe
lo=("$probe" lo)
dir=$(mktemp -d "$HOME/escapes.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# Programs of both word sizes.
direct() { # PROGRAM...
	local program
	for program; do
		"$tests/$program"
		"$tests/${program}32" | sed 's/^/32-bit: /'
	done
}

# What a command prints at last; where that is no verdict, what it printed.
try() { # NAME COMMAND...
	local output verdict
	output=$("${@:2}" 2>&1)
	verdict=${output##*$'\n'}
	if [[ $verdict != @(allowed|denied) ]]; then
		case $output in
		*[Pp]ermission\ denied* | *not\ permitted*) verdict=denied ;;
		*) verdict="broken: ${output//$'\n'/; }" ;;
		esac
	fi
	echo "$1 | $verdict"
}

by_bubblewrap() {
	bwrap --unshare-user --uid 0 --gid 0 --cap-add ALL --dev-bind / / "$probe" --depth 0 lo
}

by_su() {
	su -c "${lo[*]}" "$USER" <<<"$USER" 2>/dev/null # the password
}

# A file on a file system of the namespace gets the capability there.
by_file_capability() {
	unshare -Urm bash -c "mount -t tmpfs none /mnt && cp $probe /mnt/probe &&
		/sbin/setcap cap_net_admin,cap_sys_admin+ep /mnt/probe && /mnt/probe --depth 0 lo"
}

by_binfmt() {
	printf 'none' >"$dir/file.escape"
	chmod 755 "$dir/file.escape"
	unshare -Urm bash -c "mount -t binfmt_misc none /mnt &&
		echo ':escape:E::escape::$tests/escape-lo:' >/mnt/register && $dir/file.escape"
}

others() {
	try "program: setuid root" "$tests/escape-setuid" lo
	try "program: with net_raw as a file capability" "$tests/escape-net-raw" lo
	try "program: with a file capability of the namespace" by_file_capability
	try "program: newuidmap" unshare -U --map-auto --map-root-user "$probe" --depth 0 lo
	try "program: bubblewrap" by_bubblewrap
	try "program: sudo -u self" sudo -n -u "$USER" "${lo[@]}"
	try "program: su self" by_su
	try "program: sg" sg "$USER" -c "${lo[*]}"
	try "program: binfmt_misc of the namespace" by_binfmt
}

# --- daemons: each is to write into the file $dir/NAME ---
unit=escape-$USER

start_cron() {
	echo "* * * * * ${lo[*]} >$dir/cron" | crontab -
}
start_at() {
	echo "${lo[*]} >$dir/at" | at now
}
start_ssh() {
	ssh -n "$USER@localhost" "${lo[*]}" >"$dir/ssh"
}
start_systemd_run() {
	systemd-run -q --user --wait --pipe "${lo[@]}" >"$dir/systemd_run"
}
start_scope() {
	systemd-run -q --user --scope "${lo[@]}" >"$dir/scope"
}
start_timer() {
	systemd-run -q --user --on-active=1s sh -c "${lo[*]} >$dir/timer"
}
start_service() {
	mkdir -p ~/.config/systemd/user
	printf '[Service]\nType=oneshot\nExecStart=%s\nStandardOutput=file:%s\n' \
		"${lo[*]}" "$dir/service" >~/.config/systemd/user/"$unit.service"
	systemctl --user daemon-reload
	systemctl --user start "$unit"
}
start_dbus() {
	local services=~/.local/share/dbus-1/services
	mkdir -p "$services"
	printf '[D-BUS Service]\nName=org.usernscaps.Escape\nExec=/bin/sh -c "%s >%s"\n' \
		"${lo[*]}" "$dir/dbus" >"$services/org.usernscaps.Escape.service"
	busctl --user call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig
	busctl --user call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus \
		StartServiceByName su org.usernscaps.Escape 0
}
start_tmux() {
	tmux -L "$unit" new-session -d "${lo[*]} >$dir/tmux"
}

# Forks, while root replaces the programs all the time.
start_storm() {
	"$probe" storm 8 100 >"$dir/counts"
	case $(<"$dir/counts") in
	"forks=800 failed=0 unrestricted=0") echo denied ;;
	"forks=800 failed=0 unrestricted=800") echo allowed ;;
	*) cat "$dir/counts" ;;
	esac >"$dir/storm"
}

ways=(cron at ssh systemd_run scope timer service dbus tmux storm)

start_daemons() {
	local way
	for way in "${ways[@]}"; do
		"start_$way" >"$dir/log-$way" 2>&1 &
	done
}

end_daemons() {
	local way tries=$((100 * 5))
	for way in "${ways[@]}"; do
		until [[ -s $dir/$way ]] || ((tries-- <= 0)); do sleep 0.2; done
		try "daemon: $way" cat "$dir/log-$way" "$dir/$way"
	done
	crontab -r
}

for part; do
	case $part in
	network)
		start_daemons
		direct escape_descriptors escape_create escape_tasks
		"$tests/escape_kernel"
		"$tests/escape_limits"
		others
		end_daemons
		;;
	admin)
		direct escape_admin
		try "limit: newuidmap without sys_admin" unshare -U --map-auto --map-root-user echo allowed
		;;
	kernel) "$tests/escape_kernel" kernel ;;
	esac
done
