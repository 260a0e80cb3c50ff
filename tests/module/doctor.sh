#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# usernscapsctl doctor: its words, and that text, JSON and exit status agree. What this host has wrong
# is not ours to know; the faults are test_doctor's, and real ones those of tests/vm/doctor.sh.
: "${top_builddir:?}"

# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

for words in "doctor now" "doctor --nonsense" "doctor --json x"; do
	# shellcheck disable=SC2086 # words
	try 2 "*" "wrong words: $words" $words
done
if [[ $(id -u) != 0 ]]; then
	try 1 "*run it as root*" "not root" doctor
	skip "text and JSON" "only root can look"
	finish
	exit
fi

cp "$ctl" "$dir/ctl" && chmod 755 "$dir" "$dir/ctl"
got=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$dir/ctl" doctor 2>&1)
[[ $? == 1 && $got == *"run it as root"* ]]
report $? "not root" "$got"

"$ctl" doctor >"$dir/text" 2>&1
status=$?
[[ $(awk 'NF { print $1 } !NF { exit }' "$dir/text" | tr '\n' ' ') == \
	"kernel unit provider rules pam ways " ]]
report $? "text: a line for each part" "$(<"$dir/text")"
grep -qE '^[0-9]+\. (error|warning): ' "$dir/text"
[[ $? == $((status == 0)) ]]
report $? "text: the exit status tells of errors and warnings" "status $status" "$(<"$dir/text")"

if ! python3 -c 'import json' 2>/dev/null; then
	skip "JSON" "there is no python3"
	finish
	exit
fi
"$ctl" doctor --json >"$dir/json"
[[ $? == "$status" ]]
report $? "JSON: the same exit status"

value() { # NAME EXPRESSION: of "d" is true
	python3 -c "import json, re, sys
d = json.load(open('$dir/json'))
text = open('$dir/text').read()
sys.exit(not ($2))"
	report $? "JSON: $1" "$(<"$dir/json")"
}
value "all keys" "list(d) == ['version', 'tool_version', 'parts', 'findings'] and d['version'] == 1"
value "all parts" "list(d['parts']) == ['kernel', 'unit', 'provider', 'rules', 'pam', 'ways'] and
	all(list(p) == ['ok', 'text'] for p in d['parts'].values())"
value "all keys of findings" "all(list(f) == ['fault', 'severity', 'part', 'text', 'why', 'remedy',
	'command'] for f in d['findings'])"
value "findings as in the text, in the same order" \
	"re.findall(r'(?m)^\d+\. (\w+: .*)', text) ==
	[f['severity'] + ': ' + f['text'] for f in d['findings']]"
value "each with its command" "all(f['command'] is None or f['command'] in text
	for f in d['findings'])"
value "a part with an error or a warning is not well" "not any(d['parts'][f['part']]['ok']
	for f in d['findings'] if f['severity'] != 'notice')"
finish
