#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# usernscapsctl mask as far as no provider is needed: its words, and which rules it takes.
# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

# --- words ---
for words in "all none" "all --rules" "--rules --reset" "all --reset" "--conf /f" "--conf /f all" \
	"--rules --conf" "--rules=/f" "--all"; do
	# shellcheck disable=SC2086 # words
	try 2 "*" "wrong words: $words" mask $words
done
try 2 'usernscapsctl mask: some: at "some": expected *' "a wrong set" mask some
try 2 'usernscapsctl mask: all,-net_admim: unknown capability*' "an unknown capability" \
	mask all,-net_admim

# --- who ---
if [[ $(id -u) != 0 ]]; then
	try 1 "*only root*" "not root" mask
	try 1 "*only root*" "not root, and a set" mask all,-net_admin
	for name in "rules" "nobody has a mask"; do
		skip "$name" "only root may have a look at the mask"
	done
	finish
	exit
fi
as_nobody() { # PATTERN NAME ARGUMENT...
	local got status
	got=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$copy" "${@:3}" 2>&1)
	status=$?
	# shellcheck disable=SC2053 # it is a pattern
	((status == 1)) && [[ $got == $1 ]]
	report $? "$2" "expected status 1, $1" "got status $status, $got"
}
copy=$dir/usernscapsctl
cp "$ctl" "$copy"
chmod 755 "$dir" "$copy"
as_nobody "*only root*" "not root" mask
as_nobody "*only root*" "not root, and a set" mask all,-net_admin

# --- rules, where only root can write ---
safe=$(mktemp -d /run/usernscaps-XXXXXX)
trap 'rm -rf "$dir" "$safe"' EXIT
chmod 755 "$safe"
mkdir "$safe/rules.d"
rules() { # LINE of the main file, LINE of a drop-in
	printf '%s\n' "$1" >"$safe/rules.conf"
	printf '%s\n' "$2" >"$safe/rules.d/more.conf"
}
rules 'default { userns { policy = deny } }' '# none'
try 0 "" "rules without a mask need no provider" mask --rules --conf "$safe/rules.conf"
rules 'system { userns { policy = allow } }' 'system { }'
try 0 "" "nor does one that takes nothing" mask --rules --conf "$safe/rules.conf"
rules $'#\nsystem { userns { drop = {net_admim} } }' '#'
try 1 "$safe/rules.conf:2: error: unknown capability 'net_admim'*" "broken rules" mask --rules --conf "$safe/rules.conf"
rules '#' $'#\n#\nsystem { bounding { drop = {bpf} } }'
try 1 "$safe/rules.d/more.conf:3: error: no such option 'bounding'*" "a broken drop-in" \
	mask --rules --conf "$safe/rules.conf"
rules '#' '#'
chmod 666 "$safe/rules.conf"
try 1 "*is writable*" "rules that others can write" mask --rules --conf "$safe/rules.conf"
chmod 644 "$safe/rules.conf"
try 1 "*none.conf does not exist" "no rules" mask --rules --conf "$safe/none.conf"

# --- nobody has a mask ---
if [[ -e /sys/fs/bpf/usernscaps || -e /proc/sys/kernel/cap_userns_mask ]]; then
	skip "nobody has a mask" "there is a provider here, and its mask is not for tests"
else
	rules '#' 'system { userns { drop = {bpf} } }'
	for words in "" all all,-bpf "--rules --conf $safe/rules.conf"; do
		# shellcheck disable=SC2086 # words
		try 1 "*there is no mask: *not loaded*load*no sysctl kernel.cap_userns_mask" \
			"nobody has a mask: mask $words" mask $words
	done
	try 1 "*@(not loaded|without the BPF provider)*" "nobody has a mask: --reset" mask --reset
fi
finish
