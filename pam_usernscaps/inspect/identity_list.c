// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Lists all users and groups, for questions about no login in particular. */
#include "identity_list.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "session/nss.h"

struct list {
	struct identity *entries;
	size_t count;
};

static int add(struct list *list, const char *name, uid_t uid, gid_t gid)
{
	struct identity identity = { .uid = uid, .gid = gid };

	if (array_grow(list->entries, list->count) < 0)
		return -ENOMEM;
	identity.name = strdup(name);
	if (!identity.name)
		return -ENOMEM;
	list->entries[list->count++] = identity;
	return 0;
}

/* At the end of a listing errno is 0, or ENOENT from a service that has none. */
static int finish(struct list *list, int r, struct identity **ret_list, size_t *ret_count)
{
	if (r == 0 && errno != 0 && errno != ENOENT)
		r = -errno;
	if (r < 0) {
		identity_free_list(list->entries, list->count);
		return r;
	}
	*ret_list = list->entries;
	*ret_count = list->count;
	return 0;
}

int identity_list_users(struct identity **ret_users, size_t *ret_count)
{
	struct list list = { 0 };
	const struct passwd *passwd;
	int r = 0;

	setpwent();
	while (r == 0 && (errno = 0, passwd = getpwent()))
		r = add(&list, passwd->pw_name, passwd->pw_uid, passwd->pw_gid);
	r = finish(&list, r, ret_users, ret_count);
	endpwent();
	return r;
}

int identity_list_file(const char *path, struct identity **ret_users, size_t *ret_count)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	struct list list = { 0 };
	const struct passwd *passwd;
	int r = 0;

	if (!file)
		return -errno;
	while (r == 0 && (errno = 0, passwd = fgetpwent(file)))
		if (!nss_is_instruction(passwd->pw_name))
			r = add(&list, passwd->pw_name, passwd->pw_uid, passwd->pw_gid);
	return finish(&list, r, ret_users, ret_count);
}

int identity_list_all_groups(struct identity **ret_groups, size_t *ret_count)
{
	struct list list = { 0 };
	const struct group *group;
	int r = 0;

	setgrent();
	while (r == 0 && (errno = 0, group = getgrent()))
		if (!nss_is_instruction(group->gr_name))
			r = add(&list, group->gr_name, (uid_t)-1, group->gr_gid);
	r = finish(&list, r, ret_groups, ret_count);
	endgrent();
	return r;
}

int identity_user_name(uid_t uid, char **ret_name)
{
	const struct passwd *passwd = (errno = 0, getpwuid(uid));
	char *name;

	if (!passwd)
		return errno == 0 ? -ENOENT : -errno; /* not reached: -errno */
	name = strdup(passwd->pw_name);
	if (!name)
		return -ENOMEM;
	*ret_name = name;
	return 0;
}

void identity_free_list(struct identity *list, size_t count)
{
	while (count > 0)
		identity_clear(&list[--count]);
	free(list);
}
