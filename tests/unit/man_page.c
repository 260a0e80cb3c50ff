// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "man_page.h"

static const char *read_page(const char *name)
{
	static char page[256 * 1024];
	const char *top = getenv("top_srcdir");
	char path[PATH_MAX];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/doc/%s", top ? top : ".", name);
	file = fopen(path, "re");
	assert_non_null(file);
	len = fread(page, 1, sizeof(page) - 1, file);
	assert_true(len < sizeof(page) - 1);
	fclose(file);
	page[len] = '\0';
	return page;
}

/* ".B word", the hyphens written as minus signs. */
void man_page_assert_entry(const char *page, const char *word, const char *line)
{
	const char *from = word;
	char wanted[256];
	size_t used = (size_t)snprintf(wanted, sizeof(wanted), "\n.TP\n.B ");

	for (; *from; from++)
		used += (size_t)snprintf(wanted + used, sizeof(wanted) - used, "%s%c",
					 *from == '-' ? "\\" : "", *from);
	snprintf(wanted + used, sizeof(wanted) - used, "\n%s%s", line ? line : "",
		 line ? "\n" : "");
	if (!strstr(read_page(page), wanted))
		fail_msg("%s is not in %s", word, page);
}

void man_page_assert_flag(const char *key)
{
	char wanted[256];

	snprintf(wanted, sizeof(wanted), "\n.TP\n.BI %s\\~=\\~ FLAG\n", key);
	if (!strstr(read_page("usernscaps.conf.5"), wanted))
		fail_msg("%s is not among the flags of usernscaps.conf.5", key);
}
