// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* explain as a table: a row for each capability of this kernel, a column for each set. */
#include <stdio.h>

#include "explain.h"
#include "explain_facts.h"

#define NAME_WIDTH 20
#define CELL_WIDTH 14

/* Each clause that takes something has a number, and a note below the table. */
struct notes {
	size_t first[POLICY_SET_COUNT]; /* of each set's clauses */
};

static bool takes_something(const struct session *session, const struct policy_source *source)
{
	return !capset_equal(ctl_explain_taken(session, source), CAPSET_NONE);
}

static void number_notes(const struct session *session, struct notes *ret_notes)
{
	enum policy_item item;
	size_t number = 1, i;

	for (item = 0; item < POLICY_SET_COUNT; item++) {
		const struct policy_answer *answer = &session->decision.items[item];

		ret_notes->first[item] = number;
		for (i = 0; i < answer->source_count; i++)
			if (takes_something(session, &answer->sources[i]))
				number++;
	}
}

/* Print the numbers of those clauses of the set @by that take @cap. Returns the width of that. */
static int print_numbers(const struct session *session, const struct notes *notes,
			 enum policy_item by, unsigned cap, const char **separator)
{
	const struct policy_answer *answer = &session->decision.items[by];
	size_t number = notes->first[by], i;
	int width = 0;

	for (i = 0; i < answer->source_count; i++) {
		const struct policy_source *source = &answer->sources[i];

		if (!takes_something(session, source))
			continue;
		if (capset_has(source->taken, cap)) {
			width += printf("%s%zu", *separator, number);
			*separator = ",";
		}
		number++;
	}
	return width;
}

/* "+", or "-" and the numbers of who took it. Returns the width of that. */
static int print_cell(const struct session *session, const struct notes *notes,
		      enum policy_item item, unsigned cap)
{
	const char *separator = " ";
	enum policy_item by;
	int width = 1;

	if (capset_has(session->plan.target.items[item], cap)) {
		putchar('+');
		return width;
	}
	putchar('-');
	for (by = 0; by < POLICY_SET_COUNT; by++)
		if (ctl_explain_cuts(session, by, item))
			width += print_numbers(session, notes, by, cap, &separator);
	return width;
}

static void print_row(const struct session *session, const struct notes *notes, unsigned cap)
{
	enum policy_item item;
	char number[12];
	int width = 0;

	printf("%-*s", NAME_WIDTH, capset_cap_text(cap, number));
	for (item = 0; item < POLICY_SET_COUNT; item++) {
		if (item > 0)
			printf("%*s", width < CELL_WIDTH ? CELL_WIDTH - width : 1, "");
		width = print_cell(session, notes, item, cap);
	}
	putchar('\n');
}

static void print_notes(const struct session *session)
{
	enum policy_item item;
	size_t number = 1, i;

	for (item = 0; item < POLICY_SET_COUNT; item++) {
		const struct policy_answer *answer = &session->decision.items[item];

		for (i = 0; i < answer->source_count; i++) {
			if (!takes_something(session, &answer->sources[i]))
				continue;
			printf("%4zu  %s: ", number++, policy_item_name(item));
			ctl_explain_print_source(&answer->sources[i]);
			putchar('\n');
		}
	}
}

void ctl_explain_table(const struct session *session)
{
	enum policy_item item;
	struct notes notes;
	unsigned cap;

	number_notes(session, &notes);
	printf("%-*s", NAME_WIDTH, "capability");
	for (item = 0; item < POLICY_SET_COUNT; item++)
		printf("%-*s", item + 1 < POLICY_SET_COUNT ? CELL_WIDTH : 0,
		       policy_item_name(item));
	putchar('\n');
	for (cap = 0; cap <= session->last; cap++)
		print_row(session, &notes, cap);
	print_notes(session);
}
