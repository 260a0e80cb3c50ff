// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Reads one line of a PAM stack as libpam does. */
#include "doctor_pam_line.h"

#include <stdlib.h>
#include <string.h>

bool pam_line_read(FILE *file, char text[static PAM_LINE_SIZE])
{
	size_t used = 0;

	while (used + 1 < PAM_LINE_SIZE && fgets(text + used, (int)(PAM_LINE_SIZE - used), file)) {
		used += strcspn(text + used, "\n");
		if (used == 0 || text[used - 1] != '\\')
			return true;
		text[used - 1] = ' ';
	}
	return used > 0;
}

static char *next_word(char **text)
{
	char *word;

	*text += strspn(*text, " \t");
	word = *text;
	*text += word[0] == '[' ? strcspn(word, "]") : strcspn(word, " \t");
	if (**text == ']')
		(*text)++;
	if (**text)
		*(*text)++ = '\0';
	return word;
}

/*
 * The control in brackets: "[success=ok default=bad]". What it doesn't name is ignored. The module
 * refuses with PAM_PERM_DENIED.
 */
static void read_actions(const char *text, struct pam_line *line)
{
	bool has_own = false, fails;
	char value[32], action[16];
	unsigned jump;
	int used;

	line->is_weak = true;
	for (; sscanf(text, " %31[a-zA-Z_] = %15[a-zA-Z0-9]%n", value, action, &used) == 2;
	     text += used) {
		fails = strcmp(action, "bad") == 0 || strcmp(action, "die") == 0;
		jump = (unsigned)strtoul(action, NULL, 10);
		if (jump > line->jump)
			line->jump = jump;
		if (strcmp(action, "done") == 0)
			line->may_end = true;
		if (strcmp(value, "perm_denied") == 0) {
			line->is_weak = !fails;
			has_own = true;
		} else if (strcmp(value, "default") == 0 && !has_own) {
			line->is_weak = !fails;
		}
	}
}

static void read_control(struct pam_line *line)
{
	const char *control = line->control;

	if (control[0] == '[') {
		read_actions(control + 1, line);
		return;
	}
	line->substack = strcasecmp(control, "substack") == 0;
	line->include = line->substack || strcasecmp(control, "include") == 0;
	line->may_end = strcasecmp(control, "sufficient") == 0;
	line->is_weak =
		strcasecmp(control, "required") != 0 && strcasecmp(control, "requisite") != 0;
}

bool pam_line_parse(char *text, struct pam_line *ret_line)
{
	struct pam_line line = { 0 };
	const char *type;

	text[strcspn(text, "#\n")] = '\0';
	type = next_word(&text);
	if (strcmp(type, "@include") == 0) {
		line.include = true;
		line.control = type;
	} else if (strcasecmp(type + (type[0] == '-'), "session") == 0) {
		line.control = next_word(&text);
		read_control(&line);
	} else {
		return false;
	}
	line.module = next_word(&text);
	*ret_line = line;
	return line.module[0];
}
