/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BPF_LOADER_H
#define BPF_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "policy/capset.h"

/*
 * Loads, unloads and reads the BPF programs. Used by usernscapsctl only: login processes talk to
 * the programs by prctl(2) and don't link libbpf. Not thread-safe, because libbpf's messages
 * aren't.
 */

/* The longest text of a problem in bytes, terminating NUL included. */
#define LOADER_TEXT 1024

/* What went wrong and what to do about it, in a sentence or two; the error itself is returned. */
struct loader_problem {
	char text[LOADER_TEXT];
};

/* Where the kernel shows itself. Tests have their own. */
struct loader_paths {
	const char *lsm;	 /* the active security modules, comma separated */
	const char *btf;	 /* the kernel's types */
	const char *bpffs;	 /* a mounted bpf filesystem */
	const char *pins;	 /* the directory in it that is ours */
	const char *threads_max; /* the most tasks this kernel has at a time */
	const char *meminfo;	 /* how much memory there is, in its first line */
	const char *symbols;	 /* where the kernel's functions are */
	const char *lockdown;	 /* what the kernel is locked down against */
};

/** The paths of the running kernel. */
extern const struct loader_paths loader_paths;

/* What a kernel needs to run the programs. */
enum loader_need {
	LOADER_NEED_BUILD,     /* a tool that was built with them */
	LOADER_NEED_PRIVILEGE, /* a caller with CAP_SYS_ADMIN */
	LOADER_NEED_LSM,       /* an active BPF LSM */
	LOADER_NEED_BTF,       /* the kernel's types */
	LOADER_NEED_HOOK,      /* a hook for user namespaces */
	LOADER_NEED_RECURSION, /* a kernel that does not skip programs which are running already */
	LOADER_NEED_BPFFS,     /* a mounted bpf filesystem */
	LOADER_NEED_COUNT
};

/* The result of checking each of them. */
struct loader_examination {
	int errors[LOADER_NEED_COUNT]; /* 0: present, or unknown because another one is missing */
	struct loader_problem problems[LOADER_NEED_COUNT]; /* of errors: reason and remedy */
};

/** Check everything that can be known without loading the programs. @paths: where to look. */
void loader_examine(const struct loader_paths *paths, struct loader_examination *ret_examination);

/**
 * Could this kernel run the programs?
 *
 * @paths:       where to look
 * @ret_problem: filled on failure: the reason and the remedy
 *
 * Returns 0, or the first error that loader_examine() finds: -EPERM without CAP_SYS_ADMIN;
 * -EOPNOTSUPP where the kernel has no active BPF LSM, no BTF, no hook for user namespaces, skips
 * programs that are already running, or where no bpffs is mounted; or -errno of reading one of the
 * files.
 */
int loader_check(const struct loader_paths *paths, struct loader_problem *ret_problem);

/**
 * Load, attach and pin the programs. After a failure nothing is left attached or pinned. What a
 * load or an unload that was killed has left is removed first, if nothing is attached, nobody
 * restricted, and too little there for a reload.
 *
 * @paths:       see there
 * @ret_problem: filled on failure
 *
 * Returns 0; what loader_check() returns; -EEXIST where they are loaded already; -ENODATA where
 * the programs are attached but don't run; or a negative errno of libbpf.
 */
int loader_load(const struct loader_paths *paths, struct loader_problem *ret_problem);

/**
 * Replace the loaded programs, of whatever version, with these, while tasks are restricted: the
 * maps stay, the new programs are attached beside the old ones, and then those are detached one by
 * one. What fails before that leaves all as it was; later, programs of both versions, which act as
 * one, and another reload goes on.
 *
 * Where the maps of these programs are laid out otherwise they are unloaded and loaded instead, if
 * nobody is restricted: for a moment there is no provider. The system's mask stays.
 *
 * What a reload or an unload that was killed has left is fixed, if all maps are there.
 *
 * @paths:       see there
 * @ret_problem: filled on failure
 *
 * Returns 0; -ENOENT where nothing is loaded, or what loader_load() removes; -EUCLEAN where a map
 * is missing besides; -EBUSY where the maps are laid out otherwise and tasks are restricted;
 * -ENODATA where the kernel does not run what is attached; what loader_check() returns; or a
 * negative errno of libbpf.
 */
int loader_reload(const struct loader_paths *paths, struct loader_problem *ret_problem);

/**
 * Unpin and detach the programs, in the reverse order, and wait until each has gone. Takes what a
 * load that was killed left behind as well. The system's mask is gone afterwards.
 *
 * @paths:       see there
 * @force:       also where tasks are restricted, and set them free; else nobody is ever set free
 * @ret_problem: filled on failure
 *
 * Returns 0; -ENOENT where nothing is loaded; or -errno of unlink(2) and rmdir(2). Without @force
 * also -EBUSY where tasks are restricted, -EUCLEAN where that can't be known, or -errno of bpf(2);
 * then all is as it was.
 */
int loader_unload(const struct loader_paths *paths, bool force, struct loader_problem *ret_problem);

/**
 * Read the state of every restricted task in the caller's pid namespace, in the order of pids.
 *
 * @paths:       see there
 * @ret_records: set on success only, NULL where there are none; freed with free(3)
 * @ret_count:   their number; set on success only
 * @ret_problem: filled on failure
 *
 * Returns 0; -ENOENT where nothing is loaded; -EPROTO where what is loaded writes something else;
 * -ENOMEM; or -errno of open(2) and read(2).
 */
int loader_read(const struct loader_paths *paths, struct userns_record **ret_records,
		size_t *ret_count, struct loader_problem *ret_problem);

/**
 * Read what is remembered of sessions, those that have ended included. The first, whose id is 0, is
 * no session: it has what was denied to tasks that belong to none.
 *
 * @paths:        see there
 * @ret_sessions: set on success only, in the order of ids; freed with free(3)
 * @ret_count:    their number, at least 1
 * @ret_problem:  filled on failure
 *
 * Returns 0; -ENOENT where nothing is loaded that remembers; -EPROTO where it is laid out
 * otherwise; -ENOMEM; or -errno of bpf(2) and mmap(2).
 */
int loader_read_sessions(const struct loader_paths *paths, struct userns_session **ret_sessions,
			 size_t *ret_count, struct loader_problem *ret_problem);

/* What a writer of the log has open. Places are those of records, 0 to USERNS_SESSIONS - 1. */
struct loader_log;

/**
 * Open it.
 *
 * @paths:       see there; must outlive it
 * @ret_log:     set on success only; closed by loader_log_close()
 * @ret_problem: filled on failure
 *
 * Returns what loader_read_sessions() does.
 */
int loader_log_open(const struct loader_paths *paths, struct loader_log **ret_log,
		    struct loader_problem *ret_problem);

void loader_log_close(struct loader_log *log);

/** Are these records those that the loaded programs write? */
bool loader_log_is_current(const struct loader_log *log);

/** Wait until there is news, for at most @ms milliseconds. Returns 0 or -errno. */
int loader_log_wait(struct loader_log *log, int ms);

/** Has anything come to a record since the last call? Comes before loader_log_read(). */
bool loader_log_has_news(struct loader_log *log, unsigned place);

/** Read a record. Returns false where it is no session's; @ret_session is undefined then. */
bool loader_log_read(const struct loader_log *log, unsigned place,
		     struct userns_session *ret_session);

/** Read the record of the session with an id. Returns false where there is none. */
bool loader_log_find(const struct loader_log *log, uint64_t id, struct userns_session *ret_session);

/**
 * The log has so many denials of a kind of a session's.
 *
 * @kind: place of the kind in the record; USERNS_KINDS: those that are lost
 */
void loader_log_told(struct loader_log *log, unsigned place, uint64_t id, unsigned kind,
		     uint64_t count);

/** The log has it that a session has ended. */
void loader_log_ended(struct loader_log *log, unsigned place, uint64_t id);

/* The entries of the maps. */
struct loader_entries {
	size_t count; /* restricted tasks, also those being born, and ended ones still in memory */
	size_t room;  /* so many there can be */
};

/**
 * Count the entries. Of programs of any version.
 *
 * @paths:       see there
 * @ret_entries: set on success only
 * @ret_problem: filled on failure
 *
 * Returns 0; -ENOENT where nothing is loaded; -EPROTO where the layout is unknown; -ENOMEM; or
 * -errno of bpf(2).
 */
int loader_count(const struct loader_paths *paths, struct loader_entries *ret_entries,
		 struct loader_problem *ret_problem);

/* The entries of the user who has the most. */
struct loader_most {
	size_t count; /* 0: nobody has any */
	uint32_t uid; /* where there are any */
};

/**
 * Find out who has the most entries.
 *
 * @paths:    see there
 * @ret_most: set on success only
 *
 * Returns 0; -ENOENT where there is no such count; -EPROTO where it is laid out otherwise; -ENOMEM;
 * or -errno of bpf(2).
 */
int loader_find_most(const struct loader_paths *paths, struct loader_most *ret_most);

/**
 * How many entries should a user be able to have? Twice as many as there can be tasks, because a
 * task counts until its memory is freed, a grace period after kernel.threads-max has stopped
 * counting it. And no more than a part of the room.
 *
 * @room: how many all can have together
 *
 * Returns 0; -EINVAL; or -errno of reading @paths->threads_max.
 */
int loader_share(const struct loader_paths *paths, size_t room, unsigned *ret_share,
		 struct loader_problem *ret_problem);

/* How many programs there are. */
#define LOADER_PROGRAMS 7

/* An attached program. */
struct loader_program {
	const char *name; /* the name of its pin, which is that of the hook */
	uint32_t id;	  /* the kernel's number for it; 0: none is pinned */
	/*
	 * How often the kernel has not run it because it was running on that CPU: each time it may
	 * have let a restricted task through. loader_check() refuses kernels that do this.
	 */
	uint64_t recursion_misses;
};

/**
 * Look at the programs that are attached, of whatever version, in the order of attaching.
 *
 * @paths:        see there
 * @ret_programs: set on success only
 * @ret_problem:  filled on failure
 *
 * Returns 0; -ENOENT where nothing is loaded; or -errno of bpf(2).
 */
int loader_programs(const struct loader_paths *paths,
		    struct loader_program ret_programs[static LOADER_PROGRAMS],
		    struct loader_problem *ret_problem);

/**
 * Read what holds for all tasks.
 *
 * @paths:       see there
 * @ret_system:  set on success only
 * @ret_problem: filled on failure
 *
 * Returns 0; -ENOENT where nothing is loaded; -EPROTO where it is laid out otherwise; or -errno of
 * bpf(2) and mmap(2). So do the functions below.
 */
int loader_system(const struct loader_paths *paths, struct userns_system *ret_system,
		  struct loader_problem *ret_problem);

/** Read the system's mask. */
int loader_mask(const struct loader_paths *paths, struct capset *ret_mask,
		struct loader_problem *ret_problem);

/**
 * Remove everything outside @keep from the system mask, at once, for all tasks and namespaces.
 *
 * @ret_before: what it was, unless NULL
 */
int loader_mask_shrink(const struct loader_paths *paths, struct capset keep,
		       struct capset *ret_before, struct loader_problem *ret_problem);

/**
 * Set the system's mask to all capabilities.
 *
 * @ret_before: what it was, unless NULL
 */
int loader_mask_reset(const struct loader_paths *paths, struct capset *ret_before,
		      struct loader_problem *ret_problem);

#endif
