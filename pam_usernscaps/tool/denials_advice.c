// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* denials: which line of the rules would allow what was denied. */
#include <stdio.h>

#include "denials.h"
#include "explain_facts.h"
#include "inspect/denials.h"
#include "session/session.h"
#include "session/denial.h"

/* What was denied by the session's own rules. */
struct wish {
	struct capset caps;
	bool create;
};

static bool is_own(const struct userns_session *session, uint32_t kind)
{
	const struct userns_session *origin;

	/* Those of other sessions are another user's, or another service's. */
	denials_find_cause(session, kind, NULL, NULL, &origin);
	return origin == session;
}

static struct wish find_wish(const struct userns_session *session)
{
	struct wish wish = { CAPSET_NONE, false };
	size_t i;

	for (i = 0; i < USERNS_KINDS; i++) {
		uint32_t kind = session->denials[i].kind;

		if (!kind || kind & USERNS_KIND_QUIET || !is_own(session, kind))
			continue;
		if (denial_cap(kind) == CAPSET_SIZE)
			wish.create = true;
		wish.caps = capset_or(wish.caps, denial_set(kind));
	}
	return wish;
}

/* ---- by the rules as they are now ---- */

static bool is_strict(const struct session *session)
{
	return capset_is_empty(session->decision.items[POLICY_STRICT].set);
}

/* What an item lacks of the wish. A flag lacks all or nothing. */
static struct capset find_lack(const struct session *session, const struct wish *wish,
			       enum policy_item item)
{
	struct capset set = session->decision.items[item].set;

	switch (item) {
	case POLICY_USERNS:
		return capset_minus(wish->caps, set);
	case POLICY_BOUNDING:
		return is_strict(session) ? capset_minus(wish->caps, set) : CAPSET_NONE;
	case POLICY_CREATE:
		return wish->create && capset_is_empty(set) ? CAPSET_ALL : CAPSET_NONE;
	default:
		return CAPSET_NONE;
	}
}

/*
 * The lines that take it, where they are for this user alone: nothing else can give it back.
 *
 * Returns what these take.
 */
static struct capset print_own_rules(const struct policy_answer *answer, struct capset lack)
{
	struct capset found = CAPSET_NONE;
	size_t i;

	for (i = 0; i < answer->source_count; i++) {
		const struct policy_source *source = &answer->sources[i];
		struct capset taken = capset_and(lack, source->taken);

		if (source->rule->kind != POLICY_USER || capset_is_empty(taken))
			continue;
		fputs(capset_is_empty(found) ? "To allow it, change\n  " : "  ", stdout);
		found = capset_or(found, taken);
		ctl_explain_print_source(source);
		putchar('\n');
	}
	return found;
}

static void print_keep(struct capset lack)
{
	char text[CAPSET_TEXT];

	if (!capset_is_empty(lack))
		printf(" keep = {%s}", capset_list(lack, text));
}

/* The sections that give back what the items lack. */
static void print_sections(const char *name, const struct capset lacks[static POLICY_ITEM_COUNT])
{
	bool create = !capset_is_empty(lacks[POLICY_CREATE]);

	printf("To allow it to %s alone, \"usernscapsctl edit users/%s\", and there:\n", name,
	       name);
	if (create || !capset_is_empty(lacks[POLICY_USERNS])) {
		printf("  userns {");
		print_keep(lacks[POLICY_USERNS]);
		printf("%s }\n", create ? " create = true" : "");
	}
	if (!capset_is_empty(lacks[POLICY_BOUNDING])) {
		printf("  bounding {");
		print_keep(lacks[POLICY_BOUNDING]);
		printf(" }\n");
	}
}

static void advise(const struct session *session, const struct wish *wish)
{
	struct capset lacks[POLICY_ITEM_COUNT];
	bool lacking = false, others = false;
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		lacks[item] = find_lack(session, wish, item);
		if (capset_is_empty(lacks[item]))
			continue;
		lacking = true;
		lacks[item] = capset_minus(
			lacks[item], print_own_rules(&session->decision.items[item], lacks[item]));
		others |= !capset_is_empty(lacks[item]);
	}
	if (!lacking) {
		puts("The rules allow it by now, from the next login on.");
		return;
	}
	if (others)
		print_sections(session->identity.name, lacks);
	printf("\"usernscapsctl explain %s\" shows all lines that have a part in it.\n",
	       session->identity.name);
}

void ctl_denials_advise(const struct userns_session *record)
{
	struct wish wish = find_wish(record);
	struct denials_text text;
	struct session_request request = { 0 };
	struct session session;

	if (capset_is_empty(wish.caps) && !wish.create)
		return;
	denials_read_text(record, &text);
	request.user = text.user;
	request.service = text.service;
	if (session_decide(&request, &session) == 0)
		advise(&session, &wish);
	session_clear(&session);
}
