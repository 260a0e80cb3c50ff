/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CATCH_LOG_H
#define CATCH_LOG_H

/*
 * What the module and libpam log comes to keep_log(), which the test defines. libpam calls one or
 * the other of these, as it was built.
 */
#include <stdarg.h>
#include <syslog.h>

__attribute__((format(printf, 2, 0))) static void keep_log(int priority, const char *format,
							   va_list args);

__attribute__((visibility("default"), format(printf, 2, 3))) void syslog(int priority,
									 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_log(priority, format, args);
	va_end(args);
}

void __syslog_chk(int priority, int flag, const char *format, ...);
__attribute__((visibility("default"), format(printf, 3, 4))) void
__syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_log(priority, format, args);
	va_end(args);
}

#endif
