/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
/*
 * Which part of CAP_NET_ADMIN a check is about, as far as that can be told from functions of the
 * kernel, messages and arguments. Compiled for BPF and for user space (unit tests, the loader), so
 * fixed width and no libc.
 *
 * All that is returned is a mask of parts: those that it may be about. It is allowed where all of
 * them are.
 */
#ifndef BPF_PARTS_H
#define BPF_PARTS_H

#include <linux/types.h>

#include "abi.h"

/* What isn't known at all. */
#define PARTS_ANY USERNS_WHOLE

/* What the frame of a function on the stack says. */
enum parts_how {
	PARTS_NOTHING,
	PARTS_FIXED,	  /* the parts of its range */
	PARTS_RTNETLINK,  /* the type of the message does */
	PARTS_GENERIC,	  /* the same of generic netlink */
	PARTS_NETLINK,	  /* the protocol of the message */
	PARTS_OPTION,	  /* of IPv4: the option, in setsockopt(2) */
	PARTS_OPTION6,	  /* the same of IPv6 */
	PARTS_CREATE,	  /* the family, in socket(2) */
	PARTS_IOCTL,	  /* the request */
	PARTS_IOCTL32,	  /* the same, called by a 32-bit program */
	PARTS_SETSOCKOPT, /* nothing but that this is setsockopt(2): its arguments are known */
	PARTS_SOCKET,	  /* the same of socket(2) */
	PARTS_ENTRY	  /* all of the stack has been seen */
};

/* The code of a function. */
struct parts_range {
	__u64 start; /* of the addresses that calls in it return to: after start, up to end */
	__u64 end;
	__u32 how; /* enum parts_how */
	__u32 may; /* of PARTS_FIXED: the parts */
};

/* A power of two: they are searched by halves. */
#define PARTS_RANGE_BITS 7
#define PARTS_RANGES	 (1 << PARTS_RANGE_BITS)

/* From where the type of a message is read. */
enum parts_reading {
	PARTS_UNREAD,
	PARTS_CAST, /* bpf_rdonly_cast(): Linux 6.2 and later */
	PARTS_PROBE /* bpf_probe_read_kernel(), which lockdown=confidentiality forbids */
};

/* What the loader finds out of the running kernel. */
struct parts_kernel {
	__u32 vague;   /* what it is about where nothing listed is on the stack */
	__u32 reading; /* enum parts_reading */
	__u32 ethtool; /* the number of that family of generic netlink; 0: there is none */
	__u32 reserved;
	struct parts_range ranges[PARTS_RANGES]; /* by address; what is left is at the end: ~0 */
};

/* Types of rtnetlink's messages, linux/rtnetlink.h: four for each kind of object, from 16 on. */
#define PARTS_RTM_BASE 16
#define PARTS_RTM(a, b)                                                                            \
	((__u64)((1ULL << ((b)-PARTS_RTM_BASE) / 4) * 2 - (1ULL << ((a)-PARTS_RTM_BASE) / 4)))
#define PARTS_RTM_TC (PARTS_RTM(36, 48) | PARTS_RTM(100, 100)) /* qdisc to action; chain */
#define PARTS_RTM_LINK                                                                             \
	(PARTS_RTM(16, 32) |  /* link, address, route, neighbour, rule */                          \
	 PARTS_RTM(64, 64) |  /* tables of neighbours */                                           \
	 PARTS_RTM(72, 72) |  /* labels of addresses */                                            \
	 PARTS_RTM(80, 88) |  /* netconf, mdb, nsid */                                             \
	 PARTS_RTM(104, 120)) /* nexthop, linkprop, vlan, nexthop bucket, tunnel */

/** Of a message of rtnetlink's. What isn't listed (dcb, statistics, later ones) is other. */
static inline __u32 parts_of_rtnetlink(__u32 type)
{
	const __u64 kind = (__u64)1 << ((type - PARTS_RTM_BASE) / 4 & 63);

	if (type < PARTS_RTM_BASE || type >= PARTS_RTM_BASE + 4 * 64)
		return USERNS_PART_OTHER;
	if (kind & PARTS_RTM_TC)
		return USERNS_PART_TC;
	return kind & PARTS_RTM_LINK ? USERNS_PART_LINK : USERNS_PART_OTHER;
}

/* linux/netlink.h */
#define PARTS_NETLINK_ROUTE	0
#define PARTS_NETLINK_XFRM	6
#define PARTS_NETLINK_NETFILTER 12
#define PARTS_NETLINK_GENERIC	16

/** Of a netlink message that is with its kernel's side, but in no function that is listed. */
static inline __u32 parts_of_protocol(__u32 protocol)
{
	switch (protocol) {
	case PARTS_NETLINK_ROUTE:
	case PARTS_NETLINK_GENERIC: /* one is always on the stack */
		return PARTS_ANY;
	case PARTS_NETLINK_NETFILTER:
		return USERNS_PART_NFTABLES;
	case PARTS_NETLINK_XFRM:
		return USERNS_PART_XFRM;
	}
	return USERNS_PART_OTHER;
}

/** Of an option of setsockopt(2). */
static inline __u32 parts_of_option(__u32 how, __u32 level, __u32 name)
{
	const int policy = how == PARTS_OPTION
				   ? level == 0 && (name == 16 || name == 17)	/* IP_*_POLICY */
				   : level == 41 && (name == 34 || name == 35); /* IPV6_*_POLICY */

	return policy ? USERNS_PART_XFRM : USERNS_PART_OTHER;
}

/** Of a socket that is made. PF_KEY is the only family that asks for IPsec's sake. */
static inline __u32 parts_of_family(__u32 family)
{
	return family == 15 ? USERNS_PART_XFRM : USERNS_PART_OTHER;
}

/** Of an ioctl(2) in which nothing that is listed is called. No other driver has tun's numbers. */
static inline __u32 parts_of_ioctl(__u32 request)
{
	switch (request) {
	case 0x400454ca: /* TUNSETIFF */
	case 0x400454d9: /* TUNSETQUEUE */
		return USERNS_PART_TUN;
	}
	return USERNS_PART_OTHER;
}

#endif
