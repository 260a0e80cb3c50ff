/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CTL_H
#define CTL_H

#include <jansson.h>
#include <stdio.h>

#include "config_problem.h"
#include "core/plan.h"

/* Exit statuses of usernscapsctl(8). */
enum ctl_status {
	CTL_OK,
	CTL_FAILED, /* what was asked for could not be done, or was found wrong */
	CTL_USAGE   /* the words of the call were not understood */
};

/*
 * The subcommands. @argv[0] is the subcommand's name; each returns an enum ctl_status, or its
 * command's exit status where it ran one.
 */
int ctl_check(int argc, char **argv);
int ctl_diff(int argc, char **argv);
int ctl_doctor(int argc, char **argv);
int ctl_explain(int argc, char **argv);
int ctl_edit(int argc, char **argv);
int ctl_load(int argc, char **argv);
int ctl_reload(int argc, char **argv);
int ctl_unload(int argc, char **argv);
int ctl_status(int argc, char **argv);
int ctl_probe(int argc, char **argv);
int ctl_run(int argc, char **argv);
int ctl_mask(int argc, char **argv);

/**
 * Tell the system's log who changed a system mask, and from what to what.
 *
 * @provider: whose mask
 * @what:     "shrunk", "reset" or "unloaded"
 * @last:     the kernel's last capability
 */
void ctl_log_mask(const char *provider, const char *what, struct capset before, struct capset after,
		  unsigned last);

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

/** Complain on standard error about anything else. Returns CTL_FAILED. */
__attribute__((format(printf, 1, 2))) int ctl_error(const char *format, ...);

/**
 * Complain on standard error about a file of rules.
 *
 * @line: 0: the file as a whole
 *
 * Returns CTL_FAILED.
 */
int ctl_complain(const char *file, unsigned line, enum config_severity severity, const char *text);

/**
 * Print a JSON value, and free it.
 *
 * @json: the value; NULL where there was no memory to make it. jansson takes a NULL that goes into
 *        an array or object as the same failure: so one look at the end is enough
 *
 * Returns CTL_OK or, after a complaint, CTL_FAILED.
 */
int ctl_print_json(json_t *json);

/**
 * Make a JSON string. Paths and names can have bytes that are no UTF-8, which JSON is: then '?'
 * stands for each that is not ASCII.
 *
 * Returns NULL where there is no memory.
 */
json_t *ctl_json_text(const char *text);

/** Append a value to an array. Where there is no memory, or was none for either, it is NULL then.
 */
void ctl_json_append(json_t **array, json_t *value);

/* A kernel's capabilities in the order of their names. */
struct ctl_caps {
	unsigned list[CAPSET_SIZE];
	unsigned count;
};

/** Sort the capabilities of a kernel whose last one is @last. */
void ctl_caps_sort(struct ctl_caps *caps, unsigned last);

/** Make an array of the names of those in @set. */
json_t *ctl_json_names(const struct ctl_caps *caps, struct capset set);

/** Make a string of a set's 16 hexadecimal digits. */
json_t *ctl_json_mask(struct capset set);

/** Print one set or flag of @sets in a line "  name  value\n", or without the end of line. */
void ctl_print_item(const struct plan_sets *sets, enum policy_item item, unsigned last);

#endif
