/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_DOCTOR_H
#define INSPECT_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "lint.h"

/*
 * Finds what keeps a host's sessions from being restricted as its rules say: its kernel, the unit
 * that loads the programs, the rules, the PAM stacks, and the ways in that open no PAM session.
 */

enum doctor_part {
	DOCTOR_KERNEL,
	DOCTOR_UNIT,
	DOCTOR_PROVIDER,
	DOCTOR_RULES,
	DOCTOR_PAM,
	DOCTOR_WAYS,
	DOCTOR_PART_COUNT
};

/*
 * Everything that can be wrong, in the order to fix it. Each has a part, severity, name and texts
 * in doctor_report.c.
 */
enum doctor_fault {
	/* kernel */
	DOCTOR_NOT_BUILT,
	DOCTOR_PRIVILEGE,
	DOCTOR_KERNEL_OLD,
	DOCTOR_NO_BTF,
	DOCTOR_NO_LSM,
	DOCTOR_NO_BPFFS,
	DOCTOR_KERNEL_UNREADABLE,
	DOCTOR_FTRACE_OFF,
	DOCTOR_UNGUARDED,
	/* unit */
	DOCTOR_UNIT_MISSING,
	DOCTOR_UNIT_MASKED,
	DOCTOR_UNIT_DISABLED,
	DOCTOR_UNIT_LATE,
	DOCTOR_UNIT_FAILED,
	DOCTOR_UNIT_FAILED_LOADED,
	DOCTOR_UNIT_STOPPED,
	DOCTOR_UNIT_UNKNOWN,
	/* provider */
	DOCTOR_PROVIDER_BAD,
	DOCTOR_PROVIDER_FULL,
	DOCTOR_PROVIDER_SHARE,
	DOCTOR_PROVIDER_PARTS,
	/* rules */
	DOCTOR_RULES_OWNER,
	DOCTOR_RULES_WRITABLE,
	DOCTOR_RULES_SYMLINK,
	DOCTOR_RULES_MISSING,
	DOCTOR_RULES_BROKEN,
	DOCTOR_RULES_PROBE,
	DOCTOR_RULES_RANGE,
	DOCTOR_RULES_GROUP,
	DOCTOR_RULES_USER,
	DOCTOR_RULES_NEWUIDMAP,
	DOCTOR_RULES_WARNING,
	DOCTOR_RULES_NOTICE,
	DOCTOR_NEWUIDMAP_CAPS,
	DOCTOR_RULES_NO_NEW_PRIVS,
	/* pam */
	DOCTOR_MODULE_MISSING,
	DOCTOR_PAM_ABSENT,
	DOCTOR_PAM_COMMON,
	DOCTOR_PAM_WEAK,
	DOCTOR_PAM_SKIPPED,
	DOCTOR_PAM_NOT_LAST,
	DOCTOR_PAM_SERVICE,
	DOCTOR_PAM_VENDOR,
	DOCTOR_PAM_KNOWN,
	/* ways */
	DOCTOR_SSHD_WITHOUT_PAM,
	DOCTOR_SSHD_UNKNOWN,
	DOCTOR_SLURM,
	DOCTOR_DAEMON,
	DOCTOR_FAULT_COUNT
};

struct doctor_finding {
	enum doctor_fault fault;
	char *what;    /* a sentence */
	char *remedy;  /* what to do */
	char *command; /* that does it, for a shell of root's; NULL: none */
};

/* What was found, and what is well. */
struct doctor_report {
	struct doctor_finding *list;
	size_t count;
	char *states[DOCTOR_PART_COUNT]; /* of each part, in a line; NULL: not known */
	bool provider_fails;		 /* even if a reason was found */
	bool incomplete;		 /* there was not enough memory for all */
};

/* Something that the kernel does not have. */
struct doctor_lack {
	enum doctor_fault fault;
	const char *text;
};

/* What came of trying the provider. */
struct doctor_provider {
	const char *kind;
	bool works;
	bool loaded; /* the BPF programs are, whether they work or not */
	bool native; /* the kernel has a userns set of its own */
	bool full;   /* it works, but nothing more can be lowered */
	/* How many restricted tasks can a user have, now and after a reload? 0: unknown. */
	size_t share, wanted;
	struct capset vague; /* parts that the programs can't tell apart; empty: they can, or none
				answer */
	const char *text;
	const char *cause; /* where it doesn't work, with the remedy */
};

/* The host, and what the caller knows of it. */
struct doctor_host {
	const char *root;   /* what is looked for below it: "" but for tests */
	const char *module; /* where libpam looks for it */
	const struct config_site *site;
	const struct lint_host *lint;

	const char *release; /* the kernel's */
	const struct doctor_lack *lacks;
	size_t lack_count;
	struct doctor_provider provider;

	/* Run a program: doctor_run(), but for tests. */
	int (*run)(const char *const argv[], char **ret_output);
};

/** Look at everything. @ret_report: filled in any case; freed by doctor_clear(). */
void doctor_examine(const struct doctor_host *host, struct doctor_report *ret_report);

/**
 * Run a program in the C locale, and collect what it prints, complaints included.
 *
 * @argv:       its path and arguments; NULL ends them
 * @ret_output: set on success only; freed by free(3)
 *
 * Returns its exit status, 128 and more if a signal ended it; or -errno where it can't be run.
 */
int doctor_run(const char *const argv[], char **ret_output);

/** The word for a part: "kernel". */
const char *doctor_part_name(enum doctor_part part);

/** The word for a fault that stays when its text changes: "lsm". */
const char *doctor_fault_name(enum doctor_fault fault);

/** What a fault is about, how bad it is, and why it matters, in a sentence. */
enum doctor_part doctor_fault_part(enum doctor_fault fault);
enum config_severity doctor_fault_severity(enum doctor_fault fault);
const char *doctor_fault_why(enum doctor_fault fault);

/** Is a part known to be as it should? Notices don't count. */
bool doctor_is_well(const struct doctor_report *report, enum doctor_part part);

/** How many findings of a part are more than notices? */
size_t doctor_count(const struct doctor_report *report, enum doctor_part part);

/** Free what a report holds. */
void doctor_clear(struct doctor_report *report);

#endif
