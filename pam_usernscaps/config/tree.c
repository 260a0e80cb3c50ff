// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Which files a site's rules are in. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define SUFFIX	   ".conf"
#define SUFFIX_LEN (sizeof(SUFFIX) - 1)

/* The longest main file's path to which a tree's paths fit, which then need no other check. */
#define MAIN_MAX (PATH_MAX - sizeof(".d/profiles/") - NAME_MAX)

/* How often to read something again that changes while it is read. An editor is soon done. */
#define FILE_TRIES	3
#define DIRECTORY_TRIES 10

static bool has_suffix(const char *name)
{
	size_t len = strlen(name);

	return len > SUFFIX_LEN && strcmp(name + len - SUFFIX_LEN, SUFFIX) == 0;
}

/* ---- paths ---- */

static const char *join(char path[static PATH_MAX], const char *directory, const char *name)
{
	int n = name ? snprintf(path, PATH_MAX, "%s/%s" SUFFIX, directory, name)
		     : snprintf(path, PATH_MAX, "%s", directory);

	if (n < 0 || n >= PATH_MAX)
		path[0] = '\0';
	return path;
}

const char *config_part_directory(enum config_part part)
{
	static const char *const directories[CONFIG_PART_COUNT] = {
		[CONFIG_MAIN] = "",	   [CONFIG_DROPIN] = "",	  [CONFIG_USER] = "users",
		[CONFIG_GROUP] = "groups", [CONFIG_PROFILE] = "profiles",
	};

	return directories[part];
}

const char *config_path(const struct config_site *site, enum config_part part, const char *name,
			char path[static PATH_MAX])
{
	const char *below = config_part_directory(part);
	char directory[PATH_MAX];
	int n;

	if (part == CONFIG_MAIN)
		return join(path, site->main, NULL);
	path[0] = '\0';
	if (!has_suffix(site->main))
		return path;
	n = snprintf(directory, sizeof(directory), "%.*s.d%s%s",
		     (int)(strlen(site->main) - SUFFIX_LEN), site->main, *below ? "/" : "", below);
	return n < 0 || n >= PATH_MAX ? path : join(path, directory, name);
}

bool config_is_name(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/') &&
	       strlen(name) <= NAME_MAX - SUFFIX_LEN;
}

/* ---- one file ---- */

/* The main file of a tool may be a pipe; a FIFO in a tree must not wait for its writer. */
static int open_file(const struct config_site *site, int directory, enum config_part part,
		     const char *path, int *ret_fd, struct config_problem *problem)
{
	int wait = part == CONFIG_MAIN ? 0 : O_NONBLOCK;

	if (!site->any_owner)
		return directory < 0 ? config_open(path, ret_fd, problem)
				     : config_open_in(directory, path, ret_fd, problem);
	*ret_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | wait);
	if (*ret_fd >= 0)
		return 0;
	return config_problem_system(problem, path, path, (int)strnlen(path, PATH_MAX), errno);
}

/* The draft that is read in place of this file, or NULL. */
static const struct config_draft *draft_of(const struct config_site *site, enum config_part part,
					   const char *name)
{
	const struct config_draft *draft = site->draft;

	if (!draft || draft->part != part)
		return NULL;
	return part == CONFIG_MAIN || strcmp(draft->name, name) == 0 ? draft : NULL;
}

static int load_once(const struct config_site *site, int directory, enum config_part part,
		     const char *name, const char *path, struct policy_rules *rules,
		     struct config_problem *problem)
{
	const struct config_draft *draft = draft_of(site, part, name);
	_cleanup_(freep) char *bytes = NULL;
	_cleanup_(closep) int fd = -1;
	size_t len = 0;
	int r;

	if (draft)
		return config_parse(part, name, path, draft->bytes, draft->len, rules, problem);
	r = open_file(site, directory, part, path, &fd, problem);
	if (r == 0)
		r = config_read(path, fd, &bytes, &len, problem);
	return r < 0 ? r : config_parse(part, name, path, bytes, len, rules, problem);
}

/* @directory: the one that @path is in, where that is open already; else -1. */
static int load_file(const struct config_site *site, int directory, enum config_part part,
		     const char *name, const char *path, struct policy_rules *rules,
		     struct config_problem *problem)
{
	int tries = FILE_TRIES;
	int r;

	do
		r = load_once(site, directory, part, name, path, rules, problem);
	while (r == -EAGAIN && --tries > 0);
	return r;
}

static int load_main(const struct config_site *site, struct policy_rules *rules,
		     struct config_problem *problem)
{
	struct config_problem vendor;
	int r;

	if (strlen(site->main) > MAIN_MAX)
		return config_problem_system(problem, site->main, site->main, 0, ENAMETOOLONG);
	r = load_file(site, -1, CONFIG_MAIN, NULL, site->main, rules, problem);
	if (r != -ENOENT || !site->vendor_main)
		return r;
	r = load_file(site, -1, CONFIG_MAIN, NULL, site->vendor_main, rules, &vendor);
	if (r < 0 && r != -ENOENT)
		*problem = vendor;
	return r;
}

/* ---- directories ---- */

struct listing {
	struct dirent **entries;
	int count;
};

static void listing_clear(struct listing *listing)
{
	while (listing->count > 0)
		free(listing->entries[--listing->count]);
	free(listing->entries);
	listing->entries = NULL;
}

bool config_is_listed(const char *file_name)
{
	return file_name[0] != '.' && has_suffix(file_name);
}

static int is_listed(const struct dirent *entry)
{
	return config_is_listed(entry->d_name);
}

static int compare_entries(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static bool same_listing(const struct listing *a, const struct listing *b)
{
	int i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->entries[i]->d_name, b->entries[i]->d_name) != 0)
			return false;
	return true;
}

static int list_once(int directory, struct listing *listing)
{
	listing->count = scandirat(directory, ".", &listing->entries, is_listed, compare_entries);
	if (listing->count >= 0)
		return 0;
	listing->count = 0;
	return -errno;
}

/*
 * Many file systems leave a name out of a listing that is replaced while they are at it, and a rule
 * would be missed. So the names are asked for twice, and neither may a change show in the
 * directory's time: that alone does not tell two changes in one tick of the clock apart.
 */
static int list_twice(int directory, struct listing *listing)
{
	_cleanup_(listing_clear) struct listing again = { 0 };
	struct stat before, after;
	int r;

	if (fstat(directory, &before) < 0)
		return -errno;
	r = list_once(directory, listing);
	if (r == 0)
		r = list_once(directory, &again);
	if (r < 0)
		return r;
	if (fstat(directory, &after) < 0)
		return -errno;
	return same_listing(listing, &again) && before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
			       before.st_mtim.tv_nsec == after.st_mtim.tv_nsec
		       ? 0
		       : -EAGAIN;
}

static int open_directory(const struct config_site *site, const char *path, int *ret_fd,
			  struct config_problem *problem)
{
	if (!site->any_owner)
		return config_open_directory(path, ret_fd, problem);
	*ret_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd >= 0)
		return 0;
	return config_problem_system(problem, path, path, (int)strnlen(path, PATH_MAX), errno);
}

static int list(int directory, const char *path, struct listing *ret_listing,
		struct config_problem *problem)
{
	int tries = DIRECTORY_TRIES;
	int r;

	do {
		listing_clear(ret_listing);
		r = list_twice(directory, ret_listing);
	} while (r == -EAGAIN && --tries > 0);
	if (r == -EAGAIN || r == -ENOENT) /* it was there when it was opened */
		return config_problem_set(problem, CONFIG_CHANGED, path, 0);
	if (r < 0)
		return config_problem_system(problem, path, path, (int)strnlen(path, PATH_MAX), -r);
	return config_check_place(path, (int)strnlen(path, PATH_MAX), directory, problem);
}

/* Cut ".conf" off, and with it an entry is a name. */
static char *name_of(struct dirent *entry)
{
	entry->d_name[strlen(entry->d_name) - SUFFIX_LEN] = '\0';
	return entry->d_name;
}

int config_has(const struct config_site *site, enum config_part part,
	       struct config_problem *ret_problem)
{
	_cleanup_(closep) int fd = -1;
	char path[PATH_MAX];
	int r;

	if (!*config_path(site, part, NULL, path))
		return 0;
	r = open_directory(site, path, &fd, ret_problem);
	return r == 0 ? 1 : r == -ENOENT ? 0 : r;
}

static int list_names(const struct config_site *site, const char *path, struct names *ret_names,
		      struct config_problem *ret_problem)
{
	_cleanup_(listing_clear) struct listing listing = { 0 };
	_cleanup_(names_clear) struct names names = { 0 };
	_cleanup_(closep) int fd = -1;
	int i, r = -ENOENT;

	if (*path)
		r = open_directory(site, path, &fd, ret_problem);
	if (r == 0)
		r = list(fd, path, &listing, ret_problem);
	if (r < 0 && r != -ENOENT)
		return r;
	for (i = 0; i < listing.count; i++)
		if (names_add(&names, name_of(listing.entries[i])) < 0)
			return config_problem_set(ret_problem, CONFIG_NO_MEMORY, path, 0);
	*ret_names = names;
	names = (struct names){ 0 };
	return 0;
}

int config_list(const struct config_site *site, enum config_part part, struct names *ret_names,
		struct config_problem *ret_problem)
{
	char path[PATH_MAX];

	config_path(site, part, NULL, path);
	return list_names(site, path, ret_names, ret_problem);
}

int config_list_vendor(const struct config_site *site, struct names *ret_names,
		       struct config_problem *ret_problem)
{
	const char *path = site->vendor_profiles ? site->vendor_profiles : "";

	return list_names(site, path, ret_names, ret_problem);
}

/* ---- the tree ---- */

/* A file that was listed and is gone was removed in between. It may be about to come back. */
static int load_dropin(const struct config_site *site, int directory, const char *name,
		       struct policy_rules *rules, struct config_problem *problem)
{
	char path[PATH_MAX];
	int r;

	config_path(site, CONFIG_DROPIN, name, path);
	r = load_file(site, directory, CONFIG_DROPIN, name, path, rules, problem);
	return r == -ENOENT ? config_problem_set(problem, CONFIG_CHANGED, path, 0) : r;
}

static int load_dropins(const struct config_site *site, struct policy_rules *rules,
			struct config_problem *problem)
{
	_cleanup_(listing_clear) struct listing listing = { 0 };
	_cleanup_(closep) int fd = -1;
	char path[PATH_MAX];
	int i, r;

	if (!*config_path(site, CONFIG_DROPIN, NULL, path))
		return 0;
	r = open_directory(site, path, &fd, problem);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = list(fd, path, &listing, problem);
	for (i = 0; i < listing.count && r == 0; i++)
		r = load_dropin(site, fd, name_of(listing.entries[i]), rules, problem);
	return r;
}

int config_load(const struct config_site *site, struct policy_rules *ret_rules,
		struct config_problem *ret_problem)
{
	int tries = FILE_TRIES;
	int r;

	do {
		struct policy_rules rules = { 0 };

		r = load_main(site, &rules, ret_problem);
		if (r == 0)
			r = load_dropins(site, &rules, ret_problem);
		if (r == 0)
			*ret_rules = rules;
		else
			policy_rules_clear(&rules);
	} while (r == -EAGAIN && --tries > 0);
	return r;
}

static int refuse_name(const struct config_site *site, enum config_part part, const char *name,
		       struct config_problem *problem)
{
	char path[PATH_MAX];
	int r = config_has(site, part, problem);

	config_path(site, part, NULL, path);
	if (r == 0)
		return config_problem_set(problem, CONFIG_MISSING, path, 0, PATH_MAX, path);
	return r < 0 ? r : config_problem_set(problem, CONFIG_COMPONENT, path, 0, name);
}

int config_add(const struct config_site *site, enum config_part part, const char *name,
	       struct policy_rules *rules, struct config_problem *ret_problem)
{
	char path[PATH_MAX];
	int r;

	if (part == CONFIG_MAIN)
		return load_main(site, rules, ret_problem);
	if (!config_is_name(name))
		return refuse_name(site, part, name, ret_problem);
	if (*config_path(site, part, name, path))
		r = load_file(site, -1, part, name, path, rules, ret_problem);
	else
		r = config_problem_set(ret_problem, CONFIG_MISSING, site->main, 0, 0, "");
	if (r != -ENOENT || part != CONFIG_PROFILE || !site->vendor_profiles)
		return r;
	if (!*join(path, site->vendor_profiles, name))
		return r;
	return load_file(site, -1, part, name, path, rules, ret_problem);
}
