// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "session.h"

#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"

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

/* Not every user and group has a file. */
static int add_file(const struct config_site *site, enum config_part part, const char *name,
		    struct policy_rules *rules, struct config_problem *problem)
{
	int r = config_add(site, part, name, rules, problem);

	return r == -ENOENT ? 0 : r;
}

int session_add_rules(const struct config_site *site, const char *user, const char *const *groups,
		      size_t group_count, struct policy_rules *rules,
		      struct config_problem *ret_problem)
{
	size_t i;
	int r = user ? add_file(site, CONFIG_USER, user, rules, ret_problem) : 0;

	for (i = 0; i < group_count && r == 0; i++)
		r = add_file(site, CONFIG_GROUP, groups[i], rules, ret_problem);
	return r < 0 ? r : config_resolve(site, rules, ret_problem);
}

/* Whose files have to be read. Without a directory for them, nobody asks for the user's groups. */
static int list_groups(const struct config_site *site, struct session *session)
{
	const char *probe_group = session->rules.probe_group;
	int r = config_has(site, CONFIG_GROUP, &session->problem.config);

	if (r < 0)
		return fail(session, SESSION_STAGE_RULES, r);
	if (r > 0)
		r = identity_list_groups(&session->identity);
	if (r < 0)
		return fail(session, SESSION_STAGE_GROUPS, r);
	if (probe_group)
		r = identity_probe_list(&session->identity, probe_group);
	if (r < 0) {
		session->problem.group = probe_group;
		return fail(session, SESSION_STAGE_PROBE, r);
	}
	return 0;
}

/* The groups that have to be looked up: those of rules that could hold for this session. */
static int find_groups(const struct session_request *request, struct session *session)
{
	const struct policy_rules *rules = &session->rules;
	_cleanup_(freep) const char **names = NULL;
	size_t count = 0, i;

	if (rules->rule_count == 0)
		return 0;
	names = calloc(rules->rule_count, sizeof(*names));
	if (!names)
		return -ENOMEM;
	for (i = 0; i < rules->rule_count; i++) {
		const struct policy_rule *rule = &rules->rules[i];

		if (rule->kind == POLICY_GROUP && policy_rule_has_service(rule, request->service))
			names[count++] = rule->name;
	}
	return identity_find_groups(&session->identity, names, count, &session->problem.group);
}

/* uid 0 has no groups here: no rule reaches it by them, and no directory can keep it out. */
static int load_for_groups(const struct session_request *request, const struct config_site *site,
			   struct session *session)
{
	struct identity *identity = &session->identity;
	bool ask = identity->uid != 0 && !request->groups;
	int r = 0;

	if (ask)
		r = list_groups(site, session);
	else if (identity->uid != 0 &&
		 identity_add_groups(identity, request->groups, request->group_count) < 0)
		r = fail(session, SESSION_STAGE_GROUPS, -ENOMEM);
	if (r < 0)
		return r;
	r = session_add_rules(site, identity->name, (const char *const *)identity->groups,
			      identity->group_count, &session->rules, &session->problem.config);
	if (r < 0)
		return fail(session, SESSION_STAGE_RULES, r);
	r = ask ? find_groups(request, session) : 0;
	return r < 0 ? fail(session, SESSION_STAGE_GROUPS, r) : 0;
}

static int decide(const struct session_request *request, struct session *session)
{
	const struct policy_subject subject = {
		.name = session->identity.name,
		.uid = session->identity.uid,
		.service = request->service,
		.groups = (const char *const *)session->identity.groups,
		.group_count = session->identity.group_count,
	};
	int r = policy_decide(&session->rules, &subject, &session->decision);

	return r < 0 ? fail(session, SESSION_STAGE_DECISION, r) : 0;
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

	for (item = 0; item < POLICY_SET_COUNT; item++)
		if (!capset_equal(decision->items[item].set, CAPSET_ALL))
			return false;
	return decision->items[POLICY_CREATE].value && !decision->items[POLICY_STRICT].value;
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
	if (session->plan.target.create) {
		session->unsupported = true;
		if (answer == POLICY_UNSUPPORTED_REFUSE)
			return -EOPNOTSUPP;
	}
	plan_without_userns(&session->plan, &session->before,
			    answer == POLICY_UNSUPPORTED_DENY_CREATION);
	return 0;
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
	plan_build(&session->decision, &session->before, &session->plan);
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

/*
 * Broken rules stay broken until an admin gets in. Whatever a caller could bring about on purpose
 * (a low limit on open files or memory, a signal) is another thing: that refuses.
 */
static bool rules_are_broken(const struct session_problem *problem)
{
	if (problem->stage != SESSION_STAGE_RULES)
		return false;
	switch (problem->error) {
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
	case -EINTR:
		return false;
	default:
		return true;
	}
}

/* Neither namespaces nor capabilities for them; bounding stays, so that sudo mends the rules. */
static int fall_back(struct session *session, const struct kernel *kernel)
{
	struct policy_answer *items = session->decision.items;
	int r;

	items[POLICY_USERNS].set = CAPSET_NONE;
	items[POLICY_INHERITABLE].set = CAPSET_NONE;
	items[POLICY_CREATE].value = false;
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
	if (r == 0)
		return session_restrict(session, kernel);
	if (!rules_are_broken(&session->problem))
		return r;
	if (session->identity.uid == 0 && !request->even_deny_root) {
		session->outcome = SESSION_EXEMPT;
		return 0;
	}
	return request->refuse_on_error ? r : fall_back(session, kernel);
}

/* There are programs that go on after a refusal. What fails here makes nothing worse. */
static void lock_down(const struct kernel *kernel)
{
	struct session refused = { 0 };

	policy_decision_init(&refused.decision);
	fall_back(&refused, kernel);
	session_clear(&refused);
}

int session_open(const struct session_request *request, const struct kernel *kernel,
		 struct session *session)
{
	int r = open_session(request, kernel, session);

	if (r < 0)
		lock_down(kernel);
	return r;
}

void session_clear(struct session *session)
{
	policy_decision_clear(&session->decision);
	policy_rules_clear(&session->rules);
	identity_clear(&session->identity);
}
