// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "bpf/abi.h"
#include "fake_kernel.h"
#include "kernel/regain.h"

#define NET_ADMIN 12
#define SYS_ADMIN 21

/* A kernel of which a session has lost net_admin and sys_admin, and the bounding set sys_admin. */
static struct userns restricted(struct fake_kernel *fake, bool has_native, bool has_bpf)
{
	struct userns userns;

	fake_kernel_init(fake, 41);
	fake->has_native = has_native;
	fake->has_bpf = has_bpf;
	fake->sets.bounding = capset_minus(capset_up_to(41), capset_of(SYS_ADMIN));
	fake->userns = capset_minus(fake->sets.bounding, capset_of(NET_ADMIN));
	assert_int_equal(userns_find(&fake->kernel, &userns), 0);
	return userns;
}

static void assert_problem(const struct regain *regain, const char *expected)
{
	char text[REGAIN_TEXT];

	assert_string_equal(regain_problem_text(regain, text), expected);
}

static void test_raise(void **state)
{
	static const struct {
		bool native, bpf;
	} kinds[] = { { true, false }, { false, true }, { true, true } };
	struct fake_kernel fake;
	struct regain regain;
	struct userns userns;
	char text[REGAIN_TEXT];
	size_t i;

	for (i = 0; i < COUNT(kinds); i++) {
		userns = restricted(&fake, kinds[i].native, kinds[i].bpf);
		assert_int_equal(regain_raise(&userns, capset_from_bits(0x1fff), &regain), 0);
		assert_true(capset_equal(fake.userns, fake.sets.bounding));
		assert_string_equal(regain_describe(&regain, text),
				    "raised=none,+net_admin cleared=false");
		assert_problem(&regain, "");

		/* Again: it is there. */
		fake.lacks_setpcap = true;
		assert_int_equal(regain_raise(&userns, capset_from_bits(0x1fff), &regain), 0);
		assert_int_equal(regain.raised.bits, 0);
	}
}

static void test_refused(void **state)
{
	struct capset both = capset_or(capset_of(NET_ADMIN), capset_of(SYS_ADMIN));
	struct fake_kernel fake;
	struct userns userns = restricted(&fake, false, true);
	struct regain regain;

	assert_int_equal(regain_raise(&userns, both, &regain), -EPERM);
	assert_problem(&regain, "can't raise sys_admin: the bounding set lacks it");
	assert_int_equal(fake.operations, 0);
	assert_int_equal(regain_raise(&userns, capset_of(63), &regain), -EPERM);
	assert_problem(&regain, "can't raise 63: the bounding set lacks it");

	fake.lacks_setpcap = true;
	assert_int_equal(regain_raise(&userns, capset_of(NET_ADMIN), &regain), -EPERM);
	assert_problem(&regain, "can't raise net_admin: CAP_SETPCAP is not in effect, or this user "
				"namespace was created without net_admin");

	fake.lacks_setpcap = false;
	fake.fail_at = 1;
	assert_int_equal(regain_raise(&userns, capset_of(NET_ADMIN), &regain), -EIO);
	assert_problem(&regain, "can't raise net_admin: Input/output error");
	assert_int_equal(regain.refused.bits, 1 << NET_ADMIN);

	userns = restricted(&fake, false, false);
	assert_int_equal(regain_raise(&userns, capset_of(NET_ADMIN), &regain), -EOPNOTSUPP);
	assert_problem(&regain, "can't raise the userns set: no provider for it is loaded");
}

/* One that fails doesn't keep the others. */
static void test_fault_in_the_middle(void **state)
{
	struct fake_kernel fake;
	struct userns userns = restricted(&fake, true, false);
	struct regain regain;

	fake.userns = capset_from_bits(0xf0);
	fake.fail_at = 2;
	fake.lie_at = 3;
	assert_int_equal(regain_raise(&userns, capset_from_bits(0xff), &regain), -EIO);
	assert_int_equal(regain.raised.bits, 9);
	assert_int_equal(regain.refused.bits, 6);
	assert_int_equal(fake.userns.bits, 0xf9);

	fake.fail_at = 0;
	fake.lie_at = fake.operations + 1;
	assert_int_equal(regain_raise(&userns, capset_of(1), &regain), -EPROTO);
	assert_int_equal(regain.raised.bits, 0);
}

static unsigned reads, good_reads;

static int read_some(void *context, struct kernel_sets *ret_sets)
{
	const struct fake_kernel *fake = context;

	if (reads++ == good_reads)
		return -EACCES;
	*ret_sets = fake->sets;
	return 0;
}

/* What can't be read is not taken for raised, and what can be done is done. */
static void test_reads_failing(void **state)
{
	struct fake_kernel fake;
	struct userns userns;
	struct regain regain;

	for (good_reads = 0; good_reads < 4; good_reads++) {
		userns = restricted(&fake, false, true);
		fake.bpf_flags = USERNS_STRICT;
		fake.kernel.read_sets = read_some;
		reads = 0;
		assert_int_equal(regain_all(&userns, &regain), good_reads < 3 ? -EACCES : 0);
		assert_int_equal(fake.bpf_flags, good_reads == 0 ? USERNS_STRICT : 0);
		assert_int_equal(regain.raise_error, good_reads < 2 ? -EACCES : 0);
		assert_int_equal(regain.clear_error, good_reads == 2 ? -EACCES : 0);
		assert_problem(&regain,
			       good_reads < 2	 ? "can't raise the userns set: Permission denied"
			       : good_reads == 2 ? "can't take back strict or the refusal of user "
						   "namespaces: Permission denied"
						 : "");
	}
	userns = restricted(&fake, false, true);
	fake.kernel.read_sets = read_some;
	good_reads = reads = 0;
	assert_int_equal(regain_raise(&userns, capset_of(NET_ADMIN), &regain), -EACCES);
	assert_int_equal(fake.operations, 0);
}

static void test_all(void **state)
{
	struct fake_kernel fake;
	struct userns userns = restricted(&fake, false, true);
	struct regain regain;
	char text[REGAIN_TEXT];

	fake.bpf_flags = USERNS_STRICT | USERNS_NO_CREATE;
	assert_int_equal(regain_all(&userns, &regain), 0);
	assert_true(capset_equal(fake.userns, fake.sets.bounding));
	assert_int_equal(fake.bpf_flags, 0);
	assert_string_equal(regain_describe(&regain, text), "raised=none,+net_admin cleared=true");
	assert_int_equal(fake.operations, 2);
	assert_int_equal(regain_all(&userns, &regain), 0);
	assert_string_equal(regain_describe(&regain, text), "raised=none cleared=false");
	assert_int_equal(fake.operations, 2);
}

/* Filters and locked securebits stay; what else there is is raised nevertheless. */
static void test_what_stays(void **state)
{
	const char *stays = "can't take back strict or the refusal of user namespaces: a filter or "
			    "a locked securebit stays for good";
	struct fake_kernel fake;
	struct userns userns;
	struct regain regain;
	size_t i;

	for (i = 0; i < 5; i++) {
		userns = restricted(&fake, i > 1, i != 0 && i != 2 && i != 3);
		if (i == 2 || i == 4)
			assert_int_equal(userns_make_strict(&userns), 0);
		else
			fake.filtered = true;
		assert_int_equal(regain_all(&userns, &regain), -EOPNOTSUPP);
		assert_int_equal(regain.raise_error, 0);
		assert_problem(&regain, stays);
		assert_int_equal(capset_has(fake.userns, NET_ADMIN), i > 0);
	}

	/* The programs' flag goes, and a filter is there as well. */
	userns = restricted(&fake, false, true);
	fake.filtered = true;
	fake.bpf_flags = USERNS_NO_CREATE;
	assert_int_equal(regain_all(&userns, &regain), -EOPNOTSUPP);
	assert_int_equal(fake.bpf_flags, 0);
}

static void test_all_without_privilege(void **state)
{
	struct fake_kernel fake;
	struct userns userns = restricted(&fake, false, true);
	struct regain regain;

	fake.lacks_setpcap = true;
	fake.bpf_flags = USERNS_STRICT;
	assert_int_equal(regain_all(&userns, &regain), -EPERM);
	assert_problem(
		&regain,
		"can't raise net_admin: CAP_SETPCAP is not in effect, or this user "
		"namespace was created without net_admin; can't take back strict or the "
		"refusal of user namespaces: that needs CAP_SETPCAP in the initial user namespace");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raise),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_fault_in_the_middle),
		cmocka_unit_test(test_reads_failing),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_what_stays),
		cmocka_unit_test(test_all_without_privilege),
	};

	return cmocka_run_group_tests_name("regain", tests, NULL, NULL);
}
