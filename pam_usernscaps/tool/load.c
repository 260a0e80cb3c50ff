// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* load, reload and unload: the commands for the BPF provider. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/audit_text.h"
#include "base/cleanup.h"
#include "bpf/loader.h"
#include "command.h"
#include "digest.h"
#include "inspect/proc.h"
#include "kernel/userns.h"
#include "mask.h"
#include "print.h"
#include "session/session.h"

/* Does the kernel have a userns set of its own, so that the programs only guard it? */
static bool is_native(void)
{
	struct userns userns;

	return userns_find(&kernel_linux, &userns) == 0 && userns.kind == USERNS_NATIVE;
}

/* Say which parts of a capability the programs that were loaded can't tell apart, if any. */
static void say_vague(void)
{
	struct userns userns;
	struct capset blurred;
	char text[CAPSET_TEXT];

	if (userns_find(&kernel_linux, &userns) < 0)
		return;
	blurred = userns_blurred(&userns);
	if (!capset_is_empty(blurred))
		ctl_error("on this kernel the programs can't tell these apart, so who loses one "
			  "loses all: %s",
			  capset_list(blurred, text));
}

/* Say on the audit trail what was done to the programs, and which rules there are. */
static void audit(const char *op, bool success)
{
	const struct config_site site = session_site(NULL, false);
	struct audit_text text = { .size = 0 };

	audit_text_add(&text, "op=usernscaps_%s", op);
	audit_text_add_value(&text, "version", VERSION);
	ctl_digest_rules(&text, &site);
	ctl_audit_policy(text.buf, success);
}

/* What comes after a load or reload. @r: what that returned */
static int finish(const char *op, int r, const struct loader_problem *problem)
{
	audit(op, r == 0);
	if (r < 0)
		return ctl_error("%s", problem->text);
	say_vague();
	return CTL_OK;
}

enum { REPLACE };

static const struct command_option load_options[] = {
	[REPLACE] = { .name = "replace", .help = "replace programs that are loaded already" },
	{ .name = NULL },
};

static int load(const struct command_call *call)
{
	struct loader_problem problem;
	int r = -ENOENT;

	if (call->values[REPLACE])
		r = loader_reload(&loader_paths, &problem);
	if (r == -ENOENT)
		r = loader_load(&loader_paths, &problem);
	if (r == -EOPNOTSUPP && is_native()) {
		ctl_error("the kernel has a userns set of its own; nothing guards it against the "
			  "owner bypass: %s",
			  problem.text);
		return CTL_OK;
	}
	return finish("load", r, &problem);
}

const struct command command_load = {
	.name = "load",
	.operands = "",
	.summary = "load the BPF programs that provide userns sets",
	.options = load_options,
	.run = load,
};

static const struct command_option no_options[] = { { .name = NULL } };

static int reload(const struct command_call *call)
{
	struct loader_problem problem;
	int r = loader_reload(&loader_paths, &problem);

	(void)call;
	return finish("reload", r, &problem);
}

const struct command command_reload = {
	.name = "reload",
	.operands = "",
	.summary = "replace the BPF programs that are loaded, while people are logged in",
	.options = no_options,
	.run = reload,
};

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

/*
 * Print the processes that would be set free, as far as they are visible here. Returns their
 * number.
 */
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

/* Broken programs can be unloaded too. Then the mask is unknown. */
static struct capset read_mask(void)
{
	struct loader_problem ignored;
	struct capset mask = CAPSET_ALL;

	loader_mask(&loader_paths, &mask, &ignored);
	return mask;
}

enum { FORCE };

static const struct command_option unload_options[] = {
	[FORCE] = { .name = "force",
		    .help = "even if processes are restricted or there is a mask: they are set "
			    "free, "
			    "and it is lifted" },
	{ .name = NULL },
};

static int unload(const struct command_call *call)
{
	bool force = call->values[FORCE];
	struct loader_problem problem;
	unsigned last;
	struct capset mask;
	bool lifts;
	int r;

	if (ctl_find_last(&last) != CTL_OK)
		return CTL_FAILED;
	mask = read_mask();
	lifts = !capset_is_subset(capset_up_to(last), mask);
	if (lifts && !force) {
		audit("unload", false);
		return refuse_mask(mask, last);
	}
	r = loader_unload(&loader_paths, force, &problem);
	audit(force ? "unload_force" : "unload", r == 0);
	if (r == -EBUSY && report_restricted())
		return CTL_FAILED;
	if (r < 0)
		return ctl_error("%s", problem.text);
	if (lifts)
		ctl_log_mask("bpf", "unloaded", mask, CAPSET_ALL, last);
	return CTL_OK;
}

const struct command command_unload = {
	.name = "unload",
	.operands = "",
	.summary = "remove the BPF programs",
	.options = unload_options,
	.run = unload,
};
