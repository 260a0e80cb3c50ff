/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CONFIG_PROBLEM_H
#define CONFIG_PROBLEM_H

#include <limits.h>
#include <stdarg.h>

/* The longest text of a problem in bytes, terminating NUL included. */
#define CONFIG_TEXT 1024

/* What can be wrong with a rules file; each has one text, in config_problem.c. */
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
	CONFIG_POLICY_WORD,
	CONFIG_FLAG_WORD,
	CONFIG_CAPABILITY,
	CONFIG_KEEP_AND_DROP,
	CONFIG_SERVICES_EMPTY,
	CONFIG_RANGE,
	CONFIG_RANGE_UID,
	CONFIG_RANGE_ORDER,
	CONFIG_GROUP_COLON,
	CONFIG_NAME,
	CONFIG_SERVICE,
	/* its place among the others */
	CONFIG_COMPONENT,
	CONFIG_PROFILE_TWICE,
	CONFIG_PROFILE_UNKNOWN,
	CONFIG_PROFILE_CIRCLE,
	CONFIG_PROFILE_CHAIN,
	CONFIG_MESSAGE_COUNT
};

/* A complaint and its place. */
struct config_problem {
	enum config_message message;
	int error; /* the negative errno that goes with it */
	char file[PATH_MAX];
	unsigned line; /* 0: the file as a whole */
	char text[CONFIG_TEXT];
};

/**
 * Fill in a problem.
 *
 * @problem: to be filled
 * @message: which; not CONFIG_SYSTEM
 * @file:    the file
 * @line:    the line, from 1; 0: the file as a whole
 * @...:     what the message's text in config_problem.c takes
 *
 * Returns the negative errno that goes with the message.
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
