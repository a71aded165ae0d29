# What assess and show say, of odd names and in narrow places.
export HOLDFAST_HOME=ws
ok holdfast init
cat >organisation.csv <<'END'
key,name,kind,state
post,Post,member,in_service
post-supplies,"Post ""Supplies"" & O'Hara",member,in_service
END
ok holdfast import organisation.csv
printf 'key,name,leave_date\no1,"=O'"'"'Hara ""Bob"" \\ 🦊",2026-01-02\n' >person.csv
printf 'key,login,person,enabled\n"a,1",bob,o1,yes\n' >account.csv
ok holdfast import --organisation post-supplies person.csv account.csv

ok holdfast show
expect_out 'Nothing is decided yet'
ok holdfast assess --json
expect_json out 'set(d) == {"as_of", "plan", "full", "obligations_decided", "totals", "cells", "failures"}'
expect_json out 'set(d["plan"]) == {"name", "version", "hash"}'
expect_json out 'set(d["totals"]) == {"proven", "failing", "unproven", "quiet", "missed", "waived", "not_applicable"}'
expect_json out 'sum(d["totals"].values()) == len(d["cells"])'
expect_json out 'all({"obligation", "organisation", "period", "state", "reason", "tested", "failing", "first_failed_at"} <= set(c) for c in d["cells"])'
expect_json out 'all({"obligation", "register", "record", "key", "organisation", "reason", "first_failed_at"} <= set(f) for f in d["failures"])'
expect_json out '[(f["key"], f["organisation"], f["record"]) for f in d["failures"] if f["obligation"] == "6.5-c"] == [("a,1", "post-supplies", "ACC-1")]'
expect_json out '[c["first_failed_at"][:10] for c in d["cells"] if c["obligation"] == "6.5-c" and c["organisation"] == "post-supplies"] == ["2026-01-03"]'
expect_exit 1 holdfast assess --strict
ok holdfast assess --full --timing --json
expect_json out 'len(d["timing"]) > 80 and all(t["error"] is None for t in d["timing"])'
ok holdfast assess --full --timing
expect_out '6.5-c'

# A name in full comes before those that only begin so.
ok holdfast show organisation post
expect_out 'Post (post), member'
ok holdfast show organisation Post
expect_out 'Post (post), member'
ok holdfast show organisation post-s
expect_out "O'Hara (post-supplies)"
expect_exit 3 holdfast show organisation po
expect_err 'begin with'
expect_exit 3 holdfast show organisation nobody

for topic in '' 'obligation 6.5-c' 'organisation post-supplies' 'record ACC-1' 'failures' 'section 6.5'; do
	# shellcheck disable=SC2086 # a topic and its argument are words on purpose
	ok holdfast show $topic --json
	expect_json out 'd is not None'
	# shellcheck disable=SC2086
	COLUMNS=60 ok holdfast show $topic
	[ -s out ] || fail "nothing is shown of '$topic'"
done
COLUMNS=60 ok holdfast show failures
awk 'length($0) > 80 { exit 1 }' out || fail 'a line is far wider than the terminal'
ok holdfast show record person:o1
expect_out "=O'Hara \"Bob\""
expect_exit 3 holdfast show obligation 6.5-x
expect_exit 3 holdfast show section 99
expect_exit 3 holdfast show record ACC-77
expect_exit 2 holdfast show failures --history
expect_exit 2 holdfast show failures --since yesterday

# A month later, what was decided is of the past, and it says so.
ok holdfast init --home later --rehearsal --clock 2026-03-10T12:00:00Z
ok holdfast assess --home later --clock 2026-03-10T12:00:00Z
ok holdfast show --home later --clock 2026-03-31T22:00:00Z
refute_out 'A month has begun'
# 23:30 UTC is the next day, and month, in London's summer.
ok holdfast show --home later --clock 2026-03-31T23:30:00Z
expect_out 'A month has begun since then'
