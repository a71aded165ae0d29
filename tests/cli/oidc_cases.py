"""oidc_cases.py -- what oidc.t tries, by topic, against a server that it starts for itself."""
import json
import os
import re
import signal
import subprocess
import time

from client import Client, code
from glewlwyd import Glewlwyd
from provider import SECRET, Browser, Key, Provider

CONFIG = """providers:
- {name: test, label: Company account, issuer: "%(test)s", client_id: holdfast, client_secret_file: secret}
- name: more
  issuer: "%(more)s"
  client_id: holdfast
  client_secret_file: secret
  ca_file: ca.pem
  link_by_email: true
  subject: oid
  second_factor: {amr: [otp, hwk], acr: [phr]}
- {name: untrusted, issuer: "%(untrusted)s", client_id: holdfast, client_secret_file: secret}
- {name: nobody, issuer: "http://127.0.0.1:1", client_id: holdfast}
"""


class Server:
    def __init__(self, config):
        with open("oidc.yaml", "w", encoding="utf-8") as file:
            file.write(config)
        self.start()

    def start(self):
        with open("serve.log", "a", encoding="utf-8") as log:
            before = os.path.getsize("serve.log")
            self.process = subprocess.Popen(
                [os.environ["HOLDFAST"], "serve", "--home", "ws", "--listen", "127.0.0.1:0", "--public-url",
                 "http://localhost:8700", "--oidc", "oidc.yaml"], stdout=subprocess.DEVNULL, stderr=log)
        for _ in range(400):
            with open("serve.log", encoding="utf-8") as log:
                log.seek(before)
                found = re.search(r'"listening","message":"[^"]*:(\d+)', log.read())
            if found:
                self.port = int(found.group(1))
                return
            assert self.process.poll() is None, open("serve.log", encoding="utf-8").read()
            time.sleep(0.05)
        raise AssertionError("the server does not listen")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0


class Cases:
    def __init__(self, password):
        self.password = password
        self.test, self.more, self.untrusted = Provider(), Provider(("ca.pem", "ca.key")), Provider(("ca.pem", "ca.key"))
        self.server = Server(CONFIG % {"test": self.test.issuer, "more": self.more.issuer,
                                       "untrusted": self.untrusted.issuer})
        self.port = self.server.port
        self.root = Client(self.port)
        self.secret = self.root.sign_in("root", password)

    def fresh(self):
        """What was learnt of the providers, and who failed how often, is forgotten."""
        self.server.stop()
        subprocess.run(["sqlite3", "-cmd", ".timeout 5000", "ws/holdfast.db", "delete from login_failure"], check=True)
        self.server.start()
        self.port = self.root.port = self.server.port

    def events(self, kind):
        rows = subprocess.run(["sqlite3", "ws/holdfast.db", "select detail from event where kind = '%s' order by id" % kind],
                              check=True, capture_output=True).stdout.decode()
        return [json.loads(row) for row in rows.splitlines()]

    def link(self, user, subject, provider="test", status=201):
        return self.root.ask("POST", "/users/%s/identities" % user, {"provider": provider, "subject": subject})

    # Topics.

    def ordinary(self):
        """The list, the way there, the links of a login, and signing in with each algorithm."""
        everybody = Client(self.port)
        assert everybody.good("GET", "/sign-in/providers").json == {"providers": [
            {"name": "test", "label": "Company account"}] + [{"name": n, "label": n} for n in ("more", "untrusted", "nobody")]}
        browser = Browser(self.port)
        browser.sign_in_by(status=403, problem="denied")  # nobody is linked, and nobody is made
        assert len(self.root.good("GET", "/users")["users"]) == 6
        linked = self.link("ann", "user-1")
        assert linked.status == 201, linked.text
        assert self.link("ann", "user-1").status == 201  # it is so already
        assert self.link("ann", "user-2").problem == "conflict" and self.link("eve", "user-1").problem == "conflict"
        assert self.link("eve", "user-2", "none").problem == "invalid"
        assert self.link("nobody", "user-2").problem == "not_found"
        for subject in ("", "x" * 256, "with blank", "\u00e9"):
            assert self.link("eve", subject).problem == "invalid", subject
        assert self.events("identity_linked")[-1] == {
            "address": "127.0.0.1", "how": "administrator", "issuer": self.test.issuer, "login": "ann", "subject": "user-1"}
        for algorithm in ("RS256", "PS256", "ES256", "EdDSA"):
            self.test.behave(algorithm=algorithm)
            browser = Browser(self.port)
            back = browser.sign_in_by(return_to="/records/ACC-1?tab=history")
            assert back.headers["refresh"] == "0;url=/records/ACC-1?tab=history", back.headers
            session = next(line for line in back.cookies if line.startswith("holdfast="))
            assert "SameSite=Strict" in session and "HttpOnly" in session
            assert any("Max-Age=0" in line and "holdfast-sign-in=" in line for line in back.cookies), back.cookies
            assert browser.good("GET", "/me")["name"] == "ann"
        assert self.events("signed_in")[-1]["how"] == "oidc" and self.events("signed_in")[-1]["issuer"] == self.test.issuer
        assert browser.good("GET", "/me/identities")["identities"][0]["used_at"]
        # Whoever signs in gets another session, and the one that came with the browser ends.
        before = browser.jar["holdfast"]
        browser.sign_in_by()
        assert browser.jar["holdfast"] != before
        old = Browser(self.port)
        old.jar["holdfast"] = before
        old.refused(401, "not_signed_in", "GET", "/me")
        # auth_time is when he proved who he is; what asks for a proof counts from there.
        browser.good("POST", "/me/tokens", {"name": "t", "days": 1}, 201)
        self.test.behave(claims={"auth_time": int(time.time()) - 3600})
        browser.sign_in_by()
        browser.refused(403, "denied", "POST", "/me/second-factor")
        self.test.behave(claims={"auth_time": None})
        browser.sign_in_by()
        browser.refused(403, "denied", "POST", "/me/second-factor")
        self.test.behave()
        assert browser.query_of(browser.away(fresh="true"))["max_age"] == "0"
        browser.sign_in_by(fresh="true")
        browser.good("POST", "/me/second-factor")
        self.test.behave(claims={"auth_time": int(time.time()) - 600})
        browser.sign_in_by(fresh="true", status=403, problem="denied")
        # A secret in the form, for a provider that takes no other way.
        self.fresh()
        self.test.behave(discovery={"token_endpoint_auth_methods_supported": ["client_secret_post"]})
        Browser(self.port).sign_in_by()
        self.fresh()
        self.test.behave(discovery={"authorization_response_iss_parameter_supported": True}, back={"iss": self.test.issuer})
        Browser(self.port).sign_in_by()
        self.test.behave(back={"iss": None})
        Browser(self.port).sign_in_by(status=403, problem="denied")
        self.test.behave(back={"iss": self.more.issuer})
        Browser(self.port).sign_in_by(status=403, problem="denied")

    def way(self):
        """What a browser may not be made to do."""
        self.fresh()
        self.test.behave()
        browser = Browser(self.port)
        for path in ("//evil.example", "https://evil.example", "/\\evil.example", "evil", "", "/a\tb", "/x//y", "/.//e",
                     "javascript:alert(1)", "/a\r\nSet-Cookie: x=y", "/" + "x" * 1100):
            answer = browser.ask("GET", "/sign-in/oidc/test?" + "return_to=" + "".join("%%%02x" % b for b in path.encode()))
            assert answer.status == 400, (path, answer.status, answer.text)
        browser.refused(404, "not_found", "GET", "/sign-in/oidc/none")
        browser.refused(400, "usage", "GET", "/sign-in/oidc/test?no-such=1")
        browser.refused(400, "usage", "GET", "/sign-in/oidc/test?fresh=1")
        browser.refused(404, "not_found", "GET", "/sign-in/oidc/none/callback")
        # Another's answer in this browser: none was begun, another was, or by another provider.
        other = Browser(self.port)
        theirs = other.there(other.away())
        Browser(self.port).back(theirs, 403, "denied")
        browser.away()
        browser.back(theirs, 403, "denied")
        browser.away("more")
        browser.back(theirs, 403, "denied")
        browser.jar["holdfast-sign-in"] = other.jar["holdfast-sign-in"][:-2] + "xx"
        browser.back(theirs, 403, "denied")
        browser.jar["holdfast-sign-in"] = "x" * 9000
        browser.back(theirs, 403, "denied")
        other.back(theirs.replace("/test/", "/more/"), 403, "denied")
        other.back(re.sub("state=[^&]*", "state=x", theirs), 403, "denied")
        other.back(re.sub("state=[^&]*&", "", theirs), 403, "denied")
        other.back(re.sub("code=[^&]*&", "", theirs), 403, "denied")
        assert "access_denied" in other.back(theirs + "&error=access_denied", 403, "denied")["detail"]
        assert "<script>" not in other.back(theirs + "&error=%3Cscript%3E", 403, "denied")["detail"]
        assert not [e for e in self.events("sign_in_blocked") if e.get("how") == "address"]
        other.back(theirs)
        other.back(theirs, 403, "denied")  # the cookie is gone
        assert Browser(self.port).query_of(Browser(self.port).away())["redirect_uri"] == \
            "http://localhost:8700/api/v1/sign-in/oidc/test/callback"

    def hup(self, config, words):
        """Tells the server of another file; what its log says of that."""
        with open("oidc.yaml", "w", encoding="utf-8") as file:
            file.write(config)
        said = lambda: [line for line in open("serve.log", encoding="utf-8") if '"event":"providers_reload"' in line]
        before = len(said())
        self.server.process.send_signal(signal.SIGHUP)
        for _ in range(400):
            if len(said()) > before:
                assert words in said()[-1], said()[-1]
                return said()[-1]
            time.sleep(0.05)
        raise AssertionError("it does not read its providers again")

    def reload(self):
        """SIGHUP: other providers from then on, also for who is on his way; a bad file is refused, and nothing changes."""
        self.fresh()
        self.test.behave()
        names = lambda: [p["name"] for p in Client(self.port).good("GET", "/sign-in/providers")["providers"]]
        with open("oidc.yaml", encoding="utf-8") as file:
            whole = file.read()
        self.link("ann", "user-1")
        away, gone = Browser(self.port), Browser(self.port)
        there, lost = away.there(away.away()), gone.there(gone.away())
        one = '\n'.join(whole.split("\n")[:2]) + '\n'
        self.hup(one.replace("Company", "Our"), "were read again")
        assert Client(self.port).good("GET", "/sign-in/providers").json == {"providers": [{"name": "test", "label": "Our account"}]}
        away.back(there)
        assert away.good("GET", "/me")["name"] == "ann"
        gone.refused(404, "not_found", "GET", "/sign-in/oidc/more")
        for bad, line, why in ((one + "- {name: more}\n", 3, "issuer"), (whole.replace("label", "lable"), 2, "did you mean 'label'"),
                               (whole.replace("client_secret_file: secret\n", "client_secret_file: nowhere\n"), 6, "nowhere"), ("providers: [", 2, "did not find")):
            said = self.hup(bad, "stay")
            assert "oidc.yaml:%d:" % line in said and why in said, said
            assert names() == ["test"]
        self.hup(one.replace("test, label", "other, label"), "were read again")
        gone.back(lost, 404, "not_found")
        self.hup(whole, "were read again")
        assert names() == ["test", "more", "untrusted", "nobody"]
        Browser(self.port).sign_in_by()

    def tokens(self):
        """JWT tricks: each is refused, and nobody signed in. Then the same browser does with a token that holds."""
        p, now = self.test, int(time.time())
        stranger = Key("RSA", "stranger")
        known = Key("RSA", "rsa")  # another key with the name of a known one
        tricks = {
            "is not signed with RS256": [
                dict(algorithm="none"), dict(algorithm="none", head={"alg": "None"}), dict(head={"alg": None}),
                dict(head={"alg": 7}), dict(head={"alg": "RS512"}),
                # Keys that an attacker knows, or the client, used as if they were secrets.
                dict(algorithm="HS256", hmac=lambda p: p.keys[0].public),
                dict(algorithm="HS256", hmac=lambda p: p.keys[0].jwk()["n"].encode()),
                dict(algorithm="HS256", hmac=lambda p: SECRET.encode(), head={"kid": None})],
            "signature does not hold": [
                dict(head={"alg": "PS256"}), dict(key=known), dict(signature=lambda s: s[:-1]), dict(signature=lambda s: b""),
                dict(signature=lambda s: s + b"\0"), dict(head={"kid": None}, signature=lambda s: s[:-1] + bytes([s[-1] ^ 1])),
                dict(algorithm="ES256", signature=lambda s: bytes(64)),
                dict(algorithm="ES256", signature=lambda s: b"\x30\x44\x02\x20" + s[:32] + b"\x02\x20" + s[32:])],
            "none of the provider's": [
                dict(head={"alg": "ES256"}), dict(key=stranger), dict(key=stranger, head={"jwk": stranger.jwk()}),
                dict(key=stranger, head={"jku": p.issuer + "/evil", "x5u": p.issuer + "/evil"})],
            "critical": [dict(head={"crit": ["exp"]})],
            "payload is not encoded": [dict(head={"b64": False}), dict(head={"zip": "DEF"})],
            "another type": [dict(head={"typ": "at+jwt"}), dict(head={"typ": 7})],
            "name of its key": [dict(head={"kid": 7})],
            "'iss'": [dict(claims={"iss": iss}) for iss in (self.more.issuer, p.issuer + "/", None, [p.issuer])],
            "'aud'": [dict(claims={"aud": aud}) for aud in ("other", None, [], ["holdfast", "other"], {"holdfast": 1})],
            "'azp'": [dict(claims={"azp": "other"})],
            "'exp'": [dict(claims={"exp": exp}) for exp in (now - 120, None, str(now + 300), 1e300, -1, 0)],
            "'iat'": [dict(claims={"iat": iat}) for iat in (now + 600, now - 7200, None)],
            "'nbf'": [dict(claims={"nbf": now + 600})],
            "'auth_time'": [dict(claims={"auth_time": now + 600}), dict(claims={"auth_time": "now"})],
            "'nonce'": [dict(claims={"nonce": nonce}) for nonce in ("x" * 43, None, "", 7)],
            "'at_hash'": [dict(claims={"at_hash": "x"}), dict(answer={"access_token": None})],
            "'sub'": [dict(claims={"sub": sub}) for sub in (None, 1, "", "x" * 256, "user-1\n", "\u00fcser")],
            "no login": [dict(claims={"sub": "user-9"}), dict(claims={"sub": "USER-1"})],
            "too long": [dict(claims={"x": "x" * 70000})],
            "says is no JSON": [dict(claims={"x": deep(40)}), dict(claims={"sub": "user-1\0"})],
            "sent no token": [dict(answer={"id_token": None}), dict(answer={"id_token": 7})],
            "three parts": [dict(answer={"id_token": token}) for token in ("", "e30.e30", "e30.e30.e30.e30", "e30.e30.e30.e30.e30")],
            "head is no JSON": [dict(answer={"id_token": token}) for token in (
                "!!.e30.e30", "e30=.e30.e30", "eyJhbGciOiJSUzI1NiIsImFsZyI6Im5vbmUifQ.e30.e30")],
        }
        tricks = [(reason, faults) for reason, list in tricks.items() for faults in list]
        for i, (reason, faults) in enumerate(tricks):
            if i % 15 == 0:
                self.fresh()
            p.behave(**faults)
            browser = Browser(self.port)
            answer = browser.back(browser.there(browser.away()), 403, "denied")
            assert reason in answer["detail"] and "holdfast" not in browser.jar, (reason, faults, answer.text)
        p.behave()
        browser.sign_in_by()
        assert "/evil" not in p.asked
        # What a client must be able to bear.
        for faults in (dict(claims={"aud": ["holdfast"], "azp": "holdfast"}), dict(claims={"at_hash": None}),
                       dict(claims={"exp": now + 1.5 + 300}), dict(head={"typ": None}), dict(claims={"exp": int(time.time()) - 20}),
                       dict(algorithm="ES256", head={"kid": None}), dict(answer={"access_token": None}, claims={"at_hash": None})):
            p.behave(**faults)
            browser.sign_in_by()
        # A secret that is another one, a code that is used.
        p.behave(at=("/token",), what={"error": "invalid_grant"}, status=400)
        assert "invalid_grant" in browser.sign_in_by(status=403, problem="denied")["detail"]

    def keys(self):
        """A new key is looked for, and not at every token; one that was withdrawn is none."""
        p = self.test
        self.fresh()
        p.behave()
        browser = Browser(self.port)
        browser.sign_in_by()
        asked = p.asked.count("/keys")
        new = Key("RSA", "new")
        p.keys.append(new)
        p.behave(key=new)
        for _ in range(3):
            browser.sign_in_by(status=403, problem="denied")
        assert p.asked.count("/keys") == asked, "keys were looked for at once"
        self.fresh()
        browser = Browser(self.port)
        browser.sign_in_by()
        browser.sign_in_by()
        assert p.asked.count("/keys") == asked + 1
        # More keys than anybody needs, weak ones, and those for something else.
        for keys, status in (([{"kty": "RSA"}] * 101, 503), ("x", 503), ([{**new.jwk(), "use": "enc"}], 403),
                             ([{**new.jwk(), "alg": "PS256"}], 403), ([{**new.jwk(), "key_ops": ["encrypt"]}], 403),
                             ([{**new.jwk(), "n": new.jwk()["n"][:100]}], 403), ([{**new.jwk(), "e": "AQ"}], 403),
                             ([{**new.jwk(), "kid": 7}, [], None, 3], 403)):
            self.fresh()
            p.behave(key=new, keys=keys)
            Browser(self.port).sign_in_by(status=status, problem="denied" if status == 403 else "busy")
        p.keys.remove(new)
        p.behave()

    def answers(self):
        """A provider that is down, slow, talks too much or sends elsewhere: 503, soon, and nothing was followed."""
        p = self.test
        config = "/.well-known/openid-configuration"
        long = b" " * 10485760
        cases = [(dict(at=(config,), what=long), config), (dict(at=("/token",), what=long), "/token"),
                 (dict(at=("/keys",), what=long), "/keys"), (dict(at=(config,), what="headers"), config),
                 (dict(at=(config,), what=b"no json"), config), (dict(at=("/token",), what=b"no json"), "/token"),
                 (dict(at=("/keys",), what=b"[]"), "/keys"), (dict(at=(config,), what={}, status=500), config),
                 (dict(at=("/token",), what={}, status=500), "/token"), (dict(at=("/keys",), what={}, status=404), "/keys"),
                 (dict(discovery={"issuer": self.more.issuer}), config),
                 (dict(discovery={"token_endpoint": "http://id.example.org/token"}), config),
                 (dict(discovery={"jwks_uri": "file:///etc/passwd"}), config),
                 (dict(discovery={"authorization_endpoint": "javascript:alert(1)"}), config),
                 (dict(discovery={"authorization_endpoint": None}), config),
                 (dict(discovery={"code_challenge_methods_supported": ["plain"]}), config),
                 (dict(discovery={"token_endpoint_auth_methods_supported": ["private_key_jwt"]}), config)]
        for page in (config, "/token", "/keys"):
            cases.append((dict(at=(page,), what="redirect", to=p.issuer + "/evil"), page))
        for faults, page in cases:
            self.fresh()
            p.behave(**faults)
            browser = Browser(self.port)
            if page == config:
                browser.refused(503, "busy", "GET", "/sign-in/oidc/test")
            else:
                browser.sign_in_by(status=503, problem="busy")
        assert "/evil" not in p.asked
        self.fresh()
        browser = Browser(self.port)
        browser.refused(503, "busy", "GET", "/sign-in/oidc/nobody")
        answer = browser.ask("GET", "/sign-in/oidc/untrusted")
        assert answer.status == 503 and "certificate" in answer["detail"], answer.text
        # One that failed is left alone for a moment; others are there meanwhile.
        p.behave(at=(config,), what={}, status=500)
        asked = p.asked.count(config)
        for _ in range(3):
            browser.refused(503, "busy", "GET", "/sign-in/oidc/test")
        assert p.asked.count(config) == asked + 1
        browser.away("more")
        for what in ("slow", "drip"):
            self.fresh()
            p.behave(at=(config,), what=what, seconds=30)
            began = time.monotonic()
            Browser(self.port).refused(503, "busy", "GET", "/sign-in/oidc/test")
            assert 8 < time.monotonic() - began < 25, time.monotonic() - began
        p.behave()

    def persons(self):
        """Linking by address and by the owner, second factors, and logins that may not sign in."""
        p = self.more
        self.fresh()
        claims = {"oid": "oid-1", "email": "Ann@Corp.example", "email_verified": True}
        browser = Browser(self.port)
        for fault in ({"email_verified": False}, {"email_verified": "true"}, {"email": "x@corp.example"},
                      {"email": "ann@corp.example\u0000"}, {"oid": None}):
            p.behave(claims={**claims, **fault})
            browser.sign_in_by("more", status=403, problem="denied")
        p.behave(claims=claims)
        browser.sign_in_by("more")
        assert browser.good("GET", "/me")["name"] == "ann@corp.example"
        assert self.events("identity_linked")[-1]["how"] == "email"
        # Once: the next account with that address is another one.
        p.behave(claims={**claims, "oid": "oid-2"})
        Browser(self.port).sign_in_by("more", status=403, problem="denied")
        # The other provider does not link by address.
        self.test.behave(claims={"sub": "user-7", "email": "eve", "email_verified": True})
        Browser(self.port).sign_in_by(status=403, problem="denied")
        # The owner links, from a session; the way back needs that session still.
        self.fresh()
        eve = Browser(self.port)
        eve.good("POST", "/session", {"name": "eve", "password": self.password})
        eve.refused(403, "denied", "POST", "/me/identities", {"provider": "more"}, Origin="http://evil.example")
        eve.refused(404, "not_found", "POST", "/me/identities", {"provider": "none"})
        eve.refused(400, "usage", "POST", "/me/identities", {"provider": "more", "return_to": "//evil.example"})
        p.behave(claims={"oid": "oid-1"})
        eve.back(eve.there(eve.good("POST", "/me/identities", {"provider": "more"})["url"]), 409, "conflict")
        p.behave(claims={"oid": "oid-3"})
        back = eve.there(eve.good("POST", "/me/identities", {"provider": "more", "return_to": "/me"})["url"])
        assert eve.back(back).headers["refresh"] == "0;url=/me"
        assert self.events("identity_linked")[-1]["how"] == "owner"
        link = eve.good("GET", "/me/identities")["identities"][0]
        assert link["subject"] == "oid-3" and link["used_at"] is None
        back = eve.there(eve.good("POST", "/me/identities", {"provider": "more"})["url"])
        Browser(self.port).back(back, 403, "denied")
        eve.good("DELETE", "/session", status=204)
        eve.back(back, 403, "denied")
        eve.sign_in_by("more")
        # Its end, by its owner and by an administrator; the latter ends all sessions.
        eve.refused(404, "not_found", "DELETE", "/me/identities/1")
        eve.refused(404, "not_found", "DELETE", "/me/identities/x")
        eve.good("DELETE", "/me/identities/%d" % link["id"], status=204)
        Browser(self.port).sign_in_by("more", status=403, problem="denied")
        assert self.link("eve", "oid-3", "more").status == 201
        eve.sign_in_by("more")
        eve.refused(403, "denied", "GET", "/users/ann/identities")
        eve.refused(403, "denied", "POST", "/users/ann/identities", {"provider": "more", "subject": "oid-4"})
        link = self.root.good("GET", "/users/eve/identities")["identities"][0]
        self.root.refused(404, "not_found", "DELETE", "/users/ann/identities/%d" % link["id"])
        self.root.good("DELETE", "/users/eve/identities/%d" % link["id"], status=204)
        eve.refused(401, "not_signed_in", "GET", "/me")
        # Who is disabled, and nobody's session stays.
        assert self.link("gone", "oid-5", "more").status == 201
        p.behave(claims={"oid": "oid-5"})
        gone = Browser(self.port)
        gone.sign_in_by("more")
        self.root.good("PATCH", "/users/gone", {"enabled": False})
        gone.refused(401, "not_signed_in", "GET", "/me")
        gone.sign_in_by("more", status=403, problem="denied")
        # A second factor that roles ask for: there, or here as after a password.
        assert self.link("root", "oid-6", "more").status == 201
        for claims in ({"amr": ["pwd", "otp"]}, {"acr": "phr"}):
            p.behave(claims={"oid": "oid-6", **claims})
            root = Browser(self.port)
            root.sign_in_by("more")
            assert root.good("GET", "/me")["second_factor"] and root.good("GET", "/users")
        for claims in ({"amr": ["pwd"]}, {"amr": "otp"}, {"acr": ["phr"]}, {"acr": "otp"}, {}):
            p.behave(claims={"oid": "oid-6", **claims})
            root = Browser(self.port)
            root.sign_in_by("more")
            assert root.good("GET", "/me")["second_factor_due"]
            root.refused(403, "denied", "GET", "/users")
        assert self.events("provider_accepted")[-1]["login"] == "root"
        root.good("POST", "/session/second-factor", {"code": code(self.secret, 1)})
        root.good("GET", "/users")

    def often(self):
        """Whose sign-ins a provider does not hold waits, as with passwords."""
        self.fresh()
        self.test.behave(claims={"sub": "user-9"})
        browser = Browser(self.port)
        for _ in range(20):
            browser.sign_in_by(status=403, problem="denied")
        answer = browser.refused(429, "too_often", "GET", "/sign-in/oidc/test")
        assert int(answer.headers["retry-after"]) > 0
        assert self.events("sign_in_failed")[-1]["how"] == "oidc"
        self.test.behave()

    def glewlwyd(self):
        """A provider that others made, as it is delivered."""
        real = Glewlwyd("http://localhost:8700/api/v1/sign-in/oidc/real/callback")
        try:
            self.server.stop()
            with open("oidc.yaml", "a", encoding="utf-8") as file:
                file.write('- {name: real, issuer: "%s", client_id: holdfast, client_secret_file: real}\n' % real.issuer)
            # It takes a secret as it came, where RFC 6749 wants it decoded; of letters and digits both are the same.
            with open("real", "w", encoding="utf-8", opener=lambda *a: os.open(*a, mode=0o600)) as file:
                file.write("letters-and-digits-7")
            self.server.start()
            self.port = self.root.port = self.server.port
            browser = Browser(self.port)
            browser.back(real.there(browser.away("real")), 403, "denied")
            eve = Browser(self.port)
            eve.good("POST", "/session", {"name": "eve", "password": self.password})
            eve.back(real.there(eve.good("POST", "/me/identities", {"provider": "real"})["url"]))
            link = eve.good("GET", "/me/identities")["identities"][0]
            assert link["issuer"] == real.issuer and link["subject"], link
            back = real.there(browser.away("real"))
            browser.back(back)
            assert browser.good("GET", "/me")["name"] == "eve"
            # A code is good once, and with the proof key of the browser that asked for it.
            fresh = Browser(self.port)
            url = fresh.away("real")
            other = Browser(self.port)
            mixed = re.sub("code=[^&]*", re.search("code=[^&]*", real.there(other.away("real"))).group(), real.there(url))
            assert "does not take its code" in fresh.back(mixed, 403, "denied")["detail"]
        finally:
            real.stop()


def deep(levels):
    return [deep(levels - 1)] if levels else []


def run(topics, password):
    cases = Cases(password)
    try:
        if "ordinary" not in topics:
            cases.link("ann", "user-1")
        for name in topics:
            getattr(cases, name)()
        cases.server.stop()
    finally:
        cases.server.process.kill()
