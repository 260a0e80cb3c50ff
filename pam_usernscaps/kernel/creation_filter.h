/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef KERNEL_CREATION_FILTER_H
#define KERNEL_CREATION_FILTER_H

/**
 * Install a seccomp filter on the calling thread under which it and its children can neither
 * create nor enter a user namespace: unshare(2) and clone(2) with CLONE_NEWUSER, and setns(2) with
 * CLONE_NEWUSER or no type, answer EPERM; clone3(2), whose flags a filter can't see, ENOSYS.
 *
 * no_new_privs is left as it is, since setting it would end sudo and every other setuid program;
 * so the caller needs CAP_SYS_ADMIN in effect, or no_new_privs.
 *
 * Returns 0; -EACCES without that capability; -EOPNOTSUPP where this was built without seccomp;
 * or -errno of prctl(2).
 */
int creation_filter_install(void);

#endif
