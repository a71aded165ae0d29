# SIGHUP: a plan that was taken in is served from then on, under load; requests in hand end with the one they began with; and one
# that is not good is refused.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
cp -R "$ROOT/content" content
ok holdfast demo --home ws --content content --records 3000 --months 1 --seed 7
api_logins
serve_start

# field NAME: is new in the register of incidents.
field() {
	sed -i "s/^  - {name: number, type: text, label: Number}/&\\n  - {name: $1, type: text, label: New}/" content/registers/incident.yaml
	ok holdfast init --home ws --content content
	expect_out "register incident: new field $1"
}

common='
import signal, subprocess, threading
def hup(words):
    before = open("serve.log").read().count("\"event\":\"plan_reload\"")
    os.kill('"$server"', signal.SIGHUP)
    for i in range(1200):
        lines = [l for l in open("serve.log") if "\"event\":\"plan_reload\"" in l]
        if len(lines) > before:
            assert words in lines[-1], lines[-1]
            return
        time.sleep(0.05)
    assert False, "it does not reload"
som = Client(port, open("token").read())
'
api '
som = Client(port)
som.sign_in("som", PASSWORD)
open("token", "w").write(som.good("POST", "/me/tokens", {"name": "t", "days": 1, "writes": True}, 201)["token"])
'
api "$common"'
hup("the plan is the same")
hash = som.good("GET", "/plan")["hash"]
open("hash", "w").write(hash)
'
field weather
# Until it is told, the server goes on with the plan that it has.
api "$common"'
from raw import dial, read
som.refused(422, "invalid", "POST", "/registers/incident/records", {"weather": "rain"})
body = b"{\"weather\": \"rain\"}"
half = dial(port, 60)
half.sendall(("POST /api/v1/registers/incident/records HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
              "Content-Length: %d\r\n\r\n" % (som.token, len(body))).encode() + body[:5])
while b"\nholdfast_http_requests_running 2\n" not in som.ask_at("GET", "/metrics").text.encode():
    time.sleep(0.02)
hup("the plan was read again")
# What it began with is what a request ends with.
half.sendall(body[5:])
reply = read(half)
assert reply.status == 422 and reply.headers["connection"].lower() == "close", (reply.status, reply.body)

Description.forget(port)
made = som.good("POST", "/registers/incident/records", {"weather": "rain"}, 201)
assert made["weather"] == "rain"
assert "weather" in [f["name"] for f in som.good("GET", "/registers/incident")["fields"]]
assert som.good("GET", "/plan")["hash"] != open("hash").read()
# The posture is that of the new plan before long.
for i in range(1200):
    if open("serve.log").read().rpartition("\"event\":\"plan_reload\"")[2].count("\"event\":\"assessed\""):
        break
    time.sleep(0.05)
else:
    raise AssertionError("nothing is assessed by the new plan")
'

# A few more under load. Nobody is refused, and what was acknowledged is there.
cat >load.py <<'END'
import http.client, json, os, sys, threading
port = int(sys.argv[1])
authorization = "Bearer " + open("token").read()
kept, bad, cut = [], [], [0]
def work(n):
    connection = None
    i = 0
    while not os.path.exists("enough") and not bad:
        i += 1
        connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        key = "load-%d-%d" % (n, i)
        try:
            if i % 4:
                connection.request("GET", ("/api/v1/me", "/api/v1/registers/incident", "/api/v1/openapi.json")[i % 3], headers={"Authorization": authorization})
            else:
                connection.request("POST", "/api/v1/registers/incident/records", json.dumps({"key": key}),
                                   {"Authorization": authorization, "Content-Type": "application/json"})
            reply = connection.getresponse()
            body = reply.read()
            if reply.status not in (200, 201):
                bad.append((reply.status, body[:300]))
            if reply.status == 201:
                kept.append(key)
            if reply.getheader("connection", "").lower() == "close":
                connection = None
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # It was idle, and closed just now: nothing was done.
            cut[0] += 1
            connection = None
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not bad, bad[:3]
assert len(kept) > 20, len(kept)
open("kept", "w").write("\n".join(kept))
print("note: %d writes kept while the plan changed, %d idle connections closed" % (len(kept), cut[0]))
END
python3 -I load.py "$port" &
load=$!
for name in one two three; do
	field $name
	api "$common"'hup("the plan was read again")'
done
touch enough
wait $load || fail 'the load'
api "$common"'
for key in open("kept").read().split("\n"):
    assert som.good("GET", "/registers/incident/records?fields=key&filter=key=" + key)["total"] == 1, key
assert [f["name"] for f in som.good("GET", "/registers/incident")["fields"]][1:5] == ["three", "two", "one", "weather"]
'

# Edited in place, or no plan at all: the one in use stays, and the log says why.
cp ws/content/registers/incident.yaml good.yaml
sed -i 's/label: Number/label: Nummer/' ws/content/registers/incident.yaml
api "$common"'hup("stays")'
grep '"event":"plan_reload"' serve.log | tail -n 1 | grep -q 'holdfast init' || fail 'it does not say what to do'
echo 'name: [' >ws/content/registers/incident.yaml
api "$common"'hup("stays")
som.good("GET", "/registers/incident")'
cp good.yaml ws/content/registers/incident.yaml
api "$common"'hup("the plan is the same")'
serve_stop
ok holdfast verify --home ws
