// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The admin's tool: which command is run. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "complete.h"
#include "options.h"
#include "print.h"

/* In the order of help. */
static const struct command *const commands[] = {
	&command_check,
	&command_explain,
	&command_edit,
	&command_diff,
	&command_load,
	&command_reload,
	&command_unload,
	&command_status,
	&command_doctor,
	&command_probe,
	&command_denials,
	&command_why,
	&command_log,
	&command_run,
	&command_mask,
	&command_help,
	NULL,
};

static void print_help(FILE *out)
{
	const struct command *const *command;

	fputs("Usage: usernscapsctl COMMAND [ARGUMENT...]\n\n", out);
	for (command = commands; *command; command++)
		fprintf(out, "  %-9s%s\n", (*command)->name, (*command)->summary);
	fputs("\n\"usernscapsctl COMMAND --help\" shows the options of a command.\n"
	      "\nA SPEC is \"all\" or \"none\", then \"+cap\" or \"-cap\", separated by commas:\n"
	      "\"all,-net_admin\". See usernscapsctl(8) and usernscaps.conf(5).\n",
	      out);
}

static const struct command *find_command(const char *name)
{
	struct nearest nearest = nearest_begin(name, strlen(name));
	const struct command *const *command;

	for (command = commands; *command; command++) {
		if (strcmp((*command)->name, name) == 0)
			return *command;
		nearest_try(&nearest, (*command)->name);
	}
	nearest_try(&nearest, "--help");
	nearest_try(&nearest, "--version");
	fprintf(stderr, "usernscapsctl: unknown %s '%s'", *name == '-' ? "option" : "command",
		name);
	if (nearest.best)
		fprintf(stderr, "; did you mean '%s'?", nearest.best);
	fputs("\nTry \"usernscapsctl --help\".\n", stderr);
	return NULL;
}

static int run_command(const struct command *command, int argc, char **argv)
{
	struct command_call call;
	bool help;
	int status = options_parse(command, argc, argv, &call, &help);

	if (status != CTL_OK)
		return status;
	if (help)
		options_print_help(command);
	else
		status = command->run(&call);
	if (fflush(stdout) != 0)
		return ctl_error("can't write: %m");
	return status;
}

static int help(const struct command_call *call)
{
	const struct command *command;

	if (call->operand_count == 0) {
		print_help(stdout);
		return CTL_OK;
	}
	command = find_command(call->operands[0]);
	if (!command)
		return CTL_USAGE;
	options_print_help(command);
	return CTL_OK;
}

const struct command command_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.operands_max = 1,
	.words = WORDS_COMMAND,
	.summary = "show all commands, or the options of one",
	.options = (const struct command_option[]){ { .name = NULL } },
	.run = help,
};

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_help(stderr);
		return CTL_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return run_command(&command_help, 0, argv + argc);
	if (strcmp(argv[1], "--version") == 0) {
		puts("usernscapsctl " VERSION);
		return CTL_OK;
	}
	if (strcmp(argv[1], "--complete") == 0)
		return complete(commands, argc - 2, argv + 2);
	command = find_command(argv[1]);
	return command ? run_command(command, argc - 2, argv + 2) : CTL_USAGE;
}
