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

/** Names come from outside: what isn't printable ASCII becomes a question mark. */
static inline void text_make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

#endif
