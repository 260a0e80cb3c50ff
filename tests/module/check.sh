#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# usernscapsctl check on whole trees: what it prints and how it ends. The lints themselves are
# test_lint's.
# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

# Where only root can write, nothing is unsafe, and a tree can have no findings at all.
if [[ $(id -u) == 0 ]]; then
	safe=$(mktemp -d /run/usernscaps-XXXXXX)
	trap 'rm -rf "$dir" "$safe"' EXIT
	chmod 755 "$safe"
else
	safe=$dir
fi

make_tree() { # NAME
	mkdir -p "$safe/$1.d/users" "$safe/$1.d/groups" "$safe/$1.d/profiles"
	cat >"$safe/$1.conf" <<-END
		probe_group = root
		default { userns { drop = {net_admin} } }
	END
	echo 'group root { userns { drop = {bpf} } }' >"$safe/$1.d/more.conf"
	echo 'profile = browser' >"$safe/$1.d/users/root.conf"
	echo 'userns { drop = {perfmon} }' >"$safe/$1.d/groups/root.conf"
	echo 'userns { drop = {net_raw} }' >"$safe/$1.d/profiles/browser.conf"
}

# --- the whole tree ---
make_tree good
if [[ $safe == "$dir" ]]; then
	skip "a good tree" "only root can make files that are safe to read"
else
	try 0 "$safe/good.conf: no errors (rules: 4, profiles: 1)" "a good tree" \
		check --fail-on=notice "$safe/good.conf"
fi

make_tree bad
tree=$safe/bad
printf '\ndefault { userns { drop = {net_admim} } }\n' >"$tree.conf"
: >"$tree.d/empty.conf"
printf 'userns {\n\tpolicy = none\n}\n' >"$tree.d/users/daemon.conf"
echo 'profile = nosuch' >"$tree.d/users/root.conf"
echo 'create = false' >"$tree.d/groups/root.conf"
echo 'services = {su}' >"$tree.d/profiles/broken.conf"
echo 'profile = broken' >"$tree.d/groups/daemon.conf"
try 1 "*$tree.conf:2: error: unknown capability 'net_admim'*" "an error in the main file" check "$tree.conf"
try 1 "*$tree.d/empty.conf: error: is empty*" "and in a drop-in" check "$tree.conf"
try 1 "*$tree.d/users/daemon.conf:2: error: policy = 'none'*" "and in a user's file" \
	check "$tree.conf"
try 1 "*$tree.d/users/root.conf:1: error: no such profile: nosuch*" "and an unknown profile" \
	check "$tree.conf"
try 1 "*$tree.d/groups/root.conf:1: error: no such option 'create'*" "and in a group's file" \
	check "$tree.conf"
try 1 "*$tree.d/profiles/broken.conf:1: error: no such option 'services'*" "and in a profile" \
	check "$tree.conf"
try 1 "!(*no such profile: broken*)" "whose users are not to blame" check "$tree.conf"
try 1 "*$tree.conf: 6 errors, *1 notice \(rules: 3, profiles: 2)" "and no others" check "$tree.conf"

make_tree circle
tree=$safe/circle
echo 'profile = other' >"$tree.d/profiles/browser.conf"
echo 'profile = browser' >"$tree.d/profiles/other.conf"
echo 'profile p { }' >"$tree.d/one.conf"
echo 'profile p { }' >"$tree.d/two.conf"
echo 'profile = nosuch' >"$tree.d/users/daemon.conf"
echo 'profile = nosuch' >"$tree.d/groups/daemon.conf"
try 1 "*profiles build on each other in a circle*" "a circle of profiles" check "$tree.conf"
try 1 "*$tree.d/two.conf:1: error: a second profile 'p'*" "and a second one" check "$tree.conf"
try 1 "*groups/daemon.conf:1: error: no such profile*users/daemon.conf:1: error: no such profile*" \
	"and each file that names an unknown one" check "$tree.conf"
try 1 "*: 4 errors*" "and no others" check "$tree.conf"

mkfifo "$tree.d/users/bin.conf"
try 1 "*users/bin.conf: error: is empty*" "a FIFO is not waited for" check "$tree.conf"
try 0 "*/dev/fd/*: no errors \(rules: 1, *" "the main file may be a pipe" \
	check <(sleep 0.2; echo 'default { }')

# --- severities ---
make_tree warning
echo 'user 12345 { }' >"$safe/warning.d/more.conf"
try 0 "*more.conf:1: warning: user '12345'*warning.conf: no errors \(*" \
	"a warning is no failure" check "$safe/warning.conf"
try 1 "*more.conf:1: warning: *" "but on request" check --fail-on=warning "$safe/warning.conf"
make_tree notice
: >"$safe/notice.d/users/root.conf~"
if [[ $safe == "$dir" ]]; then
	skip "a notice" "files that others may write have a warning"
else
	try 0 "*conf~: notice: *: no errors \(*" "a notice is no warning" \
		check --fail-on=warning "$safe/notice.conf"
fi
try 1 "*conf~: notice: *" "but on request" check --fail-on=notice "$safe/notice.conf"

make_tree range
echo 'user "60000-60999" { userns { drop = {bpf} } }' >"$safe/range.d/more.conf"
try 1 "*more.conf:1: error: user '60000-60999'*'60000:60999'*range.conf: 1 error*" \
	"a range with a dash is an error" check "$safe/range.conf"
try 0 "user root, uid 0, *" "but not of a login" explain root --conf "$safe/range.conf"
echo 'user "60000:60999" { userns { drop = {bpf} } }' >"$safe/range.d/more.conf"
try 0 "*range.conf: no errors \(*" "the control, with a colon" check "$safe/range.conf"

# --- safety ---
make_tree unsafe
chmod 666 "$safe/unsafe.d/users/root.conf"
if [[ $safe == "$dir" ]]; then
	skip "an unsafe file of a tree is a warning" "the directory goes first, which is unsafe"
else
	try 0 "*users/root.conf: warning: *is writable by group or others (mode 0666)*no errors*" \
		"an unsafe file of a tree is a warning" check "$safe/unsafe.conf"
fi
chmod 644 "$safe/unsafe.d/users/root.conf"
try 0 "!(*root.conf is writable*)" "the control, a safe one" check "$safe/unsafe.conf"

# --- JSON ---
try 1 '{*"version": 1,*"files": 9,*"rules": 3,*"profiles": 2,*"findings": \[*\]*}' "JSON" \
	check --json "$safe/bad.conf"
try 1 "*{*\"severity\": \"error\",*\"file\": \"$safe/bad.conf\",*\"line\": 2,*\"message\": \
\"capability\",*\"text\": \"unknown capability 'net_admim'*\"*}*" "a finding of it" \
	check --json "$safe/bad.conf"
if [[ $safe == "$dir" ]]; then
	skip "JSON without findings" "files that others may write have a warning"
else
	try 0 '*"findings": \[\]*' "JSON without findings" check --json "$safe/good.conf"
fi
printf 'user "jos\xe9" { }\n' >"$safe/latin.conf"
try 0 "*\"text\": \"there is no user 'jos?'*" "JSON of a name that is no UTF-8" \
	check --json "$safe/latin.conf"
try 1 '*"message": "missing"*' "JSON of no file" check --json "$safe/none.conf"
finish
