#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Getting the userns set back: who may RAISE it and who may not, run --raise and --reset, and the
# module's reset. Each denial stands beside what is allowed. Holds for any provider.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
ctl=$(command -v usernscapsctl)
lowered=ffffffffffffcfff # without bits 12 and 13
net_admin=12 net_raw=13
provider=$("$ctl" status | sed -n 's/^provider //p')
like "*@(bpf|native)" "a provider" echo "$provider"

good_rules() {
	rules <<-END
		user "alice" { userns { drop = {net_admin, net_raw} } }
	END
}
good_rules

# What a session of a user prints, of a command line. On one line, as names of tests are.
session() { # USER WORD...
	su -c "${*:2}" "$1" 2>&1 | paste -sd " "
}

work=$(mktemp -d /opt/regain.XXXXXX) && chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
install -m 4755 "$probe" "$work/setuid"
for caps in setpcap net_admin; do
	install -m 755 "$probe" "$work/$caps" && setcap "cap_$caps+ep" "$work/$caps"
done

# --- an ordinary program ---
is denied "alice: raise" session alice "$probe" raise $net_admin
is allowed "alice: raise what is there" session alice "$probe" raise 21
is allowed "control: bob, raise" session bob "$probe" raise $net_admin
is denied "alice: raise, then lo" session alice "$probe" raise-lo
is allowed "control: bob" session bob "$probe" raise-lo

# --- setuid root ---
is allowed "a setuid-root program: raise" session alice "$work/setuid" raise $net_admin
is allowed "a setuid-root program: raise, then lo" session alice "$work/setuid" raise-lo
is denied "control: the same without raising" session alice "$work/setuid" lo
is denied "a setuid-root program under no_new_privs: raise" \
	session alice setpriv --no-new-privs "$work/setuid" raise $net_admin
is denied "... raise, then lo" session alice setpriv --no-new-privs "$work/setuid" raise-lo
is allowed "control: bob" session bob setpriv --no-new-privs "$work/setuid" raise-lo

# --- file capabilities ---
is allowed "a file with setpcap: raise" session alice "$work/setpcap" raise $net_admin
is allowed "a file with setpcap: raise, then lo" session alice "$work/setpcap" raise-lo
is denied "... under no_new_privs" \
	session alice setpriv --no-new-privs "$work/setpcap" raise $net_admin
without_net_raw() {
	"$probe" --bounding "$net_raw" --keep "$lowered" --uid 1000 exec "$@"
}
is denied "a file with setpcap: raise what the bounding set lacks" \
	without_net_raw "$work/setpcap" raise $net_raw
is allowed "control: what it has" without_net_raw "$work/setpcap" raise $net_admin
is allowed "a file with net_admin: raise that" session alice "$work/net_admin" raise $net_admin
is allowed "a file with net_admin: raise, then lo" session alice "$work/net_admin" raise-lo
is denied "a file with net_admin: raise another" session alice "$work/net_admin" raise $net_raw
is denied "... that under no_new_privs" \
	session alice setpriv --no-new-privs "$work/net_admin" raise $net_admin

# --- root ---
is allowed "root: raise" "$probe" --keep $lowered raise $net_admin
is allowed "root: raise, then lo" "$probe" --keep $lowered raise-lo
is denied "control: root, without raising" "$probe" --keep $lowered lo
is denied "root whose bounding set lost it: raise" \
	"$probe" --keep $lowered --bounding $net_admin raise $net_admin
is denied "... raise, then lo" "$probe" --keep $lowered --bounding $net_admin raise-lo
is allowed "control: root whose bounding set lost another" \
	"$probe" --keep $lowered --bounding $net_raw raise $net_admin

# --- inside a namespace ---
is denied "lowered before, root inside: raise" session alice "$probe" --root --depth 1 raise $net_admin
is denied "... raise, then lo" session alice "$probe" --root --depth 1 raise-lo
is denied "... two deep" session alice "$probe" --root --depth 2 raise $net_admin
inside() {
	session bob "$probe" --root --depth 1 --keep-inside "$lowered" "$@"
}
is denied "lowered inside: lo further down" inside exec "$probe" lo
is allowed "lowered inside: raise" inside raise $net_admin
is allowed "... raise, then lo" inside raise-lo
is denied "lowered inside, entered one more: raise" inside exec "$probe" --root --depth 1 raise $net_admin

# --- run ---
run="sudo -n $ctl run"
is denied "sudo from alice's session: lo" session alice "sudo -n $probe lo"
is denied "run: lo" session alice "$run -- $probe lo"
is allowed "run --raise=net_admin: lo" session alice "$run --raise=none,+net_admin -- $probe lo"
is allowed "run --raise=all: lo" session alice "$run --raise=all -- $probe lo"
is denied "run --raise of another: lo" session alice "$run --raise=none,+net_raw -- $probe lo"
is denied "run --raise=all --userns: restricted afterwards" \
	session alice "$run --raise=all --userns=all,-net_admin -- $probe lo"
like "*can't raise net_admin: CAP_SETPCAP is not in effect*" "run --raise without privilege" \
	session alice "$ctl run --raise=none,+net_admin -- echo ran"
like "*can't raise net_admin: CAP_SETPCAP is not in effect*" "run --raise=all without privilege" \
	session alice "$ctl run --raise=all -- echo ran"
is ran "control: what is there" session alice "$ctl run --raise=none,+sys_admin -- echo ran"
without_net_admin() {
	"$probe" --bounding "$net_admin" --keep "$lowered" exec "$ctl" run "$@"
}
is "usernscapsctl: can't raise net_admin: the bounding set lacks it" \
	"run --raise of what the bounding set lacks" \
	without_net_admin --raise=none,+net_admin,+net_raw -- echo ran
is denied "run --raise=all is all that the bounding set has: net_admin is not there" \
	without_net_admin --raise=all -- "$probe" lo
is allowed "control: net_raw is" without_net_admin --raise=all -- setpriv --reuid 1000 "$probe" raise $net_raw

# Creation is refused by a flag of the programs, or by a filter that stays.
fenced() {
	"$ctl" run --no-create -- "$ctl" run "$@" -- "$probe" userns
}
is denied "no creation" fenced
is denied "no creation, run --raise=all" fenced --raise=all
case $provider in
*bpf) is allowed "no creation, run --reset" fenced --reset ;;
*) like "*can't take back *filter*denied" "no creation, run --reset" fenced --reset ;;
esac
is allowed "run --reset: lo" session alice "$run --reset -- $probe lo"

# --- the module's reset ---
forget_log
is "denied denied" "control: sudo without reset" session alice "sudo -n $probe lo; $probe lo"
echo "session required pam_usernscaps.so reset" >>/etc/pam.d/sudo
is "allowed denied" "sudo with reset, and alice's shell" session alice "sudo -n $probe lo; $probe lo"
is yes "the log tells of it" \
	logged "userns set raised: user=root uid=0 service=sudo .*raised=none,\+net_admin,\+net_raw"
is denied "sudo to another user with reset" session alice "sudo -n -u bob $probe lo"
is allowed "control: bob" session bob "$probe lo"
without_net_admin_sudo() {
	"$probe" --bounding "$net_admin" --keep "$lowered" exec sudo -n sh -c "$*" | paste -sd " "
}
is "denied allowed" "root whose bounding set lost it, and sudo with reset" \
	without_net_admin_sudo "$probe lo; setpriv --reuid 1000 $probe raise $net_raw"

rules <<-END
	user "alice" { userns { drop = {net_admin, net_raw} } }
	user "root" { userns { drop = {net_admin} } }
END
is "denied allowed" "reset, then a rule for root" \
	session alice "sudo -n sh -c '$probe lo; setpriv --reuid 1000 $probe raise $net_raw'"
good_rules

forget_log
is denied "rules that were broken meanwhile" \
	session alice "sudo -n sh -c 'echo broken >$conf'; sudo -n $probe lo"
is yes "root was let in" logged "the rules can't be used: .*user=root service=sudo let in"
good_rules
is allowed "control: fixed" session alice "sudo -n $probe lo"
finish
