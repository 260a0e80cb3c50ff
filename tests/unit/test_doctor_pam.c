// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What the doctor makes of PAM stacks: the lines, what they include, and the module's place. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_host.h"

#define MODULE "pam_usernscaps.so"
#define STACK  "/etc/pam.d/service"
#define JUMP   "session [success=1 default=ignore] pam_succeed_if.so service in crond quiet\n"

/* ---- stacks that reach the module ---- */

static void test_reach(void **state)
{
	static const char *const stacks[] = {
		"session required " MODULE "\n",
		"SESSION\tRequired\t" MODULE, /* without an end of line */
		"-session requisite /lib/security/" MODULE " debug # last\n",
		"session [success=ok default=bad] " MODULE "\n",
		"session [ default=die ] " MODULE "\n",
		"session [default=ignore perm_denied = bad] " MODULE "\n",
		"session \\\n required \\\n " MODULE "\n",
		"session required pam_unix.so\n\n#session required x.so\nsession required " MODULE
		"\nauth required pam_unix.so\n@include common-auth\n",
		"@include common-session\n",
		"session include common-session\n",
		"session include /etc/pam.d/common-session\n",
		"session substack common-session\nsession required pam_unix.so\n",
		"session required " MODULE "# last\n",
		/* As pam-auth-update(8) begins its stacks. */
		"session [default=1] pam_permit.so\nsession requisite pam_deny.so\n"
		"session required pam_permit.so\nsession required " MODULE "\n",
		"session [success=1 default=ignore] x.so\nsession substack inner.inc\n"
		"session required " MODULE "\n",
		"session substack inner.inc\n@include common-session\n",
	};
	size_t i;

	doctor_fake_write("/usr/lib/pam.d/inner.inc",
			  "session required x.so\nsession [success=3 default=bad] x.so\n");
	for (i = 0; i < COUNT(stacks); i++) {
		doctor_fake_write(STACK, stacks[i]);
		doctor_fake_assert_well();
		doctor_fake_assert_says(doctor_fake.report.states[DOCTOR_PAM], "4 of 4 services");
	}
}

/* Nobody gets in, so nobody gets past; or there are no sessions. */
static void test_no_sessions(void **state)
{
	static const char *const stacks[] = {
		"session optional pam_deny.so\n",
		"session sufficient pam_deny.so\nauth x y\n",
		"auth sufficient pam_permit.so\n@include common-auth\n",
		"",
	};
	size_t i;

	for (i = 0; i < COUNT(stacks); i++) {
		doctor_fake_write(STACK, stacks[i]);
		doctor_fake_assert_well();
		doctor_fake_assert_says(doctor_fake.report.states[DOCTOR_PAM], "3 of 3 services");
	}
}

static void test_miss(void **state)
{
	static const char *const stacks[] = {
		"session required pam_unix.so\n",
		"session required pam_unix.so # " MODULE "\n",
		"session required pam_unix.so " MODULE "\n",
		"auth required " MODULE "\nsession required pam_unix.so\n",
		"session required x" MODULE "\n",
		"session include common-auth\nsession required pam_unix.so\n",
		"session include nosuch\nsession required pam_unix.so\n",
		"session include service\nsession required pam_unix.so\n", /* without end */
		"session required pam_unix.so\n@include\nsession include\nsession\n",
	};
	size_t i;

	for (i = 0; i < COUNT(stacks); i++) {
		doctor_fake_write(STACK, stacks[i]);
		doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_SERVICE)->what,
					"service service");
	}
}

/* ---- what keeps the module from being asked, or heard ---- */

static void test_skipped(void **state)
{
	static const struct {
		const char *stack, *file;
	} stacks[] = {
		{ "session sufficient pam_unix.so\n@include common-session\n", STACK },
		{ "session [success=done default=ignore] x.so\n@include common-session\n", STACK },
		{ "session include quick.inc\nsession required " MODULE "\n", "quick.inc" },
		{ "session substack inner.inc\n", "inner.inc" },
		{ "session [ success = ok ignore = done ] x.so\n@include common-session\n", STACK },
		{ JUMP "session required " MODULE "\n", STACK },
		{ "session [success=2] x.so\nsession optional x.so\nsession required " MODULE "\n",
		  STACK },
		/* It starts at the end of a file, or passes a whole one. */
		{ "@include jump.inc\nsession required " MODULE "\n", "jump.inc" },
		{ JUMP "session substack last.inc\n", STACK },
		/* The one that reaches further. */
		{ JUMP "session [default=1] x.so\nsession required " MODULE "\n", "[default=1]" },
		{ "session [default=2] x.so\n" JUMP "session required " MODULE "\n",
		  "[default=2]" },
	};
	size_t i;

	doctor_fake_write("/usr/lib/pam.d/quick.inc", "session sufficient pam_unix.so\n");
	doctor_fake_write("/usr/lib/pam.d/jump.inc", "session required x.so\n" JUMP);
	doctor_fake_write("/usr/lib/pam.d/last.inc",
			  "session required x.so\nsession required " MODULE "\n");
	doctor_fake_write("/etc/pam.d/inner.inc",
			  "session sufficient x.so\nsession required " MODULE "\n");
	for (i = 0; i < COUNT(stacks); i++) {
		doctor_fake_write(STACK, stacks[i].stack);
		doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_SKIPPED)->what,
					stacks[i].file);
	}
	/* What ends a substack ends nothing else. */
	doctor_fake_write(STACK, "session substack quick.inc\nsession required " MODULE "\n");
	doctor_fake_assert_well();
}

static void test_weak(void **state)
{
	static const char *const controls[] = {
		"optional",
		"sufficient",
		"[default=ignore]",
		"[success=ok]",
		"[default=1]",
		"[perm_denied=ok default=bad]",
		"[]",
		"[default=die perm_denied=ignore]",
	};
	char text[128];
	size_t i;

	for (i = 0; i < COUNT(controls); i++) {
		snprintf(text, sizeof(text), "session %s " MODULE "\n", controls[i]);
		doctor_fake_write(STACK, text);
		doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_WEAK)->what,
					controls[i]);
	}
}

static void test_module(void **state)
{
	doctor_fake_write(STACK, "session required /nosuch/" MODULE "\n");
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_MODULE_MISSING)->what,
				"/nosuch/" MODULE);
}

/* ---- its place ---- */

static void test_place(void **state)
{
	doctor_fake_write(STACK, "session required " MODULE "\n@include common-session\n");
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_NOT_LAST)->what,
				"common-session follows");
	doctor_fake_write(STACK, "session required " MODULE "\n-session optional x.so\n");
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_NOT_LAST)->what, "x.so follows");
	doctor_fake_assert_says(doctor_fake.report.states[DOCTOR_PAM], "service (not last)");
	doctor_fake_write(STACK, "session required " MODULE "\nsession required x.so\n"
				 "session required " MODULE "\n");
	doctor_fake_assert_well();
	doctor_fake_assert_says(doctor_fake.report.states[DOCTOR_PAM], "service (last)");
	doctor_fake_assert_says(doctor_fake.report.states[DOCTOR_PAM], "4 of 4 services reach");
}

/* ---- what fixes it ---- */

/* The command that is given leaves nothing to complain of. */
static void assert_mended(enum doctor_fault fault, const char *stack)
{
	char *command;

	doctor_fake_write(STACK, stack);
	command = strdup(doctor_fake_assert_only(fault)->command);
	assert_non_null(command);
	assert_int_equal(system(command), 0);
	free(command);
	doctor_fake_assert_well();
	doctor_fake_assert_says(doctor_fake.report.states[DOCTOR_PAM], "4 of 4 services reach");
}

/* Lines that don't end, or go on in the next one. */
static void test_commands(void **state)
{
	assert_mended(DOCTOR_PAM_SERVICE, "session required pam_unix.so\n");
	assert_mended(DOCTOR_PAM_SERVICE, "session required pam_unix.so");
	assert_mended(DOCTOR_PAM_WEAK, "session\t[default=ignore] " MODULE " debug\n");
	assert_mended(DOCTOR_PAM_NOT_LAST,
		      "session required " MODULE "\nsession required pam_unix.so");
	assert_mended(DOCTOR_PAM_NOT_LAST,
		      "session required \\\n\t" MODULE "\nsession required \\\npam_unix.so\n");
}

/* ---- which files ---- */

/* Those before others hide these, and what editors leave is nothing. */
static void test_directories(void **state)
{
	char link[PATH_MAX];

	assert_int_equal(symlink("nosuch", doctor_fake_path("/etc/pam.d/dangling", link)), 0);
	doctor_fake_write("/etc/pam.d/sshd.dpkg-old", "session required pam_unix.so\n");
	doctor_fake_write("/etc/pam.d/sshd~", "session required pam_unix.so\n");
	doctor_fake_write("/usr/lib/pam.d/sshd", "session required pam_unix.so\n");
	doctor_fake_assert_well();
	doctor_fake_assert_says(doctor_fake.report.states[DOCTOR_PAM], "3 of 3 services");
	doctor_fake_write("/etc/pam.d/systemd-user", "session required pam_unix.so\n");
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_SERVICE)->what, "systemd-user");
}

/* A common file is to blame for those that include it, and no other. */
static void test_common(void **state)
{
	const char *const nothing = "session required pam_unix.so\n";
	char profile[PATH_MAX];

	doctor_fake_write(STACK, "session include sshd\n");
	doctor_fake_write("/etc/pam.d/common-session", nothing);
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_COMMON)->what,
				": service, sshd");
	doctor_fake_write(STACK, "@include common-session\nsession required " MODULE "\n");
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_COMMON)->what, ": sshd");
	doctor_fake_write("/etc/pam.d/sshd", "@include common-session\nsession required " MODULE);
	doctor_fake_assert_well();
	doctor_fake_write("/etc/pam.d/common-session-noninteractive", nothing);
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_COMMON)->what,
				"noninteractive lacks " MODULE
				", and so do those that include it: cron, "
				"systemd-user");
	assert_int_equal(unlink(doctor_fake_path("/usr/share/pam-configs/usernscaps", profile)), 0);
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_SERVICE)->command,
				"/etc/pam.d/common-session-noninteractive'");
}

/* More services than a line has room for. */
static void test_many(void **state)
{
	char path[64];
	unsigned i;

	doctor_fake_write("/etc/pam.d/common-session", "session required pam_unix.so\n");
	for (i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/etc/pam.d/service-%u", i);
		doctor_fake_write(path, "@include common-session\n");
	}
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_PAM_COMMON)->what,
				": service-0, service-1");
	doctor_fake_assert_says(doctor_fake.report.states[DOCTOR_PAM], "2 of 103 services");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, doctor_fake_make, doctor_fake_remove)
	const struct CMUnitTest tests[] = {
		TEST(test_reach),   TEST(test_no_sessions), TEST(test_miss),
		TEST(test_skipped), TEST(test_weak),	    TEST(test_module),
		TEST(test_place),   TEST(test_directories), TEST(test_common),
		TEST(test_many),    TEST(test_commands),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP only root can make files that are safe to read\n");
		return 0;
	}
	return cmocka_run_group_tests_name("doctor_pam", tests, NULL, NULL);
}
