// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Bytes of rules files -> rules -> decision -> plan. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "laws.h"
#include "tree.h"

const char fuzz_name[] = "config";

/* A site without a tree: no profile is looked for on the disk. */
static const struct config_site no_tree = { .main = "rules" };

#define GROUPS_MAX 8

/* ---- reading ---- */

static void check_problem(const struct config_problem *problem, int error)
{
	CHECK(error == problem->error);
	/* EBADMSG is the input's fault; ENOMEM would be libconfuse failing without a word. */
	CHECK(error == -EBADMSG);
	CHECK(problem->message < CONFIG_MESSAGE_COUNT);
	CHECK(problem->file[0] && memchr(problem->file, '\0', sizeof(problem->file)));
	CHECK(problem->text[0] && memchr(problem->text, '\0', sizeof(problem->text)));
}

/* What libconfuse or a C string would make something else of is let through nowhere. */
static void check_accepted(const struct tree_file *file)
{
	CHECK(file->len > 0);
	CHECK(!memchr(file->bytes, '\0', file->len));
	CHECK(!memmem(file->bytes, file->len, "${", 2));
}

/* Has each word that can begin something, as key or as string. */
static const char one_more[] = "user \"fuzzer\" {\n"
			       "services = {when_unsupported, when_group_unknown, probe_group, "
			       "contact, default, user, group, "
			       "profile, system, except_users, except_groups}\n"
			       "bounding { policy = allow keep = {} drop = {} } inheritable { }\n"
			       "userns { create = yes strict = no } }\n";

static struct policy_rules read_alone(const struct tree_file *file, const char *bytes, size_t len,
				      bool *ret_good)
{
	struct policy_rules rules = { 0 };
	struct config_problem problem;

	*ret_good =
		config_parse(file->part, file->name, file->path, bytes, len, &rules, &problem) == 0;
	return rules;
}

/*
 * Libconfuse is told of the words only that a file has. So whether a file is good, and its rules,
 * may not depend on one more rule with all of them. Asked of files that end in a line end.
 */
static void check_with_one_more(const struct tree_file *file)
{
	size_t len = file->len + sizeof(one_more) - 1;
	struct policy_rules rules, more;
	bool good, still_good;
	char *bytes;

	if ((file->part != CONFIG_MAIN && file->part != CONFIG_DROPIN) || file->len == 0 ||
	    file->bytes[file->len - 1] != '\n')
		return;
	bytes = malloc(len);
	CHECK(bytes);
	memcpy(bytes, file->bytes, file->len);
	memcpy(bytes + file->len, one_more, sizeof(one_more) - 1);
	rules = read_alone(file, bytes, file->len, &good);
	more = read_alone(file, bytes, len, &still_good);
	CHECK(still_good == good);
	CHECK(!good || more.rule_count == rules.rule_count + 1);
	CHECK(!good || more.profile_count == rules.profile_count);
	CHECK(!good || capset_equal(more.system_taken, rules.system_taken));
	policy_rules_clear(&rules);
	policy_rules_clear(&more);
	free(bytes);
}

/* A file that is wrong leaves the rules as they were, and the others to be read. */
static bool read_file(const struct tree_file *file, struct policy_rules *rules)
{
	const struct policy_rules before = *rules;
	struct config_problem problem;
	int r;

	problem.file[0] = problem.text[0] = '\0';
	r = config_parse(file->part, file->name, file->path, file->bytes, file->len, rules,
			 &problem);
	if (r == 0) {
		CHECK(rules->file_count == before.file_count + 1);
		check_accepted(file);
		return true;
	}
	check_problem(&problem, r);
	CHECK(strcmp(problem.file, file->path) == 0);
	CHECK(rules->file_count == before.file_count);
	CHECK(rules->rule_count == before.rule_count);
	CHECK(rules->profile_count == before.profile_count);
	CHECK(rules->probe_group == before.probe_group);
	CHECK(rules->when_unsupported == before.when_unsupported);
	CHECK(rules->when_group_unknown == before.when_group_unknown);
	CHECK(capset_equal(rules->system_taken, before.system_taken));
	return false;
}

static void check_chain(const struct policy_body *body, unsigned room)
{
	CHECK(!body->profile == !body->profile_name);
	if (!body->profile)
		return;
	CHECK(room > 0);
	CHECK(strcmp(body->profile->name, body->profile_name) == 0);
	check_chain(&body->profile->body, room - 1);
}

/* Names are clear, and no chain is longer than policy_decide() follows it. */
static void check_resolved(const struct policy_rules *rules)
{
	size_t i;

	for (i = 1; i < rules->profile_count; i++)
		CHECK(strcmp(rules->profiles[i - 1].name, rules->profiles[i].name) < 0);
	for (i = 0; i < rules->rule_count; i++)
		check_chain(&rules->rules[i].body, POLICY_CHAIN_MAX);
}

/* Returns whether there is something to decide from; the rules are freed in any case. */
static bool read_tree(const struct tree *tree, bool reversed, struct policy_rules *rules,
		      unsigned *ret_good)
{
	struct config_problem problem;
	unsigned i;
	int r;

	*ret_good = 0;
	for (i = 0; i < tree->count; i++)
		*ret_good += read_file(&tree->files[reversed ? tree->count - 1 - i : i], rules);
	problem.file[0] = problem.text[0] = '\0';
	r = config_resolve(&no_tree, rules, &problem);
	if (r < 0)
		check_problem(&problem, r);
	else
		check_resolved(rules);
	return r == 0;
}

/* ---- deciding ---- */

/* The same rules, read once more and read with the last file first. */
struct readings {
	struct policy_rules rules, again, reversed;
};

/* @free: what flags let through */
static void check_plan(const struct policy_decision *decision, struct capset current,
		       struct capset free)
{
	struct plan_sets sets;
	struct plan plan;
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		sets.items[item] = policy_item_is_set(item) ? current : free;
	plan_build(decision, &sets, CAPSET_VAGUE_MOST, &plan);
	CHECK_LAW(law_plan(decision, &sets, &plan));
	plan_without_userns(&plan, &sets, true);
	CHECK(!plan_needs_userns(&plan));
	CHECK(capset_is_empty(plan.target.items[POLICY_CREATE]));
}

static void check_decision(const struct policy_decision *decision)
{
	CHECK_LAW(law_sources(decision));
	check_plan(decision, capset_up_to(40), CAPSET_ALL);
	check_plan(decision, CAPSET_NONE, CAPSET_ALL);
	check_plan(decision, CAPSET_ALL, CAPSET_NONE);
	check_plan(decision, capset_from_bits(UINT64_C(0x5a5a5a5a5a5a5a5a)), CAPSET_NONE);
}

static void check_subject(const struct readings *readings, const struct policy_subject *subject)
{
	struct policy_decision decision, again, reversed;

	CHECK(policy_decide(&readings->rules, subject, &decision) == 0);
	CHECK(policy_decide(&readings->again, subject, &again) == 0);
	CHECK(policy_decide(&readings->reversed, subject, &reversed) == 0);
	check_decision(&decision);
	CHECK_LAW(law_same_answers(&decision, &again));
	CHECK_LAW(law_same_sources(&decision, &again));
	CHECK_LAW(law_same_answers(&decision, &reversed));
	CHECK_LAW(law_same_sources(&decision, &reversed));
	policy_decision_clear(&decision);
	policy_decision_clear(&again);
	policy_decision_clear(&reversed);
}

/* Somebody whom as many of the rules as may be are about, whatever the input calls them. */
static struct policy_subject find_insider(const struct policy_rules *rules,
					  const char *groups[static GROUPS_MAX])
{
	struct policy_subject insider = { .name = "alice", .service = "sshd", .groups = groups };
	size_t i;

	insider.uid = 1000;
	for (i = 0; i < rules->rule_count; i++) {
		const struct policy_rule *rule = &rules->rules[i];

		if (rule->kind == POLICY_USER)
			insider.name = rule->name;
		else if (rule->kind == POLICY_GROUP && insider.group_count < GROUPS_MAX)
			groups[insider.group_count++] = rule->name;
		else if (rule->kind == POLICY_RANGE)
			insider.uid = rule->uid_min;
		if (rule->body.service_count > 0)
			insider.service = rule->body.services[0];
	}
	return insider;
}

static void check_subjects(const struct readings *readings)
{
	static const char *const groups[] = { "students", "staff" };
	const char *insider_groups[GROUPS_MAX];
	const struct policy_subject insider = find_insider(&readings->rules, insider_groups);
	const struct policy_subject subjects[] = {
		{ "root", 0, "login", groups, 2, NULL, 0 },
		{ "alice", 1000, "sshd", groups, 2, NULL, 0 },
		{ "alice", 1000, "cron", groups, 1, groups + 1, 1 },
		{ "nobody", 65534, "sshd", NULL, 0, groups, 2 },
		insider,
	};
	size_t i;

	for (i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		check_subject(readings, &subjects[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct readings readings = { 0 };
	unsigned good, again, reversed;
	struct tree tree;
	bool resolved;
	unsigned i;

	tree_split((const char *)data, size, &tree);
	for (i = 0; i < tree.count; i++)
		check_with_one_more(&tree.files[i]);
	resolved = read_tree(&tree, false, &readings.rules, &good);
	CHECK(read_tree(&tree, false, &readings.again, &again) == resolved);
	CHECK(read_tree(&tree, true, &readings.reversed, &reversed) == resolved);
	CHECK(again == good && reversed == good);
	CHECK(readings.again.when_unsupported == readings.rules.when_unsupported);
	CHECK(readings.again.when_group_unknown == readings.rules.when_group_unknown);
	CHECK(capset_equal(readings.again.system_taken, readings.rules.system_taken));
	CHECK(capset_equal(readings.reversed.system_taken, readings.rules.system_taken));
	if (resolved)
		check_subjects(&readings);
	policy_rules_clear(&readings.rules);
	policy_rules_clear(&readings.again);
	policy_rules_clear(&readings.reversed);
	tree_clear(&tree);
	return 0;
}
