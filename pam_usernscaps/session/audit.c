// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What the audit trail says of a session: see audit.h. */
#include "audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "denial.h"

/* The longest list of rules, before it is encoded; what has no room is "others". */
#define RULES_MAX 400

/* ---- opened ---- */

/* Put FILE:LINE at the end of a list. Returns false where it has no room in @max bytes. */
static bool list_place(char list[static RULES_MAX], size_t max, const char *file, unsigned line)
{
	const char others[] = ",others";
	size_t len = strlen(list);
	int more = snprintf(list + len, RULES_MAX - len, "%s%s:%u", len ? "," : "", file, line);

	if (more >= 0 && (size_t)more + len + sizeof(others) < max)
		return true;
	list[len] = '\0';
	strcat(list, len ? others : others + 1);
	return false;
}

static void add_rules(struct audit_text *text, const struct session *session)
{
	const struct session_problem *problem = &session->problem;
	struct session_places next = { 0 };
	const struct policy_place *place;
	/* Half of the room: in hexadecimal it takes twice as much. */
	const size_t room = audit_text_room(text, "rules") / 2;
	const size_t max = room < RULES_MAX ? room : RULES_MAX;
	char list[RULES_MAX] = "";
	bool has_room = true;

	if (problem->stage == SESSION_STAGE_RULES && problem->error && *problem->config.file)
		has_room = list_place(list, max, problem->config.file, problem->config.line);
	while (has_room && (place = session_next_place(session, &next)))
		has_room = list_place(list, max, place->file, place->line);
	if (*list)
		audit_text_add_value(text, "rules", list);
}

static void add_sets(struct audit_text *text, const struct session *session)
{
	char value[CAPSET_TEXT];
	enum policy_item item;

	audit_text_add(text, " session=%" PRIu64 " parent=%" PRIu64 " provider=", session->id,
		       session->parent);
	audit_text_add(text, "%s",
		       session->userns.kind == USERNS_GUARDED
			       ? "native,bpf"
			       : userns_kind_name(session->userns.kind));
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		audit_text_add(text, " %s=%s", policy_item_name(item),
			       policy_item_format(item, session->plan.target.items[item],
						  session->last, value));
}

/* What stood in the way, in a word. */
static const char *stage_name(enum session_stage stage)
{
	static const char *const names[SESSION_STAGE_COUNT] = {
		[SESSION_STAGE_USER] = "user",
		[SESSION_STAGE_RULES] = "rules",
		[SESSION_STAGE_GROUPS] = "groups",
		[SESSION_STAGE_DECISION] = "decision",
		[SESSION_STAGE_UNKNOWN] = "unknown-group",
		[SESSION_STAGE_PROVIDER] = "provider",
		[SESSION_STAGE_UNSUPPORTED] = "unsupported",
		[SESSION_STAGE_SETS] = "sets",
		[SESSION_STAGE_STEP] = "step",
	};

	return names[stage];
}

const char *session_audit_opened(const struct session_request *request,
				 const struct session *session, int r, struct audit_text *text)
{
	enum session_outcome outcome = r < 0 ? SESSION_REFUSED : session->outcome;

	*text = (struct audit_text){ .size = 0 };
	switch (outcome) {
	case SESSION_RESTRICTED:
		/* Without a provider the rules may let it through. */
		audit_text_add(text, session_is_restricted(session) ? "usernscaps_open"
								    : "usernscaps_unrestricted");
		break;
	case SESSION_FALLBACK:
		audit_text_add(text, "usernscaps_fallback problem=rules");
		break;
	case SESSION_EXEMPT:
		audit_text_add(text, "usernscaps_exempt problem=rules");
		break;
	case SESSION_REFUSED:
		audit_text_add(text, "usernscaps_refuse problem=%s",
			       stage_name(session->problem.stage));
		break;
	default:
		return text->buf;
	}
	audit_text_add_value(text, "service", request->service);
	if (outcome == SESSION_RESTRICTED || outcome == SESSION_FALLBACK)
		add_sets(text, session);
	add_rules(text, session);
	return text->buf;
}

/* ---- closed ---- */

const char *session_audit_closed(uint64_t id, const struct userns_session *record,
				 struct audit_text *text)
{
	unsigned long long denied = 0, tried = 0;
	size_t i;

	*text = (struct audit_text){ .size = 0 };
	audit_text_add(text, "usernscaps_close session=%" PRIu64, id);
	if (!record) {
		audit_text_add(text, " denied=?");
		return text->buf;
	}
	for (i = 0; i < USERNS_KINDS; i++)
		*(record->denials[i].kind & USERNS_KIND_QUIET ? &tried : &denied) +=
			record->denials[i].count;
	audit_text_add(text, " seconds=%llu denied=%llu tried=%llu other=%llu",
		       (clock_now(CLOCK_BOOTTIME) - record->opened) / CLOCK_SECOND,
		       denied + record->lost, tried, record->lost);
	return text->buf;
}

const char *session_audit_denied(const struct userns_session *record, unsigned kind,
				 struct audit_text *text)
{
	const struct userns_denials *denials = &record->denials[kind];
	char what[DENIAL_WHAT];

	*text = (struct audit_text){ .size = 0 };
	/* What was only tried is in the sum alone. */
	if (!denials->count || denials->kind & USERNS_KIND_QUIET)
		return text->buf;
	audit_text_add(text,
		       "usernscaps_denied session=%llu denied=%s where=%s count=%llu by=%s opid=%u",
		       record->id, denial_what(denials->kind, what), denial_where(denials->kind),
		       denials->count, denials->kind & USERNS_KIND_MASK ? "mask" : "session",
		       denials->pid);
	audit_text_add_command(text, denials->comm, sizeof(denials->comm));
	return text->buf;
}
