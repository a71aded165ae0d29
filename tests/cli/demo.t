# A small demo makes a workspace that verifies, shows where it stands, and is the same for the same seed and time.
ok holdfast demo --home a --records 3000 --months 3 --seed 5 --clock 2026-06-15T12:00:00Z
expect_out "harrowmere"
expect_err "Made the demo a: "
ok holdfast verify --home a
ok holdfast show --home a --json
expect_json out 'len(d) > 1'
ok holdfast show organisation quillstone --home a

# What is refused, and how.
expect_exit 3 holdfast demo --home a
expect_err "a finished demo"
expect_exit 2 holdfast demo --home b --records 10
expect_err "--records must be a whole number from 3000"
expect_exit 2 holdfast demo --home b --months 0
expect_exit 2 holdfast demo --home b --seed soon
expect_exit 2 holdfast demo --home b --clock yesterday
[ ! -e b ] || fail "a refused demo left a folder"
ok holdfast init --home plain
expect_exit 3 holdfast demo --home plain
expect_err "is a workspace already; give a new folder"

# One that was killed says so, whenever that was, and does not pass for a whole one.
# (Of a size that no machine finishes between the first file and the signal.)
for seconds in 0 0.2 1; do
	rm -rf half
	holdfast demo --home half --records 200000 --months 18 --seed 5 >/dev/null 2>&1 &
	pid=$!
	while [ ! -e half/holdfast.db ]; do sleep 0.01; done
	sleep $seconds
	kill -KILL $pid
	wait $pid || true
	expect_exit 3 holdfast demo --home half
	expect_err "was not finished; remove the folder"
done
