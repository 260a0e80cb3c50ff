// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The language of rules files: from bytes to rules, by libconfuse. */
#include "config.h"

#include <confuse.h>
#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "names.h"
#include "scan.h"
#include "base/memory.h"
#include "base/nearest.h"

/*
 * The only user of libconfuse, which takes the options tables below and keeps nothing: with
 * MULTI|TITLE a second section of the same title would replace the first, and no option knows its
 * line. So each value is read where libconfuse comes upon it, by the parse callback of its key,
 * into the body under construction; and where an outer section ends its validate callback makes a
 * rule of that body, and removes the section.
 */

/* What a set section has said so far. An empty list leaves no other trace. */
enum {
	SAID_POLICY = 1,
	SAID_KEEP = 2,
	SAID_DROP = 4,
};

/* The rules under construction. */
struct parse {
	enum config_part part;
	const char *file; /* the copy that @rules hold */
	struct config_problem *problem;
	int error;		  /* 0 until @problem is filled */
	const unsigned *sections; /* lines of the outer sections */
	size_t section_count, section;
	struct policy_body body; /* of the section being read, or of the file */
	unsigned said[POLICY_ITEM_COUNT];
	const char *excepts; /* an except key of the body; NULL without one */
	unsigned excepts_line;
	bool users_said, groups_said;
	bool default_said, system_said, unsupported_said, unknown_said;
	struct policy_rules *rules;
};

/* libconfuse's lexer is one for the process, and its callbacks are not told whom they work for. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct parse *current;

/* Returns -1. The first complaint counts: those after it follow from it. */
static int complain(enum config_message message, unsigned line, ...)
{
	va_list args;

	if (current->error)
		return -1;
	va_start(args, line);
	current->error = config_problem_vset(current->problem, message, current->file, line, args);
	va_end(args);
	return -1;
}

static unsigned line_of(const cfg_t *section)
{
	return (unsigned)section->line;
}

/* Is this the first value of its assignment? Lists call for each of theirs. */
static bool is_first(const cfg_opt_t *opt)
{
	return opt->nvalues == 1;
}

static char *copy(const char *text)
{
	char *result = strdup(text);

	if (!result)
		complain(CONFIG_NO_MEMORY, 0);
	return result;
}

/* ---- values: each callback returns 0 or, after a complaint, -1 ---- */

static struct policy_clause *mention(enum policy_item item, unsigned line)
{
	struct policy_clause *clause = &current->body.clauses[item];

	if (!clause->mentioned) {
		clause->mentioned = true;
		clause->line = line;
	}
	return clause;
}

/* A key of a set. Returns the set's clause, or NULL if the key was given before. */
static struct policy_clause *set_key(cfg_t *section, cfg_opt_t *opt, unsigned key)
{
	enum policy_item item = policy_item_named(section->name);

	if (is_first(opt) && (current->said[item] & key)) {
		complain(CONFIG_TWICE, line_of(section), opt->name);
		return NULL;
	}
	current->said[item] |= key;
	return mention(item, line_of(section));
}

static int read_policy(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	struct policy_clause *clause = set_key(section, opt, SAID_POLICY);
	enum policy_base base;

	*(void **)result = NULL;
	if (!clause)
		return -1;
	for (base = 0; base < POLICY_BASE_COUNT; base++) {
		if (strcmp(value, policy_base_name(base)) == 0) {
			clause->base = base;
			return 0;
		}
	}
	return complain(CONFIG_POLICY_WORD, line_of(section), value);
}

static int complain_of_capability(const cfg_t *section, const char *value)
{
	const char *nearest = capset_cap_nearest(value, strlen(value));
	char text[64] = "expected a capability by name, or by number 0 to 63";

	if (nearest)
		snprintf(text, sizeof(text), "did you mean '%s'?", nearest);
	return complain(CONFIG_CAPABILITY, line_of(section), value, text);
}

static int complain_of_part(const cfg_t *section, const char *value)
{
	char parts[CAPSET_TEXT];
	unsigned cap = 0;

	capset_cap_parse(value, strcspn(value, ":"), &cap);
	if (cap != CAPSET_SPLIT)
		return complain(CONFIG_NO_PARTS, line_of(section), value,
				capset_cap_name(CAPSET_SPLIT));
	return complain(CONFIG_PART, line_of(section), value, capset_cap_name(cap),
			capset_part_list(parts));
}

/*
 * Do the lists contradict each other about a capability? All of it can be kept without some of its
 * parts.
 */
static bool is_contradiction(const struct policy_clause *clause, struct capset word)
{
	const struct capset cap = capset_closure(word), keep = capset_and(clause->keep, cap),
			    drop = capset_and(clause->drop, cap);

	return !capset_is_empty(capset_and(keep, drop)) &&
	       !(capset_equal(keep, cap) && !capset_equal(drop, cap));
}

/* Add one word of a keep or drop list to its set, which is @clause's. */
static int read_capability(const cfg_t *section, const char *value,
			   const struct policy_clause *clause, struct capset *set)
{
	struct capset word;
	int r;

	if (strcmp(value, CONFIG_SCAN_NOTHING) == 0)
		return 0;
	r = capset_word_parse(value, strlen(value), &word);
	if (r == -EINVAL)
		return complain_of_capability(section, value);
	if (r < 0)
		return complain_of_part(section, value);
	if (!capset_is_whole(word) && policy_item_named(section->name) != POLICY_USERNS)
		return complain(CONFIG_PART_SET, line_of(section), value, section->name);
	*set = capset_or(*set, word);
	if (is_contradiction(clause, word))
		return complain(CONFIG_KEEP_AND_DROP, line_of(section), value);
	return 0;
}

static int read_keep(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	struct policy_clause *clause = set_key(section, opt, SAID_KEEP);

	*(void **)result = NULL;
	return clause ? read_capability(section, value, clause, &clause->keep) : -1;
}

static int read_drop(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	struct policy_clause *clause = set_key(section, opt, SAID_DROP);

	*(void **)result = NULL;
	return clause ? read_capability(section, value, clause, &clause->drop) : -1;
}

/* Returns 1 for true, 0 for false, or -1. In lower case only, as all words of the language. */
static int flag_of(const char *value)
{
	static const char *const words[] = { "false", "no", "off", "true", "yes", "on" };
	int i;

	for (i = 0; i < 6; i++)
		if (strcmp(value, words[i]) == 0)
			return i >= 3;
	return -1;
}

static int read_flag(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	enum policy_item item = policy_item_named(opt->name);
	int flag = flag_of(value);

	*(void **)result = NULL;
	if (current->body.clauses[item].mentioned)
		complain(CONFIG_TWICE, line_of(section), opt->name);
	else if (flag < 0)
		complain(CONFIG_FLAG_WORD, line_of(section), opt->name, value);
	else
		mention(item, line_of(section))->base =
			capset_is_empty(policy_item_value(item, flag)) ? POLICY_BASE_DENY
								       : POLICY_BASE_ALLOW;
	return current->error ? -1 : 0;
}

static int read_profile(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	struct policy_body *body = &current->body;

	*(void **)result = NULL;
	if (body->profile_name)
		return complain(CONFIG_TWICE, line_of(section), opt->name);
	body->profile_line = line_of(section);
	body->profile_name = copy(value);
	return body->profile_name ? 0 : -1;
}

static int read_service(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	struct policy_body *body = &current->body;

	*(void **)result = NULL;
	if (is_first(opt) && body->service_count > 0)
		return complain(CONFIG_TWICE, line_of(section), opt->name);
	if (strcmp(value, CONFIG_SCAN_NOTHING) == 0)
		return complain(CONFIG_SERVICES_EMPTY, line_of(section));
	if (strpbrk(value, " ,*"))
		return complain(CONFIG_SERVICE, line_of(section), value);
	if (array_grow(body->services, body->service_count) < 0)
		return complain(CONFIG_NO_MEMORY, 0);
	body->services[body->service_count] = copy(value);
	if (!body->services[body->service_count])
		return -1;
	body->service_count++;
	return 0;
}

/* An empty list excepts nobody. */
static int read_exception(cfg_t *section, cfg_opt_t *opt, const char *value, struct names *names,
			  bool *said)
{
	if (is_first(opt) && *said)
		return complain(CONFIG_TWICE, line_of(section), opt->name);
	*said = true;
	/* libconfuse's own copy of the name may be gone when the rule ends. */
	current->excepts = said == &current->users_said ? "except_users" : "except_groups";
	current->excepts_line = line_of(section);
	if (strcmp(value, CONFIG_SCAN_NOTHING) == 0)
		return 0;
	if (!config_names_is_name(value))
		return complain(CONFIG_NAME, line_of(section), value);
	return names_add(names, value) < 0 ? complain(CONFIG_NO_MEMORY, 0) : 0;
}

static int read_except_user(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	*(void **)result = NULL;
	return read_exception(section, opt, value, &current->body.except_users,
			      &current->users_said);
}

static int read_except_group(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	*(void **)result = NULL;
	return read_exception(section, opt, value, &current->body.except_groups,
			      &current->groups_said);
}

static int read_unsupported(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	enum policy_unsupported answer;

	*(void **)result = NULL;
	if (current->unsupported_said)
		return complain(CONFIG_TWICE, line_of(section), opt->name);
	current->unsupported_said = true;
	for (answer = 0; answer < POLICY_UNSUPPORTED_COUNT; answer++) {
		if (strcmp(value, policy_unsupported_name(answer)) == 0) {
			current->rules->when_unsupported = answer;
			return 0;
		}
	}
	return complain(CONFIG_UNSUPPORTED_WORD, line_of(section), value);
}

static int read_unknown(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	enum policy_unknown answer;

	*(void **)result = NULL;
	if (current->unknown_said)
		return complain(CONFIG_TWICE, line_of(section), opt->name);
	current->unknown_said = true;
	for (answer = 0; answer < POLICY_UNKNOWN_COUNT; answer++) {
		if (strcmp(value, policy_unknown_name(answer)) == 0) {
			current->rules->when_group_unknown = answer;
			return 0;
		}
	}
	return complain(CONFIG_UNKNOWN_WORD, line_of(section), value);
}

static int read_string(const cfg_t *section, const cfg_opt_t *opt, const char *value,
		       char **ret_string)
{
	if (*ret_string)
		return complain(CONFIG_TWICE, line_of(section), opt->name);
	*ret_string = copy(value);
	return *ret_string ? 0 : -1;
}

static int read_probe_group(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	*(void **)result = NULL;
	return read_string(section, opt, value, &current->rules->probe_group);
}

static int read_contact(cfg_t *section, cfg_opt_t *opt, const char *value, void *result)
{
	*(void **)result = NULL;
	return read_string(section, opt, value, &current->rules->contact);
}

/* ---- sections: called where one ends ---- */

static int end_set(cfg_t *section, cfg_opt_t *opt)
{
	if (cfg_opt_size(opt) < 2)
		return 0;
	return complain(CONFIG_TWICE, line_of(section), opt->name);
}

/* The line where the outer section that ends now began. */
static unsigned begin_line(void)
{
	return current->section < current->section_count ? current->sections[current->section] : 0;
}

static int read_title(const char *title, struct policy_rule *rule)
{
	if (rule->kind != POLICY_DEFAULT) {
		current->error = config_names_title(title, rule, current->problem);
		return current->error;
	}
	if (current->default_said)
		return complain(CONFIG_TWICE, rule->place.line, "default");
	current->default_said = true;
	return 0;
}

/* The body that was read goes to its rule or profile; the next one starts empty. */
static struct policy_body take_body(void)
{
	struct policy_body body = current->body;

	current->body = (struct policy_body){ 0 };
	memset(current->said, 0, sizeof(current->said));
	current->excepts = NULL;
	current->users_said = current->groups_said = false;
	return body;
}

/* Returns 0 or, after a complaint, -1; then what belongs to the rule is freed. */
static int add_rule(struct policy_rule *rule)
{
	const char *excepts = current->excepts;

	rule->body = take_body();
	if (rule->kind == POLICY_USER && excepts)
		complain(CONFIG_EXCEPTION, current->excepts_line, excepts);
	else if (policy_rules_add(current->rules, rule) == 0)
		return 0;
	else
		complain(CONFIG_NO_MEMORY, 0);
	free(rule->name);
	policy_body_clear(&rule->body);
	return -1;
}

static int add_profile(const char *name, unsigned line)
{
	struct policy_profile profile = {
		.name = copy(name),
		.place = { current->file, line },
	};

	if (!profile.name)
		return -1;
	profile.body = take_body();
	if (policy_rules_add_profile(current->rules, &profile) == 0)
		return 0;
	free(profile.name);
	policy_body_clear(&profile.body);
	return complain(CONFIG_NO_MEMORY, 0);
}

static int end_rule(cfg_opt_t *opt, enum policy_kind kind)
{
	struct policy_rule rule = { .kind = kind, .place = { current->file, begin_line() } };

	if (read_title(cfg_title(cfg_opt_getnsec(opt, 0)), &rule) < 0 || add_rule(&rule) < 0)
		return -1;
	current->section++;
	return cfg_opt_rmnsec(opt, 0);
}

static int end_default(cfg_t *root, cfg_opt_t *opt)
{
	(void)root;
	return end_rule(opt, POLICY_DEFAULT);
}

static int end_user(cfg_t *root, cfg_opt_t *opt)
{
	(void)root;
	return end_rule(opt, POLICY_USER);
}

static int end_group(cfg_t *root, cfg_opt_t *opt)
{
	(void)root;
	return end_rule(opt, POLICY_GROUP);
}

static int end_profile(cfg_t *root, cfg_opt_t *opt)
{
	(void)root;
	if (add_profile(cfg_title(cfg_opt_getnsec(opt, 0)), begin_line()) < 0)
		return -1;
	current->section++;
	return cfg_opt_rmnsec(opt, 0);
}

/* The system has a mask and no flags. Returns 0 or, after a complaint, -1. */
static int check_mask(const struct policy_body *body)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		if (!policy_item_is_set(item) && body->clauses[item].mentioned)
			return complain(CONFIG_SYSTEM_FLAG, body->clauses[item].line,
					policy_item_name(item));
	return 0;
}

static int end_system(cfg_t *root, cfg_opt_t *opt)
{
	const struct policy_body body = take_body();
	struct capset taken = policy_clause_taken(&body.clauses[POLICY_USERNS]);

	(void)root;
	if (current->system_said)
		return complain(CONFIG_TWICE, begin_line(), opt->name);
	if (check_mask(&body) < 0)
		return -1;
	current->system_said = true;
	current->rules->system_taken = capset_or(current->rules->system_taken, taken);
	current->section++;
	return cfg_opt_rmnsec(opt, 0);
}

/* Where the file is a body, it ends with the file. */
static int end_file(const char *name)
{
	struct policy_rule rule = {
		.kind = current->part == CONFIG_USER ? POLICY_USER : POLICY_GROUP,
		.place = { current->file, 1 },
	};

	if (current->part == CONFIG_PROFILE)
		return add_profile(name, 1);
	rule.name = copy(name);
	return rule.name ? add_rule(&rule) : -1;
}

/* ---- the language ---- */

#define KEY(key, read)                                                                             \
	{                                                                                          \
		.name = key, .type = CFGT_PTR, .flags = CFGF_NODEFAULT, .parsecb = read            \
	}
#define LIST(key, read)                                                                            \
	{                                                                                          \
		.name = key, .type = CFGT_PTR, .flags = CFGF_NODEFAULT | CFGF_LIST,                \
		.parsecb = read                                                                    \
	}
/* MULTI: the others are made, with all their options, whether the file has them or not. */
#define SECTION(key, keys, more, end)                                                              \
	{                                                                                          \
		.name = key, .type = CFGT_SEC, .flags = CFGF_MULTI | (more), .subopts = keys,      \
		.validcb = end                                                                     \
	}
#define SET_KEYS KEY("policy", read_policy), LIST("keep", read_keep), LIST("drop", read_drop)
#define SETS                                                                                       \
	SECTION("bounding", set_keys, CFGF_NONE, end_set),                                         \
		SECTION("inheritable", set_keys, CFGF_NONE, end_set),                              \
		SECTION("userns", userns_keys, CFGF_NONE, end_set)

#define FLAG(id, name, ...) KEY(#name, read_flag),

static cfg_opt_t set_keys[] = { SET_KEYS, CFG_END() };
static cfg_opt_t userns_keys[] = { SET_KEYS, POLICY_USERNS_FLAGS(FLAG) CFG_END() };
static cfg_opt_t profile_keys[] = { KEY("profile", read_profile), SETS,
				    POLICY_RULE_FLAGS(FLAG) CFG_END() };
static cfg_opt_t rule_keys[] = { KEY("profile", read_profile),
				 LIST("services", read_service),
				 LIST("except_users", read_except_user),
				 LIST("except_groups", read_except_group),
				 SETS,
				 POLICY_RULE_FLAGS(FLAG) CFG_END() };
static cfg_opt_t system_keys[] = { SECTION("userns", userns_keys, CFGF_NONE, end_set), CFG_END() };
#define SECTIONS                                                                                   \
	SECTION("default", rule_keys, CFGF_NONE, end_default),                                     \
		SECTION("user", rule_keys, CFGF_TITLE, end_user),                                  \
		SECTION("group", rule_keys, CFGF_TITLE, end_group),                                \
		SECTION("profile", profile_keys, CFGF_TITLE, end_profile),                         \
		SECTION("system", system_keys, CFGF_NONE, end_system)

static cfg_opt_t dropin_keys[] = { SECTIONS, CFG_END() };
static cfg_opt_t main_keys[] = { KEY("when_unsupported", read_unsupported),
				 KEY("when_group_unknown", read_unknown),
				 KEY("probe_group", read_probe_group),
				 KEY("contact", read_contact),
				 SECTIONS,
				 CFG_END() };

static cfg_opt_t *const part_keys[CONFIG_PART_COUNT] = {
	[CONFIG_MAIN] = main_keys,  [CONFIG_DROPIN] = dropin_keys,   [CONFIG_USER] = rule_keys,
	[CONFIG_GROUP] = rule_keys, [CONFIG_PROFILE] = profile_keys,
};

/* Is such a file the body of one rule or profile? */
static bool is_body(enum config_part part)
{
	return part == CONFIG_USER || part == CONFIG_GROUP || part == CONFIG_PROFILE;
}

/*
 * libconfuse copies all options for each section, and all that exist for the file. That is most of
 * its work. So it gets only the options whose names may occur.
 */
struct keys {
	cfg_opt_t root[sizeof(main_keys) / sizeof(*main_keys)];
	cfg_opt_t rule[sizeof(rule_keys) / sizeof(*rule_keys)];
	cfg_opt_t profile[sizeof(profile_keys) / sizeof(*profile_keys)];
	cfg_opt_t system[sizeof(system_keys) / sizeof(*system_keys)];
	cfg_opt_t userns[sizeof(userns_keys) / sizeof(*userns_keys)];
	cfg_opt_t set[sizeof(set_keys) / sizeof(*set_keys)];
};

static cfg_opt_t *chosen_for(struct keys *keys, const cfg_opt_t *section_keys)
{
	return section_keys == rule_keys      ? keys->rule
	       : section_keys == profile_keys ? keys->profile
	       : section_keys == system_keys  ? keys->system
	       : section_keys == userns_keys  ? keys->userns
					      : keys->set;
}

static void choose(struct keys *keys, cfg_opt_t *chosen, const cfg_opt_t *all,
		   const struct config_text *text)
{
	for (; all->name; all++) {
		if (!config_text_may_have(text, all->name))
			continue;
		*chosen = *all;
		if (all->type == CFGT_SEC)
			chosen->subopts = chosen_for(keys, all->subopts);
		chosen++;
	}
	*chosen = *all;
}

static void choose_keys(struct keys *keys, enum config_part part, const struct config_text *text)
{
	choose(keys, keys->set, set_keys, text);
	choose(keys, keys->userns, userns_keys, text);
	choose(keys, keys->system, system_keys, text);
	choose(keys, keys->profile, profile_keys, text);
	choose(keys, keys->rule, rule_keys, text);
	choose(keys, keys->root, part_keys[part], text);
}

/* All keys of the section of that name, those not chosen as well; NULL where it is the file. */
static const cfg_opt_t *keys_of(const cfg_opt_t *keys, const char *section)
{
	const cfg_opt_t *found = NULL;

	for (; keys->name && !found; keys++)
		if (keys->type == CFGT_SEC)
			found = strcmp(keys->name, section) == 0 ? keys->subopts
								 : keys_of(keys->subopts, section);
	return found;
}

/* ---- libconfuse ---- */

/*
 * libconfuse's lexer ends the process if it gets no memory. So check first that this many bytes are
 * available; it needs some 20 KB at once.
 */
#define LEXER_MEMORY (64 * 1024)

/* The key that was probably meant, where @text is libconfuse's "no such option 'KEY'". */
static const char *nearest_key(const cfg_opt_t *keys, const char *text)
{
	const char *begin = strchr(text, '\''), *end = strrchr(text, '\'');
	struct nearest nearest;

	if (strncmp(text, "no such option", strlen("no such option")) != 0 || begin == end)
		return NULL;
	nearest = nearest_begin(begin + 1, (size_t)(end - begin - 1));
	for (; keys->name; keys++)
		nearest_try(&nearest, keys->name);
	return nearest.best;
}

/* libconfuse's words, and what could stand in that section. */
__attribute__((format(printf, 2, 0))) static void note_error(cfg_t *section, const char *format,
							     va_list args)
{
	const cfg_opt_t *keys = keys_of(part_keys[current->part], section->name), *key;
	char text[CONFIG_TEXT];
	const char *nearest;
	size_t used = 0;

	if (!keys)
		keys = part_keys[current->part];
	vsnprintf(text, CONFIG_TEXT / 2, format, args);
	used = strlen(text);
	nearest = nearest_key(keys, text);
	if (nearest)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "; did you mean '%s'?",
					 nearest);
	for (key = keys; key->name && used < sizeof(text); key++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
					 key != keys ? ", "
					 : nearest   ? " Keys and sections here: "
						     : "; keys and sections here: ",
					 key->name);
	complain(CONFIG_SYNTAX, line_of(section), text);
}

/*
 * Returns 0, or -1 with a complaint or without: libconfuse says nothing when it has no memory, and
 * then its tree has dangling pointers, so it is not freed.
 */
static int parse_stream(const struct config_text *text, FILE *stream)
{
	struct keys keys;
	cfg_t *root;
	int r;

	if (!memory_has(LEXER_MEMORY))
		return -1;
	choose_keys(&keys, current->part, text);
	root = cfg_init(keys.root, CFGF_NONE);
	if (!root)
		return -1;
	cfg_set_error_function(root, note_error);
	r = cfg_parse_fp(root, stream);
	if (r == CFG_SUCCESS || current->error)
		cfg_free(root);
	return r == CFG_SUCCESS && !current->error ? 0 : -1;
}

/* Messages of libconfuse and of the C library are translated, by the calling thread's locale. */
static int parse_text(const struct config_text *text)
{
	_cleanup_(fclosep) FILE *stream = fmemopen(text->bytes, text->len, "r");
	locale_t locale, previous;
	int r;

	if (!stream)
		return -1;
	locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!locale)
		return -1;
	previous = uselocale(locale);
	r = parse_stream(text, stream);
	uselocale(previous);
	freelocale(locale);
	return r;
}

/* libconfuse is not called for a file of comments only. */
static void parse_locked(struct parse *parse, const char *name, const struct config_text *text)
{
	pthread_mutex_lock(&lock);
	current = parse;
	if (text->has_tokens && parse_text(text) < 0)
		complain(CONFIG_NO_MEMORY, 0);
	else if (is_body(parse->part))
		end_file(name);
	else if (parse->section != parse->section_count)
		complain(CONFIG_SYNTAX, 0, "not every section was read");
	current = NULL;
	pthread_mutex_unlock(&lock);
}

/* Undo what a file has added so far. Only a main file has settings other than the mask. */
static void undo(struct parse *parse, const struct policy_rules *before)
{
	struct policy_rules *rules = parse->rules;

	policy_body_clear(&parse->body);
	policy_rules_truncate(rules, before->rule_count, before->profile_count);
	rules->system_taken = before->system_taken;
	free(rules->files[--rules->file_count]);
	if (parse->part != CONFIG_MAIN)
		return;
	rules->when_unsupported = before->when_unsupported;
	rules->when_group_unknown = before->when_group_unknown;
	free(rules->probe_group);
	rules->probe_group = NULL;
	free(rules->contact);
	rules->contact = NULL;
}

static int parse_into(struct parse *parse, const char *name, const char *file,
		      const struct config_text *text)
{
	const struct policy_rules before = *parse->rules;

	parse->file = policy_rules_add_file(parse->rules, file);
	if (!parse->file)
		return config_problem_set(parse->problem, CONFIG_NO_MEMORY, file, 0);
	parse->sections = text->sections;
	parse->section_count = text->section_count;
	parse_locked(parse, name, text);
	if (parse->error)
		undo(parse, &before);
	return parse->error;
}

int config_parse(enum config_part part, const char *name, const char *file, const char *bytes,
		 size_t len, struct policy_rules *rules, struct config_problem *ret_problem)
{
	_cleanup_(config_text_clear) struct config_text text = { 0 };
	struct parse parse = { .part = part, .problem = ret_problem, .rules = rules };
	int r;

	if (len > CONFIG_SIZE_MAX)
		return config_problem_set(ret_problem, CONFIG_TOO_LARGE, file, 0, CONFIG_SIZE_MAX);
	r = config_scan(file, bytes, len, &text, ret_problem);
	return r < 0 ? r : parse_into(&parse, name, file, &text);
}
