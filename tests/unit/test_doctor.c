// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* A host that is well, with one thing at a time that is not: that is found, and nothing else. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor_host.h"
#include "inspect/doctor_parts.h"
#include "man_page.h"

#define RULES "/rules/usernscaps.conf"

/* ---- calls that fail ---- */

static unsigned calls, fail_at; /* this call fails; 0: none does */

static bool fails(void)
{
	if (++calls != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

/* A function that is wrapped, and what it does where it fails. */
#define WRAP(type, function, parameters, arguments, failed)                                        \
	type __real_##function parameters;                                                         \
	type __wrap_##function parameters;                                                         \
	type __wrap_##function parameters                                                          \
	{                                                                                          \
		return fails() ? (failed) : __real_##function arguments;                           \
	}

WRAP(void *, reallocarray, (void *old, size_t count, size_t size), (old, count, size), NULL)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), NULL)
WRAP(int, vasprintf, (char **text, const char *format, va_list args), (text, format, args), -1)
WRAP(char *, strndup, (const char *text, size_t size), (text, size), NULL)
WRAP(int, pipe2, (int pipes[2], int flags), (pipes, flags), -1)
WRAP(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL)
WRAP(ssize_t, getdelim, (char **text, size_t *size, int end, FILE *file), (text, size, end, file),
     -1)
WRAP(int, posix_spawn_file_actions_init, (posix_spawn_file_actions_t * actions), (actions), ENOMEM)
WRAP(pid_t, waitpid, (pid_t pid, int *status, int flags), (pid, status, flags), -1)

/* ---- what goes wrong ---- */

static void lack(enum doctor_fault fault)
{
	doctor_fake.lack = (struct doctor_lack){ fault, "the kernel's reason" };
	doctor_fake.host.lack_count = 1;
}

static void break_build(void)
{
	lack(DOCTOR_NOT_BUILT);
}

static void break_privilege(void)
{
	lack(DOCTOR_PRIVILEGE);
}

static void break_kernel(void)
{
	lack(DOCTOR_KERNEL_OLD);
}

static void break_btf(void)
{
	lack(DOCTOR_NO_BTF);
}

/* The unit has failed then, and there is no provider: neither is named. */
static void break_lsm(void)
{
	lack(DOCTOR_NO_LSM);
	doctor_fake_write("/sys/kernel/security/lsm", "capability,yama\n");
	doctor_fake.unit.output = "LoadState=loaded\nActiveState=failed\nUnitFileState=enabled\n"
				  "DefaultDependencies=no\nWantedBy=sysinit.target\n"
				  "Before=sysinit.target\n";
	doctor_fake.host.provider =
		(struct doctor_provider){ .kind = "none", .text = "no sets", .cause = "load them" };
}

static void break_bpffs(void)
{
	lack(DOCTOR_NO_BPFFS);
}

static void break_reading(void)
{
	lack(DOCTOR_KERNEL_UNREADABLE);
}

static void break_ftrace(void)
{
	doctor_fake_write("/proc/sys/kernel/ftrace_enabled", "0\n");
	doctor_fake.host.provider.works = false;
}

static void break_guard(void)
{
	lack(DOCTOR_NO_LSM);
	doctor_fake.host.provider.native = true;
}

/* What systemd says with one line in place of another. */
static void say_of_unit(const char *load, const char *active, const char *file,
			const char *dependencies, const char *wanted)
{
	static char text[512];

	snprintf(text, sizeof(text),
		 "LoadState=%s\nActiveState=%s\nUnitFileState=%s\nDefaultDependencies=%s\n"
		 "WantedBy=%s\nBefore=shutdown.target sysinit.target\n",
		 load, active, file, dependencies, wanted);
	doctor_fake.unit.output = text;
}

static void break_unit_missing(void)
{
	say_of_unit("not-found", "inactive", "", "yes", "");
}

static void break_unit_masked(void)
{
	say_of_unit("masked", "inactive", "masked", "yes", "");
	doctor_fake.host.provider.works = false;
}

static void break_unit_disabled(void)
{
	say_of_unit("loaded", "active", "disabled", "no", "");
}

static void break_unit_late(void)
{
	say_of_unit("loaded", "active", "enabled", "yes", "sysinit.target");
}

static void break_unit_failed(void)
{
	say_of_unit("loaded", "failed", "enabled", "no", "sysinit.target");
	doctor_fake.host.provider.works = false;
}

static void break_unit_failed_loaded(void)
{
	say_of_unit("loaded", "failed", "enabled", "no", "sysinit.target");
}

static void break_unit_stopped(void)
{
	say_of_unit("loaded", "inactive", "enabled", "no", "sysinit.target");
	doctor_fake.host.provider.works = false;
}

static void break_unit_unknown(void)
{
	doctor_fake.unit.output = "no systemd here\nnor there\n";
	doctor_fake.unit.status = 1;
}

static void break_provider(void)
{
	doctor_fake.host.provider = (struct doctor_provider){
		.kind = "bpf", .loaded = true, .text = "not denied", .cause = "reload it"
	};
}

static void fill_provider(void)
{
	doctor_fake.host.provider = (struct doctor_provider){
		.kind = "bpf", .loaded = true, .full = true, .text = "no room", .cause = "end some"
	};
}

static void raise_threads_max(void)
{
	doctor_fake.host.provider.wanted = 9;
}

static void blur_parts(void)
{
	doctor_fake.host.provider.vague = capset_make(0, CAPSET_VAGUE_LEAST | 1);
}

static void change_mode(const char *path, mode_t mode)
{
	char full[PATH_MAX];

	assert_int_equal(chmod(doctor_fake_path(path, full), mode), 0);
}

static void break_rules_owner(void)
{
	char full[PATH_MAX];

	assert_int_equal(chown(doctor_fake_path(RULES, full), 1, 0), 0);
}

static void break_rules_mode(void)
{
	change_mode(RULES, 0666);
}

static void break_rules_symlink(void)
{
	char link[PATH_MAX];

	assert_int_equal(unlink(doctor_fake_path(RULES, link)), 0);
	assert_int_equal(symlink("/dev/null", link), 0);
}

static void break_rules_missing(void)
{
	char full[PATH_MAX];

	assert_int_equal(unlink(doctor_fake_path(RULES, full)), 0);
}

static void break_rules(void)
{
	doctor_fake_write(RULES, "# a comment\ndefault { userns { drop = {net_admn} } }\n");
}

static void break_group(void)
{
	doctor_fake_write(RULES, "group nosuchgroup { userns { drop = {net_admin} } }\n");
}

static void break_user(void)
{
	doctor_fake_write(RULES, "user nosuchuser { userns { drop = {net_admin} } }\n");
}

static void break_range(void)
{
	doctor_fake_write(RULES, "user 60000-60999 { userns { drop = {net_admin} } }\n");
}

static void break_newuidmap(void)
{
	doctor_fake_write("/etc/subgid", "");
	doctor_fake_write(RULES, "user root { bounding { drop = {setuid} } }\n");
}

static void break_keep(void)
{
	doctor_fake_write(RULES, "default { userns { keep = {net_admin} } }\n");
}

static void break_ptrace(void)
{
	doctor_fake_write(RULES, "default { userns { drop = {sys_ptrace} } }\n");
}

static void break_probe(void)
{
	doctor_fake_write(RULES, "probe_group = nosuchgroup\n");
}

static void break_privileges(void)
{
	doctor_fake_write(RULES, "default { no_new_privs = true }\n");
}

/* Where rules take sys_admin, it matters that these programs are setuid root. */
static void take_sys_admin(void)
{
	doctor_fake_write(RULES, "default { userns { drop = {sys_admin}  create = false } }\n");
	change_mode("/usr/bin/newuidmap", 04755);
	change_mode("/usr/bin/newgidmap", 04755);
}

static void break_newuidmap_caps(void)
{
	take_sys_admin();
	change_mode("/usr/bin/newuidmap", 0755);
}

static void break_module(void)
{
	doctor_fake.host.module = "/lib/security/nosuch.so";
	doctor_fake_write("/etc/pam.d/common-session-noninteractive", "session required x.so\n");
	doctor_fake_write("/etc/pam.d/cron", "@include common-session\n");
	doctor_fake_write("/usr/lib/pam.d/systemd-user", "session include common-session\n");
}

static void break_pam(void)
{
	static const char *const directories[] = { "/nonexistent", NULL };
	static struct lint_host lint;

	lint = *doctor_fake.host.lint;
	lint.pam = directories;
	doctor_fake.host.lint = &lint;
}

static void break_common(void)
{
	doctor_fake_write("/etc/pam.d/common-session", "session required pam_unix.so\n");
}

static void break_control(void)
{
	doctor_fake_write("/etc/pam.d/common-session", "session optional pam_usernscaps.so\n");
}

static void break_before(void)
{
	doctor_fake_write("/etc/pam.d/common-session",
			  "session sufficient pam_unix.so\nsession required pam_usernscaps.so\n");
}

static void break_place(void)
{
	doctor_fake_write("/etc/pam.d/common-session",
			  "session required pam_usernscaps.so\nsession required pam_unix.so\n");
}

static void break_service(void)
{
	doctor_fake_write("/etc/pam.d/ftpd", "session required pam_unix.so\n");
}

static void break_vendor_service(void)
{
	doctor_fake_write("/usr/lib/pam.d/ftpd", "session required pam_unix.so\n");
}

static void break_runuser(void)
{
	doctor_fake_write("/etc/pam.d/runuser", "session required pam_unix.so\n");
}

static void break_sshd(void)
{
	doctor_fake.sshd.output = "port 22\nusepam no\n";
}

static void break_sshd_answer(void)
{
	doctor_fake.sshd.output = "unsupported option \"maybe\".\r\n";
	doctor_fake.sshd.status = 255;
}

static void break_slurm(void)
{
	doctor_fake_write("/usr/lib/systemd/system/slurmd.service", "");
	doctor_fake_write("/etc/slurm/slurm.conf", "ClusterName=x\nUsePAM=0\n");
}

static void break_daemon(void)
{
	doctor_fake_write("/usr/lib/systemd/system/php8.2-fpm.service", "");
	doctor_fake_write("/lib/systemd/system/php8.2-fpm.service", ""); /* often the same */
}

static const struct doctor_case {
	void (*make)(void);
	const char *what, *remedy, *command; /* parts of these; NULL: there is no command */
} cases[DOCTOR_FAULT_COUNT] = {
	[DOCTOR_NOT_BUILT] = { break_build, "the kernel's reason", "install", NULL },
	[DOCTOR_PRIVILEGE] = { break_privilege, "CAP_SYS_ADMIN", "on the host", NULL },
	[DOCTOR_KERNEL_OLD] = { break_kernel, "Linux 6.12.1", "6.1.54", NULL },
	[DOCTOR_NO_BTF] = { break_btf, "BTF", "CONFIG_DEBUG_INFO_BTF", NULL },
	[DOCTOR_NO_LSM] = { break_lsm, "not active", "\"lsm=capability,yama,bpf\"",
			    "$GRUB_CMDLINE_LINUX lsm=capability,yama,bpf\"' >/etc/default/grub.d" },
	[DOCTOR_NO_BPFFS] = { break_bpffs, "no bpf filesystem", "mount",
			      "mount -t bpf bpf /sys/fs/bpf" },
	[DOCTOR_KERNEL_UNREADABLE] = { break_reading, "the kernel's reason", "fix", NULL },
	[DOCTOR_FTRACE_OFF] = { break_ftrace, "kernel.ftrace_enabled is 0", "set it to 1",
				"sysctl kernel.ftrace_enabled=1" },
	[DOCTOR_UNGUARDED] = { break_guard, "the kernel's reason", "fix", NULL },
	[DOCTOR_UNIT_MISSING] = { break_unit_missing, "no usernscaps.service", "install", NULL },
	[DOCTOR_UNIT_MASKED] = { break_unit_masked, "masked", "unmask",
				 "systemctl unmask usernscaps.service" },
	[DOCTOR_UNIT_DISABLED] = { break_unit_disabled, "not enabled", "enable",
				   "systemctl reenable usernscaps.service" },
	[DOCTOR_UNIT_LATE] = { break_unit_late, "before sysinit.target", "revert",
			       "systemctl revert usernscaps.service" },
	[DOCTOR_UNIT_FAILED] = { break_unit_failed, "has failed", "journalctl",
				 "systemctl restart usernscaps.service" },
	[DOCTOR_UNIT_FAILED_LOADED] = { break_unit_failed_loaded, "are loaded and work",
					"journalctl", "systemctl restart usernscaps.service" },
	[DOCTOR_UNIT_STOPPED] = { break_unit_stopped, "not started", "start",
				  "systemctl start usernscaps.service" },
	[DOCTOR_UNIT_UNKNOWN] = { break_unit_unknown, ": no systemd here", "usernscapsctl load",
				  NULL },
	[DOCTOR_PROVIDER_BAD] = { break_provider, "not denied", "reload it", NULL },
	[DOCTOR_PROVIDER_SHARE] = { raise_threads_max,
				    "a user can have 8 restricted tasks, and should be able to "
				    "have 9",
				    "load the programs anew", "usernscapsctl reload" },
	[DOCTOR_PROVIDER_PARTS] = { blur_parts, "apart: net_admin:link, net_admin:other",
				    "kptr_restrict", NULL },
	[DOCTOR_PROVIDER_FULL] = { fill_provider, "no room", "end some", NULL },
	[DOCTOR_RULES_OWNER] = { break_rules_owner, "is owned by uid 1", "root",
				 "/rules/usernscaps.conf'" },
	[DOCTOR_RULES_WRITABLE] = { break_rules_mode, "writable", "write permission",
				    "/rules/usernscaps.conf'" },
	[DOCTOR_RULES_SYMLINK] = { break_rules_symlink, "symbolic link", "replace the link", NULL },
	[DOCTOR_RULES_MISSING] = { break_rules_missing, "does not exist", "usernscapsctl edit",
				   NULL },
	[DOCTOR_RULES_BROKEN] = { break_rules,
				  "/rules/usernscaps.conf:2: unknown capability 'net_admn'",
				  "usernscapsctl edit", NULL },
	[DOCTOR_RULES_PROBE] = { break_probe, "probe_group = 'nosuchgroup'", "groupadd", NULL },
	[DOCTOR_RULES_RANGE] = { break_range, "usernscaps.conf:1: user '60000-60999'",
				 "with a colon", NULL },
	[DOCTOR_RULES_GROUP] = { break_group, "usernscaps.conf:1: there is no group 'nosuchgroup'",
				 "groupadd", NULL },
	[DOCTOR_RULES_USER] = { break_user, "there is no user 'nosuchuser'", "adduser", NULL },
	[DOCTOR_RULES_NEWUIDMAP] = { break_newuidmap, "setuid is dropped", "keep both", NULL },
	[DOCTOR_RULES_WARNING] = { break_keep, "has no effect", "usernscapsctl edit", NULL },
	[DOCTOR_RULES_NOTICE] = { break_ptrace, "sys_ptrace", "whether this is intended", NULL },
	[DOCTOR_NEWUIDMAP_CAPS] = { break_newuidmap_caps, "newuidmap is not setuid root",
				    "make it setuid", "/usr/bin/newuidmap'" },
	[DOCTOR_RULES_NO_NEW_PRIVS] = { break_privileges, "sudo, su, passwd", "drop no_new_privs",
					NULL },
	[DOCTOR_MODULE_MISSING] = { break_module, "/lib/security/nosuch.so", "keep this shell open",
				    NULL },
	[DOCTOR_PAM_ABSENT] = { break_pam, "/nonexistent", "usernscapsctl run", NULL },
	[DOCTOR_PAM_COMMON] = { break_common, "/etc/pam.d/common-session lacks", "common stacks",
				"pam-auth-update --enable usernscaps" },
	[DOCTOR_PAM_WEAK] = { break_control, "has \"optional\"", "required", "sed -i" },
	[DOCTOR_PAM_SKIPPED] = { break_before, "has \"sufficient\"", "optional", NULL },
	[DOCTOR_PAM_NOT_LAST] = { break_place, "pam_unix.so follows", "to the end", "sed -i" },
	[DOCTOR_PAM_SERVICE] = { break_service, "service ftpd", "/etc/pam.d/ftpd",
				 "'$a session required pam_usernscaps.so' '" },
	[DOCTOR_PAM_VENDOR] = { break_vendor_service, "service ftpd", "/usr/lib/pam.d/ftpd",
				"pam_usernscaps.so' '/etc/pam.d/ftpd'" },
	[DOCTOR_PAM_KNOWN] = { break_runuser, "service runuser", "to restrict it",
			       "/etc/pam.d/runuser'" },
	[DOCTOR_SSHD_WITHOUT_PAM] = { break_sshd, "\"UsePAM no\"", "yes", "UsePAM yes" },
	[DOCTOR_SSHD_UNKNOWN] = { break_sshd_answer, ": unsupported option \"maybe\".", "fix",
				  NULL },
	[DOCTOR_SLURM] = { break_slurm, "slurmd.service runs jobs", "/etc/pam.d/slurm", NULL },
	[DOCTOR_DAEMON] = { break_daemon, "php8.2-fpm.service runs", "deny them",
			    "RestrictNamespaces=~user" },
};

static void test_each_fault(void **state)
{
	enum doctor_fault fault;

	for (fault = 0; fault < DOCTOR_FAULT_COUNT; fault++) {
		const struct doctor_finding *finding;

		assert_non_null(cases[fault].make);
		assert_int_equal(doctor_fake_make(state), 0);
		doctor_fake_assert_well();
		cases[fault].make();
		finding = doctor_fake_assert_only(fault);
		doctor_fake_assert_says(finding->what, cases[fault].what);
		doctor_fake_assert_says(finding->remedy, cases[fault].remedy);
		if (cases[fault].command)
			doctor_fake_assert_says(finding->command, cases[fault].command);
		else
			assert_null(finding->command);
		assert_int_equal(doctor_count(&doctor_fake.report, doctor_fault_part(fault)),
				 doctor_fault_severity(fault) != CONFIG_NOTICE);
		assert_true(strlen(doctor_fault_why(fault)) > 0);
		assert_int_equal(doctor_fake_remove(state), 0);
	}
}

/* ---- what is not a fault ---- */

static void test_well(void **state)
{
	take_sys_admin();
	doctor_fake_assert_well();
	doctor_fake_write("/usr/lib/systemd/system/postfix@.service", "");
	doctor_fake.others.output = "LoadState=loaded\nRestrictNamespaces=cgroup net\n";
	doctor_fake_assert_well();
	doctor_fake.others.output = "LoadState=loaded\nRestrictNamespaces=yes\n";
	doctor_fake_assert_well();
	doctor_fake.others.output = "LoadState=loaded\nRestrictNamespaces=net user\n";
	doctor_fake_assert_only(DOCTOR_DAEMON);
	doctor_fake.others.output = "LoadState=masked\nRestrictNamespaces=no\n";
	doctor_fake_assert_well();
	doctor_fake.others.status = -ENOENT;
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_DAEMON)->what, "postfix@-.service");
}

static void test_slurm(void **state)
{
	break_slurm();
	doctor_fake_assert_only(DOCTOR_SLURM);
	doctor_fake_write("/etc/slurm/slurm.conf", "usepam=YES\n");
	doctor_fake_assert_well();
}

static void test_no_sshd(void **state)
{
	char path[PATH_MAX];

	break_sshd();
	doctor_fake_assert_only(DOCTOR_SSHD_WITHOUT_PAM);
	assert_int_equal(unlink(doctor_fake_path("/usr/sbin/sshd", path)), 0);
	doctor_fake_assert_well();
}

/* The first line counts as well; what only looks like it does not. */
static void test_sshd_answers(void **state)
{
	doctor_fake.sshd.output = "usepam yes\nport 22\n";
	doctor_fake_assert_well();
	doctor_fake.sshd.output = "banner usepam yes\n";
	doctor_fake_assert_only(DOCTOR_SSHD_WITHOUT_PAM);
	doctor_fake.sshd.status = -EACCES;
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_SSHD_UNKNOWN)->what,
				"Permission denied");
	assert_null(doctor_fake.report.states[DOCTOR_WAYS]);
}

/* Before and behind the word, and inside others. */
static void test_order(void **state)
{
	static const char *const late[] = { "", "sysinit.target.wants", "x sysinit.targetx",
					    "xsysinit.target y" };
	static char text[256];
	size_t i;

	for (i = 0; i < COUNT(late); i++) {
		snprintf(text, sizeof(text),
			 "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n"
			 "DefaultDependencies=no\nWantedBy=sysinit.target\nBefore=%s\n",
			 late[i]);
		doctor_fake.unit.output = text;
		doctor_fake_assert_only(DOCTOR_UNIT_LATE);
	}
	doctor_fake.unit.output = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n"
				  "WantedBy=multi-user.target\nBefore=sysinit.target\n";
	doctor_fake_assert_only(DOCTOR_UNIT_DISABLED);
	doctor_fake.unit.status = -ENOENT;
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_UNIT_UNKNOWN)->what, "No such file");
	assert_false(doctor_is_well(&doctor_fake.report, DOCTOR_UNIT));
}

/* What has to be fixed first comes first, and notices come last. */
static void test_sorting(void **state)
{
	const struct doctor_report *report;

	break_runuser();
	break_sshd();
	break_group();
	break_ftrace();
	break_place();
	break_service();
	doctor_fake_write("/etc/pam.d/another", "session required pam_unix.so\n");
	report = doctor_fake_examine();
	assert_int_equal(report->count, 7);
	assert_int_equal(report->list[0].fault, DOCTOR_FTRACE_OFF);
	assert_int_equal(report->list[1].fault, DOCTOR_RULES_GROUP);
	assert_int_equal(report->list[2].fault, DOCTOR_PAM_NOT_LAST);
	doctor_fake_assert_says(report->list[3].what, "another");
	doctor_fake_assert_says(report->list[4].what, "ftpd");
	assert_int_equal(report->list[5].fault, DOCTOR_SSHD_WITHOUT_PAM);
	assert_int_equal(report->list[6].fault, DOCTOR_PAM_KNOWN);
	assert_false(doctor_is_well(report, DOCTOR_PROVIDER));
}

static void remove_file(const char *path)
{
	char full[PATH_MAX];

	assert_int_equal(unlink(doctor_fake_path(path, full)), 0);
}

/* What is not there is no fault by itself. */
static void test_missing_files(void **state)
{
	char root[PATH_MAX + 1], path[PATH_MAX];
	const struct doctor_host far = { .root = root };

	take_sys_admin();
	remove_file("/usr/bin/newuidmap");
	remove_file("/proc/sys/kernel/ftrace_enabled");
	remove_file("/sys/kernel/security/lsm");
	doctor_fake_assert_well();
	lack(DOCTOR_NO_LSM);
	doctor_fake_assert_says(doctor_fake_assert_only(DOCTOR_NO_LSM)->remedy, "\"lsm=bpf\"");

	memset(root, 'x', PATH_MAX);
	root[PATH_MAX] = '\0';
	assert_string_equal(doctor_path(&far, "/etc", path), "");
}

/* ---- running programs ---- */

static void test_run(void **state)
{
	static const char *const speak[] = { "/bin/sh", "-c",
					     "echo out; echo complaint >&2; echo $LC_ALL; exit 7",
					     NULL };
	static const char *const silent[] = { "/bin/true", NULL };
	static const char *const killed[] = { "/bin/sh", "-c", "kill -9 $$", NULL };
	static const char *const none[] = { "/nonexistent/program", NULL };
	char *output = NULL;

	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(doctor_run(speak, &output), 7);
	assert_string_equal(output, "out\ncomplaint\nC\n");
	free(output);
	assert_int_equal(doctor_run(silent, &output), 0);
	assert_string_equal(output, "");
	free(output);
	assert_int_equal(doctor_run(killed, &output), 128 + 9);
	free(output);
	output = NULL;
	assert_int_equal(doctor_run(none, &output), -ENOENT);
	assert_null(output);
}

/* Each call that takes a resource: its error comes out, and nothing else. */
static void test_run_fails(void **state)
{
	static const char *const echo[] = { "/bin/echo", "x", NULL };
	char *output = NULL;
	unsigned number;

	for (number = 1; number <= 5; number++) {
		calls = 0;
		fail_at = number;
		assert_int_equal(doctor_run(echo, &output), -ENOMEM);
		assert_null(output);
	}
	calls = 0;
	fail_at = 6; /* there is none */
	assert_int_equal(doctor_run(echo, &output), 0);
	assert_int_equal(calls, 5);
	fail_at = 0;
	free(output);
}

/* Without memory the report says that it isn't whole, or has one more finding that says so. */
static void test_no_memory(void **state)
{
	struct doctor_report report;
	unsigned number;

	break_rules_mode();
	break_place();
	for (number = 1;; number++) {
		calls = 0;
		fail_at = number;
		doctor_examine(&doctor_fake.host, &report);
		fail_at = 0;
		if (calls < number)
			break;
		assert_true(report.incomplete || report.count == 3);
		doctor_clear(&report);
	}
	assert_true(number > 10);
	assert_false(report.incomplete);
	assert_int_equal(report.count, 2);
	doctor_clear(&report);
}

/* ---- words ---- */

/* Kebab-case, and of one fault only. */
static void test_names(void **state)
{
	static const char *const parts[] = { "kernel", "unit", "provider", "rules", "pam", "ways" };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	enum doctor_fault fault, other;
	enum doctor_part i;

	for (fault = 0; fault < DOCTOR_FAULT_COUNT; fault++) {
		const char *name = doctor_fault_name(fault);

		assert_true(name[0] && strchr(letters, name[0]) &&
			    strchr(letters, name[strlen(name) - 1]));
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		for (other = 0; other < fault; other++)
			assert_string_not_equal(name, doctor_fault_name(other));
	}
	for (i = 0; i < DOCTOR_PART_COUNT; i++)
		assert_string_equal(doctor_part_name(i), parts[i]);
}

/* The man page has each of them. */
static void test_documented(void **state)
{
	enum doctor_fault fault;
	char severity[32];

	for (fault = 0; fault < DOCTOR_FAULT_COUNT; fault++) {
		snprintf(severity, sizeof(severity), "(%s)",
			 config_severity_name(doctor_fault_severity(fault)));
		man_page_assert_entry("usernscapsctl-doctor.8", doctor_fault_name(fault), severity);
	}
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, doctor_fake_make, doctor_fake_remove)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_fault),
		TEST(test_well),
		TEST(test_slurm),
		TEST(test_no_sshd),
		TEST(test_sshd_answers),
		TEST(test_order),
		TEST(test_sorting),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_run_fails),
		TEST(test_no_memory),
		TEST(test_missing_files),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_documented),
	};

	if (geteuid() != 0) {
		printf("1..0 # SKIP only root can make files that are safe to read\n");
		return 0;
	}
	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
