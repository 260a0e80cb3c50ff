#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# 32 threads on one CPU call a denied ioctl for 30 seconds: not one gets through, and no state is
# left behind afterwards.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

rules <<-END
	user "alice" { userns { drop = {net_admin} } }
END
entries() { $probe entries /sys/fs/bpf/usernscaps/states; }

echo "# $(cat /proc/cmdline)"
bob=$(as bob "$probe hammer 32 2")
alice=$(as alice "$probe hammer 32 30")
echo "# bob: $bob; alice: $alice"
like "attempts=* allowed=[1-9]*" "control: bob is let through" echo "$bob"
like "attempts=[1-9]* allowed=0" "alice is not" echo "$alice"

# Her login and her user manager end; then nothing may be left.
loginctl terminate-user alice
for ((i = 0; i < 300 && $(entries) > 0; i++)); do sleep 0.1; done
is 0 "no state is left" entries
finish
