/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef SESSION_DENIAL_H
#define SESSION_DENIAL_H

#include <stdint.h>

#include "bpf/abi.h"
#include "policy/capset.h"

/* What was denied, in words. */

/** The capability of a kind; CAPSET_SIZE where it is about creating or entering namespaces. */
unsigned denial_cap(uint32_t kind);

/** The same as a set: of the capability, or of the part of it that was denied; empty of the others.
 */
struct capset denial_set(uint32_t kind);

/* Room for denial_what(). */
#define DENIAL_WHAT CAPSET_WORD

/** What was denied: a capability or part by its name, or "create" or "enter" of namespaces. */
const char *denial_what(uint32_t kind, char buf[static DENIAL_WHAT]);

/** Where it was wanted: "inside", "owner" or "-". */
const char *denial_where(uint32_t kind);

/* Room for denial_command(). */
#define DENIAL_COMMAND 17

/** Copy a command's name, which its user chooses: what is no printable ASCII becomes '?'. */
void denial_command(const struct userns_denials *denials, char buf[static DENIAL_COMMAND]);

#endif
