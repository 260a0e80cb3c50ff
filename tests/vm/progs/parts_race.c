// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * parts_race SECONDS THREADS: threads on one CPU have the programs look at messages about links and
 * qdiscs all the time, while another, which wanders between the CPUs, sends buffers of both in
 * turn. Prints how many of each came out how. The messages are about a device that there isn't, so
 * nothing changes: what is allowed ends in another error.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAIRS  30
#define ABSENT 77777 /* a device */

static volatile int stop;
static pid_t wanderer;
static long linked, link_denied, qdiscs_allowed, qdiscs_denied; /* all threads' */

static int open_netlink(void)
{
	const struct timeval patience = { .tv_sec = 2 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), room = 1 << 18;

	if (fd < 0) {
		perror("socket");
		exit(1);
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* Links have even numbers, qdiscs odd ones. */
static size_t put(char *at, unsigned sequence)
{
	const struct tcmsg qdisc = { .tcm_ifindex = ABSENT, .tcm_parent = TC_H_ROOT };
	const struct ifinfomsg link = { .ifi_index = ABSENT };
	const void *body = sequence % 2 ? (const void *)&qdisc : &link;
	const size_t size = sequence % 2 ? sizeof(qdisc) : sizeof(link);
	const struct nlmsghdr header = {
		.nlmsg_len = sizeof(header) + size,
		.nlmsg_type = sequence % 2 ? RTM_NEWQDISC : RTM_SETLINK,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.nlmsg_seq = sequence,
	};

	memcpy(at, &header, sizeof(header));
	memcpy(at + sizeof(header), body, size);
	return NLMSG_ALIGN(header.nlmsg_len);
}

static void count(const struct nlmsghdr *header)
{
	const int denied = ((const struct nlmsgerr *)NLMSG_DATA(header))->error == -EPERM;

	if (header->nlmsg_seq % 2)
		__atomic_add_fetch(denied ? &qdiscs_denied : &qdiscs_allowed, 1, __ATOMIC_RELAXED);
	else
		__atomic_add_fetch(denied ? &link_denied : &linked, 1, __ATOMIC_RELAXED);
}

static void exchange(int fd)
{
	char buf[PAIRS * 2 * 64], answer[16384];
	size_t len = 0;
	int wanted = 2 * PAIRS;

	for (unsigned i = 0; i < 2 * PAIRS; i++)
		len += put(buf + len, i);
	if (send(fd, buf, len, 0) < 0)
		return;
	while (wanted > 0) {
		ssize_t size = recv(fd, answer, sizeof(answer), 0);
		const struct nlmsghdr *header = (const void *)answer;

		if (size <= 0)
			return;
		for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size), wanted--)
			if (header->nlmsg_type == NLMSG_ERROR)
				count(header);
	}
}

static void pin(pid_t thread, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(thread, sizeof(set), &set);
}

static void *hammer(void *unused)
{
	int fd = open_netlink();

	pin(0, 1);
	while (!stop)
		exchange(fd);
	return unused;
}

static void *push(void *unused)
{
	while (!stop) {
		pin(wanderer, rand() & 1);
		usleep(300 + rand() % 3000);
	}
	return unused;
}

int main(int argc, char **argv)
{
	const time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 5);
	int threads = argc > 2 ? atoi(argv[2]) : 300, fd = open_netlink();
	pthread_attr_t small;
	pthread_t thread;

	wanderer = (pid_t)syscall(SYS_gettid);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	while (threads-- > 0)
		if (pthread_create(&thread, &small, hammer, NULL)) {
			perror("pthread_create");
			return 1;
		}
	pthread_create(&thread, &small, push, NULL);
	while (time(NULL) < end)
		exchange(fd);
	stop = 1;
	printf("links: allowed=%ld denied=%ld qdiscs: denied=%ld allowed=%ld\n", linked,
	       link_denied, qdiscs_denied, qdiscs_allowed);
	fflush(stdout);
	_exit(0);
}
