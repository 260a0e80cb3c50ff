// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include "fake_kernel.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "bpf/sessions.h"
#include "kernel/userns.h"

/* The native interface's option. */
#define PR_CAP_USERNS 48

/* Returns 0 where the operation shall be done, 1 where only said to be done, or -errno. */
static int count_operation(struct fake_kernel *fake)
{
	fake->operations++;
	if (fake->operations == fake->fail_at)
		return fake->fail_with;
	return fake->operations == fake->lie_at;
}

static int fake_read_sets(void *context, struct kernel_sets *ret_sets)
{
	const struct fake_kernel *fake = context;

	*ret_sets = fake->sets;
	return 0;
}

static int fake_keep_inheritable(void *context, struct capset keep)
{
	struct fake_kernel *fake = context;
	int r = count_operation(fake);

	if (r == 0)
		fake->sets.inheritable = capset_and(fake->sets.inheritable, keep);
	return r < 0 ? r : 0;
}

static int fake_drop_bounding(void *context, unsigned cap)
{
	struct fake_kernel *fake = context;
	int r;

	if (cap > fake->sets.last)
		return -EINVAL;
	if (fake->lacks_setpcap)
		return -EPERM;
	r = count_operation(fake);
	if (r == 0)
		fake->sets.bounding = capset_minus(fake->sets.bounding, capset_of(cap));
	return r < 0 ? r : 0;
}

/* @parts: of the capability; 0: all of it */
static int raise_userns(struct fake_kernel *fake, unsigned cap, unsigned long parts)
{
	const struct capset raise = parts ? capset_make(0, parts) : capset_of(cap);
	int r;

	if (capset_is_subset(raise, fake->userns) && capset_is_whole(raise))
		return 0;
	if (fake->lacks_setpcap || !capset_has(fake->sets.bounding, cap))
		return -EPERM;
	r = count_operation(fake);
	if (r == 0)
		fake->userns = capset_or(fake->userns, raise);
	return r < 0 ? r : 0;
}

static int native_prctl(struct fake_kernel *fake, const unsigned long args[4])
{
	int r;

	if (args[1] > fake->sets.last)
		return -EINVAL;
	if (args[0] == USERNS_IS_SET)
		return capset_has(fake->userns, (unsigned)args[1]);
	if (args[0] == USERNS_RAISE)
		return raise_userns(fake, (unsigned)args[1], 0);
	if (args[0] != USERNS_LOWER)
		return -EINVAL;
	r = count_operation(fake);
	if (r == 0)
		fake->userns = capset_minus(fake->userns, capset_of((unsigned)args[1]));
	return r < 0 ? r : 0;
}

static int reply(unsigned payload)
{
	return -(int)(USERNS_REPLY | payload);
}

static int bpf_change(struct fake_kernel *fake, const unsigned long args[4])
{
	struct capset keep = userns_bpf_set(args[1] | (uint64_t)args[2] << 32, args[3]);
	int r = fake->lacks_setpcap ? -EPERM : count_operation(fake);

	if (r < 0)
		return r;
	if (r == 0 && args[0] == USERNS_KEEP)
		fake->userns = capset_and(fake->userns, keep);
	if (r == 0 && args[0] == USERNS_SET_FLAGS)
		fake->bpf_flags |= (unsigned)args[1];
	if (r == 0 && args[0] == USERNS_CLEAR_FLAGS)
		fake->bpf_flags &= ~(unsigned)args[1];
	return reply(0);
}

/* As the programs do it, where there is room for every session. */
static int open_session(struct fake_kernel *fake, uint32_t uid)
{
	if (capset_equal(fake->userns, CAPSET_ALL) && !fake->bpf_flags)
		return -ENODATA;
	fake->session = (struct userns_session){
		.id = ++fake->last_session,
		.parent = fake->session.id,
		.writer = 1,
		.state = USERNS_SESSION_LIVE,
		.tasks = 1,
		.uid = uid,
	};
	return 0;
}

/* Write to the session that was begun, say that all has been written, or read a byte of it. */
static int use_session(struct userns_session *session, const struct decide_args *args)
{
	uint64_t word = args->arg4 | args->arg5 << 32;

	if (!session->id)
		return -ENODATA;
	if (args->operation == USERNS_READ)
		return ((const unsigned char *)session)[args->arg3];
	if (!session->writer)
		return -EPERM;
	if (args->operation == USERNS_SEAL)
		session->writer = 0;
	else
		memcpy(session->text + 8 * args->arg3, &word, sizeof(word));
	return 0;
}

static int session_prctl(struct fake_kernel *fake, const unsigned long args[4])
{
	const struct decide_args session_args = { args[0], args[1], args[2], args[3] };
	unsigned long call = args[0] - USERNS_OPEN;
	int r;

	if (fake->lacks_sessions || !sessions_args_valid(&session_args))
		return -EINVAL;
	fake->session_calls[call]++;
	r = fake->session_errors[call];
	if (r == 0 && args[0] == USERNS_OPEN)
		r = open_session(fake, (uint32_t)args[1]);
	else if (r == 0)
		r = use_session(&fake->session, &session_args);
	return r < 0 ? r : reply((unsigned)r);
}

static int bpf_prctl(struct fake_kernel *fake, const unsigned long args[4])
{
	int r;
	const struct userns_state state = { .userns = capset_bits(fake->userns),
					    .parts = capset_is_whole(fake->userns)
							     ? 0
							     : fake->userns.parts,
					    .flags = fake->bpf_flags,
					    .session = fake->session.id };

	switch (args[0]) {
	case USERNS_VERSION:
		return reply((unsigned)fake->bpf_version);
	case USERNS_VAGUE:
		return fake->bpf_version < 3 ? -EINVAL : reply(fake->vague);
	case USERNS_GET:
		if (args[1] >= sizeof(state))
			return -EINVAL;
		return reply(((const unsigned char *)&state)[args[1]]);
	case USERNS_KEEP:
	case USERNS_SET_FLAGS:
	case USERNS_CLEAR_FLAGS:
		return bpf_change(fake, args);
	case USERNS_RAISE:
		r = raise_userns(fake, (unsigned)args[1], args[2]);
		return r < 0 ? r : reply(0);
	case USERNS_OPEN:
	case USERNS_WRITE:
	case USERNS_SEAL:
	case USERNS_READ:
		return session_prctl(fake, args);
	default:
		return -EINVAL;
	}
}

static int set_securebits(struct fake_kernel *fake, unsigned long bits)
{
	int r = fake->lacks_setpcap ? -EPERM : count_operation(fake);

	if (r == 0)
		fake->securebits = (unsigned)bits;
	return r < 0 ? r : 0;
}

static int set_no_new_privs(struct fake_kernel *fake)
{
	int r = count_operation(fake);

	if (r == 0)
		fake->no_new_privs = true;
	return r < 0 ? r : 0;
}

static int fake_prctl(void *context, int option, const unsigned long args[4])
{
	struct fake_kernel *fake = context;

	switch (option) {
	case PR_CAP_USERNS:
		if (fake->native_answer)
			return fake->native_answer;
		return fake->has_native ? native_prctl(fake, args) : -EINVAL;
	case USERNS_PRCTL:
		return fake->has_bpf ? bpf_prctl(fake, args) : -EINVAL;
	case PR_GET_SECUREBITS:
		return (int)fake->securebits;
	case PR_GET_NO_NEW_PRIVS:
		return fake->no_new_privs;
	case PR_SET_NO_NEW_PRIVS:
		return set_no_new_privs(fake);
	case PR_SET_SECUREBITS:
		return set_securebits(fake, args[0]);
	default:
		fail_msg("fake_kernel.c does not know prctl option %d: teach it", option);
		return -EINVAL;
	}
}

static int fake_has_native(void *context)
{
	const struct fake_kernel *fake = context;

	return fake->has_native;
}

static bool fake_is_creation_filtered(void *context)
{
	const struct fake_kernel *fake = context;

	return fake->filtered;
}

static int fake_filter_creation(void *context)
{
	struct fake_kernel *fake = context;
	int r = fake->lacks_filter ? -EOPNOTSUPP : count_operation(fake);

	if (r == 0) {
		fake->filtered = true;
		fake->filters++;
	}
	return r < 0 ? r : 0;
}

void fake_kernel_init(struct fake_kernel *fake, unsigned last)
{
	*fake = (struct fake_kernel){
		.kernel = {
			.context = fake,
			.read_sets = fake_read_sets,
			.keep_inheritable = fake_keep_inheritable,
			.drop_bounding = fake_drop_bounding,
			.prctl = fake_prctl,
			.has_native = fake_has_native,
			.is_creation_filtered = fake_is_creation_filtered,
			.filter_creation = fake_filter_creation,
		},
		.sets = {
			.bounding = capset_up_to(last),
			.inheritable = capset_up_to(last),
			.last = last,
		},
		.bpf_version = USERNS_ABI_VERSION,
		.vague = CAPSET_VAGUE_LEAST,
		.userns = CAPSET_ALL,
		.fail_with = -EIO,
	};
}
