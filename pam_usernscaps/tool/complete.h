/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_COMPLETE_H
#define TOOL_COMPLETE_H

#include "command.h"

/**
 * Print what the last word of a call could become, for the completion functions of shells: a line
 * for each, and where a tab is in it a description behind that. ":files" stands for the names of
 * files, ":programs" for those of programs: a shell knows these better.
 *
 * @commands: all commands; NULL ends them
 * @count:    the number of words after the tool's name; with none the last is taken to be empty
 * @words:    these words, "--option=value" being one
 *
 * Returns CTL_OK. What can't be looked up is not offered, without a complaint.
 */
int complete(const struct command *const *commands, int count, char **words);

#endif
