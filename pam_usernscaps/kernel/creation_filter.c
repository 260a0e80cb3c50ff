// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The seccomp filter that refuses user namespaces. */
#include "creation_filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#ifdef HAVE_SECCOMP

/* Written at build time by creation_filter_gen, so that no login has libseccomp to load. */
static const struct sock_filter program[] = {
#include "kernel/creation_filter.inc"
};

int creation_filter_install(void)
{
	const struct sock_fprog filter = {
		.len = sizeof(program) / sizeof(program[0]),
		.filter = (struct sock_filter *)program, /* only read */
	};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) < 0 ? -errno : 0;
}

#else

int creation_filter_install(void)
{
	return -EOPNOTSUPP;
}

#endif
