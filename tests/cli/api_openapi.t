# Every route of the description is called, and what it answers is what the description says.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast demo --home ws --records 3000 --months 2 --seed 1

api_all

# What judges the answers does refuse.
python3 -I -c '
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from schema import Refused, Validator
v = Validator({"a": {"type": "integer"}})
good = [(1, {"$ref": "#/a"}), ("2026-03-01", {"format": "date"}), ({"n": None}, {"properties": {"n": {"type": ["string", "null"]}}}),
        ([1, "x"], {"items": {"anyOf": [{"type": "string"}, {"$ref": "#/a"}]}}), ("b", {"enum": ["a", "b"]})]
bad = [(True, {"$ref": "#/a"}), (1, {"$ref": "#/b"}), ("1 March", {"format": "date"}), ("2026-03-01T12:00:00", {"format": "date-time"}),
       ({"n": 1}, {"properties": {"n": {"type": ["string", "null"]}}}), ({}, {"required": ["n"]}), ("c", {"enum": ["a", "b"]}),
       ({"m": 1}, {"properties": {}, "additionalProperties": False}), ([1.5], {"items": {"anyOf": [{"type": "string"}, {"$ref": "#/a"}]}}),
       ("x", {"pattern": "^y"}), (1, {"const": 2}), ("", {"minLength": 1}), ("xx", {"maxLength": 1}), (1, {"maximum": 3}),
       (1, {"allOf": [{"type": "integer"}, {"const": 2}]})]
for value, schema in good:
    v.check(value, schema)
for value, schema in bad:
    try:
        v.check(value, schema)
    except Refused:
        continue
    sys.exit("taken: %r by %r" % (value, schema))
' "$ROOT/tests/cli" || fail 'schema.py'

serve_start
api_link

# It is the command's, made once, and known by its tag.
ok holdfast openapi --home ws
python3 -I -c '
import json, sys, urllib.request
with open("out", encoding="utf-8") as file:
    written = json.load(file)
reply = urllib.request.urlopen("http://127.0.0.1:%s/api/v1/openapi.json" % sys.argv[1])
assert json.load(reply) == written, "the server gives another description than the command"
' "$port" || fail 'descriptions'

LINK=$link api '
import os
from exercise import Exercise
from people import people
ann = people(port, PASSWORD, os.environ["LINK"])
ann.good("PATCH", "/users/all", {"password": PASSWORD})
holder = Client(port)
holder.sign_in("all", PASSWORD)
token = holder.good("POST", "/me/tokens", {"name": "exercise", "days": 1, "writes": True}, 201)["token"]
Exercise(Client(port, token)).all()
with open("left", "w", encoding="utf-8") as file:
    file.write("\n".join(Description.of(port).left()))
'
serve_stop

# What only a server with providers answers.
PYTHONDONTWRITEBYTECODE=1 python3 "$ROOT/tests/cli/provider.py" >issuer &
until [ -s issuer ]; do sleep 0.1; done
echo 'a secret: with + and %' >secret
chmod 600 secret
echo "providers: [{name: test, issuer: \"$(cat issuer)\", client_id: holdfast, client_secret_file: secret}]" >oidc.yaml
ok holdfast user add root --administrator --home ws
printf '%s\n' "$PASSWORD" | ok holdfast user password root --home ws
serve_start --public-url http://localhost:8700 --oidc oidc.yaml
api '
from people import providers
root = Client(port)
root.sign_in("root", PASSWORD)
providers(root)
with open("left", encoding="utf-8") as file:
    before = {line.partition(", but")[0] for line in file.read().splitlines()}
left = [line for line in Description.of(port).left() if line.partition(", but")[0] in before]
assert before and not left, "\n".join(left)
'
serve_stop
