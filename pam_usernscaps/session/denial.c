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

struct capset denial_set(uint32_t kind)
{
	const unsigned cap = denial_cap(kind);
	const unsigned part = (kind & USERNS_KIND_PART) >> USERNS_KIND_PART_SHIFT;

	if (cap == CAPSET_SIZE)
		return CAPSET_NONE;
	if (cap == CAPSET_SPLIT && part > 0 && part <= CAPSET_PARTS)
		return capset_make(0, UINT64_C(1) << (part - 1));
	return capset_of(cap);
}

const char *denial_what(uint32_t kind, char buf[static DENIAL_WHAT])
{
	unsigned next = 0, cap;

	if (kind & USERNS_KIND_ENTER)
		return "enter";
	if (!capset_next(denial_set(kind), &next, &cap, buf))
		return "create";
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
