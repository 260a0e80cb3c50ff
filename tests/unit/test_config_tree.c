// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"

/*
 * Needs root, and a directory that only root can write to on the whole way: /run. Each test starts
 * with an empty directory; paths in the tests are relative to it.
 */

#define NOBODY	  65534
#define NAME_LONG 250 /* the longest name: with ".conf" it is NAME_MAX bytes */

static char base[64], main_path[96], vendor_path[96], vendor_profiles_path[96];
static struct config_site site;
static struct config_problem problem;
static struct policy_rules rules;

/* ---- a directory that changes while it is listed ---- */

/* Called after each listing, with its number from 1. */
static void (*after_listing)(unsigned);
static unsigned listings;
/* If it is not 0, each fails with it. */
static int listing_error;

int __real_scandirat(int, const char *, struct dirent ***, int (*)(const struct dirent *),
		     int (*)(const struct dirent **, const struct dirent **));
int __wrap_scandirat(int directory, const char *path, struct dirent ***ret_entries,
		     int (*filter)(const struct dirent *),
		     int (*compare)(const struct dirent **, const struct dirent **));

int __wrap_scandirat(int directory, const char *path, struct dirent ***ret_entries,
		     int (*filter)(const struct dirent *),
		     int (*compare)(const struct dirent **, const struct dirent **))
{
	int n;

	if (listing_error) {
		errno = listing_error;
		return -1;
	}
	n = __real_scandirat(directory, path, ret_entries, filter, compare);
	listings++;
	if (after_listing)
		after_listing(listings);
	return n;
}

/* ---- files ---- */

static const char *at(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%.63s/%s", base, name);
	return path;
}

/* Write a file, with the directories it needs. */
static void put(const char *name, const char *text)
{
	unit_write_text(at(name), text);
}

static void move(const char *from, const char *to)
{
	char old[PATH_MAX];

	memcpy(old, at(from), sizeof(old));
	assert_int_equal(rename(old, at(to)), 0);
}

static int setup(void **state)
{
	chmod(base, 0755);
	unit_empty(base);
	site = (struct config_site){ .main = main_path };
	memset(&problem, 0xa5, sizeof(problem));
	memset(&rules, 0, sizeof(rules));
	after_listing = NULL;
	listings = 0;
	listing_error = 0;
	return 0;
}

static int teardown(void **state)
{
	policy_rules_clear(&rules);
	return 0;
}

/* ---- what was read, in short: "user alice usernscaps.conf:1; " ---- */

static const char *relative(const char *path)
{
	size_t len = strlen(base);

	return strncmp(path, base, len) == 0 && path[len] == '/' ? path + len + 1 : path;
}

static const char *describe(void)
{
	static char text[4096];
	size_t used = 0, i;

	text[0] = '\0';
	for (i = 0; i < rules.rule_count; i++) {
		const struct policy_rule *rule = &rules.rules[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %s %s:%u; ",
					 policy_kind_name(rule->kind), rule->name ? rule->name : "",
					 relative(rule->place.file), rule->place.line);
	}
	for (i = 0; i < rules.profile_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "profile %s %s:%u; ",
					 rules.profiles[i].name,
					 relative(rules.profiles[i].place.file),
					 rules.profiles[i].place.line);
	return text;
}

/* ---- asking, with what holds of each answer ---- */

static int check_problem(int r)
{
	if (r < 0 && r != problem.error)
		fail_msg("returned %d, and the problem has %d: %s", r, problem.error, problem.text);
	return r;
}

/* Load afresh; @rules are unchanged on failure. */
static int load(void)
{
	struct policy_rules untouched, loaded;
	int r;

	policy_rules_clear(&rules);
	memset(&untouched, 0xa5, sizeof(untouched));
	loaded = untouched;
	r = check_problem(config_load(&site, &loaded, &problem));
	if (r == 0)
		rules = loaded;
	else
		assert_memory_equal(&loaded, &untouched, sizeof(loaded));
	return r;
}

static int add(enum config_part part, const char *name)
{
	char before[4096];
	size_t files = rules.file_count;
	int r;

	snprintf(before, sizeof(before), "%s", describe());
	r = check_problem(config_add(&site, part, name, &rules, &problem));
	if (r < 0) {
		assert_string_equal(describe(), before);
		assert_int_equal(rules.file_count, files);
	} else {
		assert_int_equal(rules.file_count, files + 1);
	}
	return r;
}

static int resolve(void)
{
	return check_problem(config_resolve(&site, &rules, &problem));
}

static void assert_loads(const char *expected)
{
	if (load() < 0)
		fail_msg("%s:%u: %s", problem.file, problem.line, problem.text);
	assert_string_equal(describe(), expected);
}

static void assert_problem(enum config_message message, const char *file, unsigned line)
{
	if (problem.message != message || problem.line != line ||
	    strcmp(relative(problem.file), file) != 0)
		fail_msg("%s:%u: %s (message %d); expected message %d at %s:%u", problem.file,
			 problem.line, problem.text, (int)problem.message, (int)message, file,
			 line);
}

static void assert_load_fails(int error, enum config_message message, const char *file,
			      unsigned line)
{
	assert_int_equal(load(), error);
	assert_problem(message, file, line);
}

/* ---- paths ---- */

static void test_paths(void **state)
{
	static const struct {
		const char *main;
		enum config_part part;
		const char *name, *path;
	} cases[] = {
		{ "/e/u.conf", CONFIG_MAIN, NULL, "/e/u.conf" },
		{ "/e/u.conf", CONFIG_MAIN, "x", "/e/u.conf" },
		{ "/e/u.conf", CONFIG_DROPIN, NULL, "/e/u.d" },
		{ "/e/u.conf", CONFIG_DROPIN, "x", "/e/u.d/x.conf" },
		{ "/e/u.conf", CONFIG_USER, NULL, "/e/u.d/users" },
		{ "/e/u.conf", CONFIG_USER, "x", "/e/u.d/users/x.conf" },
		{ "/e/u.conf", CONFIG_GROUP, "x", "/e/u.d/groups/x.conf" },
		{ "/e/u.conf", CONFIG_PROFILE, "x", "/e/u.d/profiles/x.conf" },
		{ "/e/u", CONFIG_MAIN, NULL, "/e/u" },
		{ "/e/u", CONFIG_DROPIN, NULL, "" },
		{ "/e/u", CONFIG_USER, "x", "" },
		{ ".conf", CONFIG_USER, "x", "" },
		{ "u.conf", CONFIG_USER, "x", "u.d/users/x.conf" },
	};
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		const struct config_site a_site = { .main = cases[i].main };

		assert_ptr_equal(config_path(&a_site, cases[i].part, cases[i].name, path), path);
		assert_string_equal(path, cases[i].path);
	}
}

static void test_long_paths(void **state)
{
	static char name[PATH_MAX + 8];
	char path[PATH_MAX];
	struct config_site a_site = { .main = name };

	memset(name, 'x', PATH_MAX);
	strcpy(name + PATH_MAX - 6, ".conf"); /* the longest there is */
	assert_int_equal(strlen(config_path(&a_site, CONFIG_MAIN, NULL, path)), PATH_MAX - 1);
	assert_int_equal(strlen(config_path(&a_site, CONFIG_DROPIN, NULL, path)), PATH_MAX - 4);
	assert_string_equal(config_path(&a_site, CONFIG_DROPIN, "x", path), "");
	assert_string_equal(config_path(&a_site, CONFIG_USER, NULL, path), "");
	strcpy(name + PATH_MAX - 6, "x.conf");
	assert_string_equal(config_path(&a_site, CONFIG_MAIN, NULL, path), "");

	/* Where not all of a tree would fit, nothing is read. */
	name[0] = '/';
	strcpy(name + PATH_MAX - 255 - 13, ".conf");
	site.main = name;
	assert_int_equal(load(), -ENAMETOOLONG);
	assert_int_equal(problem.message, CONFIG_SYSTEM);
}

/* ---- the files that each login reads ---- */

static void test_order(void **state)
{
	put("usernscaps.conf", "default { }\nuser alice { }\n");
	assert_loads("default  usernscaps.conf:1; user alice usernscaps.conf:2; ");
	put("usernscaps.d/b.conf", "#\nuser b { }\n");
	put("usernscaps.d/10-x.conf", "profile x { }\nuser x { }\n");
	put("usernscaps.d/a.conf", "group a { }\n");
	put("usernscaps.d/B.conf", "user 5:6 { }\n");
	assert_loads("default  usernscaps.conf:1; user alice usernscaps.conf:2; "
		     "user x usernscaps.d/10-x.conf:2; user  usernscaps.d/B.conf:1; "
		     "group a usernscaps.d/a.conf:1; user b usernscaps.d/b.conf:2; "
		     "profile x usernscaps.d/10-x.conf:1; ");
	assert_int_equal(rules.file_count, 5);
	assert_string_equal(rules.files[0], main_path);
	assert_string_equal(relative(rules.files[1]), "usernscaps.d/10-x.conf");
}

static void test_top_level_keys(void **state)
{
	put("usernscaps.conf", "when_unsupported = warn\nprobe_group = \"staff\"\n");
	put("usernscaps.d/a.conf", "default { }\n");
	assert_loads("default  usernscaps.d/a.conf:1; ");
	assert_int_equal(rules.when_unsupported, POLICY_UNSUPPORTED_WARN);
	assert_string_equal(rules.probe_group, "staff");
	put("usernscaps.d/a.conf", "#\nwhen_unsupported = warn\n");
	assert_load_fails(-EBADMSG, CONFIG_SYNTAX, "usernscaps.d/a.conf", 2);
	put("usernscaps.d/a.conf", "#\n\nprobe_group = staff\n");
	assert_load_fails(-EBADMSG, CONFIG_SYNTAX, "usernscaps.d/a.conf", 3);
}

/* Each file has one mask at most, and they add up. */
static void test_system_masks(void **state)
{
	put("usernscaps.conf", "system { userns { drop = {bpf} } }\n");
	put("usernscaps.d/a.conf", "system { userns { drop = {perfmon} } }\n");
	put("usernscaps.d/b.conf", "system { userns { keep = {bpf} } }\n");
	assert_loads("");
	assert_int_equal(rules.system_taken.bits, UINT64_C(3) << 38);
	put("usernscaps.d/c.conf", "system { userns { policy = deny keep = {0, bpf} } }\n");
	assert_loads("");
	assert_int_equal(rules.system_taken.bits, ~UINT64_C(1));
	put("usernscaps.d/a.conf", "system { }\nuser a { }\nsystem { }\n");
	assert_load_fails(-EBADMSG, CONFIG_TWICE, "usernscaps.d/a.conf", 3);
}

static void test_what_is_no_dropin(void **state)
{
	put("usernscaps.conf", "#\n");
	put("usernscaps.d/x.conf", "user x { }\n");
	put("usernscaps.d/README", "wrong\n");
	put("usernscaps.d/.conf", "wrong\n");
	put("usernscaps.d/.x.conf", "wrong\n");
	put("usernscaps.d/x.conf~", "wrong\n");
	put("usernscaps.d/x.CONF", "wrong\n");
	put("usernscaps.d/x.conf.dpkg-new", "wrong\n");
	put("usernscaps.d/xconf", "wrong\n");
	put("usernscaps.d/sub/y.conf", "wrong\n");
	put("usernscaps.d/users/alice.conf", "wrong\n");
	put("usernscaps.d/groups/staff.conf", "wrong\n");
	put("usernscaps.d/profiles/p.conf", "wrong\n");
	assert_loads("user x usernscaps.d/x.conf:1; ");
	put("usernscaps.d/y.conf", "wrong\n"); /* control */
	assert_load_fails(-EBADMSG, CONFIG_SYNTAX, "usernscaps.d/y.conf", 1);
}

static void test_directory_named_as_a_file(void **state)
{
	put("usernscaps.conf", "#\n");
	put("usernscaps.d/x.conf/y.conf", "#\n");
	assert_load_fails(-EPERM, CONFIG_NOT_REGULAR, "usernscaps.d/x.conf", 0);
	put("usernscaps.d/users/alice.conf/y.conf", "#\n");
	assert_int_equal(add(CONFIG_USER, "alice"), -EPERM);
	assert_problem(CONFIG_NOT_REGULAR, "usernscaps.d/users/alice.conf", 0);
}

/* What the parser read the file with is gone when the rule ends, with the file. */
static void test_exception_in_a_file_of_one_user(void **state)
{
	put("usernscaps.conf", "#\n");
	put("usernscaps.d/users/alice.conf", "#\nexcept_groups = {tas}\n");
	put("usernscaps.d/groups/staff.conf", "#\nexcept_groups = {tas}\n");
	assert_int_equal(add(CONFIG_GROUP, "staff"), 0); /* control */
	assert_int_equal(add(CONFIG_USER, "alice"), -EBADMSG);
	assert_problem(CONFIG_EXCEPTION, "usernscaps.d/users/alice.conf", 2);
	assert_string_equal(problem.text,
			    "'except_groups' in a rule for one user; expected it in a rule for a "
			    "group, a range of uids or default");
}

static void test_file_named_as_a_directory(void **state)
{
	put("usernscaps.conf", "#\n");
	put("usernscaps.d/users", "#\n");
	assert_loads("");
	assert_int_equal(add(CONFIG_USER, "alice"), -ENOTDIR);
	assert_int_equal(config_has(&site, CONFIG_USER, &problem), -ENOTDIR);
	unlink(at("usernscaps.d/users"));
	assert_int_equal(rmdir(at("usernscaps.d")), 0);
	put("usernscaps.d", "#\n");
	assert_load_fails(-ENOTDIR, CONFIG_SYSTEM, "usernscaps.d", 0);
}

/* A main file without ".conf" has no tree. */
static void test_no_tree(void **state)
{
	struct names names = { NULL, 9 };
	char rules_path[96];

	put("rules", "user a { profile = p }\n");
	put("rules.d/b.conf", "user b { }\n");
	put("rules.d/users/a.conf", "#\n");
	put("rules.d/profiles/p.conf", "#\n");
	snprintf(rules_path, sizeof(rules_path), "%s/rules", base);
	site.main = rules_path;
	assert_loads("user a rules:1; ");
	assert_int_equal(config_has(&site, CONFIG_USER, &problem), 0);
	assert_int_equal(add(CONFIG_USER, "a"), -ENOENT);
	assert_int_equal(add(CONFIG_USER, "a/b"), -ENOENT);
	assert_int_equal(config_list(&site, CONFIG_USER, &names, &problem), 0);
	assert_int_equal(names.count, 0);
	names_clear(&names);
	assert_int_equal(resolve(), -EBADMSG);
	assert_problem(CONFIG_PROFILE_UNKNOWN, "rules", 1);

	move("rules", "usernscaps.conf"); /* control */
	move("rules.d", "usernscaps.d");
	site.main = main_path;
	assert_loads("user a usernscaps.conf:1; user b usernscaps.d/b.conf:1; ");
	assert_int_equal(add(CONFIG_USER, "a"), 0);
	assert_int_equal(resolve(), 0);
}

static void test_missing_main(void **state)
{
	put("usernscaps.d/b.conf", "user b { }\n");
	assert_load_fails(-ENOENT, CONFIG_MISSING, "usernscaps.conf", 0);
	put("usernscaps.conf", "#\n");
	assert_loads("user b usernscaps.d/b.conf:1; ");
}

static void test_vendor_main(void **state)
{
	put("vendor/usernscaps.conf", "user v { }\n");
	put("usernscaps.d/b.conf", "user b { }\n");
	assert_load_fails(-ENOENT, CONFIG_MISSING, "usernscaps.conf", 0);
	site.vendor_main = vendor_path;
	assert_loads("user v vendor/usernscaps.conf:1; user b usernscaps.d/b.conf:1; ");
	put("usernscaps.conf", "user m { }\n");
	assert_loads("user m usernscaps.conf:1; user b usernscaps.d/b.conf:1; ");

	/* One that is wrong or unsafe is no missing one. */
	put("usernscaps.conf", "wrong\n");
	assert_load_fails(-EBADMSG, CONFIG_SYNTAX, "usernscaps.conf", 1);
	put("usernscaps.conf", "");
	assert_load_fails(-EBADMSG, CONFIG_EMPTY, "usernscaps.conf", 0);
	assert_int_equal(chmod(main_path, 0666), 0);
	assert_load_fails(-EPERM, CONFIG_WRITABLE, "usernscaps.conf", 0);
	unlink(main_path);
	assert_int_equal(symlink("nowhere", main_path), 0);
	assert_load_fails(-EPERM, CONFIG_SYMLINK, "usernscaps.conf", 0);
	unlink(main_path);

	put("vendor/usernscaps.conf", "#\nwrong\n");
	assert_load_fails(-EBADMSG, CONFIG_SYNTAX, "vendor/usernscaps.conf", 2);
	unlink(vendor_path);
	assert_load_fails(-ENOENT, CONFIG_MISSING, "usernscaps.conf", 0);
}

/* ---- the files of one user, group or profile ---- */

static void test_add(void **state)
{
	put("usernscaps.conf", "default { }\n");
	put("usernscaps.d/users/alice.conf", "#\nuserns { drop = {bpf} }\n");
	put("usernscaps.d/groups/staff.conf", "# nothing but a comment\n");
	put("usernscaps.d/profiles/browser.conf", "userns {\ncreate = false }\n");
	put("usernscaps.d/more.conf", "group more { }\n");
	assert_loads("default  usernscaps.conf:1; group more usernscaps.d/more.conf:1; ");
	policy_rules_clear(&rules);

	assert_int_equal(add(CONFIG_USER, "alice"), 0);
	assert_int_equal(add(CONFIG_GROUP, "staff"), 0);
	assert_int_equal(add(CONFIG_PROFILE, "browser"), 0);
	assert_int_equal(add(CONFIG_DROPIN, "more"), 0);
	assert_string_equal(describe(), "user alice usernscaps.d/users/alice.conf:1; "
					"group staff usernscaps.d/groups/staff.conf:1; "
					"group more usernscaps.d/more.conf:1; "
					"profile browser usernscaps.d/profiles/browser.conf:1; ");
	assert_int_equal(rules.rules[0].body.clauses[POLICY_USERNS].line, 2);
	assert_int_equal(rules.rules[0].body.clauses[POLICY_USERNS].drop.bits, UINT64_C(1) << 39);
	assert_false(rules.rules[1].body.clauses[POLICY_USERNS].mentioned);
	assert_true(rules.profiles[0].body.clauses[POLICY_CREATE].mentioned);
	assert_int_equal(rules.profiles[0].body.clauses[POLICY_CREATE].line, 2);

	assert_int_equal(add(CONFIG_USER, "staff"), -ENOENT);
	assert_problem(CONFIG_MISSING, "usernscaps.d/users/staff.conf", 0);
	assert_int_equal(add(CONFIG_GROUP, "alice"), -ENOENT);
	assert_int_equal(add(CONFIG_PROFILE, "alice"), -ENOENT);
	assert_int_equal(add(CONFIG_DROPIN, "alice"), -ENOENT);
}

static void test_names_that_no_file_has(void **state)
{
	static const enum config_part parts[] = { CONFIG_DROPIN, CONFIG_USER, CONFIG_GROUP,
						  CONFIG_PROFILE };
	static const char *const directories[] = { "usernscaps.d", "usernscaps.d/users",
						   "usernscaps.d/groups", "usernscaps.d/profiles" };
	char longest[NAME_LONG + 2], file[NAME_LONG + 64], text[CONFIG_TEXT];
	const char *const names[] = { "", ".", "..", ".hidden", "a/b", "/a", "../x", longest };
	size_t i, j;

	memset(longest, 'n', sizeof(longest));
	longest[NAME_LONG + 1] = '\0';
	put("usernscaps.conf", "#\n");
	put("usernscaps.d/x.conf", "#\n"); /* what "../x" would be */
	assert_loads("");
	for (i = 0; i < COUNT(parts); i++) {
		for (j = 0; i > 0 && j < COUNT(names); j++) {
			assert_int_equal(add(parts[i], names[j]), -ENOENT);
			assert_problem(CONFIG_MISSING, directories[i], 0);
		}
		snprintf(file, sizeof(file), "%s/good.conf", directories[i]);
		put(file, "#\n");
		for (j = 0; j < COUNT(names); j++) {
			assert_int_equal(add(parts[i], names[j]), -EINVAL);
			assert_problem(CONFIG_COMPONENT, directories[i], 0);
			snprintf(text, sizeof(text), "'%s' can't be the name of a file", names[j]);
			assert_ptr_equal(strstr(problem.text, text), problem.text);
		}
		assert_int_equal(add(parts[i], "good"), 0);
	}
}

static void test_longest_name(void **state)
{
	char name[NAME_LONG + 1], file[NAME_LONG + 64];

	memset(name, 'n', sizeof(name));
	name[NAME_LONG] = '\0';
	snprintf(file, sizeof(file), "usernscaps.d/users/%s.conf", name);
	put(file, "#\n");
	assert_int_equal(add(CONFIG_USER, name), 0);
	assert_string_equal(rules.rules[0].name, name);
}

/* Whether a name can be a file's is not to be told where the directory can't be trusted. */
static void test_bad_name_in_an_unsafe_directory(void **state)
{
	put("usernscaps.d/users/x.conf", "#\n");
	assert_int_equal(add(CONFIG_USER, "a/b"), -EINVAL);
	assert_int_equal(chmod(at("usernscaps.d/users"), 0775), 0);
	assert_int_equal(add(CONFIG_USER, "a/b"), -EPERM);
	assert_problem(CONFIG_WRITABLE, "usernscaps.d/users", 0);
}

static void test_has(void **state)
{
	put("usernscaps.conf", "#\n");
	assert_int_equal(config_has(&site, CONFIG_DROPIN, &problem), 0);
	assert_int_equal(config_has(&site, CONFIG_GROUP, &problem), 0);
	put("usernscaps.d/users/alice.conf", "#\n");
	assert_int_equal(config_has(&site, CONFIG_DROPIN, &problem), 1);
	assert_int_equal(config_has(&site, CONFIG_USER, &problem), 1);
	assert_int_equal(config_has(&site, CONFIG_GROUP, &problem), 0);
	assert_int_equal(chmod(at("usernscaps.d"), 0757), 0);
	assert_int_equal(check_problem(config_has(&site, CONFIG_USER, &problem)), -EPERM);
	assert_problem(CONFIG_WRITABLE, "usernscaps.d/users", 0);
	assert_int_equal(check_problem(config_has(&site, CONFIG_GROUP, &problem)), -EPERM);
	site.any_owner = true; /* for looking at rules */
	assert_int_equal(config_has(&site, CONFIG_USER, &problem), 1);
	assert_int_equal(config_has(&site, CONFIG_GROUP, &problem), 0);
}

static void assert_list(enum config_part part, const char *expected)
{
	char text[256] = "";
	struct names names;
	size_t i, used = 0;

	assert_int_equal(config_list(&site, part, &names, &problem), 0);
	for (i = 0; i < names.count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ", names.list[i]);
	names_clear(&names);
	assert_string_equal(text, expected);
}

static void test_list(void **state)
{
	char *untouched;
	struct names names = { &untouched, 99 };

	assert_list(CONFIG_DROPIN, "");
	assert_list(CONFIG_USER, "");
	put("usernscaps.d/users/b.conf", "#\n");
	put("usernscaps.d/users/a.conf", "wrong\n"); /* nobody reads it */
	put("usernscaps.d/users/a.b.conf", "#\n");
	put("usernscaps.d/users/B.conf", "#\n");
	put("usernscaps.d/users/.c.conf", "#\n");
	put("usernscaps.d/users/c", "#\n");
	put("usernscaps.d/profiles/p.conf", "#\n");
	assert_list(CONFIG_USER, "B a.b a b ");
	assert_list(CONFIG_PROFILE, "p ");
	assert_list(CONFIG_DROPIN, "");
	assert_list(CONFIG_GROUP, "");
	put("usernscaps.d/z.conf", "#\n");
	assert_list(CONFIG_DROPIN, "z ");

	assert_int_equal(chown(at("usernscaps.d/users"), NOBODY, 0), 0);
	assert_int_equal(config_list(&site, CONFIG_USER, &names, &problem), -EPERM);
	assert_problem(CONFIG_OWNER, "usernscaps.d/users", 0);
	assert_ptr_equal(names.list, &untouched);
	assert_int_equal(names.count, 99);
	site.any_owner = true;
	assert_list(CONFIG_USER, "B a.b a b ");
	assert_list(CONFIG_GROUP, "");
}

/* ---- unsafe ---- */

/* Read all that this tree has; it is all well. */
static int read_tree(void)
{
	int r = load();

	r = r == 0 ? add(CONFIG_USER, "u") : r;
	r = r == 0 ? add(CONFIG_GROUP, "g") : r;
	return r == 0 ? resolve() : r;
}

static void make_tree(void)
{
	put("usernscaps.conf", "user m { profile = p }\n");
	put("usernscaps.d/d.conf", "user n { profile = v }\n");
	put("usernscaps.d/users/u.conf", "#\n");
	put("usernscaps.d/groups/g.conf", "#\n");
	put("usernscaps.d/profiles/p.conf", "#\n");
	put("vendor/profiles/v.conf", "#\n");
	site.vendor_profiles = vendor_profiles_path;
}

static const char *const tree[] = {
	"usernscaps.conf",
	"usernscaps.d",
	"usernscaps.d/d.conf",
	"usernscaps.d/users",
	"usernscaps.d/groups",
	"usernscaps.d/profiles",
	"usernscaps.d/users/u.conf",
	"usernscaps.d/groups/g.conf",
	"usernscaps.d/profiles/p.conf",
	"vendor",
	"vendor/profiles",
	"vendor/profiles/v.conf",
};

static void assert_unsafe(const char *name, enum config_message message)
{
	int r = read_tree();

	if (r != -EPERM || problem.message != message || !strstr(problem.file, name))
		fail_msg("%s: returned %d, %s: %s", name, r, problem.file, problem.text);
}

/* Each file and directory of a tree in turn, and each is well again afterwards. */
static void test_unsafe(void **state)
{
	struct stat st;
	size_t i;

	make_tree();
	assert_int_equal(read_tree(), 0);
	for (i = 0; i < COUNT(tree); i++) {
		char path[PATH_MAX];

		memcpy(path, at(tree[i]), sizeof(path));
		assert_int_equal(chown(path, NOBODY, 0), 0);
		assert_unsafe(tree[i], CONFIG_OWNER);
		assert_int_equal(chown(path, 0, 0), 0);

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(chmod(path, st.st_mode | 0020), 0);
		assert_unsafe(tree[i], CONFIG_WRITABLE);
		assert_int_equal(chmod(path, st.st_mode | 0002), 0);
		assert_unsafe(tree[i], CONFIG_WRITABLE);
		assert_int_equal(chmod(path, st.st_mode), 0);

		move(tree[i], "aside");
		assert_int_equal(symlink(at("aside"), path), 0);
		assert_unsafe(tree[i], CONFIG_SYMLINK);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(symlink("nowhere", path), 0); /* no missing file either */
		assert_unsafe(tree[i], CONFIG_SYMLINK);
		assert_int_equal(unlink(path), 0);
		move("aside", tree[i]);
		assert_int_equal(read_tree(), 0);
	}
}

/* For looking at rules all of that will do. */
static void test_any_owner(void **state)
{
	size_t i;

	make_tree();
	for (i = 0; i < COUNT(tree); i++)
		assert_int_equal(lchown(at(tree[i]), NOBODY, 0), 0);
	assert_int_equal(chmod(at("usernscaps.d"), 0777), 0);
	assert_int_equal(read_tree(), -EPERM);
	site.any_owner = true;
	assert_int_equal(read_tree(), 0);
	move("usernscaps.d/d.conf", "d");
	assert_int_equal(symlink("../d", at("usernscaps.d/d.conf")), 0);
	assert_int_equal(read_tree(), 0);
	unlink(at("d")); /* listed, and never there: tried three times, with two listings each */
	listings = 0;
	assert_load_fails(-EAGAIN, CONFIG_CHANGED, "usernscaps.d/d.conf", 0);
	assert_int_equal(listings, 6);
	unlink(at("usernscaps.d/d.conf"));
	assert_loads("user m usernscaps.conf:1; ");
	unlink(main_path);
	assert_load_fails(-ENOENT, CONFIG_MISSING, "usernscaps.conf", 0);
}

/* ---- changes ---- */

static void remove_after_second(unsigned listing)
{
	if (listing == 2)
		unlink(at("usernscaps.d/b.conf"));
}

static void add_after_first(unsigned listing)
{
	if (listing == 1)
		put("usernscaps.d/c.conf", "user c { }\n");
}

static void add_always(unsigned listing)
{
	char name[64];

	snprintf(name, sizeof(name), "usernscaps.d/%u.conf", listing);
	put(name, "#\n");
}

static void rename_always(unsigned listing)
{
	if (listing % 2)
		move("usernscaps.d/b.conf", "usernscaps.d/c.conf");
	else
		move("usernscaps.d/c.conf", "usernscaps.d/b.conf");
}

/* A directory that was opened and can't be listed is not one that is missing. */
static void test_listing_fails(void **state)
{
	struct names names;

	put("usernscaps.conf", "#\n");
	put("usernscaps.d/groups/a.conf", "#\n");
	assert_int_equal(config_list(&site, CONFIG_GROUP, &names, &problem), 0); /* control */
	assert_int_equal(names.count, 1);
	names_clear(&names);
	listing_error = ENOENT;
	assert_int_equal(config_list(&site, CONFIG_GROUP, &names, &problem), -EAGAIN);
	assert_problem(CONFIG_CHANGED, "usernscaps.d/groups", 0);
	listing_error = EIO;
	assert_int_equal(config_list(&site, CONFIG_GROUP, &names, &problem), -EIO);
	listing_error = 0;
}

/* The listings are the same, and yet there was a change between them. */
static void touch_always(unsigned listing)
{
	const struct timespec times[2] = { { listing, 0 }, { 0, listing } };

	assert_int_equal(utimensat(AT_FDCWD, at("usernscaps.d"), times, 0), 0);
}

static void test_vanished(void **state)
{
	put("usernscaps.conf", "#\n");
	put("usernscaps.d/a.conf", "user a { }\n");
	put("usernscaps.d/b.conf", "user b { }\n");
	/* Gone between its listing and its reading: all is read anew, and then it is not listed. */
	after_listing = remove_after_second;
	assert_loads("user a usernscaps.d/a.conf:1; ");
	assert_int_equal(listings, 4);
}

static void test_changed_once(void **state)
{
	put("usernscaps.conf", "#\n");
	put("usernscaps.d/b.conf", "user b { }\n");
	after_listing = add_after_first;
	assert_loads("user b usernscaps.d/b.conf:1; user c usernscaps.d/c.conf:1; ");
	assert_int_equal(listings, 4);
}

static void test_always_changing(void **state)
{
	static void (*const changes[])(unsigned) = { add_always, rename_always, touch_always };
	struct names names;
	size_t i;

	put("usernscaps.conf", "#\n");
	put("usernscaps.d/b.conf", "#\n");
	for (i = 0; i < COUNT(changes); i++) {
		after_listing = changes[i];
		assert_load_fails(-EAGAIN, CONFIG_CHANGED, "usernscaps.d", 0);
		assert_int_equal(config_list(&site, CONFIG_DROPIN, &names, &problem), -EAGAIN);
		after_listing = NULL;
		assert_int_equal(load(), 0);
	}
}

/* ---- profiles ---- */

static void assert_resolves(const char *expected)
{
	if (load() < 0 || resolve() < 0)
		fail_msg("%s:%u: %s", problem.file, problem.line, problem.text);
	assert_string_equal(describe(), expected);
}

static void assert_unresolved(enum config_message message, const char *file, unsigned line,
			      const char *text)
{
	assert_int_equal(load(), 0);
	assert_int_equal(resolve(), -EBADMSG);
	assert_problem(message, file, line);
	assert_string_equal(problem.text, text);
}

/* From a rule to an inline profile, to a file, to an inline one, to the vendor's file. */
static void test_chain_of_profiles(void **state)
{
	static const char *const names[] = { "one", "two", "three", "four" };
	const struct policy_profile *profile;
	size_t i;

	put("usernscaps.conf", "user a { profile = one }\nprofile three { profile = four }\n");
	put("usernscaps.d/d.conf", "profile one { profile = two }\n");
	put("usernscaps.d/profiles/two.conf", "profile = three\n");
	put("usernscaps.d/profiles/unused.conf", "wrong\n");
	put("vendor/profiles/four.conf", "userns { drop = {bpf} }\n");
	assert_unresolved(CONFIG_PROFILE_UNKNOWN, "usernscaps.conf", 2,
			  "no such profile: one -> two -> three -> four");
	site.vendor_profiles = vendor_profiles_path;
	assert_resolves("user a usernscaps.conf:1; profile four vendor/profiles/four.conf:1; "
			"profile one usernscaps.d/d.conf:1; "
			"profile three usernscaps.conf:2; "
			"profile two usernscaps.d/profiles/two.conf:1; ");
	profile = rules.rules[0].body.profile;
	for (i = 0; i < COUNT(names); i++) {
		assert_non_null(profile);
		assert_string_equal(profile->name, names[i]);
		assert_between((uintmax_t)(profile - rules.profiles), 0, rules.profile_count - 1);
		profile = profile->body.profile;
	}
	assert_null(profile);
}

static void test_which_profile_counts(void **state)
{
	put("usernscaps.conf", "user a { profile = p }\n");
	put("vendor/profiles/p.conf", "#\n");
	site.vendor_profiles = vendor_profiles_path;
	assert_resolves("user a usernscaps.conf:1; profile p vendor/profiles/p.conf:1; ");
	put("usernscaps.d/profiles/p.conf", "#\n");
	assert_resolves("user a usernscaps.conf:1; profile p usernscaps.d/profiles/p.conf:1; ");
	put("usernscaps.d/d.conf", "\nprofile p { }\n");
	assert_resolves("user a usernscaps.conf:1; profile p usernscaps.d/d.conf:2; ");
	unlink(at("usernscaps.d/d.conf"));

	/* A broken or unsafe one of the site's is no missing one. */
	put("usernscaps.d/profiles/p.conf", "wrong\n");
	assert_int_equal(load(), 0);
	assert_int_equal(resolve(), -EBADMSG);
	assert_problem(CONFIG_SYNTAX, "usernscaps.d/profiles/p.conf", 1);
	assert_int_equal(chmod(at("usernscaps.d/profiles/p.conf"), 0646), 0);
	assert_int_equal(load(), 0);
	assert_int_equal(resolve(), -EPERM);
	unlink(at("usernscaps.d/profiles/p.conf"));
	put("vendor/profiles/p.conf", "#\nwrong\n");
	assert_int_equal(load(), 0);
	assert_int_equal(resolve(), -EBADMSG);
	assert_problem(CONFIG_SYNTAX, "vendor/profiles/p.conf", 2);
	/* The vendor has profiles for rules, not rules. */
	put("vendor/users/a.conf", "#\n");
	put("vendor/profiles/a.conf", "#\n");
	assert_int_equal(add(CONFIG_USER, "a"), -ENOENT);
}

/* A directory of the vendor's whose paths would be too long has none. */
static void test_long_vendor_directory(void **state)
{
	static char directory[PATH_MAX];

	put("usernscaps.conf", "user a { profile = p }\n");
	memset(directory, 'x', PATH_MAX - 4);
	directory[0] = '/';
	site.vendor_profiles = directory;
	assert_int_equal(load(), 0);
	assert_int_equal(add(CONFIG_PROFILE, "p"), -ENOENT);
}

static void test_same_profile_twice(void **state)
{
	put("usernscaps.conf", "#\n");
	put("usernscaps.d/b.conf", "#\n#\nprofile p { }\n");
	put("usernscaps.d/a.conf", "profile p { }\n");
	assert_unresolved(CONFIG_PROFILE_TWICE, "usernscaps.d/b.conf", 3, "a second profile 'p'");
	put("usernscaps.conf", "profile p { }\n");
	assert_unresolved(CONFIG_PROFILE_TWICE, "usernscaps.d/a.conf", 1, "a second profile 'p'");
	put("usernscaps.d/a.conf", "profile q { }\n");
	put("usernscaps.d/b.conf", "profile r { }\nprofile r { }\n");
	assert_unresolved(CONFIG_PROFILE_TWICE, "usernscaps.d/b.conf", 2, "a second profile 'r'");
	put("usernscaps.d/b.conf", "profile r { }\nprofile s { }\n");
	assert_resolves("profile p usernscaps.conf:1; profile q usernscaps.d/a.conf:1; "
			"profile r usernscaps.d/b.conf:1; profile s usernscaps.d/b.conf:2; ");
}

static void test_missing_profile(void **state)
{
	put("usernscaps.conf", "#\nuser a { profile = none }\n");
	assert_unresolved(CONFIG_PROFILE_UNKNOWN, "usernscaps.conf", 2, "no such profile: none");
	/* Names that no file can have, with a directory for them or without, are not known. */
	put("usernscaps.conf", "user a {\nprofile = \"../up\" }\n");
	assert_unresolved(CONFIG_PROFILE_UNKNOWN, "usernscaps.conf", 2, "no such profile: ../up");
	put("usernscaps.d/up.conf", "profile q { }\n");
	put("usernscaps.d/profiles/p.conf", "#\n\nprofile = none\n");
	assert_unresolved(CONFIG_PROFILE_UNKNOWN, "usernscaps.conf", 2, "no such profile: ../up");
	/* The place is that of the profile that says the name. */
	put("usernscaps.conf", "user a { profile = p }\n");
	assert_unresolved(CONFIG_PROFILE_UNKNOWN, "usernscaps.d/profiles/p.conf", 3,
			  "no such profile: p -> none");
	/* One that no rule uses is wrong nevertheless where every login reads it. */
	put("usernscaps.conf", "profile b {\nprofile = none }\n");
	assert_unresolved(CONFIG_PROFILE_UNKNOWN, "usernscaps.conf", 2,
			  "no such profile: b -> none");
}

static void test_circles(void **state)
{
	put("usernscaps.conf", "profile p {\nprofile = p }\n");
	assert_unresolved(CONFIG_PROFILE_CIRCLE, "usernscaps.conf", 2,
			  "profiles build on each other in a circle: p -> p");
	put("usernscaps.conf", "user a { profile = p }\nprofile p {\nprofile = q }\n");
	put("usernscaps.d/profiles/q.conf", "#\n#\n#\nprofile = r\n");
	put("usernscaps.d/profiles/r.conf", "profile = q\n");
	assert_unresolved(CONFIG_PROFILE_CIRCLE, "usernscaps.d/profiles/r.conf", 1,
			  "profiles build on each other in a circle: p -> q -> r -> q");
	put("usernscaps.d/profiles/r.conf", "#\n");
	assert_int_equal(load(), 0);
	assert_int_equal(resolve(), 0);
}

/* POLICY_CHAIN_MAX profiles may build on each other; one more may not. */
static void test_longest_chain(void **state)
{
	char name[64], text[64];
	unsigned i;

	for (i = 1; i <= POLICY_CHAIN_MAX; i++) {
		snprintf(name, sizeof(name), "usernscaps.d/profiles/p%u.conf", i);
		snprintf(text, sizeof(text), i < POLICY_CHAIN_MAX ? "#\nprofile = p%u\n" : "#%u\n",
			 i + 1);
		put(name, text);
	}
	put("usernscaps.conf", "user a { profile = p1 }\n");
	assert_int_equal(load(), 0);
	assert_int_equal(resolve(), 0);
	assert_int_equal(rules.profile_count, POLICY_CHAIN_MAX);

	put("usernscaps.d/d.conf", "profile top { profile = p1 }\n");
	put("usernscaps.conf", "user a {\nprofile = top }\n");
	assert_unresolved(CONFIG_PROFILE_CHAIN, "usernscaps.d/profiles/p15.conf", 2,
			  "more than 16 profiles build on each other: top -> p1 -> p2 -> p3 -> p4 "
			  "-> p5 -> p6 -> p7 -> p8 -> p9 -> p10 -> p11 -> p12 -> p13 -> p14 -> p15 "
			  "-> p16");
}

/* ---- bodies ---- */

static int parse(enum config_part part, const char *text)
{
	return check_problem(
		config_parse(part, "name", "file", text, strlen(text), &rules, &problem));
}

static void test_bodies(void **state)
{
	static const enum config_part parts[] = { CONFIG_USER, CONFIG_GROUP, CONFIG_PROFILE };
	static const struct {
		const char *text;
		enum config_message message;
		unsigned line;
	} wrong[] = {
		{ "", CONFIG_EMPTY, 0 },
		{ "#\nnosuch = 1\n", CONFIG_SYNTAX, 2 },
		{ "userns { drop = {bpf} }\nuser alice { }\n", CONFIG_SYNTAX, 2 },
		{ "default { }\n", CONFIG_SYNTAX, 1 },
		{ "#\n#\nprofile x { }\n", CONFIG_SYNTAX, 3 },
		{ "when_unsupported = warn\n", CONFIG_SYNTAX, 1 },
		{ "probe_group = x\n", CONFIG_SYNTAX, 1 },
		{ "system { userns { drop = {bpf} } }\n", CONFIG_SYNTAX, 1 },
		{ "drop = {bpf}\n", CONFIG_SYNTAX, 1 },
		{ "userns { drop = {bpf} }\nuserns { drop = {bpf} }\n", CONFIG_TWICE, 2 },
		{ "profile = x\nprofile = y\n", CONFIG_TWICE, 2 },
		{ "userns { drop = {nosuch} }\n", CONFIG_CAPABILITY, 1 },
		{ "userns {\n", CONFIG_BRACE_OPEN, 1 },
		{ "}\n", CONFIG_BRACE_CLOSE, 1 },
		{ "bounding { create = true }\n", CONFIG_SYNTAX, 1 },
		{ "profile /x\n", CONFIG_CHARACTER, 1 },
		{ "profile +x\n", CONFIG_CHARACTER, 1 },
		{ "profile += x\n", CONFIG_APPEND, 1 },
	};
	size_t i, j;

	for (i = 0; i < COUNT(parts); i++) {
		assert_int_equal(parse(parts[i], "# comments only\n"), 0);
		assert_int_equal(parse(parts[i], "\n"), 0);
		assert_int_equal(parse(parts[i], "profile = x\nuserns { create = false }\n"), 0);
		for (j = 0; j < COUNT(wrong); j++) {
			char before[1024];

			snprintf(before, sizeof(before), "%s", describe());
			assert_int_equal(parse(parts[i], wrong[j].text), -EBADMSG);
			assert_problem(wrong[j].message, "file", wrong[j].line);
			assert_string_equal(describe(), before);
			assert_int_equal(rules.file_count, 3 * (i + 1));
		}
	}
	assert_int_equal(rules.rule_count, 6);
	assert_int_equal(rules.profile_count, 3);
}

/* A rule may be limited to services; a profile is used by rules that are. */
static void test_services_in_bodies(void **state)
{
	assert_int_equal(parse(CONFIG_USER, "services = {sshd, login}\n"), 0);
	assert_int_equal(parse(CONFIG_GROUP, "services = {cron}\n"), 0);
	assert_int_equal(rules.rules[0].body.service_count, 2);
	assert_string_equal(rules.rules[0].body.services[1], "login");
	assert_int_equal(rules.rules[1].body.service_count, 1);
	assert_int_equal(parse(CONFIG_PROFILE, "services = {cron}\n"), -EBADMSG);
	assert_problem(CONFIG_SYNTAX, "file", 1);
}

/* What a broken main file or drop-in has said before its fault is gone. */
static void test_rules_unchanged(void **state)
{
	assert_int_equal(parse(CONFIG_MAIN, "probe_group = g\nwhen_group_unknown = ignore\n"
					    "user a { }\nprofile p { }\n"),
			 0);
	assert_int_equal(rules.when_group_unknown, POLICY_UNKNOWN_IGNORE);
	rules.system_taken = capset_from_bits(5);
	assert_int_equal(parse(CONFIG_DROPIN, "user b { }\nprofile q { }\n"
					      "system { userns { drop = {1} } }\nwrong\n"),
			 -EBADMSG);
	assert_int_equal(rules.system_taken.bits, 5);
	assert_string_equal(describe(), "user a file:3; profile p file:4; ");
	assert_string_equal(rules.probe_group, "g");
	policy_rules_clear(&rules);
	assert_int_equal(parse(CONFIG_MAIN, "probe_group = g\nuser a { profile = x }\nuser b {\n"
					    "services = {x} profile = y wrong }\n"),
			 -EBADMSG);
	assert_string_equal(describe(), "");
	assert_null(rules.probe_group);
	assert_int_equal(rules.file_count, 0);
}

static int make_base(void **state)
{
	strcpy(base, "/run/usernscaps-test-XXXXXX");
	if (!mkdtemp(base) || chmod(base, 0755) < 0)
		return -1;
	umask(022);
	snprintf(main_path, sizeof(main_path), "%s/usernscaps.conf", base);
	snprintf(vendor_path, sizeof(vendor_path), "%s/vendor/usernscaps.conf", base);
	snprintf(vendor_profiles_path, sizeof(vendor_profiles_path), "%s/vendor/profiles", base);
	return 0;
}

static int remove_base(void **state)
{
	unit_empty(base);
	return rmdir(base);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_paths),
		TEST(test_long_paths),
		TEST(test_order),
		TEST(test_top_level_keys),
		TEST(test_system_masks),
		TEST(test_what_is_no_dropin),
		TEST(test_directory_named_as_a_file),
		TEST(test_listing_fails),
		TEST(test_exception_in_a_file_of_one_user),
		TEST(test_file_named_as_a_directory),
		TEST(test_no_tree),
		TEST(test_missing_main),
		TEST(test_vendor_main),
		TEST(test_add),
		TEST(test_names_that_no_file_has),
		TEST(test_longest_name),
		TEST(test_bad_name_in_an_unsafe_directory),
		TEST(test_has),
		TEST(test_list),
		TEST(test_unsafe),
		TEST(test_any_owner),
		TEST(test_vanished),
		TEST(test_changed_once),
		TEST(test_always_changing),
		TEST(test_chain_of_profiles),
		TEST(test_which_profile_counts),
		TEST(test_long_vendor_directory),
		TEST(test_same_profile_twice),
		TEST(test_missing_profile),
		TEST(test_circles),
		TEST(test_longest_chain),
		TEST(test_bodies),
		TEST(test_services_in_bodies),
		TEST(test_rules_unchanged),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP only root can make files that are safe to open\n");
		return 0;
	}
	return cmocka_run_group_tests_name("config_tree", tests, make_base, remove_base);
}
