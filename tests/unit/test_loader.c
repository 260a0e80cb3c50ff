// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The loader against files of our own: what it refuses, and that it says why and what to do. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "bpf/loader_pins.h"

/* A root directory of our own, with everything in it that a good kernel shows but bpffs. */
struct fixture {
	char root[64];
	char lsm[96], btf[96], bpffs[96], pins[112], threads_max[96], meminfo[96];
	char symbols[96], lockdown[96];
	struct loader_paths paths;
	struct loader_problem problem;
};

/* The types of a kernel that has these functions only. */
static void write_btf(const char *path, const char *const functions[])
{
	struct btf *btf = btf__new_empty();
	const void *bytes;
	unsigned len;
	int proto;

	assert_non_null(btf);
	proto = btf__add_func_proto(btf, 0);
	assert_true(proto > 0);
	for (; *functions; functions++)
		assert_true(btf__add_func(btf, *functions, BTF_FUNC_STATIC, proto) > 0);
	bytes = btf__raw_data(btf, &len);
	assert_non_null(bytes);
	unit_write(path, bytes, len);
	btf__free(btf);
}

static const char *const good_functions[] = { "bpf_lsm_userns_create", "__bpf_prog_enter_recur",
					      NULL };

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	snprintf(f->root, sizeof(f->root), "/tmp/test_loader.XXXXXX");
	if (!mkdtemp(f->root))
		return -1;
	snprintf(f->lsm, sizeof(f->lsm), "%s/lsm", f->root);
	snprintf(f->btf, sizeof(f->btf), "%s/btf", f->root);
	snprintf(f->bpffs, sizeof(f->bpffs), "%s/bpffs", f->root);
	snprintf(f->pins, sizeof(f->pins), "%s/usernscaps", f->bpffs);
	snprintf(f->threads_max, sizeof(f->threads_max), "%s/threads-max", f->root);
	snprintf(f->meminfo, sizeof(f->meminfo), "%s/meminfo", f->root);
	snprintf(f->symbols, sizeof(f->symbols), "%s/kallsyms", f->root);
	snprintf(f->lockdown, sizeof(f->lockdown), "%s/lockdown", f->root);
	f->paths = (struct loader_paths){ f->lsm,	  f->btf,     f->bpffs,	  f->pins,
					  f->threads_max, f->meminfo, f->symbols, f->lockdown };

	unit_write_text(f->lsm, "lockdown,capability,yama,apparmor,bpf");
	write_btf(f->btf, good_functions);
	mkdir(f->bpffs, 0700);
	unit_write_text(f->threads_max, "1000\n");
	unit_write_text(f->meminfo, "MemTotal:        2048000 kB\nMemFree: 1 kB\n");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[128];
	int r;

	umount(f->bpffs);
	snprintf(command, sizeof(command), "rm -rf %s", f->root);
	r = system(command);
	free(f);
	return r;
}

/* @words, NULL-terminated, are all in the problem's text. */
static void assert_says(const struct fixture *f, const char *const words[])
{
	for (; *words; words++)
		if (!strstr(f->problem.text, *words))
			fail_msg("\"%s\" is not in: %s", *words, f->problem.text);
}

#define SAYS(f, ...) assert_says(f, (const char *const[]){ __VA_ARGS__, NULL })

static bool has_sys_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &header, data) &&
	       data[0].effective & CAP_TO_MASK(CAP_SYS_ADMIN);
}

/* All checks but that of the privilege come after it. */
static struct fixture *privileged(void **state)
{
	if (!has_sys_admin())
		skip();
	return *state;
}

static void test_privilege(void **state)
{
	struct fixture *f = *state;
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };
	int status;
	pid_t pid = fork();

	if (pid == 0) { /* asserting would run the other tests here as well */
		if (syscall(SYS_capset, &header, none) ||
		    loader_load(&f->paths, &f->problem) != -EPERM)
			_exit(1);
		_exit(!strstr(f->problem.text, "CAP_SYS_ADMIN") ||
		      !strstr(f->problem.text, "root"));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_lsm(void **state)
{
	struct fixture *f = privileged(state);
	static const struct {
		const char *active, *remedy;
	} table[] = {
		{ "lockdown,capability,yama,apparmor",
		  "lsm=lockdown,capability,yama,apparmor,bpf\"" },
		{ "capability", "lsm=capability,bpf\"" },
		{ "capability\n", "lsm=capability,bpf\"" },
		{ "capability,bpfx,notbpf,b,bp", "lsm=capability,bpfx,notbpf,b,bp,bpf\"" },
		{ "", "\"lsm=bpf\"" },
	};
	static const char *const active[] = { "bpf", "bpf\n", "bpf,capability", "a,bpf,c",
					      "a,bpf" };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		unit_write_text(f->lsm, table[i].active);
		assert_int_equal(loader_load(&f->paths, &f->problem), -EOPNOTSUPP);
		SAYS(f, "BPF security module is not active", "kernel command line",
		     table[i].remedy);
	}
	/* These get further, to bpffs, which comes later. */
	for (size_t i = 0; i < sizeof(active) / sizeof(active[0]); i++) {
		unit_write_text(f->lsm, active[i]);
		assert_int_equal(loader_load(&f->paths, &f->problem), -EOPNOTSUPP);
		SAYS(f, "bpf filesystem");
	}

	unlink(f->lsm);
	assert_int_equal(loader_load(&f->paths, &f->problem), -ENOENT);
	SAYS(f, f->lsm, "mount -t securityfs");
}

static void test_btf_missing(void **state)
{
	struct fixture *f = privileged(state);

	unlink(f->btf);
	assert_int_equal(loader_load(&f->paths, &f->problem), -EOPNOTSUPP);
	SAYS(f, f->btf, "CONFIG_DEBUG_INFO_BTF");
}

static void test_btf_broken(void **state)
{
	struct fixture *f = privileged(state);

	unit_write_text(f->btf, "this is no BTF");
	assert_true(loader_load(&f->paths, &f->problem) < 0);
	SAYS(f, "can't read", f->btf);
}

static void test_kernel_too_old(void **state)
{
	struct fixture *f = privileged(state);
	static const char *const no_hook[] = { "__bpf_prog_enter_recur", NULL };
	static const char *const skips[] = { "bpf_lsm_userns_create", "__bpf_prog_enter", NULL };

	write_btf(f->btf, no_hook);
	assert_int_equal(loader_load(&f->paths, &f->problem), -EOPNOTSUPP);
	SAYS(f, "no hook", "Linux 6.1 or later");

	write_btf(f->btf, skips);
	assert_int_equal(loader_load(&f->paths, &f->problem), -EOPNOTSUPP);
	SAYS(f, "skips BPF programs", "Linux 6.2 or later", "6.1.54");
}

static void test_bpffs(void **state)
{
	struct fixture *f = privileged(state);

	assert_int_equal(loader_load(&f->paths, &f->problem), -EOPNOTSUPP);
	SAYS(f, "no bpf filesystem", "mount -t bpf bpf ", f->bpffs);

	rmdir(f->bpffs);
	assert_int_equal(loader_load(&f->paths, &f->problem), -ENOENT);
	SAYS(f, f->bpffs);
}

static void make_pin(const struct fixture *f, const char *name, const void *bytes, size_t len)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", f->pins, name);
	unit_write(path, bytes, len);
}

static void make_directory(const struct fixture *f, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", f->pins, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* For this process alone. */
static void mount_bpffs(struct fixture *f)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("bpf", f->bpffs, "bpf", 0, NULL))
		skip();
}

static void test_loaded_already(void **state)
{
	struct fixture *f = privileged(state);

	mount_bpffs(f);
	assert_int_equal(loader_check(&f->paths, &f->problem), 0);

	/* Anything may be a link, for all that is looked at. */
	assert_int_equal(mkdir(f->pins, 0700), 0);
	make_directory(f, "task_alloc");
	assert_int_equal(loader_load(&f->paths, &f->problem), -EEXIST);
	SAYS(f, "loaded already", f->pins, "usernscapsctl unload");
	assert_int_equal(loader_reload(&f->paths, &f->problem), -EUCLEAN);
	SAYS(f, "can't open", "usernscapsctl unload");
	assert_int_equal(access(f->pins, F_OK), 0);
}

static void pin(const struct fixture *f, int fd, const char *name)
{
	char path[PATH_MAX];

	if (fd < 0) {
		print_message("no BPF maps here: %s\n", strerror(errno));
		skip();
	}
	snprintf(path, sizeof(path), "%s/%s", f->pins, name);
	assert_int_equal(bpf_obj_pin(fd, path), 0);
	close(fd);
}

/* A hash map, pinned; with an entry if @count is 1. */
static void pin_map(const struct fixture *f, const char *name, unsigned count)
{
	const char state[64] = { 0 };
	uint64_t key = 1;
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, NULL, sizeof(key), sizeof(state), 16, NULL);

	if (fd >= 0 && count)
		assert_int_equal(bpf_map_update_elem(fd, &key, &state, BPF_ANY), 0);
	pin(f, fd, name);
}

/* The slots, of which the first @taken have a state, and others say that so many are elsewhere. */
static void pin_slots(const struct fixture *f, size_t taken, unsigned elsewhere)
{
	struct userns_slot *slots = calloc(USERNS_SLOTS, sizeof(*slots));
	const int key = 0;
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(key),
				USERNS_SLOTS * sizeof(*slots), 1, NULL);

	assert_non_null(slots);
	for (size_t i = 0; i < taken; i++)
		slots[i].key = i % 2 ? USERNS_SLOT_BUSY : 0x1000 + i;
	slots[USERNS_SLOTS - 1].elsewhere = elsewhere;
	if (fd >= 0)
		assert_int_equal(bpf_map_update_elem(fd, &key, slots, BPF_ANY), 0);
	free(slots);
	pin(f, fd, "slots");
}

/* Gets as far as to the programs, which are not to be loaded here. */
static void assert_load_clears(struct fixture *f)
{
	assert_int_equal(loader_reload(&f->paths, &f->problem), -ENOENT);
	SAYS(f, "not loaded", "interrupted", "usernscapsctl load");
	assert_int_equal(access(f->pins, F_OK), 0);
	assert_int_equal(loader_load(&f->paths, &f->problem), -EINVAL);
	SAYS(f, f->threads_max);
	assert_int_equal(access(f->pins, F_OK), -1);
}

static void assert_load_refuses(struct fixture *f)
{
	assert_int_equal(loader_load(&f->paths, &f->problem), -EEXIST);
	assert_int_equal(access(f->pins, F_OK), 0);
}

/* A load or an unload that was killed while there were no links. */
static void test_load_clears(void **state)
{
	struct fixture *f = privileged(state);

	mount_bpffs(f);
	unit_write_text(f->threads_max, "none\n");
	mkdir(f->pins, 0700);
	assert_load_clears(f);

	mkdir(f->pins, 0700);
	pin_map(f, "system", 0);
	assert_load_clears(f);

	mkdir(f->pins, 0700);
	pin_map(f, "system", 0);
	pin_slots(f, 0, 0);
	pin_map(f, "overflow", 0);
	assert_load_clears(f);

	/* With all maps a reload would go on. */
	mkdir(f->pins, 0700);
	pin_map(f, "system", 0);
	pin_slots(f, 0, 0);
	pin_map(f, "overflow", 0);
	pin_map(f, "accounts", 0);
	pin_map(f, "sessions", 0);
	pin_map(f, "wake", 0);
	pin_map(f, "messages", 0);
	assert_load_refuses(f);
	assert_int_equal(loader_unload(&f->paths, false, &f->problem), 0);
	assert_int_equal(access(f->pins, F_OK), -1);

	/* Somebody's state. */
	mkdir(f->pins, 0700);
	pin_slots(f, 1, 0);
	assert_load_refuses(f);
	assert_int_equal(loader_reload(&f->paths, &f->problem), -EUCLEAN);
}

/* What is pinned by these: somebody is restricted, and nobody. */
static void pin_slot(const struct fixture *f, unsigned count)
{
	pin_slots(f, count, 0);
}

static void pin_overflow(const struct fixture *f, unsigned count)
{
	pin_slots(f, 0, count);
}

/* As programs of layout 2 have it. */
static void pin_older(const struct fixture *f, unsigned count)
{
	pin_map(f, "states", count);
	pin_map(f, "capable", 0);
}

static void test_unload_restricted(void **state)
{
	void (*const pin[])(const struct fixture *f, unsigned count) = { pin_slot, pin_overflow,
									 pin_older };
	struct fixture *f = privileged(state);

	mount_bpffs(f);
	for (size_t i = 0; i < sizeof(pin) / sizeof(pin[0]); i++) {
		mkdir(f->pins, 0700);
		pin[i](f, 1);
		assert_int_equal(loader_unload(&f->paths, false, &f->problem), -EBUSY);
		SAYS(f, "1 tasks", "--force");
		assert_int_equal(access(f->pins, F_OK), 0);
		assert_int_equal(loader_unload(&f->paths, true, &f->problem), 0);
		assert_int_equal(access(f->pins, F_OK), -1);
	}

	/* Nobody is, and then it takes no force. */
	for (size_t i = 0; i < 2; i++) {
		mkdir(f->pins, 0700);
		pin[i](f, 0);
		assert_int_equal(loader_unload(&f->paths, false, &f->problem), 0);
		assert_int_equal(access(f->pins, F_OK), -1);
	}
}

/* uid 1000 has five entries, 1001 seven; and where 1002 had some another's could be. */
static void pin_accounts(const struct fixture *f)
{
	uint64_t *accounts = calloc(USERNS_ACCOUNTS, sizeof(*accounts));
	const int key = 0;
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, sizeof(key),
				USERNS_ACCOUNTS * sizeof(*accounts), 1, NULL);

	assert_non_null(accounts);
	accounts[3] = (uint64_t)1001 << 32 | 5;
	accounts[1] = (uint64_t)1002 << 32 | 7;
	accounts[USERNS_ACCOUNTS - 1] = (uint64_t)1003 << 32;
	if (fd >= 0)
		assert_int_equal(bpf_map_update_elem(fd, &key, accounts, BPF_ANY), 0);
	free(accounts);
	pin(f, fd, "accounts");
}

static void test_count(void **state)
{
	struct fixture *f = privileged(state);
	struct loader_entries entries;
	struct loader_most most;

	mount_bpffs(f);
	mkdir(f->pins, 0700);
	assert_int_equal(loader_count(&f->paths, &entries, &f->problem), -ENOENT);
	SAYS(f, "slots");
	pin_slots(f, 3000, 70000);
	assert_int_equal(loader_count(&f->paths, &entries, &f->problem), 0);
	assert_int_equal(entries.count, 73000);
	assert_int_equal(entries.room, USERNS_SLOTS);
	assert_int_equal(loader_find_most(&f->paths, &most), -ENOENT);
	pin_accounts(f);
	pin_map(f, "overflow", 1); /* its entry is one of the 70,000 */
	assert_int_equal(loader_count(&f->paths, &entries, &f->problem), 0);
	assert_int_equal(entries.count, 73000);
	assert_int_equal(entries.room, USERNS_SLOTS + 16);
	assert_int_equal(loader_find_most(&f->paths, &most), 0);
	assert_int_equal(most.count, 7);
	assert_int_equal(most.uid, 1001);
}

/* Another layout's, which has this name, too. */
static void test_count_unknown(void **state)
{
	struct fixture *f = privileged(state);
	struct loader_entries entries;

	mount_bpffs(f);
	mkdir(f->pins, 0700);
	pin_map(f, "slots", 1);
	assert_int_equal(loader_count(&f->paths, &entries, &f->problem), -EPROTO);
	assert_int_equal(loader_unload(&f->paths, false, &f->problem), -EPROTO);
	assert_int_equal(access(f->pins, F_OK), 0);
}

/* Where there is none, and where a load was cut short. */
static void test_programs(void **state)
{
	struct loader_program programs[LOADER_PROGRAMS];
	struct fixture *f = privileged(state);

	assert_int_equal(loader_programs(&f->paths, programs, &f->problem), -ENOENT);
	SAYS(f, f->pins);

	mount_bpffs(f);
	assert_int_equal(mkdir(f->pins, 0700), 0);
	assert_int_equal(loader_programs(&f->paths, programs, &f->problem), 0);
	for (size_t i = 0; i < LOADER_PROGRAMS; i++) {
		assert_non_null(programs[i].name);
		assert_int_equal(programs[i].id, 0);
		assert_int_equal(programs[i].recursion_misses, 0);
	}
}

/* --- telling parts apart --- */

/* The symbols of a kernel that has all functions that are looked for, but @without. */
static void write_symbols(const struct fixture *f, const char *without)
{
	static const char *const names[] = {
		"ret_from_fork",
		"proc_sys_permission",
		"proc_sys_call_handler",
		"__x64_sys_ioctl",
		"__ia32_compat_sys_ioctl",
		"__sock_create",
		"br_ioctl_call",
		"__x64_sys_socket",
		"__x64_sys_setsockopt",
		"rtnetlink_rcv_msg",
		"dev_ioctl",
		"netlink_unicast",
		"genl_rcv_msg",
		"dev_ethtool",
		"nf_getsockopt",
		"nf_setsockopt",
		"ip_setsockopt",
		"arp_ioctl",
		"devinet_ioctl",
		"ip_rt_ioctl",
		"addrconf_add_ifaddr",
		"addrconf_del_ifaddr",
		"ipv6_route_ioctl",
		"ipv6_setsockopt",
		"entry_SYSCALL_64_after_hwframe",
	};
	char text[8192];
	size_t len = 0;

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i], without))
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"ffffffff81%06zx T %s\n"
						"ffffffff81%06zx t between%zu\n",
						i * 0x100, names[i], i * 0x100 + 0x80, i);
	snprintf(text + len, sizeof(text) - len,
		 "ffffffff82000000 t dev_ioctl.cold\nffffffff82000010 D rtnetlink_rcv_msg\n"
		 "ffffffff82000020 t dev_ioctls\nffffffffc0000000 t dev_ioctl\t[module]\n");
	unit_write_text(f->symbols, text);
}

static unsigned vague_without(const struct fixture *f, const char *without,
			      struct parts_kernel *kernel)
{
	write_symbols(f, without);
	loader_find_parts(&f->paths, kernel);
	return kernel->vague;
}

static const struct parts_range *range_at(const struct parts_kernel *kernel, uint64_t address)
{
	for (size_t i = 0; i < PARTS_RANGES; i++)
		if (kernel->ranges[i].start < address && address <= kernel->ranges[i].end)
			return &kernel->ranges[i];
	return NULL;
}

/* Where a function begins and ends, and its pieces elsewhere; nothing else. */
static void test_symbols(void **state)
{
	struct fixture *f = *state;
	struct parts_kernel kernel;

	unit_write_text(f->lockdown, "none [integrity] confidentiality\n");
	assert_int_equal(vague_without(f, "", &kernel), USERNS_PART_OTHER);
	assert_int_equal(kernel.reading, PARTS_PROBE);
	for (size_t i = 1; i < PARTS_RANGES; i++)
		assert_true(kernel.ranges[i - 1].start <= kernel.ranges[i].start);
	assert_null(range_at(&kernel, 0xffffffff81000a00)); /* nobody returns to the first byte */
	assert_int_equal(range_at(&kernel, 0xffffffff81000a01)->may, USERNS_PART_LINK);
	assert_int_equal(range_at(&kernel, 0xffffffff81000a80)->may, USERNS_PART_LINK);
	assert_null(range_at(&kernel, 0xffffffff81000a81));
	assert_int_equal(range_at(&kernel, 0xffffffff82000010)->may, USERNS_PART_LINK);
	assert_null(range_at(&kernel, 0xffffffff82000021));
	assert_null(range_at(&kernel, 0xffffffffc0000001));
	assert_int_equal(range_at(&kernel, 0xffffffff81000901)->how, PARTS_RTNETLINK);
}

/* What is missing makes its part vague, and with it what would be taken for it. */
static void test_missing_symbols(void **state)
{
	static const struct {
		const char *name;
		unsigned vague;
	} table[] = {
		{ "rtnetlink_rcv_msg", USERNS_PART_LINK | USERNS_PART_TC },
		{ "genl_rcv_msg", USERNS_PART_ETHTOOL },
		{ "dev_ethtool", USERNS_PART_ETHTOOL | USERNS_PART_LINK },
		{ "nf_setsockopt", USERNS_PART_NFTABLES },
		{ "ip_setsockopt", USERNS_PART_XFRM },
		{ "__sock_create", USERNS_PART_XFRM },
		{ "__x64_sys_ioctl", USERNS_PART_TUN },
		{ "__ia32_compat_sys_ioctl", 0 },
		{ "proc_sys_call_handler", USERNS_PART_SYSCTL },
		{ "entry_SYSCALL_64_after_hwframe", USERNS_WHOLE },
		{ "ret_from_fork", USERNS_WHOLE },
	};
	struct fixture *f = *state;
	struct parts_kernel kernel;

	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(vague_without(f, table[i].name, &kernel),
				 table[i].vague | USERNS_PART_OTHER);

	unit_write_text(f->symbols, "0000000000000000 T ret_from_fork\n"); /* kptr_restrict=2 */
	loader_find_parts(&f->paths, &kernel);
	assert_int_equal(kernel.vague, USERNS_WHOLE);
	unlink(f->symbols);
	loader_find_parts(&f->paths, &kernel);
	assert_int_equal(kernel.vague, USERNS_WHOLE);
}

/* How messages are read decides which parts can be told apart by their types. */
static void test_reading(void **state)
{
	static const char *const functions[] = { "bpf_rdonly_cast", NULL };
	const unsigned by_type = USERNS_PART_LINK | USERNS_PART_TC | USERNS_PART_ETHTOOL;
	struct fixture *f = *state;
	struct parts_kernel kernel;

	assert_int_equal(vague_without(f, "", &kernel), USERNS_PART_OTHER); /* no lockdown */
	assert_int_equal(kernel.reading, PARTS_PROBE);
	unit_write_text(f->lockdown, "none integrity [confidentiality]\n");
	assert_int_equal(vague_without(f, "", &kernel), by_type | USERNS_PART_OTHER);
	assert_int_equal(kernel.reading, PARTS_UNREAD);
	write_btf(f->btf, functions);
	assert_int_equal(vague_without(f, "", &kernel), USERNS_PART_OTHER);
	assert_int_equal(kernel.reading, PARTS_CAST);
}

/* --- parts of messages and arguments --- */

/* Types of rtnetlink by number, from linux/rtnetlink.h. */
static void test_message_types(void **state)
{
	static const struct {
		unsigned first, last, part;
	} table[] = {
		{ 0, 15, USERNS_PART_OTHER },	   { 16, 35, USERNS_PART_LINK },
		{ 36, 51, USERNS_PART_TC },	   { 52, 63, USERNS_PART_OTHER },
		{ 64, 67, USERNS_PART_LINK },	   { 68, 71, USERNS_PART_OTHER },
		{ 72, 75, USERNS_PART_LINK },	   { 76, 79, USERNS_PART_OTHER },
		{ 80, 91, USERNS_PART_LINK },	   { 92, 99, USERNS_PART_OTHER },
		{ 100, 103, USERNS_PART_TC },	   { 104, 123, USERNS_PART_LINK },
		{ 124, 65535, USERNS_PART_OTHER },
	};

	for (size_t i = 0; i < COUNT(table); i++)
		for (unsigned type = table[i].first; type <= table[i].last; type++)
			assert_int_equal(parts_of_rtnetlink(type), table[i].part);
	for (unsigned protocol = 0; protocol < 32; protocol++)
		assert_int_equal(parts_of_protocol(protocol), protocol == 12  ? USERNS_PART_NFTABLES
							      : protocol == 6 ? USERNS_PART_XFRM
							      : protocol == 0 || protocol == 16
								      ? USERNS_WHOLE
								      : USERNS_PART_OTHER);
}

static void test_arguments(void **state)
{
	for (unsigned level = 0; level < 300; level++)
		for (unsigned name = 0; name < 300; name++) {
			const bool v4 = level == 0 && (name == 16 || name == 17);
			const bool v6 = level == 41 && (name == 34 || name == 35);

			assert_int_equal(parts_of_option(PARTS_OPTION, level, name),
					 v4 ? USERNS_PART_XFRM : USERNS_PART_OTHER);
			assert_int_equal(parts_of_option(PARTS_OPTION6, level, name),
					 v6 ? USERNS_PART_XFRM : USERNS_PART_OTHER);
		}
	assert_int_equal(parts_of_family(15), USERNS_PART_XFRM);
	assert_int_equal(parts_of_family(2), USERNS_PART_OTHER);
	assert_int_equal(parts_of_ioctl(0x400454ca), USERNS_PART_TUN);
	assert_int_equal(parts_of_ioctl(0x400454d9), USERNS_PART_TUN);
	assert_int_equal(parts_of_ioctl(0x400454cb), USERNS_PART_OTHER);
}

/* How much room there is, and how much of it a user can have. */
static void test_sizes(void **state)
{
	static const struct {
		unsigned long long memory; /* in KiB */
		unsigned size;
	} overflows[] = {
		{ 1, 1 << 10 },		  { 8191, 1 << 10 },	    { 8192, 1 << 11 },
		{ 1536 * 1024, 1 << 18 }, { 2048 * 1024, 1 << 19 }, { 24 << 20, 1 << 22 },
		{ 1ULL << 30, 1 << 22 },
	};
	static const struct {
		const char *tasks;
		size_t room;
		unsigned share;
	} shares[] = {
		{ "2000\n", 300000, 4000 },
		{ "37500\n", 300000, 75000 },
		{ "37501\n", 300000, 75000 },
		{ "4194304\n", 300000, 75000 },
		{ "4194305\n", 1UL << 30, 2 * 4194304 },
	};
	struct fixture *f = *state;
	char text[64];
	unsigned number;

	for (size_t i = 0; i < sizeof(overflows) / sizeof(overflows[0]); i++) {
		snprintf(text, sizeof(text), "MemTotal:  %llu kB\n", overflows[i].memory);
		unit_write_text(f->meminfo, text);
		assert_int_equal(loader_overflow_size(&f->paths, &number, &f->problem), 0);
		assert_int_equal(number, overflows[i].size);
	}
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		unit_write_text(f->threads_max, shares[i].tasks);
		assert_int_equal(loader_share(&f->paths, shares[i].room, &number, &f->problem), 0);
		assert_int_equal(number, shares[i].share);
	}
}

/* A number that isn't one stops before anything is loaded, and the directory goes again. */
static void assert_load_fails(struct fixture *f, const char *file, const char *const wrong[])
{
	for (; *wrong; wrong++) {
		unit_write_text(file, *wrong);
		assert_int_equal(loader_load(&f->paths, &f->problem), -EINVAL);
		SAYS(f, file, "no number");
		assert_int_equal(access(f->pins, F_OK), -1);
	}
	unlink(file);
	assert_int_equal(loader_load(&f->paths, &f->problem), -ENOENT);
	SAYS(f, file);
	assert_int_equal(access(f->pins, F_OK), -1);
}

static void test_wrong_sizes(void **state)
{
	static const char *const tasks[] = { "", "many\n", "12x\n", "12 kB\n", "0\n", NULL };
	static const char *const memory[] = { "",
					      "MemTotal: none\n",
					      "MemTotal: 5 MB\n",
					      "MemTotal: 0 kB\n",
					      "MemTotal: 5\n",
					      "MemFree: 5 kB\n",
					      NULL };
	struct fixture *f = privileged(state);

	mount_bpffs(f);
	assert_load_fails(f, f->threads_max, tasks);
	unit_write_text(f->threads_max, "1000\n");
	assert_load_fails(f, f->meminfo, memory);
}

static void test_unload(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(loader_unload(&f->paths, false, &f->problem), -ENOENT);
	SAYS(f, "not loaded", f->pins);

	/* What a load that was killed early, or an unload that was, leaves behind. */
	for (int force = 0; force <= 1; force++) {
		mkdir(f->pins, 0700);
		assert_int_equal(loader_unload(&f->paths, force, &f->problem), 0);
		assert_int_equal(access(f->pins, F_OK), -1);
		mkdir(f->pins, 0700);
		make_pin(f, "system", "", 0);
		make_pin(f, "accounts", "", 0);
		assert_int_equal(loader_unload(&f->paths, force, &f->problem), 0);
		assert_int_equal(access(f->pins, F_OK), -1);
	}

	/* Who may be restricted by this can't be known. */
	mkdir(f->pins, 0700);
	make_pin(f, "capable", "", 0);
	assert_int_equal(loader_unload(&f->paths, false, &f->problem), -EUCLEAN);
	SAYS(f, "slots", "unload --force");
	assert_int_equal(access(f->pins, F_OK), 0);
	assert_int_equal(loader_unload(&f->paths, true, &f->problem), 0);
	assert_int_equal(access(f->pins, F_OK), -1);
	mkdir(f->pins, 0700);
	make_pin(f, "states", "", 0);
	make_pin(f, "capable", "", 0);
	assert_int_equal(loader_unload(&f->paths, true, &f->problem), 0);
	assert_int_equal(access(f->pins, F_OK), -1);

	/* What a later version has pinned goes as well. */
	mkdir(f->pins, 0700);
	make_pin(f, "states", "", 0);
	make_pin(f, "foreign", "", 0);
	assert_int_equal(loader_unload(&f->paths, true, &f->problem), 0);
	assert_int_equal(access(f->pins, F_OK), -1);

	/* Somebody's directory stays, and the complaint names ours. */
	mkdir(f->pins, 0700);
	make_pin(f, "states", "", 0);
	make_directory(f, "foreign");
	assert_int_equal(loader_unload(&f->paths, true, &f->problem), -ENOTEMPTY);
	SAYS(f, f->pins);
}

static void test_read(void **state)
{
	struct fixture *f = *state;
	enum { MANY = 1000 };
	static struct userns_record written[MANY];
	struct userns_record *records = NULL;
	size_t count = 0;

	assert_int_equal(loader_read(&f->paths, &records, &count, &f->problem), -ENOENT);
	SAYS(f, "not loaded");

	mkdir(f->pins, 0700);
	make_pin(f, "records", "", 0);
	assert_int_equal(loader_read(&f->paths, &records, &count, &f->problem), 0);
	assert_int_equal(count, 0);
	assert_null(records);

	for (unsigned i = 0; i < MANY; i++)
		written[i] = (struct userns_record){
			.pid = i + 1, .tgid = i, .state = { .userns = ~(__u64)i, .flags = i % 4 }
		};
	make_pin(f, "records", written, sizeof(written));
	assert_int_equal(loader_read(&f->paths, &records, &count, &f->problem), 0);
	assert_int_equal(count, MANY);
	assert_memory_equal(records, written, sizeof(written));
	free(records);

	make_pin(f, "records", written, 5 * sizeof(written[0]) + 7);
	assert_int_equal(loader_read(&f->paths, &records, &count, &f->problem), -EPROTO);
	SAYS(f, "another version");
}

static void test_long_path(void **state)
{
	struct fixture *f = *state;
	static char path[2 * PATH_MAX];
	struct userns_record *records;
	size_t count;

	memset(path, '/', sizeof(path) - 1);
	f->paths.pins = path;
	assert_int_equal(loader_read(&f->paths, &records, &count, &f->problem), -ENAMETOOLONG);
	assert_int_equal(loader_unload(&f->paths, false, &f->problem), -ENAMETOOLONG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_privilege),	   TEST(test_lsm),
		TEST(test_btf_missing),	   TEST(test_btf_broken),
		TEST(test_kernel_too_old), TEST(test_bpffs),
		TEST(test_loaded_already), TEST(test_programs),
		TEST(test_load_clears),	   TEST(test_unload_restricted),
		TEST(test_sizes),	   TEST(test_wrong_sizes),
		TEST(test_symbols),	   TEST(test_missing_symbols),
		TEST(test_reading),	   TEST(test_message_types),
		TEST(test_arguments),	   TEST(test_unload),
		TEST(test_count),	   TEST(test_count_unknown),
		TEST(test_read),	   TEST(test_long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
