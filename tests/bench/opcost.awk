# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# From the lines "cost STATE NAME NANOSECONDS" of opcost.sh to a table. A figure is the median of
# all that were taken; "spread" is what the middle half of them lies within.

/^cost / {
	key = $2 " " $3
	value[key, ++count[key]] = $4
}

function commas(n, text, result) {
	for (text = sprintf("%d", n); length(text) > 3; text = substr(text, 1, length(text) - 3))
		result = "," substr(text, length(text) - 2) result
	return text result
}

function sort(key, i, j, held) {
	for (i = 2; i <= count[key]; i++) {
		held = value[key, i]
		for (j = i; j > 1 && value[key, j - 1] > held; j--)
			value[key, j] = value[key, j - 1]
		value[key, j] = held
	}
}

function figure(state, name, key, n, quarter) {
	key = state " " name
	n = count[key]
	if (!n)
		return -1
	sort(key)
	quarter = int(n / 4)
	if (value[key, n - quarter] - value[key, 1 + quarter] > spread)
		spread = value[key, n - quarter] - value[key, 1 + quarter]
	return value[key, int((n + 1) / 2)]
}

function more(now, before, difference) {
	if (now < 0)
		return sprintf("%18s", "")
	difference = now - before
	return sprintf("%10s %+6.1f%%", (difference < 0 ? "-" : "+") \
		commas(difference < 0 ? -difference : difference), 100 * difference / before)
}

function row(name, text, absent, loaded, restricted) {
	spread = 0
	absent = figure("absent", name)
	loaded = figure("loaded", name)
	restricted = figure("restricted", name)
	printf "%-32s %10s %10s %10s %s %s %8s\n", text, commas(absent), commas(loaded),
		restricted < 0 ? "" : commas(restricted), more(loaded, absent), more(restricted, absent),
		commas(spread)
}

END {
	printf "%-32s %10s %10s %10s %18s %18s %8s\n", "instructions", "absent", "loaded", "restricted",
		"loaded: more", "restricted: more", "spread"
	row("getppid", "getppid")
	row("chroot", "chroot(\"/\") as root")
	row("chroot-in-userns", "chroot(\"/\") in a user namespace")
	row("fork", "fork + exit + wait")
	row("exec", "vfork + exec + wait")
	row("unshare", "fork + unshare(NEWUSER) + wait")
	row("session-permit", "a process that opens a session,")
	row("session-no-rule", "  pam_usernscaps, no rule")
	row("session-restricted", "  pam_usernscaps, restricted")
}
