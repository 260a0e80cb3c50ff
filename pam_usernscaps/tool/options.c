// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* A command's words, by its table of options: parsing them, and help about them. */
#include "options.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "print.h"

/* ---- parsing ---- */

const struct command_option *options_find(const struct command *command, const char *word)
{
	const struct command_option *option;
	size_t len = strcspn(word, "=");

	if (strncmp(word, "--", 2) != 0)
		return NULL;
	for (option = command->options; option->name; option++)
		if (strlen(option->name) + 2 == len &&
		    strncmp(option->name, word + 2, len - 2) == 0)
			return option;
	return NULL;
}

static int refuse_option(const struct command *command, const char *word, size_t len)
{
	struct nearest nearest = nearest_begin(word + 2, len - 2);
	const struct command_option *option;

	nearest_try(&nearest, "help");
	for (option = command->options; option->name; option++) {
		nearest_try(&nearest, option->name);
		/* Somebody used to abbreviations. */
		if (!nearest.best && strncmp(option->name, word + 2, len - 2) == 0)
			nearest.best = option->name;
	}
	if (nearest.best)
		return ctl_usage_error(command->name, "unknown option '%.*s'; did you mean '--%s'?",
				       (int)len, word, nearest.best);
	return ctl_usage_error(command->name, "unknown option '%.*s'", (int)len, word);
}

static int check_choice(const struct command *command, const struct command_option *option,
			const char *value)
{
	struct nearest nearest = nearest_begin(value, strlen(value));
	const char *const *choice, *separator = "";
	char list[128] = "";
	size_t used = 0;

	for (choice = option->choices; *choice; choice++) {
		if (strcmp(*choice, value) == 0)
			return CTL_OK;
		nearest_try(&nearest, *choice);
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
						 separator, *choice);
		separator = choice[1] && !choice[2] ? " or " : ", ";
	}
	if (nearest.best)
		return ctl_usage_error(command->name, "--%s=%s: did you mean '%s'?", option->name,
				       value, nearest.best);
	return ctl_usage_error(command->name, "--%s=%s: expected %s", option->name, value, list);
}

/* @next: the word after it. Returns how many words it takes; 0 after a complaint. */
static int parse_option(const struct command *command, const char *word, const char *next,
			struct command_call *call)
{
	size_t len = strcspn(word, "=");
	const struct command_option *option = options_find(command, word);
	const char *value = word[len] ? word + len + 1 : NULL;
	int taken = 1;

	if (!option) {
		refuse_option(command, word, len);
		return 0;
	}
	if (option->value && !value) {
		value = next;
		taken = 2;
	}
	if (!option->value != !value) {
		ctl_usage_error(command->name,
				option->value ? "--%s: expected a value, %s"
					      : "--%s: expected no value",
				option->name, option->value);
		return 0;
	}
	if (option->words == WORDS_CHOICES && check_choice(command, option, value) != CTL_OK)
		return 0;
	call->values[option - command->options] = value ? value : "";
	return taken;
}

static int check_count(const struct command *command, int count)
{
	if (count >= command->operands_min && count <= command->operands_max)
		return CTL_OK;
	if (command->operands_max == 0)
		return ctl_usage_error(command->name, "expected no operand");
	return ctl_usage_error(command->name, "%s; expected %s",
			       count < command->operands_min ? "missing operand"
							     : "too many operands",
			       command->operands);
}

int options_parse(const struct command *command, int argc, char **argv,
		  struct command_call *ret_call, bool *ret_help)
{
	struct command_call call = { .operands = argv };
	bool ended = false;
	int i, taken;

	*ret_help = false;
	if (command->make_options)
		command->make_options();
	for (i = 0; i < argc; i += taken) {
		taken = 1;
		if (!ended && strcmp(argv[i], "--") == 0) {
			ended = true;
		} else if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
			ended = ended || command->words == WORDS_PROGRAM;
			argv[call.operand_count++] = argv[i];
		} else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			*ret_help = true;
			return CTL_OK;
		} else if (argv[i][1] != '-') {
			return ctl_usage_error(command->name, "unknown option '%s'", argv[i]);
		} else {
			taken = parse_option(command, argv[i], argv[i + 1], &call);
			if (taken == 0)
				return CTL_USAGE;
		}
	}
	argv[call.operand_count] = NULL;
	if (check_count(command, call.operand_count) != CTL_OK)
		return CTL_USAGE;
	*ret_call = call;
	return CTL_OK;
}

unsigned options_choice(const struct command_option *option, const char *value)
{
	unsigned i = 0;

	while (option->choices[i] && strcmp(option->choices[i], value) != 0)
		i++;
	return i;
}

/* ---- help ---- */

#define COLUMNS	     80
#define HELP_COLUMN  24
#define USAGE_COLUMN 8

/* Print a word, on the next line where there is no room. @column: where the line has got to. */
static void print_word(const char *word, size_t len, int indent, int *column)
{
	if (*column > indent && *column + 1 + (int)len > COLUMNS) {
		printf("\n%*s", indent, "");
		*column = indent;
	} else if (*column > indent) {
		putchar(' ');
		++*column;
	}
	*column += printf("%.*s", (int)len, word);
}

static void print_words(const char *text, int indent, int column)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		print_word(text, len, indent, &column);
		text += len + (text[len] == ' ');
	}
	putchar('\n');
}

/* "--name", or "--name=VALUE". Returns @buf. */
static const char *option_text(const struct command_option *option, char buf[static 64])
{
	snprintf(buf, 64, "--%s%s%s", option->name, option->value ? "=" : "",
		 option->value ? option->value : "");
	return buf;
}

static void print_usage(const struct command *command)
{
	int column = printf("Usage: usernscapsctl %s", command->name);
	const struct command_option *option;
	char text[64], word[80];

	for (option = command->options; option->name; option++) {
		snprintf(word, sizeof(word), "[%s]", option_text(option, text));
		print_word(word, strlen(word), USAGE_COLUMN, &column);
	}
	if (*command->operands)
		print_word(command->operands, strlen(command->operands), USAGE_COLUMN, &column);
	puts("\n");
}

void options_print_help(const struct command *command)
{
	const struct command_option *option;
	char text[64];
	int column;

	if (command->make_options)
		command->make_options();
	print_usage(command);
	print_words(command->summary, 0, 0);
	if (command->options->name)
		putchar('\n');
	for (option = command->options; option->name; option++) {
		column = printf("  %s", option_text(option, text));
		if (column >= HELP_COLUMN) {
			putchar('\n');
			column = 0;
		}
		printf("%*s", HELP_COLUMN - column, "");
		print_words(option->help, HELP_COLUMN, HELP_COLUMN);
	}
}
