/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef LINT_CASES_H
#define LINT_CASES_H

#include <stddef.h>

#include "config/problem.h"

/* A site that has a lint, and one beside it that has not. Needs root: the files are root's. */

#define LINT_CASE_FILES 5

/* '@' stands for the directory that all is in. A path that ends in '/' is a directory. */
struct lint_case_file {
	const char *path; /* NULL: there are no more */
	const char *bytes;
};

struct lint_case {
	enum config_message message;
	enum config_severity severity;
	const char *file;
	unsigned line;
	const char *text;
	struct lint_case_file files[LINT_CASE_FILES];
	struct lint_case_file control[LINT_CASE_FILES]; /* all of them */
};

extern const struct lint_case lint_cases[];
extern const size_t lint_case_count;

/** Make an empty directory that is safe to have rules in; removed by lint_base_remove(). */
const char *lint_base_make(void);
void lint_base_remove(void);

/** Write @text with the base directory in place of each '@'. Returns @buf. */
const char *lint_expand(const char *text, char buf[static CONFIG_TEXT]);

/** Put these files into the directory, and no others. */
void lint_case_write(const struct lint_case_file files[static LINT_CASE_FILES]);

/** Does the site have this finding, once and as it says? */
void lint_case_assert(const struct lint_case *lint_case);

/** Has the control none like it? */
void lint_case_assert_control(const struct lint_case *lint_case);

#endif
