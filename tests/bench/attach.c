// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Runs a command with BPF LSM programs attached, and detaches them when it has ended.
 *
 * Usage: attach OBJECT [PROGRAM]... -- COMMAND...
 *   PROGRAM  by its name in the object file; all where none is named
 *
 * Exits with 0 if the command did, else with 1; with 2 if it was not run.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

static bool is_wanted(const char *name, char **names)
{
	if (strcmp(*names, "--") == 0)
		return true;
	for (; strcmp(*names, "--") != 0; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* Returns how many were attached, or -1. The links last until this process ends. */
static int attach(const char *path, char **names)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	int count = 0;

	if (!object || bpf_object__load(object))
		return -1;
	bpf_object__for_each_program(program, object)
	{
		if (!is_wanted(bpf_program__name(program), names))
			continue;
		if (!bpf_program__attach(program))
			return -1;
		count++;
	}
	return count;
}

static int run(char **words)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execv(*words, words);
		perror(*words);
		_exit(2);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 2;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	int words = 2; /* where COMMAND begins */
	int count;

	while (words < argc && strcmp(argv[words], "--") != 0)
		words++;
	if (words + 1 >= argc) {
		fprintf(stderr, "Usage: attach OBJECT [PROGRAM]... -- COMMAND...\n");
		return 2;
	}
	count = attach(argv[1], argv + 2);
	if (count <= 0 || (words > 2 && count != words - 2)) {
		fprintf(stderr, "attach: %s: not what was asked for\n", argv[1]);
		return 2;
	}
	return run(argv + words + 1);
}
