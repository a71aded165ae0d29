# What can be wrong with a server: each is said clearly, with an exit status that stays.
. "$ROOT/tests/cli/small_plan.sh"
. "$ROOT/tests/cli/server.sh"
small_content content
server_start one
store=$(store_of one)

# Nobody there, no such database, no such user.
expect_exit 4 holdfast init --home none --content content --store "postgresql://holdfast@/holdfast?host=$servers/none"
expect_err 'the database cannot be reached'
expect_err 'look whether it runs, and try again'
expect_exit 3 holdfast init --home none --content content --store "postgresql://holdfast@/nothing?host=$servers/one"
expect_err 'database "nothing" does not exist'
expect_exit 4 holdfast init --home none --content content --store "postgresql://stranger@/holdfast?host=$servers/one"
expect_err 'the database refuses this user or password'
[ ! -e none/store ] || fail 'a place that does not answer was remembered'

# Two make the same store at once: with one folder it is made once; with two, one of them has made it.
holdfast init --home same --content content --store "$store" >same.1 2>&1 &
first=$!
status=0
holdfast init --home same --content content --store "$store" >same.2 2>&1 || status=$?
wait $first || status=$?
[ $status -eq 0 ] || fail "two makers of one workspace: $(cat same.1 same.2)"
ok holdfast verify --home same
[ "$(query one "select count(*) from holdfast.event where kind = 'plan_taken_in'")" = 1 ] || fail 'the plan was taken in twice'
query one 'create database other owner holdfast' >/dev/null
other="postgresql://holdfast@/other?host=$servers/one"
for home in left right; do
	(
		status=0
		holdfast init --home $home --content content --store "$other" >$home.log 2>&1 || status=$?
		echo $status >$home.status
	) &
done
wait
[ "$(sort left.status right.status | tr -d '\n')" = 03 ] || fail "two makers of one store: $(cat left.log right.log)"
cat left.log right.log >err
expect_err "this store belongs to another workspace folder already"
for home in left right; do
	[ "$(cat $home.status)" != 0 ] || ok holdfast verify --home $home
done

# A newer program has been here.
ok psql -X -q "$store" -c "update holdfast.meta set value = '99' where name = 'store_version'"
for command in 'verify' 'init --content content' 'show'; do
	# shellcheck disable=SC2086
	expect_exit 3 holdfast $command --home same
	expect_err 'this workspace was made by a newer Holdfast (format 99, this one knows '
	expect_err 'use the newer program'
done
knows=$(sed -n 's/.*this one knows \([0-9]*\)).*/\1/p' err)
ok psql -X -q "$store" -c "update holdfast.meta set value = '$knows' where name = 'store_version'"

# The clock goes back an hour: recorded time does not.
query one 'create database clock owner holdfast' >/dev/null
ok holdfast init --home clock --rehearsal --clock 2026-06-15T12:00:00Z \
	--store "postgresql://holdfast@/clock?host=$servers/one"
printf 'key,name\n1,First\n' >one.csv
printf 'key,name\n1,Second\n' >two.csv
ok holdfast import one.csv --register site --home clock --clock 2026-06-15T12:00:00Z
ok holdfast import two.csv --register site --home clock --clock 2026-06-15T11:00:00Z
[ "$(database=clock query one "select (select max(recorded_to) from holdfast.site_history) <= recorded_from and
	recorded_from > (select max(recorded_from) from holdfast.site_history) from holdfast.site")" = t ] || fail 'time went back'
ok holdfast verify --home clock

# A password.
query one "alter role holdfast password 'correct horse'" >/dev/null
as_server sed -i 's/trust$/scram-sha-256/' "$servers/one/data/pg_hba.conf"
as_server sed -i '1i local all postgres trust' "$servers/one/data/pg_hba.conf"
query one 'select pg_reload_conf()' >/dev/null
wait_for 10 sh -c "! psql -X -q '$store' -w -c ''"
expect_exit 4 holdfast verify --home same
expect_err 'the database refuses this user or password'
PGPASSWORD='wrong pony' expect_exit 4 holdfast verify --home same
expect_err 'the database refuses this user or password'
refute_err 'wrong pony'
PGPASSWORD='correct horse' ok holdfast verify --home same
export PGPASSWORD='correct horse'

# The database is dropped under a process that works, and under the next command.
"$write_load" same one 2 100 answers.one 2>load.err &
load=$!
wait_for 60 answers_reach 50
database=postgres query one 'drop database holdfast with (force)' >/dev/null
status=0
wait $load || status=$?
[ $status -eq 1 ] || fail "a load on a dropped database ended with $status"
grep -q 'database "holdfast" does not exist' answers.one || fail "what was said of the dropped database: $(tail -n 2 answers.one)"
expect_exit 3 holdfast verify --home same
expect_err 'database "holdfast" does not exist'
