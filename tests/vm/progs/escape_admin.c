// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Attempts that take sys_admin or sys_ptrace. Without sys_admin a login gets into no namespaces but
 * those of users; what it acts on comes from "escape_admin hold", see escape.h.
 */
#include "escape.h"

#include <linux/kcmp.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>

static char secret[] = "what the holder has in its memory";

/* --- the holder --- */
static void serve(int client, int *fds)
{
	char which;

	if (read(client, &which, 1) != 1 || which < 0 || which >= HELD_COUNT)
		broken("read");
	if (which == HELD_FSCONTEXT) {
		close(fds[HELD_FSCONTEXT]);
		fds[HELD_FSCONTEXT] = (int)must("fsopen", fsopen("tmpfs", FSOPEN_CLOEXEC));
	}
	must("pass", pass_fd(client, fds[(int)which]));
	close(client);
}

__attribute__((noreturn)) static void hold(void)
{
	struct sockaddr_un address;
	socklen_t length = holder_address(&address);
	int server = (int)must("socket", socket(AF_UNIX, SOCK_STREAM, 0)), fds[HELD_COUNT], fd;

	must("bind", bind(server, (void *)&address, length));
	inside(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS);
	fd = (int)must("fsopen", fsopen("tmpfs", FSOPEN_CLOEXEC));
	must("fsconfig", fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	fds[HELD_MOUNT] = fsmount(fd, FSMOUNT_CLOEXEC, 0);
	fds[HELD_ROOT] = open("/", O_RDONLY | O_DIRECTORY);
	fds[HELD_USERNS] = open("/proc/self/ns/user", O_RDONLY);
	fds[HELD_NETNS] = open("/proc/self/ns/net", O_RDONLY);
	fds[HELD_MNTNS] = open("/proc/self/ns/mnt", O_RDONLY);
	fds[HELD_FSCONTEXT] = 0; /* a new one for everybody who asks */
	for (int i = 0; i < HELD_COUNT; i++)
		must("open", fds[i]);
	must("listen", listen(server, 8));
	for (;;)
		serve((int)must("accept", accept(server, NULL, NULL)), fds);
}

static pid_t holder(void)
{
	pid_t pid;

	close(held(HELD_USERNS, &pid));
	return pid;
}

/* --- namespaces of other kinds --- */
static int new_mounts(void)
{
	return result_of(unshare(CLONE_NEWUSER | CLONE_NEWNS));
}

static int new_mounts_later(void)
{
	must("unshare", unshare(CLONE_NEWUSER));
	return result_of(unshare(CLONE_NEWNS));
}

static int new_mounts_clone(void)
{
	return go_on(
		syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL));
}

static int new_mounts_clone3(void)
{
	struct clone_args args = { .flags = CLONE_NEWUSER | CLONE_NEWNS, .exit_signal = SIGCHLD };

	return go_on(syscall(SYS_clone3, &args, sizeof(args)));
}

static int new_uts(void)
{
	return result_of(unshare(CLONE_NEWUSER | CLONE_NEWUTS));
}

static int new_pids(void)
{
	return result_of(unshare(CLONE_NEWUSER | CLONE_NEWPID));
}

static int new_cgroups(void)
{
	return result_of(unshare(CLONE_NEWUSER | CLONE_NEWCGROUP));
}

/* --- mounts --- */
static int mount_inside(const char *type, const char *options)
{
	unsigned uid = getuid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	if (map_ids(0, uid))
		broken("uid_map");
	return result_of(mount("none", "/mnt", type, 0, options));
}

static int mount_tmpfs(void)
{
	return mount_inside("tmpfs", NULL);
}

static int mount_overlay(void)
{
	int r = mount_inside("tmpfs", NULL);

	if (r)
		return r;
	must("mkdir", mkdir("/mnt/a", 0755));
	must("mkdir", mkdir("/mnt/b", 0755));
	return result_of(mount("none", "/mnt", "overlay", 0, "lowerdir=/mnt/a:/mnt/b"));
}

static int mount_fuse(void)
{
	char options[128];
	unsigned uid = getuid();
	int fd;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	if (map_ids(0, uid))
		broken("uid_map");
	fd = (int)must("/dev/fuse", open("/dev/fuse", O_RDWR));
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	return result_of(mount("none", "/mnt", "fuse", 0, options));
}

static int mount_bind(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	return result_of(mount("/etc", "/mnt", NULL, MS_BIND, NULL));
}

/* --- descriptors of the holder's --- */
static int create_filesystem(void)
{
	return result_of(fsconfig(held(HELD_FSCONTEXT, NULL), FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

static int set_up_mount(void)
{
	return result_of(fsmount(held(HELD_FSCONTEXT, NULL), 0, 0));
}

static int clone_tree(void)
{
	return result_of(open_tree(held(HELD_ROOT, NULL), "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
}

static int attach_mount(void)
{
	return result_of(
		move_mount(held(HELD_MOUNT, NULL), "", AT_FDCWD, "/mnt", MOVE_MOUNT_F_EMPTY_PATH));
}

static int change_mount(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODEV };

	return result_of(
		mount_setattr(held(HELD_MOUNT, NULL), "", AT_EMPTY_PATH, &attr, sizeof(attr)));
}

static int join_user(void)
{
	return result_of(setns(held(HELD_USERNS, NULL), CLONE_NEWUSER));
}

static int join_any(void)
{
	return result_of(setns(held(HELD_USERNS, NULL), 0));
}

static int join_net(void)
{
	return result_of(setns(held(HELD_NETNS, NULL), CLONE_NEWNET));
}

static int join_mounts(void)
{
	return result_of(setns(held(HELD_MNTNS, NULL), CLONE_NEWNS));
}

static int join_process(void)
{
	int process = (int)must("pidfd_open", syscall(SYS_pidfd_open, holder(), 0));

	return result_of(setns(process, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET));
}

/* --- the holder itself, or a child, from outside: sys_ptrace, and sys_admin for the map --- */
static int open_of(const char *file, int flags)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/proc/%d/%s", holder(), file);
	return result_of(open(path, flags));
}

static int open_ns(void)
{
	return open_of("ns/user", O_RDONLY);
}

static int open_root(void)
{
	return open_of("root", O_RDONLY | O_DIRECTORY);
}

static int open_memory(void)
{
	return open_of("mem", O_RDWR);
}

static int read_memory(void)
{
	char copy[sizeof(secret)];
	struct iovec local = { copy, sizeof(copy) }, remote = { secret, sizeof(secret) };
	int r = result_of(process_vm_readv(holder(), &local, 1, &remote, 1, 0));

	/* A holder of the other word size has nothing at this address, which only shows to who may.
	 */
	return r == -EFAULT ? 0 : r;
}

static int attach(void)
{
	pid_t pid = holder();

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return -errno;
	must("waitpid", waitpid(pid, NULL, __WALL));
	return result_of(ptrace(PTRACE_DETACH, pid, NULL, NULL));
}

static int seize(void)
{
	return result_of(ptrace(PTRACE_SEIZE, holder(), NULL, NULL));
}

static int compare_files(void)
{
	return result_of(syscall(SYS_kcmp, getpid(), holder(), KCMP_FILES, 0, 0));
}

static int get_fd(void)
{
	int process = (int)must("pidfd_open", syscall(SYS_pidfd_open, holder(), 0));

	return result_of(syscall(SYS_pidfd_getfd, process, 0, 0));
}

static int map_child(void)
{
	char path[PATH_MAX], map[64];
	int ready[2];
	pid_t pid;

	must("pipe", pipe(ready));
	pid = (pid_t)must("fork", fork());
	if (pid == 0) {
		must("unshare", unshare(CLONE_NEWUSER));
		must("write", write(ready[1], "", 1));
		for (;;)
			pause();
	}
	must("read", read(ready[0], map, 1));
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	snprintf(map, sizeof(map), "0 %u 1", getuid());
	return write_text(path, map);
}

static const struct escape escapes[] = {
	{ "sys_admin: a mount namespace", new_mounts },
	{ "sys_admin: a mount namespace, later", new_mounts_later },
	{ "sys_admin: a mount namespace by clone", new_mounts_clone },
	{ "sys_admin: a mount namespace by clone3", new_mounts_clone3 },
	{ "sys_admin: an UTS namespace", new_uts },
	{ "sys_admin: a pid namespace", new_pids },
	{ "sys_admin: a cgroup namespace", new_cgroups },
	{ "sys_admin: mount a tmpfs", mount_tmpfs },
	{ "sys_admin: mount an overlay", mount_overlay },
	{ "sys_admin: mount a FUSE", mount_fuse },
	{ "sys_admin: mount a directory", mount_bind },
	{ "older: fsconfig on its file system", create_filesystem },
	{ "older: fsmount of its file system", set_up_mount },
	{ "older: open_tree of its root", clone_tree },
	{ "older: move_mount of its mount", attach_mount },
	{ "older: mount_setattr of its mount", change_mount },
	{ "older, sys_admin: setns", join_user },
	{ "older, sys_admin: setns of any type", join_any },
	{ "older, sys_admin: setns into its network alone", join_net },
	{ "older, sys_admin: setns into its mounts alone", join_mounts },
	{ "older, sys_admin: setns by pidfd", join_process },
	{ "older, sys_ptrace: /proc/PID/ns", open_ns },
	{ "older, sys_ptrace: /proc/PID/root", open_root },
	{ "older, sys_ptrace: /proc/PID/mem", open_memory },
	{ "older, sys_ptrace: process_vm_readv", read_memory },
	{ "older, sys_ptrace: PTRACE_ATTACH", attach },
	{ "older, sys_ptrace: PTRACE_SEIZE", seize },
	{ "older, sys_ptrace: kcmp", compare_files },
	{ "older, sys_ptrace: pidfd_getfd", get_fd },
	{ "sys_admin: a child's uid_map", map_child },
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "hold"))
		hold();
	return escape_all(escapes, sizeof(escapes) / sizeof(escapes[0]), argv[1]);
}
