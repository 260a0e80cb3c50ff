#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The words that shells offer for usernscapsctl: bash's by its completion function as readline calls
# it, bash's and zsh's by a tab in a terminal of its own, fish's by "complete -C".
: "${top_srcdir:?}"

# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"
mkdir -p "$dir/rules.d/users" "$dir/rules.d/groups" "$dir/rules.d/profiles"
touch "$dir/rules.conf" "$dir/x.conf" "$dir/rules.d/10-more.conf" "$dir/rules.d/not-rules" \
	"$dir/rules.d/users/has-file.conf" "$dir/rules.d/groups/has-file.conf" \
	"$dir/rules.d/profiles/browser.conf" "$dir/rules.d/.hidden.conf" \
	"$dir/rules.d/profiles/\$(touch executed).conf" "$dir/rules.d/profiles/two"$'\n'"lines.conf"
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
	_usernscapsctl "$ctl"
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
check "subcommands" offers check explain edit diff load reload unload status probe doctor denials \
	why log mask run help --help --version
for command in $("$ctl" --help | sed -n 's/^  \([a-z]\+\) .*/\1/p'); do
	check "... $command among them" offers_also "$command"
done
complete_words un
check "the beginning of one" offers unload
complete_words nonsense ""
check "an unknown one" offers_nothing

complete_words mask ""
check "sets of mask" offers all none
complete_words mask --
check "options of mask" offers --rules --conf= --reset --help
complete_words mask --rules --conf "$dir/rules.c"
check "a file for mask" offers "$dir/rules.conf"

complete_words check --
check "options of check" offers --json --fail-on= --help
complete_words check --fail-on = w
check "a value behind =" offers warning
complete_words check --fail-on =
check "values behind =" offers error warning notice
complete_words check ru
check "files" offers rules.conf rules.d

complete_words explain roo
check "explain: users" offers_also root
complete_words explain --s
check "explain: options" offers --service=
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
check "edit: profiles, but none with a line break" offers profiles/browser \
	'profiles/\$\(touch\ executed\)'
complete_words edit --conf rules.conf 'profiles/\$\(tou'
check "edit: a word with backslashes" offers 'profiles/\$\(touch\ executed\)'
complete_words edit --conf x.conf pro
check "edit: behind a file that ends in an option's name" offers profiles/
check "edit: names are not executed" test ! -e executed
complete_words edit --conf ru
check "edit: --conf" offers rules.conf rules.d

complete_words diff ru
check "diff: files" offers rules.conf rules.d
complete_words diff --e
check "diff: options" offers --exit-code
complete_words load -
check "load: options" offers --replace --help
complete_words unload -
check "unload: options" offers --force --help
complete_words status --
check "status: options" offers --json --help
complete_words doctor --
check "doctor: options" offers --json --help
complete_words status 1
check "status: processes" offers_also 1
complete_words run --
check "run: options" offers --raise= --reset --watch --bounding= --inheritable= --userns= \
	--no-create --strict --no-new-privs --help
complete_words run --userns = a
check "run: sets" offers all
complete_words run --raise = n
check "run: what to raise" offers none
complete_words run -- mktem
check "run: commands" offers_also mktemp
complete_words run --userns = all,-net_
check "run: capabilities" offers all,-net_bind_service all,-net_broadcast all,-net_admin all,-net_raw
complete_words mask none,+net_r
check "mask: capabilities" offers none,+net_raw
complete_words mask all,-net_admin:t
check "mask: parts" offers all,-net_admin:tun all,-net_admin:tc
complete_words mask all,-bpf,-sys_mod
check "mask: a second one" offers all,-bpf,-sys_module
complete_words help exp
check "help: commands" offers explain

# --- bash, fish and zsh: a call and what a tab makes of it, each word of which can't go on otherwise ---
mkdir bin
ln -s "$ctl" bin/usernscapsctl
PATH=$dir/bin:$PATH
calls=(
	"expl|explain " "explain --tab|explain --table " "explain roo|explain root "
	"mask all,-net_admin:tu|mask all,-net_admin:tun"
	"run --userns=all,-net_admin:tu|run --userns=all,-net_admin:tun"
	"explain root --groups daemon,roo|explain root --groups daemon,root "
	"edit --conf rules.conf profiles/brow|edit --conf rules.conf profiles/browser "
	"edit --conf rules.conf users/has-|edit --conf rules.conf users/has-file "
	"mask all,-net_adm|mask all,-net_admin" "run --userns=all,-sys_modu|run --userns=all,-sys_module"
	"check --fail-on=warn|check --fail-on=warning " "explain root --conf=rules.c|explain root --conf=rules.conf "
	"run -- mktem|run -- mktemp "
	'edit --conf rules.conf profiles/\$|edit --conf rules.conf profiles/\$\(touch\ executed\) '
)

# What each shell makes of all of them, a line each.
in_fish() {
	local call script
	script="source $(realpath "$top_srcdir")/conf/fish-completion/usernscapsctl.fish"
	for call in "${calls[@]}"; do
		script+=$'\n'"complete -C 'usernscapsctl ${call%|*}' | string split \t | head -n 1"
	done
	timeout 60 fish --no-config -c "$script" 2>&1
}

in_terminal() { # SHELL FILE
	local words=("${calls[@]%|*}")
	timeout 120 python3 "$top_srcdir/tests/module/tab.py" "$1" \
		"$(realpath "$top_srcdir")/conf/$1-completion/$2" "${words[@]/#/usernscapsctl }" 2>&1
}

in_bash() {
	in_terminal bash usernscapsctl
}

in_zsh() {
	in_terminal zsh _usernscapsctl
}

# fish shows the word as it is, without the blank that comes after it in a terminal; others the line.
for shell in bash fish zsh; do
	if ! command -v "$shell" >/dev/null; then
		skip "$shell" "$shell is not installed"
		continue
	fi
	mapfile -t lines < <("in_$shell")
	for i in "${!calls[@]}"; do
		wanted="usernscapsctl ${calls[i]#*|}"
		if [[ $shell == fish ]]; then
			wanted=${wanted% }
			wanted=${wanted##*[^\\] }
			wanted=${wanted//\\/}
		fi
		[[ ${lines[i]-} == "$wanted" ]]
		report $? "$shell: ${calls[i]%|*}" "expected: <$wanted>" "got: <${lines[i]-}>"
	done
	[[ ! -e executed ]]
	report $? "$shell: nothing is executed"
done
finish
