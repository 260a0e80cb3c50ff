// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Examines a host, part by part. */
#include "doctor_parts.h"

#include <stdlib.h>
#include <string.h>

/* In the order to fix them. Notices come last. */
static int compare(const void *left, const void *right)
{
	const struct doctor_finding *a = left, *b = right;
	bool a_notice = doctor_fault_severity(a->fault) == CONFIG_NOTICE;
	bool b_notice = doctor_fault_severity(b->fault) == CONFIG_NOTICE;

	if (a_notice != b_notice)
		return a_notice - b_notice;
	if (a->fault != b->fault)
		return a->fault < b->fault ? -1 : 1;
	return strcmp(a->what, b->what);
}

void doctor_examine(const struct doctor_host *host, struct doctor_report *ret_report)
{
	struct doctor_report report = { 0 };

	doctor_kernel(host, &report);
	doctor_unit(host, &report);
	doctor_rules(host, &report);
	doctor_pam(host, &report);
	doctor_ways(host, &report);
	if (report.count)
		qsort(report.list, report.count, sizeof(*report.list), compare);
	*ret_report = report;
}
