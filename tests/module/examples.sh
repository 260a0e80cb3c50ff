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

# Each usernscaps.conf is checked by itself; the files of a tree, which name each other, together.
# A line "BEGIN FILE" stands before each.
check_blocks() { # NAME END
	local line out='' examples=0
	rm -rf "${dir:?}"/*
	while IFS= read -r line; do
		if [[ $line == "BEGIN usernscaps.conf" ]]; then
			out=$dir/$((++examples))
		elif [[ $line == "BEGIN "* ]]; then
			out=$dir/tree.d/${line#BEGIN }
			mkdir -p "${out%/*}"
			echo "# the tree is beside this" >"$dir/tree.conf"
		elif [[ $line == "$2" ]]; then
			out=''
		elif [[ $out ]]; then
			printf '%s\n' "$line" >>"$out"
		fi
	done
	((examples)) || { echo "Bail out! no examples found in $1"; exit 1; }
	while ((examples)); do
		check "$1, example $examples" "$dir/$((examples--))"
	done
	[[ ! -e $dir/tree.conf ]] || check "$1, example files of a tree" "$dir/tree.conf"
}

check_blocks README.md '```' < <(sed 's/^```conf$/BEGIN usernscaps.conf/' "$top_srcdir/README.md")
for page in usernscaps.conf.5 pam_usernscaps.8; do
	# The mark stands before .EX, whose line is dropped with it; groff writes - as \-.
	check_blocks "$page" .EE < <(sed -E \
		'/^\.\\" example: /{N;s/^\.\\" example: (.*)\n.*/BEGIN \1/};s/\\-/-/g' \
		"$top_srcdir/doc/$page")
done
rm -rf "${dir:?}"/*

check "usernscaps.conf as shipped" "$top_srcdir/conf/usernscaps.conf"
sed -E 's/^#([^ ])/\1/' "$top_srcdir/conf/usernscaps.conf" >"$dir/uncommented"
check "usernscaps.conf uncommented" "$dir/uncommented"

count=$((count + 1))
if "$top_builddir/usernscapsctl" check "$dir/uncommented" | grep -q '(rules: 6, profiles: 1)'; then
	echo "ok $count - uncommented, it has all its rules"
else
	echo "not ok $count - uncommented, it has all its rules"
fi
echo "1..$count"
