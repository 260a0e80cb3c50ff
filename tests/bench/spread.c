// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * How many of the unrestricted tasks pay for a look-up in the overflow, because a restricted one
 * that shares their slot has its state there?
 *
 * Usage: spread OBJECT RESTRICTED UNRESTRICTED    (as root)
 *   OBJECT  that of spread.bpf.c
 *        spread memory DIR MAP...
 *
 * Has so many children of each kind, which are born in turn and stay, and prints what it sees. Or
 * prints how much memory the kernel says that the maps take which are pinned in DIR.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../pam_usernscaps/bpf/abi.h"
#include "spread.h"

#define PINS "/sys/fs/bpf/usernscaps"

static void stop(const char *what)
{
	fprintf(stderr, "spread: %s: %s\n", what, strerror(errno));
	kill(0, SIGTERM);
	exit(2);
}

/* A process that has so many children; a restricted one if @keep is less than all. */
static void have_children(unsigned long count, unsigned long keep_low, int ready)
{
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
	prctl(USERNS_PRCTL, (unsigned long)USERNS_KEEP, keep_low, 0xffffffffUL, 0UL);
	for (; count > 0; count--) {
		pid_t pid = fork();

		if (pid < 0)
			stop("fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
			for (;;)
				pause();
		}
	}
	if (write(ready, "", 1) != 1)
		stop("write");
	for (;;)
		pause();
}

static void populate(unsigned long restricted, unsigned long unrestricted)
{
	char byte;
	int ready[2];

	if (pipe(ready))
		stop("pipe");
	if (fork() == 0)
		have_children(restricted, 0xffffefff, ready[1]);
	if (fork() == 0)
		have_children(unrestricted, 0xffffffff, ready[1]);
	for (int i = 0; i < 2; i++)
		if (read(ready[0], &byte, 1) != 1)
			stop("read");
}

static int use_pinned(struct bpf_object *object, const char *name, const char *pin)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);
	char path[256];

	snprintf(path, sizeof(path), PINS "/%s", pin);
	return map ? bpf_map__reuse_fd(map, bpf_obj_get(path)) : -1;
}

/* Open an iterator over the tasks that works on the provider's maps. */
static int open_iterator(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_link *link;

	if (!object || use_pinned(object, ".bss", "slots") ||
	    use_pinned(object, "overflow", "overflow") || bpf_object__load(object))
		stop(path);
	link = bpf_program__attach_iter(bpf_object__next_program(object, NULL), NULL);
	if (!link)
		stop("attach");
	return bpf_iter_create(bpf_link__fd(link));
}

/* [restricted][in the overflow, or looked for there] */
static void print(unsigned long counts[2][2])
{
	unsigned long restricted = counts[1][0] + counts[1][1];
	unsigned long others = counts[0][0] + counts[0][1];

	printf("spread: %lu of %lu restricted tasks have their state in the overflow; %lu of %lu "
	       "unrestricted ones pay for a look-up there (%.2f %%)\n",
	       counts[1][1], restricted, counts[0][1], others,
	       100.0 * (double)counts[0][1] / (double)others);
}

static int print_memory(const char *dir, char **names)
{
	for (; *names; names++) {
		char path[256], line[128];
		unsigned long bytes = 0;
		FILE *stream;

		snprintf(path, sizeof(path), "%s/%s", dir, *names);
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", bpf_obj_get(path));
		stream = fopen(path, "r");
		if (!stream)
			stop(path);
		while (fgets(line, sizeof(line), stream))
			sscanf(line, "memlock: %lu", &bytes);
		fclose(stream);
		printf("memory: %s %lu KiB\n", *names, bytes / 1024);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long counts[2][2] = { 0 };
	struct spread_record record;
	FILE *stream;

	if (argc > 3 && !strcmp(argv[1], "memory"))
		return print_memory(argv[2], argv + 3);
	if (argc != 4)
		return 2;
	setpgid(0, 0); /* stop() ends all of them, and nobody else */
	populate(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	stream = fdopen(open_iterator(argv[1]), "r");
	if (!stream)
		stop("iterate");
	while (fread(&record, sizeof(record), 1, stream) == 1)
		counts[record.is_restricted][record.looks_elsewhere]++;
	print(counts);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	return 0;
}
