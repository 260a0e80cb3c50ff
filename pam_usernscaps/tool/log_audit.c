// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * log: the same on the audit trail, as long as somebody takes it. The header of these records names
 * this program; "oauid" and "oses" are the login uid and the session id of audit that the denied
 * session had when it was opened. Those of the process that was denied are not read: where they are
 * unset its user can set them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "audit.h"
#include "base/audit_text.h"
#include "base/clock.h"
#include "log.h"
#include "session/denial.h"

/* Audit's own word for an id that is unset. */
#define UNSET "4294967295"

/* How many records could not be written since the last one that was. */
static unsigned long unsent;

static void note(bool written)
{
	unsent = written ? 0 : unsent + 1;
}

static const char *known(const char *id)
{
	return *id && *id != '?' ? id : UNSET;
}

/* Whose session it is. In none, nobody's login is known. */
static void add_session(struct audit_text *text, const struct userns_session *session)
{
	struct denials_text who;

	denials_read_text(session, &who);
	audit_text_add(text, " session=%llu parent=%llu", session->id, session->parent);
	if (session->id)
		audit_text_add_value(text, "service", who.service);
}

static void add_login(struct audit_text *text, const struct userns_session *session)
{
	struct denials_text who;

	denials_read_text(session, &who);
	audit_text_add(text, " oauid=%s oses=%s", known(who.login_uid), known(who.audit_session));
}

static void add_unsent(struct audit_text *text)
{
	if (unsent)
		audit_text_add(text, " unsent=%lu", unsent);
}

void ctl_log_audit_denied(const struct userns_session *session,
			  const struct userns_denials *denials, const char *rules)
{
	struct audit_text text = { .size = 0 };
	char what[DENIAL_WHAT], command[DENIAL_COMMAND];
	unsigned cap = denial_cap(denials->kind);

	snprintf(command, sizeof(command), "%.16s", denials->comm);
	audit_text_add(&text, "avc:  denied  { %s } for  opid=%u", denial_what(denials->kind, what),
		       denials->pid);
	add_login(&text, session);
	audit_text_add_command(&text, command);
	if (cap < CAPSET_SIZE)
		audit_text_add(&text, " capability=%u", cap);
	add_session(&text, session);
	audit_text_add(&text, " where=%s count=%llu new=%llu", denial_where(denials->kind),
		       denials->count, denials->count - denials->told);
	audit_text_add_value(&text, "rules", rules);
	add_unsent(&text);
	note(ctl_audit_denied(text.buf));
}

void ctl_log_audit_ended(const struct userns_session *session, const char *denied)
{
	struct audit_text text = { .size = 0 };
	struct denials_text who;

	denials_read_text(session, &who);
	audit_text_add(&text, "usernscaps_end");
	add_session(&text, session);
	add_login(&text, session);
	audit_text_add(&text, " seconds=%llu count=%" PRIu64 " denied=%s",
		       (session->ended - session->opened) / CLOCK_SECOND, denials_count(session),
		       denied);
	add_unsent(&text);
	note(ctl_audit_session(who.user, text.buf));
}
