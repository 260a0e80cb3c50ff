#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# What bounds setuid programs, through real ssh. A deny policy on the bounding set: exactly the keep
# list stays, and a setuid-root program run from that login has no more. no_new_privs: a setuid-root
# program has nothing at all.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

rules <<-END
	user "alice" { bounding { policy = deny  keep = {setuid, setgid, audit_write} } }
END
everything=$(printf '%016x' $(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1)))
kept=$(printf '%016x' $((1 << 7 | 1 << 6 | 1 << 29)))
install -m 4755 /bin/cat /opt/tests/setuid-cat
sets() { # USER KEY PROGRAM
	as "$1" "$3 /proc/self/status" | sed -n "s/^$2:[[:space:]]*//p"
}

is "$kept" "alice: bounding set" sets alice CapBnd cat
is "$kept" "alice: permitted set of a setuid-root program" sets alice CapPrm /opt/tests/setuid-cat
is "$kept" "alice: effective set of a setuid-root program" sets alice CapEff /opt/tests/setuid-cat
is "$everything" "control: bob, bounding set" sets bob CapBnd cat
is "$everything" "control: bob, permitted set of a setuid-root program" \
	sets bob CapPrm /opt/tests/setuid-cat
is "$kept" "alice: bounding set in sudo" sets alice CapBnd "sudo -n cat"
is "$everything" "control: bob, bounding set in sudo" sets bob CapBnd "sudo -n cat"

# A login from the restricted session into another account inherits what is gone.
is "$kept" "alice, su to bob: bounding set" sets alice CapBnd "sudo -n -u bob cat"

rules <<-END
	user "alice" { no_new_privs = true }
END
none=0000000000000000
is "1" "alice: no_new_privs" sets alice NoNewPrivs cat
is "$none" "alice: permitted set of a setuid-root program" sets alice CapPrm /opt/tests/setuid-cat
like "*no new privileges*" "alice: sudo" as alice "sudo -n true"
is "$everything" "alice: the bounding set stays" sets alice CapBnd cat
is "0" "control: bob, no_new_privs" sets bob NoNewPrivs cat
is "$everything" "control: bob, permitted set of a setuid-root program" \
	sets bob CapPrm /opt/tests/setuid-cat
is "" "control: bob, sudo" as bob "sudo -n true"
finish
