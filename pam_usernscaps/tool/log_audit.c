// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * log: the same on the audit trail, as long as somebody takes it. The header of these records names
 * this program; "oauid" and "oses" are the login uid and the session id of audit that the denied
 * session had when it was opened. Those of the process that was denied are not read: where they are
 * unset its user can set them.
 */
#include <stdio.h>

#include "audit.h"
#include "base/audit_text.h"
#include "base/clock.h"
#include "log.h"
#include "session/denial.h"

/* Where a record takes longer, audit is not asked again for a while: lines must not wait for it. */
#define SLOW  CLOCK_SECOND
#define PAUSE (60 * CLOCK_SECOND)

static unsigned long unsent; /* records that could not be written since the last one that was */
static uint64_t paused_until;

/* May a record be written? Else it is counted. */
static bool begin(uint64_t *ret_began)
{
	*ret_began = clock_now(CLOCK_BOOTTIME);
	if (*ret_began >= paused_until)
		return true;
	unsent++;
	return false;
}

static void end(uint64_t began, bool written)
{
	const uint64_t now = clock_now(CLOCK_BOOTTIME);

	unsent = written ? 0 : unsent + 1;
	if (now - began > SLOW)
		paused_until = now + PAUSE;
}

/* Whose session it is, and how many records are missing before this one. */
static void add_session(struct audit_text *text, const struct userns_session *session,
			const struct denials_text *who)
{
	audit_text_add(text, " session=%llu parent=%llu", session->id, session->parent);
	if (unsent)
		audit_text_add(text, " unsent=%lu", unsent);
	if (session->id)
		audit_text_add_value(text, "service", who->service);
}

static void add_login(struct audit_text *text, const struct denials_text *who)
{
	audit_text_add_id(text, "oauid", who->login_uid);
	audit_text_add_id(text, "oses", who->audit_session);
}

static void add_process(struct audit_text *text, const struct userns_session *session,
			const struct userns_denials *denials)
{
	char command[DENIAL_COMMAND];
	unsigned cap = denial_cap(denials->kind);

	snprintf(command, sizeof(command), "%.16s", denials->comm);
	audit_text_add_command(text, command);
	if (!session->id) /* nothing else says whose it is */
		audit_text_add(text, " by_uid=%u", denials->uid);
	if (cap < CAPSET_SIZE)
		audit_text_add(text, " capability=%u", cap);
}

void ctl_log_audit_denied(const struct userns_session *session,
			  const struct userns_denials *denials, const char *rules)
{
	struct audit_text text = { .size = 0 };
	struct denials_text who;
	char what[DENIAL_WHAT];
	uint64_t began;

	if (!begin(&began))
		return;
	denials_read_text(session, &who);
	audit_text_add(&text, "avc:  denied  { %s } for  opid=%u", denial_what(denials->kind, what),
		       denials->pid);
	add_login(&text, &who);
	add_process(&text, session, denials);
	add_session(&text, session, &who);
	audit_text_add(&text, " where=%s count=%llu new=%llu", denial_where(denials->kind),
		       denials->count, denials->count - denials->told);
	audit_text_add_value(&text, "rules", rules);
	end(began, ctl_audit_denied(text.buf));
}

void ctl_log_audit_lost(const struct userns_session *session)
{
	struct audit_text text = { .size = 0 };
	struct denials_text who;
	uint64_t began;

	if (!begin(&began))
		return;
	denials_read_text(session, &who);
	audit_text_add(&text, "avc:  denied  { other } for ");
	add_login(&text, &who);
	add_session(&text, session, &who);
	audit_text_add(&text, " count=%llu new=%llu", session->lost,
		       session->lost - session->lost_told);
	end(began, ctl_audit_denied(text.buf));
}

void ctl_log_audit_ended(const struct userns_session *session, const char *denied)
{
	struct audit_text text = { .size = 0 };
	struct denials_text who;
	uint64_t began;

	if (!begin(&began))
		return;
	denials_read_text(session, &who);
	audit_text_add(&text, "usernscaps_end");
	add_session(&text, session, &who);
	add_login(&text, &who);
	audit_text_add(&text, " seconds=%llu count=%llu",
		       (session->ended - session->opened) / CLOCK_SECOND,
		       (unsigned long long)denials_count(session));
	audit_text_add(&text, " denied=%s", denied);
	end(began, ctl_audit_session(who.user, text.buf));
}
