// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Replaces the loader in a build without the BPF provider. */
#include <errno.h>
#include <stdio.h>

#include "loader.h"

const struct loader_paths loader_paths = { .pins = "" };

static int refuse(struct loader_problem *problem)
{
	snprintf(problem->text, sizeof(problem->text),
		 "usernscapsctl was built without the BPF provider");
	return -EOPNOTSUPP;
}

void loader_examine(const struct loader_paths *paths, struct loader_examination *ret_examination)
{
	(void)paths;
	*ret_examination = (struct loader_examination){ 0 };
	ret_examination->errors[LOADER_NEED_BUILD] =
		refuse(&ret_examination->problems[LOADER_NEED_BUILD]);
}

int loader_check(const struct loader_paths *paths, struct loader_problem *ret_problem)
{
	(void)paths;
	return refuse(ret_problem);
}

int loader_load(const struct loader_paths *paths, struct loader_problem *ret_problem)
{
	(void)paths;
	return refuse(ret_problem);
}

int loader_reload(const struct loader_paths *paths, struct loader_problem *ret_problem)
{
	(void)paths;
	return refuse(ret_problem);
}

int loader_unload(const struct loader_paths *paths, bool force, struct loader_problem *ret_problem)
{
	(void)paths;
	(void)force;
	return refuse(ret_problem);
}

int loader_read(const struct loader_paths *paths, struct userns_record **ret_records,
		size_t *ret_count, struct loader_problem *ret_problem)
{
	(void)paths;
	(void)ret_records;
	(void)ret_count;
	return refuse(ret_problem);
}

int loader_read_sessions(const struct loader_paths *paths, struct userns_session **ret_sessions,
			 size_t *ret_count, struct loader_problem *ret_problem)
{
	(void)paths;
	(void)ret_sessions;
	(void)ret_count;
	return refuse(ret_problem);
}

int loader_log_open(const struct loader_paths *paths, struct loader_log **ret_log,
		    struct loader_problem *ret_problem)
{
	(void)paths;
	(void)ret_log;
	return refuse(ret_problem);
}

/* The rest is only called with what loader_log_open() returns. */

void loader_log_close(struct loader_log *log)
{
	(void)log;
}

bool loader_log_is_current(const struct loader_log *log)
{
	(void)log;
	return false;
}

int loader_log_wait(struct loader_log *log, int ms)
{
	(void)log;
	(void)ms;
	return -EOPNOTSUPP;
}

bool loader_log_has_news(struct loader_log *log, unsigned place)
{
	(void)log;
	(void)place;
	return false;
}

bool loader_log_find(const struct loader_log *log, uint64_t id, struct userns_session *ret_session)
{
	(void)log;
	(void)id;
	(void)ret_session;
	return false;
}

bool loader_log_read(const struct loader_log *log, unsigned place,
		     struct userns_session *ret_session)
{
	(void)log;
	(void)place;
	(void)ret_session;
	return false;
}

void loader_log_told(struct loader_log *log, unsigned place, uint64_t id, unsigned kind,
		     uint64_t count)
{
	(void)log;
	(void)place;
	(void)id;
	(void)kind;
	(void)count;
}

void loader_log_ended(struct loader_log *log, unsigned place, uint64_t id)
{
	(void)log;
	(void)place;
	(void)id;
}

int loader_count(const struct loader_paths *paths, struct loader_entries *ret_entries,
		 struct loader_problem *ret_problem)
{
	(void)paths;
	(void)ret_entries;
	return refuse(ret_problem);
}

int loader_find_most(const struct loader_paths *paths, struct loader_most *ret_most)
{
	(void)paths;
	(void)ret_most;
	return -EOPNOTSUPP;
}

int loader_share(const struct loader_paths *paths, size_t room, unsigned *ret_share,
		 struct loader_problem *ret_problem)
{
	(void)paths;
	(void)room;
	(void)ret_share;
	return refuse(ret_problem);
}

int loader_programs(const struct loader_paths *paths,
		    struct loader_program ret_programs[static LOADER_PROGRAMS],
		    struct loader_problem *ret_problem)
{
	(void)paths;
	(void)ret_programs;
	return refuse(ret_problem);
}

int loader_system(const struct loader_paths *paths, struct userns_system *ret_system,
		  struct loader_problem *ret_problem)
{
	(void)paths;
	(void)ret_system;
	return refuse(ret_problem);
}

int loader_mask(const struct loader_paths *paths, struct capset *ret_mask,
		struct loader_problem *ret_problem)
{
	(void)paths;
	(void)ret_mask;
	return refuse(ret_problem);
}

int loader_mask_shrink(const struct loader_paths *paths, struct capset keep,
		       struct capset *ret_before, struct loader_problem *ret_problem)
{
	(void)paths;
	(void)keep;
	(void)ret_before;
	return refuse(ret_problem);
}

int loader_mask_reset(const struct loader_paths *paths, struct capset *ret_before,
		      struct loader_problem *ret_problem)
{
	(void)paths;
	(void)ret_before;
	return refuse(ret_problem);
}
