// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>

#include "bpf/abi.h"
#include "fake_kernel.h"
#include "kernel/userns.h"

static enum userns_kind find(const struct fake_kernel *fake)
{
	struct userns userns;

	assert_int_equal(userns_find(&fake->kernel, &userns), 0);
	return userns.kind;
}

static void test_find(void **state)
{
	struct fake_kernel fake;

	fake_kernel_init(&fake, 40);
	assert_int_equal(find(&fake), USERNS_NONE);
	fake.has_native = true;
	assert_int_equal(find(&fake), USERNS_NATIVE);
	fake.has_bpf = true;
	assert_int_equal(find(&fake), USERNS_GUARDED);
	fake.has_native = false;
	assert_int_equal(find(&fake), USERNS_BPF);
}

static int has_native(void *context)
{
	return 1;
}

static int has_no_native(void *context)
{
	return 0;
}

/* CapUNs alone, or the prctl alone, is another kernel's business: securebit 8 stays untouched. */
static void test_native_needs_both_signs(void **state)
{
	struct fake_kernel fake;

	fake_kernel_init(&fake, 40);
	fake.kernel.has_native = has_native;
	assert_int_equal(find(&fake), USERNS_NONE);

	fake_kernel_init(&fake, 40);
	fake.has_native = true;
	fake.kernel.has_native = has_no_native;
	assert_int_equal(find(&fake), USERNS_NONE);

	fake.native_answer = 2; /* not the answer of IS_SET */
	fake.kernel.has_native = has_native;
	assert_int_equal(find(&fake), USERNS_NONE);
}

/* A kernel without the prctl isn't asked for more: /proc may not even be there. */
static void test_no_prctl_settles_it(void **state)
{
	struct fake_kernel fake;

	fake_kernel_init(&fake, 40);
	fake.kernel.has_native = NULL;
	assert_int_equal(find(&fake), USERNS_NONE);

	/* A filter that says so too: nothing can be asked of the set that is there. */
	fake.has_native = true;
	fake.native_answer = -EINVAL;
	assert_int_equal(find(&fake), USERNS_NONE);
}

static int no_proc(void *context)
{
	return -ENOENT;
}

/* A filter's word is no answer: "none" is found only where /proc shows that there is none. */
static void test_filtered_prctl(void **state)
{
	static const int errors[] = { -EPERM, -ENOSYS, -EACCES };
	struct fake_kernel fake;
	struct userns userns;
	size_t i;

	for (i = 0; i < COUNT(errors); i++) {
		fake_kernel_init(&fake, 40);
		fake.native_answer = errors[i];
		assert_int_equal(find(&fake), USERNS_NONE);
		fake.has_native = true;
		assert_int_equal(userns_find(&fake.kernel, &userns), errors[i]);
		fake.kernel.has_native = no_proc;
		assert_int_equal(userns_find(&fake.kernel, &userns), -ENOENT);
		fake.has_bpf = true; /* the other prctl is let through */
		assert_int_equal(find(&fake), USERNS_BPF);
	}
}

static void test_prctl_without_proc(void **state)
{
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 40);
	fake.has_native = true;
	fake.kernel.has_native = no_proc;
	assert_int_equal(userns_find(&fake.kernel, &userns), -ENOENT);
}

static void test_other_version(void **state)
{
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 40);
	fake.has_bpf = true;
	fake.bpf_version = USERNS_ABI_VERSION - 1;
	assert_int_equal(userns_find(&fake.kernel, &userns), -EPROTONOSUPPORT);
	fake.bpf_version = USERNS_ABI_VERSION + 1;
	assert_int_equal(find(&fake), USERNS_BPF);
}

/* A prctl that answers success is not our provider, whose every reply is an errno. */
static int succeeding_prctl(void *context, int option, const unsigned long args[4])
{
	return 0;
}

static void test_success_is_no_reply(void **state)
{
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 40);
	fake.kernel.prctl = succeeding_prctl;
	assert_int_equal(userns_find(&fake.kernel, &userns), -EPROTO);
}

static void test_bpf(void **state)
{
	struct userns_status status;
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 40);
	fake.has_bpf = true;
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_keep(&userns, (struct capset){ 0x8123456789abcdef }), 0);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_int_equal(status.set.bits, 0x8123456789abcdef);
	assert_true(status.create);
	assert_false(status.strict);
	assert_int_equal(userns_make_strict(&userns), 0);
	assert_int_equal(userns_deny_creation(&userns), 0);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_false(status.create);
	assert_true(status.strict);

	fake.lacks_setpcap = true;
	assert_int_equal(userns_keep(&userns, CAPSET_NONE), -EPERM);
	assert_int_equal(userns_make_strict(&userns), -EPERM);
	assert_int_equal(userns_deny_creation(&userns), -EPERM);
}

static void test_native(void **state)
{
	struct userns_status status;
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 41);
	fake.has_native = true;
	fake.securebits = 1;
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_keep(&userns, (struct capset){ 0x89abcdef }), 0);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_int_equal(status.set.bits, 0x89abcdef);
	assert_int_equal(userns_make_strict(&userns), 0);
	assert_int_equal(fake.securebits, 1 | 1 << 8 | 1 << 9);
	assert_int_equal(userns_deny_creation(&userns), 0);
	assert_int_equal(fake.filters, 1);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_true(status.strict);
	assert_false(status.create);
}

static void test_none(void **state)
{
	struct userns_status status;
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 40);
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_keep(&userns, CAPSET_NONE), -EOPNOTSUPP);
	assert_int_equal(userns_make_strict(&userns), -EOPNOTSUPP);
	assert_int_equal(fake.securebits, 0);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_true(status.create);
	assert_int_equal(userns_deny_creation(&userns), 0);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_false(status.create);
	assert_true(capset_equal(status.set, CAPSET_ALL));
}

/* Raised from nothing to what the bounding set has, and no further. */
static void assert_raises(struct fake_kernel *fake, unsigned last)
{
	struct capset most = capset_minus(capset_up_to(last), capset_of(12));
	struct userns_status status;
	struct userns userns;

	fake->sets.bounding = most;
	assert_int_equal(userns_find(&fake->kernel, &userns), 0);
	assert_int_equal(userns_keep(&userns, CAPSET_NONE), 0);
	fake->lacks_setpcap = true;
	assert_int_equal(userns_raise(&userns, most), -EPERM);
	fake->lacks_setpcap = false;
	assert_int_equal(userns_raise(&userns, most), 0);
	assert_int_equal(userns_raise(&userns, capset_of(12)), -EPERM);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_int_equal(status.set.bits, most.bits);
}

static void test_raise(void **state)
{
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 41);
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_raise(&userns, capset_of(1)), -EOPNOTSUPP);
	fake.has_native = true;
	assert_raises(&fake, 41);
	fake_kernel_init(&fake, 40);
	fake.has_bpf = true;
	assert_raises(&fake, 40);
	fake.has_native = true;
	assert_raises(&fake, 40);
}

static void test_clear_flags(void **state)
{
	struct userns_status status;
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 40);
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_clear_flags(&userns), -EOPNOTSUPP);
	fake.has_bpf = true;
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_make_strict(&userns), 0);
	assert_int_equal(userns_deny_creation(&userns), 0);
	fake.lacks_setpcap = true;
	assert_int_equal(userns_clear_flags(&userns), -EPERM);
	fake.lacks_setpcap = false;
	assert_int_equal(userns_clear_flags(&userns), 0);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_true(status.create);
	assert_false(status.strict);
}

/* Those of the programs go; the kernel's own is locked. */
static void test_clear_flags_of_both(void **state)
{
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 41);
	fake.has_native = fake.has_bpf = true;
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_deny_creation(&userns), 0);
	assert_int_equal(userns_clear_flags(&userns), 0);
	assert_int_equal(userns_make_strict(&userns), 0);
	assert_int_equal(userns_clear_flags(&userns), -EOPNOTSUPP);
	assert_int_equal(fake.bpf_flags, 0);
	assert_int_equal(userns_make_strict(&userns), 0);
	fake.lacks_setpcap = true;
	assert_int_equal(userns_clear_flags(&userns), -EPERM);
	assert_int_equal(fake.bpf_flags, USERNS_STRICT);
}

/* Both are lowered, and either alone holds. */
static void test_guarded(void **state)
{
	struct userns_status status;
	struct fake_kernel fake;
	struct userns userns;

	fake_kernel_init(&fake, 41);
	fake.has_native = fake.has_bpf = true;
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns.kind, USERNS_GUARDED);
	assert_int_equal(userns_keep(&userns, (struct capset){ 0xff }), 0);
	assert_int_equal(userns_make_strict(&userns), 0);
	assert_int_equal(fake.securebits, 1 << 8 | 1 << 9);
	assert_int_equal(fake.bpf_flags, USERNS_STRICT);
	assert_int_equal(userns_deny_creation(&userns), 0);
	assert_int_equal(fake.filters, 0);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_int_equal(status.set.bits, 0xff);
	assert_true(status.strict);
	assert_false(status.create);
	fake.has_native = false;
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_read(&userns, &status), 0);
	assert_int_equal(status.set.bits, 0xff);
}

static void test_names(void **state)
{
	assert_string_equal(userns_kind_name(USERNS_NONE), "none");
	assert_string_equal(userns_kind_name(USERNS_NATIVE), "native");
	assert_string_equal(userns_kind_name(USERNS_BPF), "bpf");
	assert_string_equal(userns_kind_name(USERNS_GUARDED), "native and bpf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_native_needs_both_signs),
		cmocka_unit_test(test_no_prctl_settles_it),
		cmocka_unit_test(test_filtered_prctl),
		cmocka_unit_test(test_prctl_without_proc),
		cmocka_unit_test(test_other_version),
		cmocka_unit_test(test_success_is_no_reply),
		cmocka_unit_test(test_bpf),
		cmocka_unit_test(test_native),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_raise),
		cmocka_unit_test(test_clear_flags),
		cmocka_unit_test(test_clear_flags_of_both),
		cmocka_unit_test(test_guarded),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("userns", tests, NULL, NULL);
}
