// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* run: the pipeline with a decision from the command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ctl.h"
#include "session.h"

static int parse_set(const char *option, const char *spec, struct policy_answer *answer)
{
	char words[32];

	answer->mentioned = true;
	snprintf(words, sizeof(words), "--%s=", option);
	return ctl_parse_set("run", words, spec, &answer->set);
}

static int parse_options(int argc, char **argv, struct policy_decision *decision)
{
	enum { NO_CREATE = POLICY_SET_COUNT };
	static const struct option options[] = {
		{ "bounding", required_argument, NULL, POLICY_BOUNDING },
		{ "inheritable", required_argument, NULL, POLICY_INHERITABLE },
		{ "userns", required_argument, NULL, POLICY_USERNS },
		{ "no-create", no_argument, NULL, NO_CREATE },
		{ NULL, 0, NULL, 0 },
	};
	int option, status = CTL_OK;

	while (status == CTL_OK && (option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == '?')
			return CTL_USAGE;
		if (option == NO_CREATE)
			decision->items[POLICY_CREATE].value = false;
		else
			status = parse_set(options[option].name, optarg, &decision->items[option]);
	}
	if (status == CTL_OK && optind == argc)
		return ctl_usage_error("run", "expected a command");
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

int ctl_run(int argc, char **argv)
{
	struct session session = { .rules.when_unsupported = POLICY_UNSUPPORTED_REFUSE };
	char text[SESSION_TEXT];
	int status;

	policy_decision_init(&session.decision);
	status = parse_options(argc, argv, &session.decision);
	if (status != CTL_OK)
		return status;
	if (give_up_privileges() < 0)
		return ctl_error("can't set no_new_privs: %m");
	if (session_restrict(&session, &kernel_linux) < 0)
		return ctl_error("%s", session_problem_text(&session, text));
	execvp(argv[optind], argv + optind);
	status = errno == ENOENT ? 127 : 126; /* as the shells say it */
	ctl_error("%s: %m", argv[optind]);
	return status;
}
