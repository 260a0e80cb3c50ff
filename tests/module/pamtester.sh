#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# The module called by a program that knows nothing of it, with another module after it in the
# stack to show the sets as they are then.
: "${top_builddir:?}" "${SANITIZER_PRELOAD=}"
module=$top_builddir/.libs/pam_usernscaps.so
wrapper=libpam_wrapper.so
count=0

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

[ "$(id -u)" = 0 ] || skip_all "only root can be restricted by the real module"
command -v pamtester >/dev/null || skip_all "pamtester is not installed"
LD_PRELOAD=$wrapper /bin/true 2>&1 | grep -q . && skip_all "libpam_wrapper is not installed"

dir=$(mktemp -d /run/usernscaps-pamtester-XXXXXX)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"

# Opens and closes a session; the sets of the process in between go to standard output.
open_session() { # USER RULES [ARGUMENT]...
	local user=$1 rules=$2
	shift 2
	printf '%s\n' "$rules" >"$dir/rules"
	mkdir -p "$dir/pam.d"
	cat >"$dir/pam.d/usernscaps" <<-END
		session required $module conf=$dir/rules $*
		session required pam_exec.so stdout /bin/grep ^Cap /proc/self/status
	END
	ASAN_OPTIONS=detect_leaks=0 PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR=$dir/pam.d \
		LD_PRELOAD="$SANITIZER_PRELOAD $wrapper" \
		pamtester usernscaps "$user" open_session close_session 2>&1
}

check() { # NAME COMMAND...
	local name=$1
	shift
	count=$((count + 1))
	if "$@"; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		printf '%s\n' "$output" | sed 's/^/# /'
	fi
}

opened() {
	[[ $output == *"sucessfully opened a session"* || $output == *"successfully opened"* ]]
}

bounding_is() {
	[[ $output == *"CapBnd:"*([[:space:]])"$1"* ]]
}
shopt -s extglob

own=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)

output=$(open_session nobody '# no rules')
check "no rule: the session is opened" opened
check "no rule: the bounding set stays" bounding_is "$own"

output=$(open_session nobody 'user "nobody" { bounding { policy = deny keep = {chown} } }')
check "a rule: the session is opened" opened
check "a rule: what is not kept is gone" bounding_is 0000000000000001

output=$(open_session nobody 'default {' onerr=refuse)
check "broken rules, onerr=refuse: the session is refused" eval '! opened'

output=$(open_session root 'default {' onerr=refuse)
check "broken rules, root: the session is opened" opened
check "broken rules, root: the bounding set stays" bounding_is "$own"

echo "1..$count"
