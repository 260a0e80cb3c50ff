// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What is remembered of a session beside what it is denied: who it is, and its rules. */
#include "record.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The longest field in bytes; what is longer is cut. */
#define FIELD_MAX 150
_Static_assert(5 * (FIELD_MAX + 1) + 64 < USERNS_SESSION_TEXT, "there is room for five");

/* Stands for the rules that have no room, and takes their part in everything. */
#define OTHERS "others ffffffffffffffff others"

struct text {
	char *buf;
	size_t size; /* of what has been written */
	bool is_cut;
};

/* Add a string and its NUL. One that leaves no room for the end is left out. */
__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
	size_t room = USERNS_SESSION_TEXT - sizeof(OTHERS) - 1 - text->size;
	va_list args;
	int len;

	va_start(args, format);
	len = text_vwrite(text->buf + text->size, room, format, args);
	va_end(args);
	if (len >= 0)
		text->size += (size_t)len + 1;
	else
		text->is_cut = true;
}

/* Each has its place, and all have room. */
static void add_field(struct text *text, const char *value)
{
	add(text, "%.*s", FIELD_MAX, value);
}

static void add_rules(struct text *text, enum policy_item item, const struct policy_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->source_count; i++) {
		const struct policy_source *source = &answer->sources[i];

		if (!capset_is_empty(source->taken))
			add(text, "%s %" PRIx64 " %s:%u", policy_item_name(item),
			    capset_any_bits(source->taken), source->place.file, source->place.line);
	}
}

size_t record_write(const struct session_request *request, const struct session *session,
		    char buf[static USERNS_SESSION_TEXT])
{
	struct text text = { .buf = buf };
	enum policy_item item;

	add_field(&text, session->identity.name);
	add_field(&text, request->service);
	add_field(&text, session->login_uid);
	add_field(&text, session->audit_session);
	add_field(&text, session->rules.contact ? session->rules.contact : "");
	if (session->problem.stage == SESSION_STAGE_RULES && session->problem.error)
		add(&text, "broken %" PRIx64 " %s:%u", UINT64_MAX, session->problem.config.file,
		    session->problem.config.line);
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		add_rules(&text, item, &session->decision.items[item]);
	if (text.is_cut) {
		memcpy(buf + text.size, OTHERS, sizeof(OTHERS));
		text.size += sizeof(OTHERS);
	}
	buf[text.size++] = '\0';
	return text.size;
}
