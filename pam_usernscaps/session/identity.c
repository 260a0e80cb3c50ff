// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* A user, and the groups that the user is surely, perhaps or not a member of. */
#include "identity.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error_text.h"
#include "base/text.h"
#include "nss.h"

#define GROUP_FILE "/etc/group"

/*
 * So many files' groups are asked for by name, to see whether the list of the user's groups lacks
 * one. A site can have thousands.
 */
#define FILES_ASKED_MAX 64

int identity_find(const char *user, struct identity *ret_identity)
{
	_cleanup_(freep) char *buf = NULL;
	struct passwd passwd;
	char *name;
	int r = nss_find_user(user, &passwd, &buf);

	if (r < 0)
		return r;
	name = strdup(passwd.pw_name);
	if (!name)
		return -ENOMEM;
	*ret_identity = (struct identity){
		.name = name,
		.uid = passwd.pw_uid,
		.gid = passwd.pw_gid,
	};
	return 0;
}

/* ---- a search: the answers are the identity's once it has succeeded ---- */

struct search {
	struct identity *identity;
	struct identity_survey *survey; /* the identity's */
	bool by_name;			/* for files */
	struct identity_answers answers;
	struct names missing, reasons;
};

__attribute__((format(printf, 2, 3))) static int add_reason(struct search *search,
							    const char *format, ...)
{
	_cleanup_(freep) char *text = NULL;
	va_list args;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	return text ? names_add(&search->reasons, text) : -ENOMEM;
}

static void answers_clear(struct identity_answers *answers)
{
	names_clear(&answers->yes);
	names_clear(&answers->no);
	names_clear(&answers->unknown);
}

static void search_clear(struct search *search)
{
	answers_clear(&search->answers);
	names_clear(&search->missing);
	names_clear(&search->reasons);
}

/* ---- giving the answers: each returns 0 or -ENOMEM ---- */

static int move(struct names *to, struct names *from)
{
	int r = names_reserve(to, from->count);

	if (r == 0)
		names_move(to, from);
	return r;
}

static int move_answers(struct identity_answers *to, struct identity_answers *from)
{
	int r = move(&to->yes, &from->yes);

	if (r == 0)
		r = move(&to->no, &from->no);
	return r < 0 ? r : move(&to->unknown, &from->unknown);
}

static void replace(struct names *names, struct names *by)
{
	names_clear(names);
	*names = *by;
	*by = (struct names){ 0 };
	names_sort(names);
}

/* A file that is only perhaps the user's must not count as surely the user's. */
static int join_answers(struct identity *identity)
{
	const struct identity_answers *rules = &identity->rules, *files = &identity->files;
	_cleanup_(names_clear) struct names groups = { 0 }, unknown = { 0 };
	int r = names_add_all(&groups, &files->yes);
	size_t i;

	for (i = 0; i < rules->yes.count && r == 0; i++)
		if (!names_have_sorted(&files->unknown, rules->yes.list[i]))
			r = names_add(&groups, rules->yes.list[i]);
	if (r == 0)
		r = names_add_all(&unknown, &rules->unknown);
	if (r == 0)
		r = names_add_all(&unknown, &files->unknown);
	if (r < 0)
		return r;
	replace(&identity->groups, &groups);
	replace(&identity->unknown, &unknown);
	return 0;
}

/* Once the list of the user's groups is found not to be whole, no "no" was one. */
static int give_answers(struct search *search)
{
	struct identity *identity = search->identity;
	struct identity_answers *rules = &identity->rules, *files = &identity->files;
	int r = move_answers(search->by_name ? files : rules, &search->answers);

	if (r == 0)
		r = move(&identity->missing, &search->missing);
	if (r == 0)
		r = move(&identity->reasons, &search->reasons);
	if (r == 0 && search->survey->distrusted)
		r = move(&rules->unknown, &rules->no);
	if (r == 0 && search->survey->distrusted)
		r = move(&files->unknown, &files->no);
	return r < 0 ? r : join_answers(identity);
}

/* ---- what there is to know, found out once ---- */

static int compare_gids(const void *left, const void *right)
{
	const gid_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Where it is in the list, or NULL. */
static const gid_t *find_gid(const struct identity_survey *survey, gid_t gid)
{
	return survey->gid_count == 0 ? NULL
				      : bsearch(&gid, survey->gids, survey->gid_count,
						sizeof(*survey->gids), compare_gids);
}

/* What can't be read there is asked for one by one. */
static int read_local(struct search *search)
{
	const char *path = search->identity->manner.group_file;
	int r = 0;

	if (!search->survey->has_local)
		r = group_file_read(path ? path : GROUP_FILE, search->identity->name,
				    &search->survey->local);
	search->survey->has_local = true;
	return r == -ENOMEM ? r : 0;
}

/* The list of the user's groups lacks one that lists the user. */
static int distrust_list(struct search *search, const char *group)
{
	search->survey->distrusted = true;
	return add_reason(search, "the list of the user's groups lacks \"%s\"", group);
}

/*
 * A lookup failed. Others would as well, each after its time, so no more are tried. And the list
 * may have been made of a part only.
 */
static int note_outage(struct search *search, const char *kind, const char *name, int error)
{
	search->survey->outage = error;
	search->survey->distrusted = true;
	return add_reason(search, "%s \"%s\" can't be looked up: %s", kind, name,
			  error_text(-error));
}

/* The names of local gids: of each the first that the file has. */
static int name_local_gids(struct search *search, bool *named)
{
	struct identity_survey *survey = search->survey;
	size_t i;
	int r = 0;

	for (i = 0; i < survey->local.count && r == 0; i++) {
		const struct group_file_line *line = &survey->local.lines[i];
		const gid_t *gid = find_gid(survey, line->gid);
		const char *name = group_file_name(&survey->local, i);

		if (!gid && line->lists_user)
			r = distrust_list(search, name);
		if (!gid || named[gid - survey->gids])
			continue;
		named[gid - survey->gids] = true;
		r = names_add(&survey->gid_names, name);
	}
	return r;
}

static int name_gid(struct search *search, gid_t gid)
{
	_cleanup_(freep) char *buf = NULL;
	bool first = !search->survey->distrusted;
	struct group group;
	char number[12];
	int r = nss_find_gid(gid, &group, &buf);

	if (r == 0)
		return names_add(&search->survey->gid_names, group.gr_name);
	snprintf(number, sizeof(number), "%u", gid);
	if (r != -ENOENT)
		return note_outage(search, "the user's group", number, r);
	search->survey->distrusted = true;
	return first ? add_reason(search, "the user's group \"%s\" has no name", number) : 0;
}

static int name_gids(struct search *search)
{
	struct identity_survey *survey = search->survey;
	_cleanup_(freep) bool *named = calloc(survey->gid_count + 1, sizeof(*named));
	size_t i;
	int r = named ? name_local_gids(search, named) : -ENOMEM;

	for (i = 0; i < survey->gid_count && r == 0; i++)
		if (!named[i] && !survey->outage)
			r = name_gid(search, survey->gids[i]);
	names_sort(&survey->gid_names);
	return r;
}

/*
 * A group that lists the user, and whose gid the list lacks, shows that the list is not whole: it
 * comes without an error, and shorter, from a directory that failed just then. Returns 1 where the
 * group lists the user, else 0, or -ENOMEM.
 */
static int check_entry(struct search *search, const struct group *group)
{
	if (!nss_lists_member(group, search->identity->name))
		return 0;
	if (find_gid(search->survey, group->gr_gid))
		return 1;
	return distrust_list(search, group->gr_name) < 0 ? -ENOMEM : 1;
}

static int probe(struct search *search, const char *name)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;
	int r = nss_find_group(name, &group, &buf);

	if (r == 0)
		return check_entry(search, &group) < 0 ? -ENOMEM : 0;
	search->survey->distrusted = search->survey->probe_failed = true;
	if (r == -ENOENT)
		return add_reason(search, "there is no probe_group \"%s\"", name);
	return note_outage(search, "probe_group", name, r);
}

static int distrust_all(struct search *search, int error, const char *why)
{
	search->survey->distrusted = true;
	search->survey->outage = error;
	return add_reason(search, "the user's groups can't be listed: %s", why);
}

static void sort_gids(struct identity_survey *survey)
{
	size_t kept = 0, i;

	qsort(survey->gids, survey->gid_count, sizeof(*survey->gids), compare_gids);
	for (i = 0; i < survey->gid_count; i++)
		if (kept == 0 || survey->gids[kept - 1] != survey->gids[i])
			survey->gids[kept++] = survey->gids[i];
	survey->gid_count = kept;
}

/* The list of the user's groups, and whether it can be trusted. */
static int read_list(struct search *search)
{
	struct identity_survey *survey = search->survey;
	const struct identity *identity = search->identity;
	const char *obstacle;
	int r;

	if (survey->has_list)
		return 0;
	survey->has_list = true;
	obstacle = nss_obstacle();
	if (obstacle)
		return distrust_all(search, -EAGAIN, obstacle);
	r = nss_list_gids(identity->name, identity->gid, &survey->gids, &survey->gid_count);
	if (r < 0)
		return distrust_all(search, r, error_text(-r));
	sort_gids(survey);
	r = name_gids(search);
	if (r == 0 && !survey->outage && identity->manner.probe_group)
		r = probe(search, identity->manner.probe_group);
	return r;
}

/* ---- one group ---- */

/* What is being asked for, and the local group of that name, if there is one. */
struct question {
	const char *name;
	const struct group_file_line *line;
};

static int answer_yes(struct search *search, const struct question *question)
{
	return names_add(&search->answers.yes, question->name);
}

static int answer_unknown(struct search *search, const struct question *question)
{
	return names_add(&search->answers.unknown, question->name);
}

static int answer_no(struct search *search, const struct question *question)
{
	return names_add(&search->answers.no, question->name);
}

static int answer_missing(struct search *search, const struct question *question)
{
	int r;

	if (search->by_name)
		return answer_no(search, question);
	r = names_add(&search->missing, question->name);
	if (r < 0 || (search->identity->manner.missing_is_no && !search->survey->probe_failed))
		return r;
	r = add_reason(search, "there is no group \"%s\"", question->name);
	return r < 0 ? r : answer_unknown(search, question);
}

/* A group that is not local. */
static int ask(struct search *search, const struct question *question)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;
	int r;

	if (search->survey->outage)
		return answer_unknown(search, question);
	if (search->by_name && search->survey->files_asked++ >= FILES_ASKED_MAX)
		return answer_no(search, question);
	r = nss_find_group(question->name, &group, &buf);
	if (r == -ENOENT)
		return answer_missing(search, question);
	if (r < 0) {
		r = note_outage(search, "group", question->name, r);
		return r < 0 ? r : answer_unknown(search, question);
	}
	r = check_entry(search, &group);
	if (r < 0)
		return r;
	if (r > 0 || (!search->by_name && find_gid(search->survey, group.gr_gid)))
		return answer_yes(search, question);
	return answer_no(search, question);
}

static int answer(struct search *search, const struct question *question)
{
	const struct identity_survey *survey = search->survey;

	if (names_have_sorted(&survey->gid_names, question->name))
		return answer_yes(search, question);
	if (!question->line)
		return ask(search, question);
	if (!search->by_name && find_gid(survey, question->line->gid))
		return answer_yes(search, question);
	return answer_no(search, question);
}

/* ---- all of them ---- */

/*
 * The local groups' lines beside the names that are asked for, which are sorted. Of several with
 * one name, one that lists the user. Returns 0 or -ENOMEM.
 */
static int find_lines(struct search *search, const struct names *names,
		      const struct group_file_line ***ret_lines)
{
	const struct group_file *local = &search->survey->local;
	const struct group_file_line **lines = calloc(names->count, sizeof(*lines));
	size_t i;

	if (!lines)
		return -ENOMEM;
	*ret_lines = lines;
	if (read_local(search) < 0)
		return -ENOMEM;
	for (i = 0; i < local->count; i++) {
		const char *name = group_file_name(local, i);
		char **found =
			bsearch(&name, names->list, names->count, sizeof(*found), names_compare);

		if (found && (!lines[found - names->list] || local->lines[i].lists_user))
			lines[found - names->list] = &local->lines[i];
	}
	return 0;
}

static bool is_answered(const struct search *search, const char *name)
{
	const struct identity *identity = search->identity;
	const struct identity_answers *answers =
		search->by_name ? &identity->files : &identity->rules;

	return names_have_sorted(&answers->yes, name) || names_have_sorted(&answers->no, name) ||
	       names_have_sorted(&answers->unknown, name) ||
	       (!search->by_name && names_have_sorted(&identity->missing, name));
}

/* Where a local group says yes, nobody else is asked. */
static int find_answer(struct search *search, const struct question *question)
{
	const struct group_file_line *line = question->line;
	int r;

	if (line && (line->lists_user || (!search->by_name && line->gid == search->identity->gid)))
		return answer_yes(search, question);
	r = read_list(search);
	return r < 0 ? r : answer(search, question);
}

static int find(struct identity *identity, const struct names *names, bool by_name)
{
	_cleanup_(search_clear) struct search search = {
		.identity = identity,
		.survey = &identity->survey,
		.by_name = by_name,
	};
	_cleanup_(freep) const struct group_file_line **lines = NULL;
	size_t i;
	int r = 0;

	for (i = 0; i < names->count && r == 0; i++) {
		if (is_answered(&search, names->list[i]))
			continue;
		if (!lines)
			r = find_lines(&search, names, &lines);
		if (r == 0)
			r = find_answer(&search, &(struct question){ names->list[i], lines[i] });
	}
	return r < 0 ? r : give_answers(&search);
}

int identity_find_groups(struct identity *identity, const struct names *groups)
{
	return find(identity, groups, false);
}

int identity_find_files(struct identity *identity, const struct names *files)
{
	return find(identity, files, true);
}

/* ---- without a search ---- */

int identity_probe_group(const char *name)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;

	return nss_find_group(name, &group, &buf);
}

int identity_group_name(const char *name, char **ret_name)
{
	_cleanup_(freep) char *buf = NULL, *gid_buf = NULL;
	struct group group, by_gid;
	int r = nss_find_group(name, &group, &buf);

	if (r == 0)
		r = nss_find_gid(group.gr_gid, &by_gid, &gid_buf);
	if (r < 0 && (r != -ENOENT || !buf))
		return r;
	*ret_name = strdup(r == 0 ? by_gid.gr_name : name);
	return *ret_name ? 0 : -ENOMEM;
}

int identity_add_groups(struct identity *identity, const char *const *names, size_t count)
{
	_cleanup_(search_clear) struct search search = {
		.identity = identity,
		.survey = &identity->survey,
	};
	size_t i;
	int r = 0;

	for (i = 0; i < count && r == 0; i++)
		r = names_add(&search.answers.yes, names[i]);
	return r < 0 ? r : give_answers(&search);
}

static void survey_clear(struct identity_survey *survey)
{
	group_file_clear(&survey->local);
	names_clear(&survey->gid_names);
	free(survey->gids);
}

void identity_clear(struct identity *identity)
{
	survey_clear(&identity->survey);
	answers_clear(&identity->rules);
	answers_clear(&identity->files);
	names_clear(&identity->missing);
	names_clear(&identity->reasons);
	names_clear(&identity->groups);
	names_clear(&identity->unknown);
	free(identity->name);
	*identity = (struct identity){ 0 };
}
