// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* log: what a line says. */
#include <paths.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#ifdef HAVE_SYSTEMD
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#endif

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "log.h"
#include "session/denial.h"

/* ---- lines and their fields ---- */

enum { FIELDS = 24 };

/* The first field is the line itself. Where there is no memory for a field the line lacks it. */
struct line {
	struct iovec fields[FIELDS];
	int count;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	if (!text)
		return;
	text_make_printable(text);
	line->fields[line->count++] = (struct iovec){ text, strlen(text) };
}

/* "user=alice uid=1000 service=sshd session=7 parent=3", for the line. NULL: no memory. */
static char *name_session(const struct userns_session *session)
{
	struct denials_text text;
	char parent[32] = "";

	if (!session->id)
		return text_format("session=none");
	denials_read_text(session, &text);
	if (session->parent)
		snprintf(parent, sizeof(parent), " parent=%llu", session->parent);
	return text_format("user=%s uid=%u service=%s session=%llu%s", text.user, session->uid,
			   text.service, session->id, parent);
}

/* The same as fields. */
static void add_session(struct line *line, const char *event, const struct userns_session *session)
{
	struct denials_text text;

	add(line, "USERNSCAPS_EVENT=%s", event);
	if (!session->id)
		return;
	denials_read_text(session, &text);
	add(line, "USERNSCAPS_SESSION=%llu", session->id);
	if (session->parent)
		add(line, "USERNSCAPS_PARENT=%llu", session->parent);
	add(line, "USERNSCAPS_UID=%u", session->uid);
	add(line, "USERNSCAPS_USER=%s", text.user);
	add(line, "USERNSCAPS_SERVICE=%s", text.service);
}

static void line_clear(struct line *line)
{
	int i;

	for (i = 0; i < line->count; i++)
		free(line->fields[i].iov_base);
}

/*
 * Returns false where nobody takes it. The calls of the journal and of syslog succeed without their
 * sockets.
 */
static bool send(struct line *line, int priority)
{
	const char *message = line->count ? line->fields[0].iov_base : "";

#ifdef HAVE_SYSTEMD
	add(line, "PRIORITY=%d", priority);
	add(line, "SYSLOG_FACILITY=%d", LOG_FAC(LOG_AUTH));
	add(line, "SYSLOG_IDENTIFIER=usernscapsctl");
	if (access(JOURNAL_SOCKET, W_OK) == 0 && sd_journal_sendv(line->fields, line->count) == 0)
		return true;
#endif
	if (access(_PATH_LOG, W_OK) != 0)
		return false;
	if (strncmp(message, "MESSAGE=", 8) == 0)
		syslog(LOG_AUTH | priority, "%s", message + 8);
	return true;
}

/* ---- what was denied ---- */

/* The places of the rules that bring it about, separated by commas. */
static char *list_rules(const struct userns_session *origin, enum denials_cause cause,
			uint32_t kind)
{
	char *list = NULL;
	size_t size;
	FILE *out = open_memstream(&list, &size);

	if (!out)
		return NULL;
	if (cause == DENIALS_BY_MASK)
		fputs("system-mask", out);
	if (origin)
		denials_write_rules(out, origin, kind, ",");
	fclose(out);
	return list;
}

static bool log_kind(const struct userns_session *session, const struct userns_denials *denials,
		     denials_find_func *find, const void *context)
{
	_cleanup_(line_clear) struct line line = { .count = 0 };
	_cleanup_(freep) char *rules = NULL, *name = name_session(session);
	char buf[DENIAL_WHAT], command[DENIAL_COMMAND], word[DENIAL_COMMAND], outer[48] = "";
	const char *what = denial_what(denials->kind, buf);
	const char *where = denial_where(denials->kind);
	unsigned long long new = denials->count - denials->told;
	const struct userns_session *origin;
	enum denials_cause cause =
		denials_find_cause(session, denials->kind, find, context, &origin);

	denial_command(denials, command);
	strcpy(word, command);
	text_make_word(word);
	if (origin && origin != session)
		snprintf(outer, sizeof(outer), " rules_session=%llu", origin->id);
	rules = list_rules(origin, cause, denials->kind);
	add(&line, "MESSAGE=denied: %s %s %s count=%llu new=%llu command=%s pid=%u rules=%s%s",
	    name ? name : "", what, where, denials->count, new, word, denials->pid,
	    rules ? rules : "", outer);
	add_session(&line, "denied", session);
	add(&line, "USERNSCAPS_DENIED=%s", what);
	add(&line, "USERNSCAPS_WHERE=%s", where);
	add(&line, "USERNSCAPS_COUNT=%llu", denials->count);
	add(&line, "USERNSCAPS_NEW=%llu", new);
	add(&line, "USERNSCAPS_COMMAND=%s", command);
	add(&line, "USERNSCAPS_PID=%u", denials->pid);
	add(&line, "USERNSCAPS_COMMAND_UID=%u", denials->uid);
	add(&line, "USERNSCAPS_RULES=%s", rules ? rules : "");
	if (origin)
		add(&line, "USERNSCAPS_RULES_SESSION=%llu", origin->id);
	if (!send(&line, LOG_NOTICE))
		return false;
	ctl_log_audit_denied(session, denials, rules ? rules : "");
	return true;
}

static bool log_lost(const struct userns_session *session)
{
	_cleanup_(line_clear) struct line line = { .count = 0 };
	_cleanup_(freep) char *name = name_session(session);

	add(&line, "MESSAGE=denied: %s other kinds count=%llu", name ? name : "", session->lost);
	add_session(&line, "denied", session);
	add(&line, "USERNSCAPS_DENIED=other");
	add(&line, "USERNSCAPS_COUNT=%llu", session->lost);
	if (!send(&line, LOG_NOTICE))
		return false;
	ctl_log_audit_lost(session);
	return true;
}

bool ctl_log_denied(const struct userns_session *session, unsigned kind, denials_find_func *find,
		    const void *context)
{
	if (kind < USERNS_KINDS)
		return log_kind(session, &session->denials[kind], find, context);
	return log_lost(session);
}

/* ---- the end ---- */

/* "net_admin/inside:8,sys_chroot/owner:1". */
static char *list_denied(const struct userns_session *session)
{
	char *list = NULL, what[DENIAL_WHAT];
	size_t size, i;
	FILE *out = open_memstream(&list, &size);

	if (!out)
		return NULL;
	for (i = 0; i < USERNS_KINDS && session->denials[i].kind; i++) {
		const struct userns_denials *denials = &session->denials[i];

		if (!(denials->kind & USERNS_KIND_QUIET))
			fprintf(out, "%s%s/%s:%llu", ftell(out) ? "," : "",
				denial_what(denials->kind, what), denial_where(denials->kind),
				denials->count);
	}
	if (session->lost)
		fprintf(out, "%sother:%llu", ftell(out) ? "," : "", session->lost);
	if (!ftell(out))
		fputs("none", out);
	fclose(out);
	return list;
}

bool ctl_log_ended(const struct userns_session *session)
{
	_cleanup_(line_clear) struct line line = { .count = 0 };
	_cleanup_(freep) char *denied = list_denied(session), *name = name_session(session);
	unsigned long long seconds = (session->ended - session->opened) / CLOCK_SECOND;
	unsigned long long count = denials_count(session);

	add(&line, "MESSAGE=session ended: %s seconds=%llu count=%llu denied=%s", name ? name : "",
	    seconds, count, denied ? denied : "?");
	add_session(&line, "ended", session);
	add(&line, "USERNSCAPS_SECONDS=%llu", seconds);
	add(&line, "USERNSCAPS_COUNT=%llu", count);
	add(&line, "USERNSCAPS_DENIED=%s", denied ? denied : "?");
	if (!send(&line, LOG_INFO))
		return false;
	ctl_log_audit_ended(session, denied ? denied : "?");
	return true;
}
