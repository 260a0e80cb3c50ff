// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Describes a session in words: its problem, and what it may keep. */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error_text.h"

static void print_names(FILE *out, const struct names *names, const char *separator)
{
	size_t i;

	for (i = 0; i < names->count && ftell(out) < SESSION_TEXT; i++)
		fprintf(out, "%s%s", i ? separator : "", names->list[i]);
}

const char *session_unknown_text(const struct session *session, char buf[static SESSION_TEXT])
{
	FILE *out = fmemopen(buf, SESSION_TEXT, "w");

	buf[0] = '\0';
	if (!out)
		return buf;
	print_names(out, &session->identity.unknown, ", ");
	fprintf(out, " (");
	print_names(out, &session->identity.reasons, "; ");
	fprintf(out, ")");
	fclose(out);
	buf[SESSION_TEXT - 1] = '\0';
	return buf;
}

const char *session_problem_text(const struct session *session, char buf[static SESSION_TEXT])
{
	const struct session_problem *problem = &session->problem;
	const struct config_problem *config = &problem->config;
	const char *cause = error_text(-problem->error);
	char text[SESSION_TEXT];

	switch (problem->stage) {
	case SESSION_STAGE_USER:
		snprintf(buf, SESSION_TEXT, "can't look up the user: %s",
			 problem->error == -ENOENT ? "no such user" : cause);
		break;
	case SESSION_STAGE_RULES:
		if (config->line)
			snprintf(buf, SESSION_TEXT, "%s:%u: %s", config->file, config->line,
				 config->text);
		else
			snprintf(buf, SESSION_TEXT, "%s: %s", config->file, config->text);
		break;
	case SESSION_STAGE_GROUPS:
		snprintf(buf, SESSION_TEXT, "can't look up the user's groups: %s", cause);
		break;
	case SESSION_STAGE_DECISION:
		snprintf(buf, SESSION_TEXT, "can't decide: %s", cause);
		break;
	case SESSION_STAGE_UNKNOWN:
		snprintf(buf, SESSION_TEXT, "the rules depend on unknown groups: %s",
			 session_unknown_text(session, text));
		break;
	case SESSION_STAGE_PROVIDER:
		snprintf(buf, SESSION_TEXT, "can't find out how userns sets are provided: %s",
			 cause);
		break;
	case SESSION_STAGE_UNSUPPORTED:
		snprintf(buf, SESSION_TEXT,
			 "the userns set is to be lowered, and no provider for it "
			 "is loaded");
		break;
	case SESSION_STAGE_SETS:
		snprintf(buf, SESSION_TEXT, "can't read the capability sets: %s", cause);
		break;
	case SESSION_STAGE_STEP:
		/* The provider's: see bpf/accounts.h. */
		if (problem->error == -EAGAIN)
			cause = "the user has as many restricted processes as a user can have";
		snprintf(buf, SESSION_TEXT, "can't %s: %s", policy_items[problem->step].step,
			 cause);
		break;
	case SESSION_STAGE_COUNT:
		buf[0] = '\0';
		break;
	}
	return buf;
}

const char *session_id_text(const struct session *session, char buf[static SESSION_ID_TEXT])
{
	const char *why = "none";

	if (session->record_error == -EPERM)
		why = "not-permitted";
	if (session->record_error == -ENFILE)
		why = "no-room";
	if (session->id)
		snprintf(buf, SESSION_ID_TEXT, "%" PRIu64, session->id);
	else
		snprintf(buf, SESSION_ID_TEXT, "%s", why);
	return buf;
}

static bool place_seen(const struct policy_decision *decision, enum policy_item item, size_t index)
{
	const struct policy_place *place = &decision->items[item].sources[index].place;
	enum policy_item i;
	size_t j;

	for (i = 0; i <= item; i++) {
		const struct policy_answer *answer = &decision->items[i];

		for (j = 0; j < (i < item ? answer->source_count : index); j++)
			if (answer->sources[j].place.line == place->line &&
			    strcmp(answer->sources[j].place.file, place->file) == 0)
				return true;
	}
	return false;
}

const struct policy_place *session_next_place(const struct session *session,
					      struct session_places *next)
{
	const struct policy_decision *decision = &session->decision;

	for (; next->item < POLICY_ITEM_COUNT; next->item++, next->source = 0) {
		const struct policy_answer *answer = &decision->items[next->item];

		while (next->source < answer->source_count) {
			const size_t source = next->source++;

			if (!place_seen(decision, next->item, source))
				return &answer->sources[source].place;
		}
	}
	return NULL;
}

static void describe_rules(FILE *out, const struct session *session)
{
	struct session_places next = { 0 };
	const char *separator = " rules=";
	const struct policy_place *place;

	/* Until there is no room for more. */
	while (ftell(out) < SESSION_TEXT && (place = session_next_place(session, &next))) {
		fprintf(out, "%s%s:%u", separator, place->file, place->line);
		separator = ",";
	}
}

/* What the session might have kept if all memberships were known. */
static void describe_unknown(FILE *out, const struct session *session)
{
	const char *separator = " cost=";
	char text[SESSION_TEXT], caps[CAPSET_TEXT];
	enum policy_item item;

	if (!session_depends(session))
		return;
	fprintf(out, " unknown=%s", session_unknown_text(session, text));
	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		struct capset cost = session_cost(session, item);

		if (capset_is_empty(cost))
			continue;
		fprintf(out, "%s%s", separator, policy_item_name(item));
		if (policy_item_is_set(item))
			fprintf(out, ":%s", capset_format(cost, session->last, caps));
		separator = ";";
	}
}

const char *session_describe(const struct session *session, char buf[static SESSION_TEXT])
{
	const struct plan_sets *target = &session->plan.target;
	char text[CAPSET_TEXT];
	enum policy_item item;
	FILE *out = fmemopen(buf, SESSION_TEXT, "w");

	buf[0] = '\0';
	if (!out)
		return buf;
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		fprintf(out, "%s=%s ", policy_item_name(item),
			policy_item_format(item, target->items[item], session->last, text));
	fprintf(out, "provider=%s", userns_kind_name(session->userns.kind));
	if (!capset_is_empty(session->plan.undivided))
		fprintf(out, " undivided=%s",
			capset_format(session->plan.undivided, session->last, text));
	describe_unknown(out, session);
	describe_rules(out, session); /* last: they may be too many */
	fclose(out);
	buf[SESSION_TEXT - 1] = '\0';
	return buf;
}
