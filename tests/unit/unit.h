/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef UNIT_H
#define UNIT_H

/* cmocka's header counts on these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Every test gets a state, and few have one. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
