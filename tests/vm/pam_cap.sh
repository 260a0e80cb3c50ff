#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The inheritable set beside pam_cap, which sets it with the user's credentials. su does so before it
# opens the session, sshd once more afterwards.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

net_raw=0000000000002000
none=0000000000000000
inheritable="sed -n 's/^CapInh:[[:space:]]*//p' /proc/self/status"
echo "cap_net_raw alice" >/etc/security/capability.conf
sed -i '1i auth optional pam_cap.so' /etc/pam.d/sshd /etc/pam.d/su

rules <<<"# Nobody is restricted."
is $net_raw "control: su" su -c "$inheritable" alice
is $net_raw "control: ssh" as alice "$inheritable"
rules <<<'user "alice" { inheritable { policy = deny } }'
is $none "su" su -c "$inheritable" alice
is $net_raw "limit: given back after ssh has opened the session" as alice "$inheritable"
rules <<<'user "alice" { inheritable { policy = deny } bounding { drop = {net_raw} } }'
is $none "not what the bounding set lacks as well" as alice "$inheritable"
sed -i 1d /etc/pam.d/sshd /etc/pam.d/su
finish
