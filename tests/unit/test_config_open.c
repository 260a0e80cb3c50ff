// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/config.h"

/*
 * Needs root, and a directory that only root can write to on the whole way: /run. Each way of
 * being unsafe starts from, and goes back to, a file that is read.
 */

#define NOBODY 65534

static char base[32];
static char sub[48];
static char good[64];
static char other[64];

static struct config_problem problem;

static int try_open(const char *path)
{
	int fd = -1;
	int r;

	memset(&problem, 0xa5, sizeof(problem));
	r = config_open(path, &fd, &problem);
	if (r == 0) {
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		close(fd);
	} else {
		assert_int_equal(fd, -1);
		assert_int_equal(problem.error, r);
		assert_string_equal(problem.file, path);
		assert_int_equal(problem.line, 0);
	}
	return r;
}

static void assert_refused(const char *path, int error, enum config_message message,
			   const char *text)
{
	assert_int_equal(try_open(path), error);
	assert_int_equal(problem.message, message);
	assert_string_equal(problem.text, text);
}

static int setup(void **state)
{
	umask(022);
	unlink(other);
	unlink(good);
	assert_int_equal(chown(sub, 0, 0), 0);
	assert_int_equal(chmod(sub, 0755), 0);
	unit_write(good, "default { }\n", 12);
	assert_int_equal(try_open(good), 0);
	return 0;
}

static void test_owner(void **state)
{
	char text[CONFIG_TEXT];

	assert_int_equal(chown(good, NOBODY, 0), 0);
	snprintf(text, sizeof(text), "%s is owned by uid 65534; expected root", good);
	assert_refused(good, -EPERM, CONFIG_OWNER, text);
	assert_int_equal(chown(good, 0, NOBODY), 0);
	assert_int_equal(try_open(good), 0);
}

static void test_mode(void **state)
{
	static const mode_t unsafe[] = { 0664, 0646, 0666, 0620, 0602 };
	static const mode_t safe[] = { 0644, 0600, 0400, 0755, 0444 };
	char text[CONFIG_TEXT];
	size_t i;

	for (i = 0; i < COUNT(unsafe); i++) {
		assert_int_equal(chmod(good, unsafe[i]), 0);
		snprintf(text, sizeof(text),
			 "%s is writable by group or others (mode %04o); expected only root to be "
			 "able to write it",
			 good, unsafe[i]);
		assert_refused(good, -EPERM, CONFIG_WRITABLE, text);
	}
	for (i = 0; i < COUNT(safe); i++) {
		assert_int_equal(chmod(good, safe[i]), 0);
		assert_int_equal(try_open(good), 0);
	}
}

static void test_directory(void **state)
{
	char text[CONFIG_TEXT];

	assert_int_equal(chown(sub, NOBODY, 0), 0);
	snprintf(text, sizeof(text), "%s is owned by uid 65534; expected root", sub);
	assert_refused(good, -EPERM, CONFIG_OWNER, text);
	assert_int_equal(chown(sub, 0, 0), 0);
	assert_int_equal(try_open(good), 0);

	assert_int_equal(chmod(sub, 0775), 0);
	assert_int_equal(try_open(good), -EPERM);
	assert_int_equal(problem.message, CONFIG_WRITABLE);
	assert_int_equal(chmod(sub, 01777), 0);
	assert_int_equal(try_open(good), -EPERM);
	assert_int_equal(problem.message, CONFIG_WRITABLE);
	assert_int_equal(chmod(sub, 0700), 0);
	assert_int_equal(try_open(good), 0);
}

/* The directory above is looked at too, not only the last one. */
static void test_directory_above(void **state)
{
	char text[CONFIG_TEXT];

	assert_int_equal(chmod(base, 0757), 0);
	snprintf(text, sizeof(text),
		 "%s is writable by group or others (mode 0757); expected only root to be able to "
		 "write it",
		 base);
	assert_refused(good, -EPERM, CONFIG_WRITABLE, text);
	assert_int_equal(chmod(base, 0755), 0);
	assert_int_equal(try_open(good), 0);
}

static void test_symlink(void **state)
{
	char text[CONFIG_TEXT];
	char through[256];

	assert_int_equal(symlink(good, other), 0);
	snprintf(text, sizeof(text), "%s is a symbolic link; expected the real path", other);
	assert_refused(other, -EPERM, CONFIG_SYMLINK, text);
	unlink(other);
	/* Leading nowhere makes it no missing file. */
	assert_int_equal(symlink("/nonexistent", other), 0);
	assert_refused(other, -EPERM, CONFIG_SYMLINK, text);
	unlink(other);
	/* As a directory on the way. */
	assert_int_equal(symlink(".", other), 0);
	snprintf(through, sizeof(through), "%s/rules.conf", other);
	assert_int_equal(try_open(through), -EPERM);
	assert_int_equal(problem.message, CONFIG_SYMLINK);
	assert_string_equal(problem.text, text);
	unlink(other);
	assert_int_equal(link(good, other), 0);
	assert_int_equal(try_open(other), 0);
}

static void test_kind_of_file(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	assert_refused(sub, -EPERM, CONFIG_NOT_REGULAR, "expected a regular file");
	assert_refused("/", -EPERM, CONFIG_NOT_REGULAR, "expected a regular file");
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_refused(other, -EPERM, CONFIG_NOT_REGULAR, "expected a regular file");
	unlink(other);

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.90s", other);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_refused(other, -EPERM, CONFIG_NOT_REGULAR, "expected a regular file");
	close(fd);
	unlink(other);
}

static void test_missing(void **state)
{
	char text[CONFIG_TEXT];
	char path[256];

	snprintf(text, sizeof(text), "%s does not exist", other);
	assert_refused(other, -ENOENT, CONFIG_MISSING, text);
	snprintf(path, sizeof(path), "%s/none/rules.conf", sub);
	snprintf(text, sizeof(text), "%s/none does not exist", sub);
	assert_refused(path, -ENOENT, CONFIG_MISSING, text);
	/* A file where a directory should be is another thing. */
	snprintf(path, sizeof(path), "%s/rules.conf", good);
	snprintf(text, sizeof(text), "%s: Not a directory", good);
	assert_refused(path, -ENOTDIR, CONFIG_SYSTEM, text);
}

static void test_paths(void **state)
{
	static char long_path[PATH_MAX + 2];
	char path[512];

	assert_refused("rules.conf", -EPERM, CONFIG_NOT_ABSOLUTE, "expected an absolute path");
	assert_refused("", -EPERM, CONFIG_NOT_ABSOLUTE, "expected an absolute path");
	snprintf(path, sizeof(path), "%s/../%s/rules.conf", sub, strrchr(sub, '/') + 1);
	assert_refused(path, -EPERM, CONFIG_DOTS, "expected a path without '.' and '..'");
	snprintf(path, sizeof(path), "%s/./rules.conf", sub);
	assert_refused(path, -EPERM, CONFIG_DOTS, "expected a path without '.' and '..'");
	snprintf(path, sizeof(path), "/%s//rules.conf", sub);
	assert_int_equal(try_open(path), 0);

	memset(long_path, 'x', 300);
	long_path[0] = '/';
	assert_int_equal(try_open(long_path), -ENAMETOOLONG);
	memset(long_path, '/', PATH_MAX + 1);
	assert_int_equal(config_open(long_path, &(int){ -1 }, &problem), -ENAMETOOLONG);
}

/* Whatever the kernel lacks stays what it is. */
static void test_descriptors(void **state)
{
	struct rlimit old, few = { .rlim_cur = 0, .rlim_max = 0 };
	char text[CONFIG_TEXT];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(try_open(good), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	snprintf(text, sizeof(text), "/: Too many open files");
	assert_string_equal(problem.text, text);
	assert_int_equal(problem.message, CONFIG_SYSTEM);
	assert_int_equal(try_open(good), 0);
}

static int count_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int load(const char *path, struct policy_rules *ret_rules)
{
	const struct config_site site = { .main = path };

	return config_load(&site, ret_rules, &problem);
}

static int load_any(const char *path, struct policy_rules *ret_rules, struct config_problem *unsafe)
{
	const struct config_site site = { .main = path, .any_owner = true };
	int r = config_load(&site, ret_rules, &problem);

	unsafe->error = 0;
	if (r != -ENOENT)
		config_check_safe(path, unsafe);
	return r;
}

static void test_no_descriptor_is_left(void **state)
{
	struct policy_rules rules;
	int before = count_descriptors();

	assert_int_equal(load(good, &rules), 0);
	policy_rules_clear(&rules);
	assert_int_equal(load(sub, &rules), -EPERM);
	assert_int_equal(load(other, &rules), -ENOENT);
	unit_write(good, "x", 1);
	assert_int_equal(load(good, &rules), -EBADMSG);
	assert_int_equal(count_descriptors(), before);
}

static void test_load(void **state)
{
	struct policy_rules rules;

	unit_write(good, "user bob { }\n", 13);
	assert_int_equal(load(good, &rules), 0);
	assert_string_equal(rules.files[0], good);
	assert_int_equal(rules.rule_count, 1);
	policy_rules_clear(&rules);

	unit_write(good, "", 0);
	assert_int_equal(load(good, &rules), -EBADMSG);
	assert_int_equal(problem.message, CONFIG_EMPTY);
	unit_write(good, "\n\nuser bob\n", 11);
	assert_int_equal(load(good, &rules), -EBADMSG);
	assert_int_equal(problem.line, 4);
	assert_string_equal(problem.file, good);
}

static void test_size(void **state)
{
	char *bytes = malloc(CONFIG_SIZE_MAX + 1);
	struct policy_rules rules;

	assert_non_null(bytes);
	memset(bytes, '\n', CONFIG_SIZE_MAX + 1);
	unit_write(good, bytes, CONFIG_SIZE_MAX);
	assert_int_equal(load(good, &rules), 0);
	policy_rules_clear(&rules);
	unit_write(good, bytes, CONFIG_SIZE_MAX + 1);
	free(bytes);
	assert_int_equal(load(good, &rules), -EBADMSG);
	assert_int_equal(problem.message, CONFIG_TOO_LARGE);
	assert_string_equal(problem.file, good);
	assert_string_equal(problem.text, "expected at most 4194304 bytes");
}

static void test_load_any(void **state)
{
	struct config_problem unsafe;
	struct policy_rules rules;

	assert_int_equal(load_any(good, &rules, &unsafe), 0);
	assert_int_equal(unsafe.error, 0);
	policy_rules_clear(&rules);

	assert_int_equal(chmod(good, 0666), 0);
	assert_int_equal(load_any(good, &rules, &unsafe), 0);
	assert_int_equal(unsafe.error, -EPERM);
	assert_int_equal(unsafe.message, CONFIG_WRITABLE);
	policy_rules_clear(&rules);

	assert_int_equal(symlink("rules.conf", other), 0);
	assert_int_equal(load_any(other, &rules, &unsafe), 0);
	assert_int_equal(unsafe.message, CONFIG_SYMLINK);
	policy_rules_clear(&rules);
	unlink(other);

	assert_int_equal(load_any(other, &rules, &unsafe), -ENOENT);
	assert_int_equal(unsafe.error, 0);
	assert_int_equal(load_any(sub, &rules, &unsafe), -EISDIR);
}

static void test_load_any_relative(void **state)
{
	struct config_problem unsafe;
	struct policy_rules rules;

	assert_int_equal(chdir(sub), 0);
	assert_int_equal(load_any("rules.conf", &rules, &unsafe), 0);
	assert_int_equal(unsafe.error, 0);
	assert_string_equal(rules.files[0], "rules.conf");
	policy_rules_clear(&rules);
	assert_int_equal(chmod(sub, 0777), 0);
	assert_int_equal(load_any("rules.conf", &rules, &unsafe), 0);
	assert_int_equal(unsafe.message, CONFIG_WRITABLE);
	policy_rules_clear(&rules);
	assert_int_equal(chdir("/"), 0);
}

static void test_load_any_pipe(void **state)
{
	struct config_problem unsafe;
	struct policy_rules rules;
	char path[32];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "user bob { }", 12), 12);
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	assert_int_equal(load_any(path, &rules, &unsafe), 0);
	assert_int_equal(rules.rule_count, 1);
	assert_int_not_equal(unsafe.error, 0);
	policy_rules_clear(&rules);
	close(ends[0]);
}

/* Files of proc are regular ones of no size, and yet have contents: as if they grew meanwhile. */
static void test_changed(void **state)
{
	struct config_problem unsafe;
	struct policy_rules rules;

	assert_int_equal(load_any("/proc/self/comm", &rules, &unsafe), -EAGAIN);
	assert_int_equal(problem.message, CONFIG_CHANGED);
	assert_string_equal(problem.file, "/proc/self/comm");
	assert_int_equal(problem.line, 0);
}

/* Of a directory that is gone nothing is known that a relative path could begin with. */
static void test_no_current_directory(void **state)
{
	char gone[64];

	assert_int_equal(chdir(sub), 0);
	assert_int_equal(config_check_safe("rules.conf", &problem), 0);
	snprintf(gone, sizeof(gone), "%.40s/gone", base);
	assert_int_equal(mkdir(gone, 0755), 0);
	assert_int_equal(chdir(gone), 0);
	assert_int_equal(rmdir(gone), 0);
	assert_int_equal(config_check_safe("rules.conf", &problem), -ENOENT);
	assert_int_equal(config_check_safe(good, &problem), 0);
	assert_int_equal(chdir("/"), 0);
}

/* The last component in a directory that is open: what lies before it is not looked at. */
static void test_open_in(void **state)
{
	char path[256], long_name[NAME_MAX + 2];
	int directory = -1, fd = -1;

	assert_int_equal(config_open_directory(sub, &directory, &problem), 0);
	assert_true(fcntl(directory, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(config_open_in(directory, "/elsewhere/rules.conf", &fd, &problem), 0);
	close(fd);
	assert_int_equal(config_open_in(directory, "rules.conf", &fd, &problem), 0);
	close(fd);
	fd = -1;
	assert_int_equal(config_open_in(directory, "other.conf", &fd, &problem), -ENOENT);
	assert_int_equal(config_open_in(directory, "/sub/..", &fd, &problem), -EPERM);
	assert_int_equal(problem.message, CONFIG_DOTS);
	assert_int_equal(config_open_in(directory, "/sub/", &fd, &problem), -EPERM);
	assert_int_equal(problem.message, CONFIG_NOT_REGULAR);
	memset(long_name, 'x', sizeof(long_name));
	long_name[NAME_MAX + 1] = '\0';
	assert_int_equal(config_open_in(directory, long_name, &fd, &problem), -ENAMETOOLONG);
	assert_int_equal(symlink("rules.conf", other), 0);
	snprintf(path, sizeof(path), "%s/other.conf", sub);
	assert_int_equal(config_open_in(directory, path, &fd, &problem), -EPERM);
	assert_int_equal(problem.message, CONFIG_SYMLINK);
	assert_string_equal(problem.file, path);
	assert_int_equal(fd, -1);
	close(directory);
	directory = -1;
	assert_int_equal(config_open_directory(good, &directory, &problem), -ENOTDIR);
	assert_int_equal(directory, -1);
}

/* ---- a file that changes while it is read ---- */

static void (*before_read)(unsigned number);
static unsigned reads;

ssize_t __real_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size)
{
	if (before_read)
		before_read(++reads);
	return __real_read(fd, buf, size);
}

static void write_another(unsigned number)
{
	if (number == 1)
		unit_write(good, "user alice { }\n", 15);
}

static void grow(unsigned number)
{
	int fd = open(good, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (number == 1)
		assert_int_equal(write(fd, "#\n", 2), 2);
	close(fd);
}

static void shrink(unsigned number)
{
	assert_int_equal(truncate(good, 1), 0);
}

/* Neither its size nor its contents tell, only its time. */
static void touch(unsigned number)
{
	const struct timespec times[2] = { { 0, UTIME_OMIT }, { number, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, good, times, 0), 0);
}

static void touch_a_little(unsigned number)
{
	const struct timespec times[2] = { { 0, UTIME_OMIT }, { 1000, number } };

	assert_int_equal(utimensat(AT_FDCWD, good, times, 0), 0);
}

/* A directory that is somewhere else by now, as often as that is said. */
static unsigned moved;

int __real_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st)
{
	int r = __real_stat(path, st);

	if (moved > 0) {
		moved--;
		st->st_ino++;
	}
	return r;
}

/* What a directory lacks that was replaced meanwhile is looked for in the other one. */
static void test_moved(void **state)
{
	moved = 1;
	assert_int_equal(try_open(other), -ENOENT);
	assert_int_equal(moved, 0);
	moved = 9;
	assert_int_equal(try_open(other), -ENOENT);
	moved = 10;
	assert_int_equal(try_open(other), -EAGAIN);
	assert_int_equal(problem.message, CONFIG_CHANGED);
	assert_int_equal(moved, 0);
	moved = 10;
	assert_int_equal(try_open(good), 0); /* nobody asks where it is */
	moved = 0;
}

static void test_place(void **state)
{
	int fd = open(sub, O_PATH | O_DIRECTORY | O_CLOEXEC), len = (int)strlen(sub);
	char away[64];

	assert_true(fd >= 0);
	snprintf(away, sizeof(away), "%s.away", sub);
	assert_int_equal(config_check_place(sub, len, fd, &problem), 0);
	assert_int_equal(rename(sub, away), 0);
	assert_int_equal(config_check_place(sub, len, fd, &problem), -EAGAIN);
	assert_int_equal(problem.message, CONFIG_CHANGED);
	assert_int_equal(mkdir(sub, 0755), 0);
	assert_int_equal(config_check_place(sub, len, fd, &problem), -EAGAIN);
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(rename(away, sub), 0);
	assert_int_equal(config_check_place(sub, len, fd, &problem), 0);
	close(fd);
	assert_int_equal(config_check_place(sub, len, fd, &problem), -EBADF);
}

/* With a slash behind it, it would be a directory, and the tree beside it another one. */
static void test_slash_at_the_end(void **state)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/", good);
	assert_int_equal(try_open(path), -ENOTDIR);
}

static int read_once(void)
{
	char untouched, *bytes = &untouched;
	size_t len = 99;
	int fd = open(good, O_RDONLY | O_CLOEXEC), r;

	assert_true(fd >= 0);
	r = config_read(good, fd, &bytes, &len, &problem);
	close(fd);
	if (r == 0) {
		free(bytes);
	} else {
		assert_ptr_equal(bytes, &untouched);
		assert_int_equal(len, 99);
	}
	return r;
}

static void test_changing(void **state)
{
	static void (*const changes[])(unsigned) = { shrink, grow, touch, touch_a_little };
	struct policy_rules rules;
	size_t i;

	for (i = 0; i < COUNT(changes); i++) {
		reads = 0;
		unit_write(good, "default { }\n", 12);
		touch(1000);
		before_read = changes[i];
		assert_int_equal(read_once(), -EAGAIN);
		assert_int_equal(problem.message, CONFIG_CHANGED);
		assert_string_equal(problem.file, good);
		if (i > 1) /* the first two end */
			assert_int_equal(load(good, &rules), -EAGAIN);
		before_read = NULL;
		assert_int_equal(read_once(), 0);
	}
}

/* An editor is done with it in the end: what it wrote is read. */
static void test_changed_once(void **state)
{
	struct policy_rules rules;

	reads = 0;
	before_read = write_another;
	assert_int_equal(load(good, &rules), 0);
	before_read = NULL;
	assert_int_equal(rules.rule_count, 1);
	assert_int_equal(rules.rules[0].kind, POLICY_USER);
	policy_rules_clear(&rules);
}

static int make_base(void **state)
{
	snprintf(base, sizeof(base), "/run/usernscaps-test-XXXXXX");
	if (!mkdtemp(base) || chmod(base, 0755) < 0)
		return -1;
	snprintf(sub, sizeof(sub), "%.31s/sub", base);
	snprintf(good, sizeof(good), "%s/rules.conf", sub);
	snprintf(other, sizeof(other), "%s/other.conf", sub);
	return mkdir(sub, 0755);
}

static int remove_base(void **state)
{
	unlink(other);
	unlink(good);
	rmdir(sub);
	return rmdir(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_owner, setup),
		cmocka_unit_test_setup(test_mode, setup),
		cmocka_unit_test_setup(test_directory, setup),
		cmocka_unit_test_setup(test_directory_above, setup),
		cmocka_unit_test_setup(test_symlink, setup),
		cmocka_unit_test_setup(test_kind_of_file, setup),
		cmocka_unit_test_setup(test_missing, setup),
		cmocka_unit_test_setup(test_moved, setup),
		cmocka_unit_test_setup(test_place, setup),
		cmocka_unit_test_setup(test_slash_at_the_end, setup),
		cmocka_unit_test_setup(test_paths, setup),
		cmocka_unit_test_setup(test_descriptors, setup),
		cmocka_unit_test_setup(test_no_descriptor_is_left, setup),
		cmocka_unit_test_setup(test_load, setup),
		cmocka_unit_test_setup(test_size, setup),
		cmocka_unit_test_setup(test_load_any, setup),
		cmocka_unit_test_setup(test_load_any_relative, setup),
		cmocka_unit_test_setup(test_load_any_pipe, setup),
		cmocka_unit_test_setup(test_changed, setup),
		cmocka_unit_test_setup(test_no_current_directory, setup),
		cmocka_unit_test_setup(test_open_in, setup),
		cmocka_unit_test_setup(test_changing, setup),
		cmocka_unit_test_setup(test_changed_once, setup),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP only root can make files that are safe to open\n");
		return 0;
	}
	return cmocka_run_group_tests_name("config_open", tests, make_base, remove_base);
}
