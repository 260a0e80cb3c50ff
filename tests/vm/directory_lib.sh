# shellcheck shell=bash disable=SC2034,SC2154 # what is defined here is used by others, and $probe is of lib.sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# A directory on loopback, for scripts in the guest: slapd, and nslcd as one of its clients. Sourced
# after lib.sh. carol is in the directory, and so is "dirgroup", a group of carol and alice.

act="$probe lo; $probe mount"
free=$'allowed\nallowed'
restricted=$'denied\nallowed'
told="Your session can't be opened safely. Please tell the administrator."
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
