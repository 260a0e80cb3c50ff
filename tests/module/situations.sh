#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Five sites, each with what it wants in words, the rules for it in sites/N, and what a login
# must be left with. Accounts are made up, in a mount namespace of the test's own.
: "${top_builddir:?}" "${top_srcdir:?}"

if [[ ${SITUATIONS_INSIDE-} != yes ]]; then
	if ! unshare --mount true 2>/dev/null; then
		echo "1..0 # SKIP no mount namespace can be made here: accounts would be the host's"
		exit
	fi
	exec env SITUATIONS_INSIDE=yes unshare --mount "$BASH" "$0"
fi

dir=$(mktemp -d)
trap 'cd /; umount /etc/passwd /etc/group /etc/nsswitch.conf; rm -rf "$dir"' EXIT

printf '%s\n' root:x:0:0::/:/bin/sh sam:x:1001:1001::/:/bin/sh tina:x:1002:1002::/:/bin/sh \
	both:x:1003:1003::/:/bin/sh builder:x:1004:1004::/:/bin/sh svc0:x:60000:1001::/:/bin/sh \
	svc9:x:60999:1001::/:/bin/sh after:x:61000:1001::/:/bin/sh alice:x:1005:1005::/:/bin/sh \
	dora:x:1006:1006::/:/bin/sh stan:x:1007:1007::/:/bin/sh eve:x:1008:1008::/:/bin/sh \
	rita:x:1009:1009::/:/bin/sh backup:x:1010:1010::/:/bin/sh >"$dir/passwd"
printf '%s\n' root:x:0: students:x:2001:sam,both teachers:x:2002:tina,both \
	staff:x:2003:dora,stan external:x:2004:eve remote:x:2005:rita \
	ldap-users:x:2006: >"$dir/group"
cut -d : -f 1,4 "$dir/passwd" | sed -n 's/^\(.*\):\(1...\)$/\1:x:\2:/p' | sort -t : -u -k 3,3 >>"$dir/group"
printf 'passwd: files\ngroup: files\n' >"$dir/nsswitch.conf"
for name in passwd group nsswitch.conf; do
	mount --bind "$dir/$name" "/etc/$name" || { echo "Bail out! can't mount over /etc/$name"; exit 1; }
done

count=0
report() { # STATUS NAME
	count=$((count + 1))
	if (($1 == 0)); then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$dir/said"
	fi
}

# What a login must be left with: items that are not named are as they were.
expect() { # USER SERVICE [ITEM=VALUE]...
	local item
	local -A wanted=([bounding]=all [inheritable]=all [userns]=all [create]=true [strict]=false
		[no_new_privs]=false)
	for item in "${@:3}"; do
		wanted[${item%%=*}]=${item#*=}
	done
	for item in bounding inheritable userns create strict no_new_privs; do
		printf '%s %s\n' "$item" "${wanted[$item]}"
	done >"$dir/wanted"
	"$top_builddir/usernscapsctl" explain "$1" --service "$2" --conf "$conf" >"$dir/all" 2>&1
	awk '$1 ~ /^(bounding|inheritable|userns|create|strict|no_new_privs)$/ { print $1, $2 }' "$dir/all" >"$dir/got"
	{ diff "$dir/wanted" "$dir/got" && rm "$dir/got"; cat "$dir/all"; } >"$dir/said"
	[[ ! -e $dir/got ]]
	report $? "situation $situation: $1, $2"
}

begin() { # NUMBER
	situation=$1
	conf=$(realpath "$top_srcdir")/tests/module/sites/$1/usernscaps.conf
	"$top_builddir/usernscapsctl" check "$conf" >"$dir/said" 2>&1
	report $? "situation $1: the rules have no errors"
}

# Students may run sandboxed browsers and nothing else in user namespaces, nothing of later kernels
# either; teachers are not restricted; whoever is both is restricted; nobody else is.
begin 1
browser=none,+sys_chroot,+sys_ptrace,+sys_admin
expect sam login "userns=$browser"
expect both login "userns=$browser"
expect tina login
expect eve login
expect root login

# A builder of containers, service accounts without namespaces, and everybody else without what
# networking and BPF code does.
begin 2
expect builder sshd userns=none,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_admin,+sys_chroot,+sys_admin,+setfcap
less=all,-net_admin,-net_raw,-sys_module,-perfmon,-bpf
expect svc0 cron "userns=$less" create=false
expect svc9 cron "userns=$less" create=false
expect after cron "userns=$less"
expect eve sshd "userns=$less"
expect root sshd

# A public shell server: nothing in namespaces, no modules and raw I/O for setuid programs, strict,
# sessions refused without a provider; alice keeps two capabilities in namespaces.
begin 3
modules=all,-sys_module,-sys_rawio
expect eve sshd "bounding=$modules" "inheritable=$modules" userns=none strict=true
expect alice sshd "bounding=$modules" "inheritable=$modules" userns=none,+sys_chroot,+sys_admin strict=true
expect root sshd
grep -q '^when_unsupported = refuse$' "$conf"
report $? "situation 3: refused without a provider"

# A file for each user and group, profiles that build on each other, and a directory whose outage
# keeps all but root out.
begin 4
expect stan sshd userns=none,+net_admin,+sys_chroot,+sys_ptrace,+sys_admin
expect eve sshd "userns=$browser" bounding=all,-sys_module
expect dora sshd userns=none,+net_admin,+net_raw,+sys_chroot,+sys_ptrace,+sys_admin
expect sam sshd
expect root sshd
directory=$(<"$dir/group")
printf '%s\n' "${directory//ldap-users:x:2006:/}" >"$dir/group"
! "$top_builddir/usernscapsctl" explain sam --conf "$conf" >"$dir/said" 2>&1 &&
	grep -q 'the rules depend on unknown groups: external, staff ' "$dir/said"
report $? "situation 4: while the directory is down, sam is kept out"
expect root login
printf '%s\n' "$directory" >"$dir/group"
expect sam login

# Logins from outside, and one service of one user.
begin 5
expect rita sshd userns=all,-net_admin,-bpf
expect rita login
expect sam sshd
expect backup cron create=false
expect backup login

echo "1..$count"
