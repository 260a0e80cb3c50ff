#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
# What the module shows to the process that loads it, and what it pulls in there.
: "${top_builddir:?}" "${SANITIZER_PRELOAD=}"
module=$top_builddir/.libs/pam_usernscaps.so

echo 1..2

exported=$(nm -D --defined-only "$module" | awk '$2 != "A" { print $3 }' | sort | tr '\n' ' ')
if [ "$exported" = "pam_sm_close_session pam_sm_open_session " ]; then
	echo "ok 1 - exports the two entry points and nothing else"
else
	echo "not ok 1 - exports: $exported"
fi

# A build with sanitizers links their libraries as well.
ignored='^$'
[ -z "$SANITIZER_PRELOAD" ] || ignored='^lib(asan|ubsan)\.'
needed=$(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
	grep -vE "$ignored" | sort | tr '\n' ' ')
if [ "$needed" = "libc.so.6 libcap.so.2 libconfuse.so.2 libpam.so.0 " ]; then
	echo "ok 2 - links libpam, libcap, libconfuse and libc only"
else
	echo "not ok 2 - links: $needed"
fi
