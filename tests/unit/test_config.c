// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <libintl.h>
#include <locale.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "config/scan.h"
#include "lint_cases.h"

#define FILE_NAME "/etc/security/usernscaps.conf"

/* Bytes of a literal, NULs in it included. */
#define BYTES(literal) literal, sizeof(literal) - 1

/* What is parsed here has no other files beside it. */
static const struct config_site no_tree = { .main = "rules" };

static struct config_problem problem;
static struct policy_rules rules;

static int parse(const char *bytes, size_t len)
{
	/* An own copy without a NUL after it: sanitizers see a look past the end. */
	char *copy = malloc(len ? len : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	memset(&problem, 0xa5, sizeof(problem));
	r = config_parse(CONFIG_MAIN, NULL, FILE_NAME, copy, len, &rules, &problem);
	free(copy);
	if (r == 0) {
		r = config_resolve(&no_tree, &rules, &problem);
		if (r < 0)
			policy_rules_clear(&rules);
	}
	if (r < 0) {
		assert_int_equal(problem.error, r);
		assert_string_equal(problem.file, FILE_NAME);
	}
	return r;
}

static void assert_good(const char *text)
{
	if (parse(text, strlen(text)) < 0)
		fail_msg("%u: %s\nin:\n%s", problem.line, problem.text, text);
}

static void assert_bad(const char *text, enum config_message message, unsigned line)
{
	if (parse(text, strlen(text)) == 0)
		fail_msg("accepted:\n%s", text);
	if (problem.message != message || problem.line != line)
		fail_msg("%u: %s (message %d)\nin:\n%s", problem.line, problem.text,
			 (int)problem.message, text);
}

static int teardown(void **state)
{
	policy_rules_clear(&rules);
	return 0;
}

static struct capset caps(const char *spec)
{
	struct capset set;

	assert_int_equal(capset_parse(spec, &set, NULL), 0);
	return set;
}

static const struct policy_clause *clause_of(size_t rule, enum policy_item item)
{
	assert_between(rule, 0, rules.rule_count - 1);
	return &rules.rules[rule].body.clauses[item];
}

static void assert_set(const struct policy_clause *clause, unsigned line, enum policy_base base,
		       const char *keep, const char *drop)
{
	assert_true(clause->mentioned);
	assert_int_equal(clause->line, line);
	assert_int_equal(clause->base, base);
	assert_true(capset_equal(clause->keep, caps(keep)));
	assert_true(capset_equal(clause->drop, caps(drop)));
}

/* A rule that says a flag where it belongs. Returns @text. */
static const char *flag_text(enum policy_item item, const char *word, char text[static 128])
{
	bool in_userns = policy_items[item].form == POLICY_USERNS_FLAG;

	snprintf(text, 128, "user a{%s%s=%s%s}", in_userns ? "userns{" : "", policy_item_name(item),
		 word, in_userns ? "}" : "");
	return text;
}

static void assert_flag(const struct policy_body *body, enum policy_item item, unsigned line,
			bool value)
{
	const struct policy_clause *clause = &body->clauses[item];

	assert_true(clause->mentioned);
	assert_int_equal(clause->line, line);
	assert_int_equal(policy_clause_flag(clause, item), value);
}

/* ---- the language ---- */

static const char example[] =
	"when_unsupported = deny-creation       # deny-creation | refuse | warn\n"
	"\n"
	"default          { userns { drop = {net_admin, net_raw, bpf, perfmon, sys_module} } }\n"
	"group \"students\" { profile = \"browser\" }\n"
	"user  \"alice\"    { services = {\"sshd\", \"login\", \"su\", \"sudo\", \"cron\", "
	"\"atd\", "
	"\"systemd-user\"}\n"
	"                   bounding { drop = {sys_module, sys_rawio} }\n"
	"                   userns   { policy = deny  keep = {sys_admin, sys_ptrace, setuid, "
	"setgid}  strict = true } }\n"
	"user  \"ci\"       { userns { create = false } }\n"
	"profile \"browser\" { userns { policy = deny keep = {sys_admin} } }\n";

/* Parts of a capability, in any order of the lists. */
static void test_parts(void **state)
{
	static const char text[] =
		"default { userns { policy = deny keep = {sys_admin, net_admin:link, "
		"CAP_NET_ADMIN:Tun} } }\n"
		"user a { userns { keep = {net_admin} drop = {net_admin:tc, 12:xfrm} } }\n"
		"user b { userns { drop = {net_admin:tc} keep = {net_admin} } }\n"
		"user c { userns { keep = {net_admin:link} drop = {net_admin:tc} } }\n"
		"system { userns { drop = {net_admin:nftables} } }\n";

	assert_int_equal(parse(text, sizeof(text) - 1), 0);
	assert_set(clause_of(0, POLICY_USERNS), 1, POLICY_BASE_DENY,
		   "none,+sys_admin,+net_admin:link,+net_admin:tun", "none");
	assert_set(clause_of(1, POLICY_USERNS), 2, POLICY_BASE_DEFAULT, "none,+net_admin",
		   "none,+net_admin:tc,+net_admin:xfrm");
	assert_set(clause_of(2, POLICY_USERNS), 3, POLICY_BASE_DEFAULT, "none,+net_admin",
		   "none,+net_admin:tc");
	assert_set(clause_of(3, POLICY_USERNS), 4, POLICY_BASE_DEFAULT, "none,+net_admin:link",
		   "none,+net_admin:tc");
	assert_true(capset_equal(rules.system_taken, caps("none,+net_admin:nftables")));
}

static void test_example(void **state)
{
	const struct policy_rule *alice;

	assert_good(example);
	assert_string_equal(rules.files[0], FILE_NAME);
	assert_int_equal(rules.when_unsupported, POLICY_UNSUPPORTED_DENY_CREATION);
	assert_int_equal(rules.rule_count, 4);
	assert_int_equal(rules.profile_count, 1);

	assert_int_equal(rules.rules[0].kind, POLICY_DEFAULT);
	assert_int_equal(rules.rules[0].place.line, 3);
	assert_null(rules.rules[0].name);
	assert_set(clause_of(0, POLICY_USERNS), 3, POLICY_BASE_DEFAULT, "none",
		   "none,+net_admin,+net_raw,+bpf,+perfmon,+sys_module");
	assert_false(clause_of(0, POLICY_BOUNDING)->mentioned);
	assert_false(clause_of(0, POLICY_CREATE)->mentioned);

	assert_int_equal(rules.rules[1].kind, POLICY_GROUP);
	assert_string_equal(rules.rules[1].name, "students");
	assert_string_equal(rules.rules[1].body.profile_name, "browser");
	assert_int_equal(rules.rules[1].body.profile_line, 4);
	assert_ptr_equal(rules.rules[1].body.profile, &rules.profiles[0]);

	alice = &rules.rules[2];
	assert_int_equal(alice->kind, POLICY_USER);
	assert_string_equal(alice->name, "alice");
	assert_int_equal(alice->place.line, 5);
	assert_int_equal(alice->body.service_count, 7);
	assert_string_equal(alice->body.services[0], "sshd");
	assert_string_equal(alice->body.services[6], "systemd-user");
	assert_set(clause_of(2, POLICY_BOUNDING), 6, POLICY_BASE_DEFAULT, "none",
		   "none,+sys_module,+sys_rawio");
	assert_set(clause_of(2, POLICY_USERNS), 7, POLICY_BASE_DENY,
		   "none,+sys_admin,+sys_ptrace,+setuid,+setgid", "none");
	assert_flag(&rules.rules[2].body, POLICY_STRICT, 7, true);
	assert_false(clause_of(2, POLICY_INHERITABLE)->mentioned);
	assert_null(alice->body.profile);

	assert_string_equal(rules.rules[3].name, "ci");
	assert_flag(&rules.rules[3].body, POLICY_CREATE, 8, false);
	assert_false(clause_of(3, POLICY_USERNS)->mentioned);

	assert_string_equal(rules.profiles[0].name, "browser");
	assert_int_equal(rules.profiles[0].place.line, 9);
	assert_set(&rules.profiles[0].body.clauses[POLICY_USERNS], 9, POLICY_BASE_DENY,
		   "none,+sys_admin", "none");
}

static void test_exceptions(void **state)
{
	const struct policy_body *body;

	assert_good("default { except_users = {alice, 'bob b'} except_groups = staff }\n"
		    "group g { except_groups = {'DOM\\tas', \"web admins\"} }\n"
		    "user 1000:1999 { except_users = {} }\n"
		    "user alice { }");
	body = &rules.rules[0].body;
	assert_int_equal(body->except_users.count, 2);
	assert_string_equal(body->except_users.list[0], "alice");
	assert_string_equal(body->except_users.list[1], "bob b");
	assert_int_equal(body->except_groups.count, 1);
	assert_string_equal(body->except_groups.list[0], "staff");
	body = &rules.rules[1].body;
	assert_int_equal(body->except_users.count, 0);
	assert_int_equal(body->except_groups.count, 2);
	assert_string_equal(body->except_groups.list[1], "web admins");
	assert_int_equal(rules.rules[2].body.except_users.count, 0);
	assert_int_equal(rules.rules[3].body.except_groups.count, 0);
}

static void test_no_rules(void **state)
{
	static const char *const texts[] = {
		"# nothing yet\n", "# no newline",    "\n",   " ",
		"\t\r\n",	   "// c\n/* d */\n", "/**/", "/* * / ** */"
	};
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		assert_good(texts[i]);
		assert_int_equal(rules.rule_count, 0);
		assert_int_equal(rules.when_unsupported, POLICY_UNSUPPORTED_DENY_CREATION);
		policy_rules_clear(&rules);
	}
}

static void test_mentioning(void **state)
{
	assert_good("default { userns { } inheritable {} }\n"
		    "user a { userns { create = false } }\n"
		    "user b { userns { policy = default } }\n"
		    "user c { userns { keep = { } } }\n"
		    "user d { userns { drop = {} strict = false } }\n"
		    "user e { }\n");
	assert_false(clause_of(0, POLICY_USERNS)->mentioned);
	assert_false(clause_of(0, POLICY_INHERITABLE)->mentioned);
	assert_false(clause_of(1, POLICY_USERNS)->mentioned);
	assert_flag(&rules.rules[1].body, POLICY_CREATE, 2, false);
	assert_set(clause_of(2, POLICY_USERNS), 3, POLICY_BASE_DEFAULT, "none", "none");
	assert_set(clause_of(3, POLICY_USERNS), 4, POLICY_BASE_DEFAULT, "none", "none");
	assert_set(clause_of(4, POLICY_USERNS), 5, POLICY_BASE_DEFAULT, "none", "none");
	assert_flag(&rules.rules[4].body, POLICY_STRICT, 5, false);
	assert_false(clause_of(4, POLICY_CREATE)->mentioned);
	assert_int_equal(rules.rule_count, 6);
}

static void test_words(void **state)
{
	static const struct {
		const char *word;
		bool value;
	} flags[] = {
		{ "true", true },   { "yes", true }, { "on", true },   { "'true'", true },
		{ "false", false }, { "no", false }, { "off", false }, { "\"off\"", false },
	};
	static const char *const answers[] = { "deny-creation", "refuse", "warn" };
	enum policy_item item;
	char text[128];
	size_t i;

	for (i = 0; i < COUNT(flags); i++) {
		for (item = POLICY_SET_COUNT; item < POLICY_ITEM_COUNT; item++) {
			assert_good(flag_text(item, flags[i].word, text));
			assert_flag(&rules.rules[0].body, item, 1, flags[i].value);
			policy_rules_clear(&rules);
		}
	}
	for (i = 0; i < COUNT(answers); i++) {
		snprintf(text, sizeof(text), "when_unsupported = %s", answers[i]);
		assert_good(text);
		assert_int_equal(rules.when_unsupported, i);
		policy_rules_clear(&rules);
	}
	assert_good("user a { bounding { policy = allow } inheritable { policy = deny } }");
	assert_int_equal(clause_of(0, POLICY_BOUNDING)->base, POLICY_BASE_ALLOW);
	assert_int_equal(clause_of(0, POLICY_INHERITABLE)->base, POLICY_BASE_DENY);
}

static void test_capabilities(void **state)
{
	assert_good(
		"default { bounding { drop = {CAP_Net_Admin, \"sys_admin\", 63, 41, 'cap_chown',"
		" chown,} } inheritable { keep = sys_time } }");
	assert_set(clause_of(0, POLICY_BOUNDING), 1, POLICY_BASE_DEFAULT, "none",
		   "none,+net_admin,+sys_admin,+63,+41,+chown");
	assert_set(clause_of(0, POLICY_INHERITABLE), 1, POLICY_BASE_DEFAULT, "none,+sys_time",
		   "none");
}

static void test_ranges(void **state)
{
	static const struct {
		const char *title;
		uid_t min, max;
	} ranges[] = {
		{ "1000:2000", 1000, 2000 },
		{ ":2000", 0, 2000 },
		{ "1000:", 1000, 4294967294 },
		{ "0:4294967294", 0, 4294967294 },
		{ "5:5", 5, 5 },
		{ "007:8", 7, 8 },
	};
	char text[64];
	size_t i;

	for (i = 0; i < COUNT(ranges); i++) {
		snprintf(text, sizeof(text), "user %s {}", ranges[i].title);
		assert_good(text);
		assert_int_equal(rules.rules[0].kind, POLICY_RANGE);
		assert_int_equal(rules.rules[0].uid_min, ranges[i].min);
		assert_int_equal(rules.rules[0].uid_max, ranges[i].max);
		assert_null(rules.rules[0].name);
		policy_rules_clear(&rules);
	}
}

static void test_names(void **state)
{
	static const struct {
		const char *title, *name;
	} names[] = {
		{ "alice", "alice" },
		{ "1000", "1000" },
		{ "\"1000\"", "1000" },
		/* Only "check" takes these for ranges: such a name does not break a login. */
		{ "1000-1999", "1000-1999" },
		{ "1000..1999", "1000..1999" },
		{ "-1999", "-1999" },
		{ "\"domain users\"", "domain users" },
		{ "\"host$\"", "host$" },
		{ "\"EXAMPLE\\\\alice\"", "EXAMPLE\\alice" },
		{ "'EXAMPLE\\alice'", "EXAMPLE\\alice" },
		{ "'EXAMPLE\\\\alice'", "EXAMPLE\\alice" },
		{ "'O\\'Neill'", "O'Neill" },
		{ "\"O'Neill\"", "O'Neill" },
		{ "\"the \\\"x\\\"\"", "the \"x\"" },
		{ "\"jos\xc3\xa9\"", "jos\xc3\xa9" },
		{ "\"#not // a comment\"", "#not // a comment" },
		{ "\"a{b} c\"", "a{b} c" },
		{ "a.b-c_d@example.org", "a.b-c_d@example.org" },
	};
	char text[128];
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		snprintf(text, sizeof(text), "user %s {}\ngroup %s {}", names[i].title,
			 names[i].title);
		assert_good(text);
		assert_int_equal(rules.rule_count, 2);
		assert_int_equal(rules.rules[0].kind, POLICY_USER);
		assert_string_equal(rules.rules[0].name, names[i].name);
		assert_int_equal(rules.rules[1].kind, POLICY_GROUP);
		assert_string_equal(rules.rules[1].name, names[i].name);
		policy_rules_clear(&rules);
	}
}

static void test_longest_token(void **state)
{
	char text[CONFIG_TOKEN_MAX + 32];

	snprintf(text, sizeof(text), "user \"%0*d\" {}", CONFIG_TOKEN_MAX, 1);
	assert_good(text);
	assert_int_equal(strlen(rules.rules[0].name), CONFIG_TOKEN_MAX);
	policy_rules_clear(&rules);
	snprintf(text, sizeof(text), "user %0*d {}", CONFIG_TOKEN_MAX, 1);
	assert_good(text);
	policy_rules_clear(&rules);
	snprintf(text, sizeof(text), "\nuser \"%0*d\" {}", CONFIG_TOKEN_MAX + 1, 1);
	assert_bad(text, CONFIG_TOO_LONG, 2);
	snprintf(text, sizeof(text), "\nuser %0*d {}", CONFIG_TOKEN_MAX + 1, 1);
	assert_bad(text, CONFIG_TOO_LONG, 2);
}

static void test_profiles(void **state)
{
	assert_good("user a { profile = z }\n"
		    "profile m { bounding { drop = {chown} } }\n"
		    "profile z { userns { create = no } }\n"
		    "profile a { }\n"
		    "user b { profile = \"a\" }\n"
		    "user c { profile = m }\n");
	assert_int_equal(rules.profile_count, 3);
	assert_string_equal(rules.rules[0].body.profile->name, "z");
	assert_int_equal(rules.rules[0].body.profile->place.line, 3);
	assert_flag(&rules.rules[0].body.profile->body, POLICY_CREATE, 3, false);
	assert_string_equal(rules.rules[1].body.profile->name, "a");
	assert_string_equal(rules.rules[2].body.profile->name, "m");
	assert_true(rules.rules[2].body.profile->body.clauses[POLICY_BOUNDING].mentioned);
}

/* libconfuse would keep the last of two sections with one title. */
static void test_same_title(void **state)
{
	assert_good("user a { userns { drop = {bpf} } }\n"
		    "user b { }\n"
		    "user a { userns { drop = {perfmon} } }\n"
		    "group a { }\n"
		    "user a { profile = a }\n"
		    "profile a { }\n");
	assert_int_equal(rules.rule_count, 5);
	assert_set(clause_of(0, POLICY_USERNS), 1, POLICY_BASE_DEFAULT, "none", "none,+bpf");
	assert_set(clause_of(2, POLICY_USERNS), 3, POLICY_BASE_DEFAULT, "none", "none,+perfmon");
	assert_string_equal(rules.rules[2].name, "a");
	assert_int_equal(rules.rules[2].place.line, 3);
}

/* The mask is a set that stands on all; nothing of it gets into a rule, or of a rule into it. */
static void test_system(void **state)
{
	static const struct {
		const char *text, *taken;
	} masks[] = {
		{ "# none", "none" },
		{ "system { }", "none" },
		{ "system { userns { } }", "none" },
		{ "system { userns { keep = {bpf} } }", "none" },
		{ "system { userns { policy = allow } }", "none" },
		{ "system { userns { drop = {} } }", "none" },
		{ "system { userns { drop = {net_admin, 41} } }", "none,+net_admin,+41" },
		{ "system { userns { policy = default drop = bpf } }", "none,+bpf" },
		{ "system { userns { policy = deny } }", "all" },
		{ "system { userns { policy = deny keep = {bpf, 63} } }", "all,-bpf,-63" },
		{ "system { userns { policy = deny keep = {bpf} drop = {chown} } }", "all,-bpf" },
	};
	size_t i;

	for (i = 0; i < COUNT(masks); i++) {
		assert_good(masks[i].text);
		assert_int_equal(rules.system_taken.bits, caps(masks[i].taken).bits);
		assert_int_equal(rules.rule_count, 0);
		policy_rules_clear(&rules);
	}
	assert_good("user a { bounding { drop = {chown} } }\n"
		    "system {\n userns { drop = {bpf} } }\n"
		    "user b { profile = p }\n"
		    "profile p { userns { keep = {bpf} } }\n");
	assert_int_equal(rules.system_taken.bits, caps("none,+bpf").bits);
	assert_int_equal(rules.rule_count, 2);
	assert_set(clause_of(0, POLICY_BOUNDING), 1, POLICY_BASE_DEFAULT, "none", "none,+chown");
	assert_false(clause_of(0, POLICY_USERNS)->mentioned);
	assert_int_equal(rules.rules[1].place.line, 4);
	assert_false(clause_of(1, POLICY_USERNS)->mentioned);
	assert_set(&rules.profiles[0].body.clauses[POLICY_USERNS], 5, POLICY_BASE_DEFAULT,
		   "none,+bpf", "none");
}

/* Whom users may ask: any words, in the main file alone. */
static void test_contact(void **state)
{
	static const struct {
		const char *value, *contact;
	} contacts[] = {
		{ "root", "root" },
		{ "admins@example.org", "admins@example.org" },
		{ "\"the help desk, room 5 (phone: 1234)\"",
		  "the help desk, room 5 (phone: 1234)" },
		{ "'https://example.org/help#caps'", "https://example.org/help#caps" },
		{ "\"jos\xc3\xa9\"", "jos\xc3\xa9" },
	};
	char text[128];
	size_t i;

	assert_good(example);
	assert_null(rules.contact);
	policy_rules_clear(&rules);
	for (i = 0; i < COUNT(contacts); i++) {
		snprintf(text, sizeof(text), "user a { }\ncontact = %s\nprobe_group = b\n",
			 contacts[i].value);
		assert_good(text);
		assert_string_equal(rules.contact, contacts[i].contact);
		assert_string_equal(rules.probe_group, "b");
		policy_rules_clear(&rules);
		assert_null(rules.contact);
	}
}

static int parse_part(enum config_part part, const char *text)
{
	return config_parse(part, "name", "file", text, strlen(text), &rules, &problem);
}

/* In no other file; the main file's stands, whatever is wrong in the others. */
static void test_contact_elsewhere(void **state)
{
	static const enum config_part parts[] = { CONFIG_DROPIN, CONFIG_USER, CONFIG_GROUP,
						  CONFIG_PROFILE };
	static const char *const keys[] = { "contact", "probe_group" };
	size_t i, j;
	char text[128];

	assert_int_equal(parse_part(CONFIG_MAIN, "contact = root\nprobe_group = staff\n"), 0);
	for (i = 0; i < COUNT(parts); i++) {
		for (j = 0; j < COUNT(keys); j++) {
			snprintf(text, sizeof(text), "#\n%s = other\n", keys[j]);
			assert_int_equal(parse_part(parts[i], text), -EBADMSG);
			assert_int_equal(problem.message, CONFIG_SYNTAX);
			assert_int_equal(problem.line, 2);
			assert_string_equal(rules.contact, "root");
			assert_string_equal(rules.probe_group, "staff");
		}
	}
	assert_int_equal(rules.file_count, 1);
}

/* Nothing is left of what a broken main file said before its fault. */
static void test_contact_of_broken_rules(void **state)
{
	assert_int_equal(parse_part(CONFIG_MAIN, "contact = root\nuser a { wrong }\n"), -EBADMSG);
	assert_null(rules.contact);
	assert_int_equal(parse_part(CONFIG_MAIN, "contact = root\ncontact = other\n"), -EBADMSG);
	assert_null(rules.contact);
	assert_int_equal(rules.file_count, 0);
	assert_int_equal(parse_part(CONFIG_MAIN, "contact = other\n"), 0); /* control */
	assert_string_equal(rules.contact, "other");
}

/* Comments have lines as all else; libconfuse itself counts three for each. */
static void test_lines(void **state)
{
	assert_good("# one\n"
		    "// two\r\n"
		    "/* three\n"
		    " * four */ user\n"
		    "\"a\"\n"
		    "/* # */\t{ # six\n"
		    "  userns # seven \" ' {\n"
		    "  {/**/keep = { // eight }\n"
		    "      chown, # nine\n"
		    "      fowner }\n"
		    "    drop = { kill } }\n"
		    "}\n"
		    "\n"
		    "user b{bounding{\n"
		    "policy=allow}}");
	assert_int_equal(rules.rules[0].place.line, 6);
	assert_set(clause_of(0, POLICY_USERNS), 9, POLICY_BASE_DEFAULT, "none,+chown,+fowner",
		   "none,+kill");
	assert_int_equal(rules.rules[1].place.line, 14);
	assert_int_equal(clause_of(1, POLICY_BOUNDING)->line, 15);
}

/* A comment ends a word, in the middle of whatever would go on without it. */
static void test_comments_separate(void **state)
{
	assert_good("user a/**/{ userns { drop = {chown//, fowner\n, kill#, lease\n} } }");
	assert_string_equal(rules.rules[0].name, "a");
	assert_set(clause_of(0, POLICY_USERNS), 1, POLICY_BASE_DEFAULT, "none",
		   "none,+chown,+kill");
	policy_rules_clear(&rules);
	assert_bad("us/**/er a { }", CONFIG_SYNTAX, 1);
}

/* ---- errors ---- */

#define HERE "; keys and sections here: "
#define ROOT_KEY_NAMES                                                                             \
	"when_unsupported, when_group_unknown, probe_group, contact, default, user, group, "       \
	"profile, system"
#define ROOT_KEYS HERE ROOT_KEY_NAMES
#define RULE_KEYS                                                                                  \
	HERE "profile, services, except_users, except_groups, bounding, inheritable, userns, "     \
	     "no_new_privs"
#define PROFILE_KEYS	 HERE "profile, bounding, inheritable, userns, no_new_privs"
#define USERNS_KEY_NAMES "policy, keep, drop, create, strict"
#define USERNS_KEYS	 HERE USERNS_KEY_NAMES
#define SET_KEYS	 HERE "policy, keep, drop"
#define SYSTEM_KEYS	 HERE "userns"
#define CHARACTER_HINT	 "; only letters, digits and _-.:@ need no quotes"

static const struct {
	enum config_message message;
	unsigned line;
	const char *bytes;
	size_t len;
	const char *text;
} bad[] = {
	{ CONFIG_EMPTY, 0, BYTES(""), "is empty; expected rules, or at least a comment" },
	{ CONFIG_BOM, 1, BYTES("\xef\xbb\xbf# rules\n"),
	  "begins with a byte order mark; expected plain UTF-8" },
	{ CONFIG_NUL, 2, BYTES("user a { }\n\0user b { }\n"), "a NUL byte; expected text" },
	{ CONFIG_NUL, 1, BYTES("# comment \0\n"), "a NUL byte; expected text" },
	{ CONFIG_NUL, 3, BYTES("user a { }\n\n\0"), "a NUL byte; expected text" },
	{ CONFIG_CONTROL, 2, BYTES("\nuser \"a\033[2J\" { }"),
	  "control character 0x1b; expected text" },
	{ CONFIG_CONTROL, 1, BYTES("# hidden\ruser a { }\n"),
	  "control character 0x0d; expected text" },
	{ CONFIG_CONTROL, 1, BYTES("user 'a\tb' { }\n"), "control character 0x09; expected text" },
	{ CONFIG_CONTROL, 1, BYTES("user a\177 { }\n"), "control character 0x7f; expected text" },
	{ CONFIG_CONTROL, 1, BYTES("user a { userns { keep = {\1} } }\n"),
	  "control character 0x01; expected text" },
	{ CONFIG_ENVIRONMENT, 2, BYTES("\nuser \"${HOME}\" { }"),
	  "'${': environment variables are not allowed, not even in comments" },
	{ CONFIG_ENVIRONMENT, 1, BYTES("user ${HOME} { }"),
	  "'${': environment variables are not allowed, not even in comments" },
	{ CONFIG_ENVIRONMENT, 1, BYTES("# ${HOME:-x}\n"),
	  "'${': environment variables are not allowed, not even in comments" },
	{ CONFIG_ENVIRONMENT, 1, BYTES("user '${' { }"),
	  "'${': environment variables are not allowed, not even in comments" },

	{ CONFIG_CHARACTER, 1, BYTES("user a { userns { drop = {*} } }"),
	  "unexpected '*'" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 2, BYTES("\nwhen_unsupported = refuse;\n"),
	  "unexpected ';'" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 1, BYTES("include(\"/etc/passwd\")"), "unexpected '('" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 1, BYTES("default|userns { create = false }"),
	  "unexpected '|'" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 1, BYTES("user jos\xc3\xa9 { }"),
	  "unexpected byte 0xc3" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 1, BYTES("user a\\b { }"), "unexpected '\\'" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 1, BYTES("user a$ { }"), "unexpected '$'" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 1, BYTES("user ~root { }"), "unexpected '~'" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 1, BYTES("user a { } /"), "unexpected '/'" CHARACTER_HINT },
	{ CONFIG_CHARACTER, 1, BYTES("user a { } +"), "unexpected '+'" CHARACTER_HINT },
	{ CONFIG_STRING_OPEN, 2, BYTES("\nuser \"a { }\n"),
	  "expected a closing \" on the same line" },
	{ CONFIG_STRING_OPEN, 1, BYTES("user 'a { }"), "expected a closing ' on the same line" },
	{ CONFIG_STRING_OPEN, 1, BYTES("user \"a\\"), "expected a closing \" on the same line" },
	{ CONFIG_STRING_OPEN, 1, BYTES("user 'a\\"), "expected a closing ' on the same line" },
	{ CONFIG_STRING_OPEN, 1, BYTES("user 'a\\\n' { }"),
	  "expected a closing ' on the same line" },
	{ CONFIG_STRING_EMPTY, 1, BYTES("user \"\" { }"),
	  "an empty string; expected a name or value" },
	{ CONFIG_STRING_EMPTY, 1, BYTES("'' = warn"), "an empty string; expected a name or value" },
	{ CONFIG_STRING_CHARACTER, 1, BYTES("\"default|userns\" { create = false }"),
	  "'|' cannot be part of a name or value" },
	{ CONFIG_STRING_CHARACTER, 2, BYTES("user a { }\n'user=a|userns' { create = false }"),
	  "'=' cannot be part of a name or value" },
	{ CONFIG_STRING_ESCAPE, 1, BYTES("user \"root\\0x\" { }"),
	  "expected \\\\ or \\\" where a backslash stands in double quotes" },
	{ CONFIG_STRING_ESCAPE, 1, BYTES("user \"\\x72oot\" { }"),
	  "expected \\\\ or \\\" where a backslash stands in double quotes" },
	{ CONFIG_STRING_ESCAPE, 1, BYTES("user \"EXAMPLE\\alice\" { }"),
	  "expected \\\\ or \\\" where a backslash stands in double quotes" },
	{ CONFIG_STRING_ESCAPE, 1, BYTES("user \"a\\\nb\" { }"),
	  "expected \\\\ or \\\" where a backslash stands in double quotes" },
	{ CONFIG_COMMENT_OPEN, 2, BYTES("\n/* user a { }\n\n"),
	  "this comment has no end; expected */" },
	{ CONFIG_COMMENT_OPEN, 1, BYTES("/*/"), "this comment has no end; expected */" },
	{ CONFIG_BRACE_OPEN, 2, BYTES("\nuser a {\n userns { create = false }\n"),
	  "this { has no matching }" },
	{ CONFIG_BRACE_OPEN, 2, BYTES("user a {\n userns { create = false\n"),
	  "this { has no matching }" },
	{ CONFIG_BRACE_OPEN, 1, BYTES("user a { userns { drop = {chown"),
	  "this { has no matching }" },
	{ CONFIG_BRACE_CLOSE, 2, BYTES("user a { }\n}\n"), "this } has no matching {" },
	{ CONFIG_NESTING, 1, BYTES("user a { userns { drop = {{chown}} } }"),
	  "unexpected {; expected no more than a list in a set in a rule" },
	{ CONFIG_APPEND, 2, BYTES("user a {\n services += {sshd} }"),
	  "expected = instead of +=: each key is given once" },

	{ CONFIG_SYNTAX, 1, BYTES("usr a { }"),
	  "no such option 'usr'; did you mean 'user'? Keys and sections here: " ROOT_KEY_NAMES },
	{ CONFIG_SYNTAX, 1, BYTES("__unknown = a"), "no such option '__unknown'" ROOT_KEYS },
	{ CONFIG_SYNTAX, 2, BYTES("default {\n create = false }"),
	  "no such option 'create'" RULE_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("profile p { services = {sshd} }"),
	  "no such option 'services'" PROFILE_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { bounding { create = false } }"),
	  "no such option 'create'" SET_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { userns { CREATE = false } }"),
	  "no such option 'CREATE'; did you mean 'create'? Keys and sections "
	  "here: " USERNS_KEY_NAMES },
	{ CONFIG_SYNTAX, 3, BYTES("default { userns {\n\n drop = {chown fowner} } }"),
	  "unexpected token 'fowner'" USERNS_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { userns { drop = {,chown} } }"),
	  "unexpected token ','" USERNS_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { userns { drop = chown, fowner } }"),
	  "unexpected token ','" USERNS_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { userns { create = {false} } }"),
	  "unexpected token '{'" USERNS_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { userns { create false } }"),
	  "missing equal sign after option 'create'" USERNS_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { userns { create = } }"),
	  "unexpected token '}'" USERNS_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { userns = { create = true } }"),
	  "missing opening brace for section 'userns'" RULE_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default all { }"),
	  "missing opening brace for section 'default'" ROOT_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("user { }"), "missing title for section 'user'" ROOT_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("user a b { }"),
	  "missing opening brace for section 'user'" ROOT_KEYS },
	{ CONFIG_SYNTAX, 3, BYTES("user a { }\n\nuser b"), "premature end of file" ROOT_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("when_unsupported ="), "premature end of file" ROOT_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("system all { }"),
	  "missing opening brace for section 'system'" ROOT_KEYS },
	{ CONFIG_SYNTAX, 2, BYTES("system {\n bounding { drop = {bpf} } }"),
	  "no such option 'bounding'" SYSTEM_KEYS },
	{ CONFIG_SYNTAX, 2, BYTES("profile p { }\nsystem { profile = p }"),
	  "no such option 'profile'" SYSTEM_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("system { services = {sshd} }"),
	  "no such option 'services'" SYSTEM_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("system { drop = {bpf} }"), "no such option 'drop'" SYSTEM_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("default { system { } }"), "no such option 'system'" RULE_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("{ }"), "unexpected token '{'" ROOT_KEYS },

	{ CONFIG_TWICE, 3, BYTES("default { userns {\n drop = {bpf}\n drop = {chown} } }"),
	  "'drop' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("default { userns { drop = {}\n drop = {chown} } }"),
	  "'drop' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("default { userns { keep = {chown}\n keep = {} } }"),
	  "'keep' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("default { userns { keep = {chown, bpf}\n keep = {bpf} } }"),
	  "'keep' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("default { userns { policy = deny\n policy = deny } }"),
	  "'policy' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("default { userns { create = true\n create = false } }"),
	  "'create' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("default { userns { strict = no\n strict = no } }"),
	  "'strict' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("default { userns { drop = {bpf} }\n userns { keep = {chown} } }"),
	  "'userns' is given twice" },
	{ CONFIG_TWICE, 1, BYTES("profile p { bounding { } bounding { } }"),
	  "'bounding' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("user a { profile = p\n profile = p } profile p { }"),
	  "'profile' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("user a { services = {su}\n services = {sshd} }"),
	  "'services' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("default { }\ndefault { }\n"), "'default' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("system { }\nsystem { }\n"), "'system' is given twice" },
	{ CONFIG_TWICE, 4,
	  BYTES("system { userns { drop = {bpf} } }\nuser a { }\n\nsystem { userns { } }\n"),
	  "'system' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("system { userns { drop = {bpf} }\n userns { } }"),
	  "'userns' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("when_unsupported = warn\nwhen_unsupported = refuse\n"),
	  "'when_unsupported' is given twice" },
	{ CONFIG_TWICE, 2, BYTES("when_group_unknown = ignore\nwhen_group_unknown = ignore\n"),
	  "'when_group_unknown' is given twice" },
	{ CONFIG_UNKNOWN_WORD, 1, BYTES("when_group_unknown = warn"),
	  "when_group_unknown = 'warn'; expected restrict, refuse or ignore" },
	{ CONFIG_TWICE, 2, BYTES("probe_group = a\nprobe_group = a\n"),
	  "'probe_group' is given twice" },
	{ CONFIG_TWICE, 3, BYTES("contact = a\n\ncontact = \"b\"\n"), "'contact' is given twice" },
	{ CONFIG_STRING_EMPTY, 1, BYTES("contact = ''"),
	  "an empty string; expected a name or value" },
	{ CONFIG_SYNTAX, 2, BYTES("user a {\n contact = b }"),
	  "no such option 'contact'" RULE_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("profile p { contact = b }"),
	  "no such option 'contact'" PROFILE_KEYS },
	{ CONFIG_SYNTAX, 1, BYTES("system { contact = b }"),
	  "no such option 'contact'" SYSTEM_KEYS },
	{ CONFIG_UNSUPPORTED_WORD, 2, BYTES("\nwhen_unsupported = Refuse"),
	  "when_unsupported = 'Refuse'; expected deny-creation, refuse or warn" },
	{ CONFIG_POLICY_WORD, 1, BYTES("default { userns { policy = none } }"),
	  "policy = 'none'; expected default, allow or deny" },
	{ CONFIG_FLAG_WORD, 1, BYTES("default { userns { create = FALSE } }"),
	  "create = 'FALSE'; expected true, yes, on, false, no or off" },
	{ CONFIG_FLAG_WORD, 2, BYTES("default { userns {\n strict = 1 } }"),
	  "strict = '1'; expected true, yes, on, false, no or off" },
	{ CONFIG_CAPABILITY, 2, BYTES("default { userns { drop = {chown,\n sys_amin} } }"),
	  "unknown capability 'sys_amin'; did you mean 'sys_admin'?" },
	{ CONFIG_CAPABILITY, 1, BYTES("default { userns { keep = {CAP_NET_ADMN} } }"),
	  "unknown capability 'CAP_NET_ADMN'; did you mean 'net_admin'?" },
	{ CONFIG_CAPABILITY, 1, BYTES("default { userns { keep = {64} } }"),
	  "unknown capability '64'; expected a capability by name, or by number 0 to 63" },
	{ CONFIG_CAPABILITY, 1, BYTES("default { userns { keep = 'chown, bpf' } }"),
	  "unknown capability 'chown, bpf'; expected a capability by name, or by number 0 to 63" },
	{ CONFIG_KEEP_AND_DROP, 2, BYTES("default { userns { keep = {bpf}\n drop = {CAP_BPF} } }"),
	  "'CAP_BPF' is in both keep and drop" },
	{ CONFIG_KEEP_AND_DROP, 1, BYTES("profile p { bounding { drop = {0} keep = {chown} } }"),
	  "'chown' is in both keep and drop" },
	{ CONFIG_KEEP_AND_DROP, 1, BYTES("system { userns { drop = {0} keep = {chown} } }"),
	  "'chown' is in both keep and drop" },
	{ CONFIG_KEEP_AND_DROP, 1,
	  BYTES("default { userns { keep = {net_admin:tc} drop = {CAP_NET_ADMIN:TC} } }"),
	  "'CAP_NET_ADMIN:TC' is in both keep and drop" },
	{ CONFIG_KEEP_AND_DROP, 1,
	  BYTES("default { userns { drop = {net_admin:tc} keep = {net_admin:link, 12:tc} } }"),
	  "'12:tc' is in both keep and drop" },
	{ CONFIG_KEEP_AND_DROP, 1,
	  BYTES("default { userns { keep = {net_admin:link} drop = {net_admin} } }"),
	  "'net_admin' is in both keep and drop" },
	{ CONFIG_KEEP_AND_DROP, 1,
	  BYTES("default { userns { keep = {net_admin} drop = {net_admin} } }"),
	  "'net_admin' is in both keep and drop" },
#define PARTS "link, tun, sysctl, nftables, tc, xfrm, ethtool, other"
	{ CONFIG_PART, 2, BYTES("default { userns { keep = {bpf,\n net_admin:nonsense} } }"),
	  "'net_admin:nonsense': the parts of net_admin are " PARTS },
	{ CONFIG_PART, 1, BYTES("default { userns { keep = {net_admin:} } }"),
	  "'net_admin:': the parts of net_admin are " PARTS },
	{ CONFIG_PART, 1, BYTES("system { userns { drop = {net_admin:tc:link} } }"),
	  "'net_admin:tc:link': the parts of net_admin are " PARTS },
	{ CONFIG_NO_PARTS, 1, BYTES("default { userns { keep = {net_raw:link} } }"),
	  "'net_raw:link': of the capabilities only net_admin has parts" },
	{ CONFIG_CAPABILITY, 1, BYTES("default { userns { keep = {net_amin:link} } }"),
	  "unknown capability 'net_amin:link'; did you mean 'net_admin'?" },
	{ CONFIG_PART_SET, 1, BYTES("default { bounding { drop = {net_admin:tc} } }"),
	  "'net_admin:tc' in bounding; expected parts of capabilities in userns only" },
	{ CONFIG_PART_SET, 1, BYTES("profile p { inheritable { keep = {net_admin:tc} } }"),
	  "'net_admin:tc' in inheritable; expected parts of capabilities in userns only" },
	{ CONFIG_SYSTEM_FLAG, 2, BYTES("system {\n userns { create = false } }"),
	  "'create' is for sessions; expected policy, keep or drop in a system section" },
	{ CONFIG_SYSTEM_FLAG, 1, BYTES("system { userns { drop = {bpf} strict = false } }"),
	  "'strict' is for sessions; expected policy, keep or drop in a system section" },
	{ CONFIG_SERVICES_EMPTY, 2, BYTES("user a {\n services = { } }"),
	  "an empty list of services: the rule would never apply" },
	{ CONFIG_RANGE, 2, BYTES("\nuser : { }"),
	  "user ':'; expected a name, or MIN:MAX, MIN: or :MAX as a range of uids" },
	{ CONFIG_RANGE, 1, BYTES("user 1:2:3 { }"),
	  "user '1:2:3'; expected a name, or MIN:MAX, MIN: or :MAX as a range of uids" },
	{ CONFIG_RANGE, 1, BYTES("user a:5 { }"),
	  "user 'a:5'; expected a name, or MIN:MAX, MIN: or :MAX as a range of uids" },
	{ CONFIG_RANGE, 1, BYTES("user -1:5 { }"),
	  "user '-1:5'; expected a name, or MIN:MAX, MIN: or :MAX as a range of uids" },
	{ CONFIG_RANGE, 1, BYTES("user '1: 5' { }"),
	  "user '1: 5'; expected a name, or MIN:MAX, MIN: or :MAX as a range of uids" },
	{ CONFIG_RANGE_UID, 1, BYTES("user 0:4294967295 { }"),
	  "user '0:4294967295'; expected uids from 0 to 4294967294" },
	{ CONFIG_RANGE_UID, 1, BYTES("user 18446744073709551616: { }"),
	  "user '18446744073709551616:'; expected uids from 0 to 4294967294" },
	{ CONFIG_RANGE_ORDER, 3, BYTES("\n\nuser 2000:1000 {\n\n}"),
	  "user '2000:1000'; expected the lower uid first" },
	{ CONFIG_GROUP_COLON, 1, BYTES("group 1000:2000 { }"),
	  "group '1000:2000'; expected a name; ranges are for uids" },
#define NAME_WANTED "'; expected the name of one user or group, without @, %, *, : or commas"
	{ CONFIG_NAME, 2, BYTES("\nuser '*' { }"), "'*" NAME_WANTED },
	{ CONFIG_NAME, 1, BYTES("user '@students' { }"), "'@students" NAME_WANTED },
	{ CONFIG_NAME, 1, BYTES("group '@students' { }"), "'@students" NAME_WANTED },
	{ CONFIG_NAME, 1, BYTES("group '%students' { }"), "'%students" NAME_WANTED },
	{ CONFIG_NAME, 1, BYTES("user 'a,b' { }"), "'a,b" NAME_WANTED },
	{ CONFIG_NAME, 1, BYTES("user ' a' { }"), "' a" NAME_WANTED },
	{ CONFIG_NAME, 1, BYTES("user 'a ' { }"), "'a " NAME_WANTED },
	{ CONFIG_TWICE, 2, BYTES("default { except_users = {a}\n except_users = b }"),
	  "'except_users' is given twice" },
	{ CONFIG_TWICE, 1, BYTES("group g { except_groups = {} except_groups = {a, b} }"),
	  "'except_groups' is given twice" },
	{ CONFIG_NAME, 1, BYTES("default { except_users = {'@wheel'} }"), "'@wheel" NAME_WANTED },
	{ CONFIG_NAME, 2, BYTES("default {\n except_users = {a, '1000:1999'} }"),
	  "'1000:1999" NAME_WANTED },
	{ CONFIG_NAME, 1, BYTES("group g { except_groups = 'a,b' }"), "'a,b" NAME_WANTED },
	{ CONFIG_EXCEPTION, 2, BYTES("user a {\n except_users = {a} }"),
	  "'except_users' in a rule for one user; expected it in a rule for a group, a range of "
	  "uids or default" },
	{ CONFIG_EXCEPTION, 3,
	  BYTES("group g { except_users = a }\nuser a {\n"
		"except_groups = {} }"),
	  "'except_groups' in a rule for one user; expected it in a rule for a group, a range of "
	  "uids or default" },
	{ CONFIG_SYNTAX, 1, BYTES("profile p { except_users = {a} }"),
	  "no such option 'except_users'" PROFILE_KEYS },
	{ CONFIG_SERVICE, 1, BYTES("user a { services = {'sshd login'} }"),
	  "'sshd login'; expected one PAM service in each string" },
	{ CONFIG_SERVICE, 1, BYTES("user a { services = 'sshd,login' }"),
	  "'sshd,login'; expected one PAM service in each string" },
	{ CONFIG_PROFILE_TWICE, 3, BYTES("profile p { }\nprofile a { }\nprofile p { }"),
	  "a second profile 'p'" },
	{ CONFIG_PROFILE_UNKNOWN, 2, BYTES("user a {\n profile = q }\nprofile p { }"),
	  "no such profile: q" },
	{ CONFIG_PROFILE_UNKNOWN, 1, BYTES("user a { profile = q }"), "no such profile: q" },
	{ CONFIG_PROFILE_UNKNOWN, 3,
	  BYTES("user a { profile = p }\nprofile p { profile = q } profile q {\nprofile = r }"),
	  "no such profile: p -> q -> r" },
	{ CONFIG_PROFILE_CHAIN, 1,
	  BYTES("profile a{profile=b}profile b{profile=c}profile c{profile=d}profile d{profile=e}"
		"profile e{profile=f}profile f{profile=g}profile g{profile=h}profile h{profile=i}"
		"profile i{profile=j}profile j{profile=k}profile k{profile=l}profile l{profile=m}"
		"profile m{profile=n}profile n{profile=o}profile o{profile=p}profile p{profile=q}"
		"profile q{}"),
	  "more than 16 profiles build on each other: a -> b -> c -> d -> e -> f -> g -> h -> i -> "
	  "j -> k -> l -> m -> n -> o -> p -> q" },
	{ CONFIG_PROFILE_CIRCLE, 2,
	  BYTES("user a { profile = p }\nprofile p { profile = q } "
		"profile q { profile = p }"),
	  "profiles build on each other in a circle: p -> q -> p" },
	{ CONFIG_PROFILE_CIRCLE, 1, BYTES("profile p { profile = p }"),
	  "profiles build on each other in a circle: p -> p" },
};

static void assert_case(size_t i)
{
	if (parse(bad[i].bytes, bad[i].len) == 0)
		fail_msg("case %zu accepted:\n%s", i, bad[i].bytes);
	if (problem.message != bad[i].message || problem.line != bad[i].line ||
	    strcmp(problem.text, bad[i].text) != 0 || problem.error != -EBADMSG)
		fail_msg("case %zu: message %d, line %u, error %d: %s\nin:\n%s", i,
			 (int)problem.message, problem.line, problem.error, problem.text,
			 bad[i].bytes);
}

/* Each bad file on its own, and a good one right after it: nothing of an error stays behind. */
static void test_errors(void **state)
{
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		assert_case(i);
		assert_good(example);
		assert_int_equal(rules.rule_count, 4);
		policy_rules_clear(&rules);
	}
}

/* ---- every message ---- */

/* What is no file's contents: '@' stands for a directory that only root can write to. */
static const struct {
	int error;
	unsigned line;
	const char *file, *text;
} others[CONFIG_MESSAGE_COUNT] = {
	[CONFIG_NOT_ABSOLUTE] = { -EPERM, 0, "rules.conf", "expected an absolute path" },
	[CONFIG_DOTS] = { -EPERM, 0, "@/../rules.conf", "expected a path without '.' and '..'" },
	[CONFIG_SYMLINK] = { -EPERM, 0, "@/link",
			     "@/link is a symbolic link; expected the real path" },
	[CONFIG_NOT_REGULAR] = { -EPERM, 0, "@", "expected a regular file" },
	[CONFIG_OWNER] = { -EPERM, 0, "@/rules.conf",
			   "@/rules.conf is owned by uid 65534; expected root" },
	[CONFIG_WRITABLE] = { -EPERM, 0, "@/rules.conf",
			      "@/rules.conf is writable by group or others (mode 0664); expected "
			      "only root to be able to write it" },
	[CONFIG_MISSING] = { -ENOENT, 0, "@/none", "@/none does not exist" },
	[CONFIG_SYSTEM] = { -ENOTDIR, 0, "@/rules.conf/none", "@/rules.conf: Not a directory" },
	[CONFIG_CHANGED] = { -EAGAIN, 0, "/proc/self/status", "was changed while it was read" },
	[CONFIG_NO_MEMORY] = { -ENOMEM, 0, "@/rules.conf", "out of memory" },
	[CONFIG_TOO_LARGE] = { -EBADMSG, 0, "@/rules.conf", "expected at most 4194304 bytes" },
	[CONFIG_TOO_LONG] = { -EBADMSG, 2, FILE_NAME, "a word or string of more than 255 bytes" },
	[CONFIG_COMPONENT] = { -EINVAL, 0, "@/rules.d/users",
			       "'a/b' can't be the name of a file, so it can't have rules of its "
			       "own" },
};

static int read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes;
	size_t len;
	int r;

	assert_true(fd >= 0);
	r = config_read(path, fd, &bytes, &len, &problem);
	close(fd);
	return r;
}

/* The linker puts this in the place of malloc(3). */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static bool no_memory;

void *__wrap_malloc(size_t size)
{
	return no_memory ? NULL : __real_malloc(size);
}

static int read_without_memory(const char *path)
{
	int r;

	no_memory = true;
	r = read_file(path);
	no_memory = false;
	return r;
}

static int add_component(void)
{
	char path[CONFIG_TEXT];
	const struct config_site site = { .main = lint_expand("@/rules.conf", path) };
	char directory[CONFIG_TEXT];

	assert_int_equal(mkdir(lint_expand("@/rules.d", directory), 0755), 0);
	assert_int_equal(mkdir(lint_expand("@/rules.d/users", directory), 0755), 0);
	return config_add(&site, CONFIG_USER, "a/b", &rules, &problem);
}

static int parse_too_long(void)
{
	char text[CONFIG_TOKEN_MAX + 32];

	snprintf(text, sizeof(text), "\nuser \"%0*d\" {}", CONFIG_TOKEN_MAX + 1, 1);
	return parse(text, strlen(text));
}

/* @good: a file that nothing is wrong with. */
static int provoke(enum config_message message, const char *path, const char *good)
{
	int fd = -1;

	switch (message) {
	case CONFIG_TOO_LONG:
		return parse_too_long();
	case CONFIG_COMPONENT:
		return add_component();
	case CONFIG_CHANGED: /* its size is 0, before and after */
		return read_file(path);
	case CONFIG_NO_MEMORY:
		return read_without_memory(path);
	case CONFIG_TOO_LARGE:
		assert_int_equal(truncate(good, CONFIG_SIZE_MAX + 1), 0);
		return read_file(path);
	case CONFIG_SYMLINK:
		assert_int_equal(symlink(good, path), 0);
		break;
	case CONFIG_OWNER:
		assert_int_equal(chown(good, 65534, 0), 0);
		break;
	case CONFIG_WRITABLE:
		assert_int_equal(chmod(good, 0664), 0);
		break;
	default:
		break;
	}
	return config_open(path, &fd, &problem);
}

static void assert_other(enum config_message message)
{
	char good[CONFIG_TEXT], path[CONFIG_TEXT], text[CONFIG_TEXT];
	int fd = -1;

	lint_base_make();
	fd = open(lint_expand("@/rules.conf", good), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(config_open(good, &fd, &problem), 0);
	close(fd);

	memset(&problem, 0xa5, sizeof(problem));
	assert_int_equal(provoke(message, lint_expand(others[message].file, path), good),
			 others[message].error);
	assert_int_equal(problem.message, message);
	assert_int_equal(problem.severity, CONFIG_ERROR);
	assert_int_equal(problem.error, others[message].error);
	assert_string_equal(problem.file, path);
	assert_int_equal(problem.line, others[message].line);
	assert_string_equal(problem.text, lint_expand(others[message].text, text));
	lint_base_remove();
}

/* Returns how many cases there are of a message. */
static size_t assert_bad_cases(enum config_message message)
{
	size_t count = 0, i;

	for (i = 0; i < COUNT(bad); i++) {
		if (bad[i].message != message)
			continue;
		assert_case(i);
		assert_int_equal(problem.severity, CONFIG_ERROR);
		count++;
	}
	return count;
}

static size_t assert_lint_cases(enum config_message message)
{
	size_t count = 0, i;

	for (i = 0; i < lint_case_count; i++) {
		if (lint_cases[i].message != message)
			continue;
		lint_base_make();
		lint_case_assert(&lint_cases[i]);
		lint_base_remove();
		count++;
	}
	return count;
}

/* Each is brought about, and has its file, line and text. */
static void test_every_message(void **state)
{
	enum config_message message;
	size_t count;

	if (geteuid() != 0) {
		print_message("only root can make files that are safe to read\n");
		skip();
	}
	for (message = 0; message < CONFIG_MESSAGE_COUNT; message++) {
		count = assert_bad_cases(message) + assert_lint_cases(message);
		if (others[message].text)
			assert_other(message);
		else if (count == 0)
			fail_msg("%s has no case", config_message_name(message));
	}
}

static void test_too_large(void **state)
{
	char *bytes = malloc(CONFIG_SIZE_MAX + 1);

	assert_non_null(bytes);
	memset(bytes, ' ', CONFIG_SIZE_MAX + 1);
	assert_int_equal(parse(bytes, CONFIG_SIZE_MAX), 0);
	policy_rules_clear(&rules);
	assert_int_equal(parse(bytes, CONFIG_SIZE_MAX + 1), -EBADMSG);
	assert_int_equal(problem.message, CONFIG_TOO_LARGE);
	free(bytes);
}

/* Every cut of a good file is refused, or leaves whole rules. */
static void test_truncated(void **state)
{
	size_t len, accepted = 0;

	for (len = 0; len < sizeof(example) - 1; len++) {
		if (parse(example, len) < 0)
			continue;
		accepted++;
		assert_true(len == 0 || strchr("}\n #", example[len - 1]) || rules.rule_count == 0);
		policy_rules_clear(&rules);
	}
	assert_true(accepted > 0);
}

/* The host's language is not the log's. */
static void test_language(void **state)
{
	char *old = strdup(setlocale(LC_ALL, NULL));

	assert_non_null(old);
	setenv("LANGUAGE", "sv:de:fr", 1);
	if (!setlocale(LC_ALL, "C.UTF-8"))
		print_message("no C.UTF-8 locale here: nothing would be translated\n");
	else if (strcmp(dgettext("confuse", "premature end of file"), "premature end of file") == 0)
		print_message("no translation of libconfuse here\n");
	assert_bad("user b", CONFIG_SYNTAX, 1);
	assert_string_equal(problem.text, "premature end of file" ROOT_KEYS);
	config_problem_system(&problem, FILE_NAME, FILE_NAME, 4, EACCES);
	assert_string_equal(problem.text, "/etc: Permission denied");
	unsetenv("LANGUAGE");
	setlocale(LC_ALL, old);
	free(old);
}

/* ---- size ---- */

#define MANY 10000

/* Room for MANY rules, each of some 100 bytes. */
#define MANY_BYTES (MANY * 200)

static char *many_rules(void)
{
	char *text = malloc(MANY_BYTES);
	size_t used = 0;
	unsigned i;

	assert_non_null(text);
	for (i = 0; i < MANY; i++)
		used += (size_t)snprintf(text + used, MANY_BYTES - used,
					 "# rule %u\n"
					 "user \"user%u\" { userns { policy = deny\n"
					 "  keep = {%u} strict = true } profile = \"p%u\" }\n"
					 "profile \"p%u\" { userns { create = false } }\n",
					 i, i % 5000, i % 64, MANY - 1 - i, i);
	assert_true(used < MANY_BYTES);
	return text;
}

static void test_many_rules(void **state)
{
	char *text = many_rules();
	unsigned i;
	char name[16];

	assert_good(text);
	free(text);
	assert_int_equal(rules.rule_count, MANY);
	assert_int_equal(rules.profile_count, MANY);
	for (i = 0; i < MANY; i++) {
		const struct policy_rule *rule = &rules.rules[i];

		snprintf(name, sizeof(name), "user%u", i % 5000);
		assert_string_equal(rule->name, name);
		assert_int_equal(rule->place.line, 4 * i + 2);
		assert_int_equal(clause_of(i, POLICY_USERNS)->line, 4 * i + 2);
		assert_int_equal(clause_of(i, POLICY_USERNS)->keep.bits, UINT64_C(1) << i % 64);
		assert_int_equal(clause_of(i, POLICY_STRICT)->line, 4 * i + 3);
		snprintf(name, sizeof(name), "p%u", MANY - 1 - i);
		assert_string_equal(rule->body.profile->name, name);
		assert_int_equal(rule->body.profile->place.line, 4 * (MANY - 1 - i) + 4);
	}
}

#define LONG_LIST 20000

static void test_long_list(void **state)
{
	size_t used, i;
	char *text = malloc(LONG_LIST * 8 + 64);

	assert_non_null(text);
	used = (size_t)sprintf(text, "user a { services = {");
	for (i = 0; i < LONG_LIST; i++)
		used += (size_t)sprintf(text + used, "s%zu,", i);
	sprintf(text + used, "} }");
	assert_good(text);
	free(text);
	assert_int_equal(rules.rules[0].body.service_count, LONG_LIST);
	assert_string_equal(rules.rules[0].body.services[LONG_LIST - 1], "s19999");
}

/* ---- threads ---- */

#define THREADS 4
#define ROUNDS	200

static void *parse_often(void *failures)
{
	static const char broken[] = "user a {\n userns { polcy = deny } }";
	struct config_problem *own = malloc(sizeof(*own));
	unsigned i;

	for (i = 0; own && i < ROUNDS; i++) {
		struct policy_rules parsed = { 0 };
		int r = config_parse(CONFIG_MAIN, NULL, FILE_NAME, example, sizeof(example) - 1,
				     &parsed, own);

		if (r < 0 || parsed.rule_count != 4)
			++*(unsigned *)failures;
		policy_rules_clear(&parsed);
		r = config_parse(CONFIG_MAIN, NULL, FILE_NAME, broken, sizeof(broken) - 1, &parsed,
				 own);
		if (r != -EBADMSG || own->line != 2)
			++*(unsigned *)failures;
		policy_rules_clear(&parsed);
	}
	free(own);
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[THREADS];
	unsigned failures[THREADS] = { 0 };
	unsigned i;

	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, parse_often, &failures[i]), 0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(failures[i], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_example, teardown),
		cmocka_unit_test_teardown(test_parts, teardown),
		cmocka_unit_test_teardown(test_exceptions, teardown),
		cmocka_unit_test_teardown(test_no_rules, teardown),
		cmocka_unit_test_teardown(test_mentioning, teardown),
		cmocka_unit_test_teardown(test_words, teardown),
		cmocka_unit_test_teardown(test_capabilities, teardown),
		cmocka_unit_test_teardown(test_ranges, teardown),
		cmocka_unit_test_teardown(test_names, teardown),
		cmocka_unit_test_teardown(test_longest_token, teardown),
		cmocka_unit_test_teardown(test_profiles, teardown),
		cmocka_unit_test_teardown(test_same_title, teardown),
		cmocka_unit_test_teardown(test_system, teardown),
		cmocka_unit_test_teardown(test_contact, teardown),
		cmocka_unit_test_teardown(test_contact_elsewhere, teardown),
		cmocka_unit_test_teardown(test_contact_of_broken_rules, teardown),
		cmocka_unit_test_teardown(test_lines, teardown),
		cmocka_unit_test_teardown(test_comments_separate, teardown),
		cmocka_unit_test_teardown(test_errors, teardown),
		cmocka_unit_test_teardown(test_every_message, teardown),
		cmocka_unit_test_teardown(test_too_large, teardown),
		cmocka_unit_test_teardown(test_truncated, teardown),
		cmocka_unit_test_teardown(test_language, teardown),
		cmocka_unit_test_teardown(test_many_rules, teardown),
		cmocka_unit_test_teardown(test_long_list, teardown),
		cmocka_unit_test_teardown(test_threads, teardown),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
