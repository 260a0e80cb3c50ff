#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# variants: next crowded
#
# 64 restricted processes fork, clone with flags at random, exec in threads, create and enter namespaces
# and lower more, while the programs are replaced by the next version and back: nothing is allowed that
# is denied, nobody loses a restriction, and nothing is left of it. Once more with so few slots that
# nearly all states are in the overflow. Arguments: for how many seconds each (20); and "still" to replace
# nothing, which a machine can stand whose processors don't take turns.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
seconds=${1:-20} still=${2-}
churn=/opt/tests/churn
this=$(type -P usernscapsctl) next=/opt/tests/usernscapsctl-next crowded=/opt/tests/usernscapsctl-crowded

# storm TOOL TOOL SECONDS OPTION...: in $result what came of it; reloads by both in turn meanwhile.
storm() {
	local end=$((SECONDS + $3)) pid
	nice $churn --mixed "${@:4}" 64 >/run/storm &
	pid=$!
	reloads=0
	while ((SECONDS < end)); do
		if [[ $still ]]; then
			sleep 1
		else
			"$1" reload && "$2" reload && reloads=$((reloads + 2))
		fi
	done 2>/run/errors
	census_now=$(census)
	kill $pid
	wait $pid
	result=$(</run/storm)
	echo "# ${*:4} $3 s, $reloads reloads: $result"
	echo "# meanwhile: $census_now"
}

harmless() { # NAME
	like "rounds=[1-9]* failed=0 killed=0 allowed=0 lost=0 unrestricted=0 silent=0 refused=0 errors=0" \
		"$1: nobody got more than they had" echo "$result"
	is "" "$1: every reload worked" cat /run/errors
	[[ $still ]] || like "[1-9]*" "$1: control: there were some" echo $reloads
	is 0 "$1: nobody is restricted" until_entries 0
	like "slots=0 elsewhere=0 overflow=0 accounts=0 *" "$1: nothing is left" census
}

is 0 "nobody is restricted at first" until_entries 0
storm "$next" "$this" 3 --free
like "rounds=[1-9]* allowed=[1-9]* lost=0 unrestricted=[1-9]* silent=0 refused=0 errors=0" \
	"control: nobody restricted" echo "$result"
storm "$next" "$this" "$seconds"
harmless "two versions"

"$this" unload
"$crowded" load
storm "$crowded" "$crowded" "$seconds"
like "slots=* overflow=[1-9][0-9]*" "few slots: control: most have none" echo "$census_now"
harmless "few slots"
"$crowded" unload
"$this" load
finish
