// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* edit: a rules file in an editor, and in place only once it is right. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "audit.h"
#include "base/audit_text.h"
#include "base/cleanup.h"
#include "base/error_text.h"
#include "command.h"
#include "digest.h"
#include "print.h"
#include "replace.h"
#include "session/session.h"

#include "edit.h"

struct edit {
	struct config_site site;
	enum config_part part;
	const char *name; /* NULL for the main file */
	char path[PATH_MAX];
	struct replacement file;
	char *start; /* what the editor is shown first */
	size_t start_len;
	bool done; /* the file is in place */
};

static int fail(const struct config_problem *problem)
{
	ctl_complain(problem->file, problem->line, problem->severity, problem->text);
	return CTL_FAILED;
}

static char ask_until(const char *question, const char *answers)
{
	char line[64];

	while (isatty(STDIN_FILENO)) {
		printf("%s? ", question);
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin))
			break;
		if (line[0] && line[1] == '\n' && strchr(answers, line[0]))
			return line[0];
	}
	return 'x';
}

static void interrupt(int signal __attribute__((unused)))
{
}

/*
 * Returns one of the letters of @answers, or 'x', to leave, where there is nobody to ask. An
 * interrupt ends the reading of the answer, and so is 'x': what lies beside the file has to go.
 */
static char ask(const char *question, const char *answers)
{
	const struct sigaction leave = { .sa_handler = interrupt };
	struct sigaction before;
	char answer;

	sigaction(SIGINT, &leave, &before);
	answer = ask_until(question, answers);
	sigaction(SIGINT, &before, NULL);
	return answer;
}

/* ---- what is in place afterwards ---- */

static void warn_of_user(const char *name)
{
	struct identity identity = { 0 };
	int r = identity_find(name, &identity);

	if (r == -ENOENT)
		ctl_error("warning: there is no user \"%s\": no login reads this file", name);
	else if (r < 0)
		ctl_error("warning: can't tell whether there is a user \"%s\": %s", name,
			  error_text(-r));
	else if (strcmp(identity.name, name) != 0)
		ctl_error("warning: the user's name is \"%s\": no login reads this file",
			  identity.name);
	identity_clear(&identity);
}

static void warn_of_group(const char *name)
{
	int r = identity_probe_group(name);

	if (r == -ENOENT)
		ctl_error("warning: there is no group \"%s\": no login reads this file", name);
	else if (r < 0)
		ctl_error("warning: can't tell whether there is a group \"%s\": %s", name,
			  error_text(-r));
}

static void report(const struct edit *edit)
{
	const struct stat *old = &edit->file.stat;
	bool existed = edit->file.old >= 0;

	printf("%s: %s\n", edit->path, existed ? "replaced" : "made");
	if (existed && old->st_uid != 0)
		printf("%s: was owned by uid %u; root owns it now\n", edit->path, old->st_uid);
	if (existed && (old->st_mode & 07777) != replace_mode(&edit->file))
		printf("%s: had mode %04o; has %04o now, so that only root can write to it\n",
		       edit->path, old->st_mode & 07777, replace_mode(&edit->file));
	if (edit->part == CONFIG_USER)
		warn_of_user(edit->name);
	if (edit->part == CONFIG_GROUP)
		warn_of_group(edit->name);
}

/* ---- from the editor to the place; what isn't CTL_OK ends it, but for this ---- */

#define EDIT_AGAIN (-1)

static int run_editor(const struct edit *edit)
{
	char path[PATH_MAX];
	int status, r;

	fflush(stdout);
	r = edit_run_editor(replace_draft_path(&edit->file, path), &status);
	if (r < 0)
		return ctl_error("can't run the editor: %s; nothing was changed", error_text(-r));
	if (WIFSIGNALED(status))
		return ctl_error("the editor was killed by signal %d; nothing was changed",
				 WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return ctl_error("the editor ended with status %d; nothing was changed",
				 WEXITSTATUS(status));
	return CTL_OK;
}

static int check(const struct edit *edit, const char *bytes, size_t len)
{
	const struct config_draft draft = { edit->part, edit->name, bytes, len };
	struct config_site site = edit->site;
	bool ours;
	int r;

	site.draft = &draft;
	r = edit_check(&site, &ours);
	if (r == 0)
		return CTL_OK;
	if (r != -EBADMSG)
		return ctl_error("out of memory; nothing was changed");
	if (!ours) {
		ctl_error("warning: it was so before, and this change is not the reason");
		return CTL_OK;
	}
	switch (ask("(e)dit again, (x) leave without saving, (Q) save anyway", "exQ")) {
	case 'e':
		return EDIT_AGAIN;
	case 'Q':
		return CTL_OK;
	default:
		return ctl_error("%s: nothing was changed", edit->path);
	}
}

/* Say on the audit trail that the file is another one now. */
static void audit(const struct edit *edit, const char *bytes, size_t len)
{
	struct audit_text text = { .size = 0 };

	audit_text_add(&text, "op=usernscaps_edit");
	audit_text_add_value(&text, "rules_file", edit->path);
	ctl_digest_bytes(&text, "was", edit->file.old < 0 ? NULL : edit->start, edit->start_len);
	ctl_digest_bytes(&text, "now", bytes, len);
	ctl_audit_change(text.buf, true);
}

static int commit(struct edit *edit, const char *bytes, size_t len)
{
	struct config_problem problem;
	int r = replace_commit(&edit->file, bytes, len, false, &problem);

	if (r == -ESTALE) {
		ctl_error("%s was changed by somebody else", edit->path);
		switch (ask("(e)dit again, (x) leave without saving, (O) overwrite it", "exO")) {
		case 'e':
			return EDIT_AGAIN;
		case 'O':
			r = replace_commit(&edit->file, bytes, len, true, &problem);
			break;
		default:
			return ctl_error("%s: nothing was changed", edit->path);
		}
	}
	if (r < 0) { /* a full disk, an immutable file: the work must not be lost */
		fail(&problem);
		return ask("(e)dit again, (x) leave", "ex") == 'e' ? EDIT_AGAIN : CTL_FAILED;
	}
	edit->done = true;
	audit(edit, bytes, len);
	report(edit);
	return CTL_OK;
}

static bool is_as_before(const struct edit *edit, const char *bytes, size_t len)
{
	if (edit->file.old < 0 && len == 0)
		return true;
	return edit->start && len == edit->start_len && memcmp(bytes, edit->start, len) == 0;
}

static int edit_once(struct edit *edit)
{
	_cleanup_(freep) char *bytes = NULL;
	struct config_problem problem;
	size_t len;
	int status = run_editor(edit);

	if (status != CTL_OK)
		return status;
	if (replace_read_draft(&edit->file, &bytes, &len, &problem) < 0)
		return fail(&problem);
	if (is_as_before(edit, bytes, len)) {
		printf("%s: no changes\n", edit->path);
		return CTL_OK;
	}
	status = check(edit, bytes, len);
	return status == CTL_OK ? commit(edit, bytes, len) : status;
}

/* ---- before the editor ---- */

static int begin(struct edit *edit)
{
	struct config_problem problem;
	int r = replace_begin(edit->path, &edit->file, &problem);

	if (r == -EBUSY && edit->file.holder)
		return ctl_error("%s is being edited by process %d", edit->path, edit->file.holder);
	if (r == -EBUSY)
		return ctl_error("%s is being edited by another process", edit->path);
	if (r < 0)
		return fail(&problem);
	if (edit->file.leftover)
		ctl_error("an earlier edit of %s was interrupted; its draft is discarded",
			  edit->path);
	return CTL_OK;
}

static int write_draft(struct edit *edit)
{
	struct config_problem problem;

	if (edit->file.old < 0) {
		if (edit_template(&edit->site, edit->part, &edit->start, &edit->start_len) < 0)
			return ctl_error("out of memory");
	} else {
		edit->start = edit->file.bytes;
		edit->start_len = edit->file.len;
		edit->file.bytes = NULL;
	}
	if (replace_write_draft(&edit->file, edit->start, edit->start_len, &problem) < 0)
		return fail(&problem);
	return CTL_OK;
}

static int edit_file(struct edit *edit)
{
	int status = begin(edit);

	if (status == CTL_OK)
		status = write_draft(edit);
	if (status == CTL_OK) {
		do
			status = edit_once(edit);
		while (status == EDIT_AGAIN);
	}
	replace_end(&edit->file);
	freep(&edit->start);
	return status;
}

/* ---- directories ---- */

/* Returns CTL_OK; @ret_made: it was not there. */
static int make_directory(const struct edit *edit, enum config_part part, bool *ret_made)
{
	_cleanup_(closep) int parent = -1;
	struct config_problem problem;
	char path[PATH_MAX];
	mode_t mask;
	int r;

	config_path(&edit->site, part, NULL, path);
	*strrchr(path, '/') = '\0';
	if (config_open_directory(path, &parent, &problem) < 0)
		return fail(&problem);
	config_path(&edit->site, part, NULL, path);
	mask = umask(022);
	r = mkdirat(parent, strrchr(path, '/') + 1, 0755);
	umask(mask);
	*ret_made = r == 0;
	if (r < 0 && errno != EEXIST)
		return ctl_error("%s: %m", path);
	return CTL_OK;
}

static void remove_directory(const struct edit *edit, enum config_part part)
{
	char path[PATH_MAX];

	rmdir(config_path(&edit->site, part, NULL, path));
}

/* An empty directory has a meaning too, so remove directories that were not needed. */
static int edit_below(struct edit *edit, enum config_part part)
{
	bool made;
	int status = make_directory(edit, part, &made);

	if (status != CTL_OK)
		return status;
	if (part == CONFIG_DROPIN && edit->part != CONFIG_DROPIN)
		status = edit_below(edit, edit->part);
	else
		status = edit_file(edit);
	if (made && !edit->done)
		remove_directory(edit, part);
	return status;
}

/* ---- the words of the call ---- */

/* The directory that a word begins with says which part it is of. */
static int parse_word(const char *word, struct edit *edit)
{
	enum config_part part;

	edit->part = CONFIG_DROPIN;
	edit->name = word;
	for (part = CONFIG_USER; part < CONFIG_PART_COUNT; part++) {
		const char *directory = config_part_directory(part);
		size_t len = strlen(directory);

		if (strncmp(word, directory, len) != 0 || word[len] != '/')
			continue;
		edit->part = part;
		edit->name = word + len + 1;
	}
	if (!config_is_name(edit->name))
		return ctl_usage_error("edit",
				       "\"%s\": expected users/NAME, groups/NAME, profiles/NAME, "
				       "or the NAME of a drop-in",
				       word);
	if (config_is_listed(edit->name))
		return ctl_usage_error("edit", "\"%s\": expected a name without \".conf\"", word);
	return CTL_OK;
}

static char *make_absolute(const char *path)
{
	_cleanup_(freep) char *directory = get_current_dir_name();
	char *absolute;

	return directory && asprintf(&absolute, "%s/%s", directory, path) >= 0 ? absolute : NULL;
}

static int find_path(struct edit *edit)
{
	config_path(&edit->site, edit->part, edit->name, edit->path);
	if (*edit->path)
		return CTL_OK;
	return ctl_error(
		"%s: only beside a main file that is called \"*.conf\" can there be others",
		edit->site.main);
}

enum { CONF };

static const struct command_option options[] = {
	[CONF] = OPTION_CONF,
	{ .name = NULL },
};

static int run(const struct command_call *call)
{
	_cleanup_(freep) char *absolute = NULL;
	struct edit edit = { .part = CONFIG_MAIN };
	const char *conf = call->values[CONF];
	int status = call->operands[0] ? parse_word(call->operands[0], &edit) : CTL_OK;

	if (status != CTL_OK)
		return status;
	if (geteuid() != 0)
		return ctl_error("edit: only root can change the rules");
	if (conf && conf[0] != '/') {
		conf = absolute = make_absolute(conf);
		if (!conf)
			return ctl_error("can't find the working directory: %m");
	}
	edit.site = session_site(conf, false);
	status = find_path(&edit);
	if (status != CTL_OK)
		return status;
	return edit.part == CONFIG_MAIN ? edit_file(&edit) : edit_below(&edit, CONFIG_DROPIN);
}

const struct command command_edit = {
	.name = "edit",
	.operands = "[users/NAME | groups/NAME | profiles/NAME | NAME]",
	.operands_max = 1,
	.words = WORDS_RULES,
	.summary = "edit the rules, and put them in place once they are right",
	.options = options,
	.run = run,
};
