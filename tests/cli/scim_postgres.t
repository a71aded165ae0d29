# SCIM over a store on a server, whose wall hides logins from whom it holds: two directories beside each other, a leaver's
# session, and what is about logins otherwise.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
database scim
on_server 'alter role holdfast createrole'
ok holdfast init --home ws --store "$STORE"
one=integrator
two=client
for name in $one $two; do
	ok holdfast user add "dir-$name" --organisation "$name" --home ws
	ok holdfast user scim-token "dir-$name" --home ws
	cp out "token-$name"
done
ok holdfast user add all --home ws
ok holdfast user scim-token all --home ws
cp out token-all
ok holdfast user add admin --administrator --home ws
printf '%s\n' "$PASSWORD" | ok holdfast user password admin --home ws
serve_start

ONE=$one TWO=$two api '
from scim import *
one, two = (Directory(port, open("token-" + os.environ[n]).read().strip()) for n in ("ONE", "TWO"))
routes(port, open("token-all").read().strip(), "client")
made = one.does("POST", "/Users", {"userName": "Ann", "externalId": "1", ENTERPRISE: {"employeeNumber": "N-1"}}, 201)
user = "/Users/" + made["id"]
assert len(one.find("/Users", "userName eq \"ANN\"")) == 1 and two.find("/Users", "userName eq \"ann\"") == []
two.wrong(404, None, "GET", user)
two.does("POST", "/Users", {"userName": "ann", "externalId": "1", ENTERPRISE: {"employeeNumber": "N-1"}}, 201)
one.wrong(409, "uniqueness", "POST", "/Users", {"userName": "ann"})
one.patch("/Groups/hr", {"op": "add", "path": "members", "value": [{"value": made["id"]}]}, status=204)
assert [m["value"] for m in one.does("GET", "/Groups/hr")["members"]] == [made["id"]]
assert two.does("GET", "/Groups/hr")["members"] == []
assert [g["value"] for g in one.does("GET", user)["groups"]] == ["hr"]
one.patch(user, {"op": "replace", "path": "userName", "value": "anne"})

admin = Client(port)
admin.sign_in("admin", PASSWORD)
assert admin.good("GET", "/me/sessions")["sessions"] and admin.good("GET", "/me/tokens")["tokens"] == []
logins = {u["name"]: u for u in admin.good("GET", "/users")["users"]}
assert {"anne", "ann.2"} < set(logins) and "ann" not in logins
admin.good("PATCH", "/users/anne", {"password": PASSWORD})
anne = Client(port)
anne.sign_in("anne", PASSWORD)
anne.good("GET", "/me")
one.does("DELETE", user, status=204)
anne.refused(401, "not_signed_in", "GET", "/me")
one.wrong(404, None, "GET", user)
'
serve_stop
ok holdfast verify --home ws
