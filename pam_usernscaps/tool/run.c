// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* run: what is to be raised, then the pipeline with a decision from the command line. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error_text.h"
#include "command.h"
#include "kernel/regain.h"
#include "print.h"
#include "session/session.h"
#include "watch.h"

/* What the options say. */
struct request {
	struct policy_decision *decision;
	struct capset raise;
	bool raise_most; /* of them, those that the bounding set has */
	bool reset;
};

/* ---- options: three of our own, and one for each item ---- */

enum { RAISE, RESET, WATCH, FIRST_ITEM };

static struct command_option options[FIRST_ITEM + POLICY_ITEM_COUNT + 1] = {
	[RAISE] = { .name = "raise",
		    .value = "SPEC",
		    .words = WORDS_SET,
		    .help = "first raise these in the userns set, as far as the kernel allows" },
	[RESET] = { .name = "reset",
		    .help = "first raise all that the bounding set has, and clear flags" },
	[WATCH] = { .name = "watch", .help = "afterwards print what was denied to the program" },
};

_Static_assert(sizeof(options) / sizeof(options[0]) <= COMMAND_OPTIONS, "room in a call");

/* "--userns=SPEC", "--no-create", "--strict": what restricts an item. */
static void make_options(void)
{
	static char names[POLICY_ITEM_COUNT][32];
	enum policy_item item;
	char *underscore;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		bool is_set = policy_item_is_set(item);

		snprintf(names[item], sizeof(names[item]), "%s%s",
			 is_set || policy_items[item].restricts ? "" : "no-",
			 policy_item_name(item));
		while ((underscore = strchr(names[item], '_')))
			*underscore = '-';
		options[FIRST_ITEM + item] = (struct command_option){
			.name = names[item],
			.value = is_set ? "SPEC" : NULL,
			.words = is_set ? WORDS_SET : WORDS_NONE,
			.help = policy_items[item].step,
		};
	}
}

static int parse_set(unsigned option, const char *spec, struct capset *ret_set)
{
	char words[48];

	snprintf(words, sizeof(words), "--%s=", options[option].name);
	if (ctl_parse_set("run", words, spec, ret_set) != CTL_OK)
		return CTL_USAGE;
	if (option != FIRST_ITEM + POLICY_USERNS && !capset_is_whole(*ret_set))
		return ctl_usage_error("run", "%s%s: parts of capabilities are for --userns only",
				       words, spec);
	return CTL_OK;
}

static int read_options(const struct command_call *call, struct request *request)
{
	const char *raise = call->values[RAISE];
	enum policy_item item;
	int status = CTL_OK;

	request->reset = call->values[RESET];
	if (raise) {
		request->raise_most = strncasecmp(raise, "all", 3) == 0;
		status = parse_set(RAISE, raise, &request->raise);
	}
	for (item = 0; item < POLICY_ITEM_COUNT && status == CTL_OK; item++) {
		struct policy_answer *answer = &request->decision->items[item];
		const char *value = call->values[FIRST_ITEM + item];

		if (!value)
			continue;
		answer->mentioned = true;
		answer->set = CAPSET_NONE;
		if (policy_item_is_set(item))
			status = parse_set(FIRST_ITEM + item, value, &answer->set);
	}
	return status;
}

/* ---- regaining ---- */

/* What nobody can undo (a filter, a locked securebit) is reported, and does not keep the command
 * from running. */
static int reset(const struct userns *userns)
{
	struct regain regain;
	char text[REGAIN_TEXT];

	if (regain_all(userns, &regain) == 0)
		return CTL_OK;
	ctl_error("%s", regain_problem_text(&regain, text));
	return regain.raise_error == 0 && regain.clear_error == -EOPNOTSUPP ? CTL_OK : CTL_FAILED;
}

/* "all" means what the bounding set has, because no more is possible. Names are taken literally. */
static int raise_set(const struct userns *userns, const struct request *request)
{
	struct capset wanted = request->raise;
	struct kernel_sets sets;
	struct regain regain;
	char text[REGAIN_TEXT];
	int r = kernel_linux.read_sets(kernel_linux.context, &sets);

	if (r < 0)
		return ctl_error("can't read the capability sets: %s", error_text(-r));
	if (request->raise_most)
		wanted = capset_and(wanted, sets.bounding);
	if (regain_raise(userns, wanted, &regain) < 0)
		return ctl_error("%s", regain_problem_text(&regain, text));
	return CTL_OK;
}

static int regain_asked_for(const struct request *request)
{
	bool raise = !capset_equal(request->raise, CAPSET_NONE);
	struct userns userns;
	int r, status = CTL_OK;

	if (!raise && !request->reset)
		return CTL_OK;
	r = userns_find(&kernel_linux, &userns);
	if (r < 0)
		return ctl_error("can't find out how userns sets are provided: %s", error_text(-r));
	if (request->reset)
		status = reset(&userns);
	if (status == CTL_OK && raise)
		status = raise_set(&userns, request);
	return status;
}

static bool has_effective(cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (!caps)
		return false;
	cap_get_flag(caps, cap, CAP_EFFECTIVE, &value);
	cap_free(caps);
	return value == CAP_SET;
}

/*
 * A user without privilege may lower sets only if no setuid program can be surprised by it
 * afterwards: the same bargain as seccomp's.
 */
static int give_up_privileges(void)
{
	if (has_effective(CAP_SETPCAP) && has_effective(CAP_SYS_ADMIN))
		return 0;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int run(const struct command_call *call)
{
	struct session session = { .rules.when_unsupported = POLICY_UNSUPPORTED_REFUSE };
	struct request request = { .decision = &session.decision };
	char text[SESSION_TEXT], caps[CAPSET_TEXT];
	int status;

	policy_decision_init(&session.decision);
	status = read_options(call, &request);
	if (status == CTL_OK)
		status = regain_asked_for(&request);
	if (status != CTL_OK)
		return status;
	if (give_up_privileges() < 0)
		return ctl_error("can't set no_new_privs: %m");
	if (session_restrict(&session, &kernel_linux) < 0)
		return ctl_error("%s", session_problem_text(&session, text));
	if (!capset_is_empty(session.plan.undivided))
		ctl_error("%s is lost as well: it can't be told from what is taken here",
			  capset_list(session.plan.undivided, caps));
	if (call->values[WATCH])
		return ctl_watch(call->operands);
	execvp(call->operands[0], call->operands);
	status = errno == ENOENT ? 127 : 126; /* as the shells say it */
	ctl_error("%s: %m", call->operands[0]);
	return status;
}

const struct command command_run = {
	.name = "run",
	.operands = "-- PROGRAM [ARGUMENT...]",
	.operands_min = 1,
	.operands_max = INT_MAX,
	.words = WORDS_PROGRAM,
	.summary = "run a program with fewer capabilities, or as root with those regained",
	.options = options,
	.make_options = make_options,
	.run = run,
};
