// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The whole pipeline on a fake kernel, with real files and the machine's own root and nobody. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/abi.h"
#include "fake_kernel.h"
#include "session.h"

/* Only root can write files that the pipeline trusts. */
struct fixture {
	char dir[32];
	char conf[64];
	struct fake_kernel fake;
	struct session_request request;
	struct session session;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	strcpy(fixture->dir, "/run/usernscaps-test-XXXXXX");
	if (geteuid() == 0 && !mkdtemp(fixture->dir))
		return -1;
	snprintf(fixture->conf, sizeof(fixture->conf), "%s/rules", fixture->dir);
	fake_kernel_init(&fixture->fake, 40);
	fixture->request = (struct session_request){ .user = "nobody",
						     .service = "login",
						     .conf = fixture->conf };
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	unlink(fixture->conf);
	rmdir(fixture->dir);
	free(fixture);
	return 0;
}

static void write_rules(struct fixture *fixture, const char *text)
{
	FILE *file;

	if (geteuid() != 0) {
		print_message("only root can write files that are trusted\n");
		skip();
	}
	file = fopen(fixture->conf, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Opens the session; the caller looks at it and calls session_clear(). */
static int open_session(struct fixture *fixture)
{
	return session_open(&fixture->request, &fixture->fake.kernel, &fixture->session);
}

static void test_no_rule(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "user \"root\" { bounding { policy = deny } }\n");
	fixture->fake.kernel.read_sets = NULL; /* the kernel isn't even asked */
	fixture->fake.kernel.prctl = NULL;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_UNTOUCHED);
	session_clear(&fixture->session);
}

static void test_rule(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "user \"nobody\" {\n"
			     "	userns { drop = {net_admin} }\n"
			     "	bounding { drop = {sys_module} }\n"
			     "}\n");
	fixture->fake.has_bpf = true;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_RESTRICTED);
	assert_false(capset_has(fixture->fake.userns, 12));
	assert_false(capset_has(fixture->fake.sets.bounding, 16));
	session_describe(&fixture->session, text);
	assert_non_null(strstr(text, "/rules:2"));
	assert_non_null(strstr(text, "/rules:3"));
	assert_non_null(strstr(text, "userns=all,-net_admin "));
	assert_non_null(strstr(text, "bounding=all,-sys_module "));
	assert_non_null(strstr(text, "provider=bpf"));
	session_clear(&fixture->session);

	/* The same again in that session: there is nothing left to take. */
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_UNTOUCHED);
	session_clear(&fixture->session);
}

/* However many lines have a part in it: what holds stands first, and the text has its end. */
static void test_text_of_many_rules(void **state)
{
	static char rules[5000 * 60];
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];
	size_t used = 0;
	int i;

	for (i = 0; i < 5000; i++)
		used += (size_t)snprintf(rules + used, sizeof(rules) - used,
					 "user \"nobody\" { userns { drop = {%d} } }\n", i % 64);
	write_rules(fixture, rules);
	fixture->fake.has_bpf = true;
	assert_int_equal(open_session(fixture), 0);
	session_describe(&fixture->session, text);
	assert_ptr_equal(strstr(text, "bounding=all inheritable=all userns=none create=true "),
			 text);
	assert_int_equal(strlen(text), SESSION_TEXT - 1);
	session_clear(&fixture->session);
}

static void test_group_rule(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "group \"nogroup\" { userns { create = false } }\n"
			     "group \"nosuchgroup\" { bounding { policy = deny } }\n");
	assert_int_equal(open_session(fixture), 0);
	assert_true(fixture->fake.filtered);
	assert_true(capset_equal(fixture->fake.sets.bounding, capset_up_to(40)));
	assert_int_equal(fixture->session.identity.unknown_count, 1);
	session_clear(&fixture->session);

	fixture->request.user = "daemon"; /* control: not in that group */
	fixture->fake.filtered = false;
	assert_int_equal(open_session(fixture), 0);
	assert_false(fixture->fake.filtered);
	session_clear(&fixture->session);
}

/* Groups are looked up only for rules that could hold: never for uid 0, nor for other services. */
static void test_groups_not_asked_for(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "group \"nosuchgroup\" { bounding { policy = deny } }\n");
	fixture->request.user = "root";
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.identity.unknown_count, 0);
	session_clear(&fixture->session);

	fixture->request.user = "nobody"; /* control */
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.identity.unknown_count, 1);
	session_clear(&fixture->session);

	write_rules(fixture, "group \"nosuchgroup\" { services = {cron} }\n");
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.identity.unknown_count, 0);
	session_clear(&fixture->session);
}

static void test_unknown_user(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "");
	fixture->request.user = "no-such-user";
	assert_int_equal(open_session(fixture), -ENOENT);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	assert_non_null(strstr(session_problem_text(&fixture->session, text), "no such user"));
	session_clear(&fixture->session);
}

static void test_unsupported(void **state)
{
	static const struct {
		const char *answer;
		int r;
		bool filtered;
	} cases[] = {
		{ "", 0, true }, /* the default */
		{ "when_unsupported = deny-creation\n", 0, true },
		{ "when_unsupported = warn\n", 0, false },
		{ "when_unsupported = refuse\n", -EOPNOTSUPP, false },
	};
	struct fixture *fixture = *state;
	char rules[200];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		fake_kernel_init(&fixture->fake, 40);
		snprintf(rules, sizeof(rules), "%suser \"nobody\" { userns { drop = {bpf} } }\n",
			 cases[i].answer);
		write_rules(fixture, rules);
		assert_int_equal(open_session(fixture), cases[i].r);
		assert_true(fixture->session.unsupported);
		assert_int_equal(fixture->fake.filtered, cases[i].filtered);
		session_clear(&fixture->session);

		/* Control: with a provider the answer plays no part. */
		fake_kernel_init(&fixture->fake, 40);
		fixture->fake.has_bpf = true;
		assert_int_equal(open_session(fixture), 0);
		assert_false(fixture->session.unsupported);
		assert_false(fixture->fake.filtered);
		session_clear(&fixture->session);
	}
}

/* Where no namespace can be created anyway, a missing provider is no reason to refuse. */
static void test_unsupported_but_not_needed(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "when_unsupported = refuse\n"
			     "user \"nobody\" { userns { policy = deny create = false } }\n");
	assert_int_equal(open_session(fixture), 0);
	assert_true(fixture->fake.filtered);
	assert_false(fixture->session.unsupported);
	session_clear(&fixture->session);
}

static void test_broken_rules(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "user \"nobody\" {\n	userns { drop = {nosuch} }\n}\n");
	fixture->fake.has_bpf = true;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_FALLBACK);
	assert_non_null(strstr(session_problem_text(&fixture->session, text), "/rules:2: "));
	assert_int_equal(fixture->fake.userns.bits, 0);
	assert_int_equal(fixture->fake.bpf_flags, USERNS_NO_CREATE);
	assert_int_equal(fixture->fake.sets.inheritable.bits, 0);
	assert_true(capset_equal(fixture->fake.sets.bounding, capset_up_to(40)));
	session_clear(&fixture->session);

	fake_kernel_init(&fixture->fake, 40);
	fixture->request.refuse_on_error = true;
	assert_int_equal(open_session(fixture), -EBADMSG);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	assert_int_equal(fixture->fake.operations, 0);
	session_clear(&fixture->session);
}

static void test_broken_rules_and_root(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "no rules\n");
	fixture->request.user = "root";
	fixture->request.refuse_on_error = true;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_EXEMPT);
	assert_int_equal(fixture->fake.operations, 0);
	session_clear(&fixture->session);

	fixture->request.even_deny_root = true;
	assert_int_equal(open_session(fixture), -EBADMSG);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	session_clear(&fixture->session);

	fixture->request.refuse_on_error = false;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_FALLBACK);
	assert_true(fixture->fake.filtered);
	session_clear(&fixture->session);
}

/* The answer to broken rules must not be weaker where it can't be carried out. */
static void test_fallback_failing(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "no rules\n");
	fixture->fake.lacks_filter = true;
	assert_int_equal(open_session(fixture), -EOPNOTSUPP);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	session_clear(&fixture->session);
}

/* What a caller can bring about himself refuses, root included: here no file can be opened. */
static void test_resources(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit limit, none;

	write_rules(fixture, "no rules\n");
	fixture->request.user = "root";
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 4; /* NSS needs a descriptor, the walk to the file two */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(open_session(fixture), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	session_clear(&fixture->session);
}

/* Each operation failing in turn refuses the session. */
static void test_steps_failing(void **state)
{
	struct fixture *fixture = *state;
	unsigned operation = 0;
	char text[SESSION_TEXT];
	int r;

	write_rules(fixture, "user \"nobody\" { userns { policy = deny strict = true }\n"
			     "bounding { keep = {chown} policy = deny } }\n");
	do {
		fake_kernel_init(&fixture->fake, 40);
		fixture->fake.has_bpf = true;
		fixture->fake.fail_at = ++operation;
		r = open_session(fixture);
		if (r < 0) {
			assert_int_equal(r, -EIO);
			assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
			assert_non_null(
				strstr(session_problem_text(&fixture->session, text), "can't "));
		}
		session_clear(&fixture->session);
	} while (r < 0);
	assert_int_equal(operation, 1 + 1 + 40 + 1); /* one more than there are */
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_no_rule),
		TEST(test_rule),
		TEST(test_group_rule),
		TEST(test_unknown_user),
		TEST(test_groups_not_asked_for),
		TEST(test_text_of_many_rules),
		TEST(test_unsupported),
		TEST(test_unsupported_but_not_needed),
		TEST(test_broken_rules),
		TEST(test_broken_rules_and_root),
		TEST(test_fallback_failing),
		TEST(test_resources),
		TEST(test_steps_failing),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
