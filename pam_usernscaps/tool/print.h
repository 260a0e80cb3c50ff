/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_PRINT_H
#define TOOL_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "config/problem.h"
#include "policy/plan.h"

/** Complain on standard error about the words of a call. Returns CTL_USAGE. */
__attribute__((format(printf, 2, 3))) int ctl_usage_error(const char *command, const char *format,
							  ...);

/**
 * Read a set specification of a call, see capset_parse().
 *
 * @command: the subcommand
 * @option:  what stands before it, for the complaint: "--userns="
 * @spec:    the specification
 * @ret_set: the set
 *
 * Returns CTL_OK or, after a complaint, CTL_USAGE.
 */
int ctl_parse_set(const char *command, const char *option, const char *spec,
		  struct capset *ret_set);

/** Print an error that is not about the words of a call. Returns CTL_FAILED. */
__attribute__((format(printf, 1, 2))) int ctl_error(const char *format, ...);

/**
 * Complain on standard error about a file of rules.
 *
 * @line: 0: the file as a whole
 *
 * Returns CTL_FAILED.
 */
int ctl_complain(const char *file, unsigned line, enum config_severity severity, const char *text);

/** Read a number from 1 to @max in decimal digits. Returns whether it is one. */
bool ctl_parse_number(const char *text, uint64_t max, uint64_t *ret_number);

/** Find the kernel's last capability. Returns CTL_OK or, after a complaint, CTL_FAILED. */
int ctl_find_last(unsigned *ret_last);

/** Print one set or flag of @sets in a line "  name  value\n", or without the end of line. */
void ctl_print_item(const struct plan_sets *sets, enum policy_item item, unsigned last);

#endif
