// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Tokens of a rules file, checked before libconfuse sees them. */
#include "scan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* A rule, a set, a list: nothing of a rules file nests deeper. */
#define NESTING_MAX 3

enum token {
	TOKEN_NONE,
	TOKEN_WORD, /* or a string */
	TOKEN_EQUAL,
	TOKEN_COMMA,
	TOKEN_OPEN,
	TOKEN_CLOSE,
};

struct scan {
	const char *file;
	const char *at, *end;
	unsigned line;
	enum token last, before; /* the last token and the one before it */
	unsigned depth;
	unsigned opened[NESTING_MAX]; /* lines of the braces that are open */
	struct config_text *text;
	struct config_problem *problem;
};

/* Characters that need no quotes: those of capabilities, services, uids and most names. */
static const bool is_word[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['_'] = true,
	['-'] = true,	      ['.'] = true,	    [':'] = true,	  ['@'] = true,
};

static unsigned char byte(char c)
{
	return (unsigned char)c;
}

/* Bytes that are wrong everywhere, in comments too. */
static int check_bytes(const char *file, const char *bytes, size_t len,
		       struct config_problem *problem)
{
	unsigned line = 1;
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = byte(bytes[i]);
		char next;

		if (c >= ' ' && c != '$' && c != 0x7f)
			continue;
		next = i + 1 < len ? bytes[i + 1] : ' ';
		if (c == '\n')
			line++;
		else if (c == '\0')
			return config_problem_set(problem, CONFIG_NUL, file, line);
		else if (c == '$' && next == '{')
			return config_problem_set(problem, CONFIG_ENVIRONMENT, file, line);
		else if (c != '$' && c != '\t' && !(c == '\r' && next == '\n'))
			return config_problem_set(problem, CONFIG_CONTROL, file, line, c);
	}
	return 0;
}

static void put(struct scan *scan, char c)
{
	scan->text->bytes[scan->text->len++] = c;
}

static void put_token(struct scan *scan, enum token token, const char *from, size_t len)
{
	memcpy(scan->text->bytes + scan->text->len, from, len);
	scan->text->len += len;
	scan->before = scan->last;
	scan->last = token;
}

static uint64_t word_bit(char first, size_t len)
{
	return UINT64_C(1) << ((byte(first) + 7 * len) % 64);
}

bool config_text_may_have(const struct config_text *text, const char *word)
{
	return text->words & word_bit(word[0], strlen(word));
}

static void scan_newline(struct scan *scan)
{
	put(scan, '\n');
	scan->line++;
	scan->at++;
}

static void scan_blanks(struct scan *scan)
{
	while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r'))
		scan->at++;
	put(scan, ' ');
}

static int scan_comment(struct scan *scan)
{
	unsigned opened = scan->line;

	put(scan, ' ');
	if (scan->at[0] == '#' || scan->at[1] == '/') {
		while (scan->at < scan->end && *scan->at != '\n')
			scan->at++;
		return 0;
	}
	for (scan->at += 2; scan->end - scan->at >= 2;) {
		if (scan->at[0] == '*' && scan->at[1] == '/') {
			scan->at += 2;
			return 0;
		}
		if (*scan->at == '\n')
			scan_newline(scan);
		else
			scan->at++;
	}
	return config_problem_set(scan->problem, CONFIG_COMMENT_OPEN, scan->file, opened);
}

static int scan_word(struct scan *scan)
{
	const char *start = scan->at;
	size_t len;

	while (scan->at < scan->end && is_word[byte(*scan->at)])
		scan->at++;
	len = (size_t)(scan->at - start);
	if (len > CONFIG_TOKEN_MAX)
		return config_problem_set(scan->problem, CONFIG_TOO_LONG, scan->file, scan->line,
					  CONFIG_TOKEN_MAX);
	scan->text->words |= word_bit(*start, len);
	put_token(scan, TOKEN_WORD, start, len);
	return 0;
}

/*
 * Look at one character of a string. In single quotes a backslash is itself but before ' and \;
 * in double quotes libconfuse knows C's escapes, of which \0 and \x00 would end the string early.
 */
static int scan_string_character(struct scan *scan, char quote)
{
	char c = *scan->at++;

	if (c == '\t')
		return config_problem_set(scan->problem, CONFIG_CONTROL, scan->file, scan->line, c);
	if (c == '=' || c == '|')
		return config_problem_set(scan->problem, CONFIG_STRING_CHARACTER, scan->file,
					  scan->line, c);
	if (c != '\\' || scan->at == scan->end)
		return 0;
	if (*scan->at == quote || *scan->at == '\\')
		scan->at++;
	else if (quote == '"')
		return config_problem_set(scan->problem, CONFIG_STRING_ESCAPE, scan->file,
					  scan->line);
	return 0;
}

static int scan_string(struct scan *scan)
{
	const char *start = scan->at++;
	char quote = *start;
	size_t len;
	int r = 0;

	while (scan->at < scan->end && *scan->at != quote && *scan->at != '\n' && r == 0)
		r = scan_string_character(scan, quote);
	if (r < 0)
		return r;
	if (scan->at == scan->end || *scan->at != quote)
		return config_problem_set(scan->problem, CONFIG_STRING_OPEN, scan->file, scan->line,
					  quote);
	len = (size_t)(++scan->at - start);
	if (len == 2)
		return config_problem_set(scan->problem, CONFIG_STRING_EMPTY, scan->file,
					  scan->line);
	if (len > CONFIG_TOKEN_MAX + 2)
		return config_problem_set(scan->problem, CONFIG_TOO_LONG, scan->file, scan->line,
					  CONFIG_TOKEN_MAX);
	scan->text->words |= word_bit(start[1], len - 2);
	put_token(scan, TOKEN_WORD, start, len);
	return 0;
}

static int add_section(struct scan *scan)
{
	struct config_text *text = scan->text;

	if (array_grow(text->sections, text->section_count) < 0)
		return config_problem_set(scan->problem, CONFIG_NO_MEMORY, scan->file, 0);
	text->sections[text->section_count++] = scan->line;
	return 0;
}

static int scan_open(struct scan *scan)
{
	if (scan->depth == NESTING_MAX)
		return config_problem_set(scan->problem, CONFIG_NESTING, scan->file, scan->line);
	scan->opened[scan->depth++] = scan->line;
	put_token(scan, TOKEN_OPEN, scan->at++, 1);
	return scan->depth == 1 ? add_section(scan) : 0;
}

static int scan_close(struct scan *scan)
{
	if (scan->depth == 0)
		return config_problem_set(scan->problem, CONFIG_BRACE_CLOSE, scan->file,
					  scan->line);
	scan->depth--;
	if (scan->last == TOKEN_OPEN && scan->before == TOKEN_EQUAL)
		put(scan, *CONFIG_SCAN_NOTHING);
	put_token(scan, TOKEN_CLOSE, scan->at++, 1);
	return 0;
}

static int unexpected(struct scan *scan)
{
	unsigned char c = byte(*scan->at);
	char shown[16];

	snprintf(shown, sizeof(shown), c < 0x7f ? "'%c'" : "byte 0x%02x", c);
	return config_problem_set(scan->problem, CONFIG_CHARACTER, scan->file, scan->line, shown);
}

static bool is_comment(const struct scan *scan)
{
	if (*scan->at == '#')
		return true;
	return scan->end - scan->at >= 2 && scan->at[0] == '/' &&
	       (scan->at[1] == '/' || scan->at[1] == '*');
}

static int scan_token(struct scan *scan)
{
	char c = *scan->at;

	if (is_word[byte(c)])
		return scan_word(scan);
	switch (c) {
	case '\n':
		scan_newline(scan);
		return 0;
	case ' ':
	case '\t':
	case '\r':
		scan_blanks(scan);
		return 0;
	case '"':
	case '\'':
		return scan_string(scan);
	case '{':
		return scan_open(scan);
	case '}':
		return scan_close(scan);
	case '=':
		put_token(scan, TOKEN_EQUAL, scan->at++, 1);
		return 0;
	case ',':
		put_token(scan, TOKEN_COMMA, scan->at++, 1);
		return 0;
	}
	if (is_comment(scan))
		return scan_comment(scan);
	if (c == '+' && scan->end - scan->at >= 2 && scan->at[1] == '=')
		return config_problem_set(scan->problem, CONFIG_APPEND, scan->file, scan->line);
	return unexpected(scan);
}

static int scan_all(struct scan *scan)
{
	int r = 0;

	while (scan->at < scan->end && r == 0)
		r = scan_token(scan);
	if (r == 0 && scan->depth > 0)
		r = config_problem_set(scan->problem, CONFIG_BRACE_OPEN, scan->file,
				       scan->opened[scan->depth - 1]);
	return r;
}

int config_scan(const char *file, const char *bytes, size_t len, struct config_text *ret_text,
		struct config_problem *ret_problem)
{
	struct config_text text = { 0 };
	struct scan scan = {
		.file = file,
		.at = bytes,
		.end = bytes + len,
		.line = 1,
		.text = &text,
		.problem = ret_problem,
	};
	int r;

	if (len == 0)
		return config_problem_set(ret_problem, CONFIG_EMPTY, file, 0);
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		return config_problem_set(ret_problem, CONFIG_BOM, file, 1);
	r = check_bytes(file, bytes, len, ret_problem);
	if (r < 0)
		return r;
	/* Each "={}" grows by one byte, and nothing else does. */
	text.bytes = malloc(len + len / 3);
	if (!text.bytes)
		return config_problem_set(ret_problem, CONFIG_NO_MEMORY, file, 0);
	r = scan_all(&scan);
	if (r < 0) {
		config_text_clear(&text);
		return r;
	}
	text.has_tokens = scan.last != TOKEN_NONE;
	*ret_text = text;
	return 0;
}

void config_text_clear(struct config_text *text)
{
	free(text->bytes);
	free(text->sections);
	*text = (struct config_text){ 0 };
}
