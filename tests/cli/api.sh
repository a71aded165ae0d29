# api.sh -- for tests of the API, read in after serve.sh.
#
#   api_link        sets $link to what the server printed, for the first administrator
#   api_first       makes the first administrator, ann, with $PASSWORD, by the link that the server printed
#   api_logins      logins with $PASSWORD in the demo ws: som, and contact of the member $one
#   api_all         a login `all` in the demo ws, of one who holds every role that the plan knows; without a password
#   api CODE        Python with tests/cli/client.py, `port` and PASSWORD

PASSWORD='correct horse battery 9'
export PASSWORD

api() {
	PORT=$port ROOT=$ROOT python3 -I -c '
import os, sys
sys.path.insert(0, os.environ["ROOT"] + "/tests/cli")
sys.dont_write_bytecode = True
from client import *
port = int(os.environ["PORT"])
PASSWORD = os.environ["PASSWORD"]
exec(sys.argv[1])
' "$1" || fail 'as told above'
}

api_link() {
	tries=1200
	until link=$(grep -m 1 -o 'hfl_[0-9a-f]*' serve.out) || [ $tries -eq 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
	link=${link%%
*}
	[ -n "$link" ] || fail 'the server gives no link'
}

api_first() {
	api_link
	LINK=$link api '
import os
Client(port).good("POST", "/first", {"link": os.environ["LINK"], "name": "ann", "password": PASSWORD}, 204)
Client(port).refused(403, "denied", "POST", "/first", {"link": os.environ["LINK"], "name": "eve", "password": PASSWORD})
'
}

# holder ROLE [ORGANISATION]: somebody who holds the role now, by number.
holder() {
	ok holdfast list role_assignment "role=$1" state=current ${2:+"organisation=$2"} --home ws --json
	python3 -I -c '
import json
for r in json.load(open("out"))["records"]:
    if r["person"] and r["person"]["key"] and not r["valid_to"] and not r["scope"]:
        print(r["person"]["id"])
        break'
}

login() {
	[ -n "$2" ] || fail "nobody holds the role of $1"
	ok holdfast user add "$1" --person "$2" --home ws
	printf '%s\n' "$PASSWORD" | ok holdfast user password "$1" --home ws
}

api_logins() {
	login som "$(holder security_operations_manager)"
	ok holdfast list organisation kind=member --home ws --json
	one=$(python3 -I -c 'import json; print(json.load(open("out"))["records"][0]["key"])')
	login contact "$(holder member_security_contact "$one")"
}

# So that there is nothing that nobody may do.
api_all() {
	ok holdfast list person organisation=harrowmere state=engaged --home ws --fields key --json
	python3 -I -c '
import csv, json, sys
with open("out", encoding="utf-8") as file:
    person = json.load(file)["records"][0]
with open(sys.argv[1], encoding="utf-8") as file:
    d = json.load(file)
roles = d["components"]["schemas"]["values_role_assignment"]["properties"]["role"]["enum"]
with open("role_assignment.csv", "w", encoding="utf-8") as file:
    out = csv.writer(file)
    out.writerow(["key", "organisation", "state", "person", "role", "valid_from"])
    out.writerows(["all-" + r, "harrowmere", "current", person["key"], r, "2020-01-01"] for r in roles if r)
print(person["id"])
' "$ROOT/docs/openapi.json" >person || fail 'no person'
	ok holdfast import role_assignment.csv --home ws --source test
	ok holdfast user add all --person "$(cat person)" --home ws
}
