# Only time passes (tests/scenario/clock): each record begins and ceases to fail in the very second that the plan's
# civil days say, over a year's end, 29 February and both changes of daylight saving time.

folder=$ROOT/tests/scenario/clock
START=2027-12-30T12:00:00Z

ok holdfast init --home W --rehearsal --clock $START
for organisation in client integrator; do
	ok holdfast import --home W --clock $START --organisation $organisation "$folder/$organisation"/*.csv
	refute_out ejected:
done

python3 -I "$ROOT/tests/scenario/clock.py" "$folder" instants >instants
[ "$(wc -l <instants)" -gt 20 ] || fail "there is next to nothing to try"
while read -r instant; do
	ok holdfast assess --home W --clock "$instant" --json
	cp out answer.json
	python3 -I "$ROOT/tests/scenario/clock.py" "$folder" at "$instant" answer.json >out 2>err || fail "at $instant"
done <instants
ok holdfast verify --home W
