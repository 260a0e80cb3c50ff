// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "creation_acts.h"
#include "kernel/creation_filter.h"

#ifdef HAVE_SECCOMP

static const struct sock_filter program[] = {
#include "kernel/creation_filter.inc"
};

/* One step of the classic BPF machine, for the instructions that libseccomp writes. */
static uint32_t evaluate(const struct seccomp_data *data)
{
	uint32_t accumulator = 0;
	size_t pc;

	for (pc = 0; pc < COUNT(program); pc++) {
		const struct sock_filter *op = &program[pc];

		switch (op->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_between(op->k, 0, sizeof(*data) - sizeof(accumulator));
			memcpy(&accumulator, (const char *)data + op->k, sizeof(accumulator));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			accumulator &= op->k;
			break;
		case BPF_JMP | BPF_JA:
			pc += op->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += accumulator == op->k ? op->jt : op->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += accumulator >= op->k ? op->jt : op->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			pc += accumulator > op->k ? op->jt : op->jf;
			break;
		case BPF_RET | BPF_K:
			return op->k;
		default:
			fail_msg("instruction 0x%02x", op->code);
		}
	}
	fail_msg("the program has no end");
	return 0;
}

#define ALLOW	    SECCOMP_RET_ALLOW
#define ERRNO(code) (SECCOMP_RET_ERRNO | (code))

#if defined(__x86_64__)

/* Numbers of the same calls in each ABI of the machine. */
static const struct abi {
	uint32_t arch;
	int unshare, clone, clone3, setns, getpid;
} abis[] = {
	{ AUDIT_ARCH_X86_64, 272, 56, 435, 308, 39 },
	{ AUDIT_ARCH_X86_64, 0x40000000 + 272, 0x40000000 + 56, 0x40000000 + 435, 0x40000000 + 308,
	  0x40000000 + 39 }, /* x32 */
	{ AUDIT_ARCH_I386, 310, 120, 435, 346, 20 },
};

static uint32_t answer(uint32_t arch, int call, uint64_t arg0, uint64_t arg1)
{
	const struct seccomp_data data = { .nr = call, .arch = arch, .args = { arg0, arg1 } };

	return evaluate(&data);
}

static void test_every_abi(void **state)
{
	static const uint64_t high[] = { 0, UINT64_C(1) << 32, UINT64_C(0xffffffff) << 32 };
	size_t i, j;

	for (i = 0; i < COUNT(abis); i++) {
		const struct abi *abi = &abis[i];

		for (j = 0; j < COUNT(high); j++) {
			uint64_t newuser = high[j] | CLONE_NEWUSER;
			uint64_t newnet = high[j] | CLONE_NEWNET;
			uint32_t arch = abi->arch;

			assert_int_equal(answer(arch, abi->unshare, newuser, 0), ERRNO(EPERM));
			assert_int_equal(answer(arch, abi->unshare, newuser | newnet, 0),
					 ERRNO(EPERM));
			assert_int_equal(answer(arch, abi->clone, newuser | SIGCHLD, 0),
					 ERRNO(EPERM));
			assert_int_equal(answer(arch, abi->setns, 3, newuser), ERRNO(EPERM));
			assert_int_equal(answer(arch, abi->setns, 3, high[j]), ERRNO(EPERM));
			assert_int_equal(answer(arch, abi->clone3, 0, 0), ERRNO(ENOSYS));

			assert_int_equal(answer(arch, abi->unshare, newnet, 0), ALLOW);
			assert_int_equal(answer(arch, abi->clone, high[j] | SIGCHLD, 0), ALLOW);
			assert_int_equal(answer(arch, abi->setns, 3, newnet), ALLOW);
			assert_int_equal(answer(arch, abi->getpid, newuser, newuser), ALLOW);
		}
	}
}

static void test_foreign_abi(void **state)
{
	assert_int_equal(answer(AUDIT_ARCH_AARCH64, 172, 0, 0), ERRNO(EPERM));
}

#endif

/* More calls that the kernel really gets; each returns 0 or its errno. */
static int try_clone3(void)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

/* The own namespace: without the filter the kernel says EINVAL to entering it once more. */
static int try_setns(void)
{
	int fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 255;
	return syscall(SYS_setns, fd, 1L << 32) < 0 ? errno : 0;
}

static int try_threads(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

/* What @act answers in a child of its own, with the filter or without. */
static int in_child(int (*act)(void), bool filtered)
{
	int status;
	pid_t pid = fork();

	assert_return_code(pid, errno);
	if (pid == 0) {
		if (filtered && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
			_exit(254);
		if (filtered && creation_filter_install() < 0)
			_exit(253);
		_exit(act());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_in_the_kernel(void **state)
{
	if (in_child(try_unshare, false) != 0) {
		print_message("this kernel lets this process create no user namespace\n");
		skip();
	}
	assert_int_equal(in_child(try_clone, false), 0);
	assert_int_equal(in_child(try_clone3, false), 0);
	assert_int_equal(in_child(try_setns, false), EINVAL);
	assert_int_equal(in_child(try_threads, false), 0);

	assert_int_equal(in_child(try_unshare, true), EPERM);
	assert_int_equal(in_child(try_clone, true), EPERM);
	assert_int_equal(in_child(try_clone3, true), ENOSYS);
	assert_int_equal(in_child(try_setns, true), EPERM);
	assert_int_equal(in_child(try_threads, true), 0);
}

#else

static void test_built_without(void **state)
{
	assert_int_equal(creation_filter_install(), -EOPNOTSUPP);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef HAVE_SECCOMP
#if defined(__x86_64__)
		cmocka_unit_test(test_every_abi),
		cmocka_unit_test(test_foreign_abi),
#endif
		cmocka_unit_test(test_in_the_kernel),
#else
		cmocka_unit_test(test_built_without),
#endif
	};

	return cmocka_run_group_tests_name("creation_filter", tests, NULL, NULL);
}
