// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What is remembered of sessions: their records, which the programs write at any time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "loader_sessions.h"

/* How often to look again at what is just being written; then it is taken as it is. */
#define TRIES 100

#define SIZE  (USERNS_SESSIONS * sizeof(struct userns_session))

/* ---- one record ---- */

/* The last denial of a kind, of one moment. */
static void copy_last(const struct userns_denials *from, struct userns_denials *to)
{
	unsigned tries = TRIES, before;

	do {
		before = __atomic_load_n(&from->writer, __ATOMIC_ACQUIRE);
		*to = *(const volatile struct userns_denials *)from;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while ((before & 1 || before != __atomic_load_n(&from->writer, __ATOMIC_RELAXED)) &&
		 --tries > 0);
}

static bool is_taken(uint64_t state)
{
	return state != USERNS_SESSION_FREE && state != USERNS_SESSION_BUSY;
}

bool loader_copy_session(const struct userns_session *records, size_t place,
			 struct userns_session *to)
{
	const struct userns_session *from = &records[place];
	uint64_t state = __atomic_load_n(&from->state, __ATOMIC_ACQUIRE);
	uint64_t id = __atomic_load_n(&from->id, __ATOMIC_ACQUIRE);

	*to = *(const volatile struct userns_session *)from;
	for (size_t i = 0; i < USERNS_KINDS; i++)
		copy_last(&from->denials[i], &to->denials[i]);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	to->text[USERNS_SESSION_TEXT - 1] = '\0';
	if (place == 0)
		return true;
	return is_taken(state) && is_taken(__atomic_load_n(&from->state, __ATOMIC_RELAXED)) &&
	       id == to->id && __atomic_load_n(&from->id, __ATOMIC_RELAXED) == id;
}

/* ---- all of them ---- */

void loader_unmap_sessions(struct userns_session **records)
{
	if (*records)
		munmap(*records, SIZE);
	*records = NULL;
}

int loader_map_sessions(const struct loader_paths *paths, bool writable,
			struct userns_session **ret_records, struct loader_problem *problem)
{
	const char *name = loader_pin_names[LOADER_SESSIONS];
	_cleanup_(closep) int fd = loader_open_pin(paths, LOADER_SESSIONS);
	struct bpf_map_info info;
	void *records;
	int r = loader_info(fd, &info, sizeof(info));

	if (r == -ENOENT)
		return loader_fail(problem, r,
				   "nothing is remembered of sessions (no %s/%s): the programs are "
				   "not loaded, or are of an older version",
				   paths->pins, name);
	if (!r && (info.value_size != sizeof(struct userns_session) ||
		   info.max_entries != USERNS_SESSIONS))
		r = -EPROTO;
	if (r)
		return loader_fail(problem, r, "can't read %s/%s: %s", paths->pins, name,
				   strerror(-r));
	records =
		mmap(NULL, SIZE, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
	if (records == MAP_FAILED)
		return loader_fail_errno(problem, "map", name);
	*ret_records = records;
	return 0;
}

static int compare_ids(const void *left, const void *right)
{
	const struct userns_session *l = left, *r = right;

	return (l->id > r->id) - (l->id < r->id);
}

int loader_read_sessions(const struct loader_paths *paths, struct userns_session **ret_sessions,
			 size_t *ret_count, struct loader_problem *ret_problem)
{
	_cleanup_(loader_unmap_sessions) struct userns_session *records = NULL;
	_cleanup_(freep) struct userns_session *sessions = NULL;
	size_t count = 0;
	int r = loader_map_sessions(paths, false, &records, ret_problem);

	if (!records)
		return r;
	for (size_t i = 0; i < USERNS_SESSIONS; i++) {
		if (array_grow(sessions, count) < 0)
			return loader_fail(ret_problem, -ENOMEM, "out of memory");
		count += loader_copy_session(records, i, &sessions[count]);
	}
	qsort(sessions, count, sizeof(*sessions), compare_ids);
	*ret_sessions = sessions;
	*ret_count = count;
	sessions = NULL;
	return 0;
}
