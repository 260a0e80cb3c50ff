#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The system mask of the bpf provider: what it takes from whom, at once, and what it leaves.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
user=1000

mask() {
	usernscapsctl mask "$@"
}

unrestricted() {
	"$probe" --uid "$user" "$@"
}

# start NAME OPTION...: a process that tries lo whenever it is asked to, on the socket that it has.
declare -A to from pid
start() {
	local fd name=$1
	shift
	mkfifo "/run/$name.in" "/run/$name.out"
	unrestricted "$@" lo-lines <"/run/$name.in" >"/run/$name.out" 2>&1 &
	pid[$name]=$!
	exec {fd}>"/run/$name.in"
	to[$name]=$fd
	exec {fd}<"/run/$name.out"
	from[$name]=$fd
}

again() { # NAME
	local answer
	echo >&"${to[$1]}"
	read -r answer <&"${from[$1]}" || answer="no answer"
	echo "$answer"
}

# noted EXTENDED-REGEX: is there a line of the tool's since forget_log?
noted() {
	local log
	journalctl --sync
	log=$(journalctl -q -o cat --after-cursor "$log_start" | grep '^system mask')
	if grep -qE "$1" <<<"$log"; then
		echo yes
	else
		printf '%s\n' "no line like $1 in:" "$log"
	fi
}

# Everybody who is nobody special, with what takes net_admin.
everybody() { # EXPECTED NAME
	is "$1" "$2, a process that runs: lo" again one
	is "$1" "$2, one that runs five deep: lo" again five
	is "$1" "$2, an older namespace: lo" unrestricted --enter "$older" lo
	is "$1" "$2, root in it: lo" "$probe" --enter "$older" lo
	is "$1" "$2, a new namespace: lo" unrestricted lo
	is "$1" "$2, a new one, mapped root: lo" unrestricted --root lo
	is "$1" "$2, root: lo in a new one" "$probe" lo
	is "$1" "$2, an owner from outside" unrestricted owner
}

# What the mask leaves alone.
others() { # NAME
	is allowed "$1, an older namespace: mount" unrestricted --enter "$older" mount
	is allowed "$1, a new namespace: mount" unrestricted mount
	is allowed "$1, root: an owner from outside" "$probe" owner
	is allowed "$1, root: lo in the initial namespace" "$probe" --depth 0 lo
	is "" "$1, root: the network of the process that runs" \
		nsenter --net="/proc/${pid[one]}/ns/net" ip link set lo down
	is "" "$1, root: and up again" nsenter --net="/proc/${pid[one]}/ns/net" ip link set lo up
}

usernscapsctl status >/dev/null || {
	echo "Bail out! the bpf provider does not work"
	exit 1
}
start one
start five --root --depth 5
make_older_namespace $user
older=/proc/$older/ns/user

# --- before ---
is "bpf      all" "shown" mask
everybody allowed "before"
others "before"

# --- shrunk ---
forget_log
is "" "mask all,-net_admin" mask all,-net_admin
is "bpf      all,-net_admin" "shown" mask
everybody denied "masked"
others "masked"
is yes "in the log" noted \
	'^system mask shrunk: provider=bpf uid=0 auid=[0-9?]+ from all to all,-net_admin$'

# --- only ever shrunk ---
forget_log
is "" "mask all" mask all
like "no line like *" "nothing in the log" noted shrunk
is "" "mask all,-bpf" mask all,-bpf
is "bpf      all,-net_admin,-bpf" "shown" mask
everybody denied "after wider ones"
is yes "in the log" noted 'shrunk: .* from all,-net_admin to all,-net_admin,-bpf$'
like "*unknown capability 'net_admim'*" "an unknown capability" mask all,-net_admim
like "*only root*" "not root" setpriv --reuid 1000 --clear-groups usernscapsctl mask all
usernscapsctl reload
is "bpf      all,-net_admin,-bpf" "a reload keeps it" mask
everybody denied "after a reload"

# --- reset ---
forget_log
is "" "mask --reset" mask --reset
is "bpf      all" "shown" mask
everybody allowed "reset"
is yes "in the log" noted \
	'^system mask reset: provider=bpf uid=0 auid=[0-9?]+ from all,-net_admin,-bpf to all$'

# --- from the rules ---
rules <<-END
	system { userns { drop = {net_admin} } }
END
mkdir -p "${conf%.conf}.d"
echo 'system { userns { drop = {sys_time} } }' >"${conf%.conf}.d/more.conf"
is allowed "rules alone change nothing: lo" again one
forget_log
is "" "mask --rules" mask --rules
is "bpf      all,-net_admin,-sys_time" "shown" mask
everybody denied "by rules"
others "by rules"
is yes "in the log" noted 'shrunk: .* from all to all,-net_admin,-sys_time$'
is allowed "a login ignores it: mount" as bob "$probe mount"
is denied "and is under it: lo" as bob "$probe lo"
rules <<<'# none'
rm "${conf%.conf}.d/more.conf"
is "" "mask --rules, without a mask" mask --rules
is "bpf      all,-net_admin,-sys_time" "widens nothing" mask

# --- by the unit ---
mask --reset
rules <<<'system { userns { drop = {net_admin} } }'
systemctl reload usernscaps.service
is "bpf      all,-net_admin" "systemctl reload" mask
is denied "a process that runs: lo" again one
systemctl stop usernscaps.service
forget_log
like "*system mask, all,-net_admin,*--force*" "unload alone would lift it, and does nothing" \
	usernscapsctl unload
is denied "a process that runs: lo" again one
usernscapsctl unload --force >/dev/null
like "*there is no mask*" "unloaded" mask
is yes "in the log" noted '^system mask unloaded: .* from all,-net_admin to all$'
systemctl start usernscaps.service
is "bpf      all,-net_admin" "systemctl start" mask
is denied "a process that runs: lo" again one
rules <<<'system { userns { drop = {net_admim} } }'
like "$conf:1: error: unknown capability 'net_admim'*" "broken rules" mask --rules
is "bpf      all,-net_admin" "take nothing" mask
rules <<<'# none'
mask --reset
is allowed "reset: lo" again one
finish
