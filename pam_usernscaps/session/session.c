// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The pipeline of a login: user, identity, rules, decision, plan, kernel. */
#include "session.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "record.h"

#define CONF_PATH SYSCONFDIR "/security/usernscaps.conf"

static int fail(struct session *session, enum session_stage stage, int error)
{
	session->problem.stage = stage;
	session->problem.error = error;
	session->outcome = SESSION_REFUSED;
	return error;
}

/* ---- deciding ---- */

struct config_site session_site(const char *conf, bool any_owner)
{
	struct config_site site = {
		.main = conf ? conf : CONF_PATH,
		.any_owner = conf && any_owner,
	};

#ifdef VENDORDIR
	site.vendor_main = conf ? NULL : VENDORDIR "/security/usernscaps.conf";
	site.vendor_profiles = VENDORDIR "/security/usernscaps.d/profiles";
#endif
	return site;
}

/* A user or group without a file is no error. */
static int add_file(const struct config_site *site, enum config_part part, const char *name,
		    struct policy_rules *rules, struct config_problem *problem)
{
	int r = config_add(site, part, name, rules, problem);

	return r == -ENOENT ? 0 : r;
}

int session_add_rules(const struct config_site *site, const char *user, const struct names *groups,
		      struct policy_rules *rules, struct config_problem *ret_problem)
{
	size_t i;
	int r = user ? add_file(site, CONFIG_USER, user, rules, ret_problem) : 0;

	for (i = 0; i < groups->count && r == 0; i++)
		r = add_file(site, CONFIG_GROUP, groups->list[i], rules, ret_problem);
	return r < 0 ? r : config_resolve(site, rules, ret_problem);
}

/* ---- groups ---- */

/* The files in "groups". */
struct group_files {
	struct names names; /* sorted */
	bool *read;
};

static void group_files_clear(struct group_files *files)
{
	names_clear(&files->names);
	free(files->read);
}

static int list_group_files(const struct config_site *site, struct session *session,
			    struct group_files *files)
{
	int r = config_list(site, CONFIG_GROUP, &files->names, &session->problem.config);

	if (r < 0)
		return fail(session, SESSION_STAGE_RULES, r);
	names_sort(&files->names);
	files->read = calloc(files->names.count + 1, sizeof(*files->read));
	return files->read ? 0 : fail(session, SESSION_STAGE_GROUPS, -ENOMEM);
}

/* The groups of the rules that can apply to this session, and no others. */
static int find_groups(const struct session_request *request, struct session *session,
		       const struct group_files *files)
{
	_cleanup_(names_clear) struct names groups = { 0 };
	int r = policy_list_groups(&session->rules, request->service, &groups);

	if (r == 0)
		r = identity_find_groups(&session->identity, &groups);
	if (r == 0)
		r = identity_find_files(&session->identity, &files->names);
	return r < 0 ? fail(session, SESSION_STAGE_GROUPS, r) : 0;
}

/*
 * Broken rules stay broken until an admin gets in. Whatever a caller could bring about on purpose
 * (a low limit on open files or memory, a signal) is another thing: that refuses.
 */
static bool is_broken(int error)
{
	switch (error) {
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
	case -EINTR:
		return false;
	default:
		return true;
	}
}

/* One that was listed and is gone is being replaced, or was removed just now. */
static int add_listed(const struct config_site *site, const char *name, struct policy_rules *rules,
		      struct config_problem *problem)
{
	char path[PATH_MAX];
	int tries = 3, r;

	do
		r = config_add(site, CONFIG_GROUP, name, rules, problem);
	while (r == -ENOENT && --tries > 0);
	if (r != -ENOENT)
		return r;
	return config_problem_set(problem, CONFIG_CHANGED,
				  config_path(site, CONFIG_GROUP, name, path), 0);
}

/*
 * Read the file of a group that the user is perhaps in. A broken one must not take the place of the
 * other rules: what it would bring about comes on top of them.
 */
static int add_perhaps(const struct config_site *site, struct session *session, const char *name)
{
	struct policy_rules *rules = &session->rules;
	size_t files = rules->file_count;
	struct config_problem problem, ignored;
	int r = add_listed(site, name, rules, &problem), again;

	if (r == 0 && rules->rules[rules->rule_count - 1].body.profile_name)
		r = config_resolve(site, rules, &problem);
	if (r == 0)
		return 0;
	session->problem.config = problem;
	fail(session, SESSION_STAGE_RULES, r);
	if (!is_broken(r))
		return r;
	session->broken_perhaps = true;
	policy_rules_keep_files(rules, files);
	again = config_resolve(site, rules, &ignored);
	return again < 0 ? fail(session, SESSION_STAGE_RULES, again) : 0; /* not reached: fail */
}

/* The name of a file that is still to be read if it is one of these groups'; else NULL. */
static const char *take(struct group_files *files, size_t i, const struct names *groups)
{
	const char *name = files->names.list[i];

	if (files->read[i] || !names_have_sorted(groups, name))
		return NULL;
	files->read[i] = true;
	return name;
}

/* Read those that are not read yet. Returns how many, or fails. */
static int add_group_files(const struct config_site *site, struct session *session,
			   struct group_files *files)
{
	const struct identity *identity = &session->identity;
	const char *name;
	int count = 0, r = 0;
	size_t i;

	for (i = 0; i < files->names.count && r == 0; i++) {
		name = take(files, i, &identity->files.yes);
		if (!name)
			continue;
		r = add_listed(site, name, &session->rules, &session->problem.config);
		count++;
	}
	if (r == 0 && count > 0)
		r = config_resolve(site, &session->rules, &session->problem.config);
	if (r < 0)
		return fail(session, SESSION_STAGE_RULES, r);
	for (i = 0; i < files->names.count && r == 0; i++) {
		name = take(files, i, &identity->files.unknown);
		if (!name)
			continue;
		r = add_perhaps(site, session, name);
		count++;
	}
	return r < 0 ? r : count;
}

struct identity_manner session_manner(const struct policy_rules *rules)
{
	return (struct identity_manner){
		.probe_group = rules->probe_group,
		.missing_is_no = rules->when_group_unknown == POLICY_UNKNOWN_IGNORE,
	};
}

/* Until no more files turn up: each may except groups that are still to be looked up. */
static int ask_for_groups(const struct session_request *request, const struct config_site *site,
			  struct session *session)
{
	_cleanup_(group_files_clear) struct group_files files = { 0 };
	int r = list_group_files(site, session, &files);

	session->identity.manner = session_manner(&session->rules);
	if (r < 0)
		return r;
	do {
		r = find_groups(request, session, &files);
		if (r == 0)
			r = add_group_files(site, session, &files);
	} while (r > 0);
	return r;
}

/*
 * uid 0 has no groups here. So no group rule applies to it, and a directory that is down cannot
 * keep root out.
 */
static int load_for_groups(const struct session_request *request, const struct config_site *site,
			   struct session *session)
{
	static const struct names none;
	struct identity *identity = &session->identity;
	bool assume = request->groups && identity->uid != 0;
	int r = 0;

	if (assume)
		r = identity_add_groups(identity, request->groups, request->group_count);
	if (r < 0)
		return fail(session, SESSION_STAGE_GROUPS, r);
	r = session_add_rules(site, identity->name, assume ? &identity->groups : &none,
			      &session->rules, &session->problem.config);
	if (r < 0)
		return fail(session, SESSION_STAGE_RULES, r);
	return identity->uid == 0 || assume ? 0 : ask_for_groups(request, site, session);
}

/* ---- the decision ---- */

/*
 * The answer to broken rules: neither namespaces nor capabilities in them. The bounding set stays
 * as it is, so that an admin can fix the rules with sudo.
 */
static void deny_what_can_be(struct session *session)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		struct policy_answer *answer = &session->decision.items[item];

		if (policy_items[item].is_kept)
			continue;
		answer->set = CAPSET_NONE;
		if (!session->broken_perhaps) /* no group makes a difference */
			answer->widest = CAPSET_NONE;
	}
}

bool session_depends(const struct session *session)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		if (!capset_equal(session->decision.items[item].set,
				  session->decision.items[item].widest))
			return session->identity.unknown.count > 0;
	return false;
}

struct capset session_cost(const struct session *session, enum policy_item item)
{
	const struct policy_answer *answer = &session->decision.items[item];
	const uint64_t vague = session->plan.vague; /* only the userns set has parts */

	return capset_and(capset_minus(capset_told_apart(answer->widest, vague),
				       capset_told_apart(answer->set, vague)),
			  session->before.items[item]);
}

struct policy_subject session_subject(const struct identity *identity)
{
	return (struct policy_subject){
		.name = identity->name,
		.uid = identity->uid,
		.service = "",
		.groups = names_list(&identity->groups),
		.group_count = identity->groups.count,
		.unknown = names_list(&identity->unknown),
		.unknown_count = identity->unknown.count,
	};
}

static int decide(const struct session_request *request, struct session *session)
{
	struct policy_subject subject = session_subject(&session->identity);
	int r;

	subject.service = request->service;
	r = policy_decide(&session->rules, &subject, &session->decision);
	if (r < 0)
		return fail(session, SESSION_STAGE_DECISION, r);
	if (session->broken_perhaps)
		deny_what_can_be(session);
	if (session->rules.when_group_unknown == POLICY_UNKNOWN_REFUSE && session_depends(session))
		return fail(session, SESSION_STAGE_UNKNOWN, -EAGAIN);
	return 0;
}

int session_decide(const struct session_request *request, struct session *session)
{
	const struct config_site site = session_site(request->conf, request->any_owner);
	int r;

	*session = (struct session){ .outcome = SESSION_REFUSED };
	policy_decision_init(&session->decision);

	r = identity_find(request->user, &session->identity);
	if (r < 0)
		return fail(session, SESSION_STAGE_USER, r);
	r = config_load(&site, &session->rules, &session->problem.config);
	if (r < 0)
		return fail(session, SESSION_STAGE_RULES, r);
	r = load_for_groups(request, &site, session);
	return r < 0 ? r : decide(request, session);
}

/* ---- restricting ---- */

static bool restricts_nothing(const struct policy_decision *decision)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		if (!capset_equal(decision->items[item].set, CAPSET_ALL))
			return false;
	return true;
}

/*
 * Without a provider a plan that needs one is answered as the rules say. Where no namespace can be
 * created anyway, nothing is missing.
 */
static int replace_userns(struct session *session)
{
	enum policy_unsupported answer = session->rules.when_unsupported;

	if (session->userns.kind != USERNS_NONE || !plan_needs_userns(&session->plan))
		return 0;
	if (!capset_is_empty(session->plan.target.items[POLICY_CREATE])) {
		session->unsupported = true;
		if (answer == POLICY_UNSUPPORTED_REFUSE)
			return -EOPNOTSUPP;
	}
	plan_without_userns(&session->plan, &session->before,
			    answer == POLICY_UNSUPPORTED_DENY_CREATION);
	return 0;
}

/* Only asked for where it matters. */
static uint64_t find_vague(const struct session *session)
{
	if (capset_is_whole(session->decision.items[POLICY_USERNS].set) &&
	    capset_is_whole(session->before.items[POLICY_USERNS]))
		return CAPSET_VAGUE_MOST;
	return userns_vague(&session->userns);
}

int session_restrict(struct session *session, const struct kernel *kernel)
{
	int r;

	session->outcome = SESSION_UNTOUCHED;
	if (restricts_nothing(&session->decision))
		return 0;
	r = userns_find(kernel, &session->userns);
	if (r < 0)
		return fail(session, SESSION_STAGE_PROVIDER, r);
	r = apply_read(&session->userns, &session->before, &session->last);
	if (r < 0)
		return fail(session, SESSION_STAGE_SETS, r);
	plan_build(&session->decision, &session->before, find_vague(session), &session->plan);
	r = replace_userns(session);
	if (r < 0)
		return fail(session, SESSION_STAGE_UNSUPPORTED, r);
	r = apply_plan(&session->plan, &session->userns, &session->problem.step);
	if (r < 0)
		return fail(session, SESSION_STAGE_STEP, r);
	if (session->plan.step_count > 0 || session->unsupported)
		session->outcome = SESSION_RESTRICTED;
	return 0;
}

/* ---- opening ---- */

/*
 * Root that comes from a restricted session would go on restricted, and so would the daemons that
 * it restarts. Where nothing can be raised it is as if it had not been asked for: root gets in.
 */
static void reset(struct session *session, const struct kernel *kernel)
{
	int r = userns_find(kernel, &session->userns);

	if (r < 0)
		session->regain.raise_error = r;
	else
		regain_all(&session->userns, &session->regain);
}

static int fall_back(struct session *session, const struct kernel *kernel)
{
	int r;

	deny_what_can_be(session);
	r = session_restrict(session, kernel);
	if (r == 0)
		session->outcome = SESSION_FALLBACK;
	return r;
}

static int open_session(const struct session_request *request, const struct kernel *kernel,
			struct session *session)
{
	int r = session_decide(request, session);

	if (r == 0 && request->reset && session->identity.uid == 0)
		reset(session, kernel);
	if (r == 0 && !session->broken_perhaps)
		return session_restrict(session, kernel);
	if (session->problem.stage != SESSION_STAGE_RULES || !is_broken(session->problem.error))
		return r;
	if (session->identity.uid == 0 && !request->even_deny_root) {
		session->outcome = SESSION_EXEMPT;
		return 0;
	}
	if (request->refuse_on_error)
		return session->problem.error;
	return fall_back(session, kernel);
}

/*
 * Some programs continue after PAM refused. So restrict them too; a failure here makes nothing
 * worse.
 */
static void lock_down(const struct kernel *kernel)
{
	struct session refused = { 0 };

	policy_decision_init(&refused.decision);
	fall_back(&refused, kernel);
	session_clear(&refused);
}

/*
 * Also where there was nothing left to take: what is denied to this session is denied by its rules.
 */
static void remember(const struct session_request *request, struct session *session)
{
	char text[USERNS_SESSION_TEXT];
	size_t size = record_write(request, session, text);

	session->record_error = userns_open_session(&session->userns, session->identity.uid, text,
						    size, &session->id, &session->parent);
	/* It has a name of its own: whoever looks for it finds it in the log. */
	if (session->id && session->outcome == SESSION_UNTOUCHED)
		session->outcome = SESSION_RESTRICTED;
}

int session_open(const struct session_request *request, const struct kernel *kernel,
		 struct session *session)
{
	int r = open_session(request, kernel, session);
	bool restricted = r == 0 && !restricts_nothing(&session->decision);

	if (r < 0)
		lock_down(kernel);
	if (restricted || request->reset) {
		audit_id_read("/proc/self/loginuid", session->login_uid);
		audit_id_read("/proc/self/sessionid", session->audit_session);
	}
	if (restricted)
		remember(request, session);
	return r;
}

void session_clear(struct session *session)
{
	policy_decision_clear(&session->decision);
	policy_rules_clear(&session->rules);
	identity_clear(&session->identity);
}
