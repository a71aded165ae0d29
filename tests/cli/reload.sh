# reload.sh -- SIGHUP: tells a server that is at work of another plan, other certificates and other providers. For tests, read in after
# serve.sh and api.sh, with a workspace ws that is made of ./content.
#
#   reload_plan FIELD...    of a demo: a plan that was taken in is served from then on, those with the fields under load; requests in
#                           hand end with the one they began with; and one that is not good is refused
#   reload_all              all three by one signal

# field NAME: is new in the register of incidents.
field() {
	sed -i "s/^  - {name: number, type: text, label: Number}/&\\n  - {name: $1, type: text, label: New}/" content/registers/incident.yaml
	ok holdfast init --home ws --content content
	expect_out "register incident: new field $1"
}

reload_common='
import signal, subprocess, threading
def said(event):
    return [l for l in open("serve.log") if "\"event\":\"%s\"" % event in l]
def hup(words):
    before = len(said("plan_reload"))
    os.kill(int(os.environ["SERVER_PID"]), signal.SIGHUP)
    for i in range(1200):
        if len(said("plan_reload")) > before:
            assert words in said("plan_reload")[-1], said("plan_reload")[-1]
            return
        time.sleep(0.05)
    assert False, "it does not reload"
'
reload_som='som = Client(port, open("token").read())
'
api_hup() {
	SERVER_PID=$server api "$reload_common$reload_som$1"
}

reload_plan() {
	api_logins
	serve_start
	api '
som = Client(port)
som.sign_in("som", PASSWORD)
open("token", "w").write(som.good("POST", "/me/tokens", {"name": "t", "days": 1, "writes": True}, 201)["token"])
'
	api_hup '
hup("the plan is the same")
hash = som.good("GET", "/plan")["hash"]
open("hash", "w").write(hash)
'
	field weather
	# Until it is told, the server goes on with the plan that it has.
	api_hup '
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
	for name; do
		field $name
		api_hup 'hup("the plan was read again")'
	done
	touch enough
	wait $load || fail 'the load'
	FIELDS=$* api_hup '
kept = open("kept").read().split("\n")
for some in (kept[i:i + 50] for i in range(0, len(kept), 50)):
    there = som.good("GET", "/registers/incident/records?limit=50&fields=key&filter=key=" + ",".join(some))["records"]
    assert sorted(row["key"] for row in there) == sorted(some), (some, there)
new = os.environ["FIELDS"].split()
assert [f["name"] for f in som.good("GET", "/registers/incident")["fields"]][1:2 + len(new)] == new[::-1] + ["weather"]
'

	# Edited in place, or no plan at all: the one in use stays, and the log says why.
	cp ws/content/registers/incident.yaml good.yaml
	sed -i 's/label: Number/label: Nummer/' ws/content/registers/incident.yaml
	api_hup 'hup("stays")'
	grep '"event":"plan_reload"' serve.log | tail -n 1 | grep -q 'holdfast init' || fail 'it does not say what to do'
	echo 'name: [' >ws/content/registers/incident.yaml
	api_hup 'hup("stays")
som.good("GET", "/registers/incident")'
	cp good.yaml ws/content/registers/incident.yaml
	api_hup 'hup("the plan is the same")'
	serve_stop
}

# certificate NAME
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 30 -subj "/CN=$1" \
		-addext subjectAltName=DNS:localhost 2>/dev/null
	chmod 600 key.pem
	cp cert.pem "$1.pem"
}

provider() {
	printf 'providers: [{name: %s, issuer: "https://id.example.org", client_id: holdfast}]\n' "$1" >oidc.yaml
}

reload_all() {
	ok holdfast user add ann --home ws
	printf '%s\n' "$PASSWORD" | ok holdfast user password ann --home ws
	serve_start
	api '
ann = Client(port)
ann.sign_in("ann", PASSWORD)
open("token", "w").write(ann.good("POST", "/me/tokens", {"name": "t", "days": 1}, 201)["token"])
'
	serve_stop
	certificate first
	provider before
	serve_on 127.0.0.1:0 --tls-cert cert.pem --tls-key key.pem --public-url https://localhost:8443 --oidc oidc.yaml
	certificate second
	provider after
	field all_at_once
	SERVER_PID=$server api "$reload_common"'
from raw import get
import ssl
def is_served(name, provider, field):
    def ask(path):
        reply = get(port, "/api/v1" + path, "Authorization: Bearer " + open("token").read(),
                    tls=ssl.create_default_context(cafile=name + ".pem"))
        assert reply.status == 200, reply.body
        return json.loads(reply.body)
    assert [p["name"] for p in ask("/sign-in/providers")["providers"]] == [provider]
    assert ("all_at_once" in [f["name"] for f in ask("/registers/incident")["fields"]]) == field
is_served("first", "before", False)
hup("the plan was read again")
is_served("second", "after", True)
assert "was read again" in said("reload")[-1] and "were read again" in said("providers_reload")[-1]
try:
    is_served("first", "after", True)
    assert False, "the first certificate is still used"
except ssl.SSLCertVerificationError:
    pass
'
	serve_stop
}
