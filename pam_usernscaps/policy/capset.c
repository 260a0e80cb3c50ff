// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Names and texts of capabilities and sets. */
#include "capset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"

/* Names of capabilities(7), in the order of linux/capability.h. */
static const char *const names[] = {
	"chown",
	"dac_override",
	"dac_read_search",
	"fowner",
	"fsetid",
	"kill",
	"setgid",
	"setuid",
	"setpcap",
	"linux_immutable",
	"net_bind_service",
	"net_broadcast",
	"net_admin",
	"net_raw",
	"ipc_lock",
	"ipc_owner",
	"sys_module",
	"sys_rawio",
	"sys_chroot",
	"sys_ptrace",
	"sys_pacct",
	"sys_admin",
	"sys_boot",
	"sys_nice",
	"sys_resource",
	"sys_time",
	"sys_tty_config",
	"mknod",
	"lease",
	"audit_write",
	"audit_control",
	"setfcap",
	"mac_override",
	"mac_admin",
	"syslog",
	"wake_alarm",
	"block_suspend",
	"audit_read",
	"perfmon",
	"bpf",
	"checkpoint_restore",
};

#define NAMES (sizeof(names) / sizeof(names[0]))

static const char *const part_names[CAPSET_PARTS] = {
	"link", "tun", "sysctl", "nftables", "tc", "xfrm", "ethtool", "other",
};

const char *capset_cap_name(unsigned cap)
{
	return cap < NAMES ? names[cap] : NULL;
}

const char *capset_cap_text(unsigned cap, char buf[static 12])
{
	const char *name = capset_cap_name(cap);

	if (name)
		return name;
	snprintf(buf, 12, "%u", cap);
	return buf;
}

/* ASCII only: a Turkish locale must not change what "SETPCAP_I" means. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(const char *text, size_t len, const char *word)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!word[i] || lower(text[i]) != word[i])
			return false;
	return word[len] == '\0';
}

static bool parse_number(const char *text, size_t len, unsigned *ret_cap)
{
	unsigned value = 0;
	size_t i;

	if (len < 1 || len > 2)
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	if (value >= CAPSET_SIZE)
		return false;
	*ret_cap = value;
	return true;
}

/* "CAP_" before a name can be left out. */
static void skip_prefix(const char **text, size_t *len)
{
	if (*len <= 4 || !same_word(*text, 4, "cap_"))
		return;
	*text += 4;
	*len -= 4;
}

/* The length up to the colon before a part. */
static size_t cap_length(const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);

	return colon ? (size_t)(colon - text) : len;
}

const char *capset_part_list(char buf[static CAPSET_TEXT])
{
	size_t used = 0;
	unsigned part;

	for (part = 0; part < CAPSET_PARTS; part++)
		used += (size_t)snprintf(buf + used, CAPSET_TEXT - used, "%s%s", part ? ", " : "",
					 part_names[part]);
	return buf;
}

int capset_cap_parse(const char *text, size_t len, unsigned *ret_cap)
{
	unsigned cap;

	if (parse_number(text, len, ret_cap))
		return 0;
	skip_prefix(&text, &len);
	for (cap = 0; cap < NAMES; cap++) {
		if (same_word(text, len, names[cap])) {
			*ret_cap = cap;
			return 0;
		}
	}
	return -EINVAL;
}

int capset_word_parse(const char *text, size_t len, struct capset *ret_set)
{
	const size_t before = cap_length(text, len);
	unsigned cap, part;

	if (capset_cap_parse(text, before, &cap) < 0)
		return -EINVAL;
	if (before == len) {
		*ret_set = capset_of(cap);
		return 0;
	}
	for (part = 0; cap == CAPSET_SPLIT && part < CAPSET_PARTS; part++) {
		if (same_word(text + before + 1, len - before - 1, part_names[part])) {
			*ret_set = capset_make(0, UINT64_C(1) << part);
			return 0;
		}
	}
	return -ENOENT;
}

const char *capset_cap_nearest(const char *text, size_t len)
{
	struct nearest nearest;
	unsigned cap;

	len = cap_length(text, len);
	skip_prefix(&text, &len);
	nearest = nearest_begin(text, len);
	for (cap = 0; cap < NAMES; cap++)
		nearest_try(&nearest, names[cap]);
	return nearest.best;
}

/* One word after the first, with "+" or "-". */
static int parse_change(const char *word, size_t len, struct capset *set)
{
	struct capset change;

	if (len < 2 || (word[0] != '+' && word[0] != '-'))
		return -EINVAL;
	if (capset_word_parse(word + 1, len - 1, &change) < 0)
		return -EINVAL;
	if (word[0] == '+')
		*set = capset_or(*set, change);
	else
		*set = capset_minus(*set, change);
	return 0;
}

int capset_parse(const char *text, struct capset *ret_set, size_t *ret_bad)
{
	const char *word = text;
	struct capset set = CAPSET_NONE;
	size_t len = strcspn(word, ",");
	int r = 0;

	if (same_word(word, len, "all"))
		set = CAPSET_ALL;
	else if (!same_word(word, len, "none"))
		r = -EINVAL;
	while (r == 0 && word[len]) {
		word += len + 1;
		len = strcspn(word, ",");
		r = parse_change(word, len, &set);
	}
	if (r < 0) {
		if (ret_bad)
			*ret_bad = (size_t)(word - text);
		return r;
	}
	*ret_set = set;
	return 0;
}

/* Steps of capset_next() for each capability: as a whole, and each part. */
#define STEPS (1 + CAPSET_PARTS)

static bool has_step(struct capset set, unsigned cap, unsigned step)
{
	if (cap != CAPSET_SPLIT)
		return step == 0 && capset_has(set, cap);
	if (step == 0)
		return set.parts == CAPSET_WHOLE;
	return set.parts != CAPSET_WHOLE && set.parts >> (step - 1) & 1;
}

bool capset_next(struct capset set, unsigned *next, unsigned *ret_cap,
		 char ret_word[static CAPSET_WORD])
{
	while (*next < CAPSET_SIZE * STEPS) {
		const unsigned cap = *next / STEPS, step = *next % STEPS;
		char number[12];

		++*next;
		if (!has_step(set, cap, step))
			continue;
		*ret_cap = cap;
		snprintf(ret_word, CAPSET_WORD, "%s%s%s", capset_cap_text(cap, number),
			 step ? ":" : "", step ? part_names[step - 1] : "");
		return true;
	}
	return false;
}

/* How many words a set takes. */
static unsigned count_words(struct capset set)
{
	char word[CAPSET_WORD];
	unsigned next = 0, cap, count = 0;

	while (capset_next(set, &next, &cap, word))
		count++;
	return count;
}

const char *capset_format(struct capset set, unsigned last, char buf[static CAPSET_TEXT])
{
	struct capset known = capset_up_to(last);
	struct capset missing = capset_minus(known, set);
	struct capset listed = capset_and(set, known);
	bool from_all = count_words(missing) < count_words(listed);
	char word[CAPSET_WORD];
	unsigned next = 0, cap;
	size_t used;

	if (from_all)
		listed = missing;
	used = (size_t)snprintf(buf, CAPSET_TEXT, "%s", from_all ? "all" : "none");
	while (capset_next(listed, &next, &cap, word))
		used += (size_t)snprintf(buf + used, CAPSET_TEXT - used, ",%c%s",
					 from_all ? '-' : '+', word);
	return buf;
}

const char *capset_list(struct capset set, char buf[static CAPSET_TEXT])
{
	char word[CAPSET_WORD];
	unsigned next = 0, cap;
	size_t used = 0;

	buf[0] = '\0';
	while (used < CAPSET_TEXT && capset_next(set, &next, &cap, word))
		used += (size_t)snprintf(buf + used, CAPSET_TEXT - used, "%s%s", used ? ", " : "",
					 word);
	return buf;
}
