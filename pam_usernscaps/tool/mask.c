// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* mask: limits what any user namespace can have, whoever created it. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "audit.h"
#include "base/audit_id.h"
#include "base/audit_text.h"
#include "base/cleanup.h"
#include "bpf/loader.h"
#include "command.h"
#include "kernel/native_mask.h"
#include "mask.h"
#include "print.h"
#include "session/session.h"

/* ---- who has a mask ---- */

/* Both return 0; -ENOENT or -EOPNOTSUPP where there is no such provider; or -errno. */
struct provider {
	const char *name;
	int (*read)(struct capset *ret_mask, struct loader_problem *ret_problem);
	int (*shrink)(struct capset keep, struct capset *ret_before,
		      struct loader_problem *ret_problem);
};

static int read_bpf(struct capset *ret_mask, struct loader_problem *ret_problem)
{
	return loader_mask(&loader_paths, ret_mask, ret_problem);
}

static int shrink_bpf(struct capset keep, struct capset *ret_before,
		      struct loader_problem *ret_problem)
{
	return loader_mask_shrink(&loader_paths, keep, ret_before, ret_problem);
}

/* Returns @error. */
static int fail_native(int error, struct loader_problem *problem)
{
	const char *cause = error == -ENODATA  ? "the kernel did not shrink it; expected a caller "
						 "with the capability for that (41)"
			    : error == -EPROTO ? "expected a number"
					       : strerror(-error);

	snprintf(problem->text, sizeof(problem->text), "%s: %s", NATIVE_MASK_NAME, cause);
	return error;
}

static int read_native(struct capset *ret_mask, struct loader_problem *ret_problem)
{
	int r = native_mask_read(NATIVE_MASK_PATH, ret_mask);

	return r < 0 ? fail_native(r, ret_problem) : 0;
}

static int shrink_native(struct capset keep, struct capset *ret_before,
			 struct loader_problem *ret_problem)
{
	int r = native_mask_shrink(NATIVE_MASK_PATH, keep, ret_before);

	return r < 0 ? fail_native(r, ret_problem) : 0;
}

static const struct provider providers[] = {
	{ "bpf", read_bpf, shrink_bpf },
	{ "native", read_native, shrink_native },
};

#define PROVIDERS (sizeof(providers) / sizeof(providers[0]))

static bool is_absent(int error)
{
	return error == -ENOENT || error == -EOPNOTSUPP;
}

static int complain_absent(void)
{
	return ctl_error("there is no mask: the BPF programs are not loaded (see \"usernscapsctl "
			 "load\"), and this kernel has no sysctl " NATIVE_MASK_NAME);
}

/* ---- the log, and the audit trail ---- */

void ctl_log_mask(const char *provider, const char *what, struct capset before, struct capset after,
		  unsigned last)
{
	char login_uid[AUDIT_ID], from[CAPSET_TEXT], to[CAPSET_TEXT];
	struct audit_text text = { .size = 0 };

	openlog("usernscapsctl", LOG_PID, LOG_AUTH);
	audit_id_read("/proc/self/loginuid", login_uid);
	syslog(LOG_AUTH | LOG_NOTICE, "system mask %s: provider=%s uid=%u auid=%s from %s to %s",
	       what, provider, getuid(), login_uid, capset_format(before, last, from),
	       capset_format(after, last, to));
	audit_text_add(&text, "op=usernscaps_mask provider=%s was=%s now=%s", provider, from, to);
	ctl_audit_change(text.buf, true);
}

/* ---- what can be asked for ---- */

static int show(unsigned last)
{
	struct loader_problem problem;
	char text[CAPSET_TEXT];
	int status = CTL_OK;
	size_t found = 0, i;

	for (i = 0; i < PROVIDERS; i++) {
		struct capset mask;
		int r = providers[i].read(&mask, &problem);

		if (is_absent(r))
			continue;
		found++;
		if (r < 0)
			status = ctl_error("%s", problem.text);
		else
			printf("%-8s %s\n", providers[i].name, capset_format(mask, last, text));
	}
	return found > 0 ? status : complain_absent();
}

/* If one provider fails, the others still change their masks. */
static int shrink(struct capset wanted, unsigned last)
{
	const struct capset keep = capset_whole(wanted);
	struct loader_problem problem;
	int status = CTL_OK;
	size_t found = 0, i;

	if (!capset_is_whole(wanted))
		ctl_error("%s is taken as a whole: the mask knows no parts",
			  capset_cap_name(CAPSET_SPLIT));
	for (i = 0; i < PROVIDERS; i++) {
		struct capset before;
		int r = providers[i].shrink(keep, &before, &problem);

		if (is_absent(r))
			continue;
		found++;
		if (r < 0)
			status = ctl_error("%s", problem.text);
		else if (!capset_is_subset(before, keep))
			ctl_log_mask(providers[i].name, "shrunk", before, capset_and(before, keep),
				     last);
	}
	return found > 0 ? status : complain_absent();
}

static int shrink_to_rules(const char *conf, unsigned last)
{
	const struct config_site site = session_site(conf, false);
	_cleanup_(policy_rules_clear) struct policy_rules rules = { 0 };
	struct config_problem problem;

	if (config_load(&site, &rules, &problem) < 0)
		return ctl_complain(problem.file, problem.line, problem.severity, problem.text);
	/* Rules without a mask need no provider that has one. */
	if (capset_equal(rules.system_taken, CAPSET_NONE))
		return CTL_OK;
	return shrink(capset_minus(CAPSET_ALL, rules.system_taken), last);
}

static int reset_bpf(unsigned last)
{
	struct loader_problem problem;
	struct capset before;

	if (loader_mask_reset(&loader_paths, &before, &problem) < 0)
		return ctl_error("%s", problem.text);
	ctl_log_mask("bpf", "reset", before, CAPSET_ALL, last);
	return CTL_OK;
}

/* Only a reboot widens the kernel's own mask. */
static int reset(unsigned last)
{
	int status = reset_bpf(last);
	struct capset mask;

	if (native_mask_read(NATIVE_MASK_PATH, &mask) == 0 &&
	    !capset_is_subset(capset_up_to(last), mask))
		status = ctl_error(NATIVE_MASK_NAME " can't be widened: it stays as it is until "
						    "the next boot");
	return status;
}

/* ---- the command ---- */

enum { RULES, CONF, RESET };

static const struct command_option options[] = {
	[RULES] = { .name = "rules",
		    .help = "shrink it as the \"system\" sections of the rules say" },
	[CONF] = { .name = "conf",
		   .value = "FILE",
		   .words = WORDS_FILE,
		   .help = "with --rules: the main rules file, in place of the site's" },
	[RESET] = { .name = "reset", .help = "make it full again" },
	{ .name = NULL },
};

static int change(const struct command_call *call, struct capset keep, unsigned last)
{
	if (call->values[RULES])
		return shrink_to_rules(call->values[CONF], last);
	return call->values[RESET] ? reset(last) : shrink(keep, last);
}

static int run(const struct command_call *call)
{
	const char *spec = call->operands[0];
	int asked = call->operand_count + !!call->values[RULES] + !!call->values[RESET];
	struct capset keep = CAPSET_ALL;
	unsigned last;

	if (asked > 1)
		return ctl_usage_error("mask", "expected one of a SPEC, --rules and --reset");
	if (call->values[CONF] && !call->values[RULES])
		return ctl_usage_error("mask", "expected --conf with --rules only");
	if (spec && ctl_parse_set("mask", "", spec, &keep) != CTL_OK)
		return CTL_USAGE;
	if (geteuid() != 0)
		return ctl_error("only root can see or change the mask");
	if (ctl_find_last(&last) != CTL_OK)
		return CTL_FAILED;
	return asked ? change(call, keep, last) : show(last);
}

const struct command command_mask = {
	.name = "mask",
	.operands = "[SPEC]",
	.operands_max = 1,
	.words = WORDS_SET,
	.summary = "show or shrink what any user namespace can have",
	.options = options,
	.run = run,
};
