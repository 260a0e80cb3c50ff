// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* check and explain: what the rules say, without touching anything. */
#include <errno.h>
#include <getopt.h>
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

static void print_source(const struct policy_source *source)
{
	const struct policy_rule *rule = source->rule;

	printf("%15s%s:%u: %s", "", source->place.file, source->place.line,
	       policy_kind_name(rule->kind));
	if (rule->kind == POLICY_RANGE)
		printf(" \"%u:%u\"", rule->uid_min, rule->uid_max);
	else if (rule->name)
		printf(" \"%s\"", rule->name);
	if (source->profile)
		printf(", profile \"%s\"", source->profile->name);
	putchar('\n');
}

static void print_item(const struct session *session, enum policy_item item)
{
	const struct policy_answer *answer = &session->decision.items[item];
	size_t i;

	ctl_print_item(&session->plan.target, item, session->last);
	for (i = 0; i < answer->source_count; i++)
		print_source(&answer->sources[i]);
	if (item == POLICY_USERNS && session->plan.target.strict)
		printf("%15sstrict: cut by the bounding set\n", "");
}

static void print_session(const struct session *session, const char *service)
{
	enum policy_item item;
	size_t i;

	printf("user %s, uid %u, service %s\n", session->identity.name, session->identity.uid,
	       service);
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		print_item(session, item);
	for (i = 0; i < session->identity.unknown_count; i++)
		printf("warning: a rule names the group \"%s\", which does not exist\n",
		       session->identity.unknown[i]);
	if (plan_needs_userns(&session->plan) && session->plan.target.create)
		printf("without a provider: %s\n",
		       policy_unsupported_name(session->rules.when_unsupported));
}

/* A process with everything: what stays of it is what the rules say. */
static int plan_from_all(struct session *session)
{
	struct kernel_sets sets;
	int r = kernel_linux.read_sets(kernel_linux.context, &sets);

	if (r < 0)
		return r;
	session->last = sets.last;
	session->before = (struct plan_sets){ .create = true };
	for (enum policy_item item = 0; item < POLICY_SET_COUNT; item++)
		session->before.sets[item] = capset_up_to(sets.last);
	plan_build(&session->decision, &session->before, &session->plan);
	return 0;
}

static int explain(const struct session_request *request)
{
	char text[SESSION_TEXT];
	struct session session;
	int r, status = CTL_OK;

	r = session_decide(request, &session);
	if (r < 0)
		status = ctl_error("%s", session_problem_text(&session, text));
	if (r == 0) {
		r = plan_from_all(&session);
		if (r < 0)
			status = ctl_error("can't read the capability sets of this kernel");
		else
			print_session(&session, request->service);
	}
	session_clear(&session);
	return status;
}

int ctl_explain(int argc, char **argv)
{
	static const struct option options[] = {
		{ "service", required_argument, NULL, 's' },
		{ "conf", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	struct session_request request = { .service = "login", .any_owner = true };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			request.service = optarg;
		else if (option == 'c')
			request.conf = optarg;
		else
			return CTL_USAGE;
	}
	if (argc - optind != 1)
		return ctl_usage_error("explain", "expected one USER");
	request.user = argv[optind];
	return explain(&request);
}
