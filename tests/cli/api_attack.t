# What an attacker sends to the API, signed in or not: nothing of it is run, believed or shown to whom it is not for.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 1 --seed 1
api_logins
api_all
printf '%s\n' "$PASSWORD" | ok holdfast user password all --home ws
serve_start

ONE=$one api '
from exercise import Exercise
from raw import get, dial, read
one = os.environ["ONE"]

def token(name):
    who = Client(port)
    who.sign_in(name, PASSWORD)
    return Client(port, who.good("POST", "/me/tokens", {"name": "t", "days": 1, "writes": True}, 201)["token"])
all, contact = token("all"), token("contact")

# Scripts in every field of every register come back as they are, as JSON that no browser takes for a page.
script = "<script>alert(1)</script>\u0027\"><img src=x onerror=alert(1)>"
class Scripts(Exercise):
    def value(self, schema):
        value = super().value(schema)
        return script if value == "some text" else value
probe = Scripts(all)
marked = 0
for operation in Description.of(port).operations:
    if operation.id.startswith("make_") or (operation.method == "POST" and operation.path.endswith("/records")):
        values = probe.values(operation.row["requestBody"]["content"]["application/json"]["schema"])
        values["key"] = script
        made = all.ask_at("POST", operation.path, values)
        assert made.status == 201, (operation.path, made.status, made.text)
        for path in (made.headers["location"], made.headers["location"] + "/history"):
            back = all.ask_at("GET", path)
            assert back.status == 200 and back.headers["content-type"] == "application/json", path
            assert back.headers["x-content-type-options"] == "nosniff"
            assert "unsafe" not in back.headers["content-security-policy"]
        told = all.ask_at("GET", made.headers["location"])
        assert told["key"] == script
        marked += sum(told[name] == script for name in values)
assert marked > 100, marked
print("note: %d fields with a script" % marked)
# And what is wrong with a question is told in JSON, too.
quoted = "%3Cscript%3Ealert(1)%3C/script%3E"
for path in ("/registers/%s", "/records/%s", "/registers/account/records?filter=%s", "/registers/account/records?sort=%s",
             "/registers/account/records?fields=%s", "/registers/account/records?after=%s", "/cells?obligation=%s", "/%s", "/me?%s=1"):
    answer = all.get(path % quoted.replace("/", "%2F" if "?" not in path else "/"))
    assert answer.status in (400, 404, 422) and answer.headers["content-type"] == "application/problem+json", (path, answer.status)

# Nobody is sent elsewhere, whatever host or next page is asked for.
for path in ("/me?next=//evil.example", "/session?redirect=http://evil.example/", "//evil.example/%2e%2e", "/%5cevil.example"):
    assert all.get(path).status in (400, 404, 405), path
made = all.ask("POST", "/registers/incident/records", {"organisation": one}, Host="evil.example", X_Forwarded_Host="evil.example")
assert made.status == 201 and made.headers["location"].startswith("/api/v1/records/INC-"), made.headers

# A session that somebody else chose is none, before and after signing in.
chosen = "hfs_" + "ab" * 32
victim = Client(port)
victim.cookie = "holdfast=" + chosen
signed = victim.good("POST", "/session", {"name": "contact", "password": PASSWORD})
assert chosen not in signed.headers["set-cookie"] and "hfs_" in signed.headers["set-cookie"]
attacker = Client(port)
attacker.cookie = "holdfast=" + chosen
attacker.refused(401, "not_signed_in", "GET", "/me")

# Pages of other sites: no leave to read, and no form that passes.
for origin in ("http://evil.example", "null", "http://127.0.0.1:%d.evil.example" % port, "http://127.0.0.1"):
    victim.refused(403, "denied", "POST", "/me/tokens", {"name": "t", "days": 1}, Origin=origin)
    for method in ("GET", "OPTIONS"):
        reply = get(port, "/api/v1/me", "Origin: " + origin, "Access-Control-Request-Method: POST", method=method)
        assert not [name for name in reply.headers if name.startswith("access-control-")], reply.headers
for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
    victim.refused(415, "media_type_not_supported", "POST", "/me/tokens", "{\"name\": \"t\", \"days\": 1}", Content_Type=kind)

# Numbers of records tell nothing: what is another organisation\u0027s is answered as what never was.
nothing = contact.refused(404, "not_found", "GET", "/records/PER-99999999")["detail"].replace("PER-99999999", "X")
seen = 0
for i in range(1, 200):
    answer = contact.get("/records/PER-%d" % i)
    if answer.status == 200:
        assert answer["organisation"]["key"] == one
        seen += 1
    else:
        assert answer.status == 404 and answer["detail"].replace("PER-%d" % i, "X") == nothing, answer.text
assert 0 < seen < 199, seen
for name in ("0", "-1", "PER-0", "PER--1", "PER-1x", "PER-1%00", "per-1", "PER-01", "PER-99999999999999999999", "1", "ACC-", "%2e%2e", "PER-1/..", "PER-+1"):
    assert contact.get("/records/" + name).status in (400, 404), name

# What Holdfast sets itself is not taken from anybody.
incident = all.good("POST", "/registers/incident/records", {"organisation": one}, 201)
for name, value in {"id": "INC-1", "row_version": 9, "recorded_from": "2020-01-01T00:00:00Z", "recorded_by": "user:som", "feed": "hr",
                    "retired": True, "register": "person", "delivered": 0, "salt": "x", "key": "x", "organisation": one, "__proto__": {}}.items():
    all.refused(422, "invalid", "PATCH", "/records/" + incident["id"], {name: value}, If_Match=incident.headers["etag"])
for body in ({"administrator": True}, {"login": 1}, {"id": 1}, {"expires_at": "2099-01-01"}):
    victim.refused(422, "invalid", "POST", "/me/tokens", {"name": "t", "days": 1, **body})
contact.refused(403, "denied", "PATCH", "/users/contact", {"administrator": True})
contact.refused(403, "denied", "POST", "/users", {"name": "eve", "administrator": True})

# Into filter, order, fields and cursor.
from urllib.parse import urlencode
total = all.good("GET", "/registers/account/records?limit=1")["total"]
for text in ("x\u0027 or \u00271\u0027=\u00271", "x\"; drop table account; --", "1); select pg_sleep(9); --", "key=x union select * from login",
             "(select password from login)", "key,(select 1)", "key desc, password", "\\", "%", "_", "key=\u0027\u0027", "rowid", "account.key", "\u0660"):
    for name in ("filter", "sort", "fields", "after"):
        answer = all.get("/registers/account/records?" + urlencode({name: text}))
        assert answer.status == 422 or (name == "filter" and answer["total"] == 0), (name, text, answer.status, answer.text[:200])
    answer = all.good("GET", "/registers/account/records?" + urlencode({"filter": "login=\"%s\"" % text.replace("\"", "")}))
    assert answer["total"] == 0, (text, answer["total"])
assert all.good("GET", "/registers/account/records?limit=1")["total"] == total

# Bodies.
path = "/registers/incident/records"
text = lambda value: b"{\"client_reference\": " + value + b"}"
# (Of ten megabytes the head is enough: it is refused before any of it is read.)
long = dial(port)
long.sendall(("POST /api/v1%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
              "Content-Length: 10000000\r\n\r\n" % (path, all.token)).encode())
reply = read(long)
assert reply.status == 413 and reply.problem == "body_too_large", reply.body
assert all.ask("POST", path, text(b"\"" + b"x" * 1000000 + b"\"")).status in (413, 422)
for bad in (b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\x80", b"\xc3", b"\\ud800", b"\\udc00x",
            b"\\u0000", b"\x00", b"\n", b"\\x41"):
    answer = all.ask("POST", path, text(b"\"" + bad + b"\""))
    assert answer.status in (400, 422), (bad, answer.status, answer.text)
# What is right there is taken, so that it is the value that is refused.
assert all.ask("POST", path, text(b"\"x\"")).status == 201
all.good("POST", "/registers/asset/records", {"impact_level": 3}, 201)
for number in (b"1e400", b"-1e400", b"1" * 400, b"9223372036854775808", b"-9223372036854775809", b"1.5", b"1e3", b"0x10", b"01", b"NaN", b"Infinity", b"true", b"[]", b"{}"):
    answer = all.ask("POST", "/registers/asset/records", b"{\"impact_level\": " + number + b"}")
    assert answer.status in (400, 422), (number, answer.status, answer.text)
for nested in (b"[" * 100 + b"]" * 100, b"{\"a\":" * 100 + b"1" + b"}" * 100, b"[" * 100000):
    answer = all.ask("POST", path, text(nested))
    assert answer.status in (400, 422), answer.text
for body in (b"", b" ", b"null", b"1", b"\"x\"", b"[]", b"{", b"{}x", b"{\"a\":1,}", b"{\u0027a\u0027:1}", b"{\"key\":\"a\",\"key\":\"b\"}", b"\xef\xbb\xbf{}", "{}".encode("utf-16")):
    assert all.ask("POST", path, body).status == 400, body
assert all.get("/me").status == 200
'
serve_stop
grep -v '"event":"request"' serve.log | grep '"level":"error"' && fail 'the server met an error of its own'
! grep -q '"status":5' serve.log || fail "an attack met a fault: $(grep -m 1 '"status":5' serve.log)"
ok holdfast verify --home ws
