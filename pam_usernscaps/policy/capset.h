/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef POLICY_CAPSET_H
#define POLICY_CAPSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most capabilities a set can hold: the kernel's sets have 64 bits. */
#define CAPSET_SIZE 64

/* The longest text capset_format() writes, terminating NUL included. */
#define CAPSET_TEXT 1280

/* Capabilities as a set: bit n is capability n of capabilities(7), 0..63. */
struct capset {
	uint64_t bits;
};

#define CAPSET_NONE ((struct capset){ 0 })
#define CAPSET_ALL  ((struct capset){ UINT64_MAX })

/** A set from a mask of the kernel's: bit n of @bits is capability n. */
static inline struct capset capset_from_bits(uint64_t bits)
{
	return (struct capset){ bits };
}

/** The mask of a set, as the kernel's interfaces take it. */
static inline uint64_t capset_bits(struct capset set)
{
	return set.bits;
}

static inline bool capset_has(struct capset set, unsigned cap)
{
	return cap < CAPSET_SIZE && (set.bits >> cap & 1);
}

static inline struct capset capset_of(unsigned cap)
{
	return (struct capset){ UINT64_C(1) << cap };
}

static inline struct capset capset_and(struct capset a, struct capset b)
{
	return (struct capset){ a.bits & b.bits };
}

static inline struct capset capset_or(struct capset a, struct capset b)
{
	return (struct capset){ a.bits | b.bits };
}

static inline struct capset capset_minus(struct capset a, struct capset b)
{
	return (struct capset){ a.bits & ~b.bits };
}

static inline bool capset_equal(struct capset a, struct capset b)
{
	return a.bits == b.bits;
}

static inline bool capset_is_empty(struct capset set)
{
	return set.bits == 0;
}

/** How many capabilities are in a set: 0..64. */
static inline unsigned capset_count(struct capset set)
{
	return (unsigned)__builtin_popcountll(set.bits);
}

/** An order of sets, for sorting. Returns <0, 0 or >0. */
static inline int capset_compare(struct capset a, struct capset b)
{
	return (a.bits > b.bits) - (a.bits < b.bits);
}

static inline bool capset_is_subset(struct capset inner, struct capset outer)
{
	return (inner.bits & ~outer.bits) == 0;
}

/** The capabilities 0..@last, those a kernel has whose last capability is @last (0..63). */
static inline struct capset capset_up_to(unsigned last)
{
	return (struct capset){ UINT64_MAX >> (CAPSET_SIZE - 1 - last) };
}

/**
 * Name a capability.
 *
 * @cap: number of the capability
 *
 * Returns its name in lower case without "cap_", or NULL where capabilities(7) has none for it.
 */
const char *capset_cap_name(unsigned cap);

/** Its name or, where it has none, its number, for which @buf has room. */
const char *capset_cap_text(unsigned cap, char buf[static 12]);

/**
 * Read one capability: its name, with or without "cap_", in any ASCII case, or a number 0..63.
 *
 * @text:    the word
 * @len:     its length in bytes
 * @ret_cap: its number
 *
 * Returns 0, or -EINVAL for a word that is neither.
 */
int capset_cap_parse(const char *text, size_t len, unsigned *ret_cap);

/** The name nearest to a word that is none: see nearest_try(). NULL: there is none near. */
const char *capset_cap_nearest(const char *text, size_t len);

/**
 * Read a set specification: "all" or "none", then "+cap" or "-cap", comma separated. Words are
 * applied from left to right.
 *
 * @text:    the specification, e.g. "all,-net_admin,-net_raw"
 * @ret_set: the set
 * @ret_bad: on -EINVAL, the offset in bytes of the word that was not understood; may be NULL
 *
 * Returns 0 or -EINVAL.
 */
int capset_parse(const char *text, struct capset *ret_set, size_t *ret_bad);

/** Write the names of a set: "chown, kill", or numbers where there are none. Returns @buf. */
const char *capset_list(struct capset set, char buf[static CAPSET_TEXT]);

/**
 * Write a set in the form that capset_parse() reads, whichever of "all,-..." and "none,+..." is
 * shorter.
 *
 * @set:    the set
 * @last:   the kernel's last capability: those above it are not mentioned
 * @buf:    CAPSET_TEXT bytes
 *
 * Returns @buf. capset_parse() of the text gives @set again for all capabilities up to @last.
 */
const char *capset_format(struct capset set, unsigned last, char buf[static CAPSET_TEXT]);

#endif
