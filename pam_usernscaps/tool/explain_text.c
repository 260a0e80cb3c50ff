// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* explain in words: the value of each item, and below it the lines that had a part in it. */
#include <stdio.h>

#include "explain.h"
#include "explain_facts.h"
#include "print.h"

#define INDENT "               "

/* "takes" and whichever of what is taken and what is not is shorter. */
static void print_taken(struct capset taken, unsigned last)
{
	struct capset left = capset_minus(capset_up_to(last), taken);
	char text[CAPSET_TEXT];

	fputs("takes", stdout);
	if (capset_equal(taken, CAPSET_NONE)) {
		fputs(" nothing", stdout);
	} else if (capset_equal(left, CAPSET_NONE)) {
		fputs(" all", stdout);
	} else if (capset_count(left) < capset_count(taken)) {
		printf(" all but %s", capset_list(left, text));
	} else {
		printf(" %s", capset_list(taken, text));
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

static void print_cost(const struct session *session, enum policy_item item)
{
	struct capset cost = session_cost(session, item);
	char text[CAPSET_TEXT];

	if (capset_is_empty(cost))
		return;
	printf(INDENT "because groups are unknown");
	if (policy_item_is_set(item))
		printf(", without %s", capset_list(cost, text));
	putchar('\n');
}

/* What the rules leave, and is lost all the same. */
static void print_undivided(const struct session *session)
{
	char text[CAPSET_TEXT];

	if (!capset_is_empty(session->plan.undivided))
		printf(INDENT "without %s, which can't be told from what is taken here\n",
		       capset_list(session->plan.undivided, text));
}

static void print_set(const struct session *session, enum policy_item item)
{
	enum policy_item by;

	ctl_print_item(&session->plan.target, item, session->last);
	print_takers(session, item, item);
	for (by = 0; by < POLICY_SET_COUNT; by++)
		if (by != item && ctl_explain_cuts(session, by, item))
			print_takers(session, by, item);
	if (item == POLICY_USERNS)
		print_undivided(session);
	print_cost(session, item);
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
	print_cost(session, item);
}

static void print_groups(const struct session *session, const struct session_request *request)
{
	const struct identity *identity = &session->identity;
	const char *separator = request->groups ? "as if in groups " : "groups ";
	size_t i;

	for (i = 0; i < identity->groups.count; i++) {
		printf("%s%s", separator, identity->groups.list[i]);
		separator = ", ";
	}
	if (identity->groups.count > 0)
		putchar('\n');
	separator = "perhaps in groups ";
	for (i = 0; i < identity->unknown.count; i++) {
		printf("%s%s", separator, identity->unknown.list[i]);
		separator = ", ";
	}
	if (identity->unknown.count > 0)
		putchar('\n');
	for (i = 0; i < identity->reasons.count; i++)
		printf("%s%s\n", INDENT, identity->reasons.list[i]);
}

void ctl_explain_text(const struct session *session, const struct session_request *request,
		      bool table)
{
	char problem[SESSION_TEXT];
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
	for (i = 0; i < session->identity.missing.count; i++)
		if (!names_have_sorted(&session->identity.unknown,
				       session->identity.missing.list[i]))
			printf("warning: there is no group \"%s\", so nobody is in it\n",
			       session->identity.missing.list[i]);
	if (session->broken_perhaps)
		printf("warning: the rules can't be used: %s\n",
		       session_problem_text(session, problem));
	if (ctl_explain_needs_provider(session))
		printf("without a provider: %s\n",
		       policy_unsupported_name(session->rules.when_unsupported));
}
