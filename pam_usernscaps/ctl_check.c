// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* check: what is wrong with the rules, or looks it. */
#include <errno.h>
#include <stdio.h>

#include "ctl.h"
#include "session.h"

static void print_problem(const char *severity, const struct config_problem *problem)
{
	if (problem->line)
		fprintf(stderr, "%s:%u: %s: %s\n", problem->file, problem->line, severity,
			problem->text);
	else
		fprintf(stderr, "%s: %s: %s\n", problem->file, severity, problem->text);
}

static bool restricts(const struct policy_body *body)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_clause *clause = &body->clauses[item];
		bool unrestricting = item == POLICY_CREATE; /* create = true, strict = false */

		if (!clause->mentioned)
			continue;
		if (!policy_item_is_set(item) && clause->value != unrestricting)
			return true;
		if (clause->base == POLICY_BASE_DENY || clause->drop.bits)
			return true;
	}
	return body->profile && restricts(&body->profile->body);
}

/* A rule for some services leaves the others as ways around it: name the usual ones. */
static void warn_of_ways_around(const struct policy_rule *rule)
{
	static const char *const ways_in[] = { "sshd",	 "login", "su",	 "su-l",	"sudo",
					       "sudo-i", "cron",  "atd", "systemd-user" };
	const char *separator = " ";
	size_t i;

	if (rule->body.service_count == 0 || !restricts(&rule->body))
		return;
	for (i = 0; i < sizeof(ways_in) / sizeof(ways_in[0]); i++) {
		if (policy_rule_has_service(rule, ways_in[i]))
			continue;
		if (*separator == ' ')
			fprintf(stderr, "%s:%u: warning: this restriction doesn't hold for:",
				rule->place.file, rule->place.line);
		fprintf(stderr, "%s%s", separator, ways_in[i]);
		separator = ", ";
	}
	if (*separator == ',')
		fputc('\n', stderr);
}

int ctl_check(int argc, char **argv)
{
	struct config_problem problem, unsafe = { .error = 0 };
	struct config_site site;
	struct policy_rules rules = { 0 };
	size_t i;
	int r;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-'))
		return ctl_usage_error("check", "expected at most one FILE");
	site = session_site(argc == 2 ? argv[1] : NULL, true);
	r = config_load(&site, &rules, &problem);
	if (r == 0)
		r = session_add_rules(&site, NULL, NULL, 0, &rules, &problem);
	if (argc == 2 && r != -ENOENT && config_check_safe(argv[1], &unsafe) < 0)
		print_problem("warning", &unsafe);
	if (r < 0) {
		print_problem("error", &problem);
		return CTL_FAILED;
	}
	for (i = 0; i < rules.rule_count; i++)
		warn_of_ways_around(&rules.rules[i]);
	printf("%s: no errors (rules: %zu, profiles: %zu)\n", rules.files[0], rules.rule_count,
	       rules.profile_count);
	policy_rules_clear(&rules);
	return CTL_OK;
}
