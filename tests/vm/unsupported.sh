#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# What when_unsupported says, once the provider has been taken away; and how it is refused where it
# can't be loaded. With the argument "lsm" the kernel was booted without the BPF LSM.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

write_rules() { # ANSWER
	rules <<-END
		when_unsupported = $1
		group "restricted" { userns { drop = {net_admin} } }
	END
}

if [[ ${1-} == lsm ]]; then
	like "*lsm=*bpf*" "load names the kernel command line to use" usernscapsctl load
	is failed "the unit says so" systemctl is-failed usernscaps.service
	look_with_doctor
	is "1 lsm" "doctor names this fault alone" echo "$status $found"
	like "boot with \"lsm=*apparmor,bpf\"*; mkdir *lsm=*apparmor,bpf\"'*update-grub" "and what to do" \
		echo "$remedy; $command"
else
	write_rules warn
	keep_managers alice
	like "*systemd*processes would no longer be restricted*" \
		"unload names the processes that it would set free" usernscapsctl unload
	is denied "and lets them be" as alice "$probe lo"
	is "" "unload --force" usernscapsctl unload --force
	is allowed "and sets them free" as alice "$probe lo"
	loginctl terminate-user alice
fi
is 1 "status: exit status" sh -c 'usernscapsctl status >/dev/null; echo $?'
like "provider none*load*" "status" usernscapsctl status

write_rules deny-creation
keep_managers alice bob
make_older_namespace alice
acts=(userns clone clone3 "setns /proc/$older/ns/user" "setns-any /proc/$older/ns/user" lo)
bobs_acts=(userns clone clone3 lo) # setns wants a namespace of the same user

# One login: a shell, sudo, and each act in both word sizes, a line each.
log_in() { # USER ACT...
	local user=$1 act words='exec 2>&1; echo shell; sudo -n id -u;'
	shift
	for act; do
		words+=" $probe $act; ${probe}32 $act;"
	done
	as "$user" "$words true"
}

# expect WORD USER ACT...: all acts end like that. A filter can't see the flags of clone3, so it
# says that there is no such call.
expect() {
	local word=$1 user=$2 act wanted line=2
	shift 2
	mapfile -t lines < <(log_in "$user" "$@" 2>&1)
	is shell "$answer: $user, shell" echo "${lines[0]-}"
	is 0 "$answer: $user, sudo" echo "${lines[1]-}"
	for act; do
		wanted=$word
		[[ $word-$act != denied-clone3 ]] || wanted='*Function not implemented*'
		like "$wanted" "$answer: $user, ${act%% *}" echo "${lines[line]-}"
		like "$wanted" "$answer: $user, ${act%% *}, 32 bits" echo "${lines[line + 1]-}"
		line=$((line + 2))
	done
}

for answer in deny-creation refuse warn; do
	write_rules $answer
	forget_log
	case $answer in
	deny-creation) expect denied alice "${acts[@]}" ;;
	refuse) like '*status 254' "$answer: alice" log_in alice ;;
	warn) expect allowed alice "${acts[@]}" ;;
	esac
	is yes "$answer: the log says that there is no provider" logged 'no provider'
	expect allowed bob "${bobs_acts[@]}"
done
kill "$older"
finish
