/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef GENERATE_H
#define GENERATE_H

#include <stdint.h>
#include <stdio.h>

#include "policy/decide.h"

/*
 * Rule sets by chance, each of them one that a rules file can say, and their text. Names, services
 * and capabilities are few, so that rules meet. Whoever runs out of memory here is ended.
 */

struct generator {
	uint64_t state; /* any seed; the same seed gives the same rules */
};

/** A number below @limit, which is not 0. */
unsigned generate_below(struct generator *generator, unsigned limit);

/** A set of few capabilities, some of them unknown to any kernel. */
struct capset generate_set(struct generator *generator);

/** Some rules and profiles, linked as by generate_link(); freed by policy_rules_clear(). */
struct policy_rules generate_rules(struct generator *generator);

/** One more rule of a kind, without a profile; freed with the rules that it is added to. */
struct policy_rule generate_rule(struct generator *generator, enum policy_kind kind);

/** A clause that says something of @item. */
struct policy_clause generate_clause(struct generator *generator, enum policy_item item);

/** Point each rule and profile that names a profile to it, as config_resolve() does. */
void generate_link(struct policy_rules *rules);

/*
 * Whom generated rules can be about. Service and groups are chosen anew each time; of some groups
 * it is not known whether the subject is a member.
 */
#define GENERATE_SUBJECTS 4
#define GENERATE_GROUPS	  3

struct generated_subject {
	struct policy_subject subject;
	const char *groups[GENERATE_GROUPS], *unknown[GENERATE_GROUPS];
};

/** Subject number @which, below GENERATE_SUBJECTS. @subject must not move afterwards. */
void generate_subject(struct generator *generator, unsigned which,
		      struct generated_subject *subject);

/* The text that config_parse() makes the same of again. */
void generate_print_body(FILE *stream, const struct policy_body *body);
void generate_print_rule(FILE *stream, const struct policy_rule *rule);
void generate_print_system(FILE *stream, struct capset taken);
void generate_print_profile(FILE *stream, const struct policy_profile *profile);

#endif
