# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# What one run lays over the image: the installed tree, the script with its files, and our runner.

PAYLOAD_TESTS=/opt/tests

# Make the tar file $1. Reads STAGE, COMMAND, FILES, NONCE, KERNEL and TIMEOUT.
payload_make() {
	local top=$WORK/payload spec script
	script=$PAYLOAD_TESTS/$(basename "${COMMAND[0]}")
	mkdir -p "$top$PAYLOAD_TESTS" "$top/opt/vm" "$top/etc/systemd/system"
	for spec in "${FILES[@]}"; do
		payload_file "$top" "$spec"
	done
	install -m 755 "${COMMAND[0]}" "$top$script"
	install -m 755 "$VM"/guest/{prepare,runner} "$top/opt/vm"
	install -m 644 "$VM/guest/vm-script.service" "$top/etc/systemd/system"
	{
		printf 'NONCE=%q KERNEL=%q SECONDS_LIMIT=%q\n' "$NONCE" "$KERNEL" "$TIMEOUT"
		printf 'COMMAND=('
		printf ' %q' "$script" "${COMMAND[@]:1}"
		printf ' )\n'
	} >"$top/opt/vm/parameters"
	payload_tar "$1" "$STAGE" "$top"
}

# Copy LOCAL[:PATH] to its place; PATH may be relative to the tests' directory, or end in a slash.
payload_file() {
	local top=$1 from=${2%%:*} to=''
	[[ $2 != *:* ]] || to=${2#*:}
	[[ $to == /* ]] || to=$PAYLOAD_TESTS/$to
	[[ $to != */ ]] || to=$to$(basename "$from")
	mkdir -p "$top$(dirname "$to")"
	cp -rL --preserve=mode,timestamps -T "$from" "$top$to"
}

# What is in the last directory wins. A plain directory is not sent: tar makes it if it's missing, and
# the guest's own /tmp or /home/alice keeps its owner and mode.
payload_tar() {
	local tar=$1 dir
	shift
	tar -cf "$tar" -T /dev/null
	for dir; do
		(cd "$dir" && find . -mindepth 1 \( ! -type d -o -empty -o ! -perm 755 \) -print0) |
			tar -C "$dir" -rf "$tar" --owner=0 --group=0 --numeric-owner \
				--no-recursion --null -T -
	done
}
