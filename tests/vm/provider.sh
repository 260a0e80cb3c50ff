#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The bpf provider on a real kernel, each act with its control; what else a restricted login may try is
# in escapes.sh. The provider may be loaded or not; it is left as it was found.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
ctl=usernscapsctl
pins=/sys/fs/bpf/usernscaps
user=1000

all=ffffffffffffffff
no_net_admin=ffffffffffffefff # without bit 12

unrestricted() {
	"$probe" --uid "$user" "$@"
}

restricted() {
	"$probe" --keep $no_net_admin --uid "$user" "$@"
}

# until_zero SECONDS COMMAND...: its output once that is 0, or at the end of the time.
until_zero() {
	tries=$(($1 * 10))
	shift
	while [ "$tries" -gt 0 ] && [ "$("$@")" != 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
	"$@"
}

records() {
	echo $(($(wc -c <"$pins/records") / 56))
}

entries() {
	"$probe" entries "$pins"
}

# Where the entries are, and what is counted of them. One that isn't counted would not be found.
census() {
	"$probe" census "$pins"
}

loaded() {
	[ -e $pins ] && echo yes || echo no
}

# Somebody who is restricted, until released; then what came of their first try and of the last.
hold() {
	rm -f "$work/go" "$work/result"
	restricted exec sh -c "$probe lo; until [ -e $work/go ]; do sleep 0.1; done; $probe lo" \
		>"$work/result" &
	until [ -s "$work/result" ]; do sleep 0.1; done
}

release() {
	: >"$work/go"
	until [ "$(wc -l <"$work/result")" = 2 ]; do sleep 0.1; done
	xargs <"$work/result"
}

# acts EXPECTED NAME RUNNER...: those acts that net_admin decides about.
acts() {
	expect=$1 who=$2
	shift 2
	is "$expect" "$who: lo" "$@" lo
	is "$expect" "$who: lo, five deep" "$@" --depth 5 lo
	is "$expect" "$who: lo as mapped root" "$@" --root lo
	is "$expect" "$who: lo as mapped root, five deep" "$@" --root --depth 5 lo
	is "$expect" "$who: owner bypass" "$@" owner
	is "$expect" "$who: owner bypass inside" "$@" --root --depth 2 owner
}

# others EXPECTED NAME RUNNER...: those that sys_admin decides about.
others() {
	expect=$1 who=$2
	shift 2
	is "$expect" "$who: mount" "$@" mount
	is "$expect" "$who: mount, five deep" "$@" --depth 5 mount
	is "$expect" "$who: mount as mapped root" "$@" --root mount
}

creation() {
	expect=$1 who=$2
	shift 2
	is "$expect" "$who: unshare" "$@" userns
	is "$expect" "$who: clone" "$@" clone
	is "$expect" "$who: clone3" "$@" clone3
}

everything_allowed() {
	creation allowed "$@"
	others allowed "$@"
	acts allowed "$@"
}

work=$(mktemp -d /opt/provider.XXXXXX) && chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
was_loaded=$(loaded)
[ "$was_loaded" = no ] || "$ctl" unload --force >/dev/null

# --- without the provider ---
is denied "not loaded: version" "$probe" version
everything_allowed "not loaded, user" unrestricted
like "*not loaded*" "unload says that there is nothing" "$ctl" unload
like "*not loaded*" "so does reload" "$ctl" reload

# --- loading ---
is "" "load --replace, and there is nothing" "$ctl" load --replace
is allowed "loaded: version" "$probe" version
is 0 "loaded: no records" records
like "*loaded already*unload*" "a second load is refused" "$ctl" load
is allowed "and changes nothing: version" "$probe" version
like "drwx------*" "the directory of pins" ls -ld $pins

# --- nobody else is touched ---
everything_allowed "unrestricted user" unrestricted
everything_allowed "root" "$probe"
is "userns=$all bound=$all level=0 flags=0" "unrestricted user: state" unrestricted state
is "userns=$all bound=$all level=2 flags=0" "unrestricted user: state inside" \
	unrestricted --depth 2 state
is 0 "no entry for any of them" entries

# --- without net_admin ---
creation allowed "restricted" restricted
others allowed "restricted" restricted
acts denied "restricted" restricted
is "userns=$no_net_admin bound=$all level=0 flags=0" "restricted: state" restricted state
is "userns=$no_net_admin bound=$no_net_admin level=2 flags=0" "restricted: state inside" \
	restricted --depth 2 state
is denied "restricted: raise" restricted raise 12
is denied "restricted: raise inside" restricted --root --depth 3 raise 12
is allowed "restricted: raise what is there" restricted raise 21
like "*can't restrict*not permitted*" "restricted: lower without no_new_privs" \
	restricted exec "$probe" --keep 0 userns
is denied "restricted: lower with no_new_privs" restricted exec "$probe" --nnp --keep 0 mount
is allowed "the control" restricted exec "$probe" --nnp mount

# --- nothing at all ---
is allowed "empty set: a namespace" "$probe" --keep 0 --uid $user userns
is denied "empty set: a namespace in a namespace" "$probe" --keep 0 --uid $user --depth 2 userns
others denied "empty set" "$probe" --keep 0 --uid $user
acts denied "empty set" "$probe" --keep 0 --uid $user

# --- root in a restricted session: holds what it holds, except in its own namespaces ---
is denied "restricted root: lo inside" "$probe" --keep $no_net_admin lo
is allowed "restricted root: lo in the initial namespace" "$probe" --keep $no_net_admin --depth 0 lo
is allowed "restricted root: owner, and a holder" "$probe" --keep $no_net_admin owner
is allowed "restricted root: raise" "$probe" --keep $no_net_admin raise 12

# --- inheritance ---
is denied "exec and fork" restricted exec sh -c ":; $probe lo; :"
is "thread=denied leader=allowed" "a thread restricts its own children" \
	"$probe" --uid $user thread-child $no_net_admin
is "thread=allowed leader=allowed" "the control" "$probe" --uid $user thread-child $all
cp "$probe" "$work/setuid" && chmod 4755 "$work/setuid"
is allowed "a setuid program: owner, and a holder" restricted exec "$work/setuid" owner
is denied "the control: not a holder" restricted owner

# --- an older namespace of the same user ---
"$probe" --uid $user --depth 1 --root exec sleep 1000 &
sleeper=$!
older=/proc/$sleeper/ns/user
until [ "$(cat /proc/$sleeper/comm)" = sleep ]; do sleep 0.1; done
is allowed "setns, unrestricted" unrestricted setns "$older"
is allowed "setns of any type, unrestricted" unrestricted setns-any "$older"
is allowed "setns, restricted" restricted setns "$older"
is allowed "setns, restricted: mount" restricted --enter "$older" mount

# --- no creation ---
creation denied "no creation" "$probe" --flags 1 --uid $user
creation denied "no creation, root" "$probe" --flags 1
is denied "no creation: setns" "$probe" --flags 1 --uid $user setns "$older"
is denied "no creation: setns of any type" "$probe" --flags 1 --uid $user setns-any "$older"
is denied "no creation, root: setns" "$probe" --flags 1 setns "$older"
is allowed "the control: root" "$probe" setns "$older"
kill $sleeper
wait $sleeper 2>/dev/null

# --- strict ---
is denied "strict" "$probe" --bounding 12 --flags 2 --uid $user lo
is denied "strict: owner bypass" "$probe" --bounding 12 --flags 2 --uid $user owner
is denied "strict, two deep" "$probe" --bounding 12 --flags 2 --uid $user --depth 2 lo
is allowed "strict: mount" "$probe" --bounding 12 --flags 2 --uid $user mount
is allowed "the control: not strict" "$probe" --bounding 12 --uid $user lo
is allowed "the control: owner, not strict" "$probe" --bounding 12 --uid $user owner

# --- many at a time ---
like "attempts=* allowed=0" "32 threads on one CPU" restricted hammer 32 5
like "attempts=*[1-9]* allowed=[1-9]*" "the control" unrestricted hammer 4 1
is "forks=3200 failed=0 unrestricted=0" "short-lived forks" restricted storm 16 200
like "forks=3200 failed=0 unrestricted=3200" "the control" unrestricted storm 16 200
is "children=1000 unrestricted=0" "many children" restricted crowd 1000
is 0 "no record left" until_zero 10 records
is 0 "no entry left" until_zero 10 entries
like "slots=0 elsewhere=0 overflow=0 accounts=0 *" "and none counted" census
like "slots=1 elsewhere=0 overflow=0 accounts=0 *" "the control" \
	"$probe" --keep $no_net_admin exec "$probe" census "$pins"
setpriv --reuid $user --regid $user --clear-groups "$probe" --nnp --keep $no_net_admin exec sleep 1000 &
sleeper=$!
until [ "$(cat /proc/$sleeper/comm)" = sleep ]; do sleep 0.1; done
like "slots=1 elsewhere=0 overflow=0 accounts=1 *" "what a user does counts for that user" census
kill $sleeper
wait $sleeper 2>/dev/null
is 0 "until it has ended" until_zero 10 entries
like "* accounts=0 *" "and no longer" census

# --- root's other switch ---
echo 0 >/proc/sys/kernel/ftrace_enabled
is denied "kernel.ftrace_enabled=0: version" "$probe" version
echo 1 >/proc/sys/kernel/ftrace_enabled
is allowed "kernel.ftrace_enabled=1: version" "$probe" version

# --- reloading ---
numbers() { find $pins -maxdepth 1 -type f -printf '%i\n' | sort; }
hold
for how in reload "load --replace"; do
	numbers >"$work/before"
	# shellcheck disable=SC2086 # words
	is "" "$how" "$ctl" $how
	numbers >"$work/after"
	is 14 "$how: pins" sh -c "wc -l <$work/after"
	is 7 "$how: the maps are the same, and the links others" \
		sh -c "comm -12 $work/before $work/after | wc -l"
done
is "denied denied" "who was restricted still is" release
is denied "restricted: lo" restricted lo
is allowed "unrestricted: lo" unrestricted lo
mkdir $pins/next
"$ctl" reload
is no "what a reload that was killed has left is cleared away" sh -c "[ -e $pins/next ] && echo yes || echo no"

# --- unloading sets nobody free ---
hold
numbers >"$work/before"
like "*sh*processes would no longer be restricted*--force*" "unload while somebody is restricted" \
	"$ctl" unload
like "*[1-9]* tasks are restricted*--force*" "unload, in another pid namespace" \
	unshare --pid --fork "$ctl" unload
is "" "neither has changed anything" diff "$work/before" <(numbers)
is "denied denied" "who was restricted still is" release

# Holds the lock of the pins until unload, which has begun, waits for it; and meanwhile does COMMAND.
during_unload() { # COMMAND...
	exec 9<$pins
	flock 9
	"$ctl" unload >"$work/unload" 2>&1 9<&- &
	unloading=$!
	until grep -q -- "-> FLOCK .* $unloading " /proc/locks; do
		[ -d /proc/$unloading ] || break
		sleep 0.1
	done
	"$@"
	flock -u 9 # not by closing it: whoever COMMAND has left running has it open
	exec 9<&-
	wait $unloading
	echo $? >>"$work/unload"
}
is 0 "nobody is restricted" until_zero 10 entries
during_unload hold
like "*processes would no longer be restricted*1" "a session that is opened during unload stops it" \
	cat "$work/unload"
is yes "the programs are still loaded" loaded
is allowed "version" "$probe" version
is "denied denied" "and the session stays restricted" release
is 0 "nobody is restricted" until_zero 10 entries
during_unload true
is 0 "the control: no session" cat "$work/unload"
is no "pins after unload" loaded

# --- unless it has to ---
"$ctl" load
hold
like "[1-9]" "a restricted process: records" records
"$ctl" unload --force >/dev/null
# But for what a kernel that has a userns set itself goes on denying.
freed=allowed
! grep -q ^CapUNs: /proc/self/status || freed=denied
is "denied $freed" "unload sets it free" release
is no "pins after unload" loaded
is denied "version after unload" "$probe" version
is allowed "lo after unload" unrestricted lo

# --- what a load that was killed leaves behind ---
links="task_prctl records userns_create capable netlink_send task_alloc task_free"

# So it would be if these had not been pinned yet, or if an unload had been killed after them.
killed_without() { # PIN...
	[ "$(loaded)" = yes ] || "$ctl" load
	(cd $pins && rm "$@")
	until [ "$("$probe" version)" = denied ]; do sleep 0.1; done
	name="pinned: [$(find $pins -maxdepth 1 -type f -printf '%f\n' | sort | xargs)]"
}

works() { # NAME
	is allowed "$1: version" "$probe" version
	is denied "$1: restricted: lo" restricted lo
	is 14 "$1: pins" sh -c "find $pins -maxdepth 1 -type f | wc -l"
}

for lacks in "$links accounts overflow slots system" "$links accounts overflow"; do
	for how in load "load --replace"; do
		# shellcheck disable=SC2086 # words
		killed_without $lacks
		like "*not loaded*usernscapsctl load*" "$name: reload" "$ctl" reload
		# shellcheck disable=SC2086 # words
		is "" "$name: $how" "$ctl" $how
		works "$name: $how"
		is 0 "nobody is restricted" until_zero 10 entries
	done
	# shellcheck disable=SC2086 # words
	killed_without $lacks
	is "" "$name: unload" "$ctl" unload
	is no "$name: pins after unload" loaded
done

# Something is attached, or all maps are there: it isn't cleared by a load.
for lacks in "task_prctl records" "$links"; do
	# shellcheck disable=SC2086 # words
	killed_without $lacks
	numbers >"$work/before"
	like "*loaded already*reload*unload*" "$name: load" "$ctl" load
	is "" "$name: and nothing has changed" diff "$work/before" <(numbers)
	is "" "$name: load --replace" "$ctl" load --replace
	works "$name: load --replace"
	is 0 "nobody is restricted" until_zero 10 entries
	# shellcheck disable=SC2086 # words
	killed_without $lacks
	is "" "$name: unload" "$ctl" unload
	is no "$name: pins after unload" loaded
done

# The control: a whole one.
"$ctl" load
numbers >"$work/before"
like "*loaded already*unload*" "all is pinned: load" "$ctl" load
is "" "all is pinned: and nothing has changed" diff "$work/before" <(numbers)

# Somebody is restricted, and the programs were detached by hand.
hold
# shellcheck disable=SC2086 # words
killed_without $links
like "*tasks are restricted*--force*" "detached: unload" "$ctl" unload
like "*loaded already*reload*" "detached: load" "$ctl" load
is "" "detached: reload" "$ctl" reload
works "detached: reload"
is "denied denied" "who was restricted is so again" release
rm $pins/slots
like "*can't be known*unload --force*" "without slots: unload" "$ctl" unload
like "*can't open*unload*" "without slots: load --replace" "$ctl" load --replace
is allowed "without slots: version" "$probe" version
is "" "without slots: unload --force" "$ctl" unload --force
is no "pins after unload" loaded
"$ctl" load
works "loads again"
[ "$was_loaded" = yes ] || "$ctl" unload --force >/dev/null

finish
