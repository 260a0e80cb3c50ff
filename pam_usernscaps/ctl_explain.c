// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* explain: what a login would leave of each set, and who says so. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "ctl.h"
#include "session.h"

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
