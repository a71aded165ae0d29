# Good rows come in, bad ones are named, and the same file again changes nothing.
export HOLDFAST_HOME=ws
ok holdfast init
cat >person.csv <<'END'
key,name,line_manager,leave_date
cy,Cy,ann,2026-03-01
ann,Ann,,
bob,Bob,ann,2026-02-31
END
expect_exit 3 holdfast import person.csv
expect_out "person.csv:4: leave_date: '2026-02-31' is no date that exists"
expect_exit 3 holdfast import --json person.csv
expect_json out 'd["total"] == {"read": 3, "added": 0, "changed": 0, "unchanged": 2, "retired": 0, "rejected": 1}'
expect_json out 'd["registers"][0]["register"] == "person" and d["registers"][0]["delivery"].startswith("DLV-")'
sed -i 's/-02-31/-02-28/' person.csv
ok holdfast import --json person.csv
expect_json out 'd["total"]["added"] == 1 and d["total"]["unchanged"] == 2 and d["rejections"] == []'
ok holdfast verify

# What this machine is goes into an empty workspace, twice with the same result.
ok holdfast init --home machine
ok holdfast collect --output m.jsonl
ok holdfast import --home machine --json m.jsonl
expect_json out 'd["total"]["read"] == d["total"]["added"] > 5'
ok holdfast import --home machine --json m.jsonl
expect_json out 'd["total"]["read"] == d["total"]["unchanged"] > 5'
ok holdfast verify --home machine

# A full delivery retires what is gone, and nothing that it brings itself, new or come back.
ok holdfast init --home full
printf 'key,name\na,One\nb,Two\n' >two.csv
printf 'key,name\nc,Three\na,One\n' >other.csv
ok holdfast import --home full --register site --full --json two.csv
expect_json out 'd["total"]["added"] == 2 and d["total"]["retired"] == 0'
ok holdfast import --home full --register site --full --json other.csv
expect_json out 'd["total"]["added"] == 1 and d["total"]["retired"] == 1'
ok holdfast import --home full --register site --full --json two.csv
expect_json out 'd["total"]["added"] == 1 and d["total"]["retired"] == 1 and d["total"]["unchanged"] == 1'
ok holdfast verify --home full
