#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Users and groups that a directory has, slapd behind nslcd: carol is in it, alice is a local user
# whose group "dirgroup" is in it only, bob and root are local. While it can't answer nobody gets in
# as if there were no rules, root always does, and when it is back nothing has to be restarted.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

act="$probe lo; $probe mount"
free=$'allowed\nallowed'
restricted=$'denied\nallowed'
told="Your session can't be opened safely. Please tell the administrator."
refused="$told"$'\nstatus 254'
group_files=/etc/security/usernscaps.d/groups
answering="bind_timelimit 60
timelimit 60"
impatient="bind_timelimit 1
timelimit 1"

entry() { # RDN CLASS LINE...
	printf 'dn: %s,dc=example,dc=org\nobjectClass: %s\n' "$1" "$2"
	printf '%s\n' "${@:3}" ''
}

directory() {
	printf '%s\n' "dn: dc=example,dc=org" "objectClass: dcObject" "objectClass: organization" \
		"dc: example" "o: example" ""
	entry uid=carol account "objectClass: posixAccount" "uid: carol" "cn: carol" \
		"uidNumber: 3000" "gidNumber: 3000" "homeDirectory: /home/carol" "loginShell: /bin/bash"
	entry cn=dirusers posixGroup "cn: dirusers" "gidNumber: 3000"
	entry cn=dirgroup posixGroup "cn: dirgroup" "gidNumber: 3001" "memberUid: carol" "memberUid: alice"
	entry cn=nobodys posixGroup "cn: nobodys" "gidNumber: 3002"
}

make_slapd() {
	local part
	for part in core cosine nis; do
		echo "include /etc/ldap/schema/$part.schema"
	done >/etc/ldap/slapd.conf
	cat >>/etc/ldap/slapd.conf <<-END
		modulepath /usr/lib/ldap
		moduleload back_mdb
		pidfile /run/slapd/slapd.pid
		database mdb
		suffix dc=example,dc=org
		directory /var/lib/ldap
	END
	printf '%s\n' SLAPD_CONF=/etc/ldap/slapd.conf SLAPD_SERVICES=ldap://127.0.0.1/ >>/etc/default/slapd
	rm -f /var/lib/ldap/*
	directory | slapadd -f /etc/ldap/slapd.conf
	chown -R openldap: /var/lib/ldap
}

make_nslcd() { # LINES
	printf '%s\n' "uid nslcd" "gid nslcd" "uri ldap://127.0.0.1/" "base dc=example,dc=org" \
		"reconnect_sleeptime 1" "reconnect_retrytime 1" "$1" >/etc/nslcd.conf
}

sources() { # DATABASE SOURCE...
	sed -i "s/^$1:.*/$1: ${*:2}/" /etc/nsswitch.conf
}

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

# Nobody but root gets in while rules name a group and it can't be looked up.
outage() { # NAME
	forget_log
	log_in carol alice bob root
	is "$refused" "$1: alice, a local user in a group of the directory" login alice
	is yes "$1: the log says why" logged \
		'refused: user=alice service=sshd: can.t look up the group "dirgroup": Input/output error'
	is "$refused" "$1: bob, whom no rule is for" login bob
	is yes "$1: the log says why" logged 'refused: user=bob .*"dirgroup": Input/output error'
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

# --- only a file for the group: no rule names a group that could be asked for ---
mkdir -p $group_files
echo 'userns { drop = {net_admin} }' >$group_files/dirgroup.conf
rules <<<'probe_group = "nobodys"'
is "$restricted" "a file for the group: alice" via_su alice
is "$free" "control: bob" via_su bob
systemctl stop slapd
forget_log
like "$told*cannot open session*" "a file for the group, slapd stopped: alice" via_su alice
is yes "the log says why" logged \
	'refused: user=alice .*probe_group "nobodys" has to be found .*: Input/output error'
is "$free" "root" via_su root
rules <<<'default { bounding { drop = {sys_module} } }'
is "$free" "control: without probe_group alice gets in as if in no group" via_su alice
rm -r $group_files
rules <<-END
	group "dirgroup" { services = {"sshd"}  userns { drop = {net_admin} } }
END
is "$free" "a rule for other services only: nobody has to be asked" via_su alice

# --- in nsswitch.conf the last source decides ---
rules_for dirgroup
sources group ldap files
forget_log
is "$free" "control: \"ldap files\" makes of the outage a group that does not exist" via_su alice
is yes "the log warns" logged 'names the group "dirgroup", which does not exist'
rules <<-END
	probe_group = "nobodys"
	group "dirgroup" { userns { drop = {net_admin} } }
END
like "$told*cannot open session*" "\"ldap files\" and probe_group: alice" via_su alice
rules_for dirgroup
sources group 'ldap [UNAVAIL=return] files'
like "$told*cannot open session*" "\"ldap [UNAVAIL=return] files\": alice" via_su alice
sources group ldap files
systemctl start slapd
until_back
is "$restricted" "control: \"ldap files\" and slapd is back: alice" via_su alice
finish
