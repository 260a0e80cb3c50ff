/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <stdint.h>

#include "bpf/abi.h"
#include "kernel/kernel.h"

/* The calls about sessions, in the order of enum userns_operation. */
enum fake_session_call { FAKE_OPEN, FAKE_WRITE, FAKE_SEAL, FAKE_READ, FAKE_SESSION_CALL_COUNT };

/*
 * A kernel made of variables. Every change it is asked for is one "operation", counted from 1. What
 * it is asked about sessions changes nothing that a plan is about, and is no operation.
 */
struct fake_kernel {
	struct kernel kernel; /* hand this to the code under test */

	struct kernel_sets sets;
	bool lacks_setpcap;
	bool has_native;   /* CapUNs and prctl 48 */
	int native_answer; /* what prctl 48 says to everything; 0: what it should */
	bool has_bpf;	   /* our prctl */
	int bpf_version;   /* what it answers; USERNS_ABI_VERSION */
	unsigned vague;	   /* parts that it can't tell from each other */
	bool lacks_filter; /* built without seccomp */

	struct capset userns;
	unsigned securebits;
	unsigned bpf_flags;
	bool no_new_privs;
	bool filtered;
	unsigned filters; /* how many filters were added */

	struct userns_session session; /* that was begun last */
	uint64_t last_session;	       /* its id; the next one has the next */
	bool lacks_sessions;	       /* programs of a version that knows nothing of them */
	int session_errors[FAKE_SESSION_CALL_COUNT];	 /* what each answers; 0: what it should */
	unsigned session_calls[FAKE_SESSION_CALL_COUNT]; /* how often each was asked for */

	unsigned operations;
	unsigned fail_at; /* this operation answers fail_with; 0: none does */
	int fail_with;
	unsigned lie_at; /* this operation answers success and does nothing; 0: none does */
};

/** A kernel that has everything but a provider, its last capability being @last. */
void fake_kernel_init(struct fake_kernel *fake, unsigned last);

#endif
