// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The module: arguments, the log, the audit trail, and errno to PAM code. What it does is in
 * session/session.c. */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "session/audit.h"
#include "session/session.h"

#define EXPORT __attribute__((visibility("default")))

/* sudo(8) goes on after PAM_SESSION_ERR. */
#define REFUSED PAM_PERM_DENIED

struct options {
	const char *conf;
	bool debug;
	bool quiet;
	bool even_deny_root;
	bool refuse_on_error;
	bool reset;
};

/* Linux's number for a user who takes a role, as others of this kind use it. Of libaudit.h. */
#define AUDIT_USER_ROLE_CHANGE 2300

/* Under which name PAM keeps the id of the session that was opened. */
#define DATA "pam_usernscaps session"

/* Log one line. */
__attribute__((format(printf, 3, 4))) static void report(pam_handle_t *pamh, int priority,
							 const char *format, ...)
{
	_cleanup_(freep) char *text = NULL;
	va_list args;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	if (!text) {
		pam_syslog(pamh, LOG_CRIT, "out of memory for a message");
		return;
	}
	text_make_printable(text);
	pam_syslog(pamh, priority, "%s", text);
}

/* The value of "key=value", or NULL where @arg is about something else. */
static const char *value_of(const char *arg, const char *key)
{
	size_t len = strlen(key);

	return strncmp(arg, key, len) == 0 && arg[len] == '=' ? arg + len + 1 : NULL;
}

static bool parse_value(const char *arg, struct options *options)
{
	const char *value;

	if ((value = value_of(arg, "conf")) || (value = value_of(arg, "config"))) {
		options->conf = value;
		return true;
	}
	value = value_of(arg, "onerr");
	if (!value || (strcmp(value, "restrict") != 0 && strcmp(value, "refuse") != 0))
		return false;
	options->refuse_on_error = strcmp(value, "refuse") == 0;
	return true;
}

static void parse_options(pam_handle_t *pamh, int argc, const char **argv, struct options *options)
{
	int i;

	*options = (struct options){ 0 };
	for (i = 0; i < argc; i++) {
		if (strcmp(argv[i], "debug") == 0)
			options->debug = true;
		else if (strcmp(argv[i], "quiet") == 0)
			options->quiet = true;
		else if (strcmp(argv[i], "even_deny_root") == 0)
			options->even_deny_root = true;
		else if (strcmp(argv[i], "reset") == 0)
			options->reset = true;
		else if (!parse_value(argv[i], options))
			report(pamh, LOG_ERR, "unknown argument ignored: %s", argv[i]);
	}
}

/* The user name of NSS where the lookup came that far, else the one that was typed. */
static const char *user_of(const struct session_request *request, const struct session *session)
{
	return session->identity.name ? session->identity.name : request->user;
}

/* @details comes last, because the log may cut the end of a line. */
static void report_session(pam_handle_t *pamh, const struct session_request *request,
			   const struct session *session, int priority, const char *what,
			   const char *details)
{
	char id[SESSION_ID_TEXT];

	report(pamh, priority, "%s: user=%s uid=%u service=%s auid=%s ses=%s session=%s %s", what,
	       user_of(request, session), session->identity.uid, request->service,
	       session->login_uid, session->audit_session, session_id_text(session, id), details);
}

static void report_restricted(pam_handle_t *pamh, const struct session_request *request,
			      const struct session *session, int priority, const char *what)
{
	char text[SESSION_TEXT];

	report_session(pamh, request, session, priority, what, session_describe(session, text));
}

/* Root only, and rare, so it is logged even if restrictions are not. */
static void report_reset(pam_handle_t *pamh, const struct session_request *request,
			 const struct session *session)
{
	const struct regain *regain = &session->regain;
	char text[REGAIN_TEXT];

	if (!capset_equal(regain->raised, CAPSET_NONE) || regain->cleared)
		report_session(pamh, request, session, LOG_INFO, "userns set raised",
			       regain_describe(regain, text));
	if (regain->raise_error < 0 || regain->clear_error < 0)
		report_session(pamh, request, session, LOG_WARNING, "userns set not all reset",
			       regain_problem_text(regain, text));
}

static void report_refused(pam_handle_t *pamh, const struct session_request *request,
			   const struct session *session, int flags)
{
	char text[SESSION_TEXT];

	report(pamh, LOG_ALERT, "session refused: user=%s service=%s: %s",
	       user_of(request, session), request->service, session_problem_text(session, text));
	if (!((unsigned)flags & PAM_SILENT))
		pam_error(pamh, "Your session can't be opened safely. Please tell the "
				"administrator.");
}

static void report_outcome(pam_handle_t *pamh, const struct session_request *request,
			   const struct session *session, const struct options *options, int flags)
{
	char text[SESSION_TEXT];

	report_reset(pamh, request, session);
	switch (session->outcome) {
	case SESSION_REFUSED:
		report_refused(pamh, request, session, flags);
		break;
	case SESSION_UNTOUCHED:
		if (options->debug)
			report(pamh, LOG_DEBUG, "nothing to restrict: user=%s service=%s",
			       user_of(request, session), request->service);
		break;
	case SESSION_RESTRICTED:
		if (session->unsupported)
			report(pamh, LOG_WARNING,
			       "no provider for the userns set is loaded: user=%s service=%s: %s",
			       user_of(request, session), request->service,
			       policy_unsupported_name(session->rules.when_unsupported));
		if (session_is_restricted(session) && session_depends(session))
			report_restricted(pamh, request, session, LOG_WARNING,
					  "session restricted, with unknown groups");
		else if (!options->quiet && session_is_restricted(session))
			report_restricted(pamh, request, session, LOG_INFO, "session restricted");
		break;
	case SESSION_FALLBACK:
		report(pamh, LOG_ALERT, "the rules can't be used: %s",
		       session_problem_text(session, text));
		report_restricted(pamh, request, session, LOG_ALERT,
				  "session restricted until they are fixed");
		break;
	case SESSION_EXEMPT:
		report(pamh, LOG_ALERT,
		       "the rules can't be used: %s; user=%s service=%s let in "
		       "unrestricted",
		       session_problem_text(session, text), user_of(request, session),
		       request->service);
		break;
	case SESSION_OUTCOME_COUNT:
		break;
	}
}

static const char *item_text(pam_handle_t *pamh, int type)
{
	const void *item = NULL;

	return pam_get_item(pamh, type, &item) == PAM_SUCCESS ? item : NULL;
}

/* ---- the audit trail ---- */

/* Who may not write to it, in a container for instance, or has none, does without. */
static void audit(pam_handle_t *pamh, const char *text, int r)
{
	if (*text)
		pam_modutil_audit_write(pamh, AUDIT_USER_ROLE_CHANGE, text,
					r < 0 ? REFUSED : PAM_SUCCESS);
}

static void free_id(pam_handle_t *pamh, void *id, int status)
{
	(void)pamh;
	(void)status;
	free(id);
}

static void audit_opened(pam_handle_t *pamh, const struct session_request *request,
			 const struct session *session, int r)
{
	struct audit_text text;
	const void *before = NULL;
	uint64_t *id;

	audit(pamh, session_audit_opened(request, session, r, &text), r);
	if (r < 0 || !session_is_restricted(session))
		return;
	/* The module may be in the stack twice. What has no number does not replace one that has.
	 */
	if (!session->id && pam_get_data(pamh, DATA, &before) == PAM_SUCCESS && before)
		return;
	id = malloc(sizeof(*id));
	if (!id)
		return;
	*id = session->id;
	if (pam_set_data(pamh, DATA, id, free_id) != PAM_SUCCESS)
		free(id);
}

/*
 * Also where the process that closes it is in another session: then nothing is known of denials.
 * Where audit keeps the writer waiting, the sum has to do.
 */
static void audit_closed(pam_handle_t *pamh, uint64_t id)
{
	struct audit_text text;
	struct userns_session record;
	struct userns userns;
	bool known = userns_find(&kernel_linux, &userns) == 0 &&
		     userns_read_session(&userns, false, &record) == 0 && record.id == id;
	uint64_t began = clock_now(CLOCK_BOOTTIME);
	unsigned kind;

	for (kind = 0; known && kind < USERNS_KINDS; kind++)
		if (clock_now(CLOCK_BOOTTIME) - began < CLOCK_SECOND)
			audit(pamh, session_audit_denied(&record, kind, &text), 0);
	audit(pamh, session_audit_closed(id, known ? &record : NULL, &text), 0);
}

/* ---- what PAM calls ---- */

EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct options options;
	struct session_request request = { .user = item_text(pamh, PAM_USER),
					   .service = item_text(pamh, PAM_SERVICE) };
	struct session session;
	int r;

	parse_options(pamh, argc, argv, &options);
	if (!request.user || !request.service) {
		report(pamh, LOG_ALERT, "session refused: PAM names no user or no service");
		return REFUSED;
	}
	request.conf = options.conf;
	request.refuse_on_error = options.refuse_on_error;
	request.even_deny_root = options.even_deny_root;
	request.reset = options.reset;

	r = session_open(&request, &kernel_linux, &session);
	report_outcome(pamh, &request, &session, &options, flags);
	audit_opened(pamh, &request, &session, r);
	session_clear(&session);
	return r == 0 ? PAM_SUCCESS : REFUSED;
}

/* There is nothing to undo, and often no privilege left to undo it. */
EXPORT int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const void *id;

	(void)flags;
	(void)argc;
	(void)argv;
	if (pam_get_data(pamh, DATA, &id) != PAM_SUCCESS || !id)
		return PAM_SUCCESS;
	audit_closed(pamh, *(const uint64_t *)id);
	pam_set_data(pamh, DATA, NULL, NULL); /* the module may be in the stack twice */
	return PAM_SUCCESS;
}
