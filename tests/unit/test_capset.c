// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "policy/capset.h"

static void test_algebra(void **state)
{
	struct capset a = capset_from_bits(0x6), b = capset_from_bits(0x3);

	assert_int_equal(capset_and(a, b).bits, 0x2);
	assert_int_equal(capset_or(a, b).bits, 0x7);
	assert_int_equal(capset_minus(a, b).bits, 0x4);
	assert_true(capset_has(a, 2));
	assert_false(capset_has(a, 0));
	assert_false(capset_has(CAPSET_ALL, 64));
	assert_true(capset_is_subset(a, CAPSET_ALL));
	assert_false(capset_is_subset(a, b));
	assert_int_equal(capset_up_to(0).bits, 1);
	assert_int_equal(capset_up_to(40).bits, 0x1ffffffffff);
	assert_true(capset_equal(capset_up_to(63), CAPSET_ALL));
}

static void test_names(void **state)
{
	static const struct {
		const char *text;
		int r;
		unsigned cap;
	} cases[] = {
		{ "net_admin", 0, CAP_NET_ADMIN },
		{ "cap_net_admin", 0, CAP_NET_ADMIN },
		{ "CAP_Net_Admin", 0, CAP_NET_ADMIN },
		{ "SETPCAP", 0, CAP_SETPCAP },
		{ "chown", 0, CAP_CHOWN },
		{ "checkpoint_restore", 0, CAP_CHECKPOINT_RESTORE },
		{ "0", 0, 0 },
		{ "63", 0, 63 },
		{ "07", 0, 7 },
		{ "64", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ "007", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "cap_", -EINVAL, 0 },
		{ "cap_cap_chown", -EINVAL, 0 },
		{ "cap_12", -EINVAL, 0 },
		{ "net_admi", -EINVAL, 0 },
		{ "net_adminn", -EINVAL, 0 },
		{ "net admin", -EINVAL, 0 },
		{ "s\xc4\xb1gnal", -EINVAL, 0 },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		unsigned cap = 99;

		assert_int_equal(capset_cap_parse(cases[i].text, strlen(cases[i].text), &cap),
				 cases[i].r);
		assert_int_equal(cap, cases[i].r ? 99 : cases[i].cap);
	}
}

static void test_every_name_is_read_back(void **state)
{
	unsigned cap, back;

	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		const char *name = capset_cap_name(cap);

		assert_non_null(name);
		assert_int_equal(capset_cap_parse(name, strlen(name), &back), 0);
		assert_int_equal(back, cap);
	}
	assert_null(capset_cap_name(64));
	assert_null(capset_cap_name(63));
}

/* A word is read only up to its length: it may stand in the middle of a list. */
static void test_word_length(void **state)
{
	unsigned cap;

	assert_int_equal(capset_cap_parse("chown,kill", 5, &cap), 0);
	assert_int_equal(cap, CAP_CHOWN);
	assert_int_equal(capset_cap_parse("chown,kill", 4, &cap), -EINVAL);
}

static void test_specifications(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint64_t bits;
		size_t bad;
	} cases[] = {
		{ "all", 0, UINT64_MAX, 0 },
		{ "none", 0, 0, 0 },
		{ "NONE", 0, 0, 0 },
		{ "none,+chown,+cap_kill", 0, 1 | 1 << 5, 0 },
		{ "all,-63", 0, UINT64_MAX >> 1, 0 },
		{ "none,+chown,-chown", 0, 0, 0 },
		{ "none,-chown,+chown", 0, 1, 0 },
		{ "", -EINVAL, 0, 0 },
		{ "chown", -EINVAL, 0, 0 },
		{ "all,", -EINVAL, 0, 4 },
		{ "all,chown", -EINVAL, 0, 4 },
		{ "all,-chown,-nosuch", -EINVAL, 0, 11 },
		{ "all,-", -EINVAL, 0, 4 },
		{ "all -chown", -EINVAL, 0, 0 },
		{ "all,all", -EINVAL, 0, 4 },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct capset set = capset_from_bits(42);
		size_t bad = 0;

		assert_int_equal(capset_parse(cases[i].text, &set, &bad), cases[i].r);
		assert_int_equal(set.bits, cases[i].r ? 42 : cases[i].bits);
		assert_int_equal(bad, cases[i].bad);
		assert_int_equal(capset_parse(cases[i].text, &set, NULL), cases[i].r);
	}
}

static void test_format(void **state)
{
	char text[CAPSET_TEXT];

	assert_string_equal(capset_format(CAPSET_ALL, 40, text), "all");
	assert_string_equal(capset_format(CAPSET_NONE, 40, text), "none");
	assert_string_equal(capset_format(capset_up_to(40), 40, text), "all");
	assert_string_equal(capset_format(capset_up_to(40), 41, text), "all,-41");
	assert_string_equal(capset_format(capset_from_bits(1), 40, text), "none,+chown");
	assert_string_equal(
		capset_format(capset_minus(CAPSET_ALL, capset_of(CAP_NET_ADMIN)), 40, text),
		"all,-net_admin");
}

/* The text of every set of two, and of every set but two, gives the same set again. */
static void test_format_and_parse_agree(void **state)
{
	char text[CAPSET_TEXT];
	unsigned a, b;

	for (a = 0; a < 64; a++) {
		for (b = 0; b < 64; b++) {
			struct capset two = capset_or(capset_of(a), capset_of(b)), back;
			struct capset others = capset_minus(CAPSET_ALL, two);

			assert_int_equal(capset_parse(capset_format(two, 63, text), &back, NULL),
					 0);
			assert_true(capset_equal(two, back));
			assert_int_equal(capset_parse(capset_format(others, 63, text), &back, NULL),
					 0);
			assert_true(capset_equal(others, back));
		}
	}
}

/* The same of every choice of parts, alone and beside other capabilities. */
static void test_parts_format_and_parse(void **state)
{
	char text[CAPSET_TEXT];
	uint64_t parts;
	struct capset back;

	for (parts = 0; parts <= CAPSET_WHOLE; parts++) {
		const struct capset few = capset_make(1, parts),
				    most = capset_minus(CAPSET_ALL, few);

		assert_int_equal(capset_parse(capset_format(few, 63, text), &back, NULL), 0);
		assert_true(capset_equal(few, back));
		assert_int_equal(capset_parse(capset_format(most, 63, text), &back, NULL), 0);
		assert_true(capset_equal(most, back));
	}
	assert_string_equal(capset_format(capset_make(1, 1 | 1 << 4), 40, text),
			    "none,+chown,+net_admin:link,+net_admin:tc");
	assert_string_equal(capset_list(capset_make(1 << 5, 1 << 7), text),
			    "kill, net_admin:other");
	assert_int_equal(capset_parse("all,-net_admin,+net_admin:link", &back, NULL), 0);
	assert_true(capset_equal(back, capset_minus(CAPSET_ALL, capset_make(0, CAPSET_WHOLE - 1))));
	assert_int_equal(capset_parse("all,-net_admin:nonsense", &back, NULL), -EINVAL);
	assert_int_equal(capset_parse("all,-chown:link", &back, NULL), -EINVAL);
}

/* A set has a capability if it has any part of it; the kernel gets what is there as a whole. */
static void test_parts(void **state)
{
	const struct capset link = capset_make(0, 1),
			    rest = capset_minus(capset_of(CAP_NET_ADMIN), link);

	assert_true(capset_has(link, CAP_NET_ADMIN) && capset_has(rest, CAP_NET_ADMIN));
	assert_true(capset_is_empty(capset_and(link, rest)));
	assert_true(capset_equal(capset_or(link, rest), capset_of(CAP_NET_ADMIN)));
	assert_false(capset_equal(link, rest));
	assert_true(capset_is_subset(link, capset_of(CAP_NET_ADMIN)));
	assert_false(capset_is_subset(capset_of(CAP_NET_ADMIN), rest));
	assert_int_equal(capset_bits(rest), 0);
	assert_int_equal(capset_any_bits(rest), 1 << CAP_NET_ADMIN);
	assert_int_equal(capset_bits(capset_minus(CAPSET_ALL, link)),
			 ~(UINT64_C(1) << CAP_NET_ADMIN));
	assert_int_equal(capset_bits(CAPSET_ALL), UINT64_MAX);
	assert_true(capset_equal(capset_whole(capset_or(rest, capset_of(1))), capset_of(1)));
	assert_true(capset_equal(capset_closure(rest), capset_of(CAP_NET_ADMIN)));
	assert_true(capset_compare(link, rest) < 0 && capset_compare(rest, link) > 0);
	assert_int_equal(capset_compare(rest, rest), 0);
	assert_true(capset_compare(capset_of(1), capset_of(2)) < 0);
	assert_true(capset_compare(capset_of(2), capset_of(1)) > 0);
	assert_int_equal(capset_count(rest), 1);
}

/* A word and its set; and what is none. */
static void test_words(void **state)
{
	struct capset set;

	assert_int_equal(capset_word_parse("CAP_Net_Admin:TC", 16, &set), 0);
	assert_true(capset_equal(set, capset_make(0, 1 << 4)));
	assert_int_equal(capset_word_parse("12:other", 8, &set), 0);
	assert_true(capset_equal(set, capset_make(0, 1 << 7)));
	assert_int_equal(capset_word_parse("net_admin", 9, &set), 0);
	assert_true(capset_equal(set, capset_of(CAP_NET_ADMIN)));
	assert_int_equal(capset_word_parse("net_admin:", 10, &set), -ENOENT);
	assert_int_equal(capset_word_parse("net_admin:tc:tc", 15, &set), -ENOENT);
	assert_int_equal(capset_word_parse("net_raw:link", 12, &set), -ENOENT);
	assert_int_equal(capset_word_parse("net_amin:link", 13, &set), -EINVAL);
	assert_int_equal(capset_word_parse(":link", 5, &set), -EINVAL);
}

/* The longest texts there are: half of all capabilities listed. */
static void test_longest_text_fits(void **state)
{
	char text[CAPSET_TEXT];
	struct capset half = capset_from_bits(0xaaaaaaaaaaaaaaaa), back;

	assert_between(strlen(capset_format(half, 63, text)), 1, CAPSET_TEXT - 1);
	assert_int_equal(capset_parse(text, &back, NULL), 0);
	assert_true(capset_equal(half, back));
	/* And parts. */
	half = capset_or(half, capset_make(0, CAPSET_WHOLE - 1));
	assert_between(strlen(capset_format(half, 63, text)), 1, CAPSET_TEXT - 1);
	assert_between(strlen(capset_list(capset_minus(CAPSET_ALL, capset_make(0, 1)), text)), 1,
		       CAPSET_TEXT - 1);
}

/* The limits of what is near: see nearest_try(). */
static void test_nearest(void **state)
{
	static const struct {
		const char *word, *nearest;
	} cases[] = {
		{ "net_admn", "net_admin" },
		{ "NET_ADMN", "net_admin" },
		{ "CAP_bfp", "bpf" },
		{ "bqf", "bpf" },
		{ "bqg", NULL },
		{ "fwoenr", "fowner" },
		{ "fwoenrs", NULL },
		{ "setuids", "setuid" },
		{ "", NULL },
		{ "cap_", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *found = capset_cap_nearest(cases[i].word, strlen(cases[i].word));

		if (!found != !cases[i].nearest || (found && strcmp(found, cases[i].nearest) != 0))
			fail_msg("'%s': %s", cases[i].word, found ? found : "none");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_algebra),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_every_name_is_read_back),
		cmocka_unit_test(test_word_length),
		cmocka_unit_test(test_specifications),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_and_parse_agree),
		cmocka_unit_test(test_parts_format_and_parse),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_longest_text_fits),
	};

	return cmocka_run_group_tests_name("capset", tests, NULL, NULL);
}
