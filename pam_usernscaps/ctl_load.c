// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* load, reload and unload: the BPF provider's coming and going. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bpf/loader.h"
#include "cleanup.h"
#include "ctl.h"
#include "proc.h"
#include "userns.h"

/* Does the kernel bound namespaces itself, so that the programs are a guard and no necessity? */
static bool is_native(void)
{
	struct userns userns;

	return userns_find(&kernel_linux, &userns) == 0 && userns.kind == USERNS_NATIVE;
}

int ctl_load(int argc, char **argv)
{
	bool replace = argc == 2 && strcmp(argv[1], "--replace") == 0;
	struct loader_problem problem;
	int r = -ENOENT;

	if (argc > 1 && !replace)
		return ctl_usage_error("load", "expected nothing or --replace");
	if (replace)
		r = loader_reload(&loader_paths, &problem);
	if (r == -ENOENT)
		r = loader_load(&loader_paths, &problem);
	if (r == -EOPNOTSUPP && is_native()) {
		ctl_error("the kernel has a userns set of its own; nothing guards it against the "
			  "owner bypass: %s",
			  problem.text);
		return CTL_OK;
	}
	return r < 0 ? ctl_error("%s", problem.text) : CTL_OK;
}

int ctl_reload(int argc, char **argv)
{
	struct loader_problem problem;

	(void)argv;
	if (argc > 1)
		return ctl_usage_error("reload", "expected no arguments");
	if (loader_reload(&loader_paths, &problem) < 0)
		return ctl_error("%s", problem.text);
	return CTL_OK;
}

static void print_process(unsigned pid)
{
	char name[PROC_NAME] = "?";

	proc_read_name("/proc", pid, name);
	printf("%8u %s\n", pid, name);
}

/* One line for each process, however many threads of it are restricted. */
static size_t print_processes(const struct userns_record *records, size_t count)
{
	size_t processes = 0, i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < i && records[j].tgid != records[i].tgid; j++)
			;
		if (j < i)
			continue;
		print_process(records[i].tgid);
		processes++;
	}
	return processes;
}

/* Who would be set free, as far as they can be seen from here. Returns how many that are. */
static size_t report_restricted(void)
{
	_cleanup_(freep) struct userns_record *records = NULL;
	struct loader_problem ignored;
	size_t count;

	if (loader_read(&loader_paths, &records, &count, &ignored) < 0 || count == 0)
		return 0;
	count = print_processes(records, count);
	ctl_error("%zu processes would no longer be restricted: use --force to set them free",
		  count);
	return count;
}

/* The mask goes with the programs. */
static int refuse_mask(struct capset mask, unsigned last)
{
	char text[CAPSET_TEXT];

	report_restricted(); /* --force is for both */
	return ctl_error("the system mask, %s, would be lifted: use --force to lift it",
			 capset_format(mask, last, text));
}

/* Broken programs can be unloaded, too: then nothing is known of a mask. */
static struct capset read_mask(void)
{
	struct loader_problem ignored;
	struct capset mask = CAPSET_ALL;

	loader_mask(&loader_paths, &mask.bits, &ignored);
	return mask;
}

int ctl_unload(int argc, char **argv)
{
	bool force = argc == 2 && strcmp(argv[1], "--force") == 0;
	struct loader_problem problem;
	struct kernel_sets own;
	struct capset mask;
	bool lifts;
	int r;

	if (argc > 1 && !force)
		return ctl_usage_error("unload", "expected nothing or --force");
	if (kernel_linux.read_sets(kernel_linux.context, &own) < 0)
		return ctl_error("can't read the capability sets of this kernel");
	mask = read_mask();
	lifts = !capset_is_subset(capset_up_to(own.last), mask);
	if (lifts && !force)
		return refuse_mask(mask, own.last);
	r = loader_unload(&loader_paths, force, &problem);
	if (r == -EBUSY && report_restricted())
		return CTL_FAILED;
	if (r < 0)
		return ctl_error("%s", problem.text);
	if (lifts)
		ctl_log_mask("bpf", "unloaded", mask, CAPSET_ALL, own.last);
	return CTL_OK;
}
