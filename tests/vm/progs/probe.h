/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
/*
 * What the programs beside this file share. Each is one source file, and need not use all of it.
 */
#ifndef PROBE_H
#define PROBE_H

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../../pam_usernscaps/bpf/abi.h"

#define UNUSED __attribute__((unused))

__attribute__((noreturn, format(printf, 1, 2))) UNUSED static void die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

/* The reply's payload or -errno. */
UNUSED static int ucap(enum userns_operation operation, uint64_t arg3, uint64_t arg4)
{
	if (prctl(USERNS_PRCTL, (unsigned long)operation, (unsigned long)arg3, (unsigned long)arg4,
		  0UL) != -1)
		die("prctl succeeded, which no kernel should let it");
	return errno & USERNS_REPLY ? errno & USERNS_REPLY_PAYLOAD : -errno;
}

UNUSED static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* Map @inside to @outside in our own new user namespace. */
UNUSED static int map_ids(unsigned inside, unsigned outside)
{
	char map[64];
	int r;

	snprintf(map, sizeof(map), "%u %u 1", inside, outside);
	r = write_text("/proc/self/uid_map", map);
	if (!r)
		r = write_text("/proc/self/setgroups", "deny");
	if (!r)
		r = write_text("/proc/self/gid_map", map);
	return r;
}

/* Bring lo up in the network namespace of a socket. */
UNUSED static int lo_up(int fd)
{
	struct ifreq request = { .ifr_name = "lo" };

	request.ifr_flags = IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &request) ? -errno : 0;
}

/* Pass @fd over the socket @via, or take one where it is -1. Returns the fd, or -1. */
UNUSED static int pass_fd(int via, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (fd < 0) {
		if (recvmsg(via, &message, 0) != 1 || !(header = CMSG_FIRSTHDR(&message)))
			return -1;
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
		return fd;
	}
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(via, &message, 0) == 1 ? fd : -1;
}

#endif
