# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests of usernscapsctl: a directory of their own, and TAP. Ends with finish.
: "${top_builddir:?}"

shopt -s extglob
ctl=$top_builddir/usernscapsctl
count=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# try STATUS PATTERN NAME ARGUMENT...: the exit status, and all that is printed.
try() {
	local expected=$1 pattern=$2 name=$3 got status
	shift 3
	got=$("$ctl" "$@" 2>&1)
	status=$?
	count=$((count + 1))
	# shellcheck disable=SC2053 # it is a pattern
	if ((status == expected)) && [[ $got == $pattern ]]; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		printf 'status %s\n%s\n' "$status" "$got" | sed 's/^/# /'
	fi
}

skip() { # NAME REASON
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

finish() {
	echo "1..$count"
}
