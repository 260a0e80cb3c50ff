// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* From rules and a subject to a decision. */
#include "decide.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* ASCII only: tolower(3) and strcasecmp(3) depend on the locale of the login process. */
static char to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_service(const char *a, const char *b)
{
	while (*a && to_lower(*a) == to_lower(*b)) {
		a++;
		b++;
	}
	return to_lower(*a) == to_lower(*b);
}

void policy_service_lower(char *service)
{
	for (; *service; service++)
		*service = to_lower(*service);
}

bool policy_rule_has_service(const struct policy_rule *rule, const char *service)
{
	size_t i;

	for (i = 0; i < rule->body.service_count; i++)
		if (same_service(rule->body.services[i], service))
			return true;
	return rule->body.service_count == 0;
}

static bool is_among(const char *const *names, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* uid 0 is in no group. */
static enum policy_match match_group(const struct policy_subject *subject, const char *group)
{
	if (subject->uid == 0)
		return POLICY_NO;
	if (is_among(subject->groups, subject->group_count, group))
		return POLICY_YES;
	return is_among(subject->unknown, subject->unknown_count, group) ? POLICY_PERHAPS
									 : POLICY_NO;
}

static enum policy_match match_title(const struct policy_rule *rule,
				     const struct policy_subject *subject)
{
	bool matches = false;

	switch (rule->kind) {
	case POLICY_USER:
		matches = strcmp(rule->name, subject->name) == 0;
		break;
	case POLICY_GROUP:
		return match_group(subject, rule->name);
	case POLICY_RANGE:
		matches = subject->uid >= rule->uid_min && subject->uid <= rule->uid_max;
		break;
	case POLICY_DEFAULT:
		matches = subject->uid != 0;
		break;
	case POLICY_KIND_COUNT:
		break;
	}
	return matches ? POLICY_YES : POLICY_NO;
}

static enum policy_match match_exceptions(const struct policy_body *body,
					  const struct policy_subject *subject)
{
	enum policy_match match = POLICY_NO;
	size_t i;

	if (names_have(&body->except_users, subject->name))
		return POLICY_YES;
	for (i = 0; i < body->except_groups.count && match != POLICY_YES; i++) {
		enum policy_match group = match_group(subject, body->except_groups.list[i]);

		match = group > match ? group : match;
	}
	return match;
}

enum policy_match policy_rule_match(const struct policy_rule *rule,
				    const struct policy_subject *subject)
{
	enum policy_match title = match_title(rule, subject), excepted;

	if (title == POLICY_NO || !policy_rule_has_service(rule, subject->service))
		return POLICY_NO;
	excepted = match_exceptions(&rule->body, subject);
	if (excepted == POLICY_YES)
		return POLICY_NO;
	return excepted == POLICY_PERHAPS ? POLICY_PERHAPS : title;
}

int policy_list_groups(const struct policy_rules *rules, const char *service,
		       struct names *ret_groups)
{
	struct names groups = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; i < rules->rule_count && r == 0; i++) {
		const struct policy_rule *rule = &rules->rules[i];

		if (service && !policy_rule_has_service(rule, service))
			continue;
		if (rule->kind == POLICY_GROUP)
			r = names_add(&groups, rule->name);
		if (r == 0)
			r = names_add_all(&groups, &rule->body.except_groups);
	}
	if (r < 0) {
		names_clear(&groups);
		return r;
	}
	names_sort(&groups);
	*ret_groups = groups;
	return 0;
}

/* A rule that matches, or perhaps. */
struct matching {
	const struct policy_rule *rule;
	bool perhaps;
};

/* A clause that a rule's answer for an item is built of, and the profile it stands in. */
struct link {
	const struct policy_clause *clause;
	const struct policy_profile *profile; /* NULL: the rule's own */
};

/*
 * The clauses of a rule and of the profiles it builds on that make its answer for an item: its own
 * first, up to one that what comes after can't matter to. Returns their number.
 */
static size_t find_links(const struct policy_rule *rule, enum policy_item item,
			 struct link links[static POLICY_CHAIN_MAX + 1])
{
	const struct policy_profile *profile = NULL;
	const struct policy_body *body = &rule->body;
	size_t count = 0, depth;

	for (depth = 0; depth <= POLICY_CHAIN_MAX; depth++) {
		const struct policy_clause *clause = &body->clauses[item];

		if (clause->mentioned)
			links[count++] = (struct link){ clause, profile };
		if (!body->profile || (clause->mentioned && clause->base != POLICY_BASE_DEFAULT))
			break;
		profile = body->profile;
		body = &profile->body;
	}
	return count;
}

static struct capset clause_set(const struct policy_clause *clause, struct capset lower)
{
	struct capset base = clause->base == POLICY_BASE_ALLOW	? CAPSET_ALL
			     : clause->base == POLICY_BASE_DENY ? CAPSET_NONE
								: lower;

	return capset_minus(capset_or(base, clause->keep), clause->drop);
}

static int add_source(struct policy_answer *answer, const struct policy_source *source)
{
	int r = array_grow(answer->sources, answer->source_count);

	if (r == 0)
		answer->sources[answer->source_count++] = *source;
	return r;
}

static int add_link(struct policy_answer *answer, const struct matching *matching,
		    const struct link *link, struct capset kept)
{
	const struct policy_rule *rule = matching->rule;
	const struct policy_source source = {
		.rule = rule,
		.profile = link->profile,
		.place = { .file = link->profile ? link->profile->place.file : rule->place.file,
			   .line = link->clause->line },
		.taken = capset_minus(policy_clause_taken(link->clause), kept),
		.perhaps = matching->perhaps,
	};

	return add_source(answer, &source);
}

static void answer_init(struct policy_answer *answer)
{
	*answer = (struct policy_answer){ .set = CAPSET_ALL, .widest = CAPSET_ALL };
}

static void answer_clear(struct policy_answer *answer)
{
	free(answer->sources);
	answer_init(answer);
}

/* What the rules of one kind make of an item. */
struct layer {
	struct policy_answer answer;
	bool sure;	       /* a rule that surely matches mentions it */
	struct capset passed;  /* what the rules leave as less specific kinds gave it */
	struct capset perhaps; /* what any rule that matches perhaps would let stay at best */
};

static struct capset links_set(const struct link *links, size_t count, struct capset lower)
{
	while (count-- > 0)
		lower = clause_set(links[count].clause, lower);
	return lower;
}

/* Add what one rule makes of an item, on top of what less specific kinds gave. */
static int add_rule(struct layer *layer, const struct matching *matching, enum policy_item item,
		    const struct policy_answer *lower)
{
	struct link links[POLICY_CHAIN_MAX + 1];
	size_t count = find_links(matching->rule, item, links), i;
	struct policy_answer *answer = &layer->answer;
	struct capset kept = CAPSET_NONE, widest;
	int r = 0;

	if (count == 0)
		return 0;
	for (i = 0; i < count && r == 0; i++) {
		r = add_link(answer, matching, &links[i], kept);
		kept = capset_or(kept, capset_minus(links[i].clause->keep, links[i].clause->drop));
	}
	if (links[count - 1].clause->base == POLICY_BASE_DEFAULT)
		layer->passed = capset_or(layer->passed, capset_minus(CAPSET_ALL, kept));
	answer->mentioned = true;
	answer->set = capset_and(answer->set, links_set(links, count, lower->set));
	widest = links_set(links, count, lower->widest);
	if (matching->perhaps) {
		layer->perhaps = capset_or(layer->perhaps, widest);
	} else {
		layer->sure = true;
		answer->widest = capset_and(answer->widest, widest);
	}
	return r;
}

/* Append @lower's sources to those of @answer, limited to what the rules passed on. */
static int add_lower_sources(struct policy_answer *answer, const struct policy_answer *lower,
			     struct capset passed)
{
	size_t i;
	int r = 0;

	for (i = 0; i < lower->source_count && r == 0; i++) {
		struct policy_source source = lower->sources[i];

		source.taken = capset_and(source.taken, passed);
		r = add_source(answer, &source);
	}
	return r;
}

/* Where no rule of the kind surely matches, what less specific kinds gave may be the answer. */
static void keep_lower(struct layer *layer, const struct policy_answer *lower)
{
	layer->passed = CAPSET_ALL;
	layer->answer.set = capset_and(layer->answer.set, lower->set);
	layer->answer.widest = capset_or(lower->widest, layer->perhaps);
}

/* Lay the rules of one kind over what less specific kinds gave; @answer is both. */
static int decide_kind(const struct matching *matching, size_t count, enum policy_kind kind,
		       enum policy_item item, struct policy_answer *answer)
{
	struct layer layer = { .passed = CAPSET_NONE, .perhaps = CAPSET_NONE };
	size_t i;
	int r = 0;

	answer_init(&layer.answer);
	for (i = 0; i < count && r == 0; i++)
		if (matching[i].rule->kind == kind)
			r = add_rule(&layer, &matching[i], item, answer);
	if (layer.answer.mentioned && !layer.sure)
		keep_lower(&layer, answer);
	if (r == 0 && !capset_is_empty(layer.passed))
		r = add_lower_sources(&layer.answer, answer, layer.passed);
	if (r < 0 || !layer.answer.mentioned) {
		answer_clear(&layer.answer);
		return r;
	}
	answer_clear(answer);
	*answer = layer.answer;
	return 0;
}

static int decide_item(const struct matching *matching, size_t count, enum policy_item item,
		       struct policy_answer *answer)
{
	unsigned kind = POLICY_KIND_COUNT;
	int r = 0;

	while (kind-- > 0 && r == 0)
		r = decide_kind(matching, count, (enum policy_kind)kind, item, answer);
	return r;
}

/* The rules that hold for a subject, or perhaps; NULL where there is none. */
static int find_matching(const struct policy_rules *rules, const struct policy_subject *subject,
			 struct matching **ret_matching, size_t *ret_count)
{
	struct matching *matching = NULL;
	size_t count = 0, i;

	for (i = 0; i < rules->rule_count; i++) {
		enum policy_match match = policy_rule_match(&rules->rules[i], subject);

		if (match == POLICY_NO)
			continue;
		if (array_grow(matching, count) < 0) {
			free(matching);
			return -ENOMEM;
		}
		matching[count++] = (struct matching){ &rules->rules[i], match == POLICY_PERHAPS };
	}
	*ret_matching = matching;
	*ret_count = count;
	return 0;
}

int policy_decide(const struct policy_rules *rules, const struct policy_subject *subject,
		  struct policy_decision *ret_decision)
{
	struct policy_decision decision;
	struct matching *matching;
	enum policy_item item;
	size_t count;
	int r;

	r = find_matching(rules, subject, &matching, &count);
	if (r < 0)
		return r;
	policy_decision_init(&decision);
	for (item = 0; item < POLICY_ITEM_COUNT && r == 0; item++)
		r = decide_item(matching, count, item, &decision.items[item]);
	free(matching);
	if (r < 0) {
		policy_decision_clear(&decision);
		return r;
	}
	*ret_decision = decision;
	return 0;
}

void policy_decision_init(struct policy_decision *decision)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		answer_init(&decision->items[item]);
}

void policy_decision_clear(struct policy_decision *decision)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		answer_clear(&decision->items[item]);
}
