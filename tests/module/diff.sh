#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# usernscapsctl diff: what it says of other rules, for users that only rules know and for those that
# every host has.
# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

old=$dir/old.conf
new=$dir/new.conf
mkdir -p "$dir"/{old,new}.d/{users,groups,profiles}

rules() { # OLD NEW
	printf '%s\n' "$1" >"$old"
	printf '%s\n' "$2" >"$new"
}

diff() { # STATUS PATTERN NAME [OPTION...]
	try "$1" "$2" "$3" diff "${@:4}" "$old" "$new"
}

# --- what changes ---
rules 'user zed { userns { drop = {bpf} } }' 'user zed { userns { drop = {net_admin} } }'
diff 0 "user zed, every service: userns -net_admin +bpf
changes: 1 (users: 1, groups: 0)" "a set"
diff 1 "user zed,*" "and the exit status that was asked for" --exit-code
rules 'user zed { userns { drop = {bpf} } }' 'user zed { userns { drop = {bpf, 40} } }'
diff 0 "user zed, every service: userns -checkpoint_restore*" "the control, one more"
rules 'user zed { userns { drop = {bpf} } }' \
	$'# the same\nuser zed { userns { drop = {39} keep = {chown} } }'
diff 0 "" "other words for the same" --exit-code
rules '# none' 'user zed { userns { create = no strict = yes } }'
diff 0 "user zed, every service: create false
user zed, every service: strict true
changes: 2 (users: 1, groups: 0)" "flags"
rules '# none' 'user zed { bounding { policy = deny keep = {chown} } }'
diff 0 "user zed, every service: bounding -\[all,-chown\]*" "many capabilities"
rules 'user zed { userns { strict = yes } }' \
	'user zed { userns { strict = yes } bounding { drop = {bpf} } }'
diff 0 "user zed, every service: bounding -bpf
user zed, every service: userns -bpf
changes: 2 (users: 1, groups: 0)" "what strict cuts"
rules 'user zed { bounding { drop = {bpf} } }' \
	'user zed { bounding { drop = {bpf} } userns { strict = yes } }'
diff 0 "user zed, every service: userns -bpf
user zed, every service: strict true*" "and begins to cut"
rules 'user zed { userns { strict = no } }' 'user zed { bounding { drop = {bpf} } }'
diff 0 "user zed, every service: bounding -bpf
changes: 1 *" "the control, not strict"
rules '# none' $'when_unsupported = refuse\nprobe_group = root'
diff 0 "when_unsupported: refuse, was deny-creation
probe_group: root, was none
changes: 2 (users: 0, groups: 0)" "what is about nobody"
diff 1 "*" "is a change as well" --exit-code
rules 'system { userns { drop = {bpf} } }' 'system { userns { drop = {net_admin} } }'
diff 0 "system userns: all,-net_admin, was all,-bpf
changes: 1 (users: 0, groups: 0)" "the system mask"
rules 'system { userns { drop = {bpf} } }' 'system { userns { drop = {bpf} keep = {chown} } }'
diff 0 "" "and one that stays"

# --- services ---
rules '# none' 'user zed { services = {sshd, cron} userns { create = false } }'
diff 0 "user zed, services cron, sshd: create false*" "services that rules name"
diff 0 "user zed, service cron: create false*" "one of them" --service cron
diff 0 "" "and another" --service su
rules 'user zed { userns { drop = {bpf} } }' \
	'user zed { services = {sshd} userns { drop = {bpf} } }'
diff 0 "user zed, services that no rule names: userns +bpf*" "services that no rule names"
rules '# none' 'user zed { services = {su} userns { drop = {chown} } }
	user zed { userns { drop = {bpf} } } user zoe { services = {cron} }'
diff 0 "user zed, services cron and those that no rule names: userns -bpf
user zed, service su: userns -chown -bpf*" "both"
rules 'user zed { services = {sshd, cron} userns { create = false } }' \
	'user zed { services = {SSHD, sshd, Cron} userns { create = false } }'
diff 0 "" "capital letters are no other service" --exit-code
rules '# none' 'user zed { services = {SSHD, sshd, Cron} userns { create = false } }'
diff 0 "user zed, services cron, sshd: create false*" "and are printed as libpam has them"
diff 0 "user zed, service sshd: create false*" "also that of the command line" --service SshD
rules '# none' '# none'
echo 'services = {atd} userns { create = false }' >"$dir/new.d/users/zed.conf"
diff 0 "user zed, service atd: create false
changes: 1 (users: 1, groups: 0)" "a service that only a user's file names"
rm "$dir/new.d/users/zed.conf"

# --- who ---
rules '# none' 'user zed { userns { drop = {bpf} } } user zoe { userns { drop = {bpf} } }
	user zac { userns { drop = {chown} } }'
diff 0 "user zac, every service: userns -chown
users zed, zoe, every service: userns -bpf
changes: 2 (users: 3, groups: 0)" "the same for several"
rules '# none' "$(printf 'user zed%s { userns { drop = {bpf} } }\n' {1..11})"
diff 0 "users zed1, zed10, zed11, zed2, zed3, zed4, zed5, zed6 and 3 others, *
changes: 1 (users: 11, groups: 0)" "and for many"
rules '# none' $'when_group_unknown = ignore\ngroup zoo { userns { create = false } }'
diff 0 "when_group_unknown: ignore, was restrict
group zoo, every service: create false
changes: 2 (users: 0, groups: 1)" "a group that nobody is in"
rules '# none' 'group zoo { userns { create = false } }'
diff 0 "users *others, every service: create false
groups *others, every service: create false
changes: 2 *" "one that anybody could be in"
rules 'group zoo { userns { create = false } }' $'when_group_unknown = ignore\ngroup zoo { userns { create = false } }'
diff 0 "when_group_unknown: ignore, was restrict
users *others, every service: create true
groups *others, every service: create true
changes: 3 *" "one that nobody is in any more, as the new rules have it"
rules 'default { userns { drop = {bpf} } }' 'default { userns { drop = {bpf} } }'
echo 'userns { policy = allow }' | tee "$dir/old.d/groups/root.conf" >"$dir/new.d/groups/root.conf"
diff 0 "" "a file of a group" --exit-code
echo 'except_groups = {nosuchgroup}' >>"$dir/new.d/groups/root.conf"
diff 0 "group root, every service: userns -bpf*" "and one that excepts a group which does not exist"
rm "$dir"/{old,new}.d/groups/root.conf
rules $'probe_group = root\ngroup root { userns { create = false } }' \
	$'probe_group = nosuchgroup\ngroup root { userns { create = false } }'
diff 0 "probe_group: nosuchgroup, was root
users *others, every service: create false
groups *others, every service: create false*" "a probe_group that does not exist"
rules '# none' 'user ".zed" { userns { create = false } }'
diff 1 "*old.d/users: error: '.zed' can't be the name of a file*" "a user who can't have a file, beside files for users"
rules 'default { userns { drop = {bpf} } }' \
	'default { except_users = {zed} except_groups = {root} userns { drop = {bpf} } }'
diff 0 "user zed, every service: userns +bpf
group root, every service: userns +bpf
changes: 2 (users: 1, groups: 1)" "exceptions"
rules '# none' 'group root { userns { create = false } }'
diff 0 "!(*users root,*|*user root,*)" "uid 0 is not reached by its group"
rules '# none' 'user "0:0" { userns { create = false } }'
diff 0 "user* root, every service: create false*" "but by a range"
if [[ $(id -u daemon) != 0 && $(id -gn daemon) == daemon ]]; then
	rules '# none' 'group daemon { userns { create = false } }'
	diff 0 "user* daemon, every service: create false
group daemon, every service: create false*" "members of a group"
	rules '# none' '# none'
	echo 'userns { create = false }' >"$dir/new.d/groups/daemon.conf"
	diff 0 "user* daemon, every service: create false
group daemon, every service: create false*" "and of one with a file"
	rm "$dir/new.d/groups/daemon.conf"
else
	skip "members of a group" "no user daemon in a group daemon here"
	skip "and of one with a file" "no user daemon in a group daemon here"
fi

# --- two users of one name: NSS means the first ---
printf '%s\n' root:x:0:0::/: twin:x:5000:5000::/: twin:x:1200:1200::/: >"$dir/passwd"
printf 'passwd: files\ngroup: files\n' >"$dir/nsswitch.conf"
cat >"$dir/there" <<END
#!/bin/sh
exec unshare -m sh -c 'mount --bind "\$0/passwd" /etc/passwd &&
	mount --bind "\$0/nsswitch.conf" /etc/nsswitch.conf && exec "\$@"' "$dir" "$ctl" "\$@"
END
chmod +x "$dir/there"
if "$dir/there" --version >/dev/null 2>&1; then
	ctl=$dir/there
	rules '# none' 'user "1000:1999" { userns { create = false } }'
	diff 0 "" "two users of one name: the second's uid" --exit-code
	rules '# none' 'user "5000:5999" { userns { create = false } }'
	diff 0 "user twin, every service: create false*" "control: the first's"
	ctl=$top_builddir/usernscapsctl
else
	skip "two users of one name: the second's uid" "only root can mount a user database"
	skip "control: the first's" "only root can mount a user database"
fi

# --- flags ---
rules 'user zed { userns { create = false } }' 'user zed { no_new_privs = true userns { strict = true } }'
diff 0 'user zed, every service: create true
user zed, every service: strict true
user zed, every service: no_new_privs true
changes: 3 (users: 1, groups: 0)' "each flag, in the order of the table"
diff 1 '*no_new_privs true*' "and its exit status" --exit-code

# --- files ---
rules '# none' 'profile main { userns { drop = {bpf} } } default { profile = main }'
cp "$new" "$old"
echo 'profile = other userns { drop = {chown} }' >"$dir/new.d/users/zed.conf"
echo 'profile = main' >"$dir/new.d/profiles/other.conf"
echo 'userns { drop = {kill} }' >"$dir/new.d/users/zoe.conf"
echo 'userns { drop = {kill} }' >"$dir/old.d/users/zoe.conf"
cp "$dir/new.d/users/zed.conf" "$dir/new.d/users/zac.conf"
diff 0 "users zac, zed, every service: userns -chown
changes: 1 (users: 2, groups: 0)" "users' files, with profiles of others"
echo 'profile = nosuch' >"$dir/new.d/profiles/unused.conf"
diff 0 "users zac, zed, every service: userns -chown*" "a broken profile that nobody uses"
echo 'profile = nosuch' >"$dir/new.d/users/zed.conf"
diff 1 "$dir/new.d/users/zed.conf:1: error: no such profile: nosuch" "a broken one"
rm "$dir"/*.d/users/* "$dir/new.d/profiles/"*
rules '# none' '# none'
echo 'userns { drop = {kill} }' | tee "$dir"/new.d/users/zed{,-x,.x}.conf >/dev/null
diff 0 "users zed, zed-x, zed.x, every service: userns -kill*" "files that sort otherwise by their whole names"
rm "$dir"/*.d/users/*
rules '# none' 'default {'
diff 1 "$new:1: error: this { has no matching }" "broken rules"

# --- JSON ---
rules '# none' 'user zed { services = {sshd} userns { drop = {bpf, 40} create = false } }'
diff 0 '{*"version": 1,*"users": 1,*"groups": 0,*"settings": \[\],*"changes": \[*"users": \[*"zed"*\],*
*"services": \[*"sshd"*\],*"item": "userns",*"removed": \[*"bpf",*"checkpoint_restore"*\],*"added": \[\]*
*"item": "create",*"value": false*' "JSON" --json
diff 1 "{*" "and its exit status" --json --exit-code
rules '# none' 'user zed { userns { drop = {sys_admin, bpf, chown} } }'
diff 0 '*"removed": \[*"bpf",*"chown",*"sys_admin"*\]*' "JSON, sorted by name" --json
rules '# none' $'# none\nwhen_unsupported = warn'
diff 0 '*"name": "when_unsupported",*"old": "deny-creation",*"new": "warn"*' "JSON of a setting" --json
rules '# none' $'probe_group = "caf\xe9"'
diff 0 '*"name": "probe_group",*"old": null,*"new": "caf[?]"*' "JSON of one that is no UTF-8" --json
finish
