/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_LINT_H
#define INSPECT_LINT_H

#include "config/config.h"

/*
 * Checks a site's rules: reports what a login would report, in every file and not only in the
 * first, and what is valid but probably not meant.
 */

struct lint_finding {
	enum config_message message;
	enum config_severity severity;
	char *file;
	unsigned line; /* 0: the file as a whole */
	char *text;
};

struct lint_findings {
	struct lint_finding *list;
	size_t count;
	bool incomplete; /* there was not enough memory for all */
};

/* A site's rules as far as they can be read. */
struct lint_tree {
	struct policy_rules rules; /* with all profiles that exist resolved */
	size_t file_count;	   /* the files looked at */
	struct lint_findings findings;
};

/* Where lints look on a host, besides NSS. */
struct lint_host {
	const char *const *pam; /* directories with a file for each PAM service; NULL ends them */
	const char *subuid;
	const char *subgid;
	const char *passwd; /* may have other names of a uid than the one that NSS gives */
};

/* This host. */
extern const struct lint_host lint_host;

/**
 * Read every file of a site, with findings about those that can't be read, are no rules, or are
 * never read.
 *
 * @site:     where; with any_owner, files that others than root could have written get a warning;
 *            its draft is among the files
 * @ret_tree: filled in any case; freed by lint_tree_clear()
 */
void lint_read(const struct config_site *site, struct lint_tree *ret_tree);

/** Add the findings that need the rules alone. */
void lint_rules(const struct policy_rules *rules, struct lint_findings *findings);

/**
 * Add the findings that need the host's users, groups and services.
 *
 * @site:     where the rules are from
 * @host:     the host
 * @rules:    with all profiles resolved
 * @findings: are added to
 */
void lint_on_host(const struct config_site *site, const struct lint_host *host,
		  const struct policy_rules *rules, struct lint_findings *findings);

/** What a body, or a profile that it builds on, may take of a set. */
struct capset lint_may_take(const struct policy_body *body, enum policy_item item);

/** Can a rule with this name be for a user or group? @kind: POLICY_USER or POLICY_GROUP. */
bool lint_is_name(enum policy_kind kind, const char *name);

/** Add a finding; the arguments are those of config_problem_set(). */
void lint_add(struct lint_findings *findings, enum config_message message, const char *file,
	      unsigned line, ...);

/** Add a problem. */
void lint_add_problem(struct lint_findings *findings, const struct config_problem *problem);

/** Sort findings by file and line, and leave each once. */
void lint_sort(struct lint_findings *findings);

/** Free what a tree holds. */
void lint_tree_clear(struct lint_tree *tree);

#endif
