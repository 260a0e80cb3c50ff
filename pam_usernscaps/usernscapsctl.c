// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The admin's tool: which subcommand, and what all of them print alike. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "ctl.h"

static const struct command {
	const char *name;
	const char *arguments; /* after a blank */
	const char *summary;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "check", " [FILE] [--json] [--fail-on=error|warning|notice]",
	  "read all rules and report what is wrong with them, or looks it", ctl_check },
	{ "diff", " OLD NEW [--service NAME] [--json] [--exit-code]",
	  "show what other rules would change, and for whom", ctl_diff },
	{ "explain", " USER [--service NAME] [--groups NAME,...] [--conf FILE] [--table | --json]",
	  "show what a login would leave of each set, and which lines decide it", ctl_explain },
	{ "edit", " [users/NAME | groups/NAME | profiles/NAME | NAME] [--conf FILE]",
	  "edit the rules, and put them in place once they are right", ctl_edit },
	{ "load", " [--replace]", "load the BPF programs that provide userns sets", ctl_load },
	{ "reload", "", "put these BPF programs in the place of those that are loaded",
	  ctl_reload },
	{ "unload", " [--force]", "take them away again", ctl_unload },
	{ "status", " [PID] [--json]",
	  "show and try the provider, and who is restricted or the sets of a process", ctl_status },
	{ "doctor", " [--json]",
	  "look for what keeps sessions from being restricted, and what to do", ctl_doctor },
	{ "probe", "", "try the provider, and raise the alarm where it does not work", ctl_probe },
	{ "run",
	  " [--raise=SPEC | --reset] [--userns=SPEC] [--bounding=SPEC] [--inheritable=SPEC]\n"
	  "        [--no-create] -- CMD...",
	  "run a command with fewer capabilities, or as root with those regained", ctl_run },
	{ "mask", " [SPEC | --rules [--conf FILE] | --reset]",
	  "show or shrink what any user namespace can have", ctl_mask },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
	size_t i;

	fputs("Usage: usernscapsctl COMMAND [ARGUMENT...]\n\n", out);
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "  %s%s\n        %s\n", commands[i].name, commands[i].arguments,
			commands[i].summary);
	fputs("\nSPEC is \"all\" or \"none\", then \"+cap\" or \"-cap\", comma separated:\n"
	      "\"all,-net_admin\". See usernscapsctl(8) and usernscaps.conf(5).\n",
	      out);
}

int ctl_error(const char *format, ...)
{
	va_list args;

	fflush(stdout); /* what it is about comes first */
	fputs("usernscapsctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CTL_FAILED;
}

int ctl_usage_error(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "usernscapsctl %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\nTry \"usernscapsctl --help\".\n", stderr);
	return CTL_USAGE;
}

int ctl_parse_set(const char *command, const char *option, const char *spec, struct capset *ret_set)
{
	size_t bad;

	if (capset_parse(spec, ret_set, &bad) == 0)
		return CTL_OK;
	return ctl_usage_error(command,
			       "%s%s: at \"%.*s\": expected \"all\" or \"none\", then \"+cap\" or "
			       "\"-cap\", comma separated",
			       option, spec, (int)strcspn(spec + bad, ","), spec + bad);
}

int ctl_complain(const char *file, unsigned line, enum config_severity severity, const char *text)
{
	fflush(stdout);
	fputs(file, stderr);
	if (line)
		fprintf(stderr, ":%u", line);
	fprintf(stderr, ": %s: %s\n", config_severity_name(severity), text);
	return CTL_FAILED;
}

int ctl_print_json(json_t *json)
{
	int r = json ? json_dumpf(json, stdout, JSON_INDENT(2)) : -1;

	json_decref(json);
	if (r < 0)
		return ctl_error("can't write JSON");
	putchar('\n');
	return CTL_OK;
}

json_t *ctl_json_text(const char *text)
{
	_cleanup_(freep) char *ascii = NULL;
	json_t *json = json_string(text);
	size_t i;

	if (json)
		return json;
	ascii = strdup(text);
	for (i = 0; ascii && ascii[i]; i++)
		if (ascii[i] & 0x80)
			ascii[i] = '?';
	return ascii ? json_string(ascii) : NULL;
}

void ctl_json_append(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) == 0)
		return;
	json_decref(*array);
	*array = NULL;
}

void ctl_print_item(const struct plan_sets *sets, enum policy_item item, unsigned last)
{
	char text[CAPSET_TEXT];
	const char *value;

	if (policy_item_is_set(item))
		value = capset_format(sets->sets[item], last, text);
	else
		value = (item == POLICY_CREATE ? sets->create : sets->strict) ? "true" : "false";
	printf("  %-12s %s\n", policy_item_name(item), value);
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		print_help(stderr);
		return CTL_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return CTL_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("usernscapsctl " VERSION);
		return CTL_OK;
	}
	for (i = 0; i < COMMANDS; i++) {
		int status;

		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		status = commands[i].run(argc - 1, argv + 1);
		if (fflush(stdout) != 0)
			return ctl_error("can't write: %m");
		return status;
	}
	fprintf(stderr, "usernscapsctl: unknown command \"%s\"\nTry \"usernscapsctl --help\".\n",
		argv[1]);
	return CTL_USAGE;
}
