// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "man_page.h"

static const char *read_page(void)
{
	static char page[256 * 1024];
	const char *top = getenv("top_srcdir");
	char path[PATH_MAX];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/doc/usernscapsctl.8", top ? top : ".");
	file = fopen(path, "re");
	assert_non_null(file);
	len = fread(page, 1, sizeof(page) - 1, file);
	assert_true(len < sizeof(page) - 1);
	fclose(file);
	page[len] = '\0';
	return page;
}

/* The text between the heading of a command and the next one. */
static const char *read_section(const char *command)
{
	static char section[256 * 1024];
	const char *start = read_page(), *end;
	size_t len = strlen(command);

	do {
		start = strstr(start, "\n.SS ");
		assert_non_null(start);
		start += strlen("\n.SS ");
		start += start[0] == '"';
	} while (strncmp(start, command, len) != 0 || start[len] != ' ');
	end = strstr(start, "\n.SS ");
	assert_non_null(end);
	snprintf(section, sizeof(section), "%.*s", (int)(end - start), start);
	return section;
}

/* ".B word", the hyphens written as minus signs. */
void man_page_assert_entry(const char *command, const char *word, const char *line)
{
	const char *from = word;
	char wanted[256];
	size_t used = (size_t)snprintf(wanted, sizeof(wanted), "\n.TP\n.B ");

	for (; *from; from++)
		used += (size_t)snprintf(wanted + used, sizeof(wanted) - used, "%s%c",
					 *from == '-' ? "\\" : "", *from);
	snprintf(wanted + used, sizeof(wanted) - used, "\n%s%s", line ? line : "",
		 line ? "\n" : "");
	if (!strstr(read_section(command), wanted))
		fail_msg("%s is not in usernscapsctl.8 at %s", word, command);
}
