// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* denials and why as text. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "denials.h"
#include "inspect/denials.h"

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

/* The places of the rules that bring it about. */
static void print_rules(const struct userns_session *session, uint32_t kind)
{
	const char *separator = "", *next, *place;
	struct denials_text text;

	denials_read_text(session, &text);
	for (next = text.rules; (place = denials_next_cause(&next, &text, kind));) {
		printf("%s%s", separator, place);
		separator = ", ";
	}
	if (kind & USERNS_KIND_MASK)
		printf("the system's mask");
	else if (!*separator)
		printf("no rule: a program has lowered it");
}

static void print_denials(const struct denials_view *view, const struct userns_session *session)
{
	char what[DENIALS_WHAT], time[TIME], command[17];
	size_t i;

	for (i = 0; i < USERNS_KINDS && session->denials[i].kind; i++) {
		const struct userns_denials *denials = &session->denials[i];

		denials_command(denials, command);
		printf("  %8llu %-16s %-6s  %s  %s (%u)  ", denials->count,
		       denials_what(denials->kind, what), denials_where(denials->kind),
		       time_text(view, denials->last, time), command, denials->pid);
		print_rules(session, denials->kind);
		puts(denials->kind & USERNS_KIND_QUIET ? "; only tried" : "");
	}
	if (session->lost)
		printf("  %8llu of other kinds\n", session->lost);
}

void ctl_denials_text(const struct denials_view *view)
{
	size_t i;

	for (i = 0; i < view->count; i++) {
		const struct userns_session *session = &view->sessions[i];

		print_title(view, session);
		if (session->denials[0].kind)
			printf("  %8s %-16s %-6s  %-19s  %s\n", "TIMES", "DENIED", "WHERE", "LAST",
			       "COMMAND (PID) AND RULES");
		else if (!session->lost)
			puts("  nothing was denied");
		print_denials(view, session);
	}
	if (!view->count)
		puts("nothing was denied");
	if (view->forgotten)
		printf("%u sessions have been forgotten before the log had them\n",
		       view->forgotten);
}
