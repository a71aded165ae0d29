# A workspace copied between the engines, there and back: the same ledger, whatever stands in the way.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/copies.sh"
exported() {
	ok holdfast export thing --format jsonl --home "$1"
	sort out
}
ok holdfast init --home a --content content
things 3000 first
ok holdfast import things.jsonl --home a
things 2000 second
ok holdfast import things.jsonl --home a
ok holdfast user add ann --home a
cp -R a original

# There and back.
database there
ok holdfast copy --home a --to "$STORE" --to-home b
expect_out 'Copied the workspace to b, and it verifies'
[ "$(stat -c %a b/store)" = 600 ] && [ "$(cat b/store)" = "$STORE" ] || fail 'the place of the store'
cmp a/ledger.key b/ledger.key || fail 'the key'
ok holdfast copy --home b --to c
[ "$(proof a)" = "$(proof b)" ] && [ "$(proof a)" = "$(proof c)" ] || fail "$(proof a) / $(proof b) / $(proof c)"
exported a >a.rows
exported c >c.rows
cmp a.rows c.rows || fail 'other records'
[ "$(exported b | cmp - a.rows)" = '' ] || fail 'other records on the server'
python3 -I -c '
import sqlite3
a, c = (sqlite3.connect(name + "/holdfast.db") for name in "ac")
skip = ("event", "actor", "ledger_leaf", "ledger_tile", "ledger_checkpoint", "counter")
tables = [r[0] for r in a.execute("select name from sqlite_master where type = ? and name not like ?", ("table", "sqlite%"))]
assert len(tables) > 15
for t in tables:
    if t in skip: continue  # the exports above are events
    assert sorted(map(repr, a.execute(f"select * from {t}"))) == sorted(map(repr, c.execute(f"select * from {t}"))), t
both = [sorted(map(repr, d.execute("select type, name, sql from sqlite_master where sql is not null and name not like ?", ("sqlite%",)))) for d in (a, c)]
assert both[0] == both[1]' || fail 'other tables'
# All three go on by themselves.
things 10 third
for home in a b c; do
	ok holdfast import things.jsonl --home $home
	ok holdfast verify --home $home
done

# A target that holds something is not touched, nor one of another kind.
before=$(proof b)
expect_exit 3 holdfast copy --home original --to "$STORE" --to-home d
expect_err 'the database holds a workspace already'
expect_exit 3 holdfast copy --home b --to "$STORE" --to-home d
expect_exit 3 holdfast restore original --home d --store "$STORE"
expect_exit 3 holdfast copy --home original --to c
expect_err 'is there already'
[ "$before" = "$(proof b)" ] || fail 'it was touched'
[ ! -e d ] && [ ! -e d.partial ] || fail 'something is left behind'
expect_exit 2 holdfast copy --home original
expect_exit 2 holdfast copy --home original --to d --to-home e
expect_exit 4 holdfast copy --home original --to "postgresql://holdfast@/x?host=$SERVER/nowhere" --to-home d
[ ! -e d ] && [ ! -e d.partial ] || fail 'something is left behind'

# A backup of the server is a file that either engine restores.
ok holdfast backup --home b kept
database again
ok holdfast restore kept --home r --store "$STORE"
ok holdfast restore kept --home s
[ "$(proof kept)" = "$(proof r)" ] && [ "$(proof kept)" = "$(proof s)" ] || fail 'other roots'
