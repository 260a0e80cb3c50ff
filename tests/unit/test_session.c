// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * The whole pipeline on a fake kernel, with real files, the machine's own root and nobody, and the
 * users and groups of nss_usernscaps_test.c.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/abi.h"
#include "fake_kernel.h"
#include "session/record.h"
#include "session/session.h"

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
	umask(022);
	if (geteuid() == 0 && chmod(fixture->dir, 0755) < 0)
		return -1;
	snprintf(fixture->conf, sizeof(fixture->conf), "%s/rules.conf", fixture->dir);
	unsetenv("USERNSCAPS_NSS_GROUP");
	unsetenv("USERNSCAPS_NSS_GID");
	unsetenv("USERNSCAPS_NSS_INITGROUPS");
	__nss_configure_lookup("passwd", "files usernscapstest");
	__nss_configure_lookup("group", "files usernscapstest");
	__nss_configure_lookup("initgroups", "files usernscapstest");
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

	unit_empty(fixture->dir);
	rmdir(fixture->dir);
	free(fixture);
	return 0;
}

/* Write a file of the tree; @name begins with a slash. */
static void write_file(struct fixture *fixture, const char *name, const char *text)
{
	char path[256];

	if (geteuid() != 0) {
		print_message("only root can write files that are trusted\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s%s", fixture->dir, name);
	unit_write_text(path, text);
}

static void write_rules(struct fixture *fixture, const char *text)
{
	write_file(fixture, "/rules.conf", text);
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
	assert_non_null(strstr(text, "/rules.conf:2"));
	assert_non_null(strstr(text, "/rules.conf:3"));
	assert_non_null(strstr(text, "userns=all,-net_admin "));
	assert_non_null(strstr(text, "bounding=all,-sys_module "));
	assert_non_null(strstr(text, "provider=bpf"));
	session_clear(&fixture->session);

	/* The same again in that session: there is nothing left to take. */
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_RESTRICTED);
	assert_int_equal(fixture->session.plan.step_count, 0);
	assert_int_equal(fixture->session.parent, fixture->session.id - 1);
	session_clear(&fixture->session);
}

/* Parts are kept where the programs tell them apart, and else lost, and the line says so. */
static void test_parts(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "user \"nobody\" {\n"
			     "	userns { keep = {net_admin} drop = {net_admin:tc} }\n"
			     "}\n");
	fixture->fake.has_bpf = true;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_RESTRICTED);
	assert_true(capset_equal(fixture->fake.userns,
				 capset_minus(capset_up_to(40), capset_make(0, 1 << 4))));
	session_describe(&fixture->session, text);
	assert_non_null(strstr(text, "userns=all,-net_admin:tc "));
	assert_null(strstr(text, "undivided="));
	session_clear(&fixture->session);

	fixture->fake.userns = CAPSET_ALL;
	fixture->fake.bpf_version = 2; /* has no parts */
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_RESTRICTED);
	assert_true(capset_equal(fixture->fake.userns,
				 capset_minus(capset_up_to(40), capset_of(CAPSET_SPLIT))));
	session_describe(&fixture->session, text);
	assert_non_null(strstr(text, "userns=all,-net_admin "));
	assert_non_null(strstr(text, "provider=bpf undivided=none,+net_admin:link,+net_admin:tun,"
				     "+net_admin:sysctl,+net_admin:nftables,+net_admin:xfrm,"
				     "+net_admin:ethtool,+net_admin:other rules="));
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

	write_rules(fixture, "group \"nogroup\" { userns { create = false } }\n");
	assert_int_equal(open_session(fixture), 0);
	assert_true(fixture->fake.filtered);
	assert_int_equal(fixture->session.identity.unknown.count, 0);
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
	assert_int_equal(fixture->session.identity.unknown.count, 0);
	session_clear(&fixture->session);

	fixture->request.user = "nobody"; /* control */
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.identity.unknown.count, 1);
	session_clear(&fixture->session);

	write_rules(fixture, "group \"nosuchgroup\" { services = {cron} }\n");
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.identity.unknown.count, 0);
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
		{ "when_unsupported = refuse\n", -EOPNOTSUPP, true }, /* for who goes on */
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

static void assert_locked_down(const struct fake_kernel *fake)
{
	assert_int_equal(fake->userns.bits, 0);
	assert_int_equal(fake->bpf_flags, USERNS_NO_CREATE);
	assert_int_equal(fake->sets.inheritable.bits, 0);
	assert_true(capset_equal(fake->sets.bounding, capset_up_to(40)));
}

/* Where they are answered by refusing, there are callers that go on nevertheless. */
static void test_broken_rules(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "user \"nobody\" {\n	userns { drop = {nosuch} }\n}\n");
	fixture->fake.has_bpf = true;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_FALLBACK);
	assert_non_null(strstr(session_problem_text(&fixture->session, text), "/rules.conf:2: "));
	assert_locked_down(&fixture->fake);
	session_clear(&fixture->session);

	fake_kernel_init(&fixture->fake, 40);
	fixture->fake.has_bpf = true;
	fixture->request.refuse_on_error = true;
	assert_int_equal(open_session(fixture), -EBADMSG);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	assert_non_null(strstr(session_problem_text(&fixture->session, text), "/rules.conf:2: "));
	assert_locked_down(&fixture->fake);
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
	struct rlimit limit, one;
	int free_fd, r;

	write_rules(fixture, "no rules\n");
	fixture->request.user = "root";
	free_fd = dup(STDOUT_FILENO);
	close(free_fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	one = limit;
	one.rlim_cur = (rlim_t)free_fd + 1; /* NSS needs one, the walk to the file two */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &one), 0);
	r = open_session(fixture);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(r, -EMFILE);
	assert_int_equal(fixture->session.problem.stage, SESSION_STAGE_RULES);
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

/* ---- the tree ---- */

/* Open a session for a user on a fresh kernel with a provider, and look at how it ended. */
static void assert_opens(struct fixture *fixture, const char *user, int r,
			 enum session_outcome outcome)
{
	char text[SESSION_TEXT];
	int answer;

	session_clear(&fixture->session);
	fake_kernel_init(&fixture->fake, 40);
	fixture->fake.has_bpf = true;
	fixture->request.user = user;
	answer = open_session(fixture);
	if (answer != r || fixture->session.outcome != outcome)
		fail_msg("%s: returned %d with outcome %d, expected %d with %d; problem: %s", user,
			 answer, (int)fixture->session.outcome, r, (int)outcome,
			 session_problem_text(&fixture->session, text));
}

/* And that exactly these capabilities were taken from its userns set. */
static void assert_taken(struct fixture *fixture, const char *user, uint64_t taken)
{
	assert_opens(fixture, user, 0, taken ? SESSION_RESTRICTED : SESSION_UNTOUCHED);
	assert_int_equal(capset_and(fixture->fake.userns, capset_up_to(40)).bits,
			 capset_up_to(40).bits & ~taken);
}

static void assert_text(struct fixture *fixture, const char *expected)
{
	char text[SESSION_TEXT];

	session_problem_text(&fixture->session, text);
	if (!strstr(text, expected))
		fail_msg("expected \"%s\" in: %s", expected, text);
}

static void test_files_of_users_and_groups(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "default { userns { drop = {0} } }\n");
	assert_taken(fixture, "nssbob", 1);
	write_file(fixture, "/rules.d/groups/nssteam.conf", "userns { drop = {1} }\n");
	write_file(fixture, "/rules.d/groups/nssnested.conf", "userns { drop = {2} }\n");
	write_file(fixture, "/rules.d/groups/nssother.conf", "userns { policy = deny }\n");
	assert_taken(fixture, "nssbob", 1 | 2 | 4);
	assert_taken(fixture, "nsscorp", 1); /* in none of these */
	assert_taken(fixture, "nobody", 1);
	write_file(fixture, "/rules.d/users/nssbob.conf", "userns { policy = allow drop = {3} }\n");
	assert_taken(fixture, "nssbob", 8);
	assert_taken(fixture, "NSSBOB", 8); /* it is the directory's name that counts */
	assert_taken(fixture, "nsscorp", 1);
	session_clear(&fixture->session);
}

/* By the group's list only, whether that is in a file's or in a rule's name. */
static void test_listed_member(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	write_file(fixture, "/rules.d/groups/nsslisted.conf", "userns { drop = {1} }\n");
	assert_taken(fixture, "nssbob", 2);
	assert_taken(fixture, "nsscorp", 0);
	write_rules(fixture, "group nsslisted { userns { drop = {2} } }\n");
	assert_taken(fixture, "nssbob", 2 | 4);
	assert_taken(fixture, "nsscorp", 0);
	session_clear(&fixture->session);
}

/* One whose groups are not all known gets the strictest of what could be. */
static void test_unknown_groups(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "default { userns { drop = {0} } }\n"
			     "group no-such-group { userns { drop = {1} } }\n"
			     "group nssother { userns { policy = allow } }\n");
	assert_taken(fixture, "nsscorp", 1 | 2);
	session_describe(&fixture->session, text);
	assert_non_null(strstr(text, " unknown=no-such-group (there is no group \"no-such-group\") "
				     "cost=userns:none,+dac_override rules="));
	/* In nssother, and in the other perhaps, whose rule starts from the default's. */
	assert_taken(fixture, "nssmany", 1 | 2);

	/* A group of the user has no name: it could be any. */
	assert_taken(fixture, "nssgids", 1 | 2);
	session_describe(&fixture->session, text);
	assert_non_null(strstr(text, " unknown=no-such-group, nssother ("));
	assert_non_null(strstr(text, "the user's group \"70005\" has no name"));
	write_file(fixture, "/rules.d/groups/nssnested.conf", "userns { drop = {2} }\n");
	write_file(fixture, "/rules.d/groups/never-heard-of.conf", "userns { drop = {3} }\n");
	assert_taken(fixture, "nssgids", 1 | 2 | 4 | 8);
	assert_taken(fixture, "nsscorp", 1 | 2); /* control */
	session_clear(&fixture->session);
}

/* Whether a group's file is read does not depend on rules that name the group as well. */
static void test_files_beside_rules(void **state)
{
	struct fixture *fixture = *state;

	/* nssalias is another name of nssteam's gid, which nssbob has. */
	write_file(fixture, "/rules.d/groups/nssalias.conf", "userns { policy = allow }\n");
	write_file(fixture, "/rules.d/groups/no-such-group.conf", "userns { drop = {2} }\n");
	write_rules(fixture, "default { userns { drop = {0} } }\n"
			     "group nssalias { bounding { drop = {3} } }\n"
			     "group no-such-group { userns { drop = {1} } }\n");
	assert_taken(fixture, "nssbob", 1 | 2);
	assert_int_equal(fixture->fake.sets.bounding.bits, capset_up_to(40).bits & ~(uint64_t)8);
	assert_taken(fixture, "nsscorp", 1 | 2);
	assert_int_equal(fixture->fake.sets.bounding.bits, capset_up_to(40).bits);

	/* In nssalias by its gid; but its file is only perhaps the user's, and gives nothing back.
	 */
	assert_taken(fixture, "nssgids", 1 | 2 | 4);
	assert_int_equal(fixture->fake.sets.bounding.bits, capset_up_to(40).bits & ~(uint64_t)8);
	write_file(fixture, "/rules.d/groups/no-such-group.conf", "#\n");
	write_rules(fixture, "default { userns { drop = {0} } }\n"
			     "group nssalias { bounding { drop = {3} } }\n");
	assert_taken(fixture, "nssgids", 1);
	write_file(fixture, "/rules.d/groups/nssteam.conf", "userns { policy = allow }\n");
	write_rules(fixture, "default { userns { drop = {0} } }\n");
	assert_taken(fixture, "nssbob", 0); /* control: a file that is read */
	session_clear(&fixture->session);
}

/* What cannot be told from the rules is answered as they say. */
static void test_when_group_unknown(void **state)
{
	static const char rules[] = "group no-such-group { userns { drop = {1} } }\n"
				    "group nssother { userns { drop = {2} } }\n";
	struct fixture *fixture = *state;
	char text[256];

	snprintf(text, sizeof(text), "when_group_unknown = refuse\n%s", rules);
	write_rules(fixture, text);
	assert_opens(fixture, "nssbob", -EAGAIN, SESSION_REFUSED);
	assert_text(fixture,
		    "the rules depend on unknown groups: no-such-group (there is no group ");
	assert_opens(fixture, "root", 0, SESSION_UNTOUCHED);
	snprintf(text, sizeof(text), "when_group_unknown = ignore\n%s", rules);
	write_rules(fixture, text);
	assert_taken(fixture, "nssbob", 0);
	setenv("USERNSCAPS_NSS_GROUP", "unavail", 1); /* that is another thing */
	assert_taken(fixture, "nssbob", 2 | 4);
	unsetenv("USERNSCAPS_NSS_GROUP");
	snprintf(text, sizeof(text), "when_group_unknown = restrict\n%s", rules);
	write_rules(fixture, text); /* control */
	assert_taken(fixture, "nssbob", 2);

	/* Where it makes no difference nobody is refused. */
	write_rules(fixture, "when_group_unknown = refuse\n"
			     "user nssbob { userns { policy = allow drop = {4} } }\n"
			     "group no-such-group { userns { drop = {1} } }\n");
	assert_taken(fixture, "nssbob", 16);
	session_clear(&fixture->session);
}

/*
 * A broken file of a group that the user is perhaps in comes on top of the other rules. Of the
 * bounding set it leaves what they leave.
 */
static void test_broken_file_perhaps(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "default { bounding { drop = {0} } }\n");
	write_file(fixture, "/rules.d/groups/a.conf", "bounding { drop = {1} }\n");
	write_file(fixture, "/rules.d/groups/b.conf", "profile = absent\n");
	write_file(fixture, "/rules.d/groups/c.conf", "wrong\n");
	write_file(fixture, "/rules.d/groups/d.conf", "profile = p\nbounding { drop = {2} }\n");
	write_file(fixture, "/rules.d/groups/e.conf", "profile = round\n");
	write_file(fixture, "/rules.d/profiles/p.conf", "userns { drop = {5} }\n");
	write_file(fixture, "/rules.d/profiles/round.conf", "profile = round\n");
	assert_opens(fixture, "nssgids", 0, SESSION_FALLBACK);
	assert_int_equal(fixture->fake.sets.bounding.bits, capset_up_to(40).bits & ~(uint64_t)7);
	assert_true(capset_is_empty(fixture->fake.userns));
	assert_text(fixture,
		    "/rules.d/profiles/round.conf:1: profiles build on each other in a circle");
	assert_opens(fixture, "nsscorp", 0, SESSION_RESTRICTED); /* control: known not to be */
	assert_int_equal(fixture->fake.sets.bounding.bits, capset_up_to(40).bits & ~(uint64_t)1);

	/* An explanation, which opens nothing, says the same. */
	session_clear(&fixture->session);
	fixture->request.user = "nssgids";
	assert_int_equal(session_decide(&fixture->request, &fixture->session), 0);
	assert_true(capset_is_empty(fixture->session.decision.items[POLICY_USERNS].set));
	session_clear(&fixture->session);
	fixture->request.user = "nsscorp"; /* control */
	assert_int_equal(session_decide(&fixture->request, &fixture->session), 0);
	assert_true(capset_equal(fixture->session.decision.items[POLICY_USERNS].set, CAPSET_ALL));

	/* What surely broken rules take is not put down to groups that are unknown as well. */
	assert_opens(fixture, "nssgids", 0, SESSION_FALLBACK);
	assert_non_null(strstr(session_describe(&fixture->session, text), " unknown=a, b"));
	write_rules(fixture, "group no-such-group { userns { drop = {5} } }\n");
	write_file(fixture, "/rules.d/groups/nsscorp.conf", "wrong\n");
	assert_opens(fixture, "nsscorp", 0, SESSION_FALLBACK);
	assert_null(strstr(session_describe(&fixture->session, text), " unknown="));
	write_rules(fixture, "default { bounding { drop = {0} } }\n");
	write_file(fixture, "/rules.d/groups/nsscorp.conf", "#\n");

	fixture->request.refuse_on_error = true;
	assert_opens(fixture, "nssgids", -EBADMSG, SESSION_REFUSED);
	assert_opens(fixture, "nsscorp", 0, SESSION_RESTRICTED);
	session_clear(&fixture->session);
}

/* A listed file that is not there is being replaced: a link to nowhere looks so to an explanation.
 */
static void test_listed_file_gone(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	write_rules(fixture, "#\n");
	write_file(fixture, "/rules.d/groups/x.conf", "#\n");
	snprintf(path, sizeof(path), "%s/rules.d/groups/nssteam.conf", fixture->dir);
	assert_int_equal(symlink("nowhere", path), 0);
	fixture->request.any_owner = true;
	fixture->request.user = "nsscorp"; /* control: in another group */
	assert_int_equal(session_decide(&fixture->request, &fixture->session), 0);
	session_clear(&fixture->session);
	fixture->request.user = "nssbob";
	assert_int_equal(session_decide(&fixture->request, &fixture->session), -EAGAIN);
	assert_text(fixture, "/rules.d/groups/nssteam.conf: was changed while it was read");
	session_clear(&fixture->session);
}

/* A group that the file of another excepts is looked up after that file was read. */
static void test_exceptions_in_files(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	write_file(fixture, "/rules.d/groups/nssteam.conf",
		   "except_groups = {nssnested}\nuserns { drop = {1} }\n");
	assert_taken(fixture, "nssbob", 0);
	write_file(fixture, "/rules.d/groups/nssteam.conf",
		   "except_groups = {nssother}\nuserns { drop = {1} }\n");
	assert_taken(fixture, "nssbob", 2);
	write_file(fixture, "/rules.d/groups/nssteam.conf",
		   "except_groups = {no-such-group}\nuserns { policy = allow drop = {1} }\n");
	write_rules(fixture, "default { userns { drop = {0} } }\n");
	assert_taken(fixture, "nssbob", 1 | 2);
	session_clear(&fixture->session);
}

/* Rules of these files may use profiles of all places. */
static void test_profiles_of_the_tree(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "profile inline { userns { drop = {0} } }\n");
	write_file(fixture, "/rules.d/users/nssbob.conf", "profile = file\n");
	write_file(fixture, "/rules.d/profiles/file.conf",
		   "profile = inline\nuserns { drop = {1} }\n");
	assert_taken(fixture, "nssbob", 1 | 2);
	session_describe(&fixture->session, text);
	assert_non_null(strstr(text, "/rules.d/profiles/file.conf:2,"));
	assert_taken(fixture, "nobody", 0);
	session_clear(&fixture->session);
}

/* uid 0 has files of its own name only; no group's is read, whatever is in it. */
static void test_groups_and_root(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "probe_group = no-such-group\n");
	write_file(fixture, "/rules.d/groups/root.conf", "wrong\n");
	setenv("USERNSCAPS_NSS_GROUP", "unavail", 1);
	setenv("USERNSCAPS_NSS_GID", "unavail", 1);
	assert_taken(fixture, "root", 0);
	assert_opens(fixture, "nssbob", 0, SESSION_FALLBACK); /* control: perhaps in that group */
	write_file(fixture, "/rules.d/users/root.conf", "userns { drop = {3} }\n");
	assert_taken(fixture, "root", 8);
	session_clear(&fixture->session);
}

/* A group that must be found, or else no list of groups is trusted. Nobody asks without rules. */
static void test_probe_group(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "probe_group = no-such-group\n");
	assert_opens(fixture, "nssbob", 0, SESSION_UNTOUCHED);
	write_rules(fixture, "probe_group = no-such-group\nwhen_group_unknown = ignore\n"
			     "group nssother { userns { drop = {1} } }\n");
	write_file(fixture, "/rules.d/groups/nssteam.conf", "userns { drop = {2} }\n");
	write_file(fixture, "/rules.d/groups/absent.conf", "userns { drop = {3} }\n");
	assert_taken(fixture, "nssbob", 2 | 4 | 8);
	assert_taken(fixture, "root", 0);
	write_rules(fixture, "probe_group = nssteam\n" /* control */
			     "group nssother { userns { drop = {1} } }\n");
	assert_taken(fixture, "nssbob", 4);
	session_clear(&fixture->session);
}

/* A directory that is down leaves groups unknown where they are asked for, and only there. */
static void test_group_outages(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	setenv("USERNSCAPS_NSS_GID", "unavail", 1);
	assert_opens(fixture, "nssbob", 0, SESSION_UNTOUCHED);
	write_file(fixture, "/rules.d/groups/other.conf", "userns { drop = {1} }\n");
	assert_taken(fixture, "nssbob", 2);
	assert_taken(fixture, "daemon", 0); /* the files know its group */
	assert_taken(fixture, "root", 0);

	unsetenv("USERNSCAPS_NSS_GID");
	setenv("USERNSCAPS_NSS_GROUP", "unavail", 1);
	write_file(fixture, "/rules.d/groups/other.conf", "#\n");
	write_rules(fixture, "group nssteam { userns { drop = {1} } }\n");
	assert_taken(fixture, "nssbob", 2); /* known from its gids already */
	assert_int_equal(fixture->session.identity.unknown.count, 1);
	write_rules(fixture, "group nssother { userns { drop = {1} } }\n");
	assert_taken(fixture, "nssbob", 2); /* perhaps */
	assert_taken(fixture, "root", 0);
	session_clear(&fixture->session);
}

/*
 * Where only the list of a user's groups fails getgrouplist(3) says nothing. A group that has the
 * user as a member shows it, and then all is unknown. Without one, who is in a group by gid alone
 * is in no group. See doc/SECURITY.md.
 */
static void test_list_of_groups_outage(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	write_file(fixture, "/rules.d/groups/nssnested.conf", "userns { drop = {1} }\n");
	assert_taken(fixture, "nssbob", 2); /* control */
	setenv("USERNSCAPS_NSS_INITGROUPS", "unavail", 1);
	assert_taken(fixture, "nssbob", 0);
	write_rules(fixture, "probe_group = nssteam\n");
	assert_taken(fixture, "nssbob", 2);
	write_rules(fixture, "group nssteam { userns { drop = {2} } }\n");
	assert_taken(fixture, "nssbob", 2 | 4);
	write_rules(fixture, "#\n");
	write_file(fixture, "/rules.d/groups/nssteam.conf", "userns { drop = {3} }\n");
	assert_taken(fixture, "nssbob", 2 | 8);
	session_clear(&fixture->session);
}

/* As if the user were in these groups: nobody is asked, not even for the one to probe. */
static void test_groups_as_if(void **state)
{
	static const char *const groups[] = { "nssother", "imagined", "nssother" };
	struct fixture *fixture = *state;

	write_rules(fixture, "probe_group = no-such-group\n"
			     "group imagined { userns { drop = {0} } }\n"
			     "group nssteam { userns { drop = {1} } }\n");
	write_file(fixture, "/rules.d/groups/nssother.conf", "userns { drop = {2} }\n");
	write_file(fixture, "/rules.d/groups/nssnested.conf", "userns { drop = {3} }\n");
	setenv("USERNSCAPS_NSS_GROUP", "unavail", 1);
	setenv("USERNSCAPS_NSS_GID", "unavail", 1);
	fixture->request.groups = groups;
	fixture->request.group_count = COUNT(groups);
	assert_taken(fixture, "nssbob", 1 | 4);
	assert_int_equal(fixture->session.identity.groups.count, 2);
	assert_taken(fixture, "root", 0);
	fixture->request.group_count = 0;
	assert_taken(fixture, "nssbob", 0);
	session_clear(&fixture->session);
}

/* What is wrong in one user's file is that user's trouble; what all logins read is everybody's. */
static void test_broken_files(void **state)
{
	static const struct {
		const char *name, *text;
		bool bob, many, root; /* whose login it breaks */
	} cases[] = {
		{ "/rules.d/users/nssbob.conf", "wrong\n", true, false, false },
		{ "/rules.d/users/nssbob.conf", "", true, false, false },
		{ "/rules.d/users/nssbob.conf", "profile = none\n", true, false, false },
		{ "/rules.d/users/root.conf", "wrong\n", false, false, true },
		{ "/rules.d/groups/nssteam.conf", "wrong\n", true, false, false },
		{ "/rules.d/groups/nssnobody.conf", "wrong\n", false, false, false },
		{ "/rules.d/profiles/unused.conf", "wrong\n", false, false, false },
		{ "/rules.d/x.conf", "wrong\n", true, true, true },
		{ "/rules.d/x.conf", "profile p { profile = p }\n", true, true, true },
		{ "/rules.d/x.conf", "user nssbob { profile = none }\n", true, true, true },
		{ "/rules.d/x.conf/y", "a directory\n", true, true, true },
		{ "/rules.d/users", "a file\n", true, true, true },
		{ "/rules.d/groups", "a file\n", true, true, false },
		{ "/rules.d", "a file\n", true, true, true },
	};
	struct fixture *fixture = *state;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		const bool breaks[] = { cases[i].bob, cases[i].many, cases[i].root };
		static const char *const users[] = { "nssbob", "nssmany", "root" };
		char path[256];
		size_t j;

		write_rules(fixture, "#\n");
		write_file(fixture, cases[i].name, cases[i].text);
		for (j = 0; j < COUNT(users); j++) {
			enum session_outcome broken = j == 2 ? SESSION_EXEMPT : SESSION_FALLBACK;

			assert_opens(fixture, users[j], 0, breaks[j] ? broken : SESSION_UNTOUCHED);
			assert_true(capset_equal(fixture->fake.userns,
						 breaks[j] && j < 2 ? CAPSET_NONE : CAPSET_ALL));
			assert_true(capset_equal(fixture->fake.sets.bounding, capset_up_to(40)));
			if (breaks[j])
				assert_text(fixture, "/rules.d");
		}
		snprintf(path, sizeof(path), "%s/rules.d", fixture->dir);
		unit_empty(path);
		remove(path);
	}
	session_clear(&fixture->session);
}

/* The answers to broken rules are the same for each kind of file. */
static void test_broken_files_refused(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	write_file(fixture, "/rules.d/users/nssbob.conf", "userns { drop = {nosuch} }\n");
	write_file(fixture, "/rules.d/users/root.conf", "profile = none\n");
	fixture->request.refuse_on_error = true;
	assert_opens(fixture, "nssbob", -EBADMSG, SESSION_REFUSED);
	assert_text(
		fixture,
		"/rules.d/users/nssbob.conf:1: unknown capability 'nosuch'; expected a capability");
	assert_opens(fixture, "root", 0, SESSION_EXEMPT);
	assert_text(fixture, "/rules.d/users/root.conf:1: no such profile: none");
	assert_opens(fixture, "nobody", 0, SESSION_UNTOUCHED);
	fixture->request.even_deny_root = true;
	assert_opens(fixture, "root", -EBADMSG, SESSION_REFUSED);
	fixture->request.refuse_on_error = false;
	assert_opens(fixture, "root", 0, SESSION_FALLBACK);
	assert_int_equal(fixture->fake.userns.bits, 0);
	session_clear(&fixture->session);
}

/* No file can have such a name, and where there are files of users one may have been meant. A group
 * is looked for among the files that there are.
 */
static void test_names_that_no_file_has(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	assert_opens(fixture, "nss/slash", 0, SESSION_UNTOUCHED);
	assert_opens(fixture, "nsscorp", 0, SESSION_UNTOUCHED);
	write_file(fixture, "/rules.d/users/x.conf", "#\n");
	assert_opens(fixture, "nss/slash", 0, SESSION_FALLBACK);
	assert_text(fixture, "/rules.d/users: 'nss/slash' can't be the name of a file");
	assert_opens(fixture, "nsscorp", 0, SESSION_UNTOUCHED); /* in the group "nss/corp" */
	fixture->request.refuse_on_error = true;
	assert_opens(fixture, "nss/slash", -EINVAL, SESSION_REFUSED);
	fixture->request.refuse_on_error = false;
	write_file(fixture, "/rules.d/groups/x.conf", "#\n");
	assert_opens(fixture, "nsscorp", 0, SESSION_UNTOUCHED); /* nothing can be missing there */
	assert_opens(fixture, "nssbob", 0, SESSION_UNTOUCHED);
	session_clear(&fixture->session);
}

/* ---- texts and small print ---- */

static void test_site(void **state)
{
	struct config_site site = session_site(NULL, true);

	assert_string_equal(site.main, SYSCONFDIR "/security/usernscaps.conf");
	assert_false(site.any_owner); /* the site's own files are root's, whoever asks */
	site = session_site("/elsewhere.conf", true);
	assert_string_equal(site.main, "/elsewhere.conf");
	assert_null(site.vendor_main);
	assert_true(site.any_owner);
	assert_false(session_site("/elsewhere.conf", false).any_owner);
}

/* Rules that are for nobody in particular: without a user no user's file is read. */
static void test_rules_of_groups_alone(void **state)
{
	char *list[] = { "nssteam" };
	const struct names groups = { list, COUNT(list) }, none = { 0 };
	struct fixture *fixture = *state;
	struct policy_rules rules;
	struct config_problem problem;
	struct config_site site;

	write_rules(fixture, "#\n");
	write_file(fixture, "/rules.d/users/x.conf", "#\n");
	write_file(fixture, "/rules.d/groups/nssteam.conf", "#\n");
	site = session_site(fixture->conf, false);
	assert_int_equal(config_load(&site, &rules, &problem), 0);
	assert_int_equal(session_add_rules(&site, NULL, &groups, &rules, &problem), 0);
	assert_int_equal(rules.rule_count, 1);
	assert_int_equal(rules.rules[0].kind, POLICY_GROUP);
	assert_int_equal(session_add_rules(&site, "x", &none, &rules, &problem), 0);
	assert_int_equal(rules.rule_count, 2);
	policy_rules_clear(&rules);
}

static void test_problem_texts(void **state)
{
	static const struct {
		struct session_problem problem;
		const char *text;
	} cases[] = {
		{ { .stage = SESSION_STAGE_USER, .error = -EIO },
		  "can't look up the user: Input/output error" },
		{ { .stage = SESSION_STAGE_USER, .error = -ENOENT },
		  "can't look up the user: no such user" },
		{ { .stage = SESSION_STAGE_RULES, .config = { .file = "f", .text = "t" } },
		  "f: t" },
		{ { .stage = SESSION_STAGE_RULES,
		    .config = { .file = "f", .line = 7, .text = "t" } },
		  "f:7: t" },
		{ { .stage = SESSION_STAGE_GROUPS, .error = -ENOMEM },
		  "can't look up the user's groups: Cannot allocate memory" },
		{ { .stage = SESSION_STAGE_UNKNOWN, .error = -EAGAIN },
		  "the rules depend on unknown groups:  ()" },
		{ { .stage = SESSION_STAGE_DECISION, .error = -ENOMEM },
		  "can't decide: Cannot allocate memory" },
		{ { .stage = SESSION_STAGE_PROVIDER, .error = -EPERM },
		  "can't find out how userns sets are provided: Operation not permitted" },
		{ { .stage = SESSION_STAGE_UNSUPPORTED, .error = -EOPNOTSUPP },
		  "the userns set is to be lowered, and no provider for it is loaded" },
		{ { .stage = SESSION_STAGE_SETS, .error = -EPERM },
		  "can't read the capability sets: Operation not permitted" },
		{ { .stage = SESSION_STAGE_STEP, .error = -EPERM, .step = POLICY_BOUNDING },
		  "can't lower the bounding set: Operation not permitted" },
		{ { .stage = SESSION_STAGE_STEP, .error = -EAGAIN, .step = POLICY_USERNS },
		  "can't lower the userns set: the user has as many restricted processes as a "
		  "user can have" },
		{ { .stage = SESSION_STAGE_COUNT }, "" },
	};
	char text[SESSION_TEXT];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		const struct session session = { .problem = cases[i].problem };

		assert_string_equal(session_problem_text(&session, text), cases[i].text);
	}
}

/* A line is named once, however many items it speaks of. */
static void test_describe(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_TEXT];

	write_rules(fixture, "user nobody { userns { drop = {0} create = false strict = true } }\n"
			     "user nobody {\nbounding { drop = {0} } }\n");
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED);
	session_describe(&fixture->session, text);
	assert_non_null(
		strstr(text, "create=false strict=true no_new_privs=false provider=bpf rules="));
	assert_ptr_equal(strstr(text, "/rules.conf:1"),
			 strstr(text, ",/run/") + 1 + strlen(fixture->dir));
	assert_null(strstr(strstr(text, "/rules.conf:1") + 1, "/rules.conf:1"));
	assert_non_null(strstr(text, "/rules.conf:3"));
	session_clear(&fixture->session);
}

/* It takes nothing yet, and narrows every namespace that the session will create. */
static void test_strict_alone(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "user nobody { userns { strict = false } }\n");
	assert_opens(fixture, "nobody", 0, SESSION_UNTOUCHED);
	write_rules(fixture, "user nobody { userns { strict = true } }\n");
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED);
	assert_int_equal(fixture->fake.bpf_flags, USERNS_STRICT);
	session_clear(&fixture->session);
}

/* What can't be found out of the kernel refuses: before the first step there is nothing to undo. */
static int no_sets(void *context, struct kernel_sets *ret_sets)
{
	(void)context;
	(void)ret_sets;
	return -EPERM;
}

static int no_native(void *context)
{
	(void)context;
	return -EMFILE;
}

static void test_kernel_not_telling(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "user nobody { userns { drop = {0} } }\n");
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED); /* control */
	session_clear(&fixture->session);
	fake_kernel_init(&fixture->fake, 40);
	fixture->fake.kernel.read_sets = no_sets;
	assert_int_equal(open_session(fixture), -EPERM);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	assert_int_equal(fixture->session.problem.stage, SESSION_STAGE_SETS);
	session_clear(&fixture->session);
	fake_kernel_init(&fixture->fake, 40);
	fixture->fake.has_native = true;
	fixture->fake.kernel.has_native = no_native;
	assert_int_equal(open_session(fixture), -EMFILE);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	assert_int_equal(fixture->session.problem.stage, SESSION_STAGE_PROVIDER);
	assert_int_equal(fixture->fake.operations, 0);
	session_clear(&fixture->session);
}

/* ---- reset: root starts from what its bounding set has ---- */

/* Out of a session without sys_module, and without net_admin in namespaces. */
static void open_restricted(struct fixture *fixture, const char *user, int r)
{
	session_clear(&fixture->session);
	fake_kernel_init(&fixture->fake, 40);
	fixture->fake.has_bpf = true;
	fixture->fake.sets.bounding = capset_minus(capset_up_to(40), capset_of(16));
	fixture->fake.userns = capset_from_bits(capset_up_to(40).bits & ~0x11000ULL);
	fixture->fake.bpf_flags = USERNS_STRICT | USERNS_NO_CREATE;
	fixture->request.user = user;
	assert_int_equal(open_session(fixture), r);
}

static void assert_not_reset(struct fixture *fixture)
{
	assert_true(capset_equal(fixture->session.regain.raised, CAPSET_NONE));
	assert_false(fixture->session.regain.cleared);
	assert_int_equal(fixture->session.regain.raise_error, 0);
	assert_int_equal(fixture->session.regain.clear_error, 0);
	assert_false(capset_has(fixture->fake.userns, 12));
	assert_int_equal(fixture->fake.bpf_flags & USERNS_NO_CREATE, USERNS_NO_CREATE);
	session_clear(&fixture->session);
}

static void test_reset(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	open_restricted(fixture, "root", 0); /* control */
	assert_not_reset(fixture);
	fixture->request.reset = true;
	open_restricted(fixture, "root", 0);
	assert_int_equal(fixture->session.outcome, SESSION_UNTOUCHED);
	assert_int_equal(fixture->session.regain.raised.bits, 1 << 12);
	assert_true(fixture->session.regain.cleared);
	assert_true(capset_equal(fixture->fake.userns, fixture->fake.sets.bounding));
	assert_int_equal(fixture->fake.bpf_flags, 0);
	session_clear(&fixture->session);
}

/* What the rules say of root holds after it. */
static void test_reset_then_rules(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "user root { userns { drop = {12, 21} strict = true } }\n");
	fixture->request.reset = true;
	open_restricted(fixture, "root", 0);
	assert_int_equal(fixture->session.outcome, SESSION_RESTRICTED);
	assert_int_equal(fixture->session.regain.raised.bits, 1 << 12);
	assert_int_equal(fixture->fake.userns.bits, capset_up_to(40).bits & ~0x211000ULL);
	assert_int_equal(fixture->fake.bpf_flags, USERNS_STRICT);
	session_clear(&fixture->session);
}

static void test_reset_is_for_root(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	fixture->request.reset = true;
	open_restricted(fixture, "nobody", 0);
	assert_not_reset(fixture);
	write_rules(fixture, "default { userns { drop = {21} } }\n");
	open_restricted(fixture, "nssbob", 0);
	assert_int_equal(fixture->session.outcome, SESSION_RESTRICTED);
	assert_not_reset(fixture);
}

/* Rules that can't be used could have restricted root. */
static void test_reset_and_broken_rules(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "no rules\n");
	fixture->request.reset = true;
	open_restricted(fixture, "root", 0);
	assert_int_equal(fixture->session.outcome, SESSION_EXEMPT);
	assert_not_reset(fixture);
	fixture->request.even_deny_root = true;
	open_restricted(fixture, "root", 0);
	assert_int_equal(fixture->session.outcome, SESSION_FALLBACK);
	assert_not_reset(fixture);
	fixture->request.refuse_on_error = true;
	open_restricted(fixture, "root", -EBADMSG);
	assert_not_reset(fixture);
	open_restricted(fixture, "no-such-user", -ENOENT);
	assert_not_reset(fixture);
}

/* Each operation failing in turn, or done in word only: root gets in, with what it had. */
static void test_reset_failing(void **state)
{
	struct fixture *fixture = *state;
	char text[REGAIN_TEXT];
	unsigned operation, i;

	write_rules(fixture, "#\n");
	fixture->request.reset = true;
	fixture->request.user = "root";
	for (i = 0; i < 2; i++) {
		for (operation = 1; operation <= 3; operation++) {
			fake_kernel_init(&fixture->fake, 40);
			fixture->fake.has_bpf = true;
			fixture->fake.userns = capset_from_bits(~0x201000ULL);
			fixture->fake.bpf_flags = USERNS_NO_CREATE;
			*(i == 0 ? &fixture->fake.fail_at : &fixture->fake.lie_at) = operation;
			assert_int_equal(open_session(fixture), 0);
			assert_int_equal(fixture->session.outcome, SESSION_UNTOUCHED);
			assert_int_equal(fixture->fake.operations, 3);
			assert_int_equal(capset_has(fixture->fake.userns, 12), operation != 1);
			assert_int_equal(capset_has(fixture->fake.userns, 21), operation != 2);
			assert_int_equal(fixture->fake.bpf_flags == 0, operation != 3);
			assert_true(*regain_problem_text(&fixture->session.regain, text));
			session_clear(&fixture->session);
		}
	}
}

static void test_reset_refused(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "#\n");
	fixture->request.reset = true;
	fixture->request.user = "root";
	fixture->fake.has_bpf = true;
	fixture->fake.userns = CAPSET_NONE;
	fixture->fake.lacks_setpcap = true;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.regain.raise_error, -EPERM);
	assert_int_equal(fixture->fake.userns.bits, 0);
	session_clear(&fixture->session);

	/* Not even the provider can be found: that refuses only where rules need it. */
	fixture->fake.bpf_version = 0;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.regain.raise_error, -EPROTONOSUPPORT);
	session_clear(&fixture->session);
	write_rules(fixture, "user root { userns { drop = {0} } }\n");
	assert_int_equal(open_session(fixture), -EPROTONOSUPPORT);
	session_clear(&fixture->session);
}

/* Most kernels, and most sessions of root. */
static void test_nothing_to_reset(void **state)
{
	struct fixture *fixture = *state;
	unsigned i;

	write_rules(fixture, "#\n");
	fixture->request.reset = true;
	fixture->request.user = "root";
	for (i = 0; i < 2; i++) {
		fake_kernel_init(&fixture->fake, 40);
		fixture->fake.has_bpf = i;
		assert_int_equal(open_session(fixture), 0);
		assert_int_equal(fixture->fake.operations, 0);
		assert_int_equal(fixture->session.regain.raise_error, 0);
		assert_int_equal(fixture->session.regain.clear_error, 0);
		session_clear(&fixture->session);
	}
}

/* ---- what is remembered of a session ---- */

#define TEXT USERNS_SESSION_TEXT

/* "nobody|login|LOGIN UID|AUDIT SESSION" of this process, as the fields of a record begin. */
static const char *who(char buf[static TEXT])
{
	char login_uid[AUDIT_ID], audit_session[AUDIT_ID];

	audit_id_read("/proc/self/loginuid", login_uid);
	audit_id_read("/proc/self/sessionid", audit_session);
	snprintf(buf, TEXT, "nobody|login|%s|%s", login_uid, audit_session);
	return buf;
}

/* Add a string to those that are shown, with '@' for the directory of the fixture. */
static void show_string(const struct fixture *fixture, const char *string, char shown[static TEXT])
{
	const char *at = strstr(string, fixture->dir);
	size_t used = strlen(shown);

	if (at)
		snprintf(shown + used, TEXT - used, "%.*s@%s|", (int)(at - string), string,
			 at + strlen(fixture->dir));
	else
		snprintf(shown + used, TEXT - used, "%s|", string);
}

/*
 * The strings of a record, each followed by '|': five fields, and rules up to an empty one. After
 * that the record must be empty.
 */
static const char *show(const struct fixture *fixture, const char text[static TEXT],
			char shown[static TEXT])
{
	size_t used = 0, i;

	shown[0] = '\0';
	for (i = 0; i < 5 || text[used]; i++) {
		show_string(fixture, text + used, shown);
		used += strlen(text + used) + 1;
		assert_true(used < TEXT);
	}
	for (; used < TEXT; used++)
		assert_int_equal(text[used], '\0');
	return shown;
}

/* The session that was opened has a record, of "user|service|auid|ses", contact and rules. */
static void assert_record(const struct fixture *fixture, const char *expected)
{
	char shown[TEXT], begin[TEXT], whole[2 * TEXT];

	assert_true(fixture->session.id != 0);
	assert_int_equal(fixture->session.record_error, 0);
	assert_int_equal(fixture->session.id, fixture->fake.session.id);
	assert_int_equal(fixture->fake.session.uid, fixture->session.identity.uid);
	assert_int_equal(fixture->fake.session.writer, 0);
	snprintf(whole, sizeof(whole), "%s|%s", who(begin), expected);
	assert_string_equal(show(fixture, fixture->fake.session.text, shown), whole);
}

static void test_record(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "contact = \"help desk, room 5\"\n"
			     "user nobody { userns { drop = {12, 21} } }\n"
			     "user nobody {\n"
			     "	bounding { drop = {16} }\n"
			     "	inheritable { policy = deny }\n"
			     "	userns { policy = deny keep = {0}\n"
			     "	create = false strict = true }\n"
			     "	no_new_privs = true }\n"
			     "default { userns { drop = {13} } }\n");
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED);
	/* Only the user's rules count for the userns set: one of them starts from nothing. */
	assert_record(fixture, "help desk, room 5|bounding 10000 @/rules.conf:4|"
			       "inheritable ffffffffffffffff @/rules.conf:5|"
			       "userns 201000 @/rules.conf:2|"
			       "userns fffffffffffffffe @/rules.conf:6|"
			       "userns 2000 @/rules.conf:9|"
			       "create ffffffffffffffff @/rules.conf:7|"
			       "strict ffffffffffffffff @/rules.conf:7|"
			       "no_new_privs ffffffffffffffff @/rules.conf:8|");

	/* The same again: there is nothing left to take, and its rules are what denies. */
	session_clear(&fixture->session);
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.outcome, SESSION_RESTRICTED);
	assert_int_equal(fixture->session.id, 2);
	assert_int_equal(fixture->fake.session.parent, 1);
	session_clear(&fixture->session);
}

/* By the user's name of NSS, not the one that was typed, and with nobody to ask. */
static void test_record_of_names(void **state)
{
	struct fixture *fixture = *state;
	char shown[TEXT];

	write_rules(fixture, "user nssbob { profile = p }\n");
	write_file(fixture, "/rules.d/profiles/p.conf", "#\nuserns { drop = {40} }\n");
	fixture->request.service = "systemd-user";
	assert_opens(fixture, "NSSBOB", 0, SESSION_RESTRICTED);
	show(fixture, fixture->fake.session.text, shown);
	assert_ptr_equal(strstr(shown, "nssbob|systemd-user|"), shown);
	assert_non_null(strstr(shown, "||userns 10000000000 @/rules.d/profiles/p.conf:2|"));
	assert_int_equal(fixture->fake.session.uid, fixture->session.identity.uid);
	assert_true(fixture->session.identity.uid != 0);
	session_clear(&fixture->session);
}

/* A rule that takes nothing is not what denied something. */
static void test_record_of_rules_that_take_nothing(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "user nobody { userns { policy = allow } bounding { drop = {} } }\n"
			     "user nobody { userns { drop = {1} } }\n"
			     "default { userns { keep = {2} } }\n");
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED);
	assert_record(fixture, "|userns 2 @/rules.conf:2|");
	session_clear(&fixture->session);
}

/* Nor is a flag that lets through what another rule's does not. */
static void test_record_of_flags(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "user nobody { userns { create = true strict = false }\n"
			     "no_new_privs = false }\n"
			     "user nobody {\nuserns { create = false } }\n"
			     "user nobody {\nuserns { strict = true drop = {1} } }\n");
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED);
	assert_record(fixture, "|userns 2 @/rules.conf:6|"
			       "create ffffffffffffffff @/rules.conf:4|"
			       "strict ffffffffffffffff @/rules.conf:6|");
	session_clear(&fixture->session);
}

static void test_record_of_broken_rules(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "contact = root\nuser nobody {\n wrong }\n");
	assert_opens(fixture, "nobody", 0, SESSION_FALLBACK);
	assert_record(fixture, "|broken ffffffffffffffff @/rules.conf:3|");

	/* Of the main file there is nothing wrong. */
	write_rules(fixture, "contact = root\ndefault { userns { drop = {1} } }\n");
	write_file(fixture, "/rules.d/users/nobody.conf", "#\nprofile = none\n");
	assert_opens(fixture, "nobody", 0, SESSION_FALLBACK);
	assert_record(fixture, "root|broken ffffffffffffffff @/rules.d/users/nobody.conf:2|");

	/* One that has no line. */
	write_file(fixture, "/rules.d/users/nobody.conf", "");
	assert_opens(fixture, "nobody", 0, SESSION_FALLBACK);
	assert_record(fixture, "root|broken ffffffffffffffff @/rules.d/users/nobody.conf:0|");

	write_file(fixture, "/rules.d/users/nobody.conf", "#\n"); /* control */
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED);
	assert_record(fixture, "root|userns 2 @/rules.conf:2|");
	session_clear(&fixture->session);
}

/* On top of the other rules, where the broken file is of a group that is unknown. */
static void test_record_of_rules_broken_perhaps(void **state)
{
	struct fixture *fixture = *state;
	char shown[TEXT];

	write_rules(fixture, "default { userns { drop = {1} } }\n");
	write_file(fixture, "/rules.d/groups/x.conf", "wrong\n");
	assert_opens(fixture, "nssgids", 0, SESSION_FALLBACK);
	show(fixture, fixture->fake.session.text, shown);
	assert_non_null(strstr(shown, "||broken ffffffffffffffff @/rules.d/groups/x.conf:1|"
				      "userns 2 @/rules.conf:1|"));
	session_clear(&fixture->session);
}

/* Has neither an id nor a reason to have none. */
static void assert_not_asked(const struct fixture *fixture)
{
	assert_int_equal(fixture->session.id, 0);
	assert_int_equal(fixture->session.record_error, 0);
	assert_int_equal(fixture->fake.session_calls[FAKE_OPEN], 0);
	assert_string_equal(fixture->session.login_uid, "");
	assert_string_equal(fixture->session.audit_session, "");
}

static void assert_not_remembered(struct fixture *fixture, const char *user, int r,
				  enum session_outcome outcome)
{
	assert_opens(fixture, user, r, outcome);
	assert_not_asked(fixture);
}

static void test_sessions_not_remembered(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "user nssbob { userns { drop = {1} } }\n"
			     "user nobody { userns { drop = {} create = true } }\n");
	assert_not_remembered(fixture, "nobody", 0, SESSION_UNTOUCHED);
	assert_not_remembered(fixture, "root", 0, SESSION_UNTOUCHED);
	assert_not_remembered(fixture, "no-such-user", -ENOENT, SESSION_REFUSED);
	write_rules(fixture, "wrong\n");
	assert_not_remembered(fixture, "root", 0, SESSION_EXEMPT);
	fixture->request.refuse_on_error = true;
	assert_not_remembered(fixture, "nobody", -EBADMSG, SESSION_REFUSED);
	session_clear(&fixture->session);
}

/* Nor is one that was refused, though its rules restrict, and did so in part. */
static void test_refused_sessions_not_remembered(void **state)
{
	struct fixture *fixture = *state;

	write_rules(fixture, "default { userns { drop = {1} } bounding { drop = {2} } }\n");
	write_file(fixture, "/rules.d/groups/x.conf", "wrong\n");
	fixture->request.refuse_on_error = true;
	assert_not_remembered(fixture, "nssgids", -EBADMSG, SESSION_REFUSED);
	fixture->request.user = "nobody";
	session_clear(&fixture->session);
	fake_kernel_init(&fixture->fake, 40);
	fixture->fake.has_bpf = true;
	fixture->fake.fail_at = 2;
	assert_int_equal(open_session(fixture), -EIO);
	assert_int_equal(fixture->session.outcome, SESSION_REFUSED);
	assert_false(capset_has(fixture->fake.userns, 1));
	assert_not_asked(fixture);
	session_clear(&fixture->session);
}

/* Root whose sets were raised is reported with both, though nothing is remembered. */
static void test_audit_ids_of_reset(void **state)
{
	struct fixture *fixture = *state;
	char whole[2 * TEXT], begin[TEXT];

	write_rules(fixture, "#\n");
	fixture->request.reset = true;
	assert_opens(fixture, "root", 0, SESSION_UNTOUCHED);
	snprintf(whole, sizeof(whole), "nobody|login|%s|%s", fixture->session.login_uid,
		 fixture->session.audit_session);
	assert_string_equal(whole, who(begin));
	assert_int_equal(fixture->session.id, 0);
	assert_int_equal(fixture->fake.session_calls[FAKE_OPEN], 0);
	session_clear(&fixture->session);
}

/* Nobody is refused because nothing can be remembered. */
static void test_record_failing(void **state)
{
	static const struct {
		enum fake_session_call call;
		int error;
		const char *text;
	} cases[] = {
		{ FAKE_OPEN, -EPERM, "not-permitted" }, { FAKE_OPEN, -ENFILE, "no-room" },
		{ FAKE_WRITE, -EIO, "none" },		{ FAKE_SEAL, -EIO, "none" },
		{ FAKE_SEAL, -EPERM, "not-permitted" },
	};
	struct fixture *fixture = *state;
	char text[SESSION_ID_TEXT];
	size_t i;

	write_rules(fixture, "user nobody { userns { drop = {1} } }\n");
	for (i = 0; i < COUNT(cases); i++) {
		fake_kernel_init(&fixture->fake, 40);
		fixture->fake.has_bpf = true;
		fixture->fake.session_errors[cases[i].call] = cases[i].error;
		assert_int_equal(open_session(fixture), 0);
		assert_int_equal(fixture->session.outcome, SESSION_RESTRICTED);
		assert_int_equal(fixture->session.record_error, cases[i].error);
		assert_int_equal(fixture->session.id, 0);
		assert_string_equal(session_id_text(&fixture->session, text), cases[i].text);
		assert_false(capset_has(fixture->fake.userns, 1));
		session_clear(&fixture->session);
	}
}

/* Where the programs are missing or too old, and where they restrict nothing. */
static void test_nobody_remembers(void **state)
{
	struct fixture *fixture = *state;
	char text[SESSION_ID_TEXT];

	write_rules(fixture, "user nobody { userns { drop = {1} } }\n");
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.record_error, -EOPNOTSUPP);
	assert_string_equal(session_id_text(&fixture->session, text), "none");
	session_clear(&fixture->session);
	fake_kernel_init(&fixture->fake, 40);
	fixture->fake.has_bpf = fixture->fake.lacks_sessions = true;
	assert_int_equal(open_session(fixture), 0);
	assert_int_equal(fixture->session.record_error, -EOPNOTSUPP);
	assert_int_equal(fixture->session.id, 0);
	session_clear(&fixture->session);
	write_rules(fixture, "user nobody { bounding { drop = {1} } }\n");
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED);
	assert_int_equal(fixture->session.record_error, -ENODATA);
	assert_int_equal(fixture->session.id, 0);
	assert_string_equal(session_id_text(&fixture->session, text), "none");
	session_clear(&fixture->session);
}

static void test_id_text(void **state)
{
	static const struct {
		uint64_t id;
		int error;
		const char *text;
	} cases[] = {
		{ 1, 0, "1" },
		{ UINT64_MAX, 0, "18446744073709551615" },
		{ 0, 0, "none" },
		{ 0, -EPERM, "not-permitted" },
		{ 0, -ENFILE, "no-room" },
		{ 0, -ENODATA, "none" },
		{ 0, -EOPNOTSUPP, "none" },
		{ 0, -EIO, "none" },
	};
	char text[SESSION_ID_TEXT];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		const struct session session = { .id = cases[i].id,
						 .record_error = cases[i].error };

		assert_ptr_equal(session_id_text(&session, text), text);
		assert_string_equal(text, cases[i].text);
	}
}

/* Write a record, and look whether it keeps to its bounds. Returns its size. */
static size_t write_record(const char *service, const struct session *session,
			   char text[static TEXT])
{
	const struct session_request request = { .user = "typed", .service = service };
	char room[TEXT + 64];
	size_t size, i;

	memset(room, 0xa5, sizeof(room));
	size = record_write(&request, session, room);
	assert_between(size, 6, TEXT);
	assert_int_equal(room[size - 1], '\0');
	assert_int_equal(room[size - 2], '\0');
	for (i = TEXT; i < sizeof(room); i++)
		assert_int_equal((unsigned char)room[i], 0xa5);
	memset(text, 0, TEXT);
	memcpy(text, room, size);
	return size;
}

/* A long word, which has no two neighbours that are alike. */
static void fill(char *word, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		word[i] = (char)('a' + i % 26);
	word[len] = '\0';
}

/* Each field stands where it belongs, however long those before it are. */
static void test_long_fields(void **state)
{
	static const size_t lengths[] = { 0, 1, 149, 150, 151, 3000 };
	char word[3001], text[TEXT];
	struct session session = { .login_uid = "4294967295", .audit_session = "4294967294" };
	size_t i;

	policy_decision_init(&session.decision);
	for (i = 0; i < COUNT(lengths); i++) {
		const char *at = text;
		size_t kept = lengths[i] < 150 ? lengths[i] : 150, size;

		fill(word, lengths[i]);
		session.identity.name = session.rules.contact = word;
		size = write_record(word, &session, text);
		assert_int_equal(strlen(at), kept);
		assert_memory_equal(at, word, kept);
		at += kept + 1;
		assert_int_equal(strlen(at), kept);
		assert_memory_equal(at, word, kept);
		at += kept + 1;
		assert_string_equal(at, "4294967295");
		at += strlen(at) + 1;
		assert_string_equal(at, "4294967294");
		at += strlen(at) + 1;
		assert_int_equal(strlen(at), kept);
		assert_memory_equal(at, word, kept);
		at += kept + 1;
		assert_ptr_equal(at + 1, text + size);
	}
}

/* A session of user "u" by service "s", with rules for its userns set in a file of that name. */
static struct session with_sources(struct policy_source *sources, size_t count, const char *file)
{
	static char name[] = "u";
	struct session session = { .identity.name = name, .login_uid = "1", .audit_session = "2" };
	size_t i;

	for (i = 0; i < count; i++)
		sources[i] = (struct policy_source){ .place = { file, 1 }, .taken = capset_of(4) };
	policy_decision_init(&session.decision);
	session.decision.items[POLICY_USERNS].set = capset_minus(CAPSET_ALL, capset_of(4));
	session.decision.items[POLICY_USERNS].sources = sources;
	session.decision.items[POLICY_USERNS].source_count = count;
	return session;
}

/* The line for all rules that have no room, and how long a text without that line can be. */
#define OTHERS "others ffffffffffffffff others"
#define ROOM   (TEXT - sizeof(OTHERS))

/* The last byte is used, and one rule that needs one more is left out as a whole. */
static void test_record_of_just_room(void **state)
{
	struct policy_source sources[2];
	char file[TEXT] = "", text[TEXT];
	struct session session = with_sources(sources, 1, file);
	size_t fields = strlen("u_s_1_2__"), line = strlen("userns 10 :1_");

	fill(file, ROOM - fields - line - 1);
	assert_int_equal(write_record("s", &session, text), ROOM);
	assert_int_equal(strlen(text + fields), ROOM - fields - 2);
	fill(file, ROOM - fields - line);
	assert_int_equal(write_record("s", &session, text), fields + sizeof(OTHERS) + 1);
	assert_string_equal(text + fields, OTHERS);

	/* What comes after it may have room. */
	session = with_sources(sources, 2, file);
	sources[1].place = (struct policy_place){ "f", 23 };
	assert_int_equal(write_record("s", &session, text), fields + line + 2 + sizeof(OTHERS) + 1);
	assert_string_equal(text + fields, "userns 10 f:23");
	assert_string_equal(text + fields + line + 2, OTHERS);

	/* Likewise the line of rules that are broken. */
	session.problem.stage = SESSION_STAGE_RULES;
	session.problem.error = -EBADMSG;
	strcpy(session.problem.config.file, "f");
	session.problem.config.line = 5;
	write_record("s", &session, text);
	assert_string_equal(text + fields, "broken ffffffffffffffff f:5");
	session.problem.stage = SESSION_STAGE_STEP; /* another problem */
	write_record("s", &session, text);
	assert_string_equal(text + fields, "userns 10 f:23");
	session.problem.stage = SESSION_STAGE_RULES; /* none */
	session.problem.error = 0;
	write_record("s", &session, text);
	assert_string_equal(text + fields, "userns 10 f:23");
}

/* As many as there is room for, each of them whole, and one that stands for the others. */
static void test_record_of_many_rules(void **state)
{
	static struct policy_source sources[5000];
	struct session session = with_sources(sources, COUNT(sources), "/etc/x");
	const char expected[] = "userns 10 /etc/x:1";
	size_t fields = strlen("u_s_1_2__"), size, at, count = 0;
	char text[TEXT];

	size = write_record("s", &session, text);
	for (at = fields; strcmp(text + at, expected) == 0; at += sizeof(expected))
		count++;
	assert_string_equal(text + at, OTHERS);
	assert_int_equal(at + sizeof(OTHERS) + 1, size);
	assert_int_equal(count, (ROOM - 1 - fields) / sizeof(expected));
}

/* The same by way of files, and what was written is what the kernel has. */
static void test_session_of_many_rules(void **state)
{
	static char rules[200 * 60];
	struct fixture *fixture = *state;
	char shown[TEXT], expected[TEXT] = "";
	size_t used = 0, i;

	for (i = 0; i < 200; i++)
		used += (size_t)snprintf(rules + used, sizeof(rules) - used,
					 "user nobody { userns { drop = {5} } }\n");
	write_rules(fixture, rules);
	assert_opens(fixture, "nobody", 0, SESSION_RESTRICTED);
	assert_true(fixture->session.id != 0);
	show(fixture, fixture->fake.session.text, shown);
	for (used = 0, i = 1; used < 400; i++)
		used += (size_t)snprintf(expected + used, sizeof(expected) - used,
					 "userns 20 @/rules.conf:%zu|", i);
	assert_non_null(strstr(shown, expected));
	assert_string_equal(shown + strlen(shown) - sizeof(OTHERS), OTHERS "|");
	session_clear(&fixture->session);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_no_rule),
		TEST(test_rule),
		TEST(test_parts),
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
		TEST(test_files_of_users_and_groups),
		TEST(test_listed_member),
		TEST(test_unknown_groups),
		TEST(test_when_group_unknown),
		TEST(test_files_beside_rules),
		TEST(test_broken_file_perhaps),
		TEST(test_exceptions_in_files),
		TEST(test_listed_file_gone),
		TEST(test_profiles_of_the_tree),
		TEST(test_groups_and_root),
		TEST(test_probe_group),
		TEST(test_group_outages),
		TEST(test_list_of_groups_outage),
		TEST(test_groups_as_if),
		TEST(test_broken_files),
		TEST(test_broken_files_refused),
		TEST(test_names_that_no_file_has),
		TEST(test_site),
		TEST(test_rules_of_groups_alone),
		TEST(test_problem_texts),
		TEST(test_describe),
		TEST(test_strict_alone),
		TEST(test_kernel_not_telling),
		TEST(test_reset),
		TEST(test_reset_then_rules),
		TEST(test_reset_is_for_root),
		TEST(test_reset_and_broken_rules),
		TEST(test_reset_failing),
		TEST(test_reset_refused),
		TEST(test_nothing_to_reset),
		TEST(test_record),
		TEST(test_record_of_names),
		TEST(test_record_of_rules_that_take_nothing),
		TEST(test_record_of_flags),
		TEST(test_record_of_broken_rules),
		TEST(test_record_of_rules_broken_perhaps),
		TEST(test_sessions_not_remembered),
		TEST(test_refused_sessions_not_remembered),
		TEST(test_audit_ids_of_reset),
		TEST(test_record_failing),
		TEST(test_nobody_remembers),
		TEST(test_id_text),
		TEST(test_long_fields),
		TEST(test_record_of_just_room),
		TEST(test_record_of_many_rules),
		TEST(test_session_of_many_rules),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
