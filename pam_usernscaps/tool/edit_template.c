// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* edit: what a new file begins as. */
#include "edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* A '#' without a blank after it marks a rule that is commented out. */
#define RULES                                                                                      \
	"#default { userns { drop = {net_admin, net_raw, bpf, perfmon, sys_module} } }\n"          \
	"#group \"students\" { userns { create = false } }\n"                                      \
	"#user \"alice\" { bounding { drop = {sys_module, sys_rawio} } }\n"
#define SETS                                                                                       \
	"#bounding { drop = {sys_module, sys_rawio} }\n"                                           \
	"#userns { policy = deny  keep = {setuid, setgid} }\n"

static const char *const templates[CONFIG_PART_COUNT] = {
	[CONFIG_MAIN] = "# Rules: see usernscaps.conf(5).\n#\n"
			"#when_unsupported = deny-creation\n"
			"#when_group_unknown = restrict\n" RULES,
	[CONFIG_DROPIN] = "# More rules: see usernscaps.conf(5).\n#\n" RULES,
	[CONFIG_USER] = "# The rule of the user after whom this file is called: see "
			"usernscaps.conf(5).\n#\n" SETS,
	[CONFIG_GROUP] = "# The rule of the group after which this file is called: see "
			 "usernscaps.conf(5).\n#\n" SETS,
	[CONFIG_PROFILE] = "# A profile, for rules that name it: see usernscaps.conf(5).\n#\n" SETS,
};

static int read_file(const char *path, char **ret_bytes, size_t *ret_len)
{
	_cleanup_(closep) int fd = -1;
	struct config_problem problem;
	int r = config_open(path, &fd, &problem);

	return r < 0 ? r : config_read(path, fd, ret_bytes, ret_len, &problem);
}

/* The vendor's rules no longer hold once the site has a main file. */
int edit_template(const struct config_site *site, enum config_part part, char **ret_bytes,
		  size_t *ret_len)
{
	char *copy;

	if (part == CONFIG_MAIN && site->vendor_main &&
	    read_file(site->vendor_main, ret_bytes, ret_len) == 0)
		return 0;
	copy = strdup(templates[part]);
	if (!copy)
		return -ENOMEM;
	*ret_bytes = copy;
	*ret_len = strlen(copy);
	return 0;
}
