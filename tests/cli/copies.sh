# copies.sh -- what the tests of copies share: a small plan in `content`, and
#
#   things N WORD     writes things.jsonl with so many records
#   proof HOME        verifies the workspace, and prints what its ledger is
. "$ROOT/tests/cli/small_plan.sh"
small_content content
cp "$ROOT/content/registers/delivery.yaml" content/registers/

things() {
	python3 -I -c '
import json, sys
for i in range(int(sys.argv[1])):
    print(json.dumps({"register": "thing", "key": "t%d" % i, "title": "%s \u00fc\t\\N %d" % (sys.argv[2], i), "size": i - 9,
                      "lines": [{"subject": "a %d" % i}, {"subject": None}]}))' "$1" "$2" >things.jsonl
}

proof() {
	ok holdfast verify --home "$1" --json
	python3 -I -c 'import json; d = json.load(open("out")); print(d["leaves"], d["root"], d["checkpoint"])'
}
