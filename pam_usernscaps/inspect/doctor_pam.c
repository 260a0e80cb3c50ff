// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The PAM stacks: which of those that open sessions reach the module, and where it stands. */
#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor_pam_line.h"
#include "doctor_parts.h"

#define MODULE "pam_usernscaps.so"

/* What libpam allows. */
#define DEPTH_MAX 16

/* ---- a stack, with all that it includes ---- */

static bool names(const struct pam_line *line, const char *module)
{
	const char *slash = strrchr(line->module, '/');

	return !line->include && strcmp(slash ? slash + 1 : line->module, module) == 0;
}

/* Debian's, which the stacks of all services include. */
static const char *const commons[] = { "common-session", "common-session-noninteractive" };

#define COMMONS	  (sizeof(commons) / sizeof(commons[0]))
#define NO_COMMON COMMONS

/* A line before the module. */
struct place {
	char file[PATH_MAX]; /* empty: there is none */
	char control[64];
};

/* How the stack, or the part of it that we are in, can go past the module. */
struct past {
	struct place end, jump;
	unsigned skip; /* so many of the modules that follow may be left out, by @jump */
};

struct stack {
	const struct doctor_host *host;
	bool sessions; /* has it modules for sessions, except such as refuse everybody? */
	bool reached;
	size_t common; /* the last of commons that it includes, or NO_COMMON */
	unsigned depth;
	struct past past; /* once the module is reached, @end is by what it may not be */
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

static void walk(struct stack *stack, const char *name);

/* What follows may be skipped, as if the stack had ended. */
static void take_jump(struct past *past)
{
	if (past->skip > 0 && !past->end.file[0])
		past->end = past->jump;
}

/* What ends a substack, or jumps in it, ends no more than that; from outside it is one module. */
static void walk_substack(struct stack *stack, const char *name)
{
	const struct past outside = stack->past;

	take_jump(&stack->past);
	stack->past.skip = 0;
	walk(stack, name);
	if (!stack->reached)
		stack->past = outside;
}

static void set_place(struct place *place, const struct pam_line *line, const char *path)
{
	snprintf(place->file, sizeof(place->file), "%s", path);
	snprintf(place->control, sizeof(place->control), "%s", line->control);
}

static void walk_module(struct stack *stack, const struct pam_line *line)
{
	stack->sessions = stack->sessions || !names(line, "pam_deny.so");
	if (!names(line, MODULE))
		return;
	take_jump(&stack->past);
	stack->reached = true;
}

static void walk_line(struct stack *stack, const struct pam_line *line, const char *path)
{
	struct past *past = &stack->past;

	if (line->include && !line->substack) {
		walk(stack, line->module);
		return;
	}
	if (line->substack)
		walk_substack(stack, line->module);
	else
		walk_module(stack, line);
	if (stack->reached)
		return;
	if (past->skip > 0)
		past->skip--;
	if (line->jump > past->skip) {
		past->skip = line->jump;
		set_place(&past->jump, line, path);
	}
	if (line->may_end && !past->end.file[0])
		set_place(&past->end, line, path);
}

static void walk(struct stack *stack, const char *name)
{
	_cleanup_(fclosep) FILE *file = NULL;
	char text[PAM_LINE_SIZE];
	char path[PATH_MAX];
	struct pam_line line;
	size_t i;

	for (i = 0; i < COMMONS; i++)
		if (strcmp(name, commons[i]) == 0)
			stack->common = i;
	if (stack->depth == DEPTH_MAX || !find_file(stack->host, name, path))
		return;
	file = fopen(path, "re");
	stack->depth++;
	while (file && pam_line_read(file, text))
		if (pam_line_parse(text, &line))
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

static void check_line(const struct doctor_host *host, const struct pam_line *line,
		       const char *file, struct doctor_report *report)
{
	char path[PATH_MAX];

	doctor_path(host, line->module[0] == '/' ? line->module : host->module, path);
	if (access(path, F_OK) < 0)
		doctor_add(report, DOCTOR_MODULE_MISSING, file, path);
	if (line->is_weak)
		doctor_add(report, DOCTOR_PAM_WEAK, file, line->control);
}

/* Returns whether the file names the module; what follows it there goes to @follower. */
static bool check_place(const struct doctor_host *host, const char *path,
			struct doctor_report *report, char follower[static NAME_MAX])
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	char text[PAM_LINE_SIZE];
	bool found = false;
	struct pam_line line;

	follower[0] = '\0';
	while (file && pam_line_read(file, text)) {
		if (!pam_line_parse(text, &line))
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
	char users[COMMONS][512]; /* services that lack the module by this common file */
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

/* Only root uses these, or a login screen: no user opens a session by them. */
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
	if (stack.reached && stack.past.end.file[0])
		doctor_add(survey->report, DOCTOR_PAM_SKIPPED, stack.past.end.file,
			   stack.past.end.control);
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

/* Ignore the copies that editors and packages leave. */
static int is_service(const struct dirent *entry)
{
	return !strpbrk(entry->d_name, ".~");
}

/* libpam does not read a file that an earlier directory also has. */
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
