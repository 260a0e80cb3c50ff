// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* denials and why as text. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "denials.h"
#include "session/denial.h"

#define TIME 32

/* A moment of CLOCK_BOOTTIME by the clock on the wall. */
static const char *time_text(const struct denials_view *view, uint64_t moment,
			     char buf[static TIME])
{
	time_t seconds = (time_t)((view->boot + moment) / CLOCK_SECOND);
	struct tm tm;

	localtime_r(&seconds, &tm);
	if (!strftime(buf, TIME, "%F %T", &tm))
		buf[0] = '\0';
	return buf;
}

static void print_title(const struct denials_view *view, const struct userns_session *session)
{
	struct denials_text text;
	char time[TIME];

	if (!session->id) {
		puts("in no session");
		return;
	}
	denials_read_text(session, &text);
	printf("session %llu of %s (uid %u) by %s, from %s", session->id, text.user, session->uid,
	       text.service, time_text(view, session->opened, time));
	if (session->ended)
		printf(" to %s", time_text(view, session->ended, time));
	if (session->parent)
		printf(", in session %llu", session->parent);
	putchar('\n');
}

static void print_cause(const struct denials_view *view, const struct userns_session *session,
			uint32_t kind)
{
	const struct userns_session *origin;

	switch (denials_find_cause(session, kind, denials_find_in, &view->known, &origin)) {
	case DENIALS_BY_MASK:
		printf("the system's mask");
		return;
	case DENIALS_BY_RULES:
		denials_write_rules(stdout, origin, kind, ", ");
		if (origin != session)
			printf(" of session %llu", origin->id);
		return;
	case DENIALS_BY_PROGRAM:
		printf("no rule: a program has lowered it");
		return;
	case DENIALS_BY_UNKNOWN:
		break;
	}
	if (session->parent)
		printf("no rule of this session: see session %llu", session->parent);
	else
		printf("not known");
}

/* The process of the last denial. Whose it is goes without saying in a session. */
static void print_process(const struct userns_session *session,
			  const struct userns_denials *denials)
{
	char command[DENIAL_COMMAND];

	denial_command(denials, command);
	printf("%s (%u", command, denials->pid);
	if (session->id)
		printf(")");
	else
		printf(", uid %u)", denials->uid);
}

static void print_denials(const struct denials_view *view, const struct userns_session *session)
{
	char what[DENIAL_WHAT], time[TIME];
	size_t i;

	for (i = 0; i < USERNS_KINDS && session->denials[i].kind; i++) {
		const struct userns_denials *denials = &session->denials[i];

		printf("  %8llu %-18s %-6s  %s  ", denials->count, denial_what(denials->kind, what),
		       denial_where(denials->kind), time_text(view, denials->last, time));
		print_process(session, denials);
		printf("  ");
		print_cause(view, session, denials->kind);
		puts(denials->kind & USERNS_KIND_QUIET ? "; only tried" : "");
	}
	if (session->lost)
		printf("  %8llu of other kinds\n", session->lost);
}

void ctl_denials_text(const struct denials_view *view)
{
	size_t i;

	for (i = 0; i < view->count; i++) {
		const struct userns_session *session = view->shown[i];

		print_title(view, session);
		if (session->denials[0].kind)
			printf("  %8s %-18s %-6s  %-19s  %s\n", "TIMES", "DENIED", "WHERE", "LAST",
			       "COMMAND (PID) AND RULES");
		else if (!session->lost)
			puts("  nothing was denied");
		print_denials(view, session);
	}
	if (!view->count)
		puts("nothing was denied");
}
