# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# Debian's suites: which there are, where the host's apt gets them from, and lists of their packages,
# which are our own: the host's apt is only asked.

# The oldest first. The guest's programs are built on the host, so they run in its own suite and in
# newer ones.
SUITES=(bookworm trixie forky)

suite_is_known() {
	[[ " ${SUITES[*]} " == *" $1 "* ]]
}

# The host's own, or else the oldest.
suite_of_host() {
	local name
	name=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	if suite_is_known "$name"; then echo "$name"; else echo "${SUITES[0]}"; fi
}

# Do the host's programs run in it?
suite_runs_programs() {
	local suite own
	own=$(suite_of_host)
	for suite in "${SUITES[@]}"; do
		[[ $suite != "$own" ]] || return 0
		[[ $suite != "$1" ]] || return 1
	done
}

# The kernel that a suite comes with.
suite_kernel() {
	case $1 in
	bookworm) echo debian-6.1 ;;
	*) echo "$1" ;;
	esac
}

# One-line entries for a suite, from where the host gets its own. Testing has no updates apart.
suite_sources() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	local format="\$(ORIGIN) \$(CODENAME) \$(REPO_URI) \$(COMPONENT)"
	apt-get indextargets --format "$format" 'Identifier: Packages' |
		awk -v suite="$1" -v known=" ${SUITES[*]} " -v newest="${SUITES[-1]}" -v keyring="$keyring" '
			$1 != "Debian" { next }
			{
				own = $2
				part = sub(/-(updates|security)$/, "", own) ? substr($2, length(own) + 1) : ""
			}
			index(known, " " own " ") && (!part || suite != newest) {
				print "deb", "[signed-by=" keyring "]", $3, suite part, $4
			}' | sort -u
}

# suite_apt SUITE TOOL WORD...: apt-get or apt-cache, with the lists of that suite.
suite_apt() {
	suite_update "$1"
	suite_call "$@"
}

suite_call() {
	local dir=$CACHE/apt-$1
	"$2" -o "Dir::State::Lists=$dir/lists" -o "Dir::Etc::SourceList=$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null -o "Dir::Cache=$dir/cache" \
		-o Dir::State::Status=/dev/null -o APT::Sandbox::User=root "${@:3}"
}

# Once a day. Whoever finds somebody at it waits.
suite_update() {
	local dir=$CACHE/apt-$1 lock sources
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	exec {lock}>"$CACHE/apt-$1.lock"
	flock "$lock"
	if [[ ! $(find "$dir/updated" -mmin -1440 2>/dev/null) ]]; then
		sources=$(suite_sources "$1")
		[[ $sources ]] || die "apt knows no Debian sources here (apt-get update?)"
		printf '%s\n' "$sources" >"$dir/sources.list"
		suite_call "$1" apt-get -qq update >&2 || die "can't get the lists of $1"
		touch "$dir/updated"
	fi
	exec {lock}>&-
}
