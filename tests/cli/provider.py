"""provider.py -- a provider of OpenID Connect for tests, that behaves as it is told: one that plays by the rules, or with
one fault. Signs with the command openssl. Like a browser, `Browser` goes there and comes back."""
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import ssl
import subprocess
import threading
import time
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from client import Client

SECRET = "a secret: with + and %"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=b""):
    return subprocess.run(("openssl",) + arguments, input=data, check=True, capture_output=True).stdout


class Key:
    """A private key in a file, as a JWK, and what it signs."""
    made = {"RSA": ("RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "EC": ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
            "OKP": ("ED25519",)}

    count = 0

    def __init__(self, kind, kid):
        Key.count += 1
        self.kind, self.kid, self.path = kind, kid, "key-%d.pem" % Key.count
        openssl("genpkey", "-algorithm", *self.made[kind], "-out", self.path)
        self.public = openssl("pkey", "-in", self.path, "-pubout")

    def jwk(self):
        der = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")
        jwk = {"kty": self.kind, "kid": self.kid, "use": "sig"}
        if self.kind == "RSA":
            modulus = openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().partition("=")[2]
            return {**jwk, "n": b64(bytes.fromhex(modulus)), "e": "AQAB"}
        if self.kind == "EC":
            return {**jwk, "crv": "P-256", "x": b64(der[-64:-32]), "y": b64(der[-32:])}
        return {**jwk, "crv": "Ed25519", "x": b64(der[-32:])}

    def sign(self, algorithm, text):
        if algorithm == "EdDSA":
            with open("text", "wb") as file:
                file.write(text)
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", "text")
        pss = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32") if algorithm == "PS256" else ()
        signature = openssl("dgst", "-sha256", "-sign", self.path, *pss, data=text)
        return raw(signature) if algorithm == "ES256" else signature


def raw(der):
    """The two numbers of an ECDSA signature, 32 bytes each."""
    at, both = 2, b""
    for _ in range(2):
        length = der[at + 1]
        both += der[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
        at += 2 + length
    return both


class Provider(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"
        self.issuer = "%s://127.0.0.1:%d" % (self.scheme, self.server_port)
        self.keys = [Key("RSA", "rsa"), Key("EC", "ec"), Key("OKP", "okp")]
        self.codes = {}
        self.asked = []  # paths
        self.behave()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def behave(self, **faults):
        """`claims` and `head` change what a token says (None: leave it out), the others what is in Handler."""
        self.faults = {"algorithm": "RS256", **faults}

    def handle_error(self, request, client_address):
        pass  # who is asked too much hangs up

    def token(self, asked):
        faults = self.faults
        algorithm = faults["algorithm"]
        key = faults.get("key") or next(k for k in self.keys if k.kind == {"RS256": "RSA", "PS256": "RSA", "ES256": "EC",
                                                                          "EdDSA": "OKP"}.get(algorithm, "RSA"))
        digest = hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256
        hashed = digest(b"access").digest()
        now = int(time.time())
        head = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **faults.get("head", {})}
        claims = {"iss": self.issuer, "aud": "holdfast", "sub": "user-1", "iat": now, "exp": now + 300, "auth_time": now,
                  "nonce": asked["nonce"], "at_hash": b64(hashed[:len(hashed) // 2]), **faults.get("claims", {})}
        head, claims = ({name: value for name, value in part.items() if value is not None} for part in (head, claims))
        text = (b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())).encode()
        if algorithm == "none":
            signature = b""
        elif algorithm == "HS256":
            signature = hmac.new(faults["hmac"](self), text, hashlib.sha256).digest()
        else:
            signature = key.sign(algorithm, text)
        if "signature" in faults:
            signature = faults["signature"](signature)
        return text.decode() + "." + b64(signature)


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def reply(self, status, value, kind="application/json", **headers):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def fault(self, page):
        """What goes wrong with a page whatever it is; true when that was the answer."""
        faults = self.server.faults
        if page not in faults.get("at", ()):
            return False
        what = faults["what"]
        if what == "slow":
            time.sleep(faults["seconds"])
            return True
        if what == "drip":  # a byte a second is not slow enough for who only looks whether anything comes
            self.send_response(200)
            self.end_headers()
            for _ in range(faults["seconds"]):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(1)
        elif what == "redirect":
            self.reply(302, {}, Location=faults["to"])
        elif what == "headers":
            self.send_response(200)
            for i in range(2000):
                self.send_header("X-%d" % i, "x" * 1000)
            self.end_headers()
        else:
            self.reply(faults.get("status", 200), what)
        return True

    def do_GET(self):
        p = self.server
        path, _, query = self.path.partition("?")
        p.asked.append(path)
        if self.fault(path):
            return
        if path == "/.well-known/openid-configuration":
            self.reply(200, {"issuer": p.issuer, "authorization_endpoint": p.issuer + "/authorize",
                             "token_endpoint": p.issuer + "/token", "jwks_uri": p.issuer + "/keys",
                             "code_challenge_methods_supported": ["S256"], **p.faults.get("discovery", {})})
        elif path == "/keys":
            self.reply(200, {"keys": p.faults.get("keys") or [{"kty": "oct", "k": "AAAA"}, {"kty": "new"}] +
                             [key.jwk() for key in p.keys]})
        elif path == "/authorize":
            asked = dict(parse_qsl(query))
            assert asked["response_type"] == "code" and asked["client_id"] == "holdfast", asked
            assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43, asked
            code = "code-%d/+&" % len(p.codes)
            p.codes[code] = asked
            back = {"code": code, "state": asked["state"], "session_state": "what nobody asked for"}
            back.update(p.faults.get("back", {}))
            back = {name: value for name, value in back.items() if value is not None}
            self.reply(302, {}, Location=asked["redirect_uri"] + "?" + urlencode(back))
        else:
            self.reply(404, {})

    def do_POST(self):
        p = self.server
        p.asked.append(self.path)
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if self.fault(self.path):
            return
        user, _, secret = base64.b64decode(self.headers.get("Authorization", "").rpartition(" ")[2]).decode().partition(":")
        if "client_secret_post" in p.faults.get("discovery", {}).get("token_endpoint_auth_methods_supported", ()):
            user, secret = quote(form["client_id"]), quote(form["client_secret"])
        if (unquote(user), unquote(secret)) != ("holdfast", SECRET):
            self.reply(401, {"error": "invalid_client"})
            return
        asked = p.codes.pop(form["code"], None)
        challenge = b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        if not asked or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            self.reply(400, {"error": "invalid_grant"})
            return
        answer = {"access_token": "access", "token_type": "Bearer", "id_token": p.token(asked)}
        answer.update(p.faults.get("answer", {}))
        self.reply(200, {name: value for name, value in answer.items() if value is not None})


class Browser(Client):
    """Keeps each cookie under its name, and goes where it is sent."""

    def __init__(self, port):
        super().__init__(port)
        self.jar = {}

    def ask_at(self, method, target, body=None, **headers):
        self.cookie = "; ".join("%s=%s" % pair for pair in self.jar.items()) or None
        answer = super().ask_at(method, target, body, **headers)
        for line in answer.cookies:
            name, _, value = line.split(";")[0].partition("=")
            self.jar[name] = value
            if not value:
                del self.jar[name]
        return answer

    def away(self, provider="test", **query):
        answer = self.good("GET", "/sign-in/oidc/%s%s" % (provider, "?" + urlencode(query) if query else ""), status=303)
        assert "SameSite=Lax" in answer.headers["set-cookie"] and "HttpOnly" in answer.headers["set-cookie"]
        return answer.headers["location"]

    def there(self, url):
        """At the provider, which knows its user; where that sends the browser, as a path of ours."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=30,
                                                     context=ssl.create_default_context(cafile="ca.pem"))
        connection.request("GET", parts.path + "?" + parts.query)
        back = urlsplit(connection.getresponse().getheader("Location"))
        connection.close()
        return back.path + "?" + back.query

    def back(self, target, status=200, problem=None):
        answer = self.ask_at("GET", target)
        assert (answer.status, answer.problem) == (status, problem), (answer.status, answer.text)
        return answer

    def sign_in_by(self, provider="test", status=200, problem=None, **query):
        return self.back(self.there(self.away(provider, **query)), status, problem)

    def query_of(self, url):
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


if __name__ == "__main__":  # for as long as whoever started it
    print(Provider().issuer, flush=True)
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.2)
