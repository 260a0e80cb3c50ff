#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# several.sh SCRIPT [ARGUMENT]... [SCRIPT...]: runs scripts, which end in .sh, one after the other in
# one guest, because booting takes longer than most of them. Their TAP is counted through; a script
# that prints none is one test.

set -uo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

run() { # SCRIPT [ARGUMENT]...
	echo "# $*"
	"$here/$1" "${@:2}"
	printf '\nend %s %s\n' "$1" $?
}

run_all() {
	local word words=("$1")
	for word in "${@:2}"; do
		if [[ $word == *.sh ]]; then
			run "${words[@]}"
			words=()
		fi
		words+=("$word")
	done
	run "${words[@]}"
	echo end # what a script has left running may hold the pipe open
}

count=0 bad=0
report() { # ok|"not ok" TEXT
	count=$((count + 1))
	echo "$1 $count - $2"
	[[ $1 == ok ]] || bad=1
}

# What is to be said of a script that has ended.
seen=0 failed=0 planned=0
judge() { # SCRIPT STATUS
	if ((seen == 0 && $2 == 0)); then
		report ok "$1"
	elif ((seen == 0 || planned != seen || ($2 != 0 && !failed))); then
		report "not ok" "$1 ended with status $2"
	fi
	seen=0 failed=0 planned=0
}

while IFS= read -r line; do
	if [[ $line =~ ^((not )?ok)\ [0-9]+\ -\ (.*)$ ]]; then
		seen=$((seen + 1))
		[[ ${BASH_REMATCH[1]} == ok ]] || failed=1
		report "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
	elif [[ $line =~ ^1\.\.([0-9]+)$ ]]; then
		planned=${BASH_REMATCH[1]}
	elif [[ $line =~ ^end\ ([^ ]+)\ ([0-9]+)$ ]]; then
		judge "${BASH_REMATCH[@]:1}"
	elif [[ $line == end ]]; then
		break
	else
		printf '%s\n' "$line"
	fi
done < <(run_all "$@")
[[ $line == end ]] || report "not ok" "not all scripts were run"
echo "1..$count"
exit $bad
