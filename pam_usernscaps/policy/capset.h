/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef POLICY_CAPSET_H
#define POLICY_CAPSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most capabilities a set can hold: the kernel's sets have 64 bits. */
#define CAPSET_SIZE 64

/* The longest text capset_format() writes, terminating NUL included. */
#define CAPSET_TEXT 1536

/*
 * The capability that has parts, and all of them. A set can have some of them only. The last part,
 * "other", is what none of the others is.
 */
#define CAPSET_SPLIT 12 /* CAP_NET_ADMIN */
#define CAPSET_PARTS 8
#define CAPSET_WHOLE ((UINT64_C(1) << CAPSET_PARTS) - 1)

/*
 * Capabilities as a set: bit n is capability n of capabilities(7), 0..63. That of CAPSET_SPLIT says
 * that any part of it is there; bit n of @parts is its part number n.
 */
struct capset {
	uint64_t bits;
	uint64_t parts;
};

#define CAPSET_NONE ((struct capset){ 0, 0 })
#define CAPSET_ALL  ((struct capset){ UINT64_MAX, CAPSET_WHOLE })

/* The set of these parts, and of the other capabilities in @bits. */
static inline struct capset capset_make(uint64_t bits, uint64_t parts)
{
	const uint64_t split = UINT64_C(1) << CAPSET_SPLIT;

	parts &= CAPSET_WHOLE;
	return (struct capset){ parts ? bits | split : bits & ~split, parts };
}

/** A set from a mask of the kernel's: bit n of @bits is capability n, with all of its parts. */
static inline struct capset capset_from_bits(uint64_t bits)
{
	return capset_make(bits, bits >> CAPSET_SPLIT & 1 ? CAPSET_WHOLE : 0);
}

/** The mask of what a set has any part of. */
static inline uint64_t capset_any_bits(struct capset set)
{
	return set.bits;
}

/** Is all that a set has there with all of its parts? */
static inline bool capset_is_whole(struct capset set)
{
	return set.parts == 0 || set.parts == CAPSET_WHOLE;
}

/* Parts that can't be told from each other: always the last; where there is no telling, all. */
#define CAPSET_VAGUE_LEAST (UINT64_C(1) << (CAPSET_PARTS - 1))
#define CAPSET_VAGUE_MOST  CAPSET_WHOLE

/**
 * What comes of a set where some parts can't be told from each other: whoever lacks one of those
 * has none of them.
 */
static inline struct capset capset_told_apart(struct capset set, uint64_t vague)
{
	return vague & ~set.parts ? capset_make(set.bits, set.parts & ~vague) : set;
}

/** What of a set is there with all of its parts. */
static inline struct capset capset_whole(struct capset set)
{
	return capset_told_apart(set, CAPSET_VAGUE_MOST);
}

/** All parts of the capabilities of which a set has any. */
static inline struct capset capset_closure(struct capset set)
{
	return capset_from_bits(set.bits);
}

/** The mask of a set, as the kernel's interfaces take it: of what is there with all of its parts.
 */
static inline uint64_t capset_bits(struct capset set)
{
	return capset_whole(set).bits;
}

/** Does a set have a capability, or any part of it? */
static inline bool capset_has(struct capset set, unsigned cap)
{
	return cap < CAPSET_SIZE && (set.bits >> cap & 1);
}

static inline struct capset capset_of(unsigned cap)
{
	return capset_from_bits(UINT64_C(1) << cap);
}

static inline struct capset capset_and(struct capset a, struct capset b)
{
	return capset_make(a.bits & b.bits, a.parts & b.parts);
}

static inline struct capset capset_or(struct capset a, struct capset b)
{
	return capset_make(a.bits | b.bits, a.parts | b.parts);
}

static inline struct capset capset_minus(struct capset a, struct capset b)
{
	return capset_make(a.bits & ~b.bits, a.parts & ~b.parts);
}

static inline bool capset_equal(struct capset a, struct capset b)
{
	return a.bits == b.bits && a.parts == b.parts;
}

static inline bool capset_is_empty(struct capset set)
{
	return set.bits == 0;
}

/** How many capabilities are in a set, those included that are there in part: 0..64. */
static inline unsigned capset_count(struct capset set)
{
	return (unsigned)__builtin_popcountll(set.bits);
}

/** An order of sets, for sorting. Returns <0, 0 or >0. */
static inline int capset_compare(struct capset a, struct capset b)
{
	return 2 * ((a.bits > b.bits) - (a.bits < b.bits)) + (a.parts > b.parts) -
	       (a.parts < b.parts);
}

static inline bool capset_is_subset(struct capset inner, struct capset outer)
{
	return capset_is_empty(capset_minus(inner, outer));
}

/** The capabilities 0..@last, those a kernel has whose last capability is @last (0..63). */
static inline struct capset capset_up_to(unsigned last)
{
	return capset_from_bits(UINT64_MAX >> (CAPSET_SIZE - 1 - last));
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

/** The names of all parts: "link, tun, ...". Returns @buf. */
const char *capset_part_list(char buf[static CAPSET_TEXT]);

/**
 * Read one word: a capability's name, with or without "cap_", in any ASCII case, or a number 0..63;
 * or one with ":" and a part of it.
 *
 * @text:    the word
 * @len:     its length in bytes
 * @ret_set: what it stands for
 *
 * Returns 0; -EINVAL where there is no such capability; -ENOENT where it has no such part.
 */
int capset_word_parse(const char *text, size_t len, struct capset *ret_set);

/** The same of a word without a part. @ret_cap: the capability's number. Returns 0 or -EINVAL. */
int capset_cap_parse(const char *text, size_t len, unsigned *ret_cap);

/* Room for capset_next(). */
#define CAPSET_WORD 32

/**
 * Go through the words that make a set: capabilities, by number; and parts, where one has not all.
 *
 * @next:     where to go on; 0 at first
 * @ret_cap:  the capability
 * @ret_word: as capset_word_parse() reads it
 *
 * Returns false at the end.
 */
bool capset_next(struct capset set, unsigned *next, unsigned *ret_cap,
		 char ret_word[static CAPSET_WORD]);

/** The name nearest to a word that is none: see nearest_try(). NULL: there is none near. */
const char *capset_cap_nearest(const char *text, size_t len);

/**
 * Read a set specification: "all" or "none", then "+WORD" or "-WORD", comma separated. Words
 * are as capset_word_parse() reads them, and applied from left to right.
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
