#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Groups that libnss_systemd gets from a userdb service, and "group: files systemd": whatever the
# caller of su sets or takes away, and whatever becomes of /etc/group and of the service, alice, who
# is in the groups, never has more than the rules for them leave; bob and root get in. While the service
# is down, its group looks like one that nobody ever had. Then a file in groups/ needs a probe_group.
# In an image that has libnss-systemd.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

act="$probe lo; $probe mount"
free=$'allowed\nallowed'
restricted=$'denied\nallowed'
group_files=/etc/security/usernscaps.d/groups

looks_absent='' # does a directory that is down say so of its group?

start_service() {
	/opt/tests/userdb.py org.example.groups udgroup 5000 alice &
	service=$!
	until getent group udgroup >/dev/null; do sleep 0.1; done
}

rules_by() { # section|file|probed GROUP
	rm -rf $group_files
	rules <<<"# none"
	[[ $1 != probed ]] || rules <<<"probe_group = \"$2\""
	if [[ $1 != section ]]; then
		mkdir -p $group_files
		echo 'userns { drop = {net_admin} }' >"$group_files/$2.conf"
	else
		rules <<<"group \"$2\" { userns { drop = {net_admin} } }"
	fi
}

# session USER WORD...: what a su of one's own gives, called by WORD...
session() {
	local user=$1 got
	shift
	got=$("$@" timeout 600 su -c "$act" "$user" 2>&1)
	case $got in
	"$free") echo all ;;
	"$restricted") echo restricted ;;
	*) echo "${got:-no answer}" | head -n 1 ;;
	esac
}

# row NAME GROUP WORD...: by a section and by a file; and by a file with that probe_group.
row() {
	local name=$1 group=$2 by alice bob root
	shift 2
	for by in section file probed; do
		rules_by "$by" "$group"
		alice=$(session alice "$@") bob=$(session bob "$@") root=$(session root "$@")
		printf '| %-34s | %-7s | %-10s | %-10s | %-10s |\n' "$name" "$by" "$alice" "$bob" "$root"
		[[ $by == file && $looks_absent ]] || is restricted "$name, $by: alice" echo "$alice"
		like "@(all|restricted)" "$name, $by: bob gets in" echo "$bob"
		is all "$name, $by: root" echo "$root"
	done
}

exact() { # NAME GROUP
	local by
	for by in section file probed; do
		rules_by "$by" "$2"
		is restricted "$1, $by: alice" session alice env
		is all "control: $1, $by: bob" session bob env
	done
}

# limits GROUP: at no limit on descriptors has alice more.
limits() {
	local by limit got wrong='' refused=0 counted=0
	for by in section file; do
		rules_by "$by" "$1"
		for ((limit = 3; limit <= 64; limit++)); do
			got=$(session alice prlimit --nofile=$limit:$limit)
			counted=$((counted + 1))
			[[ $got != all ]] || wrong+="$by $limit; "
			[[ $got == restricted ]] || refused=$((refused + 1))
		done
	done
	echo "# $1: $counted limits, no session at $refused of them"
	is "" "$1: at no limit on descriptors has alice more" echo "$wrong"
}

echo "| \"group: files systemd\"            | rules   | alice      | bob        | root       |"
echo "| --- | --- | --- | --- | --- |"
sed -i 's/^group:.*/group: files systemd/' /etc/nsswitch.conf
start_service
exact "a group of the service" udgroup
row "a group of the service" udgroup env
for variable in SYSTEMD_BYPASS_USERDB=1 SYSTEMD_ONLY_USERDB=none SYSTEMD_NSS_BYPASS_SYNTHETIC=1 \
	SYSTEMD_NSS_DYNAMIC_BYPASS=1; do
	row "$variable" udgroup env "$variable"
done
limits udgroup
looks_absent=yes
kill -STOP $service
row "the service is silent" udgroup env
kill -CONT $service
looks_absent=
exact "it answers again" udgroup
kill -KILL $service
wait $service 2>/dev/null
looks_absent=yes
row "the service is dead" udgroup env
looks_absent=
start_service
exact "it is back" udgroup

exact "a local group" restricted
limits restricted
cp /etc/group /root/group
for fault in absent directory loop; do
	rm -rf /etc/group
	case $fault in
	directory) mkdir /etc/group ;;
	loop) ln -s group /etc/group ;;
	esac
	row "/etc/group: $fault" restricted env
done
rm -rf /etc/group
cp /root/group /etc/group
exact "/etc/group is back" restricted

# What libnss_systemd may obey is known.
known='SYSTEMD_(BYPASS_USERDB|ONLY_USERDB|NSS_BYPASS_SYNTHETIC|NSS_DYNAMIC_BYPASS)'
harmless='SYSTEMD_(LOG_[A-Z_]+|COLORS|HOME_ROOT|UTF8)'
names=$(grep -aoE 'SYSTEMD_[A-Z0-9_]+' /lib/*/libnss_systemd.so.2 | sort -u)
like "*SYSTEMD_BYPASS_USERDB*" "control: the names are found" echo "$names"
is "" "libnss_systemd obeys no other variable" grep -vxE "$known|$harmless" <<<"$names"
finish
