// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Each allocation and each system or library call failing in turn, in what decides about a login.
 * An error has to come out: the one that was put in, with the results untouched, no descriptor left
 * open, and (as the build with sanitizers sees) nothing leaked. After it the same call,
 * undisturbed, gives the right answer. Only where groups are looked up an error may end in an
 * answer that leaves something unknown; then nothing that is said may be wrong.
 *
 * The linker's --wrap catches the calls of our own objects only: libconfuse, which ends the process
 * where its lexer gets no memory, and libc get theirs.
 */
#include "unit.h"

#include <confuse.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <locale.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "fake_kernel.h"
#include "inspect/identity_list.h"
#include "session/session.h"

/* ---- faults ---- */

static struct {
	bool armed;
	unsigned calls;	  /* since it was armed */
	unsigned fail_at; /* this call fails; 0: none does */
	int error;	  /* with this errno; memory has its own */
	int expected;	  /* what came of that; 0: it wasn't reached */
	size_t read_max;  /* a read gives no more bytes than this; 0: what is asked for */
	unsigned end_at;  /* this read says that the file has ended; 0: none does */
	unsigned reads;
	unsigned lines,
		events;	   /* of the group file, and descriptors: the first ones stand for all */
	int groups;	   /* the user is in that many, by getgrouplist(3) */
	bool skip_parsing; /* libconfuse says that all is well and has looked at nothing */
	bool parse_twice;  /* it finds everything once more */
	bool unknown;	   /* the answer left something open, and was right in the rest */
} fault;

static bool fails_with(int error)
{
	if (!fault.armed || ++fault.calls != fault.fail_at)
		return false;
	fault.expected = error;
	errno = error;
	return true;
}

static bool fails(void)
{
	return fails_with(fault.error);
}

static bool lacks_memory(void)
{
	return fails_with(ENOMEM);
}

/* A function that is wrapped, and what it does where it @fails. */
#define WRAP(type, function, parameters, arguments, condition, failed)                             \
	type __real_##function parameters;                                                         \
	type __wrap_##function parameters;                                                         \
	type __wrap_##function parameters                                                          \
	{                                                                                          \
		return (condition) ? (failed) : __real_##function arguments;                       \
	}

WRAP(void *, malloc, (size_t size), (size), lacks_memory(), NULL)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), lacks_memory(), NULL)
WRAP(void *, realloc, (void *old, size_t size), (old, size), lacks_memory(), NULL)
WRAP(void *, reallocarray, (void *old, size_t count, size_t size), (old, count, size),
     lacks_memory(), NULL)
WRAP(char *, strdup, (const char *text), (text), lacks_memory(), NULL)
WRAP(FILE *, fmemopen, (void *buf, size_t size, const char *mode), (buf, size, mode),
     lacks_memory(), NULL)
WRAP(locale_t, newlocale, (int mask, const char *name, locale_t old), (mask, name, old),
     lacks_memory(), (locale_t)0)
WRAP(cfg_t *, cfg_init, (cfg_opt_t * options, cfg_flag_t flags), (options, flags), lacks_memory(),
     NULL)
WRAP(int, fstat, (int fd, struct stat *st), (fd, st), fails(), -1)
WRAP(int, stat, (const char *path, struct stat *st), (path, st), fails(), -1)
WRAP(int, scandirat,
     (int directory, const char *path, struct dirent ***ret_entries,
      int (*filter)(const struct dirent *),
      int (*compare)(const struct dirent **, const struct dirent **)),
     (directory, path, ret_entries, filter, compare), fails(), -1)
WRAP(int, getpwnam_r,
     (const char *name, struct passwd *passwd, char *buf, size_t size, struct passwd **found),
     (name, passwd, buf, size, found), fails(), fault.error)
WRAP(int, getgrnam_r,
     (const char *name, struct group *group, char *buf, size_t size, struct group **found),
     (name, group, buf, size, found), fails(), fault.error)
WRAP(int, getgrgid_r,
     (gid_t gid, struct group *group, char *buf, size_t size, struct group **found),
     (gid, group, buf, size, found), fails(), fault.error)
WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode), fails(), NULL)
WRAP(ssize_t, getdelim, (char **text, size_t *size, int delimiter, FILE *stream),
     (text, size, delimiter, stream), fails(), -1)
WRAP(int, fgetgrent_r,
     (FILE * stream, struct group *group, char *buf, size_t size, struct group **found),
     (stream, group, buf, size, found), ++fault.lines <= 3 && fails(), fault.error)
WRAP(int, eventfd, (unsigned count, int flags), (count, flags), ++fault.events <= 2 && fails(), -1)
WRAP(int, vasprintf, (char **text, const char *format, va_list args), (text, format, args),
     lacks_memory(), -1)
WRAP(struct passwd *, getpwent, (void), (), fails(), NULL)
WRAP(struct group *, getgrent, (void), (), fails(), NULL)
/* It says "no memory" by leaving the count as it was, and else how many there are. */
int __real_getgrouplist(const char *user, gid_t group, gid_t *gids, int *count);
int __wrap_getgrouplist(const char *user, gid_t group, gid_t *gids, int *count);
int __wrap_getgrouplist(const char *user, gid_t group, gid_t *gids, int *count)
{
	if (lacks_memory())
		return -1;
	if (!fault.armed || fault.groups == 0)
		return __real_getgrouplist(user, group, gids, count);
	*count = fault.groups;
	return -1;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	return fails() ? -1 : __real_open(path, flags, 0);
}

int __real_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...)
{
	return fails() ? -1 : __real_openat(directory, path, flags, 0);
}

ssize_t __real_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size)
{
	if (fails())
		return -1;
	if (fault.armed && ++fault.reads == fault.end_at)
		return 0;
	if (fault.armed && fault.read_max > 0 && size > fault.read_max)
		size = fault.read_max;
	return __real_read(fd, buf, size);
}

/* Where it gets no memory libconfuse says nothing, and the tree is not to be touched any more. */
int __real_cfg_parse_fp(cfg_t *cfg, FILE *stream);
int __wrap_cfg_parse_fp(cfg_t *cfg, FILE *stream);
int __wrap_cfg_parse_fp(cfg_t *cfg, FILE *stream)
{
	if (lacks_memory()) {
		cfg_free(cfg);
		return CFG_PARSE_ERROR;
	}
	if (fault.skip_parsing)
		return CFG_SUCCESS;
	if (fault.parse_twice) {
		assert_int_equal(__real_cfg_parse_fp(cfg, stream), CFG_SUCCESS);
		rewind(stream);
	}
	return __real_cfg_parse_fp(cfg, stream);
}

static void arm(void)
{
	fault.armed = true;
	fault.calls = 0;
	fault.reads = fault.lines = fault.events = 0;
}

static void disarm(void)
{
	fault.armed = false;
}

/* ---- a tree that has everything ---- */

static char base[64], main_path[96], vendor_main_path[96], vendor_path[96];
static struct config_site site;
static struct config_problem problem;

static const struct {
	const char *name, *text;
} files[] = {
	{ "usernscaps.conf", "when_unsupported = warn\n"
			     "probe_group = nssteam\n"
			     "default { profile = quiet  bounding { drop = {sys_time} } }\n"
			     "user 70000:70999 { profile = quiet  services = {login, sshd} }\n"
			     "group nssnested { profile = browser }\n"
			     "profile quiet { profile = base  userns { strict = true }\n"
			     "bounding { drop = {lease} } }\n" },
	{ "usernscaps.d/a.conf", "group no-such-group { bounding { policy = deny } }\n"
				 "group nsslisted { bounding { drop = {sys_boot} } }\n"
				 "group nssother { userns { policy = deny } }\n" },
	{ "usernscaps.d/b.conf",
	  "user root { bounding { drop = {sys_module} } }\n"
	  "user nssbob { inheritable { policy = deny  keep = {} } }\n"
	  "user nssbob { services = {cron, atd} userns { create = false } }\n"
	  "default { except_users = {zed, zoe} except_groups = {nssother} }\n"
	  "profile unused { }\n" },
	{ "usernscaps.d/users/nssbob.conf", "profile = own\nuserns { drop = {bpf} }\n" },
	{ "usernscaps.d/users/root.conf", "inheritable { policy = deny }\n" },
	{ "usernscaps.d/groups/nssteam.conf", "userns { drop = {perfmon} }\n" },
	{ "usernscaps.d/groups/other.conf", "userns { policy = deny }\n" },
	{ "usernscaps.d/profiles/browser.conf", "profile = base\nuserns { create = true }\n" },
	{ "usernscaps.d/profiles/own.conf", "profile = browser\nbounding { drop = {mknod} }\n" },
	{ "usernscaps.d/profiles/base.conf", "userns { policy = deny  keep = {sys_admin} }\n" },
	{ "vendor.conf", "user nssbob { profile = base  userns { drop = {chown} } }\n" },
	{ "vendor/vendors.conf", "userns { strict = true }\n" },
};

static void write_file(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%.40s/%.60s", base, name);
	unit_write_text(path, text);
}

static int count_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* ---- results as text ---- */

static void print_rules(FILE *out, const struct policy_rules *rules)
{
	size_t i;

	fprintf(out, "%d %s:", (int)rules->when_unsupported,
		rules->probe_group ? rules->probe_group : "");
	for (i = 0; i < rules->file_count; i++)
		fprintf(out, " %s", rules->files[i]);
	for (i = 0; i < rules->rule_count; i++)
		fprintf(out, "\n%d %s %s:%u %s %zu", (int)rules->rules[i].kind,
			rules->rules[i].name ? rules->rules[i].name : "",
			rules->rules[i].place.file, rules->rules[i].place.line,
			rules->rules[i].body.profile ? rules->rules[i].body.profile->name : "",
			rules->rules[i].body.service_count);
	for (i = 0; i < rules->profile_count; i++)
		fprintf(out, "\n%s %s", rules->profiles[i].name, rules->profiles[i].place.file);
	fputc('\n', out);
}

static void print_decision(FILE *out, const struct policy_decision *decision)
{
	enum policy_item item;
	size_t i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_answer *answer = &decision->items[item];

		fprintf(out, "%s %d %llx:", policy_item_name(item), answer->mentioned,
			(unsigned long long)answer->set.bits);
		for (i = 0; i < answer->source_count; i++)
			fprintf(out, " %s:%u %llx", answer->sources[i].place.file,
				answer->sources[i].place.line,
				(unsigned long long)answer->sources[i].taken.bits);
		fputc('\n', out);
	}
}

static void print_names(FILE *out, const struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		fprintf(out, "%s ", names->list[i]);
	fputc('\n', out);
}

static void print_identity(FILE *out, const struct identity *identity)
{
	fprintf(out, "%s %u %u\n", identity->name, identity->uid, identity->gid);
	print_names(out, &identity->groups);
	print_names(out, &identity->unknown);
}

/* ---- trying ---- */

/* What is tried: prints its result, armed while it works. Returns 0 or its error. */
typedef int trial_fn(FILE *out);

/* Returns what came out as text, to be freed. */
static char *run(trial_fn *trial, int *ret_r)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	fault.expected = 0;
	fault.unknown = false;
	*ret_r = trial(out);
	disarm();
	fclose(out);
	return text;
}

static void assert_right(trial_fn *trial, const char *right)
{
	int r;
	char *text = run(trial, &r);

	assert_int_equal(r, 0);
	assert_string_equal(text, right);
	free(text);
}

/* Fail one call after the other, until there is none that would. Returns how many there are. */
static unsigned exhaust(trial_fn *trial, int error)
{
	int descriptors = count_descriptors(), r;
	char *right;

	memset(&fault, 0, sizeof(fault));
	right = run(trial, &r);
	assert_int_equal(r, 0);
	assert_true(*right);
	for (;;) {
		unsigned call = ++fault.fail_at;
		char *text;

		fault.error = error;
		text = run(trial, &r);
		if (r == 0 && !fault.unknown) {
			/* Nothing was to fail, or it was tried in another way and went well. */
			assert_string_equal(text, right);
		} else if (r == 0) {
			assert_int_not_equal(fault.expected, 0);
		} else if (r != -fault.expected) {
			fail_msg("call %u failed with %d, and %d came out: %s", call,
				 fault.expected, r, problem.text);
		}
		free(text);
		assert_int_equal(count_descriptors(), descriptors);
		if (fault.expected == 0)
			break;
		fault.fail_at = 0;
		assert_right(trial, right);
		fault.fail_at = call;
	}
	free(right);
	return fault.fail_at - 1;
}

/* Sanitizers look at the same calls each time, so the errors that are answered alike can be left
 * out. */
#ifdef __SANITIZE_ADDRESS__
static const int errors[] = { ENOMEM, EIO, EAGAIN };
#else
static const int errors[] = { ENOMEM, EMFILE, ENFILE, EINTR, EIO, EAGAIN };
#endif

static void exhaust_all(trial_fn *trial)
{
	size_t i;

	for (i = 0; i < COUNT(errors); i++)
		if (exhaust(trial, errors[i]) == 0)
			fail_msg("no call was there to fail");
}

/* ---- identity ---- */

static int try_identity_find(FILE *out)
{
	struct identity identity, untouched;
	int r;

	memset(&untouched, 0xa5, sizeof(untouched));
	identity = untouched;
	arm();
	r = identity_find("nssfar", &identity);
	disarm();
	if (r < 0) {
		assert_memory_equal(&identity, &untouched, sizeof(identity));
		return r;
	}
	print_identity(out, &identity);
	identity_clear(&identity);
	return 0;
}

static void add_names(struct names *names, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		assert_int_equal(names_add(names, list[i]), 0);
	names_sort(names);
}

/* Ask for names, which are listed undisturbed. */
static int find_names(struct identity *identity, const char *const *list, size_t count,
		      int (*find)(struct identity *, const struct names *))
{
	struct names names = { 0 };
	bool armed = fault.armed;
	int r;

	fault.armed = false;
	add_names(&names, list, count);
	fault.armed = armed;
	r = find(identity, &names);
	fault.armed = false;
	names_clear(&names);
	return r;
}

static int find_groups(struct identity *identity)
{
	static const char *const list[] = { "nsslisted", "no-such-group", "nssteam",
					    "nssother",	 "nssnested",	  "another" };

	return find_names(identity, list, COUNT(list), identity_find_groups);
}

static int find_files(struct identity *identity)
{
	static const char *const list[] = { "nssalias", "nssnested", "nssother", "nssteam",
					    "root" };

	return find_names(identity, list, COUNT(list), identity_find_files);
}

/* With a group that shows that the list of the user's groups is not whole. */
static int find_with_probe(struct identity *identity)
{
	identity->manner.probe_group = "nsslisted";
	return find_files(identity);
}

static int find_while_down(struct identity *identity)
{
	int r;

	setenv("USERNSCAPS_NSS_GROUP", "unavail", 1);
	r = find_groups(identity);
	unsetenv("USERNSCAPS_NSS_GROUP");
	return r;
}

static int add_groups(struct identity *identity)
{
	static const char *const names[] = { "one", "zebra", "another" };

	return identity_add_groups(identity, names, COUNT(names));
}

/* Is what one says of the groups true, if what the other says is? */
static void assert_true_groups(const struct identity *identity, const struct identity *right)
{
	size_t i;

	for (i = 0; i < identity->groups.count; i++)
		assert_true(names_have(&right->groups, identity->groups.list[i]));
	for (i = 0; i < right->groups.count; i++)
		assert_true(names_have(&identity->groups, right->groups.list[i]) ||
			    names_have(&identity->unknown, right->groups.list[i]));
	for (i = 0; i < right->unknown.count; i++)
		assert_true(names_have(&identity->groups, right->unknown.list[i]) ||
			    names_have(&identity->unknown, right->unknown.list[i]));
	assert_true(identity->unknown.count == 0 || identity->reasons.count > 0);
}

/* Change an identity by @change; on failure nothing of it has changed. */
static int try_identity_change(FILE *out, int (*change)(struct identity *))
{
	static const char *const known[] = { "nssprimary", "zebra" };
	struct identity identity, right = { 0 };
	int r;

	assert_int_equal(identity_find("nssbob", &identity), 0);
	assert_int_equal(identity_add_groups(&identity, known, COUNT(known)), 0);
	arm();
	r = change(&identity);
	disarm();
	if (r < 0) {
		assert_int_equal(identity.groups.count, 2);
		assert_string_equal(identity.groups.list[1], "zebra");
	} else {
		print_identity(out, &identity);
	}
	if (r == 0 && fault.expected) {
		assert_int_equal(identity_find("nssbob", &right), 0);
		assert_int_equal(identity_add_groups(&right, known, COUNT(known)), 0);
		assert_int_equal(change(&right), 0);
		assert_true_groups(&identity, &right);
		fault.unknown = identity.unknown.count > right.unknown.count;
	}
	identity_clear(&identity);
	identity_clear(&right);
	return r;
}

static int try_find_groups(FILE *out)
{
	return try_identity_change(out, find_groups);
}

static int try_find_files(FILE *out)
{
	return try_identity_change(out, find_files);
}

static int try_find_with_probe(FILE *out)
{
	return try_identity_change(out, find_with_probe);
}

static int try_find_while_down(FILE *out)
{
	return try_identity_change(out, find_while_down);
}

static int try_add_groups(FILE *out)
{
	return try_identity_change(out, add_groups);
}

static int try_probe_group(FILE *out)
{
	int r;

	fputs("known", out);
	arm();
	r = identity_probe_group("nsshuge");
	disarm();
	return r;
}

static int print_name(FILE *out, int r, char *name)
{
	disarm();
	if (r == 0)
		fputs(name, out);
	else
		assert_null(name);
	free(name);
	return r;
}

static int try_group_name(FILE *out)
{
	char *name = NULL;
	int r;

	arm();
	r = identity_group_name("nssteam", &name);
	return print_name(out, r, name);
}

static int try_user_name(FILE *out)
{
	char *name = NULL;
	int r;

	arm();
	r = identity_user_name(0, &name);
	return print_name(out, r, name);
}

static int try_everybody(FILE *out, int (*list)(struct identity **, size_t *))
{
	struct identity *entries = NULL;
	size_t count = 0, i;
	int r;

	arm();
	r = list(&entries, &count);
	disarm();
	assert_true(r == 0 || !entries);
	for (i = 0; i < count; i++)
		print_identity(out, &entries[i]);
	identity_free_list(entries, count);
	return r;
}

static int try_list_users(FILE *out)
{
	return try_everybody(out, identity_list_users);
}

static int list_passwd(struct identity **list, size_t *count)
{
	return identity_list_file("/etc/passwd", list, count);
}

static int try_list_file(FILE *out)
{
	return try_everybody(out, list_passwd);
}

static int try_list_all_groups(FILE *out)
{
	return try_everybody(out, identity_list_all_groups);
}

static void test_identity(void **state)
{
	exhaust_all(try_identity_find);
	exhaust_all(try_find_groups);
	exhaust_all(try_find_files);
	exhaust_all(try_find_with_probe);
	exhaust_all(try_find_while_down);
	exhaust_all(try_add_groups);
	exhaust_all(try_probe_group);
	exhaust_all(try_group_name);
	exhaust_all(try_user_name);
}

static void test_listing_everybody(void **state)
{
	exhaust_all(try_list_users);
	exhaust_all(try_list_file);
	exhaust_all(try_list_all_groups);
}

/* More groups than there can be are no list, rather than the first so many. */
static void test_too_many_groups(void **state)
{
	struct identity identity;

	memset(&fault, 0, sizeof(fault));
	assert_int_equal(identity_find("nssbob", &identity), 0);
	fault.groups = 65538;
	arm();
	assert_int_equal(find_files(&identity), 0);
	disarm();
	assert_int_equal(identity.groups.count, 0);
	assert_int_equal(identity.unknown.count, 5);
	assert_string_equal(identity.reasons.list[0],
			    "the user's groups can't be listed: Argument list too long");
	identity_clear(&identity);
	assert_int_equal(identity_find("nssbob", &identity), 0); /* control */
	assert_int_equal(find_files(&identity), 0);
	assert_int_equal(identity.groups.count, 2);
	assert_int_equal(identity.unknown.count, 0);
	identity_clear(&identity);
}

/* ---- files and rules ---- */

static int try_load(FILE *out)
{
	struct policy_rules rules, untouched;
	int r;

	memset(&untouched, 0xa5, sizeof(untouched));
	rules = untouched;
	arm();
	r = config_load(&site, &rules, &problem);
	disarm();
	if (r < 0) {
		assert_int_equal(problem.error, r);
		assert_memory_equal(&rules, &untouched, sizeof(rules));
		return r;
	}
	print_rules(out, &rules);
	policy_rules_clear(&rules);
	return 0;
}

static int try_load_vendor(FILE *out)
{
	const struct config_site usual = site;
	char absent[128];
	int r;

	snprintf(absent, sizeof(absent), "%s/none.conf", base);
	site = (struct config_site){ .main = absent, .vendor_main = vendor_main_path };
	r = try_load(out);
	site = usual;
	return r;
}

/* Read one file to rules that are there already; they are unchanged on failure. */
static int try_add(FILE *out, enum config_part part, const char *name)
{
	struct policy_rules rules = { 0 };
	size_t i;
	int r;

	for (i = 0; i < 3; i++) { /* the next one of each needs more room, or not */
		assert_int_equal(config_add(&site, CONFIG_PROFILE, "base", &rules, &problem), 0);
		if (i > 0)
			assert_int_equal(config_add(&site, CONFIG_USER, "root", &rules, &problem),
					 0);
	}
	arm();
	r = config_add(&site, part, name, &rules, &problem);
	disarm();
	if (r < 0) {
		assert_int_equal(problem.error, r);
		assert_int_equal(rules.rule_count, 2);
		assert_int_equal(rules.profile_count, 3);
		assert_int_equal(rules.file_count, 5);
	} else {
		print_rules(out, &rules);
	}
	policy_rules_clear(&rules);
	return r;
}

static int try_add_dropin(FILE *out)
{
	return try_add(out, CONFIG_DROPIN, "b");
}

static int try_add_user(FILE *out)
{
	return try_add(out, CONFIG_USER, "nssbob");
}

static int try_add_profile(FILE *out)
{
	return try_add(out, CONFIG_PROFILE, "vendors");
}

static int try_resolve(FILE *out)
{
	struct policy_rules rules;
	int r;

	assert_int_equal(config_load(&site, &rules, &problem), 0);
	arm();
	r = config_resolve(&site, &rules, &problem);
	disarm();
	if (r < 0)
		assert_int_equal(problem.error, r);
	else
		print_rules(out, &rules);
	policy_rules_clear(&rules);
	return r;
}

static int try_list(FILE *out)
{
	char *untouched;
	struct names names = { &untouched, 99 };
	int r;

	arm();
	r = config_list(&site, CONFIG_PROFILE, &names, &problem);
	disarm();
	if (r < 0) {
		assert_int_equal(problem.error, r);
		assert_ptr_equal(names.list, &untouched);
		assert_int_equal(names.count, 99);
		return r;
	}
	print_names(out, &names);
	names_clear(&names);
	return 0;
}

static int try_has(FILE *out)
{
	int r;

	arm();
	r = config_has(&site, CONFIG_GROUP, &problem);
	disarm();
	fprintf(out, "%d\n", r);
	return r < 0 ? r : r - 1;
}

/* A pipe has no size to begin with, so the room grows. */
static int try_read(FILE *out)
{
	char *bytes = NULL, text[10000];
	int ends[2], r;
	size_t len = 99;

	memset(text, 'x', sizeof(text));
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, sizeof(text)), sizeof(text));
	close(ends[1]);
	arm();
	r = config_read("pipe", ends[0], &bytes, &len, &problem);
	disarm();
	close(ends[0]);
	if (r < 0) {
		assert_int_equal(problem.error, r);
		assert_null(bytes);
		assert_int_equal(len, 99);
		return r;
	}
	assert_int_equal(len, sizeof(text));
	assert_memory_equal(bytes, text, sizeof(text));
	fputs("read", out);
	free(bytes);
	return 0;
}

static void test_config(void **state)
{
	exhaust_all(try_load);
	exhaust_all(try_load_vendor);
	exhaust_all(try_add_dropin);
	exhaust_all(try_add_user);
	exhaust_all(try_add_profile);
	exhaust_all(try_resolve);
	exhaust_all(try_list);
	exhaust_all(try_has);
	exhaust_all(try_read);
}

/* For looking at rules: open(2) instead of the walk. */
static void test_config_of_any_owner(void **state)
{
	site.any_owner = true;
	exhaust_all(try_load);
	exhaust_all(try_load_vendor);
	exhaust_all(try_add_user);
	exhaust_all(try_list);
	exhaust_all(try_has);
}

/* However few bytes a read gives. One that says too early that the file has ended is seen. */
static void test_reads(void **state)
{
	unsigned calls;
	char *right;
	int r;

	memset(&fault, 0, sizeof(fault));
	right = run(try_load, &r);
	assert_int_equal(r, 0);
	fault.read_max = 7;
	assert_right(try_load, right);
	calls = fault.reads;
	for (fault.end_at = 1; fault.end_at <= calls; fault.end_at++)
		assert_right(try_load, right);
	free(right);
}

/* A section that the scanner counts and libconfuse doesn't read would be a rule that is missed. */
static void test_sections_missed(void **state)
{
	static const char text[] = "user alice { }\n";
	struct policy_rules rules = { 0 };
	int i;

	memset(&fault, 0, sizeof(fault));
	for (i = 0; i < 2; i++) {
		fault.skip_parsing = i == 0;
		fault.parse_twice = i == 1;
		assert_int_equal(config_parse(CONFIG_MAIN, NULL, "file", text, strlen(text), &rules,
					      &problem),
				 -EBADMSG);
		assert_string_equal(problem.text, "not every section was read");
		assert_int_equal(rules.rule_count, 0);
	}
	memset(&fault, 0, sizeof(fault));
	assert_int_equal(
		config_parse(CONFIG_MAIN, NULL, "file", text, strlen(text), &rules, &problem), 0);
	assert_int_equal(rules.rule_count, 1);
	policy_rules_clear(&rules);
}

/* ---- decisions ---- */

static int try_policy_decide(FILE *out)
{
	char *list[] = { "nssteam", "nssnested", "nsslisted" };
	const struct names groups = { list, COUNT(list) };
	const struct policy_subject subject = { .name = "nssbob",
						.uid = 70001,
						.service = "login",
						.groups = names_list(&groups),
						.group_count = groups.count };
	struct policy_decision decision, untouched;
	struct policy_rules rules;
	int r;

	assert_int_equal(config_load(&site, &rules, &problem), 0);
	assert_int_equal(session_add_rules(&site, "nssbob", &groups, &rules, &problem), 0);
	memset(&untouched, 0xa5, sizeof(untouched));
	decision = untouched;
	arm();
	r = policy_decide(&rules, &subject, &decision);
	disarm();
	if (r < 0) {
		assert_memory_equal(&decision, &untouched, sizeof(decision));
	} else {
		print_decision(out, &decision);
		policy_decision_clear(&decision);
	}
	policy_rules_clear(&rules);
	return r;
}

static void test_policy(void **state)
{
	exhaust_all(try_policy_decide);
}

static struct session_request request;

/* The text of a problem has all that it is put together of. */
static void check_text(const struct session *session)
{
	char text[SESSION_TEXT];

	session_problem_text(session, text);
	if (session->problem.stage == SESSION_STAGE_RULES)
		assert_ptr_equal(strstr(text, session->problem.config.file), text);
	else
		assert_ptr_equal(strstr(text, "can't "), text);
}

/* A decision that leaves something open takes all that the right one takes. */
static void assert_no_more(const struct session *session)
{
	struct session right;
	enum policy_item item;

	if (fault.expected == 0)
		return;
	assert_int_equal(session_decide(&request, &right), 0);
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		assert_true(capset_is_subset(session->decision.items[item].set,
					     right.decision.items[item].set));
	fault.unknown = session->identity.unknown.count > right.identity.unknown.count ||
			session->broken_perhaps;
	session_clear(&right);
}

static int try_session_decide(FILE *out)
{
	struct session session;
	int r;

	arm();
	r = session_decide(&request, &session);
	disarm();
	if (r < 0) {
		assert_int_equal(session.problem.error, r);
		assert_int_equal(session.outcome, SESSION_REFUSED);
		check_text(&session);
	} else {
		print_identity(out, &session.identity);
		print_rules(out, &session.rules);
		print_decision(out, &session.decision);
		assert_no_more(&session);
	}
	session_clear(&session);
	return r;
}

static void test_session_decide(void **state)
{
	static const char *const groups[] = { "nssteam", "other" };

	exhaust_all(try_session_decide);
	request.user = "root";
	exhaust_all(try_session_decide);
	request.user = "nssbob";
	request.groups = groups;
	request.group_count = COUNT(groups);
	request.any_owner = true;
	exhaust_all(try_session_decide);
}

/*
 * What a caller could bring about refuses, whoever it is, or leaves groups unknown; what is the
 * rules' fault falls back. Nobody keeps more than without a fault.
 */
static void assert_outcome(const struct session *session, const struct fake_kernel *fake, int r)
{
	bool provoked = fault.expected != EIO;
	bool rules = session->problem.stage == SESSION_STAGE_RULES;
	bool refused = provoked || !rules;
	bool exempt = !refused && session->identity.uid == 0;

	if (r == 0 && session->outcome == SESSION_RESTRICTED) {
		assert_no_more(session);
		assert_true(fault.unknown || session->identity.uid == 0 ||
			    session->identity.survey.has_list);
		return;
	}
	assert_int_equal(session->problem.error, -fault.expected);
	assert_int_equal(r, refused ? -fault.expected : 0);
	assert_int_equal(session->outcome, refused  ? SESSION_REFUSED
					   : exempt ? SESSION_EXEMPT
						    : SESSION_FALLBACK);
	assert_true(capset_is_subset(fake->sets.bounding, capset_up_to(40)));
	assert_true(capset_equal(fake->userns, exempt ? CAPSET_ALL : CAPSET_NONE));
	assert_true(capset_equal(fake->sets.inheritable, exempt ? capset_up_to(40) : CAPSET_NONE));
}

/* Open a session with each call failing in turn. Returns in how many of them it went on. */
static unsigned open_all(int error)
{
	unsigned went_on = 0;

	memset(&fault, 0, sizeof(fault));
	do {
		struct fake_kernel fake;
		struct session session;
		int r;

		fake_kernel_init(&fake, 40);
		fake.has_bpf = true;
		fault.fail_at++;
		fault.error = error;
		fault.expected = 0;
		arm();
		r = session_open(&request, &fake.kernel, &session);
		disarm();
		if (fault.expected) {
			assert_outcome(&session, &fake, r);
			went_on += session.outcome != SESSION_REFUSED &&
				   session.outcome != SESSION_RESTRICTED;
		} else {
			assert_int_equal(r, 0);
			assert_int_equal(session.outcome, SESSION_RESTRICTED);
		}
		session_clear(&session);
	} while (fault.expected);
	return went_on;
}

static void test_session_open(void **state)
{
	static const char *const users[] = { "nssbob", "root" };
	static const int provoked[] = { ENOMEM, EMFILE, ENFILE, EINTR };
	size_t i, j;

	for (i = 0; i < COUNT(users); i++) {
		request.user = users[i];
		for (j = 0; j < COUNT(provoked); j++)
			assert_int_equal(open_all(provoked[j]), 0);
		assert_true(open_all(EIO) > 0); /* control */
	}
}

/* Without memory the log line is empty, and no reason to refuse. */
static void test_describe(void **state)
{
	char text[SESSION_TEXT];
	struct session session;

	memset(&fault, 0, sizeof(fault));
	assert_int_equal(session_decide(&request, &session), 0);
	fault.fail_at = 1;
	arm();
	assert_string_equal(session_describe(&session, text), "");
	disarm();
	assert_int_equal(fault.expected, ENOMEM);
	arm();
	assert_string_equal(session_unknown_text(&session, text), "");
	disarm();
	assert_true(*session_describe(&session, text));
	session_clear(&session);
}

/* ---- set up ---- */

static int setup(void **state)
{
	site = (struct config_site){ .main = main_path, .vendor_profiles = vendor_path };
	request =
		(struct session_request){ .user = "nssbob", .service = "login", .conf = main_path };
	return 0;
}

static int make_tree(void **state)
{
	size_t i;

	strcpy(base, "/run/usernscaps-test-XXXXXX");
	if (!mkdtemp(base) || chmod(base, 0755) < 0)
		return -1;
	umask(022);
	for (i = 0; i < COUNT(files); i++)
		write_file(files[i].name, files[i].text);
	snprintf(main_path, sizeof(main_path), "%s/usernscaps.conf", base);
	snprintf(vendor_main_path, sizeof(vendor_main_path), "%s/vendor.conf", base);
	snprintf(vendor_path, sizeof(vendor_path), "%s/vendor", base);
	return __nss_configure_lookup("passwd", "files usernscapstest") |
	       __nss_configure_lookup("group", "files usernscapstest") |
	       __nss_configure_lookup("initgroups", "files usernscapstest");
}

static int remove_tree(void **state)
{
	unit_empty(base);
	return rmdir(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_identity, setup),
		cmocka_unit_test_setup(test_listing_everybody, setup),
		cmocka_unit_test_setup(test_too_many_groups, setup),
		cmocka_unit_test_setup(test_config, setup),
		cmocka_unit_test_setup(test_config_of_any_owner, setup),
		cmocka_unit_test_setup(test_reads, setup),
		cmocka_unit_test_setup(test_sections_missed, setup),
		cmocka_unit_test_setup(test_policy, setup),
		cmocka_unit_test_setup(test_session_decide, setup),
		cmocka_unit_test_setup(test_session_open, setup),
		cmocka_unit_test_setup(test_describe, setup),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP only root can make files that are safe to open\n");
		return 0;
	}
	return cmocka_run_group_tests_name("faults", tests, make_tree, remove_tree);
}
