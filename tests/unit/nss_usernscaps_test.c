// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * The tests' own name service, libnss_usernscapstest.so.2: a directory of a few users and groups
 * that goes down when the environment says so.
 *
 * USERNSCAPS_NSS_PASSWD, USERNSCAPS_NSS_GROUP, USERNSCAPS_NSS_GID, USERNSCAPS_NSS_INITGROUPS: how
 * lookups of users by name, groups by name, groups by gid, and lists of gids are answered; see
 * outages[]. Unset: as they should be.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* More than fits in any buffer that a first attempt would use. */
#define HUGE_MEMBERS	5000

#define MANY_GROUPS	300
#define NO_GID		70800
#define MANY_GROUPS_GID 80000

static const struct {
	const char *word;
	enum nss_status status;
	int error; /* 0: errno stays as it was */
} outages[] = {
	{ "unavail", NSS_STATUS_UNAVAIL, ECONNREFUSED },
	{ "unavail-enoent", NSS_STATUS_UNAVAIL, ENOENT }, /* no socket of its daemon */
	{ "unavail-quiet", NSS_STATUS_UNAVAIL, 0 },
	{ "tryagain", NSS_STATUS_TRYAGAIN, EAGAIN },
	{ "erange", NSS_STATUS_TRYAGAIN, ERANGE }, /* no buffer is ever large enough */
	{ "notfound-eperm", NSS_STATUS_NOTFOUND, EPERM },
};

static const struct {
	const char *asked, *name;
	uid_t uid;
} users[] = {
	{ "nssbob", "nssbob", 70001 },
	{ "NSSBOB", "nssbob", 70001 }, /* directories tend to ignore case */
	{ "nssmany", "nssmany", 70002 },
	{ "nssfar", "nssfar", 70003 },
	{ "nss/slash", "nss/slash", 70004 }, /* no file can have this name */
	{ "nssgids", "nssgids", 70005 },
	{ "nsscorp", "nsscorp", 70006 },
	{ "nsstwin", "nsstwin", 70007 },
};

static const struct {
	const char *name;
	gid_t gid;
	const char *member;
} groups[] = {
	{ "nssprimary", 70001, NULL },
	{ "nssmany", 70002, NULL },
	{ "nsscorp", 70006, NULL },
	{ "nsstwin", 70007, NULL },
	{ "nssteam", 70100, "nssbob" },
	{ "nssnested", 70200, NULL },	  /* nssbob is in it by his list of gids only */
	{ "nsslisted", 70300, "nssbob" }, /* nssbob is in it by its list of members only */
	{ "nssother", 70400, "nssmany" },
	{ "nsshuge", 70500, "" },
	{ "nsstwins", 70600, NULL },
	{ "nsstwins", 70601, NULL },
	{ "nssalias", 70100, NULL },  /* nssteam's gid */
	{ "nssnogid", NO_GID, NULL }, /* not found by it */
	{ "nss/corp", 70700, NULL },
	{ "nsslast", MANY_GROUPS_GID + MANY_GROUPS - 1, NULL },
};

/* Lists of gids. That of nssmany is made when it is asked for. */
static const struct {
	const char *user;
	gid_t gid;
} memberships[] = {
	{ "nssbob", 70100 },  { "nssbob", 70200 },
	{ "nssgids", 70100 }, { "nssgids", 79999 }, /* there is no such group */
	{ "nssgids", 70600 },			    /* these two have one name */
	{ "nssgids", 70601 }, { "nssgids", 70100 }, /* once more */
	{ "nsscorp", 70700 }, { "nsstwin", 70601 }, /* the second of its name */
};

enum nss_status _nss_usernscapstest_getpwnam_r(const char *name, struct passwd *passwd, char *buf,
					       size_t size, int *errnop);
enum nss_status _nss_usernscapstest_getgrnam_r(const char *name, struct group *group, char *buf,
					       size_t size, int *errnop);
enum nss_status _nss_usernscapstest_getgrgid_r(gid_t gid, struct group *group, char *buf,
					       size_t size, int *errnop);
enum nss_status _nss_usernscapstest_initgroups_dyn(const char *user, gid_t primary, long *start,
						   long *size, gid_t **gids, long limit,
						   int *errnop);

static bool is_down(const char *variable, enum nss_status *status, int *errnop)
{
	const char *word = getenv(variable);
	size_t i;

	for (i = 0; word && i < LIST_COUNT(outages); i++) {
		if (strcmp(word, outages[i].word) == 0) {
			*status = outages[i].status;
			if (outages[i].error)
				*errnop = outages[i].error;
			return true;
		}
	}
	return false;
}

static enum nss_status answer(enum nss_status status, int error, int *errnop)
{
	*errnop = error;
	return status;
}

enum nss_status _nss_usernscapstest_getpwnam_r(const char *name, struct passwd *passwd, char *buf,
					       size_t size, int *errnop)
{
	enum nss_status status;
	size_t i;

	if (is_down("USERNSCAPS_NSS_PASSWD", &status, errnop))
		return status;
	for (i = 0; i < LIST_COUNT(users); i++)
		if (strcmp(users[i].asked, name) == 0)
			break;
	if (i == LIST_COUNT(users))
		return answer(NSS_STATUS_NOTFOUND, ENOENT, errnop);
	if (strcmp(name, "nssfar") == 0 && size < 100000)
		return answer(NSS_STATUS_TRYAGAIN, ERANGE, errnop);
	snprintf(buf, size, "%s", users[i].name);
	*passwd = (struct passwd){
		.pw_name = buf,
		.pw_passwd = buf + strlen(buf),
		.pw_uid = users[i].uid,
		.pw_gid = users[i].uid,
		.pw_gecos = buf + strlen(buf),
		.pw_dir = buf + strlen(buf),
		.pw_shell = buf + strlen(buf),
	};
	return NSS_STATUS_SUCCESS;
}

/* A group of HUGE_MEMBERS members, the last of whom is nssbob. */
static enum nss_status fill_huge(struct group *group, char *buf, size_t size, int *errnop)
{
	char **members = (char **)(void *)buf;
	char *names = buf + (HUGE_MEMBERS + 1) * sizeof(*members);
	size_t i;

	if (size < (HUGE_MEMBERS + 1) * sizeof(*members) + 16)
		return answer(NSS_STATUS_TRYAGAIN, ERANGE, errnop);
	snprintf(names, 16, "nobody%cnssbob", '\0');
	for (i = 0; i < HUGE_MEMBERS - 1; i++)
		members[i] = names;
	members[HUGE_MEMBERS - 1] = names + 7;
	members[HUGE_MEMBERS] = NULL;
	group->gr_mem = members;
	return NSS_STATUS_SUCCESS;
}

static enum nss_status fill_group(size_t i, struct group *group, char *buf, size_t size,
				  int *errnop)
{
	char **members = (char **)(void *)buf;

	if (i == LIST_COUNT(groups))
		return answer(NSS_STATUS_NOTFOUND, ENOENT, errnop);
	group->gr_name = (char *)(uintptr_t)groups[i].name;
	group->gr_passwd = (char *)(uintptr_t) "";
	group->gr_gid = groups[i].gid;
	if (groups[i].member && !*groups[i].member)
		return fill_huge(group, buf, size, errnop);
	members[0] = (char *)(uintptr_t)groups[i].member;
	members[1] = NULL;
	group->gr_mem = members;
	return NSS_STATUS_SUCCESS;
}

static enum nss_status fill_one_of_many(gid_t gid, struct group *group, char *buf, size_t size,
					int *errnop)
{
	char **members = (char **)(void *)buf;
	char *name = buf + sizeof(*members);

	if (size < sizeof(*members) + 16)
		return answer(NSS_STATUS_TRYAGAIN, ERANGE, errnop);
	members[0] = NULL;
	snprintf(name, 16, "nss%u", gid);
	*group = (struct group){ .gr_name = name, .gr_passwd = name, .gr_gid = gid };
	group->gr_mem = members;
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_usernscapstest_getgrnam_r(const char *name, struct group *group, char *buf,
					       size_t size, int *errnop)
{
	enum nss_status status;
	size_t i;

	if (is_down("USERNSCAPS_NSS_GROUP", &status, errnop))
		return status;
	for (i = 0; i < LIST_COUNT(groups); i++)
		if (strcmp(groups[i].name, name) == 0)
			break;
	return fill_group(i, group, buf, size, errnop);
}

enum nss_status _nss_usernscapstest_getgrgid_r(gid_t gid, struct group *group, char *buf,
					       size_t size, int *errnop)
{
	enum nss_status status;
	size_t i;

	if (is_down("USERNSCAPS_NSS_GID", &status, errnop))
		return status;
	if (gid >= MANY_GROUPS_GID && gid < MANY_GROUPS_GID + MANY_GROUPS - 1)
		return fill_one_of_many(gid, group, buf, size, errnop);
	for (i = 0; i < LIST_COUNT(groups); i++)
		if (groups[i].gid == gid && gid != NO_GID)
			break;
	return fill_group(i, group, buf, size, errnop);
}

static enum nss_status add_gid(gid_t gid, long *start, long *size, gid_t **gids, int *errnop)
{
	if (*start == *size) {
		gid_t *larger = realloc(*gids, 2 * (size_t)*size * sizeof(**gids));

		if (!larger)
			return answer(NSS_STATUS_TRYAGAIN, ENOMEM, errnop);
		*gids = larger;
		*size *= 2;
	}
	(*gids)[(*start)++] = gid;
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_usernscapstest_initgroups_dyn(const char *user, gid_t primary, long *start,
						   long *size, gid_t **gids, long limit,
						   int *errnop)
{
	enum nss_status status;
	unsigned i;
	bool known = false;

	(void)primary;
	(void)limit;
	if (is_down("USERNSCAPS_NSS_INITGROUPS", &status, errnop))
		return status;
	status = NSS_STATUS_SUCCESS;
	for (i = 0; i < LIST_COUNT(memberships) && status == NSS_STATUS_SUCCESS; i++) {
		if (strcmp(memberships[i].user, user) != 0)
			continue;
		known = true;
		status = add_gid(memberships[i].gid, start, size, gids, errnop);
	}
	if (known)
		return status;
	if (strcmp(user, "nssmany") != 0)
		return answer(NSS_STATUS_NOTFOUND, ENOENT, errnop);
	for (i = 0; i < MANY_GROUPS && status == NSS_STATUS_SUCCESS; i++)
		status = add_gid(MANY_GROUPS_GID + i, start, size, gids, errnop);
	return status;
}
