#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# usernscapsctl explain: who took what, in words, as a table and as JSON.
# shellcheck source=tests/module/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed, and reads the JSON here"
# A user whom every host has, and the user's group by any name.
group=$(id -gn nobody) || skip_all "this host has no user nobody"
cd "$dir" || exit

# explain STATUS PATTERN NAME ARGUMENT...
explain() {
	try "$1" "$2" "$3" explain "${@:4}"
}

# What python makes of the JSON: "answer" is all of it, "items" a part; taken() is a list of who took
# a capability from a set, as ITEM:LINE.
reader='
import json, sys
answer = json.load(sys.stdin)
items = answer.get("items")
sets = ("bounding", "inheritable", "userns")
def taken(item, capability):
	for missing in items[item]["missing"]:
		if missing["capability"] == capability:
			return ["%(item)s:%(line)d" % taker for taker in missing["taken_by"]]
def chain(source):
	return [source["file"], source["line"], source["kind"], source["title"], source["profiles"]]
print(json.dumps(eval(sys.argv[1])))
'

# json EXPECTED NAME EXPRESSION ARGUMENT...
json() {
	local expected=$1 name=$2 expression=$3 got
	shift 3
	got=$("$ctl" explain --json "$@" 2>"$dir/stderr" |
		python3 -c "$reader" "$expression" 2>&1)
	got+=$(<"$dir/stderr")
	[[ $got == "$expected" ]]
	report $? "json: $name" "expected $expected" "got $got"
}

rules() { # FILE
	mkdir -p "$(dirname "$dir/$1")"
	cat >"$dir/$1"
}

nobody=(nobody --conf r.conf)
staff=(--groups staff)

# --- rules of every kind, in every kind of file ---
rules r.conf <<-'END'
	default { bounding { drop = {sys_module} } }
	profile "a" { profile = "b"  userns { keep = {setuid} } }
	group "staff" { profile = "a"
		userns { drop = {net_admin}  strict = true }
		bounding { drop = {sys_rawio, kill} } }
	group "guests" { services = {sshd}  userns { drop = {bpf, net_admin} } }
	user "root" { userns { drop = {bpf} } }
END
rules r.d/profiles/b.conf <<-'END'
	userns { policy = deny  keep = {sys_admin, net_admin, kill} }
END
rules r.d/groups/disk.conf <<-'END'
	inheritable { policy = deny  keep = {kill} }
END
rules r.d/users/nobody.conf <<-'END'
	services = {cron}
	userns { create = false }
END
rules r.d/more.conf <<-'END'
	user "60000:" { userns { policy = deny  create = true } }
END

# --- in words ---
explain 0 "user nobody, uid *, service login
*bounding     all,-sys_module
 *r.conf:1: default: takes sys_module
  inheritable  all
  userns       none
 *r.d/more.conf:1: user \"60000:4294967294\": takes all
  create       true
 *r.d/more.conf:1: user \"60000:4294967294\": create = true
  strict       false
  no_new_privs false
without a provider: deny-creation" "words: what NSS says" "${nobody[@]}"
explain 0 "user nobody, uid *, service login
as if in groups staff
  bounding     all,-kill,-sys_module,-sys_rawio
 *r.conf:5: group \"staff\": takes kill, sys_rawio
 *r.conf:1: default: takes sys_module
  inheritable  all
  userns       none,+setuid,+sys_admin
 *r.conf:4: group \"staff\": takes net_admin
 *r.conf:2: group \"staff\", profile \"a\": takes nothing
 *r.d/profiles/b.conf:1: group \"staff\", profile \"a\" -> \"b\": takes all but kill, setuid, net_admin, sys_admin
 *r.conf:5: group \"staff\": takes kill, sys_rawio from bounding, which strict cuts from userns
 *r.conf:1: default: takes sys_module from bounding, which strict cuts from userns
*strict       true
 *r.conf:4: group \"staff\": strict = true*" "words: profiles, and a strict cut" "${nobody[@]}" "${staff[@]}"
explain 0 "*create       false
 *r.d/users/nobody.conf:2: user \"nobody\": create = false*" "words: a user's file, and a flag" \
	"${nobody[@]}" --service cron
explain 0 "*create       false*" "words: a service in capital letters" "${nobody[@]}" --service CRON
rules case.conf <<<'default { services = {MyApp} userns { create = false } }'
explain 0 "*create       false*" "words: a service in a rule in capital letters" \
	nobody --conf case.conf --service myapp
explain 0 "*create       true*" "words: the control, another service" \
	nobody --conf case.conf --service myapps
explain 0 "!(*group*)" "words: no groups" "${nobody[@]}" --groups ""
explain 0 "!(*bounding, which strict*)" "words: the control, nothing is cut where nothing is strict" \
	"${nobody[@]}" --groups ""

# --- as a table ---
explain 0 "*capability *bounding *inheritable *userns
chown               +             +             - 4
*kill                - 1           +             - 1
*sys_module          - 2           +             - 2,4
*sys_admin           +             +             +
*   1  bounding: r.conf:5: group \"staff\"
   2  bounding: r.conf:1: default
   3  userns: r.conf:4: group \"staff\"
   4  userns: r.d/profiles/b.conf:1: group \"staff\", profile \"a\" -> \"b\"
  create       true
*strict       true
*" "table" "${nobody[@]}" "${staff[@]}" --table

rules parts.conf <<<'default { userns { policy = deny keep = {chown, net_admin} drop = {net_admin:tc} } }'
explain 0 "*userns       none,+chown
 *parts.conf:1: default: takes all but chown, net_admin:link, net_admin:tun, net_admin:sysctl, net_admin:nftables, net_admin:xfrm, net_admin:ethtool, net_admin:other
               without net_admin:link, net_admin:tun, net_admin:sysctl, net_admin:nftables, net_admin:xfrm, net_admin:ethtool, net_admin:other, which can't be told from what is taken here*" "words: parts" nobody --conf "$dir/parts.conf"

# --- JSON ---
json '[2, "nobody", "cron"]' "head" '[answer[k] for k in ("version", "user", "service")]' \
	"${nobody[@]}" --service cron
json "$(id -u nobody)" "uid" 'answer["uid"]' "${nobody[@]}"
json "$(</proc/sys/kernel/cap_last_cap)" "last capability" 'answer["last_capability"]' "${nobody[@]}"
json '[["disk", "guests", "staff"], ["disk", "guests", "staff"], true, []]' "several groups" \
	'[answer["groups" + k] for k in ("", "_used", "_assumed", "_unknown")]' \
	"${nobody[@]}" --groups staff,guests,disk --service sshd
json '[["disk", "guests", "staff"], ["disk", "staff"]]' "a group whose rule is for another service" \
	'[answer["groups" + k] for k in ("", "_used")]' "${nobody[@]}" --groups staff,guests,disk
json '[[], true]' "no groups" '[answer["groups"], answer["groups_assumed"]]' "${nobody[@]}" --groups ""
json '["userns:4", "userns:6", "userns:1"]' "two groups that take the same, one of them on top of a range" 'taken("userns", "net_admin")' \
	"${nobody[@]}" --groups staff,guests --service sshd
json '["userns:4"]' "the control, one of them is for another service" 'taken("userns", "net_admin")' \
	"${nobody[@]}" --groups staff,guests
json '[["r.conf", 4, "group", "staff", []], ["r.conf", 2, "group", "staff", ["a"]], ["r.d/profiles/b.conf", 1, "group", "staff", ["a", "b"]]]' "profile chains" \
	'[chain(source) for source in items["userns"]["sources"]]' "${nobody[@]}" "${staff[@]}"
json '[["net_admin"], []]' "what each clause takes" \
	'[source["taken"] for source in items["userns"]["sources"][:2]]' "${nobody[@]}" "${staff[@]}"
json '["setuid", "sys_admin"]' "capabilities" 'items["userns"]["capabilities"]' \
	"${nobody[@]}" "${staff[@]}"
json '["0000000000200080", "0000000000000020"]' "masks" \
	'[items[item]["mask"] for item in ("userns", "inheritable")]' "${nobody[@]}" --groups staff,disk
json '["bounding:5"]' "a strict cut" 'taken("userns", "kill")' "${nobody[@]}" "${staff[@]}"
json '["bounding:1", "userns:1"]' "a strict cut of what is missing anyway" \
	'taken("userns", "sys_module")' "${nobody[@]}" "${staff[@]}"
json '["userns:1"]' "the control, not strict" 'taken("userns", "sys_module")' "${nobody[@]}" --groups ""
json '[[["r.d/more.conf", 1, "range", "60000:4294967294", []]], true]' "a range, and a flag" \
	'[[chain(s) for s in items["create"]["sources"]], items["create"]["sources"][0]["value"]]' \
	"${nobody[@]}" --groups ""
json '[[["r.d/users/nobody.conf", 2, "user", "nobody", []]], false]' "a user's file" \
	'[[chain(s) for s in items["create"]["sources"]], items["create"]["value"]]' \
	"${nobody[@]}" --service cron
json '[["r.d/groups/disk.conf", 1, "group", "disk", []]]' "a group's file" \
	'[chain(s) for s in items["inheritable"]["sources"]]' "${nobody[@]}" --groups disk
json '[["r.conf", 1, "default", null, []]]' "default" \
	'[chain(s) for s in items["bounding"]["sources"]]' "${nobody[@]}" --groups ""
json '[true, "deny-creation"]' "needs a provider" \
	'[answer["needs_provider"], answer["when_unsupported"]]' "${nobody[@]}"
json 'false' "no namespaces, no provider" 'answer["needs_provider"]' "${nobody[@]}" --service cron
json '["bpf"]' "uid 0: its own rule" '[missing["capability"] for missing in items["userns"]["missing"]]' \
	root --conf r.conf "${staff[@]}"
json '[[], [], []]' "uid 0: neither default nor groups" \
	'[items["bounding"]["missing"], items["bounding"]["sources"], answer["groups"]]' \
	root --conf r.conf "${staff[@]}"

# Each capability of this kernel is in a set or was taken by someone, in the order of names.
whole='[all([
	sorted(items[item]["capabilities"] + [m["capability"] for m in items[item]["missing"]]) ==
		[name for name in names],
	items[item]["capabilities"] == sorted(items[item]["capabilities"]),
	all(m["taken_by"] for m in items[item]["missing"]),
	bin(int(items[item]["mask"], 16)).count("1") == len(items[item]["capabilities"])])
	for names in [sorted(items["bounding"]["capabilities"] +
		[m["capability"] for m in items["bounding"]["missing"]])]
	for item in sets if len(names) == answer["last_capability"] + 1]'
for groups in "" staff staff,guests,disk; do
	json '[true, true, true]' "nothing is left out, as in groups \"$groups\"" "$whole" \
		"${nobody[@]}" --groups "$groups" --service sshd
done

# --- real groups ---
rules n.conf <<-END
	group "$group" { userns { drop = {bpf} } }
	group "nosuchgroup" { userns { drop = {kill} } }
END
json "[[\"$group\"], [\"$group\"], false, [\"nosuchgroup\"], [\"bpf\", \"kill\"]]" "groups of NSS" \
	'[answer["groups"], answer["groups_used"], answer["groups_assumed"], answer["groups_unknown"],
	[m["capability"] for m in items["userns"]["missing"]]]' nobody --conf n.conf

# --- groups that are unknown ---
json '[["nosuchgroup"], ["there is no group \"nosuchgroup\""], ["kill"], [[1, false], [2, true]], false, "restrict"]' \
	"a group that does not exist" \
	'[answer["groups_missing"], answer["unknown_because"], items["userns"]["unknown_decides"],
	[[s["line"], s["perhaps"]] for s in items["userns"]["sources"]],
	items["create"]["unknown_decides"], answer["when_group_unknown"]]' nobody --conf n.conf
explain 0 "*groups $group
perhaps in groups nosuchgroup
 *there is no group \"nosuchgroup\"
*n.conf:1: group \"$group\": takes bpf
*n.conf:2: group \"nosuchgroup\", perhaps: takes kill
 *because groups are unknown, without kill
*" "words: a group that does not exist" nobody --conf n.conf
explain 0 "!(*unknown*|*perhaps*)" "control: as if in no other group" nobody --conf n.conf --groups "$group"
rules i.conf <<-'END'
	when_group_unknown = ignore
	group "nosuchgroup" { userns { drop = {kill} create = false } }
END
json '[[], ["nosuchgroup"], [], [], "ignore"]' "ignored" '[answer["groups_unknown"], answer["groups_missing"],
	answer["unknown_because"], items["userns"]["missing"], answer["when_group_unknown"]]' nobody --conf i.conf
explain 0 "*warning: there is no group \"nosuchgroup\", so nobody is in it*" "words: ignored" \
	nobody --conf i.conf
rules f.conf <<-'END'
	when_group_unknown = refuse
	group "nosuchgroup" { userns { create = false } }
END
explain 1 "*the rules depend on unknown groups: nosuchgroup (there is no group \"nosuchgroup\")*" "refused" \
	nobody --conf f.conf
rules f.conf <<-'END'
	group "nosuchgroup" { userns { create = false } }
END
json '[false, true]' "control: not refused" '[items["create"][k] for k in ("value", "unknown_decides")]' \
	nobody --conf f.conf
explain 0 "*create       false
*perhaps: create = false
 *because groups are unknown
*" "words: a flag" nobody --conf f.conf

# With that variable the list of a user's groups can't be trusted: each file may be the user's.
rules g.conf <<<'# nothing'
rules g.d/groups/nosuchgroup.conf <<<'userns { drop = {nosuchcap} }'
export SYSTEMD_BYPASS_USERDB=1
json '[false, [], true, "g.d/groups/nosuchgroup.conf", 1]' "a broken file, perhaps of a group of the user" \
	'[items["create"]["value"], items["userns"]["capabilities"], len(items["bounding"]["capabilities"]) > 30,
	answer["broken"]["file"], answer["broken"]["line"]]' \
	nobody --conf g.conf
explain 0 "*warning: the rules can't be used: g.d/groups/nosuchgroup.conf:1: *" "words: likewise" nobody --conf g.conf
unset SYSTEMD_BYPASS_USERDB
json '[true, null]' "control: not a group of the user" '[items["create"]["value"], answer["broken"]]' \
	nobody --conf g.conf

# --- exceptions ---
rules x.conf <<-END
	default { except_users = {nobody} userns { drop = {kill} } }
	group "$group" { except_groups = {root} userns { drop = {chown} } }
END
json '["chown"]' "exceptions" '[m["capability"] for m in items["userns"]["missing"]]' nobody --conf x.conf
json '["chown", "kill"]' "control: another user" '[m["capability"] for m in items["userns"]["missing"]]' \
	daemon --conf x.conf --groups "$group"
json '["kill"]' "a group that is excepted" '[m["capability"] for m in items["userns"]["missing"]]' \
	daemon --conf x.conf --groups "$group,root"

# --- what this kernel does not have ---
rules k.conf <<-'END'
	when_unsupported = warn
	default { userns { drop = {62, 63, kill} }  bounding { policy = deny  keep = {61} } }
END
json '[["kill"], ["kill"], [], "warn"]' "numbers this kernel lacks are left out" \
	'[[m["capability"] for m in items["userns"]["missing"]],
	items["userns"]["sources"][0]["taken"], items["bounding"]["capabilities"],
	answer["when_unsupported"]]' nobody --conf k.conf
explain 0 "*k.conf:2: default: takes all
*k.conf:2: default: takes kill
*" "words: likewise" nobody --conf k.conf

# --- errors ---
printf 'user "nobody" {\n\tuserns { drop = {net_admim} }\n}\n' >"$dir/bad.conf"
: >"$dir/empty.conf"
error='[answer["error"][k] for k in ("file", "line")] + [answer["version"], "items" in answer]'
json '["bad.conf", 2, 2, false]' "broken rules" "$error" nobody --conf bad.conf
json '["empty.conf", null, 2, false]' "a broken file as a whole" "$error" nobody --conf empty.conf
json '[null, null, 2, false]' "an unknown user" "$error" nosuchuser --conf r.conf
json 'true' "the cause" '"net_admim" in answer["error"]["text"]' nobody --conf bad.conf
json "\"can't look up the user: no such user\"" "the cause" 'answer["error"]["text"]' \
	nosuchuser --conf r.conf
for form in --json --table --service=login; do
	explain 1 "*bad.conf*net_admim*" "status of broken rules, $form" nobody --conf bad.conf "$form"
	explain 1 "*no such user*" "status of an unknown user, $form" nosuchuser --conf r.conf "$form"
done
json 'false' "the control" '"error" in answer' "${nobody[@]}"
rules latin.conf <<-END
	group "$(printf 'caf\xe9')" { userns { drop = {bpf} } }
END
json '["caf?"]' "a name that is not UTF-8" 'answer["groups"]' nobody --conf latin.conf \
	--groups "$(printf 'caf\xe9')"

# --- words of the call ---
explain 2 "*names of groups*" "an empty name of a group" "${nobody[@]}" --groups a,,b
explain 2 "*names of groups*" "a comma at the end" "${nobody[@]}" --groups a,
explain 2 "*--table and --json*" "two forms" "${nobody[@]}" --table --json
finish
