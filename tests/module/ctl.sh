#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# usernscapsctl as far as it needs no provider: its words, its exit statuses, and what run takes.
: "${top_builddir:?}" "${top_srcdir:?}" "${WITH_SECCOMP:?}"

# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

# --- words ---
try 0 "Usage: usernscapsctl *check*explain*edit*diff*load*unload*status*run*mask*" "--help" --help
try 0 "usernscapsctl [0-9]*" "--version" --version
try 2 "Usage: *" "no command"
try 2 "*unknown command 'chek'; did you mean 'check'?*" "an unknown command" chek
try 2 "*unknown command 'nonsense'"$'\n'"*" "one that is near to none" nonsense
try 2 "*unknown option '--hlep'; did you mean '--help'?*" "an unknown option before it" --hlep
try 0 "Usage: usernscapsctl COMMAND*" "help" help
try 2 "*unknown command 'chek'; did you mean 'check'?*" "help about an unknown command" help chek
try 2 "*too many operands; expected \[COMMAND\]*" "help about two" help check run

# --- every command: its help, its options, and the man page's synopsis ---
help_of() { # COMMAND
	"$ctl" "$1" --help 2>&1
}
narrow() { # TEXT
	! grep -qE '.{81}' <<<"$1"
}
if command -v mandoc >/dev/null; then
	synopsis=$(mandoc -Tascii -O width=500 "$top_srcdir/doc/usernscapsctl.8" | col -bx |
		sed -n '/^SYNOPSIS/,/^DESCRIPTION/s/^ *usernscapsctl /usernscapsctl /p')
fi
mapfile -t commands < <("$ctl" --help | sed -n 's/^  \([a-z]\+\) .*/\1/p')
((${#commands[@]} >= 13))
report $? "there are commands" "${commands[*]}"
text=$("$ctl" --help)
narrow "$text"
report $? "--help: 80 columns" "$text"
for command in "${commands[@]}"; do
	text=$(help_of "$command")
	[[ $? == 0 && $text == "Usage: usernscapsctl $command"* ]] && narrow "$text"
	report $? "$command --help: status 0, 80 columns" "$text"
	[[ $("$ctl" help "$command") == "$text" ]]
	report $? "help $command: the same"
	usage=$(sed -n '1,/^$/p' <<<"$text" | tr -s ' \n' ' ')
	usage=${usage#Usage: }
	if [[ ${synopsis+set} ]]; then
		grep -qxF "${usage% }" <<<"$synopsis"
		report $? "usernscapsctl(8): the synopsis of $command" "expected: ${usage% }" "$synopsis"
	else
		skip "usernscapsctl(8): the synopsis of $command" "mandoc is not installed"
	fi
	try 2 "*unknown option '--nonsense'*" "$command: an unknown option" "$command" --nonsense
done
if [[ ${synopsis+set} ]]; then
	# In the order of the page, without --version, which is no command.
	in_page=$(awk '$2 ~ /^[a-z]/ { print $2 }' <<<"$synopsis" | sort)
	[[ $in_page == "$(printf '%s\n' "${commands[@]}" | sort)" ]]
	report $? "usernscapsctl(8): the synopsis has all commands and no others" "$in_page"
else
	skip "usernscapsctl(8): the synopsis has all commands and no others" "mandoc is not installed"
fi
try 2 "*unknown option '--user'; did you mean '--userns'?*" "no abbreviations" run --user alice
try 2 "*unknown option '--js'; did you mean '--json'?*" "nor shorter ones" status --js
try 2 "*unknown option '-j'*" "no single letters" status -j
try 2 "*--fail-on=warnin: did you mean 'warning'?*" "a choice" check --fail-on warnin
try 2 "*--fail-on=all: expected error, warning or notice*" "one that is near to none" check --fail-on=all
try 2 "*unknown capability 'net_admn'; did you mean 'net_admin'?*" "a capability" \
	run --userns=all,-net_admn -- true
try 2 "*unknown option '--hepl'; did you mean '--help'?*" "help misspelt" check --hepl
try 2 "*unknown capability 'cap_net_admn'; did you mean 'net_admin'?*" "one with its prefix" \
	mask all,-cap_net_admn
try 2 "*--userns=all,-net_admin:tcp: 'net_admin:tcp': the parts of net_admin are link, tun, *" "a part" \
	run --userns=all,-net_admin:tcp -- true
try 2 "*--bounding=all,-net_admin:tc: parts of capabilities are for --userns only*" "a part of another set" \
	run --bounding=all,-net_admin:tc -- true
try 2 "*--userns=nonee: did you mean 'none'?*" "how a set begins" run --userns=nonee -- true
try 2 "*--json: expected no value*" "a value that is not wanted" status --json=yes
try 2 "*--service: expected a value, NAME*" "a value that is missing" explain root --service
for command in "check a b" "check --all" "check --fail-on=none" "diff" "diff a" "diff a b c" \
	"diff --all a b" "explain" "explain a b" "explain --nonsense a" "explain a --groups" \
	"load now" "load --replace now" \
	"unload now" "status 0" "status 12x" "status 1 2" "run" "run --nonsense -- true" \
	"run --raise -- true" "run --raise= -- true" "run --reset=all -- true"; do
	# shellcheck disable=SC2086 # words
	try 2 "*" "wrong words: $command" $command
done

# --- check ---
cat >"$dir/good" <<-END
	default { userns { drop = {net_admin} } }
	user "root" { bounding { drop = {bpf} } }
END
printf 'user "a" {\n\tuserns {\n\t\tdrop = {bpf, net_admim}\n\t}\n}\n' >"$dir/bad"
try 0 "*good: no errors (rules: 2, profiles: 0)" "check: a good file" check "$dir/good"
try 1 "*bad:3: error: *net_admim*" "check: a bad file" check "$dir/bad"
try 1 "*none: error: *" "check: no file" check "$dir/none"
chmod 666 "$dir/good"
try 0 "*warning: *writable*no errors*" "check: an unsafe file is a warning" check "$dir/good"

# --- explain ---
try 0 "user root, uid 0, service login*bounding *all,-bpf*good:2: user \"root\"*userns *all*" \
	"explain: a user rule" explain root --conf "$dir/good"
try 0 "user nobody*service sshd*bounding *all*userns *all,-net_admin*good:1: default*" \
	"explain: the default rule" explain --service sshd --conf "$dir/good" nobody
echo 'user "0:0" { userns { drop = {bpf} } }' >"$dir/range"
try 0 '*userns *all,-bpf*range:1: user "0:0"*' "explain: a range" explain root --conf "$dir/range"
try 1 "*no such user*" "explain: an unknown user" explain nosuchuser --conf "$dir/good"
try 1 "*bad:3: *net_admim*" "explain: a bad file" explain root --conf "$dir/bad"

# --- run ---
try 2 '*--userns=some*"some"*expected*' "run: a wrong set" run --userns=some -- true
try 2 '*--bounding=all,-x*"-x"*expected*' "run: a wrong capability" run --bounding=all,-x -- true
try 2 '*--raise=none,+x*"+x"*expected*' "run: a wrong capability to raise" \
	run --raise=none,+x -- true
try 3 "" "run: the command's own status" run --inheritable=none -- sh -c 'exit 3'
try 127 "*nosuchcommand*" "run: no such command" run -- nosuchcommand
try 126 "*" "run: a command that can't be run" run -- "$dir"
if [[ $(id -u) == 0 ]]; then
	try 0 "*0000000000000001" "run: bounding set" \
		run --bounding=none,+chown -- grep CapBnd /proc/self/status
	try 0 "*0" "run: no_new_privs is left to a caller who has the capabilities" \
		run --bounding=none,+chown -- grep NoNewPrivs /proc/self/status
else
	skip "run: bounding set" "only root may lower it"
fi
if [[ $WITH_SECCOMP == no ]]; then
	try 1 "*can't refuse the creation*" "run: no creation" run --no-create -- true
elif ! unshare -U true; then
	skip "run: no creation" "this process may create no user namespace in the first place"
else
	try 1 "*unshare*" "run: no creation" run --no-create -- unshare -U true
	try 0 "" "run: the control" run -- unshare -U true
	try 1 "*can't take back*filter*unshare*" "run: a filter stays, and is no reason not to run" \
		run --no-create -- "$ctl" run --reset -- unshare -U true
fi

# --- the provider ---
if [[ $(id -u) != 0 || ! -r /sys/kernel/security/lsm || $(</sys/kernel/security/lsm) != *bpf* ]]; then
	try 1 "usernscapsctl: *" "load: is refused with a reason" load
	try 1 "provider none*" "status: says so" status
	try 1 "*userns set*no provider*" "run: no provider" run --userns=none -- true
	try 1 "*can't raise*no provider*" "run: no provider to raise with" run --raise=all -- true
	try 0 "" "run: nothing to raise" run --raise=none -- true
	try 0 "" "run: nothing to reset" run --reset -- true
else
	skip "load, status and run" "this kernel could load the programs, and is not ours to change"
fi
finish
