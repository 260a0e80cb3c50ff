/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The directory of this target's inputs, in tests/fuzz/corpus. */
extern const char fuzz_name[];

/* What a fuzzer calls with each input, and replay.c with each file of the corpus. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A finding: the fuzzer keeps the input. @wrong is NULL where all is well. */
static inline void fuzz_check(const char *wrong, const char *file, int line)
{
	if (!wrong)
		return;
	fprintf(stderr, "%s:%d: %s\n", file, line, wrong);
	abort();
}

#define CHECK_LAW(wrong) fuzz_check((wrong), __FILE__, __LINE__)
#define CHECK(condition) CHECK_LAW((condition) ? NULL : "expected: " #condition)

#endif
