// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The providers of the userns set: how to read and change the set with each. */
#include "userns.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>

#include "bpf/abi.h"

/* The native interface, which no released kernel header names. */
#define NATIVE_PRCTL	     48
#define NATIVE_STRICT_SECBIT (1UL << 8)
#define NATIVE_STRICT_LOCKED (1UL << 9)

/* Of the programs' interface; what came later is not needed for what came before. */
#define VERSION_NEEDED 2

/* What one kind of provider does for each function of userns.h. */
struct provider {
	const char *name;
	int (*read)(const struct kernel *kernel, struct userns_status *status);
	int (*keep)(const struct kernel *kernel, struct capset keep);
	int (*make_strict)(const struct kernel *kernel);
	int (*deny_creation)(const struct kernel *kernel);
	int (*raise)(const struct kernel *kernel, struct capset raise);
	/* Returns the parts or -errno; NULL where it has no parts. */
	int (*vague)(const struct kernel *kernel);
	/* NULL where nothing can be cleared. */
	int (*clear_flags)(const struct kernel *kernel);
	/* NULL where nothing is remembered of sessions. */
	int (*open_session)(const struct kernel *kernel, uid_t uid, const char *text, size_t size);
	/* Bytes of struct userns_session. */
	int (*read_session)(const struct kernel *kernel, size_t offset, size_t size, void *to);
};

static int call_with(const struct kernel *kernel, int option, const unsigned long args[4])
{
	return kernel->prctl(kernel->context, option, args);
}

static int call(const struct kernel *kernel, int option, unsigned long a, unsigned long b,
		unsigned long c)
{
	return call_with(kernel, option, (const unsigned long[4]){ a, b, c, 0 });
}

static int filter_creation(const struct kernel *kernel)
{
	return kernel->filter_creation(kernel->context);
}

/* Check before adding a filter: filters accumulate in programs that open many sessions. */
static bool may_create(const struct kernel *kernel)
{
	return !kernel->is_creation_filtered(kernel->context);
}

/* ---- none ---- */

static int none_read(const struct kernel *kernel, struct userns_status *status)
{
	status->set = CAPSET_ALL;
	status->strict = false;
	status->create = may_create(kernel);
	return 0;
}

static int none_keep(const struct kernel *kernel, struct capset keep)
{
	(void)kernel;
	(void)keep;
	return -EOPNOTSUPP;
}

static int none_make_strict(const struct kernel *kernel)
{
	(void)kernel;
	return -EOPNOTSUPP;
}

static int none_raise(const struct kernel *kernel, struct capset raise)
{
	(void)kernel;
	(void)raise;
	return -EOPNOTSUPP;
}

/* ---- native ---- */

static int native_call(const struct kernel *kernel, enum userns_operation operation, unsigned cap)
{
	return call(kernel, NATIVE_PRCTL, operation, cap, 0);
}

static int native_read(const struct kernel *kernel, struct userns_status *status)
{
	int bits = call(kernel, PR_GET_SECUREBITS, 0, 0, 0);
	unsigned cap;

	if (bits < 0)
		return bits;
	status->strict = (unsigned long)bits & NATIVE_STRICT_SECBIT;
	status->set = CAPSET_NONE;
	for (cap = 0; cap < CAPSET_SIZE; cap++) {
		int r = native_call(kernel, USERNS_IS_SET, cap);

		if (r == -EINVAL && cap > 0)
			break;
		if (r < 0)
			return r;
		if (r)
			status->set = capset_or(status->set, capset_of(cap));
	}
	status->create = may_create(kernel);
	return 0;
}

/* The same operation for each capability of a set. */
static int native_each(const struct kernel *kernel, enum userns_operation operation,
		       struct capset caps)
{
	unsigned cap;

	for (cap = 0; cap < CAPSET_SIZE; cap++) {
		int r = capset_has(caps, cap) ? native_call(kernel, operation, cap) : 0;

		if (r == -EINVAL && cap > 0)
			break; /* beyond the kernel's last capability */
		if (r < 0)
			return r;
	}
	return 0;
}

static int native_keep(const struct kernel *kernel, struct capset keep)
{
	return native_each(kernel, USERNS_LOWER, capset_minus(CAPSET_ALL, keep));
}

static int native_raise(const struct kernel *kernel, struct capset raise)
{
	return native_each(kernel, USERNS_RAISE, raise);
}

/* Locked: else whoever has CAP_SETPCAP in the session could take it back. */
static int native_make_strict(const struct kernel *kernel)
{
	int bits = call(kernel, PR_GET_SECUREBITS, 0, 0, 0);

	if (bits < 0)
		return bits;
	return call(kernel, PR_SET_SECUREBITS,
		    (unsigned long)bits | NATIVE_STRICT_SECBIT | NATIVE_STRICT_LOCKED, 0, 0);
}

/*
 * Both signs are needed: later kernels gave securebit 8 another meaning, so a kernel must not be
 * taken for one that has the userns set because of a prctl alone.
 *
 * EINVAL is what a kernel says that hasn't the prctl (Linux has no other use for its number), and
 * without it the set is out of reach whatever /proc shows, which costs a hundred times as much to
 * read. Another error is that of a filter: it says nothing of the kernel, so /proc must, and where
 * that shows the set the session is not to be opened as if there were none.
 */
static int native_find(const struct kernel *kernel)
{
	int answer = native_call(kernel, USERNS_IS_SET, 0);
	int shown;

	if (answer == -EINVAL)
		return 0;
	shown = kernel->has_native(kernel->context);
	if (shown <= 0)
		return shown;
	return answer < 0 ? answer : answer <= 1;
}

/* ---- bpf ---- */

/* The payload of a reply, or the error; -EPROTO for what the programs never answer. */
static int bpf_call_with(const struct kernel *kernel, const unsigned long args[4])
{
	int r = call_with(kernel, USERNS_PRCTL, args);

	if (r >= 0)
		return -EPROTO;
	return -r >= USERNS_REPLY ? -r & USERNS_REPLY_PAYLOAD : r;
}

static int bpf_call(const struct kernel *kernel, enum userns_operation operation, unsigned long a,
		    unsigned long b)
{
	return bpf_call_with(kernel, (const unsigned long[4]){ operation, a, b, 0 });
}

static int bpf_get(const struct kernel *kernel, size_t offset, size_t size, uint64_t *ret_value)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < size; i++) {
		int r = bpf_call(kernel, USERNS_GET, offset + i, 0);

		if (r < 0)
			return r;
		if (r > 0xff)
			return -EPROTO;
		value |= (uint64_t)r << (8 * i);
	}
	*ret_value = value;
	return 0;
}

struct capset userns_bpf_set(uint64_t bits, uint64_t parts)
{
	const struct capset set = capset_from_bits(bits);

	return set.parts ? set : capset_make(bits, parts);
}

static int bpf_read(const struct kernel *kernel, struct userns_status *status)
{
	uint64_t set = 0, parts = 0, flags = 0;
	int r;

	r = bpf_get(kernel, offsetof(struct userns_state, userns), sizeof(set), &set);
	if (r == 0)
		r = bpf_get(kernel, offsetof(struct userns_state, flags), sizeof(__u32), &flags);
	if (r == 0 && !capset_has(capset_from_bits(set), CAPSET_SPLIT))
		r = bpf_get(kernel, offsetof(struct userns_state, parts), 1, &parts);
	if (r < 0)
		return r;
	status->set = userns_bpf_set(set, parts);
	status->strict = flags & USERNS_STRICT;
	status->create = !(flags & USERNS_NO_CREATE);
	return 0;
}

/* The other way: the parts of a set that lacks what has parts. */
static uint64_t bpf_parts(struct capset set)
{
	return capset_is_whole(set) ? 0 : set.parts;
}

static int bpf_keep(const struct kernel *kernel, struct capset keep)
{
	const uint64_t bits = capset_bits(keep);

	return bpf_call_with(kernel, (const unsigned long[4]){ USERNS_KEEP, bits & UINT32_MAX,
							       bits >> 32, bpf_parts(keep) });
}

/* Programs of a version that has no parts don't know the operation. */
static int bpf_vague(const struct kernel *kernel)
{
	return bpf_call(kernel, USERNS_VAGUE, 0, 0);
}

static int bpf_make_strict(const struct kernel *kernel)
{
	return bpf_call(kernel, USERNS_SET_FLAGS, USERNS_STRICT, 0);
}

static int bpf_deny_creation(const struct kernel *kernel)
{
	return bpf_call(kernel, USERNS_SET_FLAGS, USERNS_NO_CREATE, 0);
}

/*
 * The prctl also accepts capabilities that are in the set already. So only missing ones can fail.
 */
static int bpf_raise(const struct kernel *kernel, struct capset raise)
{
	unsigned cap;

	for (cap = 0; cap < CAPSET_SIZE; cap++) {
		const uint64_t parts = cap == CAPSET_SPLIT ? bpf_parts(raise) : 0;
		int r = capset_has(raise, cap) ? bpf_call(kernel, USERNS_RAISE, cap, parts) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static int bpf_clear_flags(const struct kernel *kernel)
{
	return bpf_call(kernel, USERNS_CLEAR_FLAGS, USERNS_FLAGS, 0);
}

/* Eight bytes of a session's text, and zeros where it is shorter. */
static int bpf_write_session(const struct kernel *kernel, size_t offset, const char *text,
			     size_t size)
{
	uint64_t word = 0;
	size_t i;

	for (i = 0; i < 8 && offset + i < size; i++)
		word |= (uint64_t)(unsigned char)text[offset + i] << (8 * i);
	return bpf_call_with(kernel, (const unsigned long[4]){ USERNS_WRITE, offset / 8,
							       word & UINT32_MAX, word >> 32 });
}

/* Programs of an older version don't know the operation. */
static int bpf_open_session(const struct kernel *kernel, uid_t uid, const char *text, size_t size)
{
	int r = bpf_call(kernel, USERNS_OPEN, uid, 0);
	size_t offset;

	if (r == -EINVAL)
		return -EOPNOTSUPP;
	for (offset = 0; r >= 0 && offset < size; offset += 8)
		r = bpf_write_session(kernel, offset, text, size);
	if (r >= 0)
		r = bpf_call(kernel, USERNS_SEAL, 0, 0);
	return r < 0 ? r : 0;
}

static int bpf_read_session(const struct kernel *kernel, size_t offset, size_t size, void *to)
{
	unsigned char *bytes = to;
	size_t i;

	for (i = 0; i < size; i++) {
		int r = bpf_call(kernel, USERNS_READ, offset + i, 0);

		if (r < 0)
			return r == -EINVAL ? -EOPNOTSUPP : r;
		bytes[i] = (unsigned char)r;
	}
	return 0;
}

/* Returns 1 where the programs answer, 0 where they don't, or -errno. */
static int bpf_find(const struct kernel *kernel)
{
	int version = bpf_call(kernel, USERNS_VERSION, 0, 0);

	if (version == -EINVAL)
		return 0;
	if (version < 0)
		return version;
	return version >= VERSION_NEEDED ? 1 : -EPROTONOSUPPORT;
}

/* ---- both: the native one, guarded by the programs, which also know of owners ---- */

static int both_read(const struct kernel *kernel, struct userns_status *status)
{
	struct userns_status native, bpf;
	int r = native_read(kernel, &native);

	if (r < 0)
		return r;
	r = bpf_read(kernel, &bpf);
	if (r < 0)
		return r;
	status->set = capset_and(native.set, bpf.set);
	status->strict = native.strict && bpf.strict;
	status->create = native.create && bpf.create;
	return 0;
}

static int both_keep(const struct kernel *kernel, struct capset keep)
{
	int r = bpf_keep(kernel, keep);

	return r < 0 ? r : native_keep(kernel, keep);
}

static int both_make_strict(const struct kernel *kernel)
{
	int r = bpf_make_strict(kernel);

	return r < 0 ? r : native_make_strict(kernel);
}

static int both_raise(const struct kernel *kernel, struct capset raise)
{
	int r = native_raise(kernel, raise);

	return r < 0 ? r : bpf_raise(kernel, raise);
}

/* The programs' flags go; where the securebit is there it is locked. */
static int both_clear_flags(const struct kernel *kernel)
{
	struct userns_status native;
	int r = bpf_clear_flags(kernel);

	if (r < 0)
		return r;
	r = native_read(kernel, &native);
	if (r < 0)
		return r;
	return native.strict ? -EOPNOTSUPP : 0;
}

/* ---- one face ---- */

static const struct provider providers[USERNS_KIND_COUNT] = {
	[USERNS_NONE] = {
		.name = "none",
		.read = none_read,
		.keep = none_keep,
		.make_strict = none_make_strict,
		.deny_creation = filter_creation,
		.raise = none_raise,
	},
	[USERNS_NATIVE] = {
		.name = "native",
		.read = native_read,
		.keep = native_keep,
		.make_strict = native_make_strict,
		.deny_creation = filter_creation,
		.raise = native_raise,
	},
	[USERNS_BPF] = {
		.name = "bpf",
		.read = bpf_read,
		.keep = bpf_keep,
		.make_strict = bpf_make_strict,
		.deny_creation = bpf_deny_creation,
		.raise = bpf_raise,
		.vague = bpf_vague,
		.clear_flags = bpf_clear_flags,
		.open_session = bpf_open_session,
		.read_session = bpf_read_session,
	},
	[USERNS_GUARDED] = {
		.name = "native and bpf",
		.read = both_read,
		.keep = both_keep,
		.make_strict = both_make_strict,
		.deny_creation = bpf_deny_creation,
		.raise = both_raise,
		.clear_flags = both_clear_flags,
		.open_session = bpf_open_session,
		.read_session = bpf_read_session,
	},
};

const char *userns_kind_name(enum userns_kind kind)
{
	return providers[kind].name;
}

/* If the BPF programs answer, they are enough, even if the native interface cannot be reached. */
int userns_find(const struct kernel *kernel, struct userns *ret_userns)
{
	int native, bpf = bpf_find(kernel);
	enum userns_kind kind;

	if (bpf < 0)
		return bpf;
	native = native_find(kernel);
	if (native < 0 && !bpf)
		return native;
	if (native > 0)
		kind = bpf ? USERNS_GUARDED : USERNS_NATIVE;
	else
		kind = bpf ? USERNS_BPF : USERNS_NONE;
	*ret_userns = (struct userns){ .kernel = kernel, .kind = kind };
	return 0;
}

uint64_t userns_vague(const struct userns *userns)
{
	const struct provider *provider = &providers[userns->kind];
	int r = provider->vague ? provider->vague(userns->kernel) : -EOPNOTSUPP;

	return r < 0 ? CAPSET_VAGUE_MOST : (uint64_t)r & CAPSET_WHOLE;
}

struct capset userns_blurred(const struct userns *userns)
{
	const uint64_t vague =
		userns->kind == USERNS_BPF ? userns_vague(userns) : CAPSET_VAGUE_LEAST;

	return vague == CAPSET_VAGUE_LEAST ? CAPSET_NONE : capset_make(0, vague);
}

int userns_read(const struct userns *userns, struct userns_status *ret_status)
{
	return providers[userns->kind].read(userns->kernel, ret_status);
}

int userns_keep(const struct userns *userns, struct capset keep)
{
	return providers[userns->kind].keep(userns->kernel, keep);
}

int userns_make_strict(const struct userns *userns)
{
	return providers[userns->kind].make_strict(userns->kernel);
}

int userns_deny_creation(const struct userns *userns)
{
	return providers[userns->kind].deny_creation(userns->kernel);
}

int userns_raise(const struct userns *userns, struct capset raise)
{
	const struct provider *provider = &providers[userns->kind];

	if (!provider->vague)
		raise = capset_whole(raise);
	return provider->raise(userns->kernel, raise);
}

int userns_clear_flags(const struct userns *userns)
{
	const struct provider *provider = &providers[userns->kind];

	return provider->clear_flags ? provider->clear_flags(userns->kernel) : -EOPNOTSUPP;
}

/* Some bytes of the record that the calling thread's session has. */
static int read_session(const struct userns *userns, size_t offset, size_t size, void *to)
{
	const struct provider *provider = &providers[userns->kind];

	return provider->read_session ? provider->read_session(userns->kernel, offset, size, to)
				      : -EOPNOTSUPP;
}

int userns_open_session(const struct userns *userns, uid_t uid, const char *text, size_t size,
			uint64_t *ret_id, uint64_t *ret_parent)
{
	const struct provider *provider = &providers[userns->kind];
	uint64_t ids[2] = { 0, 0 };
	int r;

	_Static_assert(offsetof(struct userns_session, id) == 0 &&
			       offsetof(struct userns_session, parent) == sizeof(ids[0]),
		       "the two are read at once");
	if (!provider->open_session)
		return -EOPNOTSUPP;
	r = provider->open_session(userns->kernel, uid, text, size);
	if (r == 0)
		r = read_session(userns, 0, sizeof(ids), ids);
	if (r < 0)
		return r;
	*ret_id = ids[0];
	*ret_parent = ids[1];
	return 0;
}

/* How often to look again at what changes while it is read. */
#define TRIES 10

/* A count is eight bytes, which somebody may be adding to: it counts once it was read twice. */
static int read_kind(const struct userns *userns, size_t offset, struct userns_denials *denials)
{
	const size_t count = offset + offsetof(struct userns_denials, count);
	unsigned tries = TRIES;
	__u64 again = 0;
	int r;

	do {
		r = read_session(userns, offset, sizeof(*denials), denials);
		if (r == 0)
			r = read_session(userns, count, sizeof(again), &again);
	} while (r == 0 && again != denials->count && --tries > 0);
	return r;
}

/* The kinds that are there. */
static int read_kinds(const struct userns *userns, struct userns_session *session)
{
	size_t i;

	memset(session->denials, 0, sizeof(session->denials));
	for (i = 0; i < USERNS_KINDS; i++) {
		const size_t offset = offsetof(struct userns_session, denials[i]);
		struct userns_denials *denials = &session->denials[i];
		int r = read_session(userns, offset + offsetof(struct userns_denials, kind),
				     sizeof(denials->kind), &denials->kind);

		if (r == 0 && !denials->kind)
			return 0;
		if (r == 0)
			r = read_kind(userns, offset, denials);
		if (r < 0)
			return r;
	}
	return 0;
}

int userns_read_session(const struct userns *userns, bool with_text,
			struct userns_session *ret_session)
{
	const size_t text = offsetof(struct userns_session, text);
	int r = read_session(userns, 0, offsetof(struct userns_session, denials), ret_session);

	memset(ret_session->text, 0, sizeof(ret_session->text));
	if (r == 0)
		r = read_kinds(userns, ret_session);
	if (r == 0 && with_text)
		r = read_session(userns, text, sizeof(ret_session->text) - 1, ret_session->text);
	return r;
}
