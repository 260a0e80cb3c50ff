/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include <stdbool.h>

#include "policy/capset.h"

/* The capability sets of the calling thread that every kernel has. */
struct kernel_sets {
	struct capset bounding;
	struct capset inheritable;
	unsigned last; /* the kernel's last capability */
};

/*
 * The seam to the kernel: everything that reads or changes the calling thread goes through here,
 * so that tests can put another kernel in its place. Each operation returns 0 (or what its comment
 * says) or a negative errno, and acts on the calling thread only.
 */
struct kernel {
	void *context; /* handed to each operation */

	int (*read_sets)(void *context, struct kernel_sets *ret_sets);
	/* Lower the inheritable set to @keep; permitted and effective stay as they are. */
	int (*keep_inheritable)(void *context, struct capset keep);
	int (*drop_bounding)(void *context, unsigned cap);
	/* prctl(2): its result, or -errno. */
	int (*prctl)(void *context, int option, const unsigned long args[4]);
	/* Does /proc/self/status show CapUNs? Returns 0, 1 or -errno. */
	int (*has_native)(void *context);
	/* Does a seccomp filter already refuse everything that filter_creation() would refuse? */
	bool (*is_creation_filtered)(void *context);
	/* -EOPNOTSUPP where this was built without seccomp. */
	int (*filter_creation)(void *context);
};

/** The kernel that runs this process. */
extern const struct kernel kernel_linux;

#endif
