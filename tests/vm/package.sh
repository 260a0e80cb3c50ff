#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# variants: next layout
#
# The Debian packages from installation to purge, in a guest without this tree (run --packages):
# what alice, who gets a rule, bob and root meet at each step, and sessions that last over an upgrade,
# a removal and a reinstallation. With the argument "lsm" the kernel was booted without the BPF LSM.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
export DEBIAN_FRONTEND=noninteractive
packages=/opt/tests/packages
unit=usernscaps.service
both_stacks="/etc/pam.d/common-session /etc/pam.d/common-session-noninteractive"
dropin=/etc/security/usernscaps.d/site.conf

# An ssh login of each: what comes of configuring a network in a namespace of one's own.
logins() {
	local user pids=()
	for user in alice bob root; do
		as "$user" "$probe lo" >"/run/login-$user" &
		pids+=($!)
	done
	wait "${pids[@]}"
	cat /run/login-{alice,bob,root} | paste -sd ' '
}

# What dpkg says is in /run/dpkg, and a comment in our output; its exit status is printed.
exec 3>&1
dpkg_do() {
	dpkg --force-confold "$@" >/run/dpkg 2>&1 </dev/null
	echo $?
	sed 's/^/# /' /run/dpkg >&3
	systemctl --quiet stop usernscaps-probe.timer usernscaps-probe.service 2>/dev/null # see lib.sh
}

states() { dpkg-query -W -f '${Package} ${db:Status-Status} ' libpam-usernscaps usernscapsctl; }
unit_is() { systemctl show -p ActiveState -p UnitFileState --value "$unit" | paste -sd ' '; }
stacks() { grep -ls pam_usernscaps /etc/pam.d/* | paste -sd ' '; }
loaded() { if [[ -e $pins ]]; then echo loaded; else echo none; fi; }

# Is one started before the other at boot? All that is between them has to be targets.
is_before() { # UNIT OTHER
	systemctl list-dependencies --after --plain "$2" | grep -w "$1" >/dev/null && echo yes || echo no
}

# The files of the system, with what is in those that any package's scripts may write to.
snapshot() {
	find /etc /usr /lib /opt /var ! -path '/var/lib/dpkg/*' ! -path '/var/log/*' \
		! -path '/var/cache/*' ! -path '/var/tmp/*' ! -path '/var/lib/systemd/timers/*' | sort
	find /etc/pam.d /var/lib/pam -type f -exec md5sum {} + | sort
}

# The packages with what is another version's, into /run/VARIANT.
make_version() { # VARIANT VERSION
	local deb top
	for deb in "$packages"/*.deb; do
		top=/run/$1/$(basename "${deb%%_*}")
		mkdir -p "/run/$1"
		dpkg-deb -R "$deb" "$top"
		sed -i -E "s/^Version: .*/Version: $2/; s/(usernscapsctl \(=) [^)]*/\1 $2/" "$top/DEBIAN/control"
		case $top in
		*/usernscapsctl) install "/opt/tests/usernscapsctl-$1" "$top/usr/sbin/usernscapsctl" ;;
		*)
			install -m 644 "/opt/tests/pam_usernscaps-$1.so" \
				"$(echo "$top"/usr/lib/*/security/pam_usernscaps.so)"
			echo "# version $2" >>"$top$conf"
			;;
		esac
		dpkg-deb -Znone -b "$top" "$top.deb" >/dev/null
	done
}

# Sessions that last: alice's and bob's, which try all the time.
hold() {
	local user
	rm -f /run/stop /run/alice /run/bob
	held_pids=()
	for user in alice bob; do
		ssh -n "$user@localhost" "until [ -e /run/stop ]; do $probe lo; sleep 0.2; done" \
			>>"/run/$user" 2>&1 &
		held_pids+=($!)
	done
}

# What they have met since the last call, and at least three times each after this one.
held() {
	local user lines tries
	for user in alice bob; do
		lines=$(wc -l <"/run/$user")
		for ((tries = 0; tries < 600 && $(wc -l <"/run/$user") < lines + 3; tries++)); do sleep 0.1; done
		echo "$user: $(sort -u "/run/$user" | paste -sd ' ')"
		: >"/run/$user"
	done | paste -sd ' '
}

# Ends them, and waits until nobody is known to be restricted any more.
release() {
	: >/run/stop
	wait "${held_pids[@]}"
	until_entries 0 >/dev/null
}

make_version next 99.0.0-1
make_version layout 199.0.0-1
keep_managers alice bob root
snapshot >/run/before

# --- installed ---
is "allowed allowed allowed" "before: alice, bob, root" logins
is 0 "install" dpkg_do -i "$packages"/*.deb
is "libpam-usernscaps installed usernscapsctl installed " "install: both" states
is "$both_stacks" "install: stacks" stacks
is 2 "install: the module is last" bash -c "tail -qn 2 $both_stacks | grep -c pam_usernscaps"
is enabled "install: the timer" systemctl is-enabled usernscaps-probe.timer
if [[ ${1-} == lsm ]]; then
	is "failed enabled" "install: the unit" unit_is
	like "*lsm=*bpf*" "install: the journal says why" journalctl -q -o cat -u "$unit"
else
	is "active enabled" "install: the unit" unit_is
	like "provider bpf*proven*" "install: status" usernscapsctl status
fi
is "allowed allowed allowed" "install: nobody is restricted" logins

# --- the next boot: who opens sessions waits for the unit ---
is yes "boot: part of sysinit.target" is_before "$unit" sysinit.target
for other in ssh cron atd systemd-logind systemd-user-sessions user@1000 getty@tty2; do
	is yes "boot: before $other" is_before "$unit" "$other.service"
done
is no "boot: control: not before systemd-journald" is_before "$unit" systemd-journald.service

# --- a rule, and a site's own file ---
echo 'user "alice" { userns { drop = {net_admin} } }' >>"$conf"
echo 'user "60000:60999" { userns { create = false } }' >"$dropin"
cp "$conf" /run/rules
forget_log
if [[ ${1-} == lsm ]]; then
	is "denied allowed allowed" "rule: alice can create no namespace" logins
	is yes "rule: the log says that there is no provider" logged "no provider.*user=alice"
	is 0 "upgrade" dpkg_do -i /run/next/*.deb
	is "failed enabled" "upgrade: the unit" unit_is
	is 0 "purge" dpkg_do --purge libpam-usernscaps usernscapsctl
	rm -r "${dropin%/*}"
	is "" "purge: nothing is left" diff /run/before <(snapshot)
	is "allowed allowed allowed" "purge: alice, bob, root" logins
	finish
fi
hold
is "denied allowed allowed" "rule: alice is restricted" logins

# --- upgraded, with people logged in ---
started=$(systemctl show -p ActiveEnterTimestampMonotonic "$unit")
is "alice: denied bob: allowed" "before the upgrade: sessions that last" held
is 0 "upgrade" dpkg_do -i /run/next/*.deb
is "alice: denied bob: allowed" "upgrade: meanwhile and after it" held
is "active enabled" "upgrade: the unit" unit_is
is "$started" "upgrade: it was not stopped" systemctl show -p ActiveEnterTimestampMonotonic "$unit"
is "usernscapsctl 99.0.0" "upgrade: the tool" usernscapsctl --version
is 99 "upgrade: the programs" "$probe" answer
is "" "upgrade: the rules are the admin's" cmp "$conf" /run/rules
is "denied allowed allowed" "upgrade: logins" logins

# --- upgraded to programs that can't take over, before and after the last session ends ---
is 0 "another layout: upgrade" dpkg_do -i /run/layout/*.deb
like "*version before may still be at work*" "another layout: the admin is told" cat /run/dpkg
is "alice: denied bob: allowed" "another layout: meanwhile and after it" held
is 99 "another layout: the programs are those from before" "$probe" answer
release
is "" "another layout: reload" systemctl reload "$unit"
is "denied allowed allowed" "another layout: logins" logins

# --- removed, while somebody is restricted ---
hold
is "alice: denied bob: allowed" "before the removal: sessions that last" held
cp /etc/pam.d/login /run/login
printf 'session required \\\n\tpam_usernscaps.so\n' >>/etc/pam.d/login
is 1 "a stack of the admin's own: is not removed" dpkg_do -r libpam-usernscaps usernscapsctl
like "*/etc/pam.d/login*Without it nobody*" "a stack of the admin's own: the admin is told" cat /run/dpkg
is "$both_stacks /etc/pam.d/login" "a stack of the admin's own: stacks" stacks
is "active enabled" "a stack of the admin's own: the unit" unit_is
cp /run/login /etc/pam.d/login
is 0 "remove" dpkg_do -r libpam-usernscaps usernscapsctl
like "*processes would no longer be restricted*stay loaded*" "remove: the admin is told" cat /run/dpkg
is "" "remove: stacks" stacks
is "alice: denied bob: allowed" "remove: sessions that last" held
is "" "remove: the rules stay" cmp "$conf" /run/rules
is "allowed allowed allowed" "remove: nobody is locked out, nor restricted" logins

# --- installed again, with the rules deleted meanwhile ---
rm "$conf"
is 0 "install again" dpkg_do -i /run/layout/*.deb
like "*no $conf*only root can create*" "install again: the admin is told of the rules" cat /run/dpkg
cp /run/rules "$conf"
is "active enabled" "install again: the unit" unit_is
is "$both_stacks" "install again: stacks" stacks
is "alice: denied bob: allowed" "install again: sessions that last" held
is "denied allowed allowed" "install again: the rules hold" logins

# --- purged, while nobody is restricted ---
release
is loaded "control: the programs are loaded" loaded
is 0 "purge" dpkg_do --purge libpam-usernscaps usernscapsctl
is none "purge: the programs are unloaded" loaded
like "*usernscaps.d*not empty*" "purge: the site's own file is not the package's" cat /run/dpkg
rm -r "${dropin%/*}"
is "" "purge: nothing else is left" diff /run/before <(snapshot)
is "allowed allowed allowed" "purge: alice, bob, root" logins
finish
