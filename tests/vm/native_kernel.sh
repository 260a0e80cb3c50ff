#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The userns set of a kernel that has one (--kernel native-6.12), by system calls alone: what it
# bounds, who may raise it, the strict securebit, the masks of the system. Then two of our own
# parts on that kernel: the filter that refuses creation, for x32 programs too, and the bpf programs
# as a guard.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
native=/opt/tests/native_probe
user=1000
mask=/proc/sys/kernel/cap_userns_mask
helper_mask=/proc/sys/kernel/usermodehelper/userns

is_set=1 raise=2 lower=3 clear_all=4
setpcap=8 net_admin=12 sys_time=25 userns_mask=41
none=0000000000000000

hex() { # NUMBER
	printf '%016x' "$1"
}
all=$(hex $(((1 << 42) - 1)))
without() { # CAP...
	local cap set=$(((1 << 42) - 1))
	for cap; do
		set=$((set & ~(1 << cap)))
	done
	hex $set
}
no_net_admin=$(without $net_admin)

# Whatever a command prints, as one line.
line() { # COMMAND...
	"$@" 2>&1 | paste -s -d ' '
}
# The "sets" of native_probe of a task that went into a namespace and got this.
inside() { # SET
	echo "$1 $1 $none $1 $none $1"
}

# Only our own programs are to act on namespaces until the last part.
usernscapsctl unload --force >/dev/null 2>&1
is "provider native" "the tool finds it" sh -c 'usernscapsctl status | head -n 1'

# --- how it looks ---
is 41 "cap_last_cap" cat /proc/sys/kernel/cap_last_cap
is "CapAmb CapUNs NoNewPrivs" "CapUNs: follows CapAmb:" \
	sh -c "grep -A 2 ^CapAmb /proc/self/status | cut -d : -f 1 | paste -s -d ' '"
is "CapUNs:	$all" "it is full at boot, in 16 digits" grep ^CapUNs /proc/1/status

# --- prctl: what it takes ---
call() { # OPERATION ARG3 ARG4 ARG5
	"$native" prctl "$@"
}
is 1 "is-set, the first capability" call $is_set 0 0 0
is 1 "is-set, the last one" call $is_set 41 0 0
is EINVAL "is-set, one more" call $is_set 42 0 0
is EINVAL "is-set, a number whose low 32 bits are a capability" call $is_set $((1 << 32 | 12)) 0 0
is 0 "raise" call $raise $net_admin 0 0
is 0 "lower" call $lower $net_admin 0 0
is 0 "clear" call $clear_all 0 0 0
for operation in $is_set $raise $lower; do
	is EINVAL "operation $operation, no capability" call "$operation" 42 0 0
	is EINVAL "operation $operation, a fourth argument" call "$operation" $net_admin 1 0
	is EINVAL "operation $operation, a fifth argument" call "$operation" $net_admin 0 1
done
is EINVAL "clear, a third argument" call $clear_all 1 0 0
is EINVAL "clear, a fourth argument" call $clear_all 0 1 0
is EINVAL "clear, a fifth argument" call $clear_all 0 0 1
is EINVAL "operation 0" call 0 0 0 0
is EINVAL "operation 5" call 5 0 0 0
is "EINVAL 1" "a refused lower takes nothing away" \
	line "$native" prctl $lower $net_admin 1 0 prctl $is_set $net_admin 0 0
is "0 0" "lower takes away" \
	line "$native" prctl $lower $net_admin 0 0 prctl $is_set $net_admin 0 0
is "0 0" "lower needs no privilege" \
	line "$native" uid $user prctl $lower $net_admin 0 0 prctl $is_set $net_admin 0 0
is "0 0" "clear needs no privilege" \
	line "$native" uid $user prctl $clear_all 0 0 0 prctl $is_set $net_admin 0 0
is "0 0" "32 bits: lower takes away" \
	line "${native}32" prctl $lower $net_admin 0 0 prctl $is_set $net_admin 0 0

# --- inheritance ---
is "$no_net_admin" "a child has its parent's" \
	"$native" lower $net_admin child exec sh -c "sed -n 's/^CapUNs:.//p' /proc/self/status"
is 0 "a program as well" "$native" lower $net_admin exec "$native" prctl $is_set $net_admin 0 0
is 1 "control: whoever wasn't lowered" "$native" child exec "$native" prctl $is_set $net_admin 0 0
is "0 1" "a session keyring from a child leaves it alone" line "$native" lower $net_admin keyring \
	prctl $is_set $net_admin 0 0 prctl $is_set $sys_time 0 0
is "$all $all $none $all $none $no_net_admin" "lower leaves the other sets alone" \
	"$native" lower $net_admin sets

# --- creation ---
is "$(inside "$all")" "control: a new namespace" "$native" uid $user userns sets
is "$(inside "$no_net_admin")" "a new namespace, lowered" \
	"$native" lower $net_admin uid $user userns sets
is "$(inside $none)" "a new namespace, cleared" "$native" clear uid $user userns sets
is "$(inside "$no_net_admin")" "made by root" "$native" lower $net_admin userns sets
is "$(inside "$no_net_admin")" "one in the other" \
	"$native" lower $net_admin uid $user userns map userns sets
is "$(inside "$(without $net_admin $sys_time)")" "lowered inside" \
	"$native" lower $net_admin uid $user userns map lower $sys_time userns sets
is "$(inside "$all")" "the bounding set has no part in it" \
	"$native" bounding $net_admin uid $user userns sets
is "$(inside "$all")" "inheritable and ambient sets end there" "$native" ambient $net_admin userns sets
like "* $(hex $((1 << net_admin))) $all $(hex $((1 << net_admin))) *" "control: they were not empty" \
	"$native" ambient $net_admin sets
is "0 0" "securebits end there" line "$native" securebits 1 userns get-securebits
is "0 1" "control: they are set" line "$native" securebits 1 get-securebits
make_older_namespace alice
is "$(inside "$no_net_admin")" "an older namespace, entered when lowered" \
	"$native" lower $net_admin uid $user enter "/proc/$older/ns/user" sets
is "$(inside "$all")" "control: entered when not" \
	"$native" uid $user enter "/proc/$older/ns/user" sets
kill "$older"

lowered() { # WORD...: as a user without net_admin in the userns set
	"$native" lower "$net_admin" uid "$user" exec "$probe" "$@"
}
is denied "lowered: lo" lowered lo
is denied "lowered: lo, five deep, as mapped root" lowered --depth 5 --root lo
is allowed "lowered: mount" lowered mount
is allowed "control: lo" "$native" uid $user exec "$probe" lo

# --- raise: who may. Privileges beside it in the table: bounding, permitted, setpcap effective ---
back() { # STEP...: lowered, then the steps, then raise and what is there then
	line "$native" lower "$net_admin" "$@" prctl "$raise" "$net_admin" 0 0 \
		prctl "$is_set" "$net_admin" 0 0
}
is "0 1" "raise with all three" back
is "0 1" "raise without permitted" back permitted $net_admin
is "0 1" "raise without setpcap" back permitted $setpcap
is "0 1" "raise with setpcap permitted only" back effective $setpcap
is "EPERM 0" "raise with bounding and a setpcap that isn't effective" \
	back permitted $net_admin effective $setpcap
is "EPERM 0" "raise without permitted and setpcap" back permitted $net_admin permitted $setpcap
is "EPERM 0" "raise without bounding" back bounding $net_admin
is "EPERM 0" "raise without bounding and permitted" back bounding $net_admin permitted $net_admin
is "EPERM 0" "raise without bounding and setpcap" back bounding $net_admin permitted $setpcap
is "EPERM 0" "raise without any" back bounding $net_admin permitted $net_admin permitted $setpcap
is "EPERM 0" "raise by a user" back uid $user
is "EPERM 0" "raise in the namespace of a lowered user" back uid $user userns map
is "0 1" "raise in a namespace by its root, of what was lowered inside" \
	line "$native" uid $user userns map lower $net_admin prctl $raise $net_admin 0 0 \
	prctl $is_set $net_admin 0 0
is "0" "raise of what is there, by a user" "$native" uid $user prctl $raise $net_admin 0 0
is "0" "raise of what is there, without any" "$native" bounding $net_admin permitted $net_admin \
	permitted $setpcap uid $user prctl $raise $net_admin 0 0

# A setuid-root program gets it back, unless no_new_privs or the bounding set is in the way.
install -m 4755 "$native" /opt/tests/setuid-native
is 0 "raise by a setuid-root program" \
	"$native" lower $net_admin uid $user exec /opt/tests/setuid-native prctl $raise $net_admin 0 0
is EPERM "the same under no_new_privs" \
	"$native" nnp lower $net_admin uid $user exec /opt/tests/setuid-native prctl $raise $net_admin 0 0
is EPERM "the same without bounding" "$native" lower $net_admin bounding $net_admin uid $user \
	exec /opt/tests/setuid-native prctl $raise $net_admin 0 0

# --- strict ---
strict() { # STEP...
	line "$native" securebits $((1 << 8)) "$@"
}
is "0 100" "the strict bit can be set" strict get-securebits
is "0 $(inside "$no_net_admin")" "strict: a new namespace without what the bounding set lost" \
	strict bounding $net_admin userns sets
is "0 $(inside "$(without $net_admin $sys_time)")" "strict: and without what was lowered" \
	strict bounding $net_admin lower $sys_time userns sets
is "0 $all $all $none $no_net_admin $none $all" "strict: nothing happens before that" \
	strict bounding $net_admin sets
is "0 $(inside "$no_net_admin")" "strict: stays in a user's session" \
	strict bounding $net_admin uid $user userns sets
is "EPERM $(inside "$all")" "control: without setpcap it can't be set" line "$native" \
	bounding $net_admin permitted $setpcap securebits $((1 << 8)) uid $user userns sets
is "0 0 0" "strict: can be taken back" strict securebits 0 get-securebits
is "0 0 EPERM EPERM EPERM 300" "strict and locked: can't" strict \
	securebits $((3 << 8)) securebits 0 securebits $((1 << 8)) securebits $((1 << 9)) get-securebits
is EPERM "a securebit beyond" "$native" securebits $((1 << 10))

# --- the filter that refuses creation, for x32; the provider is the kernel's own ---
make_older_namespace alice
x32() { # WORD...
	"$native" uid "$user" x32 "$@"
}
filtered_x32() {
	usernscapsctl run --no-create -- "$native" uid "$user" x32 "$@"
}
is 0 "x32: getppid" x32 getppid
is 0 "x32, filtered: getppid" filtered_x32 getppid
for call in unshare clone clone3 "setns /proc/$older/ns/user" "setns-any /proc/$older/ns/user"; do
	read -ra words <<<"$call"
	refused=EPERM
	[[ $call != clone3 ]] || refused=ENOSYS
	is 0 "control: x32: ${words[0]}" x32 "${words[@]}"
	is $refused "x32, filtered: ${words[0]}" filtered_x32 "${words[@]}"
done
kill "$older"

# --- the owner of a namespace who acts on it from outside: the kernel alone lets them ---
bypass() { # STEP...
	"$native" "$@" uid "$user" exec "$probe" owner
}
is allowed "owner bypass, lowered" bypass lower $net_admin
is allowed "owner bypass, cleared" bypass clear
is "0 allowed" "owner bypass, strict" \
	line "$native" securebits $((1 << 8)) bounding $net_admin uid $user exec "$probe" owner
if usernscapsctl load; then
	guarded=(usernscapsctl run "--userns=all,-net_admin" -- "$native" uid "$user" exec "$probe")
	is denied "owner bypass, guarded" "${guarded[@]}" owner
	is allowed "control: guarded, mount" "${guarded[@]}" mount
	is allowed "control: loaded, owner, unrestricted" "$native" uid $user exec "$probe" owner
	is "" "the bpf programs go again" usernscapsctl unload --force
else
	report "the bpf programs can be loaded" "" ""
fi

# --- programs that the kernel starts: one more mask beside their bounding and inheritable ones ---
printf '#!/bin/sh\n/bin/sed -n "s/^CapUNs:.//p" /proc/self/status >/opt/tests/helper-set\n' >/opt/tests/helper
chmod 755 /opt/tests/helper
helper_set() {
	rm -f /opt/tests/helper-set
	# shellcheck disable=SC2016 # the inner shell's own number
	sh -c 'kill -SEGV $$' 2>/dev/null
	until [[ -s /opt/tests/helper-set ]]; do sleep 0.1; done
	cat /opt/tests/helper-set
}
write() { # TEXT FILE: prints the error, in short
	bash -c 'echo "$1" >"$2"' - "$@" 2>&1 | grep -oE 'not permitted|denied|Invalid'
}
pattern=$(</proc/sys/kernel/core_pattern)
echo '|/opt/tests/helper' >/proc/sys/kernel/core_pattern
low=$((0xffffffff))
is "$low"$'\t'"1023" "the helpers' mask is full" cat $helper_mask
is "$all" "control: a helper's set" helper_set
is "" "the helpers' mask can shrink" write "$((low & ~(1 << net_admin))) 1023" $helper_mask
is "$no_net_admin" "and a helper has no more" helper_set
is "" "it doesn't grow" write "$low 1023" $helper_mask
is "$no_net_admin" "so a helper has no more" helper_set
echo "$pattern" >/proc/sys/kernel/core_pattern

# --- the system's mask, the last part: there is no way back ---
full=$(((1 << 42) - 1))
is $full "the mask is full" cat $mask
mkfifo /opt/tests/go && chmod 666 /opt/tests/go
# A namespace from before, whose root waits and then brings lo up, and makes another one.
"$native" uid $user userns map exec bash -c "read -r <>/opt/tests/go
	$native sets; $probe --depth 0 lo; $native userns sets" >/opt/tests/before &
before=$!
until [[ $(readlink /proc/$before/ns/user) != "$(readlink /proc/self/ns/user)" ]]; do sleep 0.1; done
write_as() { # TEXT STEP...: the same after these steps; root's programs get what bounding has
	local text=$1
	shift
	"$native" "$@" exec bash -c "echo $text >$mask" 2>&1 | grep -oE 'not permitted|denied|Invalid'
}
less=$((full & ~(1 << net_admin)))
is "not permitted" "without capability 41 nobody writes it" write_as 0 bounding $userns_mask
is "denied" "a user doesn't" write_as 0 uid $user
is $full "and it is as it was" cat $mask
is "" "it shrinks, in decimal, without sys_admin" write_as $less bounding 21
is $less "and says so" cat $mask
is "" "writing a wider one is no error" write $full $mask
is $less "but changes nothing" cat $mask
is "" "it shrinks, in hexadecimal" write "$(printf '0x%x' $((full & ~(1 << sys_time))))" $mask
is $((less & ~(1 << sys_time))) "by what the second lacks alone" cat $mask
masked=$(inside "$(without $net_admin $sys_time)")
is "$masked" "a new namespace" "$native" uid $user userns sets
is "$masked" "root's as well" "$native" userns sets
is "$all $all $none $all $none $all" "the set itself is as it was" "$native" sets
is denied "a new namespace: lo" "$native" uid $user exec "$probe" lo
is allowed "control: a new namespace: mount" "$native" uid $user exec "$probe" mount
is allowed "owner bypass, masked" bypass
echo >/opt/tests/go
wait $before
mapfile -t before </opt/tests/before
is "$(inside "$all")" "a namespace from before keeps its sets" echo "${before[0]}"
is allowed "and what they allow: lo" echo "${before[1]}"
is "$masked" "but a new one inside doesn't get them" echo "${before[2]}"
finish
