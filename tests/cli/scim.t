# SCIM as Microsoft Entra and Okta send it: joiners, movers, leavers, groups, two organisations beside each other, and what
# nobody may send.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 1 --seed 7
api_logins
ok holdfast list organisation kind=member --home ws --json
two=$(python3 -I -c 'import json; print(json.load(open("out"))["records"][1]["key"])')
for name in admin second; do
	ok holdfast user add $name --administrator --home ws
	printf '%s\n' "$PASSWORD" | ok holdfast user password $name --home ws
done
ok holdfast user add one --organisation "$one" --home ws
ok holdfast user add two --organisation "$two" --home ws
ok holdfast user add all --home ws
ok holdfast user scim-token one --home ws
export ONE_TOKEN=$(cat out)
ok holdfast user scim-token two --days 30 --home ws
export TWO_TOKEN=$(cat out)
ok holdfast user scim-token all --home ws
export ALL_TOKEN=$(cat out)
expect_exit 3 holdfast user scim-token som --home ws
expect_err 'is a program'
expect_exit 2 holdfast user list --days 3 --home ws
serve_start
export ONE=$one TWO=$two

# One organisation: Entra's way.
api '
from scim import *
one = Directory(port, os.environ["ONE_TOKEN"])
ORG = os.environ["ONE"]

provider = one.does("GET", "/ServiceProviderConfig")
assert provider["patch"]["supported"] and not provider["bulk"]["supported"] and provider["etag"]["supported"]
assert {t["id"] for t in one.does("GET", "/ResourceTypes")["Resources"]} == {"User", "Group"}
assert one.does("GET", "/ResourceTypes/User")["schemaExtensions"][0]["schema"] == ENTERPRISE
schemas = {s["id"]: s for s in one.does("GET", "/Schemas")["Resources"]}
assert set(schemas) == {USER, ENTERPRISE, "urn:ietf:params:scim:schemas:core:2.0:Group"}
assert one.does("GET", "/Schemas/" + ENTERPRISE)["id"] == ENTERPRISE
one.wrong(404, None, "GET", "/Schemas/no-such")

# Entra first asks whether there is somebody; no is an empty list.
before = one.does("GET", "/Users?count=0")["totalResults"]
none = one.does("GET", "/Users?filter=userName+eq+%22no-such-user%22")
assert none["totalResults"] == 0 and none["Resources"] == [] and none["startIndex"] == 1
joiner = {
    "schemas": [USER, ENTERPRISE], "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": "Test_User_AB@Example.com",
    "active": True, "displayName": "Ab User", "title": "Lead", "preferredLanguage": "en", "roles": [{"value": "siro"}], "groups": [{"value": "siro"}],
    "administrator": True, "emails": [{"primary": True, "type": "work", "value": "ab@example.com"}],
    "name": {"formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName"},
    ENTERPRISE: {"employeeNumber": "E-77", "department": "Networks"}, "meta": {"resourceType": "User"}}
made = one.does("POST", "/Users", joiner, 201)
assert made.headers["location"] == made["meta"]["location"] and made.headers["etag"] == made["meta"]["version"]
for name in ("externalId", "userName", "active", "displayName", "emails", "name"):
    assert made[name] == joiner[name], (name, made.text)
assert made[ENTERPRISE] == {"employeeNumber": "E-77", "department": "Networks", "organization": ORG}, made.text
assert "title" not in made.json and "groups" not in made.json and "administrator" not in made.json
one.wrong(409, "uniqueness", "POST", "/Users", joiner)
one.wrong(409, "uniqueness", "POST", "/Users", {**joiner, "externalId": "other", "userName": "TEST_user_ab@example.com"})
ann = "/Users/" + made["id"]
got = one.does("GET", ann)
assert got.json == made.json
assert one.does("GET", ann, status=304, If_None_Match=made.headers["etag"]).text == ""
assert [u["id"] for u in one.find("/Users", "userName eq \"TEST_USER_ab@example.com\"")] == [made["id"]]
assert [u["id"] for u in one.find("/Users", "externalId eq \"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef\"")] == [made["id"]]
assert one.find("/Users", "externalId eq \"0A21F0F2-8d2a-4f8e-bf98-7363c4aed4ef\"") == []
assert one.does("GET", "/Users?count=0")["totalResults"] == before + 1
for text in ("id eq \"%s\"" % made["id"], "displayName sw \"ab\" and active eq true", "emails[type eq \"work\" and value co \"@EXAMPLE\"]",
             "not (displayName ne \"Ab User\")", "name.familyName eq \"FAMILYNAME\"",
             "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"test_\"", ENTERPRISE + ":department eq \"networks\"",
             "emails.value eq \"ab@example.com\"", "meta.created gt \"2020-01-01T00:00:00Z\" and emails eq \"ab@example.com\" and active eq \"True\"",
             "userName ew \".com\" and (displayName eq \"x\" or displayName eq \"Ab User\") and externalId pr"):
    assert [u["id"] for u in one.find("/Users", text)] == [made["id"]], text
assert one.does("GET", ann + "?attributes=userName,name.givenName").json.keys() == {"schemas", "id", "userName", "name"}
assert "emails" not in one.does("GET", ann + "?excludedAttributes=emails,meta").json

# The person is there, engaged, and can sign in once it has a password.
som = Client(port)
som.sign_in("som", PASSWORD)
people = som.good("GET", "/registers/person/records?filter=key=E-77&fields=name,state,start_date,team,organisation,feed")["records"]
assert len(people) == 1 and people[0]["name"] == "Ab User" and people[0]["state"] == "engaged" and people[0]["feed"] == "scim", people
assert people[0]["team"] == "Networks" and people[0]["organisation"]["key"] == ORG

# Changes as Entra sends them: capitals, texts for booleans, no path and dotted names, or paths with values.
changed = one.patch(ann, {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@example.com"},
    {"op": "Replace", "path": "name.familyName", "value": "updatedFamilyName"}, {"op": "Add", "path": "title", "value": "no"})
assert changed["emails"] == [{"primary": True, "type": "work", "value": "new@example.com"}] and changed["name"]["familyName"] == "updatedFamilyName"
changed = one.patch(ann, {"op": "replace", "value": {"displayName": "Abigail", "name.givenName": "Abi", "active": "True",
    "emails[type eq \"home\"].value": "home@example.com", ENTERPRISE + ":department": "Voice", ENTERPRISE: {"employeeNumber": "E-77"}}})
assert changed["displayName"] == "Abigail" and changed["name"]["givenName"] == "Abi" and changed["active"] is True
assert len(changed["emails"]) == 2 and changed[ENTERPRISE]["department"] == "Voice"
assert som.good("GET", "/registers/person/records?filter=key=E-77&fields=name,team")["records"][0]["name"] == "Abigail"
changed = one.patch(ann, {"op": "Remove", "path": "emails[type eq \"home\"]"}, {"op": "remove", "path": ENTERPRISE + ":department"})
assert len(changed["emails"]) == 1 and "department" not in changed[ENTERPRISE]
renamed = one.patch(ann, {"op": "Replace", "path": "userName", "value": "5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com"})
assert renamed["userName"] == "5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com" and one.find("/Users", "userName eq \"Test_User_AB@example.com\"") == []
renamed = one.patch(ann, {"op": "Replace", "path": "userName", "value": "abigail"})
boss = one.does("POST", "/Users", {"schemas": [USER], "userName": "boss", "displayName": "The Boss"}, 201)
changed = one.patch(ann, {"op": "Add", "path": ENTERPRISE + ":manager", "value": boss["id"]})
assert changed[ENTERPRISE]["manager"]["value"] == boss["id"]
manager = som.good("GET", "/registers/person/records?filter=key=E-77&fields=line_manager")["records"][0]["line_manager"]
assert manager["id"] and som.good("GET", "/records/" + manager["id"])["name"] == "The Boss"
changed = one.patch(ann, {"op": "Remove", "path": ENTERPRISE + ":manager"})
assert "manager" not in changed[ENTERPRISE]
stale = changed.headers["etag"]
one.patch(ann, {"op": "replace", "path": "displayName", "value": "Abi"}, If_Match=stale)
one.wrong(412, None, "PATCH", ann, {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "displayName", "value": "X"}]}, If_Match=stale)
one.wrong(412, None, "PUT", ann, joiner, If_Match="\"nothing\"")
one.wrong(412, None, "DELETE", ann, If_Match=stale)
one.patch(ann, {"op": "replace", "path": "displayName", "value": "Abi"}, If_Match="*")

# She signs in, and is shut out at the next request once she has left.
administrator = Client(port)
administrator.sign_in("admin", PASSWORD)
logins = {u["name"]: u for u in administrator.good("GET", "/users")["users"]}
assert "abigail" in logins and not logins["abigail"]["has_password"] and not logins["abigail"]["administrator"]
administrator.good("PATCH", "/users/abigail", {"password": PASSWORD})
abi = Client(port)
abi.sign_in("abigail", PASSWORD)
token = abi.good("POST", "/me/tokens", {"name": "hers", "days": 1}, 201)["token"]
hers = Client(port, token)
assert abi.good("GET", "/me")["person"] == people[0]["id"] and abi.good("GET", "/me")["roles"] == []
hers.good("GET", "/me")

# Groups are roles. What a directory gives is a proposal that somebody else confirms.
groups = one.find("/Groups", "displayName eq \"service desk\"", excludedAttributes="members")
assert [g["id"] for g in groups] == ["service_desk"] and "members" not in groups[0]
desk = "/Groups/service_desk"
one.patch(desk, {"op": "Add", "path": "members", "value": [{"$ref": None, "value": made["id"]}]}, status=204)
one.patch(desk, {"op": "Add", "path": "members", "value": [{"value": made["id"]}]}, status=204)
assert [m["value"] for m in one.does("GET", desk)["members"]] == [made["id"]]
assert one.find("/Groups", "id eq \"service_desk\" and members eq \"%s\"" % made["id"], excludedAttributes="members")
assert not one.find("/Groups", "id eq \"service_desk\" and members eq \"%s\"" % boss["id"], excludedAttributes="members")
assert [g["value"] for g in one.does("GET", ann)["groups"]] == ["service_desk"]
assert [u["id"] for u in one.find("/Users", "groups.value eq \"service_desk\"")] == [made["id"]]
roles = "/registers/role_assignment/records?fields=state,valid_from,valid_to,organisation,feed&filter=person=E-77"
given = som.good("GET", roles)["records"]
assert len(given) == 1 and given[0]["state"] == "proposed" and given[0]["valid_from"] and given[0]["feed"] == "scim", given
assert abi.good("GET", "/me")["roles"] == []
record = som.good("GET", "/records/" + given[0]["id"])
som.good("PATCH", "/records/" + given[0]["id"], {"state": "current"}, If_Match=record.headers["etag"])
assert [r["role"] for r in abi.good("GET", "/me")["roles"]] == ["service_desk"]
for role in ("siro", "security_operations_manager"):
    one.patch("/Groups/" + role, {"op": "add", "path": "members", "value": [{"value": made["id"]}]}, status=204)
assert [r["role"] for r in abi.good("GET", "/me")["roles"]] == ["service_desk"], "a directory gave a role by itself"
one.patch("/Groups/siro", {"op": "Remove", "path": "members", "value": [{"value": made["id"]}]}, status=204)
one.patch("/Groups/security_operations_manager", {"op": "remove", "path": "members[value eq \"%s\"]" % made["id"]}, status=204)
assert one.does("GET", "/Groups/siro")["members"] == []
states = sorted(r["state"] for r in som.good("GET", roles)["records"])
assert states == ["current", "ended", "ended"], states

# The leaver.
left = one.patch(ann, {"op": "Replace", "path": "active", "value": "False"})
assert left["active"] is False
abi.refused(401, "not_signed_in", "GET", "/me")
hers.refused(401, "not_signed_in", "GET", "/me")
Client(port).refused(403, "denied", "POST", "/session", {"name": "abigail", "password": PASSWORD})
gone = som.good("GET", "/registers/person/records?filter=key=E-77&fields=state,leave_date")["records"][0]
assert gone["state"] == "leaving" and gone["leave_date"], gone
# It was a mistake.
back = one.patch(ann, {"op": "Replace", "value": {"active": True}})
assert back["active"] is True
here = som.good("GET", "/registers/person/records?filter=key=E-77&fields=state,leave_date")["records"][0]
assert here["state"] == "engaged" and here["leave_date"] is None, here
abi.sign_in("abigail", PASSWORD)
one.does("DELETE", ann, status=204)
abi.refused(401, "not_signed_in", "GET", "/me")
one.wrong(404, None, "GET", ann)
one.wrong(404, None, "DELETE", ann)
one.wrong(404, None, "PUT", ann, joiner)
assert one.find("/Users", "userName eq \"abigail\"") == [] and one.does("GET", desk)["members"] == []
gone = som.good("GET", "/registers/person/records?filter=key=E-77&fields=state,leave_date")["records"][0]
assert gone["state"] == "left" and gone["leave_date"], gone
assert {r["state"] for r in som.good("GET", roles)["records"]} == {"ended"}
assert len(som.good("GET", "/records/%s/history" % gone["id"])["versions"]) > 5
# A new user of that name is another login, of the same person by the number.
again = one.does("POST", "/Users", {**joiner, "userName": "abigail"}, 201)
assert again["id"] != made["id"] and again["active"]
logins = {u["name"]: u for u in administrator.good("GET", "/users")["users"]}
assert logins["abigail.2"]["person"] == logins["abigail"]["person"] and not logins["abigail.2"]["has_password"] and not logins["abigail"]["enabled"]
assert som.good("GET", "/registers/person/records?filter=key=E-77&fields=state")["records"][0]["state"] == "engaged"
'

# Okta: PUT, PATCH without a path, groups by PUT; and what others' may not.
api '
from scim import *
one, two, every = (Directory(port, os.environ[n + "_TOKEN"]) for n in ("ONE", "TWO", "ALL"))
okta = {"schemas": [USER], "userName": "okta@example.com", "name": {"givenName": "Ok", "familyName": "Ta"}, "active": True,
        "emails": [{"primary": True, "value": "okta@example.com", "type": "work"}], "groups": [], "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7",
        "password": "1mz050nq", "displayName": ""}
made = two.does("POST", "/Users", okta, 201)
assert "password" not in made.text and made["name"] == okta["name"]
user = "/Users/" + made["id"]
assert two.does("GET", "/Users?startIndex=1&count=1")["itemsPerPage"] == 1
assert two.does("GET", "/Users?startIndex=1000&count=1")["Resources"] == []
assert two.does("GET", "/Users?startIndex=-5&count=-5")["startIndex"] == 1
put = two.does("PUT", user, {**okta, "id": made["id"], "name": {"givenName": "Another", "familyName": "Ta"}, "meta": made["meta"]})
assert put["name"]["givenName"] == "Another"
put = two.does("PUT", user, {"schemas": [USER], "userName": "okta@example.com"})
assert "name" not in put.json and "emails" not in put.json and "externalId" not in put.json and put["active"] is True
two.does("PUT", user, okta)
off = two.patch(user, {"op": "replace", "value": {"active": False}})
assert off["active"] is False
assert two.patch(user, {"op": "replace", "value": {"active": True}})["active"] is True
group = two.does("GET", "/Groups/network_team")
put = two.does("PUT", "/Groups/network_team", {"schemas": group["schemas"], "displayName": group["displayName"], "members": [{"value": made["id"], "display": "x"}]},
               If_Match=group.headers["etag"])
assert [m["value"] for m in put["members"]] == [made["id"]]
assert [m["value"] for m in two.does("PUT", "/Groups/network_team", {"displayName": group["displayName"]})["members"]] == [made["id"]]
two.patch("/Groups/network_team", {"op": "replace", "value": {"id": "network_team", "displayName": group["displayName"]}}, status=204)
put = two.does("PUT", "/Groups/network_team", {"displayName": group["displayName"], "members": []})
assert put["members"] == []

# Groups are the plan'"'"'s.
two.wrong(400, "mutability", "POST", "/Groups", {"displayName": "New one"})
two.wrong(409, "uniqueness", "POST", "/Groups", {"displayName": group["displayName"], "members": []})
two.wrong(400, "mutability", "DELETE", "/Groups/network_team")
two.bad_patch("mutability", "/Groups/network_team", {"op": "replace", "path": "displayName", "value": "Other"})
two.wrong(400, "mutability", "PUT", "/Groups/network_team", {"displayName": "Other", "members": []})
two.wrong(404, None, "GET", "/Groups/directory")
two.wrong(404, None, "GET", "/Groups/no-such")

# Nobody of another organisation is there: not by id, filter, count or error.
theirs = one.does("POST", "/Users", {"userName": "private@one.example", "externalId": "x-1", ENTERPRISE: {"employeeNumber": "P-1"}}, 201)
total = two.does("GET", "/Users?count=0")["totalResults"]
one.does("POST", "/Users", {"userName": "another@one.example"}, 201)
assert two.does("GET", "/Users?count=0")["totalResults"] == total
for text in ("id eq \"%s\"" % theirs["id"], "userName eq \"private@one.example\"", "externalId eq \"x-1\"", "userName sw \"private\"",
             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq \"P-1\""):
    assert two.find("/Users", text) == [], text
    assert len(one.find("/Users", text)) == 1 and len(every.find("/Users", text)) == 1, text
never = "/Users/123456789"
for method, body in (("GET", None), ("PUT", okta), ("PATCH", {"Operations": [{"op": "replace", "path": "active", "value": False}]}), ("DELETE", None)):
    a = two.wrong(404, None, method, "/Users/" + theirs["id"], body)
    b = two.wrong(404, None, method, never, body)
    assert a.text == b.text, (a.text, b.text)
for value in (theirs["id"], "123456789", "no number"):
    a = two.bad_patch("invalidValue", "/Groups/network_team", {"op": "add", "path": "members", "value": [{"value": value}]})
    b = two.bad_patch("invalidValue", user, {"op": "add", "path": ENTERPRISE + ":manager", "value": value})
    assert value not in a.text + b.text
one.patch("/Groups/network_team", {"op": "add", "path": "members", "value": [{"value": theirs["id"]}]}, status=204)
assert two.does("GET", "/Groups/network_team").json.get("members", []) == []
# What another directory has already is free here: nobody learns of it.
mine = two.does("POST", "/Users", {"userName": "private@one.example", "externalId": "x-1", ENTERPRISE: {"employeeNumber": "P-1"}}, 201)
assert mine["userName"] == "private@one.example" and mine["externalId"] == "x-1"
assert len(every.find("/Users", "userName eq \"private@one.example\"")) == 2
for organisation in (os.environ["ONE"], "no-such-one"):
    two.bad_patch("invalidValue", user, {"op": "replace", "path": ENTERPRISE + ":organization", "value": organisation})
assert two.patch(user, {"op": "replace", "path": ENTERPRISE + ":organization", "value": os.environ["TWO"]})[ENTERPRISE]["organization"] == os.environ["TWO"]

# A mover, by the directory of all.
two.patch("/Groups/network_team", {"op": "add", "path": "members", "value": [{"value": made["id"]}]}, status=204)
moved = every.patch(user, {"op": "replace", "path": ENTERPRISE + ":organization", "value": os.environ["ONE"]})
assert moved["id"] == made["id"] and moved[ENTERPRISE]["organization"] == os.environ["ONE"] and "groups" not in moved.json
two.wrong(404, None, "GET", user)
one.does("GET", user)
every.does("POST", "/Users", {"userName": "nobody said whose"}, 201)

# The token is for this and nothing else, and other tokens are not for this.
Client(port, os.environ["ONE_TOKEN"]).refused(403, "denied", "GET", "/me")
Client(port, os.environ["ONE_TOKEN"]).refused(403, "denied", "GET", "/registers/person/records")
contact = Client(port)
contact.sign_in("contact", PASSWORD)
token = contact.good("POST", "/me/tokens", {"name": "x", "days": 1, "writes": True}, 201)["token"]
Directory(port, token).wrong(403, None, "GET", "/Users")
browser = Directory(port)
browser.cookie = contact.cookie
browser.wrong(403, None, "GET", "/Users")
Directory(port).wrong(401, None, "GET", "/Users")
Directory(port, "hft_" + "0" * 64).wrong(401, None, "GET", "/Users")
'

# What is not well formed, too much, or not theirs to write.
api '
from scim import *
from urllib.parse import quote
one = Directory(port, os.environ["ONE_TOKEN"])
for text in ("userName", "userName eq", "userName eq ann", "userName eq \"ann", "userName is \"ann\"", "eq \"ann\"", "(userName eq \"a\"", "userName eq \"a\")",
             "userName eq \"a\" and", "not userName eq \"a\"", "no-such eq \"a\"", "name.no-such eq \"a\"", "name eq \"a\"", "active gt true", "active eq \"maybe\"",
             "active eq 1", "userName eq true", "emails[type eq \"work\"", "emails[no-such eq \"a\"]", "userName[type eq \"a\"]", "emails[emails[type eq \"a\"]]",
             "meta.created gt \"yesterday\"", "password eq \"x\"", "userName eq \"\\ud800\"", "userName eq \"a\\", "\"a\" eq userName", ", ", "userName eq \"a\" or or active pr",
             "userName eq \"x\" union select * from login", "1 = 1", "userName eq \"a\"; drop table login", "urn:x:userName eq \"a\""):
    one.wrong(400, "invalidFilter", "GET", "/Users?filter=" + quote(text))
nested = "userName eq \"a\""
for level in range(100):
    nested = "(" + nested + ")"
one.wrong(400, "invalidFilter", "GET", "/Users?filter=" + quote(nested))
one.wrong(400, "invalidFilter", "GET", "/Users?filter=" + quote("not (" * 100 + "active pr" + ")" * 100))
one.wrong(400, "invalidFilter", "GET", "/Users?filter=" + quote(" and ".join(["active pr"] * 65)))
one.wrong(400, "invalidFilter", "GET", "/Users?filter=" + quote("userName eq \"" + "x" * 4096 + "\""))
for text in ("\u0027 or 1=1 --", "\" or active pr or userName eq \"", "%", "_", "\\", "*"):
    assert one.find("/Users", "userName eq " + json.dumps(text)) == [], text
one.wrong(400, "invalidValue", "GET", "/Users?startIndex=first")
one.wrong(400, "invalidValue", "GET", "/Users?count=99999999999999999999")
assert one.does("GET", "/Users?startIndex=9223372036854775807&count=9223372036854775807")["Resources"] == []

for body in ({}, {"userName": ""}, {"userName": None}, {"userName": 7}, {"userName": {"value": "x"}}, {"userName": "x" * 256}, {"userName": "a\u0000b"},
             {"userName": "a\nb"}, {"userName": "a", "active": "yes"}, {"userName": "a", "active": 1}, {"userName": "a", "name": "x"}, {"userName": "a", "emails": 7},
             {"userName": "a", "externalId": "x" * 256}, {"userName": "a", "displayName": "x" * 1025}, {"userName": "a", ENTERPRISE: 7},
             {"userName": "a", ENTERPRISE: {"manager": "no-such"}}):
    answer = one.send("POST", "/Users", body)
    assert answer.status == 400 and answer["scimType"] in ("invalidValue", "invalidSyntax"), (body, answer.status, answer.text)
one.wrong(413, "tooMany", "POST", "/Users", {"userName": "a", "emails": [{"value": "a%d@b" % i} for i in range(21)]})
one.wrong(413, "tooMany", "POST", "/Users", {"userName": "a", "emails": [{"value": "a%d@b" % i} for i in range(1001)]})
one.wrong(400, "invalidSyntax", "POST", "/Users", "{")
one.wrong(400, "invalidSyntax", "POST", "/Users", "[]")
one.wrong(400, "invalidSyntax", "POST", "/Users", "[" * 100 + "]" * 100)
one.wrong(400, "invalidSyntax", "POST", "/Users", "{\"userName\": \"a\", \"userName\": \"b\"}")
assert one.send("POST", "/Users", "userName: a", Content_Type="text/yaml").status == 415
assert one.send("POST", "/Bulk", {}).status == 404

made = one.does("POST", "/Users", {"userName": "Mass"}, 201)
user = "/Users/" + made["id"]
for kind, operation in (("invalidSyntax", {"op": "increase", "path": "active", "value": True}), ("invalidSyntax", {"path": "active", "value": True}),
                        ("invalidPath", {"op": "add", "path": "no-such", "value": 1}), ("invalidPath", {"op": "add", "path": "administrator", "value": True}),
                        ("invalidPath", {"op": "add", "value": {"administrator": True}}), ("invalidPath", {"op": "add", "path": 7, "value": 1}),
                        ("invalidPath", {"op": "add", "path": "name.no-such", "value": "x"}), ("invalidFilter", {"op": "add", "path": "emails[", "value": "x"}),
                        ("invalidPath", {"op": "add", "path": "emails[type eq \"work\"]value", "value": "x"}), ("invalidFilter", {"op": "add", "path": "userName[type eq \"x\"]", "value": "x"}),
                        ("mutability", {"op": "add", "path": "groups", "value": [{"value": "siro"}]}), ("mutability", {"op": "replace", "path": "id", "value": "1"}),
                        ("mutability", {"op": "remove", "path": "userName"}), ("noTarget", {"op": "remove"}), ("noTarget", {"op": "replace", "path": "emails[type ne \"x\"].value", "value": "x"}),
                        ("invalidValue", {"op": "add", "path": "active"}), ("invalidValue", {"op": "replace", "path": "active", "value": "perhaps"}),
                        ("invalidValue", {"op": "replace", "path": "userName", "value": ""}), ("invalidSyntax", {"op": "add", "value": "x"}),
                        ("invalidFilter", {"op": "remove", "path": "emails[" + "(" * 100 + "type pr" + ")" * 100 + "]"})):
    one.bad_patch(kind, user, operation)
one.wrong(400, "invalidSyntax", "PATCH", user, {"schemas": [PATCH]})
one.wrong(400, "invalidSyntax", "PATCH", user, {"Operations": []})
one.bad_patch("tooMany", user, *[{"op": "add", "path": "title", "value": "x"}] * 201, status=413)
assert one.patch(user, {"op": "add", "path": "roles", "value": [{"value": "siro"}]}).json == one.does("GET", user).json
one.bad_patch("tooMany", "/Groups/siro", {"op": "add", "path": "members", "value": [{"value": str(i)} for i in range(1001)]}, status=413)
one.bad_patch("invalidValue", "/Groups/siro", {"op": "add", "path": "members", "value": [{"display": "x"}]})

# Whoever looks after logins is nobody that a directory makes another of; but it shuts him out.
administrator = Client(port)
administrator.sign_in("second", PASSWORD)
administrator.good("PATCH", "/users/mass", {"administrator": True})
for path, value in (("userName", "other"), ("externalId", "other")):
    answer = one.wrong(403, None, "PATCH", user, {"Operations": [{"op": "replace", "path": path, "value": value}]})
one.patch(user, {"op": "replace", "path": "displayName", "value": "Mass"})
one.patch(user, {"op": "replace", "path": "active", "value": False})
one.wrong(403, None, "PATCH", user, {"Operations": [{"op": "replace", "path": "active", "value": True}]})

# A token that was revoked, and a login that was disabled.
tokens = administrator.good("GET", "/users/one/tokens")["tokens"]
assert len(tokens) == 1 and tokens[0]["scim"], tokens
other = Directory(port, administrator.good("POST", "/users/one/tokens", {"name": "second", "days": 30}, 201)["token"])
other.does("GET", user)
administrator.refused(422, "invalid", "POST", "/users/som/tokens", {"name": "t", "days": 1})
administrator.refused(422, "invalid", "POST", "/users/one/tokens", {"name": "t", "days": 1000})
administrator.good("DELETE", "/users/one/tokens/%d" % tokens[0]["id"], status=204)
one.wrong(401, None, "GET", user)
other.does("GET", user)
administrator.good("PATCH", "/users/one", {"enabled": False})
other.wrong(401, None, "GET", user)
'
serve_stop
ok holdfast verify --home ws
