// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* How many tasks are restricted, and how many there can be. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "accounts.h"
#include "base/cleanup.h"
#include "loader_parts.h"

/* Where programs of USERNS_LAYOUT 2 and before keep all states: a hash map. */
#define OLDER_STATES "states"

/*
 * The overflow has room for one entry for so many bytes of memory. The kernel's own structure of a
 * task is larger.
 */
#define MEMORY_PER_ENTRY 4096
/* For each there are 16 bytes, which is taken as the map is made: this many are 64 MiB. */
#define OVERFLOW_MAX (1U << 22)
#define OVERFLOW_MIN (1U << 10)

/* A user can have at most one entry of so many. */
#define SHARES 4

/* No task can have a number above this: PID_MAX_LIMIT of include/linux/threads.h. */
#define TASKS_MAX (4 * 1024 * 1024)

/* ---- how many there can be ---- */

/* The first line has to be a number, but 0, between two words. */
static int read_number(const char *path, const char *before, const char *after, const char *what,
		       unsigned long *ret_number, struct loader_problem *problem)
{
	char text[64];
	char *end;
	int r = loader_read_text(path, text, sizeof(text));

	if (r)
		return loader_fail(problem, r, "can't read %s: %s", path, strerror(-r));
	if (!strncmp(text, before, strlen(before))) {
		*ret_number = strtoul(text + strlen(before), &end, 10);
		if (*ret_number && !strcmp(end, after))
			return 0;
	}
	return loader_fail(problem, -EINVAL, "%s holds no number of %s: \"%s\"", path, what, text);
}

int loader_overflow_size(const struct loader_paths *paths, unsigned *ret_size,
			 struct loader_problem *problem)
{
	unsigned long kib = 0;
	unsigned size = OVERFLOW_MIN;
	int r = read_number(paths->meminfo, "MemTotal:", " kB", "kilobytes", &kib, problem);

	if (r)
		return r;
	while (size < OVERFLOW_MAX && size <= kib / (MEMORY_PER_ENTRY / 1024) / 2)
		size *= 2;
	*ret_size = size;
	return 0;
}

int loader_share(const struct loader_paths *paths, size_t room, unsigned *ret_share,
		 struct loader_problem *problem)
{
	unsigned long tasks = 0;
	int r = read_number(paths->threads_max, "", "", "tasks", &tasks, problem);

	if (r)
		return r;
	if (tasks > TASKS_MAX)
		tasks = TASKS_MAX;
	*ret_share = (unsigned)(2 * tasks < room / SHARES ? 2 * tasks : room / SHARES);
	return 0;
}

/* ---- how many there are ---- */

/*
 * Nobody is missed: the kernel copies all slots in one read section of RCU. A task that forks a
 * child meanwhile to where has been copied already isn't freed before the copy is done.
 */
static int count_slots(int fd, size_t *ret_count)
{
	_cleanup_(freep) struct userns_slot *slots = calloc(USERNS_SLOTS, sizeof(*slots));
	const int key = 0;
	size_t count = 0;

	if (!slots)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &key, slots))
		return -errno;
	for (size_t i = 0; i < USERNS_SLOTS; i++)
		count += (slots[i].key != USERNS_SLOT_FREE) + slots[i].elsewhere;
	*ret_count = count;
	return 0;
}

/* Of a hash map. To find nobody is one call, so what is said above holds here, too. */
static int count_elements(int fd, const struct bpf_map_info *info, size_t *ret_count)
{
	_cleanup_(freep) void *key = malloc(info->key_size);
	size_t count = 0;
	int r;

	if (!key)
		return -ENOMEM;
	r = bpf_map_get_next_key(fd, NULL, key);
	/* A bounded number of times: the kernel starts again if a key is gone. */
	for (; !r && count < info->max_entries; count++)
		r = bpf_map_get_next_key(fd, key, key);
	if (r && r != -ENOENT)
		return r;
	*ret_count = count;
	return 0;
}

/* Of programs of an older layout. */
static int count_older(const struct loader_paths *paths, struct loader_entries *entries)
{
	struct bpf_map_info info;
	char path[PATH_MAX];
	_cleanup_(closep) int fd = -1;
	int r;

	if (snprintf(path, sizeof(path), "%s/%s", paths->pins, OLDER_STATES) >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = bpf_obj_get(path);
	r = loader_info(fd, &info, sizeof(info));
	if (!r)
		r = count_elements(fd, &info, &entries->count);
	if (!r)
		entries->room = info.max_entries;
	return r;
}

static int count(const struct loader_paths *paths, struct loader_entries *entries)
{
	_cleanup_(closep) int slots = loader_open_pin(paths, LOADER_SLOTS);
	_cleanup_(closep) int overflow = loader_open_pin(paths, LOADER_OVERFLOW);
	struct bpf_map_info info;
	int r;

	if (slots == -ENOENT)
		return count_older(paths, entries);
	if (slots < 0)
		return slots;
	r = loader_info(slots, &info, sizeof(info));
	if (!r && info.value_size != USERNS_SLOTS * sizeof(struct userns_slot))
		r = -EPROTO;
	if (!r)
		r = count_slots(slots, &entries->count);
	if (r)
		return r;
	entries->room = USERNS_SLOTS;
	if (!loader_info(overflow, &info, sizeof(info)))
		entries->room += info.max_entries;
	return 0;
}

int loader_count(const struct loader_paths *paths, struct loader_entries *ret_entries,
		 struct loader_problem *ret_problem)
{
	struct loader_entries entries = { 0 };
	int r = count(paths, &entries);

	if (r)
		return loader_fail(ret_problem, r, "can't read %s/%s: %s", paths->pins,
				   loader_pin_names[LOADER_SLOTS], strerror(-r));
	*ret_entries = entries;
	return 0;
}

int loader_find_most(const struct loader_paths *paths, struct loader_most *ret_most)
{
	_cleanup_(closep) int fd = loader_open_pin(paths, LOADER_ACCOUNTS);
	_cleanup_(freep) uint64_t *accounts = calloc(USERNS_ACCOUNTS, sizeof(*accounts));
	struct loader_most most = { 0 };
	struct bpf_map_info info;
	const int key = 0;
	int r = loader_info(fd, &info, sizeof(info));

	if (r)
		return r;
	if (info.value_size != USERNS_ACCOUNTS * sizeof(*accounts))
		return -EPROTO;
	if (!accounts)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &key, accounts))
		return -errno;
	for (size_t i = 0; i < USERNS_ACCOUNTS; i++)
		if (accounts_count(accounts[i]) > most.count)
			most = (struct loader_most){ .count = accounts_count(accounts[i]),
						     .uid = accounts_uid(accounts[i]) };
	*ret_most = most;
	return 0;
}
