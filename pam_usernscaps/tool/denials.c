// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* denials: what was denied to whom, and by which rules. */
#include "denials.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "bpf/loader.h"
#include "command.h"
#include "print.h"

/* Which sessions are asked for. */
struct wanted {
	const char *user; /* name or number; NULL: all */
	uint64_t id;	  /* 0: all */
	uint64_t since;	  /* CLOCK_BOOTTIME; 0: all */
};

uint64_t ctl_denials_boot(void)
{
	return clock_now(CLOCK_REALTIME) - clock_now(CLOCK_BOOTTIME);
}

/* ---- which ---- */

static bool is_user(const struct userns_session *session, const char *user)
{
	struct denials_text text;
	char uid[12];

	denials_read_text(session, &text);
	snprintf(uid, sizeof(uid), "%" PRIu32, session->uid);
	return session->id && (strcmp(user, text.user) == 0 || strcmp(user, uid) == 0);
}

static uint64_t last_denial(const struct userns_session *session)
{
	uint64_t last = 0;
	size_t i;

	for (i = 0; i < USERNS_KINDS; i++)
		if (session->denials[i].last > last)
			last = session->denials[i].last;
	return last;
}

static bool is_wanted(const struct userns_session *session, const struct wanted *wanted)
{
	if (wanted->user && !is_user(session, wanted->user))
		return false;
	if (wanted->id)
		return session->id == wanted->id;
	/* When something of other kinds was denied is not known. */
	if (session->lost && (!session->ended || session->ended >= wanted->since))
		return true;
	return session->denials[0].kind && last_denial(session) >= wanted->since;
}

/* Show those that are asked for. */
static void choose(struct denials_view *view, const struct wanted *wanted)
{
	size_t i;

	for (i = 0; i < view->known.count; i++)
		if (is_wanted(&view->known.sessions[i], wanted))
			view->shown[view->count++] = &view->known.sessions[i];
}

/* ---- the call ---- */

/* "20min", "3h", "2d": so long ago. Returns seconds, or 0 where it is none. */
static uint64_t parse_age(const char *text)
{
	static const struct {
		const char *unit;
		unsigned seconds;
	} units[] = { { "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 } };
	char *end;
	unsigned long number = strtoul(text, &end, 10);
	size_t i;

	for (i = 0; *text >= '0' && *text <= '9' && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(end, units[i].unit) == 0 && number < UINT32_MAX)
			return number * units[i].seconds;
	return 0;
}

/* A time of today, or with its date. */
static bool parse_time(const char *text, time_t *ret_time)
{
	static const char *const formats[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
					       "%H:%M:%S", "%H:%M" };
	time_t today = time(NULL);
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct tm tm;
		const char *end;

		localtime_r(&today, &tm);
		tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
		tm.tm_isdst = -1;
		end = strptime(text, formats[i], &tm);
		if (!end || *end)
			continue;
		*ret_time = mktime(&tm);
		return true;
	}
	return false;
}

static bool parse_since(const char *text, uint64_t *ret_since)
{
	uint64_t boot = ctl_denials_boot(), age = parse_age(text), since;
	time_t moment = time(NULL);

	if (!age && !parse_time(text, &moment))
		return false;
	since = (uint64_t)moment > age ? ((uint64_t)moment - age) * CLOCK_SECOND : 0;
	*ret_since = since > boot ? since - boot : 0;
	return true;
}

enum { SESSION, SINCE, JSON };

static const struct command_option options[] = {
	[SESSION] = { .name = "session", .value = "ID", .help = "of this session only" },
	[SINCE] = { .name = "since",
		    .value = "TIME",
		    .help = "denied since then: 20min, 3h, 2d, 14:30, \"2026-11-27 14:30\"" },
	[JSON] = OPTION_JSON,
	{ .name = NULL },
};

static int read_call(const struct command_call *call, struct wanted *wanted)
{
	const char *id = call->values[SESSION], *since = call->values[SINCE];

	wanted->user = call->operands[0];
	if (id && !ctl_parse_number(id, UINT64_MAX, &wanted->id))
		return ctl_usage_error("denials", "'%s': expected the number of a session", id);
	if (since && !parse_since(since, &wanted->since))
		return ctl_usage_error("denials",
				       "'%s': expected a time: 20min, 3h, 2d (so long ago), 14:30 "
				       "(today), or \"2026-11-27 14:30\"",
				       since);
	return CTL_OK;
}

static int show(const struct denials_view *view, const struct wanted *wanted, bool json)
{
	if (json)
		return ctl_denials_json(view);
	if (wanted->id && !view->count)
		return ctl_error("session %" PRIu64 " is not remembered: it is not restricted, or "
				 "has ended long ago; see the log",
				 wanted->id);
	ctl_denials_text(view);
	/* Not where it does not belong to what was asked for. */
	if (view->forgotten && !wanted->user && !wanted->id)
		printf("%u ended sessions were forgotten, and the log has nothing of them\n",
		       view->forgotten);
	if (isatty(STDOUT_FILENO) && view->count && view->shown[view->count - 1]->id)
		ctl_denials_advise(view->shown[view->count - 1]);
	return CTL_OK;
}

static int run(const struct command_call *call)
{
	_cleanup_(freep) struct userns_session *sessions = NULL;
	_cleanup_(freep) const struct userns_session **shown = NULL;
	struct denials_view view = { .boot = ctl_denials_boot() };
	struct userns_system system = { 0 };
	struct wanted wanted = { 0 };
	struct loader_problem problem;

	if (read_call(call, &wanted) != CTL_OK)
		return CTL_USAGE;
	if (geteuid() != 0)
		return ctl_error("only root can see what is denied to others; \"usernscapsctl "
				 "why\" shows what is denied to you");
	if (loader_read_sessions(&loader_paths, &sessions, &view.known.count, &problem) < 0 ||
	    loader_system(&loader_paths, &system, &problem) < 0)
		return ctl_error("%s", problem.text);
	shown = calloc(view.known.count + 1, sizeof(*shown));
	if (!shown)
		return ctl_error("out of memory");
	view.known.sessions = sessions;
	view.shown = shown;
	view.forgotten = system.forgotten;
	choose(&view, &wanted);
	return show(&view, &wanted, call->values[JSON]);
}

const struct command command_denials = {
	.name = "denials",
	.operands = "[USER]",
	.operands_max = 1,
	.words = WORDS_USER,
	.summary = "show what was denied to whom, and by which rules",
	.options = options,
	.run = run,
};
