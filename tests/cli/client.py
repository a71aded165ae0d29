"""client.py -- one who uses the API: signs in, keeps the cookie or a token, and looks at what comes back. Every answer
is held against the server's description of itself (described.py)."""
import base64
import hashlib
import hmac
import http.client
import json
import struct
import time

from described import Description


def code(secret, step=0):
    """RFC 6238, as an authenticator shows it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff) % 1000000)


class Answer:
    def __init__(self, reply):
        self.status = reply.status
        self.headers = {name.lower(): value for name, value in reply.getheaders()}
        self.cookies = [value for name, value in reply.getheaders() if name.lower() == "set-cookie"]
        self.text = reply.read().decode()
        self.json = json.loads(self.text) if self.text and "json" in self.headers["content-type"] else None
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
        answer = self.ask(method, path, body, **headers)
        assert answer.status == status, (method, path, answer.status, answer.text[:400])
        return answer

    def refused(self, status, problem, method, path, body=None, **headers):
        answer = self.ask(method, path, body, **headers)
        assert (answer.status, answer.problem) == (status, problem), (method, path, answer.status, answer.text[:400])
        return answer

    def sign_in(self, name, password, secret=None):
        """With a second factor when it is due; enrols one first where there is none. Gives its secret."""
        answer = self.good("POST", "/session", {"name": name, "password": password})
        if answer["enrolment_due"]:
            secret = self.good("POST", "/me/second-factor")["secret"]
            self.good("POST", "/me/second-factor/confirm", {"code": code(secret)})
        elif answer["second_factor_due"]:
            self.good("POST", "/session/second-factor", {"code": code(secret, 1)})
        return secret
