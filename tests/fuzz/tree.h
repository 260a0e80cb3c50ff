/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

#include <limits.h>

#include "config/config.h"

/*
 * One input is a small tree of files, as text. What comes first is the main file; a line such as
 * one of these begins each other:
 *
 *   @@ dropin
 *   @@ user alice
 *   @@ group students
 *   @@ profile browser
 */
#define TREE_MARK  "@@ "
#define TREE_FILES 8 /* more are part of the last one */

struct tree_file {
	enum config_part part;
	char name[NAME_MAX + 1];
	char path[16]; /* what messages and places call it */
	char *bytes;   /* an own copy, with nothing after it: sanitizers see a look past the end */
	size_t len;
};

struct tree {
	struct tree_file files[TREE_FILES];
	unsigned count;
};

/** Take an input apart; freed by tree_clear(). */
void tree_split(const char *bytes, size_t len, struct tree *ret_tree);

void tree_clear(struct tree *tree);

/** The first line from @at on that begins a file, or @end. */
const char *tree_next(const char *at, const char *end);

#endif
