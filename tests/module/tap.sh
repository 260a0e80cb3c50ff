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

# report STATUS NAME [TEXT]...: STATUS 0 is ok, and the texts are shown of anything else.
report() {
	count=$((count + 1))
	if (($1 == 0)); then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		printf '%s\n' "${@:3}" | sed 's/^/# /'
	fi
}

# try STATUS PATTERN NAME ARGUMENT...: the exit status, and all that is printed.
try() {
	local expected=$1 pattern=$2 name=$3 got status
	shift 3
	got=$("$ctl" "$@" 2>&1)
	status=$?
	# shellcheck disable=SC2053 # it is a pattern
	((status == expected)) && [[ $got == $pattern ]]
	report $? "$name" "expected status $expected, $pattern" "got status $status, $got"
}

skip() { # NAME REASON
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

skip_all() { # REASON
	echo "1..0 # SKIP $1"
	exit 0
}

finish() {
	echo "1..$count"
}
