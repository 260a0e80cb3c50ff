# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Things that are slow to make and can be made again: a directory each, named after a hash of
# whatever went into it. Only the packages of the image are as old as the entry.

CACHE=${USERNSCAPS_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/usernscaps}
CACHE_DAYS=7

say() {
	printf 'vm: %s\n' "$*" >&2
}

die() {
	say "$*"
	exit 125
}

# Standard input and the files named, as one short word.
cache_hash() {
	cat -- - "$@" | sha256sum | cut -c 1-16
}

# Print the path of entry $1; if it isn't there, "${@:2} DIR" fills a new directory first. To be called
# in a command substitution: what a failure leaves behind goes when that ends.
cache_get() {
	local entry=$CACHE/$1 lock
	shift
	mkdir -p "$CACHE"
	exec {lock}>"$entry.lock"
	flock "$lock"
	if [[ ! -d $entry ]]; then
		rm -rf "$entry.new"
		cache_new=$entry.new
		trap 'rm -rf "$cache_new"' EXIT
		mkdir "$entry.new"
		"$@" "$entry.new" >&2
		mv "$entry.new" "$entry"
		trap - EXIT
		cache_prune
	fi
	touch "$entry"
	exec {lock}>&-
	printf '%s\n' "$entry"
}

# Lock files stay: removing one that somebody waits for would let two in.
cache_prune() {
	find "$CACHE" -mindepth 1 -maxdepth 1 -type d -mtime "+$CACHE_DAYS" -exec rm -rf {} +
}
