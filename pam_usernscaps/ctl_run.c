// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* run: what is to be raised, then the pipeline with a decision from the command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ctl.h"
#include "error_text.h"
#include "regain.h"
#include "session.h"

struct options {
	struct policy_decision *decision;
	struct capset raise;
	bool raise_most; /* of them, those that the bounding set has */
	bool reset;
};

enum { OPTION_NO_CREATE = POLICY_SET_COUNT, OPTION_RAISE, OPTION_RESET };

static int parse_set(const char *option, const char *spec, struct capset *ret_set)
{
	char words[32];

	snprintf(words, sizeof(words), "--%s=", option);
	return ctl_parse_set("run", words, spec, ret_set);
}

static int parse_option(int option, const char *name, const char *value, struct options *options)
{
	struct policy_answer *answer;
	int status;

	switch (option) {
	case OPTION_NO_CREATE:
		options->decision->items[POLICY_CREATE].value = false;
		return CTL_OK;
	case OPTION_RESET:
		options->reset = true;
		return CTL_OK;
	case OPTION_RAISE:
		options->raise_most = strncasecmp(value, "all", 3) == 0;
		return parse_set(name, value, &options->raise);
	default:
		answer = &options->decision->items[option];
		status = parse_set(name, value, &answer->set);
		answer->mentioned = status == CTL_OK;
		return status;
	}
}

static int parse_options(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "bounding", required_argument, NULL, POLICY_BOUNDING },
		{ "inheritable", required_argument, NULL, POLICY_INHERITABLE },
		{ "userns", required_argument, NULL, POLICY_USERNS },
		{ "no-create", no_argument, NULL, OPTION_NO_CREATE },
		{ "raise", required_argument, NULL, OPTION_RAISE },
		{ "reset", no_argument, NULL, OPTION_RESET },
		{ NULL, 0, NULL, 0 },
	};
	int option, index, status = CTL_OK;

	while (status == CTL_OK && (option = getopt_long(argc, argv, "+", names, &index)) != -1) {
		if (option == '?')
			return CTL_USAGE;
		status = parse_option(option, names[index].name, optarg, options);
	}
	if (status == CTL_OK && optind == argc)
		return ctl_usage_error("run", "expected a command");
	return status;
}

/* What nobody can take back is said, and no reason not to run the command. */
static int reset(const struct userns *userns)
{
	struct regain regain;
	char text[REGAIN_TEXT];

	if (regain_all(userns, &regain) == 0)
		return CTL_OK;
	ctl_error("%s", regain_problem_text(&regain, text));
	return regain.raise_error == 0 && regain.clear_error == -EOPNOTSUPP ? CTL_OK : CTL_FAILED;
}

/* "all" is what the bounding set has, as no more can be; names are meant as they are said. */
static int raise_set(const struct userns *userns, const struct options *options)
{
	struct capset wanted = options->raise;
	struct kernel_sets sets;
	struct regain regain;
	char text[REGAIN_TEXT];
	int r = kernel_linux.read_sets(kernel_linux.context, &sets);

	if (r < 0)
		return ctl_error("can't read the capability sets: %s", error_text(-r));
	if (options->raise_most)
		wanted = capset_and(wanted, sets.bounding);
	if (regain_raise(userns, wanted, &regain) < 0)
		return ctl_error("%s", regain_problem_text(&regain, text));
	return CTL_OK;
}

static int regain_asked_for(const struct options *options)
{
	bool raise = !capset_equal(options->raise, CAPSET_NONE);
	struct userns userns;
	int r, status = CTL_OK;

	if (!raise && !options->reset)
		return CTL_OK;
	r = userns_find(&kernel_linux, &userns);
	if (r < 0)
		return ctl_error("can't find out how userns sets are provided: %s", error_text(-r));
	if (options->reset)
		status = reset(&userns);
	if (status == CTL_OK && raise)
		status = raise_set(&userns, options);
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
	struct options options = { .decision = &session.decision };
	char text[SESSION_TEXT];
	int status;

	policy_decision_init(&session.decision);
	status = parse_options(argc, argv, &options);
	if (status == CTL_OK)
		status = regain_asked_for(&options);
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
