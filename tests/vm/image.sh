# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The root file system: a small Debian of suite $SUITE, with what opens sessions (sshd, logind, sudo, cron, at, su,
# polkit, machined, a display manager), a directory server and what the tests need. Nothing of this
# tree is in it.

IMAGE_FREE_MB=768
IMAGE_PACKAGES=(
	systemd systemd-sysv dbus dbus-user-session libpam-systemd libpam-runtime pamtester
	openssh-server openssh-client sudo cron at login passwd uidmap bubblewrap
	bash util-linux procps iproute2 kmod libcap2-bin strace python3
	libpam-cap pkexec systemd-container greetd screen tmux
	slapd ldap-utils nslcd libnss-ldapd
	fuse3 nftables auditd
	libconfuse2 libjansson4 libbpf1 libcap2 libseccomp2 libaudit1 libmd0
)

# Its name has told since trixie that it was built for 64-bit times.
image_libelf() {
	if [[ $SUITE == bookworm ]]; then echo libelf1; else echo libelf1t64; fi
}

# How the host's apt gets out (proxies, retries), as apt.conf lines.
image_apt_options() {
	apt-config dump --no-empty | grep -E '^Acquire::(https?|Retries|Check-Valid-Until)' || true
}

image_build() {
	local packages=$1 dir=$2 sources options option apt=()
	sources=$(suite_sources "$SUITE")
	[[ $sources ]] || die "apt knows no Debian sources here (apt-get update?)"
	[[ $EUID == 0 ]] || die "building the image needs root"
	say "building the image of $SUITE (once)"
	options=$(image_apt_options)
	while IFS= read -r option; do
		[[ ! $option ]] || apt+=(--aptopt="$option")
	done <<<"$options"
	mmdebstrap --quiet --variant=minbase --format=directory --include="$packages" \
		"${apt[@]}" --aptopt='APT::Install-Recommends "0"' \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--customize-hook="chroot \"\$1\" bash -s <$(printf %q "$VM/guest/setup")" \
		"$SUITE" "$dir/root" <<<"$sources"
	image_pack "$dir"
	rm -rf "$dir/root"
}

image_pack() {
	local dir=$1 used
	used=$(du -sm "$dir/root" | cut -f 1)
	truncate -s "$((used + used / 8 + IMAGE_FREE_MB))M" "$dir/root.img"
	mke2fs -q -t ext4 -m 0 -O ^has_journal -d "$dir/root" "$dir/root.img"
}

# Print the path of the image that has these packages beside its own.
image_get() {
	local packages key dir
	packages=$(printf '%s\n' "${IMAGE_PACKAGES[@]}" "$(image_libelf)" "$@" | sort -u | paste -sd ,)
	key=$(cache_hash "$VM/image.sh" "$VM/guest/setup" <<<"$SUITE $packages")
	dir=$(cache_get "image-$SUITE-$key" image_build "$packages")
	printf '%s\n' "$dir/root.img"
}
