/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include <stdbool.h>

#include "command.h"

/**
 * Parse the words of a call. Options and operands come in any order, "--" ends the options; where
 * the operands are a program, its first word does so too. Options are not abbreviated. Of one that
 * is given twice the last counts.
 *
 * @command:  the command
 * @argc:     the number of words, the command's name not among them
 * @argv:     the words; operands are moved to the front
 * @ret_call: set on success only; borrows from @argv
 * @ret_help: was help asked for? Then nothing else was looked at
 *
 * Returns CTL_OK or, after a complaint, CTL_USAGE.
 */
int options_parse(const struct command *command, int argc, char **argv,
		  struct command_call *ret_call, bool *ret_help);

/** Print the help of a command: usage, summary, options. No line is longer than 80 columns. */
void options_print_help(const struct command *command);

/**
 * Find the option that a word names: "--name" or "--name=value". Returns NULL if there is none:
 * what only begins like one is none.
 */
const struct command_option *options_find(const struct command *command, const char *word);

/** Which of its choices the value of an option is. @value: one of a call. */
unsigned options_choice(const struct command_option *option, const char *value);

#endif
