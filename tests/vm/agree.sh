#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# "usernscapsctl explain --json" against real sessions: generated rules in all kinds of files, for
# several users, groups and services. One process does all of it, as starting programs is slow here.
# Everything else about both kernels is alike, so one of them is enough.
#
# Usage: agree.sh [SEED [CASES]]

set -uo pipefail
[[ $(usernscapsctl status) == "provider bpf"* ]] || {
	echo "Bail out! the bpf provider is not loaded"
	exit 1
}
exec python3 /opt/tests/agree.py "${1-20261122}" "${2-330}"
