#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The main job, on the kernel that this runs on: two users log in by ssh, bob without a rule and
# alice in a restricted group, and try the same acts in namespaces of their own. Exits with 0 only
# if every cell of the table is as it should be.

set -uo pipefail
probe=/opt/tests/userns_probe
failed=0

echo 'group "restricted" { userns { drop = {net_admin} } }' >/etc/security/usernscaps.conf

# What is tried | what alice gets | how; bob is allowed all of it.
acts=(
	"make a user namespace|allowed|userns"
	"mount a tmpfs inside|allowed|mount"
	"bring lo up in a new network namespace|denied|lo"
	"make five namespaces, one in the other|allowed|--depth 5 userns"
	"mount a tmpfs inside the fifth|allowed|--depth 5 mount"
	"bring lo up inside the fifth|denied|--depth 5 lo"
	"mount a tmpfs as root of a namespace|allowed|--root mount"
	"bring lo up as root, after trying RAISE|denied|--root lo"
	"own a namespace and bring lo up from outside|denied|owner"
)

# All acts in one login, a word each; then the sets that /proc shows of it.
session() {
	local act words=()
	for act in "${acts[@]}"; do
		words+=("$probe ${act##*|};")
	done
	# shellcheck disable=SC2029 # expanded here on purpose
	ssh "$1@localhost" "${words[*]} grep -E 'Cap(Bnd|Inh)' /proc/self/status"
}

cell() { # RESULT EXPECTED
	if [[ $1 == "$2" ]]; then
		printf ' %-14s' "$1"
	else
		printf ' %-14s' "$1 (WRONG)"
		failed=1
	fi
}

heading() {
	printf '\n== %s\n' "$*"
}

mapfile -t bob < <(session bob)
mapfile -t alice < <(session alice)

unmodified=""
[[ ${USERNSCAPS_KERNEL-} == native-* ]] || unmodified=", unmodified"
heading "rules: /etc/security/usernscaps.conf on $(uname -r)$unmodified"
cat /etc/security/usernscaps.conf

heading "what each may do after an ssh login"
printf '%-46s %-14s %-14s\n' "" bob alice
for i in "${!acts[@]}"; do
	IFS='|' read -r name expected _ <<<"${acts[i]}"
	printf '%-46s' "$name"
	cell "${bob[i]-nothing}" allowed
	cell "${alice[i]-nothing}" "$expected"
	printf '\n'
done

heading "alice's login, as /proc shows it"
printf '%s\n' "${alice[@]:${#acts[@]}}"
[[ ${alice[*]} == *CapInh:* && ${alice[*]} == *CapBnd:* ]] || failed=1

heading "usernscapsctl status"
usernscapsctl status || failed=1

heading "usernscapsctl explain alice"
usernscapsctl explain alice || failed=1

heading "the log"
journalctl -q -o cat --grep 'session restricted: user=alice .*userns=all,-net_admin' || failed=1
if journalctl -q -o cat --grep 'session restricted: user=bob'; then
	failed=1
fi

heading "$( ((failed)) && echo "NOT as it should be" || echo "all as it should be")"
exit $failed
