// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Ways in that open no PAM session. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "doctor_parts.h"
#include "base/error_text.h"

/* ---- sshd ---- */

#define SSHD "/usr/sbin/sshd"

/* Cuts @output at the end of its first line. */
static const char *first_line(char *output)
{
	output[strcspn(output, "\r\n")] = '\0';
	return output;
}

/* "sshd -T" prints lines "key value", in lower case. A build without PAM has no such key. */
static bool uses_pam(const char *output)
{
	return strncmp(output, "usepam yes\n", 11) == 0 || strstr(output, "\nusepam yes\n");
}

static void check_sshd(const struct doctor_host *host, struct doctor_report *report)
{
	_cleanup_(freep) char *output = NULL;
	char path[PATH_MAX];
	const char *const argv[] = { doctor_path(host, SSHD, path), "-T", NULL };
	int r;

	if (access(path, F_OK) < 0) {
		doctor_set_state(report, DOCTOR_WAYS, "no sshd");
		return;
	}
	r = host->run(argv, &output);
	if (r != 0) {
		doctor_add(report, DOCTOR_SSHD_UNKNOWN, r < 0 ? error_text(-r) : first_line(output),
			   "");
		return;
	}
	doctor_set_state(report, DOCTOR_WAYS, "sshd has \"UsePAM %s\"",
			 uses_pam(output) ? "yes" : "no");
	if (!uses_pam(output))
		doctor_add(report, DOCTOR_SSHD_WITHOUT_PAM, "", "");
}

/* ---- daemons that run what users give them ---- */

static const struct {
	const char *file; /* of the unit; may be a pattern */
	const char *unit; /* NULL: called as the file */
	const char *runs;
} daemons[] = {
	{ "exim4.service", NULL, "commands of users' .forward files" },
	{ "exim.service", NULL, "commands of users' .forward files" },
	{ "postfix@.service", "postfix@-.service", "commands of users' .forward files" },
	{ "postfix.service", NULL, "commands of users' .forward files" },
	{ "sendmail.service", NULL, "commands of users' .forward files" },
	{ "dovecot.service", NULL, "mail delivery as its users" },
	{ "php*-fpm.service", NULL, "the scripts of its pools" },
	{ "dropbear.service", NULL, "logins" },
	{ "inetd.service", NULL, "what its configuration says" },
	{ "xinetd.service", NULL, "what its configuration says" },
	{ "slurmd.service", NULL, "jobs" },
};

#define DAEMONS (sizeof(daemons) / sizeof(daemons[0]))

static const char *const unit_directories[] = { "/etc/systemd/system",
						"/run/systemd/generator.late",
						"/usr/lib/systemd/system", "/lib/systemd/system" };

/* "yes": none can be made; "no": all; else those that can: systemd.exec(5). */
static bool refuses_namespaces(const char *value)
{
	return strcmp(value, "no") != 0 && !strstr(value, "user");
}

/* Does a unit let its processes make user namespaces? Not one that is masked. */
static bool is_open(const struct doctor_host *host, const char *unit)
{
	const char *const argv[] = { "/usr/bin/systemctl", "show",
				     "--property=LoadState,RestrictNamespaces", unit, NULL };
	_cleanup_(freep) char *output = NULL;
	char *line, *rest;
	bool open = true;

	if (host->run(argv, &output) != 0)
		return true;
	for (rest = output; (line = strsep(&rest, "\n"));) {
		if (strcmp(line, "LoadState=masked") == 0)
			open = false;
		if (strncmp(line, "RestrictNamespaces=", 19) == 0 && refuses_namespaces(line + 19))
			open = false;
	}
	return open;
}

/* Does slurm.conf(5) have jobs open PAM sessions? */
static bool slurm_uses_pam(const struct doctor_host *host)
{
	static const char *const files[] = { "/etc/slurm/slurm.conf",
					     "/etc/slurm-llnl/slurm.conf" };
	_cleanup_(freep) char *line = NULL;
	char path[PATH_MAX];
	bool uses = false;
	size_t size = 0, i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		_cleanup_(fclosep) FILE *file = fopen(doctor_path(host, files[i], path), "re");

		while (file && getline(&line, &size, file) > 0)
			if (strncasecmp(line, "UsePAM=", 7) == 0)
				uses = line[7] == '1' || strncasecmp(line + 7, "yes", 3) == 0;
	}
	return uses;
}

static void check_unit(const struct doctor_host *host, const char *unit, const char *runs,
		       struct doctor_report *report)
{
	bool slurm = strcmp(unit, "slurmd.service") == 0;

	if ((slurm && slurm_uses_pam(host)) || !is_open(host, unit))
		return;
	doctor_add(report, slurm ? DOCTOR_SLURM : DOCTOR_DAEMON, unit, runs);
}

static void check_daemon(const struct doctor_host *host, size_t number, const char *directory,
			 struct doctor_report *report)
{
	char pattern[PATH_MAX];
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s%s/%s", host->root, directory, daemons[number].file);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (i = 0; i < found.gl_pathc; i++)
			check_unit(host,
				   daemons[number].unit ? daemons[number].unit
							: strrchr(found.gl_pathv[i], '/') + 1,
				   daemons[number].runs, report);
	globfree(&found);
}

void doctor_ways(const struct doctor_host *host, struct doctor_report *report)
{
	size_t i, j;

	check_sshd(host, report);
	for (i = 0; i < DAEMONS; i++)
		for (j = 0; j < sizeof(unit_directories) / sizeof(unit_directories[0]); j++)
			check_daemon(host, i, unit_directories[j], report);
}
