// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* denials: which line of the rules would allow what was denied. */
#include <stdio.h>

#include "denials.h"
#include "explain_facts.h"
#include "inspect/denials.h"
#include "session/session.h"

/* What was denied, by rules and not by the mask. */
struct wish {
	struct capset caps;
	bool create;
};

static struct wish find_wish(const struct userns_session *session)
{
	struct wish wish = { CAPSET_NONE, false };
	size_t i;

	for (i = 0; i < USERNS_KINDS; i++) {
		uint32_t kind = session->denials[i].kind;

		if (!kind || kind & (USERNS_KIND_MASK | USERNS_KIND_QUIET))
			continue;
		if (denials_cap(kind) == CAPSET_SIZE || kind & USERNS_KIND_ENTER)
			wish.create = true;
		else
			wish.caps = capset_or(wish.caps, capset_of(denials_cap(kind)));
	}
	return wish;
}

/* The lines that take it, where they are for this user alone: nothing else can give it back. */
static bool print_own_rules(const struct policy_answer *answer, struct capset caps)
{
	bool found = false;
	size_t i;

	for (i = 0; i < answer->source_count; i++) {
		const struct policy_source *source = &answer->sources[i];

		if (source->rule->kind != POLICY_USER ||
		    (!capset_is_empty(caps) && capset_is_empty(capset_and(caps, source->taken))))
			continue;
		if (!found)
			puts("To allow it, change");
		found = true;
		fputs("  ", stdout);
		ctl_explain_print_source(source);
		putchar('\n');
	}
	return found;
}

/* What a set lacks of the wish, as a section that gives it back. */
static void print_section(const struct session *session, enum policy_item item, struct capset caps)
{
	struct capset lacks = capset_minus(caps, session->decision.items[item].set);
	char text[CAPSET_TEXT];

	if (!capset_is_empty(lacks))
		printf(" keep = {%s}", capset_list(lacks, text));
}

static bool is_strict(const struct session *session)
{
	return capset_is_empty(session->decision.items[POLICY_STRICT].set);
}

static void print_line(const struct session *session, const struct wish *wish)
{
	const char *name = session->identity.name;

	printf("To allow it to %s alone, \"usernscapsctl edit users/%s\", and there:\n", name,
	       name);
	printf("  userns {");
	print_section(session, POLICY_USERNS, wish->caps);
	if (wish->create)
		printf(" create = true");
	printf(" }\n");
	if (is_strict(session) &&
	    !capset_is_subset(wish->caps, session->decision.items[POLICY_BOUNDING].set)) {
		printf("  bounding {");
		print_section(session, POLICY_BOUNDING, wish->caps);
		printf(" }\n");
	}
}

static bool is_allowed(const struct session *session, const struct wish *wish)
{
	const struct policy_decision *decision = &session->decision;
	struct capset set = decision->items[POLICY_USERNS].set;

	if (is_strict(session))
		set = capset_and(set, decision->items[POLICY_BOUNDING].set);
	return capset_is_subset(wish->caps, set) &&
	       !(wish->create && capset_is_empty(decision->items[POLICY_CREATE].set));
}

static void advise(const struct session *session, const struct wish *wish)
{
	const struct policy_answer *items = session->decision.items;
	bool own = false;

	if (is_allowed(session, wish)) {
		puts("The rules allow it by now, from the next login on.");
		return;
	}
	if (!capset_is_empty(wish->caps))
		own = print_own_rules(&items[POLICY_USERNS], wish->caps);
	if (!capset_is_empty(wish->caps) && is_strict(session))
		own |= print_own_rules(&items[POLICY_BOUNDING], wish->caps);
	if (wish->create)
		own |= print_own_rules(&items[POLICY_CREATE], CAPSET_NONE);
	if (!own)
		print_line(session, wish);
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
