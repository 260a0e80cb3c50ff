#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
"""Types words into a shell of its own, each followed by a tab, and prints the line that becomes of it.

Usage: tab.py bash|zsh FILE WORDS...

FILE is the shell's completion file.
"""
import os
import pty
import re
import select
import sys
import tempfile
import time

SECONDS = 20
# What the shell reads first, and how it is called. Ctrl-X shows the line, and clears it.
SHELLS = {
    "bash": (".bashrc", ["bash", "--noprofile", "--rcfile", "{home}/.bashrc", "-i"], """
PS1= PS2=
. '{file}'
bind 'set enable-bracketed-paste off' 'set bell-style none'
show() {{ printf 'LINE<%s>\\n' "$READLINE_LINE"; READLINE_LINE=; }}
bind -x '"\\C-x": show'
echo READY
"""),
    "zsh": (".zshrc", ["zsh", "-d", "-i"], """
PS1= PS2= RPS1=
fpath=('{directory}' $fpath)
autoload -Uz compinit
compinit -u -D
show() {{ print -r -- "LINE<$BUFFER>"; BUFFER=; zle redisplay }}
zle -N show
bindkey '^X' show
print READY
"""),
}


def read_until(terminal, pattern):
    text, end = b"", time.monotonic() + SECONDS
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        text += os.read(terminal, 4096)
        match = re.search(pattern, text)
        if match:
            return match
    sys.exit(f"the shell gave no answer: {text!r}")


def main(shell, file, *lines):
    name, command, setup = SHELLS[shell]
    with tempfile.TemporaryDirectory() as home:
        with open(os.path.join(home, name), "w") as start:
            start.write(setup.format(file=file, directory=os.path.dirname(file)))
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(HOME=home, ZDOTDIR=home, TERM="dumb", INPUTRC="/dev/null")
            os.execvp(command[0], [word.format(home=home) for word in command])
        read_until(terminal, b"READY")
        for line in lines:
            os.write(terminal, line.encode() + b"\t\x18")
            print(read_until(terminal, rb"LINE<([^>\r\n]*)>")[1].decode())
        os.kill(pid, 9)
        os.close(terminal)


main(*sys.argv[1:])
