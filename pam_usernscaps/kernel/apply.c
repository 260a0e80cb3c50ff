// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* A plan carried out on the calling thread: each step is read back before the next. */
#include "apply.h"

#include <errno.h>
#include <sys/prctl.h>

/* What one read of the kernel's state needs. */
struct look {
	const struct kernel *kernel;
	struct kernel_sets sets;
	struct userns_status status;
};

/* ---- how each item is read: read_NAME; returns 0 or -errno ---- */

static int read_bounding(const struct look *look, struct capset *ret_value)
{
	*ret_value = look->sets.bounding;
	return 0;
}

static int read_inheritable(const struct look *look, struct capset *ret_value)
{
	*ret_value = look->sets.inheritable;
	return 0;
}

static int read_userns(const struct look *look, struct capset *ret_value)
{
	*ret_value = look->status.set;
	return 0;
}

static int read_create(const struct look *look, struct capset *ret_value)
{
	*ret_value = policy_item_value(POLICY_CREATE, look->status.create);
	return 0;
}

static int read_strict(const struct look *look, struct capset *ret_value)
{
	*ret_value = policy_item_value(POLICY_STRICT, look->status.strict);
	return 0;
}

static int read_no_new_privs(const struct look *look, struct capset *ret_value)
{
	static const unsigned long args[4] = { 0 };
	int flag = look->kernel->prctl(look->kernel->context, PR_GET_NO_NEW_PRIVS, args);

	if (flag < 0)
		return flag;
	*ret_value = policy_item_value(POLICY_NO_NEW_PRIVS, flag);
	return 0;
}

/* ---- how each is lowered to what may stay of it: keep_NAME; returns 0 or -errno ---- */

/* Drop every capability outside @keep, including those that this build does not know. */
static int keep_bounding(const struct userns *userns, struct capset keep)
{
	const struct kernel *kernel = userns->kernel;
	struct kernel_sets sets;
	unsigned cap;
	int r;

	r = kernel->read_sets(kernel->context, &sets);
	if (r < 0)
		return r;
	keep = capset_whole(keep);
	for (cap = 0; cap <= sets.last; cap++) {
		if (!capset_has(sets.bounding, cap) || capset_has(keep, cap))
			continue;
		r = kernel->drop_bounding(kernel->context, cap);
		if (r < 0)
			return r;
	}
	return 0;
}

static int keep_inheritable(const struct userns *userns, struct capset keep)
{
	return userns->kernel->keep_inheritable(userns->kernel->context, keep);
}

static int keep_userns(const struct userns *userns, struct capset keep)
{
	return userns_keep(userns, keep);
}

static int keep_strict(const struct userns *userns, struct capset none)
{
	(void)none;
	return userns_make_strict(userns);
}

static int keep_create(const struct userns *userns, struct capset none)
{
	(void)none;
	return userns_deny_creation(userns);
}

static int keep_no_new_privs(const struct userns *userns, struct capset none)
{
	static const unsigned long args[4] = { 1 };

	(void)none;
	return userns->kernel->prctl(userns->kernel->context, PR_SET_NO_NEW_PRIVS, args);
}

/* ---- all of them ---- */

/* One that is missing does not compile. */
static const struct {
	int (*read)(const struct look *look, struct capset *ret_value);
	int (*keep)(const struct userns *userns, struct capset keep);
} ways[POLICY_ITEM_COUNT] = {
#define WAYS(id, name, ...) [POLICY_##id] = { read_##name, keep_##name },
	POLICY_ITEMS(WAYS)
};

static int read_all(const struct look *look, struct plan_sets *sets)
{
	enum policy_item item;
	int r = 0;

	for (item = 0; item < POLICY_ITEM_COUNT && r == 0; item++) {
		r = ways[item].read(look, &sets->items[item]);
		if (policy_item_is_set(item))
			sets->items[item] =
				capset_and(sets->items[item], capset_up_to(look->sets.last));
	}
	return r;
}

int apply_read(const struct userns *userns, struct plan_sets *ret_sets, unsigned *ret_last)
{
	struct look look = { .kernel = userns->kernel };
	struct plan_sets sets = { 0 };
	int r = look.kernel->read_sets(look.kernel->context, &look.sets);

	if (r == 0)
		r = userns_read(userns, &look.status);
	if (r == 0)
		r = read_all(&look, &sets);
	if (r < 0)
		return r;
	*ret_sets = sets;
	if (ret_last)
		*ret_last = look.sets.last;
	return 0;
}

int apply_plan(const struct plan *plan, const struct userns *userns, enum policy_item *ret_failed)
{
	struct plan_sets now;
	unsigned i;

	for (i = 0; i < plan->step_count; i++) {
		enum policy_item item = plan->steps[i];
		struct capset target = plan->target.items[item];
		int r = ways[item].keep(userns, target);

		if (r == 0)
			r = apply_read(userns, &now, NULL);
		if (r == 0 && !capset_equal(now.items[item], target))
			r = -EPROTO;
		if (r < 0) {
			*ret_failed = item;
			return r;
		}
	}
	return 0;
}
