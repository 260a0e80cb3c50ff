/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "kernel/apply.h"
#include "config/config.h"
#include "base/audit_id.h"
#include "policy/plan.h"
#include "policy/decide.h"
#include "identity.h"
#include "kernel/regain.h"
#include "kernel/userns.h"

/*
 * The pipeline: user -> identity -> rules -> decision -> plan -> kernel, one way. The module runs
 * all of it, "usernscapsctl explain" stops before the kernel is changed, "usernscapsctl run"
 * enters with a decision of its own.
 */

/* The longest text that session_problem_text() and session_describe() write, NUL included. */
#define SESSION_TEXT 8192

/* The longest that session_id_text() writes, likewise. */
#define SESSION_ID_TEXT 24

struct session_request {
	const char *user;    /* as it was typed */
	const char *service; /* PAM service */
	const char *conf;    /* main rules file; NULL: the one of the site, else the vendor's */
	bool any_owner;	     /* @conf need not be root's: for explaining, never for a login */
	const char *const *groups; /* as if the user were in these and no others; NULL: ask NSS */
	size_t group_count;
	bool refuse_on_error; /* refuse, where broken rules would be answered by restricting */
	bool even_deny_root;  /* broken rules hold for uid 0 as well */
	bool reset;	      /* uid 0 starts from all that its bounding set has */
};

enum session_outcome {
	SESSION_REFUSED,    /* the session must not go on; see the problem */
	SESSION_UNTOUCHED,  /* there was nothing to take */
	SESSION_RESTRICTED, /* the plan was carried out; or there was nothing left to take */
	SESSION_FALLBACK,   /* broken rules: as little left as lets an admin in to fix them */
	SESSION_EXEMPT,	    /* broken rules, and uid 0: let in as it is */
	SESSION_OUTCOME_COUNT
};

/* The stage of the pipeline where a problem arose. */
enum session_stage {
	SESSION_STAGE_USER,
	SESSION_STAGE_RULES,
	SESSION_STAGE_GROUPS, /* for lack of memory */
	SESSION_STAGE_DECISION,
	SESSION_STAGE_UNKNOWN, /* the decision depends on an unknown group, and that refuses */
	SESSION_STAGE_PROVIDER,
	SESSION_STAGE_UNSUPPORTED,
	SESSION_STAGE_SETS,
	SESSION_STAGE_STEP,
	SESSION_STAGE_COUNT
};

struct session_problem {
	enum session_stage stage;
	int error;		      /* 0: there is no problem; else a negative errno */
	struct config_problem config; /* SESSION_STAGE_RULES */
	enum policy_item step;	      /* SESSION_STAGE_STEP */
};

/* Everything that is known of a session, filled from top to bottom. */
struct session {
	struct identity identity;
	struct policy_rules rules;
	struct policy_decision decision;
	bool broken_perhaps; /* the broken file in @problem is one of a group that is unknown */
	struct userns userns;
	struct regain regain;	 /* what came of a reset; never a reason to refuse */
	struct plan_sets before; /* the calling thread's sets as they were */
	unsigned last;		 /* the kernel's last capability */
	struct plan plan;
	bool unsupported; /* userns is restricted by the rules, and no provider makes it real */
	char login_uid[AUDIT_ID]; /* of the audit trail; filled where there is anything to say */
	char audit_session[AUDIT_ID]; /* likewise */
	uint64_t id;	  /* under which it is remembered what is denied to it; 0: nothing is */
	uint64_t parent;  /* the id of the session in which it was opened; 0: none */
	int record_error; /* why nothing is; never a reason to refuse */
	enum session_outcome outcome;
	struct session_problem problem; /* set for SESSION_FALLBACK and SESSION_EXEMPT too */
};

/**
 * Where the rules of a login are.
 *
 * @conf:      as in struct session_request
 * @any_owner: likewise
 *
 * Returns the site; what it points to is @conf's or constant.
 */
struct config_site session_site(const char *conf, bool any_owner);

/**
 * Read what a login reads besides the main file and drop-ins: the user's file, those of the
 * groups, and profiles.
 *
 * @site:        where
 * @user:        pw_name, or NULL for nobody in particular
 * @groups:      names of the user's groups; files are read of those that have one
 * @rules:       from config_load(); on success with all profiles resolved
 * @ret_problem: filled on failure
 *
 * Returns 0, or what config_add() and config_resolve() return.
 */
int session_add_rules(const struct config_site *site, const char *user, const struct names *groups,
		      struct policy_rules *rules, struct config_problem *ret_problem);

/** How the rules want groups to be looked for. Points into @rules. */
struct identity_manner session_manner(const struct policy_rules *rules);

/** A user as the policy sees them, of any service. Points into @identity. */
struct policy_subject session_subject(const struct identity *identity);

/**
 * Find out what the rules say of a user: the pipeline up to the decision.
 *
 * @request: whom to decide about
 * @session: any contents; filled up to its decision, or with a problem; in any case freed by
 *           session_clear()
 *
 * Returns 0, or the problem's error.
 */
int session_decide(const struct session_request *request, struct session *session);

/**
 * Carry out a decision on the calling thread.
 *
 * @session: with its decision filled; the rest is filled here, outcome included
 * @kernel:  the kernel to act on
 *
 * Returns 0 where the session may go on; else the problem's error.
 */
int session_restrict(struct session *session, const struct kernel *kernel);

/**
 * Open a session: decide and restrict, and where the rules are broken the answer to that. A reset
 * comes between the two, and never where the rules are broken.
 *
 * Returns 0 where the session may go on; else the problem's error, with SESSION_REFUSED: the
 * calling thread has been restricted then as if the rules were broken, as far as that was possible.
 */
int session_open(const struct session_request *request, const struct kernel *kernel,
		 struct session *session);

/** Free what a session holds. */
void session_clear(struct session *session);

/** Write the problem in one line: where (file and line, group or step) and what. Returns @buf. */
const char *session_problem_text(const struct session *session, char buf[static SESSION_TEXT]);

/** Does an answer depend on whether the user is in a group that is unknown? */
bool session_depends(const struct session *session);

/** What of an item the session had and loses for that reason. */
struct capset session_cost(const struct session *session, enum policy_item item);

/**
 * Does a session that was opened have less than it could: by its own plan, or by the session that
 * it was opened in, which left nothing to take?
 */
static inline bool session_is_restricted(const struct session *session)
{
	return session->plan.step_count > 0 || session->id;
}

/** Write which groups are unknown, and why, in one line. Returns @buf. */
const char *session_unknown_text(const struct session *session, char buf[static SESSION_TEXT]);

/** Write the session's id, or a word for why it has none. Returns @buf. */
const char *session_id_text(const struct session *session, char buf[static SESSION_ID_TEXT]);

/* Where session_next_place() is: { 0 } at first. */
struct session_places {
	enum policy_item item;
	size_t source;
};

/** The next of the places that have a part in a decision, each once; NULL at the end. */
const struct policy_place *session_next_place(const struct session *session,
					      struct session_places *next);

/** Write sets, provider and rules by file:line of a restricted session. Returns @buf. */
const char *session_describe(const struct session *session, char buf[static SESSION_TEXT]);

#endif
