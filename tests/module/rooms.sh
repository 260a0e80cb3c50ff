#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# tests/lint-rooms accepts the source, and notices what it is there for.
. "${top_srcdir:?}/tests/module/tap.sh"

house=$dir/pam_usernscaps

plant() { # FILE LINE
	rm -rf "$house"
	cp -r "$top_srcdir/pam_usernscaps" "$dir"
	chmod -R u+w "$house"
	printf '%s\n' "$2" >>"$house/$1"
	line=$(wc -l <"$house/$1")
}

# check STATUS TEXT NAME: what lint-rooms says of the house, and how it ends.
check() {
	local output status
	output=$("$top_srcdir/tests/lint-rooms" "$house" 2>&1)
	status=$?
	((status == $1)) && [[ $output == *"$2"* ]]
	report $? "$3" "expected status $1, $2" "got status $status, $output"
}

plant tool/check.c '/* set.bits in a comment */ static const char text[] = "set.bits in words";'
check 0 "no circle, no arrow up" "the source, with a comment and a string"
plant policy/plan.c '#include "session/session.h"'
check 1 "policy/plan.c:$line: policy/ uses session/" "an include of a room above"
plant config/read.c 'int planted(void) { return session_open(0, 0, 0); }'
check 1 "config/read.c:$line: config/ uses session/" "a call to a room above"
plant policy/plan.c 'int planted(void) { return loader_load(0, 0); }'
check 1 "policy/plan.c:$line: policy/ uses bpf/" "the same of what a build without it replaces"
plant policy/plan.c '#include "../session/session.h"'
check 1 "policy/plan.c:$line: policy/ uses session/" "an include by a path of its own"
plant tool/check.c ''
mkdir "$house/attic"
cp "$house/tool/check.c" "$house/attic"
check 1 "attic/ is no room" "a folder that is no room"
plant policy/rules.h '#include "plan.h"'
check 1 "a circle: " "a circle of includes"
plant bpf/loader_pins.c 'int planted(void) { return loader_release(0, 0); }'
check 1 "a circle: " "a circle of calls"
plant tool/check.c 'int planted(struct capset set) { return set.bits != 0; }'
check 1 "tool/check.c:$line: a set's bits" "bits outside policy/capset"
plant tool/planted.c 'int planted;'
check 1 "tool/planted.c:2: expected a comment" "a file that does not say what it is for"
finish
