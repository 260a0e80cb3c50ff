// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* explain: what a login would leave of each set, and who says so. */
#include "ctl_explain.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

enum form { FORM_TEXT, FORM_TABLE, FORM_JSON };

/* ---- what the forms share ---- */

struct capset ctl_explain_missing(const struct session *session, enum policy_item item)
{
	return capset_minus(capset_up_to(session->last), session->plan.target.sets[item]);
}

bool ctl_explain_cuts(const struct session *session, enum policy_item by, enum policy_item item)
{
	return by == item ||
	       (by == POLICY_BOUNDING && item == POLICY_USERNS && session->plan.target.strict);
}

struct capset ctl_explain_taken(const struct session *session, const struct policy_source *source)
{
	return capset_and(source->taken, capset_up_to(session->last));
}

bool ctl_explain_says(const struct policy_source *source, enum policy_item item)
{
	const struct policy_body *body =
		source->profile ? &source->profile->body : &source->rule->body;

	return body->clauses[item].value;
}

bool ctl_explain_needs_provider(const struct session *session)
{
	return plan_needs_userns(&session->plan) && session->plan.target.create;
}

const char *ctl_explain_range(const struct policy_rule *rule, char buf[static 24])
{
	snprintf(buf, 24, "%u:%u", rule->uid_min, rule->uid_max);
	return buf;
}

/* ---- the call ---- */

/* A process with everything: what stays of it is what the rules say. */
static int plan_from_all(struct session *session)
{
	struct kernel_sets sets;
	int r = kernel_linux.read_sets(kernel_linux.context, &sets);

	if (r < 0) {
		session->problem.stage = SESSION_STAGE_SETS;
		session->problem.error = r;
		return r;
	}
	session->last = sets.last;
	session->before = plan_everything(sets.last);
	plan_build(&session->decision, &session->before, &session->plan);
	return 0;
}

static int print_problem(const struct session *session, const struct session_request *request,
			 enum form form)
{
	char text[SESSION_TEXT];

	if (form == FORM_JSON)
		return ctl_explain_json_problem(session, request);
	return ctl_error("%s", session_problem_text(session, text));
}

static int explain(const struct session_request *request, enum form form)
{
	struct session session;
	int r, status = CTL_OK;

	r = session_decide(request, &session);
	if (r == 0)
		r = plan_from_all(&session);
	if (r < 0)
		status = print_problem(&session, request, form);
	else if (form == FORM_JSON)
		status = ctl_explain_json(&session, request);
	else
		ctl_explain_text(&session, request, form == FORM_TABLE);
	session_clear(&session);
	return status;
}

/* Split "a,b" in place. Returns 0; -EINVAL for an empty name; or -ENOMEM. */
static int split_groups(char *list, const char ***ret_groups, size_t *ret_count)
{
	_cleanup_(freep) const char **groups = calloc(strlen(list) + 1, sizeof(*groups));
	size_t count = 0;

	if (!groups)
		return -ENOMEM;
	if (*list == '\0')
		list = NULL;
	while (list) {
		const char *name = strsep(&list, ",");

		if (*name == '\0')
			return -EINVAL;
		groups[count++] = name;
	}
	*ret_groups = groups;
	*ret_count = count;
	groups = NULL;
	return 0;
}

static int explain_for_groups(struct session_request *request, char *list, enum form form)
{
	_cleanup_(freep) const char **groups = NULL;
	int r = list ? split_groups(list, &groups, &request->group_count) : 0;

	if (r == -EINVAL)
		return ctl_usage_error("explain", "expected names of groups after --groups, "
						  "separated by single commas");
	if (r < 0)
		return ctl_error("out of memory");
	request->groups = groups;
	return explain(request, form);
}

int ctl_explain(int argc, char **argv)
{
	static const struct option options[] = {
		{ "service", required_argument, NULL, 's' },
		{ "conf", required_argument, NULL, 'c' },
		{ "groups", required_argument, NULL, 'g' },
		{ "table", no_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct session_request request = { .service = "login", .any_owner = true };
	enum form form = FORM_TEXT;
	char *groups = NULL;
	unsigned forms = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			request.service = optarg;
			break;
		case 'c':
			request.conf = optarg;
			break;
		case 'g':
			groups = optarg;
			break;
		case 't':
			form = FORM_TABLE;
			forms++;
			break;
		case 'j':
			form = FORM_JSON;
			forms++;
			break;
		default:
			return CTL_USAGE;
		}
	}
	if (argc - optind != 1)
		return ctl_usage_error("explain", "expected one USER");
	if (forms > 1)
		return ctl_usage_error("explain", "expected at most one of --table and --json");
	request.user = argv[optind];
	return explain_for_groups(&request, groups, form);
}
