// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The text of an audit record: fields that nobody else can end or begin. */
#include "audit_text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

/* What audit has where there is no login. */
#define UNSET "4294967295"

void audit_text_add(struct audit_text *text, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = text_vwrite(text->buf + text->size, sizeof(text->buf) - text->size, format, args);
	va_end(args);
	text->size += len > 0 ? (size_t)len : 0;
}

static bool is_plain(const char *value)
{
	for (; *value; value++)
		if (*value <= ' ' || *value > '~' || *value == '"')
			return false;
	return true;
}

static void add_hex(struct audit_text *text, const char *name, const char *value)
{
	char hex[AUDIT_TEXT];
	size_t i;

	hex[0] = '\0';
	for (i = 0; value[i] && 2 * i + 3 <= sizeof(hex); i++)
		snprintf(hex + 2 * i, 3, "%02X", (unsigned char)value[i]);
	audit_text_add(text, " %s=%s", name, hex);
}

void audit_text_add_value(struct audit_text *text, const char *name, const char *value)
{
	if (is_plain(value))
		audit_text_add(text, " %s=\"%s\"", name, value);
	else
		add_hex(text, name, value);
}

size_t audit_text_room(const struct audit_text *text, const char *name)
{
	const size_t taken = text->size + strlen(name) + sizeof(" =\"\"");

	return taken < sizeof(text->buf) ? sizeof(text->buf) - taken : 0;
}

void audit_text_add_id(struct audit_text *text, const char *name, const char *id)
{
	const bool is_number = *id && strspn(id, "0123456789") == strlen(id);

	audit_text_add(text, " %s=%s", name, is_number ? id : UNSET);
}

void audit_text_add_command(struct audit_text *text, const char *command, size_t size)
{
	char name[17], word[sizeof(name)], *c;

	snprintf(name, sizeof(name), "%.*s", (int)size, command);
	strcpy(word, name);
	text_make_word(word);
	for (c = word; (c = strchr(c, '"'));)
		*c = '?';
	audit_text_add(text, " ocomm=\"%s\"", word);
	if (strcmp(word, name) != 0)
		add_hex(text, "ocomm_raw", name);
}
