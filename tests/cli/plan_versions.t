# Every plan that was taken in is kept whole, what changed is said and recorded, and a store of an older format is
# brought to the present one by init alone.
. "$ROOT/tests/cli/small_plan.sh"
small_content content
cp "$ROOT/content/registers/delivery.yaml" content/registers/
export HOLDFAST_HOME=ws
ok holdfast init --content content
ok sqlite3 ws/holdfast.db 'select count(*) from plan_version' 'select path from plan_file order by path'
expect_out 'plan/sections/1-first.yaml'
expect_out 'registers/thing.yaml'

# A changed plan: obligations, figures, roles and views are told, old figure and new.
cp -R content changed
sed -i 's/value: 3/value: 5/' changed/plans/small/parameters.yaml
sed -i 's/duty: Do it./duty: Do it well./; s/severity: low/severity: high/' changed/plans/small/sections/1-first.yaml
printf '  - {name: helper, title: Helper}\n' >>changed/plans/small/roles.yaml
mkdir changed/plans/small/views
echo 'select t.id from thing t' >changed/plans/small/views/any_thing.sql
sed -e 's/section: "1"/section: "2"/; s/id: 1-a/id: 2-a/' content/plans/small/sections/1-first.yaml >changed/plans/small/sections/2-more.yaml
ok holdfast init --content changed
for text in 'obligation 1-a: changed duty, severity' 'obligation 2-a: new' 'parameter limit: 3 days (fixed) -> 5 days (fixed)' \
	'role helper: new' 'view any_thing: new'; do
	expect_out "$text"
done
ok sqlite3 ws/holdfast.db "select detail from event where kind = 'plan_taken_in' order by id desc limit 1"
cp out detail.json
expect_json detail.json 'set(d) == {"changes", "hash", "plan", "version"}'
expect_json detail.json 'd["changes"]["parameters"]["changed"] == {"limit": ["3 days (fixed)", "5 days (fixed)"]}'
expect_json detail.json 'd["changes"]["obligations"] == {"added": ["2-a"], "changed": {"1-a": ["duty", "severity"]}, "removed": []}'
expect_json detail.json 'sorted(d["changes"]["files"]["added"]) == ["plan/sections/2-more.yaml", "plan/views/any_thing.sql"]'
# The way back is a change, too, and the files are kept once.
ok holdfast init --content content
expect_out 'obligation 2-a: gone'
expect_out 'parameter limit: 5 days (fixed) -> 3 days (fixed)'
ok holdfast init --content content
expect_out 'nothing to do'
ok sqlite3 ws/holdfast.db 'select count(*) from plan_version'
expect_out 2
ok holdfast verify

# A store of format 10, in which only the ledger knew which leaf a version is, and no token was for a calendar.
older_leaves() {
	for table in $(sqlite3 ws/holdfast.db "select m.name from sqlite_schema m join pragma_table_info(m.name) c where c.name = 'leaf'"); do
		sqlite3 ws/holdfast.db "alter table \"$table\" drop column leaf"
	done
	sqlite3 ws/holdfast.db "select sql || ';' from sqlite_schema where type = 'trigger' and tbl_name = 'ledger_leaf'" >guards.sql
	sqlite3 -bail ws/holdfast.db 'create table t (subject integer not null, version integer not null, idx integer not null,
		primary key (subject, version)) strict, without rowid' 'insert into t select subject, version, idx from ledger_leaf' \
		'drop table ledger_leaf' 'alter table t rename to ledger_leaf' '.read guards.sql' \
		'create index ledger_leaf_idx_index on ledger_leaf (idx)' 'alter table login_token drop column calendar' "update meta set value = '10' where name = 'store_version'"
}

# A store of the first format.
age() {
	older_leaves
	sqlite3 ws/holdfast.db 'drop table plan_version; drop table plan_file; drop table assessed_duty; drop table assessed_tested;
		drop table assessed_scope; drop table login_session; drop table login_failure; drop table login_totp; drop table login_code;
		drop table login_token; drop table login_link; drop table login_key; drop table login_challenge; drop table kept_reply;
		drop table login_directory; drop table login_past_name; drop table login_identity; drop table job_part; drop table job_pulse; drop table job;
		alter table login drop column renamed; drop index login_id_index; drop index login_external_index;
		alter table login drop column id; alter table login drop column organisation; alter table login drop column administrator;
		alter table login drop column external_id' "update meta set value = '1' where name = 'store_version'"
}

printf 'key,title,size\na,One,1\nb,Two,2\n' >thing.csv
ok holdfast import thing.csv
printf 'key,title,size\na,One,3\nb,Two,4\n' >thing.csv
ok holdfast import thing.csv
# A store of format 9, which kept the history of each record together.
older_history() {
	older_leaves
	sqlite3 ws/holdfast.db 'create table t as select * from thing_history order by size' 'drop table thing_history' \
		"$(sqlite3 ws/holdfast.db "select sql from sqlite_schema where name = 'thing_history'" | sed 's/ strict$/ strict, without rowid/')" \
		'insert into thing_history select * from t' 'drop table t' "update meta set value = '9' where name = 'store_version'"
}
history() {
	sqlite3 ws/holdfast.db 'select id, row_version, size, recorded_to, retired from thing_history order by 1, 2' \
		"select name, sql from sqlite_schema where tbl_name in ('thing', 'thing_history') order by 1" \
		"select wr from pragma_table_list where name = 'thing_history'"
}
# Which leaf each version and event is, as it says itself and as the ledger says.
leaves() {
	sqlite3 ws/holdfast.db 'select id, row_version, leaf from thing union all select id, row_version, leaf from thing_history
		union all select id, row_version, leaf from organisation union all select id, 1, leaf from event order by 3' \
		'select subject, version, idx from ledger_leaf order by idx' 'select id, note from ledger_checkpoint order by id' \
		"select name, sql from sqlite_schema where tbl_name in ('event', 'organisation', 'ledger_leaf') order by 1"
}
leaves >leaves_before
history >before
[ "$(wc -l <before)" -gt 8 ] || fail 'there is no history'
older_leaves
! sqlite3 ws/holdfast.db 'select leaf from thing' 2>/dev/null || fail 'the store is not older'
expect_exit 3 holdfast show
expect_err 'format 10'
ok holdfast init --content ws/content
expect_out 'to the format of this Holdfast'
leaves >leaves_after
cmp leaves_before leaves_after || fail 'a version is another leaf than it was'
history >after
cmp before after || fail 'the history is not what it was'
ok holdfast verify
# A version that the ledger did not know is not made one that it knows.
cp ws/holdfast.db whole.db
older_leaves
sqlite3 ws/holdfast.db 'drop trigger ledger_leaf_guard_delete' 'delete from ledger_leaf where idx = (select max(l.idx) from ledger_leaf l)'
ok holdfast init --content ws/content
expect_exit 1 holdfast verify
expect_out 'has no leaf in the ledger'
cp whole.db ws/holdfast.db

older_history
expect_exit 3 holdfast show
expect_err 'format 9'
ok holdfast init --content ws/content
expect_out 'to the format of this Holdfast'
history >after
cmp before after || fail 'the history is not what it was'
ok holdfast verify
leaves >leaves_after
cmp leaves_before leaves_after || fail 'a version is another leaf than it was'

# A store of format 6, in which a number of another directory was one login's of all.
older_leaves
sqlite3 ws/holdfast.db 'drop table login_directory; drop table login_past_name; drop table login_identity; drop table job_part; drop table job_pulse;
	drop table job; alter table login drop column renamed;
	alter table login_token drop column scim; drop index login_external_index; create unique index login_external_index on login (external_id)' \
	"update meta set value = '6' where name = 'store_version'"
expect_exit 3 holdfast show
expect_err 'format 6'
ok holdfast init --content ws/content
expect_out 'to the format of this Holdfast'
[ "$(sqlite3 ws/holdfast.db "select count(*) from pragma_index_list('login') where name = 'login_external_index' and \"unique\" = 0")" = 1 ] ||
	fail 'numbers of directories are unique still'

# A store of the first format: it is told what to do, and init does it and nothing else.
age
expect_exit 3 holdfast show
expect_err 'made by an older Holdfast (format 1'
expect_err 'holdfast init --home ws --content ws/content'
leaves=$(sqlite3 ws/holdfast.db 'select count(*) from ledger_leaf')
sqlite3 ws/holdfast.db "insert into login values ('eve', null, null, 1, 2000), ('zoe', null, null, 1, 1000), ('bob', null, null, 1, 2000)"
ok holdfast init --content ws/content
[ "$(sqlite3 ws/holdfast.db 'select group_concat(name || id) from (select name, id from login order by id)')" = zoe1,bob2,eve3 ] ||
	fail 'logins that were there got other numbers'
expect_out 'to the format of this Holdfast'
[ "$(sqlite3 ws/holdfast.db 'select count(*) from ledger_leaf')" = "$leaves" ] || fail 'the upgrade wrote to the ledger'
ok holdfast init --content content
expect_out 'nothing to do'
ok holdfast verify
# Taking in a changed plan at the same time keeps the one before, too.
age
ok holdfast init --content changed
expect_out 'parameter limit: 3 days (fixed) -> 5 days (fixed)'
ok sqlite3 ws/holdfast.db 'select count(*) from plan_version'
expect_out 2
ok holdfast verify
# What is kept is held against the ledger.
sqlite3 ws/holdfast.db 'drop trigger plan_file_guard_update' "update plan_file set bytes = cast(replace(cast(bytes as text), 'value: 3', 'value: 9') as blob) where path = 'plan/parameters.yaml'"
expect_exit 1 holdfast verify
expect_out 'are not those that were taken in: they were altered in the database'
