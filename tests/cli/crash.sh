# crash.sh -- kills a server that many write to, and looks for what it had said was written. For tests, read in after
# serve.sh and api.sh, with a demo in ws.
#
#   crash_rounds COUNT      so many times: 16 clients make records and change them, each time with a key, until the server is
#                           killed; then another starts, and what had no answer is asked again
#   crash_look              every record that was told is there as it was told, and no key did anything twice

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

# Each client asks first what had no answer before. It ends with the server. What it asks is a key, and the record that is
# changed, or "-" for a new one.
crash_load() {
	PORT=$port python3 -I -c '
import http.client, json, os, sys, threading, uuid
token = open("token").read()
left = [line.split() for line in open("untold")]
told = open("told", "a")
untold = []
lock = threading.Lock()

def client(left):
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=60)
    while True:
        key, record = left.pop() if left else (str(uuid.uuid4()), "-")
        method, path = ("POST", "registers/incident/records") if record == "-" else ("PATCH", "records/" + record)
        try:
            connection.request(method, "/api/v1/" + path, json.dumps({"client_reference": key}), {
                "Authorization": "Bearer " + token, "Content-Type": "application/json", "Idempotency-Key": key,
                **({} if record == "-" else {"If-Match": "\"1\""})})
            reply = connection.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException):
            with lock:
                untold.extend(left + [(key, record)])
            return
        if reply.status not in (200, 201):
            sys.stderr.write("%d %s\n" % (reply.status, text))
            os._exit(1)
        made = json.loads(text)["id"]
        with lock:
            told.write("%s %s\n" % (key, made if record == "-" else "changed"))
            told.flush()
        if record == "-":
            left.append((made + "-changed", made))

threads = [threading.Thread(target=client, args=(left[i::16],)) for i in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
open("untold", "w").write("".join("%s %s\n" % one for one in untold))
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
		echo "note: killed after $(wc -l <told) answers, without one were $(grep -c -- '-$' untold) new records, $(grep -c changed untold) changes"
		serve_start
	done
}

crash_look() {
	api '
import os
desk = Client(port, open("token").read())
told = dict(line.split() for line in open("told"))
assert len(told) == len(open("told").readlines()), "a key was told twice in the rounds"
untold = dict(line.split() for line in open("untold"))
assert untold, "nothing was at work when the server was killed"

def ask(key):
    body = {"client_reference": key}
    if not key.endswith("-changed"):
        return desk.good("POST", "/registers/incident/records", body, 201, Idempotency_Key=key)["id"]
    assert desk.good("PATCH", "/records/" + key.removesuffix("-changed"), body, If_Match="\"1\"", Idempotency_Key=key)["row_version"] == 2
    return "changed"

for key in untold:
    assert key not in told
    told[key] = ask(key)
# Each key has the record that it was told, and one more try makes no other.
for key in list(told)[:100] + list(untold):
    assert ask(key) == told[key], key
made = {key: record for key, record in told.items() if record != "changed"}
changed = {key.removesuffix("-changed") for key, record in told.items() if record == "changed"}
assert len(set(made.values())) == len(made), "two keys have one record"
assert changed and changed <= set(made.values())
there = {}
path = "/registers/incident/records?limit=500&fields=client_reference,row_version"
page = desk.good("GET", path)
while True:
    there.update((row["id"], (row["client_reference"], row["row_version"])) for row in page["records"])
    if not page["next"]:
        break
    page = desk.good("GET", path + "&after=" + page["next"])
for key, record in made.items():
    assert there[record] == ((record + "-changed", 2) if record in changed else (key, 1)), (key, record, there[record])
assert len(there) == int(open("before").read()) + len(made), (len(there), len(made))
'
	serve_stop
	ok holdfast verify --home ws
}
