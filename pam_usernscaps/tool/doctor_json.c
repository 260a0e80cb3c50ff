// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* doctor as JSON. usernscapsctl-json(5) describes the keys, which stay as they are. */
#include "command.h"
#include "doctor.h"
#include "json.h"

/* Raised when a key is taken away or changes its meaning. */
#define JSON_VERSION 1

static json_t *text_or_null(const char *text)
{
	return text ? ctl_json_text(text) : json_null();
}

static json_t *parts_json(const struct doctor_report *report)
{
	json_t *parts = json_object();
	enum doctor_part part;

	for (part = 0; part < DOCTOR_PART_COUNT; part++)
		if (json_object_set_new(parts, doctor_part_name(part),
					json_pack("{s:b, s:o}", "ok", doctor_is_well(report, part),
						  "text", text_or_null(report->states[part]))) <
		    0) {
			json_decref(parts);
			return NULL;
		}
	return parts;
}

static json_t *finding_json(const struct doctor_finding *finding)
{
	enum doctor_fault fault = finding->fault;

	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:o}", "fault", doctor_fault_name(fault),
			 "severity", config_severity_name(doctor_fault_severity(fault)), "part",
			 doctor_part_name(doctor_fault_part(fault)), "text",
			 ctl_json_text(finding->what), "why", doctor_fault_why(fault), "remedy",
			 ctl_json_text(finding->remedy), "command", text_or_null(finding->command));
}

int ctl_doctor_json(const struct doctor_report *report)
{
	json_t *findings = json_array();
	size_t i;

	for (i = 0; i < report->count; i++)
		ctl_json_append(&findings, finding_json(&report->list[i]));
	return ctl_print_json(json_pack("{s:i, s:s, s:o, s:o}", "version", JSON_VERSION,
					"tool_version", VERSION, "parts", parts_json(report),
					"findings", findings));
}
