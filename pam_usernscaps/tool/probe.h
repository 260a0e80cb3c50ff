/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_PROBE_H
#define TOOL_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/loader.h"
#include "kernel/userns.h"

/* What came of trying the provider. */
enum probe_verdict {
	PROBE_PROVEN,
	PROBE_MASKED,	     /* the system mask alone has denied what was to be tried */
	PROBE_NOT_TRIED,     /* this process itself may not do what has to be tried */
	PROBE_NO_NAMESPACES, /* nobody may make user namespaces */
	PROBE_ABSENT,	     /* there is no provider */
	PROBE_SILENT,	     /* the programs are loaded, and the kernel doesn't run them */
	PROBE_INCOMPLETE,    /* the programs run, but not all of them */
	PROBE_ALLOWED,	     /* the provider is there, and nothing was denied */
	PROBE_FULL,	     /* what is restricted stays so, but nothing more can be lowered */
	PROBE_SHARE,	     /* the same for this user only */
	PROBE_FAILED,	     /* no child process could be run */
	PROBE_VERDICT_COUNT
};

/* The provider, and what shows of it. */
struct probe {
	struct userns userns; /* what answers */
	enum probe_verdict verdict;

	/* Of the BPF programs, whether they run or not. What only root can see may be missing. */
	bool has_programs, has_system, has_mask;
	struct loader_program programs[LOADER_PROGRAMS];
	struct capset vague; /* parts that the provider can't tell from each other */
	struct userns_system system;
	struct capset mask;	   /* the system mask; where the kernel has one as well, of both */
	uint64_t recursion_misses; /* of all programs */
	int ftrace_enabled;	   /* the sysctl; -1: unknown */
};

/* The longest text of probe_cause(), terminating NUL included. */
#define PROBE_TEXT 256

/**
 * Find the provider and try it, in child processes.
 *
 * Returns 0 or -errno, as userns_find().
 */
int probe_run(struct probe *ret_probe);

/** Is nothing wrong? Also said of what could not be tried. */
bool probe_is_good(const struct probe *probe);

/** Does it work, but can't be asked for more? */
bool probe_is_full(const struct probe *probe);

/** Do the BPF programs answer? */
bool probe_has_bpf(const struct probe *probe);

/** What it means that something is wrong, for a headline. */
const char *probe_headline(const struct probe *probe);

/** A verdict as a word, which stays: "proven", "masked", "not-tried", ... */
const char *probe_verdict_name(enum probe_verdict verdict);

/** What a verdict means, in a sentence that may change. */
const char *probe_verdict_text(enum probe_verdict verdict);

/** The likely cause of a verdict that is not good, and what to do. Returns @buf. */
const char *probe_cause(const struct probe *probe, char buf[static PROBE_TEXT]);

#endif
