/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdio.h>

/** Write as vprintf(3) does. Returns the text, to be freed by free(3), or NULL without memory. */
__attribute__((format(printf, 1, 0))) static inline char *text_vformat(const char *format,
								       va_list args)
{
	char *text;

	return vasprintf(&text, format, args) < 0 ? NULL : text;
}

/** The same as printf(3) does. */
__attribute__((format(printf, 1, 2))) static inline char *text_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	return text;
}

/**
 * Write into memory that has @room bytes, as vprintf(3) does, if all of it has room.
 *
 * Returns the length; or -1, and then @at is empty.
 */
__attribute__((format(printf, 3, 0))) static inline int
text_vwrite(char *at, size_t room, const char *format, va_list args)
{
	int len = vsnprintf(at, room, format, args);

	if (len >= 0 && (size_t)len < room)
		return len;
	*at = '\0';
	return -1;
}

/** Names come from outside: what isn't printable ASCII becomes a question mark. */
static inline void text_make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/** The same, and what could look like more than one word, or like a field, is made one word. */
static inline void text_make_word(char *text)
{
	text_make_printable(text);
	for (; *text; text++)
		if (*text == ' ' || *text == '=')
			*text = '_';
}

#endif
