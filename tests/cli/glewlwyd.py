"""glewlwyd.py -- starts Debian's glewlwyd, unpacked in build/glewlwyd, as a provider for a test: a process of its own in
this folder, on a free port of this machine, with the user ann and the client holdfast."""
import gzip
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import time
from urllib.parse import urlsplit

from provider import openssl

CONFIG = """
port=%(port)d
bind_address="127.0.0.1"
external_url="http://127.0.0.1:%(port)d"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="INFO"
cookie_domain="127.0.0.1"
cookie_secure=0
session_expiration=86400
session_key="GLEWLWYD2_SESSION_ID"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
login_api_enabled=true
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="%(lib)s/user"
user_middleware_module_path="%(lib)s/user_middleware"
client_module_path="%(lib)s/client"
user_auth_scheme_module_path="%(lib)s/scheme"
plugin_module_path="%(lib)s/plugin"
hash_algorithm="SHA512"
database =
{
  type = "sqlite3"
  path = "%(here)s/glewlwyd.db"
};
"""


class Glewlwyd:
    def __init__(self, redirect):
        root = os.environ["ROOT"] + "/build/glewlwyd"
        assert os.path.exists(root + "/usr/bin/glewlwyd"), "glewlwyd is missing: tools/setup.sh check"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with gzip.open(root + "/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz", "rt") as file:
            sqlite3.connect("glewlwyd.db").executescript(file.read())
        with open("glewlwyd.conf", "w", encoding="utf-8") as file:
            file.write(CONFIG % {"port": self.port, "here": os.getcwd(), "lib": root + "/usr/lib/glewlwyd"})
        with open("glewlwyd.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([root + "/usr/bin/glewlwyd", "--config-file=glewlwyd.conf"], stdout=log,
                                            stderr=log)
        self.issuer = "http://127.0.0.1:%d/api/oidc" % self.port
        self.cookie = None
        for _ in range(200):
            assert self.process.poll() is None, open("glewlwyd.log", encoding="utf-8").read()
            try:
                self.sign_in("admin", "password")
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        self.fill(redirect)

    def ask(self, method, path, body=None, status=200):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json", **({"Cookie": self.cookie} if self.cookie else {})}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        assert reply.status == status, (method, path, reply.status, text)
        if reply.getheader("Set-Cookie"):
            self.cookie = reply.getheader("Set-Cookie").split(";")[0]
        return reply

    def sign_in(self, name, password):
        self.cookie = None
        self.ask("POST", "/api/auth/", {"username": name, "password": password})

    def fill(self, redirect):
        private = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        self.ask("POST", "/api/mod/plugin/", {
            "module": "oidc", "name": "oidc", "display_name": "OpenID Connect", "enabled": True, "parameters": {
                "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": private.decode(),
                "cert": openssl("pkey", "-pubout", data=private).decode(), "access-token-duration": 3600,
                "refresh-token-duration": 3600, "code-duration": 600, "subject-type": "public",
                "auth-type-code-enabled": True, "pkce-allowed": True, "pkce-method-plain-allowed": False,
                "allowed-scope": ["openid"]}})
        self.ask("POST", "/api/user/", {"username": "ann", "password": "another pass phrase", "name": "Ann",
                                        "email": "ann@corp.example", "enabled": True, "scope": ["openid"]})
        self.ask("POST", "/api/client/", {
            "client_id": "holdfast", "name": "Holdfast", "enabled": True, "confidential": True, "client_secret": "letters-and-digits-7",
            "redirect_uri": [redirect], "authorization_type": ["code"], "scope": ["openid"],
            "token_endpoint_auth_method": ["client_secret_basic"]})
        self.sign_in("ann", "another pass phrase")
        self.ask("PUT", "/api/auth/grant/holdfast", {"scope": "openid"})

    def there(self, url):
        """As a browser in which ann is signed in: where it is sent."""
        parts = urlsplit(url)
        back = urlsplit(self.ask("GET", parts.path + "?" + parts.query + "&g_continue", status=302).getheader("Location"))
        return back.path + "?" + back.query

    def stop(self):
        self.process.kill()
        self.process.wait()
