"""client.py -- one who uses the API: signs in, keeps the cookie or a token, and looks at what comes back. Every answer
is held against the server's description of itself (described.py)."""
import base64
import gzip
import hashlib
import hmac
import http.client
import json
import struct
import time

import origins
from described import Description


def code(secret, step=0):
    """RFC 6238, as an authenticator shows it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff) % 1000000)


def root_of(proof):
    """The root of a tree by a proof that a leaf stands in it, from what the leaf is the hash of (RFC 9162, 2.1.3.2)."""
    node = hashlib.sha256(b"\0" + proof["entry"].encode()).digest()
    at, last = proof["index"], proof["size"] - 1
    for other in map(bytes.fromhex, proof["hashes"]):
        if at % 2 or at == last:
            node = hashlib.sha256(b"\1" + other + node).digest()
            while at and at % 2 == 0:
                at, last = at // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + other).digest()
        at, last = at // 2, last // 2
    return node


class Answer:
    def __init__(self, reply):
        self.status = reply.status
        self.headers = {name.lower(): value for name, value in reply.getheaders()}
        self.cookies = [value for name, value in reply.getheaders() if name.lower() == "set-cookie"]
        body = reply.read()
        self.text = (gzip.decompress(body) if body and "content-encoding" in self.headers else body).decode()
        origins.check(self.headers, self.text)
        self.json = json.loads(self.text) if self.text and self.headers["content-type"].endswith("json") else None
        self.problem = None
        if self.status >= 400 and self.headers["content-type"] != "application/scim+json":
            assert self.headers["content-type"] == "application/problem+json", self.headers
            self.problem = self.json["type"].rpartition(":")[2]

    def __getitem__(self, name):
        return self.json[name]


class Client:
    def __init__(self, port, token=None):
        self.port = port
        self.token = token
        self.cookie = None

    def ask(self, method, path, body=None, **headers):
        return self.ask_at(method, "/api/v1" + path, body, **headers)

    def ask_at(self, method, target, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, target, body, headers)
        answer = Answer(connection.getresponse())
        connection.close()
        Description.of(self.port).check(method, target, answer)
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].split(";")[0]
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, body, **headers)

    def good(self, method, path, body=None, status=200, **headers):
        # While one process writes much, another tells that it waited in vain and did nothing: who asks again is served.
        for _ in range(4):
            answer = self.ask(method, path, body, **headers)
            if (answer.status, answer.problem) != (503, "busy"):
                break
            time.sleep(1)
        assert answer.status == status, (method, path, answer.status, answer.text[:400])
        return answer

    def refused(self, status, problem, method, path, body=None, **headers):
        answer = self.ask(method, path, body, **headers)
        assert (answer.status, answer.problem) == (status, problem), (method, path, answer.status, answer.text[:400])
        return answer

    def ended(self, job):
        """The job when it has ended."""
        for _ in range(4000):
            now = self.good("GET", "/jobs/%d" % job["id"])
            if now["state"] not in ("waiting", "running"):
                return now
            time.sleep(0.05)
        raise AssertionError("the job does not end: " + now.text)

    def sign_in(self, name, password, secret=None):
        """With a second factor when it is due; enrols one first where there is none. Gives its secret."""
        answer = self.good("POST", "/session", {"name": name, "password": password})
        if answer["enrolment_due"]:
            secret = self.good("POST", "/me/second-factor")["secret"]
            self.good("POST", "/me/second-factor/confirm", {"code": code(secret)})
        elif answer["second_factor_due"]:
            self.good("POST", "/session/second-factor", {"code": code(secret, 1)})
        return secret


class Events:
    """A stream of server-sent events."""

    def __init__(self, who, last=None, query=""):
        headers = {"Cookie": who.cookie} if who.cookie else {"Authorization": "Bearer " + who.token}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection = http.client.HTTPConnection("127.0.0.1", who.port, timeout=60)
        self.connection.request("GET", "/api/v1/events" + query, headers=headers)
        self.reply = self.connection.getresponse()
        self.last = None
        if self.reply.status == 200:
            assert self.reply.getheader("content-type") == "text/event-stream"

    def next(self, kind=None):
        """The next event, of the kind, as its kind and data; None at the end."""
        event, data = None, None
        for line in self.reply:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                self.last = int(value)
            elif name == "event":
                event = value
            elif name == "data":
                data = json.loads(value)
            elif name == "" and data is not None and kind in (None, event):
                return event, data
            elif name == "":
                event, data = None, None
        return None

    def close(self):
        self.reply.close()
        self.connection.close()
