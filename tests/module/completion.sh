#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The words that bash offers for usernscapsctl, by its completion function as readline calls it.
: "${top_srcdir:?}"

# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"
mkdir -p "$dir/rules.d/users" "$dir/rules.d/groups" "$dir/rules.d/profiles"
touch "$dir/rules.conf" "$dir/rules.d/10-more.conf" "$dir/rules.d/not-rules" \
	"$dir/rules.d/users/has-file.conf" "$dir/rules.d/groups/has-file.conf" \
	"$dir/rules.d/profiles/browser.conf" "$dir/rules.d/.hidden.conf" \
	"$dir/rules.d/profiles/\$(touch executed).conf"
cd "$dir" || exit

# shellcheck source=conf/bash-completion/usernscapsctl
. "$top_srcdir/conf/bash-completion/usernscapsctl"

check() { # NAME COMMAND...
	local name=$1
	shift
	"$@"
	report $? "$name" "expected: $*" "got: ${COMPREPLY[*]}"
}

# Completes the last word; readline makes "=" a word.
complete_words() { # WORD...
	COMP_WORDS=(usernscapsctl "$@")
	COMP_CWORD=$#
	_usernscapsctl
}

offers() { # WORD...: these in any order, and nothing else
	[[ $(printf '%s\n' "${COMPREPLY[@]}" | sort) == "$(printf '%s\n' "$@" | sort)" ]]
}

offers_also() { # WORD
	printf '%s\n' "${COMPREPLY[@]}" | grep -qxFe "$1"
}

offers_nothing() {
	((${#COMPREPLY[@]} == 0))
}

complete_words ""
check "subcommands" offers check explain edit diff load reload unload status probe doctor mask \
	run --help --version
for command in $("$ctl" --help | sed -n 's/^  \([a-z]\+\).*/\1/p'); do
	check "... $command among them" offers_also "$command"
done
complete_words un
check "the beginning of one" offers unload
complete_words nonsense ""
check "an unknown one" offers_nothing

complete_words mask ""
check "sets of mask" offers all none
complete_words mask --
check "options of mask" offers --rules --conf --reset
complete_words mask --rules --conf "$dir/rules.c"
check "a file for mask" offers "$dir/rules.conf"

complete_words check --
check "options of check" offers --json --fail-on=
complete_words check --fail-on = w
check "a value behind =" offers warning
complete_words check --fail-on =
check "values behind =" offers error warning notice
complete_words check ru
check "files" offers rules.conf rules.d

complete_words explain roo
check "explain: users" offers_also root
complete_words explain --s
check "explain: options" offers --service
complete_words explain root --service ""
for service in /etc/pam.d/*; do
	check "explain: the service ${service##*/}" offers_also "${service##*/}"
	break
done
complete_words explain root --conf rules.c
check "explain: --conf" offers rules.conf
complete_words explain root --groups roo
check "explain: --groups" offers_also root
complete_words explain root --groups daemon,roo
check "explain: a second group" offers_also daemon,root

complete_words edit --conf rules.conf ""
check "edit: parts and drop-ins" offers users/ groups/ profiles/ 10-more
complete_words edit --conf = rules.conf 1
check "edit: drop-ins" offers 10-more
complete_words edit --conf rules.conf users/has
check "edit: users who have a file" offers users/has-file
complete_words edit --conf rules.conf users/roo
check "edit: users who have none" offers_also users/root
complete_words edit --conf rules.conf groups/roo
check "edit: groups" offers_also groups/root
complete_words edit --conf rules.conf groups/has
check "edit: groups that have a file" offers groups/has-file
complete_words edit --conf rules.conf profiles/
# shellcheck disable=SC2016 # it is a name
check "edit: profiles" offers profiles/browser 'profiles/$(touch executed)'
check "edit: names are not executed" test ! -e executed
complete_words edit --conf ru
check "edit: --conf" offers rules.conf rules.d

complete_words diff ru
check "diff: files" offers rules.conf rules.d
complete_words diff --e
check "diff: options" offers --exit-code
complete_words load -
check "load: options" offers --replace
complete_words unload -
check "unload: options" offers --force
complete_words status --
check "status: options" offers --json
complete_words doctor --
check "doctor: options" offers --json
complete_words status 1
check "status: processes" offers_also 1
complete_words run --
check "run: options" offers --raise= --reset --userns= --bounding= --inheritable= --no-create --
complete_words run --userns = a
check "run: sets" offers all
complete_words run --raise = n
check "run: what to raise" offers none
complete_words run -- mktem
check "run: commands" offers_also mktemp
finish
