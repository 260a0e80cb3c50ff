// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What records say: which rules bring about a denial, in this session or in an outer one. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include <linux/capability.h>

#include "inspect/denials.h"
#include "session/denial.h"

#define INSIDE(cap) (USERNS_KIND_INSIDE | (cap))
#define OWNER(cap)  (USERNS_KIND_OWNER | (cap))

/* The text of a record up to its rules. */
#define WHO                                                                                        \
	"alice\0sshd\0"                                                                            \
	"1000\0"                                                                                   \
	"3\0"                                                                                      \
	"Ask us\0"

#define NET_ADMIN "1000"  /* bit 12 */
#define CHROOT	  "40000" /* bit 18 */

/* Sessions 1 to COUNT(known), each in the one before it. */
static struct userns_session known[4];

static const struct denials_list list = { known, COUNT(known) };

static void set_text(struct userns_session *session, const char *text, size_t size)
{
	assert_true(size <= sizeof(session->text));
	memset(session->text, 0, sizeof(session->text));
	memcpy(session->text, text, size);
}

static int setup(void **state)
{
	memset(known, 0, sizeof(known));
	for (size_t i = 0; i < COUNT(known); i++) {
		known[i].id = i + 1;
		known[i].parent = i;
		set_text(&known[i], WHO, sizeof(WHO));
	}
	return 0;
}

static void assert_cause(const struct userns_session *session, uint32_t kind,
			 enum denials_cause expected, const struct userns_session *origin,
			 const char *rules)
{
	const struct userns_session *found = session;
	char *text = NULL;
	size_t size;
	FILE *out;

	assert_int_equal(denials_find_cause(session, kind, denials_find_in, &list, &found),
			 expected);
	assert_ptr_equal(found, origin);
	if (!origin)
		return;
	out = open_memstream(&text, &size);
	assert_non_null(out);
	denials_write_rules(out, origin, kind, ", ");
	fclose(out);
	assert_string_equal(text, rules);
	free(text);
}

static void test_text(void **state)
{
	struct denials_text text;

	denials_read_text(&known[0], &text);
	assert_string_equal(text.user, "alice");
	assert_string_equal(text.service, "sshd");
	assert_string_equal(text.login_uid, "1000");
	assert_string_equal(text.audit_session, "3");
	assert_string_equal(text.contact, "Ask us");
	assert_string_equal(text.rules, "");
	/* One without an end. */
	memset(known[0].text, 'x', sizeof(known[0].text));
	denials_read_text(&known[0], &text);
	assert_string_equal(text.service, "");
	assert_string_equal(text.rules, "");
}

static void test_own_rules(void **state)
{
	static const char text[] = WHO "userns " NET_ADMIN " a:1\0"
				       "userns " CHROOT " b:2\0"
				       "userns " NET_ADMIN " c:3\0"
				       "create 1 d:4\0";
	struct userns_session *session = &known[0];

	set_text(session, text, sizeof(text));
	assert_cause(session, INSIDE(CAP_NET_ADMIN), DENIALS_BY_RULES, session, "a:1, c:3");
	assert_cause(session, OWNER(CAP_SYS_CHROOT), DENIALS_BY_RULES, session, "b:2");
	assert_cause(session, USERNS_KIND_CREATE, DENIALS_BY_RULES, session, "d:4");
	assert_cause(session, OWNER(CAP_SYS_ADMIN) | USERNS_KIND_ENTER, DENIALS_BY_RULES, session,
		     "d:4");
	assert_cause(session, INSIDE(CAP_SYS_ADMIN), DENIALS_BY_PROGRAM, NULL, NULL);
	assert_cause(session, INSIDE(CAP_NET_ADMIN) | USERNS_KIND_MASK, DENIALS_BY_MASK, NULL,
		     NULL);
}

/* The bounding set cuts a userns set that is strict, and no other. */
static void test_bounding(void **state)
{
	static const char strict[] = WHO "bounding " CHROOT " a:1\0strict 1 b:2\0";
	static const char loose[] = WHO "bounding " CHROOT " a:1\0";

	set_text(&known[0], strict, sizeof(strict));
	assert_cause(&known[0], INSIDE(CAP_SYS_CHROOT), DENIALS_BY_RULES, &known[0], "a:1");
	set_text(&known[0], loose, sizeof(loose));
	assert_cause(&known[0], INSIDE(CAP_SYS_CHROOT), DENIALS_BY_PROGRAM, NULL, NULL);
}

/* Broken rules, and one that stands for many, have a part in everything. */
static void test_any_rule(void **state)
{
	static const char text[] = WHO "broken ffffffffffffffff a:1\0";

	set_text(&known[0], text, sizeof(text));
	assert_cause(&known[0], INSIDE(CAP_SYS_CHROOT), DENIALS_BY_RULES, &known[0], "a:1");
	assert_cause(&known[0], USERNS_KIND_CREATE, DENIALS_BY_RULES, &known[0], "a:1");
}

/* What an outer session's rules took, the inner one lacks. */
static void test_outer_rules(void **state)
{
	static const char outer[] = WHO "userns " NET_ADMIN " outer:1\0";
	static const char inner[] = WHO "userns " CHROOT " inner:1\0";

	set_text(&known[0], outer, sizeof(outer));
	set_text(&known[2], inner, sizeof(inner));
	assert_cause(&known[2], INSIDE(CAP_SYS_CHROOT), DENIALS_BY_RULES, &known[2], "inner:1");
	assert_cause(&known[2], INSIDE(CAP_NET_ADMIN), DENIALS_BY_RULES, &known[0], "outer:1");
	assert_cause(&known[3], INSIDE(CAP_NET_ADMIN), DENIALS_BY_RULES, &known[0], "outer:1");
	assert_cause(&known[3], INSIDE(CAP_SYS_CHROOT), DENIALS_BY_RULES, &known[2], "inner:1");
	assert_cause(&known[1], INSIDE(CAP_SYS_CHROOT), DENIALS_BY_PROGRAM, NULL, NULL);
	assert_cause(&known[3], INSIDE(CAP_SYS_ADMIN), DENIALS_BY_PROGRAM, NULL, NULL);
}

/* Nothing is said of what isn't known. */
static void test_unknown(void **state)
{
	const struct userns_session *origin;
	struct userns_session none = { .id = 0 };

	assert_cause(&none, INSIDE(CAP_NET_ADMIN), DENIALS_BY_UNKNOWN, NULL, NULL);
	known[2].id = 7; /* another's has its place */
	assert_cause(&known[3], INSIDE(CAP_NET_ADMIN), DENIALS_BY_UNKNOWN, NULL, NULL);
	assert_int_equal(denials_find_cause(&known[1], INSIDE(CAP_NET_ADMIN), NULL, NULL, &origin),
			 DENIALS_BY_UNKNOWN);
	known[0].parent = 2; /* root can write anything into a record */
	assert_cause(&known[1], INSIDE(CAP_NET_ADMIN), DENIALS_BY_UNKNOWN, NULL, NULL);
}

static void test_words(void **state)
{
	struct userns_denials denials = { .comm = "a\033[1m\"b\nc=d" };
	char buf[DENIAL_WHAT], command[DENIAL_COMMAND];

	assert_string_equal(denial_what(INSIDE(CAP_NET_ADMIN), buf), "net_admin");
	assert_string_equal(denial_what(INSIDE(CAP_NET_ADMIN) | 1 << 16, buf), "net_admin:link");
	assert_string_equal(denial_what(OWNER(CAP_NET_ADMIN) | 8 << 16, buf), "net_admin:other");
	assert_string_equal(denial_what(INSIDE(CAP_NET_ADMIN) | 9 << 16, buf), "net_admin");
	assert_string_equal(denial_what(INSIDE(CAP_NET_ADMIN) | USERNS_KIND_VAGUE, buf),
			    "net_admin");
	assert_string_equal(denial_what(INSIDE(63), buf), "63");
	assert_true(capset_equal(denial_set(INSIDE(CAP_NET_ADMIN) | 5 << 16),
				 capset_make(0, USERNS_PART_TC)));
	assert_true(capset_is_empty(denial_set(USERNS_KIND_CREATE)));
	assert_true(capset_is_empty(denial_set(OWNER(CAP_SYS_ADMIN) | USERNS_KIND_ENTER)));
	assert_string_equal(denial_what(USERNS_KIND_CREATE, buf), "create");
	assert_string_equal(denial_what(OWNER(CAP_SYS_ADMIN) | USERNS_KIND_ENTER, buf), "enter");
	assert_string_equal(denial_where(INSIDE(0)), "inside");
	assert_string_equal(denial_where(OWNER(0)), "owner");
	assert_string_equal(denial_where(USERNS_KIND_CREATE), "-");
	denial_command(&denials, command);
	assert_string_equal(command, "a?[1m\"b?c=d");
	memset(denials.comm, 'x', sizeof(denials.comm));
	denial_command(&denials, command);
	assert_string_equal(command, "xxxxxxxxxxxxxxxx");
}

/* What was only tried counts for nobody. */
static void test_count(void **state)
{
	struct userns_session session = { .lost = 3 };

	session.denials[0] = (struct userns_denials){ .kind = INSIDE(1), .count = 5 };
	session.denials[1] =
		(struct userns_denials){ .kind = OWNER(19) | USERNS_KIND_QUIET, .count = 100 };
	assert_int_equal(denials_count(&session), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_text, setup),
		cmocka_unit_test_setup(test_own_rules, setup),
		cmocka_unit_test_setup(test_bounding, setup),
		cmocka_unit_test_setup(test_any_rule, setup),
		cmocka_unit_test_setup(test_outer_rules, setup),
		cmocka_unit_test_setup(test_unknown, setup),
		cmocka_unit_test_setup(test_words, setup),
		cmocka_unit_test_setup(test_count, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
