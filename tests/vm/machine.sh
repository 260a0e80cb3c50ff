# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# One virtual machine: started, watched, ended, reported.

MACHINE_KERNEL_SECONDS=90
MACHINE_BOOT_SECONDS=300
MACHINE_TRIES=3
MACHINE_CONSOLE_LINES=40

# The command line of qemu, as an array. panic=-1 with -no-reboot makes a panic end qemu. What works
# around real processors takes a fifth of the time of a fork and exec under emulation.
# shellcheck disable=SC2054 # commas belong to qemu
machine_command() {
	local words="console=ttyS0 quiet oops=panic panic=-1 mitigations=off"
	words+=" systemd.show_status=error root=/dev/vda rw"
	qemu=(
		qemu-system-x86_64 -nodefaults -display none -no-reboot -m "$MEM"
		-kernel "$KERNEL_DIR/vmlinuz" -initrd "$KERNEL_DIR/initramfs.cpio"
		-append "$words${APPEND:+ $APPEND}"
		-serial "file:$WORK/console"
		-drive "file=$IMAGE,if=virtio,format=raw,snapshot=on"
		-drive "file=$WORK/payload.tar,if=virtio,format=raw,readonly=on"
		-drive "file=$KERNEL_DIR/modules.img,if=virtio,format=raw,readonly=on"
		-chardev "file,id=stream,path=/dev/stdout"
		-device virtio-serial-pci -device virtserialport,nr=1,chardev=stream
	)
	if [[ $ICOUNT ]]; then
		# No randomness and no date of the host's: what is left to differ is when its disk answers.
		qemu+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off" -smp 1
			-seed 1 -rtc "base=2030-01-01T00:00:00,clock=vm")
	else
		# Random numbers, or the first programs wait seconds for some.
		qemu+=(-accel "tcg,thread=${TURNS:-multi}" -smp "$SMP" -cpu qemu64,+rdrand)
	fi
}

machine_start() {
	local stream
	: >"$WORK/console"
	exec {stream}> >(exec "$VM/watch" "$NONCE" "$MACHINE_KERNEL_SECONDS" "$MACHINE_BOOT_SECONDS" \
		"$TIMEOUT" "$WORK/result")
	watch_pid=$!
	TMPDIR=$WORK setpriv --pdeathsig KILL "${qemu[@]}" </dev/null 1>&"$stream" \
		2>"$WORK/qemu.log" &
	qemu_pid=$!
	exec {stream}>&-
	wait "$watch_pid" || true
	watch_pid=''
}

# Under "thread=multi" a kernel now and then hangs for good before it runs any program. Nothing of this
# tree has run by then, so starting again hides no fault of its own.
machine_run() {
	local try
	machine_command
	machine_start
	for ((try = 1; try < MACHINE_TRIES; try++)); do
		grep -qs '^timeout kernel' "$WORK/result" || return 0
		say "the kernel hung while it came up: trying again"
		machine_stop
		rm "$WORK/result"
		machine_start
	done
}

machine_stop() {
	local pid
	for pid in ${qemu_pid-} ${watch_pid-}; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# However we end. A status of some command's that failed on the way to the guest is not the script's.
machine_end() {
	local status=$?
	machine_stop
	[[ -z $CONSOLE || ! -e $WORK/console ]] || cp "$WORK/console" "$CONSOLE"
	rm -rf "$WORK"
	[[ ${qemu_pid-} ]] || ((status >= 125)) || exit 125
}

# Exit as the script did, or say what happened instead.
machine_report() {
	local what=none value='' seconds=''
	[[ ! -s $WORK/result ]] || read -r what value seconds <"$WORK/result"
	case $what in
	exit) exit "$value" ;;
	timeout) machine_fail 124 "the $value took longer than $seconds s" ;;
	died) machine_fail 125 "the guest died during the $value$(machine_panic)" ;;
	*) machine_fail 125 "our output was closed before the script ended" ;;
	esac
}

machine_panic() {
	grep -a -o -m 1 'Kernel panic.*' "$WORK/console" | tr -d '\r' | sed 's/^/: /' || true
}

machine_fail() {
	cat "$WORK/qemu.log" >&2
	say "last lines of the console:"
	tail -n "$MACHINE_CONSOLE_LINES" "$WORK/console" | tr -d '\r' >&2
	say "$2"
	exit "$1"
}
