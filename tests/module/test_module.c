// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * The built module in a stack of its own, opened by libpam in child processes of this test. The
 * children really lose what the rules take, so this needs root.
 */
#include "unit.h"

#include "creation_acts.h"
#include "catch_log.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child saw; comes through a pipe. */
struct report {
	int code;	/* of pam_open_session() */
	int close_code; /* of pam_close_session() as nobody */
	uint64_t bounding;
	uint64_t inheritable;
	uint64_t effective;
	int unshare_errno; /* of making a user namespace in a child of the session */
	int clone_errno;   /* of the same by another call */
	uint64_t no_new_privs;
	unsigned filters;
	char log[8192];	 /* "PRIORITY text" lines */
	char said[1024]; /* to the user, through the conversation */
};

struct options {
	const char *user;      /* NULL: nobody */
	const char *service;   /* that the program names; NULL: usernscaps */
	const char *arguments; /* of the module, after conf= */
	int flags;
	int sessions;	      /* how many are opened in one process; 0 means 1 */
	void (*before)(void); /* runs in the child before PAM does */
};

static char directory[] = "/run/usernscaps-module-XXXXXX";
static char conf[64], module[1024];
static uint64_t everything; /* the bounding set of this test */
static int unshare_errno;   /* of making a user namespace without the module; 0 as a rule */
static struct report *current;

/* ---- what PAM and the module reach outside themselves ---- */

__attribute__((format(printf, 2, 0))) static void keep_log(int priority, const char *format,
							   va_list args)
{
	size_t used;

	if (!current)
		return;
	used = strlen(current->log);
	used += (size_t)snprintf(current->log + used, sizeof(current->log) - used, "%d ",
				 LOG_PRI(priority));
	if (used < sizeof(current->log))
		used += (size_t)vsnprintf(current->log + used, sizeof(current->log) - used, format,
					  args);
	if (used + 1 < sizeof(current->log))
		strcpy(current->log + used, "\n");
}

static int converse(int count, const struct pam_message **messages,
		    struct pam_response **ret_responses, void *data)
{
	struct report *report = data;
	int i;

	for (i = 0; i < count; i++) {
		size_t used = strlen(report->said);

		snprintf(report->said + used, sizeof(report->said) - used, "%s\n",
			 messages[i]->msg);
	}
	*ret_responses = calloc((size_t)count, sizeof(**ret_responses));
	return *ret_responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* ---- the session, in a child ---- */

static uint64_t read_status(const char *key, int base)
{
	FILE *file = fopen("/proc/thread-self/status", "re");
	uint64_t value = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtoull(line + strlen(key), NULL, base);
	if (file)
		fclose(file);
	return value;
}

static int in_child(int (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WEXITSTATUS(status);
}

static void look_around(struct report *report)
{
	report->bounding = read_status("CapBnd:", 16);
	report->inheritable = read_status("CapInh:", 16);
	report->effective = read_status("CapEff:", 16);
	report->no_new_privs = read_status("NoNewPrivs:", 10);
	report->filters = (unsigned)read_status("Seccomp_filters:", 10);
	report->unshare_errno = in_child(try_unshare);
	report->clone_errno = in_child(try_clone);
}

/* systemd's user manager closes as the user. */
static int close_as_nobody(pam_handle_t *pamh)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(setresuid(65534, 65534, 65534) < 0 ? 255 : pam_close_session(pamh, 0));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WEXITSTATUS(status);
}

static void run_session(const struct options *options, struct report *report)
{
	const struct pam_conv conversation = { converse, report };
	int i, sessions = options->sessions ? options->sessions : 1;

	current = report;
	report->code = -1;
	if (options->before)
		options->before();
	for (i = 0; i < sessions; i++) {
		pam_handle_t *pamh;

		if (pam_start_confdir(options->service ? options->service : "usernscaps",
				      options->user ? options->user : "nobody", &conversation,
				      directory, &pamh) != PAM_SUCCESS)
			return;
		report->code = pam_open_session(pamh, options->flags);
		if (i + 1 == sessions)
			look_around(report);
		report->close_code = close_as_nobody(pamh);
		pam_end(pamh, report->code);
	}
}

static void write_file(const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	unit_write_text(path, text);
}

static void write_stack(const char *arguments)
{
	char text[2048];

	snprintf(text, sizeof(text), "session required %s conf=%s %s\n", module, conf,
		 arguments ? arguments : "");
	write_file("usernscaps", text);
	write_file("other", ""); /* libpam complains where there is none */
}

/* Opens a session under @rules in a child, and tells what came of it. */
static struct report open_session(const char *rules, struct options options)
{
	struct report report = { 0 };
	int pipes[2], status;
	pid_t pid;

	if (rules)
		write_file("rules", rules);
	write_stack(options.arguments);
	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_return_code(pid, errno);
	if (pid == 0) {
		ssize_t n;

		run_session(&options, &report);
		n = write(pipes[1], &report, sizeof(report));
		_exit(n == sizeof(report) ? 0 : 1);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &report, sizeof(report)), sizeof(report));
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(report.code == PAM_SUCCESS || report.code == PAM_PERM_DENIED);
	if (report.code == PAM_SUCCESS) /* else libpam itself refuses to close */
		assert_int_equal(report.close_code, PAM_SUCCESS);
	return report;
}

#define OPEN(rules, ...) open_session(rules, (struct options){ __VA_ARGS__ })

static void assert_untouched(const struct report *report)
{
	assert_int_equal(report->bounding, everything);
	assert_int_equal(report->unshare_errno, unshare_errno);
	assert_int_equal(report->filters, 0);
}

static void assert_said_once(const struct report *report)
{
	const char *newline = strchr(report->said, '\n');

	assert_non_null(newline);
	assert_string_equal(newline, "\n");
	assert_null(strstr(report->said, directory));
}

/* ---- tests ---- */

static void test_no_rule(void **state)
{
	struct report report = OPEN("user \"root\" { bounding { policy = deny } }\n");

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_untouched(&report);
	assert_string_equal(report.log, "");
	assert_string_equal(report.said, "");

	report = OPEN(NULL, .arguments = "debug");
	assert_non_null(strstr(report.log, "7 "));
	assert_non_null(strstr(report.log, "nothing to restrict"));
}

static void raise_inheritable(void)
{
	const cap_value_t caps[] = { CAP_CHOWN, CAP_KILL };
	cap_t all = cap_get_proc();

	cap_set_flag(all, CAP_INHERITABLE, 2, caps, CAP_SET);
	cap_set_proc(all);
	cap_free(all);
}

static void test_sets(void **state)
{
	struct report report = OPEN("user \"nobody\" {\n"
				    "	bounding { drop = {sys_module, 13} }\n"
				    "	inheritable { policy = deny keep = {kill} }\n"
				    "}\n",
				    .before = raise_inheritable);

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_int_equal(report.bounding,
			 everything & ~(1UL << CAP_SYS_MODULE) & ~(1UL << CAP_NET_RAW));
	assert_int_equal(report.inheritable, 1 << CAP_KILL);
	assert_int_equal(report.effective, everything); /* the login process's own stay */
	assert_int_equal(report.unshare_errno, unshare_errno);
	assert_non_null(strstr(report.log, "6 "));
	assert_non_null(strstr(report.log, "user=nobody uid=65534 service=usernscaps auid="));
	assert_non_null(strstr(report.log, "/rules:2,"));
	assert_non_null(strstr(report.log, "inheritable=none,+kill "));
	assert_non_null(strstr(report.log, "provider="));
	assert_non_null(strstr(report.log, " bounding="));

	/* Control: the same before, and no rule. */
	report = OPEN("", .before = raise_inheritable, .arguments = "onerr=refuse");
	assert_int_equal(report.code, PAM_PERM_DENIED); /* an empty file is no file */
	report = OPEN("# none\n", .before = raise_inheritable);
	assert_int_equal(report.inheritable, 1 << CAP_CHOWN | 1 << CAP_KILL);
}

/* libpam makes the service that the program names lower case, and rules may name it as it does. */
static void test_service_case(void **state)
{
	static const char rules[] =
		"user \"nobody\" { services = {UserNsCaps} bounding { drop = {sys_module} } }\n";
	struct report report = OPEN(rules, .service = "UserNsCaps");

	assert_int_equal(report.bounding, everything & ~(1UL << CAP_SYS_MODULE));
	assert_non_null(strstr(report.log, " service=usernscaps "));
	report = OPEN(rules);
	assert_int_equal(report.bounding, everything & ~(1UL << CAP_SYS_MODULE));

	/* Control: a rule for another service. */
	report = OPEN("user \"nobody\" { services = {UserNsCap} bounding { policy = deny } }\n");
	assert_untouched(&report);
}

static void test_no_new_privs(void **state)
{
	struct report report = OPEN("user \"nobody\" { no_new_privs = true }\n");

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_int_equal(report.no_new_privs, 1);
	assert_int_equal(report.bounding, everything);
	assert_non_null(strstr(report.log, " no_new_privs=true "));

	/* Controls: a rule that says no, one for somebody else, and broken rules. */
	report = OPEN("user \"nobody\" { no_new_privs = false bounding { drop = {bpf} } }\n");
	assert_int_equal(report.no_new_privs, 0);
	assert_non_null(strstr(report.log, " no_new_privs=false "));
	report = OPEN("user \"root\" { no_new_privs = true }\n");
	assert_int_equal(report.no_new_privs, 0);
	report = OPEN("user \"nobody\" { no_new_privs = maybe }\n");
	assert_int_equal(report.no_new_privs, 0);
}

/* Exactly the keep list stays, whatever the kernel has beyond it. */
static void test_deny_on_bounding(void **state)
{
	struct report report =
		OPEN("user \"nobody\" { bounding { policy = deny keep = {setuid, setgid} } }\n");

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_int_equal(report.bounding, 1 << CAP_SETUID | 1 << CAP_SETGID);
}

/* The control of all tests that refuse namespaces. In a chroot(2), say, the kernel makes none. */
static void skip_without_namespaces(void)
{
	if (unshare_errno == 0)
		return;
	print_message("this process may create no user namespace in the first place\n");
	skip();
}

static void test_creation(void **state)
{
	const char *rules = "user \"nobody\" { userns { create = false } }\n";
	struct report report;

	skip_without_namespaces();
	report = OPEN("# none\n");
	if (strcmp(getenv("WITH_SECCOMP"), "yes") != 0) {
		report = OPEN(rules);
		assert_int_equal(report.code, PAM_PERM_DENIED);
		assert_untouched(&report);
		return;
	}
	assert_int_equal(report.unshare_errno, 0); /* control */
	report = OPEN(rules);
	assert_int_equal(report.code, PAM_SUCCESS);
	assert_int_equal(report.unshare_errno, EPERM);
	assert_int_equal(report.bounding, everything);
}

/* What a service's own SystemCallFilter=~unshare comes to, with the answer it is told to give. */
static void filter_unshare(unsigned answer)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = { COUNT(program), program };

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

static void filter_unshare_eperm(void)
{
	filter_unshare(EPERM);
}

static void filter_unshare_enosys(void)
{
	filter_unshare(ENOSYS);
}

/* Behind another filter, which knows of one call only: ours is added all the same. */
static void test_creation_behind_another_filter(void **state)
{
	static void (*const befores[])(void) = { filter_unshare_eperm, filter_unshare_enosys };
	bool with_filter = strcmp(getenv("WITH_SECCOMP"), "yes") == 0;
	struct report report;
	size_t i;

	skip_without_namespaces();
	for (i = 0; i < COUNT(befores); i++) {
		report = OPEN("# none\n", .before = befores[i]);
		assert_int_equal(report.code, PAM_SUCCESS);
		assert_int_not_equal(report.unshare_errno, 0);
		assert_int_equal(report.clone_errno, 0);

		report = OPEN("user \"nobody\" { userns { create = false } }\n",
			      .before = befores[i]);
		assert_int_equal(report.code, with_filter ? PAM_SUCCESS : PAM_PERM_DENIED);
		assert_int_equal(report.clone_errno, with_filter ? EPERM : 0);
		assert_int_equal(report.filters, with_filter ? 2 : 1);

		/* Nor is it in the way of a rule that needs no filter. */
		report = OPEN("user \"nobody\" { bounding { drop = {bpf} } }\n",
			      .before = befores[i]);
		assert_int_equal(report.code, PAM_SUCCESS);
	}
}

static void test_unsupported_is_logged(void **state)
{
	struct report report = OPEN("when_unsupported = warn\n"
				    "user \"nobody\" { userns { drop = {bpf} } }\n");

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_int_equal(report.unshare_errno, unshare_errno);
	assert_non_null(strstr(report.log, "4 "));
	assert_non_null(strstr(report.log, "no provider"));
}

/* One filter, however many sessions a process opens. */
static void test_filters_do_not_pile_up(void **state)
{
	struct report report;
	bool with_filter = strcmp(getenv("WITH_SECCOMP"), "yes") == 0;

	report = OPEN("user \"nobody\" { userns { create = false } }\n", .sessions = 1000);
	assert_int_equal(report.code, with_filter ? PAM_SUCCESS : PAM_PERM_DENIED);
	assert_int_equal(report.filters, with_filter);
}

static void test_broken_rules_restrict(void **state)
{
	struct report report;

	if (strcmp(getenv("WITH_SECCOMP"), "yes") != 0) {
		report = OPEN("user {\n"); /* what can't be done is refused */
		assert_int_equal(report.code, PAM_PERM_DENIED);
		return;
	}
	report = OPEN("# fine\nuser \"x\" { userns { drop = {nonsense} } }\n",
		      .before = raise_inheritable);
	assert_int_equal(report.code, PAM_SUCCESS);
	assert_int_equal(report.bounding, everything);
	assert_int_equal(report.inheritable, 0);
	assert_int_equal(report.unshare_errno, EPERM);
	assert_non_null(strstr(report.log, "1 "));
	assert_non_null(strstr(report.log, "/rules:2: "));
	assert_non_null(strstr(report.log, "nonsense"));
	assert_string_equal(report.said, "");
}

static void test_broken_rules_refuse(void **state)
{
	bool with_filter = strcmp(getenv("WITH_SECCOMP"), "yes") == 0;
	struct report report = OPEN("user {\n", .arguments = "onerr=refuse");

	assert_int_equal(report.code, PAM_PERM_DENIED);
	assert_int_equal(report.bounding, everything);
	assert_int_equal(report.unshare_errno, with_filter ? EPERM : unshare_errno);
	assert_said_once(&report);
	assert_non_null(strstr(report.log, "/rules:1: "));

	report = OPEN("user {\n", .arguments = "onerr=refuse", .flags = PAM_SILENT);
	assert_int_equal(report.code, PAM_PERM_DENIED);
	assert_string_equal(report.said, "");
	assert_non_null(strstr(report.log, "/rules:1: "));
}

static void test_broken_rules_and_root(void **state)
{
	struct report report = OPEN("user {\n", .user = "root", .arguments = "onerr=refuse");

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_untouched(&report);
	assert_non_null(strstr(report.log, "1 "));
	assert_non_null(strstr(report.log, "let in unrestricted"));

	report = OPEN("user {\n", .user = "root", .arguments = "onerr=refuse even_deny_root");
	assert_int_equal(report.code, PAM_PERM_DENIED);
}

/* What can be told of it without a provider. */
static void test_reset(void **state)
{
	const char *rules = "user \"root\" { userns { create = false } }\n"
			    "user \"nobody\" { userns { create = false } }\n";
	const char *warning = "userns set not all reset: user=root uid=0 service=";
	struct report report = OPEN("# none\n", .user = "root", .arguments = "reset debug");

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_untouched(&report);
	assert_null(strstr(report.log, "reset"));

	if (strcmp(getenv("WITH_SECCOMP"), "yes") != 0)
		return;
	/* The filter of the first session stays in the second. */
	report = OPEN(rules, .user = "root", .arguments = "reset quiet", .sessions = 2);
	assert_int_equal(report.code, PAM_SUCCESS);
	assert_non_null(strstr(report.log, warning));
	assert_int_equal(report.log[0], '4');
	assert_non_null(strstr(report.log, "a filter or a locked securebit"));
	assert_int_equal(report.filters, 1);
	report = OPEN(rules, .user = "root", .arguments = "quiet", .sessions = 2); /* control */
	assert_string_equal(report.log, "");
	report = OPEN(rules, .arguments = "reset quiet", .sessions = 2);
	assert_string_equal(report.log, "");
	report = OPEN("user {\n", .user = "root", .arguments = "reset quiet", .sessions = 2);
	assert_null(strstr(report.log, "reset"));
}

static void test_unknown_user(void **state)
{
	struct report report = OPEN("# none\n", .user = "no\tsuch user");

	assert_int_equal(report.code, PAM_PERM_DENIED);
	assert_non_null(strstr(report.log, "no such user"));
	assert_non_null(strstr(report.log, "user=no?such user"));
	assert_said_once(&report);
}

static void test_arguments(void **state)
{
	const char *rules = "user \"nobody\" { bounding { drop = {bpf} } }\n";
	struct report report = OPEN(rules, .arguments = "nonsense onerr=maybe onerr quiet=1");

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_non_null(strstr(report.log, "nonsense"));
	assert_non_null(strstr(report.log, "onerr=maybe"));
	assert_non_null(strstr(report.log, "onerr\n"));
	assert_non_null(strstr(report.log, "quiet=1"));
	assert_non_null(strstr(report.log, "session restricted"));

	report = OPEN(rules, .arguments = "quiet");
	assert_string_equal(report.log, "");
	report = OPEN("user {\n", .arguments = "quiet onerr=refuse");
	assert_non_null(strstr(report.log, "/rules:1: ")); /* never errors */

	report = OPEN(rules, .arguments = "config=/nonexistent/rules onerr=refuse");
	assert_int_equal(report.code, PAM_PERM_DENIED);
	assert_non_null(strstr(report.log, "/nonexistent"));
	report = OPEN(rules, .arguments = "conf=relative onerr=refuse");
	assert_int_equal(report.code, PAM_PERM_DENIED);
}

static void lose_setpcap(void)
{
	const cap_value_t cap = CAP_SETPCAP;
	cap_t all = cap_get_proc();

	cap_set_flag(all, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR);
	cap_set_proc(all);
	cap_free(all);
}

static void lose_bpf_then_setpcap(void)
{
	cap_drop_bound(CAP_BPF);
	lose_setpcap();
}

static void test_without_setpcap(void **state)
{
	const char *rules = "user \"nobody\" { bounding { drop = {bpf} } }\n";
	struct report report = OPEN(rules, .before = lose_setpcap);

	assert_int_equal(report.code, PAM_PERM_DENIED);
	assert_int_equal(report.bounding, everything);
	assert_non_null(strstr(report.log, "can't lower the bounding set"));

	report = OPEN(rules, .before = lose_bpf_then_setpcap);
	assert_int_equal(report.code, PAM_SUCCESS);
}

static void test_unknown_group(void **state)
{
	struct report report = OPEN("group \"nosuchgroup\" { bounding { policy = deny } }\n");
	const char *line;

	assert_int_equal(report.code, PAM_SUCCESS);
	assert_int_equal(report.bounding, 0);
	line = strstr(report.log, "session restricted, with unknown groups: user=nobody ");
	assert_non_null(line);
	assert_non_null(strstr(line, "unknown=nosuchgroup (there is no group \"nosuchgroup\") "
				     "cost=bounding:"));
	assert_string_equal(strchr(line, '\n'), "\n"); /* and that is all */

	report = OPEN("when_group_unknown = ignore\n"
		      "group \"nosuchgroup\" { bounding { policy = deny } }\n");
	assert_int_equal(report.code, PAM_SUCCESS);
	assert_untouched(&report);
	assert_string_equal(report.log, "");
	report = OPEN("when_group_unknown = refuse\n"
		      "group \"nosuchgroup\" { bounding { policy = deny } }\n");
	assert_int_equal(report.code, PAM_PERM_DENIED);
}

/* PAM called from a thread that is not the group leader: that thread's children are restricted. */
static void *open_in_thread(void *argument)
{
	const struct options options = { 0 };

	run_session(&options, argument);
	return NULL;
}

static void test_thread(void **state)
{
	struct report thread = { 0 }, leader = { 0 };
	int status;
	pid_t pid;

	write_file("rules", "user \"nobody\" { bounding { drop = {bpf} } }\n");
	write_stack(NULL);
	pid = fork();
	assert_return_code(pid, errno);
	if (pid == 0) {
		pthread_t id;

		if (pthread_create(&id, NULL, open_in_thread, &thread) != 0)
			_exit(1);
		pthread_join(id, NULL);
		look_around(&leader);
		if (thread.code != PAM_SUCCESS)
			_exit(2);
		if (thread.bounding != (everything & ~(UINT64_C(1) << CAP_BPF)))
			_exit(3);
		_exit(leader.bounding == everything ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int setup(void **state)
{
	const char *top = getenv("top_builddir");

	if (!top || !mkdtemp(directory) || chmod(directory, 0755) < 0)
		return -1;
	snprintf(conf, sizeof(conf), "%s/rules", directory);
	snprintf(module, sizeof(module), "%s/.libs/pam_usernscaps.so", top);
	everything = read_status("CapBnd:", 16);
	unshare_errno = in_child(try_unshare);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "rules", "usernscaps", "other" };
	char path[64];
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	return rmdir(directory);
}

static void test_needs_root(void **state)
{
	print_message("only root can be restricted by the real module\n");
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_rule),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_service_case),
		cmocka_unit_test(test_no_new_privs),
		cmocka_unit_test(test_deny_on_bounding),
		cmocka_unit_test(test_creation),
		cmocka_unit_test(test_creation_behind_another_filter),
		cmocka_unit_test(test_unsupported_is_logged),
		cmocka_unit_test(test_filters_do_not_pile_up),
		cmocka_unit_test(test_broken_rules_restrict),
		cmocka_unit_test(test_broken_rules_refuse),
		cmocka_unit_test(test_broken_rules_and_root),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_unknown_user),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_without_setpcap),
		cmocka_unit_test(test_unknown_group),
		cmocka_unit_test(test_thread),
	};
	const struct CMUnitTest unprivileged[] = { cmocka_unit_test(test_needs_root) };

	if (geteuid() != 0)
		return cmocka_run_group_tests_name("module", unprivileged, NULL, NULL);
	return cmocka_run_group_tests_name("module", tests, setup, teardown);
}
