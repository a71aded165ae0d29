# A new workspace, made again, in a folder with an awkward name; and what opening one refuses.
. "$ROOT/tests/cli/small_plan.sh"
small_content content
home="a b's workspace"

ok holdfast init --home "$home" --content content
expect_out "Made the workspace $home: 2 registers"
[ "$(stat -c %a "$home")" = 700 ] || fail "mode of the folder"
[ "$(stat -c %a "$home/ledger.key")" = 600 ] || fail "mode of ledger.key"
[ "$(stat -c %a "$home/ledger.pub")" = 644 ] || fail "mode of ledger.pub"
cp "$home/ledger.key" key
leaves=$(sqlite3 "$home/holdfast.db" 'select count(*) from ledger_leaf')

# Again: nothing happens, not even to the ledger.
ok holdfast init --home "$home" --content content
expect_out 'nothing to do'
cmp -s key "$home/ledger.key" || fail 'the key was replaced'
[ "$(sqlite3 "$home/holdfast.db" 'select count(*) from ledger_leaf')" = "$leaves" ] || fail 'leaves were added'
ok holdfast verify --home "$home"
HOLDFAST_HOME="$home" ok holdfast verify

# The plan of the workspace itself is as good as the one it came from.
ok holdfast init --home "$home" --content "$home/content"
expect_out 'nothing to do'

# No workspace, and no folder made for asking.
expect_exit 3 holdfast verify --home nowhere
expect_err "there is no workspace in 'nowhere'; make one with 'holdfast init --home nowhere'"
[ ! -e nowhere ] || fail 'a folder was made'
expect_exit 3 holdfast init --home other --content nowhere
[ ! -e other ] || fail 'a folder was made'
expect_exit 3 holdfast init --home other --content content --plan large
expect_err large
[ ! -e other ] || fail 'a folder was made'

# Content edited by hand is not used until it was taken in.
cp -R "$home" edited
sed -i 's/title: A small plan/title: A changed plan/' edited/content/plan/plan.yaml
expect_exit 3 holdfast verify --home edited
expect_err 'is not the one that was taken in'
ok holdfast init --home edited --content edited/content
expect_out 'Took in the changed plan'
ok holdfast verify --home edited
cp -R "$home" edited2
sed -i 's/^title:/tilte:/' edited2/content/plan/plan.yaml
expect_exit 3 holdfast verify --home edited2
expect_err "edited2/content/plan/plan.yaml:2:1: unknown name 'tilte'; did you mean 'title'?"

# The key: gone, another one, no key at all, a folder.
cp -R "$home" nokey
rm nokey/ledger.key
expect_exit 3 holdfast init --home nokey --content content
expect_err 'nokey/ledger.key'
expect_err 'restore it from a backup'
[ ! -e nokey/ledger.key ] || fail 'another key was made for a ledger that is signed'
ok holdfast verify --home nokey
ok holdfast init --home stranger --content content
cp -R "$home" wrongkey
cp stranger/ledger.key stranger/ledger.pub wrongkey/
expect_exit 1 holdfast verify --home wrongkey
cp -R "$home" badkey
echo 'not a key' >badkey/ledger.key
expect_exit 3 holdfast init --home badkey --content content
expect_err 'badkey/ledger.key'
cp -R "$home" folderkey
rm folderkey/ledger.key
mkdir folderkey/ledger.key
expect_exit 3 holdfast init --home folderkey --content content
expect_err 'folderkey/ledger.key'

# A workspace of a newer program is left alone, even when its content cannot be read here.
cp -R "$home" newer
sqlite3 newer/holdfast.db "update meta set value = '999' where name = 'store_version'"
echo 'newer: words' >>newer/content/plan/plan.yaml
before=$(sha256sum newer/ledger.key newer/content/plan/plan.yaml)
for command in "verify" "init --content content"; do
	# shellcheck disable=SC2086
	expect_exit 3 holdfast $command --home newer
	expect_err 'made by a newer Holdfast (format 999, this one knows '
done
[ "$before" = "$(sha256sum newer/ledger.key newer/content/plan/plan.yaml)" ] || fail 'it was changed'

# What is no database.
cp -R "$home" broken
rm -f broken/holdfast.db-wal broken/holdfast.db-shm
yes 'plain text' | head -n 500 >broken/holdfast.db
expect_exit 3 holdfast verify --home broken
expect_err 'damaged or is none'
expect_exit 3 holdfast init --home broken --content content
expect_err 'damaged or is none'
