// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What the records of sessions say: who, what was denied, and by which rules. */
#include "denials.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/denial.h"

/* ---- text ---- */

/* The string at @text, which is moved to the one after it, in memory that ends at @end. */
static const char *next_string(const char **text, const char *end)
{
	const char *string = *text;

	if (string >= end)
		return "";
	*text += strnlen(string, (size_t)(end - string)) + 1;
	return string;
}

void denials_read_text(const struct userns_session *session, struct denials_text *ret_text)
{
	const char *text = session->text, *end = text + sizeof(session->text) - 1;

	ret_text->user = next_string(&text, end);
	ret_text->service = next_string(&text, end);
	ret_text->login_uid = next_string(&text, end);
	ret_text->audit_session = next_string(&text, end);
	ret_text->contact = next_string(&text, end);
	ret_text->rules = text < end ? text : "";
}

/* A rule that restricts the session, as it was at login. */
struct rule {
	enum policy_item item; /* POLICY_ITEM_COUNT: perhaps any: broken rules, or one for many */
	struct capset taken;   /* of sets */
	const char *place;     /* FILE:LINE; points into the record */
};

static enum policy_item find_item(const char *name, size_t len)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		if (strlen(policy_item_name(item)) == len &&
		    strncmp(policy_item_name(item), name, len) == 0)
			break;
	return item;
}

/* Moves @rules on. Returns false at the end. */
static bool next_rule(const char **rules, struct rule *ret_rule)
{
	const char *rule = *rules;
	uint64_t taken;
	int name_end, place;

	if (sscanf(rule, "%*s%n %" SCNx64 " %n", &name_end, &taken, &place) != 1)
		return false;
	ret_rule->item = find_item(rule, (size_t)name_end);
	ret_rule->taken = capset_from_bits(taken);
	ret_rule->place = rule + place;
	*rules = rule + strlen(rule) + 1;
	return true;
}

/* ---- what brings about a kind ---- */

static bool has_rule(const char *rules, enum policy_item item)
{
	struct rule rule;

	while (next_rule(&rules, &rule))
		if (rule.item == item)
			return true;
	return false;
}

/* Does a rule bring about denials of this kind, in a session with these rules? */
static bool is_due_to(const struct rule *rule, const char *rules, uint32_t kind)
{
	if (kind & USERNS_KIND_MASK)
		return false;
	if (rule->item == POLICY_ITEM_COUNT)
		return true;
	if (denial_cap(kind) == CAPSET_SIZE)
		return rule->item == POLICY_CREATE;
	if (rule->item != POLICY_USERNS &&
	    !(rule->item == POLICY_BOUNDING && has_rule(rules, POLICY_STRICT)))
		return false;
	return capset_has(rule->taken, denial_cap(kind));
}

const char *denials_next_cause(const char **rules, const struct denials_text *text, uint32_t kind)
{
	struct rule rule;

	while (next_rule(rules, &rule))
		if (is_due_to(&rule, text->rules, kind))
			return rule.place;
	return NULL;
}

/* ---- sessions ---- */

static int compare_id(const void *key, const void *element)
{
	const uint64_t *id = key;
	const struct userns_session *session = element;

	return (*id > session->id) - (*id < session->id);
}

const struct userns_session *denials_find(const struct userns_session *sessions, size_t count,
					  uint64_t id)
{
	if (!id || !count)
		return NULL;
	return bsearch(&id, sessions, count, sizeof(*sessions), compare_id);
}

static bool has_cause(const struct userns_session *session, uint32_t kind)
{
	struct denials_text text;
	const char *next;

	denials_read_text(session, &text);
	next = text.rules;
	return denials_next_cause(&next, &text, kind);
}

enum denials_cause denials_find_cause(const struct userns_session *session, uint32_t kind,
				      denials_find_func *find, const void *context,
				      const struct userns_session **ret_origin)
{
	*ret_origin = NULL;
	if (kind & USERNS_KIND_MASK)
		return DENIALS_BY_MASK;
	if (!session->id)
		return DENIALS_BY_UNKNOWN;
	while (!has_cause(session, kind)) {
		const uint64_t id = session->id, parent = session->parent;

		if (!parent)
			return DENIALS_BY_PROGRAM;
		session = find ? find(context, parent) : NULL;
		if (!session || session->id >= id) /* the outer one is the older one */
			return DENIALS_BY_UNKNOWN;
	}
	*ret_origin = session;
	return DENIALS_BY_RULES;
}

void denials_write_rules(FILE *out, const struct userns_session *session, uint32_t kind,
			 const char *separator)
{
	struct denials_text text;
	const char *next, *place, *before = "";

	denials_read_text(session, &text);
	for (next = text.rules; (place = denials_next_cause(&next, &text, kind));) {
		fprintf(out, "%s%s", before, place);
		before = separator;
	}
}

const struct userns_session *denials_find_in(const void *context, uint64_t id)
{
	const struct denials_list *list = context;

	return denials_find(list->sessions, list->count, id);
}

uint64_t denials_count(const struct userns_session *session)
{
	uint64_t count = session->lost;
	size_t i;

	for (i = 0; i < USERNS_KINDS; i++)
		if (!(session->denials[i].kind & USERNS_KIND_QUIET))
			count += session->denials[i].count;
	return count;
}
