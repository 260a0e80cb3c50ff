#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Every rules file that README and the man pages show is one: usernscapsctl reads it without a
# complaint. The shipped file restricts nobody, and is right as well once its examples are
# uncommented.
: "${top_builddir:?}" "${top_srcdir:?}"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
count=0

check() { # NAME FILE
	local complaint
	count=$((count + 1))
	if complaint=$("$top_builddir/usernscapsctl" check "$2" 2>&1); then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf '%s\n' "$complaint" | sed 's/^/# /'
	fi
}

# Writes the blocks of a file between lines that match two patterns to $dir/1, $dir/2...
extract() { # BEGIN END <FILE
	rm -f "$dir"/*
	awk -v dir="$dir" -v begin="$1" -v end="$2" '
		inside && $0 ~ end { inside = 0; close(out) }
		inside { print > out }
		$0 ~ begin { inside = 1; out = dir "/" ++blocks }'
}

check_blocks() { # NAME BEGIN END <FILE
	local block found=0
	extract "$2" "$3"
	for block in "$dir"/*; do
		[[ -e $block ]] || continue
		check "$1, example $(basename "$block")" "$block"
		found=1
	done
	((found)) || { echo "Bail out! no examples found in $1"; exit 1; }
}

check_blocks README.md '^```conf$' '^```$' <"$top_srcdir/README.md"
for page in usernscaps.conf.5 pam_usernscaps.8; do
	# The mark stands before .EX, whose line is dropped with it.
	check_blocks "$page" '^BEGIN$' '^\.EE$' < <(sed \
		'/^\.\\" example: usernscaps\.conf$/{N;s/.*/BEGIN/}' "$top_srcdir/doc/$page")
done
rm -f "$dir"/*

check "usernscaps.conf as shipped" "$top_srcdir/conf/usernscaps.conf"
sed -E 's/^#([^ ])/\1/' "$top_srcdir/conf/usernscaps.conf" >"$dir/uncommented"
check "usernscaps.conf uncommented" "$dir/uncommented"

count=$((count + 1))
if "$top_builddir/usernscapsctl" check "$dir/uncommented" | grep -q '(rules: 5, profiles: 1)'; then
	echo "ok $count - uncommented, it has all its rules"
else
	echo "not ok $count - uncommented, it has all its rules"
fi
echo "1..$count"
