# crash.sh -- kills a server that many write to, and looks for what it had said was written. For tests, read in after
# serve.sh and api.sh, with a demo in ws.
#
#   crash_rounds COUNT      so many times: 16 clients make records, each with a key, until the server is killed; then
#                           another starts, and what had no answer is asked again
#   crash_look              every record that was told is there, and no key made two

crash_begin() {
	login desk "$(holder service_desk)"
	serve_start
	api '
desk = Client(port)
desk.sign_in("desk", PASSWORD)
open("token", "w").write(desk.good("POST", "/me/tokens", {"name": "load", "days": 1, "writes": True}, 201)["token"])
open("before", "w").write(str(desk.good("GET", "/registers/incident/records?limit=1")["total"]))
'
	: >told
	: >untold
}

# Each client asks first what had no answer before. It ends with the server.
crash_load() {
	PORT=$port python3 -I -c '
import http.client, json, os, sys, threading, uuid
token = open("token").read()
left = open("untold").read().split()
told = open("told", "a")
untold = []
lock = threading.Lock()

def client(keys):
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=60)
    while True:
        key = keys.pop() if keys else str(uuid.uuid4())
        try:
            connection.request("POST", "/api/v1/registers/incident/records", json.dumps({"client_reference": key}),
                               {"Authorization": "Bearer " + token, "Content-Type": "application/json", "Idempotency-Key": key})
            reply = connection.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException):
            with lock:
                untold.extend(keys + [key])
            return
        if reply.status != 201:
            sys.stderr.write("%d %s\n" % (reply.status, text))
            os._exit(1)
        with lock:
            told.write("%s %s\n" % (key, json.loads(text)["id"]))
            told.flush()

threads = [threading.Thread(target=client, args=(left[i::16],)) for i in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
open("untold", "w").write("\n".join(untold))
'
}

crash_rounds() {
	crash_begin
	round=0
	while [ $round -lt "$1" ]; do
		round=$((round + 1))
		enough=$(($(wc -l <told) + 150 * round))
		crash_load &
		load=$!
		until [ "$(wc -l <told)" -ge $enough ]; do
			kill -0 $load 2>/dev/null || fail 'the clients ended before the server'
			sleep 0.01
		done
		kill -KILL "$server"
		wait "$server" 2>/dev/null || true
		wait $load || fail 'a client was refused'
		echo "note: killed after $(wc -l <told) records, $(wc -w <untold) requests without an answer"
		serve_start
	done
}

crash_look() {
	api '
import os
desk = Client(port, open("token").read())
told = dict(line.split() for line in open("told"))
assert len(told) == len(open("told").readlines()), "a key was told twice in the rounds"
untold = open("untold").read().split()
assert untold, "nothing was at work when the server was killed"

def ask(key):
    return desk.good("POST", "/registers/incident/records", {"client_reference": key}, 201, Idempotency_Key=key)["id"]

for key in untold:
    assert key not in told
    told[key] = ask(key)
# Each key has the record that it was told, and one more try makes no other.
for key in list(told)[:100] + untold:
    assert ask(key) == told[key], key
assert len(set(told.values())) == len(told), "two keys have one record"
there = {}
path = "/registers/incident/records?limit=500&fields=client_reference"
page = desk.good("GET", path)
while True:
    there.update((row["id"], row["client_reference"]) for row in page["records"])
    if not page["next"]:
        break
    page = desk.good("GET", path + "&after=" + page["next"])
for key, record in told.items():
    assert there[record] == key, (key, record)
assert len(there) == int(open("before").read()) + len(told), (len(there), len(told))
'
	serve_stop
	ok holdfast verify --home ws
}
