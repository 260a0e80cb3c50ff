// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What of the rules does not fit the host: its users, groups and services. */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core/policy.h"
#include "error_text.h"
#include "identity.h"
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
};

struct look {
	const struct config_site *site;
	const struct lint_host *host;
	const struct policy_rules *rules;
	struct lint_findings *findings;
	uid_t *uids; /* of the user that each rule names, else UID_NONE */
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

static void add_failure(const struct look *look, const struct policy_rule *rule, int error)
{
	lint_add(look->findings, CONFIG_LINT_LOOKUP, rule->place.file, rule->place.line, rule->name,
		 error_text(-error));
}

/* ---- users and groups ---- */

static uid_t check_user(const struct look *look, const struct policy_rule *rule)
{
	_cleanup_(identity_clear) struct identity identity = { 0 };
	int r = identity_find(rule->name, &identity);

	if (r == -ENOENT)
		add_at(look,
		       is_number(rule->name) ? CONFIG_LINT_USER_NUMBER : CONFIG_LINT_USER_UNKNOWN,
		       rule);
	else if (r < 0)
		add_failure(look, rule, r);
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

static void check_group(const struct look *look, const struct policy_rule *rule)
{
	_cleanup_(freep) char *name = NULL;
	int r = identity_group_name(rule->name, &name);

	if (r == -ENOENT)
		add_at(look, CONFIG_LINT_GROUP_UNKNOWN, rule);
	else if (r < 0)
		add_failure(look, rule, r);
	else if (strcmp(name, rule->name) != 0 && is_group_file(look, rule))
		lint_add(look->findings, CONFIG_LINT_GROUP_OTHER_NAME, rule->place.file, 0,
			 rule->name, name);
}

static void check_names(const struct look *look)
{
	size_t i;

	for (i = 0; i < look->rules->rule_count; i++) {
		const struct policy_rule *rule = &look->rules->rules[i];

		look->uids[i] = UID_NONE;
		if (!rule->name || !lint_is_name(rule->kind, rule->name))
			continue;
		if (rule->kind == POLICY_USER)
			look->uids[i] = check_user(look, rule);
		else
			check_group(look, rule);
	}
}

/* Of a main file that could not be read nobody knows what it says. */
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
static bool decides(const struct look *look, const struct policy_rule *rule, const char *name,
		    const char *service)
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

static void check_range(const struct look *look, const struct policy_rule *rule)
{
	bool useful = rule->body.service_count == 0;
	const char *name = NULL;
	size_t i;

	for (i = 0; i < look->rules->rule_count && !name; i++)
		if (look->uids[i] == rule->uid_min)
			name = look->rules->rules[i].name;
	if (!name)
		return;
	if (useful)
		useful = decides(look, rule, name, "");
	for (i = 0; i < rule->body.service_count && !useful; i++)
		useful = decides(look, rule, name, rule->body.services[i]);
	if (!useful)
		lint_add(look->findings, CONFIG_LINT_RANGE_IDLE, rule->place.file, rule->place.line,
			 rule->uid_min, rule->uid_max, name);
}

/* ---- services ---- */

static bool has_service_file(const struct look *look, const struct policy_rule *rule)
{
	const char *const *directory;
	char path[PATH_MAX];
	size_t i;

	for (directory = look->host->pam; *directory; directory++) {
		for (i = 0; i < rule->body.service_count; i++) {
			snprintf(path, sizeof(path), "%s/%s", *directory, rule->body.services[i]);
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
	size_t first; /* finding of this mapper */
};

static bool takes(const struct policy_rule *rule, unsigned cap)
{
	return capset_has(lint_may_take(&rule->body, POLICY_BOUNDING), cap);
}

/* One finding for each clause, whomever else it hits. */
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

/* A line's owner is a name or a uid; a uid's name and groups are not looked for. */
static bool find_owner(const char *owner, struct identity *identity)
{
	if (!is_number(owner))
		return identity_find(owner, identity) == 0 && identity_list_groups(identity) == 0;
	identity->uid = (uid_t)strtoul(owner, NULL, 10);
	identity->name = strdup(owner);
	return identity->name;
}

static void check_owner(const struct look *look, const struct mapper *mapper, const char *owner)
{
	_cleanup_(identity_clear) struct identity identity = { 0 };
	struct policy_subject subject = { .service = "" };
	size_t i;

	if (!find_owner(owner, &identity))
		return;
	subject.name = identity.name;
	subject.uid = identity.uid;
	subject.groups = (const char *const *)identity.groups;
	subject.group_count = identity.group_count;
	for (i = 0; i < look->rules->rule_count; i++) {
		const struct policy_rule *rule = &look->rules->rules[i];

		if (!takes(rule, mapper->cap))
			continue;
		subject.service = rule->body.service_count ? rule->body.services[0] : "";
		if (policy_rule_matches(rule, &subject))
			check_session(look, mapper, &subject, owner);
	}
}

static void check_mapper(const struct look *look, struct mapper mapper)
{
	_cleanup_(fclosep) FILE *file = NULL;
	_cleanup_(freep) char *line = NULL;
	size_t size = 0, i;

	for (i = 0; i < look->rules->rule_count; i++)
		if (takes(&look->rules->rules[i], mapper.cap))
			break;
	if (i < look->rules->rule_count)
		file = fopen(mapper.path, "re");
	mapper.first = look->findings->count;
	while (file && getline(&line, &size, file) > 0) {
		line[strcspn(line, ":\n")] = '\0';
		if (line[0] && line[0] != '#')
			check_owner(look, &mapper, line);
	}
}

void lint_on_host(const struct config_site *site, const struct lint_host *host,
		  const struct policy_rules *rules, struct lint_findings *findings)
{
	_cleanup_(freep) uid_t *uids = calloc(rules->rule_count + 1, sizeof(*uids));
	const struct look look = { site, host, rules, findings, uids };

	if (!uids) {
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
}
