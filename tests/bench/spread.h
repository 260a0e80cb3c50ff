/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef SPREAD_H
#define SPREAD_H

#include <linux/types.h>

/* What spread.bpf.c writes for each task. */
struct spread_record {
	__u8 is_restricted;
	__u8 looks_elsewhere; /* its slot is another's or nobody's, and says to look in the overflow
			       */
};

#endif
