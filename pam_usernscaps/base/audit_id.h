/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_AUDIT_ID_H
#define BASE_AUDIT_ID_H

#include <stdio.h>
#include <string.h>

#include "cleanup.h"

/* Room for a number of the audit trail as text. */
#define AUDIT_ID 16

/** Read such a number from a file of /proc/self; "?" where the kernel has no audit. */
static inline void audit_id_read(const char *path, char id[static AUDIT_ID])
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");

	if (!file || fscanf(file, "%15[0-9]", id) != 1)
		strcpy(id, "?");
}

#endif
