// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Acts that need CAP_NET_ADMIN, each of one part of it: "parts all", or "parts ACT", prints "PART
 * ACT VERDICT" of each: "denied", or "allowed", with the error if there is one, which comes after
 * the question. It is to run in a network namespace where it has all capabilities, or would have
 * them.
 *
 * Not among them: messages for actions of traffic control (RTM_*ACTION), for which the kernel asks
 * about the initial namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef NETLINK_NETFILTER
#define NETLINK_NETFILTER 12
#endif

/* ---- netlink ---- */

static char buf[4096];
static size_t len;

static void *put(const void *data, size_t size)
{
	void *at = buf + len;

	if (data)
		memcpy(at, data, size);
	else
		memset(at, 0, size);
	len += NLMSG_ALIGN(size);
	return at;
}

/* A message with a body of @size bytes. */
static struct nlmsghdr *begin(int type, int flags, unsigned sequence, const void *body, size_t size)
{
	const struct nlmsghdr header = {
		.nlmsg_len = NLMSG_ALIGN(sizeof(header) + size),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags,
		.nlmsg_seq = sequence,
	};
	struct nlmsghdr *at = put(&header, sizeof(header));

	put(body, size);
	return at;
}

static void attribute(struct nlmsghdr *header, int type, const void *data, size_t size)
{
	const struct nlattr head = { .nla_len = sizeof(head) + size, .nla_type = type };

	put(&head, sizeof(head));
	put(data, size);
	header->nlmsg_len = buf + len - (char *)header;
}

static int netlink(int protocol)
{
	const struct timeval patience = { .tv_sec = 5 };
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW, protocol);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)))
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* The next acknowledgement. Returns 0 or -errno. */
static int acknowledged(int fd)
{
	static char answer[16384];

	for (;;) {
		const ssize_t size = recv(fd, answer, sizeof(answer), 0);
		const struct nlmsghdr *header = (void *)answer;

		if (size < 0)
			return -errno;
		if (header->nlmsg_type == NLMSG_ERROR)
			return ((struct nlmsgerr *)NLMSG_DATA(header))->error;
	}
}

/* Send what has been put together. Returns the first answer. */
static int ask(int protocol)
{
	int fd = netlink(protocol), r;

	if (fd < 0)
		return fd;
	r = send(fd, buf, len, 0) < 0 ? -errno : acknowledged(fd);
	close(fd);
	return r;
}

static void put_link(const char *name, const char *kind, unsigned sequence)
{
	const struct ifinfomsg body = {};
	struct nlmsghdr *header =
		begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sequence, &body, sizeof(body));
	struct nlattr info = { .nla_type = IFLA_LINKINFO };
	char *at;

	attribute(header, IFLA_IFNAME, name, strlen(name) + 1);
	at = put(&info, sizeof(info));
	attribute(header, IFLA_INFO_KIND, kind, strlen(kind) + 1);
	info.nla_len = buf + len - at;
	memcpy(at, &info, sizeof(info));
}

static void put_tc(int type, unsigned sequence)
{
	const struct tcmsg body = { .tcm_ifindex = 1, .tcm_parent = TC_H_ROOT };
	struct nlmsghdr *header =
		begin(type, NLM_F_CREATE | NLM_F_REPLACE, sequence, &body, sizeof(body));

	attribute(header, TCA_KIND, "pfifo", 6);
}

static int new_link(const char *kind)
{
	put_link("p0", kind, 1);
	return ask(NETLINK_ROUTE);
}

static int dummy(void)
{
	return new_link("dummy");
}

static int bridge(void)
{
	return new_link("bridge");
}

/* Of a device, route or rule that isn't there: what is asked for comes after the question. */
static int absent(int type, const void *body, size_t size)
{
	begin(type, 0, 1, body, size);
	return ask(NETLINK_ROUTE);
}

static int address(void)
{
	const struct ifaddrmsg body = { .ifa_family = AF_INET, .ifa_index = 77777 };

	return absent(RTM_DELADDR, &body, sizeof(body));
}

static int route(void)
{
	const struct rtmsg body = { .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN };

	return absent(RTM_DELROUTE, &body, sizeof(body));
}

static int neighbour(void)
{
	const struct ndmsg body = { .ndm_family = AF_INET, .ndm_ifindex = 77777 };

	return absent(RTM_DELNEIGH, &body, sizeof(body));
}

static int set_link(void)
{
	const struct ifinfomsg body = { .ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };

	return absent(RTM_SETLINK, &body, sizeof(body));
}

static int tc(int type)
{
	put_tc(type, 1);
	return ask(NETLINK_ROUTE);
}

static int qdisc(void)
{
	return tc(RTM_NEWQDISC);
}

static int class(void)
{
	return tc(RTM_NEWTCLASS);
}

static int filter(void)
{
	return tc(RTM_NEWTFILTER);
}

static int chain(void)
{
	return tc(RTM_NEWCHAIN);
}

static int stats(void) /* a type that is in no list */
{
	const struct {
		struct if_stats_msg body;
	} message = { { .ifindex = 1 } };

	return absent(RTM_SETSTATS, &message, sizeof(message));
}

static int nft(void)
{
	const struct {
		__u8 family, version;
		__u16 id;
	} body = { AF_INET, 0, 0 };
	struct nlmsghdr *header = begin(0x0a00, NLM_F_CREATE, 1, &body, sizeof(body));

	attribute(header, 1, "t", 2);
	return ask(NETLINK_NETFILTER);
}

static int xfrm(void)
{
	begin(0x1c, 0, 1, "\377", 1); /* XFRM_MSG_FLUSHSA */
	return ask(NETLINK_XFRM);
}

static int family_of(const char *name)
{
	const struct genlmsghdr body = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct nlmsghdr *header = begin(GENL_ID_CTRL, 0, 1, &body, sizeof(body));
	static char answer[16384];
	int fd = netlink(NETLINK_GENERIC);
	ssize_t size;

	attribute(header, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	header->nlmsg_flags = NLM_F_REQUEST;
	if (fd < 0 || send(fd, buf, len, 0) < 0 || (size = recv(fd, answer, sizeof(answer), 0)) < 0)
		return -errno;
	len = 0;
	close(fd);
	for (char *at = answer + NLMSG_HDRLEN + GENL_HDRLEN; at < answer + size;) {
		struct nlattr *found = (void *)at;

		if (found->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(__u16 *)(found + 1);
		at += NLA_ALIGN(found->nla_len);
	}
	return -ENOENT;
}

static int ethtool_netlink(void)
{
	const struct genlmsghdr body = { .cmd = 24 /* ETHTOOL_MSG_PAUSE_SET */, .version = 1 };
	int family = family_of("ethtool");
	struct nlmsghdr *header;

	if (family < 0)
		return family;
	header = begin(family, 0, 1, &body, sizeof(body));
	attribute(header, 1 | NLA_F_NESTED, "\10\0\1\0\1\0\0\0", 8); /* header: device 1 */
	return ask(NETLINK_GENERIC);
}

/* ---- ioctl ---- */

static int request(int family, unsigned long number, struct ifreq *ifreq)
{
	int fd = socket(family, SOCK_DGRAM, 0), r;

	if (fd < 0)
		return -errno;
	r = ioctl(fd, number, ifreq) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int lo_by(int family)
{
	struct ifreq ifreq = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	return request(family, SIOCSIFFLAGS, &ifreq);
}

static int lo(void)
{
	return lo_by(AF_INET);
}

static int lo_unix(void)
{
	return lo_by(AF_UNIX);
}

static int ifaddr(void)
{
	struct ifreq ifreq = { .ifr_name = "lo", .ifr_addr = { .sa_family = AF_INET } };

	((struct sockaddr_in *)&ifreq.ifr_addr)->sin_addr.s_addr = htonl(0x7f000001);
	return request(AF_INET, SIOCSIFADDR, &ifreq);
}

static int brctl(void)
{
	char name[IFNAMSIZ] = "pb0";

	return request(AF_INET, SIOCBRADDBR, (void *)name);
}

static int ethtool_ioctl(void)
{
	struct ethtool_value value = { .cmd = ETHTOOL_STSO, .data = 1 };
	struct ifreq ifreq = { .ifr_name = "lo", .ifr_data = (void *)&value };

	return request(AF_INET, SIOCETHTOOL, &ifreq);
}

static int tun(void)
{
	struct ifreq ifreq = { .ifr_name = "pt0", .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR), r;

	if (fd < 0)
		return -errno;
	r = ioctl(fd, TUNSETIFF, &ifreq) < 0 ? -errno : 0;
	close(fd);
	return r;
}

/* ---- others ---- */

static int sysctl(void)
{
	int fd = open("/proc/sys/net/ipv4/ip_forward", O_WRONLY), r;

	if (fd < 0)
		return errno == EACCES ? -EPERM : -errno;
	r = write(fd, "0", 1) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int option(int family, int type, int level, int name, const void *value, socklen_t size)
{
	int fd = socket(family, type, type == SOCK_RAW ? 255 : 0), r;

	if (fd < 0)
		return -errno;
	r = setsockopt(fd, level, name, value, size) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static const int one[80] = { 1 };

static int mark(void) /* CAP_NET_RAW would do, too */
{
	return option(AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_MARK, one, 4);
}

static int policy(void)
{
	return option(AF_INET, SOCK_DGRAM, 0, 17, one, sizeof(one));
}

static int policy6(void)
{
	return option(AF_INET6, SOCK_DGRAM, 41, 35, one, sizeof(one));
}

static int iptables(void)
{
	return option(AF_INET, SOCK_DGRAM, 0, 64, one, sizeof(one));
}

static int pfkey(void)
{
	int fd = socket(AF_KEY, SOCK_RAW, 2);

	return fd < 0 ? -errno : close(fd);
}

/* ---- several messages in one buffer ---- */

static ssize_t by_send(int fd, struct msghdr *message)
{
	return sendmsg(fd, message, 0);
}

static ssize_t by_sendmmsg(int fd, struct msghdr *message)
{
	struct mmsghdr messages = { .msg_hdr = *message };

	return sendmmsg(fd, &messages, 1, 0);
}

static ssize_t by_write(int fd, struct msghdr *message)
{
	return write(fd, message->msg_iov->iov_base, message->msg_iov->iov_len);
}

/* By io_uring: in the calling thread, by one of its workers, or by the kernel's thread that polls.
 */
static ssize_t by_ring(int fd, struct msghdr *message, unsigned setup, unsigned flags)
{
	struct io_uring_params params = { .flags = setup, .sq_thread_idle = 1000 };
	int ring = (int)syscall(SYS_io_uring_setup, 8, &params);
	struct io_uring_sqe *entry;
	char *sq, *cq;
	unsigned tries = 5000;

	if (ring < 0)
		return -1;
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	entry = mmap(NULL, params.sq_entries * sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED,
		     ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || entry == MAP_FAILED)
		return -1;
	*entry = (struct io_uring_sqe){ .opcode = IORING_OP_SENDMSG,
					.flags = flags,
					.fd = fd,
					.addr = (unsigned long)message,
					.len = 1 };
	*(unsigned *)(sq + params.sq_off.array) = 0;
	__atomic_store_n((unsigned *)(sq + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	syscall(SYS_io_uring_enter, ring, 1, 0,
		setup & IORING_SETUP_SQPOLL ? IORING_ENTER_SQ_WAKEUP : 0, NULL, 0);
	while (!__atomic_load_n((unsigned *)(cq + params.cq_off.tail), __ATOMIC_ACQUIRE) &&
	       tries-- > 0)
		usleep(1000);
	errno = ETIMEDOUT;
	return ((struct io_uring_cqe *)(cq + params.cq_off.cqes))->res ?: -1;
}

static ssize_t by_uring(int fd, struct msghdr *message)
{
	return by_ring(fd, message, 0, 0);
}

static ssize_t by_worker(int fd, struct msghdr *message)
{
	return by_ring(fd, message, 0, IOSQE_ASYNC);
}

static ssize_t by_poller(int fd, struct msghdr *message)
{
	return by_ring(fd, message, IORING_SETUP_SQPOLL, 0);
}

/* Are they judged one by one? Prints a letter and a verdict for each. */
static int buffer_by(ssize_t (*way)(int fd, struct msghdr *message))
{
	static const char order[] = "lqlqql";
	static unsigned links;
	int fd = netlink(NETLINK_ROUTE);
	struct iovec part = { buf, 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	char name[IFNAMSIZ];

	for (unsigned i = 0; order[i]; i++) {
		snprintf(name, sizeof(name), "pl%u", links++);
		if (order[i] == 'l')
			put_link(name, "dummy", i);
		else
			put_tc(RTM_NEWQDISC, i);
	}
	part.iov_len = len;
	if (fd < 0 || way(fd, &message) < 0)
		return -errno;
	for (unsigned i = 0; order[i]; i++)
		printf("%c:%s ", order[i], acknowledged(fd) == -EPERM ? "denied" : "allowed");
	close(fd);
	return 0;
}

static int buffer(void)
{
	return buffer_by(by_send);
}

static int buffer_mmsg(void)
{
	return buffer_by(by_sendmmsg);
}

static int buffer_write(void)
{
	return buffer_by(by_write);
}

static int buffer_uring(void)
{
	return buffer_by(by_uring);
}

static int buffer_worker(void)
{
	return buffer_by(by_worker);
}

static int buffer_poller(void)
{
	return buffer_by(by_poller);
}

static const struct act {
	const char *part, *name;
	int (*act)(void);
} acts[] = {
	{ "link", "lo", lo },
	{ "link", "lo_unix", lo_unix },
	{ "link", "set_link", set_link },
	{ "link", "dummy", dummy },
	{ "link", "bridge", bridge },
	{ "link", "address", address },
	{ "link", "route", route },
	{ "link", "neighbour", neighbour },
	{ "link", "ifaddr", ifaddr },
	{ "link", "brctl", brctl },
	{ "tun", "tun", tun },
	{ "sysctl", "sysctl", sysctl },
	{ "nftables", "nft", nft },
	{ "nftables", "iptables", iptables },
	{ "tc", "qdisc", qdisc },
	{ "tc", "class", class },
	{ "tc", "filter", filter },
	{ "tc", "chain", chain },
	{ "xfrm", "xfrm", xfrm },
	{ "xfrm", "policy", policy },
	{ "xfrm", "policy6", policy6 },
	{ "xfrm", "pfkey", pfkey },
	{ "ethtool", "ethtool_netlink", ethtool_netlink },
	{ "ethtool", "ethtool_ioctl", ethtool_ioctl },
	{ "other", "mark", mark },
	{ "other", "stats", stats },
	{ "link,tc", "buffer", buffer },
	{ "link,tc", "buffer_mmsg", buffer_mmsg },
	{ "link,tc", "buffer_write", buffer_write },
	{ "link,tc", "buffer_uring", buffer_uring },
	{ "link,tc", "buffer_worker", buffer_worker },
	{ "link,tc", "buffer_poller", buffer_poller },
};

#define ACTS (sizeof(acts) / sizeof(acts[0]))

static void try(const struct act *act)
{
	int r;

	len = 0;
	r = act->act();
	if (r == -EPERM || r == -EACCES)
		puts("denied");
	else
		printf("allowed%s%s\n", r ? ": " : "", r ? strerror(-r) : "");
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < ACTS; i++) {
		if (argc > 1 && strcmp(argv[1], acts[i].name) && strcmp(argv[1], "all"))
			continue;
		printf("%s %s ", acts[i].part, acts[i].name);
		try(&acts[i]);
	}
	return 0;
}
