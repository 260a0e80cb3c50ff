#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Usage: hold.py SET...: the first set is for the process, each other one for a thread of it that
# is started before: HEX keeps these capabilities, "-" nothing, "+N" raises capability N after HEX,
# as in "ffffffffffffefff+12". Says "PID TID..." once all of that is done, and sleeps.
import ctypes
import os
import sys
import threading
import time

UCAP, RAISE, KEEP, REPLY = 0x55434150, 2, 17, 0x800
libc = ctypes.CDLL(None, use_errno=True)


def call(operation, a, b):
    libc.prctl(UCAP, *(ctypes.c_ulong(word) for word in (operation, a, b, 0)))
    if not ctypes.get_errno() & REPLY:
        os.abort()


def restrict(text):
    keep, _, cap = text.partition("+")
    if keep != "-":
        call(KEEP, int(keep, 16) & 0xFFFFFFFF, int(keep, 16) >> 32)
    if cap:
        call(RAISE, int(cap), 0)


def thread(text):
    restrict(text)
    ready.wait()
    time.sleep(100000)


ready = threading.Barrier(len(sys.argv) - 1)
threads = [threading.Thread(target=thread, args=(text,)) for text in sys.argv[2:]]
for each in threads:
    each.start()
restrict(sys.argv[1])
ready.wait()
print(os.getpid(), *(each.native_id for each in threads), flush=True)
time.sleep(100000)
