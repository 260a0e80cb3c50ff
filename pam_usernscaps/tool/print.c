// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What all commands print: messages, sets and flags. */
#include "print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error_text.h"
#include "base/nearest.h"
#include "command.h"
#include "kernel/kernel.h"

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
	fprintf(stderr, "\nTry \"usernscapsctl %s --help\".\n", command);
	return CTL_USAGE;
}

int ctl_parse_set(const char *command, const char *option, const char *spec, struct capset *ret_set)
{
	const char *word, *nearest = NULL;
	struct capset ignored;
	char parts[CAPSET_TEXT];
	size_t bad, len;
	bool is_change;

	if (capset_parse(spec, ret_set, &bad) == 0)
		return CTL_OK;
	word = spec + bad;
	len = strcspn(word, ",");
	is_change = len > 1 && (*word == '+' || *word == '-');
	if (is_change)
		nearest = capset_cap_nearest(word + 1, len - 1);
	if (is_change && capset_word_parse(word + 1, len - 1, &ignored) == -ENOENT)
		return ctl_usage_error(command, "%s%s: '%.*s': the parts of %s are %s", option,
				       spec, (int)len - 1, word + 1, capset_cap_name(CAPSET_SPLIT),
				       capset_part_list(parts));
	if (nearest)
		return ctl_usage_error(command,
				       "%s%s: unknown capability '%.*s'; did you mean '%s'?",
				       option, spec, (int)len - 1, word + 1, nearest);
	if (bad == 0) {
		struct nearest base = nearest_begin(word, len);

		nearest_try(&base, "all");
		nearest_try(&base, "none");
		nearest = base.best;
	}
	if (nearest)
		return ctl_usage_error(command, "%s%s: did you mean '%s'?", option, spec, nearest);
	return ctl_usage_error(command,
			       "%s%s: at \"%.*s\": expected \"all\" or \"none\", then \"+cap\" or "
			       "\"-cap\", comma separated",
			       option, spec, (int)len, word);
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

bool ctl_parse_number(const char *text, uint64_t max, uint64_t *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	return *text >= '1' && *text <= '9' && *end == '\0' && errno == 0 && *ret_number <= max;
}

int ctl_find_last(unsigned *ret_last)
{
	struct kernel_sets own;
	int r = kernel_linux.read_sets(kernel_linux.context, &own);

	if (r < 0)
		return ctl_error("can't read the capability sets: %s", error_text(-r));
	*ret_last = own.last;
	return CTL_OK;
}

void ctl_print_item(const struct plan_sets *sets, enum policy_item item, unsigned last)
{
	char text[CAPSET_TEXT];

	printf("  %-12s %s\n", policy_item_name(item),
	       policy_item_format(item, sets->items[item], last, text));
}
