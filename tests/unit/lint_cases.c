// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/lint.h"
#include "lint_cases.h"

/* ---- users and groups: definitions of the test's own go before libc's ---- */

#define UID_DOWN    1005 /* its name can't be looked up */
#define UID_NOBODYS 1006 /* it has none */

static const struct {
	const char *asked;
	char *name;
	uid_t uid;
} users[] = {
	{ "root", "root", 0 },
	{ "alice", "alice", 1000 },
	{ "ALICE", "alice", 1000 },
	{ "bob", "bob", 1001 },
	{ "1002", "1002", 1002 },
	{ "7-9", "7-9", 1003 },
	{ "amelia", "amelia", 1004 },
	{ "amy", "amy", 1004 }, /* the same uid, by its second name */
	{ "down-by-uid", "down-by-uid", UID_DOWN },
	{ "none-by-uid", "none-by-uid", UID_NOBODYS },
};

#define STAFF_GID 2000

static const struct {
	char *name;
	gid_t gid;
} groups[] = {
	{ "staff", STAFF_GID },
	{ "crew", STAFF_GID }, /* the same group, by its second name */
	{ "guests", 2001 },
};

int getpwnam_r(const char *name, struct passwd *passwd, char *buf, size_t size,
	       struct passwd **result)
{
	size_t i;

	(void)buf;
	(void)size;
	*result = NULL;
	if (strcmp(name, "down") == 0)
		return ECONNREFUSED;
	for (i = 0; i < COUNT(users) && !*result; i++) {
		if (strcmp(name, users[i].asked) != 0)
			continue;
		*passwd = (struct passwd){ .pw_name = users[i].name, .pw_uid = users[i].uid };
		*result = passwd;
	}
	return 0;
}

struct passwd *getpwuid(uid_t uid)
{
	static struct passwd passwd;
	size_t i;

	errno = uid == UID_DOWN ? ECONNREFUSED : 0;
	for (i = 0; i < COUNT(users) && uid != UID_DOWN && uid != UID_NOBODYS; i++) {
		if (users[i].uid != uid)
			continue;
		passwd = (struct passwd){ .pw_name = users[i].name, .pw_uid = uid };
		return &passwd;
	}
	return NULL;
}

static int find_group(const char *name, gid_t gid, struct group *group, struct group **result)
{
	size_t i;

	*result = NULL;
	for (i = 0; i < COUNT(groups) && !*result; i++) {
		if (name ? strcmp(name, groups[i].name) != 0 : gid != groups[i].gid)
			continue;
		*group = (struct group){ .gr_name = groups[i].name, .gr_gid = groups[i].gid };
		*result = group;
	}
	return 0;
}

int getgrnam_r(const char *name, struct group *group, char *buf, size_t size, struct group **result)
{
	(void)buf;
	(void)size;
	*result = NULL;
	return strcmp(name, "down") == 0 ? ECONNREFUSED : find_group(name, 0, group, result);
}

int getgrgid_r(gid_t gid, struct group *group, char *buf, size_t size, struct group **result)
{
	(void)buf;
	(void)size;
	return find_group(NULL, gid, group, result);
}

int getgrouplist(const char *user, gid_t group, gid_t *list, int *count)
{
	(void)group;
	*count = strcmp(user, "alice") == 0;
	if (*count)
		list[0] = STAFF_GID;
	return *count;
}

/* ---- the cases ---- */

#define MAIN	"@/rules.conf"
#define DROPIN	"@/rules.d/more.conf"
#define USER	"@/rules.d/users/alice.conf"
#define GROUP	"@/rules.d/groups/staff.conf"
#define PROFILE "@/rules.d/profiles/p.conf"
#define NOTHING "# nothing\n"
#define SUBUID                                                                                     \
	{                                                                                          \
		"@/subuid", "# user:first:count\nalice:100000:65536\n"                             \
	}
#define SUBGID                                                                                     \
	{                                                                                          \
		"@/subgid", "1001:100000:65536\n"                                                  \
	}
#define NO_ADMIN                                                                                   \
	"sys_admin is dropped from the userns set: few programs can use a namespace without it; "  \
	"keep it, or set create = false"
#define NO_SETUID                                                                                  \
	"no_new_privs: sudo, su, passwd, crontab, newuidmap and fusermount3 do not work in these " \
	"sessions"
#define NO_TRACE                                                                                   \
	"sys_ptrace is dropped from the userns set: desktop portals can't look into sandboxes"
#define NO_UIDS                                                                                    \
	"setuid is dropped from the bounding set, but @/subuid has a range for 'alice': "          \
	"newuidmap does not work"
#define IDLE	"user '1000:1000' has no effect: the rules of user 'alice' take precedence"
#define NO_FILE "no service of this rule has a file in @/pam.d"
#define PASSWD                                                                                     \
	{                                                                                          \
		"@/passwd", "toor:x:0:0::/:/bin/sh\nalice:x:1000:0::/:/bin/sh\n"                   \
			    "ally:x:1000:0::/:/bin/sh\n+::::::\n-eve::::::\n"                      \
	}
#define ALIAS(uid, name)                                                                           \
	"uid " uid " is also user '" name "', to whom this rule does not apply; write a rule for " \
	"'" name "' too"
#define NO_RANGE(title, range)                                                                     \
	"user '" title "' is a name here; write a section user '" range "' for a range of uids"
#define UNDONE " is undone by @/rules.conf:2 for users who match both rules"

const struct lint_case lint_cases[] = {
	/* whom a rule is for */
	{ CONFIG_LINT_USER_NUMBER,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  "user '1000' is a name here; expected '1000:1000' for a uid",
	  { { MAIN, "\nuser '1000' { }" } },
	  { { MAIN, "\nuser '1000:1000' { }" } } },
	{ CONFIG_LINT_USER_NUMBER,
	  CONFIG_WARNING,
	  "@/rules.d/users/1000.conf",
	  1,
	  "user '1000' is a name here; expected '1000:1000' for a uid",
	  { { MAIN, NOTHING }, { "@/rules.d/users/1000.conf", NOTHING } },
	  { { MAIN, NOTHING }, { "@/rules.d/users/1002.conf", NOTHING } } },
	{ CONFIG_LINT_USER_RANGE,
	  CONFIG_ERROR,
	  MAIN,
	  2,
	  NO_RANGE("1000-1999", "1000:1999"),
	  { { MAIN, "\nuser '1000-1999' { }" } },
	  { { MAIN, "\nuser '1000:1999' { }" } } },
	{ CONFIG_LINT_USER_RANGE,
	  CONFIG_ERROR,
	  "@/rules.d/users/1000-1999.conf",
	  1,
	  NO_RANGE("1000-1999", "1000:1999"),
	  { { MAIN, NOTHING }, { "@/rules.d/users/1000-1999.conf", NOTHING } },
	  { { MAIN, NOTHING }, { "@/rules.d/users/7-9.conf", NOTHING } } },
	{ CONFIG_LINT_USER_RANGE,
	  CONFIG_ERROR,
	  DROPIN,
	  1,
	  NO_RANGE("1000 - 1999", "1000:1999"),
	  { { MAIN, NOTHING }, { DROPIN, "user '1000 - 1999' { }" } },
	  { { MAIN, NOTHING }, { DROPIN, "user '1000 1999' { } user '1000 - a' { }" } } },
	{ CONFIG_LINT_USER_RANGE,
	  CONFIG_ERROR,
	  MAIN,
	  1,
	  NO_RANGE("1000..1999", "1000:1999"),
	  { { MAIN, "user 1000..1999 { }" } },
	  { { MAIN, "user 1000.1999 { } user 1000...1999 { } user 1000--1999 { }" } } },
	{ CONFIG_LINT_USER_RANGE,
	  CONFIG_ERROR,
	  MAIN,
	  1,
	  NO_RANGE("1000-", "1000:"),
	  { { MAIN, "user 1000- { }" } },
	  { { MAIN, "user - { } user a1000- { }" } } },
	{ CONFIG_LINT_USER_RANGE,
	  CONFIG_ERROR,
	  MAIN,
	  1,
	  NO_RANGE("-1999", ":1999"),
	  { { MAIN, "user -1999 { }" } },
	  { { MAIN, "user .. { } user -1999-9 { } group 1-9 { }" } } },
	{ CONFIG_LINT_USER_UNKNOWN,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "there is no user 'nobody-here'",
	  { { MAIN, "user nobody-here { }" } },
	  { { MAIN, "user alice { }" } } },
	{ CONFIG_LINT_USER_OTHER_NAME,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "the user database calls 'ALICE' 'alice'; only that name matches",
	  { { MAIN, "user ALICE { }" } },
	  { { MAIN, "user alice { }" } } },
	{ CONFIG_LINT_USER_ALIAS,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  ALIAS("1000", "ally"),
	  { { MAIN, "\nuser alice { }" }, PASSWD },
	  { { MAIN, "\nuser alice { } user ally { }" }, PASSWD } },
	{ CONFIG_LINT_USER_ALIAS,
	  CONFIG_WARNING,
	  USER,
	  1,
	  ALIAS("1000", "ally"),
	  { { MAIN, "user '1000:1000' { }" }, { USER, NOTHING }, PASSWD },
	  { { MAIN, NOTHING },
	    { USER, NOTHING },
	    { "@/rules.d/users/ally.conf", NOTHING },
	    PASSWD } },
	{ CONFIG_LINT_USER_ALIAS,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  ALIAS("0", "toor"),
	  { { MAIN, "user root { }" }, PASSWD },
	  { { MAIN, "user '0:0' { } user bob { }" }, PASSWD } },
	{ CONFIG_LINT_USER_ALIAS,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  ALIAS("1004", "amelia"),
	  { { MAIN, "user amy { }" } },
	  { { MAIN, "user amy { } user amelia { }" } } },
	{ CONFIG_LINT_GROUP_UNKNOWN,
	  CONFIG_WARNING,
	  DROPIN,
	  3,
	  "there is no group 'alice': anybody could be a member, so the rule restricts everybody "
	  "except root",
	  { { MAIN, NOTHING }, { DROPIN, "\n\ngroup alice { }" } },
	  { { MAIN, NOTHING }, { DROPIN, "\n\ngroup crew { }" } } },
	{ CONFIG_LINT_GROUP_UNKNOWN,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  "there is no group 'alice': nobody is a member",
	  { { MAIN, "when_group_unknown = ignore\ngroup alice { }" } },
	  { { MAIN, "when_group_unknown = ignore\ngroup crew { }" } } },
	{ CONFIG_LINT_GROUP_UNKNOWN,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  "there is no group 'alice': sessions for which this makes a difference are refused",
	  { { MAIN, "when_group_unknown = refuse\ndefault { except_groups = alice }" } },
	  { { MAIN, "when_group_unknown = refuse\ndefault { except_groups = crew }" } } },
	{ CONFIG_LINT_GROUP_UNKNOWN,
	  CONFIG_WARNING,
	  "@/rules.d/groups/alice.conf",
	  1,
	  "there is no group 'alice': the file is not read",
	  { { MAIN, "probe_group = staff" }, { "@/rules.d/groups/alice.conf", NOTHING } },
	  { { MAIN, "probe_group = staff" }, { GROUP, NOTHING } } },
	{ CONFIG_LINT_GROUP_UNKNOWN,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "there is no group 'alice': the rule excepts nobody",
	  { { MAIN, "group staff { except_groups = {alice} }" } },
	  { { MAIN, "group staff { except_groups = {crew} }" } } },
	{ CONFIG_LINT_USER_UNKNOWN,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "there is no user 'nobody-here'",
	  { { MAIN, "default { except_users = {alice, nobody-here} }" } },
	  { { MAIN, "default { except_users = {alice} }" } } },
	{ CONFIG_LINT_LOOKUP,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "can't look up 'down': Connection refused",
	  { { MAIN, "default { except_users = down }" } },
	  { { MAIN, "default { except_users = alice }" } } },
	{ CONFIG_LINT_LOOKUP,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "can't look up 'down': Connection refused",
	  { { MAIN, "default { except_groups = {down, staff} }" } },
	  { { MAIN, "default { except_groups = {staff} }" } } },
	{ CONFIG_LINT_GROUP_OTHER_NAME,
	  CONFIG_WARNING,
	  "@/rules.d/groups/crew.conf",
	  0,
	  "is never read: the group database calls 'crew' 'staff'; rename the file",
	  { { MAIN, NOTHING }, { "@/rules.d/groups/crew.conf", NOTHING } },
	  { { MAIN, "group crew { }" }, { GROUP, NOTHING } } },
	{ CONFIG_LINT_LOOKUP,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "can't look up 'down': Connection refused",
	  { { MAIN, "user down { }" } },
	  { { MAIN, "user nobody-here { }" } } },
	{ CONFIG_LINT_LOOKUP,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "can't look up 'down-by-uid': Connection refused",
	  { { MAIN, "user down-by-uid { }" } },
	  { { MAIN, "user none-by-uid { }" } } },
	{ CONFIG_LINT_LOOKUP,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  "can't look up 'down': Connection refused",
	  { { MAIN, "\ngroup down { }" } },
	  { { MAIN, "\ngroup nobody-here { }" } } },
	{ CONFIG_LINT_LOOKUP,
	  CONFIG_WARNING,
	  MAIN,
	  0,
	  "can't look up 'down': Connection refused",
	  { { MAIN, "probe_group = down" } },
	  { { MAIN, "probe_group = staff" } } },
	{ CONFIG_LINT_PROBE_UNKNOWN,
	  CONFIG_ERROR,
	  MAIN,
	  0,
	  "probe_group = 'nobody-here': there is no such group, so rules for groups restrict "
	  "everybody except root",
	  { { MAIN, "probe_group = nobody-here" } },
	  { { MAIN, "probe_group = staff" } } },
	{ CONFIG_LINT_PROBE_MISSING,
	  CONFIG_NOTICE,
	  MAIN,
	  0,
	  "there are files for groups, and no probe_group; if a directory has these groups, set "
	  "one: while it is down, it can look like one without groups",
	  { { MAIN, NOTHING }, { GROUP, NOTHING } },
	  { { MAIN, "probe_group = staff" }, { GROUP, NOTHING } } },
	{ CONFIG_LINT_PROBE_MISSING,
	  CONFIG_NOTICE,
	  MAIN,
	  0,
	  "there are files for groups, and no probe_group; if a directory has these groups, set "
	  "one: while it is down, it can look like one without groups",
	  { { MAIN, "group staff { }" }, { GROUP, NOTHING } },
	  { { MAIN, "group staff { }" }, { USER, NOTHING } } },
	{ CONFIG_LINT_RANGE_IDLE,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  IDLE,
	  { { MAIN, "user alice { userns { policy = deny } }\n"
		    "user 1000:1000 { userns { drop = {bpf} } }" } },
	  { { MAIN, "user alice { userns { drop = {chown} } }\n"
		    "user 1000:1000 { userns { drop = {bpf} } }" } } },
	{ CONFIG_LINT_RANGE_IDLE,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  IDLE,
	  { { MAIN, "user alice { services = {sshd, su} userns { create = true } }\n"
		    "user 1000:1000 { services = {su} userns { create = false } }" } },
	  { { MAIN, "user alice { services = {sshd, su} userns { create = true } }\n"
		    "user 1000:1000 { services = {su, cron} userns { create = false } }" } } },
	{ CONFIG_LINT_RANGE_IDLE,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  IDLE,
	  { { MAIN,
	      "user alice { userns { policy = deny } } user ally { userns { policy = deny } }\n"
	      "user 1000:1000 { userns { drop = {bpf} } }" },
	    PASSWD },
	  { { MAIN, "user alice { userns { policy = deny } }\n"
		    "user 1000:1000 { userns { drop = {bpf} } }" },
	    PASSWD } },
	{ CONFIG_LINT_RANGE_IDLE,
	  CONFIG_WARNING,
	  MAIN,
	  3,
	  "user '1004:1004' has no effect: the rules of user 'amy' take precedence",
	  { { MAIN, "user amelia { userns { create = false } }\n"
		    "user amy { userns { create = false } }\n"
		    "user 1004:1004 { userns { create = false } }" } },
	  { { MAIN, "user amelia { userns { create = false } }\n"
		    "user amy { }\n"
		    "user 1004:1004 { userns { create = false } }" } } },
	/* when it holds */
	{ CONFIG_LINT_SERVICES_UNKNOWN,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  NO_FILE,
	  { { MAIN, "default { services = {ssh, sudoo} }" }, { "@/pam.d/sshd", NOTHING } },
	  { { MAIN, "default { services = {ssh, sshd} }" }, { "@/pam.d/sshd", NOTHING } } },
	{ CONFIG_LINT_SERVICES_UNKNOWN,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  NO_FILE,
	  { { MAIN, "default { services = {SSHD} }" }, { "@/pam.d/SSHD", NOTHING } },
	  { { MAIN, "default { services = {SSHD} }" }, { "@/pam.d/sshd", NOTHING } } },
	{ CONFIG_LINT_SERVICE_CASE,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  "service 'MyApp': libpam makes it lower case; write 'myapp'",
	  { { MAIN, "\ndefault { services = {sshd, MyApp} }" } },
	  { { MAIN, "\ndefault { services = {sshd, myapp} }" } } },
	{ CONFIG_LINT_SERVICE_CASE,
	  CONFIG_WARNING,
	  USER,
	  1,
	  "service 'SSHD': libpam makes it lower case; write 'sshd'",
	  { { MAIN, NOTHING }, { USER, "services = {sshd, SSHD, SSHD}" } },
	  { { MAIN, NOTHING }, { USER, "services = {sshd, sshd, '\xc9'}" } } },
	{ CONFIG_LINT_WAYS_AROUND,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "this restriction does not apply to: login, su, su-l, sudo, sudo-i, cron, systemd-user",
	  { { MAIN, "default { services = {sshd, atd} userns { create = false } }" } },
	  { { MAIN, "default { services = {sshd, atd} userns { create = true } }" } } },
	{ CONFIG_LINT_WAYS_AROUND,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "this restriction does not apply to: systemd-user",
	  { { MAIN, "default { profile = p services = {sshd, login, su, su-l, sudo, sudo-i, cron, "
		    "atd} } profile p { profile = q } profile q { bounding { drop = {bpf} } }" } },
	  { { MAIN, "default { profile = p } profile p { profile = q } "
		    "profile q { bounding { drop = {bpf} } }" } } },
	{ CONFIG_LINT_WAYS_AROUND,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "this restriction does not apply to: sshd",
	  { { MAIN, "default { services = {Login, SU, su-l, sudo, Sudo-I, cron, atd, Systemd-User} "
		    "userns { create = false } }" } },
	  { { MAIN, "default { services = {Login, SU, su-l, sudo, Sudo-I, cron, atd, Systemd-User, "
		    "SSHD} userns { create = false } }" } } },
	/* what it does */
	{ CONFIG_LINT_NEWUIDMAP,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  NO_UIDS,
	  { { MAIN, "default { bounding { drop = {setuid} } }" }, SUBUID },
	  { { MAIN, "default { bounding { drop = {setuid} } }\n"
		    "user alice { bounding { keep = {setuid} } }" },
	    SUBUID } },
	{ CONFIG_LINT_NEWUIDMAP,
	  CONFIG_WARNING,
	  PROFILE,
	  2,
	  NO_UIDS,
	  { { MAIN, "group staff { profile = p }" },
	    { PROFILE, "\nbounding { policy = deny keep = {setgid} }" },
	    SUBUID,
	    SUBGID },
	  { { MAIN, "group guests { profile = p }" },
	    { PROFILE, "\nbounding { policy = deny keep = {setgid} }" },
	    SUBUID,
	    SUBGID } },
	{ CONFIG_LINT_NEWUIDMAP,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  NO_UIDS,
	  { { MAIN, "user 1000:1100 { services = {sshd} bounding { drop = {setuid} } }" }, SUBUID },
	  { { MAIN, "user 1001:1100 { services = {sshd} bounding { drop = {setuid} } }" },
	    SUBUID } },
	/* In the second service of its rule only. */
	{ CONFIG_LINT_NEWUIDMAP,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  NO_UIDS,
	  { { MAIN, "group staff { services = {login, sshd} bounding { drop = {setuid} } }\n"
		    "user alice { services = {login} bounding { policy = allow } }" },
	    SUBUID },
	  { { MAIN, "group staff { services = {login, sshd} bounding { drop = {setuid} } }\n"
		    "user alice { services = {login, sshd} bounding { policy = allow } }" },
	    SUBUID } },
	{ CONFIG_LINT_NEWUIDMAP,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  NO_UIDS,
	  { { MAIN, "\ngroup nobodys { bounding { drop = {setuid} } }" }, SUBUID },
	  { { MAIN, "when_group_unknown = ignore\ngroup nobodys { bounding { drop = {setuid} } }" },
	    SUBUID } },
	{ CONFIG_LINT_NEWUIDMAP,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "setgid is dropped from the bounding set, but @/subgid has a range for '1001': newgidmap "
	  "does not work",
	  { { MAIN, "user 1001:1001 { bounding { drop = {setgid} } }" }, SUBUID, SUBGID },
	  { { MAIN, "user alice { bounding { drop = {setgid} } }" }, SUBUID, SUBGID } },
	{ CONFIG_LINT_SYS_ADMIN,
	  CONFIG_WARNING,
	  USER,
	  2,
	  NO_ADMIN,
	  { { MAIN, NOTHING }, { USER, "\nuserns { policy = deny keep = {chown} }" } },
	  { { MAIN, "default { userns { create = false } }" },
	    { USER, "\nuserns { policy = deny keep = {chown} }" } } },
	{ CONFIG_LINT_SYS_ADMIN,
	  CONFIG_WARNING,
	  MAIN,
	  3,
	  NO_ADMIN,
	  { { MAIN, "group staff { profile = p }\nprofile p {\n"
		    "userns { drop = {sys_admin} } }" } },
	  { { MAIN, "group staff { profile = p userns { keep = {sys_admin} } }\nprofile p {\n"
		    "userns { drop = {sys_admin} } }" } } },
	{ CONFIG_LINT_SYS_PTRACE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  NO_TRACE,
	  { { MAIN, "default { userns { drop = {sys_ptrace} } }" } },
	  { { MAIN, "default { userns { drop = {sys_ptrace} create = false } }" } } },
	{ CONFIG_LINT_NO_NEW_PRIVS,
	  CONFIG_NOTICE,
	  MAIN,
	  2,
	  NO_SETUID,
	  { { MAIN, "user alice { bounding { drop = {kill} }\nno_new_privs = yes }" } },
	  { { MAIN, "user alice { bounding { drop = {kill} }\nno_new_privs = no }" } } },
	{ CONFIG_LINT_NO_NEW_PRIVS,
	  CONFIG_NOTICE,
	  MAIN,
	  2,
	  NO_SETUID,
	  { { MAIN, "user alice { profile = p }\nprofile p { no_new_privs = yes }" } },
	  { { MAIN, "user alice { profile = p no_new_privs = no }\n"
		    "profile p { no_new_privs = yes }" } } },
	{ CONFIG_LINT_KEEP_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  "userns { keep = {net_admin:xfrm} } is undone by " MAIN
	  ":2 for users who match both rules",
	  { { MAIN, "group a { userns { keep = {net_admin} drop = {net_admin:tc} } }\n"
		    "group b { userns { drop = {net_admin:tc, net_admin:xfrm} } }" } },
	  { { MAIN, "group a { userns { keep = {net_admin} drop = {net_admin:tc} } }\n"
		    "group b { userns { drop = {net_admin:tc} } }" } } },
	{ CONFIG_LINT_KEEP_IDLE,
	  CONFIG_WARNING,
	  MAIN,
	  2,
	  "userns { keep = {chown, sys_admin} } has no effect, because nothing drops these; to "
	  "drop all others, add policy = deny",
	  { { MAIN, "user root { userns { policy = deny keep = {sys_admin} } }\n"
		    "group staff { userns { keep = {chown, sys_admin} } }" } },
	  { { MAIN, "user 0:9 { userns { drop = {chown} } }\n"
		    "group staff { userns { keep = {chown, sys_admin} } }" } } },
	{ CONFIG_LINT_KEEP_IDLE,
	  CONFIG_WARNING,
	  MAIN,
	  1,
	  "bounding { keep = {chown} } has no effect, because nothing drops these; to drop all "
	  "others, add policy = deny",
	  { { MAIN, "user alice { profile = p bounding { keep = {chown} } }\n"
		    "profile p { bounding { drop = {kill} } }" } },
	  { { MAIN, "user alice { profile = p bounding { keep = {chown} } }\n"
		    "profile p { bounding { policy = deny } }" } } },
	{ CONFIG_LINT_KEEP_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  "userns { keep = {chown, bpf} }" UNDONE,
	  { { MAIN, "group staff { userns { keep = {chown, bpf, kill} } }\n"
		    "group guests { userns { policy = deny keep = {kill} } }" } },
	  { { MAIN, "group staff { userns { keep = {chown, bpf, kill} } }\n"
		    "group guests { userns { policy = deny keep = {kill, chown, bpf} } }" } } },
	{ CONFIG_LINT_KEEP_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  "bounding { keep = {chown} }" UNDONE,
	  { { MAIN, "group staff { bounding { keep = {chown} } services = {su, SSHD} }\n"
		    "group guests { bounding { drop = {chown} } services = {sshd} }" } },
	  { { MAIN, "group staff { bounding { keep = {chown} } services = {su} }\n"
		    "group guests { bounding { drop = {chown} } services = {sshd} }" } } },
	{ CONFIG_LINT_KEEP_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  "bounding { keep = {chown} }" UNDONE,
	  { { MAIN, "user 5:10 { profile = p }\nuser 10:20 { bounding { drop = {chown} } }\n"
		    "profile p { bounding { keep = {chown} } }" } },
	  { { MAIN, "user 5:9 { profile = p }\nuser 10:20 { bounding { drop = {chown} } }\n"
		    "profile p { bounding { keep = {chown} } }" } } },
	{ CONFIG_LINT_KEEP_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  "inheritable { keep = {chown} }" UNDONE,
	  { { MAIN, "user alice { inheritable { keep = {chown} } }\n"
		    "user alice { inheritable { policy = deny } }" } },
	  { { MAIN, "user alice { inheritable { keep = {chown} } }\n"
		    "user bob { inheritable { policy = deny } }" } } },
	{ CONFIG_LINT_KEEP_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  "bounding { keep = {chown} }" UNDONE,
	  { { MAIN, "group staff { bounding { keep = {chown} } }\n"
		    "group guests { except_groups = crew bounding { drop = {chown} } }" } },
	  { { MAIN, "group staff { bounding { keep = {chown} } }\n"
		    "group guests { except_groups = staff bounding { drop = {chown} } }" } } },
	{ CONFIG_LINT_ALLOW_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  2,
	  "userns { policy = allow } gives nothing back to users who match @/rules.conf:4 too; to "
	  "leave out the members of 'staff', write except_groups = {\"staff\"} there",
	  { { MAIN, "group staff {\nuserns { policy = allow } }\n\n"
		    "group guests { userns { policy = deny } }" } },
	  { { MAIN, "group staff {\nuserns { policy = allow } }\n\n"
		    "group guests { except_groups = {staff} userns { policy = deny } }" } } },
	{ CONFIG_LINT_ALLOW_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  "bounding { policy = allow } gives nothing back to users who match @/rules.conf:2 too; "
	  "to leave out the members of 'staff', write except_groups = {\"staff\"} there",
	  { { MAIN, "group staff { bounding { policy = allow drop = {bpf} } }\n"
		    "group guests { bounding { drop = {bpf, chown} } }" } },
	  { { MAIN, "group staff { bounding { policy = allow drop = {bpf} } }\n"
		    "group guests { bounding { drop = {bpf} } }" } } },
	{ CONFIG_LINT_ALLOW_UNDONE,
	  CONFIG_NOTICE,
	  MAIN,
	  1,
	  "userns { policy = allow } gives nothing back to users who match @/rules.conf:2 too; to "
	  "leave out the members of 'staff', write except_groups = {\"staff\"} there",
	  { { MAIN, "group staff { userns { policy = allow } }\n"
		    "group guests { userns { policy = deny } }" } },
	  { { MAIN, "group staff { userns { policy = allow } }\n"
		    "default { userns { policy = deny } }" } } },
	/* files and profiles that nothing uses */
	{ CONFIG_LINT_FILE_NAME,
	  CONFIG_WARNING,
	  "@/rules.d/users/1:2.conf",
	  0,
	  "'1:2' can't be the name of a user",
	  { { MAIN, NOTHING }, { "@/rules.d/users/1:2.conf", NOTHING } },
	  { { MAIN, NOTHING }, { USER, NOTHING } } },
	{ CONFIG_LINT_FILE_NAME,
	  CONFIG_WARNING,
	  "@/rules.d/groups/%staff.conf",
	  0,
	  "'%staff' can't be the name of a group",
	  { { MAIN, NOTHING }, { "@/rules.d/groups/%staff.conf", NOTHING } },
	  { { MAIN, NOTHING }, { GROUP, NOTHING } } },
	{ CONFIG_LINT_NEVER_READ,
	  CONFIG_WARNING,
	  "@/rules.d/user",
	  0,
	  "is never read; expected NAME.conf, or a directory users, groups or profiles",
	  { { MAIN, NOTHING }, { "@/rules.d/user/", NOTHING } },
	  { { MAIN, NOTHING }, { "@/rules.d/users/", NOTHING } } },
	{ CONFIG_LINT_NEVER_READ,
	  CONFIG_WARNING,
	  "@/rules.d/users.d",
	  0,
	  "is never read; expected NAME.conf, or a directory users, groups or profiles",
	  { { MAIN, NOTHING }, { "@/rules.d/users.d/", NOTHING } },
	  { { MAIN, NOTHING }, { DROPIN, NOTHING } } },
	{ CONFIG_LINT_NEVER_READ,
	  CONFIG_WARNING,
	  "@/rules.d/profiles/p",
	  0,
	  "is never read; expected NAME.conf",
	  { { MAIN, NOTHING }, { "@/rules.d/profiles/p", NOTHING } },
	  { { MAIN, NOTHING }, { PROFILE, NOTHING } } },
	{ CONFIG_LINT_COPY,
	  CONFIG_NOTICE,
	  "@/rules.d/users/alice.conf~",
	  0,
	  "is never read: a copy, or hidden; expected NAME.conf",
	  { { MAIN, NOTHING }, { "@/rules.d/users/alice.conf~", NOTHING } },
	  { { MAIN, NOTHING }, { USER, NOTHING } } },
	{ CONFIG_LINT_COPY,
	  CONFIG_NOTICE,
	  "@/rules.d/.more.conf",
	  0,
	  "is never read: a copy, or hidden; expected NAME.conf, or a directory users, groups or "
	  "profiles",
	  { { MAIN, NOTHING }, { "@/rules.d/.more.conf", NOTHING } },
	  { { MAIN, NOTHING }, { DROPIN, NOTHING } } },
	{ CONFIG_LINT_PROFILE_UNUSED,
	  CONFIG_NOTICE,
	  PROFILE,
	  1,
	  "no rule uses profile 'p'",
	  { { MAIN, "default { profile = q } profile q { }" }, { PROFILE, NOTHING } },
	  { { MAIN, "default { profile = q } profile q { profile = p }" }, { PROFILE, NOTHING } } },
	{ CONFIG_LINT_PROFILE_MASKED,
	  CONFIG_WARNING,
	  PROFILE,
	  0,
	  "is never read: profile 'p' is in @/rules.conf:2",
	  { { MAIN, "default { profile = p }\nprofile p { }" }, { PROFILE, NOTHING } },
	  { { MAIN, "default { profile = p }" }, { PROFILE, NOTHING } } },
	{ CONFIG_LINT_PROFILE_OVER_VENDOR,
	  CONFIG_NOTICE,
	  PROFILE,
	  0,
	  "is read in place of @/vendor/p.conf",
	  { { MAIN, NOTHING }, { PROFILE, NOTHING }, { "@/vendor/p.conf", NOTHING } },
	  { { MAIN, NOTHING }, { PROFILE, NOTHING }, { "@/vendor/q.conf", NOTHING } } },
};

const size_t lint_case_count = COUNT(lint_cases);

/* ---- the directory ---- */

static char base[32];

const char *lint_base_make(void)
{
	strcpy(base, "/run/usernscaps-XXXXXX");
	assert_non_null(mkdtemp(base));
	assert_int_equal(chmod(base, 0755), 0);
	return base;
}

void lint_base_remove(void)
{
	assert_int_equal(unit_empty(base), 0);
	assert_int_equal(rmdir(base), 0);
}

const char *lint_expand(const char *text, char buf[static CONFIG_TEXT])
{
	size_t used = 0;

	for (; *text; text++)
		used += (size_t)(*text == '@'
					 ? snprintf(buf + used, CONFIG_TEXT - used, "%s", base)
					 : snprintf(buf + used, CONFIG_TEXT - used, "%c", *text));
	assert_true(used < CONFIG_TEXT);
	buf[used] = '\0';
	return buf;
}

void lint_case_write(const struct lint_case_file files[static LINT_CASE_FILES])
{
	char path[CONFIG_TEXT];
	size_t i;

	assert_int_equal(unit_empty(base), 0);
	for (i = 0; i < LINT_CASE_FILES && files[i].path; i++) {
		lint_expand(files[i].path, path);
		if (path[strlen(path) - 1] == '/')
			unit_make_directories(path);
		else
			unit_write_text(path, files[i].bytes);
	}
}

/* ---- running them ---- */

static void lint(const struct lint_case_file files[static LINT_CASE_FILES], struct lint_tree *tree)
{
	char main[CONFIG_TEXT], vendor[CONFIG_TEXT], pam[CONFIG_TEXT], subuid[CONFIG_TEXT],
		subgid[CONFIG_TEXT], passwd[CONFIG_TEXT];
	const char *const pam_directories[] = { lint_expand("@/pam.d", pam), NULL };
	const struct config_site site = {
		.main = lint_expand("@/rules.conf", main),
		.vendor_profiles = lint_expand("@/vendor", vendor),
	};
	const struct lint_host host = {
		.pam = pam_directories,
		.subuid = lint_expand("@/subuid", subuid),
		.subgid = lint_expand("@/subgid", subgid),
		.passwd = lint_expand("@/passwd", passwd),
	};

	lint_case_write(files);
	lint_read(&site, tree);
	lint_rules(&tree->rules, &tree->findings);
	lint_on_host(&site, &host, &tree->rules, &tree->findings);
	lint_sort(&tree->findings);
	assert_false(tree->findings.incomplete);
}

/* The only one of its message, or NULL. */
static const struct lint_finding *find_only(const struct lint_tree *tree,
					    enum config_message message)
{
	const struct lint_finding *found = NULL;
	size_t i;

	for (i = 0; i < tree->findings.count; i++) {
		const struct lint_finding *finding = &tree->findings.list[i];

		/* Of a case only what it is about is wrong, in the eyes of a login. */
		if (finding->severity == CONFIG_ERROR && finding->message != message)
			fail_msg("%s:%u: %s", finding->file, finding->line, finding->text);
		if (finding->message != message)
			continue;
		if (found)
			fail_msg("%s:%u: %s\nand %s:%u: %s", found->file, found->line, found->text,
				 finding->file, finding->line, finding->text);
		found = finding;
	}
	return found;
}

void lint_case_assert(const struct lint_case *lint_case)
{
	const struct lint_finding *finding;
	char text[CONFIG_TEXT], file[CONFIG_TEXT];
	struct lint_tree tree;

	lint(lint_case->files, &tree);
	finding = find_only(&tree, lint_case->message);
	if (!finding)
		fail_msg("no %s in:\n%s", config_message_name(lint_case->message),
			 lint_case->files[0].bytes);
	assert_string_equal(finding->file, lint_expand(lint_case->file, file));
	assert_int_equal(finding->line, lint_case->line);
	assert_string_equal(finding->text, lint_expand(lint_case->text, text));
	assert_int_equal(finding->severity, lint_case->severity);
	lint_tree_clear(&tree);
}

void lint_case_assert_control(const struct lint_case *lint_case)
{
	const struct lint_finding *finding;
	struct lint_tree tree;

	lint(lint_case->control, &tree);
	finding = find_only(&tree, lint_case->message);
	if (finding)
		fail_msg("%s:%u: %s\nin:\n%s", finding->file, finding->line, finding->text,
			 lint_case->control[0].bytes);
	lint_tree_clear(&tree);
}
