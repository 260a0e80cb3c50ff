// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * The owner bypass: a process outside acts on a namespace of its user's through a descriptor that a
 * child has opened there. Each attempt takes net_admin or net_raw.
 */
#include "escape.h"

#include <arpa/inet.h>
#include <limits.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/sockios.h>
#include <sys/mman.h>

static int in_net(int (*open_it)(void))
{
	pid_t pid;

	return opened_inside(CLONE_NEWNET, open_it, &pid);
}

static int open_unix(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int open_netfilter(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
}

static int open_tun(void)
{
	return open("/dev/net/tun", O_RDWR | O_CLOEXEC);
}

static int open_user_ns(void)
{
	return open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
}

static int by_ioctl(void)
{
	return lo_up(in_net(open_inet));
}

static int by_ioctl_unix(void)
{
	return lo_up(in_net(open_unix));
}

static int by_ioctl_netlink(void)
{
	return lo_up(in_net(open_route));
}

static int by_mtu(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_mtu = 1280 };

	return result_of(ioctl(in_net(open_inet), SIOCSIFMTU, &request));
}

static int by_address(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	struct sockaddr_in *address = (void *)&request.ifr_addr;

	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return result_of(ioctl(in_net(open_inet), SIOCSIFADDR, &request));
}

static int by_skns(void)
{
	return result_of(ioctl(in_net(open_inet), SIOCGSKNS));
}

static int by_rtnetlink(void)
{
	struct link_request request = lo_request();
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = in_net(open_route);

	must("send",
	     sendto(fd, &request, sizeof(request), 0, (const void *)&kernel, sizeof(kernel)));
	return netlink_answer(fd);
}

static int by_rtnetlink_write(void)
{
	struct link_request request = lo_request();
	int fd = in_net(open_route);

	must("write", write(fd, &request, sizeof(request)));
	return netlink_answer(fd);
}

/* A batch that makes a table. The answer is to the message that was refused, or to the table. */
static int by_nfnetlink(void)
{
	struct message {
		struct nlmsghdr header;
		struct nfgenmsg family;
		struct nlattr attribute;
		char name[4];
	};
	const unsigned edge = offsetof(struct message, attribute);
	struct message begin = {
		.header = { edge, NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, 0, 0 },
		.family = { AF_UNSPEC, NFNETLINK_V0, htons(NFNL_SUBSYS_NFTABLES) },
	}, end = begin;
	struct message table = {
		.header = { sizeof(table), NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE,
			    NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK, 1, 0 },
		.family = { AF_INET, NFNETLINK_V0, 0 },
		.attribute = { sizeof(table.attribute) + sizeof(table.name), NFTA_TABLE_NAME },
		.name = "esc",
	};
	char batch[2 * sizeof(struct message) + sizeof(table)];
	int fd = in_net(open_netfilter);

	end.header.nlmsg_type = NFNL_MSG_BATCH_END;
	memcpy(batch, &begin, edge);
	memcpy(batch + edge, &table, sizeof(table));
	memcpy(batch + edge + sizeof(table), &end, edge);
	must("send", send(fd, batch, 2 * edge + sizeof(table), 0));
	return netlink_answer(fd);
}

static int by_iptables_get(void)
{
	struct ipt_getinfo info = { .name = "filter" };
	socklen_t size = sizeof(info);

	return result_of(getsockopt(in_net(open_inet), IPPROTO_IP, IPT_SO_GET_INFO, &info, &size));
}

/*
 * A new table has a rule for each of three hooks, and one at the end. The size is that of
 * 64-bit programs, or of 32-bit ones where the kernel supports their iptables.
 */
static int by_iptables_set(void)
{
	enum { RULES = 4 };
	struct {
		struct xt_counters_info info;
		struct xt_counters counters[RULES + 1];
	} add = { .info = { .name = "filter", .num_counters = RULES } };
	const socklen_t sizes[] = { 40 + RULES * 16, 36 + RULES * 16 };
	int fd = in_net(open_inet), r = -EINVAL;

	for (int i = 0; r == -EINVAL && i < 2; i++)
		r = result_of(setsockopt(fd, IPPROTO_IP, IPT_SO_SET_ADD_COUNTERS, &add, sizes[i]));
	return r;
}

static int set_number(int level, int option, int value)
{
	return result_of(setsockopt(in_net(open_inet), level, option, &value, sizeof(value)));
}

static int by_mark(void)
{
	return set_number(SOL_SOCKET, SO_MARK, 1);
}

static int by_priority(void)
{
	return set_number(SOL_SOCKET, SO_PRIORITY, 7);
}

static int by_transparent(void)
{
	return set_number(IPPROTO_IP, IP_TRANSPARENT, 1);
}

static int by_tun(void)
{
	struct ifreq request = { .ifr_name = "tun0" };

	request.ifr_flags = IFF_TUN | IFF_NO_PI;
	return result_of(ioctl(in_net(open_tun), TUNSETIFF, &request));
}

static int by_sysfs(void)
{
	pid_t pid;

	return result_of(write(opened_inside(0, open_sysfs_mtu, &pid), "1280", 4));
}

/* With a descriptor of the user namespace alone, and with one of the process for all of its own. */
static int by_nsfd(void)
{
	must("setns", setns(in_net(open_user_ns), CLONE_NEWUSER));
	return lo_in_new();
}

/* With sys_chroot for the mounts. */
static int enter_process(int namespaces)
{
	pid_t pid;
	int process;

	opened_inside(CLONE_NEWNET | CLONE_NEWNS, open_inet, &pid);
	process = (int)must("pidfd_open", syscall(SYS_pidfd_open, pid, 0));
	if (setns(process, namespaces))
		return -errno;
	return lo_here();
}

static int by_pidfd(void)
{
	return enter_process(CLONE_NEWUSER | CLONE_NEWNET);
}

static int by_pidfd_mount(void)
{
	return enter_process(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS);
}

static int open_at_100(void)
{
	return dup2(open_inet(), 100);
}

static int by_pidfd_getfd(void)
{
	pid_t pid;
	int process, fd;

	opened_inside(CLONE_NEWNET, open_at_100, &pid);
	process = (int)must("pidfd_open", syscall(SYS_pidfd_open, pid, 0));
	fd = (int)must("pidfd_getfd", syscall(SYS_pidfd_getfd, process, 100, 0));
	return lo_up(fd);
}

static int by_proc_ns(void)
{
	char path[PATH_MAX];
	pid_t pid;

	opened_inside(CLONE_NEWNET, open_inet, &pid);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	must("setns", setns((int)must(path, open(path, O_RDONLY)), CLONE_NEWUSER));
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	must("setns", setns((int)must(path, open(path, O_RDONLY)), CLONE_NEWNET));
	return lo_here();
}

/* --- io_uring by hand, a ring of one entry --- */
struct ring {
	int fd;
	struct io_uring_params params;
	char *rings;
	struct io_uring_sqe *sqe;
};

static unsigned *ring_word(struct ring *ring, unsigned offset)
{
	return (unsigned *)(ring->rings + offset);
}

static struct ring ring_open(unsigned flags)
{
	struct ring ring = { .params = { .flags = flags, .sq_thread_idle = 1000 } };
	size_t size;

	ring.fd = (int)must("io_uring_setup", syscall(SYS_io_uring_setup, 1, &ring.params));
	if (!(ring.params.features & IORING_FEAT_SINGLE_MMAP))
		broken("two rings");
	size = ring.params.cq_off.cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe) +
	       ring.params.sq_off.array + ring.params.sq_entries * sizeof(unsigned);
	ring.rings = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
			  IORING_OFF_SQ_RING);
	ring.sqe = mmap(NULL, sizeof(*ring.sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			ring.fd, IORING_OFF_SQES);
	if (ring.rings == MAP_FAILED || ring.sqe == MAP_FAILED)
		broken("mmap");
	return ring;
}

/* Let the ring write a request to a netlink socket, and see what the kernel answers to it. */
static int ring_rtnetlink(struct ring *ring, int fd, unsigned char sqe_flags, unsigned personality)
{
	static struct link_request request;
	unsigned *tail = ring_word(ring, ring->params.sq_off.tail);
	unsigned flags = IORING_ENTER_GETEVENTS;

	request = lo_request();
	*ring->sqe = (struct io_uring_sqe){ .opcode = IORING_OP_SEND,
					    .flags = sqe_flags,
					    .fd = fd,
					    .addr = (uintptr_t)&request,
					    .len = sizeof(request),
					    .personality = (uint16_t)personality };
	ring_word(ring, ring->params.sq_off.array)[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (ring->params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	must("io_uring_enter", syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL, 0));
	return netlink_answer(fd);
}

static int by_ring(void)
{
	struct ring ring = ring_open(0);

	return ring_rtnetlink(&ring, in_net(open_route), 0, 0);
}

static int by_ring_worker(void)
{
	struct ring ring = ring_open(0);

	return ring_rtnetlink(&ring, in_net(open_route), IOSQE_ASYNC, 0);
}

static int by_ring_sqpoll(void)
{
	struct ring ring = ring_open(IORING_SETUP_SQPOLL);

	return ring_rtnetlink(&ring, in_net(open_route), 0, 0);
}

/* The ring acts with the credentials of a child that is root in the namespace. */
static int ring_as_child(unsigned flags)
{
	struct ring ring = ring_open(flags);
	int pair[2], fd;
	unsigned id;

	must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	if (must("fork", fork()) == 0) {
		inside(CLONE_NEWNET);
		id = (unsigned)must("personality", syscall(SYS_io_uring_register, ring.fd,
							   IORING_REGISTER_PERSONALITY, NULL, 0));
		must("pass", pass_fd(pair[1], (int)must("socket", open_route())));
		must("write", write(pair[1], &id, sizeof(id)));
		for (;;)
			pause();
	}
	fd = (int)must("pass", pass_fd(pair[0], -1));
	must("read", read(pair[0], &id, sizeof(id)));
	return ring_rtnetlink(&ring, fd, 0, id);
}

static int by_ring_personality(void)
{
	return ring_as_child(0);
}

static int by_ring_sqpoll_personality(void)
{
	return ring_as_child(IORING_SETUP_SQPOLL);
}

/* The same inside, by the ring's own threads. */
static int ring_inside(unsigned flags, unsigned char sqe_flags)
{
	struct ring ring;

	inside(CLONE_NEWNET);
	ring = ring_open(flags);
	return ring_rtnetlink(&ring, (int)must("socket", open_route()), sqe_flags, 0);
}

static int by_ring_inside(void)
{
	return ring_inside(0, 0);
}

static int by_ring_inside_worker(void)
{
	return ring_inside(0, IOSQE_ASYNC);
}

static int by_ring_inside_sqpoll(void)
{
	return ring_inside(IORING_SETUP_SQPOLL, 0);
}

static const struct escape escapes[] = {
	{ "owner: ioctl on a socket", by_ioctl },
	{ "owner: ioctl on a unix socket", by_ioctl_unix },
	{ "owner: ioctl on a netlink socket", by_ioctl_netlink },
	{ "owner: ioctl, the MTU", by_mtu },
	{ "owner: ioctl, an address", by_address },
	{ "owner: SIOCGSKNS", by_skns },
	{ "owner: rtnetlink", by_rtnetlink },
	{ "owner: rtnetlink by write", by_rtnetlink_write },
	{ "owner: nfnetlink, a table", by_nfnetlink },
	{ "owner: getsockopt of iptables", by_iptables_get },
	{ "owner: setsockopt of iptables", by_iptables_set },
	{ "owner: SO_MARK", by_mark },
	{ "owner: SO_PRIORITY", by_priority },
	{ "owner: IP_TRANSPARENT", by_transparent },
	{ "owner: TUNSETIFF", by_tun },
	{ "owner: sysfs, the MTU", by_sysfs },
	{ "owner: setns by a namespace's descriptor", by_nsfd },
	{ "owner: setns by a pidfd", by_pidfd },
	{ "owner: setns by a pidfd, mounts too", by_pidfd_mount },
	{ "owner: pidfd_getfd", by_pidfd_getfd },
	{ "owner: setns by /proc/PID/ns", by_proc_ns },
	{ "owner: rtnetlink by io_uring", by_ring },
	{ "owner: rtnetlink by io_uring's workers", by_ring_worker },
	{ "owner: rtnetlink by io_uring with SQPOLL", by_ring_sqpoll },
	{ "owner: rtnetlink by io_uring as the child", by_ring_personality },
	{ "owner: rtnetlink by io_uring with SQPOLL as the child", by_ring_sqpoll_personality },
	{ "inside: rtnetlink by io_uring", by_ring_inside },
	{ "inside: rtnetlink by io_uring's workers", by_ring_inside_worker },
	{ "inside: rtnetlink by io_uring with SQPOLL", by_ring_inside_sqpoll },
};

ESCAPE_MAIN(escapes)
