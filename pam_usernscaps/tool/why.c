// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* why: what was denied to the session that it is run in. Anybody may ask. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "denials.h"
#include "kernel/userns.h"
#include "print.h"

static int find_session(struct userns_session *session)
{
	struct userns userns;
	int r = userns_find(&kernel_linux, &userns);

	if (r == 0)
		r = userns_read_session(&userns, true, session);
	if (r == -ENODATA)
		return ctl_error("nothing is remembered of this session: it is not restricted, or "
				 "was opened by a program that may not have it remembered");
	if (r == -EOPNOTSUPP)
		return ctl_error("nothing is remembered of sessions on this machine");
	return r < 0 ? ctl_error("can't read what is remembered: %s", strerror(-r)) : CTL_OK;
}

static void print_contact(const struct userns_session *session)
{
	struct denials_text text;
	const char *c;

	denials_read_text(session, &text);
	if (!*text.contact)
		return;
	for (c = text.contact; *c; c++)
		putchar((unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
	putchar('\n');
}

enum { JSON };

static const struct command_option options[] = {
	[JSON] = OPTION_JSON,
	{ .name = NULL },
};

static int run(const struct command_call *call)
{
	struct userns_session session;
	const struct userns_session *shown = &session;
	struct denials_view view = { .shown = &shown, .count = 1, .boot = ctl_denials_boot() };

	if (find_session(&session) != CTL_OK)
		return CTL_FAILED;
	if (call->values[JSON])
		return ctl_denials_json(&view);
	ctl_denials_text(&view);
	print_contact(&session);
	return CTL_OK;
}

const struct command command_why = {
	.name = "why",
	.operands = "",
	.summary = "show what was denied to this session",
	.options = options,
	.run = run,
};
