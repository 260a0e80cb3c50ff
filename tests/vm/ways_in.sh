# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The ways into a Debian machine: way_NAME USER has a process of USER's, started by the real program,
# leave the report NAME.USER. Sourced. Where one login leads to others, its function is that of them all.

report=/opt/tests/report.sh
reports=/var/tmp/report

wait_for_report() { # NAME.USER [SECONDS]
	local tries=$((${2-60} * 5))
	until [[ -e $reports.$1 ]] || ((tries-- == 0)); do sleep 0.2; done
}

# As the user, but in no session: what comes of it isn't restricted by where it was asked for.
outside() { # USER COMMAND...
	setpriv --reuid "$1" --regid "$1" --init-groups env HOME="/home/$1" USER="$1" LOGNAME="$1" \
		XDG_RUNTIME_DIR="/run/user/$(id -u "$1")" "${@:2}"
}

# ---- ssh ----

way_ssh_password() {
	printf '#!/bin/sh\necho %s\n' "$1" >"/run/askpass-$1"
	chmod +x "/run/askpass-$1"
	SSH_ASKPASS=/run/askpass-$1 SSH_ASKPASS_REQUIRE=force ssh -n -o BatchMode=no \
		-o PubkeyAuthentication=no -o PreferredAuthentications=password \
		"$1@localhost" "$report ssh_password.$1"
}

way_ssh_key() { ssh -tt "$1@localhost" <<<"exec $report ssh_key.$1"; }

# And from there the ways to root, and what is left running.
way_ssh_command() {
	# shellcheck disable=SC2029 # expanded here on purpose
	ssh -n "$1@localhost" "$report ssh_command.$1
		sudo -n $report sudo.$1
		pkexec $report pkexec.$1
		TERM=linux screen -dmS paths
		TERM=linux tmux new-session -d -s paths"
}

# What is left running, when that login is over and another one there, by rules that are no longer the same.
reach_what_is_left() { # USER
	su -l "$1" -c "$report later.$1
		screen -S paths -X stuff 'exec $report screen.$1'\$'\n'
		tmux send-keys -t paths 'exec $report tmux.$1' Enter"
	wait_for_report "screen.$1"
	wait_for_report "tmux.$1"
}

# sshd has the user's shell start the server, and that reads this file first.
way_sftp() {
	local hook="[[ \${BASH_EXECUTION_STRING-} != *sftp-server ]] || $report sftp.$1"
	grep -qF "$hook" "/home/$1/.bashrc" || sed -i "1i $hook" "/home/$1/.bashrc"
	sftp -q -b - "$1@localhost" <<<pwd
}

# No command of the user's runs: the process that forwards ports, seen from outside. Then a second
# session by the same connection.
way_forward() {
	local port=$((2000 + $(id -u "$1"))) master=/run/master-$1 banner
	ssh -n -M -S "$master" -N -L "$port:localhost:22" "$1@localhost" &
	until [[ $(ss -Hltn "sport = :$port") ]]; do sleep 0.2; done
	read -r banner <"/dev/tcp/localhost/$port" && [[ $banner == SSH-* ]] &&
		"$report" "forward.$1" "$(pgrep -u "$1" -xf "sshd: $1")"
	ssh -n -S "$master" "$1@localhost" "$report second.$1"
	ssh -q -S "$master" -O exit "$1@localhost"
	wait $!
}

# Root instead of alice, whom a rule names for sshd; and root by another service instead of bob.
way_ssh_root() {
	case $1 in
	alice) ssh -n root@localhost "$report ssh_root.alice" ;;
	bob) su -c "$report ssh_root.bob" ;;
	esac
}

# Not even by PAM.
way_ssh_without_pam() {
	local port=$((3000 + $(id -u "$1")))
	/usr/sbin/sshd -D -p "$port" -o UsePAM=no -o PidFile=none 2>/dev/null &
	until [[ $(ss -Hltn "sport = :$port") ]]; do sleep 0.2; done
	ssh -n -p "$port" -o HostKeyAlias=localhost "$1@localhost" "$report ssh_without_pam.$1"
	kill $!
}

# ---- consoles ----

way_login() {
	local vt=$((8 + $(id -u "$1") - 1000))
	systemctl start "getty@tty$vt"
	/opt/tests/console.py "$vt" login: "$1" Password: "$1" '$' "exec $report login.$1"
	wait_for_report "login.$1"
	systemctl stop "getty@tty$vt"
}

# A session without a login prompt first, and one by the greeter.
way_greetd() {
	cat >/etc/greetd/config.toml <<-END
		[terminal]
		vt = 7
		[initial_session]
		command = "$report greetd_initial.$1"
		user = "$1"
		[default_session]
		command = "/usr/sbin/agreety --cmd '$report greetd.$1'"
		user = "_greetd"
	END
	rm -f /run/greetd.run
	systemctl start greetd
	/opt/tests/console.py 7 login: "$1" Password: "$1"
	wait_for_report "greetd.$1"
	systemctl stop greetd
}

# ---- from root's shell ----

way_su() { su -c "$report su.$1" "$1"; }
way_sudo_user() { sudo -n -u "$1" "$report" "sudo_user.$1"; }
way_sudo_login() { sudo -n -i -u "$1" "$report" "sudo_login.$1"; }
way_pkexec_user() { pkexec --user "$1" "$report" "pkexec_user.$1"; }
way_machinectl() { machinectl -q shell "$1@.host" "$report" "machinectl.$1"; }
way_runuser() { runuser -u "$1" -- "$report" "runuser.$1"; }
way_runuser_login() { runuser -l "$1" -c "$report runuser_login.$1"; }
way_service() { systemd-run -q --wait --uid "$1" "$report" "service.$1"; }

# ---- user managers ----

# A manager's default.target wants report.service. At boot it is there before anything asks for it.
way_lingering() {
	loginctl enable-linger "$1"
	[[ -e $reports.manager.$1 ]] || systemctl restart "user@$(id -u "$1")"
	wait_for_report "manager.$1"
	mv "$reports.manager.$1" "$reports.lingering.$1"
}

# No manager is there until this login has one started. Then it stays: logins are shorter with one.
way_su_login() {
	loginctl disable-linger "$1"
	systemctl stop "user@$(id -u "$1")"
	rm -f "$reports.manager.$1" # from boot
	su -l -c "$report su_login.$1" "$1"
	wait_for_report "manager.$1"
	loginctl enable-linger "$1"
}

# By the manager that su_login has had started.
way_run() { outside "$1" systemd-run -q --user --wait "$report" "run.$1"; }

# ---- later ----

# A job runs where it was asked for.
way_at() { (cd / && outside "$1" at now <<<"$report at.$1"); }

way_cron() { echo "* * * * * $1 $report cron.$1" >"/etc/cron.d/paths-$1"; }

# Once a boot, says a file of cron's.
way_reboot() {
	[[ ! -e $reports.reboot.$1 ]] || return
	rm -f /run/crond.reboot
	systemctl restart cron
}
