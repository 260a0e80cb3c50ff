// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * What the programs have to know of the running kernel to tell the parts of CAP_NET_ADMIN apart:
 * where its functions are, and how to read a message. What can't be found out makes parts vague:
 * the programs then take each of them for any of them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/genl.h"
#include "loader_pins.h"
#include "parts.h"

#define LINK	 USERNS_PART_LINK
#define NFTABLES USERNS_PART_NFTABLES
#define TC	 USERNS_PART_TC
#define XFRM	 USERNS_PART_XFRM
#define ETHTOOL	 USERNS_PART_ETHTOOL
#define ALL	 USERNS_WHOLE
#define READ	 (LINK | TC | ETHTOOL | USERNS_PART_OTHER) /* what is told by types of messages */

/*
 * The functions, all of the kernel itself: those of modules could only be looked for once they are
 * there. Name; what it says; the parts, of PARTS_FIXED; the parts that are vague without it.
 *
 * netlink_unicast() instead of netlink_sendmsg(), which asks before there is a message.
 */
static const struct symbol {
	const char *name;
	enum parts_how how;
	unsigned may;
	unsigned vague;
} symbols[] = {
	{ "rtnetlink_rcv_msg", PARTS_RTNETLINK, 0, LINK | TC },
	{ "genl_rcv_msg", PARTS_GENERIC, 0, ETHTOOL },
	{ "netlink_unicast", PARTS_NETLINK, 0, LINK | TC | ETHTOOL | NFTABLES | XFRM },
	{ "dev_ethtool", PARTS_FIXED, ETHTOOL, ETHTOOL | LINK }, /* called by dev_ioctl() */
	{ "dev_ioctl", PARTS_FIXED, LINK, LINK },
	{ "devinet_ioctl", PARTS_FIXED, LINK, LINK },
	{ "ip_rt_ioctl", PARTS_FIXED, LINK, LINK },
	{ "arp_ioctl", PARTS_FIXED, LINK, LINK },
	{ "ipv6_route_ioctl", PARTS_FIXED, LINK, LINK },
	{ "addrconf_add_ifaddr", PARTS_FIXED, LINK, LINK },
	{ "addrconf_del_ifaddr", PARTS_FIXED, LINK, LINK },
	{ "br_ioctl_call", PARTS_FIXED, LINK, LINK },
	{ "nf_setsockopt", PARTS_FIXED, NFTABLES, NFTABLES },
	{ "nf_getsockopt", PARTS_FIXED, NFTABLES, NFTABLES },
	{ "ip_setsockopt", PARTS_OPTION, 0, XFRM },
	{ "do_ip_setsockopt", PARTS_OPTION, 0, 0 },
	{ "ipv6_setsockopt", PARTS_OPTION6, 0, XFRM },
	{ "do_ipv6_setsockopt", PARTS_OPTION6, 0, 0 },
	{ "__x64_sys_setsockopt", PARTS_SETSOCKOPT, 0, XFRM },
	{ "__sock_create", PARTS_CREATE, 0, XFRM },
	{ "__x64_sys_socket", PARTS_SOCKET, 0, XFRM },
	{ "__x64_sys_ioctl", PARTS_IOCTL, 0, USERNS_PART_TUN },
	{ "__ia32_compat_sys_ioctl", PARTS_IOCTL32, 0, 0 },
	{ "proc_sys_permission", PARTS_FIXED, USERNS_PART_SYSCTL, USERNS_PART_SYSCTL },
	{ "proc_sys_call_handler", PARTS_FIXED, USERNS_PART_SYSCTL, USERNS_PART_SYSCTL },
	/* Where a whole stack ends. Without the entry of 32-bit programs theirs aren't whole. */
	{ "entry_SYSCALL_64_after_hwframe", PARTS_ENTRY, 0, ALL },
	{ "ret_from_fork", PARTS_ENTRY, 0, ALL },
	{ "ret_from_fork_asm", PARTS_ENTRY, 0, 0 },
	{ "entry_SYSCALL_compat_after_hwframe", PARTS_ENTRY, 0, 0 },
	{ "entry_SYSENTER_compat_after_hwframe", PARTS_ENTRY, 0, 0 },
	{ "entry_INT80_compat", PARTS_ENTRY, 0, 0 },
	{ "asm_int80_emulation", PARTS_ENTRY, 0, 0 },
};

#define SYMBOLS (sizeof(symbols) / sizeof(symbols[0]))

/* What has been read of the kernel's symbols so far. */
struct reader {
	struct parts_kernel *kernel;
	unsigned count;	     /* of ranges */
	unsigned open;	     /* of them, from the end: those whose end isn't known yet */
	bool found[SYMBOLS]; /* whole */
	bool is_full;
};

static int compare_ranges(const void *a, const void *b)
{
	const struct parts_range *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static void add_range(struct reader *reader, size_t i, uint64_t address)
{
	if (reader->count == PARTS_RANGES - 1) {
		reader->is_full = true;
		return;
	}
	reader->kernel->ranges[reader->count++] = (struct parts_range){ .start = address,
									.how = symbols[i].how,
									.may = symbols[i].may };
	reader->open++;
	reader->found[i] = true;
}

/*
 * A symbol of the kernel's code; they come in the order of addresses. A piece of a function has its
 * name and more, as in "NAME.cold" or "NAME.isra.0".
 */
static void see_symbol(struct reader *reader, uint64_t address, const char *name)
{
	struct parts_range *ranges = reader->kernel->ranges;
	const size_t len = strcspn(name, ".");
	size_t i;

	while (reader->open && ranges[reader->count - reader->open].start < address)
		ranges[reader->count - reader->open--].end = address;
	for (i = 0; i < SYMBOLS; i++)
		if (!strncmp(symbols[i].name, name, len) && !symbols[i].name[len])
			add_range(reader, i, address);
}

/* A line is "ADDRESS TYPE NAME", and for those of modules "[MODULE]" besides, which come last. */
static void read_symbols(struct reader *reader, FILE *file)
{
	_cleanup_(freep) char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) > 0) {
		char *end;
		const uint64_t address = strtoull(line, &end, 16);

		if (strchr(end, '['))
			break;
		line[len - 1] = '\0';
		if (address && strlen(end) > 3 && strchr("tTwW", end[1]))
			see_symbol(reader, address, end + 3);
	}
}

/* What is vague because a symbol is missing. */
static unsigned missing_symbols(const struct reader *reader)
{
	unsigned vague = reader->is_full || reader->open ? ALL : 0;
	size_t i;

	for (i = 0; i < SYMBOLS; i++)
		if (!reader->found[i])
			vague |= symbols[i].vague;
	return vague;
}

static unsigned find_symbols(const struct loader_paths *paths, struct parts_kernel *kernel)
{
	_cleanup_(fclosep) FILE *file = fopen(paths->symbols, "re");
	struct reader reader = { .kernel = kernel };

	/* What stays unused is behind all that is. */
	memset(kernel->ranges, 0xff, sizeof(kernel->ranges));
	if (!file)
		return ALL;
	read_symbols(&reader, file);
	qsort(kernel->ranges, PARTS_RANGES, sizeof(kernel->ranges[0]), compare_ranges);
	return missing_symbols(&reader);
}

/* How can the type of a message be read? */
static enum parts_reading find_reading(const struct loader_paths *paths)
{
	char lockdown[LOADER_TEXT / 2] = "";

	if (loader_has_function(paths, "bpf_rdonly_cast"))
		return PARTS_CAST;
	if (loader_read_text(paths->lockdown, lockdown, sizeof(lockdown)) == 0 &&
	    strstr(lockdown, "[confidentiality]"))
		return PARTS_UNREAD;
	return PARTS_PROBE;
}

/* Is it a machine whose system calls have the arguments that the programs look at? */
static bool is_known_machine(void)
{
	struct utsname name;

	return !uname(&name) && !strcmp(name.machine, "x86_64");
}

void loader_find_parts(const struct loader_paths *paths, struct parts_kernel *ret_kernel)
{
	unsigned vague = find_symbols(paths, ret_kernel);
	uint16_t ethtool = 0;
	int r = genl_family("ethtool", &ethtool);

	ret_kernel->reading = find_reading(paths);
	if (ret_kernel->reading == PARTS_UNREAD)
		vague |= READ;
	if (r < 0 && r != -ENOENT)
		vague |= ETHTOOL;
	ret_kernel->ethtool = ethtool;
	if (!is_known_machine())
		vague = ALL;
	ret_kernel->vague = vague | USERNS_PART_OTHER;
}
