# The API over a store on a server: who sees which rows, with the server's own wall behind it, writes, and the posture after
# them.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
database api
ok holdfast demo --home ws --store "$STORE" --records 3000 --months 1 --seed 7
api_logins
ok holdfast user add admin --administrator --home ws
printf '%s\n' "$PASSWORD" | ok holdfast user password admin --home ws
# Without the roles for it nobody is served.
expect_exit 4 holdfast serve --home ws --listen 127.0.0.1:0
expect_err 'holdfast init'
on_server 'alter role holdfast createrole'
ok holdfast init --home ws
serve_start

ONE=$one api '
import time
one = os.environ["ONE"]
som, contact = Client(port), Client(port)
som.sign_in("som", PASSWORD)
contact.sign_in("contact", PASSWORD)
all_rows = som.good("GET", "/registers/account/records?limit=500&fields=organisation")
mine = contact.good("GET", "/registers/account/records?limit=500&fields=organisation")
assert {r["organisation"]["key"] for r in mine["records"]} == {one}
assert mine["total"] == sum(r["organisation"]["key"] == one for r in all_rows["records"]) or all_rows["next"]
foreign = next(r["id"] for r in all_rows["records"] if r["organisation"]["key"] != one)
contact.refused(404, "not_found", "GET", "/records/" + foreign)
contact.refused(404, "not_found", "GET", "/records/" + foreign + "/history")
contact.refused(404, "not_found", "PATCH", "/records/" + foreign, {"shared": True}, If_Match="\"1\"")
assert {c["organisation"] for c in contact.good("GET", "/cells")["cells"]} == {one}
import posture
posture.filters(som)
posture.pages(som)
posture.plan(som)
posture.matrix(contact)
posture.pages(contact)
posture.decide(som, contact)
import due
due.duties(som)
assert {e["organisation"] for e in due.duties(contact).values()} == {one}
due.pages(som)
due.records(som, contact, one)
for who in (som, contact):
    due.feed(who, som.good("GET", "/plan")["marking"])
assert {o["key"] for o in contact.good("GET", "/posture")["organisations"]} == {one}
# One after the other on the same connections: nobody is served with what the one before may see.
for i in range(20):
    assert som.good("GET", "/registers/account/records?limit=1&fields=key")["total"] == all_rows["total"]
    assert contact.good("GET", "/registers/account/records?limit=1&fields=key")["total"] == mine["total"]

before = som.good("GET", "/cells?obligation=6.5-c")["assessed_at"]
made = som.good("POST", "/registers/incident/records", {"client_reference": "O\u0027Neill"}, 201)
changed = som.good("PATCH", "/records/" + made["id"], {"client_reference": None}, If_Match=made.headers["etag"])
assert changed["row_version"] == 2
som.refused(412, "stale", "PATCH", "/records/" + made["id"], {}, If_Match="\"1\"")
keyed = [som.good("POST", "/registers/incident/records", {"client_reference": "k"}, 201, Idempotency_Key="k-1") for i in range(3)]
assert len({a.text for a in keyed}) == 1 and keyed[0].headers["location"] == keyed[2].headers["location"]
som.refused(422, "key_reused", "POST", "/registers/incident/records", {}, Idempotency_Key="k-1")
def make(**values):
    return {"register": "incident", "values": values}
many = som.good("POST", "/changes", {"changes": [make(key="b-1"), make(key="b-2"), {"record": made["id"], "version": 2, "values": {"severity": "low"}}]})
assert [r["version"] for r in many["results"]] == [1, 1, 3]
bad = som.refused(422, "items_refused", "POST", "/changes", {"changes": [make(key="b-3"), make(severity="huge"), make(key="b-1"), make(key="b-4")]})
assert [(i["index"], i["status"]) for i in bad["items"]] == [(1, 422), (2, 409)], bad.text
dry = som.good("POST", "/changes", {"dry_run": True, "changes": [make(key="b-3"), make(key="b-4")]})
assert dry["results"][1]["record"] is None
assert som.good("GET", "/registers/incident/records?filter=key=b-3,b-4")["total"] == 0
for i in range(600):
    if som.good("GET", "/cells?obligation=6.5-c")["assessed_at"] > before:
        break
    time.sleep(0.1)
else:
    raise AssertionError("nothing was assessed after a change")

# What is about logins, which the wall hides from who is served with records.
contact.good("POST", "/session/proof", {"password": PASSWORD})
token = som.good("POST", "/me/tokens", {"name": "reads", "days": 1}, 201)["id"]
assert token in [t["id"] for t in som.good("GET", "/me/tokens")["tokens"]]
assert [s["own"] for s in som.good("GET", "/me/sessions")["sessions"]] == [True]
som.refused(403, "denied", "GET", "/users")
som.good("POST", "/me/password", {"old": PASSWORD, "new": PASSWORD + " and more"}, 204)
som.good("GET", "/me")
admin = Client(port)
admin.sign_in("admin", PASSWORD)
assert {"som", "contact", "admin"} <= {u["name"] for u in admin.good("GET", "/users")["users"]}
admin.good("POST", "/users", {"name": "bob"}, 201)
assert not admin.good("PATCH", "/users/bob", {"enabled": False})["enabled"]
'
serve_stop
ok holdfast verify --home ws
