// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Makes one PAM call a number of times, for whoever counts its instructions, and prints what the
 * process has come to, so that a call that did nothing is not taken for a cheap one.
 *
 * Usage: pam_cost CONFDIR SERVICE USER CALL HANDLES COUNT
 *   CALL     open, setcred, or session: open and close
 *   HANDLES  fresh: pam_start, the call, pam_end each time, so that libpam loads the module anew;
 *            kept: one pam_start, the calls, one pam_end
 */
#include <linux/capability.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int converse(int count, const struct pam_message **messages,
		    struct pam_response **ret_responses, void *data)
{
	(void)messages;
	(void)data;
	*ret_responses = calloc((size_t)count, sizeof(**ret_responses));
	return *ret_responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int call_once(pam_handle_t *pamh, const char *call)
{
	int r;

	if (strcmp(call, "setcred") == 0)
		return pam_setcred(pamh, PAM_ESTABLISH_CRED);
	r = pam_open_session(pamh, 0);
	if (r == PAM_SUCCESS && strcmp(call, "session") == 0)
		r = pam_close_session(pamh, 0);
	return r;
}

/* Returns PAM_SUCCESS, or the code of what failed first. */
static int run(char **words, long count)
{
	const struct pam_conv conversation = { .conv = converse };
	pam_handle_t *pamh;
	int r = pam_start_confdir(words[2], words[3], &conversation, words[1], &pamh);

	if (r != PAM_SUCCESS)
		return r;
	while (count-- > 0 && r == PAM_SUCCESS)
		r = call_once(pamh, words[4]);
	pam_end(pamh, r);
	return r;
}

/*
 * A rule of each kind that is measured leaves a mark of its own. Not by libcap: it would be loaded
 * already when a module wants it.
 */
static void show_marks(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };
	struct rlimit rss = { 0 };

	syscall(SYS_capget, &header, data);
	getrlimit(RLIMIT_RSS, &rss);
	printf("bounding sys_chroot %d, inheritable net_raw %d, rss %lld\n",
	       prctl(PR_CAPBSET_READ, CAP_SYS_CHROOT, 0, 0, 0),
	       !!(data[0].inheritable & CAP_TO_MASK(CAP_NET_RAW)),
	       rss.rlim_cur == RLIM_INFINITY ? -1LL : (long long)rss.rlim_cur);
}

int main(int argc, char **argv)
{
	int kept, r = PAM_SUCCESS;
	long count;

	if (argc != 7) {
		fprintf(stderr, "Usage: pam_cost CONFDIR SERVICE USER CALL HANDLES COUNT\n");
		return 2;
	}
	kept = strcmp(argv[5], "kept") == 0;
	count = strtol(argv[6], NULL, 10);
	if (kept)
		r = run(argv, count);
	else
		while (count-- > 0 && r == PAM_SUCCESS)
			r = run(argv, 1);
	if (r != PAM_SUCCESS) {
		fprintf(stderr, "pam_cost: %s: code %d\n", argv[2], r);
		return 1;
	}
	show_marks();
	return 0;
}
