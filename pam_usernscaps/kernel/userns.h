/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef KERNEL_USERNS_H
#define KERNEL_USERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/abi.h"
#include "policy/capset.h"
#include "kernel.h"

/* What makes the userns set real on this kernel. */
enum userns_kind {
	USERNS_NONE,   /* nothing does */
	USERNS_NATIVE, /* the kernel's own prctl */
	USERNS_BPF,    /* the programs that usernscapsctl(8) loads */
	/*
	 * Both: the kernel bounds what namespaces have and shows it in /proc, and the programs
	 * guard that: they deny what owners of namespaces could do from outside.
	 */
	USERNS_GUARDED,
	USERNS_KIND_COUNT
};

/* What a provider knows of the calling thread. */
struct userns_status {
	struct capset set; /* the userns set; all bits where nothing restricts it */
	bool strict;
	bool create; /* may it create user namespaces? */
};

/* A provider, found by userns_find(). */
struct userns {
	const struct kernel *kernel;
	enum userns_kind kind;
};

/** "none", "native", "bpf" or "native and bpf". */
const char *userns_kind_name(enum userns_kind kind);

/**
 * Find the provider of the running kernel.
 *
 * @kernel:     the kernel; must outlive the provider
 * @ret_userns: the provider
 *
 * Returns 0; -EPROTONOSUPPORT where BPF programs of too old a version answer; or -errno where the
 * kernel can't be asked, or has the native interface and a filter refuses it.
 */
int userns_find(const struct kernel *kernel, struct userns *ret_userns);

/**
 * Which parts of CAPSET_SPLIT can't the provider tell from each other here? Where it has no parts,
 * or can't be asked, CAPSET_VAGUE_MOST.
 */
uint64_t userns_vague(const struct userns *userns);

/**
 * Parts that the BPF programs can't tell from each other on this kernel. Empty where they can, and
 * where they are not all that there is.
 */
struct capset userns_blurred(const struct userns *userns);

/**
 * Read what holds for the calling thread.
 *
 * Returns 0 or -errno.
 */
int userns_read(const struct userns *userns, struct userns_status *ret_status);

/** The userns set in a state of the programs'; the arguments are those of struct userns_state. */
struct capset userns_bpf_set(uint64_t bits, uint64_t parts);

/**
 * Lower the userns set of the calling thread to its intersection with @keep.
 *
 * Returns 0; -EOPNOTSUPP without a provider; -EPERM where bpf wants CAP_SETPCAP or no_new_privs.
 */
int userns_keep(const struct userns *userns, struct capset keep);

/**
 * Have the userns set cut by the bounding set too, as that shrinks from now on.
 *
 * Returns 0; -EOPNOTSUPP without a provider; or -errno.
 */
int userns_make_strict(const struct userns *userns);

/**
 * Refuse the calling thread and its children the creation of user namespaces: by the provider
 * where that can, else by a seccomp filter.
 *
 * Returns 0; -EOPNOTSUPP where neither is there; or -errno.
 */
int userns_deny_creation(const struct userns *userns);

/**
 * Raise capabilities in the userns set of the calling thread. Stops at the first that the kernel
 * refuses: with CAP_SETPCAP in effect one that the bounding set lacks, else also one that the
 * permitted set lacks. What the set has already is never refused.
 *
 * @raise: what to add; capabilities that the kernel doesn't know are left out where it is native
 *
 * Returns 0; -EPERM; -EOPNOTSUPP without a provider; or -errno.
 */
int userns_raise(const struct userns *userns, struct capset raise);

/**
 * Take back userns_make_strict() and userns_deny_creation(). Takes CAP_SETPCAP in the initial
 * namespace.
 *
 * Returns 0; -EPERM; or -EOPNOTSUPP where they can't be taken back, as seccomp filters and locked
 * securebits can't.
 */
int userns_clear_flags(const struct userns *userns);

/**
 * Begin a session: what the calling thread and its children are denied from now on is remembered as
 * that session's. Takes CAP_AUDIT_CONTROL in the initial namespace. It can fail half way: then
 * there is a session whose text is not complete.
 *
 * @uid:        whose session it is
 * @text:       of struct userns_session, @size bytes of it and no more than it has room for
 * @ret_id:     set on success only
 * @ret_parent: the id of the session in which it was begun, or 0; likewise
 *
 * Returns 0; -EOPNOTSUPP where the provider remembers nothing; -ENODATA where it restricts nothing
 * of the calling thread; -EPERM; -ENFILE where there is no room for one more of that user; or
 * -errno.
 */
int userns_open_session(const struct userns *userns, uid_t uid, const char *text, size_t size,
			uint64_t *ret_id, uint64_t *ret_parent);

/**
 * Read what is remembered of the calling thread's session. It may change meanwhile: it is read byte
 * by byte.
 *
 * @with_text:   else the text is empty; it costs as many calls as it has bytes
 * @ret_session: see struct userns_session; undefined after a failure
 *
 * Returns 0; -EOPNOTSUPP where the provider remembers nothing; -ENODATA where the thread is in no
 * session; or -errno.
 */
int userns_read_session(const struct userns *userns, bool with_text,
			struct userns_session *ret_session);

#endif
