// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Finds rules that do not fit the host's users, groups and services. */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/decide.h"
#include "base/error_text.h"
#include "session/session.h"
#include "identity_list.h"
#include "lint.h"

#define UID_NONE ((uid_t)-1)

static const char *const pam_directories[] = { "/etc/pam.d", "/usr/lib/pam.d",
#ifdef VENDORDIR
					       VENDORDIR "/pam.d",
#endif
					       NULL };

const struct lint_host lint_host = {
	.pam = pam_directories,
	.subuid = "/etc/subuid",
	.subgid = "/etc/subgid",
	.passwd = "/etc/passwd",
};

struct look {
	const struct config_site *site;
	const struct lint_host *host;
	const struct policy_rules *rules;
	struct lint_findings *findings;
	uid_t *uids;		/* of the user that each rule names, else UID_NONE */
	struct identity *local; /* the users of the passwd file */
	size_t local_count;
};

static bool is_number(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

static void add_at(const struct look *look, enum config_message message,
		   const struct policy_rule *rule)
{
	lint_add(look->findings, message, rule->place.file, rule->place.line, rule->name,
		 rule->name, rule->name);
}

static void add_failure(const struct look *look, const struct policy_rule *rule, const char *name,
			int error)
{
	lint_add(look->findings, CONFIG_LINT_LOOKUP, rule->place.file, rule->place.line, name,
		 error_text(-error));
}

/* ---- users and groups ---- */

/*
 * Is this title a range in the words of other programs? "1000-1999" is one for iptables(8) and
 * nft(8), "1000-" and "-1999" for cut(1), "1000..1999" for shells, and people add spaces. ">=1000"
 * need not be found: a "=" in a title is an error. @ret_range: the same with a colon.
 */
static bool is_other_range(const char *title, char ret_range[static CONFIG_TEXT])
{
	static const char digits[] = "0123456789";
	size_t min_len = strspn(title, digits), sign_len, max_len;
	const char *sign = title + min_len + strspn(title + min_len, " "), *max;

	sign_len = strncmp(sign, "..", 2) == 0 ? 2 : *sign == '-';
	max = sign + sign_len + strspn(sign + sign_len, " ");
	max_len = strspn(max, digits);
	if (sign_len == 0 || max[max_len] || min_len + max_len == 0)
		return false;
	snprintf(ret_range, CONFIG_TEXT, "%.*s:%s", (int)min_len, title, max);
	return true;
}

/* A range that is read as a name leaves all its users unrestricted. */
static void add_unknown_user(const struct look *look, const struct policy_rule *rule)
{
	char range[CONFIG_TEXT];

	if (is_other_range(rule->name, range))
		lint_add(look->findings, CONFIG_LINT_USER_RANGE, rule->place.file, rule->place.line,
			 rule->name, range);
	else
		add_at(look,
		       is_number(rule->name) ? CONFIG_LINT_USER_NUMBER : CONFIG_LINT_USER_UNKNOWN,
		       rule);
}

/* The names of a uid that can be found without listing a directory, which may have more. */
static int find_names(const struct look *look, uid_t uid, struct names *names)
{
	_cleanup_(freep) char *name = NULL;
	int r = identity_user_name(uid, &name);
	size_t i;

	if (r < 0 && r != -ENOENT)
		return r;
	r = name ? names_add(names, name) : 0;
	for (i = 0; i < look->local_count && r == 0; i++)
		if (look->local[i].uid == uid)
			r = names_add(names, look->local[i].name);
	return r;
}

static bool has_user_rule(const struct look *look, const char *name)
{
	size_t i;

	for (i = 0; i < look->rules->rule_count; i++)
		if (look->rules->rules[i].kind == POLICY_USER &&
		    strcmp(look->rules->rules[i].name, name) == 0)
			return true;
	return false;
}

/*
 * Logins by another name of the same uid escape the rule. A range that includes the uid does not
 * make up for it: it need not say the same, and groups take precedence over it.
 */
static void check_aliases(const struct look *look, const struct policy_rule *rule, uid_t uid)
{
	_cleanup_(names_clear) struct names names = { 0 };
	int r = find_names(look, uid, &names);
	size_t i;

	if (r < 0)
		add_failure(look, rule, rule->name, r);
	for (i = 0; i < names.count && r == 0; i++)
		if (strcmp(names.list[i], rule->name) != 0 && !has_user_rule(look, names.list[i]))
			lint_add(look->findings, CONFIG_LINT_USER_ALIAS, rule->place.file,
				 rule->place.line, uid, names.list[i], names.list[i]);
}

static uid_t check_user(const struct look *look, const struct policy_rule *rule)
{
	_cleanup_(identity_clear) struct identity identity = { 0 };
	int r = identity_find(rule->name, &identity);

	if (r == -ENOENT)
		add_unknown_user(look, rule);
	else if (r < 0)
		add_failure(look, rule, rule->name, r);
	else if (strcmp(identity.name, rule->name) != 0)
		lint_add(look->findings, CONFIG_LINT_USER_OTHER_NAME, rule->place.file,
			 rule->place.line, rule->name, identity.name);
	else
		return identity.uid;
	return UID_NONE;
}

/* Files are looked for by the name that a group's gid leads to. */
static bool is_group_file(const struct look *look, const struct policy_rule *rule)
{
	char path[PATH_MAX];

	config_path(look->site, CONFIG_GROUP, rule->name, path);
	return strcmp(path, rule->place.file) == 0;
}

/* With what that means. A file of a group that does not exist is not read. */
static void add_unknown_group(const struct look *look, const struct policy_rule *rule,
			      const char *name)
{
	bool is_title = rule->name && strcmp(rule->name, name) == 0;
	const char *effect = is_title
				     ? "anybody could be a member, so the rule restricts everybody "
				       "except root"
				     : "the rule excepts nobody";

	if (look->rules->when_group_unknown == POLICY_UNKNOWN_IGNORE)
		effect = "nobody is a member";
	else if (is_title && is_group_file(look, rule))
		effect = "the file is not read";
	else if (look->rules->when_group_unknown == POLICY_UNKNOWN_REFUSE)
		effect = "sessions for which this makes a difference are refused";
	lint_add(look->findings, CONFIG_LINT_GROUP_UNKNOWN, rule->place.file, rule->place.line,
		 name, effect);
}

static void check_group(const struct look *look, const struct policy_rule *rule)
{
	_cleanup_(freep) char *name = NULL;
	int r = identity_group_name(rule->name, &name);

	if (r == -ENOENT)
		add_unknown_group(look, rule, rule->name);
	else if (r < 0)
		add_failure(look, rule, rule->name, r);
	else if (strcmp(name, rule->name) != 0 && is_group_file(look, rule))
		lint_add(look->findings, CONFIG_LINT_GROUP_OTHER_NAME, rule->place.file, 0,
			 rule->name, name);
}

static void check_excepted_user(const struct look *look, const struct policy_rule *rule,
				const char *name)
{
	_cleanup_(identity_clear) struct identity identity = { 0 };
	int r = identity_find(name, &identity);

	if (r == -ENOENT)
		lint_add(look->findings, CONFIG_LINT_USER_UNKNOWN, rule->place.file,
			 rule->place.line, name);
	else if (r < 0)
		add_failure(look, rule, name, r);
}

static void check_excepted_group(const struct look *look, const struct policy_rule *rule,
				 const char *name)
{
	int r = identity_probe_group(name);

	if (r == -ENOENT)
		add_unknown_group(look, rule, name);
	else if (r < 0)
		add_failure(look, rule, name, r);
}

static void check_exceptions(const struct look *look, const struct policy_rule *rule)
{
	const struct names *users = &rule->body.except_users, *groups = &rule->body.except_groups;
	size_t i;

	for (i = 0; i < users->count; i++)
		check_excepted_user(look, rule, users->list[i]);
	for (i = 0; i < groups->count; i++)
		check_excepted_group(look, rule, groups->list[i]);
}

static void check_names(const struct look *look)
{
	size_t i;

	for (i = 0; i < look->rules->rule_count; i++) {
		const struct policy_rule *rule = &look->rules->rules[i];

		look->uids[i] = UID_NONE;
		check_exceptions(look, rule);
		if (!rule->name || !lint_is_name(rule->kind, rule->name))
			continue;
		if (rule->kind == POLICY_GROUP) {
			check_group(look, rule);
			continue;
		}
		look->uids[i] = check_user(look, rule);
		if (look->uids[i] != UID_NONE)
			check_aliases(look, rule, look->uids[i]);
	}
}

/* If the main file could not be read, its settings are unknown. */
static bool has_main(const struct look *look)
{
	const char *first = look->rules->file_count ? look->rules->files[0] : "";
	const char *vendor = look->site->vendor_main;

	return strcmp(first, look->site->main) == 0 || (vendor && strcmp(first, vendor) == 0);
}

static void check_probe(const struct look *look)
{
	const char *name = look->rules->probe_group;
	size_t i;
	int r;

	if (name) {
		r = identity_probe_group(name);
		if (r == -ENOENT)
			lint_add(look->findings, CONFIG_LINT_PROBE_UNKNOWN, look->rules->files[0],
				 0, name);
		else if (r < 0)
			lint_add(look->findings, CONFIG_LINT_LOOKUP, look->rules->files[0], 0, name,
				 error_text(-r));
		return;
	}
	for (i = 0; i < look->rules->rule_count && has_main(look); i++) {
		const struct policy_rule *rule = &look->rules->rules[i];

		if (rule->kind != POLICY_GROUP || !is_group_file(look, rule))
			continue;
		lint_add(look->findings, CONFIG_LINT_PROBE_MISSING, look->site->main, 0);
		return;
	}
}

/* ---- a range of one user, whose own rules go before it ---- */

/* Has @rule a part in what @name's session of a service is given? */
static bool decides_service(const struct look *look, const struct policy_rule *rule,
			    const char *name, const char *service)
{
	const struct policy_subject subject = {
		.name = name,
		.uid = rule->uid_min,
		.service = service,
	};
	struct policy_decision decision;
	enum policy_item item;
	bool found = false;
	size_t i;

	if (policy_decide(look->rules, &subject, &decision) < 0) {
		look->findings->incomplete = true;
		return true;
	}
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		for (i = 0; i < decision.items[item].source_count; i++)
			found = found || decision.items[item].sources[i].rule == rule;
	policy_decision_clear(&decision);
	return found;
}

/* The same of a session of any service. */
static bool decides(const struct look *look, const struct policy_rule *rule, const char *name)
{
	bool found = rule->body.service_count == 0 && decides_service(look, rule, name, "");
	size_t i;

	for (i = 0; i < rule->body.service_count && !found; i++)
		found = decides_service(look, rule, name, rule->body.services[i]);
	return found;
}

/* It is of use if it decides about one of the uid's names. */
static void check_range(const struct look *look, const struct policy_rule *rule)
{
	_cleanup_(names_clear) struct names names = { 0 };
	const char *named = NULL;
	bool useful = false;
	size_t i;

	for (i = 0; i < look->rules->rule_count && !useful; i++) {
		if (look->uids[i] != rule->uid_min)
			continue;
		named = look->rules->rules[i].name;
		useful = decides(look, rule, named);
	}
	if (!named || useful || find_names(look, rule->uid_min, &names) < 0)
		return;
	for (i = 0; i < names.count && !useful; i++)
		useful = decides(look, rule, names.list[i]);
	if (!useful)
		lint_add(look->findings, CONFIG_LINT_RANGE_IDLE, rule->place.file, rule->place.line,
			 rule->uid_min, rule->uid_max, named);
}

/* ---- services ---- */

/* libpam looks for a file in lower case. */
static bool has_service_file(const struct look *look, const struct policy_rule *rule)
{
	const char *const *directory;
	char path[PATH_MAX];
	size_t i;

	for (directory = look->host->pam; *directory; directory++) {
		for (i = 0; i < rule->body.service_count; i++) {
			snprintf(path, sizeof(path), "%s/%s", *directory, rule->body.services[i]);
			policy_service_lower(path + strlen(*directory));
			if (access(path, F_OK) == 0)
				return true;
		}
	}
	return false;
}

static void check_rules(const struct look *look)
{
	size_t i;

	for (i = 0; i < look->rules->rule_count; i++) {
		const struct policy_rule *rule = &look->rules->rules[i];

		if (rule->body.service_count > 0 && !has_service_file(look, rule))
			lint_add(look->findings, CONFIG_LINT_SERVICES_UNKNOWN, rule->place.file,
				 rule->place.line, look->host->pam[0]);
		if (rule->kind == POLICY_RANGE && rule->uid_min == rule->uid_max)
			check_range(look, rule);
	}
}

/* ---- newuidmap and newgidmap ---- */

/* What they need in the bounding set, for whom a file gives ranges to. */
struct mapper {
	unsigned cap;
	const char *program;
	const char *path;
	size_t first;	     /* finding of this mapper */
	struct names groups; /* of the rules */
};

static bool takes(const struct policy_rule *rule, unsigned cap)
{
	return capset_has(lint_may_take(&rule->body, POLICY_BOUNDING), cap);
}

/* One finding for each clause, even if it affects several users. */
static bool is_known(const struct look *look, const struct mapper *mapper,
		     const struct policy_place *place)
{
	size_t i;

	for (i = mapper->first; i < look->findings->count; i++)
		if (look->findings->list[i].line == place->line &&
		    strcmp(look->findings->list[i].file, place->file) == 0)
			return true;
	return false;
}

static void check_session(const struct look *look, const struct mapper *mapper,
			  const struct policy_subject *subject, const char *owner)
{
	struct policy_decision decision;
	size_t i;

	if (policy_decide(look->rules, subject, &decision) < 0) {
		look->findings->incomplete = true;
		return;
	}
	for (i = 0; i < decision.items[POLICY_BOUNDING].source_count; i++) {
		const struct policy_source *source = &decision.items[POLICY_BOUNDING].sources[i];

		if (!capset_has(decision.items[POLICY_BOUNDING].set, mapper->cap) &&
		    capset_has(source->taken, mapper->cap) &&
		    !is_known(look, mapper, &source->place))
			lint_add(look->findings, CONFIG_LINT_NEWUIDMAP, source->place.file,
				 source->place.line, capset_cap_name(mapper->cap), mapper->path,
				 owner, mapper->program);
	}
	policy_decision_clear(&decision);
}

/* In each service of the rule, or in one that no rule names. */
static void check_rule(const struct look *look, const struct mapper *mapper,
		       const struct policy_rule *rule, struct policy_subject subject,
		       const char *owner)
{
	size_t i = 0;

	do {
		if (rule->body.service_count > 0)
			subject.service = rule->body.services[i];
		if (policy_rule_match(rule, &subject) != POLICY_NO)
			check_session(look, mapper, &subject, owner);
	} while (++i < rule->body.service_count);
}

/* A line's owner is a name or a uid; a uid's name and groups are not looked for. */
static bool find_owner(const struct look *look, const char *owner, const struct names *groups,
		       struct identity *identity)
{
	if (!is_number(owner)) {
		if (identity_find(owner, identity) < 0)
			return false;
		identity->manner = session_manner(look->rules);
		return identity_find_groups(identity, groups) == 0;
	}
	identity->uid = (uid_t)strtoul(owner, NULL, 10);
	identity->name = strdup(owner);
	return identity->name;
}

static void check_owner(const struct look *look, const struct mapper *mapper, const char *owner)
{
	_cleanup_(identity_clear) struct identity identity = { 0 };
	struct policy_subject subject;
	size_t i;

	if (!find_owner(look, owner, &mapper->groups, &identity))
		return;
	subject = session_subject(&identity);
	for (i = 0; i < look->rules->rule_count; i++)
		if (takes(&look->rules->rules[i], mapper->cap))
			check_rule(look, mapper, &look->rules->rules[i], subject, owner);
}

static void check_mapper(const struct look *look, struct mapper mapper)
{
	_cleanup_(fclosep) FILE *file = NULL;
	_cleanup_(freep) char *line = NULL;
	size_t size = 0, i;

	for (i = 0; i < look->rules->rule_count; i++)
		if (takes(&look->rules->rules[i], mapper.cap))
			break;
	if (i == look->rules->rule_count)
		return;
	if (policy_list_groups(look->rules, NULL, &mapper.groups) < 0) {
		look->findings->incomplete = true;
		return;
	}
	file = fopen(mapper.path, "re");
	mapper.first = look->findings->count;
	while (file && getline(&line, &size, file) > 0) {
		line[strcspn(line, ":\n")] = '\0';
		if (line[0] && line[0] != '#')
			check_owner(look, &mapper, line);
	}
	names_clear(&mapper.groups);
}

void lint_on_host(const struct config_site *site, const struct lint_host *host,
		  const struct policy_rules *rules, struct lint_findings *findings)
{
	_cleanup_(freep) uid_t *uids = calloc(rules->rule_count + 1, sizeof(*uids));
	struct look look = { site, host, rules, findings, uids, NULL, 0 };

	if (!uids || identity_list_file(host->passwd, &look.local, &look.local_count) == -ENOMEM) {
		findings->incomplete = true;
		return;
	}
	check_names(&look);
	check_probe(&look);
	check_rules(&look);
	check_mapper(
		&look,
		(struct mapper){ .cap = CAP_SETUID, .program = "newuidmap", .path = host->subuid });
	check_mapper(
		&look,
		(struct mapper){ .cap = CAP_SETGID, .program = "newgidmap", .path = host->subgid });
	identity_free_list(look.local, look.local_count);
}
