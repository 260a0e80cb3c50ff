#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# variants: next layout older
#
# Reloads, half of them to another version and back, while restricted processes fork, create
# namespaces, lower more and try what they may not. Then the ways in which a reload can end badly.
# Argument: how many reloads (20).

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
reloads=${1:-20}
churn=/opt/tests/churn
this=$(type -P usernscapsctl) next=/opt/tests/usernscapsctl-next layout=/opt/tests/usernscapsctl-layout
older=/opt/tests/usernscapsctl-older
no_net_admin=ffffffffffffefff # without bit 12
clean="rounds=[1-9]* failed=0 killed=0 allowed=0 lost=0 unrestricted=0 silent=0 refused=0 errors=0"

system() { $probe system $pins/system; }
version() { system | sed 's/.*version=//'; }
version_of() { "$1" --version | sed 's/.* //'; }
pins_now() { stat -c '%n %i' $pins/* 2>&1; }
pins_count() { find $pins -maxdepth 1 -type f | wc -l; }
restricted() { $probe --keep $no_net_admin --uid 1000 "$@"; }
milliseconds() { date +%s%3N; }

churn_start() {
	nice $churn "$@" >/run/churn & # so that a reload gets its turn
	churn_pid=$!
	sleep 1
}

churn_stop() { # what it says is in $result
	kill $churn_pid
	wait $churn_pid
	result=$(</run/churn)
}

# Somebody who is restricted, until released; then what came of a last try.
hold() {
	rm -f /run/go /run/held
	restricted exec sh -c "until [ -e /run/go ]; do sleep 0.1; done; $probe lo" >/run/held 2>&1 &
	until [[ $(entries) != 0 ]]; do sleep 0.1; done
}

release() {
	: >/run/go
	until [[ -s /run/held ]]; do sleep 0.1; done
	until_entries 0 >/dev/null
	cat /run/held
}

# reload TOOL: prints what is wrong about it.
reload() {
	"$1" reload 2>&1 || echo "status $?"
	[[ $(version) == "$(version_of "$1")" ]] || echo "signed by $(version)"
}

answer=$($probe answer) pins_at_first=$(pins_count)
is 0 "nobody is restricted at first" until_entries 0
system_at_first=$(system)
like "layout=* share=* mask=ffffffffffffffff version=$(version_of "$this")" "whose programs they are" system

# --- reloads ---
started=$(milliseconds)
is "" "control: a reload while nobody is there" reload "$this"
echo "# one reload, with nothing else running: $(($(milliseconds) - started)) ms"
churn_start 8
started=$(milliseconds) wrong=''
for ((i = 0; i < reloads; i++)); do
	# Next, next, this, this: each second one changes the version.
	if ((i % 4 < 2)); then wrong+=$(reload "$next"); else wrong+=$(reload "$this"); fi
done
took=$(($(milliseconds) - started))
is "" "$reloads reloads" echo "$wrong"
churn_stop
echo "# $reloads reloads, $((took / reloads)) ms each; $result"
like "$clean" "nobody got more than they had" echo "$result"
is 0 "no state is left" until_entries 0
"$this" reload
is "$answer" "control: what this version answers" "$probe" answer
"$next" reload
is 99 "control: what the other version answers" "$probe" answer
"$this" reload

# --- the same program sees it when states are lost, and when there are none ---
churn_start 8
for i in 1 2 3; do
	"$this" unload --force >/dev/null
	"$this" load
done
churn_stop
echo "# unload and load: $result"
like "* unrestricted=[1-9]*" "control: unload and load instead, unrestricted" echo "$result"
like "* allowed=[1-9]*" "control: unload and load instead, allowed" echo "$result"
churn_start --free 8
churn_stop
echo "# free: $result"
like "* allowed=[1-9]* lost=0 unrestricted=[1-9]* silent=0 refused=0 errors=0" \
	"control: nobody restricted" echo "$result"

# --- killed at any moment ---
is 0 "nobody is restricted" until_entries 0
churn_start 8
broken='' killed=0
for ((i = 1; killed < reloads && i <= 20 * reloads; i++)); do # some are done before that moment
	if ((i % 2)); then tool=$next; else tool=$this; fi
	"$tool" reload 2>/dev/null &
	sleep "$((RANDOM % (took / reloads + 1)))e-3"
	kill -KILL $! 2>/dev/null
	wait $! 2>/dev/null
	(($? != 137)) || killed=$((killed + 1))
	[[ $(restricted lo) == denied ]] || broken+="$i: not enforced; "
	((i % 4)) || broken+=$(reload "$tool")
done
echo "# $killed of $((i - 1)) were killed before they were done"
is "" "reloads are killed: enforced, and the next one works" echo "$broken"
is "$reloads" "control: how many were" echo "$killed"
is "" "the last one fixes all" reload "$this"
is "$pins_at_first" "pins" pins_count
churn_stop
echo "# killed: $result"
like "$clean" "nobody got more than they had" echo "$result"
is 0 "no state is left" until_entries 0

# --- several at the same time ---
churn_start 4
for i in {1..5}; do
	"$this" reload & one=$!
	"$next" reload & two=$!
	"$this" reload
	wait $one $two
done 2>/run/errors
churn_stop
is "" "three at the same time wait for each other" cat /run/errors
is "$pins_at_first" "pins" pins_count
like "$clean" "nobody got more than they had" echo "$result"

# Loaded or not, but nothing between.
for ((i = 1; i <= reloads; i++)); do
	"$this" unload --force & "$this" load & "$next" reload & "$this" load & "$this" unload --force &
	wait
	case "$(pins_count 2>/dev/null) $($probe version)" in
	"$pins_at_first allowed") [[ $(restricted lo) == denied ]] || echo "$i: not enforced" ;;
	"0 denied") [[ ! -e $pins ]] || echo "$i: an empty directory" ;;
	*) echo "$i: $(find $pins), $($probe version)" ;;
	esac
done >/run/between 2>/run/messages
sort /run/messages | uniq -c | sort -rn | sed 's/^/# /'
is "" "load, unload and reload at the same time" cat /run/between
is "" "control: their messages tell the truth" grep "does not run\|can't" /run/messages
[[ -e $pins ]] || "$this" load
is "" "and another reload" reload "$this"

# --- an unload that was killed ---
hold
rm $pins/task_prctl $pins/records
is denied "half an unload: version" $probe version
is "" "reload puts back what is missing" reload "$this"
is "$pins_at_first" "pins" pins_count
is denied "who was restricted still is" release

# --- maps that are laid out otherwise ---
hold
before=$(pins_now; system)
like "*tasks are restricted*another format*" "another layout is refused" "$layout" reload
is "$before" "and nothing has changed" bash -c "stat -c '%n %i' $pins/*; $probe system $pins/system"
is denied "restricted: lo" restricted lo
is "" "control: this one is not refused" reload "$this"
is denied "who was restricted still is" release
mask=fffffffbffffffff # without bit 34
"$this" mask all,-syslog >/dev/null
is "" "then another layout is accepted" reload "$layout"
like "layout=199 share=* mask=$mask *" "and it is another, with the same mask" system
is denied "restricted: lo" restricted lo
is allowed "unrestricted: lo" $probe --uid 1000 lo
until_entries 0 >/dev/null
hold
like "*tasks are restricted*another format*" "the way back is refused" "$this" reload
is denied "who was restricted still is" release
is "" "then it is accepted" reload "$this"
is "${system_at_first/mask=ffffffffffffffff/mask=$mask}" "with the same mask" system
"$this" mask --reset >/dev/null

# Somebody restricts themselves all the time, so at the very moment as well: either way they stay.
for i in {1..6}; do
	if ((i % 2)); then tool=$layout; else tool=$this; fi
	"$tool" reload &
	reloading=$!
	while [[ -d /proc/$reloading ]]; do restricted lo; done
	wait $reloading
	until_entries 0 >/dev/null
done >/run/results 2>/run/messages
sort /run/results /run/messages | uniq -c | sed 's/^/# /'
is 0 "restricting oneself during that: allowed" grep -c allowed /run/results
is "denied" "control: denied" bash -c "sort -u /run/results"
[[ $(version) == "$(version_of "$this")" ]] || reload "$this"

# --- from a layout with all states in one hash map ---
"$this" unload
"$older" load
hold
before=$(pins_now; system)
like "*tasks are restricted*another format*" "an older layout: refused" "$this" reload
is "$before" "an older layout: and nothing has changed" bash -c "stat -c '%n %i' $pins/*; $probe system $pins/system"
is denied "an older layout: who was restricted still is" release
is "" "an older layout: then it is accepted" "$this" reload
like "layout=3 *" "an older layout: and it is the new one" system
hold
before=$(pins_now; system)
like "*who is restricted can't be known*" "an older layout: the way back is refused" "$older" reload
is "$before" "an older layout: and nothing has changed" bash -c "stat -c '%n %i' $pins/*; $probe system $pins/system"
is denied "an older layout: who was restricted still is" release

# --- where the kernel doesn't run programs ---
before=$(pins_now)
hold
echo 0 >/proc/sys/kernel/ftrace_enabled
like "*does not run*ftrace_enabled*" "kernel.ftrace_enabled=0: refused" "$next" reload
echo 1 >/proc/sys/kernel/ftrace_enabled
is "$before" "and nothing has changed" pins_now
is "$(version_of "$this")" "nor the version" version
is denied "restricted: lo" restricted lo
is "" "control: with 1 it is not refused" reload "$next"
is "" "and back" reload "$this"
is denied "who was restricted still is" release
finish
