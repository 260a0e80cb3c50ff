#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# When this guest was booted: the programs were loaded before anything began to start that opens
# sessions.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

for unit in ssh cron atd systemd-logind systemd-user-sessions; do
	is "" "began before the programs were loaded: $unit" earlier_than_provider "$unit.service"
done
is systemd-journald.service "control: a unit that began before" \
	earlier_than_provider systemd-journald.service
finish
