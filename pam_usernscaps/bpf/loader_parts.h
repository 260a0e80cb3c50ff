/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BPF_LOADER_PARTS_H
#define BPF_LOADER_PARTS_H

#include <limits.h>
#include <linux/bpf.h>

#include "loader.h"

/* What the files of the loader share. */

/*
 * What is pinned: the maps, and then links in the order of attaching. The state of a task is first
 * cleared away, then inherited, then enforced; and only then can it be set, by prctl, which also
 * tells everybody that the provider is there. Detaching goes backwards.
 */
#define LOADER_PINS(MAP, PROGRAM) /* id, name of the pin, name in the skeleton */                  \
	MAP(SYSTEM, "system", data_system)                                                         \
	MAP(SLOTS, "slots", bss)                                                                   \
	MAP(OVERFLOW, "overflow", overflow)                                                        \
	MAP(ACCOUNTS, "accounts", data_accounts)                                                   \
	MAP(SESSIONS, "sessions", sessions)                                                        \
	MAP(WAKE, "wake", wake)                                                                    \
	MAP(MESSAGES, "messages", messages)                                                        \
	PROGRAM(FREE, "task_free", userns_free)                                                    \
	PROGRAM(ALLOC, "task_alloc", userns_alloc)                                                 \
	PROGRAM(SEND, "netlink_send", userns_send)                                                 \
	PROGRAM(CAPABLE, "capable", userns_capable)                                                \
	PROGRAM(CREATE, "userns_create", userns_create)                                            \
	PROGRAM(RECORDS, "records", userns_iter)                                                   \
	PROGRAM(PRCTL, "task_prctl", userns_prctl)

#define LOADER_NOTHING(id, name, field)
#define LOADER_ID(id, name, field) LOADER_##id,
enum loader_pin {
	LOADER_PINS(LOADER_ID, LOADER_ID) LOADER_PIN_COUNT,
	LOADER_FIRST_LINK = LOADER_FREE
};
#undef LOADER_ID

extern const char *const loader_pin_names[LOADER_PIN_COUNT];

/** Write where a pin is in the directory @dir. Returns 0 or -ENAMETOOLONG. */
int loader_pin_path(const char *dir, enum loader_pin pin, char path[static PATH_MAX]);

/** Open what is pinned. Returns a descriptor or -errno. */
int loader_open_pin(const struct loader_paths *paths, enum loader_pin pin);

/**
 * Ask the kernel what it knows of an object.
 *
 * @fd:       of a map, program or link; a negative errno is returned as it is
 * @ret_info: @size bytes, all 0 on failure
 *
 * Returns 0 or -errno.
 */
int loader_info(int fd, void *ret_info, unsigned size);

/** The same of a pinned link. */
int loader_link_info(const char *path, struct bpf_link_info *ret_info);

/**
 * Let one process at a time change what is pinned. Only root gets at the directory. Waits for
 * whoever does so now.
 *
 * @ret_fd: holds the lock until it is closed
 *
 * Returns 0; -ENOENT where nothing is loaded; or -errno.
 */
int loader_lock(const struct loader_paths *paths, int *ret_fd, struct loader_problem *problem);

/**
 * Read the system's mask, whatever the rest of the layout. Returns what loader_mask() does, except
 * -EPROTO.
 */
int loader_mask_of_any(const struct loader_paths *paths, uint64_t *ret_mask,
		       struct loader_problem *problem);

/** Fill in a problem's text. Returns @error. */
__attribute__((format(printf, 3, 4))) int loader_fail(struct loader_problem *problem, int error,
						      const char *format, ...);

/** The same of a call that has set errno: "can't WHAT PATH: ...". Returns -errno. */
int loader_fail_errno(struct loader_problem *problem, const char *what, const char *path);

/** The same of a call to libbpf, with its first complaint since loader_listen(). Returns @error. */
int loader_fail_libbpf(struct loader_problem *problem, int error, const char *what,
		       const char *object);

/** From here on libbpf reports to the loader instead of standard error. */
void loader_listen(void);

/**
 * What loader_check() looks at, without the kernel: that has been looked at where programs are
 * loaded already, and its types are 5 MB to read.
 *
 * Returns 0, -EPERM, -EOPNOTSUPP or -errno, as that does.
 */
int loader_check_caller(const struct loader_paths *paths, struct loader_problem *problem);

/**
 * How many entries is the overflow to have room for? So many that memory ends before.
 *
 * Returns 0; -EINVAL; or -errno of reading @paths->meminfo.
 */
int loader_overflow_size(const struct loader_paths *paths, unsigned *ret_size,
			 struct loader_problem *problem);

/** Has the kernel a function, by its types? */
bool loader_has_function(const struct loader_paths *paths, const char *name);

/** Read the first line of a small file. Returns 0 or -errno. */
int loader_read_text(const char *path, char *buf, size_t size);

#endif
