# What show and export say of a moment of the past: records, lists, the plan and its figures as they were then.
. "$ROOT/tests/cli/small_plan.sh"
small_content content
rm content/registers/organisation.yaml
cp "$ROOT"/content/registers/*.yaml content/registers/
sed -i 's/^code: 2$/code: 900/' content/registers/thing.yaml
export HOLDFAST_HOME=ws
at() {
	clock=$1
	shift
	ok holdfast "$@" --clock "$clock"
}
at 2026-03-01T10:00:00Z init --content content --rehearsal
printf '{"register":"thing","key":"a","title":"Alpha","size":1,"lines":[{"subject":"one"},{"subject":"two"}]}\n{"register":"thing","key":"b","title":"Beta"}\n' >first.jsonl
printf '{"register":"thing","key":"a","title":"Alpha 2","size":2,"lines":[{"subject":"three"}]}\n' >second.jsonl
at 2026-03-02T10:00:00Z import --full first.jsonl
at 2026-03-03T10:00:00Z import --full second.jsonl
at 2026-03-04T10:00:00Z import --full first.jsonl

# Alpha changed, Beta went and came back. An instant sees its whole second, a day all of it.
exported() {
	at 2026-03-10T00:00:00Z export thing --format jsonl --as-of "$1"
	cp out "$2"
}
exported 2026-03-02T10:00:05Z then
[ "$(wc -l <then)" -eq 2 ] || fail 'not two things on the second of March'
grep -qF '"title":"Alpha"' then && grep -qF '"lines":[{"subject":"one"},{"subject":"two"}]' then || fail 'not Alpha as it was'
exported 2026-03-03 then
[ "$(wc -l <then)" -eq 1 ] || fail 'Beta had gone on the third of March'
grep -qF '"title":"Alpha 2"' then && grep -qF '"lines":[{"subject":"three"}]' then || fail 'not Alpha 2 as it was'
exported 2026-03-03T09:59:59Z then
[ "$(wc -l <then)" -eq 2 ] || fail 'Beta was still there before ten'
exported 2026-03-01T10:00:00Z then
[ "$(wc -l <then)" -eq 0 ] || fail 'there was nothing on the first of March'
at 2026-03-10T00:00:00Z export thing --format jsonl
cp out now
exported 2026-03-10 then
cmp now then || fail 'the end of today is not the present'
# That the past was exported is an event of the present.
ok sqlite3 ws/holdfast.db "select detail from event where kind = 'export' order by id desc limit 1"
expect_out '"as_of":"2026-03-10T00:00:00Z"'

# A record's versions are those known then.
at 2026-03-10T00:00:00Z show record THG-1 --history
expect_out 'version 3'
at 2026-03-10T00:00:00Z show record THG-1 --history --as-of 2026-03-03
expect_out 'version 2'
expect_out 'Alpha -> Alpha 2'
expect_out 'three'
refute_out 'version 3'
expect_out 'As of 2026-03-03 23:59 (Europe/London)'
at 2026-03-10T00:00:00Z show record THG-2 --as-of 2026-03-03
expect_out 'retired'
expect_exit 3 holdfast show record THG-2 --as-of 2026-03-01 --clock 2026-03-10T00:00:00Z
expect_err "there is no record 'THG-2'"

# The plan of then, with its figures, its zone and without fields that came later.
cp -R content changed
sed -i 's/version: "1"/version: "2"/; s/^time_zone:.*/time_zone: UTC/' changed/plans/small/plan.yaml
sed -i 's/title: One duty/title: Another duty/' changed/plans/small/sections/1-first.yaml
sed -i 's/  - {name: size, type: int, label: Size}/&\n  - {name: colour, type: text, label: Colour}/' changed/registers/thing.yaml
at 2026-04-05T10:00:00Z init --content changed
at 2026-04-10T00:00:00Z show obligation 1-a
expect_out 'Another duty'
at 2026-04-10T00:00:00Z show obligation 1-a --as-of 2026-04-01
expect_out 'One duty'
expect_out 'As of 2026-04-01 23:59 (Europe/London), by the plan of then, small version 1'
at 2026-04-10T00:00:00Z export thing --as-of 2026-04-05T09:59:59Z
refute_out colour
at 2026-04-10T00:00:00Z export thing --as-of 2026-04-05T10:00:01Z
expect_out colour

# What is no moment of this workspace's past is refused, and says why.
for command in show 'export thing'; do
	# shellcheck disable=SC2086 # two words on purpose
	expect_exit 2 holdfast $command --as-of yesterday --clock 2026-04-10T00:00:00Z
	expect_err "'yesterday' is no time; write an instant as 2026-03-01T12:00:00Z, or a day"
	# shellcheck disable=SC2086
	expect_exit 3 holdfast $command --as-of 2026-04-10T00:00:01Z --clock 2026-04-10T00:00:00Z
	expect_err 'yet to come'
	# shellcheck disable=SC2086
	expect_exit 3 holdfast $command --as-of 2026-03-01T09:59:59Z --clock 2026-04-10T00:00:00Z
	expect_err 'this workspace was made at 2026-03-01T10:00:00Z'
done
# A plan that was taken in before plans were kept, or whose kept files were altered, is named.
sqlite3 ws/holdfast.db 'drop trigger plan_file_guard_update' "update plan_file set bytes = cast(replace(cast(bytes as text), 'One duty', 'No duty') as blob)"
expect_exit 3 holdfast show --as-of 2026-04-01 --clock 2026-04-10T00:00:00Z
expect_err 'altered in the database'
sqlite3 ws/holdfast.db 'drop trigger plan_version_guard_delete' 'delete from plan_version'
expect_exit 3 holdfast show --as-of 2026-04-01 --clock 2026-04-10T00:00:00Z
expect_err 'was not kept'
