// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The audit trail, as far as usernscapsctl writes it. */
#include "audit.h"

#ifdef HAVE_AUDIT

#include <errno.h>
#include <libaudit.h>
#include <poll.h>
#include <unistd.h>

#include "base/cleanup.h"

/* How long the kernel may take to say whether audit is enabled, and how many other answers to skip.
 */
#define ANSWER_MS 1000
#define ANSWERS	  16

/* No host, no address, the terminal of this process. */
#define NOWHERE NULL, NULL, NULL

static bool is_on(int fd)
{
	struct audit_reply reply;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int i;

	if (audit_request_status(fd) <= 0)
		return false;
	for (i = 0; i < ANSWERS && poll(&wait, 1, ANSWER_MS) > 0; i++)
		if (audit_get_reply(fd, &reply, GET_REPLY_NONBLOCKING, 0) > 0 &&
		    reply.type == AUDIT_GET)
			return reply.status->enabled && reply.status->pid;
	return false;
}

static void write_message(int type, const char *text, bool success)
{
	_cleanup_(closep) int fd = audit_open();

	if (fd >= 0)
		audit_log_user_message(fd, type, text, NOWHERE, success);
}

void ctl_audit_policy(const char *text, bool success)
{
	write_message(AUDIT_USER_MAC_POLICY_LOAD, text, success);
}

void ctl_audit_change(const char *text, bool success)
{
	write_message(AUDIT_USYS_CONFIG, text, success);
}

bool ctl_audit_denied(const char *text)
{
	_cleanup_(closep) int fd = audit_open();

	return fd >= 0 && is_on(fd) &&
	       audit_log_user_avc_message(fd, AUDIT_USER_AVC, text, NOWHERE, getuid()) > 0;
}

bool ctl_audit_session(const char *user, const char *text)
{
	_cleanup_(closep) int fd = audit_open();

	return fd >= 0 && is_on(fd) &&
	       audit_log_acct_message(fd, AUDIT_USER_ROLE_CHANGE, NULL, text, user, (unsigned)-1,
				      NOWHERE, 1) > 0;
}

#else

void ctl_audit_policy(const char *text, bool success)
{
	(void)text;
	(void)success;
}

void ctl_audit_change(const char *text, bool success)
{
	(void)text;
	(void)success;
}

bool ctl_audit_denied(const char *text)
{
	(void)text;
	return false;
}

bool ctl_audit_session(const char *user, const char *text)
{
	(void)user;
	(void)text;
	return false;
}

#endif
