// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The unit that loads the programs, and whether they work. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "doctor_parts.h"
#include "base/error_text.h"

/* What systemd says of a unit: lines NAME=VALUE. */
struct unit {
	char load[16], active[16], file[16];
	bool early; /* ordered before anything opens sessions */
	bool wanted;
};

static const char *const show[] = {
	"/usr/bin/systemctl", "show",
	"--property=LoadState,ActiveState,UnitFileState,DefaultDependencies,Before,WantedBy",
	DOCTOR_SERVICE, NULL
};

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word), here;

	for (; *list; list += here + (list[here] == ' ')) {
		here = strcspn(list, " ");
		if (here == len && memcmp(list, word, len) == 0)
			return true;
	}
	return false;
}

/* Cuts @text into lines. */
static struct unit parse_unit(char *text)
{
	struct unit unit = { .load = "" };
	bool defaults = false, before = false;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		sscanf(line, "LoadState=%15s", unit.load);
		sscanf(line, "ActiveState=%15s", unit.active);
		sscanf(line, "UnitFileState=%15s", unit.file);
		defaults = defaults || strcmp(line, "DefaultDependencies=yes") == 0;
		if (strncmp(line, "Before=", 7) == 0)
			before = has_word(line + 7, "sysinit.target");
		if (strncmp(line, "WantedBy=", 9) == 0)
			unit.wanted = has_word(line + 9, "sysinit.target");
	}
	unit.early = before && !defaults;
	return unit;
}

/*
 * If the kernel lacks something, that is why the unit failed or was not started, and what to fix.
 */
static void check_active(const struct doctor_host *host, const struct unit *unit,
			 struct doctor_report *report)
{
	const struct doctor_provider *provider = &host->provider;
	bool failed = strcmp(unit->active, "failed") == 0;

	if (strcmp(unit->active, "active") == 0 || strcmp(unit->active, "reloading") == 0 ||
	    doctor_count(report, DOCTOR_KERNEL) > 0)
		return;
	if (failed && provider->loaded && provider->works)
		doctor_add(report, DOCTOR_UNIT_FAILED_LOADED, "", "");
	else if (failed)
		doctor_add(report, DOCTOR_UNIT_FAILED, "", "");
	else if (!provider->works)
		doctor_add(report, DOCTOR_UNIT_STOPPED, "", "");
}

static void check_unit(const struct doctor_host *host, const struct unit *unit,
		       struct doctor_report *report)
{
	if (strcmp(unit->load, "not-found") == 0) {
		doctor_add(report, DOCTOR_UNIT_MISSING, "", "");
		return;
	}
	if (strcmp(unit->load, "masked") == 0) {
		doctor_add(report, DOCTOR_UNIT_MASKED, "", "");
		return;
	}
	if (strcmp(unit->file, "enabled") != 0 || !unit->wanted)
		doctor_add(report, DOCTOR_UNIT_DISABLED, "", "");
	if (!unit->early)
		doctor_add(report, DOCTOR_UNIT_LATE, "", "");
	check_active(host, unit, report);
}

static void ask_systemd(const struct doctor_host *host, struct doctor_report *report)
{
	_cleanup_(freep) char *output = NULL;
	struct unit unit;
	int r = host->run(show, &output);

	if (r != 0) {
		if (r > 0)
			output[strcspn(output, "\n")] = '\0';
		doctor_add(report, DOCTOR_UNIT_UNKNOWN, r > 0 ? output : error_text(-r), "");
		return;
	}
	unit = parse_unit(output);
	check_unit(host, &unit, report);
	doctor_set_state(
		report, DOCTOR_UNIT, DOCTOR_SERVICE " is %s and %s, and ordered %s sysinit.target",
		unit.file[0] ? unit.file : unit.load, unit.active, unit.early ? "before" : "after");
}

/* If the programs were never loaded, or are stopped, the reason has been given already. */
static bool is_explained(const struct doctor_report *report)
{
	return doctor_count(report, DOCTOR_KERNEL) > 0 || doctor_has(report, DOCTOR_UNIT_MISSING) ||
	       doctor_has(report, DOCTOR_UNIT_MASKED) || doctor_has(report, DOCTOR_UNIT_FAILED) ||
	       doctor_has(report, DOCTOR_UNIT_STOPPED);
}

void doctor_unit(const struct doctor_host *host, struct doctor_report *report)
{
	const struct doctor_provider *provider = &host->provider;

	ask_systemd(host, report);
	doctor_set_state(report, DOCTOR_PROVIDER, "%s: %s", provider->kind, provider->text);
	report->provider_fails = !provider->works;
	if (provider->share < provider->wanted && provider->share > 0) {
		char share[24], wanted[24];

		snprintf(share, sizeof(share), "%zu", provider->share);
		snprintf(wanted, sizeof(wanted), "%zu", provider->wanted);
		doctor_add(report, DOCTOR_PROVIDER_SHARE, share, wanted);
	}
	if (!capset_is_empty(provider->vague)) {
		char parts[CAPSET_TEXT];

		doctor_add(report, DOCTOR_PROVIDER_PARTS, capset_list(provider->vague, parts), "");
	}
	if (provider->full)
		doctor_add(report, DOCTOR_PROVIDER_FULL, provider->text, provider->cause);
	else if (!provider->works && !is_explained(report))
		doctor_add(report, DOCTOR_PROVIDER_BAD, provider->text, provider->cause);
}
