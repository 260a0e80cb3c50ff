// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * The replacement of a rules file: what it keeps and refuses, and what logins by the built module
 * see of it meanwhile. Files and logins are root's.
 */
#include "unit.h"

#include "tool/replace.h"
#include "catch_log.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char directory[] = "/run/usernscaps-replace-XXXXXX";
static char site[64];	    /* below it: rules.conf, rules.d, and the PAM stack */
static struct tally *tally; /* shared with children */

/* ---- files ---- */

static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", site, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	unit_write_text(path_of(name), text);
}

static void assert_file(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "re");
	char got[256];
	size_t len;

	assert_non_null(file);
	len = fread(got, 1, sizeof(got) - 1, file);
	got[len] = '\0';
	fclose(file);
	assert_string_equal(got, text);
}

/* An empty directory for one test. */
static int make_site(void **state)
{
	snprintf(site, sizeof(site), "%s/site", directory);
	return mkdir(site, 0755);
}

static int remove_site(void **state)
{
	return unit_empty(directory);
}

static int replace(const char *name, const char *text)
{
	struct config_problem problem;
	struct replacement replacement;
	int r = replace_begin(path_of(name), &replacement, &problem);

	if (r == 0)
		r = replace_commit(&replacement, text, strlen(text), false, &problem);
	replace_end(&replacement);
	return r;
}

static void assert_nothing_beside(void)
{
	assert_int_equal(access(path_of(".rules.conf.lock"), F_OK), -1);
	assert_int_equal(access(path_of(".rules.conf.edit"), F_OK), -1);
	assert_int_equal(access(path_of(".rules.conf.new"), F_OK), -1);
}

/* ---- what is kept ---- */

static void test_owner_and_mode(void **state)
{
	struct stat st;

	assert_int_equal(replace("rules.conf", "# new\n"), 0); /* there was none */
	assert_int_equal(stat(path_of("rules.conf"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_file("rules.conf", "# new\n");
	assert_nothing_beside();

	assert_int_equal(chmod(path_of("rules.conf"), 0640), 0);
	assert_int_equal(chown(path_of("rules.conf"), 0, 65534), 0);
	assert_int_equal(replace("rules.conf", "# newer\n"), 0);
	assert_int_equal(stat(path_of("rules.conf"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(st.st_gid, 65534);
	assert_file("rules.conf", "# newer\n");

	/* What a login would refuse does not stay. */
	assert_int_equal(chmod(path_of("rules.conf"), 0666), 0);
	assert_int_equal(chown(path_of("rules.conf"), 65534, 65534), 0);
	assert_int_equal(replace("rules.conf", "# newest\n"), 0);
	assert_int_equal(stat(path_of("rules.conf"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(st.st_gid, 65534);
}

/* Owner rw, user 65534 rw, group r, mask rw, others none: as the kernel's posix_acl_xattr.h has it.
 */
static void test_acl(void **state)
{
	static const struct __attribute__((packed)) {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entries[5];
	} acl = { 2,
		  { { 0x01, 6, UINT32_MAX },
		    { 0x02, 6, 65534 },
		    { 0x04, 4, UINT32_MAX },
		    { 0x10, 6, UINT32_MAX },
		    { 0x20, 0, UINT32_MAX } } };
	const char *name = "system.posix_acl_access";
	char got[sizeof(acl)];
	struct stat st;

	write_file("rules.conf", "# old\n");
	if (setxattr(path_of("rules.conf"), name, &acl, sizeof(acl), 0) < 0 && errno == ENOTSUP) {
		print_message("the file system of /run has no ACLs\n");
		skip();
	}
	assert_int_equal(stat(path_of("rules.conf"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660); /* control: it was taken, and the mask counts */
	assert_int_equal(replace("rules.conf", "# new\n"), 0);
	assert_int_equal(getxattr(path_of("rules.conf"), name, got, sizeof(got)), sizeof(got));
	assert_memory_equal(got + 4 + 8, (const char *)&acl + 4 + 8, 8); /* the user's entry */
	assert_int_equal(stat(path_of("rules.conf"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640); /* the mask, and by that nobody may write */

	/* A file without one gets none of the directory's. */
	assert_int_equal(removexattr(path_of("rules.conf"), name), 0);
	assert_int_equal(setxattr(site, "system.posix_acl_default", &acl, sizeof(acl), 0), 0);
	write_file("control.conf", "# a new file\n");
	assert_int_equal(getxattr(path_of("control.conf"), name, got, sizeof(got)), sizeof(got));
	assert_int_equal(replace("rules.conf", "# newer\n"), 0);
	assert_int_equal(getxattr(path_of("rules.conf"), name, got, sizeof(got)), -1);
	assert_int_equal(errno, ENODATA);
}

/* ---- what is refused ---- */

static void test_changed_meanwhile(void **state)
{
	struct config_problem problem;
	struct replacement replacement;

	write_file("rules.conf", "# old\n");
	assert_int_equal(replace_begin(path_of("rules.conf"), &replacement, &problem), 0);
	write_file("rules.conf", "# somebody's\n");
	assert_int_equal(replace_commit(&replacement, "# new\n", 6, false, &problem), -ESTALE);
	assert_file("rules.conf", "# somebody's\n");
	assert_int_equal(replace_commit(&replacement, "# new\n", 6, true, &problem), 0);
	assert_file("rules.conf", "# new\n");
	replace_end(&replacement);

	/* A mode that is set meanwhile is not set back. */
	assert_int_equal(replace_begin(path_of("rules.conf"), &replacement, &problem), 0);
	assert_int_equal(chmod(path_of("rules.conf"), 0600), 0);
	assert_int_equal(replace_commit(&replacement, "# newer\n", 8, false, &problem), -ESTALE);
	replace_end(&replacement);
	assert_file("rules.conf", "# new\n");

	/* One that appears, and one that goes. */
	assert_int_equal(replace_begin(path_of("other.conf"), &replacement, &problem), 0);
	write_file("other.conf", "# somebody's\n");
	assert_int_equal(replace_commit(&replacement, "# new\n", 6, false, &problem), -ESTALE);
	replace_end(&replacement);
	assert_file("other.conf", "# somebody's\n");
	assert_int_equal(replace_begin(path_of("other.conf"), &replacement, &problem), 0);
	assert_int_equal(unlink(path_of("other.conf")), 0);
	assert_int_equal(replace_commit(&replacement, "# new\n", 6, false, &problem), -ESTALE);
	replace_end(&replacement);
	assert_int_equal(access(path_of("other.conf"), F_OK), -1);
	assert_nothing_beside();
}

static int in_child(int (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* 1: the lock is the parent's; 0: there was none; 2: something else. */
static int ask_for_lock(void)
{
	struct config_problem problem;
	struct replacement replacement;
	int r = replace_begin(path_of("rules.conf"), &replacement, &problem);
	bool of_parent = replacement.holder == getppid();

	replace_end(&replacement);
	return r == 0 ? 0 : r == -EBUSY && of_parent ? 1 : 2;
}

static void test_lock(void **state)
{
	struct config_problem problem;
	struct replacement replacement, other;

	assert_int_equal(in_child(ask_for_lock), 0);
	assert_int_equal(replace_begin(path_of("rules.conf"), &replacement, &problem), 0);
	assert_int_equal(in_child(ask_for_lock), 1);
	assert_int_equal(in_child(ask_for_lock), 1); /* being refused takes nothing away */
	assert_int_equal(replace_begin(path_of("other.conf"), &other, &problem), 0);
	replace_end(&other);
	/* It outlives the replacement. */
	assert_int_equal(replace_commit(&replacement, "# new\n", 6, false, &problem), 0);
	assert_int_equal(in_child(ask_for_lock), 1);
	replace_end(&replacement);
	assert_int_equal(in_child(ask_for_lock), 0);
	assert_nothing_beside();
}

static void test_unsafe(void **state)
{
	char long_name[NAME_MAX + 1];

	write_file("rules.conf", "# old\n");
	assert_int_equal(symlink("rules.conf", path_of("link.conf")), 0);
	assert_int_equal(replace("link.conf", "# new\n"), -EPERM);
	assert_int_equal(mkfifo(path_of("fifo.conf"), 0644), 0);
	assert_int_equal(replace("fifo.conf", "# new\n"), -EPERM);
	memset(long_name, 'x', NAME_MAX);
	long_name[NAME_MAX] = '\0';
	assert_int_equal(replace(long_name, "# new\n"), -ENAMETOOLONG);

	assert_int_equal(chmod(site, 0777), 0);
	assert_int_equal(replace("rules.conf", "# new\n"), -EPERM);
	assert_file("rules.conf", "# old\n");
	assert_int_equal(chmod(site, 0755), 0);
	assert_int_equal(replace("rules.conf", "# new\n"), 0); /* control */

	/* What lies in the way of the files beside it is not followed. */
	assert_int_equal(symlink("rules.conf", path_of(".rules.conf.new")), 0);
	assert_int_equal(replace("rules.conf", "# newer\n"), 0);
	assert_file("rules.conf", "# newer\n");
	assert_int_equal(symlink("rules.conf", path_of(".rules.conf.lock")), 0);
	assert_int_equal(replace("rules.conf", "# newest\n"), -ELOOP);
	assert_file("rules.conf", "# newer\n");
}

/* ---- logins during replacements ---- */

#define VERSIONS 2
#define OTHERS	 20 /* drop-ins that stay as they are; each drops the capability of its number */
#define LAST	 37 /* CAP_AUDIT_READ: on every kernel */
#define RULES	 200

struct tally {
	_Atomic unsigned begun; /* logins */
	_Atomic unsigned lasts; /* microseconds that the last login took */
	_Atomic unsigned replaced;
	unsigned seen[VERSIONS], other;
	char log[512]; /* of the latest login */
};

struct answer {
	uint64_t bounding, inheritable;
};

/* A file that is replaced, and what logins see of its versions. */
struct target {
	const char *name;
	char *texts[VERSIONS];
	struct answer answers[VERSIONS];
	unsigned per_login; /* replacements at most; 0: any number */
};

static bool in_login;

__attribute__((format(printf, 2, 0))) static void keep_log(int priority, const char *format,
							   va_list args)
{
	if (in_login)
		vsnprintf(tally->log, sizeof(tally->log), format, args);
}

static int converse(int count, const struct pam_message **messages,
		    struct pam_response **ret_responses, void *data)
{
	*ret_responses = calloc((size_t)count, sizeof(**ret_responses));
	return *ret_responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

static struct answer read_sets(void)
{
	struct answer answer = { 0 };
	cap_flag_value_t value;
	cap_t caps = cap_get_proc();
	int cap;

	for (cap = 0; cap <= LAST; cap++) {
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
			answer.bounding |= UINT64_C(1) << cap;
		if (cap_get_flag(caps, cap, CAP_INHERITABLE, &value) == 0 && value == CAP_SET)
			answer.inheritable |= UINT64_C(1) << cap;
	}
	cap_free(caps);
	return answer;
}

static void raise_inheritable(void)
{
	const cap_value_t two[] = { CAP_CHOWN, CAP_KILL };
	cap_t caps = cap_get_proc();

	cap_set_flag(caps, CAP_INHERITABLE, 2, two, CAP_SET);
	cap_set_proc(caps);
	cap_free(caps);
}

/* In a child: one session, and which version its sets are of. */
static void log_in(const struct target *target)
{
	const struct pam_conv conversation = { converse, NULL };
	struct answer answer;
	pam_handle_t *pamh;
	int version;

	in_login = true;
	raise_inheritable();
	if (pam_start_confdir("usernscaps", "nobody", &conversation, site, &pamh) != PAM_SUCCESS ||
	    pam_open_session(pamh, 0) != PAM_SUCCESS)
		return;
	answer = read_sets();
	for (version = 0; version < VERSIONS; version++)
		if (memcmp(&answer, &target->answers[version], sizeof(answer)) == 0)
			tally->seen[version]++;
	pam_end(pamh, PAM_SUCCESS);
}

static unsigned microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned)(now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

static void count_login(const struct target *target)
{
	unsigned before = tally->seen[0] + tally->seen[1], start = microseconds();
	pid_t pid;

	tally->begun++;
	pid = fork();
	if (pid == 0) {
		log_in(target);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	tally->lasts = microseconds() - start;
	if (tally->seen[0] + tally->seen[1] == before && tally->other++ == 0)
		print_message("a login saw neither version: %s\n", tally->log);
}

/* As whoever has prepared both versions and is in a hurry: link(2) and rename(2), nothing else. */
static int replace_fast(const struct target *target, int version)
{
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%s/version%d", site, version);
	snprintf(to, sizeof(to), "%s/%s.hurry", site, target->name);
	return link(from, to) == 0 && rename(to, path_of(target->name)) == 0 ? 0 : -errno;
}

/* In a child, until it is killed. */
static void replace_on_and_on(const struct target *target)
{
	unsigned login = 0, count = 0, n;

	for (n = 0;; n++) {
		int version = (int)(n % VERSIONS);

		/* At moments spread over a login, however long it takes here. */
		if (target->per_login) {
			while (count >= target->per_login && login == tally->begun)
				usleep(50);
			count = login == tally->begun ? count + 1 : 1;
			login = tally->begun;
			usleep((useconds_t)rand() % (2 * tally->lasts / target->per_login + 1));
		}
		if ((n % 8 < VERSIONS ? replace(target->name, target->texts[version])
				      : replace_fast(target, version)) < 0)
			_exit(1);
		tally->replaced++;
	}
}

static unsigned login_count(void)
{
	const char *preload = getenv("SANITIZER_PRELOAD");

	return preload && *preload ? 250 : 1000;
}

/* Besides the controls. */
static bool has_seen_both(void)
{
	return tally->seen[0] > 1 && tally->seen[1] > 1;
}

static void log_in_during(const struct target *target)
{
	unsigned logins = login_count(), i;
	int version, status;
	pid_t pid;

	memset(tally, 0, sizeof(*tally));
	for (version = 0; version < VERSIONS; version++) {
		char name[16];

		snprintf(name, sizeof(name), "version%d", version);
		write_file(name, target->texts[version]);
		/* Control: what each version comes to by itself. */
		assert_int_equal(replace(target->name, target->texts[version]), 0);
		count_login(target);
		assert_int_equal(tally->seen[version], 1);
	}
	pid = fork();
	assert_return_code(pid, errno);
	if (pid == 0)
		replace_on_and_on(target);
	/* On a busy machine it takes longer until both versions have been seen. */
	for (i = 0; i < logins || (i < 40 * logins && !has_seen_both()); i++)
		count_login(target);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0); /* it has been at it all the time */
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	print_message("%s: %u logins, %u replacements; saw %u old, %u new, %u other\n",
		      target->name, i, tally->replaced, tally->seen[0] - 1, tally->seen[1] - 1,
		      tally->other);
	assert_int_equal(tally->other, 0);
	assert_true(has_seen_both());
	for (version = 0; version < VERSIONS; version++)
		free(target->texts[version]);
}

/* Each version drops every second capability, each by one rule or line: a part that is missing
 * shows. */
static bool drops(unsigned cap, int version)
{
	return cap % VERSIONS == (unsigned)version;
}

static struct answer answer_of(int version, unsigned first)
{
	struct answer answer = read_sets();
	unsigned cap;

	for (cap = 0; cap <= LAST; cap++)
		if (cap < first || drops(cap, version))
			answer.bounding &= ~(UINT64_C(1) << cap);
	answer.inheritable = UINT64_C(1) << (version ? CAP_KILL : CAP_CHOWN);
	return answer;
}

static char *write_sections(int version, unsigned first)
{
	unsigned per_cap = RULES / (LAST + 1), i;
	char *text;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	assert_non_null(file);
	for (i = 0; i < RULES; i++) {
		unsigned cap =
			version ? LAST - i / per_cap : i / per_cap; /* they differ throughout */
		bool ours = i % per_cap == 0 && i / per_cap <= LAST && cap >= first;

		fprintf(file, "# %060u\n", i);
		if (ours && drops(cap, version))
			fprintf(file, "user \"nobody\" { bounding { drop = {%u} } }\n", cap);
		else if (i == RULES / 2 + 1)
			fprintf(file,
				"user \"nobody\" { inheritable { policy = deny keep = {%s} } }\n",
				version ? "kill" : "chown");
		else
			fprintf(file, "user \"padding%u\" { bounding { policy = deny } }\n", i);
	}
	assert_int_equal(fclose(file), 0);
	return text;
}

static char *write_body(int version)
{
	unsigned cap;
	char *text;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	assert_non_null(file);
	fputs("bounding {\n\tdrop = {\n", file);
	for (cap = 0; cap <= LAST; cap++)
		if (drops(cap, version))
			fprintf(file, "# %0500u\n\t\t%u,\n", version, cap);
	fprintf(file, "\t}\n}\n# %08000u\ninheritable { policy = deny keep = {%s} }\n", version,
		version ? "kill" : "chown");
	assert_int_equal(fclose(file), 0);
	return text;
}

static struct target make_target(const char *name, unsigned first, unsigned per_login)
{
	struct target target = { .name = name, .per_login = per_login };
	int version;

	for (version = 0; version < VERSIONS; version++) {
		target.texts[version] = strstr(name, "users/") ? write_body(version)
							       : write_sections(version, first);
		target.answers[version] = answer_of(version, first);
	}
	return target;
}

static void write_stack(void)
{
	char text[PATH_MAX];

	snprintf(text, sizeof(text), "session required %s/.libs/pam_usernscaps.so conf=%s\n",
		 getenv("top_builddir"), path_of("rules.conf"));
	write_file("usernscaps", text);
	write_file("other", ""); /* libpam complains where there is none */
}

static void test_logins_main_file(void **state)
{
	const struct target target = make_target("rules.conf", 0, 0);

	write_stack();
	log_in_during(&target);
}

static void test_logins_user_file(void **state)
{
	const struct target target = make_target("rules.d/users/nobody.conf", 0, 0);

	write_stack();
	write_file("rules.conf", "# in the tree\n");
	assert_int_equal(mkdir(path_of("rules.d"), 0755), 0);
	assert_int_equal(mkdir(path_of("rules.d/users"), 0755), 0);
	log_in_during(&target);
}

/*
 * A listing that changes while it is read is read anew, ten times at most; so a login that sees
 * fewer replacements than that gets to an end. An odd number: after an even one each login that saw
 * them all would find the same version.
 */
static void test_logins_dropin(void **state)
{
	const struct target target = make_target("rules.d/10.conf", OTHERS, 3);
	unsigned i;

	write_stack();
	write_file("rules.conf", "# in the tree\n");
	assert_int_equal(mkdir(path_of("rules.d"), 0755), 0);
	for (i = 0; i < OTHERS; i++) {
		char name[32], text[64];

		snprintf(name, sizeof(name), "rules.d/other%02u.conf", i);
		snprintf(text, sizeof(text), "user \"nobody\" { bounding { drop = {%u} } }\n", i);
		write_file(name, text);
	}
	log_in_during(&target);
}

static int mount_tmpfs(void **state)
{
	make_site(state);
	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", site, "tmpfs", 0, "mode=755") < 0)
		*state = "";
	return 0;
}

static int unmount_tmpfs(void **state)
{
	umount2(site, MNT_DETACH);
	return remove_site(state);
}

static void test_logins_dropin_tmpfs(void **state)
{
	if (*state) {
		print_message("this process may mount no tmpfs\n");
		skip();
	}
	test_logins_dropin(state);
}

/* ---- */

static int setup(void **state)
{
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (tally == MAP_FAILED || !getenv("top_builddir") || !mkdtemp(directory))
		return -1;
	umask(022);
	return chmod(directory, 0755);
}

static int teardown(void **state)
{
	return rmdir(directory);
}

static void test_needs_root(void **state)
{
	print_message("only root can replace rules and be restricted by the real module\n");
	skip();
}

#define IN_SITE(test) cmocka_unit_test_setup_teardown(test, make_site, remove_site)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SITE(test_owner_and_mode),
		IN_SITE(test_acl),
		IN_SITE(test_changed_meanwhile),
		IN_SITE(test_lock),
		IN_SITE(test_unsafe),
		IN_SITE(test_logins_main_file),
		IN_SITE(test_logins_user_file),
		IN_SITE(test_logins_dropin),
		cmocka_unit_test_setup_teardown(test_logins_dropin_tmpfs, mount_tmpfs,
						unmount_tmpfs),
	};
	const struct CMUnitTest unprivileged[] = { cmocka_unit_test(test_needs_root) };

	if (geteuid() != 0)
		return cmocka_run_group_tests_name("replace", unprivileged, NULL, NULL);
	return cmocka_run_group_tests_name("replace", tests, setup, teardown);
}
