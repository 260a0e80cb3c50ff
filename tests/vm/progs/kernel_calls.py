#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
"""Tries one system call and prints "allowed" or "denied"; see the functions below."""
import ctypes
import errno
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 28, 38
SECBIT_NOROOT = 1
NATIVE, UCAP, LOWER, REPLY = 48, 0x55434150, 3, 0x800
CAP_SYS_TIME = 25
SYS_GETPID, X32 = 39, 0x40000000

libc = ctypes.CDLL(None, use_errno=True)


def error(result):
    """The errno of a call, 0 where it succeeded."""
    return ctypes.get_errno() if result == -1 else 0


def prctl(*args):
    words = [ctypes.c_ulong(arg) for arg in args] + [ctypes.c_ulong(0)] * (5 - len(args))
    return error(libc.prctl(ctypes.c_int(args[0]), *words[1:]))


def securebits():
    """Takes CAP_SETPCAP in the namespace; the kernel asks for it without the hook."""
    if error(libc.unshare(CLONE_NEWUSER)):
        sys.exit("no namespace")
    return prctl(PR_SET_SECUREBITS, SECBIT_NOROOT)


def lower():
    """By each interface that is there; all have to agree."""
    native = prctl(NATIVE, LOWER, CAP_SYS_TIME)
    bpf = prctl(UCAP, LOWER, CAP_SYS_TIME)
    answers = [0 if answer & REPLY else answer for answer in (native, bpf)]
    answers = [answer for answer in answers if answer != errno.EINVAL]
    return max(answers) if answers else errno.ENOSYS


def lower_nnp():
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    return lower()


def x32():
    return error(libc.syscall(ctypes.c_long(X32 | SYS_GETPID)))


acts = {"securebits": securebits, "lower": lower, "lower-nnp": lower_nnp, "x32": x32}
number = acts[sys.argv[1]]()
print({0: "allowed", errno.EPERM: "denied"}.get(number, errno.errorcode.get(number, number)))
