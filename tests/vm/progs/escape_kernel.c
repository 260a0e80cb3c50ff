// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * What makes the restriction: the provider's prctl, its programs and maps, and the kernel's own
 * switches. All but the prctl once more as root of a namespace.
 */
#include "escape.h"

#include <linux/bpf.h>
#include <stdbool.h>

#define PINS "/sys/fs/bpf/usernscaps"

static bool from_inside;

static void begin(void)
{
	if (from_inside)
		inside(CLONE_NEWNS);
}

/* --- the prctl --- */
static const uint64_t extremes[] = {
	0,	   1,	       12,	   39,	      40,	  41,	      63,
	64,	   255,	       INT32_MAX,  INT32_MIN, UINT32_MAX, 1ull << 32, 1ull << 32 | 12,
	INT64_MAX, 1ull << 63, UINT64_MAX,
};

static uint64_t userns_set(void)
{
	uint64_t set = 0;

	for (unsigned cap = 0; cap < 64; cap++)
		if (ucap(USERNS_IS_SET, cap, 0) == 1)
			set |= UINT64_C(1) << cap;
	return set;
}

static void operate(unsigned long operation)
{
	const size_t count = sizeof(extremes) / sizeof(extremes[0]);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			for (size_t k = 0; k < count; k += 8)
				prctl(USERNS_PRCTL, operation, (unsigned long)extremes[i],
				      (unsigned long)extremes[j], (unsigned long)extremes[k]);
}

/* Whatever came of it, all is raised again that can be; nothing may be there that wasn't. */
static int operate_all(void)
{
	uint64_t before = userns_set();

	for (unsigned long operation = 0; operation < 64; operation++)
		operate(operation);
	for (size_t i = 0; i < sizeof(extremes) / sizeof(extremes[0]); i++) {
		operate((unsigned long)extremes[i]);
		operate((unsigned long)(extremes[i] << 32 | USERNS_RAISE));
	}
	for (unsigned cap = 0; cap < 64; cap++)
		ucap(USERNS_RAISE, cap, 0);
	return userns_set() & ~before ? 0 : -EPERM;
}

static int prctl_outside(void)
{
	if (!operate_all())
		return 0;
	must("unshare", unshare(CLONE_NEWUSER));
	return lo_in_new();
}

static int prctl_inside(void)
{
	inside(0);
	if (!operate_all())
		return 0;
	return lo_in_new();
}

static int raise_net_admin(void)
{
	int r = ucap(USERNS_RAISE, 12, 0);

	return r < 0 ? r : 0;
}

static int clear_flags(void)
{
	begin();
	return ucap(USERNS_CLEAR_FLAGS, USERNS_FLAGS, 0);
}

/* --- programs and maps --- */
static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int get_pinned(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	begin();
	return result_of(bpf(BPF_OBJ_GET, &attr));
}

static int get_states(void)
{
	return get_pinned(PINS "/slots");
}

static int get_system(void)
{
	return get_pinned(PINS "/system");
}

static int get_link(void)
{
	return get_pinned(PINS "/capable");
}

static int list_pins(void)
{
	begin();
	return result_of(open(PINS, O_RDONLY | O_DIRECTORY));
}

static int next_id(enum bpf_cmd command)
{
	union bpf_attr attr = { .start_id = 0 };

	begin();
	return result_of(bpf(command, &attr));
}

static int next_map(void)
{
	return next_id(BPF_MAP_GET_NEXT_ID);
}

static int next_program(void)
{
	return next_id(BPF_PROG_GET_NEXT_ID);
}

static int next_link(void)
{
	return next_id(BPF_LINK_GET_NEXT_ID);
}

static int load_program(void)
{
	struct bpf_insn program[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K },
				      { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_CGROUP_SOCK,
				.insn_cnt = 2,
				.insns = (uintptr_t)program,
				.license = (uintptr_t) "GPL" };

	begin();
	return result_of(bpf(BPF_PROG_LOAD, &attr));
}

/* --- the kernel's switches; each gets back what it had --- */
static int rewrite(const char *path)
{
	char text[256];
	int fd = open(path, O_RDONLY);
	ssize_t size;

	if (fd < 0)
		return -errno;
	size = must(path, read(fd, text, sizeof(text) - 1));
	text[size] = '\0';
	begin();
	return write_text(path, text);
}

static int switch_ftrace(void)
{
	return rewrite("/proc/sys/kernel/ftrace_enabled");
}

static int set_core_pattern(void)
{
	return rewrite("/proc/sys/kernel/core_pattern");
}

static int set_modprobe(void)
{
	return rewrite("/proc/sys/kernel/modprobe");
}

static int set_helpers(void)
{
	return rewrite("/proc/sys/kernel/usermodehelper/bset");
}

/* Who may do this gets to see that there is no such module. */
static int init_module(void)
{
	begin();
	if (syscall(SYS_init_module, "none", 4UL, "") && errno == ENOEXEC)
		return 0;
	return -errno;
}

static int finit_module(void)
{
	int fd = (int)must("open", open("/proc/self/exe", O_RDONLY));

	begin();
	if (syscall(SYS_finit_module, fd, "", 0) && errno == ENOEXEC)
		return 0;
	return -errno;
}

static int delete_module(void)
{
	begin();
	if (syscall(SYS_delete_module, "none", O_NONBLOCK) && errno == ENOENT)
		return 0;
	return -errno;
}

static const struct escape prctls[] = {
	{ "prctl: every operation with extreme arguments", prctl_outside },
	{ "prctl: the same as root of a namespace", prctl_inside },
	{ "prctl: RAISE", raise_net_admin },
};

static const struct escape kernel[] = {
	{ "kernel: CLEAR_FLAGS", clear_flags },
	{ "kernel: the directory of pins", list_pins },
	{ "kernel: the pinned states", get_states },
	{ "kernel: the pinned mask", get_system },
	{ "kernel: a pinned link", get_link },
	{ "kernel: maps by number", next_map },
	{ "kernel: programs by number", next_program },
	{ "kernel: links by number", next_link },
	{ "kernel: a program of one's own", load_program },
	{ "kernel: ftrace_enabled", switch_ftrace },
	{ "kernel: core_pattern", set_core_pattern },
	{ "kernel: the path of modprobe", set_modprobe },
	{ "kernel: the sets of its helpers", set_helpers },
	{ "kernel: init_module", init_module },
	{ "kernel: finit_module", finit_module },
	{ "kernel: delete_module", delete_module },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(int argc, char **argv)
{
	bool only_kernel = argc == 2 && !strcmp(argv[1], "kernel");

	if (only_kernel)
		return escape_all(kernel, COUNT(kernel), NULL);
	escape_all(prctls, COUNT(prctls), NULL);
	escape_all(kernel, COUNT(kernel), NULL);
	from_inside = true;
	for (size_t i = 0; i < COUNT(kernel); i++) {
		printf("as root of a namespace, ");
		escape_all(&kernel[i], 1, NULL);
	}
	return 0;
}
