#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# What a restricted login meets on this kernel: what is denied on all of them, and a line
# "fact | NAME | VALUE" each for tests/vm/compare; and of each act the control, an unrestricted login.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

rules <<-END
	user "alice" { userns { drop = {net_admin, setpcap} } }
END
keep_managers alice bob
make_older_namespace alice
alices_older=$older
make_older_namespace bob
bobs_older=$older

# Which capabilities a new namespace has, as /proc shows it: is net_admin among them?
shown='unshare -Ur sed -n "s/^CapEff:[[:space:]]*//p" /proc/self/status'
net_admin_shown() { # USER
	((0x$(as "$1" "$shown") >> 12 & 1)) && echo shown || echo missing
}

kernel_calls() { # USER NAME
	as "$1" "/opt/tests/kernel_calls.py $2"
}

fact() { # NAME COMMAND...
	printf 'fact | %s | %s\n' "$1" "$("${@:2}")"
}

control() { # EXPECTED NAME COMMAND...
	is "$1" "control: $2" "${@:3}"
}

fact "provider" sh -c "usernscapsctl status | sed -n 's/^provider //p'"
fact "last capability" cat /proc/sys/kernel/cap_last_cap
fact "CapUNs lines in /proc/PID/status" grep -c CapUNs /proc/self/status
fact "lo from outside, as the namespace's owner" as alice "$probe owner"
fact "net_admin in a namespace, in /proc" net_admin_shown alice
fact "PR_SET_SECUREBITS in a namespace" kernel_calls alice securebits
fact "LOWER without privilege" kernel_calls bob lower
fact "getpid(2) of x32" kernel_calls bob x32

is denied "lo in a namespace" as alice "$probe lo"
is denied "lo five deep" as alice "$probe --depth 5 lo"
is denied "lo in an older namespace" as alice "$probe --enter /proc/$alices_older/ns/user lo"
control allowed "lo in a namespace" as bob "$probe lo"
control allowed "lo five deep" as bob "$probe --depth 5 lo"
control allowed "lo in an older namespace" as bob "$probe --enter /proc/$bobs_older/ns/user lo"
control allowed "lo from outside, as the namespace's owner" as bob "$probe owner"
control shown "net_admin in a namespace, in /proc" net_admin_shown bob
control allowed "PR_SET_SECUREBITS in a namespace" kernel_calls bob securebits
control allowed "LOWER with no_new_privs" kernel_calls bob lower-nnp
kill "$alices_older" "$bobs_older"

# The system mask, last: a kernel's own can't be widened again. A namespace of bob's is there before.
setpriv --reuid bob --regid bob --clear-groups unshare -Urn bash -c "until [[ -e /run/masked ]]; do
	sleep 0.1; done; ip link set lo up 2>/dev/null && echo allowed || echo denied" >/run/before &
until [[ $(readlink "/proc/$!/ns/user") != "$(readlink /proc/self/ns/user)" ]]; do sleep 0.1; done
is "" "the system mask shrinks" usernscapsctl mask all,-net_admin
: >/run/masked
wait $!
fact "lo in a namespace from before the system mask" cat /run/before
is denied "lo in a namespace under the system mask" as bob "$probe lo"
usernscapsctl mask --reset
fact "lo in a namespace, the system mask reset" as bob "$probe lo"
control allowed "mount under the system mask" as bob "$probe mount"
finish
