# An untouched workspace verifies; the checkpoint that is saved holds for what comes later.
ok holdfast init --home ws
ok holdfast verify --home ws --save first.checkpoint
expect_out 'ok: all'
expect_out 'root        '
expect_out 'key         holdfast/'
ok holdfast verify --home ws --json
expect_json out 'd["ok"] is True and d["leaves"] > 0 and d["faults"] == 0 and d["first_bad"] is None'
expect_json out 'd["checkpoint"].split("\n")[1] == str(d["leaves"]) and d["checkpoint"].split("\n")[2] == d["root"]'
ok holdfast verify --home ws --against first.checkpoint --key ws/ledger.pub

# Somebody renames an organisation with the database's own shell, and puts the guard back.
cp -R ws bad
sqlite3 bad/holdfast.db '.output guard.sql' "select sql || ';' from sqlite_master where name = 'organisation_guard_update'" \
	'.output stdout' 'drop trigger organisation_guard_update' "update organisation set name = name || '.' where id & 0xff = 1" \
	'.read guard.sql'
expect_exit 1 holdfast verify --home bad
expect_out 'ORG-1, version 1 (organisation, '
expect_out 'is not what was sealed as leaf'
expect_exit 1 holdfast verify --home bad --json --save bad.checkpoint
expect_json out 'd["ok"] is False and d["faults"] == 1 and d["first_bad"]["record"] == "ORG-1"'
expect_json out 'd["first_bad"]["what"] == "leaf" and d["first_bad"]["register"] == "organisation"'
[ ! -e bad.checkpoint ] || fail 'the checkpoint of a ledger that does not verify was saved'

# The guard stays away.
cp -R ws unguarded
sqlite3 unguarded/holdfast.db 'drop trigger organisation_guard_delete'
expect_exit 1 holdfast verify --home unguarded
expect_out "table 'organisation' on delete is missing"
