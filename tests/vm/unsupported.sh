#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# What when_unsupported says, once the provider has been taken away; and how it is refused where it
# can't be loaded. With the argument "lsm" the kernel was booted without the BPF LSM.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

login='echo shell; sudo -n id -u'
shell=$'shell\n0'

write_rules() { # ANSWER
	rules <<-END
		when_unsupported = $1
		group "restricted" { userns { drop = {net_admin} } }
	END
}

if [[ ${1-} == lsm ]]; then
	like "*lsm=*bpf*" "load names the kernel command line to use" usernscapsctl load
	is failed "the unit says so" systemctl is-failed usernscaps.service
else
	rules <<<'group "restricted" { userns { drop = {net_admin} } }'
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

for answer in deny-creation refuse warn; do
	write_rules $answer
	forget_log
	case $answer in
	deny-creation) alice=denied alice_shell=$shell ;;
	refuse) alice='*status 254' alice_shell='*status 254' ;;
	warn) alice=allowed alice_shell=$shell ;;
	esac
	like "$alice_shell" "$answer: alice's shell and sudo" as alice "$login"
	is yes "$answer: the log says that there is no provider" logged 'no provider'
	is "$shell" "$answer: bob's shell and sudo" as bob "$login"
	for act in "${acts[@]}"; do
		expected=$alice
		# A filter can't see the flags of clone3, so it says that there is no such call.
		[[ $answer-$act != deny-creation-clone3 ]] || expected='*Function not implemented*'
		like "$expected" "$answer: alice, ${act%% *}" as alice "$probe $act"
		like "$expected" "$answer: alice, ${act%% *}, 32 bits" as alice "${probe}32 $act"
	done
	for act in userns clone clone3 lo; do
		is allowed "$answer: bob, $act" as bob "$probe $act"
		is allowed "$answer: bob, $act, 32 bits" as bob "${probe}32 $act"
	done
	# setns wants a namespace of the same user: bob's control is alice under "warn".
done
kill "$older"
finish
