// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What a word could become, from the tables of options: for bash, zsh and fish. */
#include "complete.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "inspect/identity_list.h"
#include "inspect/lint.h"
#include "inspect/proc.h"
#include "options.h"
#include "session/session.h"

/* The word that is completed. */
struct completion {
	const char *word;
	int before_len;	   /* of it, what is kept as it is: "--userns=all," for instance */
	const char *typed; /* the rest, which a candidate has to begin with */
	const struct command *const *commands;
	const char *conf; /* the main rules file that the call names; NULL: the site's */
};

/* What a shell could take for something else than a part of a word is left out. */
static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return false;
	return true;
}

static void offer(const struct completion *completion, const char *head, const char *tail,
		  const char *description)
{
	size_t len = strlen(head), typed_len = strlen(completion->typed);
	bool fits = typed_len <= len
			    ? strncmp(head, completion->typed, typed_len) == 0
			    : strncmp(completion->typed, head, len) == 0 &&
				      strncmp(tail, completion->typed + len, typed_len - len) == 0;

	if (!fits || !is_plain(head) || !is_plain(tail))
		return;
	printf("%.*s%s%s", completion->before_len, completion->word, head, tail);
	if (description)
		printf("\t%s", description);
	putchar('\n');
}

/* ---- kinds of words ---- */

static void offer_commands(const struct completion *completion)
{
	const struct command *const *command;

	for (command = completion->commands; *command; command++)
		offer(completion, (*command)->name, "", (*command)->summary);
}

static void offer_choices(const struct completion *completion, const char *const *choices)
{
	for (; choices && *choices; choices++)
		offer(completion, *choices, "", NULL);
}

static void offer_pids(const struct completion *completion)
{
	_cleanup_(freep) unsigned *ids = NULL;
	char text[16], name[PROC_NAME];
	size_t count, i;

	if (proc_list("/proc", &ids, &count) < 0)
		return;
	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%u", ids[i]);
		if (proc_read_name("/proc", ids[i], name) == 0)
			offer(completion, text, "", name);
	}
}

/* @list: lists users or groups. */
static void offer_identities(const struct completion *completion, const char *head,
			     int (*list)(struct identity **ret_list, size_t *ret_count))
{
	struct identity *identities;
	size_t count, i;

	if (list(&identities, &count) < 0)
		return;
	for (i = 0; i < count; i++)
		offer(completion, head, identities[i].name, NULL);
	identity_free_list(identities, count);
}

static void offer_services(const struct completion *completion)
{
	const char *const *directory;

	for (directory = lint_host.pam; *directory; directory++) {
		_cleanup_(closedirp) DIR *listing = opendir(*directory);
		const struct dirent *entry;

		while (listing && (entry = readdir(listing)))
			if (entry->d_name[0] != '.')
				offer(completion, entry->d_name, "", NULL);
	}
}

/* Go on with what is typed behind @separator, where that is in it at all. */
static void skip_to(struct completion *completion, const char *separator)
{
	if (!separator)
		return;
	completion->before_len += (int)(separator + 1 - completion->typed);
	completion->typed = separator + 1;
}

/* Each is the only word of a set. */
static void offer_parts(const struct completion *completion, const char *sign)
{
	char word[CAPSET_WORD];
	unsigned part, cap;

	for (part = 0; part < CAPSET_PARTS; part++) {
		unsigned next = 0;

		if (capset_next(capset_make(0, UINT64_C(1) << part), &next, &cap, word))
			offer(completion, sign, word, NULL);
	}
}

/* The part after the last comma, with a sign; before it "all" or "none". */
static void offer_set(struct completion completion)
{
	bool adds = strncasecmp(completion.typed, "none", 4) == 0;
	const char *comma = strrchr(completion.typed, ',');
	unsigned cap;

	puts(":nospace"); /* more may follow */
	if (!comma) {
		offer(&completion, "all", "", "every capability");
		offer(&completion, "none", "", "no capability");
		return;
	}
	skip_to(&completion, comma);
	if (*completion.typed)
		adds = *completion.typed == '+';
	if (strchr(completion.typed, ':')) {
		offer_parts(&completion, adds ? "+" : "-");
		return;
	}
	for (cap = 0; cap < CAPSET_SIZE && capset_cap_name(cap); cap++)
		offer(&completion, adds ? "+" : "-", capset_cap_name(cap), NULL);
}

static void offer_groups(struct completion completion)
{
	skip_to(&completion, strrchr(completion.typed, ','));
	offer_identities(&completion, "", identity_list_all_groups);
}

/* What can be edited: what has a file; and users and groups, which could have one. */
static void offer_rules(const struct completion *completion)
{
	const struct config_site site = session_site(completion->conf, true);
	struct config_problem problem;
	enum config_part part;

	for (part = CONFIG_DROPIN; part < CONFIG_PART_COUNT; part++) {
		const char *directory = config_part_directory(part);
		char head[32];
		_cleanup_(names_clear) struct names names = { 0 };
		size_t i;

		snprintf(head, sizeof(head), "%s%s", directory, *directory ? "/" : "");
		if (*directory && !strchr(completion->typed, '/'))
			offer(completion, head, "", NULL);
		if (*directory && strncmp(completion->typed, head, strlen(head)) != 0)
			continue;
		if (part == CONFIG_USER)
			offer_identities(completion, head, identity_list_users);
		if (part == CONFIG_GROUP)
			offer_identities(completion, head, identity_list_all_groups);
		if (config_list(&site, part, &names, &problem) < 0)
			continue;
		for (i = 0; i < names.count; i++)
			offer(completion, head, names.list[i], NULL);
	}
}

static void offer_words(const struct completion *completion, enum command_words words,
			const char *const *choices)
{
	switch (words) {
	case WORDS_COMMAND:
		offer_commands(completion);
		break;
	case WORDS_CHOICES:
		offer_choices(completion, choices);
		break;
	case WORDS_FILE:
		puts(":files");
		break;
	case WORDS_PROGRAM:
		puts(":programs");
		break;
	case WORDS_PID:
		offer_pids(completion);
		break;
	case WORDS_USER:
		offer_identities(completion, "", identity_list_users);
		break;
	case WORDS_GROUPS:
		offer_groups(*completion);
		break;
	case WORDS_SERVICE:
		offer_services(completion);
		break;
	case WORDS_SET:
		offer_set(*completion);
		break;
	case WORDS_RULES:
		offer_rules(completion);
		break;
	case WORDS_NONE:
		break;
	}
}

/* ---- the call ---- */

static const struct command *find_command(const struct command *const *commands, const char *name)
{
	for (; *commands; commands++)
		if (strcmp((*commands)->name, name) == 0)
			return *commands;
	return NULL;
}

static void offer_options(const struct completion *completion, const struct command *command)
{
	const struct command_option *option;
	char text[48];

	for (option = command->options; option->name; option++) {
		snprintf(text, sizeof(text), "--%s%s", option->name, option->value ? "=" : "");
		offer(completion, text, "", option->help);
	}
	offer(completion, "--help", "", "show help about this command");
}

/* The option whose value the next word is: "--name", where it takes one. NULL: there is none. */
static const struct command_option *find_asking(const struct command *command, const char *word)
{
	const struct command_option *option = options_find(command, word);

	return option && option->value && !strchr(word, '=') ? option : NULL;
}

/* What an earlier "--conf FILE" or "--conf=FILE" has said. */
static const char *find_conf(int count, char **words)
{
	int i;

	for (i = 1; i + 1 < count; i++) {
		if (strcmp(words[i], "--conf") == 0 && i + 2 < count)
			return words[i + 1];
		if (strncmp(words[i], "--conf=", 7) == 0)
			return words[i] + 7;
	}
	return NULL;
}

/* Has the program of a "run" begun before the last word? */
static bool is_in_program(const struct command *command, int count, char **words)
{
	int i;

	for (i = 1; i + 1 < count; i++) {
		if (strcmp(words[i], "--") == 0 || words[i][0] != '-')
			return i + 2 < count || words[i][0] != '-';
		if (find_asking(command, words[i]))
			i++;
	}
	return false;
}

static void complete_for(struct completion completion, const struct command *command, int count,
			 char **words)
{
	const char *word = words[count - 1], *before = words[count - 2];
	const struct command_option *option = find_asking(command, before);
	const char *equals = strchr(word, '=');

	completion.conf = find_conf(count, words);
	if (option) {
		offer_words(&completion, option->words, option->choices);
	} else if (command->words == WORDS_PROGRAM && is_in_program(command, count, words)) {
		puts(":files");
	} else if (word[0] == '-' && equals) {
		option = options_find(command, word);
		skip_to(&completion, equals);
		if (option && option->value)
			offer_words(&completion, option->words, option->choices);
	} else if (word[0] == '-') {
		offer_options(&completion, command);
	} else {
		offer_words(&completion, command->words, NULL);
	}
}

int complete(const struct command *const *commands, int count, char **words)
{
	const char *word = count ? words[count - 1] : "";
	const struct completion completion = { .word = word, .typed = word, .commands = commands };
	const struct command *command;

	if (count < 2) {
		offer_commands(&completion);
		offer(&completion, "--help", "", "show help");
		offer(&completion, "--version", "", "show the version");
		return CTL_OK;
	}
	command = find_command(commands, words[0]);
	if (!command)
		return CTL_OK;
	if (command->make_options)
		command->make_options();
	complete_for(completion, command, count, words);
	return CTL_OK;
}
