// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* May the programs go? Only where nobody is restricted, and nobody can be any more. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "loader_pins.h"

/* Milliseconds until tasks that have ended are freed: a grace period of RCU, and what it calls. */
#define ENDED_MS 5000

/* ---- is anybody restricted? ---- */

struct census {
	const struct loader_paths *paths;
	struct loader_problem *problem;
	struct loader_entries entries;
	int error;
};

static bool is_done(void *argument)
{
	struct census *census = argument;

	census->error = loader_count(census->paths, &census->entries, census->problem);
	return census->error || !census->entries.count;
}

/* Could all counted tasks have ended? If it can't be read, no. */
static bool is_nobody_seen(const struct loader_paths *paths)
{
	_cleanup_(freep) struct userns_record *records = NULL;
	struct loader_problem ignored;
	size_t count;

	return !loader_read(paths, &records, &count, &ignored) && !count;
}

/* @wait_ms: how long to wait for tasks that have ended to be freed */
static int fail_if_restricted(const struct loader_paths *paths, int wait_ms, const char *why,
			      struct loader_problem *problem)
{
	struct census census = { .paths = paths, .problem = problem };

	if (loader_wait(is_done, &census, wait_ms))
		return loader_fail(problem, -EBUSY, "%zu tasks are restricted, and %s",
				   census.entries.count, why);
	if (census.error != -ENOENT)
		return census.error;
	return loader_fail(problem, -EUCLEAN,
			   "who is restricted can't be known without %s/%s; \"usernscapsctl unload "
			   "--force\" removes the programs nevertheless",
			   paths->pins, loader_pin_names[LOADER_SLOTS]);
}

/* ---- can anybody be? ---- */

static bool is_silent(void *nothing)
{
	(void)nothing;
	return !loader_is_answering();
}

/*
 * Wait for a grace period of RCU, as the kernel does after a change to a map of maps. Not by
 * membarrier(2), which refuses it on kernels with nohz_full, and on one processor does not wait.
 */
static int wait_for_readers(void)
{
	_cleanup_(closep) int inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, 1, NULL);
	const struct bpf_map_create_opts options = { .sz = sizeof(options),
						     .inner_map_fd = (__u32)inner };
	_cleanup_(closep) int outer = -1;
	const int key = 0;

	if (inner < 0)
		return inner;
	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, NULL, 4, 4, 1, &options);
	if (outer < 0)
		return outer;
	return bpf_map_update_elem(outer, &key, &inner, BPF_ANY);
}

/*
 * Stop answering prctl(2), and wait for calls in progress. The caller holds the program, so
 * loader_unpin() would wait for itself.
 */
static int silence(const struct loader_paths *paths, struct loader_problem *problem)
{
	char path[PATH_MAX];
	int r = loader_pin_path(paths->pins, LOADER_PRCTL, path);

	if (!r && unlink(path) && errno != ENOENT)
		r = -errno;
	if (!r)
		r = loader_wait(is_silent, NULL, LOADER_WAIT_MS);
	if (!r)
		r = wait_for_readers();
	return r ? loader_fail(problem, r, "can't remove %s: %s", path, strerror(-r)) : 0;
}

static int fail_without_prctl(const struct loader_paths *paths, int error,
			      struct loader_problem *problem)
{
	return loader_fail(problem, error,
			   "can't attach %s/%s again: %s; until the version that is loaded does so "
			   "by \"usernscapsctl reload\", nobody can be restricted",
			   paths->pins, loader_pin_names[LOADER_PRCTL], strerror(-error));
}

/* Unless somebody has restricted themselves since the first look. */
static int silence_unless_restricted(const struct loader_paths *paths, const char *why,
				     struct loader_problem *problem)
{
	_cleanup_(closep) int program = loader_open_program(paths, LOADER_PRCTL);
	int again, r;

	if (program < 0 && program != -ENOENT)
		return loader_fail(problem, program, "can't open the program of %s/%s: %s",
				   paths->pins, loader_pin_names[LOADER_PRCTL], strerror(-program));
	r = silence(paths, problem);
	if (!r)
		r = fail_if_restricted(paths, 0, why, problem);
	if (!r || program < 0)
		return r;
	again = loader_attach_again(paths, LOADER_PRCTL, program);
	return again ? fail_without_prctl(paths, again, problem) : r;
}

int loader_withdraw(const struct loader_paths *paths, const char *why,
		    struct loader_problem *problem)
{
	int r = fail_if_restricted(paths, is_nobody_seen(paths) ? ENDED_MS : 0, why, problem);

	if (!r)
		r = loader_clear_next(paths, problem); /* it may answer, too */
	return r ? r : silence_unless_restricted(paths, why, problem);
}

/* ---- is there anything that could restrict? ---- */

/* What can't be checked counts as present. */
static bool is_pinned(const struct loader_paths *paths, enum loader_pin pin)
{
	char path[PATH_MAX];

	return loader_pin_path(paths->pins, pin, path) || !access(path, F_OK) || errno != ENOENT;
}

static bool is_attached(const struct loader_paths *paths)
{
	char next[PATH_MAX];

	for (enum loader_pin pin = LOADER_FIRST_LINK; pin < LOADER_PIN_COUNT; pin++)
		if (is_pinned(paths, pin))
			return true;
	return loader_next_path(paths, next) || !access(next, F_OK) || errno != ENOENT;
}

static bool has_all_maps(const struct loader_paths *paths)
{
	for (enum loader_pin pin = 0; pin < LOADER_FIRST_LINK; pin++)
		if (!is_pinned(paths, pin))
			return false;
	return true;
}

bool loader_is_leftover(const struct loader_paths *paths)
{
	struct loader_problem ignored;
	struct loader_entries entries;

	if (is_attached(paths))
		return false;
	if (!is_pinned(paths, LOADER_SLOTS))
		return true;
	if (has_all_maps(paths))
		return false;
	return !loader_count(paths, &entries, &ignored) && !entries.count;
}
