// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* doctor: what keeps sessions from being restricted, and what to do about it, in order. */
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command.h"
#include "print.h"
#include "probe.h"
#include "session/session.h"

/* ---- what only the tool knows ---- */

static enum doctor_fault find_fault(enum loader_need need, int error)
{
	static const enum doctor_fault faults[LOADER_NEED_COUNT] = {
		[LOADER_NEED_BUILD] = DOCTOR_NOT_BUILT, [LOADER_NEED_PRIVILEGE] = DOCTOR_PRIVILEGE,
		[LOADER_NEED_LSM] = DOCTOR_NO_LSM,	[LOADER_NEED_BTF] = DOCTOR_NO_BTF,
		[LOADER_NEED_HOOK] = DOCTOR_KERNEL_OLD, [LOADER_NEED_RECURSION] = DOCTOR_KERNEL_OLD,
		[LOADER_NEED_BPFFS] = DOCTOR_NO_BPFFS,
	};

	if (error == -EOPNOTSUPP || error == -EPERM)
		return faults[need];
	return DOCTOR_KERNEL_UNREADABLE;
}

static size_t find_lacks(const struct loader_examination *examination,
			 struct doctor_lack lacks[static LOADER_NEED_COUNT])
{
	enum loader_need need;
	size_t count = 0;

	for (need = 0; need < LOADER_NEED_COUNT; need++)
		if (examination->errors[need])
			lacks[count++] = (struct doctor_lack){
				.fault = find_fault(need, examination->errors[need]),
				.text = examination->problems[need].text,
			};
	return count;
}

static struct doctor_provider find_provider(const struct probe *probe,
					    char cause[static PROBE_TEXT])
{
	return (struct doctor_provider){
		.kind = userns_kind_name(probe->userns.kind),
		.works = probe_is_good(probe),
		.loaded = probe->has_programs,
		.native =
			probe->userns.kind == USERNS_NATIVE || probe->userns.kind == USERNS_GUARDED,
		.full = probe_is_full(probe),
		.vague = userns_blurred(&probe->userns),
		.text = probe_verdict_text(probe->verdict),
		.cause = probe_is_good(probe) ? "" : probe_cause(probe, cause),
	};
}

/* What can't be read stays unknown. */
static void find_share(const struct probe *probe, struct doctor_provider *provider)
{
	struct loader_entries entries;
	struct loader_problem ignored;
	unsigned wanted;

	if (!probe->has_system || loader_count(&loader_paths, &entries, &ignored) < 0 ||
	    loader_share(&loader_paths, entries.room, &wanted, &ignored) < 0)
		return;
	provider->share = probe->system.share;
	provider->wanted = wanted;
}

static int examine(struct doctor_report *ret_report)
{
	const struct config_site site = session_site(NULL, false);
	struct loader_examination examination;
	struct doctor_lack lacks[LOADER_NEED_COUNT];
	char cause[PROBE_TEXT];
	struct utsname system;
	struct probe probe = { 0 };
	struct doctor_host host = {
		.root = "",
		.module = PAMDIR "/pam_usernscaps.so",
		.site = &site,
		.lint = &lint_host,
		.release = system.release,
		.lacks = lacks,
		.run = doctor_run,
	};
	int r = uname(&system) < 0 ? -errno : probe_run(&probe);

	if (r < 0)
		return ctl_error("can't find out how userns sets are provided: %s", strerror(-r));
	loader_examine(&loader_paths, &examination);
	host.lack_count = find_lacks(&examination, lacks);
	host.provider = find_provider(&probe, cause);
	find_share(&probe, &host.provider);
	doctor_examine(&host, ret_report);
	return CTL_OK;
}

/* ---- text ---- */

static void print_finding(size_t number, const struct doctor_finding *finding)
{
	printf("\n%zu. %s: %s\n   why: %s\n   do:  %s\n", number,
	       config_severity_name(doctor_fault_severity(finding->fault)), finding->what,
	       doctor_fault_why(finding->fault), finding->remedy);
	if (finding->command)
		printf("          %s\n", finding->command);
}

static const char *part_word(const struct doctor_report *report, enum doctor_part part)
{
	if (doctor_is_well(report, part))
		return "ok";
	return report->states[part] ? "FAULT" : "?";
}

static void print_text(const struct doctor_report *report)
{
	enum doctor_part part;
	size_t i;

	for (part = 0; part < DOCTOR_PART_COUNT; part++)
		printf("%-9s %-5s %s\n", doctor_part_name(part), part_word(report, part),
		       report->states[part] ? report->states[part] : "not known");
	for (i = 0; i < report->count; i++)
		print_finding(i + 1, &report->list[i]);
}

/* ---- the command ---- */

static bool has_faults(const struct doctor_report *report)
{
	enum doctor_part part;

	for (part = 0; part < DOCTOR_PART_COUNT; part++)
		if (doctor_count(report, part) > 0)
			return true;
	return false;
}

static int doctor(bool json)
{
	_cleanup_(doctor_clear) struct doctor_report report = { 0 };
	int r = examine(&report);

	if (r == CTL_OK && json)
		r = ctl_doctor_json(&report);
	else if (r == CTL_OK)
		print_text(&report);
	if (r != CTL_OK)
		return r;
	if (report.incomplete)
		return ctl_error("out of memory: there may be more findings");
	return has_faults(&report) ? CTL_FAILED : CTL_OK;
}

enum { JSON };

static const struct command_option options[] = {
	[JSON] = OPTION_JSON,
	{ .name = NULL },
};

static int run(const struct command_call *call)
{
	if (geteuid() != 0)
		return ctl_error("doctor reads files that only root can read; run it as root");
	return doctor(call->values[JSON]);
}

const struct command command_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "find what keeps sessions from being restricted, and say how to fix it",
	.options = options,
	.run = run,
};
