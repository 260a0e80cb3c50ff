# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# From the lines "cost STATE NAME NANOSECONDS" of opcost.sh to tables. A figure is the median of all
# that were taken; "spread" is what the middle half of them lies within, in the worst state.

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

function signed(difference) {
	return (difference < 0 ? "-" : "+") commas(difference < 0 ? -difference : difference)
}

# How much more than @before, in instructions and percent.
function more(now, before) {
	if (now < 0 || before < 0)
		return sprintf("%16s", "")
	return sprintf("%9s %+5.1f%%", signed(now - before), 100 * (now - before) / before)
}

function cell(cost) {
	return sprintf(" %10s", cost < 0 ? "" : commas(cost))
}

function row(name, text, absent, floor, loaded, restricted) {
	spread = 0
	absent = figure("absent", name)
	floor = figure("floor", name)
	loaded = figure("loaded", name)
	restricted = figure("restricted", name)
	print sprintf("%-32s", text) cell(absent) cell(floor) cell(loaded) cell(restricted) \
		more(floor, absent) more(loaded, absent) more(restricted, absent) cell(spread)
}

function distance(now, before) {
	return sprintf(" %13s", now < 0 || before < 0 ? "" : signed(now - before))
}

function hooks_row(name, text, absent, floor, i) {
	absent = figure("absent", name)
	floor = figure("floor", name)
	printf "%-32s", text
	for (i = 1; i <= programs; i++)
		printf "%s", distance(figure("floor:" program[i], name), absent)
	print distance(floor, absent) distance(figure("loaded", name), floor) \
		distance(figure("restricted", name), floor)
}

function modules_row(name, text, none, bpf, apparmor) {
	spread = 0
	none = figure("none", name)
	bpf = figure("absent", name)
	apparmor = figure("apparmor", name)
	print sprintf("%-32s", text) cell(none) cell(bpf) cell(apparmor) more(bpf, none) \
		more(apparmor, none) more(apparmor, bpf) cell(spread)
}

function rows(table) {
	for (i = 1; i <= operations; i++) {
		if (table == "hooks")
			hooks_row(operation[i], title[i])
		else if (table == "modules")
			modules_row(operation[i], title[i])
		else
			row(operation[i], title[i])
	}
}

function add(name, text) {
	operation[++operations] = name
	title[operations] = text
}

END {
	add("getppid", "getppid")
	add("prctl", "prctl(PR_GET_DUMPABLE)")
	add("chroot", "chroot(\"/\") as root")
	add("chroot-in-userns", "chroot(\"/\") in a user namespace")
	add("denied-in-userns", "the same check, denied, by prctl")
	add("failing-clone", "clone that fails after task_alloc")
	add("fork", "fork + exit + wait")
	add("exec", "vfork + exec + wait")
	add("unshare", "fork + unshare(NEWUSER) + wait")
	programs = split("task_free task_alloc capable userns_create task_prctl", program)

	printf "%-32s %10s %10s %10s %10s %15s %15s %15s %10s\n", "instructions", "absent", "floor",
		"loaded", "restricted", "floor: more", "loaded: more", "restr.: more", "spread"
	rows("states")
	row("session-permit", "a process that opens a session,")
	row("session-no-rule", "  pam_usernscaps, no rule")
	row("session-restricted", "  pam_usernscaps, restricted")

	print "\nThe floor, hook by hook: what each empty program alone costs more than absent. Then, over the floor:\n"
	printf "%-32s", "instructions"
	for (i = 1; i <= programs; i++)
		printf " %13s", program[i]
	printf " %13s %13s %13s\n", "all: floor", "loaded", "restricted"
	rows("hooks")

	print "\nOther boots, by security modules:\n"
	printf "%-32s %10s %10s %10s %15s %15s %15s %10s\n", "instructions", "none", "bpf", "apparmor",
		"bpf - none", "apparmor - none", "apparmor - bpf", "spread"
	rows("modules")
}
