// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity.h"

/*
 * Needs libnss_usernscapstest.so.2 where the dynamic linker looks, e.g. by LD_LIBRARY_PATH. See
 * nss_usernscaps_test.c for its users, groups and outages.
 */

static void use_services(const char *services)
{
	assert_int_equal(__nss_configure_lookup("passwd", services), 0);
	assert_int_equal(__nss_configure_lookup("group", services), 0);
	assert_int_equal(__nss_configure_lookup("initgroups", services), 0);
}

static int setup(void **state)
{
	(void)state;
	unsetenv("USERNSCAPS_NSS_PASSWD");
	unsetenv("USERNSCAPS_NSS_GROUP");
	unsetenv("USERNSCAPS_NSS_GID");
	unsetenv("USERNSCAPS_NSS_INITGROUPS");
	use_services("files usernscapstest");
	return 0;
}

static void down(const char *kind, const char *how)
{
	char variable[64];

	snprintf(variable, sizeof(variable), "USERNSCAPS_NSS_%s", kind);
	assert_int_equal(setenv(variable, how, 1), 0);
}

static void test_find(void **state)
{
	struct identity identity;

	(void)state;
	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_string_equal(identity.name, "nssbob");
	assert_int_equal(identity.uid, 70001);
	assert_int_equal(identity.gid, 70001);
	assert_int_equal(identity.group_count, 0);
	assert_int_equal(identity.unknown_count, 0);
	identity_clear(&identity);
	assert_null(identity.name);

	assert_int_equal(identity_find("root", &identity), 0);
	assert_string_equal(identity.name, "root");
	assert_int_equal(identity.uid, 0);
	identity_clear(&identity);
}

static void test_name_is_the_directorys(void **state)
{
	struct identity identity;

	(void)state;
	assert_int_equal(identity_find("NSSBOB", &identity), 0);
	assert_string_equal(identity.name, "nssbob");
	identity_clear(&identity);
}

static void test_large_entries(void **state)
{
	const char *names[] = { "nsshuge" };
	const char *bad;
	struct identity identity;

	(void)state;
	assert_int_equal(identity_find("nssfar", &identity), 0);
	assert_int_equal(identity.uid, 70003);
	identity_clear(&identity);

	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_find_groups(&identity, names, 1, &bad), 0);
	assert_int_equal(identity.group_count, 1);
	identity_clear(&identity);
}

static void test_unknown_user(void **state)
{
	static const char *const orders[] = { "files usernscapstest", "usernscapstest files",
					      "files", "files usernscapsabsent" };
	struct identity identity;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(orders); i++) {
		use_services(orders[i]);
		assert_int_equal(identity_find("no-such-user", &identity), -ENOENT);
	}
}

/* What a service leaves in errno when it doesn't know a name is nobody's business. */
static void test_unknown_with_errno(void **state)
{
	struct identity identity;

	(void)state;
	down("PASSWD", "notfound-eperm");
	assert_int_equal(identity_find("no-such-user", &identity), -ENOENT);
}

static const struct {
	const char *how;
	int error;
} outages[] = {
	{ "unavail", -ECONNREFUSED }, { "unavail-enoent", -EIO }, { "unavail-quiet", -EIO },
	{ "tryagain", -EAGAIN },      { "erange", -ERANGE },
};

static void test_outage_is_no_unknown_user(void **state)
{
	struct identity identity;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(outages); i++) {
		down("PASSWD", outages[i].how);
		errno = 0;
		assert_int_equal(identity_find("nssbob", &identity), outages[i].error);
		errno = ENOENT;
		assert_int_equal(identity_find("no-such-user", &identity), outages[i].error);
		/* Those whom the files know are found all the same. */
		assert_int_equal(identity_find("root", &identity), 0);
		identity_clear(&identity);
	}
}

/* With the directory first, glibc goes on to the files unless it is told not to. */
static void test_outage_with_return(void **state)
{
	struct identity identity;

	(void)state;
	use_services("usernscapstest files");
	down("PASSWD", "unavail");
	assert_int_equal(identity_find("nssbob", &identity), -ENOENT);
	unsetenv("USERNSCAPS_NSS_PASSWD");
	use_services("usernscapstest [UNAVAIL=return] files");
	assert_int_equal(identity_find("nssbob", &identity), 0);
	identity_clear(&identity);
	down("PASSWD", "unavail");
	assert_int_equal(identity_find("nssbob", &identity), -ECONNREFUSED);
}

static void test_groups(void **state)
{
	const char *names[] = { "nssteam",  "no-such-group", "nssnested",  "nsslisted",
				"nssother", "nssteam",	     "nssprimary", "no-such-group" };
	const char *bad = "";
	struct identity identity;

	(void)state;
	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_find_groups(&identity, names, COUNT(names), &bad), 0);
	assert_null(bad);
	assert_string_equal(identity.name, "nssbob");
	assert_int_equal(identity.group_count, 4);
	assert_string_equal(identity.groups[0], "nsslisted");
	assert_string_equal(identity.groups[1], "nssnested");
	assert_string_equal(identity.groups[2], "nssprimary");
	assert_string_equal(identity.groups[3], "nssteam");
	assert_int_equal(identity.unknown_count, 1);
	assert_string_equal(identity.unknown[0], "no-such-group");

	/* A second question adds nothing that is there already. */
	assert_int_equal(identity_find_groups(&identity, names, COUNT(names), &bad), 0);
	assert_int_equal(identity.group_count, 4);
	assert_int_equal(identity.unknown_count, 1);
	identity_clear(&identity);
}

static void test_no_groups_asked(void **state)
{
	const char *bad = "";
	struct identity identity;

	(void)state;
	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_find_groups(&identity, NULL, 0, &bad), 0);
	assert_null(bad);
	assert_int_equal(identity.group_count, 0);
	identity_clear(&identity);
}

static void test_many_groups(void **state)
{
	const char *names[] = { "nsslast", "nssteam" };
	const char *bad;
	struct identity identity;

	(void)state;
	assert_int_equal(identity_find("nssmany", &identity), 0);
	assert_int_equal(identity_find_groups(&identity, names, 2, &bad), 0);
	assert_int_equal(identity.group_count, 1);
	assert_string_equal(identity.groups[0], "nsslast");
	identity_clear(&identity);
}

static void test_group_outage(void **state)
{
	const char *names[] = { "root", "nssteam" };
	const char *bad;
	struct identity identity;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(outages); i++) {
		unsetenv("USERNSCAPS_NSS_GROUP");
		assert_int_equal(identity_find("nssbob", &identity), 0);
		down("GROUP", outages[i].how);
		bad = "";
		assert_int_equal(identity_find_groups(&identity, names, 2, &bad), outages[i].error);
		assert_ptr_equal(bad, names[1]);
		assert_int_equal(identity.group_count, 0);
		/* A group of the files' is no trouble, nor is being in none of them. */
		assert_int_equal(identity_find_groups(&identity, names, 1, &bad), 0);
		assert_int_equal(identity.group_count, 0);
		identity_clear(&identity);
	}
}

/* getgrouplist() tells nobody that it has the local groups only: the lists of members remain. */
static void test_membership_outage(void **state)
{
	const char *names[] = { "nssteam", "nssnested" };
	const char *bad;
	struct identity identity;

	(void)state;
	assert_int_equal(identity_find("nssbob", &identity), 0);
	down("INITGROUPS", "unavail");
	assert_int_equal(identity_find_groups(&identity, names, 2, &bad), 0);
	assert_int_equal(identity.group_count, 1);
	assert_string_equal(identity.groups[0], "nssteam");
	identity_clear(&identity);
}

/* ---- all groups of a user ---- */

static void assert_groups(const struct identity *identity, const char *const *names, size_t count)
{
	size_t i;

	assert_int_equal(identity->group_count, count);
	for (i = 0; i < count; i++)
		assert_string_equal(identity->groups[i], names[i]);
}

static void test_list_groups(void **state)
{
	static const char *const names[] = { "nssnested", "nssprimary", "nssteam" };
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_list_groups(&identity), 0);
	assert_groups(&identity, names, COUNT(names));
	assert_int_equal(identity_list_groups(&identity), 0); /* once more adds nothing */
	assert_groups(&identity, names, COUNT(names));
	assert_int_equal(identity.unknown_count, 0);
	identity_clear(&identity);
}

/* Nobody has a gid's name, two gids have one name, and a gid comes twice: the primary one is the
 * first, 70005, and no group either. */
static void test_list_groups_of_odd_gids(void **state)
{
	static const char *const names[] = { "nssteam", "nsstwins" };
	struct identity identity;

	assert_int_equal(identity_find("nssgids", &identity), 0);
	assert_int_equal(identity_list_groups(&identity), 0);
	assert_groups(&identity, names, COUNT(names));
	identity_clear(&identity);
}

static void test_list_groups_of_root(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("root", &identity), 0);
	assert_int_equal(identity_list_groups(&identity), 0);
	assert_groups(&identity, (const char *const[]){ "root" }, 1);
	identity_clear(&identity);
}

static void test_list_groups_outage(void **state)
{
	struct identity identity;
	size_t i;

	for (i = 0; i < COUNT(outages); i++) {
		unsetenv("USERNSCAPS_NSS_GID");
		assert_int_equal(identity_find("nssbob", &identity), 0);
		down("GID", outages[i].how);
		assert_int_equal(identity_list_groups(&identity), outages[i].error);
		assert_int_equal(identity.group_count, 0);
		unsetenv("USERNSCAPS_NSS_GID");
		assert_int_equal(identity_list_groups(&identity), 0);
		assert_int_equal(identity.group_count, 3);
		identity_clear(&identity);
	}
}

/* What is known is not asked for again, and so no outage is seen. */
static void test_known_groups_are_not_asked(void **state)
{
	const char *known[] = { "nssteam", "nssnested" }, *other[] = { "nssteam", "nssother" };
	const char *bad;
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_list_groups(&identity), 0);
	down("GROUP", "unavail");
	assert_int_equal(identity_find_groups(&identity, known, 2, &bad), 0);
	assert_int_equal(identity.group_count, 3);
	assert_int_equal(identity_find_groups(&identity, other, 2, &bad), -ECONNREFUSED);
	assert_ptr_equal(bad, other[1]);
	assert_int_equal(identity.group_count, 3);
	assert_int_equal(identity.unknown_count, 0);
	identity_clear(&identity);
}

/* In a group by its list of members only: not among those listed, but found. */
static void test_listed_member_is_found_too(void **state)
{
	static const char *const all[] = { "nsslisted", "nssnested", "nssprimary", "nssteam" };
	const char *names[] = { "nsslisted", "nssother" };
	const char *bad;
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_list_groups(&identity), 0);
	assert_int_equal(identity_find_groups(&identity, names, 2, &bad), 0);
	assert_groups(&identity, all, COUNT(all));
	assert_int_equal(identity.unknown_count, 0);
	identity_clear(&identity);
}

static void test_probe_group(void **state)
{
	size_t i;

	assert_int_equal(identity_probe_group("nssteam"), 0);
	assert_int_equal(identity_probe_group("root"), 0);
	assert_int_equal(identity_probe_group("nsshuge"), 0);
	assert_int_equal(identity_probe_group("no-such-group"), -ENOENT);
	for (i = 0; i < COUNT(outages); i++) {
		down("GROUP", outages[i].how);
		assert_int_equal(identity_probe_group("nssteam"), outages[i].error);
		assert_int_equal(identity_probe_group("no-such-group"), outages[i].error);
		assert_int_equal(identity_probe_group("root"), 0); /* the files know it */
	}
}

static void test_probe_list(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	down("INITGROUPS", "unavail");
	assert_int_equal(identity_probe_list(&identity, "nssteam"), 0); /* not asked for */
	assert_int_equal(identity_list_groups(&identity), 0);
	assert_int_equal(identity_probe_list(&identity, "nssteam"), -ENODATA);
	assert_int_equal(identity_probe_list(&identity, "nssother"), 0); /* is no member */
	assert_int_equal(identity_probe_list(&identity, "no-such-group"), -ENOENT);
	identity_clear(&identity);
	unsetenv("USERNSCAPS_NSS_INITGROUPS");
	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_list_groups(&identity), 0);
	assert_int_equal(identity_probe_list(&identity, "nssteam"), 0); /* control */
	identity_clear(&identity);
}

static void test_add_groups(void **state)
{
	static const char *const all[] = { "another", "nssteam", "one", "two" };
	const char *names[] = { "two", "one", "nssteam", "two" };
	const char *more[] = { "one", "another" };
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	down("GROUP", "unavail"); /* nobody is asked */
	down("GID", "unavail");
	assert_int_equal(identity_add_groups(&identity, names, COUNT(names)), 0);
	assert_int_equal(identity_add_groups(&identity, more, COUNT(more)), 0);
	assert_groups(&identity, all, COUNT(all));
	assert_int_equal(identity_add_groups(&identity, NULL, 0), 0);
	assert_groups(&identity, all, COUNT(all));
	identity_clear(&identity);
}

static void assert_name_by_gid(const char *name, const char *by_gid)
{
	char *found;

	assert_int_equal(identity_group_name(name, &found), 0);
	assert_string_equal(found, by_gid);
	free(found);
}

static void test_group_name(void **state)
{
	char *found;

	(void)state;
	assert_name_by_gid("nssteam", "nssteam");
	assert_name_by_gid("nssalias", "nssteam");
	assert_name_by_gid("nssnogid", "nssnogid");
	assert_int_equal(identity_group_name("no-such-group", &found), -ENOENT);
	down("GID", "unavail");
	assert_int_equal(identity_group_name("nssteam", &found), -ECONNREFUSED);
}

static void test_user_name(void **state)
{
	char *found = NULL;

	(void)state;
	assert_int_equal(identity_user_name(0, &found), 0);
	assert_string_equal(found, "root");
	free(found);
	assert_int_equal(identity_user_name(70999, &found), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_find, setup),
		cmocka_unit_test_setup(test_name_is_the_directorys, setup),
		cmocka_unit_test_setup(test_large_entries, setup),
		cmocka_unit_test_setup(test_unknown_user, setup),
		cmocka_unit_test_setup(test_unknown_with_errno, setup),
		cmocka_unit_test_setup(test_outage_is_no_unknown_user, setup),
		cmocka_unit_test_setup(test_outage_with_return, setup),
		cmocka_unit_test_setup(test_groups, setup),
		cmocka_unit_test_setup(test_no_groups_asked, setup),
		cmocka_unit_test_setup(test_many_groups, setup),
		cmocka_unit_test_setup(test_group_outage, setup),
		cmocka_unit_test_setup(test_membership_outage, setup),
		cmocka_unit_test_setup(test_list_groups, setup),
		cmocka_unit_test_setup(test_list_groups_of_odd_gids, setup),
		cmocka_unit_test_setup(test_list_groups_of_root, setup),
		cmocka_unit_test_setup(test_list_groups_outage, setup),
		cmocka_unit_test_setup(test_known_groups_are_not_asked, setup),
		cmocka_unit_test_setup(test_listed_member_is_found_too, setup),
		cmocka_unit_test_setup(test_probe_group, setup),
		cmocka_unit_test_setup(test_probe_list, setup),
		cmocka_unit_test_setup(test_add_groups, setup),
		cmocka_unit_test_setup(test_group_name, setup),
		cmocka_unit_test_setup(test_user_name, setup),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
