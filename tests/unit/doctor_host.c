// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "doctor_host.h"

#define MODULE "/lib/security/pam_usernscaps.so"

struct doctor_fake doctor_fake;

static char main_path[PATH_MAX], pam[2][PATH_MAX], subuid[PATH_MAX], subgid[PATH_MAX],
	passwd[PATH_MAX];
static const char *const directories[] = { pam[0], pam[1], NULL };
static struct config_site site = { .main = main_path };
static struct lint_host lint = {
	.pam = directories, .subuid = subuid, .subgid = subgid, .passwd = passwd
};

/* ---- the tree ---- */

const char *doctor_fake_path(const char *path, char buf[static PATH_MAX])
{
	assert_true(snprintf(buf, PATH_MAX, "%s%s", doctor_fake.base, path) < PATH_MAX);
	return buf;
}

void doctor_fake_write(const char *path, const char *text)
{
	char full[PATH_MAX];

	unit_write_text(doctor_fake_path(path, full), text);
}

static void write_tree(void)
{
	doctor_fake_write("/proc/sys/kernel/ftrace_enabled", "1\n");
	doctor_fake_write("/sys/kernel/security/lsm", "capability,yama,bpf\n");
	doctor_fake_write("/rules/usernscaps.conf",
			  "group root { userns { drop = {net_admin} } }\n");
	doctor_fake_write("/etc/subuid", "root:100000:65536\n");
	doctor_fake_write("/etc/subgid", "root:100000:65536\n");
	doctor_fake_write("/usr/bin/newuidmap", "");
	doctor_fake_write("/usr/bin/newgidmap", "");
	doctor_fake_write("/usr/sbin/sshd", "");
	doctor_fake_write(MODULE, "");
	doctor_fake_write("/usr/share/pam-configs/usernscaps", "");
	doctor_fake_write("/etc/pam.d/common-auth", "auth required pam_unix.so\n");
	doctor_fake_write("/etc/pam.d/common-session",
			  "session [default=1] pam_permit.so\nsession requisite pam_deny.so\n"
			  "session required pam_unix.so\nsession required pam_usernscaps.so\n");
	doctor_fake_write("/etc/pam.d/common-session-noninteractive",
			  "session required pam_unix.so\nsession required pam_usernscaps.so\n");
	doctor_fake_write("/etc/pam.d/sshd", "@include common-auth\n@include common-session\n"
					     "session optional pam_motd.so # at the end\n");
	doctor_fake_write("/etc/pam.d/cron", "@include common-session-noninteractive\n");
	doctor_fake_write("/usr/lib/pam.d/systemd-user",
			  "session include common-session-noninteractive\n");
}

/* ---- programs ---- */

static int run(const char *const argv[], char **ret_output)
{
	bool sshd = strstr(argv[0], "/usr/sbin/sshd");
	bool unit = !sshd && strcmp(argv[3], "usernscaps.service") == 0;
	const char *output = sshd   ? doctor_fake.sshd.output
			     : unit ? doctor_fake.unit.output
				    : doctor_fake.others.output;
	int status = sshd   ? doctor_fake.sshd.status
		     : unit ? doctor_fake.unit.status
			    : doctor_fake.others.status;

	assert_string_equal(argv[1], sshd ? "-T" : "show");
	if (status >= 0) {
		*ret_output = strdup(output);
		assert_non_null(*ret_output);
	}
	return status;
}

/* ---- the host ---- */

int doctor_fake_make(void **state)
{
	doctor_fake = (struct doctor_fake){ .base = "/run/usernscaps-XXXXXX" };
	if (!mkdtemp(doctor_fake.base) || chmod(doctor_fake.base, 0755) != 0)
		return -1;
	doctor_fake_path("/rules/usernscaps.conf", main_path);
	doctor_fake_path("/etc/pam.d", pam[0]);
	doctor_fake_path("/usr/lib/pam.d", pam[1]);
	doctor_fake_path("/etc/subuid", subuid);
	doctor_fake_path("/etc/subgid", subgid);
	doctor_fake_path("/etc/passwd", passwd);
	write_tree();
	doctor_fake.unit.output = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n"
				  "DefaultDependencies=no\nWantedBy=sysinit.target\n"
				  "Before=shutdown.target sysinit.target other.service\n";
	doctor_fake.others.output = "LoadState=loaded\nRestrictNamespaces=no\n";
	doctor_fake.sshd.output = "port 22\nusepam yes\nx11forwarding no\n";
	doctor_fake.host = (struct doctor_host){
		.root = doctor_fake.base,
		.module = MODULE,
		.site = &site,
		.lint = &lint,
		.release = "6.12.1",
		.lacks = &doctor_fake.lack,
		.provider = { .kind = "bpf",
			      .works = true,
			      .loaded = true,
			      .share = 8,
			      .wanted = 8,
			      .text = "it was denied",
			      .cause = "" },
		.run = run,
	};
	return 0;
}

int doctor_fake_remove(void **state)
{
	char command[128];

	doctor_clear(&doctor_fake.report);
	snprintf(command, sizeof(command), "rm -rf %s", doctor_fake.base);
	return system(command);
}

const struct doctor_report *doctor_fake_examine(void)
{
	doctor_clear(&doctor_fake.report);
	doctor_examine(&doctor_fake.host, &doctor_fake.report);
	assert_false(doctor_fake.report.incomplete);
	return &doctor_fake.report;
}

static void show_others(enum doctor_fault fault)
{
	const struct doctor_report *report = &doctor_fake.report;
	size_t i;

	for (i = 0; i < report->count; i++)
		if (report->list[i].fault != fault)
			fail_msg("unexpected %s: %s", doctor_fault_name(report->list[i].fault),
				 report->list[i].what);
}

const struct doctor_finding *doctor_fake_assert_only(enum doctor_fault fault)
{
	const struct doctor_report *report = doctor_fake_examine();

	show_others(fault);
	if (report->count != 1)
		fail_msg("%s was found %zu times", doctor_fault_name(fault), report->count);
	return &report->list[0];
}

void doctor_fake_assert_well(void)
{
	const struct doctor_report *report = doctor_fake_examine();
	enum doctor_part part;

	show_others(DOCTOR_FAULT_COUNT);
	assert_int_equal(report->count, 0);
	for (part = 0; part < DOCTOR_PART_COUNT; part++)
		if (!doctor_is_well(report, part))
			fail_msg("%s is not well", doctor_part_name(part));
}

void doctor_fake_assert_says(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in: %s", part, text ? text : "(nothing)");
}
