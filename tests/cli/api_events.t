# Events: cells that change, one's own jobs, going on after a break, and the end with the session.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 2 --seed 7
api_logins
serve_start

ONE=$one api '
from client import Events
one = os.environ["ONE"]
som, contact = Client(port), Client(port)
som.sign_in("som", PASSWORD)
contact.sign_in("contact", PASSWORD)
all, mine = Events(som), Events(contact)
start = all.next("begin")[1]["position"]
assert mine.next("begin")[1]["position"] <= start + 2 and start == all.last

# Accounts of somebody who left fail; who sees the cell is told.
stay = {who.good("GET", "/me")["person"] for who in (som, contact)}
def leave(organisation):
    rows = som.good("GET", "/registers/account/records?limit=500&filter=state=active%20enabled=yes%20kind=user%20organisation=" + organisation)
    failing = {f["record"] for f in som.good("GET", "/failures?obligation=6.5-c&limit=500")["failures"]}
    for a in rows["records"]:
        path = a["person"] and "/records/" + a["person"]["id"]
        person = path and som.good("GET", path)
        if person and person["id"] not in stay and a["id"] not in failing and person["start_date"] and person["start_date"] < "2026-01-01":
            som.good("PATCH", path, {"leave_date": time.strftime("%Y-%m-%d", time.gmtime(time.time() - 20 * 86400))},
                     If_Match=person.headers["etag"])
            return
    raise AssertionError("nobody leaves")

def cell(stream, organisation):
    while True:
        data = stream.next("cell")[1]
        if data["obligation"] == "6.5-c" and data["organisation"] == organisation:
            return data

other = next(c["organisation"] for c in som.good("GET", "/cells?obligation=6.5-c")["cells"] if c["organisation"] != one)
leave(other)
seen = cell(all, other)
now = next(c for c in som.good("GET", "/cells?obligation=6.5-c")["cells"] if c["organisation"] == other)
assert (seen["id"], seen["state"], seen["failing"]) == (now["id"], now["state"], now["failing"]), (seen, now)
assert all.last > start
leave(one)
first = mine.next("cell")[1]
assert first["organisation"] == one, "a member is told of the cells of others"
cell(all, one)

# Jobs: to whoever asked alone.
job = contact.good("POST", "/registers/account/export", {}, 202)
while True:
    event, data = mine.next("job")
    assert data["id"] == job["id"] and "arguments" not in data and "result" not in data, data
    if data["state"] == "done":
        break

# After a break it goes on; what is no id of the ledger is missed.
last = all.last
all.close()
for again in Events(som, start), Events(som, query="?position=%d" % start), Events(som, start, "?position=1"):
    assert again.next("begin")[1]["position"] == start
    cell(again, other)
    cell(again, one)
    again.close()
for id in ("999999999", "x", "-5"):
    lost = Events(som, id)
    event, data = lost.next()
    assert event == "missed" and data["position"] == lost.last >= last, (event, data)
    lost.close()

# So many at a time, and no longer than the session, or the token.
streams = []
for i in range(20):
    s = Events(contact)
    if s.reply.status == 429:
        break
    streams.append(s)
assert len(streams) == 9, len(streams)
made = contact.good("POST", "/me/tokens", {"name": "t", "days": 1}, 201)
contact.good("DELETE", "/session", status=204)
began = time.monotonic()
for s in streams + [mine]:
    while s.next():
        pass
assert time.monotonic() - began < 30, "streams outlast the session"
by_token = Events(Client(port, made["token"]))
assert by_token.next()[0] == "begin"
contact.sign_in("contact", PASSWORD)
contact.good("DELETE", "/me/tokens/%d" % made["id"], status=204)
while by_token.next():
    pass
assert Events(Client(port, made["token"])).reply.status == 401
'
# A server that stops ends them.
SERVER=$server api '
from client import Events
import signal
contact = Client(port)
contact.sign_in("contact", PASSWORD)
stream = Events(contact)
assert stream.next()[0] == "begin"
os.kill(int(os.environ["SERVER"]), signal.SIGTERM)
while stream.next():
    pass
'
status=0
wait "$server" || status=$?
server=
[ $status -eq 0 ] || fail "the server ended with $status"
