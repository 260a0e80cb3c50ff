// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/native_mask.h"

/* A file in the place of the sysctl's: it takes hexadecimal as the kernel does. */
static char path[] = "/tmp/test_native_mask-XXXXXX";

static void put(const char *text)
{
	unit_write_text(path, text);
}

/* The linker puts this in the place of write(2): a kernel may take what is written for nothing. */
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

enum refusal { REFUSE_NOTHING, REFUSE_SILENTLY, REFUSE_ONCE, REFUSE_LOUDLY };
static enum refusal refusal;
static unsigned writes;

/* Somebody else was faster: it is another mask by now, and the write widens that. */
static void shrink_meanwhile(int fd)
{
	assert_int_equal(__real_write(fd, "253\n", 4), 4);
	refusal = REFUSE_NOTHING;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	static const char unchanged[] = "255\n";

	writes++;
	if (refusal == REFUSE_NOTHING)
		return __real_write(fd, bytes, len);
	if (refusal == REFUSE_LOUDLY) {
		errno = EPERM;
		return -1;
	}
	if (refusal == REFUSE_ONCE)
		shrink_meanwhile(fd);
	else
		assert_int_equal(__real_write(fd, unchanged, sizeof(unchanged) - 1), 4);
	return (ssize_t)len;
}

static int setup(void **state)
{
	refusal = REFUSE_NOTHING;
	writes = 0;
	put("255\n");
	return 0;
}

static uint64_t read_bits(void)
{
	struct capset mask;

	assert_int_equal(native_mask_read(path, &mask), 0);
	return mask.bits;
}

static void test_read(void **state)
{
	static const struct {
		const char *text;
		int error;
		uint64_t bits;
	} cases[] = {
		{ "0\n", 0, 0 },
		{ "4398046511103\n", 0, (UINT64_C(1) << 42) - 1 },
		{ "18446744073709551615\n", 0, UINT64_MAX },
		{ "0xff", 0, 255 },
		{ "18446744073709551616\n", -EPROTO, 0 },
		{ "-1\n", -EPROTO, 0 },
		{ "12 34\n", -EPROTO, 0 },
		{ "all\n", -EPROTO, 0 },
		{ "", -EPROTO, 0 },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct capset mask = CAPSET_NONE;

		put(cases[i].text);
		assert_int_equal(native_mask_read(path, &mask), cases[i].error);
		if (cases[i].error == 0)
			assert_int_equal(mask.bits, cases[i].bits);
	}
}

static void test_absent(void **state)
{
	struct capset mask;

	assert_int_equal(native_mask_read("/nonexistent/mask", &mask), -ENOENT);
	assert_int_equal(native_mask_shrink("/nonexistent/mask", CAPSET_NONE, &mask), -ENOENT);
	assert_int_equal(native_mask_read("/", &mask), -EISDIR);
}

static void test_shrink(void **state)
{
	struct capset before;

	assert_int_equal(native_mask_shrink(path, capset_from_bits(0xf0f), &before), 0);
	assert_int_equal(before.bits, 255);
	assert_int_equal(read_bits(), 15);
	assert_int_equal(writes, 1);
}

/* Nothing is written that could be taken for a change. */
static void test_nothing_to_take(void **state)
{
	struct capset before;

	assert_int_equal(native_mask_shrink(path, CAPSET_ALL, &before), 0);
	assert_int_equal(before.bits, 255);
	assert_int_equal(read_bits(), 255);
	assert_int_equal(writes, 0);
}

static void test_to_nothing(void **state)
{
	struct capset before;

	assert_int_equal(native_mask_shrink(path, CAPSET_NONE, &before), 0);
	assert_int_equal(read_bits(), 0);
}

static void test_refused(void **state)
{
	struct capset before = capset_from_bits(1);

	refusal = REFUSE_SILENTLY;
	assert_int_equal(native_mask_shrink(path, capset_from_bits(15), &before), -ENODATA);
	refusal = REFUSE_LOUDLY;
	put("255\n");
	assert_int_equal(native_mask_shrink(path, capset_from_bits(15), &before), -EPERM);
	assert_int_equal(before.bits, 1);
}

static void test_shrunk_meanwhile(void **state)
{
	struct capset before;

	refusal = REFUSE_ONCE;
	assert_int_equal(native_mask_shrink(path, capset_from_bits(15), &before), 0);
	assert_int_equal(before.bits, 255);
	assert_int_equal(read_bits(), 13);
	assert_int_equal(writes, 2);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_read, setup),
		cmocka_unit_test_setup(test_absent, setup),
		cmocka_unit_test_setup(test_shrink, setup),
		cmocka_unit_test_setup(test_nothing_to_take, setup),
		cmocka_unit_test_setup(test_to_nothing, setup),
		cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_shrunk_meanwhile, setup),
	};

	return cmocka_run_group_tests_name("native_mask", tests, make_file, remove_file);
}
