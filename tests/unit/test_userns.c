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
	fake.bpf_version = 1;
	assert_int_equal(userns_find(&fake.kernel, &userns), -EPROTONOSUPPORT);
	fake.bpf_version = 2; /* what came later is not needed for what came before */
	assert_int_equal(find(&fake), USERNS_BPF);
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
	assert_int_equal(userns_keep(&userns, capset_from_bits(0x8123456789abcdef)), 0);
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
	assert_int_equal(userns_keep(&userns, capset_from_bits(0x89abcdef)), 0);
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
	assert_int_equal(userns_keep(&userns, capset_from_bits(0xff)), 0);
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

/* ---- sessions ---- */

#define UID 4294967294U

/* No two bytes of it are the same, nor of the ids that come after it. */
#define BEFORE 0x0f1e2d3c4b5a6978ULL

/* A restricted thread, with the programs alone or with the kernel's own set too. */
static struct userns begin(struct fake_kernel *fake, bool native)
{
	struct userns userns;

	fake_kernel_init(fake, 40);
	fake->has_bpf = true;
	fake->has_native = native;
	fake->last_session = BEFORE;
	assert_int_equal(userns_find(&fake->kernel, &userns), 0);
	assert_int_equal(userns.kind, native ? USERNS_GUARDED : USERNS_BPF);
	assert_int_equal(userns_keep(&userns, capset_minus(CAPSET_ALL, capset_of(12))), 0);
	return userns;
}

/* Bytes of all values but 0, which is what a byte is that nobody writes. */
static void fill(char text[static USERNS_SESSION_TEXT])
{
	size_t i;

	for (i = 0; i < USERNS_SESSION_TEXT; i++)
		text[i] = (char)(i % 255 + 1);
}

static void assert_writes(bool native, size_t size)
{
	char text[USERNS_SESSION_TEXT], expected[USERNS_SESSION_TEXT] = { 0 };
	struct fake_kernel fake;
	struct userns userns = begin(&fake, native);
	unsigned operations = fake.operations;
	uint64_t id = 0, parent = 7;

	fill(text);
	memcpy(expected, text, size);
	assert_int_equal(userns_open_session(&userns, UID, text, size, &id, &parent), 0);
	assert_int_equal(id, BEFORE + 1);
	assert_int_equal(parent, 0);
	assert_int_equal(fake.session.uid, UID);
	assert_int_equal(fake.session.parent, 0);
	assert_int_equal(fake.session.writer, 0); /* sealed */
	assert_memory_equal(fake.session.text, expected, sizeof(expected));
	assert_int_equal(fake.session_calls[FAKE_WRITE], (size + 7) / 8);
	assert_int_equal(fake.operations, operations);

	/* Another one in it. */
	assert_int_equal(userns_open_session(&userns, 0, text, 0, &id, &parent), 0);
	assert_int_equal(id, BEFORE + 2);
	assert_int_equal(parent, BEFORE + 1);
	assert_int_equal(fake.session.uid, 0);
	assert_int_equal(fake.session.parent, BEFORE + 1);
}

static void test_open_session(void **state)
{
	static const size_t sizes[] = {
		0, 1, 7, 8, 9, USERNS_SESSION_TEXT - 1, USERNS_SESSION_TEXT
	};
	size_t i;

	for (i = 0; i < COUNT(sizes); i++) {
		assert_writes(false, sizes[i]);
		assert_writes(true, sizes[i]);
	}
}

/* Without the programs nobody remembers anything. */
static void test_open_session_without_programs(void **state)
{
	struct fake_kernel fake;
	struct userns userns;
	uint64_t id = 7, parent = 7;
	int native;

	for (native = 0; native < 2; native++) {
		fake_kernel_init(&fake, 40);
		fake.has_native = native;
		assert_int_equal(userns_find(&fake.kernel, &userns), 0);
		assert_int_equal(userns.kind, native ? USERNS_NATIVE : USERNS_NONE);
		assert_int_equal(userns_open_session(&userns, UID, "text", 4, &id, &parent),
				 -EOPNOTSUPP);
		assert_int_equal(id, 7);
	}
}

/* Open a session of 16 bytes, where a call is to fail. */
static void assert_open_fails(struct fake_kernel *fake, const struct userns *userns, int r)
{
	char text[USERNS_SESSION_TEXT];
	uint64_t id = 7, parent = 7;

	fill(text);
	assert_int_equal(userns_open_session(userns, UID, text, 16, &id, &parent), r);
	assert_int_equal(id, 7);
	assert_int_equal(parent, 7);
}

/* Nothing is written where there is no session. */
static void test_open_session_refused(void **state)
{
	static const struct {
		int error, r;
	} cases[] = {
		{ -EPERM, -EPERM },
		{ -ENFILE, -ENFILE },
		{ -ENODATA, -ENODATA },
		{ -EINVAL, -EOPNOTSUPP },
	};
	struct fake_kernel fake;
	struct userns userns;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		userns = begin(&fake, false);
		fake.session_errors[FAKE_OPEN] = cases[i].error;
		assert_open_fails(&fake, &userns, cases[i].r);
		assert_int_equal(fake.session_calls[FAKE_OPEN], 1);
		assert_int_equal(fake.session_calls[FAKE_WRITE], 0);
		assert_int_equal(fake.session_calls[FAKE_SEAL], 0);
	}
	userns = begin(&fake, true);
	fake.lacks_sessions = true; /* programs of an older version */
	assert_open_fails(&fake, &userns, -EOPNOTSUPP);
	userns = begin(&fake, false);
	fake.userns = CAPSET_ALL; /* a thread that is not restricted */
	assert_open_fails(&fake, &userns, -ENODATA);
	fake.bpf_flags = USERNS_NO_CREATE; /* control */
	assert_int_equal(
		userns_open_session(&userns, UID, "", 0, &(uint64_t){ 0 }, &(uint64_t){ 0 }), 0);
}

/* EINVAL tells of an older version only where a session is begun. */
static void test_open_session_half(void **state)
{
	static const int errors[] = { -EPERM, -EINVAL, -ENODATA };
	struct fake_kernel fake;
	struct userns userns;
	size_t i;

	for (i = 0; i < COUNT(errors); i++) {
		userns = begin(&fake, false);
		fake.session_errors[FAKE_WRITE] = errors[i];
		assert_open_fails(&fake, &userns, errors[i]);
		assert_int_equal(fake.session_calls[FAKE_WRITE], 1);
		assert_int_equal(fake.session_calls[FAKE_SEAL], 0);

		userns = begin(&fake, false);
		fake.session_errors[FAKE_SEAL] = errors[i];
		assert_open_fails(&fake, &userns, errors[i]);
		assert_int_equal(fake.session_calls[FAKE_WRITE], 2);
		assert_int_equal(fake.session_calls[FAKE_SEAL], 1);
	}
}

static int (*whole_prctl)(void *context, int option, const unsigned long args[4]);

static size_t unreadable;

static int prctl_without_byte(void *context, int option, const unsigned long args[4])
{
	if (option == USERNS_PRCTL && args[0] == USERNS_READ && args[1] == unreadable)
		return -EACCES;
	return whole_prctl(context, option, args);
}

/* A session whose id can't be asked for has none here. */
static void test_open_session_without_id(void **state)
{
	struct fake_kernel fake;
	struct userns userns = begin(&fake, false);

	whole_prctl = fake.kernel.prctl;
	fake.kernel.prctl = prctl_without_byte;
	unreadable = offsetof(struct userns_session, id) + 7;
	assert_open_fails(&fake, &userns, -EACCES);
	assert_int_equal(fake.session_calls[FAKE_SEAL], 1);
}

/* What is asked for: kinds up to the first that is free, and the text or nothing of it. */
static void assert_reads(const struct userns *userns, const struct fake_kernel *fake)
{
	struct userns_session expected = fake->session, session;

	memset(expected.text, 0, sizeof(expected.text));
	memset(&session, 'x', sizeof(session));
	assert_int_equal(userns_read_session(userns, false, &session), 0);
	assert_memory_equal(&session, &expected, sizeof(session));

	memcpy(expected.text, fake->session.text, sizeof(expected.text) - 1);
	memset(&session, 'x', sizeof(session));
	assert_int_equal(userns_read_session(userns, true, &session), 0);
	assert_memory_equal(&session, &expected, sizeof(session));
}

static void test_read_session(void **state)
{
	char text[USERNS_SESSION_TEXT];
	struct userns_session session;
	struct fake_kernel fake;
	struct userns userns;
	uint64_t id, parent;
	int native;

	fill(text);
	for (native = 0; native < 2; native++) {
		userns = begin(&fake, native);
		assert_int_equal(userns_read_session(&userns, true, &session), -ENODATA);
		assert_int_equal(
			userns_open_session(&userns, UID, text, sizeof(text), &id, &parent), 0);
		assert_reads(&userns, &fake);
		for (unsigned i = 0; i < USERNS_KINDS; i++) {
			fake.session.denials[i] = (struct userns_denials){
				.kind = USERNS_KIND_OWNER | i, .count = BEFORE + i, .comm = "abc"
			};
			assert_reads(&userns, &fake);
		}
	}
	fake.session_errors[FAKE_READ] = -EPERM;
	assert_int_equal(userns_read_session(&userns, true, &session), -EPERM);
	fake.lacks_sessions = true;
	assert_int_equal(userns_read_session(&userns, true, &session), -EOPNOTSUPP);
	fake_kernel_init(&fake, 40);
	for (native = 0; native < 2; native++) {
		fake.has_native = native;
		assert_int_equal(userns_find(&fake.kernel, &userns), 0);
		assert_int_equal(userns_read_session(&userns, true, &session), -EOPNOTSUPP);
	}
}

/* A record that ends while it is read is not taken for one with less. */
static void test_read_session_half(void **state)
{
	struct userns_session session;
	struct fake_kernel fake;
	struct userns userns = begin(&fake, false);
	uint64_t id, parent;
	size_t i;

	assert_int_equal(userns_open_session(&userns, UID, "", 0, &id, &parent), 0);
	fake.session.denials[0].kind = USERNS_KIND_OWNER;
	whole_prctl = fake.kernel.prctl;
	fake.kernel.prctl = prctl_without_byte;
	for (i = 0; i < offsetof(struct userns_session, denials[1]) + sizeof(__u32); i++) {
		unreadable = i;
		assert_int_equal(userns_read_session(&userns, false, &session),
				 i < offsetof(struct userns_session, denials[1]) ? -EACCES : 0);
	}
}

static unsigned reads;

/* Something is denied between the bytes of a count, which has its carry there. */
static int prctl_while_denied(void *context, int option, const unsigned long args[4])
{
	struct fake_kernel *fake = context;

	if (option == USERNS_PRCTL && args[0] == USERNS_READ &&
	    args[1] == offsetof(struct userns_session, denials[0].count) + 1 && reads++ == 0)
		fake->session.denials[0].count++;
	return whole_prctl(context, option, args);
}

static void test_count_while_denied(void **state)
{
	struct userns_session session;
	struct fake_kernel fake;
	struct userns userns = begin(&fake, false);
	uint64_t id, parent;

	assert_int_equal(userns_open_session(&userns, UID, "", 0, &id, &parent), 0);
	fake.session.denials[0] =
		(struct userns_denials){ .kind = USERNS_KIND_OWNER, .count = 0xffff };
	whole_prctl = fake.kernel.prctl;
	fake.kernel.prctl = prctl_while_denied;
	reads = 0;
	assert_int_equal(userns_read_session(&userns, false, &session), 0);
	assert_int_equal(session.denials[0].count, 0x10000);
}

/* What is asked for in part the programs keep and give back so; the native prctl does neither. */
static void test_parts(void **state)
{
	const struct capset part = capset_make(1, 1 << 4);
	struct userns_status status;
	struct fake_kernel fake;
	struct userns userns;
	int native;

	for (native = 0; native < 2; native++) {
		userns = begin(&fake, native);
		fake.userns = CAPSET_ALL;
		assert_int_equal(userns_vague(&userns),
				 native ? CAPSET_VAGUE_MOST : CAPSET_VAGUE_LEAST);
		assert_int_equal(userns_keep(&userns, part), 0);
		assert_true(capset_equal(fake.userns, native ? capset_of(0) : part));
		assert_int_equal(userns_read(&userns, &status), 0);
		assert_true(capset_equal(status.set, fake.userns));
		assert_int_equal(userns_raise(&userns, capset_make(0, 3)), 0);
		assert_int_equal(fake.userns.parts, native ? 0 : 0x13);
	}
	assert_true(capset_is_empty(userns_blurred(&userns))); /* the programs can */
	fake.has_native = false;
	fake.has_bpf = true;
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_true(capset_is_empty(userns_blurred(&userns)));
	fake.vague = CAPSET_VAGUE_LEAST | 1;
	assert_int_equal(userns_blurred(&userns).parts, CAPSET_VAGUE_LEAST | 1);
	fake.bpf_version = 2; /* programs that have no parts */
	assert_int_equal(userns_find(&fake.kernel, &userns), 0);
	assert_int_equal(userns_vague(&userns), CAPSET_VAGUE_MOST);
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
		cmocka_unit_test(test_open_session),
		cmocka_unit_test(test_open_session_without_programs),
		cmocka_unit_test(test_open_session_refused),
		cmocka_unit_test(test_open_session_half),
		cmocka_unit_test(test_open_session_without_id),
		cmocka_unit_test(test_count_while_denied),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_read_session),
		cmocka_unit_test(test_read_session_half),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("userns", tests, NULL, NULL);
}
