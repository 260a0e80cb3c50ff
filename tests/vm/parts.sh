#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Parts of net_admin: what each lets through and takes, as a table; sessions under rules that keep
# one; several messages in one buffer; what the programs say where they can't tell parts apart.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
all_parts=(link tun sysctl nftables tc xfrm ethtool other)
conf_dir=$(mktemp -d)
trap 'rm -rf "$conf_dir"' EXIT

prepare() {
	local module
	chmod 666 /dev/net/tun # no login is needed for it on other systems
	for module in tun nf_tables ip_tables iptable_filter af_key xfrm_user dummy bridge sch_htb; do
		modprobe -q $module
	done
}

# Prints "PART ACT VERDICT" of each act of a process of bob's whose userns set is that.
bits='' # 32: by a 32-bit program
acts_under() { # SET
	usernscapsctl run --userns="$1" -- runuser -u bob -- unshare -Urn /opt/tests/parts$bits all
}

# The same lines, as they are to be where these parts are there.
expect_acts() { # PART...
	local part act rest
	while read -r part act rest; do
		if [[ $part == link,tc ]]; then
			rest="l:$(verdict link "$@") q:$(verdict tc "$@")"
			echo "$act ${rest% *} ${rest#* } ${rest% *} ${rest#* } ${rest#* } ${rest% *}"
		else
			echo "$act $(verdict "$part" "$@")"
		fi
	done <<<"$every_act"
}

verdict() { # PART PART...: is the first among the others?
	[[ " ${*:2} " == *" $1 "* ]] && echo allowed || echo denied
}

# Without what comes after the verdict.
shorten() {
	awk '$1 == "link,tc" { print $2, $3, $4, $5, $6, $7, $8; next } { sub(/:/, "", $3); print $2, $3 }'
}

declare -A table
row() { # NAME SET PART...
	local name=$1 set=$2 got act verdict
	shift 2
	got=$(acts_under "$set" | shorten)
	while read -r act verdict; do
		[[ $verdict == allowed ]] && table["$act $name$bits"]=yes
	done <<<"$got"
	report "${bits:+$bits-bit: }$name: ${*:-none}" "$(diff <(expect_acts "$@") <(echo "$got"))" \
		"$([[ $got == "$(expect_acts "$@")" ]] && echo yes)"
}

without() { # PART: the others
	local part
	for part in "${all_parts[@]}"; do
		[[ $part == "$1" ]] || echo "$part"
	done
}

matrix() {
	local part words
	every_act=$(runuser -u bob -- unshare -Urn /opt/tests/parts all)
	report "control: bob's acts are all allowed" "$every_act" \
		"$([[ $(wc -l <<<"$every_act") -gt 25 && $every_act != *denied* ]] && echo yes)"
	row whole none,+sys_admin,+net_admin "${all_parts[@]}"
	row none none,+sys_admin
	for part in "${all_parts[@]}"; do
		row "+$part" "none,+sys_admin,+net_admin:$part" "$part"
		mapfile -t words < <(without "$part")
		row "-$part" "all,-net_raw,-net_admin:$part" "${words[@]}" # net_raw lets SO_MARK through
	done
}

# They call the kernel in other ways. Of a socket's options and family it isn't known then which they
# are, so they are xfrm or other.
matrix32() {
	local part
	bits=32
	row whole none,+sys_admin,+net_admin "${all_parts[@]}"
	for part in link tun sysctl nftables tc ethtool; do
		row "+$part" "none,+sys_admin,+net_admin:$part" "$part"
	done
	bits=''
}

print_matrix() {
	local part act rest name names=(whole none)
	for part in "${all_parts[@]}"; do names+=("+$part"); done
	printf '# %-16s' act && printf ' %9s' "${names[@]}" && echo
	while read -r part act rest; do
		[[ $part != link,tc ]] || continue
		printf '# %-16s' "$act"
		for name in "${names[@]}"; do printf ' %9s' "${table[$act $name]:--}"; done
		echo
	done <<<"$every_act"
}

# --- sessions ---

# What a login's command prints, and its status.
status_of() { # USER COMMAND
	ssh -n "$1@localhost" "PATH=\$PATH:/usr/sbin; { $2; } >/dev/null 2>&1; echo \$?" 2>/dev/null
}

# Allowed for both; or denied for alice.
both() { # NAME COMMAND
	is "0 0" "alice and bob: $1" echo "$(status_of alice "$2") $(status_of bob "$2")"
}
bob_only() { # NAME COMMAND
	local alice bob
	alice=$(status_of alice "$2") bob=$(status_of bob "$2")
	report "bob only: $1" "alice $alice, bob $bob" "$([[ $alice != 0 && $bob == 0 ]] && echo yes)"
}

sessions() {
	rules <<-END
		user "alice" { userns { policy = deny keep = {sys_admin, setpcap, net_admin:link} } }
	END
	both "unshare -Urn" "unshare -Urn true"
	both "bwrap --unshare-all" "bwrap --unshare-all --ro-bind / / true"
	both "lo, dummy, veth, bridge, vlan, address, route, rule, neighbour" \
		"unshare -Urn sh -ec 'ip link set lo up; ip link add d0 type dummy
		ip link add v0 type veth peer name v1; ip link add br0 type bridge vlan_filtering 1
		ip link set d0 master br0; bridge vlan add dev d0 vid 7; ip link add link d0 name d0.5 type vlan id 5
		ip address add 10.9.0.1/24 dev d0; ip link set d0 up; ip route add 10.8.0.0/24 dev d0
		ip rule add from 10.8.0.0/24 table 5; ip neigh add 10.9.0.7 lladdr 02:00:00:00:00:01 dev d0'"
	bob_only "nft" "unshare -Urn nft add table t"
	bob_only "tc qdisc" "unshare -Urn tc qdisc add dev lo root pfifo"
	bob_only "tc filter" "unshare -Urn sh -c 'tc qdisc add dev lo clsact && tc filter add dev lo ingress matchall action drop'"
	bob_only "ip xfrm" "unshare -Urn ip xfrm state flush"
	like "*net_admin:nftables *net_admin:tc *net_admin:xfrm *" "denials: which parts" denials_of_alice
	like "*userns=none,+setpcap,+net_admin:link,+sys_admin *" "the module's line" last_line
	like "*net_admin:link*" "status, of a session of alice's" status_of_alice
	like "*net_admin:link*" "explain" usernscapsctl explain alice
}

denials_of_alice() { usernscapsctl denials alice | sort -k 2 | tr '\n' ' '; }
last_line() { journalctl -o cat -t sshd -t sshd-session -t pam_usernscaps | grep userns= | tail -n 1; }
status_of_alice() { ssh -n alice@localhost 'sudo -n usernscapsctl status $$ || usernscapsctl status' 2>&1 | grep userns; }

# --- where parts can't be told apart ---

reload_with() { # kptr_restrict
	sysctl -qw kernel.kptr_restrict="$1" && usernscapsctl reload
}

closed() {
	local inside="unshare -Urn /sbin/ip link set lo up"
	ssh -n alice@localhost "echo; read -t 40 _ < <(sleep 25); $inside && echo later: allowed" >"$conf_dir/later" 2>&1 &
	until [[ -s $conf_dir/later ]]; do sleep 0.1; done
	reload_with 2
	is "2" "without symbols: alice loses what she has in part" status_of alice "$inside"
	is "0" "control: bob" status_of bob "$inside"
	like "*undivided=none,+net_admin:link*" "the module's line says so" last_line
	like "*without net_admin:link, which can't be told from what is taken here*" "explain says so" \
		usernscapsctl explain alice
	reload_with 0
	is "0" "with them again" status_of alice "$inside"
	wait $!
	like "*later: allowed" "a session that was open all the time" cat "$conf_dir/later"
}

prepare
matrix
matrix32
print_matrix
sessions
closed
finish
