// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "config_problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error_text.h"

/* "%.*s" is a path that may be the file's own or that of a directory on the way to it. */
static const struct {
	int error;
	const char *text;
} messages[CONFIG_MESSAGE_COUNT] = {
	[CONFIG_NOT_ABSOLUTE] = { -EPERM, "expected an absolute path" },
	[CONFIG_DOTS] = { -EPERM, "expected a path without '.' and '..'" },
	[CONFIG_SYMLINK] = { -EPERM, "%.*s is a symbolic link; expected the real path" },
	[CONFIG_NOT_REGULAR] = { -EPERM, "expected a regular file" },
	[CONFIG_OWNER] = { -EPERM, "%.*s is owned by uid %u; expected root" },
	[CONFIG_WRITABLE] = { -EPERM, "%.*s is writable by group or others (mode %04o); "
				      "expected it to be root's only" },
	[CONFIG_MISSING] = { -ENOENT, "%.*s does not exist" },
	[CONFIG_SYSTEM] = { 0, "%.*s: %s" },
	[CONFIG_CHANGED] = { -EAGAIN, "was changed while it was read" },
	[CONFIG_NO_MEMORY] = { -ENOMEM, "out of memory" },

	[CONFIG_TOO_LARGE] = { -EBADMSG, "expected at most %u bytes" },
	[CONFIG_EMPTY] = { -EBADMSG, "is empty; expected rules, or at least a comment" },
	[CONFIG_BOM] = { -EBADMSG, "begins with a byte order mark; expected plain UTF-8" },
	[CONFIG_NUL] = { -EBADMSG, "a NUL byte; expected text" },
	[CONFIG_CONTROL] = { -EBADMSG, "control character 0x%02x; expected text" },
	[CONFIG_ENVIRONMENT] = { -EBADMSG, "'${': the environment is not for use here, "
					   "nor in comments" },

	[CONFIG_CHARACTER] = { -EBADMSG, "unexpected %s; only letters, digits and _-.:@ go "
					 "without quotes" },
	[CONFIG_TOO_LONG] = { -EBADMSG, "a word or string of more than %u bytes" },
	[CONFIG_STRING_OPEN] = { -EBADMSG, "expected a closing %c on the same line" },
	[CONFIG_STRING_EMPTY] = { -EBADMSG, "an empty string; expected a name or value" },
	[CONFIG_STRING_CHARACTER] = { -EBADMSG, "'%c' cannot be part of a name or value" },
	[CONFIG_STRING_ESCAPE] = { -EBADMSG, "expected \\\\ or \\\" where a backslash stands in "
					     "double quotes" },
	[CONFIG_COMMENT_OPEN] = { -EBADMSG, "this comment has no end; expected */" },
	[CONFIG_BRACE_OPEN] = { -EBADMSG, "this { has no matching }" },
	[CONFIG_BRACE_CLOSE] = { -EBADMSG, "this } has no matching {" },
	[CONFIG_NESTING] = { -EBADMSG,
			     "unexpected {; expected no more than a list in a set in a rule" },
	[CONFIG_APPEND] = { -EBADMSG, "expected = instead of +=: each key is said once" },
	[CONFIG_SYNTAX] = { -EBADMSG, "%s" },

	[CONFIG_TWICE] = { -EBADMSG, "'%s' is said twice; expected once" },
	[CONFIG_UNSUPPORTED_WORD] = { -EBADMSG, "when_unsupported = '%s'; expected "
						"deny-creation, refuse or warn" },
	[CONFIG_POLICY_WORD] = { -EBADMSG, "policy = '%s'; expected default, allow or deny" },
	[CONFIG_FLAG_WORD] = { -EBADMSG, "%s = '%s'; expected true, yes, on, false, no or off" },
	[CONFIG_CAPABILITY] = { -EBADMSG, "'%s'; expected a capability by name, or by number "
					  "0 to 63" },
	[CONFIG_KEEP_AND_DROP] = { -EBADMSG, "'%s' is in both keep and drop; expected in one" },
	[CONFIG_SERVICES_EMPTY] = { -EBADMSG, "no services: the rule would never hold; expected "
					      "one at least, or no such key" },
	[CONFIG_RANGE] = { -EBADMSG, "user '%s'; expected a name, or MIN:MAX, MIN: or :MAX as a "
				     "range of uids" },
	[CONFIG_RANGE_UID] = { -EBADMSG, "user '%s'; expected uids from 0 to 4294967294" },
	[CONFIG_RANGE_ORDER] = { -EBADMSG, "user '%s'; expected the lower uid first" },
	[CONFIG_GROUP_COLON] = { -EBADMSG, "group '%s'; expected a name; ranges are for uids" },
	[CONFIG_NAME] = { -EBADMSG, "'%s'; expected the name of one user or group, as it is: "
				    "without @, %%, * and commas" },
	[CONFIG_SERVICE] = { -EBADMSG, "'%s'; expected one PAM service in each string" },
	[CONFIG_COMPONENT] = { -EINVAL, "'%s' can't be the name of a file here, where the rules of "
					"this name would be" },
	[CONFIG_PROFILE_TWICE] = { -EBADMSG, "a second profile '%s'; expected one" },
	[CONFIG_PROFILE_UNKNOWN] = { -EBADMSG, "no such profile: %s" },
	[CONFIG_PROFILE_CIRCLE] = { -EBADMSG, "profiles build on each other in a circle: %s" },
	[CONFIG_PROFILE_CHAIN] = { -EBADMSG, "more than %u profiles build on each other: %s" },
};

int config_problem_vset(struct config_problem *problem, enum config_message message,
			const char *file, unsigned line, va_list args)
{
	problem->message = message;
	problem->error = messages[message].error;
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
