# What cannot be verified at all is said plainly, and changes nothing.
expect_exit 3 holdfast verify --home nowhere
expect_err "there is no workspace in 'nowhere'"
expect_exit 2 holdfast verify
expect_err 'say which workspace'
ok holdfast init --home ws
expect_exit 2 holdfast verify --home ws now
expect_exit 2 holdfast verify --home ws --agianst x
expect_exit 3 holdfast verify --home ws --against missing
expect_err 'missing'
expect_exit 3 holdfast verify --home ws --key missing
expect_err 'missing'
head -c 5000 /dev/zero >long
expect_exit 3 holdfast verify --home ws --against long
expect_exit 3 holdfast verify --home ws --key ws/ledger.key
expect_err 'is no public key'
echo 'hello' >note
expect_exit 1 holdfast verify --home ws --against note
expect_out 'the kept checkpoint is none of this ledger'
expect_exit 3 holdfast verify --home ws --save no/such/folder
expect_err 'no/such/folder'

# No database, a damaged one, one that a newer program made.
cp -R ws none
head -c 8192 /dev/urandom >none/holdfast.db
expect_exit 3 holdfast verify --home none
expect_err 'damaged or is none'
cp -R ws cut
size=$(stat -c %s cut/holdfast.db)
head -c $((size / 2)) ws/holdfast.db >cut/holdfast.db
expect_exit 3 holdfast verify --home cut
expect_err 'damaged'
cp -R ws newer
sqlite3 newer/holdfast.db "update meta set value = '999' where name = 'store_version'"
expect_exit 3 holdfast verify --home newer
expect_err 'newer Holdfast'
cp -R ws tableless
sqlite3 tableless/holdfast.db 'drop table ticket'
expect_exit 1 holdfast verify --home tableless
expect_out "table 'ticket' is missing"
cp -R ws leafless
sqlite3 leafless/holdfast.db 'drop table ledger_leaf'
expect_exit 3 holdfast verify --home leafless
expect_err 'ledger_leaf'

# To read, the public key is enough; without both, and to write, it says what to restore.
cp -R ws keyless
rm keyless/ledger.key
ok holdfast verify --home keyless
expect_exit 3 holdfast user add ann --home keyless
expect_err "keyless/ledger.key' is not there"
expect_exit 3 holdfast init --home keyless
expect_err 'restore it from a backup'
[ ! -e keyless/ledger.key ] || fail 'init made a key that fits nothing'
rm keyless/ledger.pub
expect_exit 3 holdfast verify --home keyless
expect_err "keyless/ledger.key' is not there"
ok holdfast verify --home keyless --help

# Another key: by itself, in ledger.pub alone, and against the one that was kept.
ok holdfast init --home other
cp -R ws pub
cp other/ledger.pub pub/ledger.pub
expect_exit 1 holdfast verify --home pub
expect_out 'ledger.pub is not the public key of ledger.key'
expect_exit 1 holdfast verify --home ws --key other/ledger.pub
expect_out 'bears no signature by the key'
cp -R ws replaced
cp other/ledger.key other/ledger.pub replaced
expect_exit 1 holdfast verify --home replaced --json
expect_json out 'd["first_bad"]["what"] == "checkpoint_signature" and d["first_bad"]["record"] is None'

# Another process holds the database: a reader need not wait for it.
sqlite3 ws/holdfast.db 'begin immediate' "update meta set value = value" '.shell holdfast verify --home ws >out 2>err; echo $? >status' 'rollback'
[ "$(cat status)" = 0 ] || fail 'a writer keeps verify from reading'
expect_out 'ok: all'
