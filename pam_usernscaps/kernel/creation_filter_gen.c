// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Writes the filter of creation_filter.c as initialisers of struct sock_filter to standard output.
 * Runs while building.
 *
 * Usage: creation_filter_gen ARCH...   all ABIs of the machine, in libseccomp's words
 */
#include <errno.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

/* The kernel reads 32 bits of these arguments only: a comparison of 64 would miss 1L << 32. */
#define LOW_32 0xffffffffUL

static int deny_if(scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition)
{
	return seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 1, &condition);
}

static int add_rules(scmp_filter_ctx filter)
{
	const unsigned long newuser = CLONE_NEWUSER;
	int r;

	r = deny_if(filter, SCMP_SYS(unshare), SCMP_A0_64(SCMP_CMP_MASKED_EQ, newuser, newuser));
	if (r == 0)
		r = deny_if(filter, SCMP_SYS(clone),
			    SCMP_A0_64(SCMP_CMP_MASKED_EQ, newuser, newuser));
	if (r == 0)
		r = deny_if(filter, SCMP_SYS(setns),
			    SCMP_A1_64(SCMP_CMP_MASKED_EQ, newuser, newuser));
	if (r == 0)
		r = deny_if(filter, SCMP_SYS(setns), SCMP_A1_64(SCMP_CMP_MASKED_EQ, LOW_32, 0));
	if (r == 0)
		r = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0,
					   NULL);
	return r;
}

static int add_archs(scmp_filter_ctx filter, char *const *names)
{
	int r = 0;

	for (; *names && r == 0; names++) {
		r = seccomp_arch_add(filter, seccomp_arch_resolve_name(*names));
		if (r == -EEXIST)
			r = 0;
	}
	return r;
}

/* An ABI that is not in the list must not be a way around it. */
static int build(scmp_filter_ctx filter, char *const *archs)
{
	int r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));

	if (r == 0)
		r = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
	if (r == 0)
		r = add_archs(filter, archs);
	if (r == 0)
		r = add_rules(filter);
	return r;
}

static int print_program(scmp_filter_ctx filter)
{
	struct sock_filter op;
	FILE *program = tmpfile();
	int r;

	if (!program)
		return -errno;
	r = seccomp_export_bpf(filter, fileno(program));
	rewind(program);
	while (r == 0 && fread(&op, sizeof(op), 1, program) == 1)
		printf("{ 0x%02x, %u, %u, 0x%08x },\n", op.code, op.jt, op.jf, op.k);
	if (ferror(program) || fflush(stdout) != 0)
		r = -EIO;
	fclose(program);
	return r;
}

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r = argc > 1 && filter ? build(filter, argv + 1) : -EINVAL;

	if (r == 0)
		r = print_program(filter);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", argv[0], strerror(-r));
	if (filter)
		seccomp_release(filter);
	return r < 0;
}
