/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef MAN_PAGE_H
#define MAN_PAGE_H

/* Has this file of doc/ the word as the head of an entry, in bold, and then this line? @line: NULL
 * for any. */
void man_page_assert_entry(const char *page, const char *word, const char *line);

/* Has usernscaps.conf(5) an entry for this flag? */
void man_page_assert_flag(const char *key);

#endif
