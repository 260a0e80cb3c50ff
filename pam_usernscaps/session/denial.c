// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What was denied, in words: the kinds that a record has, and the command of the last time. */
#include "denial.h"

#include <stdio.h>

#include "base/text.h"

unsigned denial_cap(uint32_t kind)
{
	if ((kind & USERNS_KIND_WHERE) == USERNS_KIND_CREATE || kind & USERNS_KIND_ENTER)
		return CAPSET_SIZE;
	return kind & (CAPSET_SIZE - 1);
}

const char *denial_what(uint32_t kind, char buf[static DENIAL_WHAT])
{
	char name[12];

	if (kind & USERNS_KIND_ENTER)
		return "enter";
	if (denial_cap(kind) == CAPSET_SIZE)
		return "create";
	snprintf(buf, DENIAL_WHAT, "%s", capset_cap_text(denial_cap(kind), name));
	return buf;
}

const char *denial_where(uint32_t kind)
{
	switch (kind & USERNS_KIND_WHERE) {
	case USERNS_KIND_INSIDE:
		return "inside";
	case USERNS_KIND_OWNER:
		return "owner";
	}
	return "-";
}

void denial_command(const struct userns_denials *denials, char buf[static DENIAL_COMMAND])
{
	snprintf(buf, DENIAL_COMMAND, "%.16s", denials->comm);
	text_make_printable(buf);
}
