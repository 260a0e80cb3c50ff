// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Every message about rules: its name, severity and text. */
#include "problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error_text.h"

#define BROKEN(name, error, text)                                                                  \
	{                                                                                          \
		name, error, CONFIG_ERROR, text                                                    \
	}
#define LINT(name, severity, text)                                                                 \
	{                                                                                          \
		name, 0, severity, text                                                            \
	}

/* "%.*s" is a path that may be the file's own or that of a directory on the way to it. */
static const struct {
	const char *name;
	int error;
	enum config_severity severity;
	const char *text;
} messages[CONFIG_MESSAGE_COUNT] = {
	[CONFIG_NOT_ABSOLUTE] = BROKEN("not-absolute", -EPERM, "expected an absolute path"),
	[CONFIG_DOTS] = BROKEN("dots", -EPERM, "expected a path without '.' and '..'"),
	[CONFIG_SYMLINK] =
		BROKEN("symlink", -EPERM, "%.*s is a symbolic link; expected the real path"),
	[CONFIG_NOT_REGULAR] = BROKEN("not-regular", -EPERM, "expected a regular file"),
	[CONFIG_OWNER] = BROKEN("owner", -EPERM, "%.*s is owned by uid %u; expected root"),
	[CONFIG_WRITABLE] = BROKEN("writable", -EPERM,
				   "%.*s is writable by group or others (mode %04o); "
				   "expected only root to be able to write it"),
	[CONFIG_MISSING] = BROKEN("missing", -ENOENT, "%.*s does not exist"),
	[CONFIG_SYSTEM] = BROKEN("system", 0, "%.*s: %s"),
	[CONFIG_CHANGED] = BROKEN("changed", -EAGAIN, "was changed while it was read"),
	[CONFIG_NO_MEMORY] = BROKEN("no-memory", -ENOMEM, "out of memory"),

	[CONFIG_TOO_LARGE] = BROKEN("too-large", -EBADMSG, "expected at most %u bytes"),
	[CONFIG_EMPTY] =
		BROKEN("empty", -EBADMSG, "is empty; expected rules, or at least a comment"),
	[CONFIG_BOM] =
		BROKEN("bom", -EBADMSG, "begins with a byte order mark; expected plain UTF-8"),
	[CONFIG_NUL] = BROKEN("nul", -EBADMSG, "a NUL byte; expected text"),
	[CONFIG_CONTROL] = BROKEN("control", -EBADMSG, "control character 0x%02x; expected text"),
	[CONFIG_ENVIRONMENT] =
		BROKEN("environment", -EBADMSG,
		       "'${': environment variables are not allowed, not even in comments"),

	[CONFIG_CHARACTER] = BROKEN("character", -EBADMSG,
				    "unexpected %s; only letters, digits and _-.:@ need no quotes"),
	[CONFIG_TOO_LONG] = BROKEN("too-long", -EBADMSG, "a word or string of more than %u bytes"),
	[CONFIG_STRING_OPEN] =
		BROKEN("string-open", -EBADMSG, "expected a closing %c on the same line"),
	[CONFIG_STRING_EMPTY] =
		BROKEN("string-empty", -EBADMSG, "an empty string; expected a name or value"),
	[CONFIG_STRING_CHARACTER] =
		BROKEN("string-character", -EBADMSG, "'%c' cannot be part of a name or value"),
	[CONFIG_STRING_ESCAPE] = BROKEN("string-escape", -EBADMSG,
					"expected \\\\ or \\\" where a backslash stands in "
					"double quotes"),
	[CONFIG_COMMENT_OPEN] =
		BROKEN("comment-open", -EBADMSG, "this comment has no end; expected */"),
	[CONFIG_BRACE_OPEN] = BROKEN("brace-open", -EBADMSG, "this { has no matching }"),
	[CONFIG_BRACE_CLOSE] = BROKEN("brace-close", -EBADMSG, "this } has no matching {"),
	[CONFIG_NESTING] = BROKEN("nesting", -EBADMSG,
				  "unexpected {; expected no more than a list in a set in a rule"),
	[CONFIG_APPEND] =
		BROKEN("append", -EBADMSG, "expected = instead of +=: each key is given once"),
	[CONFIG_SYNTAX] = BROKEN("syntax", -EBADMSG, "%s"),

	[CONFIG_TWICE] = BROKEN("twice", -EBADMSG, "'%s' is given twice"),
	[CONFIG_UNSUPPORTED_WORD] = BROKEN("unsupported-word", -EBADMSG,
					   "when_unsupported = '%s'; expected "
					   "deny-creation, refuse or warn"),
	[CONFIG_UNKNOWN_WORD] =
		BROKEN("unknown-word", -EBADMSG,
		       "when_group_unknown = '%s'; expected restrict, refuse or ignore"),
	[CONFIG_POLICY_WORD] =
		BROKEN("policy-word", -EBADMSG, "policy = '%s'; expected default, allow or deny"),
	[CONFIG_FLAG_WORD] = BROKEN("flag-word", -EBADMSG,
				    "%s = '%s'; expected true, yes, on, false, no or off"),
	[CONFIG_CAPABILITY] = BROKEN("capability", -EBADMSG, "unknown capability '%s'; %s"),
	[CONFIG_PART] = BROKEN("part", -EBADMSG, "'%s': the parts of %s are %s"),
	[CONFIG_NO_PARTS] =
		BROKEN("no-parts", -EBADMSG, "'%s': of the capabilities only %s has parts"),
	[CONFIG_PART_SET] = BROKEN("part-set", -EBADMSG,
				   "'%s' in %s; expected parts of capabilities in userns only"),
	[CONFIG_KEEP_AND_DROP] = BROKEN("keep-and-drop", -EBADMSG, "'%s' is in both keep and drop"),
	[CONFIG_SYSTEM_FLAG] =
		BROKEN("system-flag", -EBADMSG,
		       "'%s' is for sessions; expected policy, keep or drop in a system section"),
	[CONFIG_SERVICES_EMPTY] = BROKEN("services-empty", -EBADMSG,
					 "an empty list of services: the rule would never apply"),
	[CONFIG_RANGE] = BROKEN("range", -EBADMSG,
				"user '%s'; expected a name, or MIN:MAX, MIN: or :MAX as a "
				"range of uids"),
	[CONFIG_RANGE_UID] =
		BROKEN("range-uid", -EBADMSG, "user '%s'; expected uids from 0 to 4294967294"),
	[CONFIG_RANGE_ORDER] =
		BROKEN("range-order", -EBADMSG, "user '%s'; expected the lower uid first"),
	[CONFIG_GROUP_COLON] =
		BROKEN("group-colon", -EBADMSG, "group '%s'; expected a name; ranges are for uids"),
	[CONFIG_NAME] = BROKEN(
		"name", -EBADMSG,
		"'%s'; expected the name of one user or group, without @, %%, *, : or commas"),
	[CONFIG_SERVICE] =
		BROKEN("service", -EBADMSG, "'%s'; expected one PAM service in each string"),
	[CONFIG_EXCEPTION] =
		BROKEN("exception", -EBADMSG,
		       "'%s' in a rule for one user; expected it in a rule for a group, "
		       "a range of uids or default"),
	[CONFIG_COMPONENT] =
		BROKEN("component", -EINVAL,
		       "'%s' can't be the name of a file, so it can't have rules of its own"),
	[CONFIG_PROFILE_TWICE] = BROKEN("profile-twice", -EBADMSG, "a second profile '%s'"),
	[CONFIG_PROFILE_UNKNOWN] = BROKEN("profile-unknown", -EBADMSG, "no such profile: %s"),
	[CONFIG_PROFILE_CIRCLE] =
		BROKEN("profile-circle", -EBADMSG, "profiles build on each other in a circle: %s"),
	[CONFIG_PROFILE_CHAIN] =
		BROKEN("profile-chain", -EBADMSG, "more than %u profiles build on each other: %s"),

	[CONFIG_LINT_USER_NUMBER] = LINT("user-number", CONFIG_WARNING,
					 "user '%s' is a name here; expected '%s:%s' for a uid"),
	[CONFIG_LINT_USER_RANGE] =
		LINT("user-range", CONFIG_ERROR,
		     "user '%s' is a name here; write a section user '%s' for a range of uids"),
	[CONFIG_LINT_USER_UNKNOWN] = LINT("user-unknown", CONFIG_WARNING, "there is no user '%s'"),
	[CONFIG_LINT_USER_OTHER_NAME] =
		LINT("user-other-name", CONFIG_WARNING,
		     "the user database calls '%s' '%s'; only that name matches"),
	[CONFIG_LINT_USER_ALIAS] =
		LINT("user-alias", CONFIG_WARNING,
		     "uid %u is also user '%s', to whom this rule does not apply; write a rule for "
		     "'%s' too"),
	[CONFIG_LINT_GROUP_UNKNOWN] =
		LINT("group-unknown", CONFIG_WARNING, "there is no group '%s': %s"),
	[CONFIG_LINT_GROUP_OTHER_NAME] =
		LINT("group-other-name", CONFIG_WARNING,
		     "is never read: the group database calls '%s' '%s'; rename the file"),
	[CONFIG_LINT_LOOKUP] = LINT("lookup", CONFIG_WARNING, "can't look up '%s': %s"),
	[CONFIG_LINT_PROBE_UNKNOWN] =
		LINT("probe-unknown", CONFIG_ERROR,
		     "probe_group = '%s': there is no such group, so rules for groups restrict "
		     "everybody except root"),
	[CONFIG_LINT_PROBE_MISSING] =
		LINT("probe-missing", CONFIG_NOTICE,
		     "there are files for groups, and no probe_group; if a directory has these "
		     "groups, set one: while it is down, it can look like one without groups"),
	[CONFIG_LINT_RANGE_IDLE] = LINT("range-idle", CONFIG_WARNING,
					"user '%u:%u' has no effect: the rules of user '%s' "
					"take precedence"),
	[CONFIG_LINT_SERVICES_UNKNOWN] = LINT("services-unknown", CONFIG_WARNING,
					      "no service of this rule has a file in %s"),
	[CONFIG_LINT_SERVICE_CASE] = LINT("service-case", CONFIG_WARNING,
					  "service '%s': libpam makes it lower case; write '%s'"),
	[CONFIG_LINT_WAYS_AROUND] =
		LINT("ways-around", CONFIG_WARNING, "this restriction does not apply to: %s"),
	[CONFIG_LINT_NEWUIDMAP] = LINT("newuidmap", CONFIG_WARNING,
				       "%s is dropped from the bounding set, but %s has a range "
				       "for '%s': %s does not work"),
	[CONFIG_LINT_SYS_ADMIN] =
		LINT("sys-admin", CONFIG_WARNING,
		     "sys_admin is dropped from the userns set: few programs can use a namespace "
		     "without it; keep it, or set create = false"),
	[CONFIG_LINT_SYS_PTRACE] = LINT("sys-ptrace", CONFIG_NOTICE,
					"sys_ptrace is dropped from the userns set: desktop "
					"portals can't look into sandboxes"),
	[CONFIG_LINT_NO_NEW_PRIVS] =
		LINT("no-new-privs", CONFIG_NOTICE,
		     "no_new_privs: sudo, su, passwd, crontab, newuidmap and fusermount3 do not "
		     "work in these sessions"),
	[CONFIG_LINT_KEEP_IDLE] = LINT("keep-idle", CONFIG_WARNING,
				       "%s { keep = {%s} } has no effect, because nothing drops "
				       "these; to drop all others, add policy = deny"),
	[CONFIG_LINT_KEEP_UNDONE] =
		LINT("keep-undone", CONFIG_NOTICE,
		     "%s { keep = {%s} } is undone by %s:%u for users who match both rules"),
	[CONFIG_LINT_ALLOW_UNDONE] =
		LINT("allow-undone", CONFIG_NOTICE,
		     "%s { policy = allow } gives nothing back to users who match %s:%u too; to "
		     "leave out the members of '%s', write except_groups = {\"%s\"} there"),
	[CONFIG_LINT_FILE_NAME] =
		LINT("file-name", CONFIG_WARNING, "'%s' can't be the name of a %s"),
	[CONFIG_LINT_NEVER_READ] = LINT("never-read", CONFIG_WARNING, "is never read; expected %s"),
	[CONFIG_LINT_COPY] =
		LINT("copy", CONFIG_NOTICE, "is never read: a copy, or hidden; expected %s"),
	[CONFIG_LINT_PROFILE_UNUSED] =
		LINT("profile-unused", CONFIG_NOTICE, "no rule uses profile '%s'"),
	[CONFIG_LINT_PROFILE_MASKED] =
		LINT("profile-masked", CONFIG_WARNING, "is never read: profile '%s' is in %s:%u"),
	[CONFIG_LINT_PROFILE_OVER_VENDOR] =
		LINT("profile-over-vendor", CONFIG_NOTICE, "is read in place of %s"),
};

const char *config_message_name(enum config_message message)
{
	return messages[message].name;
}

const char *config_severity_name(enum config_severity severity)
{
	static const char *const names[CONFIG_SEVERITY_COUNT] = {
		[CONFIG_ERROR] = "error",
		[CONFIG_WARNING] = "warning",
		[CONFIG_NOTICE] = "notice",
	};

	return names[severity];
}

int config_problem_vset(struct config_problem *problem, enum config_message message,
			const char *file, unsigned line, va_list args)
{
	problem->message = message;
	problem->error = messages[message].error;
	problem->severity = messages[message].severity;
	problem->line = line;
	snprintf(problem->file, sizeof(problem->file), "%s", file);
/* The formats are those above: literals, but chosen by number. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	vsnprintf(problem->text, sizeof(problem->text), messages[message].text, args);
#pragma GCC diagnostic pop
	return problem->error;
}

int config_problem_set(struct config_problem *problem, enum config_message message,
		       const char *file, unsigned line, ...)
{
	va_list args;

	va_start(args, line);
	config_problem_vset(problem, message, file, line, args);
	va_end(args);
	return problem->error;
}

int config_problem_system(struct config_problem *problem, const char *file, const char *what,
			  int what_len, int error)
{
	if (error == ENOENT)
		return config_problem_set(problem, CONFIG_MISSING, file, 0, what_len, what);
	config_problem_set(problem, CONFIG_SYSTEM, file, 0, what_len, what, error_text(error));
	problem->error = -error;
	return problem->error;
}
