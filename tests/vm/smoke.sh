#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The virtual machine itself: kernel, users, logins, and a boot that ended well.

set -euo pipefail

uname -r
echo "kernel: $USERNSCAPS_KERNEL"
time ssh alice@localhost id
time ssh bob@localhost sudo id -u
systemctl is-system-running --wait
