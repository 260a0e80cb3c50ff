#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#
# The audit trail: who was restricted how, found by auditors' tools with the right login uid and session id;
# what a user may try to get in there; and that nothing is flooded. Argument: how often 64 processes are
# denied something at the same time (500). tests/vm/audit-examples puts the examples into doc/AUDIT.md.

set -uo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
session=/opt/tests/session
times=${1:-500}
unit=usernscaps-log.service
sshd=/usr/lib/openssh/sshd-session # since Debian 13
[[ -x $sshd ]] || sshd=/usr/sbin/sshd
id="echo \$($session get) \$(cat /proc/self/loginuid) \$(cat /proc/self/sessionid)"

# --- the trail ---
trail() { # [WORD]...: records, as ausearch interprets them
	ausearch --input-logs -i "$@" 2>/dev/null | grep '^type='
}
until_record() { # EXTENDED-REGEX [WORD]...: the last one like it, waiting for it
	local try record
	for ((try = 0; try < 150; try++)); do
		record=$(trail "${@:2}" | grep -E -- "$1" | tail -n 1)
		[[ -z $record ]] || break
		sleep 0.2
	done
	echo "${record:-none like $1 of: $(trail "${@:2}" | tail -n 5)}"
}
records() { # EXTENDED-REGEX [WORD]...: how many there are, once those that are on their way have come
	auditctl -m "mark $RANDOM$RANDOM" >/dev/null 2>&1
	sleep 1
	trail "${@:2}" | grep -cE -- "$1"
}
log_format() { # and begins a new log: what was found in the old one is not found again
	: >/var/log/audit/audit.log
	sed -i "s/^log_format.*/log_format = $1/" /etc/audit/auditd.conf
	pkill -HUP -x auditd
	sleep 1
}
example() { # NAME COMMAND...: what it prints, for the document
	"${@:2}" 2>/dev/null | sed "s/^/# example $1: /"
}

restricting() {
	rules <<<'group "restricted" { userns { drop = {net_admin, sys_chroot} } }'
}
restricting
systemctl stop user@1000 user@1001
keep_managers alice bob
systemctl restart $unit

# --- no daemon, and audit off: nothing is written, and nothing goes to the kernel's log ---
dmesg -C
is "denied=200" "no daemon: alice is denied" as alice "$session deny 200"
is 0 "no daemon: nothing in the kernel's log" bash -c "sleep 2; dmesg | grep -cE 'usernscaps|avc:'"
auditctl -e 1 >/dev/null
is 1 "control: what is written without a daemon goes there" bash -c \
	"auditctl -m 'usernscaps control' >/dev/null; sleep 0.5; dmesg | grep -c 'usernscaps control'"
dmesg -C
is "denied=20" "enabled, and no daemon" as alice "$session deny 20"
is 0 "no denials in the kernel's log" bash -c "sleep 2; dmesg | grep -c 'avc:'"

systemctl start auditd
auditctl -e 1 >/dev/null
systemctl restart user@1000 # its session is to be on the trail, too

# --- one session: opened, denied, closed ---
for format in RAW ENRICHED; do
	log_format $format
	read -r number login audit <<<"$(as alice "$id; $probe lo >/dev/null; $session deny 3 >/dev/null")"
	like "[1-9]* 1000 [1-9]*" "$format: a session" echo "$number $login $audit"
	like "type=USER_ROLE_CHANGE *auid=alice ses=$audit *msg='op=PAM:usernscaps_open service=\"sshd\" session=$number parent=0 provider=bpf bounding=all inheritable=* userns=all,-net_admin,-sys_chroot create=true strict=false no_new_privs=false rules=\"$conf:1\" acct=alice exe=$sshd * res=success'*" \
		"$format: it is opened" until_record "usernscaps_open .* session=$number " --session "$audit"
	like "type=USER_ROLE_CHANGE *auid=alice ses=$audit *op=PAM:usernscaps_denied session=$number denied=sys_chroot where=inside count=3 by=session opid=* ocomm=session acct=alice *" \
		"$format: what was denied, at the end" until_record "usernscaps_denied session=$number denied=sys_chroot" --session "$audit"
	like "type=USER_ROLE_CHANGE *auid=alice ses=$audit *op=PAM:usernscaps_close session=$number seconds=* denied=[4-9] tried=* other=0 acct=alice *" \
		"$format: it is closed" until_record "usernscaps_close session=$number " --session "$audit"
	like "type=USER_AVC * auid=unset ses=unset *avc:  denied  { net_admin } for  opid=* oauid=alice oses=$audit ocomm=userns_probe capability=net_admin session=$number parent=0 service=\"sshd\" where=inside count=* new=* rules=\"$conf:1\"* exe=/usr/sbin/usernscapsctl *" \
		"$format: the denial, live, by the command" until_record "session=$number " -m USER_AVC -c userns_probe
	like "type=USER_ROLE_CHANGE *op=usernscaps_end session=$number parent=0 service=\"sshd\" oauid=alice oses=$audit seconds=* count=* denied=*sys_chroot/inside:3* acct=alice *" \
		"$format: its end, by the service" until_record "usernscaps_end session=$number "
	for query in "-ua alice" "-ul alice" "--session $audit" "-x $sshd"; do
		# shellcheck disable=SC2086 # it is several words
		like "type=USER_ROLE_CHANGE *usernscaps_open*" "$format: found by $query" until_record "usernscaps_open.* session=$number " $query
	done
	like "*USER_ROLE_CHANGE*" "$format: aureport counts it" bash -c "aureport --input-logs -ma | tail -n 1"
	like "*net_admin*" "$format: and the denial" bash -c "aureport --input-logs -a | grep userns_probe | tail -n 1"
	is 0 "$format: bob: nothing" bash -c "ssh -n bob@localhost true; $(declare -f records trail); records usernscaps_ -ua bob"

	module_arguments onerr=refuse
	echo '{' >>"$conf"
	as alice true >/dev/null
	like "type=USER_ROLE_CHANGE *auid=alice *op=PAM:usernscaps_refuse problem=rules service=\"sshd\" rules=\"$conf:*\" acct=alice * res=failed'*" \
		"$format: a refusal" until_record "usernscaps_refuse" -m USER_ROLE_CHANGE -ua alice
	module_arguments
	as alice true >/dev/null
	like "type=USER_ROLE_CHANGE *auid=alice *op=PAM:usernscaps_fallback problem=rules service=\"sshd\" session=* userns=none *rules=\"$conf:*\" acct=alice * res=success'*" \
		"$format: a fallback" until_record "usernscaps_fallback" -m USER_ROLE_CHANGE -ua alice
	like "*op=PAM:usernscaps_exempt problem=rules service=\"sshd\" rules=\"$conf:*\" acct=root * res=success'*" \
		"$format: root is let in" bash -c "ssh -n root@localhost true; $(declare -f until_record trail); until_record usernscaps_exempt"
	restricting
done
for name in open denied close; do
	example "$name" until_record "usernscaps_$name( .*)? session=$number " --session "$audit"
done
example avc until_record "session=$number " -m USER_AVC -c userns_probe
example end until_record "usernscaps_end session=$number "
example refuse until_record usernscaps_refuse
example fallback until_record usernscaps_fallback
example raw bash -c "ausearch --input-logs --raw -m USER_AVC -c userns_probe | tail -n 1"
example report bash -c "aureport --input-logs -ma | tail -n 3"
example report-avc bash -c "aureport --input-logs -a | tail -n 2"

# --- whose it is, for each way in ---
way() { # NAME AUID EXPECTED-SES: of /run/way.NAME, "NUMBER AUID SES" of the process
	local number='' login='' audit='' record try
	for ((try = 0; try < 350; try++)); do [[ ! -s /run/way/$1 ]] || break; sleep 0.2; done
	read -r number login audit <"/run/way/$1"
	record=$(until_record "usernscaps_(open|fallback) .* session=$number ")
	like "*auid=$2 ses=$3 *acct=alice *" "$1: login uid and session id" echo "${record/ses=$audit /ses=OWN }"
}
install -d -m 777 /run/way
echo "#!/bin/sh
$id >/run/way/\$1" >/usr/local/bin/way
chmod 755 /usr/local/bin/way
echo "* * * * * alice [ -e /run/way/cron ] || /usr/local/bin/way cron" >/etc/cron.d/way
(cd / && runuser -u alice -- at now <<<"way at") >/dev/null 2>&1
as alice "way ssh; sudo -n su alice -c 'way su'; sudo -n -u alice way sudo; systemd-run --user --quiet --wait way manager" >/dev/null
systemd-run -q --wait su alice -c "echo 1001 >/proc/self/loginuid; way su-root"
systemd-run -q --wait -p PAMName=su -p User=alice way pamname
for name in ssh su sudo at; do way "$name" alice OWN; done
way manager alice "*"
way su-root unset unset
way pamname unset unset
way cron alice OWN
rm -f /etc/cron.d/way
like "*oauid=unset oses=@(unset|4294967295) *" "su by a service: no login, whatever its user wrote there" bash -c "
	$(declare -f until_record trail)
	number=\$(systemd-run -q --wait --pipe su alice -c 'echo 1001 >/proc/self/loginuid; $session get; $session deny 1 >/dev/null')
	until_record \" session=\$number .*where=inside\" -m USER_AVC"

# --- a container: the kernel takes no records from there ---
echo "session required pam_usernscaps.so conf=/run/container.conf" >/etc/pam.d/container
echo 'user "root" { userns { drop = {net_admin} } }' >/run/container.conf
like "*successfully opened a session*successfully been closed*" "a container: sessions are opened" \
	timeout 20 unshare -Ur pamtester container root open_session close_session
like "*container*acct=root*" "control: outside of it they are on the trail" bash -c "
	$(declare -f until_record trail); pamtester container root open_session close_session >/dev/null
	until_record 'usernscaps_open service=\"container\"'"
is 1 "and that of the container is not" records 'usernscaps_open service="container"'

# --- what a user may try ---
cat >/usr/local/bin/forge <<-'END'
	#!/usr/bin/python3
	# Writes what looks like the module's, as far as the kernel lets it.
	import ctypes
	audit = ctypes.CDLL("libaudit.so.1", use_errno=True)
	text = b'op=PAM:usernscaps_open session=1 acct="bob" exe="/usr/sbin/sshd" res=success'
	print("written" if audit.audit_log_user_message(audit.audit_open(), 2300, text, None, None, None, 1) > 0 else "refused")
END
chmod 755 /usr/local/bin/forge
is refused "alice can't write" as alice forge
is refused "nor as root of a namespace" as alice "unshare -Ur forge"
is 0 "that left nothing" records "usernscaps_open session=1 "
is written "limit: root in the session can" as alice "sudo -n forge"
like "type=USER_ROLE_CHANGE *auid=alice ses=[1-9]* *session=1 *" "but with the login user ID and the session ID of alice" \
	until_record "usernscaps_open session=1 "
as alice "sudo -n sh -c 'usernscapsctl run --userns=all,-sys_chroot -- $session forge \"1001 oses=4 acct=bob\"'" >/dev/null
like "*avc:  denied  { sys_chroot } *oauid=unset oses=@(unset|4294967295) *" "and what it writes into a session is no field" \
	until_record " oauid=unset .*ocomm=session .*parent=[1-9]" -m USER_AVC

forged() { # NAME COMMAND EXPECTED-WORD
	local number
	number=$(as alice "$session get; $session deny 1 \"\$(printf '$2')\" >/dev/null")
	like "*ocomm=$3 ocomm_raw=* acct=alice *" "a command's name: $1" \
		until_record "usernscaps_denied session=$number denied=sys_chroot"
	like "*ocomm=$3 ocomm_raw=* capability=sys_chroot *" "and live: $1" until_record " session=$number " -m USER_AVC
	is 0 "no field of its own: $1" records "session=$number .*( res=failed|auid=0|acct=root)"
}
forged "a field" "x res=failed" "x_res_failed"
forged "quotes" 'x" acct="root' 'x\?_acct_\?root'
forged "a line" 'x\ntype=USER_AV' 'x\?type_USER_AV'
forged "escapes" 'x\033[1m\033[2J' 'x\?\[1m\?\[2J'
forged "a login" 'a auid=0 ses=1' 'a_auid_0_ses_1'
number=$(as alice "$session get; $session deny 1 4142 >/dev/null")
like "*ocomm=4142 acct=*" "digits stay what they are" until_record "usernscaps_denied session=$number denied=sys_chroot"
mkdir -p "${conf%.conf}.d"
echo 'user "alice" { userns { drop = {sys_ptrace} } }' >"${conf%.conf}.d/10 x res=failed.conf"
number=$(as alice "$session get")
like "*rules=2F6574632F* acct=alice * res=success'*" "a name of rules: in hexadecimal" until_record "usernscaps_open .* session=$number "
rm -r "${conf%.conf}.d"

# --- many, and audit switched off meanwhile ---
number=$(as alice "$session get; $session flood 64 $times >/dev/null")
like "*usernscaps_denied session=$number denied=sys_chroot where=inside count=$((64 * times)) *" "many: the exact sum" \
	until_record "usernscaps_denied session=$number "
like "*denied=sys_chroot/inside:$((64 * times)) *" "by the service, too" until_record "usernscaps_end session=$number "
is yes "in few records" bash -c "$(declare -f records trail); n=\$(records ' session=$number '); ((n <= 20)) && echo yes || echo \$n"
systemctl restart systemd-journald
echo "# after journald has restarted: $(auditctl -s | head -n 1)"
auditctl -e 0 >/dev/null
is "denied=5" "audit off" as alice "$session deny 5"
sleep 2
auditctl -e 1 >/dev/null
number=$(as alice "$session get; $session deny 1 >/dev/null")
like "*unsent=[1-9]*" "on again: how many records are missing" until_record " session=$number .*unsent=" -m USER_AVC,USER_ROLE_CHANGE

# --- what root changes ---
like "type=USER_MAC_POLICY_LOAD *op=usernscaps_reload version=\"*\" rules=sha256:$({ sha256sum $conf; } | sha256sum | cut -d ' ' -f 1) exe=/usr/sbin/usernscapsctl * res=success'*" \
	"reload, with the rules' digest" bash -c "$(declare -f until_record trail); usernscapsctl reload; until_record usernscaps_reload"
like "type=USYS_CONFIG *auid=alice *op=usernscaps_mask provider=bpf was=all now=all,-net_admin exe=* res=success'*" "mask, by whom" bash -c "
	$(declare -f until_record trail)
	ssh -n alice@localhost sudo -n usernscapsctl mask all,-net_admin; until_record 'now=all,-net_admin'"
example mask until_record "op=usernscaps_mask "
usernscapsctl mask --reset
was=$(sha256sum <$conf | cut -d ' ' -f 1)
EDITOR="sed -i s/sys_chroot/sys_ptrace/" usernscapsctl edit >/dev/null
like "type=USYS_CONFIG *op=usernscaps_edit rules_file=\"$conf\" was=sha256:$was now=sha256:$(sha256sum <$conf | cut -d ' ' -f 1) *" \
	"edit: the file's digests" until_record usernscaps_edit
like "type=USER_MAC_POLICY_LOAD *op=usernscaps_unload *res=failed'*" "unload, which fails" bash -c "
	$(declare -f until_record trail); usernscapsctl unload >/dev/null 2>&1; until_record usernscaps_unload"
for name in reload edit; do example "$name" until_record "op=usernscaps_$name "; done
finish
