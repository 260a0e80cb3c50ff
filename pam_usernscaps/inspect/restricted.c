// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Who is restricted: what the programs and proc(5) say, brought together. */
#include "restricted.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "kernel/userns.h"

static bool has_ended(int error)
{
	return error == -ENOENT || error == -ESRCH;
}

/* ---- threads ---- */

struct thread {
	unsigned pid, id;
	struct capset userns;
	uint32_t depth, flags;
	bool has_flags;
	uint64_t session;
};

struct threads {
	struct thread *list;
	size_t count;
};

static void threads_clear(struct threads *threads)
{
	free(threads->list);
}

static int add_thread(struct threads *threads, const struct thread *thread)
{
	int r = array_grow(threads->list, threads->count);

	if (r == 0)
		threads->list[threads->count++] = *thread;
	return r;
}

/*
 * A thread may have a state that takes nothing from it: what was raised again, or lowered above
 * the last capability only.
 */
static bool is_restricted(const struct thread *thread, struct capset known)
{
	return !capset_is_subset(known, thread->userns) || thread->flags;
}

static int add_records(const struct restricted_sources *sources, struct threads *threads)
{
	size_t i;
	int r = 0;

	for (i = 0; i < sources->record_count && r == 0; i++) {
		const struct userns_record *record = &sources->records[i];
		const struct thread thread = {
			.pid = record->tgid,
			.id = record->pid,
			.userns = userns_bpf_set(record->state.userns, record->state.parts),
			.depth = record->state.level,
			.flags = record->state.flags & USERNS_FLAGS,
			.has_flags = true,
			.session = record->state.session,
		};

		r = add_thread(threads, &thread);
	}
	return r;
}

static int compare_ids(const void *left, const void *right)
{
	const struct thread *l = left, *r = right;

	return (l->id > r->id) - (l->id < r->id);
}

/* Cut what is known of a thread by what the kernel shows of it. @known: those of the programs. */
static int add_native(const struct restricted_sources *sources, unsigned pid, unsigned id,
		      size_t known, struct threads *threads)
{
	struct thread thread = { .pid = pid, .id = id, .depth = RESTRICTED_NO_DEPTH };
	struct proc_status status;
	struct thread *same = NULL;
	int r = proc_read_status(sources->proc, id, &status);

	if (r < 0)
		return has_ended(r) ? 0 : r;
	if (!status.shows[POLICY_USERNS])
		return 0;
	if (known)
		same = bsearch(&thread, threads->list, known, sizeof(thread), compare_ids);
	if (same) {
		same->userns = capset_and(same->userns, status.items[POLICY_USERNS]);
		return 0;
	}
	thread.userns = status.items[POLICY_USERNS];
	return is_restricted(&thread, capset_up_to(sources->last)) ? add_thread(threads, &thread)
								   : 0;
}

static int add_native_process(const struct restricted_sources *sources, unsigned pid, size_t known,
			      struct threads *threads)
{
	_cleanup_(freep) unsigned *ids = NULL;
	char directory[256];
	size_t count, i;
	int r;

	if (snprintf(directory, sizeof(directory), "%s/%u/task", sources->proc, pid) >=
	    (int)sizeof(directory))
		return -ENAMETOOLONG;
	r = proc_list(directory, &ids, &count);
	if (r < 0)
		return has_ended(r) ? 0 : r;
	for (i = 0; i < count && r == 0; i++)
		r = add_native(sources, pid, ids[i], known, threads);
	return r;
}

static int add_all_native(const struct restricted_sources *sources, struct threads *threads)
{
	_cleanup_(freep) unsigned *pids = NULL;
	size_t known = threads->count, count, i;
	int r = proc_list(sources->proc, &pids, &count);

	for (i = 0; r == 0 && i < count; i++)
		r = add_native_process(sources, pids[i], known, threads);
	return r;
}

/* By process, and in it by thread. */
static int compare_threads(const void *left, const void *right)
{
	const struct thread *l = left, *r = right;

	return l->pid == r->pid ? compare_ids(l, r) : (l->pid > r->pid) - (l->pid < r->pid);
}

/* Leave only those that are restricted, sorted. */
static void sift(struct threads *threads, unsigned last)
{
	struct capset known = capset_up_to(last);
	size_t kept = 0, i;

	for (i = 0; i < threads->count; i++) {
		struct thread *thread = &threads->list[i];

		thread->userns = capset_and(thread->userns, known);
		if (is_restricted(thread, known))
			threads->list[kept++] = *thread;
	}
	threads->count = kept;
	if (kept)
		qsort(threads->list, kept, sizeof(*threads->list), compare_threads);
}

/* ---- daemons ---- */

static bool is_service(const struct restricted_sources *sources, const char *name)
{
	const char *const *directory;
	char path[512];

	for (directory = sources->pam; *directory; directory++)
		if (snprintf(path, sizeof(path), "%s/%s", *directory, name) < (int)sizeof(path) &&
		    access(path, F_OK) == 0)
			return true;
	return false;
}

/*
 * Does nobody wait for it, as for a daemon? Such a process is a child of process 1, or of a user's
 * manager, below which desktops run terminals.
 */
static bool is_detached(const struct restricted_sources *sources, unsigned parent)
{
	char name[PROC_NAME], first[PROC_NAME];

	return parent == 1 ||
	       (proc_read_name(sources->proc, parent, name) == 0 &&
		proc_read_name(sources->proc, 1, first) == 0 && strcmp(name, first) == 0);
}

/*
 * Does it wait for a session that it has opened? So do sshd's process for each connection, and
 * login, which have then put themselves into that login. The children of a daemon are in others.
 */
static bool has_session(const struct restricted_sources *sources, unsigned pid)
{
	_cleanup_(freep) unsigned *pids = NULL;
	unsigned own = 0, login;
	size_t count = 0, i;

	if (proc_list(sources->proc, &pids, &count) < 0)
		return false;
	proc_read_login(sources->proc, pid, &own);
	for (i = 0; i < count; i++) {
		struct proc_status status;

		if (proc_read_status(sources->proc, pids[i], &status) < 0 || status.parent != pid)
			continue;
		login = 0; /* without audit: that of everybody */
		proc_read_login(sources->proc, pids[i], &login);
		if (login == own)
			return true;
	}
	return false;
}

/*
 * By the file that it runs: the name is for whoever starts it to choose. What anybody can start
 * as root, such as su, is no daemon either.
 */
static bool runs_service(const struct restricted_sources *sources, unsigned pid)
{
	char program[PROC_NAME];
	bool setuid;

	return proc_read_program(sources->proc, pid, program, &setuid) == 0 && !setuid &&
	       is_service(sources, program);
}

static bool is_daemon(const struct restricted_sources *sources, const struct restricted *process,
		      const struct proc_status *status)
{
	return process->thread == 0 && status->root && runs_service(sources, process->pid) &&
	       is_detached(sources, status->parent) && !has_session(sources, process->pid);
}

/* ---- processes ---- */

static bool is_same_state(const struct thread *a, const struct thread *b)
{
	return capset_equal(a->userns, b->userns) && a->depth == b->depth && a->flags == b->flags &&
	       a->has_flags == b->has_flags && a->session == b->session;
}

/* Fill in what proc(5) tells. */
static int identify(const struct restricted_sources *sources, struct restricted *entry)
{
	unsigned id = entry->thread ? entry->thread : entry->pid;
	struct proc_status status;
	int r = proc_read_status(sources->proc, id, &status);

	if (r == 0)
		r = proc_read_name(sources->proc, id, entry->name);
	if (r < 0)
		return r;
	entry->uid = status.uid;
	entry->daemon = is_daemon(sources, entry, &status);
	return 0;
}

/* An entry for the first of some threads of a process, and those that are in the same state. */
static int add_entry(const struct restricted_sources *sources, const struct thread *threads,
		     size_t count, struct restricted *list, size_t *list_count)
{
	struct restricted *entry = &list[*list_count];
	size_t i;
	int r;

	*entry = (struct restricted){
		.pid = threads->pid,
		.thread = threads->id == threads->pid ? 0 : threads->id,
		.userns = threads->userns,
		.depth = threads->depth,
		.has_flags = threads->has_flags,
		.session = threads->session,
		.create = !(threads->flags & USERNS_NO_CREATE),
		.strict = threads->flags & USERNS_STRICT,
	};
	for (i = 0; i < count; i++)
		entry->threads += is_same_state(&threads[i], threads);
	r = identify(sources, entry);
	if (r == 0)
		(*list_count)++;
	return has_ended(r) ? 0 : r;
}

/* Threads of one process: an entry for each state that is among them. */
static int add_process(const struct restricted_sources *sources, const struct thread *threads,
		       size_t count, struct restricted *list, size_t *list_count)
{
	size_t i, j;
	int r = 0;

	for (i = 0; i < count && r == 0; i++) {
		for (j = 0; j < i && !is_same_state(&threads[j], &threads[i]); j++)
			;
		if (j == i)
			r = add_entry(sources, &threads[i], count - i, list, list_count);
	}
	return r;
}

static int add_processes(const struct restricted_sources *sources, const struct threads *threads,
			 struct restricted *list, size_t *list_count)
{
	size_t first, end;
	int r = 0;

	for (first = 0; first < threads->count && r == 0; first = end) {
		for (end = first + 1; end < threads->count; end++)
			if (threads->list[end].pid != threads->list[first].pid)
				break;
		r = add_process(sources, &threads->list[first], end - first, list, list_count);
	}
	return r;
}

int restricted_find(const struct restricted_sources *sources, struct restricted **ret_list,
		    size_t *ret_count)
{
	_cleanup_(threads_clear) struct threads threads = { 0 };
	_cleanup_(freep) struct restricted *list = NULL;
	size_t count = 0;
	int r = add_records(sources, &threads);

	if (r == 0 && sources->native)
		r = add_all_native(sources, &threads);
	if (r < 0)
		return r;
	sift(&threads, sources->last);
	list = calloc(threads.count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	r = add_processes(sources, &threads, list, &count);
	if (r < 0)
		return r;
	*ret_list = list;
	*ret_count = count;
	list = NULL;
	return 0;
}
