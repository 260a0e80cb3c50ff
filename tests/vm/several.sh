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
	echo "end $1 $?"
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

run_all "$@" | awk '
	function report(status, text) {
		print status " " ++count " - " text
		fflush()
		bad += status != "ok"
	}
	/^(not )?ok / {
		status = /^ok/ ? "ok" : "not ok"
		sub(/^(not )?ok [0-9]+ - /, "")
		report(status, $0)
		seen++
		failed += status != "ok"
		next
	}
	/^1\.\.[0-9]+$/ {
		planned = substr($0, 4)
		next
	}
	/^end [^ ]+ [0-9]+$/ {
		if (!seen || ($3 != 0 && !failed) || (seen && planned != seen))
			report($3 == 0 && !seen ? "ok" : "not ok", $2 " ended with status " $3)
		seen = failed = planned = 0
		next
	}
	/^end$/ { exit }
	{ print }
	END {
		print "1.." count
		exit bad > 0
	}'
