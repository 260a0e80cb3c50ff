// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/lint.h"
#include "lint_cases.h"
#include "man_page.h"

/* That each lint has a case is test_config's to see: it walks all messages. */
static void test_cases(void **state)
{
	size_t i;

	for (i = 0; i < lint_case_count; i++) {
		lint_case_assert(&lint_cases[i]);
		lint_case_assert_control(&lint_cases[i]);
	}
}

/* A site's own rules are read as by a login; others may be on their way to be root's. */
static void test_unsafe(void **state)
{
	static const enum config_severity expected[] = { CONFIG_ERROR, CONFIG_WARNING };
	char main[CONFIG_TEXT], file[CONFIG_TEXT];
	struct config_site site = { .main = lint_expand("@/rules.conf", main) };
	struct lint_tree tree;

	lint_case_write((struct lint_case_file[LINT_CASE_FILES]){
		{ "@/rules.conf", "# nothing\n" },
		{ "@/rules.d/users/alice.conf", "# nothing\n" } });
	lint_expand("@/rules.d/users/alice.conf", file);
	lint_read(&site, &tree);
	assert_int_equal(tree.findings.count, 0);
	assert_int_equal(tree.file_count, 2);
	lint_tree_clear(&tree);

	assert_int_equal(chmod(file, 0666), 0);
	for (int any_owner = 0; any_owner < 2; any_owner++) {
		site.any_owner = any_owner;
		lint_read(&site, &tree);
		assert_int_equal(tree.findings.count, 1);
		assert_int_equal(tree.findings.list[0].message, CONFIG_WRITABLE);
		assert_int_equal(tree.findings.list[0].severity, expected[any_owner]);
		assert_string_equal(tree.findings.list[0].file, file);
		assert_int_equal(tree.rules.rule_count, any_owner);
		lint_tree_clear(&tree);
	}
}

/* The vendor's profiles are looked at as well, and not complained of where nobody uses them. */
static void test_vendor(void **state)
{
	char main[CONFIG_TEXT], vendor[CONFIG_TEXT], file[CONFIG_TEXT];
	const struct config_site site = {
		.main = lint_expand("@/rules.conf", main),
		.vendor_profiles = lint_expand("@/vendor", vendor),
	};
	struct lint_tree tree;

	lint_case_write((struct lint_case_file[LINT_CASE_FILES]){
		{ "@/rules.conf", "default { profile = used }" },
		{ "@/vendor/used.conf", "# nothing\n" },
		{ "@/vendor/unused.conf", "# nothing\n" },
	});
	lint_read(&site, &tree);
	lint_rules(&tree.rules, &tree.findings);
	assert_int_equal(tree.findings.count, 0);
	assert_int_equal(tree.file_count, 3);
	assert_int_equal(tree.rules.profile_count, 1);
	lint_tree_clear(&tree);

	lint_case_write((struct lint_case_file[LINT_CASE_FILES]){
		{ "@/rules.conf", "default { profile = used }" },
		{ "@/vendor/used.conf", "services = {sshd}" },
	});
	lint_read(&site, &tree);
	assert_int_equal(tree.findings.count, 1);
	assert_int_equal(tree.findings.list[0].message, CONFIG_SYNTAX);
	assert_string_equal(tree.findings.list[0].file, lint_expand("@/vendor/used.conf", file));
	lint_tree_clear(&tree);
}

/* Kebab-case, and of one message only. */
static void test_names(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	enum config_message message, other;

	for (message = 0; message < CONFIG_MESSAGE_COUNT; message++) {
		const char *name = config_message_name(message);

		assert_non_null(name);
		assert_true(name[0] && strchr(letters, name[0]) &&
			    strchr(letters, name[strlen(name) - 1]));
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		for (other = 0; other < message; other++)
			assert_string_not_equal(name, config_message_name(other));
	}
}

/* The man page has each of them. */
static void test_documented(void **state)
{
	enum config_message message;

	for (message = 0; message < CONFIG_MESSAGE_COUNT; message++)
		man_page_assert_entry("usernscapsctl-check.8", config_message_name(message), NULL);
}

static int setup(void **state)
{
	lint_base_make();
	return 0;
}

static int teardown(void **state)
{
	lint_base_remove();
	return 0;
}

/* Each flag of the table is described. */
static void test_flags_in_man_page(void **state)
{
	enum policy_item item;

	for (item = POLICY_SET_COUNT; item < POLICY_ITEM_COUNT; item++)
		man_page_assert_flag(policy_item_name(item));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags_in_man_page),
		cmocka_unit_test_setup_teardown(test_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsafe, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vendor, setup, teardown),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_documented),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP only root can make files that are safe to read\n");
		return 0;
	}
	return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
