# Backups and what is made of them: whole, proven, and never half there.
. "$ROOT/tests/cli/small_plan.sh"
small_content content
cp "$ROOT/content/registers/delivery.yaml" content/registers/
export HOLDFAST_HOME=ws
things() {
	python3 -I -c '
import sys
print("key,title,size")
for i in range(int(sys.argv[1])):
    print("t%d,Thing %d,%d" % (i, i, i))' "$1" >thing.csv
	ok holdfast import thing.csv
}
root() {
	holdfast verify --home "$1" --json | python3 -I -c 'import json, sys; print(json.load(sys.stdin)["root"])'
}
ok holdfast init --content content
things 300
ok holdfast verify --save early.checkpoint

# A backup is a folder with everything, closed to others; its root is that of the workspace.
ok holdfast backup 'a backup/'
expect_out 'Made the backup a backup/, and it verifies'
expect_out "It holds the ledger's secret key"
[ "$(stat -c %a 'a backup')" = 700 ] || fail 'mode of the folder'
[ "$(stat -c %a 'a backup/ledger.key')" = 600 ] || fail 'mode of ledger.key'
[ "$(ls 'a backup')" = "$(printf 'content\nholdfast.db\nledger.key\nledger.pub')" ] || fail "$(ls 'a backup')"
[ "$(root 'a backup')" = "$(root ws)" ] || fail 'another root'
[ ! -e 'a backup.partial' ] || fail 'something is left behind'
diff -r ws/content 'a backup/content' || fail 'content'
ok holdfast backup --without-key keyless --json
expect_json out 'd["home"] == "keyless" and d["leaves"] > 300 and not d["secret_key"]'
[ ! -e keyless/ledger.key ] || fail 'the secret key is there'

# What is there already is not touched.
before=$(find 'a backup' -type f -exec sha256sum {} + | sort)
expect_exit 3 holdfast backup 'a backup'
expect_err 'is there already'
mkdir busy empty
echo mine >busy/file
expect_exit 3 holdfast backup busy
[ "$(ls -A busy)" = file ] || fail 'busy was touched'
expect_exit 3 holdfast backup busy/file
expect_exit 3 holdfast backup .
expect_exit 3 holdfast backup ws
[ "$before" = "$(find 'a backup' -type f -exec sha256sum {} + | sort)" ] || fail 'the backup was touched'
ok holdfast backup empty
ok holdfast verify --home empty
expect_exit 2 holdfast backup
expect_exit 3 holdfast backup x --home nowhere
expect_err "there is no workspace in 'nowhere'"
[ ! -e x ] && [ ! -e x.partial ] || fail 'a folder was made'

# Restored, it goes on where it ended; without the key it can be read until that comes back.
things 310
ok holdfast verify --save late.checkpoint
ok holdfast restore 'a backup' --home again --against early.checkpoint --key ws/ledger.pub
expect_out 'Restored the workspace again, and it verifies'
[ "$(root again)" = "$(root 'a backup')" ] || fail 'another root'
ok holdfast list thing 'key=t299' --home again
ok holdfast import thing.csv --home again
ok holdfast verify --home again --against early.checkpoint
ok holdfast restore keyless --home reader
expect_out "without the ledger's secret key"
expect_exit 3 holdfast import thing.csv --home reader
expect_err ledger.key
cp ws/ledger.key reader/
ok holdfast import thing.csv --home reader
ok holdfast verify --home reader

# One that is older than what somebody saw is named as such, with both sizes, and nothing is made.
sizes=$(sed -n 2p late.checkpoint)
expect_exit 1 holdfast restore 'a backup' --home old --against late.checkpoint
expect_err 'the backup is older than the checkpoint'
expect_err "$sizes were sealed by then"
[ ! -e old ] && [ ! -e old.partial ] || fail 'it was restored'
# So is one that agrees in size but not in what it holds: another ledger's checkpoint, a forged one.
ok holdfast init --home stranger --content content
ok holdfast verify --home stranger --save stranger.checkpoint
expect_exit 3 holdfast restore 'a backup' --home old --against stranger.checkpoint
expect_exit 3 holdfast restore keyless --home old --against early.checkpoint --key stranger/ledger.pub
sed 2s/.*/7/ early.checkpoint >forged.checkpoint
expect_exit 3 holdfast restore 'a backup' --home old --against forged.checkpoint
expect_exit 3 holdfast restore 'a backup' --home old --against nowhere
[ ! -e old ] || fail 'it was restored'
expect_exit 3 holdfast restore nowhere --home old
expect_err "there is no backup 'nowhere'"
expect_exit 3 holdfast restore stranger/content --home old
expect_exit 3 holdfast restore 'a backup' --home ws
expect_err 'is there already'

# A record that was altered in the backup, or in the workspace, is found, and no copy is made of it.
cp -R 'a backup' altered
sqlite3 altered/holdfast.db "drop trigger thing_guard_update; update thing set title = 'Other' where key = 't7'"
expect_exit 1 holdfast restore altered --home old
expect_err 'version 1 (thing, home) is not what was sealed'
expect_err 'the copy does not verify'
[ ! -e old ] && [ ! -e old.partial ] || fail 'it was restored'
expect_exit 1 holdfast backup --home altered old
[ ! -e old ] || fail 'it was backed up'
cp -R 'a backup' cut
head -c 100000 'a backup/holdfast.db' >cut/holdfast.db
expect_exit 3 holdfast restore cut --home old
[ ! -e old ] || fail 'it was restored'

# A disk that fills up: files cannot grow past a limit.
size=$(wc -c <'a backup/holdfast.db')
expect_exit 5 sh -c "trap '' XFSZ; ulimit -f $((size / 1024)); exec holdfast backup full"
expect_err 'full'
[ ! -e full ] && [ ! -e full.partial ] || fail 'half a backup is left'
ok holdfast backup full
