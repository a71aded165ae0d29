# Only a rehearsal can be told another time.
. "$ROOT/tests/cli/small_plan.sh"
small_content content

expect_exit 4 holdfast init --home ws --content content --clock 2026-01-01T00:00:00Z
expect_err "only a workspace made with 'init --rehearsal' can be told another time"
[ ! -e ws ] || fail 'a refused init left a folder behind'
expect_exit 2 holdfast init --home ws --content content --rehearsal --clock 2026-02-30T00:00:00Z
expect_err "'2026-02-30T00:00:00Z' is no time"
[ ! -e ws ] || fail 'a refused init left a folder behind'

ok holdfast init --home ws --content content
expect_exit 4 holdfast verify --home ws --clock 2026-01-01T00:00:00Z
expect_exit 4 holdfast init --home ws --content content --clock 2026-01-01T00:00:00Z
# It does not become one afterwards.
ok holdfast init --home ws --content content --rehearsal
expect_exit 4 holdfast init --home ws --content content --rehearsal --clock 2026-01-01T00:00:00Z
expect_exit 4 holdfast verify --home ws --clock 2026-01-01T00:00:00Z

ok holdfast init --home rehearsal --content content --rehearsal --clock 2026-01-01T00:00:00Z
[ "$(sqlite3 rehearsal/holdfast.db 'select min(recorded_at) from ledger_checkpoint')" = 1767225600000 ] || fail 'recorded at another time'
ok holdfast verify --home rehearsal --clock 2026-02-01T00:00:00Z
expect_exit 2 holdfast verify --home rehearsal --clock yesterday
expect_err "'yesterday' is no time; write it as 2026-03-01T12:00:00Z"
