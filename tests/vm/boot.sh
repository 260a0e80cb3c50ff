#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# When this guest was booted: the programs were loaded before anything began to start that opens
# sessions.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Microseconds since boot; 0 for what has not been started.
at() { # UNIT PROPERTY
	systemctl show -p "$2TimestampMonotonic" --value "$1"
}

loaded_before() { # UNIT
	local loaded began
	loaded=$(at usernscaps.service ActiveEnter)
	began=$(at "$1" InactiveExit)
	((loaded > 0 && began > 0)) || echo "not started: $loaded, $began"
	((loaded < began)) && echo yes || echo no
}

for unit in ssh cron atd systemd-logind systemd-user-sessions; do
	is yes "loaded before $unit" loaded_before "$unit.service"
done
is no "control: not before systemd-journald" loaded_before systemd-journald.service
finish
