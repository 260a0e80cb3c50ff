// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* explain in words: the value of each item, and below it the lines that had a part in it. */
#include <stdio.h>

#include "ctl_explain.h"

#define INDENT "               "

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
}

static void print_caps(struct capset set, unsigned last)
{
	const char *separator = " ";
	char number[12];
	unsigned cap;

	for (cap = 0; cap <= last; cap++) {
		if (!capset_has(set, cap))
			continue;
		printf("%s%s", separator, capset_cap_text(cap, number));
		separator = ", ";
	}
}

/* "takes" and whichever of what is taken and what is not is shorter. */
static void print_taken(struct capset taken, unsigned last)
{
	struct capset left = capset_minus(capset_up_to(last), taken);

	fputs("takes", stdout);
	if (capset_equal(taken, CAPSET_NONE)) {
		fputs(" nothing", stdout);
	} else if (capset_equal(left, CAPSET_NONE)) {
		fputs(" all", stdout);
	} else if (__builtin_popcountll(left.bits) < __builtin_popcountll(taken.bits)) {
		fputs(" all but", stdout);
		print_caps(left, last);
	} else {
		print_caps(taken, last);
	}
}

/* The lines that take from the set @by, as far as they matter for @item. */
static void print_takers(const struct session *session, enum policy_item by, enum policy_item item)
{
	const struct policy_answer *answer = &session->decision.items[by];
	size_t i;

	for (i = 0; i < answer->source_count; i++) {
		struct capset taken = ctl_explain_taken(session, &answer->sources[i]);

		if (by != item && capset_equal(taken, CAPSET_NONE))
			continue;
		fputs(INDENT, stdout);
		ctl_explain_print_source(&answer->sources[i]);
		fputs(": ", stdout);
		print_taken(taken, session->last);
		if (by != item)
			printf(" from %s, which strict cuts from %s", policy_item_name(by),
			       policy_item_name(item));
		putchar('\n');
	}
}

static void print_set(const struct session *session, enum policy_item item)
{
	enum policy_item by;

	ctl_print_item(&session->plan.target, item, session->last);
	print_takers(session, item, item);
	for (by = 0; by < POLICY_SET_COUNT; by++)
		if (by != item && ctl_explain_cuts(session, by, item))
			print_takers(session, by, item);
}

static void print_flag(const struct session *session, enum policy_item item)
{
	const struct policy_answer *answer = &session->decision.items[item];
	size_t i;

	ctl_print_item(&session->plan.target, item, session->last);
	for (i = 0; i < answer->source_count; i++) {
		fputs(INDENT, stdout);
		ctl_explain_print_source(&answer->sources[i]);
		printf(": %s = %s\n", policy_item_name(item),
		       ctl_explain_says(&answer->sources[i], item) ? "true" : "false");
	}
}

static void print_groups(const struct session *session, const struct session_request *request)
{
	const struct identity *identity = &session->identity;
	const char *separator = request->groups ? "as if in groups " : "groups ";
	size_t i;

	for (i = 0; i < identity->group_count; i++) {
		printf("%s%s", separator, identity->groups[i]);
		separator = ", ";
	}
	if (identity->group_count > 0)
		putchar('\n');
}

void ctl_explain_text(const struct session *session, const struct session_request *request,
		      bool table)
{
	enum policy_item item;
	size_t i;

	printf("user %s, uid %u, service %s\n", session->identity.name, session->identity.uid,
	       request->service);
	print_groups(session, request);
	if (table)
		ctl_explain_table(session);
	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		if (!policy_item_is_set(item))
			print_flag(session, item);
		else if (!table)
			print_set(session, item);
	}
	for (i = 0; i < session->identity.unknown_count; i++)
		printf("warning: a rule names the group \"%s\", which does not exist\n",
		       session->identity.unknown[i]);
	if (ctl_explain_needs_provider(session))
		printf("without a provider: %s\n",
		       policy_unsupported_name(session->rules.when_unsupported));
}
