/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BPF_LOADER_SESSIONS_H
#define BPF_LOADER_SESSIONS_H

#include "loader_parts.h"

/* The records of sessions in memory, as the programs write them. */

/**
 * Map all records.
 *
 * @ret_records: USERNS_SESSIONS of them; set on success only
 *
 * Returns what loader_read_sessions() does.
 */
int loader_map_sessions(const struct loader_paths *paths, bool writable,
			struct userns_session **ret_records, struct loader_problem *problem);

/** Take back loader_map_sessions(). @records: points to NULL afterwards, and perhaps before. */
void loader_unmap_sessions(struct userns_session **records);

/**
 * Copy a record.
 *
 * Returns false where it is no session's, or becomes another's meanwhile. Record 0 is always there.
 */
bool loader_copy_session(const struct userns_session *records, size_t place,
			 struct userns_session *to);

#endif
