# The posture at each month's end of the demo's eighteen months, decided again from what was recorded by then, is the one
# that was recorded then: every cell and every failure.
ok holdfast demo --home ws --records 3000 --months 18 --seed 7 --clock 2026-06-15T12:00:00Z
months=0
for month in 2025-01 2025-02 2025-03 2025-04 2025-05 2025-06 2025-07 2025-08 2025-09 2025-10 2025-11 2025-12 \
	2026-01 2026-02 2026-03 2026-04 2026-05; do
	last=$(date -u -d "$month-01 +1 month -1 day" +%F)
	# What stands in the store of that month's cells as they were at its end, asked without the program.
	instant=$(sqlite3 ws/holdfast.db "select at from event where kind = 'assessed' order by id limit 1 offset $months")
	recorded=$(sqlite3 ws/holdfast.db "select count(*) from (select 1 from cell where period = '$month' and recorded_from <= $instant union all
		select 1 from cell_history where period = '$month' and recorded_from <= $instant and recorded_to > $instant)")
	ok holdfast assess --home ws --as-of "$last" --clock 2026-06-15T12:00:00Z --json
	expect_json out "d['compared']['differences'] == [] and len([c for c in d['cells'] if c['period'] == '$month']) == $recorded > 100 and \
		d['compared']['cells_same'] >= len(d['cells']) == sum(d['totals'].values()) and len(d['failures']) > 10"
	months=$((months + 1))
done
# The last one is of the middle of June, when the demo was made.
ok holdfast assess --home ws --as-of 2026-06-15T12:00:00Z --clock 2026-06-15T12:00:00Z
expect_out 'and every failure, are the same.'
ok holdfast show --home ws --clock 2026-06-15T12:00:00Z --json
cp out now.json
ok holdfast show --home ws --as-of 2026-06-15T12:00:00Z --clock 2026-06-15T12:00:00Z --json
cmp now.json out || fail 'the past of now is not the present'
[ "$months" -eq 17 ] || fail "$months months and the present one were decided"
# Nothing was written by all that, and nothing is left beside the store.
ok holdfast verify --home ws
ls ws >files
! grep -q past- files || fail 'a file of the past was left behind'
