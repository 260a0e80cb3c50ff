// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* diff: what other rules would change, and for whom. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error_text.h"
#include "command.h"
#include "inspect/diff.h"
#include "json.h"
#include "print.h"
#include "session/session.h"

/* So many names, and so many capabilities, are shown one by one. */
#define SHOWN_MAX 8

/* The changes from @first on that are the same but for the name. */
static size_t count_same(const struct diff *diff, size_t first)
{
	size_t i = first;

	while (i < diff->change_count &&
	       diff_compare_changes(&diff->changes[first], &diff->changes[i]) == 0)
		i++;
	return i - first;
}

/* Everything that is not about somebody. */
struct setting {
	const char *name;
	const char *old, *new; /* NULL: none */
};

#define SETTINGS 5

/* Those that change. */
struct settings {
	struct setting list[SETTINGS];
	size_t count;
	char masks[2][CAPSET_TEXT]; /* for the list to point to */
};

static void add_setting(struct settings *settings, const char *name, const char *old,
			const char *new)
{
	settings->list[settings->count++] = (struct setting){ name, old, new };
}

static const char *mask_text(const struct policy_rules *rules, unsigned last,
			     char text[static CAPSET_TEXT])
{
	/* The mask knows no parts. */
	return capset_format(capset_whole(capset_minus(CAPSET_ALL, rules->system_taken)), last,
			     text);
}

/* One that is given in one of the two only, or in another way. NULL: not given. */
static void compare_text(struct settings *settings, const char *name, const char *old,
			 const char *new)
{
	if (!old != !new || (old && strcmp(old, new) != 0))
		add_setting(settings, name, old, new);
}

static void find_settings(const struct diff *diff, struct settings *settings)
{
	const struct policy_rules *old = &diff->sides[0].rules, *new = &diff->sides[1].rules;
	const char *old_mask = mask_text(old, diff->last, settings->masks[0]);
	const char *new_mask = mask_text(new, diff->last, settings->masks[1]);

	settings->count = 0;
	if (old->when_group_unknown != new->when_group_unknown)
		add_setting(settings, "when_group_unknown",
			    policy_unknown_name(old->when_group_unknown),
			    policy_unknown_name(new->when_group_unknown));
	if (old->when_unsupported != new->when_unsupported)
		add_setting(settings, "when_unsupported",
			    policy_unsupported_name(old->when_unsupported),
			    policy_unsupported_name(new->when_unsupported));
	compare_text(settings, "probe_group", old->probe_group, new->probe_group);
	compare_text(settings, "contact", old->contact, new->contact);
	if (strcmp(old_mask, new_mask) != 0)
		add_setting(settings, "system userns", old_mask, new_mask);
}

/* ---- text ---- */

static void print_names(const struct diff *diff, size_t first, size_t count)
{
	size_t shown = count > SHOWN_MAX ? SHOWN_MAX : count, i;

	printf("%s%s ", diff->changes[first].kind == DIFF_USER ? "user" : "group",
	       count > 1 ? "s" : "");
	for (i = 0; i < shown; i++)
		printf("%s%s", i ? ", " : "", diff->changes[first + i].name);
	if (shown < count)
		printf(" and %zu others", count - shown);
}

static void print_services(const char *services)
{
	bool others = services[0] == '\n' || !services[0];
	const char *first = services + (services[0] == '\n'), *name;
	size_t len;

	if (strcmp(services, "*") == 0 || !*first) {
		printf(", %s: ", *first ? "every service" : "services that no rule names");
		return;
	}
	printf(", service%s", others || strchr(first, '\n') ? "s" : "");
	for (name = first; *name; name += len + (name[len] != '\0')) {
		len = strcspn(name, "\n");
		printf("%s %.*s", name == first ? "" : ",", (int)len, name);
	}
	fputs(others ? " and those that no rule names: " : ": ", stdout);
}

static void print_caps(const struct diff *diff, char sign, struct capset set)
{
	char text[CAPSET_TEXT], number[12];
	unsigned cap;

	if (capset_count(set) > SHOWN_MAX) {
		printf(" %c[%s]", sign, capset_format(set, diff->last, text));
		return;
	}
	for (cap = 0; cap <= diff->last; cap++)
		if (capset_has(set, cap))
			printf(" %c%s", sign, capset_cap_text(cap, number));
}

static void print_change(const struct diff *diff, size_t first, size_t count)
{
	const struct diff_change *change = &diff->changes[first];

	print_names(diff, first, count);
	print_services(change->services);
	fputs(policy_item_name(change->item), stdout);
	if (policy_item_is_set(change->item)) {
		print_caps(diff, '-', change->removed);
		print_caps(diff, '+', change->added);
	} else {
		printf(" %s", policy_item_flag(change->item, change->added) ? "true" : "false");
	}
	putchar('\n');
}

static const char *or_none(const char *text)
{
	return text ? text : "none";
}

static int print_text(const struct diff *diff)
{
	struct settings settings;
	size_t lines, i, count;

	find_settings(diff, &settings);
	for (lines = 0; lines < settings.count; lines++) {
		const struct setting *setting = &settings.list[lines];

		printf("%s: %s, was %s\n", setting->name, or_none(setting->new),
		       or_none(setting->old));
	}
	for (i = 0; i < diff->change_count; i += count, lines++) {
		count = count_same(diff, i);
		print_change(diff, i, count);
	}
	if (lines > 0)
		printf("changes: %zu (users: %zu, groups: %zu)\n", lines, diff->changed[DIFF_USER],
		       diff->changed[DIFF_GROUP]);
	return CTL_OK;
}

/* ---- JSON ---- */

static json_t *names_json(const struct diff *diff, size_t first, size_t count)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		ctl_json_append(&list, ctl_json_text(diff->changes[first + i].name));
	return list;
}

static json_t *services_json(const char *services)
{
	_cleanup_(freep) char *copy = strdup(services);
	json_t *list = json_array();
	char *rest = copy;
	const char *name;

	while ((name = strsep(&rest, "\n")))
		ctl_json_append(&list, ctl_json_text(name));
	if (!copy)
		ctl_json_append(&list, NULL);
	return list;
}

static json_t *change_json(const struct diff *diff, size_t first, size_t count)
{
	const struct diff_change *change = &diff->changes[first];
	const char *kind = change->kind == DIFF_USER ? "users" : "groups";
	const char *item = policy_item_name(change->item);
	json_t *names = names_json(diff, first, count);
	json_t *services = services_json(change->services);
	struct ctl_caps caps;

	ctl_caps_sort(&caps, diff->last);
	if (policy_item_is_set(change->item))
		return json_pack("{s:o, s:o, s:s, s:o, s:o}", kind, names, "services", services,
				 "item", item, "removed", ctl_json_names(&caps, change->removed),
				 "added", ctl_json_names(&caps, change->added));
	return json_pack("{s:o, s:o, s:s, s:b}", kind, names, "services", services, "item", item,
			 "value", policy_item_flag(change->item, change->added));
}

static json_t *text_or_null(const char *text)
{
	return text ? ctl_json_text(text) : json_null();
}

static int print_json(const struct diff *diff)
{
	json_t *changes = json_array(), *list = json_array();
	struct settings settings;
	size_t i, count;

	find_settings(diff, &settings);
	for (i = 0; i < settings.count; i++) {
		const struct setting *setting = &settings.list[i];

		ctl_json_append(&list, json_pack("{s:s, s:o, s:o}", "name", setting->name, "old",
						 text_or_null(setting->old), "new",
						 text_or_null(setting->new)));
	}
	for (i = 0; i < diff->change_count; i += count) {
		count = count_same(diff, i);
		ctl_json_append(&changes, change_json(diff, i, count));
	}
	return ctl_print_json(json_pack("{s:i, s:I, s:I, s:o, s:o}", "version", 1, "users",
					(json_int_t)diff->changed[DIFF_USER], "groups",
					(json_int_t)diff->changed[DIFF_GROUP], "settings", list,
					"changes", changes));
}

/* ---- the command ---- */

static int complain(const struct diff_problem *problem, int error)
{
	const struct config_problem *config = &problem->config;

	if (config->error)
		return ctl_complain(config->file, config->line, config->severity, config->text);
	if (problem->name)
		return ctl_error("can't look up '%s': %s", problem->name, error_text(-error));
	return ctl_error("can't list users and groups: %s", error_text(-error));
}

static int diff(const char *old, const char *new, const char *service, bool json, bool exit_code)
{
	_cleanup_(diff_clear) struct diff diff = {
		.sides = { { .site = session_site(old, true) },
			   { .site = session_site(new, true) } },
		.service = service,
	};
	struct settings settings;
	struct diff_problem problem;
	int r = ctl_find_last(&diff.last);

	if (r != CTL_OK)
		return r;
	r = diff_find(&diff, &problem);
	if (r < 0)
		return complain(&problem, r);
	r = json ? print_json(&diff) : print_text(&diff);
	find_settings(&diff, &settings);
	if (r == CTL_OK && exit_code && (diff.change_count || settings.count))
		return CTL_FAILED;
	return r;
}

enum { SERVICE, JSON, EXIT_CODE };

static const struct command_option options[] = {
	[SERVICE] = { .name = "service",
		      .value = "NAME",
		      .words = WORDS_SERVICE,
		      .help = "compare sessions of this PAM service only" },
	[JSON] = OPTION_JSON,
	[EXIT_CODE] = { .name = "exit-code", .help = "exit with 1 if anything changes" },
	{ .name = NULL },
};

static int run(const struct command_call *call)
{
	return diff(call->operands[0], call->operands[1], call->values[SERVICE], call->values[JSON],
		    call->values[EXIT_CODE]);
}

const struct command command_diff = {
	.name = "diff",
	.operands = "OLD NEW",
	.operands_min = 2,
	.operands_max = 2,
	.words = WORDS_FILE,
	.summary = "show what other rules would change, and for whom",
	.options = options,
	.run = run,
};
