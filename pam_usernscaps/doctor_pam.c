// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The PAM stacks: which of those that open sessions reach the module, and where it stands. */
#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "doctor_parts.h"

#define MODULE "pam_usernscaps.so"

/* What libpam allows, and more than any stack has. */
#define DEPTH_MAX 16
#define LINE_SIZE 4096

/* ---- one line of pam.conf(5) ---- */

/* A line about sessions, its words cut out of the line itself. */
struct line {
	bool include, substack; /* then @module is the name of a file */
	const char *control;
	const char *module;
};

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

/* Returns false for lines that are not about sessions. */
static bool parse_line(char *text, struct line *ret_line)
{
	const char *type;

	text[strcspn(text, "#\n")] = '\0';
	type = next_word(&text);
	if (strcmp(type, "@include") == 0) {
		*ret_line = (struct line){ .include = true, .control = type };
		ret_line->module = next_word(&text);
		return ret_line->module[0];
	}
	if (strcasecmp(type + (type[0] == '-'), "session") != 0)
		return false;
	*ret_line = (struct line){ .control = next_word(&text) };
	ret_line->module = next_word(&text);
	ret_line->substack = strcasecmp(ret_line->control, "substack") == 0;
	ret_line->include = ret_line->substack || strcasecmp(ret_line->control, "include") == 0;
	return ret_line->module[0];
}

static bool names(const struct line *line, const char *module)
{
	const char *slash = strrchr(line->module, '/');

	return !line->include && strcmp(slash ? slash + 1 : line->module, module) == 0;
}

/* Read a line and those that go on with it: they end in a backslash. Returns false at the end. */
static bool read_line(FILE *file, char line[static LINE_SIZE])
{
	size_t used = 0;

	while (used + 1 < LINE_SIZE && fgets(line + used, (int)(LINE_SIZE - used), file)) {
		used += strcspn(line + used, "\n");
		if (used == 0 || line[used - 1] != '\\')
			return true;
		line[used - 1] = ' ';
	}
	return used > 0;
}

/* ---- a stack, with all that it includes ---- */

/* Debian's, which the stacks of all services include. */
static const char *const commons[] = { "common-session", "common-session-noninteractive" };

#define COMMONS	  (sizeof(commons) / sizeof(commons[0]))
#define NO_COMMON COMMONS

struct stack {
	const struct doctor_host *host;
	bool sessions; /* does it have any modules for these, but those that keep everybody out? */
	bool reached;
	size_t common; /* the last of commons that it includes, or NO_COMMON */
	unsigned depth;
	/* A line before the module that can end the stack; its file is empty where there is none.
	 */
	char end_file[PATH_MAX], end_control[64];
};

/* Find the file of a service: the first directory that has it counts. */
static bool find_file(const struct doctor_host *host, const char *name, char path[static PATH_MAX])
{
	const char *const *directory;

	if (name[0] == '/')
		return access(doctor_path(host, name, path), F_OK) == 0;
	for (directory = host->lint->pam; *directory; directory++)
		if (snprintf(path, PATH_MAX, "%s/%s", *directory, name) < PATH_MAX &&
		    access(path, F_OK) == 0)
			return true;
	return false;
}

static bool ends_stack(const char *control)
{
	return strcasecmp(control, "sufficient") == 0 || strstr(control, "success=done");
}

static void walk(struct stack *stack, const char *name);

static void walk_line(struct stack *stack, const struct line *line, const char *path)
{
	bool open = !stack->end_file[0];

	if (line->include) {
		walk(stack, line->module);
		/* What ends a substack ends no more than that, once we are out of it. */
		if (line->substack && open && !stack->reached)
			stack->end_file[0] = '\0';
		return;
	}
	stack->reached = stack->reached || names(line, MODULE);
	stack->sessions = stack->sessions || !names(line, "pam_deny.so");
	if (stack->reached || !open || !ends_stack(line->control))
		return;
	snprintf(stack->end_file, sizeof(stack->end_file), "%s", path);
	snprintf(stack->end_control, sizeof(stack->end_control), "%s", line->control);
}

static void walk(struct stack *stack, const char *name)
{
	_cleanup_(fclosep) FILE *file = NULL;
	char text[LINE_SIZE];
	char path[PATH_MAX];
	struct line line;
	size_t i;

	for (i = 0; i < COMMONS; i++)
		if (strcmp(name, commons[i]) == 0)
			stack->common = i;
	if (stack->depth == DEPTH_MAX || !find_file(stack->host, name, path))
		return;
	file = fopen(path, "re");
	stack->depth++;
	while (file && read_line(file, text))
		if (parse_line(text, &line))
			walk_line(stack, &line, path);
	stack->depth--;
}

static struct stack walk_service(const struct doctor_host *host, const char *name)
{
	struct stack stack = { .host = host, .common = NO_COMMON };

	walk(&stack, name);
	return stack;
}

/* ---- the module's place in the file that names it ---- */

/* Would the session go on where the module fails? */
static bool is_weak(const char *control)
{
	if (control[0] == '[')
		return !strstr(control, "default=bad") && !strstr(control, "default=die");
	return strcasecmp(control, "required") != 0 && strcasecmp(control, "requisite") != 0;
}

static void check_line(const struct doctor_host *host, const struct line *line, const char *file,
		       struct doctor_report *report)
{
	char path[PATH_MAX];

	doctor_path(host, line->module[0] == '/' ? line->module : host->module, path);
	if (access(path, F_OK) < 0)
		doctor_add(report, DOCTOR_MODULE_MISSING, file, path);
	if (is_weak(line->control))
		doctor_add(report, DOCTOR_PAM_WEAK, file, line->control);
}

/* Returns whether the file names the module; what follows it there goes to @follower. */
static bool check_place(const struct doctor_host *host, const char *path,
			struct doctor_report *report, char follower[static NAME_MAX])
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	char text[LINE_SIZE];
	bool found = false;
	struct line line;

	follower[0] = '\0';
	while (file && read_line(file, text)) {
		if (!parse_line(text, &line))
			continue;
		if (names(&line, MODULE)) {
			check_line(host, &line, path, report);
			found = true;
			follower[0] = '\0';
		} else if (found && !follower[0] &&
			   (!line.include || walk_service(host, line.module).sessions)) {
			snprintf(follower, NAME_MAX, "%s", line.module);
		}
	}
	return found;
}

/* ---- all services ---- */

struct survey {
	const struct doctor_host *host;
	struct doctor_report *report;
	size_t services, reached;
	char users[COMMONS][512]; /* of a common file, who lack the module for its lack */
	char places[512];	  /* the files that name the module */
};

__attribute__((format(printf, 2, 3))) static void append(char list[static 512], const char *format,
							 ...)
{
	size_t used = strlen(list);
	va_list args;

	if (used > 0 && used < 510)
		used += (size_t)snprintf(list + used, 512 - used, ", ");
	va_start(args, format);
	vsnprintf(list + used, 512 - used, format, args);
	va_end(args);
}

/* By root, or for a login screen: what these start is none of a user's. */
static bool is_usual(const char *service)
{
	static const char *const usual[] = { "runuser", "runuser-l", "lightdm-greeter" };
	size_t i;

	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strcmp(service, usual[i]) == 0)
			return true;
	return false;
}

static void add_service(const struct survey *survey, const char *name, const char *path)
{
	const char *site = survey->host->lint->pam[0];
	enum doctor_fault fault = DOCTOR_PAM_VENDOR;

	if (is_usual(name))
		fault = DOCTOR_PAM_KNOWN;
	else if (strncmp(path, site, strlen(site)) == 0)
		fault = DOCTOR_PAM_SERVICE;
	doctor_add(survey->report, fault, name, path);
}

static void look_at_service(struct survey *survey, const char *name, const char *path)
{
	struct stack stack = walk_service(survey->host, name);
	bool is_common = stack.common != NO_COMMON && strcmp(name, commons[stack.common]) == 0;

	if (!stack.sessions || is_common)
		return;
	survey->services++;
	survey->reached += stack.reached;
	if (stack.reached && stack.end_file[0])
		doctor_add(survey->report, DOCTOR_PAM_SKIPPED, stack.end_file, stack.end_control);
	if (stack.reached)
		return;
	if (stack.common == NO_COMMON)
		add_service(survey, name, path);
	else
		append(survey->users[stack.common], "%s", name);
}

static void look_at_file(struct survey *survey, const char *name)
{
	char path[PATH_MAX], follower[NAME_MAX];

	if (!find_file(survey->host, name, path))
		return;
	if (check_place(survey->host, path, survey->report, follower)) {
		append(survey->places, "%s (%s)", name, follower[0] ? "not last" : "last");
		if (follower[0])
			doctor_add(survey->report, DOCTOR_PAM_NOT_LAST, path, follower);
	}
	look_at_service(survey, name, path);
}

/* Copies that editors and packages leave are no services. */
static int is_service(const struct dirent *entry)
{
	return !strpbrk(entry->d_name, ".~");
}

/* A file that a directory before this one has as well is not read. */
static bool is_hidden(const struct doctor_host *host, const char *const *directory,
		      const char *name)
{
	char path[PATH_MAX], here[PATH_MAX];

	snprintf(here, sizeof(here), "%s/%s", *directory, name);
	return find_file(host, name, path) && strcmp(path, here) != 0;
}

static void look_in(struct survey *survey, const char *const *directory)
{
	struct dirent **entries;
	int count = scandir(*directory, &entries, is_service, alphasort), i;

	for (i = 0; i < count; i++) {
		if (!is_hidden(survey->host, directory, entries[i]->d_name))
			look_at_file(survey, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* Where there is a profile for pam-auth-update(8), that puts the line in. */
static void add_commons(const struct survey *survey)
{
	char path[PATH_MAX], profile[PATH_MAX];
	size_t i;

	doctor_path(survey->host, "/usr/share/pam-configs/usernscaps", profile);
	for (i = 0; i < COMMONS; i++) {
		if (!survey->users[i][0] || !find_file(survey->host, commons[i], path))
			continue;
		if (access(profile, F_OK) == 0)
			doctor_add(survey->report, DOCTOR_PAM_COMMON, path, survey->users[i]);
		else
			add_service(survey, commons[i], path);
	}
}

void doctor_pam(const struct doctor_host *host, struct doctor_report *report)
{
	struct survey survey = { .host = host, .report = report };
	const char *const *directory;

	for (directory = host->lint->pam; *directory; directory++)
		look_in(&survey, directory);
	add_commons(&survey);
	if (survey.services == 0)
		doctor_add(report, DOCTOR_PAM_ABSENT, host->lint->pam[0], "");
	doctor_set_state(report, DOCTOR_PAM, "%zu of %zu services reach " MODULE "%s%s",
			 survey.reached, survey.services, survey.places[0] ? ", in " : "",
			 survey.places);
}
