// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
// link: -lpam
/*
 * Opens a session of the service "su" in a thread that is not the group leader, runs a command
 * from that thread and then from the leader, and prints what both printed.
 *
 * Usage: pam_thread USER COMMAND
 */
#include <pthread.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *user, *command;
static int status = PAM_ABORT;

static int converse(int count, const struct pam_message **messages,
		    struct pam_response **ret_responses, void *data)
{
	(void)messages;
	(void)data;
	*ret_responses = calloc((size_t)count, sizeof(**ret_responses));
	return *ret_responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

static void run(const char *who)
{
	FILE *output = popen(command, "r");
	char word[64] = "nothing";

	if (output && fgets(word, sizeof(word), output))
		word[strcspn(word, "\n")] = '\0';
	printf("%s=%s", who, word);
	if (output)
		pclose(output);
}

static void *open_session(void *unused)
{
	const struct pam_conv conversation = { .conv = converse };
	pam_handle_t *pamh;

	(void)unused;
	status = pam_start("su", user, &conversation, &pamh);
	if (status != PAM_SUCCESS)
		return NULL;
	status = pam_open_session(pamh, 0);
	run("thread");
	pam_close_session(pamh, 0);
	pam_end(pamh, status);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 3)
		return 2;
	user = argv[1];
	command = argv[2];
	if (pthread_create(&thread, NULL, open_session, NULL) != 0)
		return 1;
	pthread_join(thread, NULL);
	putchar(' ');
	run("leader");
	putchar('\n');
	return status == PAM_SUCCESS ? 0 : 1;
}
