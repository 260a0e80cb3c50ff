#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# usernscapsctl status and probe as far as they need no provider: their words, and the shape of JSON.
: "${top_builddir:?}"

# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

for words in "status 0" "status 12x" "status 1 2" "status -1" "status 4294967296" \
	"status --nonsense" "probe now" "probe --json"; do
	# shellcheck disable=SC2086 # words
	try 2 "*" "wrong words: $words" $words
done
none=$(($(cat /proc/sys/kernel/pid_max) + 1))
try 1 "*process $none: no such process" "a process that isn't there" status "$none"
try 1 "*process $none: no such process" "the same as JSON" status --json "$none"

# keys NAME EXPECTED ARGUMENT...: of each object in the output, one line for each.
keys() {
	local name=$1 expected=$2 got
	shift 2
	got=$("$ctl" status --json "$@" | python3 -c '
import json, sys
def show(name, value):
    if isinstance(value, dict):
        print(name + ":", *value)
        for key in value:
            show(key, value[key])
show("status", json.load(sys.stdin))' 2>&1)
	[[ $got == "$expected" ]]
	report $? "$name" "expected:" "$expected" "got:" "$got"
}

value() { # NAME EXPRESSION ARGUMENT...: of "s" is true
	local name=$1 expression=$2
	shift 2
	"$ctl" status --json "$@" | python3 -c "import json, sys
s = json.load(sys.stdin)
sys.exit(not ($expression))"
	report $? "$name" "$("$ctl" status --json "$@" | tr -d '\n ')"
}

# As nobody, so that there is no alarm in the log of the machine that builds.
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

if [[ $(id -u) != 0 ]]; then
	skip "probe: no provider" "only root can become a user whose failures are no alarm"
elif [[ $("$ctl" status) != "provider none"* ]]; then
	skip "probe: no provider" "this kernel has one"
else
	cp "$ctl" "$dir/ctl" && chmod 755 "$dir" "$dir/ctl"
	got=$(nobody "$dir/ctl" probe 2>&1)
	[[ $? == 1 && $got == *"NOT ENFORCED: the BPF programs are not loaded"* ]]
	report $? "probe: no provider" "$got"
fi

if ! python3 -c 'import json' 2>/dev/null; then
	skip "JSON" "there is no python3"
elif [[ $("$ctl" status) != "provider none"* ]]; then
	skip "JSON" "this kernel has a provider, whose state is not ours to know"
else
	shape="status: version tool_version last_capability provider programs system_mask process restricted
provider: kind works verdict text cause not_told_apart
process: pid depth bounding inheritable userns create strict no_new_privs
bounding: capabilities mask
inheritable: capabilities mask
userns: capabilities mask"
	keys "JSON: all keys" "$shape"
	keys "JSON: all keys, of a process" "$shape" $$
	value "JSON: there is no provider" "s['provider']['kind'] == 'none' and
		s['provider']['works'] is False and s['provider']['verdict'] == 'absent' and
		'not loaded' in s['provider']['cause']"
	value "JSON: so nothing is known of programs, and nobody is restricted" \
		"s['programs'] is s['system_mask'] is s['restricted'] is None"
	value "JSON: this process" "s['process']['pid'] is None and s['process']['strict'] is False"
	value "JSON: another" "s['process']['pid'] == $$ and s['process']['strict'] is None" $$
	value "JSON: its sets" \
		"int(s['process']['bounding']['mask'], 16) == \
		0x$(sed -n 's/^CapBnd:\t//p' /proc/$$/status)" $$
	value "JSON: a full set has what the kernel has, sorted" \
		"len(s['process']['userns']['capabilities']) == s['last_capability'] + 1 and
		s['process']['userns']['capabilities'] == sorted(s['process']['userns']['capabilities'])"
	value "JSON: the version" "s['tool_version'] == '$("$ctl" --version | cut -d ' ' -f 2)'"
fi
finish
