// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Capability sets as text: usernscapsctl(8)'s arguments. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "policy/capset.h"

const char fuzz_name[] = "capset";

static void check_word(const char *text, size_t len)
{
	unsigned cap = 4711;
	int r = capset_cap_parse(text, len, &cap);
	const char *name;

	if (r < 0) {
		CHECK(r == -EINVAL);
		CHECK(cap == 4711);
		return;
	}
	CHECK(cap < CAPSET_SIZE);
	name = capset_cap_name(cap);
	if (name) {
		CHECK(capset_cap_parse(name, strlen(name), &cap) == 0);
		CHECK(strcmp(capset_cap_name(cap), name) == 0);
	}
}

/* Written for a kernel with @last and read again, what the kernel has is the same. */
static void check_text(struct capset set, unsigned last)
{
	char text[CAPSET_TEXT], again[CAPSET_TEXT];
	struct capset known = capset_up_to(last), back;

	memset(text, 0x5a, sizeof(text));
	CHECK(capset_format(set, last, text) == text);
	CHECK(memchr(text, '\0', sizeof(text)));
	CHECK(capset_parse(text, &back, NULL) == 0);
	CHECK(capset_equal(capset_and(back, known), capset_and(set, known)));
	CHECK(strcmp(capset_format(back, last, again), text) == 0);
}

static void check_set(const char *text, size_t len)
{
	struct capset set = capset_from_bits(4711);
	size_t bad = SIZE_MAX;
	unsigned last;
	int r = capset_parse(text, &set, &bad);

	if (r < 0) {
		CHECK(r == -EINVAL);
		CHECK(set.bits == 4711);
		CHECK(bad <= len && (bad == 0 || text[bad - 1] == ','));
		CHECK(capset_parse(text, &set, NULL) == r);
		return;
	}
	CHECK(bad == SIZE_MAX);
	for (last = 0; last < CAPSET_SIZE; last++)
		check_text(set, last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Copies that end where the bytes do: sanitizers see a look past the end. */
	char *word = malloc(size ? size : 1), *text = malloc(size + 1);
	struct capset set = CAPSET_NONE;
	size_t len = size < sizeof(set.bits) ? size : sizeof(set.bits);

	CHECK(word && text);
	if (size > 0) {
		memcpy(word, data, size);
		memcpy(text, data, size);
		memcpy(&set.bits, data, len);
	}
	text[size] = '\0';
	check_word(word, size);
	check_set(text, strlen(text));
	check_text(set, CAPSET_SIZE - 1);
	free(text);
	free(word);
	return 0;
}
