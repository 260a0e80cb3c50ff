#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# A user has children whose memory, and so whose state, outlives them. Nobody else notices: it is his
# own share of the room that he uses up.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
pin=/opt/tests/pin
threads_max=/proc/sys/kernel/threads-max
max=$(<$threads_max) few=2000
share=$((2 * few))
no_net_admin=ffffffffffffefff # without bit 12

system() { $probe system "$pins/system"; }
most() { # who has the most entries: their number and his
	usernscapsctl status --json | python3 -c '
import json, sys
tasks = json.load(sys.stdin)["programs"]["tasks"]
print(tasks["most"], tasks["most_uid"])'
}
# In the background only: it takes the place of the shell.
as_uid() { exec setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; }

id carol >/dev/null 2>&1 || useradd --create-home --shell /bin/bash --uid 1002 carol
install -d -m 700 -o carol -g carol /home/carol/.ssh
install -m 600 -o carol -g carol /root/.ssh/id_ed25519.pub /home/carol/.ssh/authorized_keys
rules <<-END
	user "alice" { userns { drop = {net_admin} } }
	user "carol" { userns { drop = {net_admin} } }
END
for user in alice carol; do loginctl terminate-user $user 2>/dev/null; done
is 0 "nobody is restricted" until_entries 0
usernscapsctl unload
echo $few >$threads_max
usernscapsctl load
like "* share=$share *" "twice as many as there can be tasks" system
is denied "control: alice" as alice "$probe lo"
is allowed "control: bob" as bob "$probe lo"

# --- bob pins as many as he can ---
start as_uid 1001 $pin 32000
like "pinned=3[89][0-9][0-9] refused=* error=Resource temporarily unavailable" \
	"it is his own limit that bob reaches" echo "$said"
is "$share 1001" "and it is his" most
for user in alice carol; do
	is denied "$user logs in, restricted" as $user "$probe lo"
	is "forks=400 failed=0 unrestricted=0" "$user forks, and the children are restricted" \
		as $user "$probe storm 4 100"
done
is allowed "bob can log in" as bob "$probe lo"
is "forks=400 failed=0 unrestricted=400" "and fork" as bob "$probe storm 4 100"
like "*the user has as many restricted processes as a user can have*" "but not restrict himself" \
	as bob "/usr/sbin/usernscapsctl run --userns=all,-net_admin -- true"
like "*can't be lowered any more: this user has as many*" "and is told so" as bob "/usr/sbin/usernscapsctl probe"
is "" "control: alice's processes can" as alice "/usr/sbin/usernscapsctl run --userns=all,-net_raw -- true"
like "* restricted tasks *of * $share for each user?  most of one user *$share, of uid 1001?*" "status" \
	usernscapsctl status
is allowed "the provider works" $probe version

# --- in a user namespace, with another of his user ids ---
unshare_as() { # UID: leaves the process that has made a namespace in $older
	as_uid "$1" unshare --user sleep 10000 &
	older=$!
	until [[ $(readlink /proc/$older/ns/user) != "$(readlink /proc/self/ns/user)" ]]; do sleep 0.1; done
	echo "0 $((100000 * $1)) 65536" >/proc/$older/uid_map
	echo "0 $((100000 * $1)) 65536" >/proc/$older/gid_map
}
inside() { nsenter --user --target "$older" --setuid 5 --setgid 5 -- "$@"; }
unshare_as 1001
like "*can't restrict: Resource temporarily unavailable" "in a namespace it is still bob" \
	inside $probe --nnp --keep $no_net_admin version
kill $older
unshare_as 1002
is allowed "control: in carol's it is not" inside $probe --nnp --keep $no_net_admin version
kill $older

# --- the limit is raised ---
echo "$max" >$threads_max
like "*kernel.threads-max was raised*$share restricted tasks*usernscapsctl reload*" "doctor sees it" \
	usernscapsctl doctor
is "" "reload" usernscapsctl reload
like "* share=$((2 * max)) *" "follows" system
is allowed "and bob can restrict himself again" as bob "$probe --nnp --keep $no_net_admin version"

# --- a user who is restricted by a rule ---
stop
loginctl terminate-user alice
echo 600 >$threads_max
usernscapsctl reload
start ssh -n alice@localhost exec $pin 2000
like "pinned=1[01]* refused=* error=Resource temporarily unavailable" "alice reaches hers, too" echo "$said"
before=$(entries)
like "*status *" "she can't go on in another login" as alice "$probe storm 1 10"
is "$before" "nothing is left of that" until_entries "$before"
is denied "carol logs in, restricted" as carol "$probe lo"
pkill -u alice
echo "$max" >$threads_max
usernscapsctl reload
is "forks=10 failed=0 unrestricted=0" "control: then she can" as alice "$probe storm 1 10"

# --- and all ends ---
for user in alice carol; do loginctl terminate-user $user; done
is 0 "nobody is restricted at last" until_entries 0
like "slots=0 elsewhere=0 overflow=0 accounts=0 *" "nothing is left" census
finish
