// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Asks the C library for users and groups. */
#include "nss.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/memory.h"

/* The room that one entry may need in bytes: a group lists its members. */
#define ENTRY_START 1024
#define ENTRY_MAX   (16 * 1024 * 1024)

/* More groups than a process can be in (NGROUPS_MAX, and the primary one). */
#define GROUPS_START 64
#define GROUPS_MAX   65537

/*
 * The most memory, in bytes, that modules need: for being loaded, and for the longest line of a
 * file. And the most descriptors, with as many again to spare: libnss_systemd has 11 open at once
 * where four services answer.
 */
#define NEEDED_MEMORY	   (2 * ENTRY_MAX)
#define NEEDED_DESCRIPTORS 24

/* ---- one entry ---- */

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

static int find(int (*ask)(const void *, void *, char *, size_t, bool *), const void *key,
		void *ret_entry, char **ret_buf)
{
	size_t size = ENTRY_START;
	char *buf = malloc(size);
	bool found = false;
	int r;

	if (!buf)
		return -ENOMEM;
	do {
		errno = EIO;
		r = ask(key, ret_entry, buf, size, &found);
		if (r != 0)
			r = look_again(r, &buf, &size);
	} while (r > 0);
	if (r == 0 && !found)
		r = -ENOENT;
	if (r < 0)
		free(buf);
	else
		*ret_buf = buf;
	return r;
}

int nss_find_user(const char *name, struct passwd *ret_passwd, char **ret_buf)
{
	return find(ask_passwd, name, ret_passwd, ret_buf);
}

int nss_find_group(const char *name, struct group *ret_group, char **ret_buf)
{
	return find(ask_group, name, ret_group, ret_buf);
}

int nss_find_gid(gid_t gid, struct group *ret_group, char **ret_buf)
{
	return find(ask_gid, &gid, ret_group, ret_buf);
}

/* ---- the groups of a user ---- */

bool nss_lists_member(const struct group *group, const char *user)
{
	char **member;

	for (member = group->gr_mem; member && *member; member++)
		if (strcmp(*member, user) == 0)
			return true;
	return false;
}

/*
 * Where getgrouplist(3) notices that it lacks memory, it says -1 both for that and for "more room",
 * and only the latter gives a count.
 */
int nss_list_gids(const char *name, gid_t gid, gid_t **ret_gids, size_t *ret_count)
{
	gid_t *gids = NULL;
	int room = GROUPS_START, r = -E2BIG;

	while (room <= GROUPS_MAX) {
		gid_t *larger = reallocarray(gids, (size_t)room, sizeof(*gids));
		int count = room;

		r = -ENOMEM;
		if (!larger)
			break;
		gids = larger;
		if (getgrouplist(name, gid, gids, &count) >= 0) {
			*ret_gids = gids;
			*ret_count = (size_t)count;
			return 0;
		}
		if (count <= room)
			break;
		room = count;
		r = -E2BIG;
	}
	free(gids);
	return r;
}

/* ---- what modules need ---- */

static bool has_descriptors(void)
{
	int fds[NEEDED_DESCRIPTORS];
	int opened = 0;
	bool enough;

	while (opened < NEEDED_DESCRIPTORS && (fds[opened] = eventfd(0, EFD_CLOEXEC)) >= 0)
		opened++;
	enough = opened == NEEDED_DESCRIPTORS;
	while (opened > 0)
		close(fds[--opened]);
	return enough;
}

/*
 * What libnss_systemd, libnss_sss and libnss_winbind obey, even in a set-user-ID program. Any value
 * counts: some of them are paths.
 */
#define VARIABLE(name)                                                                             \
	{                                                                                          \
		name, name " is set"                                                               \
	}
static const struct {
	const char *name, *text;
} variables[] = {
	VARIABLE("SYSTEMD_BYPASS_USERDB"),
	VARIABLE("SYSTEMD_ONLY_USERDB"),
	VARIABLE("SYSTEMD_NSS_BYPASS_SYNTHETIC"),
	VARIABLE("SYSTEMD_NSS_DYNAMIC_BYPASS"),
	VARIABLE("_SSS_LOOPS"),
	VARIABLE("SSS_NSS_USE_MEMCACHE"),
	VARIABLE("_NO_WINBINDD"),
};

const char *nss_obstacle(void)
{
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (getenv(variables[i].name))
			return variables[i].text;
	if (!memory_has(NEEDED_MEMORY))
		return "too little memory";
	if (!has_descriptors())
		return "too few file descriptors";
	return NULL;
}
