// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "memory.h"

/* The room that one entry may need in bytes: a group lists its members. */
#define ENTRY_START 1024
#define ENTRY_MAX   (16 * 1024 * 1024)

/* More groups than a process can be in (NGROUPS_MAX, and the primary one). */
#define GROUPS_START 64
#define GROUPS_MAX   65537

/* The memory in bytes that NSS may need: for a module of its own, and a file's longest line. */
#define NSS_MEMORY (2 * ENTRY_MAX)

/*
 * glibc says "not found" by 0 without an entry, whatever errno the services left; ENOENT and its
 * like are the errno of a service that could not answer. One that failed without setting errno
 * would leave it as it was before, so it must not be 0 then. Returns 1 where the buffer was too
 * small and is larger now, or -errno.
 */
static int look_again(int error, char **buf, size_t *size)
{
	char *larger;

	if (error == ENOENT)
		return -EIO;
	if (error != ERANGE || *size >= ENTRY_MAX)
		return -error;
	larger = realloc(*buf, *size * 2);
	if (!larger)
		return -ENOMEM;
	*buf = larger;
	*size *= 2;
	return 1;
}

/* getpwnam_r(3), getgrnam_r(3) and getgrgid_r(3) alike. Returns their errno. */
static int ask_passwd(const void *name, void *entry, char *buf, size_t size, bool *ret_found)
{
	struct passwd *found = NULL;
	int error = getpwnam_r(name, entry, buf, size, &found);

	*ret_found = found;
	return error;
}

static int ask_group(const void *name, void *entry, char *buf, size_t size, bool *ret_found)
{
	struct group *found = NULL;
	int error = getgrnam_r(name, entry, buf, size, &found);

	*ret_found = found;
	return error;
}

static int ask_gid(const void *gid, void *entry, char *buf, size_t size, bool *ret_found)
{
	struct group *found = NULL;
	int error = getgrgid_r(*(const gid_t *)gid, entry, buf, size, &found);

	*ret_found = found;
	return error;
}

/* The entry's strings are in @buf, which the caller frees. Returns 0, -ENOENT or -errno. */
static int find(int (*ask)(const void *, void *, char *, size_t, bool *), const void *key,
		void *entry, char **buf)
{
	size_t size = ENTRY_START;
	bool found;
	int r;

	*buf = malloc(size);
	if (!*buf)
		return -ENOMEM;
	do {
		errno = EIO;
		r = ask(key, entry, *buf, size, &found);
		if (r == 0)
			return found ? 0 : -ENOENT;
		r = look_again(r, buf, &size);
	} while (r > 0);
	return r;
}

int identity_find(const char *user, struct identity *ret_identity)
{
	_cleanup_(freep) char *buf = NULL;
	struct passwd passwd;
	char *name;
	int r = find(ask_passwd, user, &passwd, &buf);

	if (r < 0)
		return r;
	name = strdup(passwd.pw_name);
	if (!name)
		return -ENOMEM;
	*ret_identity = (struct identity){
		.name = name,
		.uid = passwd.pw_uid,
		.gid = passwd.pw_gid,
	};
	return 0;
}

/* ---- groups ---- */

/*
 * Ask for the gids, once. Without memory NSS answers with what it has: getgrouplist(3) leaves out a
 * file's other groups and the services whose modules can't be loaded, and getgrnam_r(3) says "not
 * found" without these. A caller could bring that about by a limit, so try first whether there is
 * some. Where getgrouplist(3) notices, it says -1 both for "more room" and for "no memory"; only
 * the first gives a count.
 */
static int find_gids(struct identity *identity)
{
	_cleanup_(freep) gid_t *gids = NULL;
	int room = GROUPS_START;

	if (!identity->gids && !memory_has(NSS_MEMORY))
		return -ENOMEM;
	while (!identity->gids && room <= GROUPS_MAX) {
		gid_t *larger = reallocarray(gids, (size_t)room, sizeof(*gids));
		int count = room;

		if (!larger)
			return -ENOMEM;
		gids = larger;
		if (getgrouplist(identity->name, identity->gid, gids, &count) >= 0) {
			identity->gid_count = (size_t)count;
			identity->gids = gids;
			gids = NULL;
		} else if (count <= room) {
			return -ENOMEM;
		}
		room = count;
	}
	return identity->gids ? 0 : -E2BIG;
}

static bool has_gid(const struct identity *identity, gid_t gid)
{
	size_t i;

	for (i = 0; i < identity->gid_count; i++)
		if (identity->gids[i] == gid)
			return true;
	return false;
}

static bool has_member(const struct group *group, const char *name)
{
	char **member;

	for (member = group->gr_mem; member && *member; member++)
		if (strcmp(*member, name) == 0)
			return true;
	return false;
}

/* Names that are being gathered, in any order. */
struct names {
	char **list;
	size_t count;
};

static void names_clear(struct names *names)
{
	while (names->count > 0)
		free(names->list[--names->count]);
	free(names->list);
	names->list = NULL;
}

static int names_add(struct names *names, const char *name)
{
	char **larger = reallocarray(names->list, names->count + 1, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	names->list = larger;
	larger[names->count] = strdup(name);
	if (!larger[names->count])
		return -ENOMEM;
	names->count++;
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool names_have(char *const *list, size_t count, const char *name)
{
	return count > 0 && bsearch(&name, list, count, sizeof(*list), compare_names);
}

/* Make room for names at the end of a list. Returns 0 or -ENOMEM. */
static int make_room(const struct names *names, char ***list, size_t count)
{
	char **larger;

	if (names->count == 0)
		return 0;
	larger = reallocarray(*list, count + names->count, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	*list = larger;
	return 0;
}

/* Move names, which there is room for, to a list that is sorted and has each once. */
static void names_put(struct names *names, char **list, size_t *count)
{
	size_t total = *count + names->count, i, kept = 0;

	if (names->count == 0)
		return;
	memcpy(list + *count, names->list, names->count * sizeof(*list));
	qsort(list, total, sizeof(*list), compare_names);
	for (i = 0; i < total; i++) {
		if (kept > 0 && strcmp(list[kept - 1], list[i]) == 0)
			free(list[i]);
		else
			list[kept++] = list[i];
	}
	*count = kept;
	names->count = 0;
}

/* Both of these. Returns 0, or -ENOMEM and moves none. */
static int names_move(struct names *names, char ***list, size_t *count)
{
	int r = make_room(names, list, *count);

	if (r == 0)
		names_put(names, *list, count);
	return r;
}

static int add_name_of(struct names *names, gid_t gid)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;
	int r = find(ask_gid, &gid, &group, &buf);

	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : names_add(names, group.gr_name);
}

int identity_list_groups(struct identity *identity)
{
	_cleanup_(names_clear) struct names names = { 0 };
	size_t i;
	int r = find_gids(identity);

	for (i = 0; i < identity->gid_count && r == 0; i++)
		r = add_name_of(&names, identity->gids[i]);
	return r < 0 ? r : names_move(&names, &identity->groups, &identity->group_count);
}

static int look_up_group(const struct identity *identity, const char *name, struct names *members,
			 struct names *unknown)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;
	int r;

	if (names_have(identity->groups, identity->group_count, name))
		return 0;
	r = find(ask_group, name, &group, &buf);
	if (r == -ENOENT)
		return names_add(unknown, name);
	if (r < 0)
		return r;
	if (has_gid(identity, group.gr_gid) || has_member(&group, identity->name))
		return names_add(members, name);
	return 0;
}

/* Ask for each of some sorted names, once. */
static int look_up_groups(const struct identity *identity, const char *const *sorted, size_t count,
			  struct names *members, struct names *unknown, const char **ret_bad)
{
	size_t i;
	int r = 0;

	for (i = 0; i < count && r == 0; i++) {
		if (i > 0 && strcmp(sorted[i - 1], sorted[i]) == 0)
			continue;
		r = look_up_group(identity, sorted[i], members, unknown);
		if (r < 0)
			*ret_bad = sorted[i];
	}
	return r;
}

int identity_find_groups(struct identity *identity, const char *const *names, size_t count,
			 const char **ret_bad)
{
	_cleanup_(names_clear) struct names members = { 0 };
	_cleanup_(names_clear) struct names unknown = { 0 };
	_cleanup_(freep) const char **sorted = NULL;
	int r;

	*ret_bad = NULL;
	if (count == 0)
		return 0;
	sorted = reallocarray(NULL, count, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, names, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_names);
	r = find_gids(identity);
	if (r == 0)
		r = look_up_groups(identity, sorted, count, &members, &unknown, ret_bad);
	if (r == 0)
		r = make_room(&unknown, &identity->unknown, identity->unknown_count);
	if (r == 0)
		r = names_move(&members, &identity->groups, &identity->group_count);
	if (r == 0)
		names_put(&unknown, identity->unknown, &identity->unknown_count);
	return r;
}

int identity_probe_group(const char *name)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;

	return find(ask_group, name, &group, &buf);
}

int identity_probe_list(const struct identity *identity, const char *name)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;
	int r = find(ask_group, name, &group, &buf);

	if (r < 0 || !identity->gids)
		return r;
	return has_member(&group, identity->name) && !has_gid(identity, group.gr_gid) ? -ENODATA
										      : 0;
}

int identity_group_name(const char *name, char **ret_name)
{
	_cleanup_(names_clear) struct names names = { 0 };
	_cleanup_(freep) char *buf = NULL;
	struct group group;
	int r = find(ask_group, name, &group, &buf);

	if (r == 0)
		r = add_name_of(&names, group.gr_gid);
	if (r < 0)
		return r;
	*ret_name = strdup(names.count ? names.list[0] : name);
	return *ret_name ? 0 : -ENOMEM;
}

int identity_add_groups(struct identity *identity, const char *const *names, size_t count)
{
	_cleanup_(names_clear) struct names added = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; i < count && r == 0; i++)
		r = names_add(&added, names[i]);
	return r < 0 ? r : names_move(&added, &identity->groups, &identity->group_count);
}

void identity_clear(struct identity *identity)
{
	struct names groups = { identity->groups, identity->group_count };
	struct names unknown = { identity->unknown, identity->unknown_count };

	names_clear(&groups);
	names_clear(&unknown);
	free(identity->name);
	free(identity->gids);
	*identity = (struct identity){ 0 };
}
