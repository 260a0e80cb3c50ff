# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# This source tree, built and installed under a directory of its own. The tree itself is only read.
# And variants of it, which tests put in its place and back.

TREE_CONFIGURE=(
	--prefix=/usr --sysconfdir=/etc --localstatedir=/var
	--libdir=/usr/lib/x86_64-linux-gnu --with-pamdir=/usr/lib/x86_64-linux-gnu/security
)

# Every file that isn't ignored, NUL-terminated; outside a clone, every file but those built.
tree_files() {
	if git -c safe.directory='*' -C "$TREE" rev-parse --git-dir >/dev/null 2>&1; then
		git -c safe.directory='*' -C "$TREE" ls-files -z --cached --others --exclude-standard --deduplicate
	else
		(cd "$TREE" && find . \( -name .git -o -path ./build \) -prune -o -type f -printf '%P\0')
	fi | (cd "$TREE" && while IFS= read -r -d '' file; do
		[[ ! -e $file ]] || printf '%s\0' "$file"
	done)
}

# What is in tests/vm goes into no installed file; leaving it out spares a build for each edit there.
# The host's release has a part in what is built.
tree_key() {
	tree_files | grep -zv '^tests/vm/' | sort -z |
		(cd "$TREE" && xargs -0 -r sha256sum) | cache_hash "$VM/tree.sh" /etc/os-release
}

# How a variant differs from the tree: "FILE SED-COMMAND" for each line that it changes.
tree_variant() {
	case $1 in
	next) # the next release: its programs answer another number, and work on the same maps
		cat <<-'END'
			Makefile s/^(PACKAGE_VERSION =) .*/\1 99.0.0/
			pam_usernscaps/bpf/abi.h s/^(#define USERNS_ABI_VERSION) .*/\1 99/
		END
		;;
	crowded) # one with so few slots that most states are elsewhere
		cat <<-'END'
			Makefile s/^(PACKAGE_VERSION =) .*/\1 98.0.0/
			pam_usernscaps/bpf/abi.h s/^(#define USERNS_SLOT_BITS) .*/\1 4/
		END
		;;
	older) # one that keeps all states in a hash map, as before USERNS_LAYOUT 3
		cat <<-'END'
			Makefile s/^(PACKAGE_VERSION =) .*/\1 0.0.1/
			pam_usernscaps/bpf/abi.h s/^(#define USERNS_LAYOUT) .*/\1 2/
			pam_usernscaps/bpf/loader_parts.h s/"slots"/"marks"/;s/"overflow"/"states"/
			pam_usernscaps/bpf/userns.bpf.c s/(swap\(&slot->key,) USERNS_SLOT_FREE,/\1 2,/;s/seen != USERNS_SLOT_FREE/seen != 2/
		END
		;;
	layout) # one whose maps are laid out otherwise, and one of them is called otherwise
		cat <<-'END'
			Makefile s/^(PACKAGE_VERSION =) .*/\1 199.0.0/
			pam_usernscaps/bpf/loader_parts.h s/"accounts"/"counts"/
			pam_usernscaps/bpf/abi.h s/^(#define USERNS_LAYOUT) .*/\1 199/
		END
		;;
	*) return 1 ;;
	esac
}

# Change the copy in the current directory, which is built. What changes nothing is a mistake.
tree_vary() {
	local file command before
	while read -r file command; do
		before=$(<"$file")
		sed -i -E "$command" "$file"
		[[ $(<"$file") != "$before" ]] || die "the variant $1 does not change $file"
	done < <(tree_variant "$1")
	grep -rlwZ VERSION pam_usernscaps | xargs -0 touch # nothing depends on Makefile
}

tree_copy() {
	mkdir "$1"
	tree_files | (cd "$TREE" && cpio -0 -pdm --quiet "$1")
}

tree_build() {
	local dir=$1 src=$1/src log=$1/log
	say "building the tree"
	tree_copy "$src"
	if ! (cd "$src" && tree_configure && make -j"$(nproc)" &&
		make install DESTDIR="$dir/stage") >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		die "the tree does not build"
	fi
}

# Of the tree that was built only what differs is built anew.
tree_build_variant() {
	local variant=$1 dir=$3 src=$3/src log=$3/log
	say "building variant $variant"
	cp -a "$2/src" "$src"
	(cd "$src" && tree_vary "$variant")
	if ! make -C "$src" -j"$(nproc)" usernscapsctl pam_usernscaps.la >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		die "variant $variant of the tree does not build"
	fi
	install "$src/usernscapsctl" "$src/.libs/pam_usernscaps.so" "$dir"
	rm -rf "$src"
}

tree_configure() {
	{ [[ -x configure ]] || autoreconf -fi; } && ./configure "${TREE_CONFIGURE[@]}"
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

# In a copy, as in a fresh clone.
tree_build_packages() {
	local dir=$1 src=$1/src log=$1/log
	say "building the Debian packages"
	tree_copy "$src"
	if ! "$src/bootstrap" deb >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		die "the Debian packages can't be built"
	fi
	mv "$src"/build/deb/* "$dir"
	rm -rf "$src"
}

# Print the directory with what ./bootstrap deb leaves in build/deb.
tree_packages() {
	local key
	key=$(tree_key)
	cache_get "packages-$key" tree_build_packages
}

# The variants that a script names in a line "# variants: NAME...", and those that it is told to run.
tree_variants_of() { # SCRIPT ARGUMENT...
	local word scripts=("$1")
	for word in "${@:2}"; do
		[[ $word != *.sh || ! -e $VM/$word ]] || scripts+=("$VM/$word")
	done
	sed -n 's/^# variants: //p' "${scripts[@]}" | tr ' ' '\n' | sort -u
}

# Print what --file wants, to have variant $1 in the guest: usernscapsctl-NAME, pam_usernscaps-NAME.so.
tree_variant_files() {
	local key built dir
	tree_variant "$1" >/dev/null || die "there is no variant $1"
	key=$(tree_key)
	built=$(cache_get "tree-$key" tree_build)
	dir=$(cache_get "tree-$key-$1" tree_build_variant "$1" "$built")
	printf '%s\n' "$dir/usernscapsctl:usernscapsctl-$1" \
		"$dir/pam_usernscaps.so:pam_usernscaps-$1.so"
}
