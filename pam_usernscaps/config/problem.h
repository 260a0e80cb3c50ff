/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CONFIG_PROBLEM_H
#define CONFIG_PROBLEM_H

#include <limits.h>
#include <stdarg.h>

/* The longest text of a problem in bytes, terminating NUL included. */
#define CONFIG_TEXT 1024

/* How much there is to a message. */
enum config_severity {
	CONFIG_ERROR,	/* the login treats these rules as broken, or is refused */
	CONFIG_WARNING, /* the rules do not do what they appear to do */
	CONFIG_NOTICE,	/* they might not */
	CONFIG_SEVERITY_COUNT
};

/* All messages about rules. Each has one severity, name and text, in problem.c. */
enum config_message {
	/* opening it */
	CONFIG_NOT_ABSOLUTE,
	CONFIG_DOTS,
	CONFIG_SYMLINK,
	CONFIG_NOT_REGULAR,
	CONFIG_OWNER,
	CONFIG_WRITABLE,
	CONFIG_MISSING,
	CONFIG_SYSTEM, /* whatever else the kernel says */
	CONFIG_CHANGED,
	CONFIG_NO_MEMORY,
	/* its bytes */
	CONFIG_TOO_LARGE,
	CONFIG_EMPTY,
	CONFIG_BOM,
	CONFIG_NUL,
	CONFIG_CONTROL,
	CONFIG_ENVIRONMENT,
	/* its tokens */
	CONFIG_CHARACTER,
	CONFIG_TOO_LONG,
	CONFIG_STRING_OPEN,
	CONFIG_STRING_EMPTY,
	CONFIG_STRING_CHARACTER,
	CONFIG_STRING_ESCAPE,
	CONFIG_COMMENT_OPEN,
	CONFIG_BRACE_OPEN,
	CONFIG_BRACE_CLOSE,
	CONFIG_NESTING,
	CONFIG_APPEND,
	CONFIG_SYNTAX, /* libconfuse's own words */
	/* its values */
	CONFIG_TWICE,
	CONFIG_UNSUPPORTED_WORD,
	CONFIG_UNKNOWN_WORD,
	CONFIG_POLICY_WORD,
	CONFIG_FLAG_WORD,
	CONFIG_CAPABILITY,
	CONFIG_PART,
	CONFIG_NO_PARTS,
	CONFIG_PART_SET,
	CONFIG_KEEP_AND_DROP,
	CONFIG_SYSTEM_FLAG,
	CONFIG_SERVICES_EMPTY,
	CONFIG_RANGE,
	CONFIG_RANGE_UID,
	CONFIG_RANGE_ORDER,
	CONFIG_GROUP_COLON,
	CONFIG_NAME,
	CONFIG_SERVICE,
	CONFIG_EXCEPTION,
	/* its place among the others */
	CONFIG_COMPONENT,
	CONFIG_PROFILE_TWICE,
	CONFIG_PROFILE_UNKNOWN,
	CONFIG_PROFILE_CIRCLE,
	CONFIG_PROFILE_CHAIN,
	/* lints: valid rules that are probably not meant. Whom a rule is for */
	CONFIG_LINT_USER_NUMBER,
	CONFIG_LINT_USER_RANGE,
	CONFIG_LINT_USER_UNKNOWN,
	CONFIG_LINT_USER_OTHER_NAME,
	CONFIG_LINT_USER_ALIAS,
	CONFIG_LINT_GROUP_UNKNOWN,
	CONFIG_LINT_GROUP_OTHER_NAME,
	CONFIG_LINT_LOOKUP,
	CONFIG_LINT_PROBE_UNKNOWN,
	CONFIG_LINT_PROBE_MISSING,
	CONFIG_LINT_RANGE_IDLE,
	/* when it holds */
	CONFIG_LINT_SERVICES_UNKNOWN,
	CONFIG_LINT_SERVICE_CASE,
	CONFIG_LINT_WAYS_AROUND,
	/* what it does */
	CONFIG_LINT_NEWUIDMAP,
	CONFIG_LINT_SYS_ADMIN,
	CONFIG_LINT_SYS_PTRACE,
	CONFIG_LINT_NO_NEW_PRIVS,
	CONFIG_LINT_KEEP_IDLE,
	CONFIG_LINT_KEEP_UNDONE,
	CONFIG_LINT_ALLOW_UNDONE,
	/* files and profiles that nothing uses */
	CONFIG_LINT_FILE_NAME,
	CONFIG_LINT_NEVER_READ,
	CONFIG_LINT_COPY,
	CONFIG_LINT_PROFILE_UNUSED,
	CONFIG_LINT_PROFILE_MASKED,
	CONFIG_LINT_PROFILE_OVER_VENDOR,
	CONFIG_MESSAGE_COUNT
};

/* The first that is a lint. */
#define CONFIG_LINT_FIRST CONFIG_LINT_USER_NUMBER

/* A complaint and its place. */
struct config_problem {
	enum config_message message;
	enum config_severity severity;
	int error; /* the negative errno that goes with it; 0: a lint */
	char file[PATH_MAX];
	unsigned line; /* 0: the file as a whole */
	char text[CONFIG_TEXT];
};

/** The word for a message that stays when its text changes, e.g. "keep-and-drop". */
const char *config_message_name(enum config_message message);

/** "error", "warning" or "notice". */
const char *config_severity_name(enum config_severity severity);

/**
 * Fill in a problem.
 *
 * @problem: to be filled
 * @message: which; not CONFIG_SYSTEM
 * @file:    the file
 * @line:    the line, from 1; 0: the file as a whole
 * @...:     what the message's text in problem.c takes
 *
 * Returns the negative errno that goes with the message; 0 for a lint.
 */
int config_problem_set(struct config_problem *problem, enum config_message message,
		       const char *file, unsigned line, ...);

/** config_problem_set() with the arguments as a list. */
int config_problem_vset(struct config_problem *problem, enum config_message message,
			const char *file, unsigned line, va_list args);

/**
 * Fill in a problem that the kernel told.
 *
 * @problem: to be filled
 * @file:    the file
 * @what:    what failed, e.g. the path of a directory on the way to @file
 * @what_len: the bytes of @what to show
 * @error:   a positive errno; ENOENT means that @what is missing
 *
 * Returns -@error.
 */
int config_problem_system(struct config_problem *problem, const char *file, const char *what,
			  int what_len, int error);

#endif
