#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# PAM called from a thread that is not the group leader restricts that thread's children.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

rules <<-END
	user "alice" { userns { drop = {net_admin} } }
END
is "thread=denied leader=allowed" "alice's session" /opt/tests/pam_thread alice "$probe lo"
is "thread=allowed leader=allowed" "control: bob's session" /opt/tests/pam_thread bob "$probe lo"
finish
