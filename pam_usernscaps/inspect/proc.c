// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What proc(5) shows of processes. */
#include "proc.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

/* Longer than any path here: "/proc/PID/task/TID", or below a directory of a test's. */
#define PROC_PATH 256

static int find_file(const char *proc, unsigned id, const char *name, char path[static PROC_PATH])
{
	int len = snprintf(path, PROC_PATH, "%s/%u/%s", proc, id, name);

	return len < PROC_PATH ? 0 : -ENAMETOOLONG;
}

static int open_file(const char *proc, unsigned id, const char *name, FILE **ret_file)
{
	char path[PROC_PATH];
	int r = find_file(proc, id, name, path);

	if (r < 0)
		return r;
	*ret_file = fopen(path, "re");
	return *ret_file ? 0 : -errno;
}

/* Read the only line of a file. */
static int read_line(const char *proc, unsigned id, const char *name, char *line, size_t size)
{
	_cleanup_(fclosep) FILE *file = NULL;
	int r = open_file(proc, id, name, &file);

	if (r < 0)
		return r;
	errno = 0;
	if (!fgets(line, (int)size, file))
		return errno ? -errno : -EIO;
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

/* ---- status ---- */

/* Real, effective, saved and that of the file system: proc(5). */
static void parse_uids(const char *text, struct proc_status *status)
{
	unsigned real, effective, saved;

	if (sscanf(text, "%u %u %u", &real, &effective, &saved) != 3)
		return;
	status->uid = effective;
	status->root = real == 0 || effective == 0 || saved == 0;
}

/* A set is a mask, a flag 0 or 1; both are read as hexadecimal. */
static void parse_item(const char *line, enum policy_item item, struct proc_status *status)
{
	const char *field = policy_items[item].proc_field;
	size_t len = field ? strlen(field) : 0;
	unsigned long long value;

	if (!field || strncmp(line, field, len) != 0 || sscanf(line + len, ": %llx", &value) != 1)
		return;
	status->items[item] =
		policy_item_is_set(item) ? capset_from_bits(value) : policy_item_value(item, value);
	status->shows[item] = true;
}

static void parse_status(const char *line, struct proc_status *status)
{
	enum policy_item item;

	if (strncmp(line, "Uid:", 4) == 0)
		parse_uids(line + 4, status);
	else if (strncmp(line, "PPid:", 5) == 0)
		sscanf(line + 5, "%u", &status->parent);
	else
		for (item = 0; item < POLICY_ITEM_COUNT; item++)
			parse_item(line, item, status);
}

int proc_read_status(const char *proc, unsigned id, struct proc_status *ret_status)
{
	struct proc_status status = { .uid = (uid_t)-1 };
	_cleanup_(fclosep) FILE *file = NULL;
	char line[512];
	int r = open_file(proc, id, "status", &file);

	if (r < 0)
		return r;
	errno = 0;
	while (fgets(line, sizeof(line), file))
		parse_status(line, &status);
	if (ferror(file))
		return errno ? -errno : -EIO;
	*ret_status = status;
	return 0;
}

/* ---- others ---- */

int proc_read_name(const char *proc, unsigned id, char ret_name[static PROC_NAME])
{
	char name[PROC_NAME];
	int r = read_line(proc, id, "comm", name, sizeof(name));

	if (r < 0)
		return r;
	text_make_printable(name);
	memcpy(ret_name, name, sizeof(name));
	return 0;
}

/* A file that was replaced meanwhile has " (deleted)" after its name. */
int proc_read_program(const char *proc, unsigned id, char ret_name[static PROC_NAME],
		      bool *ret_setuid)
{
	static const char deleted[] = " (deleted)";
	char path[PROC_PATH], target[PATH_MAX];
	struct stat st;
	int r = find_file(proc, id, "exe", path);
	char *end;
	ssize_t len;

	if (r < 0)
		return r;
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0 || stat(path, &st) < 0)
		return -errno;
	target[len] = '\0';
	end = target + len - strlen(deleted);
	if (end > target && strcmp(end, deleted) == 0)
		*end = '\0';
	snprintf(ret_name, PROC_NAME, "%s", basename(target));
	text_make_printable(ret_name);
	*ret_setuid = st.st_mode & S_ISUID;
	return 0;
}

int proc_read_login(const char *proc, unsigned id, unsigned *ret_login)
{
	char text[16], *end;
	unsigned long login;
	int r = read_line(proc, id, "sessionid", text, sizeof(text));

	if (r < 0)
		return r;
	login = strtoul(text, &end, 10);
	if (end == text || *end)
		return -EPROTO;
	*ret_login = (unsigned)login;
	return 0;
}

static int compare_ids(const void *left, const void *right)
{
	unsigned l = *(const unsigned *)left, r = *(const unsigned *)right;

	return (l > r) - (l < r);
}

static bool is_id(const char *name, unsigned *ret_id)
{
	char *end;

	*ret_id = (unsigned)strtoul(name, &end, 10);
	return *name >= '1' && *name <= '9' && *end == '\0';
}

int proc_list(const char *directory, unsigned **ret_ids, size_t *ret_count)
{
	_cleanup_(closedirp) DIR *listing = opendir(directory);
	_cleanup_(freep) unsigned *ids = NULL;
	size_t count = 0;
	const struct dirent *entry;
	unsigned id;

	if (!listing)
		return -errno;
	while (errno = 0, entry = readdir(listing)) {
		if (!is_id(entry->d_name, &id))
			continue;
		if (array_grow(ids, count) < 0)
			return -ENOMEM;
		ids[count++] = id;
	}
	if (errno)
		return -errno;
	if (count)
		qsort(ids, count, sizeof(*ids), compare_ids);
	*ret_ids = ids;
	*ret_count = count;
	ids = NULL;
	return 0;
}
