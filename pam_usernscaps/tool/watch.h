/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_WATCH_H
#define TOOL_WATCH_H

/**
 * Run a program, and print on standard error what was denied meanwhile: to the program alone where
 * the caller may begin a session, else to the session that the caller is in.
 *
 * Returns the program's exit status, as the shells say it; or, after a complaint and without having
 * run it, CTL_FAILED.
 */
int ctl_watch(char **command);

#endif
