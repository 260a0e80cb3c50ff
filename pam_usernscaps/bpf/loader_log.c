// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* For who writes into the log what is denied: waits for news, and marks what the log has. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "loader_sessions.h"

struct loader_log {
	const struct loader_paths *paths;
	struct userns_session *records;
	struct ring_buffer *wake;
	unsigned id; /* of the map of records */
};

/* What is in the ring says nothing: it is enough that it is taken out. */
static int ignore(void *context, void *data, size_t size)
{
	(void)context;
	(void)data;
	(void)size;
	return 0;
}

static unsigned pinned_id(const struct loader_paths *paths)
{
	_cleanup_(closep) int fd = loader_open_pin(paths, LOADER_SESSIONS);
	struct bpf_map_info info;

	return loader_info(fd, &info, sizeof(info)) ? 0 : info.id;
}

static int open_wake(struct loader_log *log, struct loader_problem *problem)
{
	_cleanup_(closep) int fd = loader_open_pin(log->paths, LOADER_WAKE);

	if (fd >= 0)
		log->wake = ring_buffer__new(fd, ignore, NULL, NULL);
	if (log->wake)
		return 0;
	return loader_fail(problem, fd < 0 ? fd : -errno, "can't use %s/%s: %s", log->paths->pins,
			   loader_pin_names[LOADER_WAKE], strerror(fd < 0 ? -fd : errno));
}

int loader_log_open(const struct loader_paths *paths, struct loader_log **ret_log,
		    struct loader_problem *ret_problem)
{
	struct loader_log *log = calloc(1, sizeof(*log));
	int r;

	loader_listen();
	if (!log)
		return loader_fail(ret_problem, -ENOMEM, "out of memory");
	log->paths = paths;
	log->id = pinned_id(paths);
	r = loader_map_sessions(paths, true, &log->records, ret_problem);
	if (!r)
		r = open_wake(log, ret_problem);
	if (r) {
		loader_log_close(log);
		return r;
	}
	*ret_log = log;
	return 0;
}

void loader_log_close(struct loader_log *log)
{
	ring_buffer__free(log->wake);
	loader_unmap_sessions(&log->records);
	free(log);
}

bool loader_log_is_current(const struct loader_log *log)
{
	return pinned_id(log->paths) == log->id;
}

int loader_log_wait(struct loader_log *log, int ms)
{
	int r = ring_buffer__poll(log->wake, ms);

	return r < 0 && r != -EINTR ? r : 0;
}

bool loader_log_has_news(struct loader_log *log, unsigned place)
{
	__u32 *dirty = &log->records[place].dirty;

	return __atomic_load_n(dirty, __ATOMIC_SEQ_CST) &&
	       __atomic_exchange_n(dirty, 0, __ATOMIC_SEQ_CST);
}

bool loader_log_read(const struct loader_log *log, unsigned place,
		     struct userns_session *ret_session)
{
	return loader_copy_session(log->records, place, ret_session);
}

bool loader_log_find(const struct loader_log *log, uint64_t id, struct userns_session *ret_session)
{
	size_t i;

	for (i = 1; i < USERNS_SESSIONS; i++)
		if (__atomic_load_n(&log->records[i].id, __ATOMIC_RELAXED) == id)
			return loader_copy_session(log->records, i, ret_session) &&
			       ret_session->id == id;
	return false;
}

/* The record may become another session's at this moment: that has nothing in the log yet. */
static void mark(const struct userns_session *record, uint64_t id, __u64 *told, uint64_t count)
{
	if (__atomic_load_n(&record->id, __ATOMIC_SEQ_CST) != id)
		return;
	__atomic_store_n(told, count, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&record->id, __ATOMIC_SEQ_CST) != id)
		__atomic_store_n(told, 0, __ATOMIC_SEQ_CST);
}

void loader_log_told(struct loader_log *log, unsigned place, uint64_t id, unsigned kind,
		     uint64_t count)
{
	struct userns_session *record = &log->records[place];

	mark(record, id, kind < USERNS_KINDS ? &record->denials[kind].told : &record->lost_told,
	     count);
}

void loader_log_ended(struct loader_log *log, unsigned place, uint64_t id)
{
	struct userns_session *record = &log->records[place];
	__u64 ended = USERNS_SESSION_ENDED;

	if (record->id == id)
		__atomic_compare_exchange_n(&record->state, &ended, USERNS_SESSION_TOLD, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
