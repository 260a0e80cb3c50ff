// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* denials and why as JSON. usernscapsctl-json(5) describes the keys, which stay as they are. */
#include "base/clock.h"
#include "denials.h"
#include "json.h"
#include "session/denial.h"

/* Raised when a key is taken away or changes its meaning. */
#define JSON_VERSION 1

/* Seconds since 1970. */
static json_t *time_json(const struct denials_view *view, uint64_t moment)
{
	return moment ? json_real((double)(view->boot + moment) / CLOCK_SECOND) : json_null();
}

static json_t *id_json(uint64_t id)
{
	return id ? json_integer((json_int_t)id) : json_null();
}

/* @origin: whose rules; NULL: none's */
static json_t *rules_json(const struct userns_session *origin, uint32_t kind)
{
	json_t *array = json_array();
	struct denials_text text;
	const char *next, *place;

	if (!origin)
		return array;
	denials_read_text(origin, &text);
	for (next = text.rules; (place = denials_next_cause(&next, &text, kind));)
		ctl_json_append(&array, ctl_json_text(place));
	return array;
}

static json_t *kind_json(const struct denials_view *view, const struct userns_session *session,
			 const struct userns_denials *denials)
{
	const struct userns_session *origin;
	char what[DENIAL_WHAT], command[DENIAL_COMMAND];

	denial_command(denials, command);
	denials_find_cause(session, denials->kind, denials_find_in, &view->known, &origin);
	return json_pack(
		"{s:s, s:s, s:I, s:o, s:s, s:I, s:I, s:b, s:b, s:o, s:o}", "denied",
		denial_what(denials->kind, what), "where", denial_where(denials->kind), "count",
		(json_int_t)denials->count, "last", time_json(view, denials->last), "command",
		command, "pid", (json_int_t)denials->pid, "uid", (json_int_t)denials->uid,
		"by_mask", !!(denials->kind & USERNS_KIND_MASK), "quiet",
		!!(denials->kind & USERNS_KIND_QUIET), "rules", rules_json(origin, denials->kind),
		"rules_session", id_json(origin ? origin->id : 0));
}

static json_t *session_json(const struct denials_view *view, const struct userns_session *session)
{
	json_t *kinds = json_array();
	struct denials_text text;
	size_t i;

	denials_read_text(session, &text);
	for (i = 0; i < USERNS_KINDS && session->denials[i].kind; i++)
		ctl_json_append(&kinds, kind_json(view, session, &session->denials[i]));
	return json_pack("{s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "session",
			 id_json(session->id), "parent", id_json(session->parent), "user",
			 session->id ? ctl_json_text(text.user) : json_null(), "uid",
			 (json_int_t)session->uid, "service",
			 session->id ? ctl_json_text(text.service) : json_null(), "login_uid",
			 ctl_json_text(text.login_uid), "audit_session",
			 ctl_json_text(text.audit_session), "contact", ctl_json_text(text.contact),
			 "opened", time_json(view, session->opened), "ended",
			 time_json(view, session->ended), "lost", (json_int_t)session->lost,
			 "denials", kinds);
}

int ctl_denials_json(const struct denials_view *view)
{
	json_t *sessions = json_array();
	size_t i;

	for (i = 0; i < view->count; i++)
		ctl_json_append(&sessions, session_json(view, view->shown[i]));
	return ctl_print_json(json_pack("{s:i, s:o, s:I}", "version", JSON_VERSION, "sessions",
					sessions, "forgotten", (json_int_t)view->forgotten));
}
