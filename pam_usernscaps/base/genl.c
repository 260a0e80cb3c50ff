// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The one question of generic netlink's that is asked here: netlink(7), linux/genetlink.h. */
#include "genl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

#include "cleanup.h"

struct question {
	struct nlmsghdr header;
	struct genlmsghdr generic;
	struct nlattr attribute;
	char name[GENL_NAMSIZ];
};

static int ask(int fd, const char *name)
{
	struct question question = {
		.header = { .nlmsg_len = sizeof(question),
			    .nlmsg_type = GENL_ID_CTRL,
			    .nlmsg_flags = NLM_F_REQUEST },
		.generic = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.attribute = { .nla_len = sizeof(question.attribute) + sizeof(question.name),
			       .nla_type = CTRL_ATTR_FAMILY_NAME },
	};

	strncpy(question.name, name, sizeof(question.name) - 1);
	return send(fd, &question, sizeof(question), 0) < 0 ? -errno : 0;
}

/* Read the number out of an answer of @len bytes. */
static int find_id(const char *answer, size_t len, uint16_t *ret_id)
{
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlmsghdr header;
	int error;

	memcpy(&header, answer, len < sizeof(header) ? 0 : sizeof(header));
	if (len >= NLMSG_HDRLEN + sizeof(error) && header.nlmsg_type == NLMSG_ERROR) {
		memcpy(&error, answer + NLMSG_HDRLEN, sizeof(error));
		return error ? error : -EPROTO;
	}
	while (at + sizeof(struct nlattr) + sizeof(*ret_id) <= len) {
		struct nlattr attribute;

		memcpy(&attribute, answer + at, sizeof(attribute));
		if (attribute.nla_type == CTRL_ATTR_FAMILY_ID) {
			memcpy(ret_id, answer + at + sizeof(attribute), sizeof(*ret_id));
			return 0;
		}
		if (attribute.nla_len < sizeof(attribute))
			break;
		at += (size_t)NLA_ALIGN(attribute.nla_len);
	}
	return -EPROTO;
}

int genl_family(const char *name, uint16_t *ret_id)
{
	_cleanup_(closep) int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	const struct timeval patience = { .tv_sec = 5 };
	char answer[8192] = "";
	ssize_t len;
	int r;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return -errno;
	r = ask(fd, name);
	if (r < 0)
		return r;
	len = recv(fd, answer, sizeof(answer), 0);
	return len < 0 ? -errno : find_id(answer, (size_t)len, ret_id);
}
