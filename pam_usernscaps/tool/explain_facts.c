// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* explain: what its forms share. */
#include "explain_facts.h"

#include <stdio.h>

struct capset ctl_explain_missing(const struct session *session, enum policy_item item)
{
	return capset_minus(capset_up_to(session->last), session->plan.target.items[item]);
}

bool ctl_explain_cuts(const struct session *session, enum policy_item by, enum policy_item item)
{
	return by == item || (by == POLICY_BOUNDING && item == POLICY_USERNS &&
			      capset_is_empty(session->plan.target.items[POLICY_STRICT]));
}

struct capset ctl_explain_taken(const struct session *session, const struct policy_source *source)
{
	return capset_and(source->taken, capset_up_to(session->last));
}

bool ctl_explain_says(const struct policy_source *source, enum policy_item item)
{
	const struct policy_body *body =
		source->profile ? &source->profile->body : &source->rule->body;

	return policy_clause_flag(&body->clauses[item], item);
}

bool ctl_explain_needs_provider(const struct session *session)
{
	return plan_needs_userns(&session->plan) &&
	       !capset_is_empty(session->plan.target.items[POLICY_CREATE]);
}

const char *ctl_explain_range(const struct policy_rule *rule, char buf[static 24])
{
	snprintf(buf, 24, "%u:%u", rule->uid_min, rule->uid_max);
	return buf;
}

static void print_chain(const struct policy_source *source)
{
	const char *separator = ", profile ";
	const struct policy_profile *profile;

	if (!source->profile)
		return;
	for (profile = source->rule->body.profile; profile; profile = profile->body.profile) {
		printf("%s\"%s\"", separator, profile->name);
		separator = " -> ";
		if (profile == source->profile)
			return;
	}
}

void ctl_explain_print_source(const struct policy_source *source)
{
	const struct policy_rule *rule = source->rule;
	char range[24];

	printf("%s:%u: %s", source->place.file, source->place.line, policy_kind_name(rule->kind));
	if (rule->kind == POLICY_RANGE)
		printf(" \"%s\"", ctl_explain_range(rule, range));
	else if (rule->name)
		printf(" \"%s\"", rule->name);
	print_chain(source);
	if (source->perhaps)
		printf(", perhaps");
}
