// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* All that can be wrong, in words; and the list of what is. */
#include "doctor_parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

/* $1 and $2 are what doctor_add() is given. */
struct fault {
	const char *name;
	enum doctor_part part;
	enum config_severity severity;
	const char *what, *why, *remedy;
	const char *command; /* NULL: it takes a human */
};

#define NO_PROGRAMS  "without the BPF programs no userns set is enforced"
#define NOT_AT_BOOT  "sessions that are opened before the programs are loaded are never restricted"
#define NOT_REACHED  "the rules do not hold for what is started that way"
#define BROKEN_RULES "while the rules are broken, nobody but root can create a user namespace"
#define MODULE_LINE  "session required pam_usernscaps.so"
#define EDIT	     "sed -i --follow-symlinks "
#define ADD_LINE     EDIT "'$a " MODULE_LINE "' " /* a last line without an end gets one */

static const struct fault faults[DOCTOR_FAULT_COUNT] = {
	[DOCTOR_NOT_BUILT] = { "not-built", DOCTOR_KERNEL, CONFIG_ERROR, "$1", NO_PROGRAMS,
			       "install a usernscapsctl that was built with clang, bpftool and "
			       "libbpf",
			       NULL },
	[DOCTOR_PRIVILEGE] = { "privilege", DOCTOR_KERNEL, CONFIG_ERROR,
			       "root lacks CAP_SYS_ADMIN here, as in a container", NO_PROGRAMS,
			       "load the programs on the host of the container", NULL },
	[DOCTOR_KERNEL_OLD] = { "kernel-old", DOCTOR_KERNEL, CONFIG_ERROR,
				"Linux $2 can't run the BPF programs", NO_PROGRAMS,
				"use Linux 6.2 or later, or 6.1.54 or later of 6.1, with "
				"CONFIG_BPF_LSM",
				NULL },
	[DOCTOR_NO_BTF] = { "btf", DOCTOR_KERNEL, CONFIG_ERROR,
			    "the kernel does not show its types, BTF",
			    "the BPF programs can't be loaded or reloaded without them",
			    "use a kernel built with CONFIG_DEBUG_INFO_BTF, as Debian's are, with "
			    "nothing mounted over /sys/kernel/btf",
			    NULL },
	[DOCTOR_NO_LSM] = { "lsm", DOCTOR_KERNEL, CONFIG_ERROR,
			    "the kernel's BPF security module is not active", NO_PROGRAMS,
			    "boot with \"lsm=$2bpf\" on the kernel command line; with GRUB on "
			    "Debian, before a reboot:",
			    "mkdir -p /etc/default/grub.d && echo "
			    "'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX lsm=$2bpf\"' "
			    ">/etc/default/grub.d/usernscaps.cfg && update-grub" },
	[DOCTOR_NO_BPFFS] = { "bpffs", DOCTOR_KERNEL, CONFIG_ERROR,
			      "there is no bpf filesystem on /sys/fs/bpf", NO_PROGRAMS, "mount it",
			      "mount -t bpf bpf /sys/fs/bpf" },
	[DOCTOR_KERNEL_UNREADABLE] = { "kernel-unreadable", DOCTOR_KERNEL, CONFIG_ERROR, "$1",
				       NO_PROGRAMS, "fix the cause given above", NULL },
	[DOCTOR_FTRACE_OFF] = { "ftrace-off", DOCTOR_KERNEL, CONFIG_ERROR,
				"the sysctl kernel.ftrace_enabled is 0",
				"this stops the BPF programs, and nothing is enforced",
				"set it to 1, look for what sets it in /etc/sysctl.d, and end "
				"sessions that were opened since",
				"sysctl kernel.ftrace_enabled=1" },
	[DOCTOR_UNGUARDED] = { "unguarded", DOCTOR_KERNEL, CONFIG_NOTICE, "$1",
			       "the kernel has a userns set of its own, but nothing guards it "
			       "against the owner bypass",
			       "fix it if users must not act on namespaces from outside", NULL },

	[DOCTOR_UNIT_MISSING] = { "unit-missing", DOCTOR_UNIT, CONFIG_ERROR,
				  "there is no " DOCTOR_SERVICE, NOT_AT_BOOT,
				  "install it, from the package or with \"make install\"", NULL },
	[DOCTOR_UNIT_MASKED] = { "unit-masked", DOCTOR_UNIT, CONFIG_ERROR,
				 DOCTOR_SERVICE " is masked", NOT_AT_BOOT, "unmask it",
				 "systemctl unmask " DOCTOR_SERVICE
				 " && systemctl enable --now " DOCTOR_SERVICE },
	[DOCTOR_UNIT_DISABLED] = { "unit-disabled", DOCTOR_UNIT, CONFIG_ERROR,
				   DOCTOR_SERVICE " is not enabled in sysinit.target", NOT_AT_BOOT,
				   "enable it", "systemctl reenable " DOCTOR_SERVICE },
	[DOCTOR_UNIT_LATE] = { "unit-late", DOCTOR_UNIT, CONFIG_ERROR,
			       DOCTOR_SERVICE " is not ordered before sysinit.target", NOT_AT_BOOT,
			       "revert the local changes to it",
			       "systemctl revert " DOCTOR_SERVICE },
	[DOCTOR_UNIT_FAILED] = { "unit-failed", DOCTOR_UNIT, CONFIG_ERROR,
				 DOCTOR_SERVICE " has failed", NO_PROGRAMS,
				 "start it again; if that fails, \"journalctl -u " DOCTOR_SERVICE
				 "\" has the reason",
				 "systemctl restart " DOCTOR_SERVICE },
	[DOCTOR_UNIT_FAILED_LOADED] = { "unit-failed-loaded", DOCTOR_UNIT, CONFIG_WARNING,
					DOCTOR_SERVICE
					" has failed, though the programs are loaded and work",
					"it may fail at the next boot too, and systemctl can't "
					"reload them",
					"start it again, which sets nobody free; \"journalctl "
					"-u " DOCTOR_SERVICE "\" has the reason",
					"systemctl restart " DOCTOR_SERVICE },
	[DOCTOR_UNIT_STOPPED] = { "unit-stopped", DOCTOR_UNIT, CONFIG_ERROR,
				  DOCTOR_SERVICE " was not started", NO_PROGRAMS, "start it",
				  "systemctl start " DOCTOR_SERVICE },
	[DOCTOR_UNIT_UNKNOWN] = { "unit-unknown", DOCTOR_UNIT, CONFIG_NOTICE,
				  "systemctl can't show " DOCTOR_SERVICE ": $1", NOT_AT_BOOT,
				  "have \"usernscapsctl load\" run at boot, before anything "
				  "opens a session",
				  NULL },

	[DOCTOR_PROVIDER_BAD] = { "provider", DOCTOR_PROVIDER, CONFIG_ERROR, "$1",
				  "no userns set is enforced", "$2", NULL },
	[DOCTOR_PROVIDER_FULL] = { "provider-full", DOCTOR_PROVIDER, CONFIG_ERROR, "$1",
				   "sessions whose userns set is to be lowered are refused", "$2",
				   NULL },

	[DOCTOR_PROVIDER_SHARE] = { "provider-share", DOCTOR_PROVIDER, CONFIG_WARNING,
				    "kernel.threads-max was raised after the programs were loaded: "
				    "a user can have $1 restricted tasks, and should be able to "
				    "have $2",
				    "forks of restricted processes fail for users who have more",
				    "load the programs anew", "usernscapsctl reload" },
	[DOCTOR_PROVIDER_PARTS] = { "provider-parts", DOCTOR_PROVIDER, CONFIG_NOTICE,
				    "on this kernel the programs can't tell these apart: $1",
				    "sessions that are to lose one of them lose all",
				    "if kernel.kptr_restrict is 2, set it to 1 and reload; else "
				    "see \"Parts of a capability\" in usernscaps.conf(5)",
				    NULL },

	[DOCTOR_RULES_OWNER] = { "rules-owner", DOCTOR_RULES, CONFIG_ERROR, "$2", BROKEN_RULES,
				 "check its contents, then give it to root", "chown root '$1'" },
	[DOCTOR_RULES_WRITABLE] = { "rules-writable", DOCTOR_RULES, CONFIG_ERROR, "$2",
				    BROKEN_RULES,
				    "check its contents, then take write permission from others",
				    "chmod go-w '$1'" },
	[DOCTOR_RULES_SYMLINK] = { "rules-symlink", DOCTOR_RULES, CONFIG_ERROR, "$2", BROKEN_RULES,
				   "replace the link with the file or directory itself", NULL },
	[DOCTOR_RULES_MISSING] = { "rules-missing", DOCTOR_RULES, CONFIG_ERROR, "$2", BROKEN_RULES,
				   "write it with \"usernscapsctl edit\"; a comment is enough",
				   NULL },
	[DOCTOR_RULES_BROKEN] = { "rules-broken", DOCTOR_RULES, CONFIG_ERROR, "$1: $2",
				  BROKEN_RULES,
				  "fix it with \"usernscapsctl edit\"; \"man "
				  "usernscapsctl-check\" has "
				  "more on each message",
				  NULL },
	[DOCTOR_RULES_PROBE] = { "probe-unknown", DOCTOR_RULES, CONFIG_ERROR, "$1: $2",
				 "rules for groups restrict everybody except root",
				 "fix the name with \"usernscapsctl edit\", or create the group "
				 "with groupadd",
				 NULL },
	[DOCTOR_RULES_RANGE] = { "user-range", DOCTOR_RULES, CONFIG_ERROR, "$1: $2",
				 "the rule restricts nobody",
				 "write the range with a colon, with \"usernscapsctl edit\"",
				 NULL },
	[DOCTOR_RULES_GROUP] = { "group-unknown", DOCTOR_RULES, CONFIG_WARNING, "$1: $2",
				 "the rule restricts users whom it should not, or nobody",
				 "fix the name with \"usernscapsctl edit\", or create the group "
				 "with groupadd",
				 NULL },
	[DOCTOR_RULES_USER] = { "user-unknown", DOCTOR_RULES, CONFIG_WARNING, "$1: $2",
				"the rule restricts nobody",
				"fix the name with \"usernscapsctl edit\", or create the "
				"user with adduser",
				NULL },
	[DOCTOR_RULES_NEWUIDMAP] = { "newuidmap", DOCTOR_RULES, CONFIG_WARNING, "$1: $2",
				     "rootless containers of these users do not start",
				     "keep both setuid and setgid in the bounding set, with "
				     "\"usernscapsctl edit\"",
				     NULL },
	[DOCTOR_RULES_WARNING] = { "rules-warning", DOCTOR_RULES, CONFIG_WARNING, "$1: $2",
				   "the rules do not do what they appear to do",
				   "fix it with \"usernscapsctl edit\"; \"man "
				   "usernscapsctl-check\" has "
				   "more on each message",
				   NULL },
	[DOCTOR_RULES_NOTICE] = { "rules-notice", DOCTOR_RULES, CONFIG_NOTICE, "$1: $2",
				  "the rules might not do what was intended",
				  "check whether this is intended", NULL },
	[DOCTOR_NEWUIDMAP_CAPS] = { "newuidmap-caps", DOCTOR_RULES, CONFIG_NOTICE,
				    "$1 is not setuid root, and rules take sys_admin out of the "
				    "userns set",
				    "rootless containers of these sessions do not start: without "
				    "sys_admin only a program that is setuid root can map their "
				    "users",
				    "if these users need containers, make it setuid root",
				    "chmod u+s '$1'" },
	[DOCTOR_RULES_NO_NEW_PRIVS] = { "no-new-privs", DOCTOR_RULES, CONFIG_NOTICE, "$1: $2",
					"these programs cannot gain privileges there, and SELinux "
					"and "
					"AppArmor cannot change the domain at exec",
					"drop no_new_privs from the rule if its users need them",
					NULL },

	[DOCTOR_MODULE_MISSING] = { "module-missing", DOCTOR_PAM, CONFIG_ERROR,
				    "$1 names pam_usernscaps.so, but $2 does not exist",
				    "a stack that names a missing module lets nobody in",
				    "keep this shell open, and install the module or remove the "
				    "line",
				    NULL },
	[DOCTOR_PAM_ABSENT] = { "pam-absent", DOCTOR_PAM, CONFIG_ERROR,
				"there are no PAM stacks in $1", NOT_REACHED,
				"restrict sessions by \"usernscapsctl run\" where they are started",
				NULL },
	[DOCTOR_PAM_COMMON] = { "pam-missing", DOCTOR_PAM, CONFIG_ERROR,
				"$1 lacks pam_usernscaps.so, and so do those that include it: $2",
				"the rules do not hold for their sessions",
				"put it into the common stacks, then log in a second time "
				"before you close this shell",
				"pam-auth-update --enable usernscaps" },
	[DOCTOR_PAM_WEAK] = { "pam-weak", DOCTOR_PAM, CONFIG_ERROR,
			      "$1 has \"$2\" before pam_usernscaps.so, and continues if the module "
			      "fails",
			      "sessions that could not be restricted are let in",
			      "say \"required\"",
			      EDIT "-E "
				   "'s/^(-?session)[[:space:]]+(\\[[^]]*\\]|[a-z]+)([[:space:]].*"
				   "pam_usernscaps\\.so)/session required\\3/' '$1'" },
	[DOCTOR_PAM_SKIPPED] = { "pam-skipped", DOCTOR_PAM, CONFIG_ERROR,
				 "$1 has \"$2\" in its sessions, which can skip pam_usernscaps.so",
				 "sessions are opened without the module, or not at all",
				 "say \"optional\" or \"required\" there, or a shorter jump",
				 NULL },
	[DOCTOR_PAM_NOT_LAST] = { "pam-not-last", DOCTOR_PAM, CONFIG_WARNING,
				  "pam_usernscaps.so is not the last of the sessions in $1: $2 "
				  "follows",
				  "programs that later modules run are restricted as well, and may "
				  "fail",
				  "move its line to the end",
				  EDIT "-e ':a' -e '/\\\\$/{N;s/\\\\\\n/ /;ba}' "
				       "-e '/^[^#]*pam_usernscaps\\.so/{h;$!d}' -e '${G}' '$1'" },
	[DOCTOR_PAM_SERVICE] = { "pam-service", DOCTOR_PAM, CONFIG_WARNING,
				 "sessions of the service $1 do not reach pam_usernscaps.so",
				 NOT_REACHED, "add the line to the end of its stack, $2",
				 ADD_LINE "'$2'" },
	[DOCTOR_PAM_VENDOR] = { "pam-service-vendor", DOCTOR_PAM, CONFIG_WARNING,
				"sessions of the service $1 do not reach pam_usernscaps.so",
				NOT_REACHED, "add the line to the end of a copy of its stack, $2",
				"cp '$2' '/etc/pam.d/$1' && " ADD_LINE "'/etc/pam.d/$1'" },
	[DOCTOR_PAM_KNOWN] = { "pam-service-known", DOCTOR_PAM, CONFIG_NOTICE,
			       "sessions of the service $1 do not reach pam_usernscaps.so, as is "
			       "usual",
			       NOT_REACHED ", by root or for a login screen",
			       "to restrict it, add the line to the end of its stack",
			       ADD_LINE "'$2'" },

	[DOCTOR_SSHD_WITHOUT_PAM] = { "sshd-without-pam", DOCTOR_WAYS, CONFIG_ERROR,
				      "sshd has \"UsePAM no\"", NOT_REACHED,
				      "set it to yes in the first line, which takes precedence",
				      "sed -i '1i UsePAM yes' /etc/ssh/sshd_config && systemctl "
				      "try-reload-or-restart ssh.service" },
	[DOCTOR_SSHD_UNKNOWN] = { "sshd-unknown", DOCTOR_WAYS, CONFIG_WARNING,
				  "\"sshd -T\" does not tell whether sshd uses PAM: $1",
				  "with \"UsePAM no\" the rules would not hold",
				  "fix the problem that it names, and start it once", NULL },
	[DOCTOR_SLURM] = { "slurm", DOCTOR_WAYS, CONFIG_WARNING,
			   "$1 runs $2 without PAM sessions: slurm.conf has no \"UsePAM=1\"",
			   NOT_REACHED,
			   "set it, and put \"" MODULE_LINE "\" at the end of /etc/pam.d/slurm",
			   NULL },
	[DOCTOR_DAEMON] = { "daemon", DOCTOR_WAYS, CONFIG_WARNING,
			    "$1 runs $2 without PAM sessions", NOT_REACHED,
			    "if users must not have namespaces there, deny them to the daemon:",
			    "mkdir -p /etc/systemd/system/$1.d && printf "
			    "'[Service]\\nRestrictNamespaces=~user\\n' "
			    ">/etc/systemd/system/$1.d/usernscaps.conf && systemctl daemon-reload "
			    "&& systemctl try-restart $1" },
};

const char *doctor_part_name(enum doctor_part part)
{
	static const char *const names[DOCTOR_PART_COUNT] = {
		[DOCTOR_KERNEL] = "kernel", [DOCTOR_UNIT] = "unit", [DOCTOR_PROVIDER] = "provider",
		[DOCTOR_RULES] = "rules",   [DOCTOR_PAM] = "pam",   [DOCTOR_WAYS] = "ways",
	};

	return names[part];
}

const char *doctor_fault_name(enum doctor_fault fault)
{
	return faults[fault].name;
}

enum doctor_part doctor_fault_part(enum doctor_fault fault)
{
	return faults[fault].part;
}

enum config_severity doctor_fault_severity(enum doctor_fault fault)
{
	return faults[fault].severity;
}

const char *doctor_fault_why(enum doctor_fault fault)
{
	return faults[fault].why;
}

/* ---- the list ---- */

static void finding_clear(struct doctor_finding *finding)
{
	free(finding->what);
	free(finding->remedy);
	free(finding->command);
}

/* The word that "$1" or "$2" stands for; NULL for anything else. */
static const char *find_word(const char *text, const char *const words[static 2])
{
	return text[0] == '$' && (text[1] == '1' || text[1] == '2') ? words[text[1] - '1'] : NULL;
}

/* Returns the text with $1 and $2 in it replaced; NULL where there is no memory, or no text. */
static char *expand(const char *text, const char *const words[static 2])
{
	size_t size = 1, used = 0, i;
	const char *word;
	char *expanded;

	if (!text)
		return NULL;
	for (i = 0; text[i]; i++)
		size += (word = find_word(text + i, words)) ? strlen(word) : 1;
	expanded = calloc(size, 1);
	for (i = 0; expanded && text[i]; i++) {
		word = find_word(text + i, words);
		if (!word) {
			expanded[used++] = text[i];
			continue;
		}
		used = (size_t)(stpcpy(expanded + used, word) - expanded);
		i++;
	}
	return expanded;
}

static bool is_known(const struct doctor_report *report, const struct doctor_finding *finding)
{
	size_t i;

	for (i = 0; i < report->count; i++)
		if (report->list[i].fault == finding->fault &&
		    strcmp(report->list[i].what, finding->what) == 0)
			return true;
	return false;
}

void doctor_add(struct doctor_report *report, enum doctor_fault fault, const char *first,
		const char *second)
{
	const char *const words[] = { first, second };
	struct doctor_finding finding = {
		.fault = fault,
		.what = expand(faults[fault].what, words),
		.remedy = expand(faults[fault].remedy, words),
		.command = expand(faults[fault].command, words),
	};
	bool whole = finding.what && finding.remedy && (finding.command || !faults[fault].command);

	if (whole && is_known(report, &finding)) {
		finding_clear(&finding);
		return;
	}
	if (!whole || array_grow(report->list, report->count) < 0) {
		finding_clear(&finding);
		report->incomplete = true;
		return;
	}
	report->list[report->count++] = finding;
}

void doctor_set_state(struct doctor_report *report, enum doctor_part part, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	text = text_vformat(format, args);
	va_end(args);
	if (!text) {
		report->incomplete = true;
		return;
	}
	free(report->states[part]);
	report->states[part] = text;
}

bool doctor_has(const struct doctor_report *report, enum doctor_fault fault)
{
	size_t i;

	for (i = 0; i < report->count; i++)
		if (report->list[i].fault == fault)
			return true;
	return false;
}

size_t doctor_count(const struct doctor_report *report, enum doctor_part part)
{
	size_t i, count = 0;

	for (i = 0; i < report->count; i++)
		if (faults[report->list[i].fault].part == part &&
		    faults[report->list[i].fault].severity != CONFIG_NOTICE)
			count++;
	return count;
}

bool doctor_is_well(const struct doctor_report *report, enum doctor_part part)
{
	if (part == DOCTOR_PROVIDER && report->provider_fails)
		return false;
	return report->states[part] && doctor_count(report, part) == 0;
}

/* ---- files ---- */

const char *doctor_path(const struct doctor_host *host, const char *name,
			char path[static PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%s%s", host->root, name) >= PATH_MAX)
		path[0] = '\0';
	return path;
}

bool doctor_read_line(const struct doctor_host *host, const char *name, char *line, size_t size)
{
	char path[PATH_MAX];
	_cleanup_(fclosep) FILE *file = fopen(doctor_path(host, name, path), "re");

	if (!file || !fgets(line, (int)size, file))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

void doctor_clear(struct doctor_report *report)
{
	enum doctor_part part;

	while (report->count > 0)
		finding_clear(&report->list[--report->count]);
	free(report->list);
	for (part = 0; part < DOCTOR_PART_COUNT; part++)
		free(report->states[part]);
	*report = (struct doctor_report){ 0 };
}
