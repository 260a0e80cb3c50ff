#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The real programs that open sessions, with alice restricted and bob not: ssh, login, su, sudo,
# cron, at and the systemd user manager.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

rules <<-END
	user "alice" { userns { drop = {net_admin} } }
END
act=("$probe" lo)

via_ssh() { as "$1" "${act[*]}"; }
via_su() { su -c "${act[*]}" "$1"; }
via_su_login() { su -l -c "${act[*]}" "$1"; }
via_sudo() { sudo -n -u "$1" "${act[@]}"; }
via_login() {
	printf '%s; exit\n' "${act[*]}" | script -qec "login -f $1" /dev/null | tr -d '\r' |
		grep -oE '^(allowed|denied)$'
}
via_user_manager() {
	loginctl enable-linger "$1"
	systemctl start "user@$(id -u "$1")"
	as "$1" "systemd-run -q --user --wait --pipe ${act[*]}"
}
via_at() {
	rm -f "/home/$1/at-result"
	su -l -c "echo '${act[*]} >/home/$1/at-result' | at now" "$1" >/dev/null 2>&1
	wait_for "/home/$1/at-result"
}
via_cron() {
	rm -f "/tmp/cron-$1"
	echo "* * * * * $1 ${act[*]} >/tmp/cron-$1" >"/etc/cron.d/test-$1"
	wait_for "/tmp/cron-$1" 90
	rm "/etc/cron.d/test-$1"
}
wait_for() { # FILE [SECONDS]
	local tries=$((${2-30} * 5))
	until [[ -s $1 ]] || ((tries-- == 0)); do sleep 0.2; done
	cat "$1"
}

systemctl start cron atd
for way in ssh su su_login sudo login user_manager at cron; do
	is denied "$way: alice" "via_$way" alice
	is allowed "$way: bob" "via_$way" bob
done
finish
