// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "inspect/identity_list.h"
#include "session/nss.h"

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

	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_string_equal(identity.name, "nssbob");
	assert_int_equal(identity.uid, 70001);
	assert_int_equal(identity.gid, 70001);
	assert_int_equal(identity.groups.count, 0);
	assert_int_equal(identity.unknown.count, 0);
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

	assert_int_equal(identity_find("NSSBOB", &identity), 0);
	assert_string_equal(identity.name, "nssbob");
	identity_clear(&identity);
}

static void test_large_entries(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssfar", &identity), 0);
	assert_int_equal(identity.uid, 70003);
	identity_clear(&identity);
}

static void test_unknown_user(void **state)
{
	static const char *const orders[] = { "files usernscapstest", "usernscapstest files",
					      "files", "files usernscapsabsent" };
	struct identity identity;
	size_t i;

	for (i = 0; i < COUNT(orders); i++) {
		use_services(orders[i]);
		assert_int_equal(identity_find("no-such-user", &identity), -ENOENT);
	}
}

/* What a service leaves in errno when it doesn't know a name is nobody's business. */
static void test_unknown_with_errno(void **state)
{
	struct identity identity;

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

/* ---- the groups of a user ---- */

static void assert_names(const struct names *names, const char *expected)
{
	char text[512] = "";
	size_t used = 0, i;

	for (i = 0; i < names->count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? " | " : "",
					 names->list[i]);
	assert_string_equal(text, expected);
}

/* What is asked for, in order, separated by blanks. */
static void ask(struct identity *identity, const char *list,
		int (*find)(struct identity *, const struct names *))
{
	char text[512], *name, *rest = text;
	struct names names = { 0 };

	snprintf(text, sizeof(text), "%s", list);
	while ((name = strsep(&rest, " ")))
		assert_int_equal(names_add(&names, name), 0);
	names_sort(&names);
	assert_int_equal(find(identity, &names), 0);
	names_clear(&names);
}

static void ask_groups(struct identity *identity, const char *list)
{
	ask(identity, list, identity_find_groups);
}

static void ask_files(struct identity *identity, const char *list)
{
	ask(identity, list, identity_find_files);
}

static void test_groups(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	ask_groups(&identity, "nssteam nssnested nssother nssprimary root");
	assert_string_equal(identity.name, "nssbob");
	assert_names(&identity.groups, "nssnested | nssprimary | nssteam");
	assert_names(&identity.rules.no, "nssother | root");
	/* A second question adds nothing that is there already. */
	ask_groups(&identity, "nssteam nssother");
	assert_names(&identity.groups, "nssnested | nssprimary | nssteam");
	assert_names(&identity.rules.no, "nssother | root");
	assert_names(&identity.unknown, "");
	assert_names(&identity.reasons, "");
	identity_clear(&identity);
}

static void test_no_groups_asked(void **state)
{
	const struct names none = { 0 };
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_find_groups(&identity, &none), 0);
	assert_int_equal(identity_find_files(&identity, &none), 0);
	assert_false(identity.survey.has_local);
	assert_names(&identity.groups, "");
	identity_clear(&identity);
}

static void test_missing_group(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	ask_groups(&identity, "no-such-group nssother nssteam");
	assert_names(&identity.groups, "nssteam");
	assert_names(&identity.unknown, "no-such-group");
	assert_names(&identity.missing, "no-such-group");
	assert_names(&identity.reasons, "there is no group \"no-such-group\"");
	identity_clear(&identity);

	assert_int_equal(identity_find("nssbob", &identity), 0);
	identity.manner.missing_is_no = true;
	ask_groups(&identity, "no-such-group nssother nssteam");
	ask_groups(&identity, "no-such-group");
	assert_names(&identity.unknown, "");
	assert_names(&identity.missing, "no-such-group");
	assert_names(&identity.reasons, "");
	identity_clear(&identity);
}

static void test_many_groups(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssmany", &identity), 0);
	ask_groups(&identity, "nss80000 nss80299 nsslast nssteam");
	assert_names(&identity.groups, "nss80000 | nsslast");
	assert_names(&identity.missing, "nss80299");
	identity_clear(&identity);
}

/* After a failure nobody is asked again: each could take its time to fail. */
static void test_group_outage(void **state)
{
	struct identity identity;
	char reason[256];
	size_t i;

	for (i = 0; i < COUNT(outages); i++) {
		assert_int_equal(identity_find("nssbob", &identity), 0);
		down("GROUP", outages[i].how);
		ask_groups(&identity, "nssother nssteam root");
		assert_names(&identity.groups, "nssteam"); /* by its gid's name */
		assert_names(&identity.unknown, "nssother | root");
		assert_int_equal(identity.survey.outage, outages[i].error);
		snprintf(reason, sizeof(reason), "group \"nssother\" can't be looked up: %s",
			 strerror(-outages[i].error));
		assert_names(&identity.reasons, reason);
		unsetenv("USERNSCAPS_NSS_GROUP");
		ask_groups(&identity, "nsshuge");
		ask_files(&identity, "nssalias");
		assert_names(&identity.unknown, "nssalias | nsshuge | nssother | root");
		assert_names(&identity.reasons, reason);
		identity_clear(&identity);
	}
}

/*
 * getgrouplist() tells nobody that it has the local groups only: the lists of members remain. One
 * that it should have had shows that it is not whole.
 */
static void test_membership_outage(void **state)
{
	struct identity identity;

	down("INITGROUPS", "unavail");
	assert_int_equal(identity_find("nssbob", &identity), 0);
	ask_groups(&identity, "nssnested nssother");
	assert_names(&identity.rules.no, "nssnested | nssother"); /* nothing shows it */
	ask_groups(&identity, "nssteam");
	assert_names(&identity.groups, "nssteam");
	assert_names(&identity.unknown, "nssnested | nssother");
	assert_names(&identity.rules.no, "");
	assert_names(&identity.reasons, "the list of the user's groups lacks \"nssteam\"");
	identity_clear(&identity);

	assert_int_equal(identity_find("nssbob", &identity), 0);
	ask_files(&identity, "nssnested nssother nssteam zzz");
	assert_names(&identity.groups, "nssteam");
	assert_names(&identity.unknown, "nssnested | nssother | zzz");
	identity_clear(&identity);
}

/* A site may have thousands of files: the groups of so many of them are asked for. */
static void test_many_files(void **state)
{
	char list[64 * 4 + sizeof("nssteam")];
	struct identity identity;
	size_t used = 0;
	int i;

	down("INITGROUPS", "unavail");
	for (i = 0; i < 63; i++)
		used += (size_t)sprintf(list + used, "f%02d ", i);
	strcpy(list + used, "nssteam");
	assert_int_equal(identity_find("nssbob", &identity), 0);
	ask_files(&identity, list);
	assert_names(&identity.groups, "nssteam");
	assert_int_equal(identity.unknown.count, 63);
	identity_clear(&identity);

	strcpy(list + used, "f63 nssteam");
	assert_int_equal(identity_find("nssbob", &identity), 0);
	ask_files(&identity, list);
	assert_names(&identity.groups, "");
	assert_int_equal(identity.unknown.count, 0);
	assert_int_equal(identity.files.no.count, 65);
	identity_clear(&identity);
}

/* Two groups of one name: the name of the user's gid decides. */
static void test_twins(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nsstwin", &identity), 0);
	ask_groups(&identity, "nssteam nsstwins");
	ask_files(&identity, "nssteam nsstwins");
	assert_names(&identity.groups, "nsstwins");
	assert_names(&identity.unknown, "");
	identity_clear(&identity);

	assert_int_equal(identity_find("nssbob", &identity), 0); /* control */
	ask_groups(&identity, "nsstwins");
	assert_names(&identity.groups, "");
	identity_clear(&identity);
}

/* Files go by the names of gids, and need not be those of groups. */
static void test_files(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	ask_files(&identity, "nssalias nssnested nssother nssprimary nssteam no-such-group root");
	assert_names(&identity.groups, "nssnested | nssprimary | nssteam");
	assert_names(&identity.files.no, "no-such-group | nssalias | nssother | root");
	assert_names(&identity.missing, "");
	ask_groups(&identity, "nssalias"); /* control: another name of nssteam's gid */
	assert_names(&identity.groups, "nssalias | nssnested | nssprimary | nssteam");
	assert_names(&identity.unknown, "");
	identity_clear(&identity);
}

/* Nobody has a gid's name, two gids have one name, and a gid comes twice: the primary one is the
 * first, 70005, and no group either. */
static void test_odd_gids(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssgids", &identity), 0);
	ask_files(&identity, "nssother nssteam nsstwins");
	assert_names(&identity.groups, "nssteam | nsstwins");
	assert_names(&identity.unknown, "nssother");
	assert_names(&identity.reasons, "the user's group \"70005\" has no name");
	identity_clear(&identity);
}

static void test_gid_outage(void **state)
{
	struct identity identity;
	size_t i;

	for (i = 0; i < COUNT(outages); i++) {
		down("GID", outages[i].how);
		assert_int_equal(identity_find("nssbob", &identity), 0);
		identity.manner.probe_group = "no-such-group"; /* not asked for any more */
		ask_files(&identity, "nssnested nssother nssteam root");
		assert_names(&identity.groups, "");
		assert_names(&identity.unknown, "nssnested | nssother | nssteam | root");
		assert_int_equal(identity.reasons.count, 1);
		ask_groups(&identity, "nssalias root"); /* by gid, if that were local */
		assert_names(&identity.unknown, "nssalias | nssnested | nssother | nssteam | root");
		identity_clear(&identity);
		unsetenv("USERNSCAPS_NSS_GID");
	}
}

/* In a group by its list of members only. */
static void test_listed_member(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	ask_groups(&identity, "nsshuge nssother");
	assert_names(&identity.groups, "nsshuge");
	assert_names(&identity.unknown, "nssother");
	assert_names(&identity.reasons, "the list of the user's groups lacks \"nsshuge\"");
	ask_files(&identity, "nsslisted");
	assert_names(&identity.groups, "nsshuge | nsslisted");
	identity_clear(&identity);
}

/* ---- local groups ---- */

#define LOCAL_FILE "test_identity.group"

static void write_local(const char *text)
{
	FILE *file = fopen(LOCAL_FILE, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void find_local(const char *user, struct identity *ret_identity)
{
	assert_int_equal(identity_find(user, ret_identity), 0);
	ret_identity->manner.group_file = LOCAL_FILE;
}

/* Where they say yes, nobody else is asked. */
static void test_local_groups(void **state)
{
	struct identity identity;

	write_local("one:x:60001:a,nssbob,b\n"
		    "own:x:70001:\n"
		    "two:x:60002:a\n"
		    "two:x:60003:nssbob\n"
		    "three:x:60004:a,nssbobby\n");
	down("GROUP", "unavail");
	down("GID", "unavail");
	down("INITGROUPS", "unavail");
	find_local("nssbob", &identity);
	ask_groups(&identity, "one own two");
	ask_files(&identity, "one two");
	assert_names(&identity.groups, "one | own | two");
	assert_false(identity.survey.has_list);
	/* These are in no list of gids, so that can't be whole. */
	ask_groups(&identity, "three");
	assert_names(&identity.unknown, "three");
	assert_names(&identity.reasons, "the list of the user's groups lacks \"one\" | "
					"the list of the user's groups lacks \"two\"");
	ask_files(&identity, "own three");
	assert_names(&identity.groups, "one | own | two");
	identity_clear(&identity);
}

/* Of a gid the first name counts for files, and any for rules. */
static void test_local_names(void **state)
{
	struct identity identity;

	write_local("first:x:70200:\nnssprimary:x:70001:\nsecond:x:70200:\n");
	find_local("nssbob", &identity);
	ask_files(&identity, "first second nssteam nssnested");
	assert_names(&identity.groups, "first | nssteam");
	assert_names(&identity.files.no, "nssnested | second");
	ask_groups(&identity, "second nssnested");
	assert_names(&identity.groups, "first | nssnested | nssteam | second");
	assert_names(&identity.unknown, "");
	identity_clear(&identity);
}

/* Without that file all is asked for. */
static void test_no_local_groups(void **state)
{
	static const char *const paths[] = { "no/such/file", "/", "/proc/self/mem" };
	struct identity identity;
	size_t i;

	for (i = 0; i < COUNT(paths); i++) {
		assert_int_equal(identity_find("nssbob", &identity), 0);
		identity.manner.group_file = paths[i];
		ask_files(&identity, "nssnested nssother");
		ask_groups(&identity, "nssteam root");
		assert_names(&identity.groups, "nssnested | nssteam");
		assert_names(&identity.unknown, "");
		identity_clear(&identity);
	}
}

static void test_group_file(void **state)
{
	struct group_file file;
	FILE *stream = fopen(LOCAL_FILE, "w");
	int i;

	assert_non_null(stream);
	fputs("# none\n\nno line\nlong:x:5:", stream);
	for (i = 0; i < 20000; i++)
		fprintf(stream, "user%d,", i);
	fputs("last\n+:::\n+long:::last\n-empty:::\nempty:x:6:\n", stream);
	assert_int_equal(fclose(stream), 0);

	assert_int_equal(group_file_read(LOCAL_FILE, "last", &file), 0);
	assert_int_equal(file.count, 2);
	assert_string_equal(group_file_name(&file, 0), "long");
	assert_int_equal(file.lines[0].gid, 5);
	assert_true(file.lines[0].lists_user);
	assert_string_equal(group_file_name(&file, 1), "empty");
	assert_false(file.lines[1].lists_user);
	group_file_clear(&file);

	stream = fopen(LOCAL_FILE, "w");
	assert_non_null(stream);
	assert_int_equal(fwrite("a:x:1:\nb:x:2:\0\n", 1, 16, stream), 16);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(group_file_read(LOCAL_FILE, "last", &file), -EBADMSG);
	assert_int_equal(file.count, 0);
	assert_int_equal(group_file_read("/dev/null", "last", &file), 0);
	assert_int_equal(file.count, 0);
	assert_int_equal(group_file_read("no/such/file", "last", &file), -ENOENT);
	assert_int_equal(group_file_read("/", "last", &file), -EISDIR);
	assert_int_equal(file.count, 0);
	group_file_clear(&file);
}

/* ---- what keeps lookups from working ---- */

static void assert_obstacle(const char *expected)
{
	struct identity identity;
	char reason[128];

	write_local("local:x:60001:\nown:x:70001:\nlisted:x:60002:nssbob\n");
	find_local("nssbob", &identity);
	ask_groups(&identity, "listed local nssteam own");
	assert_names(&identity.groups, "listed | own"); /* these are sure */
	assert_names(&identity.unknown, "local | nssteam");
	snprintf(reason, sizeof(reason), "the user's groups can't be listed: %s", expected);
	assert_names(&identity.reasons, reason);
	identity_clear(&identity);
}

static void test_variables(void **state)
{
	static const char *const variables[][2] = {
		{ "SYSTEMD_BYPASS_USERDB", "SYSTEMD_BYPASS_USERDB is set" },
		{ "SYSTEMD_ONLY_USERDB", "SYSTEMD_ONLY_USERDB is set" },
		{ "SYSTEMD_NSS_BYPASS_SYNTHETIC", "SYSTEMD_NSS_BYPASS_SYNTHETIC is set" },
		{ "SYSTEMD_NSS_DYNAMIC_BYPASS", "SYSTEMD_NSS_DYNAMIC_BYPASS is set" },
		{ "_SSS_LOOPS", "_SSS_LOOPS is set" },
		{ "SSS_NSS_USE_MEMCACHE", "SSS_NSS_USE_MEMCACHE is set" },
		{ "_NO_WINBINDD", "_NO_WINBINDD is set" },
	};
	size_t i;

	assert_null(nss_obstacle());
	for (i = 0; i < COUNT(variables); i++) {
		setenv(variables[i][0], "0", 1);
		assert_obstacle(variables[i][1]);
		unsetenv(variables[i][0]);
	}
}

/* Leaves descriptors for what is read itself. */
static void test_descriptors(void **state)
{
	struct rlimit before, limit;
	int next = dup(0);

	assert_true(next >= 0);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)next + 8;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_obstacle("too few file descriptors");
	limit.rlim_cur = (rlim_t)next + 64; /* control */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_null(nss_obstacle());
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
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

static void test_probe(void **state)
{
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	identity.manner.probe_group = "nssteam"; /* control */
	ask_groups(&identity, "nssother");
	assert_names(&identity.unknown, "");
	identity_clear(&identity);

	assert_int_equal(identity_find("nssbob", &identity), 0);
	identity.manner =
		(struct identity_manner){ .probe_group = "no-such", .missing_is_no = true };
	ask_groups(&identity, "absent nssother nssteam");
	assert_names(&identity.groups, "nssteam");
	assert_names(&identity.unknown, "absent | nssother");
	assert_names(&identity.reasons,
		     "there is no group \"absent\" | there is no probe_group \"no-such\"");
	identity_clear(&identity);

	down("GROUP", "unavail");
	assert_int_equal(identity_find("nssbob", &identity), 0);
	identity.manner.probe_group = "nssteam";
	ask_groups(&identity, "root nssother");
	assert_names(&identity.unknown, "nssother | root");
	assert_names(&identity.reasons,
		     "probe_group \"nssteam\" can't be looked up: Connection refused");
	identity_clear(&identity);

	unsetenv("USERNSCAPS_NSS_GROUP");
	down("INITGROUPS", "unavail");
	assert_int_equal(identity_find("nssbob", &identity), 0);
	identity.manner.probe_group = "nssteam";
	ask_groups(&identity, "nssnested");
	assert_names(&identity.unknown, "nssnested");
	assert_names(&identity.reasons, "the list of the user's groups lacks \"nssteam\"");
	identity_clear(&identity);
}

static void test_add_groups(void **state)
{
	const char *names[] = { "two", "one", "nssteam", "two" };
	const char *more[] = { "one", "another" };
	struct identity identity;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	down("GROUP", "unavail"); /* nobody is asked */
	down("GID", "unavail");
	assert_int_equal(identity_add_groups(&identity, names, COUNT(names)), 0);
	assert_int_equal(identity_add_groups(&identity, more, COUNT(more)), 0);
	assert_names(&identity.groups, "another | nssteam | one | two");
	assert_int_equal(identity_add_groups(&identity, NULL, 0), 0);
	assert_names(&identity.groups, "another | nssteam | one | two");
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

	assert_int_equal(identity_user_name(0, &found), 0);
	assert_string_equal(found, "root");
	free(found);
	assert_int_equal(identity_user_name(70999, &found), -ENOENT);
}

static int remove_file(void **state)
{
	(void)state;
	unlink(LOCAL_FILE);
	return 0;
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
		cmocka_unit_test_setup(test_missing_group, setup),
		cmocka_unit_test_setup(test_many_groups, setup),
		cmocka_unit_test_setup(test_group_outage, setup),
		cmocka_unit_test_setup(test_membership_outage, setup),
		cmocka_unit_test_setup(test_many_files, setup),
		cmocka_unit_test_setup(test_twins, setup),
		cmocka_unit_test_setup(test_files, setup),
		cmocka_unit_test_setup(test_odd_gids, setup),
		cmocka_unit_test_setup(test_gid_outage, setup),
		cmocka_unit_test_setup(test_listed_member, setup),
		cmocka_unit_test_setup(test_local_groups, setup),
		cmocka_unit_test_setup(test_local_names, setup),
		cmocka_unit_test_setup(test_no_local_groups, setup),
		cmocka_unit_test_setup(test_group_file, setup),
		cmocka_unit_test_setup(test_variables, setup),
		cmocka_unit_test_setup(test_descriptors, setup),
		cmocka_unit_test_setup(test_probe, setup),
		cmocka_unit_test_setup(test_probe_group, setup),
		cmocka_unit_test_setup(test_add_groups, setup),
		cmocka_unit_test_setup(test_group_name, setup),
		cmocka_unit_test_setup(test_user_name, setup),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, remove_file);
}
