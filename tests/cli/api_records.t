# Registers over the API: who sees and writes which rows, versions and tags, bad input, and that all of it is in the ledger.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 2 --seed 7

api_logins
serve_start

ONE=$one api '
one = os.environ["ONE"]
som, contact = Client(port), Client(port)
secret = som.sign_in("som", PASSWORD)
contact.sign_in("contact", PASSWORD)
assert som.good("GET", "/me")["roles"], "no role"

# Lists, and what is wrong with a question.
page = som.good("GET", "/registers/account/records?limit=3&sort=-key&fields=key,organisation,state")
assert len(page["records"]) == 3 and page["next"] and page["total"] > 3
assert [r["key"] for r in page["records"]] == sorted((r["key"] for r in page["records"]), reverse=True)
after = som.good("GET", "/registers/account/records?limit=3&sort=-key&fields=key&after=" + page["next"])
assert after["records"][0]["key"] < page["records"][-1]["key"]
som.refused(404, "not_found", "GET", "/registers/acount/records")
for query in ("filter=stat=x", "sort=nothing", "fields=a,b", "after=AAAA", "limit=0", "limit=501"):
    som.refused(422, "invalid", "GET", "/registers/account/records?" + query)
som.refused(400, "usage", "GET", "/registers/account/records?limit=many")
som.refused(422, "invalid", "GET", "/registers/account/records?filter=key%3Dx%27%20or%201=1")

# A register tells what whoever asks may do there.
told = {r["name"]: r["may"] for r in som.good("GET", "/registers")["registers"]}
assert told["incident"] == ["read", "add", "change", "import", "export"], told["incident"]
assert "read" in told["cell"] and "add" not in told["cell"], told["cell"]
assert contact.good("GET", "/registers/personnel_case")["may"] == []
person = som.good("GET", "/registers/person")
assert person["named_by"] == "name", person["named_by"]
duties = {r["name"] for r in som.good("GET", "/registers")["registers"] if r["names_duty"]}
assert duties == {"failure", "waiver", "cell", "finding", "evidence"}, duties

# Where records refer to one, and how many: as many as the list has that the filter gives, for whoever asks.
from urllib.parse import quote
held = next(r["person"]["id"] for r in contact.good("GET", "/registers/account/records?limit=500&fields=person")["records"]
            if r["person"] and r["person"]["key"])
for who in (som, contact):
    related = who.good("GET", "/records/%s/related" % held)["related"]
    assert {"account", "pass"} <= {r["register"] for r in related}, related
    for r in related:
        page = who.good("GET", "/registers/%s/records?limit=500&fields=key&filter=%s" % (r["register"], quote(r["filter"])))
        assert page["total"] == r["total"] and r["total_is_exact"] or not r["total_is_exact"] and page["total"] >= r["total"], r
secrets = {"personnel_case"}
assert not secrets & {r["register"] for r in related}, related
parts = [r for r in som.good("GET", "/records/%s/related" % som.good("GET", "/registers/review/records?limit=1")["records"][0]["lines"][0]["subject"]["id"])["related"]
         if r["part"]]
assert parts and parts[0]["filter"].startswith("lines.subject="), parts

# A member sees its own rows; of others it is told nothing.
mine = contact.good("GET", "/registers/account/records?limit=500&fields=organisation")
assert {r["organisation"]["key"] for r in mine["records"]} == {one}, mine.text[:300]
foreign = next(r["id"] for r in som.good("GET", "/registers/account/records?limit=500&fields=organisation")["records"]
               if r["organisation"]["key"] != one)
number = foreign.rpartition("-")[2]
nothing = "ACC-99999999"
for path in ("/records/%s", "/records/%s/history", "/records/%s/related", "/records/%s/proof", "/records/%s/receipt", "/records/%s/entry"):
    a = contact.refused(404, "not_found", "GET", path % foreign)
    b = contact.refused(404, "not_found", "GET", path % nothing)
    assert a["detail"].replace(foreign, "X") == b["detail"].replace(nothing, "X"), (a.text, b.text)
total = contact.good("GET", "/registers/account/records?filter=id=" + foreign)
assert total["total"] == 0 and total["records"] == []
assert {c["organisation"] for c in contact.good("GET", "/cells")["cells"]} == {one}
assert {f["organisation"] for f in contact.good("GET", "/failures")["failures"]} <= {one}
contact.refused(404, "not_found", "PATCH", "/records/" + foreign, {"note": "x"}, If_Match="\"1\"")
contact.refused(404, "not_found", "DELETE", "/records/" + foreign, If_Match="\"1\"")

# Making, changing and retiring, by whoever has seen the version that is changed.
som.refused(422, "invalid", "POST", "/registers/incident/records", {"titel": "x"})
som.refused(400, "usage", "POST", "/registers/incident/records", "[1]")
som.refused(400, "usage", "POST", "/registers/incident/records", "{\"a\": 1, \"a\": 2}")
som.refused(415, "media_type_not_supported", "POST", "/registers/incident/records", "a=1", Content_Type="text/plain")
som.refused(422, "invalid", "POST", "/registers/incident/records", {"row_version": 7})
som.refused(422, "invalid", "POST", "/registers/incident/records", {"id": "INC-1"})
som.refused(403, "denied", "POST", "/registers/cell/records", {})
deep = "{\"a\":" * 100 + "1" + "}" * 100
som.refused(400, "usage", "POST", "/registers/incident/records", deep)
made = som.good("POST", "/registers/incident/records", {"organisation": one, "client_reference": "It\u2019s O\u0027Neill <b>"}, 201)
path = "/records/" + made["id"]
assert made.headers["location"] == "/api/v1" + path and made.headers["etag"] == "\"1\"" and made["client_reference"].endswith("<b>")
som.refused(428, "untagged", "PATCH", path, {"client_reference": "x"})
som.refused(412, "stale", "PATCH", path, {"client_reference": "x"}, If_Match="\"2\"")
som.refused(412, "stale", "PATCH", path, {"client_reference": "x"}, If_Match="*")
som.refused(422, "invalid", "PATCH", path, {"organisation": "x"}, If_Match="\"1\"")
changed = som.good("PATCH", path, {"client_reference": None}, If_Match="\"1\"")
assert changed["client_reference"] is None and changed["row_version"] == 2
assert som.ask("GET", path, If_None_Match="\"2\"").status == 304
# The steps from here, which are those that it takes.
steps = som.good("GET", path + "/transitions")
assert steps["state"] == "reported" and [(s["to"], s["allowed"]) for s in steps["transitions"]] == [("triaged", True)], steps.text
contact.refused(404, "not_found", "GET", "/records/" + foreign + "/transitions")
reader = Client(port, som.good("POST", "/me/tokens", {"name": "reads", "days": 1}, 201)["token"])
step = reader.good("GET", path + "/transitions")["transitions"][0]
assert not step["allowed"] and "scope" in step["refusal"], step
reader.refused(403, "denied", "PATCH", path, {"state": "triaged"}, If_Match="\"2\"")
shown = {(t["from"], t["to"]): t for t in som.good("GET", "/registers/waiver")["transitions"]}["requested", "granted"]
assert shown["who"] == ["waive"] and shown["not"] == ["requested_by", "writer"] and shown["by"] == "decided_by" and shown["as"] == "decided_role", shown
versions = som.good("GET", path + "/history")["versions"]
assert [v["row_version"] for v in versions] == [1, 2] and {v["recorded_by"] for v in versions} == {"user:som"}, versions
# From what is told of the version to the root that is signed, not on the word of the server.
head = som.ask("GET", "/ledger/checkpoint").text.split("\n")
proof = som.good("GET", path + "/proof?version=2&size=" + head[1])
assert root_of(proof) == base64.b64decode(head[2]), proof
entry = json.loads(proof["entry"])
assert entry["row_version"] == 2 and entry["by"] == "user:som" and entry["register"] == "incident" and "client_reference" not in entry["fields"], entry
for what in ("proof", "receipt", "entry"):
    som.refused(404, "not_found", "GET", path + "/" + what + "?version=3")
# The same as files, which verify without the server.
assert som.ask("GET", path + "/entry?version=2").text == proof["entry"]
for what in ("receipt", "entry"):
    open(what, "w").write(som.ask("GET", path + "/" + what + "?version=2").text)
open("other", "w").write(som.ask("GET", path + "/entry?version=1").text)
assert som.good("GET", path)["key"] == made["id"]

# Asked again with the same key, by many at once: made once, and all are told the same.
import threading
def again():
    answers.append(som.post("/registers/incident/records", {"client_reference": "once"}, Idempotency_Key="k-1"))
answers = []
before = som.good("GET", "/registers/incident/records?limit=1")["total"]
threads = [threading.Thread(target=again) for i in range(24)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
again()
assert {a.status for a in answers} == {201} and len({a.text for a in answers}) == 1, {a.text for a in answers}
assert {a.headers["etag"] for a in answers} == {"\"1\""} and len({a.headers["location"] for a in answers}) == 1
assert som.good("GET", "/registers/incident/records?limit=1")["total"] == before + 1
som.refused(422, "key_reused", "POST", "/registers/incident/records", {"client_reference": "twice"}, Idempotency_Key="k-1")
som.refused(422, "key_reused", "POST", "/registers/ticket/records", {"client_reference": "once"}, Idempotency_Key="k-1")
# What was refused wrote nothing, and its key is good still.
som.refused(422, "invalid", "POST", "/registers/incident/records", {"severity": "huge"}, Idempotency_Key="k-2")
som.good("POST", "/registers/incident/records", {"severity": "low"}, 201, Idempotency_Key="k-2")
# So is a change, a step and an end: the version that If-Match names is part of what is asked.
keyed = som.good("POST", "/registers/incident/records", {"organisation": one}, 201)
there = "/records/" + keyed["id"]
def changes():
    return [v["row_version"] for v in som.good("GET", there + "/history")["versions"]]
changed = [som.good("PATCH", there, {"severity": "high"}, If_Match="\"1\"", Idempotency_Key="k-4") for i in range(3)]
assert len({(a.text, a.headers["etag"]) for a in changed}) == 1 and changed[2]["row_version"] == 2 and changes() == [1, 2], changes()
moved = [som.good("PATCH", there, {"state": "triaged"}, If_Match="\"2\"", Idempotency_Key="k-5") for i in range(2)]
assert moved[0].text == moved[1].text and moved[1]["state"] == "triaged" and changes() == [1, 2, 3]
# It is told what the first one was told, though the record went on; without the key it is late.
assert som.good("PATCH", there, {"severity": "high"}, If_Match="\"1\"", Idempotency_Key="k-4").text == changed[0].text
som.refused(412, "stale", "PATCH", there, {"severity": "high"}, If_Match="\"1\"")
for body, tag, where in (({"severity": "low"}, "1", there), ({"severity": "high"}, "3", there), ({"severity": "high"}, "1", path)):
    som.refused(422, "key_reused", "PATCH", where, body, If_Match="\"" + tag + "\"", Idempotency_Key="k-4")
som.refused(422, "key_reused", "DELETE", there, If_Match="\"3\"", Idempotency_Key="k-4")
som.refused(428, "untagged", "PATCH", there, {"severity": "high"}, Idempotency_Key="k-4")
# A change that came too late did nothing, and its key is good for it still.
som.refused(412, "stale", "PATCH", there, {"severity": "low"}, If_Match="\"2\"", Idempotency_Key="k-6")
assert som.good("PATCH", there, {"severity": "low"}, If_Match="\"3\"", Idempotency_Key="k-6")["row_version"] == 4
ended = som.good("POST", "/registers/account/records", {"organisation": one, "login": "ended"}, 201)
for i in range(2):
    gone = som.good("DELETE", "/records/" + ended["id"], None, 204, If_Match="\"1\"", Idempotency_Key="k-7")
    assert gone.text == "" and "content-type" not in gone.headers, gone.headers
som.refused(404, "not_found", "DELETE", "/records/" + ended["id"], If_Match="\"1\"")
# Another caller has keys of his own.
contact.refused(403, "denied", "POST", "/registers/risk/records", {}, Idempotency_Key="k-1")
som.refused(400, "usage", "POST", "/me/tokens", {"name": "t", "days": 1}, Idempotency_Key="k-3")

# Many changes at once, of several registers, one referring to another: all of them or none.
def total():
    return som.good("GET", "/registers/incident/records?limit=1")["total"]
def make(**values):
    return {"register": "incident", "values": {"organisation": one, **values}}
before = total()
done = som.good("POST", "/changes", {"changes": [
    {"register": "person", "values": {"key": "bulk-1", "organisation": one, "name": "Bulk One"}},
    {"register": "account", "values": {"key": "bulk-2", "login": "bulk", "organisation": one, "person": "bulk-1"}},
    make(key="bulk-3"), make(key="bulk-4"), make(key="bulk-5")]})
names = [r["record"] for r in done["results"]]
assert [r["version"] for r in done["results"]] == [1] * 5 and total() == before + 3, done.text
assert som.good("GET", "/records/" + names[1])["person"]["id"] == names[0]
changed = som.good("POST", "/changes", {"changes": [
    {"record": names[2], "version": 1, "values": {"severity": "low"}},
    {"record": names[2], "version": 2, "values": {"severity": "high"}},
    {"record": names[1], "version": 1, "retire": True}]})
assert [r["version"] for r in changed["results"]] == [2, 3, None]
som.refused(404, "not_found", "GET", "/records/" + names[1])
bad = {"changes": [make(key="bulk-6"),
    make(severity="huge"), make(nothing=1), {"register": "nothing", "values": {}}, {"register": "incident"},
    {"record": names[2], "version": 1, "values": {}}, {"record": names[2], "values": {}}, {"record": "INC-999999", "version": 1, "values": {}},
    {"register": "cell", "values": {}}, {"register": "incident", "record": names[2], "values": {}}, make(key="bulk-7")]}
refused = som.refused(422, "items_refused", "POST", "/changes", bad)
told = [(i["index"], i["status"], i["type"].rpartition(":")[2]) for i in refused["items"]]
assert told == [(1, 422, "invalid"), (2, 422, "invalid"), (3, 404, "not_found"), (4, 422, "invalid"), (5, 412, "stale"),
    (6, 428, "untagged"), (7, 404, "not_found"), (8, 403, "denied"), (9, 422, "invalid")], told
assert refused["items"][0]["field"] == "severity" and total() == before + 3
assert som.good("GET", "/registers/incident/records?filter=key=bulk-6")["total"] == 0
twice = som.refused(422, "items_refused", "POST", "/changes", {"changes": [make(key="bulk-8"), make(key="bulk-8")]})
assert [(i["index"], i["status"]) for i in twice["items"]] == [(1, 409)]
# What could be done is told without doing it.
dry = som.good("POST", "/changes", {"dry_run": True, "changes": [make(key="bulk-9"), {"record": names[3], "version": 1, "values": {"severity": "low"}}]})
assert dry["dry_run"] and [r["record"] for r in dry["results"]] == [None, names[3]] and total() == before + 3
assert som.good("GET", "/records/" + names[3])["row_version"] == 1
som.refused(422, "items_refused", "POST", "/changes", {**bad, "dry_run": True})
# Once, however often it is asked for.
many = [som.good("POST", "/changes", {"changes": [make(), make()]}, Idempotency_Key="k-9").text for i in range(3)]
assert len(set(many)) == 1 and total() == before + 5
som.refused(413, "too_big", "POST", "/changes", {"changes": [make()] * 1001})
# Others\u0027 records are none, as one by one; a token that only reads changes nothing.
hidden = contact.refused(422, "items_refused", "POST", "/changes", {"changes": [{"record": foreign, "version": 1, "values": {}}]})
assert hidden["items"][0]["status"] == 404
reads = Client(port, som.good("POST", "/me/tokens", {"name": "r", "days": 1}, 201)["token"])
reads.refused(403, "denied", "POST", "/changes", {"changes": []})
'
serve_stop
ok holdfast verify --home ws

# What an auditor took along is checked by the key alone, without a workspace or in another one.
cp ws/ledger.pub kept.pub
ok holdfast verify --receipt receipt --entry entry --key kept.pub
expect_out 'ok: the entry stands at '
ok holdfast verify --receipt receipt --entry entry --key kept.pub --json
expect_json out 'd["ok"] is True and d["leaves"] > d["leaf"] > 0 and d["checkpoint"].split("\n")[1] == str(d["leaves"])'
expect_exit 1 holdfast verify --receipt receipt --entry other --key kept.pub
expect_err 'the entry does not stand at '
sed 's/^index .*/index 1/' receipt >moved
expect_exit 1 holdfast verify --receipt moved --entry entry --key kept.pub
ok holdfast init --rehearsal --home elsewhere
expect_exit 1 holdfast verify --receipt receipt --entry entry --key elsewhere/ledger.pub
expect_err 'no signature by the key'
expect_exit 3 holdfast verify --receipt entry --entry entry --key kept.pub
expect_exit 2 holdfast verify --receipt receipt --entry entry
expect_exit 2 holdfast verify --receipt receipt --entry entry --key kept.pub --save x
expect_exit 2 holdfast verify --entry entry --home ws
head -c 70000 /dev/zero >large
expect_exit 3 holdfast verify --receipt large --entry entry --key kept.pub
