#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# login.sh SUITE: one login each on that Debian and its kernel, with the programs that it comes with.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

declare -A kernels=([bookworm]="6.1.*" [trixie]="6.12.*+deb13-*" [forky]="*+deb14-*")
bring_lo_up='unshare -Urn /sbin/ip link set lo up'

rules <<<'group "restricted" { userns { drop = {net_admin} } }'
is "$1" "the release" sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
like "${kernels[$1]}" "the kernel" uname -r
like "provider bpf*" "usernscapsctl status" usernscapsctl status
like "*lo is up*" "bob brings lo up in a namespace" as bob "$bring_lo_up && echo lo is up"
like "*Operation not permitted*status *" "alice does not" as alice "$bring_lo_up && echo lo is up"
like "*it is made*" "alice makes a namespace" as alice "unshare -Urn /bin/echo it is made"
finish
