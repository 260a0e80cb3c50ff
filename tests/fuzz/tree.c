// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK_LEN (sizeof(TREE_MARK) - 1)

static const struct {
	const char *word;
	enum config_part part;
} parts[] = {
	{ "user ", CONFIG_USER },
	{ "group ", CONFIG_GROUP },
	{ "profile ", CONFIG_PROFILE },
};

const char *tree_next(const char *at, const char *end)
{
	const char *line = at;

	while (line && (size_t)(end - line) >= MARK_LEN) {
		if (memcmp(line, TREE_MARK, MARK_LEN) == 0)
			return line;
		line = memchr(line, '\n', (size_t)(end - line));
		line = line ? line + 1 : NULL;
	}
	return end;
}

static void add_file(struct tree *tree, enum config_part part, const char *bytes, size_t len)
{
	struct tree_file *file = &tree->files[tree->count];

	*file = (struct tree_file){ .part = part, .len = len };
	snprintf(file->path, sizeof(file->path), "file-%u", tree->count++);
	file->bytes = malloc(len ? len : 1);
	if (!file->bytes)
		abort();
	memcpy(file->bytes, bytes, len);
}

/* Whatever is no other part is a drop-in; whoever has no name is alice. */
static enum config_part read_mark(const char *mark, const char *end, char name[static NAME_MAX + 1])
{
	size_t i, len = (size_t)(end - mark);

	strcpy(name, "alice");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t word_len = strlen(parts[i].word);

		if (len < word_len || memcmp(mark, parts[i].word, word_len) != 0)
			continue;
		len = strnlen(mark + word_len, len - word_len);
		if (len > 0 && len <= NAME_MAX) {
			memcpy(name, mark + word_len, len);
			name[len] = '\0';
		}
		return parts[i].part;
	}
	return CONFIG_DROPIN;
}

void tree_split(const char *bytes, size_t len, struct tree *ret_tree)
{
	const char *end = bytes + len, *mark = tree_next(bytes, end);

	ret_tree->count = 0;
	if (mark > bytes || len == 0)
		add_file(ret_tree, CONFIG_MAIN, bytes, (size_t)(mark - bytes));
	while (mark < end) {
		const char *line_end = memchr(mark, '\n', (size_t)(end - mark));
		const char *body = line_end ? line_end + 1 : end;
		const char *next = ret_tree->count < TREE_FILES - 1 ? tree_next(body, end) : end;
		char name[NAME_MAX + 1];
		enum config_part part = read_mark(mark + MARK_LEN, line_end ? line_end : end, name);

		add_file(ret_tree, part, body, (size_t)(next - body));
		strcpy(ret_tree->files[ret_tree->count - 1].name, name);
		mark = next;
	}
}

void tree_clear(struct tree *tree)
{
	while (tree->count > 0)
		free(tree->files[--tree->count].bytes);
}
