#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Users and groups that a directory has, slapd behind nslcd: carol is in it, alice is a local user
# whose group "dirgroup" is in it only, bob and root are local. While it can't answer, who is perhaps
# in that group gets no more than its members, root gets all, and when it is back nothing has to be
# restarted.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=directory_lib.sh
. "$(dirname "$0")/directory_lib.sh"

make_home() {
	install -d -m 700 -o carol -g dirusers /home/carol /home/carol/.ssh
	install -m 600 -o carol -g dirusers /root/.ssh/id_ed25519.pub /home/carol/.ssh/authorized_keys
}

until_back() {
	until getent group dirgroup >/dev/null; do sleep 0.1; done
}

# Everybody at a time; login USER then prints what came of it.
log_in() { # USER...
	local user
	for user; do
		as "$user" "$act" >"/run/login-$user" &
	done
	wait
}
login() { cat "/run/login-$1"; }
via_su() { su -c "$act" "$1" 2>&1; }
open_session() { pamtester sshd "$1" open_session 2>&1 | head -n 1; }

rules_for() { # GROUP
	rules <<-END
		group "$1" { userns { drop = {net_admin} } }
		user "root" { userns { drop = {bpf} } }
	END
}

# Everybody whom the system knows gets in; all but root as if in the group.
outage() { # NAME
	local why='unknown=dirgroup [(]group "dirgroup" can.t be looked up: Input/output error[)] cost=userns:'
	forget_log
	log_in carol alice bob root
	is "$restricted" "$1: alice, a local user in a group of the directory" login alice
	is yes "$1: the log says why" logged "with unknown groups: user=alice .*service=sshd .*$why"
	is "$restricted" "$1: bob, who is perhaps in it" login bob
	is yes "$1: the log says why" logged "with unknown groups: user=bob .*$why"
	like "*Permission denied*status 255" "$1: sshd does not find carol" login carol
	is "$told" "$1: nor does the module" open_session carol
	is yes "$1: the log says why" logged \
		'refused: user=carol .*can.t look up the user: Input/output error'
	is "$free" "$1: root" login root
	is yes "$1: a rule that names root holds" logged 'restricted: user=root .*userns=all,-bpf '
}

back() { # NAME
	until_back
	is "$restricted" "$1, and back: alice" via_su alice
	is "$restricted" "$1, and back: carol" as carol "$act"
}

# --- it answers ---
make_slapd
make_nslcd "$answering"
systemctl start slapd nslcd
for database in passwd group shadow; do
	sources $database files ldap
done
until_back
make_home
: >/etc/motd
rules_for dirgroup
keep_managers carol alice bob root
forget_log
log_in carol alice bob
is "$restricted" "carol, who is in the directory" login carol
is yes "the log has her session" \
	logged 'restricted: user=carol uid=3000 service=sshd .*,-net_admin '
is "$restricted" "alice, whose group is there" login alice
is "$free" "control: bob" login bob
rules_for nobodys
is "$free" "control: carol, a rule for another group of the directory" via_su carol
is "$free" "control: alice, the same" via_su alice

# --- it does not ---
rules_for dirgroup
systemctl stop slapd
outage "slapd stopped"
systemctl start slapd
back "slapd stopped"

systemctl stop nslcd
outage "nslcd stopped"
make_nslcd "$impatient"
systemctl start nslcd
back "nslcd stopped"

systemctl kill --signal STOP slapd
outage "slapd is silent"
systemctl kill --signal CONT slapd
back "slapd is silent"

# --- only a file for the group ---
mkdir -p $group_files
echo 'userns { drop = {net_admin} }' >$group_files/dirgroup.conf
rules <<<'probe_group = "nobodys"'
is "$restricted" "a file for the group: alice" via_su alice
is "$free" "control: bob" via_su bob
systemctl stop slapd
forget_log
is "$restricted" "a file for the group, slapd stopped: alice" via_su alice
is yes "the log says why" logged \
	'user=alice .*unknown=dirgroup [(]probe_group "nobodys" can.t be looked up: Input/output error[)]'
is "$free" "root" via_su root
rules <<<'default { bounding { drop = {sys_module} } }'
is "$restricted" "the same without probe_group: alice" via_su alice
rm -r $group_files
is "$free" "control: without the file" via_su alice
rules <<-END
	group "dirgroup" { services = {"sshd"}  userns { drop = {net_admin} } }
END
is "$free" "a rule for other services only: nobody has to be asked" via_su alice

# --- what the rules say of it ---
rules <<-END
	when_group_unknown = refuse
	group "dirgroup" { userns { drop = {net_admin} } }
END
forget_log
like "$told*cannot open session*" "refuse: alice" via_su alice
is yes "the log says why" logged 'refused: user=alice .*the rules depend on unknown groups: dirgroup '
is "$free" "refuse: root" via_su root
rules <<-END
	when_group_unknown = ignore
	group "dirgroup" { userns { drop = {net_admin} } }
END
is "$restricted" "ignore: an error is no group that is not found" via_su alice

# --- in nsswitch.conf the last source decides ---
rules_for dirgroup
sources group ldap files
forget_log
is "$restricted" "\"ldap files\" makes of the outage a group that does not exist: alice" via_su alice
is yes "the log warns" logged 'unknown=dirgroup [(]there is no group "dirgroup"[)]'
rules <<-END
	when_group_unknown = ignore
	group "dirgroup" { userns { drop = {net_admin} } }
END
is "$free" "limit: ignore lets a member of such a group in" via_su alice
rules <<-END
	when_group_unknown = ignore
	probe_group = "nobodys"
	group "dirgroup" { userns { drop = {net_admin} } }
END
is "$restricted" "ignore and probe_group: alice" via_su alice
rules_for dirgroup
sources group 'ldap [UNAVAIL=return] files'
is "$restricted" "\"ldap [UNAVAIL=return] files\": alice" via_su alice
sources group ldap files
systemctl start slapd
until_back
is "$restricted" "control: \"ldap files\" and slapd is back: alice" via_su alice
rules_for nobodys
is "$free" "control: a rule for another group: alice" via_su alice
finish
