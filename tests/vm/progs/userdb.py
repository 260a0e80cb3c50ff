#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
"""A small service of io.systemd.UserDatabase, for libnss_systemd: one group and its members.

Usage: userdb.py NAME GROUP GID MEMBER...; listens on /run/systemd/userdb/NAME. Messages are JSON,
each followed by a NUL; see https://varlink.org and systemd's USER_GROUP_API.
"""
import json
import os
import socketserver
import sys

NAME, GROUP, GID, MEMBERS = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
PREFIX = "io.systemd.UserDatabase."


def group_record():
    return {"record": {"groupName": GROUP, "gid": GID, "service": NAME}, "incomplete": False}


def memberships(parameters):
    if parameters.get("groupName", GROUP) != GROUP:
        return []
    user = parameters.get("userName")
    return [{"userName": member, "groupName": GROUP}
            for member in MEMBERS if user in (None, member)]


def answers(method, parameters):
    """The parameters of each reply; none where there is no such record."""
    if method == PREFIX + "GetMemberships":
        return memberships(parameters)
    if method == PREFIX + "GetGroupRecord":
        if parameters.get("groupName", GROUP) == GROUP and parameters.get("gid", GID) == GID:
            return [group_record()]
    return []


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        buffer = b""
        while data := self.request.recv(65536):
            buffer += data
            while b"\0" in buffer:
                message, buffer = buffer.split(b"\0", 1)
                self.answer(json.loads(message))

    def send(self, reply):
        self.request.sendall(json.dumps(reply).encode() + b"\0")

    def answer(self, call):
        parameters = call.get("parameters", {})
        if parameters.get("service") != NAME:
            self.send({"error": PREFIX + "BadService", "parameters": {}})
            return
        replies = answers(call["method"], parameters)
        for number, reply in enumerate(replies, 1):
            self.send({"parameters": reply, "continues": number < len(replies)})
        if not replies:
            self.send({"error": PREFIX + "NoRecordFound", "parameters": {}})


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


os.makedirs("/run/systemd/userdb", exist_ok=True)
path = "/run/systemd/userdb/" + NAME
if os.path.exists(path):
    os.unlink(path)
with Server(path, Handler) as server:
    os.chmod(path, 0o666)
    server.serve_forever()
