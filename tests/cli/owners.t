# Whom an administrator is told of when he looks for the owner of a login: where the plan restricts its people, that stands in the
# ledger, as each reading of what is restricted does; of others nothing does.
. "$ROOT/tests/cli/small_plan.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
small_content content
cp "$ROOT/content/registers/delivery.yaml" content/registers/
cat >content/registers/person.yaml <<'END'
name: person
code: 3
prefix: PER
title: People
about: Who works here.
restricted: true
fields:
  - {name: name, type: text, label: Name}
END
ok holdfast init --home ws --content content
printf 'key,organisation,name\np-1,home,Ann Smith\np-2,home,Bob Smith\np-3,home,Cy Jones\n' >person.csv
ok holdfast import person.csv --home ws --source test
serve_start
api_first
api '
ann = Client(port)
ann.sign_in("ann", PASSWORD)
assert [o["key"] for o in ann.good("GET", "/owners?of=person&q=smith")["owners"]] == ["p-2", "p-1"]
assert ann.good("GET", "/owners?of=person&q=nobody")["owners"] == []
assert [o["key"] for o in ann.good("GET", "/owners?of=organisation&q=home")["owners"]] == ["home"]
assert [o["key"] for o in ann.good("GET", "/owners?of=person&q=cy")["owners"]] == ["p-3"]
'
serve_stop
ok holdfast verify --home ws
sqlite3 ws/holdfast.db "select a.name || ' ' || e.detail from event e join actor a on a.id = e.actor where e.kind = 'read' order by e.id" >read
cat >expected <<'END'
user:ann {"records":["PER-2","PER-1"],"register":"person"}
user:ann {"records":["PER-3"],"register":"person"}
END
diff expected read || fail 'the ledger says something else of what was read'
