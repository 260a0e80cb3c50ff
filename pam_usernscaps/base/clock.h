/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Time in nanoseconds. */

#define CLOCK_SECOND UINT64_C(1000000000)

/** What a clock shows; 0 where there is no such clock. */
static inline uint64_t clock_now(clockid_t clock)
{
	struct timespec time = { 0 };

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * CLOCK_SECOND + (uint64_t)time.tv_nsec;
}

#endif
