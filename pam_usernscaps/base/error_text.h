/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_ERROR_TEXT_H
#define BASE_ERROR_TEXT_H

#include <string.h>

/** Describe a positive errno: as strerror(3), but in English whatever the process's locale is. */
static inline const char *error_text(int error)
{
	const char *text = strerrordesc_np(error);

	return text ? text : "unknown error";
}

#endif
