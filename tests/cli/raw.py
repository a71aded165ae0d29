"""raw.py -- HTTP by hand, over plain sockets, for tests that send what no client would."""
import json
import socket
import ssl
import time

import origins

SECURE = ("content-security-policy", "x-content-type-options", "referrer-policy",
          "cross-origin-opener-policy", "cross-origin-resource-policy", "cross-origin-embedder-policy", "permissions-policy")


def dial(port, seconds=20, tls=None):
    where = ("127.0.0.1", port) if isinstance(port, int) else port
    s = socket.socket(socket.AF_INET if isinstance(port, int) else socket.AF_UNIX)
    s.settimeout(seconds)
    s.connect(where)
    return tls.wrap_socket(s, server_hostname="localhost") if tls else s


def rest(s):
    """All that comes until the other end closes."""
    got = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                return got
            got += piece
    except ConnectionResetError:
        return got


class Reply:
    def __init__(self, head, body):
        lines = head.decode("ascii").split("\r\n")
        assert lines[0].startswith("HTTP/1.1 "), lines[0]
        self.status = int(lines[0].split(" ")[1])
        self.headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in self.headers, "%s twice" % name
            self.headers[name.lower()] = value
        self.body = body

    def check(self):
        """What holds of every reply."""
        for name in SECURE:
            assert name in self.headers, "%s is missing of %d" % (name, self.status)
        assert "unsafe" not in self.headers["content-security-policy"]
        # What is packed is asked for as it is, too.
        origins.check(self.headers, "" if "content-encoding" in self.headers else self.body.decode())
        assert "server" not in self.headers
        if self.status >= 400 and self.body:
            problem = json.loads(self.body)
            assert self.headers["content-type"] == "application/problem+json", self.headers
            assert problem["status"] == self.status, problem
            assert problem["type"].startswith("urn:holdfast:problem:"), problem
            assert problem["title"] and problem["detail"], problem
            self.problem = problem["type"][len("urn:holdfast:problem:"):]
        return self


def read(s, head=False):
    """One reply; None when the other end closes instead."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = s.recv(1)
        if not piece:
            assert not got, "half a head: %r" % got
            return None
        got += piece
    reply = Reply(got[:-4], b"")
    if not head and reply.status not in (204, 304):
        want = int(reply.headers["content-length"])
        while len(reply.body) < want:
            piece = s.recv(want - len(reply.body))
            assert piece, "half a body"
            reply.body += piece
    return reply.check()


def closed(s):
    """Whether the other end has closed, or does so soon."""
    try:
        return s.recv(1) == b""
    except ConnectionResetError:
        return True


def ask(port, request, tls=None):
    """The replies to these bytes until the connection is closed, or silent for a moment."""
    s = dial(port, tls=tls)
    s.sendall(request)
    replies = []
    try:
        while True:
            reply = read(s)
            if reply is None:
                break
            replies.append(reply)
            s.settimeout(0.5)
    except ConnectionResetError:
        pass
    except TimeoutError:
        replies.append("open")
    s.close()
    return replies


def statuses(port, request, tls=None):
    return [r if r == "open" else r.status for r in ask(port, request, tls)]


def get(port, path, *headers, method="GET", tls=None):
    lines = "".join("%s\r\n" % h for h in headers)
    s = dial(port, tls=tls)
    s.sendall(("%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n" % (method, path, lines)).encode())
    reply = read(s, method == "HEAD")
    assert closed(s)
    return reply


def rest_of(port, request):
    s = dial(port)
    s.sendall(request)
    return rest(s)
