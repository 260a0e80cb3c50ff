// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What a session is denied, and what it may try against being counted. See usage(). */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static const char usage[] =
	"Usage: session get                the number of the session\n"
	"       session open UID [COMMAND] begin one, and run a command in it\n"
	"       session forge LOGIN-UID    begin one with that in its record, and be denied in it\n"
	"       session write | seal       write to it, or end that\n"
	"       session read OFFSET        a byte of its record, or of OFFSET -1 all, as a "
	"checksum\n"
	"       session deny TIMES [NAME]  chroot(2) in a user namespace so often, as a command "
	"NAME\n"
	"       session flood PROCS TIMES  the same in so many processes at once\n"
	"       session many UID COUNT     have so many sessions of a user's, until it is killed\n";

#define CAP_SYS_CHROOT 18

static const char *result(int r)
{
	return r < 0 ? strerrorname_np(-r) : "done";
}

static uint64_t session_id(void)
{
	uint64_t id = 0;

	for (unsigned i = 0; i < 8; i++) {
		int r = ucap(USERNS_GET, 32 + i, 0);

		if (r < 0)
			die("get: %s", strerror(-r));
		id |= (uint64_t)r << 8 * i;
	}
	return id;
}

static void read_record(long offset)
{
	unsigned long sum = 0;
	int r = 0;

	if (offset >= 0) {
		r = ucap(USERNS_READ, (uint64_t)offset, 0);
		printf(r < 0 ? "%s\n" : "byte\n", result(r));
		return;
	}
	for (size_t i = 0; r >= 0 && i < sizeof(struct userns_session); i++) {
		r = ucap(USERNS_READ, i, 0);
		if (i >= 32 && i < 40 && r > 0) /* the address of who opened it */
			sum = 1;
	}
	printf("%s%s\n", result(r < 0 ? r : 0), sum ? ", with an address" : "");
}

static unsigned long deny(unsigned long times)
{
	unsigned long denied = 0;

	if (unshare(CLONE_NEWUSER))
		die("unshare: %s", strerror(errno));
	for (unsigned long i = 0; i < times; i++)
		denied += chroot("/") != 0;
	return denied;
}

/* The text of a record has the user and the service before the login uid. */
static void forge(const char *login_uid)
{
	char text[USERNS_SESSION_TEXT] = "root\0forge\0";
	unsigned long word;

	snprintf(text + sizeof("root\0forge"), 200, "%s", login_uid);
	if (ucap(USERNS_OPEN, 0, 0) < 0)
		die("open");
	for (unsigned i = 0; i < 32; i++) {
		memcpy(&word, text + 8 * i, 8);
		if (prctl((int)USERNS_PRCTL, (unsigned long)USERNS_WRITE, (unsigned long)i,
			  word & 0xffffffff, word >> 32) == 0)
			die("write");
	}
	ucap(USERNS_SEAL, 0, 0);
	printf("denied=%lu\n", deny(1));
}

static void flood(unsigned long procs, unsigned long times)
{
	unsigned long failed = 0;
	int status;

	for (unsigned long i = 0; i < procs; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(deny(times) != times);
		failed += pid < 0;
	}
	while (wait(&status) > 0)
		failed += status != 0;
	printf("failed=%lu\n", failed);
}

static void many(unsigned uid, unsigned long count)
{
	unsigned long opened = 0, refused = 0;
	int ready[2], r;

	if (pipe(ready))
		die("pipe: %s", strerror(errno));
	for (unsigned long i = 0; i < count; i++) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
			r = ucap(USERNS_LOWER, CAP_SYS_CHROOT, 0);
			if (r >= 0)
				r = ucap(USERNS_OPEN, uid, 0);
			if (write(ready[1], &r, sizeof(r)) != sizeof(r))
				_exit(1);
			for (;;)
				pause();
		}
		if (read(ready[0], &r, sizeof(r)) != sizeof(r))
			die("read: %s", strerror(errno));
		opened += r >= 0;
		refused += r == -ENFILE;
	}
	printf("opened=%lu no-room=%lu\n", opened, refused);
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned long first = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long second = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;

	if (!strcmp(what, "get")) {
		printf("%llu\n", (unsigned long long)session_id());
	} else if (!strcmp(what, "open")) {
		puts(result(ucap(USERNS_OPEN, first, 0)));
		fflush(stdout);
		if (argc > 3)
			execv(argv[3], argv + 3);
	} else if (!strcmp(what, "write")) {
		puts(result(ucap(USERNS_WRITE, 0, 0x41414141)));
	} else if (!strcmp(what, "seal")) {
		puts(result(ucap(USERNS_SEAL, 0, 0)));
	} else if (!strcmp(what, "read")) {
		read_record(argc > 2 ? strtol(argv[2], NULL, 10) : -1);
	} else if (!strcmp(what, "forge")) {
		forge(argc > 2 ? argv[2] : "");
	} else if (!strcmp(what, "deny")) {
		if (argc > 3)
			prctl(PR_SET_NAME, argv[3], 0UL, 0UL, 0UL);
		printf("denied=%lu\n", deny(first));
	} else if (!strcmp(what, "flood")) {
		flood(first, second);
	} else if (!strcmp(what, "many")) {
		many((unsigned)first, second);
	} else {
		fputs(usage, stderr);
		return 2;
	}
	return 0;
}
