# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Debian's own kernels, unpacked and not installed, and one built from Debian's source; each with a
# small initramfs that finds the disks and a disk of its modules.

# What reaches disks and the output port, in order; a kernel may have some of them built in.
KERNEL_BOOT_MODULES=(virtio_pci virtio_blk virtio_console)
KERNEL_APPLETS=(sh cat chroot echo mkdir modprobe mount reboot sleep switch_root)

# kernel_source NAME: the suite that it is taken from, and the package with its source or the one that
# always depends on its newest version.
kernel_source() {
	case $1 in
	debian-6.1) echo bookworm linux-image-cloud-amd64 ;;
	debian-6.12) echo bookworm linux-image-6.12-cloud-amd64 ;;
	native-6.12) echo bookworm linux-source-6.12 ;;
	trixie | forky) echo "$1" linux-image-cloud-amd64 ;;
	*) return 1 ;;
	esac
}

# Print the packages with the kernel or its source itself, as NAME=VERSION. In forky it is in
# three that the one of its name depends on.
kernel_packages() {
	local suite meta package
	read -r suite meta < <(kernel_source "$1")
	package=$meta
	[[ $meta == linux-source-* ]] || package=$(kernel_depends "$suite" "$meta" '^linux-image-')
	[[ $package ]] || die "$suite has no $meta"
	for package in "$package" $(kernel_depends "$suite" "$package" '^linux-(base|binary|modules)-'); do
		suite_apt "$suite" apt-cache show --no-all-versions "$package" |
			awk -v name="$package" '$1 == "Version:" { print name "=" $2 }'
	done
}

kernel_depends() { # SUITE PACKAGE REGEX
	suite_apt "$1" apt-cache depends "$2" | awk -v wanted="$3" '$1 == "Depends:" && $2 ~ wanted { print $2 }'
}

kernel_build() {
	local name=$1 dir=${*: -1} package release suite
	local packages=("${@:2:$#-2}")
	read -r suite _ < <(kernel_source "$name")
	say "unpacking ${packages[0]%=*} (once)"
	(cd "$dir" && suite_apt "$suite" apt-get download -q -q "${packages[@]}")
	for package in "$dir"/*.deb; do
		dpkg -x "$package" "$dir/root"
	done
	[[ $name != native-* ]] || native_build "$dir"
	kernel_tidy "$dir/root"
	mv "$dir"/root/boot/vmlinuz-* "$dir/vmlinuz"
	release=$(basename "$dir"/root/lib/modules/*)
	depmod -b "$dir/root" "$release"
	kernel_pack_initramfs "$dir" "$release"
	kernel_pack_modules "$dir"
	rm -rf "$dir"/*.deb "$dir/root" "$dir/initramfs"
}

# Where newer packages have everything in /usr, the older places.
kernel_tidy() {
	local image
	if [[ -d $1/usr/lib/modules ]]; then
		mkdir -p "$1/lib" "$1/boot"
		mv "$1/usr/lib/modules" "$1/lib"
	fi
	for image in "$1"/lib/modules/*/vmlinuz; do
		[[ ! -e $image ]] || mv "$image" "$1/boot/vmlinuz-$(basename "$(dirname "$image")")"
	done
}

kernel_pack_modules() {
	local dir=$1 used
	used=$(du -sm "$dir/root/lib/modules" | cut -f 1)
	truncate -s "$((used + used / 8 + 16))M" "$dir/modules.img"
	mke2fs -q -t ext4 -m 0 -O ^has_journal -E root_owner=0:0 -d "$dir/root/lib/modules" \
		"$dir/modules.img"
}

kernel_pack_initramfs() {
	local dir=$1 release=$2 top=$1/initramfs applet
	mkdir -p "$top"/{bin,dev,proc,sys,root} "$top/lib/modules/$release"
	cp "$(command -v busybox)" "$top/bin/busybox"
	for applet in "${KERNEL_APPLETS[@]}"; do
		ln -s busybox "$top/bin/$applet"
	done
	install -m 755 "$VM/guest/init" "$top/init"
	kernel_boot_modules "$dir/root" "$release" | while read -r module; do
		install -D -m 644 "$module" "$top/${module#"$dir/root/"}"
		[[ $module != *.xz ]] || xz -d "$top/${module#"$dir/root/"}"
	done
	cp "$dir/root/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} \
		"$top/lib/modules/$release"
	depmod -b "$top" "$release"
	(cd "$top" && find . | cpio -o -H newc -R 0:0 --quiet) >"$dir/initramfs.cpio"
}

# The files of the modules that booting takes, with all that they depend on.
kernel_boot_modules() {
	modprobe -d "$1" -S "$2" --show-depends -a "${KERNEL_BOOT_MODULES[@]}" |
		awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# Print the directory with vmlinuz, initramfs.cpio and modules.img.
kernel_get() {
	local packages key inputs=("$VM/kernel.sh" "$VM/guest/init")
	packages=$(kernel_packages "$1")
	[[ $packages ]] || die "there is no kernel $1 (apt-get update?)"
	[[ $1 != native-* ]] || inputs+=("$VM/native.sh" "$VM"/native/*)
	key=$(cache_hash "${inputs[@]}" <<<"$packages")
	# shellcheck disable=SC2086 # words
	cache_get "kernel-$1-$key" kernel_build "$1" $packages
}
