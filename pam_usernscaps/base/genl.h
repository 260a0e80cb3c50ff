/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_GENL_H
#define BASE_GENL_H

#include <stdint.h>

/**
 * Ask the kernel for the number of a family of generic netlink.
 *
 * @name:   of the family, at most 15 bytes
 * @ret_id: set on success only
 *
 * Returns 0; -ENOENT where there is none; -EPROTO where the answer can't be understood; or -errno.
 */
int genl_family(const char *name, uint16_t *ret_id);

#endif
