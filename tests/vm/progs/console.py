#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
"""console.py N PROMPT ANSWER [PROMPT ANSWER]...: type on virtual terminal N, as if at its keyboard.

Each ANSWER, and the enter key, once the last that is on the screen is PROMPT; that may take
CONSOLE_SECONDS (60).
"""

import fcntl
import os
import sys
import termios
import time


def screen(number):
    """The text on the screen; none where nothing has opened the terminal yet."""
    try:
        with open("/dev/vcs" + number, encoding="latin-1") as file:
            return file.read().rstrip()
    except OSError:
        return ""


def type_in(number, text):
    with open("/dev/tty" + number, "rb+", buffering=0) as tty:
        for byte in text.encode():
            fcntl.ioctl(tty, termios.TIOCSTI, bytes([byte]))


number, *dialogue = sys.argv[1:]
for prompt, answer in zip(dialogue[::2], dialogue[1::2]):
    tries = 10 * int(os.environ.get("CONSOLE_SECONDS", "60"))
    while not screen(number).endswith(prompt):
        tries -= 1
        if not tries:
            sys.exit("no \"%s\" on terminal %s, but: %s" % (prompt, number, screen(number)))
        time.sleep(0.1)
    type_in(number, answer + "\n")
