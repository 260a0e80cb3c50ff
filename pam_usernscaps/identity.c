// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* The room that one entry may need in bytes: a group lists its members. */
#define ENTRY_START 1024
#define ENTRY_MAX   (16 * 1024 * 1024)

/* More groups than a process can be in (NGROUPS_MAX, and the primary one). */
#define GROUPS_START 64
#define GROUPS_MAX   65537

/* What getgrouplist(3) answers. */
struct membership {
	gid_t *gids;
	int count;
};

static void membership_clear(struct membership *membership)
{
	free(membership->gids);
}

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

/* getpwnam_r(3) and getgrnam_r(3) alike. Returns their errno. */
static int ask_passwd(const char *name, void *entry, char *buf, size_t size, bool *ret_found)
{
	struct passwd *found = NULL;
	int error = getpwnam_r(name, entry, buf, size, &found);

	*ret_found = found;
	return error;
}

static int ask_group(const char *name, void *entry, char *buf, size_t size, bool *ret_found)
{
	struct group *found = NULL;
	int error = getgrnam_r(name, entry, buf, size, &found);

	*ret_found = found;
	return error;
}

/* The entry's strings are in @buf, which the caller frees. Returns 0, -ENOENT or -errno. */
static int find(int (*ask)(const char *, void *, char *, size_t, bool *), const char *name,
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
		r = ask(name, entry, *buf, size, &found);
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

/* getgrouplist(3) says -1 both for "more room" and for "no memory"; only the first gives a count.
 */
static int find_membership(const struct identity *identity, struct membership *membership)
{
	int room = GROUPS_START;

	while (room <= GROUPS_MAX) {
		gid_t *larger = reallocarray(membership->gids, (size_t)room, sizeof(gid_t));
		int count = room;

		if (!larger)
			return -ENOMEM;
		membership->gids = larger;
		if (getgrouplist(identity->name, identity->gid, larger, &count) >= 0) {
			membership->count = count;
			return 0;
		}
		if (count <= room)
			return -ENOMEM;
		room = count;
	}
	return -E2BIG;
}

static bool has_gid(const struct membership *membership, gid_t gid)
{
	int i;

	for (i = 0; i < membership->count; i++)
		if (membership->gids[i] == gid)
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

/* The name is sure to fit: the lists are as long as the one that is looked through. */
static int add(char **list, size_t *count, const char *name)
{
	list[*count] = strdup(name);
	if (!list[*count])
		return -ENOMEM;
	(*count)++;
	return 0;
}

static int look_up_group(struct identity *found, const struct membership *membership,
			 const char *name)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;
	int r = find(ask_group, name, &group, &buf);

	if (r == -ENOENT)
		return add(found->unknown, &found->unknown_count, name);
	if (r < 0)
		return r;
	if (has_gid(membership, group.gr_gid) || has_member(&group, found->name))
		return add(found->groups, &found->group_count, name);
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Ask for each of some sorted names, once. */
static int look_up_groups(struct identity *found, const char *const *sorted, size_t count,
			  const char **ret_bad)
{
	_cleanup_(membership_clear) struct membership membership = { 0 };
	size_t i;
	int r = find_membership(found, &membership);

	for (i = 0; i < count && r == 0; i++) {
		if (i > 0 && strcmp(sorted[i - 1], sorted[i]) == 0)
			continue;
		r = look_up_group(found, &membership, sorted[i]);
		if (r < 0)
			*ret_bad = sorted[i];
	}
	return r;
}

static void names_clear(char ***list, size_t *count)
{
	size_t i;

	for (i = 0; i < *count; i++)
		free((*list)[i]);
	free(*list);
	*list = NULL;
	*count = 0;
}

int identity_find_groups(struct identity *identity, const char *const *names, size_t count,
			 const char **ret_bad)
{
	_cleanup_(freep) const char **sorted = NULL;
	struct identity found = {
		.name = identity->name,
		.uid = identity->uid,
		.gid = identity->gid,
	};
	int r = -ENOMEM;

	*ret_bad = NULL;
	if (count == 0)
		return 0;
	sorted = reallocarray(NULL, count, sizeof(*sorted));
	found.groups = calloc(count, sizeof(*found.groups));
	found.unknown = calloc(count, sizeof(*found.unknown));
	if (sorted && found.groups && found.unknown) {
		memcpy(sorted, names, count * sizeof(*sorted));
		qsort(sorted, count, sizeof(*sorted), compare_names);
		r = look_up_groups(&found, sorted, count, ret_bad);
	}
	if (r < 0) {
		names_clear(&found.groups, &found.group_count);
		names_clear(&found.unknown, &found.unknown_count);
		return r;
	}
	names_clear(&identity->groups, &identity->group_count);
	names_clear(&identity->unknown, &identity->unknown_count);
	*identity = found;
	return 0;
}

void identity_clear(struct identity *identity)
{
	free(identity->name);
	names_clear(&identity->groups, &identity->group_count);
	names_clear(&identity->unknown, &identity->unknown_count);
	*identity = (struct identity){ 0 };
}
