# What `assess --as-of` says when the past, decided again, is not what was recorded, and why.
export HOLDFAST_HOME=ws
at() {
	clock=$1
	shift
	ok holdfast "$@" --clock "$clock"
}
cp -R "$ROOT/content" content
at 2026-03-02T10:00:00Z init --content content --rehearsal
printf 'key,name,leave_date\nann,Ann Field,\nbob,Bob Marsh,2026-03-01\n' >person.csv
printf 'key,login,kind,person,enabled,last_used_at\nann@vpn,ann,user,ann,yes,2026-02-27T08:00:00Z\nbob@vpn,bob,user,bob,yes,2026-02-27T08:00:00Z\n' >account.csv
at 2026-03-02T11:00:00Z import person.csv account.csv
at 2026-03-02T12:00:00Z assess
at 2026-03-05T11:00:00Z import account.csv
printf 'key,login,kind,person,enabled,last_used_at\nann@vpn,ann,user,ann,yes,2026-03-04T08:00:00Z\nbob@vpn,bob,user,bob,no,2026-02-27T08:00:00Z\n' >account.csv
at 2026-03-06T11:00:00Z import account.csv
at 2026-03-07T12:00:00Z assess
# Only now is it known that Ann had left, too.
printf 'key,name,leave_date\nann,Ann Field,2026-02-26\nbob,Bob Marsh,2026-03-01\n' >person.csv
at 2026-03-09T11:00:00Z import person.csv
at 2026-03-09T12:00:00Z assess

# At the first assessment: all the same, and what was known only later is said.
at 2026-03-10T00:00:00Z assess --as-of 2026-03-02T12:00:00Z
expect_out 'Nothing was written'
expect_out 'and every failure, are the same.'
expect_out 'Known only later'
expect_out '6.5-c'
at 2026-03-10T00:00:00Z assess --as-of 2026-03-02T12:00:00Z --json
cp out first.json
expect_json first.json 'd["compared"]["differences"] == [] and d["as_of"] == "2026-03-02T12:00:00Z"'
expect_json first.json '[f["record"] for f in d["failures"] if f["obligation"] == "6.5-c"] == ["ACC-2"]'
expect_json first.json '[(l["record"], l["kind"], l["recorded_at"][:10]) for l in d["known_later"] if l["obligation"] == "6.5-c"] == [("ACC-1", "failure", "2026-03-09")]'
# Strict is about the cells of then.
expect_exit 1 holdfast assess --as-of 2026-03-02T12:00:00Z --strict --clock 2026-03-10T00:00:00Z

# Between a delivery and the assessment after it: the records that came are the reason.
at 2026-03-10T00:00:00Z assess --as-of 2026-03-06T23:00:00Z --json
expect_json out '{(x["cause"], x["changed_register"]) for x in d["compared"]["differences"] if x["obligation"] == "6.5-c"} == {("facts", "account")}'
at 2026-03-10T00:00:00Z assess --as-of 2026-03-06T23:00:00Z
expect_out 'records came after that assessment'
# A delivery that changed nothing, and days: nothing but the time can be the reason.
at 2026-03-10T00:00:00Z assess --as-of 2026-03-05T10:00:00Z --json
expect_json out 'all(x["cause"] == "time" for x in d["compared"]["differences"])'
at 2026-03-10T00:00:00Z assess --as-of 2026-03-02T11:30:00Z
expect_out 'Nothing had been assessed by then'

# Another plan between the assessment and the moment.
sed -i '/name: dormant_account_limit/,/value:/s/value: .*/value: 1/' content/plans/post-office-2015/parameters.yaml
at 2026-03-10T10:00:00Z init --content content
expect_out 'parameter dormant_account_limit: 90 days (proposed) -> 1 days (proposed)'
at 2026-03-12T00:00:00Z assess --as-of 2026-03-10T11:00:00Z --json
expect_json out 'len(d["compared"]["differences"]) > 0 and {x["cause"] for x in d["compared"]["differences"]} == {"plan"}'
at 2026-03-12T00:00:00Z assess --as-of 2026-03-10T09:59:59Z --json
expect_json out 'all(x["cause"] == "time" for x in d["compared"]["differences"])'
at 2026-03-12T00:00:00Z assess --as-of 2026-03-02T12:00:00Z --json
cmp out first.json || fail 'the plan of today changed what is said of then'

# Each cell says which plan decided it, and show names it.
at 2026-03-12T00:00:00Z assess
at 2026-03-12T00:00:00Z show obligation 6.5-c
expect_out 'Decided by the plan post-office-2015 version 1.0 ('
at 2026-03-12T00:00:00Z show obligation 6.5-c --json
expect_json out 'all(len(c["plan"]) == 64 for c in d["cells"])'
cp out now.json
at 2026-03-12T00:00:00Z show obligation 6.5-c --json --as-of 2026-03-09
expect_json out "d['cells'][0]['plan'] != '$(python3 -c 'import json; print(json.load(open("now.json"))["cells"][0]["plan"])')'"

# Records of then that were altered: a difference that nothing explains ends with 1.
sqlite3 ws/holdfast.db 'drop trigger account_history_guard_update' "update account_history set enabled = 0 where login = 'bob'"
expect_exit 1 holdfast assess --as-of 2026-03-02T12:00:00Z --clock 2026-03-12T00:00:00Z
expect_out 'nothing explains it: run holdfast verify'
expect_exit 1 holdfast verify
