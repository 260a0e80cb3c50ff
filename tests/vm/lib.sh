# shellcheck shell=bash disable=SC2034 # what is defined here is used by those that source it
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# For scripts that run in the guest: counting in TAP, logins, rules, and the log. Sourced.

probe=/opt/tests/userns_probe
conf=/etc/security/usernscaps.conf
count=0 failed=0

# How many states the programs keep. One is freed a grace period after its task has ended.
pins=/sys/fs/bpf/usernscaps
entries() { $probe entries "$pins"; }
census() { $probe census "$pins"; } # the same, by where they are

until_entries() { # COUNT: prints how many there are when there are so many, or at last
	local tries
	for ((tries = 0; tries < 300 && $(entries) != $1; tries++)); do sleep 0.1; done
	entries
}

# Runs a command until stop. Waits until it has said something, which is left in $said.
start() { # COMMAND...
	: >/run/said
	"$@" >/run/said 2>&1 &
	started=$!
	until [[ -s /run/said ]]; do sleep 0.1; done
	said=$(</run/said)
	echo "# ${*: -2}: $said"
}

stop() {
	kill "$started"
	wait "$started" 2>/dev/null
}

# What the timer starts would be one more restricted process, and knows nothing of a test's.
probe_timer=$(systemctl is-active usernscaps-probe.timer)
systemctl --quiet stop usernscaps-probe.timer usernscaps-probe.service 2>/dev/null

# is EXPECTED NAME COMMAND...: one test, of what a command prints.
is() {
	local expected=$1 name=$2 got
	shift 2
	got=$("$@" 2>&1)
	report "$name: $expected" "$got" "$([[ $got == "$expected" ]] && echo yes)"
}

# like PATTERN NAME COMMAND...: the same, of a shell pattern.
like() {
	local pattern=$1 name=$2 got
	shift 2
	got=$("$@" 2>&1)
	# shellcheck disable=SC2053 # it is a pattern
	report "$name (like \"$pattern\")" "$got" "$([[ $got == $pattern ]] && echo yes)"
}

report() { # NAME GOT yes|""
	count=$((count + 1))
	if [[ $3 == yes ]]; then
		echo "ok $count - $1"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed 's/^/#   got /'
	fi
}

finish() {
	echo "1..$count"
	exit $((failed > 0))
}

# as USER COMMAND: what a login of its own prints, and how it ended where that isn't 0.
as() {
	local status
	ssh -n "$1@localhost" "$2" 2>&1
	status=$?
	((status == 0)) || echo "status $status"
}

# Replaces the rules. Lines come from standard input.
rules() {
	rm -rf "$conf"
	cat >"$conf"
}

# What the module's lines in all stacks say after its name.
module_arguments() {
	sed -i "s|\(pam_usernscaps\.so\).*|\1 $*|" /etc/pam.d/common-session \
		/etc/pam.d/common-session-noninteractive
}

# Forgets the log so far; logged PATTERN prints yes or the log since then.
forget_log() {
	journalctl --sync
	log_start=$(journalctl -q -n 0 --show-cursor | sed -n 's/^-- cursor: //p')
}

logged() { # EXTENDED-REGEX
	local log try
	for try in now synced; do
		[[ $try == now ]] || journalctl --sync # takes long; most often the line is there already
		log=$(journalctl -q -o cat --after-cursor "$log_start" | grep pam_usernscaps)
		! grep -qE "$1" <<<"$log" || { echo yes; return; }
	done
	printf '%s\n' "no line like $1 in:" "$log"
}

# User managers that stay make each login several seconds shorter.
keep_managers() { # USER...
	local user
	for user; do
		loginctl enable-linger "$user"
		systemctl start "user@$(id -u "$user")"
	done
}

# Those of the units that began to start before the programs were loaded, or were not started at all.
earlier_than_provider() { # UNIT...
	local unit loaded began
	loaded=$(systemctl show -P ActiveEnterTimestampMonotonic usernscaps.service)
	for unit; do
		began=$(systemctl show -P InactiveExitTimestampMonotonic "$unit")
		((loaded > 0 && loaded < began)) || echo "$unit"
	done
}

# Leaves doctor's exit status in $status, the faults that are no notices in $found, and of the first
# its text, remedy and command.
look_with_doctor() {
	local answer
	answer=$(usernscapsctl doctor --json)
	status=$?
	{ read -r found; read -r text; read -r remedy; read -r command; } < <(python3 -c '
import json, sys
faults = [f for f in json.load(sys.stdin)["findings"] if f["severity"] != "notice"]
print(*[f["fault"] for f in faults])
for key in "text", "remedy", "command":
    print(faults[0][key] if faults else "")' <<<"$answer")
}

# A user namespace of a user made outside any session, so by an unrestricted process.
# The process id is left in $older, for /proc/$older/ns/user.
make_older_namespace() { # USER
	setpriv --reuid "$1" --regid "$1" --clear-groups unshare -U sleep 10000 &
	older=$!
	until [[ $(readlink "/proc/$older/ns/user") != "$(readlink /proc/self/ns/user)" ]]; do
		sleep 0.1
	done
}
