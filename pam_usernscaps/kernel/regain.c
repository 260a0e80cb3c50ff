// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Raising the userns set again, and clearing flags. */
#include "regain.h"

#include <errno.h>
#include <stdio.h>

#include "apply.h"
#include "base/error_text.h"

/* How many of the flags that a provider can clear are in force? */
static unsigned count_flags(const struct plan_sets *sets)
{
	enum policy_item item;
	unsigned count = 0;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		count += policy_items[item].form == POLICY_USERNS_FLAG &&
			 capset_is_empty(sets->items[item]);
	return count;
}

static void refuse(struct regain *regain, struct capset caps, int error)
{
	if (capset_is_empty(caps))
		return;
	regain->refused = capset_or(regain->refused, caps);
	if (regain->raise_error == 0)
		regain->raise_error = error;
}

/* What the kernel agreed to counts only as far as it can be read back. */
static int read_back(const struct userns *userns, struct regain *regain)
{
	struct plan_sets now;
	struct capset agreed = regain->raised;
	int r;

	if (capset_is_empty(agreed))
		return 0;
	r = apply_read(userns, &now, NULL);
	if (r < 0)
		return r;
	regain->raised = capset_and(agreed, now.items[POLICY_USERNS]);
	refuse(regain, capset_minus(agreed, regain->raised), -EPROTO);
	return 0;
}

static void raise_missing(const struct userns *userns, const struct plan_sets *before,
			  struct capset wanted, struct regain *regain)
{
	struct capset missing = capset_minus(wanted, before->items[POLICY_USERNS]);
	struct capset beyond = capset_minus(missing, before->items[POLICY_BOUNDING]);
	unsigned cap;
	int r;

	regain->beyond_bounding = !capset_is_empty(beyond);
	refuse(regain, beyond, -EPERM);
	if (regain->beyond_bounding)
		return;
	for (cap = 0; cap < CAPSET_SIZE; cap++) {
		if (!capset_has(missing, cap))
			continue;
		r = userns_raise(userns, capset_of(cap));
		if (r < 0)
			refuse(regain, capset_of(cap), r);
		else
			regain->raised = capset_or(regain->raised, capset_of(cap));
	}
	r = read_back(userns, regain);
	if (r < 0)
		regain->raise_error = r;
}

/* There may be a seccomp filter besides the provider's flags. The provider does not know of it. */
static int clear_flags(const struct userns *userns, const struct plan_sets *before,
		       struct regain *regain)
{
	bool filtered = userns->kernel->is_creation_filtered(userns->kernel->context);
	struct plan_sets now;
	int r, error;

	if (count_flags(before) == 0 && !filtered)
		return 0;
	error = userns_clear_flags(userns);
	r = apply_read(userns, &now, NULL);
	if (r < 0)
		return r;
	regain->cleared = count_flags(&now) < count_flags(before);
	if (error == 0 && (count_flags(&now) > 0 || filtered))
		return -EOPNOTSUPP;
	return error;
}

int regain_raise(const struct userns *userns, struct capset wanted, struct regain *ret_regain)
{
	struct plan_sets before;
	int r;

	*ret_regain = (struct regain){ .raised = CAPSET_NONE };
	r = apply_read(userns, &before, &ret_regain->last);
	if (r == 0 && userns->kind == USERNS_NONE)
		r = -EOPNOTSUPP;
	ret_regain->raise_error = r;
	if (r == 0)
		raise_missing(userns, &before, wanted, ret_regain);
	return ret_regain->raise_error;
}

int regain_all(const struct userns *userns, struct regain *ret_regain)
{
	struct plan_sets before;
	int r;

	*ret_regain = (struct regain){ .raised = CAPSET_NONE };
	r = apply_read(userns, &before, &ret_regain->last);
	ret_regain->raise_error = r;
	if (r < 0)
		return r;
	raise_missing(userns, &before, before.items[POLICY_BOUNDING], ret_regain);
	ret_regain->clear_error = clear_flags(userns, &before, ret_regain);
	return ret_regain->raise_error < 0 ? ret_regain->raise_error : ret_regain->clear_error;
}

/* ---- texts ---- */

const char *regain_describe(const struct regain *regain, char buf[static REGAIN_TEXT])
{
	char text[CAPSET_TEXT];

	snprintf(buf, REGAIN_TEXT, "raised=%s cleared=%s",
		 capset_format(regain->raised, regain->last, text),
		 regain->cleared ? "true" : "false");
	return buf;
}

/* Report the first refusal only. */
static int print_raise_error(const struct regain *regain, char *buf, size_t size)
{
	const char *cause = error_text(-regain->raise_error);
	char number[12];
	const char *name;
	unsigned cap = 0;

	if (regain->raise_error == -EOPNOTSUPP)
		return snprintf(buf, size,
				"can't raise the userns set: no provider for it is loaded");
	if (capset_is_empty(regain->refused))
		return snprintf(buf, size, "can't raise the userns set: %s", cause);
	while (!capset_has(regain->refused, cap))
		cap++;
	name = capset_cap_text(cap, number);
	if (regain->beyond_bounding)
		return snprintf(buf, size, "can't raise %s: the bounding set lacks it", name);
	if (regain->raise_error == -EPERM)
		return snprintf(buf, size,
				"can't raise %s: CAP_SETPCAP is not in effect, or this user "
				"namespace was created without %s",
				name, name);
	return snprintf(buf, size, "can't raise %s: %s", name, cause);
}

static const char *clear_cause(int error)
{
	if (error == -EOPNOTSUPP)
		return "a filter or a locked securebit stays for good";
	if (error == -EPERM)
		return "that needs CAP_SETPCAP in the initial user namespace";
	return error_text(-error);
}

const char *regain_problem_text(const struct regain *regain, char buf[static REGAIN_TEXT])
{
	int used = 0;

	buf[0] = '\0';
	if (regain->raise_error < 0)
		used = print_raise_error(regain, buf, REGAIN_TEXT);
	if (regain->clear_error < 0)
		snprintf(buf + used, REGAIN_TEXT - (size_t)used,
			 "%scan't take back strict or the refusal of user namespaces: %s",
			 used ? "; " : "", clear_cause(regain->clear_error));
	return buf;
}
