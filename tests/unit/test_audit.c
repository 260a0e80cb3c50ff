// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What the audit trail says of a session, and that nobody can put fields of their own into it. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/capability.h>

#include "session/audit.h"

static const struct session_request request = { .user = "alice", .service = "sshd" };
static struct session session;
static struct policy_source sources[40];
static struct audit_text text;

/* Restricted by one rule. */
static int setup(void **state)
{
	memset(&session, 0, sizeof(session));
	memset(sources, 0, sizeof(sources));
	session = (struct session){
		.id = 7,
		.parent = 3,
		.last = 40,
		.outcome = SESSION_RESTRICTED,
		.userns.kind = USERNS_BPF,
		.plan.step_count = 1,
	};
	for (enum policy_item item = 0; item < POLICY_ITEM_COUNT; item++)
		session.plan.target.items[item] = CAPSET_ALL;
	session.plan.target.items[POLICY_USERNS] =
		capset_minus(CAPSET_ALL, capset_of(CAP_NET_ADMIN));
	sources[0].place = (struct policy_place){ .file = "/etc/a.conf", .line = 2 };
	session.decision.items[POLICY_USERNS].sources = sources;
	session.decision.items[POLICY_USERNS].source_count = 1;
	memset(&text, 'x', sizeof(text));
	return 0;
}

static const char *opened(int r)
{
	return session_audit_opened(&request, &session, r, &text);
}

static void test_open(void **state)
{
	assert_string_equal(opened(0),
			    "usernscaps_open service=\"sshd\" session=7 parent=3 provider=bpf "
			    "bounding=all inheritable=all userns=all,-net_admin create=true "
			    "strict=false no_new_privs=false rules=\"/etc/a.conf:2\"");
	session.userns.kind = USERNS_GUARDED;
	assert_non_null(strstr(opened(0), " provider=native,bpf "));
	/* Restricted by an outer session, and without a number. */
	session.plan.step_count = 0;
	assert_non_null(strstr(opened(0), "usernscaps_open "));
	session.id = 0;
	session.plan.step_count = 1;
	assert_non_null(strstr(opened(0), "usernscaps_open "));
	/* Let through, for lack of a provider. */
	session.plan.step_count = 0;
	assert_non_null(strstr(opened(0), "usernscaps_unrestricted "));
	session.outcome = SESSION_UNTOUCHED;
	assert_string_equal(opened(0), "");
}

static void test_refused(void **state)
{
	session.problem.stage = SESSION_STAGE_UNSUPPORTED;
	session.problem.error = -EOPNOTSUPP;
	assert_string_equal(opened(-EOPNOTSUPP),
			    "usernscaps_refuse problem=unsupported service=\"sshd\" "
			    "rules=\"/etc/a.conf:2\"");
	/* Each stage has a word, and before there are rules none are named. */
	session.decision.items[POLICY_USERNS].source_count = 0;
	for (session.problem.stage = 0; session.problem.stage < SESSION_STAGE_COUNT;
	     session.problem.stage++) {
		assert_null(strstr(opened(-EIO), "(null)"));
		assert_null(strstr(text.buf, "rules="));
	}
}

static void test_broken(void **state)
{
	session.problem = (struct session_problem){
		.stage = SESSION_STAGE_RULES,
		.error = -EBADMSG,
		.config = { .file = "/etc/b.conf", .line = 9 },
	};
	session.decision.items[POLICY_USERNS].source_count = 0;
	session.outcome = SESSION_FALLBACK;
	assert_non_null(strstr(opened(0), "usernscaps_fallback problem=rules service=\"sshd\" "
					  "session=7 "));
	assert_non_null(strstr(text.buf, " rules=\"/etc/b.conf:9\""));
	session.outcome = SESSION_EXEMPT;
	assert_string_equal(opened(0), "usernscaps_exempt problem=rules service=\"sshd\" "
				       "rules=\"/etc/b.conf:9\"");
}

/* More rules than there is room for: whole places, and that there are others. */
static void test_many_rules(void **state)
{
	const char *end;

	for (size_t i = 0; i < COUNT(sources); i++)
		sources[i].place = (struct policy_place){ .file = "/etc/usernscaps.d/10-rules.conf",
							  .line = (unsigned)i + 1 };
	session.decision.items[POLICY_USERNS].source_count = COUNT(sources);
	end = strstr(opened(0), ".conf:11,others\"");
	assert_non_null(end);
	assert_string_equal(end, ".conf:11,others\"");
	/* One that has no room at all. */
	{
		char file[500];

		memset(file, 'a', sizeof(file) - 1);
		file[sizeof(file) - 1] = '\0';
		sources[0].place.file = file;
		assert_non_null(strstr(opened(0), " rules=\"others\""));
	}
}

/* What could end a field, or begin one, goes as hexadecimal. */
static void test_encoding(void **state)
{
	static const char *const odd[] = { "a b", "a\"b", "a\nb", "a\033[1m", "\302\233", " " };
	struct session_request forged = request;

	for (size_t i = 0; i < COUNT(odd); i++) {
		char expected[64] = "service=";

		for (const char *c = odd[i]; *c; c++)
			snprintf(expected + strlen(expected), 3, "%02X", (unsigned char)*c);
		strcat(expected, " session=");
		forged.service = odd[i];
		assert_non_null(
			strstr(session_audit_opened(&forged, &session, 0, &text), expected));
		sources[0].place.file = odd[i];
		opened(0);
		assert_null(strchr(strstr(text.buf, "rules="), '"'));
		assert_null(strchr(text.buf, '\n'));
		assert_null(strchr(text.buf, '\033'));
	}
}

static void test_closed(void **state)
{
	struct userns_session record = { .id = 7, .lost = 3 };

	assert_string_equal(session_audit_closed(7, NULL, &text),
			    "usernscaps_close session=7 denied=?");
	record.denials[0] = (struct userns_denials){ .kind = USERNS_KIND_INSIDE | CAP_NET_ADMIN,
						     .count = 1000000 };
	record.denials[1] = (struct userns_denials){
		.kind = USERNS_KIND_OWNER | CAP_SYS_PTRACE | USERNS_KIND_QUIET, .count = 20
	};
	assert_non_null(strstr(session_audit_closed(7, &record, &text),
			       "usernscaps_close session=7 seconds="));
	assert_non_null(strstr(text.buf, " denied=1000003 tried=20 other=3"));
}

static void test_denied(void **state)
{
	struct userns_session record = { .id = 7 };
	struct userns_denials *denials = &record.denials[1];

	assert_string_equal(session_audit_denied(&record, 1, &text), "");
	*denials = (struct userns_denials){
		.kind = USERNS_KIND_INSIDE | CAP_NET_ADMIN, .count = 8, .pid = 2180, .comm = "ip"
	};
	assert_string_equal(session_audit_denied(&record, 1, &text),
			    "usernscaps_denied session=7 denied=net_admin where=inside count=8 "
			    "by=session opid=2180 ocomm=\"ip\"");
	memcpy(denials->comm, "a\" res=success b", sizeof(denials->comm));
	denials->kind |= USERNS_KIND_MASK;
	assert_string_equal(session_audit_denied(&record, 1, &text),
			    "usernscaps_denied session=7 denied=net_admin where=inside count=8 "
			    "by=mask opid=2180 ocomm=\"a?_res_success_b\" "
			    "ocomm_raw=6122207265733D737563636573732062");
	denials->kind = USERNS_KIND_OWNER | CAP_SYS_PTRACE | USERNS_KIND_QUIET;
	assert_string_equal(session_audit_denied(&record, 1, &text), "");
}

/* Does a text consist of a word and whole fields? */
static bool is_whole(const char *fields)
{
	for (fields = strchr(fields, ' '); fields; fields = strchr(fields + 1, ' ')) {
		const char *value = strchr(fields, '='), *end = strchr(fields + 1, ' ');
		size_t len = end ? (size_t)(end - value) : strlen(value ? value : "");

		if (!value || len < 2 || (value[1] == '"' && value[len - 1] != '"'))
			return false;
	}
	return true;
}

/* The longest of all: rules are cut, and what has no room is left out whole. */
static void test_room(void **state)
{
	struct session_request long_request = request;
	char service[700];

	session.decision.items[POLICY_USERNS].source_count = COUNT(sources);
	for (size_t i = 0; i < COUNT(sources); i++)
		sources[i].place =
			(struct policy_place){ .file = "/etc/security/usernscaps.d/50-site.conf",
					       .line = (unsigned)i + 1 };
	for (enum policy_item item = 0; item < POLICY_SET_COUNT; item++)
		session.plan.target.items[item] = capset_from_bits(0x15555555555);
	for (size_t len = 1; len < sizeof(service); len += 13) {
		memset(service, 'a', len);
		service[0] = ' ';
		service[len] = '\0';
		long_request.service = service;
		session_audit_opened(&long_request, &session, 0, &text);
		assert_true(strlen(text.buf) < sizeof(text.buf));
		assert_true(is_whole(text.buf));
		/* As many rules as there is room for, down to the last. */
		if (strlen(text.buf) + 160 < sizeof(text.buf))
			assert_non_null(strstr(text.buf, " rules="));
	}
	/* Three sets of which half is gone, and many rules. */
	assert_non_null(strstr(opened(0), ".conf:1,"));
	assert_non_null(strstr(text.buf, ",others\""));
}

/* A login uid is a number, or there is none. */
static void test_ids(void **state)
{
	static const struct {
		const char *id, *field;
	} cases[] = {
		{ "1000", " oauid=1000" },
		{ "4294967295", " oauid=4294967295" },
		{ "?", " oauid=4294967295" },
		{ "", " oauid=4294967295" },
		{ "1001 oses=4 acct=bob", " oauid=4294967295" },
		{ "-1", " oauid=4294967295" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		text = (struct audit_text){ .size = 0 };
		audit_text_add_id(&text, "oauid", cases[i].id);
		assert_string_equal(text.buf, cases[i].field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_open, setup),
		cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_broken, setup),
		cmocka_unit_test_setup(test_many_rules, setup),
		cmocka_unit_test_setup(test_encoding, setup),
		cmocka_unit_test_setup(test_closed, setup),
		cmocka_unit_test_setup(test_denied, setup),
		cmocka_unit_test_setup(test_room, setup),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
