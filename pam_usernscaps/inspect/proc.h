/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_PROC_H
#define INSPECT_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "policy/item.h"

/* What proc(5) shows of processes and threads, by the number of either. @proc is "/proc". */

/* The longest name of a thread, terminating NUL included, with room for that of a worker of the
 * kernel's: TASK_COMM_LEN and more of fs/proc/array.c. */
#define PROC_NAME 64

/* Of its status. What the file doesn't have is 0, or false. */
struct proc_status {
	unsigned parent;
	uid_t uid;				/* effective: whose it is */
	bool root;				/* is its real, effective or saved user ID 0? */
	struct capset items[POLICY_ITEM_COUNT]; /* those that the kernel shows; others are empty */
	bool shows[POLICY_ITEM_COUNT];
};

/** Read a status. Returns 0; -ENOENT or -ESRCH where it has ended; or -errno. */
int proc_read_status(const char *proc, unsigned id, struct proc_status *ret_status);

/**
 * Read a name, which its owner chooses: every byte that is no printable ASCII character is a '?'.
 *
 * Returns 0; or as proc_read_status().
 */
int proc_read_name(const char *proc, unsigned id, char ret_name[static PROC_NAME]);

/**
 * Read which file it runs.
 *
 * @ret_name:   without the directory, each byte as in proc_read_name(); cut if it is longer
 * @ret_setuid: does it run with the user ID of the file's owner?
 *
 * Returns 0; -ENOENT also for a thread of the kernel; or as proc_read_status().
 */
int proc_read_program(const char *proc, unsigned id, char ret_name[static PROC_NAME],
		      bool *ret_setuid);

/**
 * Read which login it belongs to, as the kernel's audit numbers them.
 *
 * Returns 0; -ENOENT also where the kernel has no audit; or as proc_read_status().
 */
int proc_read_login(const char *proc, unsigned id, unsigned *ret_login);

/**
 * List what is called by a number in a directory: processes in @proc, threads in @proc/PID/task.
 *
 * @ret_ids:   set on success only, in ascending order; freed with free(3)
 * @ret_count: their number
 *
 * Returns 0; or -errno of opendir(3) and readdir(3).
 */
int proc_list(const char *directory, unsigned **ret_ids, size_t *ret_count);

#endif
