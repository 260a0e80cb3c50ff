/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CONFIG_SCAN_H
#define CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

/* The longest word or string of a rules file, in bytes without quotes. */
#define CONFIG_TOKEN_MAX 255

/*
 * The only word of a list that is written without any, such as "keep = {}". No file can contain
 * it. libconfuse calls nobody for an empty list, so its line and its repetition would be lost.
 */
#define CONFIG_SCAN_NOTHING "\001"

/* What libconfuse gets to see of a rules file. */
struct config_text {
	char *bytes; /* its tokens on their lines, without comments; not NUL terminated */
	size_t len;
	bool has_tokens;
	uint64_t words;	    /* which words it may have: see config_text_may_have() */
	unsigned *sections; /* lines of the braces that open the outer sections, in order */
	size_t section_count;
};

/**
 * Check the bytes and tokens of a rules file, and leave only what libconfuse 3.3 reads as it is
 * meant. Left to itself its lexer expands ${} from the environment, skips bytes that it doesn't
 * know, cuts strings at \0, counts a line of comment three times, takes the end of the file for the
 * end of every open section, reads "default|userns" as a path, and stays inside a string that
 * never ended when it is used again.
 *
 * @file:        its name, for messages
 * @bytes:       the contents; need not end in a NUL
 * @len:         their number
 * @ret_text:    set on success only; freed by config_text_clear()
 * @ret_problem: filled on failure
 *
 * Returns 0; -EBADMSG where the contents are wrong; -ENOMEM.
 */
int config_scan(const char *file, const char *bytes, size_t len, struct config_text *ret_text,
		struct config_problem *ret_problem);

/**
 * May a word be among the tokens, as it is or as a string? Words are told apart by their length and
 * first character only, so some that are not there may seem to be.
 */
bool config_text_may_have(const struct config_text *text, const char *word);

/** Free what a text holds; it is empty afterwards. */
void config_text_clear(struct config_text *text);

#endif
