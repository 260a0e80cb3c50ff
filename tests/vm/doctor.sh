#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# What doctor says of a machine that is as it should be, and of the same machine with one fault at a
# time: that fault, no other, and what fixes it. This is then carried out. That bpf is missing from
# lsm= takes a boot of its own: unsupported.sh.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
stacks=/etc/pam.d
units=/etc/systemd/system

write_rules() { # GROUP
	rules <<-END
		group "$1" { userns { drop = {net_admin} } }
	END
}

# The only fault, the exit status, and what to do; the command is left in $command.
fault() { # FAULT REMEDY-PATTERN
	look_with_doctor
	is "1 $1" "$1" echo "$status $found"
	like "$2" "$1: what to do" echo "$remedy; $command"
}

# fix COMMAND...: what the remedy says; without words, its own command.
fix() {
	local name=$found
	if (($#)); then "$@"; else sh -c "$command"; fi >/run/fix 2>&1
	sed 's/^/# /' /run/fix
	look_with_doctor
	is "0 " "$name: fixed" echo "$status $found"
}

edit() { # SED-COMMAND
	EDITOR="sed -i $1" usernscapsctl edit
}

write_rules restricted
look_with_doctor
is "0 " "nothing is wrong at first" echo "$status $found"
like "kernel *ok *Linux *unit *ok *enabled and active*before sysinit*provider *ok *bpf*rules *ok*1 rules*\
pam *ok*common-session (last), common-session-noninteractive (last)*ways *ok*UsePAM yes*notice*runuser*" \
	"and each part says so" usernscapsctl doctor

# ---- kernel ----

mkdir /run/nothing
mount --bind /run/nothing /sys/kernel/btf
fault btf "*CONFIG_DEBUG_INFO_BTF*nothing mounted*"
fix umount /sys/kernel/btf
sysctl -q kernel.ftrace_enabled=0
fault ftrace-off "set it to 1*sysctl kernel.ftrace_enabled=1"
fix

# ---- unit ----

systemctl --quiet disable usernscaps.service
fault unit-disabled "enable it; systemctl reenable usernscaps.service"
fix
restart_without_ftrace() {
	sysctl -q kernel.ftrace_enabled=0
	systemctl restart usernscaps.service 2>/dev/null
	sysctl -q kernel.ftrace_enabled=1
}
restart_without_ftrace
fault unit-failed-loaded "*sets nobody free*; systemctl restart usernscaps.service"
fix
usernscapsctl unload --force
restart_without_ftrace
fault unit-failed "*journalctl*; systemctl restart usernscaps.service"
fix

# ---- rules ----

chmod 666 "$conf"
fault rules-writable "*write permission*; chmod go-w '$conf'"
fix
echo nonsense >>"$conf"
fault rules-broken "*usernscapsctl edit*"
fix edit /nonsense/d
write_rules nosuch
fault group-unknown "*usernscapsctl edit*groupadd*"
fix edit s/nosuch/restricted/

# ---- stacks ----

for stack in common-session common-session-noninteractive; do
	sed -i /pam_usernscaps/d "$stacks/$stack"
	fault pam-missing "*second time*; pam-auth-update --enable usernscaps"
	like "$stacks/$stack lacks *, and so do*: *su*" "$stack is named" echo "$text"
	fix
done
cp "$stacks/common-session" /run/common-session
echo 'session optional pam_env.so' >>"$stacks/common-session"
fault pam-not-last "*to the end; sed *$stacks/common-session'"
like "*common-session: pam_env.so follows" "what follows is named" echo "$text"
fix
cp /run/common-session "$stacks/common-session"

# ---- ways ----

cp /etc/ssh/sshd_config /run/sshd_config
sed -i 's/^UsePAM yes/UsePAM no/' /etc/ssh/sshd_config.d/vm.conf
fault sshd-without-pam "set it to yes*; sed *UsePAM yes*"
fix
sed -i 's/^UsePAM no/UsePAM yes/' /etc/ssh/sshd_config.d/vm.conf
cp /run/sshd_config /etc/ssh/sshd_config
printf '[Service]\nExecStart=/bin/true\n' >$units/php8.2-fpm.service
fault daemon "*RestrictNamespaces=~user*"
fix
rm -r $units/php8.2-fpm.service{,.d}
systemctl daemon-reload
systemctl try-reload-or-restart ssh
finish
