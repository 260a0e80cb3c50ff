/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_DOCTOR_PAM_LINE_H
#define INSPECT_DOCTOR_PAM_LINE_H

#include <stdbool.h>
#include <stdio.h>

/* One line of pam.conf(5), about sessions. */

#define PAM_LINE_SIZE 4096 /* more than any has */

struct pam_line {
	bool include, substack; /* then @module is the name of a file */
	const char *control;
	const char *module;

	/* What the control does, but for including. */
	bool may_end;  /* the stack may end here, without a failure */
	bool is_weak;  /* the stack goes on where the module fails to open the session */
	unsigned jump; /* how many modules may be left out */
};

/** Read the next line and those that it goes on in, after a backslash. Returns false at the end. */
bool pam_line_read(FILE *file, char text[static PAM_LINE_SIZE]);

/** Split @text into words in place. Returns false if not of sessions. */
bool pam_line_parse(char *text, struct pam_line *ret_line);

#endif
