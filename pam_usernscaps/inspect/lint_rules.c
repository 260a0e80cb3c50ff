// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What rules show by themselves. */
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/decide.h"
#include "lint.h"

/* ---- ways around a restriction ---- */

static bool restricts(const struct policy_body *body)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_clause *clause = &body->clauses[item];

		if (clause->base == POLICY_BASE_DENY || !capset_is_empty(clause->drop))
			return true;
	}
	return body->profile && restricts(&body->profile->body);
}

/* A rule for some services leaves the others as ways around it: name the usual ones. */
static void check_ways(const struct policy_rule *rule, struct lint_findings *findings)
{
	static const char *const ways_in[] = { "sshd",	 "login", "su",	 "su-l",	"sudo",
					       "sudo-i", "cron",  "atd", "systemd-user" };
	char left_out[256] = "";
	size_t used = 0, i;

	if (rule->body.service_count == 0 || !restricts(&rule->body))
		return;
	for (i = 0; i < sizeof(ways_in) / sizeof(ways_in[0]); i++)
		if (!policy_rule_has_service(rule, ways_in[i]))
			used += (size_t)snprintf(left_out + used, sizeof(left_out) - used, "%s%s",
						 used ? ", " : "", ways_in[i]);
	if (used)
		lint_add(findings, CONFIG_LINT_WAYS_AROUND, rule->place.file, rule->place.line,
			 left_out);
}

/* ---- services that no session has as they are written ---- */

static void check_case(const struct policy_rule *rule, struct lint_findings *findings)
{
	size_t i;

	for (i = 0; i < rule->body.service_count; i++) {
		const char *service = rule->body.services[i];
		_cleanup_(freep) char *lower = strdup(service);

		if (!lower) {
			findings->incomplete = true;
			return;
		}
		policy_service_lower(lower);
		if (strcmp(lower, service) != 0)
			lint_add(findings, CONFIG_LINT_SERVICE_CASE, rule->place.file,
				 rule->place.line, service, lower);
	}
}

/* ---- what one rule does to a session that no other but the default rules reaches ---- */

/* Copies, with bodies that are borrowed; the first is the rule in question. */
struct alone {
	struct policy_rules rules;
};

static void alone_clear(struct alone *alone)
{
	free(alone->rules.rules);
}

static bool alone_init(const struct policy_rules *rules, struct alone *alone)
{
	size_t i;

	alone->rules.rules = calloc(rules->rule_count + 1, sizeof(*alone->rules.rules));
	if (!alone->rules.rules)
		return false;
	alone->rules.rule_count = 1;
	for (i = 0; i < rules->rule_count; i++)
		if (rules->rules[i].kind == POLICY_DEFAULT)
			alone->rules.rules[alone->rules.rule_count++] = rules->rules[i];
	return true;
}

static int decide(struct alone *alone, const struct policy_rule *rule,
		  struct policy_decision *ret_decision)
{
	const char *name = rule->name ? rule->name : "";
	const struct policy_subject subject = {
		.name = name,
		.uid = rule->kind == POLICY_RANGE  ? rule->uid_max
		       : strcmp(name, "root") == 0 ? 0
						   : (uid_t)-1,
		.service = rule->body.service_count ? rule->body.services[0] : "",
		.groups = &name,
		.group_count = rule->kind == POLICY_GROUP,
	};

	alone->rules.rules[0] = *rule;
	return policy_decide(&alone->rules, &subject, ret_decision);
}

/* The rule's clause that takes any of @caps out of the userns set; NULL where none does. */
static const struct policy_source *
find_taker(const struct alone *alone, const struct policy_answer *answer, struct capset caps)
{
	const struct capset lost = capset_minus(caps, answer->set);
	size_t i;

	for (i = 0; i < answer->source_count; i++)
		if (answer->sources[i].rule == &alone->rules.rules[0] &&
		    !capset_is_empty(capset_and(answer->sources[i].taken, lost)))
			return &answer->sources[i];
	return NULL;
}

static void check_userns(struct alone *alone, const struct policy_rule *rule,
			 struct lint_findings *findings)
{
	const struct policy_source *admin, *ptrace;
	struct policy_decision decision;
	const struct policy_answer *userns = &decision.items[POLICY_USERNS];
	bool can_create;

	if (decide(alone, rule, &decision) < 0) {
		findings->incomplete = true;
		return;
	}
	can_create = !capset_is_empty(decision.items[POLICY_CREATE].set);
	admin = find_taker(alone, userns, capset_of(CAP_SYS_ADMIN));
	ptrace = find_taker(alone, userns, capset_of(CAP_SYS_PTRACE));
	if (can_create && admin)
		lint_add(findings, CONFIG_LINT_SYS_ADMIN, admin->place.file, admin->place.line);
	else if (can_create && ptrace)
		lint_add(findings, CONFIG_LINT_SYS_PTRACE, ptrace->place.file, ptrace->place.line);
	policy_decision_clear(&decision);
}

/* ---- programs that need their setuid bit ---- */

static void check_no_new_privs(const struct policy_rule *rule, struct lint_findings *findings)
{
	const struct policy_profile *profile = rule->body.profile;
	const struct policy_clause *clause = &rule->body.clauses[POLICY_NO_NEW_PRIVS];
	const char *file = rule->place.file;

	for (; !clause->mentioned && profile; profile = profile->body.profile) {
		clause = &profile->body.clauses[POLICY_NO_NEW_PRIVS];
		file = profile->place.file;
	}
	if (clause->mentioned && policy_clause_flag(clause, POLICY_NO_NEW_PRIVS))
		lint_add(findings, CONFIG_LINT_NO_NEW_PRIVS, file, clause->line);
}

/* ---- keep lists that give nothing back ---- */

/* What rules of a kind, or of less specific ones, may take of each set. */
struct takings {
	struct capset of[POLICY_KIND_COUNT][POLICY_SET_COUNT];
};

static void note_takings(const struct policy_rules *rules, struct takings *takings)
{
	enum policy_item item;
	unsigned kind;
	size_t i;

	for (i = 0; i < rules->rule_count; i++)
		for (item = 0; item < POLICY_SET_COUNT; item++)
			for (kind = 0; kind <= rules->rules[i].kind; kind++)
				takings->of[kind][item] =
					capset_or(takings->of[kind][item],
						  lint_may_take(&rules->rules[i].body, item));
}

/* A "keep" alone often means that "policy = deny" was forgotten. */
static void check_idle(const struct policy_rule *rule, const struct takings *takings,
		       struct lint_findings *findings)
{
	char caps[CAPSET_TEXT];
	enum policy_item item;

	for (item = 0; item < POLICY_SET_COUNT; item++) {
		const struct policy_clause *clause = &rule->body.clauses[item];
		struct capset useful = capset_and(clause->keep, takings->of[rule->kind][item]);

		if (!capset_is_empty(clause->keep) && capset_is_empty(clause->drop) &&
		    capset_is_empty(useful))
			lint_add(findings, CONFIG_LINT_KEEP_IDLE, rule->place.file, clause->line,
				 policy_item_name(item), capset_list(clause->keep, caps));
	}
}

/* ---- rules of one kind that undo each other ---- */

/* What a rule says by itself of each set. */
struct spoken {
	struct capset kept[POLICY_SET_COUNT]; /* by a keep, and not dropped again */
	struct capset taken[POLICY_SET_COUNT];
	unsigned allows[POLICY_SET_COUNT]; /* the line of its own policy = allow, or 0 */
};

static struct capset kept_by(const struct policy_rule *rule, enum policy_item item)
{
	struct capset kept = CAPSET_NONE, dropped = CAPSET_NONE;
	const struct policy_body *body = &rule->body;

	for (;;) {
		const struct policy_clause *clause = &body->clauses[item];

		dropped = capset_or(dropped, clause->drop);
		kept = capset_or(kept, capset_minus(clause->keep, dropped));
		if (!body->profile || clause->base != POLICY_BASE_DEFAULT)
			return kept;
		body = &body->profile->body;
	}
}

static void note_spoken(struct alone *alone, const struct policy_rule *rule, struct spoken *spoken,
			struct lint_findings *findings)
{
	struct policy_decision decision;
	enum policy_item item;
	size_t i;

	if (decide(alone, rule, &decision) < 0) {
		findings->incomplete = true;
		return;
	}
	for (item = 0; item < POLICY_SET_COUNT; item++) {
		const struct policy_answer *answer = &decision.items[item];

		if (rule->body.clauses[item].base == POLICY_BASE_ALLOW)
			spoken->allows[item] = rule->body.clauses[item].line;
		spoken->kept[item] = kept_by(rule, item);
		for (i = 0; i < answer->source_count; i++)
			if (answer->sources[i].rule == &alone->rules.rules[0])
				spoken->taken[item] =
					capset_or(spoken->taken[item], answer->sources[i].taken);
	}
	policy_decision_clear(&decision);
}

static bool share_service(const struct policy_rule *a, const struct policy_rule *b)
{
	size_t i;

	for (i = 0; i < a->body.service_count; i++)
		if (policy_rule_has_service(b, a->body.services[i]))
			return true;
	return a->body.service_count == 0 || b->body.service_count == 0;
}

/* Can both hold for one session? Anybody may be in any two groups that do not except each other. */
static bool may_meet(const struct policy_rule *a, const struct policy_rule *b)
{
	if (a->kind != b->kind || (a->kind == POLICY_USER && strcmp(a->name, b->name) != 0))
		return false;
	if (a->kind == POLICY_GROUP && (names_have(&a->body.except_groups, b->name) ||
					names_have(&b->body.except_groups, a->name)))
		return false;
	if (a->kind == POLICY_RANGE && (a->uid_max < b->uid_min || b->uid_max < a->uid_min))
		return false;
	return share_service(a, b);
}

static void add_undone(const struct policy_rule *rule, enum policy_item item, struct capset undone,
		       const struct policy_rule *by, struct lint_findings *findings)
{
	unsigned own = rule->body.clauses[item].line;
	char caps[CAPSET_TEXT];

	lint_add(findings, CONFIG_LINT_KEEP_UNDONE, rule->place.file,
		 own ? own : rule->body.profile_line, policy_item_name(item),
		 capset_list(undone, caps), by->place.file, by->place.line);
}

/* The first that undoes each set of a rule: the others do no more than it does. */
static void check_undone(const struct policy_rules *rules, const struct spoken *spoken, size_t of,
			 struct lint_findings *findings)
{
	enum policy_item item;
	size_t by;

	for (item = 0; item < POLICY_SET_COUNT; item++) {
		if (capset_equal(spoken[of].kept[item], CAPSET_NONE))
			continue;
		for (by = 0; by < rules->rule_count; by++) {
			struct capset undone =
				capset_and(spoken[of].kept[item], spoken[by].taken[item]);

			if (by == of || capset_equal(undone, CAPSET_NONE) ||
			    !may_meet(&rules->rules[of], &rules->rules[by]))
				continue;
			add_undone(&rules->rules[of], item, undone, &rules->rules[by], findings);
			break;
		}
	}
}

/* A group's rule that allows, beside one that restricts: restrictions add up. */
static void check_allow(const struct policy_rules *rules, const struct spoken *spoken, size_t of,
			struct lint_findings *findings)
{
	const struct policy_rule *rule = &rules->rules[of];
	enum policy_item item;
	size_t by;

	for (item = 0; item < POLICY_SET_COUNT && rule->kind == POLICY_GROUP; item++) {
		for (by = 0; by < rules->rule_count && spoken[of].allows[item]; by++) {
			const struct policy_rule *other = &rules->rules[by];

			if (capset_is_subset(spoken[by].taken[item], spoken[of].taken[item]) ||
			    !may_meet(rule, other) || strcmp(rule->name, other->name) == 0)
				continue;
			lint_add(findings, CONFIG_LINT_ALLOW_UNDONE, rule->place.file,
				 spoken[of].allows[item], policy_item_name(item), other->place.file,
				 other->place.line, rule->name, rule->name);
			break;
		}
	}
}

/* ---- profiles ---- */

static void check_profiles(const struct policy_rules *rules, struct lint_findings *findings)
{
	_cleanup_(freep) bool *used = calloc(rules->profile_count + 1, sizeof(*used));
	const struct policy_profile *profile;
	size_t i;

	if (!used) {
		findings->incomplete = true;
		return;
	}
	for (i = 0; i < rules->rule_count; i++)
		for (profile = rules->rules[i].body.profile; profile;
		     profile = profile->body.profile)
			used[profile - rules->profiles] = true;
	for (i = 0; i < rules->profile_count; i++)
		if (!used[i])
			lint_add(findings, CONFIG_LINT_PROFILE_UNUSED,
				 rules->profiles[i].place.file, rules->profiles[i].place.line,
				 rules->profiles[i].name);
}

void lint_rules(const struct policy_rules *rules, struct lint_findings *findings)
{
	_cleanup_(freep) struct spoken *spoken = calloc(rules->rule_count + 1, sizeof(*spoken));
	_cleanup_(alone_clear) struct alone alone = { 0 };
	struct takings takings = { 0 };
	size_t i;

	if (!spoken || !alone_init(rules, &alone)) {
		findings->incomplete = true;
		return;
	}
	note_takings(rules, &takings);
	for (i = 0; i < rules->rule_count; i++) {
		check_idle(&rules->rules[i], &takings, findings);
		check_ways(&rules->rules[i], findings);
		check_case(&rules->rules[i], findings);
		check_userns(&alone, &rules->rules[i], findings);
		check_no_new_privs(&rules->rules[i], findings);
		note_spoken(&alone, &rules->rules[i], &spoken[i], findings);
	}
	for (i = 0; i < rules->rule_count; i++) {
		check_undone(rules, spoken, i, findings);
		check_allow(rules, spoken, i, findings);
	}
	check_profiles(rules, findings);
}
