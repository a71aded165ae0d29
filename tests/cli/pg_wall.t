# A session that serves one organisation sees its rows alone, in every register, history and list, whatever it asks;
# and checks run as a role that only reads.
. "$ROOT/tests/cli/server.sh"
server_start one
store=$(store_of one)
# Without the right to make roles the store works, and says what is missing.
ok holdfast init --home plain --store "$store"
expect_out 'alter role USER createrole'
expect_exit 4 "$LOAD/wall_ask" plain - 'select 1'
expect_err 'says what an administrator has to do'
query one 'drop schema holdfast cascade' 'alter role holdfast createrole' >/dev/null 2>&1
ok holdfast demo --home ws --records 3000 --months 2 --seed 5 --clock 2026-06-15T12:00:00Z --store "$store"
query one 'alter role holdfast nocreaterole' >/dev/null
ok holdfast init --home ws --store "$store"
refute_out createrole

# Every table with a policy, counted by the owner and by a session that serves one member.
tables=$(query one "select c.relname from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname = 'wall' order by 1")
[ "$(echo "$tables" | wc -l)" -gt 90 ] || fail 'few tables have a policy'
number=$(query one "select id from holdfast.organisation where key = 'quillstone'")
for table in $tables; do
	echo "select '$table', count(*) from \"$table\""
done >asked
xargs -d '\n' "$LOAD/wall_ask" ws quillstone <asked >seen
whose=
for table in $tables; do
	if [ "$(query one "select count(*) from pg_attribute where attrelid = 'holdfast.\"$table\"'::regclass and attname = 'organisation'
		and attnum = 3")" = 1 ]; then
		whose="select '$table', count(*) filter (where organisation = $number), count(*) from holdfast.\"$table\""
	else
		parent=$(query one "select substring(pg_get_expr(polqual, polrelid) from 'FROM ([a-z_.]+) h') from pg_policy
			where polrelid = 'holdfast.\"$table\"'::regclass and polname = 'wall'")
		version=
		case $table in *_history) version='and h.row_version = t.row_version' ;; esac
		whose="select '$table', count(*) filter (where exists (select from holdfast.${parent#holdfast.} h where h.id = t.record $version
			and h.organisation = $number)), count(*) from holdfast.\"$table\" t"
	fi
	echo "$whose;"
done >owner.sql
psql -X -q -A -t -h "$servers/one" -U postgres -d holdfast -f owner.sql >all
cut -d '|' -f 1,2 all | diff - seen || fail 'what is seen is not what belongs to the organisation'
awk -F '|' '{ mine += $2; all += $3; some += $2 > 0 && $2 < $3 } END { exit !(mine > 100 && all > 2 * mine && some > 20) }' all ||
	fail 'the records show nothing'
# Served nobody, it sees nothing at all.
xargs -d '\n' "$LOAD/wall_ask" ws - <asked | awk -F '|' '$2 != 0 { exit 1 }' || fail 'who serves nobody sees something'

# Whatever it asks.
all=$(query one 'select count(*) from holdfast.person')
other=$(query one "select id from holdfast.organisation where key <> 'quillstone' limit 1")
mine=$("$LOAD/wall_ask" ws quillstone 'select count(*) from person')
"$LOAD/wall_ask" ws quillstone 'reset role' 'set role holdfast' 'set session authorization holdfast' 'set row_security = off' \
	'alter table person disable row level security' 'drop policy wall on person' 'select secret from wall_secret' \
	'select name from login' 'delete from person' "update person set name = 'x'" 'insert into wall_secret select null' \
	"create function pg_temp.see(text) returns bool language plpgsql cost 0.0001 as \$\$ begin raise notice '%', \$1; return true; end \$\$" \
	"create or replace function holdfast.wall_sees() returns bigint[] language sql as \$\$ select array[1] \$\$" \
	'select count(*) from person where pg_temp.see(name)' >tried
[ "$(grep -c '^refused: ' tried)" -ge 10 ] || fail "something was allowed: $(cat tried)"
if grep -vE '^(refused: .*|)$' tried | grep -qvx "$mine"; then
	fail "something was seen: $(grep -v '^refused' tried)"
fi
for lie in "set holdfast.sees = '{$other}'" "set holdfast.sees = '1 {$other} $(printf '%064d' 0)'" \
	"select set_config('holdfast.sees', pg_backend_pid() || ' {$other} ' || encode(sha256('x'), 'hex'), false)" 'reset all'; do
	"$LOAD/wall_ask" ws quillstone "$lie" 'select count(*) from holdfast.person' | tail -n 1 >lied
	[ "$(cat lied)" = 0 ] || fail "$lie: $(cat lied) of $all"
done

# The role of checks reads, and writes nothing; no secret either.
checks="set role holdfast_check; set search_path = holdfast"
[ "$(psql -X -q -A -t "$store" -c "$checks; select count(*) from person")" = "$all" ] || fail 'checks do not see all'
for sql in 'delete from person' "insert into meta values ('a', 'b')" 'select * from login' 'select * from wall_secret' \
	'create table mine (a int)'; do
	expect_exit 1 psql -X -q -v ON_ERROR_STOP=1 "$store" -c "$checks; $sql"
	expect_err 'permission denied'
done
ok holdfast assess --home ws --clock 2026-06-15T12:00:00Z
ok holdfast verify --home ws
# It is the one that they run as: what it may not read, no check can.
query one 'revoke select on holdfast.person from holdfast_check' >/dev/null
expect_exit 4 holdfast assess --home ws --clock 2026-06-15T13:00:00Z --full
expect_err 'permission denied for table person'
