# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Debian's own kernels, unpacked and not installed, and one built from Debian's source; each with a
# small initramfs that finds the disks and a disk of its modules.

# What reaches disks and the output port, in order; a kernel may have some of them built in.
KERNEL_BOOT_MODULES=(virtio_pci virtio_blk virtio_console)
KERNEL_APPLETS=(sh cat chroot echo mkdir modprobe mount reboot sleep switch_root)

# The package with the source, or the one that always depends on the newest kernel of a series.
kernel_metapackage() {
	case $1 in
	debian-6.1) echo linux-image-cloud-amd64 ;;
	debian-6.12) echo linux-image-6.12-cloud-amd64 ;;
	native-6.12) echo linux-source-6.12 ;;
	*) return 1 ;;
	esac
}

# Print the package with the kernel or its source itself, as NAME=VERSION.
kernel_package() {
	local meta package version
	meta=$(kernel_metapackage "$1")
	case $1 in
	native-*) package=$meta ;;
	*) package=$(apt-cache depends "$meta" 2>/dev/null | awk '$1 == "Depends:" { print $2; exit }') ;;
	esac
	[[ $package ]] || die "apt has no $meta (apt-get update?)"
	version=$(apt-cache show --no-all-versions "$package" 2>/dev/null |
		awk '$1 == "Version:" { print $2 }')
	[[ $version ]] || die "apt has no $package (apt-get update?)"
	printf '%s=%s\n' "$package" "$version"
}

kernel_build() {
	local package=$1 dir=$2 release
	say "unpacking ${package%=*} (once)"
	(cd "$dir" && apt-get download -q -q -o APT::Sandbox::User=root "$package")
	dpkg -x "$dir"/*.deb "$dir/root"
	[[ $package != linux-source-* ]] || native_build "$dir"
	mv "$dir"/root/boot/vmlinuz-* "$dir/vmlinuz"
	release=$(basename "$dir"/root/lib/modules/*)
	depmod -b "$dir/root" "$release"
	kernel_pack_initramfs "$dir" "$release"
	kernel_pack_modules "$dir"
	rm -rf "$dir"/*.deb "$dir/root" "$dir/initramfs"
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
	local package key inputs=("$VM/kernel.sh" "$VM/guest/init")
	package=$(kernel_package "$1")
	[[ $1 != native-* ]] || inputs+=("$VM/native.sh" "$VM"/native/*)
	key=$(cache_hash "${inputs[@]}" <<<"$package")
	cache_get "kernel-${package/=/_}-$key" kernel_build "$package"
}
