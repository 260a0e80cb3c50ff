// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The kernel: can it run the programs, and does it? */
#include <stdio.h>
#include <string.h>

#include "doctor_parts.h"

/* The list as it would stand before another module on the kernel command line. */
static void read_modules(const struct doctor_host *host, char *list, size_t size)
{
	if (!doctor_read_line(host, "/sys/kernel/security/lsm", list, size - 1))
		list[0] = '\0';
	if (list[0])
		strcat(list, ",");
}

static void add_lack(const struct doctor_host *host, const struct doctor_lack *lack,
		     struct doctor_report *report)
{
	char modules[512];

	if (host->provider.native) {
		doctor_add(report, DOCTOR_UNGUARDED, lack->text, "");
		return;
	}
	read_modules(host, modules, sizeof(modules));
	doctor_add(report, lack->fault, lack->text,
		   lack->fault == DOCTOR_NO_LSM ? modules : host->release);
}

void doctor_kernel(const struct doctor_host *host, struct doctor_report *report)
{
	char ftrace[8] = "";
	size_t i;

	for (i = 0; i < host->lack_count; i++)
		add_lack(host, &host->lacks[i], report);
	if (doctor_read_line(host, "/proc/sys/kernel/ftrace_enabled", ftrace, sizeof(ftrace)) &&
	    strcmp(ftrace, "0") == 0)
		doctor_add(report, DOCTOR_FTRACE_OFF, "", "");
	doctor_set_state(report, DOCTOR_KERNEL, "Linux %s", host->release);
}
