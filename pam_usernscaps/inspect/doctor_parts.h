/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_DOCTOR_PARTS_H
#define INSPECT_DOCTOR_PARTS_H

#include "doctor.h"

/* What the files of the doctor share. */

/* The unit that loads the programs. */
#define DOCTOR_SERVICE "usernscaps.service"

/* The parts of it. Each adds its findings and its state. */
void doctor_kernel(const struct doctor_host *host, struct doctor_report *report);
void doctor_unit(const struct doctor_host *host, struct doctor_report *report);
void doctor_rules(const struct doctor_host *host, struct doctor_report *report);
void doctor_pam(const struct doctor_host *host, struct doctor_report *report);
void doctor_ways(const struct doctor_host *host, struct doctor_report *report);

/** Is there a finding of this fault? */
bool doctor_has(const struct doctor_report *report, enum doctor_fault fault);

/** Add a finding, unless it is there already. @first, @second: what its texts have as $1, $2. */
void doctor_add(struct doctor_report *report, enum doctor_fault fault, const char *first,
		const char *second);

/** Say how a part is. */
__attribute__((format(printf, 3, 4))) void
doctor_set_state(struct doctor_report *report, enum doctor_part part, const char *format, ...);

/** The path of what is looked for below the host's root. Returns @path; empty if too long. */
const char *doctor_path(const struct doctor_host *host, const char *name,
			char path[static PATH_MAX]);

/** Read the first line of a file below the root. Returns false where it can't be read. */
bool doctor_read_line(const struct doctor_host *host, const char *name, char *line, size_t size);

#endif
