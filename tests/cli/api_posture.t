# While a server runs the posture follows each change by itself, whoever makes it.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 2 --seed 7
api_logins
serve_start

# open OBLIGATION RECORD: whether the failure is there.
ONE=$one api '
import time
som = Client(port)
som.sign_in("som", PASSWORD)

def failing(obligation, record):
    return som.good("GET", "/failures?obligation=%s&record=%s" % (obligation, record))["total"] == 1

def wait(until, what):
    for i in range(600):
        if until():
            return
        time.sleep(0.1)
    raise AssertionError(what)

import posture
posture.filters(som)
posture.pages(som)
posture.plan(som)
contact = Client(port)
contact.sign_in("contact", PASSWORD)
posture.matrix(contact)
posture.pages(contact)
posture.decide(som, contact)
assert {o["key"] for o in contact.good("GET", "/posture")["organisations"]} == {os.environ["ONE"]}

assessed = som.good("GET", "/cells?obligation=6.5-c")["assessed_at"]
# Somebody whose account is enabled leaves: the account fails at once, and passes again when it is disabled.
accounts = som.good("GET", "/registers/account/records?limit=500&filter=state=active%20enabled=yes%20kind=user")["records"]
person = account = None
for a in accounts:
    started = a["person"] and som.good("GET", "/records/" + a["person"]["id"])["start_date"]
    if started and started < "2026-01-01" and not failing("6.5-c", a["id"]):
        person, account = a["person"]["id"], a
        break
def change(record, **values):
    return som.good("PATCH", "/records/" + record, values, If_Match=som.get("/records/" + record).headers["etag"])
change(person, leave_date=time.strftime("%Y-%m-%d", time.gmtime(time.time() - 20 * 86400)))
wait(lambda: failing("6.5-c", account["id"]), "the account of a leaver does not fail")
change(account["id"], enabled=False)
wait(lambda: not failing("6.5-c", account["id"]), "it fails still")
assert som.good("GET", "/cells?obligation=6.5-c")["assessed_at"] > assessed
'
# Nothing changed since: nothing more is decided, though somebody signs in.
sleep 2
before=$(grep -c '"event":"assessed"' serve.log)
api 'Client(port).post("/session", {"name": "nobody", "password": "not the right one"})'
sleep 3
[ "$(grep -c '"event":"assessed"' serve.log)" = "$before" ] || fail 'it assesses without need'
serve_stop
ok holdfast verify --home ws
ok holdfast assess --full --home ws --json
