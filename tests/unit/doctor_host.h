/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef DOCTOR_HOST_H
#define DOCTOR_HOST_H

#include "inspect/doctor.h"

/* A host that is well: a directory tree, and what programs and the kernel say. Needs root. */

struct doctor_fake {
	char base[64];
	struct doctor_host host;
	struct doctor_lack lack;
	/* What systemctl says of our unit, and of all others; and what sshd -T says. */
	struct {
		const char *output;
		int status;
	} unit, others, sshd;
	struct doctor_report report;
};

extern struct doctor_fake doctor_fake;

/** For cmocka: make it; remove it. */
int doctor_fake_make(void **state);
int doctor_fake_remove(void **state);

/** Write a file of the tree, given from "/" on, with the directories that it takes. */
void doctor_fake_write(const char *path, const char *text);

/** Where that is. Returns @buf. */
const char *doctor_fake_path(const char *path, char buf[static PATH_MAX]);

/** Examine it; the report is freed with the host, or by the next call. */
const struct doctor_report *doctor_fake_examine(void);

/** Is @fault all that is found? */
const struct doctor_finding *doctor_fake_assert_only(enum doctor_fault fault);

/** Is nothing found, notices included? */
void doctor_fake_assert_well(void);

/** Is @part in the text? */
void doctor_fake_assert_says(const char *text, const char *part);

#endif
