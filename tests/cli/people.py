"""people.py -- every route about people: signing in, oneself, logins."""
from authenticator import Authenticator
from client import Client, code
from described import Description
from scim import routes
from provider import Browser

GROUPS = ("signing in", "me", "users")


def bodies(who):
    """Each body that is none of what the description asks for is refused before anything is done."""
    for operation in Description.of(who.port).operations:
        if operation.group not in GROUPS or "requestBody" not in operation.row:
            continue
        target = operation.path.replace("{user}", "bob")
        validator = Description.of(who.port).validator
        schema = validator.whole(operation.row["requestBody"]["content"]["application/json"]["schema"])
        for body, status in (("{", 400), ("[]", 400), ({"no-such": 1}, 422)):
            answer = who.ask_at(operation.method, target, body)
            assert answer.status == status, (operation.id, body, answer.status, answer.text)
        assert who.ask_at(operation.method, target, "x", Content_Type="text/plain").status == 415
        for name in schema["properties"]:
            body = {other: 1 if schema["properties"][other]["type"] == "integer" else "text"
                    for other in schema["required"]}
            answer = who.ask_at(operation.method, target, {**body, name: {}})
            assert answer.status == 422 and answer["field"] == name, (operation.id, name, answer.status, answer.text)


def strangers(port):
    for operation in Description.of(port).operations:
        if operation.group not in GROUPS or operation.public:
            continue
        target = operation.path.replace("{user}", "bob").replace("{session}", "1").replace("{token}", "1").replace("{identity}", "1").replace("{key}", "1")
        body = {} if "requestBody" in operation.row else None
        for token in (None, "hft_" + "0" * 40):
            answer = Client(port, token).ask_at(operation.method, target, body)
            assert answer.status == 401, (operation.id, answer.status, answer.text)


def security_keys(who, name, password):
    """Registers a key, and signs in with it. Browsers know this machine only as localhost."""
    site = {"Host": "localhost:%d" % who.port}
    offer, keys = "/me/security-keys/options", "/me/security-keys"
    ask, answer = "/session/security-key/options", "/session/security-key"
    who.refused(409, "conflict", "POST", offer)
    who.refused(404, "not_found", "POST", ask, **site)
    soft = Authenticator("localhost", "http://localhost:%d" % who.port)
    asked = who.good("POST", offer, **site)
    made = soft.register(asked["challenge"], "a soft one")
    who.refused(422, "invalid", "POST", keys, {**made, "attestation": "no base64!"}, **site)
    who.refused(403, "denied", "POST", keys, soft.register(asked["challenge"][::-1], "a soft one"), **site)
    elsewhere = Authenticator("localhost", "http://evil.example").register(asked["challenge"], "far")
    who.refused(403, "denied", "POST", keys, elsewhere, **site)
    assert len(who.good("POST", keys, made, 201, **site)["recovery_codes"]) == 10
    who.refused(403, "denied", "POST", keys, made, **site)

    second = Client(who.port)
    assert second.good("POST", "/session", {"name": name, "password": password})["second_factor_due"]
    second.refused(403, "denied", "GET", keys)
    second.refused(409, "conflict", "POST", ask)
    asked = second.good("POST", ask, **site)
    assert asked["rpId"] == "localhost" and [key["id"] for key in asked["allowCredentials"]]
    said = soft.answer(asked["challenge"])
    second.refused(409, "conflict", "POST", answer, said)
    second.refused(422, "invalid", "POST", answer, {**said, "signature": ""}, **site)
    before = second.cookie
    assert not second.good("POST", answer, said, **site)["second_factor_due"]
    assert second.cookie != before
    second.refused(403, "denied", "POST", answer, said, **site)
    own = second.good("GET", keys)["keys"]
    assert [key["name"] for key in own] == ["a soft one"] and own[0]["used_at"]
    second.refused(404, "not_found", "DELETE", keys + "/nothing")
    second.good("DELETE", "%s/%s" % (keys, own[0]["id"]), status=204)
    second.good("DELETE", "/session", status=204)


def people(port, password, link):
    """Makes ann by the link, an administrator, and bob. Gives ann, signed in."""
    other = "another long pass phrase"
    ann = Client(port)
    ann.good("POST", "/first", {"link": link, "name": "ann", "password": password}, 204)
    ann.refused(403, "denied", "POST", "/first", {"link": link, "name": "eve", "password": password})
    ann.refused(403, "denied", "POST", "/session", {"name": "ann", "password": "not the right one"})
    ann.good("POST", "/session", {"name": "ann", "password": password})
    secret = ann.good("POST", "/me/second-factor")["secret"]
    ann.refused(403, "denied", "POST", "/me/second-factor/confirm", {"code": "000000"})
    ann.good("POST", "/me/second-factor/confirm", {"code": code(secret)})
    ann.good("GET", "/me")
    bodies(ann)
    strangers(port)

    # Whom a login can be given to, though no role lets her see them.
    found = ann.good("GET", "/owners?of=organisation&q=harrow")["owners"]
    assert [(o["register"], o["key"]) for o in found] == [("organisation", "harrowmere")], found
    people = ann.good("GET", "/owners?of=person&q=10")["owners"]
    assert 0 < len(people) <= 12 and {o["register"] for o in people} == {"person"}, people
    for one in people:
        assert set(one) == {"id", "register", "key", "title"}, one
        again = ann.good("GET", "/owners?of=person&q=" + one["key"])["owners"]
        assert one["id"] in [o["id"] for o in again], (one, again)
        ann.refused(404, "not_found", "GET", "/records/" + one["id"])
    assert ann.good("GET", "/owners?of=person&q=nobodyhasthis")["owners"] == []
    ann.refused(403, "denied", "GET", "/registers/person/records")
    ann.refused(400, "usage", "GET", "/owners?of=account&q=a")
    ann.refused(400, "usage", "GET", "/owners?of=person")
    ann.refused(413, "too_big", "GET", "/owners?of=person&q=" + "x" * 501)

    ann.good("POST", "/users", {"name": "bob"}, 201)
    ann.refused(409, "conflict", "POST", "/users", {"name": "bob"})
    ann.good("PATCH", "/users/bob", {"password": other})
    ann.good("GET", "/users")
    bob = Client(port)
    bob.good("POST", "/session", {"name": "bob", "password": other})
    bob.refused(403, "denied", "GET", "/users")
    bob.refused(403, "denied", "GET", "/owners?of=person&q=a")
    bob.refused(403, "denied", "POST", "/session/proof", {"password": "not the right one"})
    bob.good("POST", "/session/proof", {"password": other})
    bob.refused(403, "denied", "POST", "/me/password", {"old": "not the right one", "new": "yet another long one"})
    bob.refused(422, "invalid", "POST", "/me/password", {"old": other, "new": "short"})
    bob.good("POST", "/me/password", {"old": other, "new": "yet another long one"}, 204)
    bob.refused(403, "denied", "POST", "/me/recovery-codes")
    security_keys(bob, "bob", "yet another long one")

    codes = ann.good("POST", "/me/recovery-codes")["recovery_codes"]
    second = Client(port)
    second.good("POST", "/session", {"name": "ann", "password": password})
    second.refused(403, "denied", "POST", "/session/second-factor", {"code": "000000"})
    second.good("POST", "/session/second-factor", {"code": codes[0]})
    for session in ann.good("GET", "/me/sessions")["sessions"]:
        if not session["own"]:
            ann.good("DELETE", "/me/sessions/%d" % session["id"], status=204)
    ann.refused(404, "not_found", "DELETE", "/me/sessions/999999")
    second.refused(401, "not_signed_in", "GET", "/me")

    made = ann.good("POST", "/me/tokens", {"name": "reads tickets", "days": 1, "registers": ["ticket"]}, 201)
    ann.refused(422, "invalid", "POST", "/me/tokens", {"name": "t", "days": 1000})
    ann.good("GET", "/me/tokens")
    ann.good("DELETE", "/me/tokens/%d" % made["id"], status=204)
    ann.refused(404, "not_found", "DELETE", "/me/tokens/999999")

    ann.good("POST", "/users", {"name": "directory"}, 201)
    made = ann.good("POST", "/users/directory/tokens", {"name": "scim", "days": 1}, 201)
    ann.refused(422, "invalid", "POST", "/users/directory/tokens", {"name": "scim", "days": 1000})
    ann.refused(422, "invalid", "POST", "/users/ann/tokens", {"name": "scim", "days": 1})
    ann.refused(404, "not_found", "POST", "/users/nobody/tokens", {"name": "scim", "days": 1})
    routes(port, made["token"], "harrowmere")
    assert ann.good("GET", "/users/directory/tokens")["tokens"][0]["scim"]
    ann.refused(404, "not_found", "GET", "/users/nobody/tokens")
    ann.good("DELETE", "/users/directory/tokens/%d" % made["id"], status=204)
    ann.refused(404, "not_found", "DELETE", "/users/directory/tokens/999999")

    ann.good("DELETE", "/users/bob/second-factor", status=204)
    ann.good("DELETE", "/users/bob/sessions")
    ann.refused(404, "not_found", "DELETE", "/users/nobody/sessions")
    ann.refused(404, "not_found", "DELETE", "/users/nobody/second-factor")
    ann.refused(404, "not_found", "PATCH", "/users/nobody", {"enabled": True})
    bob.good("POST", "/session", {"name": "bob", "password": "yet another long one"})
    bob.good("DELETE", "/session", status=204)
    return ann


def providers(ann):
    """Signing in by the provider `test` (provider.py), to which ann links herself and bob."""
    browser = Browser(ann.port)
    assert [p["name"] for p in browser.good("GET", "/sign-in/providers")["providers"]] == ["test"]
    browser.refused(400, "usage", "GET", "/sign-in/providers?no-such=1")
    browser.refused(404, "not_found", "GET", "/sign-in/oidc/none")
    browser.sign_in_by(status=403, problem="denied")
    bob = ann.good("POST", "/users/bob/identities", {"provider": "test", "subject": "user-1"}, 201)["identities"][0]
    browser.sign_in_by()
    ann.good("GET", "/users/bob/identities")
    ann.refused(404, "not_found", "GET", "/users/nobody/identities")
    browser.good("GET", "/me/identities")
    browser.refused(400, "usage", "GET", "/me/identities?no-such=1")
    ann.refused(404, "not_found", "DELETE", "/users/bob/identities/1")
    ann.good("DELETE", "/users/bob/identities/%d" % bob["id"], status=204)
    browser.jar = dict([ann.cookie.split("=", 1)])
    browser.refused(404, "not_found", "POST", "/me/identities", {"provider": "none"})
    browser.back(browser.there(browser.good("POST", "/me/identities", {"provider": "test"})["url"]))
    own = browser.good("GET", "/me/identities")["identities"][0]
    browser.refused(404, "not_found", "DELETE", "/me/identities/1")
    browser.good("DELETE", "/me/identities/%d" % own["id"], status=204)
