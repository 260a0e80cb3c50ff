// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Parses a rules file with libconfuse alone, a number of times: what any user of that library pays
 * for these bytes. The options have the shape of the module's own, without its callbacks.
 *
 * Usage: confuse_cost FILE SECTIONS COUNT
 *   SECTIONS  keep: libconfuse keeps all of them, and looks through them for each title;
 *             remove: each is removed where it ends, which keeps the cost linear
 */
#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int remove_section(cfg_t *root, cfg_opt_t *opt)
{
	(void)root;
	return cfg_opt_rmnsec(opt, 0);
}

#define SET_KEYS                                                                                   \
	CFG_STR("policy", NULL, CFGF_NODEFAULT), CFG_STR_LIST("keep", NULL, CFGF_NODEFAULT),       \
		CFG_STR_LIST("drop", NULL, CFGF_NODEFAULT)
#define SETS                                                                                       \
	CFG_SEC("bounding", set_keys, CFGF_MULTI), CFG_SEC("inheritable", set_keys, CFGF_MULTI),   \
		CFG_SEC("userns", userns_keys, CFGF_MULTI)

static cfg_opt_t set_keys[] = { SET_KEYS, CFG_END() };
static cfg_opt_t userns_keys[] = { SET_KEYS, CFG_STR("create", NULL, CFGF_NODEFAULT),
				   CFG_STR("strict", NULL, CFGF_NODEFAULT), CFG_END() };
static cfg_opt_t profile_keys[] = { SETS, CFG_END() };
static cfg_opt_t rule_keys[] = { CFG_STR("profile", NULL, CFGF_NODEFAULT),
				 CFG_STR_LIST("services", NULL, CFGF_NODEFAULT), SETS, CFG_END() };
static cfg_opt_t root_keys[] = {
	CFG_STR("when_unsupported", NULL, CFGF_NODEFAULT),
	CFG_SEC("default", rule_keys, CFGF_MULTI),
	CFG_SEC("user", rule_keys, CFGF_MULTI | CFGF_TITLE),
	CFG_SEC("group", rule_keys, CFGF_MULTI | CFGF_TITLE),
	CFG_SEC("profile", profile_keys, CFGF_MULTI | CFGF_TITLE),
	CFG_END(),
};

static int parse(const char *path, int keep)
{
	cfg_t *root = cfg_init(root_keys, CFGF_NONE);
	int r;

	if (!root)
		return CFG_PARSE_ERROR;
	if (!keep) {
		cfg_set_validate_func(root, "user", remove_section);
		cfg_set_validate_func(root, "group", remove_section);
	}
	r = cfg_parse(root, path);
	cfg_free(root);
	return r;
}

int main(int argc, char **argv)
{
	int keep, r = CFG_SUCCESS;
	long count;

	if (argc != 4) {
		fprintf(stderr, "Usage: confuse_cost FILE SECTIONS COUNT\n");
		return 2;
	}
	keep = strcmp(argv[2], "keep") == 0;
	for (count = strtol(argv[3], NULL, 10); count > 0 && r == CFG_SUCCESS; count--)
		r = parse(argv[1], keep);
	if (r != CFG_SUCCESS) {
		fprintf(stderr, "confuse_cost: %s does not parse\n", argv[1]);
		return 1;
	}
	return 0;
}
