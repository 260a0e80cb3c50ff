#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
"""
Does a login get what "usernscapsctl explain --json" says? Each case writes rules, asks explain, opens
a session by libpam in a child process and looks at what that child may do afterwards; then once more
with the module's line left out of the stack, where it has to differ.

Usage: agree.py SEED CASES        (as root, in a machine whose rules and users are of no value)
"""
import collections
import ctypes
import json
import os
import random
import shutil
import subprocess
import sys

CONF = "/etc/security/usernscaps.conf"
TREE = "/etc/security/usernscaps.d"
WITHOUT = "/etc/agree.d"  # the same services, without the module's line
SERVICES = ["agree-1", "agree-2", "agree-3"]
USERNS_FLAGS = ("create", "strict")
FLAGS = USERNS_FLAGS + ("no_new_privs",)
FREE = {"create": True, "strict": False, "no_new_privs": False}
SETS = ("bounding", "inheritable", "userns")
ITEMS = SETS + FLAGS

# Real members of real groups: by the primary group, by lists, and by nothing.
GROUPS = {"agree-a": 2101, "agree-b": 2102, "agree-c": 2103, "agree-p": 2104}
MEMBERS = {
	"agree-a": ["alice", "bob", "erin"],
	"agree-b": ["alice", "carol", "erin"],
	"agree-c": ["erin"],
	"agree-p": [],
}
USERS_TO_ADD = {"carol": (60001, 2104), "dave": (60500, 60500), "erin": (1500, 2104)}
USERS = ["root", "alice", "bob", "carol", "dave", "erin"]
RULE_GROUPS = list(GROUPS) + ["restricted", "agree-nosuch"]
RANGES = ["1000:1999", "1001:1001", "60000:", ":1000", "1:", "60500:60999", "0:0"]


def set_up():
	with open("/etc/passwd", "a") as passwd, open("/etc/group", "a") as group:
		for name, (uid, gid) in USERS_TO_ADD.items():
			passwd.write(f"{name}:x:{uid}:{gid}::/:/bin/sh\n")
		for name, gid in GROUPS.items():
			group.write(f"{name}:x:{gid}:{','.join(MEMBERS[name])}\n")
	os.makedirs(WITHOUT)
	for service in SERVICES:
		with open(f"/etc/pam.d/{service}", "w") as stack:
			stack.write("session required pam_permit.so\nsession required pam_usernscaps.so\n")
		with open(f"{WITHOUT}/{service}", "w") as stack:
			stack.write("session required pam_permit.so\n")


def read_capabilities():
	"""Names by number, from somebody else's table."""
	for line in subprocess.check_output(["capsh", "--print"], text=True).splitlines():
		if line.startswith("Bounding set ="):
			return [name.removeprefix("cap_") for name in line.split("=")[1].split(",")]
	sys.exit("Bail out! capsh shows no bounding set")


# ---- rules ----

class Rules:
	"""The files of one case: text by path."""

	def __init__(self, rng, capabilities):
		self.rng = rng
		self.capabilities = capabilities
		self.profiles = []
		self.files = {CONF: "# rules\n"}
		self.add_profiles()
		self.add_sections()
		self.add_bodies()
		if rng.random() < 0.06:
			self.break_one()

	def chance(self, probability):
		return self.rng.random() < probability

	def write(self, path, text):
		self.files[path] = self.files.get(path, "# rules\n") + text

	def somewhere(self):
		return self.rng.choice([CONF, CONF, f"{TREE}/10-a.conf", f"{TREE}/20-b.conf"])

	def word(self, cap):
		name = self.capabilities[cap]
		return self.rng.choice([name, name, f"cap_{name}", f"CAP_{name.upper()}", str(cap)])

	def words(self, caps):
		return "{" + ", ".join(self.word(cap) for cap in caps) + "}"

	def set_text(self):
		policy = self.rng.choice([None, None, None, "default", "allow", "deny", "deny"])
		caps = self.rng.sample(range(len(self.capabilities)), 16)
		kept = self.rng.randrange(9 if policy == "deny" else 4)
		dropped = self.rng.randrange(2 if policy == "deny" else 7)
		text = f" policy = {policy}" if policy else ""
		if kept:
			text += f" keep = {self.words(caps[:kept])}"
		if dropped:
			text += f" drop = {self.words(caps[9:9 + dropped])}"
		return text

	def body(self, services=True):
		text = ""
		if self.profiles and self.chance(0.45 if services else 0.7):
			text += f"\tprofile = {self.rng.choice(self.profiles + 2 * self.profiles[-1:])}\n"
		if services and self.chance(0.3):
			names = self.rng.sample(SERVICES, self.rng.randrange(1, 3))
			text += "\tservices = {" + ", ".join(names) + "}\n"
		for item in SETS:
			inner = self.set_text() if self.chance(0.45) else ""
			if item == "userns":
				for flag, likely in zip(USERNS_FLAGS, (0.6, 0.5)):
					if self.chance(0.2):
						inner += f" {flag} = {'true' if self.chance(likely) else 'false'}"
			if inner:
				text += f"\t{item} {{{inner} }}\n"
		if self.chance(0.2):
			text += f"\tno_new_privs = {'true' if self.chance(0.5) else 'false'}\n"
		return text

	def exceptions(self):
		"""For a rule of several users."""
		text = ""
		for key, names, likely in (("except_users", USERS, 0.15), ("except_groups", RULE_GROUPS, 0.3)):
			if self.chance(likely):
				text += f"\t{key} = {{" + ", ".join(self.rng.sample(names, 2)) + "}\n"
		return text

	def section(self, title, services=True):
		several = services and not any(title == f'user "{name}"' for name in USERS)
		return f"{title} {{\n{self.exceptions() if several else ''}{self.body(services)}}}\n"

	def add_profiles(self):
		for name in self.rng.sample(["p1", "p2", "p3", "p4"], self.rng.choice([0, 2, 3, 4])):
			if self.chance(0.5):
				self.write(f"{TREE}/profiles/{name}.conf", self.body(services=False))
			else:
				self.write(self.somewhere(), self.section(f'profile "{name}"', services=False))
			self.profiles.append(name)

	def add_sections(self):
		titles = ["default"] if self.chance(0.5) else []
		for kind, names, most in (("user", USERS, 4), ("user", RANGES, 4), ("group", RULE_GROUPS, 4)):
			for _ in range(self.rng.randrange(most)):
				titles.append(f'{kind} "{self.rng.choice(names)}"')
		for title in titles:
			self.write(self.somewhere(), self.section(title))

	def add_bodies(self):
		for part, names, likely in (("users", USERS, 0.12), ("groups", RULE_GROUPS, 0.25)):
			for name in names:
				if self.chance(likely):
					text = self.exceptions() if part == "groups" else ""
					self.write(f"{TREE}/{part}/{name}.conf", text + self.body())

	def break_one(self):
		path = self.rng.choice(sorted(self.files))
		wrong = "userns { drop = {net_admim} }\n"
		if os.path.dirname(path) in (TREE, os.path.dirname(CONF)):
			wrong = f"default {{ {wrong} }}\n"
		self.write(path, wrong)

	def install(self, without=None):
		"""With blank lines in place of those that have this word."""
		shutil.rmtree(TREE, ignore_errors=True)
		for path, text in self.files.items():
			os.makedirs(os.path.dirname(path), exist_ok=True)
			with open(path, "w") as file:
				file.writelines("\n" if without and without in line else line
					for line in text.splitlines(True))


# ---- a session ----

libc = ctypes.CDLL(None, use_errno=True)
libpam = ctypes.CDLL("libpam.so.0")
# libpam finds it loaded in each child: linking it 300 times over takes longer than all it does.
ctypes.CDLL("/usr/lib/x86_64-linux-gnu/security/pam_usernscaps.so")
Converse = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
CLONE_NEWUSER, CLONE_NEWUTS = 0x10000000, 0x04000000


class Conversation(ctypes.Structure):
	_fields_ = [("converse", Converse), ("data", ctypes.c_void_p)]


@Converse
def converse(_count, _messages, _responses, _data):
	return 19  # PAM_CONV_ERR


def fill_inheritable():
	"""Nobody's inheritable set is other than empty by itself: nothing could be seen to go."""
	header = (ctypes.c_uint32 * 2)(0x20080522, 0)
	data = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable, twice
	if libc.capget(header, data) != 0:
		raise OSError("capget")
	data[2], data[5] = data[1], data[4]
	if libc.capset(header, data) != 0:
		raise OSError("capset")


def open_session(user, service, confdir):
	handle = ctypes.c_void_p()
	conversation = Conversation(converse, None)
	words = [service.encode(), user.encode(), ctypes.byref(conversation)]
	if confdir:
		r = libpam.pam_start_confdir(*words, confdir.encode(), ctypes.byref(handle))
	else:
		r = libpam.pam_start(*words, ctypes.byref(handle))
	return r or libpam.pam_open_session(handle, 0)


def provider_byte(index):
	"""USERNS_GET of bpf/abi.h."""
	libc.prctl(ctypes.c_int(0x55434150), *(ctypes.c_ulong(word) for word in (18, index, 0, 0)))
	error = ctypes.get_errno()
	if not error & 0x800:
		raise OSError(error, "the provider does not answer")
	return error & 0x7FF


def look(full):
	"""What the process that has opened the session is left with."""
	with open("/proc/self/status") as file:
		status = dict(line.split(":", 1) for line in file)
	flags = provider_byte(20)
	found = {
		"bounding": int(status["CapBnd"], 16),
		"inheritable": int(status["CapInh"], 16),
		"userns": sum(provider_byte(i) << 8 * i for i in range(8)) & full,
		"strict": bool(flags & 2),
		"create": not flags & 1,
		"no_new_privs": int(status["NoNewPrivs"]) == 1,
	}
	found["unshare"] = libc.unshare(CLONE_NEWUSER) == 0
	if found["unshare"]:
		found["chroot"] = libc.chroot(b"/") == 0
		found["newuts"] = libc.unshare(CLONE_NEWUTS) == 0
	return found


def in_child(function):
	"""What a function returns in a process of its own, which it may spoil."""
	reader, writer = os.pipe()
	pid = os.fork()
	if pid == 0:
		try:
			os.write(writer, json.dumps(function()).encode())
		except Exception as error:
			os.write(writer, json.dumps({"exception": repr(error)}).encode())
		finally:
			os._exit(0)
	os.close(writer)
	with os.fdopen(reader) as pipe:
		text = pipe.read()
	os.waitpid(pid, 0)
	return json.loads(text)


def login(user, service, full, confdir=None):
	def session():
		fill_inheritable()
		r = open_session(user, service, confdir)
		return look(full) if r == 0 else {"pam": r}
	return in_child(session)


# ---- comparing ----

def explain(user, service):
	words = ["usernscapsctl", "explain", "--json", "--service", service, user]
	done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
	answer = json.loads(done.stdout)
	if (done.returncode != 0) != ("error" in answer):
		sys.exit(f"Bail out! explain ended with {done.returncode}: {done.stdout}")
	return answer


class Case:
	def __init__(self, rng, capabilities):
		self.capabilities = capabilities
		self.full = (1 << len(capabilities)) - 1
		self.rules = Rules(rng, capabilities)
		self.user = rng.choice(USERS)
		self.service = rng.choice(SERVICES)

	def run(self):
		self.rules.install(without="except_")
		unexcepted = explain(self.user, self.service)
		self.rules.install()
		self.answer = explain(self.user, self.service)
		self.excepted = self.answer.get("items") != unexcepted.get("items")
		self.expected = self.expect()
		self.got = login(self.user, self.service, self.full)
		self.without = login(self.user, self.service, self.full, WITHOUT)

	def nothing_taken(self):
		return self.with_acts(dict.fromkeys(SETS, self.full) | FREE)

	def expect(self):
		if "error" not in self.answer:
			items = self.answer["items"]
			values = {item: self.bits(items[item]["capabilities"]) for item in SETS}
			return self.with_acts(values | {flag: items[flag]["value"] for flag in FLAGS})
		if self.user == "root":
			return self.nothing_taken()
		return self.with_acts(FREE | {"bounding": self.full, "inheritable": 0, "userns": 0,
			"create": False})

	def with_acts(self, values):
		values["unshare"] = values["create"]
		if values["create"]:
			values["chroot"] = bool(values["userns"] & self.bits(["sys_chroot"]))
			values["newuts"] = bool(values["userns"] & self.bits(["sys_admin"]))
		return values

	def bits(self, names):
		return sum(1 << self.capabilities.index(name) for name in names)

	def agrees(self, what):
		return self.got.get(what) == self.expected.get(what)

	def restricted(self, item):
		return self.expected[item] != self.nothing_taken()[item]

	def consistent(self):
		"""Mask, names, missing and takers of the answer are all about the same set."""
		if "error" in self.answer:
			return True
		for item in (self.answer["items"][item] for item in SETS):
			kept = self.bits(item["capabilities"])
			missing = self.bits(m["capability"] for m in item["missing"])
			if int(item["mask"], 16) != kept or kept ^ missing != self.full:
				return False
			if not self.answer["broken"] and not all(m["taken_by"] for m in item["missing"]):
				return False
		return True

	def features(self):
		"""What had a part in this answer, for counting."""
		if "error" in self.answer:
			yield "broken rules"
			return
		items = self.answer["items"]
		for source in (source for item in items.values() for source in item["sources"]):
			yield f"rules of kind {source['kind']}"
			yield f"chains of {min(len(source['profiles']), 3)} profiles"
			directory = os.path.dirname(source["file"])
			if source["file"] != CONF:
				yield f"files in {directory.removeprefix('/etc/security/')}"
		if any(taker["item"] == "bounding" for m in items["userns"]["missing"] for taker in m["taken_by"]):
			yield "strict cuts"
		if len(self.answer["groups_used"]) > 1:
			yield "several groups"
		if self.answer["groups_unknown"]:
			yield "unknown groups"
		if self.excepted:
			yield "exceptions that make a difference"
		if self.user == "root" and any(self.restricted(item) for item in ITEMS):
			yield "restricted root"

	def show(self):
		lines = [f"{self.user} by {self.service}", f"expected {self.expected}", f"got      {self.got}",
			f"without  {self.without}"]
		for path, text in self.rules.files.items():
			lines += [path] + text.splitlines()
		return lines


# ---- what is reported ----

FEATURES = [
	"rules of kind user", "rules of kind group", "rules of kind range", "rules of kind default",
	"chains of 1 profiles", "chains of 2 profiles", "chains of 3 profiles",
	"files in usernscaps.d", "files in usernscaps.d/users", "files in usernscaps.d/groups",
	"files in usernscaps.d/profiles", "strict cuts", "several groups", "unknown groups",
	"exceptions that make a difference",
	"broken rules", "restricted root",
]


class Report:
	def __init__(self):
		self.count = self.failed = 0

	def line(self, good, name, lines=()):
		self.count += 1
		self.failed += not good
		print("ok" if good else "not ok", self.count, "-", name)
		if not good:
			for line in lines:
				print("#", line)

	def item(self, cases, item, least_distinct):
		wrong = [case for case in cases if not case.agrees(item)]
		values = collections.Counter(case.expected[item] for case in cases)
		restricted = sum(case.restricted(item) for case in cases)
		self.line(not wrong, f"{item}: {len(cases) - len(wrong)} of {len(cases)} sessions are as explained",
			wrong[0].show() if wrong else ())
		few = len(cases) // 10
		self.line(few <= restricted <= len(cases) - few and len(values) >= least_distinct,
			f"{item}: {restricted} of them restricted, {len(values)} distinct answers"
			f" (expected {few} to {len(cases) - few}, and {least_distinct})")

	def act(self, cases, act):
		wrong = [case for case in cases if not case.agrees(act)]
		allowed = sum(case.expected.get(act) is True for case in cases)
		denied = sum(case.expected.get(act) is False for case in cases)
		self.line(not wrong and min(allowed, denied) >= 10,
			f"{act}: {allowed} times allowed, {denied} times denied, {len(wrong)} times otherwise",
			wrong[0].show() if wrong else ())

	def control(self, cases):
		"""Without the module nothing is taken: every restricted case must be seen to differ."""
		restricted = [case for case in cases if any(case.restricted(item) for item in ITEMS)]
		same = [case for case in restricted if case.without == case.expected]
		taken = [case for case in cases if case.without != case.nothing_taken()]
		self.line(not same and len(restricted) >= len(cases) // 2,
			f"control, without the module: {len(restricted) - len(same)} of {len(restricted)}"
			" restricted sessions differ", same[0].show() if same else ())
		self.line(not taken, f"control, without the module: {len(cases) - len(taken)} of {len(cases)}"
			" sessions are full", taken[0].show() if taken else ())

	def features(self, cases):
		counts = collections.Counter(name for case in cases for name in set(case.features()))
		for name in FEATURES:
			self.line(counts[name] >= 8, f"{name}: had a part in {counts[name]} cases")

	def end(self):
		print(f"1..{self.count}")
		sys.exit(self.failed > 0)


def main():
	seed, wanted = int(sys.argv[1]), int(sys.argv[2])
	rng = random.Random(seed)
	report = Report()
	set_up()
	capabilities = read_capabilities()
	cases = []
	for _ in range(wanted):
		case = Case(rng, capabilities)
		case.run()
		cases.append(case)
	report.line(len(cases) >= 300, f"{len(cases)} cases compared, seed {seed} (expected 300 at least)")
	for item, least_distinct in zip(ITEMS, (60, 60, 60, 2, 2)):
		report.item(cases, item, least_distinct)
	for act in ("unshare", "chroot", "newuts"):
		report.act(cases, act)
	odd = [case for case in cases if not case.consistent()]
	report.line(not odd, "explain's masks, names, missing capabilities and takers fit together",
		odd[0].show() if odd else ())
	report.control(cases)
	report.features(cases)
	report.end()


main()
