/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef MAN_PAGE_H
#define MAN_PAGE_H

/* Has usernscapsctl(8), where it describes a command, this word as the head of an entry, in bold,
 * and then this line? @line: NULL for any. */
void man_page_assert_entry(const char *command, const char *word, const char *line);

#endif
