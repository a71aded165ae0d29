# Signing in over the API: the first administrator, second factors, sessions, tokens, and who may look after logins.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast init --home ws
serve_start
api_first

api '
ann = Client(port)
ann.refused(401, "not_signed_in", "GET", "/me")
ann.refused(403, "denied", "POST", "/session", {"name": "ann", "password": "not the right one"})
ann.refused(403, "denied", "POST", "/session", {"name": "nobody", "password": "not the right one"})
ann.refused(422, "invalid", "POST", "/session", {"name": "ann"})
ann.refused(400, "usage", "POST", "/session", "{")
ann.refused(403, "denied", "POST", "/session", {"name": "ann", "password": PASSWORD}, Origin="http://evil.example")
ann.refused(403, "denied", "POST", "/session", {"name": "ann", "password": PASSWORD}, Sec_Fetch_Site="cross-site")
answer = ann.good("POST", "/session", {"name": "ann", "password": PASSWORD})
assert answer["enrolment_due"], answer.text
cookie = answer.headers["set-cookie"]
assert "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie

# Before the second factor is there nothing else goes.
ann.refused(403, "denied", "GET", "/users")
ann.refused(403, "denied", "GET", "/registers")
secret = ann.good("POST", "/me/second-factor")["secret"]
ann.refused(403, "denied", "POST", "/me/second-factor/confirm", {"code": "000000"})
before = ann.cookie
codes = ann.good("POST", "/me/second-factor/confirm", {"code": code(secret)})["recovery_codes"]
assert len(codes) == 10 and ann.cookie != before
me = ann.good("GET", "/me")
assert me["name"] == "ann" and me["administrator"] and me["second_factor"]
old = Client(port)
old.cookie = before
old.refused(401, "not_signed_in", "GET", "/me")

# A browser sends its cookie for any page: what changes something must come from a page of ours.
ann.refused(403, "denied", "POST", "/me/tokens", {"name": "t", "days": 1}, Origin="http://evil.example")
own = "http://127.0.0.1:%d" % port
token = ann.good("POST", "/me/tokens", {"name": "reads", "days": 1}, 201, Origin=own)["token"]
reader = Client(port, token)
assert reader.good("GET", "/me")["name"] == "ann"
reader.refused(403, "denied", "POST", "/registers/ticket/records", {})
reader.refused(403, "denied", "GET", "/users")
Client(port, token[:-1] + "x").refused(401, "not_signed_in", "GET", "/me")
number = ann.good("GET", "/me/tokens")["tokens"][0]["id"]
ann.good("DELETE", "/me/tokens/%d" % number, status=204)
reader.refused(401, "not_signed_in", "GET", "/me")
ann.refused(404, "not_found", "DELETE", "/me/tokens/999")

# Logins, by an administrator.
ann.good("POST", "/users", {"name": "bob"}, 201)
ann.refused(409, "conflict", "POST", "/users", {"name": "bob"})
ann.refused(422, "invalid", "POST", "/users", {"name": 7})
ann.refused(422, "invalid", "PATCH", "/users/bob", {"password": "short"})
ann.good("PATCH", "/users/bob", {"password": "another long pass phrase"})
bob = Client(port)
bob.good("POST", "/session", {"name": "bob", "password": "another long pass phrase"})
bob.refused(403, "denied", "GET", "/users")
bob.refused(403, "denied", "POST", "/users", {"name": "eve"})
ann.good("PATCH", "/users/bob", {"enabled": False})
bob.refused(401, "not_signed_in", "GET", "/me")
ann.refused(404, "not_found", "PATCH", "/users/nobody", {"enabled": False})

# A recovery code once, in another session, which the first one sees and ends.
other = Client(port)
other.good("POST", "/session", {"name": "ann", "password": PASSWORD})
other.good("POST", "/session/second-factor", {"code": codes[0]})
third = Client(port)
third.good("POST", "/session", {"name": "ann", "password": PASSWORD})
third.refused(403, "denied", "POST", "/session/second-factor", {"code": codes[0]})
sessions = ann.good("GET", "/me/sessions")["sessions"]
assert len(sessions) == 3 and sum(s["own"] for s in sessions) == 1, sessions
for s in sessions:
    if not s["own"]:
        ann.good("DELETE", "/me/sessions/%d" % s["id"], status=204)
other.refused(401, "not_signed_in", "GET", "/me")
ann.good("DELETE", "/session", status=204)
ann.refused(401, "not_signed_in", "GET", "/me")

# What another process does counts at once, however often it was asked before.
import subprocess
ann.good("POST", "/session", {"name": "ann", "password": PASSWORD})
ann.good("POST", "/session/second-factor", {"code": codes[1]})
reader = Client(port, ann.good("POST", "/me/tokens", {"name": "again", "days": 1}, 201)["token"])
def holdfast(*words):
    subprocess.run(["holdfast", "user", *words, "--home", "ws"], check=True, stdout=subprocess.DEVNULL)
for i in range(3):
    assert reader.good("GET", "/me")["administrator"] and ann.good("GET", "/me")["administrator"]
holdfast("add", "carl")
assert reader.good("GET", "/me")["name"] == "ann"
holdfast("promote", "carl")
holdfast("end-sessions", "ann")
ann.refused(401, "not_signed_in", "GET", "/me")
reader.good("GET", "/me")
holdfast("disable", "ann")
reader.refused(401, "not_signed_in", "GET", "/me")
holdfast("enable", "ann")
reader.good("GET", "/me")

# An error of a page is one line of the log, as long as it may be; a session that reports many waits, and no other does.
fault = {"message": "broken\n\"here\" \u2028" + "m" * 9000, "page": "/registers/account", "source": "/assets/x.js", "line": 7,
         "stack": "\u20ac" * 9000}
told = 0
while reader.post("/browser-errors", {"message": "again", "page": "/"}).status == 204:
    told += 1
    assert told <= 60
assert told >= 20
assert int(reader.refused(429, "too_often", "POST", "/browser-errors", fault).headers["retry-after"]) > 0
ann.good("POST", "/session", {"name": "ann", "password": PASSWORD})
ann.good("POST", "/browser-errors", fault, 204)
ann.refused(403, "denied", "POST", "/browser-errors", fault, Origin="http://evil.example")
Client(port).refused(401, "not_signed_in", "POST", "/browser-errors", fault)

# Who tries too often waits.
for i in range(20):
    answer = ann.post("/session", {"name": "ann", "password": "guess number %d" % i})
    if answer.status == 429:
        break
assert answer.problem == "too_often" and int(answer.headers["retry-after"]) > 0, answer.text
'
serve_stop
python3 -I - <<'END' || fail 'errors of pages in the log'
import json
with open("serve.log", encoding="utf-8") as file:
    lines = [json.loads(line) for line in file if "browser_error" in line and "\"path\"" not in line]
assert sum(line["message"] == "again" for line in lines) >= 20, lines[-1]
long = lines[-1]
assert long["who"].startswith("user:ann") and long["event"] == "browser_error" and long["line"] == 7 and long["page"] == "/registers/account"
assert long["message"].startswith("broken\n\"here\" \u2028m") and len(long["message"].encode()) == 1024
assert set(long["stack"]) == {"\u20ac"} and 8190 <= len(long["stack"].encode()) <= 8192, len(long["stack"])
END
! grep -qF -e "$PASSWORD" -e hfs_ -e hft_ -e hfl_ serve.log || fail 'a secret stands in the log'
ok holdfast verify --home ws
