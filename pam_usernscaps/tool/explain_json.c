// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* explain as JSON. usernscapsctl-json(5) describes the keys, which stay as they are. */
#include <string.h>

#include "command.h"
#include "explain.h"
#include "explain_facts.h"
#include "json.h"

/* Raised when a key is taken away or changes its meaning. */
#define JSON_VERSION 2

static json_t *strings(const struct names *names)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < names->count; i++)
		ctl_json_append(&array, ctl_json_text(names->list[i]));
	return array;
}

/* ---- the clauses that had a part ---- */

static json_t *rule_title(const struct policy_rule *rule)
{
	char range[24];

	if (rule->kind == POLICY_RANGE)
		return json_string(ctl_explain_range(rule, range));
	return rule->name ? ctl_json_text(rule->name) : json_null();
}

static json_t *profile_chain(const struct policy_source *source)
{
	const struct policy_profile *profile = source->profile ? source->rule->body.profile : NULL;
	json_t *array = json_array();

	while (profile) {
		ctl_json_append(&array, ctl_json_text(profile->name));
		profile = profile == source->profile ? NULL : profile->body.profile;
	}
	return array;
}

static json_t *source_json(const struct session *session, const struct ctl_caps *caps,
			   enum policy_item item, const struct policy_source *source)
{
	const struct policy_rule *rule = source->rule;
	const char *kind = rule->kind == POLICY_RANGE ? "range" : policy_kind_name(rule->kind);
	json_t *says = policy_item_is_set(item)
			       ? ctl_json_names(caps, ctl_explain_taken(session, source))
			       : json_boolean(ctl_explain_says(source, item));

	return json_pack("{s:o, s:I, s:s, s:o, s:o, s:b, s:o}", "file",
			 ctl_json_text(source->place.file), "line", (json_int_t)source->place.line,
			 "kind", kind, "title", rule_title(rule), "profiles", profile_chain(source),
			 "perhaps", source->perhaps, policy_item_is_set(item) ? "taken" : "value",
			 says);
}

static json_t *sources_json(const struct session *session, const struct ctl_caps *caps,
			    enum policy_item item)
{
	const struct policy_answer *answer = &session->decision.items[item];
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < answer->source_count; i++)
		ctl_json_append(&array, source_json(session, caps, item, &answer->sources[i]));
	return array;
}

/* ---- items ---- */

static void append_takers(const struct session *session, enum policy_item by, unsigned cap,
			  json_t **array)
{
	const struct policy_answer *answer = &session->decision.items[by];
	size_t i;

	for (i = 0; i < answer->source_count; i++) {
		const struct policy_source *source = &answer->sources[i];

		if (capset_has(source->taken, cap))
			ctl_json_append(array,
					json_pack("{s:s, s:I, s:o, s:I}", "item",
						  policy_item_name(by), "source", (json_int_t)i,
						  "file", ctl_json_text(source->place.file), "line",
						  (json_int_t)source->place.line));
	}
}

static json_t *missing_cap(const struct session *session, enum policy_item item, unsigned cap)
{
	json_t *takers = json_array();
	enum policy_item by;
	char number[12];

	for (by = 0; by < POLICY_SET_COUNT; by++)
		if (ctl_explain_cuts(session, by, item))
			append_takers(session, by, cap, &takers);
	return json_pack("{s:s, s:o}", "capability", capset_cap_text(cap, number), "taken_by",
			 takers);
}

static json_t *missing_json(const struct session *session, const struct ctl_caps *caps,
			    enum policy_item item)
{
	struct capset missing = ctl_explain_missing(session, item);
	json_t *array = json_array();
	unsigned i;

	for (i = 0; i < caps->count; i++)
		if (capset_has(missing, caps->list[i]))
			ctl_json_append(&array, missing_cap(session, item, caps->list[i]));
	return array;
}

static json_t *item_json(const struct session *session, const struct ctl_caps *caps,
			 enum policy_item item)
{
	const struct plan_sets *target = &session->plan.target;
	json_t *sources = sources_json(session, caps, item);
	struct capset cost = session_cost(session, item);

	if (!policy_item_is_set(item))
		return json_pack("{s:b, s:b, s:o}", "value",
				 policy_item_flag(item, target->items[item]), "unknown_decides",
				 !capset_is_empty(cost), "sources", sources);
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "capabilities",
			 ctl_json_names(caps, target->items[item]), "mask",
			 ctl_json_mask(target->items[item]), "missing",
			 missing_json(session, caps, item), "unknown_decides",
			 ctl_json_names(caps, cost), "sources", sources);
}

static json_t *items_json(const struct session *session)
{
	json_t *items = json_object();
	enum policy_item item;
	struct ctl_caps caps;

	ctl_caps_sort(&caps, session->last);
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		ctl_json_set(&items, policy_item_name(item), item_json(session, &caps, item));
	return items;
}

/* ---- the whole ---- */

static bool group_has_part(const struct session *session, const char *group)
{
	enum policy_item item;
	size_t i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_answer *answer = &session->decision.items[item];

		for (i = 0; i < answer->source_count; i++)
			if (answer->sources[i].rule->kind == POLICY_GROUP &&
			    strcmp(answer->sources[i].rule->name, group) == 0)
				return true;
	}
	return false;
}

static json_t *used_groups(const struct session *session)
{
	const struct identity *identity = &session->identity;
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < identity->groups.count; i++)
		if (group_has_part(session, identity->groups.list[i]))
			ctl_json_append(&array, ctl_json_text(identity->groups.list[i]));
	return array;
}

/* What is wrong with a file has its place apart; anything else is a sentence. */
static json_t *problem_json(const struct session *session)
{
	const struct config_problem *config = &session->problem.config;
	char text[SESSION_TEXT];

	if (session->problem.stage != SESSION_STAGE_RULES)
		return json_pack("{s:n, s:n, s:o}", "file", "line", "text",
				 ctl_json_text(session_problem_text(session, text)));
	return json_pack("{s:o, s:o, s:o}", "file", ctl_json_text(config->file), "line",
			 config->line ? json_integer(config->line) : json_null(), "text",
			 ctl_json_text(config->text));
}

int ctl_explain_json(const struct session *session, const struct session_request *request)
{
	const struct identity *identity = &session->identity;

	return ctl_print_json(json_pack(
		"{s:i, s:o, s:I, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:i, s:o, s:o, s:s, s:s, s:b}",
		"version", JSON_VERSION, "user", ctl_json_text(identity->name), "uid",
		(json_int_t)identity->uid, "service", ctl_json_text(request->service), "groups",
		strings(&identity->groups), "groups_used", used_groups(session), "groups_assumed",
		request->groups != NULL, "groups_unknown", strings(&identity->unknown),
		"groups_missing", strings(&identity->missing), "unknown_because",
		strings(&identity->reasons), "last_capability", (int)session->last, "items",
		items_json(session), "broken",
		session->broken_perhaps ? problem_json(session) : json_null(), "when_unsupported",
		policy_unsupported_name(session->rules.when_unsupported), "when_group_unknown",
		policy_unknown_name(session->rules.when_group_unknown), "needs_provider",
		ctl_explain_needs_provider(session)));
}

int ctl_explain_json_problem(const struct session *session, const struct session_request *request)
{
	ctl_print_json(json_pack("{s:i, s:o, s:o, s:o}", "version", JSON_VERSION, "user",
				 ctl_json_text(request->user), "service",
				 ctl_json_text(request->service), "error", problem_json(session)));
	return CTL_FAILED;
}
