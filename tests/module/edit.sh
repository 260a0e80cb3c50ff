#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# usernscapsctl edit, with editors that are scripts: what it puts in place and what it doesn't, two
# editors at once, and what is left when it is killed before each of its system calls.
#
# shellcheck disable=SC2016 # what is in single quotes is for another shell
[[ $(id -u) != 0 ]] || export TMPDIR=/run # where only root can write
# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

export ASAN_OPTIONS=detect_leaks=0 # the leak checker doesn't work below strace
unset VISUAL

[[ $(id -u) == 0 ]] || skip_all "only root can replace rules"
chmod 755 "$dir"
bin=$(mktemp -d -p /tmp) # for editors: many systems execute nothing below /run
chmod 755 "$bin"
trap 'rm -rf "$dir" "$bin"' EXIT
conf=$dir/rules.conf

# Wait for a command to say yes, but not for ever.
wait_for() { # COMMAND...
	local tries=400
	until "$@"; do
		((tries--)) || return
		sleep 0.05
	done
}

check() { # NAME COMMAND...
	local name=$1
	shift
	"$@"
	report $? "$name" "status $status, expected: $*" "$output" "$(find "$dir" -type f)"
}

# An editor: the script on standard input, with the file as $1.
editor() { # NAME
	{
		echo '#!/bin/bash'
		cat
	} >"$bin/$1"
	chmod 755 "$bin/$1"
}

edit() { # EDITOR [ARGUMENT]...
	local editor=$1
	shift
	output=$(EDITOR=$editor PATH="$bin:$PATH" "$ctl" edit "$@" --conf "$conf" 2>&1 </dev/null)
	status=$?
}

# The same with standard input from a terminal, where what this function is given is typed. Output
# goes to a file that can be watched. script(1) takes the user's shell: one that stayed between would
# get the terminal's signals, too, and some then end by them whatever the tool's status was.
type_to_edit() { # EDITOR <KEYS
	EDITOR=$1 PATH="$bin:$PATH" \
		script -qec "exec '$ctl' edit --conf '$conf' >'$bin/said' 2>&1" /dev/null >/dev/null
	status=$? output=$(<"$bin/said")
}

edit_at_terminal() { # EDITOR ANSWERS
	type_to_edit "$1" < <(printf "%b" "$2")
}

is() { # STATUS PATTERN
	# shellcheck disable=SC2053 # it is a pattern
	[[ $status == "$1" && $output == $2 ]]
}

holds() { # FILE TEXT
	[[ $(<"$1") == "$2" ]]
}

nothing_beside() {
	[[ ! $(find "$dir" -name '.?*' ! -path "$dir") ]]
}

editor uncomment <<<'sed -i "s/^#\([a-z]\)/\1/" "$1"'
editor break <<<'echo "user {" >>"$1"'
editor add <<<'echo "# more" >>"$1"'

# --- what is put in place ---
edit true
check "a new file that stays as it began is not made" is 0 "*rules.conf: no changes"
check "... and there is none" test ! -e "$conf"
edit uncomment
check "a new main file is made of its template" is 0 "*rules.conf: made"
check "... for all to read" eval '[[ $(stat -c %u:%g:%a "$conf") == 0:0:644 ]]'
edit 'truncate -s 0'
check "a file with nothing in it is not right" is 1 "$conf: error: is empty*nothing was changed"
before=$(<"$conf")
edit 'sed -i s/alice/bob/' # an editor with arguments
check "it is replaced" is 0 "*rules.conf: replaced"
check "... by what the editor made" holds "$conf" "${before//alice/bob}"
VISUAL=add edit false
check "VISUAL goes before EDITOR" is 0 "*rules.conf: replaced"
env --ignore-signal=CHLD EDITOR=add PATH="$bin:$PATH" "$ctl" edit --conf "$conf" >/dev/null
status=$? output=
check "its end is waited for where SIGCHLD was ignored" is 0 ""
ln -s "$bin/add" "$bin/editor"
edit ''
check "without either it is \"editor\"" is 0 "*rules.conf: replaced"

for part in users/nobody groups/nogroup profiles/extra 10-more; do
	edit true "$part"
	check "$part: not made where nothing is said" is 0 "*no changes"
done
check "... nor are directories" test ! -e "$dir/rules.d"
for part in users/nobody groups/nogroup profiles/extra 10-more; do
	edit uncomment "$part"
	check "$part: is made of its template" is 0 "*rules.d/$part.conf: made"
done
check "directories are made for root to write" eval \
	'[[ $(stat -c %u:%a "$dir"/rules.d "$dir"/rules.d/users | uniq) == 0:755 ]]'
edit add users/no-such-user
check "a user whom nobody knows" is 0 "*users/no-such-user.conf: made*warning*there is no user*"
edit add groups/no-such-group
check "a group that nobody knows" is 0 "*groups/no-such-group.conf: made*warning*there is no group*"

chmod 666 "$conf"
chown 65534:65534 "$conf"
edit add
check "an owner and a mode that a login refuses" is 0 "*replaced*owned by uid 65534*mode 0666*0644*"
check "... do not stay" eval '[[ $(stat -c %u:%g:%a "$conf") == 0:65534:644 ]]'
chmod 640 "$conf"
edit add
check "those that it accepts" is 0 "*replaced"
check "... stay" eval '[[ $(stat -c %u:%g:%a "$conf") == 0:65534:640 ]]'
check "nothing is left beside the rules" nothing_beside

# --- what is not ---
before=$(<"$conf")
edit break
check "an error is told by file and line" is 1 "$conf:+([0-9]): error: *nothing was changed"
edit false
check "an editor that fails" is 1 "*editor ended with status 1; nothing was changed"
edit no-such-editor
check "no editor" is 1 "*editor ended with status 127; nothing was changed"
editor killed <<'END'
echo "# half" >>"$1"
kill -KILL $$
END
edit killed
check "an editor that is killed" is 1 "*editor was killed by signal 9; nothing was changed"
editor take-away <<<'rm "$1"'
edit take-away
check "an editor that takes the copy away" is 1 "*does not exist"
check "the file is what it was" holds "$conf" "$before"

edit 'sed -i "\$aprofile = extra"' profiles/extra
check "a circle of profiles" is 1 "*profiles/extra.conf:*: error: *circle: extra -> extra*"
edit 'sed -i "\$aprofile = nosuch"' users/nobody
check "a profile that there isn't" is 1 "*users/nobody.conf:*: error: *no such profile: nosuch*"
edit 'sed -i "\$aprofile = extra"' users/nobody
check "the control, one that there is" is 0 "*replaced"
edit 'sed -i "\$aprofile = second"' profiles/extra
check "one that is still missing" is 1 "*profiles/extra.conf:*: error: *no such profile*second*"
edit 'sed -i "\$aprofile = extra"' profiles/second
edit 'sed -i "\$aprofile = second"' profiles/extra
check "a circle of two" is 1 "*: error: *circle*"
edit 'sed -i "\$aprofile \"extra\" { }"' 10-more
check "a drop-in that has a profile of its own" is 0 "*replaced"
edit 'sed -i "\$aprofile \"extra\" { }"' 20-more
check "the same in another one" is 1 "*20-more.conf:*: error: *second profile*"

echo 'bounding {' >"$dir/rules.d/users/broken.conf"
edit add 10-more
check "an error that was there before is no reason" is 0 \
	"*users/broken.conf:1: error: *warning*not the reason*10-more.conf: replaced"
edit break 10-more
check "... but a new one is" is 1 "*10-more.conf:*: error: *nothing was changed"
edit add users/broken
check "... and so is one of the file itself" is 1 "*users/broken.conf:1: error: *nothing was changed"
echo 'profile = nosuch' >"$dir/rules.d/users/broken.conf"
echo 'profile = only' >"$dir/rules.d/users/builds-on-it.conf"
echo 'profile "only" { }' >"$dir/rules.d/only.conf"
edit 'sed -i s/only/other/' only
check "an old one hides no new one of its kind" is 1 \
	"*users/broken.conf:1: error: *users/builds-on-it.conf:1: error: *nothing was changed"
rm "$dir"/rules.d/users/b*.conf "$dir/rules.d/only.conf"

for word in users/ users/.hidden users/a/b ../x .x other/x x.conf; do
	edit true "$word"
	check "\"$word\" is no name" is 2 "*\"$word\": expected*"
done
edit true a b
check "two files" is 2 "*too many operands*"
ln -s rules.conf "$dir/link.conf"
output=$(EDITOR=add "$ctl" edit --conf "$dir/link.conf" 2>&1)
status=$?
check "a symbolic link" is 1 "*link.conf: error: *regular file*"
chmod 777 "$dir"
edit add
check "a directory that others can write to" is 1 "*: error: *writable by group or others*"
chmod 755 "$dir"
cp "$ctl" "$bin/ctl" # where everybody can reach it
output=$(EDITOR=true setpriv --reuid=65534 --clear-groups "$bin/ctl" edit --conf "$conf" 2>&1)
status=$?
check "somebody who isn't root" is 1 "*only root*"
check "nothing is left beside the rules" nothing_beside

# --- signals ---
editor interrupt <<'END'
kill -INT $PPID
kill -QUIT $PPID
grep SigIgn /proc/self/status >"${0%/*}/ignored"
echo "# interrupted" >>"$1"
END
edit interrupt
check "an interrupt is the editor's" is 0 "*replaced"
check "... who ignores what the caller did" eval \
	'[[ $(<"$bin/ignored") == "$(grep SigIgn /proc/self/status)" ]]'

# --- questions ---
if command -v script >/dev/null; then
	editor break-once <<-'END'
		if [[ -e ${0%/*}/broken ]]; then
			sed -i '$d' "$1"
			echo "# fixed" >>"$1"
		else
			touch "${0%/*}/broken"
			echo "user {" >>"$1"
		fi
	END
	before=$(<"$conf")
	edit_at_terminal break-once 'e\n'
	check "edit again" is 0 "*error: *[(]e)dit again*replaced*"
	check "... and it is fixed" holds "$conf" "$before"$'\n# fixed'
	before=$(<"$conf")
	edit_at_terminal break 'x\n'
	check "leave without saving" is 1 "*error: *nothing was changed*"
	edit_at_terminal break 'q\n\nno\nx\n'
	check "other answers ask again" is 1 "*[(]Q)*[(]Q)*[(]Q)*[(]Q)*nothing was changed*"
	check "... and save nothing" holds "$conf" "$before"
	edit_at_terminal break 'Q\n'
	check "save anyway" is 0 "*error: *replaced*"
	check "... and it is broken" holds "$conf" "$before"$'\nuser {'
	edit 'sed -i \$d'
	check "what is broken can be fixed" is 0 "*replaced"

	before=$(<"$conf")
	: >"$bin/said"
	type_to_edit break < <(wait_for grep -q "(Q)" "$bin/said" && printf '\x03')
	check "an interrupt leaves without saving" is 1 "*error: *nothing was changed*"
	check "... and saves nothing" holds "$conf" "$before"
	check "... and leaves nothing beside the rules" nothing_beside

	# A name that is taken by a directory can't be written to either; it is taken away the second time.
	editor obstruct-once <<-END
		if [[ -e $dir/.rules.conf.new ]]; then
			rmdir "$dir/.rules.conf.new"
		else
			mkdir "$dir/.rules.conf.new"
			echo "# kept" >>"\$1"
		fi
	END
	edit_at_terminal obstruct-once 'e\n'
	check "edit again what could not be written" is 0 "*error: write: *[(]e)dit again*replaced*"
	check "... and the work is not lost" holds "$conf" "$before"$'\n# kept'

	editor overtaken <<-END
		echo "# mine" >>"\$1"
		echo "# somebody's" >>"$conf"
	END
	edit_at_terminal overtaken 'O\n'
	check "overwrite what somebody else changed" is 0 "*changed by somebody else*[(]O)*replaced*"
	check "... and it is ours" eval '[[ $(tail -n 1 "$conf") == "# mine" ]]'
	edit overtaken
	check "the same with nobody to ask" is 1 "*changed by somebody else*nothing was changed"
	check "... and it is theirs" eval '[[ $(tail -n 1 "$conf") == "# somebody'\''s" ]]'
else
	skip "questions" "script(1) is not installed"
fi

# --- two at once ---
editor wait <<END
touch "$bin/started"
until [[ -e $bin/go ]]; do sleep 0.05; done
echo "# of the first" >>"\$1"
END
EDITOR=$bin/wait "$ctl" edit --conf "$conf" >"$bin/output" 2>&1 &
pid=$!
wait_for test -e "$bin/started"
edit add
check "a second editor of the same file is refused" is 1 "*is being edited by process $pid"
edit add 10-more
check "another file can be edited" is 0 "*10-more.conf: replaced"
touch "$bin/go"
wait "$pid"
status=$? output=$(<"$bin/output")
check "the first one goes on" is 0 "*replaced"
check "... and stands" eval '[[ $(tail -n 1 "$conf") == "# of the first" ]]'
edit add
check "then the file is free again" is 0 "*replaced"

# --- killed before each system call ---
calls=openat,mkdirat,write,fsetxattr,fchown,fchmod,fsync,renameat,unlinkat,rmdir,fcntl,clone,wait4

# "NAME NTH" of each call of a run from the lock on, NTH counting the calls of that name.
list_calls() { # FILE
	awk -F '(' '/\.lock"/ { begun = 1 } { n[$1]++ } begun && /^[a-z0-9]+\(/ { print $1, n[$1] }' "$1"
}

# What must be in place after a kill: one of the two, whole, with owner and mode.
stands() { # FILE OLD NEW STATE
	if [[ -e $1 ]]; then
		[[ $(stat -c %u:%g:%a "$1") == "$4" ]] || return
		cmp -s "$1" "$3" && news=$((news + 1)) && return
	fi
	if [[ -e $2 ]]; then
		cmp -s "$1" "$2" || return
	else
		[[ ! -e $1 ]] || return
	fi
	olds=$((olds + 1))
}

kill_at_each_call() { # NAME WORD OLD NEW STATE
	local name=$1 word=$2 old=$3 new=$4 state=$5 file=$dir/rules.d/$2.conf call nth output status
	local olds=0 news=0 kills=0 failed=""
	reset() {
		rm -rf "$dir/rules.d/users" "$file"
		[[ ! -e $old ]] || install -m "${state##*:}" -g 65534 "$old" "$file"
	}
	reset
	EDITOR="cp '$new'" strace -o "$dir/trace" -e trace="$calls" \
		"$ctl" edit "$word" --conf "$conf" >/dev/null 2>&1
	while read -r call nth; do
		reset
		{ # bash says something of each process that is killed
			EDITOR="cp '$new'" strace -o /dev/null -e trace="$call" \
				-e inject="$call:signal=KILL:when=$nth" \
				"$ctl" edit "$word" --conf "$conf" >/dev/null
			status=$?
		} 2>/dev/null
		kills=$((kills + 1))
		((status == 137)) || failed+=" $call:$nth:not-killed($status)"
		stands "$file" "$old" "$new" "$state" || failed+=" $call:$nth:file"
		"$ctl" check "$conf" >/dev/null 2>&1 || failed+=" $call:$nth:check"
		"$ctl" explain nobody --conf "$conf" >/dev/null || failed+=" $call:$nth:explain"
		edit "sh -c 'echo \"# next\" >>\"\$1\"' sh" "$word"
		((status == 0)) && [[ $(tail -n 1 "$file") == "# next" ]] || failed+=" $call:$nth:next"
		nothing_beside || failed+=" $call:$nth:beside"
	done < <(list_calls "$dir/trace")
	output="killed at:$failed; $kills kills, then old $olds, new $news" status=0
	echo "# $name: $kills kills, $olds with the old file in place, $news with the new one"
	check "$name: old or new after each kill, and the next edit works" test -z "$failed"
	check "$name: both occurred" test "$olds" -gt 5 -a "$news" -gt 0
	reset
}

printf 'user "nobody" {\n\tbounding { drop = {sys_module} }\n}\n' >"$dir/old"
printf 'user "nobody" {\n\tbounding { drop = {bpf} }\n\tinheritable { policy = deny }\n}\n' >"$dir/new"
echo 'bounding { drop = {bpf} }' >"$dir/new-user"
rm -rf "$dir/rules.d"
mkdir "$dir/rules.d"
if strace -o /dev/null -e inject=fsync:signal=KILL:when=1 true 2>/dev/null; then
	kill_at_each_call "a drop-in" 10-more "$dir/old" "$dir/new" 0:65534:640
	kill_at_each_call "a user's new file" users/nobody "$dir/none" "$dir/new-user" 0:0:644
else
	skip "killed before each system call" "strace is not there, or may not trace"
fi
finish
