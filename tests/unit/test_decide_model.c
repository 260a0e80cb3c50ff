// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * The BPF programs' decisions against a model of what they are to be: the rules in words, played
 * with namespaces that know their parents and tasks that remember what they came with. Nothing is
 * put off: a model's task is up to date after each act, where decide.h waits until it is asked.
 *
 * The lattice: of the sets, CAP_SETPCAP, CAP_SYS_ADMIN and a third capability, the other 61 in one
 * of four patterns that go along; depths 0 to 3, and namespaces one deeper as targets; all flags;
 * no_new_privs; permitted, effective and bounding set; the system's mask.
 *
 * Covered: every state that a task can get into from being unrestricted at any of these depths, by
 * any sequence of acts; there, every capability against every depth, and every act (see acts[])
 * with every argument the lattice has. Compared are the answer, all 64 bits of both sets, depth and
 * flags. On each step also what is to hold whatever the rules: see broken_law().
 *
 * Not covered: fork and exec, because they leave a state as it is; the sets after an act of the
 * kernel's own are the same for both sides.
 */
#include "unit.h"

#include <stdbool.h>

#include "bpf/decide.h"

/* --- capabilities --- */

enum { SETPCAP, SYS_ADMIN, THIRD, NAMED };
enum { SETS = 1 << NAMED };

/* What the third one is called: changes from state to state, because a bit's place must not matter.
 */
static const __u32 third_names[] = { CAP_NET_ADMIN, CAP_CHOWN, 31, 32, CAP_LAST_CAP, 63 };
static __u32 names[NAMED] = { CAP_SETPCAP, CAP_SYS_ADMIN, CAP_NET_ADMIN };

struct caps {
	bool has[NAMED];
	__u64 others;
};

static const struct caps everything = { { true, true, true }, ~(__u64)0 };
static const struct caps nothing;

static __u64 bit(__u32 cap)
{
	return (__u64)1 << cap;
}

static __u64 named_bits(void)
{
	return bit(names[SETPCAP]) | bit(names[SYS_ADMIN]) | bit(names[THIRD]);
}

/* A point of the lattice as a set. @members: bit n for the nth name. */
static struct caps caps_from(unsigned members, __u64 others)
{
	struct caps caps = { .others = others };

	for (int i = 0; i < NAMED; i++)
		caps.has[i] = members >> i & 1;
	return caps;
}

static unsigned caps_members(const struct caps *caps)
{
	unsigned members = 0;

	for (int i = 0; i < NAMED; i++)
		if (caps->has[i])
			members |= 1U << i;
	return members;
}

/* As the kernel and decide.h write it. */
static __u64 caps_word(const struct caps *caps)
{
	__u64 word = caps->others & ~named_bits();

	for (int i = 0; i < NAMED; i++)
		if (caps->has[i])
			word |= bit(names[i]);
	return word;
}

static void caps_cut(struct caps *caps, const struct caps *by)
{
	for (int i = 0; i < NAMED; i++)
		if (!by->has[i])
			caps->has[i] = false;
	caps->others &= by->others;
}

/* --- the model's world --- */

struct namespace
{
	const struct namespace *parent; /* NULL: the initial one */
	struct caps created_with;
};

struct task {
	const struct namespace *in;
	struct caps came_with; /* its userns set when it got into that namespace */
	struct caps userns, permitted, effective, bounding;
	bool no_create, strict, no_new_privs;
};

enum { DEEPEST = 3 }; /* that a task gets */

/* Older namespaces, full ones, each the parent of the next. A task begins in one of them. */
static struct namespace line[DEEPEST + 2];

struct world {
	struct caps mask;
	struct task task;
	struct namespace created; /* by the act */
};

static void make_namespaces(void)
{
	for (int depth = 0; depth < (int)COUNT(line); depth++)
		line[depth] = (struct namespace){ depth ? &line[depth - 1] : NULL, everything };
}

static __u32 depth_of(const struct namespace *namespace)
{
	return namespace->parent ? 1 + depth_of(namespace->parent) : 0;
}

/* What a task has of a set of its own, in its own namespace. */
static bool really_has(const struct world *world, const struct caps *set, int cap)
{
	if (!set->has[cap])
		return false;
	if (!world->task.in->parent)
		return true;
	return world->task.came_with.has[cap] && world->mask.has[cap];
}

static bool is_below(const struct namespace *namespace, const struct namespace *ancestor)
{
	for (namespace = namespace->parent; namespace; namespace = namespace->parent)
		if (namespace == ancestor)
			return true;
	return false;
}

static bool may_use(const struct world *world, const struct namespace *target, int cap)
{
	const struct task *task = &world->task;

	if (!target->parent)
		return true; /* the kernel's own business */
	if (!is_below(target, task->in))
		return task->came_with.has[cap] && world->mask.has[cap];
	if (cap == SYS_ADMIN && task->no_create)
		return false;
	if (really_has(world, &task->effective, cap))
		return true;				      /* a holder */
	return task->userns.has[cap] && world->mask.has[cap]; /* an owner */
}

static bool may_restrict(const struct world *world)
{
	return world->task.no_new_privs || really_has(world, &world->task.effective, SETPCAP);
}

static bool may_raise(const struct world *world, int cap)
{
	const struct task *task = &world->task;

	if (task->userns.has[cap])
		return true;
	if (!really_has(world, &task->bounding, cap))
		return false;
	return really_has(world, &task->effective, SETPCAP) ||
	       really_has(world, &task->permitted, cap);
}

/* Is there anything that it lacks, or that it may not? */
static bool is_restricted(const struct task *task)
{
	return caps_word(&task->userns) != caps_word(&everything) ||
	       caps_word(&task->came_with) != caps_word(&everything) || task->no_create ||
	       task->strict;
}

/* The kernel gives full sets to whoever gets into a namespace. */
static void get_into(struct world *world, const struct namespace *namespace)
{
	struct task *task = &world->task;

	task->in = namespace;
	task->came_with = task->userns;
	task->permitted = task->effective = task->bounding = everything;
}

/* --- acts --- */

enum deed {
	/* prctl(USERNS_PRCTL) */
	IS_SET,
	RAISE,
	LOWER,
	CLEAR_ALL,
	KEEP, /* these and half of the others */
	SET_FLAGS,
	CLEAR_FLAGS,
	ASK_VERSION,
	GET,
	WRONG,
	/* namespaces */
	CREATE, /* by unshare(2) or clone(2), whose child begins with a copy of the state */
	ENTER,	/* by setns(2), one that somebody else made, which is full */
	/* what only the kernel rules on; all but the last only give something up */
	DROP_EFFECTIVE,
	DROP_PERMITTED,
	DROP_BOUNDING,
	SHRINK_MASK,
	NO_NEW_PRIVS,
	USE_PERMITTED,	/* capset(2): effective = permitted */
	EXEC_PRIVILEGED /* a setuid-root program, or root's anything */
};

struct act {
	enum deed deed;
	unsigned arg; /* a capability's number in names[], a set, a depth, flags, or a row */
};

enum { ACTS_MAX = 128 };
static struct act acts[ACTS_MAX];
static unsigned act_count;

static const __u64 kept_others = 0x00ff00ff0f0f3333;

/* Calls with something wrong in them. Exhaustive in test_decide. */
static const struct decide_args wrong_args[] = {
	{ 0, 0, 0, 0 },
	{ USERNS_CLEAR_ALL + 1, 0, 0, 0 },
	{ USERNS_CLEAR_FLAGS + 1, 0, 0, 0 },
	{ USERNS_RAISE, DECIDE_CAPS, 0, 0 },
	{ USERNS_LOWER, CAP_SETPCAP, 1, 0 },
	{ USERNS_CLEAR_ALL, 1, 0, 0 },
	{ USERNS_KEEP, 0, 0, USERNS_WHOLE + 1 },
	{ USERNS_RAISE, USERNS_SPLIT, USERNS_WHOLE + 1, 0 },
	{ USERNS_RAISE, CAP_CHOWN, 1, 0 },
	{ USERNS_VAGUE, 1, 0, 0 },
	{ USERNS_KEEP, (__u64)1 << 32, 0, 0 },
	{ USERNS_KEEP, 0, (__u64)1 << 32, 0 },
	{ USERNS_SET_FLAGS, USERNS_FLAGS + 1, 0, 0 },
	{ USERNS_CLEAR_FLAGS, ~(__u64)0, 0, 0 },
	{ USERNS_GET, offsetof(struct userns_state, account), 0, 0 },
};

static void add_acts(enum deed deed, unsigned first, unsigned end)
{
	for (unsigned arg = first; arg < end; arg++) {
		assert_true(act_count < ACTS_MAX);
		acts[act_count++] = (struct act){ deed, arg };
	}
}

static void list_acts(void)
{
	act_count = 0;
	add_acts(IS_SET, 0, NAMED);
	add_acts(RAISE, 0, NAMED);
	add_acts(LOWER, 0, NAMED);
	add_acts(CLEAR_ALL, 0, 1);
	add_acts(KEEP, 0, SETS);
	add_acts(SET_FLAGS, 0, USERNS_FLAGS + 1);
	add_acts(CLEAR_FLAGS, 0, USERNS_FLAGS + 1);
	add_acts(ASK_VERSION, 0, 1);
	add_acts(GET, 0, 1);   /* one byte in each state, another in the next */
	add_acts(WRONG, 0, 1); /* and one row */
	add_acts(CREATE, 0, 1);
	add_acts(ENTER, 1, DEEPEST + 1);
	add_acts(DROP_EFFECTIVE, 0, NAMED);
	add_acts(DROP_PERMITTED, 0, NAMED);
	add_acts(DROP_BOUNDING, 0, NAMED);
	add_acts(SHRINK_MASK, 0, NAMED);
	add_acts(NO_NEW_PRIVS, 0, 1);
	add_acts(USE_PERMITTED, 0, 1);
	add_acts(EXEC_PRIVILEGED, 0, 1);
}

/* --- the model acts --- */

static int model_restrict(struct world *world, const struct act *act)
{
	struct task *task = &world->task;
	const struct caps kept = caps_from(act->arg, kept_others);

	if (!may_restrict(world))
		return -EPERM;
	if (act->deed == LOWER)
		task->userns.has[act->arg] = false;
	if (act->deed == CLEAR_ALL)
		task->userns = nothing;
	if (act->deed == KEEP)
		caps_cut(&task->userns, &kept);
	if (act->deed == SET_FLAGS) {
		task->no_create = task->no_create || act->arg & USERNS_NO_CREATE;
		task->strict = task->strict || act->arg & USERNS_STRICT;
	}
	return 0;
}

static int model_clear_flags(struct world *world, unsigned flags)
{
	struct task *task = &world->task;

	if (task->in->parent || !task->effective.has[SETPCAP])
		return -EPERM;
	if (flags & USERNS_NO_CREATE)
		task->no_create = false;
	if (flags & USERNS_STRICT)
		task->strict = false;
	return 0;
}

/* A byte of the state, as it would lie in memory. */
static int model_byte(const struct world *world, unsigned offset)
{
	const struct task *task = &world->task;
	const struct userns_state state = {
		.userns = caps_word(&task->userns),
		.bound = caps_word(&task->came_with),
		.level = depth_of(task->in),
		.flags = (task->no_create ? USERNS_NO_CREATE : 0) |
			 (task->strict ? USERNS_STRICT : 0),
	};

	return ((const unsigned char *)&state)[offset];
}

static int model_prctl(struct world *world, const struct act *act)
{
	switch (act->deed) {
	case IS_SET:
		return world->task.userns.has[act->arg];
	case RAISE:
		if (!may_raise(world, (int)act->arg))
			return -EPERM;
		world->task.userns.has[act->arg] = true;
		return 0;
	case CLEAR_FLAGS:
		return model_clear_flags(world, act->arg);
	case ASK_VERSION:
		return USERNS_ABI_VERSION;
	case GET:
		return model_byte(world, act->arg);
	case WRONG:
		return -EINVAL;
	default:
		return model_restrict(world, act);
	}
}

static int model_namespace(struct world *world, const struct act *act)
{
	const struct task *task = &world->task;

	if (act->deed == CREATE) {
		if (task->no_create)
			return -EPERM;
		world->created = (struct namespace){ task->in, task->userns };
		get_into(world, &world->created);
		return 0;
	}
	if (!may_use(world, &line[act->arg], SYS_ADMIN))
		return -EPERM;
	get_into(world, &line[act->arg]);
	return 0;
}

/* The kernel's own rules, as far as they say what sets a task can have. */
static void kernel_act(struct world *world, const struct act *act)
{
	struct task *task = &world->task;

	switch (act->deed) {
	case DROP_PERMITTED:
		task->permitted.has[act->arg] = false;
		task->effective.has[act->arg] = false;
		return;
	case DROP_EFFECTIVE:
		task->effective.has[act->arg] = false;
		return;
	case DROP_BOUNDING:
		task->bounding.has[act->arg] = false;
		return;
	case SHRINK_MASK:
		world->mask.has[act->arg] = false;
		return;
	case NO_NEW_PRIVS:
		task->no_new_privs = true;
		return;
	case USE_PERMITTED:
		task->effective = task->permitted;
		return;
	default:
		if (!task->no_new_privs)
			task->permitted = task->effective = task->bounding;
	}
}

static int model_act(struct world *world, const struct act *act)
{
	int r = 0;

	if (act->deed <= WRONG)
		r = model_prctl(world, act);
	else if (act->deed <= ENTER)
		r = model_namespace(world, act);
	else
		kernel_act(world, act);

	/* No more in it than a program that gets everything back could have. */
	if (world->task.strict)
		caps_cut(&world->task.userns, &world->task.bounding);
	return r;
}

/* --- decide.h acts --- */

/* Everything that goes in. */
struct subject {
	struct userns_state state;
	struct decide_task task;
};

static int call(struct subject *subject, __u64 operation, __u64 arg3, __u64 arg4)
{
	const struct decide_args args = { operation, arg3, arg4, 0 };

	return decide_prctl(&subject->state, &subject->task, &args);
}

static int use(const struct subject *subject, __u32 level, __u32 cap)
{
	return decide_capable(&subject->state, subject->task.mask, subject->task.effective, level,
			      cap);
}

static void settle(struct subject *subject)
{
	decide_settle(&subject->state, subject->task.level, subject->task.bounding);
}

static int decide_act(struct subject *subject, const struct act *act)
{
	struct caps kept;
	__u64 word;

	switch (act->deed) {
	case IS_SET:
		return call(subject, USERNS_IS_SET, names[act->arg], 0);
	case RAISE:
		return call(subject, USERNS_RAISE, names[act->arg], 0);
	case LOWER:
		return call(subject, USERNS_LOWER, names[act->arg], 0);
	case CLEAR_ALL:
		return call(subject, USERNS_CLEAR_ALL, 0, 0);
	case KEEP:
		kept = caps_from(act->arg, kept_others);
		word = caps_word(&kept);
		return call(subject, USERNS_KEEP, (__u32)word, word >> 32);
	case SET_FLAGS:
		return call(subject, USERNS_SET_FLAGS, act->arg, 0);
	case CLEAR_FLAGS:
		return call(subject, USERNS_CLEAR_FLAGS, act->arg, 0);
	case ASK_VERSION:
		return call(subject, USERNS_VERSION, 0, 0);
	case GET:
		return call(subject, USERNS_GET, act->arg, 0);
	case WRONG:
		return decide_prctl(&subject->state, &subject->task, &wrong_args[act->arg]);
	case CREATE:
		return decide_create(&subject->state);
	case ENTER:
		return use(subject, act->arg, CAP_SYS_ADMIN);
	default:
		return 0;
	}
}

/* --- points of the lattice --- */

/* Every state there is in a number. The fields are sets, but for level and those after it. */
struct point {
	unsigned userns : NAMED, came_with : NAMED, permitted : NAMED, effective : NAMED;
	unsigned bounding : NAMED, mask : NAMED, level : 2, flags : 2, no_new_privs : 1;
};
enum { POINTS = 1 << (6 * NAMED + 5) };

static unsigned point_number(const struct point *point)
{
	unsigned number = point->userns;

	number = number << NAMED | point->came_with;
	number = number << NAMED | point->permitted;
	number = number << NAMED | point->effective;
	number = number << NAMED | point->bounding;
	number = number << NAMED | point->mask;
	number = number << 2 | point->level;
	number = number << 2 | point->flags;
	return number << 1 | point->no_new_privs;
}

static unsigned take(unsigned *number, unsigned bits)
{
	unsigned field = *number & ((1U << bits) - 1);

	*number >>= bits;
	return field;
}

static struct point point_of(unsigned number)
{
	struct point point;

	point.no_new_privs = take(&number, 1) & 1;
	point.flags = take(&number, 2) & 3;
	point.level = take(&number, 2) & 3;
	point.mask = take(&number, NAMED) & (SETS - 1);
	point.bounding = take(&number, NAMED) & (SETS - 1);
	point.effective = take(&number, NAMED) & (SETS - 1);
	point.permitted = take(&number, NAMED) & (SETS - 1);
	point.came_with = take(&number, NAMED) & (SETS - 1);
	point.userns = take(&number, NAMED) & (SETS - 1);
	return point;
}

static unsigned point_reached(const struct world *world)
{
	const struct task *task = &world->task;

	return point_number(&(struct point){
		.userns = caps_members(&task->userns) & (SETS - 1),
		.came_with = caps_members(&task->came_with) & (SETS - 1),
		.permitted = caps_members(&task->permitted) & (SETS - 1),
		.effective = caps_members(&task->effective) & (SETS - 1),
		.bounding = caps_members(&task->bounding) & (SETS - 1),
		.mask = caps_members(&world->mask) & (SETS - 1),
		.level = depth_of(task->in) & DEEPEST,
		.flags = (task->no_create | task->strict << 1) & USERNS_FLAGS,
		.no_new_privs = task->no_new_privs & 1,
	});
}

/*
 * Something that changes from state to state, but with none of a state's fields: Knuth's
 * multiplicative hash, of which the high bits are good.
 */
static unsigned turn_of(unsigned number)
{
	return number * 2654435761U >> 8;
}

/*
 * The 61 that have no name: none, all, or some, in turns, and as the sets of a task can be. No
 * decision but on the whole sets looks at them, so they need not be in every combination.
 */
static void fill_in_others(struct world *world, unsigned number)
{
	static const __u64 patterns[] = { 0, ~(__u64)0, 0x5555555555555555, 0x0123456789abcdef };
	struct task *task = &world->task;
	unsigned turn = turn_of(number);

	task->came_with.others = task->in->parent ? patterns[take(&turn, 2)] : ~(__u64)0;
	task->userns.others = task->came_with.others & patterns[take(&turn, 2)];
	task->bounding.others = patterns[take(&turn, 2)];
	task->permitted.others = patterns[take(&turn, 2)];
	task->effective.others = task->permitted.others & patterns[take(&turn, 2)];
	world->mask.others = patterns[take(&turn, 2)];
	if (task->strict)
		task->userns.others &= task->bounding.others;
}

static void world_at(struct world *world, unsigned number)
{
	const struct point point = point_of(number);

	names[THIRD] = third_names[turn_of(number) % COUNT(third_names)];
	world->mask = caps_from(point.mask, 0);
	world->task = (struct task){
		.in = &line[point.level],
		.came_with = caps_from(point.came_with, 0),
		.userns = caps_from(point.userns, 0),
		.permitted = caps_from(point.permitted, 0),
		.effective = caps_from(point.effective, 0),
		.bounding = caps_from(point.bounding, 0),
		.no_create = point.flags & USERNS_NO_CREATE,
		.strict = point.flags & USERNS_STRICT,
		.no_new_privs = point.no_new_privs,
	};
	fill_in_others(world, number);
}

static struct decide_task task_of(const struct world *world)
{
	const struct task *task = &world->task;

	return (struct decide_task){
		.permitted = caps_word(&task->permitted),
		.effective = caps_word(&task->effective),
		.bounding = caps_word(&task->bounding),
		.mask = caps_word(&world->mask),
		.level = depth_of(task->in),
		.no_new_privs = task->no_new_privs,
	};
}

static struct userns_state state_of(const struct task *task)
{
	return (struct userns_state){
		.userns = caps_word(&task->userns),
		.bound = caps_word(&task->came_with),
		.level = depth_of(task->in),
		.flags = (task->no_create ? USERNS_NO_CREATE : 0) |
			 (task->strict ? USERNS_STRICT : 0),
	};
}

/* --- comparing --- */

static unsigned long checks_compared, steps_compared;

static void describe(const char *who, const struct subject *subject)
{
	const struct userns_state *state = &subject->state;
	const struct decide_task *task = &subject->task;

	print_error("%s: userns %016llx bound %016llx level %u flags %u\n"
		    "  permitted %016llx effective %016llx bounding %016llx mask %016llx nnp %u\n",
		    who, state->userns, state->bound, state->level, state->flags, task->permitted,
		    task->effective, task->bounding, task->mask, task->no_new_privs);
}

static bool same_state(const struct userns_state *a, const struct userns_state *b)
{
	return a->userns == b->userns && a->bound == b->bound && a->level == b->level &&
	       a->flags == b->flags;
}

/* Every capability against every depth; the mask's law, too. */
static void compare_checks(const struct world *world, const struct subject *subject)
{
	const struct decide_task *task = &subject->task;

	for (__u32 level = 0; level < COUNT(line); level++)
		for (int cap = 0; cap < NAMED; cap++) {
			__u64 word = bit(names[cap]);
			int wanted = may_use(world, &line[level], cap) ? 0 : -EPERM;
			int got = use(subject, level, names[cap]);
			bool masked = level && !(task->mask & word);
			bool holder = !task->level && task->effective & word;

			checks_compared++;
			if (got == wanted && (got || !masked || holder))
				continue;
			describe("it", subject);
			fail_msg("capability %u at depth %u: %d, the model says %d", names[cap],
				 level, got, wanted);
		}
}

/*
 * What a task can ever have in a namespace, unless it executes a privileged program: inside, what
 * it came with; in the initial one, also what it may raise.
 */
static __u64 ceiling(const struct subject *subject)
{
	const struct decide_task *task = &subject->task;

	if (task->level > 0)
		return subject->state.bound;
	if (task->permitted & bit(CAP_SETPCAP))
		return subject->state.userns | task->bounding;
	return subject->state.userns | (task->permitted & task->bounding);
}

/* What raising asks for, said once more and without a model. */
static bool raised_rightly(const struct subject *before, __u64 gained)
{
	const struct decide_task *task = &before->task;
	__u64 inside = task->level > 0 ? before->state.bound & task->mask : ~(__u64)0;

	return (gained & (gained - 1)) == 0 && (gained & ~(task->bounding & inside)) == 0 &&
	       ((task->effective & inside & bit(CAP_SETPCAP)) || (gained & ~task->permitted) == 0);
}

/* Returns what has happened that never may; NULL if nothing. */
static const char *broken_law(const struct subject *before, const struct act *act, int r,
			      const struct subject *after)
{
	const struct userns_state *was = &before->state, *is = &after->state;
	__u64 gained = is->userns & ~was->userns;

	if (gained && (act->deed != RAISE || !raised_rightly(before, gained)))
		return "the userns set grew";
	if (is->level == was->level ? is->bound != was->bound : is->bound != was->userns)
		return "bound isn't what the userns set was on the way in";
	if (is->bound & ~was->bound)
		return "bound grew";
	if (is->level > 0 && is->userns & ~is->bound)
		return "more in the userns set than the task came with";
	if (was->flags & ~is->flags && (act->deed != CLEAR_FLAGS || was->level > 0 ||
					!(before->task.effective & bit(CAP_SETPCAP))))
		return "a flag went";
	if (is->level != was->level && was->flags & USERNS_NO_CREATE)
		return "it got into a namespace";
	if (act->deed != EXEC_PRIVILEGED && ceiling(after) & ~ceiling(before))
		return "it could get something back";
	if (r < 0 && !same_state(was, is))
		return "an error changed something";
	return NULL;
}

static void compare_step(const struct world *before, const struct subject *was,
			 const struct act *act, struct world *after)
{
	struct subject is = *was;
	struct userns_state wanted;
	const char *law;
	int r, model_r;

	*after = *before;
	model_r = model_act(after, act);
	r = decide_act(&is, act);
	if (act->deed > WRONG)
		is.task = task_of(after);
	settle(&is);

	steps_compared++;
	wanted = state_of(&after->task);
	law = broken_law(was, act, r, &is);
	if (r == model_r && same_state(&is.state, &wanted) && !law &&
	    !!decide_is_restricted(&is.state) == is_restricted(&after->task))
		return;
	describe("before", was);
	describe("after", &is);
	is.state = wanted;
	describe("the model", &is);
	fail_msg("deed %d, argument %u: %d, the model says %d; %s", act->deed, act->arg, r, model_r,
		 law ? law : "no law is broken");
}

/* --- everywhere --- */

static bool reached[POINTS];
static unsigned waiting[POINTS];
static size_t waiting_count;

static void reach(unsigned number)
{
	if (!reached[number]) {
		reached[number] = true;
		waiting[waiting_count++] = number;
	}
}

static void visit(unsigned number)
{
	const __u32 level = point_of(number).level;
	struct world world, after;
	struct subject subject;

	world_at(&world, number);
	subject = (struct subject){ state_of(&world.task), task_of(&world) };
	compare_checks(&world, &subject);

	for (unsigned i = 0; i < act_count; i++) {
		struct act act = acts[i];

		if (act.deed == ENTER && act.arg <= level)
			continue; /* the kernel lets nobody */
		if (act.deed == GET)
			act.arg = turn_of(number) % offsetof(struct userns_state, account);
		if (act.deed == WRONG)
			act.arg = turn_of(number) % COUNT(wrong_args);
		compare_step(&world, &subject, &act, &after);
		if (depth_of(after.task.in) <= DEEPEST)
			reach(point_reached(&after));
	}
}

/*
 * Is it a state that a task should be able to get into? So the walk has left nothing out, and a
 * state that should not be is not to be reached.
 */
static bool can_be(const struct point *point)
{
	unsigned left = point->flags & USERNS_STRICT ? point->came_with & point->bounding
						     : point->came_with;

	if (point->effective & ~point->permitted || point->userns & ~left)
		return false;
	if (point->level == 0)
		return point->came_with == SETS - 1;
	if (point->no_new_privs || point->came_with & 1 << SETPCAP)
		return true;
	/* Here it can't restrict itself, and with NO_CREATE it would not have got here. */
	return point->userns == left && !(point->flags & USERNS_NO_CREATE);
}

static void test_every_step(void **state)
{
	struct point start = {
		.userns = SETS - 1,
		.came_with = SETS - 1,
		.permitted = SETS - 1,
		.effective = SETS - 1,
		.bounding = SETS - 1,
		.mask = SETS - 1,
	};
	size_t states = 0;

	make_namespaces();
	list_acts();
	for (unsigned level = 0; level <= DEEPEST; level++) {
		start.level = level & DEEPEST;
		reach(point_number(&start));
	}
	while (waiting_count > 0) {
		visit(waiting[--waiting_count]);
		states++;
	}
	for (unsigned number = 0; number < POINTS; number++) {
		const struct point point = point_of(number);

		if (reached[number] != can_be(&point))
			fail_msg("state %x: %s", number,
				 reached[number] ? "reached" : "not reached");
	}
	print_message("# %zu states: %lu steps and %lu capability checks compared\n", states,
		      steps_compared, checks_compared);
}

/* A task that has no state stands for one that lacks nothing. */
static void test_unrestricted(void **state)
{
	make_namespaces();
	for (__u32 level = 0; level <= DEEPEST; level++) {
		const struct task task = { .in = &line[level],
					   .came_with = everything,
					   .userns = everything };
		const struct userns_state wanted = state_of(&task),
					  got = decide_unrestricted(level);

		assert_true(same_state(&got, &wanted));
		assert_false(decide_is_restricted(&got));
		assert_false(is_restricted(&task));
	}
}

/*
 * The hooks look at a task only when it asks for something. What it has given up in between it may
 * give up at once or one by one.
 */
static void test_looking_changes_nothing(void **state)
{
	for (unsigned i = 0; i < 1U << (2 * NAMED + 4); i++)
		for (unsigned drops = 0; drops < SETS * SETS; drops++) {
			struct subject often = { .state = {
							 .userns = i % SETS,
							 .bound = i / SETS % SETS,
							 .level = i >> (2 * NAMED) & 3,
							 .flags = i >> (2 * NAMED + 2) &
								  USERNS_FLAGS,
						 } };
			struct subject once = often;

			often.task.level = once.task.level = often.state.level;
			often.task.bounding = drops % SETS;
			settle(&often);
			settle(&often);
			often.task.bounding &= drops / SETS;
			settle(&often);
			once.task.bounding = often.task.bounding;
			settle(&once);
			assert_true(same_state(&often.state, &once.state));
		}
}

/*
 * A child gets its parent's state as it is. It comes to the same whether that was settled before.
 */
static void test_inheriting_unsettled(void **state)
{
	for (unsigned i = 0; i < 1U << (2 * NAMED + 4); i++)
		for (unsigned task = 0; task < SETS * 16; task++) {
			struct subject parent = { .state = {
							  .userns = i % SETS,
							  .bound = i / SETS % SETS,
							  .level = i >> (2 * NAMED) & 3,
							  .flags = i >> (2 * NAMED + 2) &
								   USERNS_FLAGS,
						  } };
			struct subject settled, child;

			parent.task.bounding = task % SETS;
			parent.task.level = parent.state.level + (task / SETS & 3);
			child = parent;
			settle(&parent);
			settled = parent;
			/* The child may be in a namespace of its own at once. */
			settled.task.level = child.task.level += task / SETS >> 2;
			if (settled.task.level == parent.task.level ||
			    !(child.state.flags & USERNS_STRICT)) {
				settle(&settled);
				settle(&child);
				assert_true(same_state(&settled.state, &child.state));
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_step),
		cmocka_unit_test(test_unrestricted),
		cmocka_unit_test(test_looking_changes_nothing),
		cmocka_unit_test(test_inheriting_unsettled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
