# Jobs over the API: files in and out and assessments, who may ask and see, cancelling, and what a server that ends leaves.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 2 --seed 7
api_logins
serve_start

export ONE=$one
api '
one = os.environ["ONE"]
som, contact = Client(port), Client(port)
som.sign_in("som", PASSWORD)
contact.sign_in("contact", PASSWORD)

# An export, which is the file that the command writes.
job = som.ended(som.good("POST", "/registers/site/export", {}, 202))
assert job["state"] == "done" and job["file"] == "text/csv" and job["result"]["records"] > 3, job.text
file = som.good("GET", "/jobs/%d/result" % job["id"])
assert file.headers["content-disposition"] == "attachment; filename=\"site.csv\""
open("site.csv", "w", newline="").write(file.text)
lines = som.ended(som.good("POST", "/registers/site/export", {"format": "jsonl", "organisation": one}, 202))
rows = [json.loads(line) for line in som.good("GET", "/jobs/%d/result" % lines["id"]).text.splitlines()]
assert {r["organisation"] for r in rows} <= {one} and len(rows) == lines["result"]["records"]
now = som.good("GET", "/registers/site/records?limit=1&fields=recorded_from")["records"][0]["recorded_from"]
then = som.ended(som.good("POST", "/registers/site/export", {"as_of": now}, 202))
assert then["state"] == "done" and then["result"]["records"] > 0, then.text
then = som.ended(som.good("POST", "/registers/site/export", {"as_of": "2020-01-01"}, 202))
assert then["state"] == "failed" and then["problem"]["type"] == "not_found", then.text
some = som.ended(som.good("POST", "/registers/account/export", {"filter": "kind=service state=active", "fields": "kind,state"}, 202))
head, *rows = som.good("GET", "/jobs/%d/result" % some["id"]).text.splitlines()
total = som.good("GET", "/registers/account/records?limit=1&filter=kind%3Dservice%20state%3Dactive")["total"]
assert head == "key,organisation,feed,state,kind" and len(rows) == total == some["result"]["records"] > 0, (head, len(rows), total)
for wrong in ({"filter": "kindd=x"}, {"fields": "kind,nothing"}, {"filter": "person=nobody-at-all"}):
    bad = som.ended(som.good("POST", "/registers/account/export", wrong, 202))
    assert bad["state"] == "failed" and bad["problem"]["type"] == "invalid", bad.text
som.refused(422, "invalid", "POST", "/registers/site/export", {"format": "xlsx"})
som.refused(404, "not_found", "POST", "/registers/sight/export", {})

# A member gets its own rows, and neither sees nor ends what others asked for.
mine = contact.ended(contact.good("POST", "/registers/account/export", {}, 202))
text = contact.good("GET", "/jobs/%d/result" % mine["id"]).text
assert {line.split(",")[1] for line in text.splitlines()[1:]} == {one}, text[:300]
for path in ("/jobs/%d" % job["id"], "/jobs/%d/result" % job["id"], "/jobs/1", "/jobs/x"):
    contact.refused(404, "not_found", "GET", path)
contact.refused(404, "not_found", "DELETE", "/jobs/%d" % job["id"])
assert job["id"] not in [j["id"] for j in contact.good("GET", "/jobs")["jobs"]]
contact.refused(403, "denied", "GET", "/jobs?all=true")
som.refused(409, "conflict", "DELETE", "/jobs/%d" % job["id"])
contact.refused(403, "denied", "POST", "/registers/personnel_case/export", {})

# An import: what is good is in, what is not is told with line and column.
head = "key,organisation,kind,login,state,person\n"
CSV = {"Content_Type": "text/csv"}
bad = contact.ended(contact.good("POST", "/registers/account/import?organisation=%s&source=api" % one,
    head + "a-1,,user,a.one,active,\na-2,,nothing,a.two,active,\na-3,harrowmere,user,a.three,active,\n", 202, **CSV))
assert bad["state"] == "done" and bad["result"]["total"] == {
    "read": 3, "added": 1, "changed": 0, "unchanged": 0, "retired": 0, "rejected": 2}, bad.text
assert [(r["line"], r["column"]) for r in bad["result"]["rejections"]] == [(3, "kind"), (4, "organisation")], bad.text
again = contact.ended(contact.good("POST", "/registers/account/import?organisation=%s&source=api&dry_run=true&full=true" % one,
    head + "a-4,,user,a.four,active,\n", 202, **CSV))
assert again["result"]["dry_run"] and again["result"]["total"]["added"] == 1 and again["result"]["total"]["retired"] == 1
found = contact.good("GET", "/registers/account/records?filter=feed%3Dapi&fields=key")
assert [r["key"] for r in found["records"]] == ["a-1"], found.text
for body, where in (("no,key\n", 1), (head + "\"a", 2), ("", 0)):
    whole = contact.ended(contact.good("POST", "/registers/account/import", body, 202, **CSV))
    assert whole["state"] == "failed" and whole["problem"]["type"] in ("invalid", "not_found", "denied"), whole.text
contact.refused(403, "denied", "POST", "/registers/delivery/import", head, **CSV)
contact.refused(413, "body_too_large", "POST", "/registers/account/import", Content_Length="67108865", **CSV)
contact.refused(415, "media_type_not_supported", "POST", "/registers/account/import", {})

# With a key it is asked for once, and no second upload stays.
row = head + "a-9,,user,a.nine,active,\n"
once = [contact.good("POST", "/registers/account/import?organisation=%s&source=key" % one, row, 202,
    Idempotency_Key="k-1", **CSV) for i in range(3)]
assert len({answer.text for answer in once}) == 1 and once[0]["state"] == "waiting", once[2].text
assert contact.ended(once[0])["result"]["total"]["added"] == 1
contact.refused(422, "key_reused", "POST", "/registers/account/import?organisation=%s&source=key" % one, row + " ",
    Idempotency_Key="k-1", **CSV)
# What was refused has changed nothing.
contact.refused(403, "denied", "POST", "/assessments", {}, Idempotency_Key="k-2")
contact.ended(contact.good("POST", "/registers/account/export", {}, 202, Idempotency_Key="k-2"))

# What a spreadsheet would run is guarded in the file, and comes back from it as it was.
FORMULAS = ["=1+1", "+44 20 7946 0000", "-5", "@sum(a1)", "\tx", "\rx", "\u0027=1", "\u0027", "a=b"]
CSV_PATH = "/registers/account/import?full=true&source=formulas&organisation=" + one
first = contact.ended(contact.good("POST", CSV_PATH, "".join(json.dumps(
    {"key": "f-%d" % i, "kind": "user", "login": text, "state": "active"}) + "\n" for i, text in enumerate(FORMULAS)),
    202, Content_Type="application/jsonl"))
assert first["result"]["total"]["added"] == len(FORMULAS), first.text
def logins():
    page = contact.good("GET", "/registers/account/records?limit=500&filter=feed%3Dformulas&fields=key,login,row_version")
    return {r["key"]: (r["login"], r["row_version"]) for r in page["records"]}
assert logins() == {"f-%d" % i: (text, 1) for i, text in enumerate(FORMULAS)}, logins()
out = contact.ended(contact.good("POST", "/registers/account/export",
    {"source": "formulas", "organisation": one, "fields": "kind,login"}, 202))
text = contact.good("GET", "/jobs/%d/result" % out["id"]).text
import csv, io
head, *rows = csv.reader(io.StringIO(text, newline=""))
at = {row[head.index("key")]: row[head.index("login")] for row in rows}
assert at == {"f-%d" % i: t if t in ("\u0027", "a=b") else "\u0027" + t for i, t in enumerate(FORMULAS)}, at
assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")], rows
back = contact.ended(contact.good("POST", CSV_PATH, text, 202, **CSV))
assert back["result"]["total"]["rejected"] == back["result"]["total"]["retired"] == 0, back.text
assert {key: value[0] for key, value in logins().items()} == {"f-%d" % i: t for i, t in enumerate(FORMULAS)}, logins()

# Assessments are for who sees all.
contact.refused(403, "denied", "POST", "/assessments", {})
contact.refused(403, "denied", "GET", "/assessments")
run = som.ended(som.good("POST", "/assessments", {"full": True}, 202))
assert run["state"] == "done" and run["result"]["full"] and run["result"]["totals"]["failing"] > 0, run.text
runs = som.good("GET", "/assessments")["assessments"]
own = next(r for r in runs if r["by"] == "user:som")
assert own["full"] and own["totals"] == run["result"]["totals"] and own["obligations"] == run["result"]["obligations_decided"]
assert len(som.good("GET", "/assessments?before=1")["assessments"]) == 0
past = som.ended(som.good("POST", "/assessments", {"as_of": runs[-1]["at"]}, 202))
assert past["state"] == "done" and past["result"]["as_of"] == runs[-1]["at"], past.text
assert not [d for d in past["result"]["compared"]["differences"] if d["cause"] == "unexplained"]
som.refused(422, "invalid", "POST", "/assessments", {"full": 1})
late = som.ended(som.good("POST", "/assessments", {"as_of": "2999-01-01"}, 202))
assert late["state"] == "failed" and late["problem"]["type"] == "invalid", late.text

# What is asked for in a session goes on when that ends, and with what a role gives at that moment; a token keeps its scope.
token = som.good("POST", "/me/tokens", {"name": "t", "days": 1, "writes": True, "registers": ["site"]}, 201)
narrow = Client(port, token["token"])
narrow.refused(403, "denied", "POST", "/registers/account/export", {})
assert narrow.ended(narrow.good("POST", "/registers/site/export", {}, 202))["state"] == "done"
kept = som.ended(som.good("POST", "/registers/account/export", {}, 202))
assert "arguments" not in narrow.good("GET", "/jobs/%d" % kept["id"]).json
narrow.refused(404, "not_found", "GET", "/jobs/%d/result" % kept["id"])
'
serve_stop

# Its end, in whichever way, leaves nothing half done.
python3 -I -c '
with open("many.csv", "w") as file:
    file.write("key,kind,login,state\n")
    file.writelines("m-%d,user,login.%d,active\n" % (i, i) for i in range(20000))
'
BEGUN='
def begun(who, source, what):
    job = who.good("POST", "/registers/account/import?organisation=%s&source=%s" % (os.environ["ONE"], source),
                   open("many.csv").read(), 202, Content_Type="text/csv")
    for _ in range(2000):
        now = who.good("GET", "/jobs/%d" % job["id"])
        if now["progress"] and now["progress"]["what"] == what:
            assert now["state"] == "running" and now["progress"]["of"] in (None, os.path.getsize("many.csv")), now.text
            return job["id"]
        assert now["state"] in ("waiting", "running"), now.text
        time.sleep(0.005)
    raise AssertionError("it does not begin")

def count(who, source):
    return who.good("GET", "/registers/account/records?limit=1&filter=feed%3D" + source)["total"]

contact = Client(port, os.environ["TOKEN"])
'
serve_start
api '
contact = Client(port)
contact.sign_in("contact", PASSWORD)
token = contact.good("POST", "/me/tokens", {"name": "jobs", "days": 1, "writes": True}, 201)["token"]
Client(port, token).good("GET", "/me")
open("token", "w").write(token)
'
TOKEN=$(cat token)
export TOKEN
api "$BEGUN"'
id = begun(contact, "cancelled", "rows written")
told = contact.good("DELETE", "/jobs/%d" % id, status=202)
assert told["cancelling"] or told["state"] == "cancelled"
end = contact.ended({"id": id})
assert end["state"] == "cancelled" and end["result"] is None and count(contact, "cancelled") == 0, end.text
contact.refused(409, "conflict", "DELETE", "/jobs/%d" % id)
open("id", "w").write(str(begun(contact, "stopped", "bytes read")))
'
serve_stop
serve_start
api "$BEGUN"'
end = contact.ended({"id": int(open("id").read())})
assert end["state"] == "done" and end["result"]["total"]["added"] == 20000, end.text
open("id", "w").write(str(begun(contact, "killed", "rows written")))
'
kill -9 "$server"
wait "$server" || :
server=
serve_start
api "$BEGUN"'
end = contact.ended({"id": int(open("id").read())})
assert end["state"] == "done" and end["result"]["total"]["added"] == 20000, end.text
feeds = contact.good("GET", "/registers/delivery/records?limit=500&fields=source")["records"]
names = [f["source"] for f in feeds]
assert names.count("stopped") == 1 and names.count("killed") == 1 and names.count("cancelled") == 0, names
'
serve_stop
ok holdfast verify --home ws
