# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# This source tree, built and installed under a directory of its own. The tree itself is only read.

TREE_CONFIGURE=(
	--prefix=/usr --sysconfdir=/etc --localstatedir=/var
	--libdir=/usr/lib/x86_64-linux-gnu --with-pamdir=/usr/lib/x86_64-linux-gnu/security
)

# Every file that isn't ignored, NUL-terminated; in an unpacked release, every file.
tree_files() {
	if git -C "$TREE" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$TREE" ls-files -z --cached --others --exclude-standard --deduplicate
	else
		(cd "$TREE" && find . -name .git -prune -o -type f -printf '%P\0')
	fi | (cd "$TREE" && while IFS= read -r -d '' file; do
		[[ ! -e $file ]] || printf '%s\0' "$file"
	done)
}

# What is in tests/vm goes into no installed file; leaving it out spares a build for each edit there.
tree_key() {
	tree_files | grep -zv '^tests/vm/' | sort -z |
		(cd "$TREE" && xargs -0 -r sha256sum) | cache_hash "$VM/tree.sh"
}

tree_build() {
	local dir=$1 src=$1/src log=$1/log
	say "building the tree"
	mkdir "$src"
	tree_files | (cd "$TREE" && cpio -0 -pdm --quiet "$src")
	if ! (cd "$src" && tree_make "$dir/stage") >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		die "the tree does not build"
	fi
	rm -rf "$src"
}

tree_make() {
	{ [[ -x configure ]] || autoreconf -fi; } &&
		./configure "${TREE_CONFIGURE[@]}" &&
		make -j"$(nproc)" &&
		make install DESTDIR="$1"
}

# Print the directory that holds what "make install" would put into the guest.
tree_stage() {
	local key dir
	if [[ ${USERNSCAPS_STAGE-} ]]; then
		[[ -d $USERNSCAPS_STAGE ]] || die "USERNSCAPS_STAGE=$USERNSCAPS_STAGE is no directory"
		realpath "$USERNSCAPS_STAGE"
		return
	fi
	key=$(tree_key)
	dir=$(cache_get "tree-$key" tree_build)
	printf '%s\n' "$dir/stage"
}
