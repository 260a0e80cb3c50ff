/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef KERNEL_NATIVE_MASK_H
#define KERNEL_NATIVE_MASK_H

#include "policy/capset.h"

/*
 * The system mask of a kernel with userns sets of its own: a sysctl that bounds each namespace when
 * it is created. It can't be widened.
 */

/* The sysctl's name and, on such a kernel, its file. */
#define NATIVE_MASK_NAME "kernel.cap_userns_mask"
#define NATIVE_MASK_PATH "/proc/sys/kernel/cap_userns_mask"

/**
 * Read the mask.
 *
 * @path:     the sysctl's file
 * @ret_mask: set on success only
 *
 * Returns 0; -ENOENT where the kernel has no such sysctl; -EPROTO where it is no number; or -errno
 * of open(2) and read(2).
 */
int native_mask_read(const char *path, struct capset *ret_mask);

/**
 * Remove everything outside @keep from the mask.
 *
 * @path:       the sysctl's file
 * @keep:       what may stay
 * @ret_before: what it was; set on success only
 *
 * Returns 0; -ENODATA where the kernel took the write and did not shrink the mask, which is its way
 * to refuse; what native_mask_read() returns; or -errno of write(2).
 */
int native_mask_shrink(const char *path, struct capset keep, struct capset *ret_before);

#endif
