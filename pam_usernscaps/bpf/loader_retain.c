// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Programs that tasks may be on their way into: see loader_retain(). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "loader_pins.h"

static int retained_path(const struct loader_paths *paths, const char *generation, const char *name,
			 const char *suffix, char path[static PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s/%s%s%s", paths->pins, generation, name, suffix);

	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int release(const struct loader_paths *paths, const char *generation,
		   struct loader_problem *problem)
{
	char path[PATH_MAX];
	int r = retained_path(paths, generation, "", "", path);

	if (r)
		return loader_fail(problem, r, "can't remove %s: %s", generation, strerror(-r));
	r = loader_unpin_others(path, problem);
	if (!r && rmdir(path) && errno != ENOENT)
		r = loader_fail_errno(problem, "remove", path);
	return r;
}

int loader_release(const struct loader_paths *paths, struct loader_problem *problem)
{
	int r = release(paths, "older", problem);

	return r ? r : release(paths, "old", problem);
}

/* What was retained by the last reload is older now. */
static int age(const struct loader_paths *paths, struct loader_problem *problem)
{
	char older[PATH_MAX], old[PATH_MAX];
	int r = release(paths, "older", problem);

	if (r)
		return r;
	r = retained_path(paths, "older", "", "", older);
	if (!r)
		r = retained_path(paths, "old", "", "", old);
	if (!r && rename(old, older) && errno != ENOENT)
		r = -errno;
	if (!r && mkdir(old, 0700))
		r = -errno;
	return r ? loader_fail(problem, r, "can't make %s/old: %s", paths->pins, strerror(-r)) : 0;
}

static int retain(const struct loader_paths *paths, int program, enum loader_pin pin,
		  const char *suffix)
{
	char name[64], path[PATH_MAX];
	int r;

	snprintf(name, sizeof(name), "/%s", loader_pin_names[pin]);
	r = retained_path(paths, "old", name, suffix, path);
	return r ? r : bpf_obj_pin(program, path);
}

int loader_retain(const struct loader_paths *paths, struct userns_bpf *skeleton,
		  struct loader_problem *problem)
{
	int r = age(paths, problem);

	if (r)
		return r;
	for (enum loader_pin pin = LOADER_FIRST_LINK; !r && pin < LOADER_PIN_COUNT; pin++) {
		_cleanup_(closep) int program = loader_open_program(paths, pin);

		if (program >= 0)
			r = retain(paths, program, pin, "-before");
		if (!r)
			r = retain(paths, loader_program(skeleton, pin), pin, "-after");
	}
	return r ? loader_fail(problem, r, "can't pin programs in %s/old: %s", paths->pins,
			       strerror(-r))
		 : 0;
}
