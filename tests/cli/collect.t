# `collect` writes one delivery about this machine, to a file that nobody else reads or to standard output.
ok holdfast collect --output here.jsonl
expect_err 'Next: holdfast import here.jsonl'
[ ! -s out ] || fail 'a delivery to a file went to standard output too'
[ "$(stat -c %a here.jsonl)" = 600 ] || fail 'others may read the delivery'
python3 -I -c '
import json, sys
lines = [json.loads(line) for line in open("here.jsonl", encoding="utf-8")]
registers = {r["register"] for r in lines if "register" in r}
assert {"asset", "account", "endpoint_status"} <= registers, registers
' || fail 'the delivery lacks a register'
ok holdfast collect --output -
cp out stdout.jsonl
[ "$(wc -l <stdout.jsonl)" -gt 3 ] || fail 'nothing on standard output'
refute_err 'Next:'
ok holdfast collect --host somewhere-else
grep -qF somewhere-else out || fail 'the name given is not in the delivery'

# What cannot be written is told, and leaves nothing behind.
expect_exit 3 holdfast collect --output nowhere/here.jsonl
expect_err 'nowhere/here.jsonl'
mkdir folder
expect_exit 3 holdfast collect --output folder
[ -z "$(ls -A folder)" ] || fail 'something is left in the folder'
expect_exit 5 sh -c 'holdfast collect >/dev/full'
expect_err 'cannot write to standard output'

# A second look makes new versions of the same records, and no second report.
ok holdfast init --home again
ok holdfast collect --host box --output one.jsonl
ok holdfast import --home again one.jsonl
sleep 1.1 # a report says when it was made, to the second
ok holdfast collect --host box --output two.jsonl
ok holdfast import --home again two.jsonl
[ "$(sqlite3 again/holdfast.db 'select count(*), max(row_version) from endpoint_status')" = '1|2' ] ||
	fail 'endpoint_status is not one record with a history'
