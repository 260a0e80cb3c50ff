// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Who is restricted, in a /proc of our own: the merging of threads, and which are daemons. */
#include "unit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/restricted.h"

#define LAST	 40
#define FULL	 UINT64_MAX
#define KNOWN	 (UINT64_C(2) * (UINT64_C(1) << LAST) - 1)
#define LESS	 (FULL & ~(UINT64_C(1) << 12))
#define NO_LOGIN 4294967295U

static char root[] = "/tmp/test_restricted.XXXXXX";
static char proc[64], services[64];
static const char *const directories[] = { "/nonexistent", services, NULL };

/* ---- a /proc ---- */

__attribute__((format(printf, 2, 3))) static void write_file(const char *path, const char *format,
							     ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	assert_true((size_t)vsnprintf(text, sizeof(text), format, args) < sizeof(text));
	va_end(args);
	unit_write_text(path, text);
}

/* What a test says of a process or thread; else: a shell of uid 1000 without a login. */
struct fake {
	unsigned pid, id, parent;
	const char *name;
	unsigned uids[3];
	unsigned login;
	uint64_t native;     /* 0: the kernel does not show it */
	const char *program; /* NULL: of that name */
	mode_t mode;	     /* 0: 0755 */
};

/* What it runs: "" for nothing. */
static void add_program(const struct fake *fake, unsigned id)
{
	const char *program = fake->program ? fake->program : fake->name;
	char path[256], target[256];

	snprintf(path, sizeof(path), "%s/%u/exe", proc, id);
	unlink(path);
	if (!program[0])
		return;
	snprintf(target, sizeof(target), "%s/bin/%s", root, program);
	unit_make_directories(target);
	write_file(target, "# nothing\n");
	assert_int_equal(chmod(target, fake->mode ? fake->mode : 0755), 0);
	assert_int_equal(symlink(target, path), 0);
}

static void add_fake(const struct fake *fake)
{
	unsigned id = fake->id ? fake->id : fake->pid;
	char path[256];

	snprintf(path, sizeof(path), "%s/%u/comm", proc, id);
	write_file(path, "%s\n", fake->name);
	snprintf(path, sizeof(path), "%s/%u/sessionid", proc, id);
	if (fake->login)
		write_file(path, "%u", fake->login);
	snprintf(path, sizeof(path), "%s/%u/status", proc, id);
	write_file(path,
		   "Name:\t%s\nTgid:\t%u\nPid:\t%u\nPPid:\t%u\nTracerPid:\t0\n"
		   "Uid:\t%u\t%u\t%u\t%u\nCapInh:\t0000000000000000\n",
		   fake->name, fake->pid, id, fake->parent, fake->uids[0], fake->uids[1],
		   fake->uids[2], fake->uids[1]);
	if (fake->native) {
		FILE *file = fopen(path, "a");

		assert_non_null(file);
		fprintf(file, "CapUNs:\t%016" PRIx64 "\nNoNewPrivs:\t0\n", fake->native);
		assert_int_equal(fclose(file), 0);
	}
	add_program(fake, id);
	snprintf(path, sizeof(path), "%s/%u/task/%u/", proc, fake->pid, id);
	unit_make_directories(path);
}

static int remove_all(const char *path)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command);
}

/* An empty /proc, but for the first process and what all tests have. */
static int set_up(void **state)
{
	snprintf(proc, sizeof(proc), "%s/proc", root);
	snprintf(services, sizeof(services), "%s/pam.d", root);
	if (remove_all(proc) || remove_all(services) || mkdir(proc, 0755) || mkdir(services, 0755))
		return -1;
	add_fake(&(struct fake){ .pid = 1, .name = "systemd" });
	return 0;
}

static void add_service(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", services, name);
	write_file(path, "# nothing\n");
}

/* ---- asking ---- */

static struct restricted *list;
static size_t count;

static int tear_down(void **state)
{
	free(list);
	list = NULL;
	return 0;
}

static int find(const struct userns_record *records, size_t record_count, bool native)
{
	const struct restricted_sources sources = { .proc = proc,
						    .pam = directories,
						    .records = records,
						    .record_count = record_count,
						    .native = native,
						    .last = LAST };

	return restricted_find(&sources, &list, &count);
}

static struct userns_record record(unsigned tgid, unsigned pid, uint64_t userns, uint32_t level,
				   uint32_t flags)
{
	return (struct userns_record){
		.pid = pid,
		.tgid = tgid,
		.state = { .userns = userns, .bound = FULL, .level = level, .flags = flags }
	};
}

/* ---- what is listed ---- */

static void test_fields(void **state)
{
	const struct userns_record records[] = {
		record(10, 10, LESS, 0, 0),
		record(11, 11, FULL, 3, USERNS_NO_CREATE),
		record(12, 12, 0, 1, USERNS_STRICT),
	};

	add_fake(&(struct fake){ .pid = 10, .name = "sh\033[2J\xc2\x9b", .uids = { 1, 1000, 2 } });
	add_fake(&(struct fake){ .pid = 11, .name = "two words" });
	add_fake(&(struct fake){ .pid = 12, .name = "" });
	assert_int_equal(find(records, COUNT(records), false), 0);
	assert_int_equal(count, 3);
	assert_int_equal(list[0].pid, 10);
	assert_int_equal(list[0].thread, 0);
	assert_int_equal(list[0].threads, 1);
	assert_int_equal(list[0].uid, 1000);
	assert_string_equal(list[0].name, "sh?[2J??");
	assert_int_equal(list[0].userns.bits, LESS & KNOWN);
	assert_int_equal(list[0].depth, 0);
	assert_true(list[0].has_flags && list[0].create && !list[0].strict);
	assert_string_equal(list[1].name, "two words");
	assert_int_equal(list[1].userns.bits, KNOWN);
	assert_int_equal(list[1].depth, 3);
	assert_true(!list[1].create && !list[1].strict);
	assert_string_equal(list[2].name, "");
	assert_int_equal(list[2].userns.bits, 0);
	assert_true(list[2].create && list[2].strict);
	assert_true(!list[0].daemon && !list[1].daemon && !list[2].daemon);
}

/* What the kernel hasn't can't be missing; and what has ended is no longer there. */
static void test_left_out(void **state)
{
	const struct userns_record records[] = {
		record(10, 10, KNOWN, 0, 0),
		record(11, 11, KNOWN & ~UINT64_C(1), 0, 0),
		record(12, 12, 0, 0, 0),
	};

	add_fake(&(struct fake){ .pid = 10, .name = "raised" });
	add_fake(&(struct fake){ .pid = 11, .name = "lowered" });
	assert_int_equal(find(records, COUNT(records), false), 0);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].pid, 11);
}

static void test_nobody(void **state)
{
	assert_int_equal(find(NULL, 0, false), 0);
	assert_int_equal(count, 0);
	free(list);
	assert_int_equal(find(NULL, 0, true), 0);
	assert_int_equal(count, 0);
}

/* 21 is as 20 is, 22 and 24 differ from it together, 23 by itself; of 30 only a thread is there. */
static void test_threads(void **state)
{
	static const struct {
		unsigned pid, thread, threads;
		const char *name;
	} expected[] = { { 20, 0, 2, "main" },
			 { 20, 22, 2, "other" },
			 { 20, 23, 1, "third" },
			 { 30, 31, 1, "worker" } };
	const struct userns_record records[] = {
		record(20, 20, LESS, 0, 0), record(20, 21, LESS, 0, 0),
		record(20, 22, LESS, 1, 0), record(20, 23, LESS, 0, USERNS_STRICT),
		record(20, 24, LESS, 1, 0), record(30, 31, LESS, 0, 0),
	};
	size_t i;

	add_fake(&(struct fake){ .pid = 20, .name = "main" });
	add_fake(&(struct fake){ .pid = 20, .id = 22, .name = "other" });
	add_fake(&(struct fake){ .pid = 20, .id = 23, .name = "third" });
	add_fake(&(struct fake){ .pid = 30, .name = "unrestricted" });
	add_fake(&(struct fake){ .pid = 30, .id = 31, .name = "worker" });
	assert_int_equal(find(records, COUNT(records), false), 0);
	assert_int_equal(count, COUNT(expected));
	for (i = 0; i < COUNT(expected); i++) {
		assert_int_equal(list[i].pid, expected[i].pid);
		assert_int_equal(list[i].thread, expected[i].thread);
		assert_int_equal(list[i].threads, expected[i].threads);
		assert_string_equal(list[i].name, expected[i].name);
	}
}

/* The kernel's own sets, and both together: what either lacks is missing. */
static void test_native(void **state)
{
	const struct userns_record records[] = { record(10, 10, LESS, 2, 0),
						 record(12, 12, LESS, 0, 0) };

	add_fake(&(struct fake){ .pid = 10, .name = "both", .native = KNOWN & ~UINT64_C(2) });
	add_fake(&(struct fake){ .pid = 11, .name = "native", .native = 2 });
	add_fake(&(struct fake){ .pid = 12, .name = "bpf", .native = KNOWN });
	add_fake(&(struct fake){ .pid = 13, .name = "nobody", .native = KNOWN });
	add_fake(&(struct fake){ .pid = 13, .id = 14, .name = "thread", .native = 1 });
	assert_int_equal(find(records, COUNT(records), true), 0);
	assert_int_equal(count, 4);
	assert_int_equal(list[0].userns.bits, LESS & KNOWN & ~UINT64_C(2));
	assert_int_equal(list[0].depth, 2);
	assert_true(list[0].has_flags);
	assert_int_equal(list[1].pid, 11);
	assert_int_equal(list[1].userns.bits, 2);
	assert_int_equal(list[1].depth, RESTRICTED_NO_DEPTH);
	assert_false(list[1].has_flags);
	assert_int_equal(list[2].userns.bits, LESS & KNOWN);
	assert_int_equal(list[3].pid, 13);
	assert_int_equal(list[3].thread, 14);

	free(list);
	assert_int_equal(find(records, COUNT(records), false), 0);
	assert_int_equal(count, 2);
}

static void test_no_proc(void **state)
{
	assert_int_equal(remove_all(proc), 0);
	assert_int_equal(find(NULL, 0, true), -ENOENT);
}

/* ---- daemons ---- */

/* Is process 50 a daemon, being the only one that is restricted? */
static bool is_daemon(const struct fake *fake)
{
	const struct userns_record records[] = { record(50, 50, LESS, 0, 0) };
	bool result;

	add_fake(fake);
	assert_int_equal(find(records, COUNT(records), false), 0);
	assert_int_equal(count, 1);
	result = list[0].daemon;
	free(list);
	list = NULL;
	return result;
}

/* A daemon, and then all that makes it one taken away, one by one. */
static void test_daemon(void **state)
{
	const struct fake sshd = { .pid = 50, .parent = 1, .name = "sshd", .login = 7 };
	struct fake other;

	assert_false(is_daemon(&sshd)); /* no such service */
	add_service("sshd");
	assert_true(is_daemon(&sshd));

	other = sshd;
	other.program = "bash"; /* a name is chosen freely */
	assert_false(is_daemon(&other));
	other.program = "sshd";
	other.name = "bash";
	assert_true(is_daemon(&other));
	other.program = "sshd (deleted)"; /* it was upgraded */
	assert_true(is_daemon(&other));
	other.program = ""; /* as for a thread of the kernel */
	assert_false(is_daemon(&other));

	other = sshd; /* anybody can start it */
	other.program = "su";
	other.mode = 04755;
	add_service("su");
	assert_false(is_daemon(&other));
	other.mode = 02755;
	assert_true(is_daemon(&other));

	other = sshd;
	other.uids[0] = other.uids[1] = other.uids[2] = 1000;
	assert_false(is_daemon(&other));
	other.uids[0] = 0; /* atd acts as the user "daemon" meanwhile */
	assert_true(is_daemon(&other));
	other.uids[0] = 1000;
	other.uids[2] = 0;
	assert_true(is_daemon(&other));

	add_fake(&(struct fake){ .pid = 40, .name = "bash" });
	other = sshd;
	other.parent = 40;
	assert_false(is_daemon(&other));
	add_fake(
		&(struct fake){ .pid = 40, .parent = 1, .name = "systemd" }); /* "systemd --user" */
	assert_true(is_daemon(&other));
}

/* Who waits for the session that he has opened is no daemon, whoever his parent is by now. */
static void test_daemon_session(void **state)
{
	const struct fake sshd = { .pid = 50, .parent = 1, .name = "sshd", .login = 7 };
	struct fake child = { .pid = 51, .parent = 50, .name = "sshd", .login = 7 };

	add_service("sshd");
	add_fake(&child);
	assert_false(is_daemon(&sshd));
	child.login = 8; /* a login of its own: 50 has let somebody in */
	add_fake(&child);
	assert_true(is_daemon(&sshd));
	child.parent = 1;
	child.login = 7;
	add_fake(&child);
	assert_true(is_daemon(&sshd));
}

/* Without audit nobody has a login, and then whoever has a child may wait for its session. */
static void test_daemon_without_audit(void **state)
{
	const struct fake cron = { .pid = 50, .parent = 1, .name = "cron" };

	add_service("cron");
	assert_true(is_daemon(&cron));
	add_fake(&(struct fake){ .pid = 51, .parent = 50, .name = "cron" });
	assert_false(is_daemon(&cron));
}

/* Started outside any login, as by a unit; its sessions have logins. */
static void test_daemon_no_login(void **state)
{
	const struct fake cron = { .pid = 50, .parent = 1, .name = "cron", .login = NO_LOGIN };

	add_service("cron");
	add_fake(&(struct fake){ .pid = 51, .parent = 50, .name = "cron", .login = 3 });
	assert_true(is_daemon(&cron));
}

static int make_root(void **state)
{
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	return remove_all(root);
}

#define IN_PROC(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PROC(test_fields),
		IN_PROC(test_left_out),
		IN_PROC(test_nobody),
		IN_PROC(test_threads),
		IN_PROC(test_native),
		IN_PROC(test_no_proc),
		IN_PROC(test_daemon),
		IN_PROC(test_daemon_session),
		IN_PROC(test_daemon_without_audit),
		IN_PROC(test_daemon_no_login),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
