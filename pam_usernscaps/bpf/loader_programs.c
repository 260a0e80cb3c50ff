// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What the kernel knows of the programs that are attached. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/cleanup.h"
#include "loader_parts.h"

_Static_assert(LOADER_PROGRAMS == LOADER_PIN_COUNT - LOADER_FIRST_LINK, "each link has a program");

/* The number of a hook's program, 0 where nothing is pinned. */
static int find_program(const struct loader_paths *paths, enum loader_pin pin, uint32_t *ret_id)
{
	struct bpf_link_info info = {};
	char path[PATH_MAX];
	int r = loader_pin_path(paths->pins, pin, path);

	if (!r)
		r = loader_link_info(path, &info);
	if (r && r != -ENOENT)
		return r;
	*ret_id = info.prog_id;
	return 0;
}

/* Returns 0, -ENOENT where the program has gone, or -errno. */
static int count_misses(uint32_t id, uint64_t *ret_misses)
{
	_cleanup_(closep) int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info;
	int r = loader_info(fd, &info, sizeof(info));

	if (r == 0)
		*ret_misses = info.recursion_misses;
	return r;
}

static int read_program(const struct loader_paths *paths, enum loader_pin pin,
			struct loader_program *program)
{
	int r;

	*program = (struct loader_program){ .name = loader_pin_names[pin] };
	r = find_program(paths, pin, &program->id);
	if (r == 0 && program->id)
		r = count_misses(program->id, &program->recursion_misses);
	if (r == -ENOENT) /* replaced at this moment: look once more */
		r = find_program(paths, pin, &program->id);
	return r;
}

int loader_programs(const struct loader_paths *paths,
		    struct loader_program ret_programs[static LOADER_PROGRAMS],
		    struct loader_problem *ret_problem)
{
	struct loader_program programs[LOADER_PROGRAMS];
	enum loader_pin pin;

	loader_listen();
	if (access(paths->pins, F_OK))
		return loader_fail_errno(ret_problem, "look at", paths->pins);
	for (pin = LOADER_FIRST_LINK; pin < LOADER_PIN_COUNT; pin++) {
		int r = read_program(paths, pin, &programs[pin - LOADER_FIRST_LINK]);

		if (r < 0)
			return loader_fail(ret_problem, r, "can't look at %s/%s: %s", paths->pins,
					   loader_pin_names[pin], strerror(-r));
	}
	memcpy(ret_programs, programs, sizeof(programs));
	return 0;
}
