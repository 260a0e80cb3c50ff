// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* explain: what a login would leave of each set, and who says so. */
#include "explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"
#include "print.h"

enum form { FORM_TEXT, FORM_TABLE, FORM_JSON };

/* Of this machine's provider, as it is at this moment. */
static uint64_t find_vague(void)
{
	struct userns userns;

	return userns_find(&kernel_linux, &userns) < 0 ? CAPSET_VAGUE_MOST : userns_vague(&userns);
}

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
	plan_build(&session->decision, &session->before, find_vague(), &session->plan);
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

enum { SERVICE, GROUPS, CONF, TABLE, JSON };

static const struct command_option options[] = {
	[SERVICE] = { .name = "service",
		      .value = "NAME",
		      .words = WORDS_SERVICE,
		      .help = "the PAM service that opens the session (login)" },
	[GROUPS] = { .name = "groups",
		     .value = "NAME,...",
		     .words = WORDS_GROUPS,
		     .help = "as if the user were in these groups and no others" },
	[CONF] = OPTION_CONF,
	[TABLE] = { .name = "table", .help = "print the sets as a table" },
	[JSON] = OPTION_JSON,
	{ .name = NULL },
};

static int run(const struct command_call *call)
{
	const char *service = call->values[SERVICE], *groups = call->values[GROUPS];
	struct session_request request = {
		.user = call->operands[0],
		.service = service ? service : "login",
		.conf = call->values[CONF],
		.any_owner = true,
	};
	_cleanup_(freep) char *list = groups ? strdup(groups) : NULL;
	enum form form = call->values[TABLE] ? FORM_TABLE : FORM_TEXT;

	if (groups && !list)
		return ctl_error("out of memory");
	if (call->values[JSON] && call->values[TABLE])
		return ctl_usage_error("explain", "expected at most one of --table and --json");
	return explain_for_groups(&request, list, call->values[JSON] ? FORM_JSON : form);
}

const struct command command_explain = {
	.name = "explain",
	.operands = "USER",
	.operands_min = 1,
	.operands_max = 1,
	.words = WORDS_USER,
	.summary = "show what a login would leave of each set, and which lines decide it",
	.options = options,
	.run = run,
};
