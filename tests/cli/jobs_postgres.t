# Jobs over a store on a server: two servers share them, none is run twice, and one that dies leaves its own to the other.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
database jobs
ok holdfast demo --home ws --store "$STORE" --records 3000 --months 1 --seed 7
on_server 'alter role holdfast createrole'
ok holdfast init --home ws
api_logins
serve_start
one_server=$server
one_port=$port
mv serve.log one.log
trap 'kill -9 $one_server 2>/dev/null || :; serve_end' EXIT
serve_start

export ONE=$one OTHER=$one_port
api '
one, other = os.environ["ONE"], int(os.environ["OTHER"])
contact = Client(port)
contact.sign_in("contact", PASSWORD)
token = contact.good("POST", "/me/tokens", {"name": "jobs", "days": 1, "writes": True}, 201)["token"]
open("token", "w").write(token)
both = [Client(port, token), Client(other, token)]
CSV = {"Content_Type": "text/csv"}
asked = []
for i in range(8):
    who = both[i % 2]
    rows = "key,kind,login,state\n" + "".join("k-%d,user,l%d,active\n" % (n, i) for n in range(50))
    asked.append(who.good("POST", "/registers/account/import?organisation=%s&source=s%d" % (one, i), rows, 202, **CSV)["id"])
    if i % 4 == 0:
        asked.append(who.good("POST", "/registers/account/export", {}, 202)["id"])
for n, id in enumerate(asked):
    end = both[n % 2].ended({"id": id})
    assert end["state"] == "done", end.text
    if end["file"]:
        text = both[n % 2].good("GET", "/jobs/%d/result" % id).text
        assert {line.split(",")[1] for line in text.splitlines()[1:]} == {one}, text[:300]
# Asked for once with a key, at both at the same time.
from threading import Thread
rows = "key,kind,login,state\n" + "".join("once-%d,user,o%d,active\n" % (n, n) for n in range(20000))
told = [None] * 6
def ask(i):
    told[i] = both[i % 2].good("POST", "/registers/account/import?organisation=%s&source=once" % one, rows, 202,
                               Idempotency_Key="once", **CSV).text
threads = [Thread(target=ask, args=(i,)) for i in range(6)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(set(told)) == 1 and None not in told, told
assert contact.ended(json.loads(told[0]))["result"]["total"]["added"] == 20000
# Whoever watches at one is told of what the other does.
from client import Events
stream = Events(both[0])
assert stream.next()[0] == "begin"
far = both[1].good("POST", "/registers/site/export", {}, 202)["id"]
while True:
    event, data = stream.next("job")
    if data["id"] == far and data["state"] == "done":
        break
stream.close()
# Of the past, too.
then = contact.good("GET", "/registers/account/records?limit=1&fields=recorded_from")["records"][0]["recorded_from"]
past = contact.ended(contact.good("POST", "/registers/account/export", {"as_of": then}, 202))
assert past["state"] == "done", past.text
text = contact.good("GET", "/jobs/%d/result" % past["id"]).text
assert {line.split(",")[1] for line in text.splitlines()[1:]} == {one} and "k-1," not in text, text[:300]
sources = [d["source"] for d in contact.good("GET", "/registers/delivery/records?limit=500&fields=source")["records"]]
for i in range(8):
    assert sources.count("s%d" % i) == 1, sources
assert sources.count("once") == 1, sources
open("asked", "w").write("\n".join("%d" % id for id in asked))
'
[ "$(on_server "select count(*) from holdfast.job where state = 'arriving'" jobs)" = 0 ] || fail 'an upload stays that nobody asked for'
while read -r id; do
	[ "$(cat one.log serve.log | grep -c "\"job_done\".* $id of ")" -eq 1 ] || fail "job $id was run twice, or never"
done <asked
[ "$(grep -c job_done one.log)" -gt 0 ] && [ "$(grep -c job_done serve.log)" -gt 0 ] || fail 'one server ran all'

# Both die; the first that comes goes on.
TOKEN=$(cat token) api '
import signal
contact = Client(port, os.environ["TOKEN"])
rows = "key,kind,login,state\n" + "".join("m-%d,user,m%d,active\n" % (n, n) for n in range(5000))
job = contact.good("POST", "/registers/account/import?organisation=%s&source=killed" % os.environ["ONE"], rows, 202,
                   Content_Type="text/csv")
for _ in range(2000):
    now = contact.good("GET", "/jobs/%d" % job["id"])
    if now["progress"] and now["progress"]["what"] == "rows written":
        break
    assert now["state"] in ("waiting", "running"), now.text
    time.sleep(0.005)
open("id", "w").write("%d" % job["id"])
'
kill -9 "$server" "$one_server"
wait "$server" "$one_server" || :
server=
serve_start
TOKEN=$(cat token) api '
contact = Client(port, os.environ["TOKEN"])
end = contact.ended({"id": int(open("id").read())})
assert end["state"] == "done" and end["result"]["total"]["added"] == 5000, end.text
sources = [d["source"] for d in contact.good("GET", "/registers/delivery/records?limit=500&fields=source")["records"]]
assert sources.count("killed") == 1, sources
'
serve_stop
ok holdfast verify --home ws
