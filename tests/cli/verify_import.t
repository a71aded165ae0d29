# What was imported verifies; then somebody with the database's own shell changes one thing, and it is named.
ok holdfast init --home ws
cat >person.csv <<'END'
key,name,start_date,on_account
ann,Ann,2026-01-01,yes
bob,Bob,2026-02-01,no
END
cat >account.csv <<'END'
key,login,kind,person,permissions,enabled,created_at
a1,ann,user,ann,read;write,true,2026-01-02T09:00:00Z
b1,bob,privileged,bob,read,true,2026-02-02T09:00:00Z
END
cat >review.jsonl <<'END'
{"register":"review","key":"r1","kind":"account","planned_on":"2026-03-01","lines":[{"subject":"account:a1","decision":"keep","note":"seen"},{"subject":"account:b1","decision":"revoke"}]}
END
cat >personnel_case.csv <<'END'
key,kind,person
c1,leaver,bob
END
ok holdfast import --home ws person.csv
ok holdfast import --home ws account.csv
ok holdfast import --home ws review.jsonl
ok holdfast import --home ws personnel_case.csv
sed -i 's/bob,privileged,bob,read,true/bob,privileged,bob,read,false/' account.csv
ok holdfast import --home ws account.csv
ok holdfast verify --home ws --save kept.checkpoint
expect_out 'ok: all'

# tampered SQL RECORD [TEXT]: with the guards away and put back, verify must name the record.
tampered() {
	rm -rf bad
	cp -R ws bad
	sqlite3 bad/holdfast.db "select sql || ';' from sqlite_master where type = 'trigger'" >guards.sql
	sqlite3 bad/holdfast.db "select 'drop trigger \"' || name || '\";' from sqlite_master where type = 'trigger'" >drops.sql
	sqlite3 -bail bad/holdfast.db 'begin' '.read drops.sql' "$1" '.read guards.sql' 'commit' || fail "sqlite3 refused: $1"
	expect_exit 1 holdfast verify --home bad --json
	expect_json out 'd["ok"] is False and d["first_bad"] is not None and d["faults"] >= 1'
	expect_exit 1 holdfast verify --home bad
	expect_out "$2"
	[ -z "${3:-}" ] || expect_out "$3"
}
tampered "update account set login = 'anm' where key = 'a1'" 'ACC-1, version 1 (account, '
tampered "update account set enabled = 1 where key = 'b1'" 'ACC-2, version 2 (account, '
tampered "update account set person = person + 1 where key = 'a1'" 'ACC-1, version 1'
tampered "update account set permissions = '[\"read\"]' where key = 'a1'" 'ACC-1, version 1'
tampered "update account set created_at = '2026-01-03T09:00:00Z' where key = 'a1'" 'ACC-1, version 1'
tampered "update account_history set enabled = 0 where key = 'b1'" 'ACC-2, version 1'
tampered "update review_lines set decision = 'keep' where pos = 2" 'REV-1, version 1 (review, '
tampered "update personnel_case set person = person - 1" 'version 1 (personnel_case, '
tampered "update personnel_case set salt = zeroblob(16)" 'version 1 (personnel_case, '
tampered "delete from account where key = 'a1'" 'ACC-1, version 1' 'it was deleted'
tampered "delete from account_history where key = 'b1'" 'ACC-2, version 1' 'it was deleted'
tampered "delete from ledger_leaf where idx = (select max(idx) from ledger_leaf)" 'has no leaf in the ledger'
tampered "update actor set name = 'mallory@shell'" 'PER-1, version 1'
tampered "update event set at = at - 1 where id = 1" 'event 1 is not what was sealed'
tampered "update ledger_tile set data = cast(substr(data, 33, 32) || substr(data, 1, 32) || substr(data, 65) as blob) where id = 0" \
	"the ledger's own hashes of the leaves 0 to"
tampered "delete from ledger_checkpoint where id = (select max(id) from ledger_checkpoint)" 'a later checkpoint was deleted or altered'
tampered "update ledger_checkpoint set note = replace(note, 'A', 'B')" 'was altered'

# All of it cut back to before the last import: whole again, but not for who kept a checkpoint.
cp -R ws longer
sed -i 's/read,false/write,false/' account.csv
ok holdfast import --home longer account.csv
ok holdfast verify --home longer --against kept.checkpoint --save later.checkpoint
ok holdfast verify --home ws
expect_exit 1 holdfast verify --home ws --against later.checkpoint
expect_out 'cut back to an earlier state'
