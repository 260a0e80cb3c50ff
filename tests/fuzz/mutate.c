// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * How libFuzzer makes one tree of rules files of another. Flipped bytes hardly ever give a word of
 * the language, so half of the time whole lines change: generated rules come in, lines go or come
 * twice, a file is cut in two.
 */
#include <string.h>

#include "fuzz.h"
#include "generate.h"
#include "tree.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Where a line begins; the end of the bytes is one as well. */
static size_t find_line(struct generator *generator, const uint8_t *data, size_t size)
{
	size_t at = generate_below(generator, (unsigned)size + 1);

	while (at > 0 && data[at - 1] != '\n')
		at--;
	return at;
}

static size_t insert(uint8_t *data, size_t size, size_t max_size, size_t at, const char *text,
		     size_t len)
{
	if (len > max_size - size)
		return size;
	memmove(data + at + len, data + at, size - at);
	memcpy(data + at, text, len);
	return size + len;
}

/* A rule, a profile, the body of one, or the line that begins a file. */
static void print_piece(struct generator *generator, const struct policy_rules *rules, FILE *stream)
{
	static const char *const marks[] = { "dropin",	       "user alice", "user bob",
					     "group students", "profile p0", "profile p1" };
	const unsigned rule_count = (unsigned)rules->rule_count;
	const unsigned profile_count = (unsigned)rules->profile_count;
	const struct policy_rule *rule = rules->rules;

	if (rule_count > 0)
		rule += generate_below(generator, rule_count);
	switch (generate_below(generator, 4)) {
	case 0:
		if (profile_count > 0)
			generate_print_profile(
				stream, rules->profiles + generate_below(generator, profile_count));
		break;
	case 1:
		fprintf(stream, TREE_MARK "%s\n", marks[generate_below(generator, 6)]);
		if (rule)
			generate_print_body(stream, &rule->body);
		break;
	case 2:
		fprintf(stream, TREE_MARK "%s\n", marks[generate_below(generator, 6)]);
		break;
	default:
		if (rule)
			generate_print_rule(stream, rule);
	}
}

static size_t insert_piece(struct generator *generator, uint8_t *data, size_t size, size_t max_size)
{
	struct policy_rules rules = generate_rules(generator);
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);

	if (!stream)
		abort();
	print_piece(generator, &rules, stream);
	fclose(stream);
	size = insert(data, size, max_size, find_line(generator, data, size), text, len);
	free(text);
	policy_rules_clear(&rules);
	return size;
}

/* Take the lines between two places out, or put them in once more somewhere. */
static size_t move_lines(struct generator *generator, uint8_t *data, size_t size, size_t max_size)
{
	size_t from = find_line(generator, data, size), to = find_line(generator, data, size);
	char *lines;

	if (from > to) {
		size_t swapped = from;

		from = to;
		to = swapped;
	}
	if (generate_below(generator, 2)) {
		memmove(data + from, data + to, size - to);
		return size - (to - from);
	}
	lines = malloc(to - from + 1);
	if (!lines)
		abort();
	memcpy(lines, data + from, to - from);
	size = insert(data, size, max_size, find_line(generator, data, size), lines, to - from);
	free(lines);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	struct generator generator = { seed };
	size_t mutated = 0;

	switch (generate_below(&generator, 4)) {
	case 0:
		mutated = insert_piece(&generator, data, size, max_size);
		break;
	case 1:
		mutated = move_lines(&generator, data, size, max_size);
		break;
	}
	return mutated > 0 ? mutated : LLVMFuzzerMutate(data, size, max_size);
}
