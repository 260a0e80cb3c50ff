#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Sessions of a directory's users behind sssd, whatever keeps it from answering: carol, who is in
# "dirgroup", dan, who is not, bob, who is local, and root. carol never has more than the rules for
# that group leave, and the others get in. Prints a table. In an image that has sssd-ldap and sssd-tools.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=directory_lib.sh
. "$(dirname "$0")/directory_lib.sh"

sssd_conf=/etc/sssd/sssd.conf
tree=${group_files%/*}
domain=example
group=dirgroup
# carol is in these groups as well: names as Active Directory has them.
odd_names=("Domain Users" "web&admins" "group#1" "team (EU)" "c++" "50%off" "it's" 'say "hi"' "Größe" "STAFF")

# Also one user who is in no group but his own, and carol's many groups, of which dirgroup is the last.
more_entries() { # GROUPS
	local i
	entry uid=dan account "objectClass: posixAccount" "uid: dan" "cn: dan" \
		"uidNumber: 3010" "gidNumber: ${dans_group:-3010}" "homeDirectory: /" "loginShell: /bin/bash"
	entry cn=dans posixGroup "cn: dans" "gidNumber: 3010"
	for ((i = 0; i < $1; i++)); do
		entry "cn=many$i" posixGroup "cn: many$i" "gidNumber: $((10000 + i))" "memberUid: carol"
	done
	entry cn=staff posixGroup "cn: staff" "gidNumber: 4100" "memberUid: carol" # Debian has one as well
	for i in "${!odd_names[@]}"; do
		entry "gidNumber=$((4000 + i))" posixGroup "cn:: $(printf %s "${odd_names[i]}" | base64)" \
			"gidNumber: $((4000 + i))" "memberUid: carol"
	done
}

fill_slapd() { # GROUPS [LINE]...
	systemctl stop slapd
	make_slapd
	printf '%s\n' "${@:2}" >>/etc/ldap/slapd.conf
	more_entries "$1" | slapadd -f /etc/ldap/slapd.conf
	chown -R openldap: /var/lib/ldap
	systemctl start slapd
}

make_sssd() { # [LINE]...
	cat >$sssd_conf <<-END
		[sssd]
		services = nss
		domains = $domain
		[nss]
		[domain/$domain]
		id_provider = ldap
		auth_provider = none
		access_provider = permit
		ldap_uri = ldap://127.0.0.1
		ldap_search_base = dc=example,dc=org
		ldap_id_use_start_tls = false
		ldap_schema = rfc2307
		ldap_opt_timeout = 3
		ldap_search_timeout = 3
		ldap_network_timeout = 3
		offline_timeout = 1
		offline_timeout_max = 1
	END
	printf '%s\n' "$@" >>$sssd_conf
	chmod 600 $sssd_conf
}

# As on a machine that nobody has used yet.
forget_cache() {
	systemctl stop sssd
	rm -f /var/lib/sss/db/* /var/lib/sss/mc/*
	systemctl start sssd
}

# Until sssd has them: it is started, and does not answer yet.
get_users() { # [CAROL DAN]
	local tries
	for ((tries = 0; tries < 300; tries++)); do
		! getent passwd "${1-carol}" "${2-dan}" >/dev/null || return 0
		sleep 0.2
	done
	echo "# the users do not come" >&2
}
get_groups() { id carol >/dev/null 2>&1; id dan >/dev/null 2>&1; }

until_answers() {
	local tries
	for ((tries = 0; tries < 300; tries++)); do
		[[ $(id -Gn carol 2>/dev/null) != *dirgroup* ]] || return 0
		sss_cache -E 2>/dev/null
		sleep 0.2
	done
	echo "# the directory does not come back" >&2
}

# --- a session, in a word ---

session_of() { # USER
	local got
	got=$(timeout 120 su -c "$act" "$1" 2>&1)
	case $got in
	"$free") echo all ;;
	"$restricted") echo restricted ;;
	*"$told"*) echo refused ;;
	*"does not exist"* | *"cannot retrieve authentication info"* | *"System error"*) echo "no user" ;;
	*) echo "${got:-no answer}" | head -n 1 ;;
	esac
}

rules_by() { # section|file [user|group [NAME]]
	local kind=${2-group} name=${3-$group} quote="'"
	[[ $name != *"'"* ]] || quote='"'
	rm -rf "$tree"
	rules <<<"# none"
	if [[ $1 == file ]]; then
		mkdir -p "$tree/${kind}s"
		echo 'userns { drop = {net_admin} }' >"$tree/${kind}s/$name.conf"
	else
		rules <<<"$kind $quote$name$quote { userns { drop = {net_admin} } }"
	fi
}

# Why something was unknown to carol's last session.
reason() {
	journalctl --sync
	journalctl -q -o cat --after-cursor "$log_start" | sed -n 's/.*user=carol .*unknown=[^(]*(\(.*\)) cost=.*/\1/p' |
		tail -n 1 | cut -c 1-90
}

# row FAULT EXPECTED: what carol's session is to be, by a section and by a file.
row() {
	local by carol dan bob root
	for by in section file; do
		rules_by "$by"
		forget_log
		carol=$(session_of carol) dan=$(session_of dan) bob=$(session_of bob) root=$(session_of root)
		printf '| %-32s | %-7s | %-10s | %-10s | %-10s | %-4s | %s |\n' "$1" "$by" "$carol" "$dan" "$bob" \
			"$root" "$(reason)"
		like "$2" "$1, $by: carol" echo "$carol"
		like "@(all|restricted|no user)" "$1, $by: dan gets in" echo "$dan"
		like "@(all|restricted)" "$1, $by: bob gets in" echo "$bob"
		is all "$1, $by: root" echo "$root"
	done
}

# Nothing is unknown, and so everybody has exactly what the rules say.
exact() { # NAME
	rules_by section
	is restricted "$1: carol" session_of carol
	is all "control: $1: dan" session_of dan
	is all "control: $1: bob" session_of bob
	rules_by file
	is restricted "$1, a file: carol" session_of carol
	is all "control: $1, a file: dan" session_of dan
}

echo "| directory behind sssd            | rules   | carol      | dan        | bob        | root | unknown to carol because |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
for database in passwd group; do
	sources $database files sss
done
fill_slapd 0
make_sssd
forget_cache
get_users
row "online" restricted
exact "online"

systemctl stop slapd
sss_cache -E
row "offline, cached" restricted
systemctl start slapd
until_answers
exact "back"

forget_cache
get_users
systemctl stop slapd
row "offline, only users cached" restricted
systemctl start slapd
until_answers
exact "back from that"

dans_group=100 fill_slapd 0 # a local group is his primary one
forget_cache
get_users
systemctl stop slapd
row "offline, only users cached, local" "@(restricted|no user)"
systemctl start slapd
until_answers

forget_cache
get_users
systemctl kill --signal STOP slapd
row "slapd is silent, only users cached" restricted
systemctl kill --signal CONT slapd
until_answers
exact "back from silence"

group=staff
forget_cache
get_users
row "a local group of that name" restricted
exact "a local group of that name"
forget_cache
get_users
systemctl stop slapd
row "the same, offline, only users cached" restricted
systemctl start slapd
until_answers
group=dirgroup

fill_slapd 0
make_sssd "ignore_group_members = true"
forget_cache
get_users
row "online, ignore_group_members" restricted
make_sssd

fill_slapd 1600
forget_cache
get_users
row "1,600 groups, cold" "@(restricted|no user)"
get_groups
row "1,600 groups, warm" restricted

fill_slapd 1600 "sizelimit 500"
forget_cache
get_users
row "1,600 groups, sizelimit 500" restricted

# exact_name KIND NAME MEMBER OTHER
exact_name() {
	local by
	for by in section file; do
		rules_by $by "$1" "$2"
		is restricted "$1 \"$2\", a $by: $3" session_of "$3"
		is all "control: $1 \"$2\", a $by: $4" session_of "$4"
	done
}

fill_slapd 0
forget_cache
get_users
for name in "${odd_names[@]}"; do
	exact_name group "$name" carol dan
done
domain=dom.example make_sssd "use_fully_qualified_names = true"
forget_cache
get_users carol@dom.example dan@dom.example
exact_name group "dirgroup@dom.example" carol@dom.example dan@dom.example
exact_name group "Domain Users@dom.example" carol@dom.example dan@dom.example
exact_name user "carol@dom.example" carol@dom.example dan@dom.example
# shellcheck disable=SC2016 # for sssd to expand
domain=dom.example make_sssd "use_fully_qualified_names = true" 'full_name_format = %2$s\%1$s' \
	're_expression = ^((?P<domain>[^\\]+)\\)?(?P<name>[^\\]+)$'
forget_cache
get_users 'dom.example\carol' 'dom.example\dan'
exact_name group 'dom.example\dirgroup' 'dom.example\carol' 'dom.example\dan'
exact_name group 'dom.example\Domain Users' 'dom.example\carol' 'dom.example\dan'
exact_name user 'dom.example\carol' 'dom.example\carol' 'dom.example\dan'
make_sssd

systemctl stop sssd
row "sssd stopped" "@(restricted|no user)"
finish
