// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * log: writes what is denied into the log, until it is stopped. The first denial of a kind in a
 * session at once, then sums, at longer and longer distances; and the end of each session. Nothing
 * is lost by being late: the counts are the programs', and the records say what the log has.
 */
#include "log.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "bpf/loader.h"
#include "command.h"
#include "print.h"

/* Between two lines of the same kind: the first distance, doubled each time, and the longest. */
#define FIRST_DISTANCE (10 * CLOCK_SECOND)
#define LAST_DISTANCE  (3600 * CLOCK_SECOND)

/* So many lines at once, and then one more each time. */
#define LINES	      100
#define LINE_INTERVAL (CLOCK_SECOND / 5)

/* How long to sleep: while lines are due, and else until the next look whether all is in place. */
#define BUSY_MS 1000
#define IDLE_MS 10000

/* What is denied while this sleeps makes one line. */
#define PAUSE_US 200000

/* What is known of a record beside what is in it. Kind USERNS_KINDS is what was lost. */
struct place {
	uint64_t id; /* whose it is */
	bool is_due; /* there is more to tell than could be told */
	uint64_t next[USERNS_KINDS + 1], distance[USERNS_KINDS + 1];
};

struct teller {
	struct loader_log *log;
	struct place *places;
	uint64_t lines; /* that may be written at once */
	uint64_t lines_at;
	unsigned first; /* place to begin at: where there were no more lines the last time */
	struct userns_session *outer; /* for find() */
};

static uint64_t now(void)
{
	return clock_now(CLOCK_BOOTTIME);
}

/* ---- how many lines ---- */

static void add_lines(struct teller *teller)
{
	uint64_t more = (now() - teller->lines_at) / LINE_INTERVAL;

	teller->lines_at += more * LINE_INTERVAL;
	teller->lines = teller->lines + more < LINES ? teller->lines + more : LINES;
}

static bool take_line(struct teller *teller)
{
	if (!teller->lines)
		return false;
	teller->lines--;
	return true;
}

/* ---- one session ---- */

static const struct userns_session *find(const void *context, uint64_t id)
{
	const struct teller *teller = context;

	return loader_log_find(teller->log, id, teller->outer) ? teller->outer : NULL;
}

/* Is it time for a line about a kind, of which the log has @told? */
static bool may_tell(struct teller *teller, const struct place *place, unsigned kind, uint64_t told)
{
	return !(told && now() < place->next[kind]) && take_line(teller);
}

/* There was a line: the next one comes later. */
static void note_line(struct place *place, unsigned kind)
{
	uint64_t *distance = &place->distance[kind];

	*distance = !*distance			    ? FIRST_DISTANCE
		    : *distance * 2 < LAST_DISTANCE ? *distance * 2
						    : LAST_DISTANCE;
	place->next[kind] = now() + *distance;
}

/* Returns whether there is more to tell. */
static bool tell_kind(struct teller *teller, unsigned i, const struct userns_session *session,
		      unsigned kind)
{
	bool lost = kind == USERNS_KINDS;
	uint64_t count = lost ? session->lost : session->denials[kind].count;
	uint64_t told = lost ? session->lost_told : session->denials[kind].told;

	if (count == told || (!lost && session->denials[kind].kind & USERNS_KIND_QUIET))
		return false;
	/* At the end one line has the sums. */
	if (session->ended && told)
		return false;
	if (!may_tell(teller, &teller->places[i], kind, told))
		return true;
	if (!ctl_log_denied(session, kind, find, teller))
		return true;
	note_line(&teller->places[i], kind);
	loader_log_told(teller->log, i, session->id, kind, count);
	return false;
}

static bool tell(struct teller *teller, unsigned i, const struct userns_session *session)
{
	bool more = false;
	unsigned kind;

	for (kind = 0; kind <= USERNS_KINDS; kind++)
		more |= tell_kind(teller, i, session, kind);
	if (more || session->state != USERNS_SESSION_ENDED)
		return more;
	if (!take_line(teller))
		return true;
	if (!ctl_log_ended(session))
		return true;
	loader_log_ended(teller->log, i, session->id);
	return false;
}

/* ---- all of them ---- */

/* Returns whether there is more to tell. */
static bool tell_all(struct teller *teller)
{
	unsigned first = teller->first, n;
	struct userns_session session;
	bool more = false;

	add_lines(teller);
	for (n = 0; n < USERNS_SESSIONS; n++) {
		unsigned i = (first + n) % USERNS_SESSIONS;
		struct place *place = &teller->places[i];
		bool had_lines = teller->lines;

		if (!loader_log_has_news(teller->log, i) && !place->is_due)
			continue;
		place->is_due = false;
		if (!loader_log_read(teller->log, i, &session))
			continue;
		if (place->id != session.id)
			*place = (struct place){ .id = session.id };
		place->is_due = tell(teller, i, &session);
		more |= place->is_due;
		if (had_lines && !teller->lines)
			teller->first = i;
	}
	return more;
}

/* Those that end this. @how: SIG_BLOCK or SIG_UNBLOCK */
static void hold_signals(int how)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(how, &signals, NULL);
}

/*
 * Sleep until there is something to tell, or for @ms. Only here can a signal end this: not between
 * a line and the mark that it was written.
 */
static int wait_for_news(struct teller *teller, int ms)
{
	int r;

	hold_signals(SIG_UNBLOCK);
	r = loader_log_wait(teller->log, ms);
	usleep(PAUSE_US);
	hold_signals(SIG_BLOCK);
	return r;
}

/* Until other records have taken the place of these. Returns 0 or -errno. */
static int follow(struct teller *teller)
{
	unsigned i;
	int r = 0;

	hold_signals(SIG_BLOCK);
	/* What came while nobody was here. */
	for (i = 0; i < USERNS_SESSIONS; i++)
		teller->places[i] = (struct place){ .is_due = true };
	while (r == 0 && loader_log_is_current(teller->log)) {
		bool more = tell_all(teller);

		r = wait_for_news(teller, more ? BUSY_MS : IDLE_MS);
	}
	hold_signals(SIG_UNBLOCK);
	return r;
}

static int run(const struct command_call *call)
{
	struct userns_session outer;
	struct teller teller = { .lines = LINES, .lines_at = now(), .outer = &outer };
	_cleanup_(freep) struct place *places = calloc(USERNS_SESSIONS, sizeof(*places));
	struct loader_problem problem;
	int r, last = 0;

	(void)call;
	if (geteuid() != 0)
		return ctl_error("only root can see what is denied to others");
	if (!places)
		return ctl_error("out of memory");
	teller.places = places;
	openlog("usernscapsctl", LOG_PID, LOG_AUTH);
	for (;;) {
		r = loader_log_open(&loader_paths, &teller.log, &problem);
		if (r < 0) { /* the programs may be loaded, or replaced, later */
			if (r != last && r != -ENOENT)
				ctl_error("%s", problem.text);
			last = r;
			sleep(IDLE_MS / 1000);
			continue;
		}
		last = 0;
		r = follow(&teller);
		loader_log_close(teller.log);
		if (r < 0)
			return ctl_error("can't wait for denials: %s", strerror(-r));
	}
}

static const struct command_option options[] = {
	{ .name = NULL },
};

const struct command command_log = {
	.name = "log",
	.operands = "",
	.summary = "write what is denied into the log, until stopped",
	.options = options,
	.run = run,
};
