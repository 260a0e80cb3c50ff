#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Rules that can't be used, through real ssh: nobody gets in as if there were none, root gets in to
# fix them, and fixing them needs no restart. With arguments: only these ways to break them.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# What a login can do: a shell, sudo, a namespace.
login='echo shell; sudo -n id -u; unshare -U echo namespace 2>/dev/null || echo no namespace'
free=$'shell\n0\nnamespace'
restricted=$'shell\n0\nno namespace'
refused='*status 254'

good_rules() {
	rules <<-END
		group "restricted" { userns { drop = {net_admin} } }
	END
}

# --- each way to break them: break_NAME, and what the log says of it ---
break_syntax() { echo 'user "alice" { userns { drop = {net_admin} }' | rules; }
break_capability() { printf 'user "alice" {\n userns { drop = {net_admim} }\n}\n' | rules; }
break_key() { printf 'user "alice" {\n userns { drip = {net_admin} }\n}\n' | rules; }
break_twice() {
	printf 'user "alice" { userns {\n drop = {net_admin}\n drop = {bpf}\n} }\n' | rules
}
break_mode() { good_rules && chmod g+w "$conf"; }
break_symlink() { good_rules && mv "$conf" "$conf.real" && ln -s usernscaps.conf.real "$conf"; }
break_missing() { rm -f "$conf"; }
break_empty() { rules </dev/null; }
break_nul() { printf '# one\nuser "alice" { userns { drop = {net_\0admin} } }\n' | rules; }
# shellcheck disable=SC2016 # the dollar is the point
break_environment() { printf '\nuser "${HOME}" { userns { drop = {bpf} } }\n' | rules; }

declare -A complaint=(
	[syntax]="$conf:[0-9]+: .+"
	[capability]="$conf:2: .*net_admim"
	[key]="$conf:2: .*drip"
	[twice]="$conf:3: .*drop"
	[mode]="$conf: .*(writable|write)"
	[symlink]="$conf: .*(symbolic )?link"
	[missing]="$conf: .*(no such|not|missing)"
	[empty]="$conf: .*empty"
	[nul]="$conf:2: .*NUL"
	[environment]="$conf:2: .*[$][{]"
)
breaks=(syntax capability key twice mode symlink missing empty nul environment)
(($# == 0)) || breaks=("$@")

good_rules
keep_managers alice bob root

module_arguments
is "$free" "control: alice with good rules" as alice "$login"
is "$free" "control: root with good rules" as root "$login"

for name in "${breaks[@]}"; do
	module_arguments onerr=restrict
	"break_$name"
	forget_log
	is "$restricted" "$name: alice" as alice "$login"
	is yes "$name: the log says where and why" logged "${complaint[$name]}"
	is "$free" "$name: root" as root "$login"
	is yes "$name: the log tells of root too" logged "${complaint[$name]}.*user=root .*unrestricted"

	module_arguments onerr=refuse
	like "$refused" "$name, refuse: alice" as alice "$login"
	is "$free" "$name, refuse: root" as root "$login"

	module_arguments onerr=restrict even_deny_root
	is "$restricted" "$name, even_deny_root: root" as root "$login"
	module_arguments onerr=refuse even_deny_root
	like "$refused" "$name, refuse, even_deny_root: root" as root "$login"

	good_rules
	rm -f "$conf.real"
	is "$free" "$name: alice once it is fixed" as alice "$login"
done

# --- not broken: a rule given twice counts twice ---
module_arguments
rules <<-END
	user "alice" { userns { drop = {net_admin} } }
	user "alice" { userns { drop = {sys_chroot} } }
END
is "denied" "a rule given twice: the first counts" as alice "$probe lo"
is "denied" "a rule given twice: the second counts" \
	as alice "unshare -Ur /usr/sbin/chroot / true 2>/dev/null && echo allowed || echo denied"
is "allowed" "control: neither takes mounts" as alice "$probe mount"
is "allowed" "control: bob, lo" as bob "$probe lo"
is "allowed" "control: bob, chroot" \
	as bob "unshare -Ur /usr/sbin/chroot / true 2>/dev/null && echo allowed || echo denied"
finish
