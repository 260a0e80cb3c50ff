/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
/*
 * What the escape_*.c share: a table of attempts, each carried out in a process of its own, and how
 * each of them came out, a line "NAME | VERDICT": "allowed", "denied" (EPERM or EACCES), the name
 * of another error, or "broken" where something before the attempt failed, with a message on
 * standard error.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "probe.h"

#define BROKEN	      255
#define LIMIT_SECONDS 60

/* Returns 0 or a negative errno: of the act alone, everything before it ends in broken(). */
struct escape {
	const char *name;
	int (*attempt)(void);
};

__attribute__((noreturn)) UNUSED static void broken(const char *what)
{
	fprintf(stderr, "%s: %s: %m\n", program_invocation_short_name, what);
	_exit(BROKEN);
}

/* A result that has to be no error. */
UNUSED static long must(const char *what, long result)
{
	if (result < 0)
		broken(what);
	return result;
}

/* A system call's result as an attempt's. */
UNUSED static int result_of(long result)
{
	return result < 0 ? -errno : 0;
}

/* How a process ended that ended with the result of an attempt. */
UNUSED static int reap(pid_t pid)
{
	int status;

	must("waitpid", waitpid(pid, &status, 0));
	if (!WIFEXITED(status) || WEXITSTATUS(status) == BROKEN)
		_exit(BROKEN);
	return -WEXITSTATUS(status);
}

/* After a fork of any kind: the child goes on with the attempt, the parent ends as it does. */
UNUSED static int go_on(long pid)
{
	if (pid < 0)
		return -errno;
	if (pid > 0)
		_exit(-reap((pid_t)pid));
	return 0;
}

static const char *verdict(int status)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) == BROKEN)
		return "broken";
	switch (WEXITSTATUS(status)) {
	case 0:
		return "allowed";
	case EPERM:
	case EACCES:
		return "denied";
	}
	return strerrorname_np(WEXITSTATUS(status)) ?: "broken";
}

/* In a process group of its own, which goes when the attempt is over. */
static void try(const struct escape *escape)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		alarm(LIMIT_SECONDS);
		_exit(-escape->attempt());
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		die("%s: %s", escape->name, strerror(errno));
	kill(-pid, SIGKILL);
	printf("%s | %s\n", escape->name, verdict(status));
	fflush(stdout);
}

/* All of them, or the one that is named. */
UNUSED static int escape_all(const struct escape *escapes, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!name || !strcmp(escapes[i].name, name))
			try(&escapes[i]);
	return 0;
}

#define ESCAPE_MAIN(escapes)                                                                       \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return escape_all(escapes, sizeof(escapes) / sizeof(escapes[0]),                   \
				  argc > 1 ? argv[1] : NULL);                                      \
	}

/* Go into a user namespace, and others of its own, as its root. */
UNUSED static void inside(int namespaces)
{
	unsigned uid = getuid();

	must("unshare", unshare(CLONE_NEWUSER | namespaces));
	if (map_ids(0, uid))
		broken("uid_map");
}

/*
 * A child that is root in namespaces of its own opens a descriptor there and hands it out, and
 * waits for the end.
 *
 * @ret_pid: the child's
 *
 * Returns the descriptor.
 */
UNUSED static int opened_inside(int namespaces, int (*open_it)(void), pid_t *ret_pid)
{
	int pair[2], fd;

	must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	*ret_pid = (pid_t)must("fork", fork());
	if (*ret_pid == 0) {
		inside(namespaces);
		must("pass", pass_fd(pair[1], (int)must("open", open_it())));
		for (;;)
			pause();
	}
	close(pair[1]);
	fd = pass_fd(pair[0], -1);
	if (fd < 0)
		_exit(BROKEN); /* the child has said why */
	return fd;
}

UNUSED static int open_inet(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

UNUSED static int open_route(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/* Files for a network namespace belong to the root that it has when it is made. */
UNUSED static int open_sysfs_mtu(void)
{
	must("unshare", unshare(CLONE_NEWNET | CLONE_NEWNS));
	must("sysfs", mount("sysfs", "/mnt", "sysfs", 0, NULL));
	return open("/mnt/class/net/lo/mtu", O_WRONLY | O_CLOEXEC);
}

/* lo in a network namespace that we are in. */
UNUSED static int lo_here(void)
{
	return lo_up((int)must("socket", open_inet()));
}

/* lo in a network namespace of our own. */
UNUSED static int lo_in_new(void)
{
	must("unshare", unshare(CLONE_NEWNET));
	return lo_here();
}

/* Ask by rtnetlink for lo to be brought up. */
struct link_request {
	struct nlmsghdr header;
	struct ifinfomsg link;
};

UNUSED static struct link_request lo_request(void)
{
	return (struct link_request){
		.header = { .nlmsg_len = sizeof(struct link_request),
			    .nlmsg_type = RTM_NEWLINK,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP },
	};
}

/* What came of a request that was sent over a netlink socket. */
UNUSED static int netlink_answer(int fd)
{
	char buffer[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *header = (void *)buffer;
	struct timeval limit = { .tv_sec = LIMIT_SECONDS / 2 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	must("netlink", recv(fd, buffer, sizeof(buffer), 0));
	if (header->nlmsg_type != NLMSG_ERROR)
		broken("no answer");
	return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
}

/*
 * Whoever was started as "escape_admin hold", as the same user and before there were rules, is root
 * in namespaces of its own and hands out what is in this list.
 */
enum held {
	HELD_FSCONTEXT,
	HELD_MOUNT,
	HELD_ROOT,
	HELD_USERNS,
	HELD_NETNS,
	HELD_MNTNS,
	HELD_COUNT
};

UNUSED static socklen_t holder_address(struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   sprintf(address->sun_path + 1, "escape-%u", getuid()));
}

/* The holder's descriptor; its process id is in @ret_pid unless that is NULL. */
UNUSED static int held(enum held which, pid_t *ret_pid)
{
	struct sockaddr_un address;
	socklen_t length = holder_address(&address);
	struct ucred peer;
	socklen_t peer_length = sizeof(peer);
	int fd = (int)must("socket", socket(AF_UNIX, SOCK_STREAM, 0)), got;

	must("holder", connect(fd, (void *)&address, length));
	must("peer", getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_length));
	must("ask", write(fd, &(char){ (char)which }, 1));
	got = (int)must("holder's descriptor", pass_fd(fd, -1));
	if (ret_pid)
		*ret_pid = peer.pid;
	return got;
}

#endif
