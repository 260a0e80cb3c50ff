# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The reference kernel: Debian's source with a userns set of its own (native/cap_userns.patch), made
# with no more than the tests need (native/config). Takes several minutes, once.

# The log outlives a failed build; of one that goes well nobody wants it.
native_build() {
	local dir=$1 log=${1%.new}.log
	say "building the kernel (once, some minutes)"
	mkdir "$dir/src"
	if ! (native_compile "$dir") >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		die "the kernel does not build; all of the log is in $log"
	fi
	rm -rf "$dir/src" "$log"
}

native_compile() {
	local dir=$1 src=$1/src
	tar -C "$src" --strip-components=1 -xf "$dir"/root/usr/src/linux-source-*.tar.xz &&
		patch -d "$src" -p1 --no-backup-if-mismatch <"$VM/native/cap_userns.patch" &&
		native_make "$src" KCONFIG_ALLCONFIG="$VM/native/config" allnoconfig &&
		native_check_config "$src/.config" &&
		native_make "$src" -j"$(nproc)" bzImage &&
		native_install "$src" "$dir/root"
}

# There are no modules: modprobe gets to see the list of what is built in, and nothing else.
native_install() {
	local src=$1 root=$2 release
	release=$(native_make "$src" kernelrelease) &&
		install -D -m 644 "$src/arch/x86/boot/bzImage" "$root/boot/vmlinuz-$release" &&
		install -D -m 644 -t "$root/lib/modules/$release" "$src"/modules.builtin{,.modinfo} &&
		: >"$root/lib/modules/$release/modules.order"
}

# What an outer make was told is not for this one. Nobody debugs this kernel: the types are there for
# BTF, but where variables are at each instruction takes gcc a quarter of its time to find out.
native_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$1" --no-print-directory \
		KBUILD_BUILD_USER=usernscaps KBUILD_BUILD_HOST=usernscaps \
		KCFLAGS=-fno-var-tracking "${@:2}"
}

# An option that depends on another one, which is off, vanishes without a word.
native_check_config() {
	local missing
	missing=$(grep -E '^CONFIG_' "$VM/native/config" | grep -vxFf "$1") || return 0
	printf 'the configuration lacks, for want of what they depend on:\n%s\n' "$missing"
	return 1
}
