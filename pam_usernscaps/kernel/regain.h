/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef KERNEL_REGAIN_H
#define KERNEL_REGAIN_H

#include "policy/capset.h"
#include "userns.h"

/*
 * The way back, which plans never go: raising the userns set. The kernel decides how far: up to the
 * bounding set for whoever has CAP_SETPCAP in effect, else up to the permitted set too.
 */

/* The longest text that is written here, NUL included. */
#define REGAIN_TEXT (CAPSET_TEXT + 128)

/* What came of it. */
struct regain {
	struct capset raised; /* the userns set lacked these, and has them now */
	bool cleared;	      /* strict or the refusal of creation was there, and is gone */

	int raise_error;       /* -errno of the first that was not raised; 0: all were */
	struct capset refused; /* these */
	bool beyond_bounding;  /* ... because the bounding set lacks them */
	int clear_error;       /* why strict or the refusal of creation stays; 0: they don't */

	unsigned last; /* the kernel's last capability */
};

/**
 * Raise capabilities in the userns set of the calling thread. One that is refused doesn't keep the
 * others from being raised; but where the bounding set lacks one, none is tried.
 *
 * @userns:     the provider
 * @wanted:     capabilities; what the set has already is never refused
 * @ret_regain: what came of it; filled on failure too
 *
 * Returns 0; -EOPNOTSUPP without a provider; -EPERM where the bounding set lacks one or the kernel
 * refuses one; -EPROTO where it agreed and didn't do it; or -errno.
 */
int regain_raise(const struct userns *userns, struct capset wanted, struct regain *ret_regain);

/**
 * Raise all that the bounding set has, and take back strict and the refusal of creation. Where
 * nothing holds the calling thread back nothing is done, with a provider or without.
 *
 * @userns:     the provider
 * @ret_regain: what came of it; filled on failure too
 *
 * Returns 0; or its raise_error or clear_error, the one having been tried whatever came of the
 * other. A clear_error of -EOPNOTSUPP stands for what nobody can take back: a filter or a locked
 * securebit.
 */
int regain_all(const struct userns *userns, struct regain *ret_regain);

/** Say what was taken back: "raised=SET cleared=true|false". Returns @buf. */
const char *regain_describe(const struct regain *regain, char buf[static REGAIN_TEXT]);

/** Say what could not be taken back, and why, in one line. Returns @buf. */
const char *regain_problem_text(const struct regain *regain, char buf[static REGAIN_TEXT]);

#endif
