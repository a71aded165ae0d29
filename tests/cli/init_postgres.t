# A workspace whose store is a PostgreSQL database: made, shared, and refused when something is wrong with it.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/small_plan.sh"
small_content content
cp "$ROOT/content/registers/delivery.yaml" content/registers/
database isms

ok holdfast init --home one --store "$STORE" --content content
expect_out 'Made the workspace one'
[ "$(stat -c %a one/store)" = 600 ] || fail 'mode of store'
[ "$(cat one/store)" = "$STORE" ] || fail 'another place'
[ ! -e one/holdfast.db ] || fail 'a file was made too'
ok holdfast init --home one --content content
expect_out 'nothing to do'
ok holdfast init --home one --store "$STORE" --content content
expect_out 'nothing to do'
printf 'key,title\na,Alpha\n' >thing.csv
ok holdfast import thing.csv --home one
ok holdfast verify --home one

# Another folder joins it: with the ledger's key, and with the store's plan whatever its own program brings.
expect_exit 3 holdfast init --home two --store "$STORE"
expect_err "copy that folder's ledger.key there"
ok holdfast init --home stranger --content content
mkdir wrong
cp stranger/ledger.* wrong/
expect_exit 3 holdfast init --home wrong --store "$STORE"
rm -r two
mkdir -m 700 two
cp one/ledger.key two/
ok holdfast init --home two --store "$STORE"
expect_out 'uses a store that was there, with its plan'
diff -r one/content two/content || fail 'another plan'
cmp one/ledger.pub two/ledger.pub || fail 'another public key'
ok holdfast list thing --home two
expect_out Alpha
printf 'key,title\nb,Beta\n' >thing.csv
ok holdfast import thing.csv --home two
ok holdfast list thing --home one
expect_out Beta

# One takes a changed plan in: the other follows. What was changed by hand is no plan of the store.
sed -i 's/  - {name: size, type: int, label: Size}/&\n  - {name: colour, type: text, label: Colour}/' content/registers/thing.yaml
ok holdfast init --home one --content content
expect_out 'Took in the changed plan'
ok holdfast export thing --home two
expect_out colour
ok holdfast verify --home two
sed -i 's/title: One duty/title: No duty/' two/content/plan/sections/1-first.yaml
expect_exit 3 holdfast verify --home two
expect_err 'is not the one that was taken in'

# Four make the same store at once, two in the same folder: one is first, and none fails.
database crowd
mkdir -m 700 c1 c2
cp one/ledger.key c1/
cp one/ledger.key c2/
for home in c1 c2 c1 c2; do
	(
		status=0
		holdfast init --home $home --store "$STORE" --content content >/dev/null 2>"crowd.err" || status=$?
		echo $status >>crowd.done
	) &
done
wait
[ "$(sort -u crowd.done)" = 0 ] || fail "exit statuses $(cat crowd.done): $(cat crowd.err)"
[ "$(on_server "select count(*) from holdfast.event where kind = 'plan_taken_in'" crowd)" = 1 ] || fail 'taken in twice'
ok holdfast verify --home c1
ok holdfast verify --home c2
cmp c1/ledger.pub c2/ledger.pub || fail 'keys'

# A newer program's store is left alone, down to its functions.
database newer
ok holdfast init --home newer --store "$STORE" --content content
on_server "update holdfast.meta set value = '99' where name = 'store_version';
	create or replace function holdfast.month_of(d text) returns text language sql as 'select null'" newer
before=$(on_server "select md5(string_agg(prosrc, '' order by oid)) from pg_proc where pronamespace = 'holdfast'::regnamespace" newer)
for command in verify 'init --content content'; do
	# shellcheck disable=SC2086 # words on purpose
	expect_exit 3 holdfast $command --home newer
	expect_err 'made by a newer Holdfast (format 99'
done
[ "$before" = "$(on_server "select md5(string_agg(prosrc, '' order by oid)) from pg_proc where pronamespace = 'holdfast'::regnamespace" newer)" ] ||
	fail "the newer program's functions were replaced"

# What is no connection string, no server, no database, no password; a password is never repeated.
expect_exit 2 holdfast init --home bad --store /var/lib/somewhere
expect_exit 2 holdfast init --home bad --store 'host=x password=two tiger'
refute_err tiger
expect_exit 2 holdfast init --home bad --store "postgresql:///x?host=$(head -c 5000 /dev/zero | tr '\0' x)"
expect_exit 3 holdfast init --home bad --store "postgresql://holdfast@/nothing?host=$SERVER"
expect_err 'createdb'
expect_exit 4 holdfast init --home bad --store "postgresql://holdfast:tiger@/isms?host=$SERVER/nowhere"
expect_err 'cannot be reached'
refute_err tiger
on_server "create role locked login password 'lion'"
on_server 'create database closed owner locked'
sed -i '1i local all locked scram-sha-256' "$SERVER/data/pg_hba.conf"
on_server 'select pg_reload_conf()' >/dev/null
for password in '' :tiger; do
	expect_exit 4 holdfast init --home bad --store "postgresql://locked$password@/closed?host=$SERVER" --content content
	expect_err 'refuses this user or password'
	refute_err tiger
done
[ ! -e bad ] || fail 'something was made'
ok holdfast init --home bad --store "postgresql://locked:lion@/closed?host=$SERVER" --content content
sed -i 's/lion/tiger/' bad/store
expect_exit 4 holdfast verify --home bad
expect_err 'refuses this user or password'
refute_err tiger
echo 'host=x password=two tiger' >bad/store
expect_exit 3 holdfast verify --home bad
refute_err tiger
echo 'holdfast.db' >bad/store
expect_exit 3 holdfast verify --home bad

# Dropped under us: first its tables, then the database; then the server stops.
on_server 'drop schema holdfast cascade' crowd
expect_exit 3 holdfast verify --home c1
expect_err 'restore a backup'
on_server 'drop database crowd'
expect_exit 3 holdfast verify --home c1
expect_err 'does not exist'
"$ROOT/tools/postgres.sh" stop "$SERVER"
expect_exit 4 holdfast verify --home one
expect_err 'cannot be reached'
"$ROOT/tools/postgres.sh" start "$SERVER" --fast >/dev/null
ok holdfast verify --home one
