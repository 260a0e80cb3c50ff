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

/* A record that is being made. */
struct record {
	struct audit_text text;
	struct denials_text who;
	uint64_t began;
};

/* May a record be written? Else it is counted. */
static bool begin(struct record *record, const struct userns_session *session)
{
	record->text = (struct audit_text){ .size = 0 };
	record->began = clock_now(CLOCK_BOOTTIME);
	denials_read_text(session, &record->who);
	if (record->began >= paused_until)
		return true;
	unsent++;
	return false;
}

static void end(const struct record *record, bool written)
{
	const uint64_t now = clock_now(CLOCK_BOOTTIME);

	unsent = written ? 0 : unsent + 1;
	if (now - record->began > SLOW)
		paused_until = now + PAUSE;
}

/* Whose session it is, and how many records are missing before this one. */
static void add_session(struct record *record, const struct userns_session *session)
{
	struct audit_text *text = &record->text;

	audit_text_add(text, " session=%llu parent=%llu", session->id, session->parent);
	if (unsent)
		audit_text_add(text, " unsent=%lu", unsent);
	if (session->id)
		audit_text_add_value(text, "service", record->who.service);
}

static void add_login(struct record *record)
{
	audit_text_add_id(&record->text, "oauid", record->who.login_uid);
	audit_text_add_id(&record->text, "oses", record->who.audit_session);
}

static void add_process(struct audit_text *text, const struct userns_session *session,
			const struct userns_denials *denials)
{
	unsigned cap = denial_cap(denials->kind);

	audit_text_add_command(text, denials->comm, sizeof(denials->comm));
	if (!session->id) /* nothing else says whose it is */
		audit_text_add(text, " by_uid=%u", denials->uid);
	if (cap < CAPSET_SIZE)
		audit_text_add(text, " capability=%u", cap);
}

void ctl_log_audit_denied(const struct userns_session *session,
			  const struct userns_denials *denials, const char *rules)
{
	char what[DENIAL_WHAT];
	struct record record;

	if (!begin(&record, session))
		return;
	audit_text_add(&record.text, "avc:  denied  { %s } for  opid=%u",
		       denial_what(denials->kind, what), denials->pid);
	add_login(&record);
	add_process(&record.text, session, denials);
	add_session(&record, session);
	audit_text_add(&record.text, " where=%s count=%llu new=%llu", denial_where(denials->kind),
		       denials->count, denials->count - denials->told);
	audit_text_add_value(&record.text, "rules", rules);
	end(&record, ctl_audit_denied(record.text.buf));
}

void ctl_log_audit_lost(const struct userns_session *session)
{
	struct record record;

	if (!begin(&record, session))
		return;
	audit_text_add(&record.text, "avc:  denied  { other } for ");
	add_login(&record);
	add_session(&record, session);
	audit_text_add(&record.text, " count=%llu new=%llu", session->lost,
		       session->lost - session->lost_told);
	end(&record, ctl_audit_denied(record.text.buf));
}

void ctl_log_audit_ended(const struct userns_session *session, const char *denied)
{
	struct record record;

	if (!begin(&record, session))
		return;
	audit_text_add(&record.text, "usernscaps_end");
	add_session(&record, session);
	add_login(&record);
	audit_text_add(&record.text, " seconds=%llu count=%llu",
		       (session->ended - session->opened) / CLOCK_SECOND,
		       (unsigned long long)denials_count(session));
	audit_text_add(&record.text, " denied=%s", denied);
	end(&record, ctl_audit_session(record.who.user, record.text.buf));
}
