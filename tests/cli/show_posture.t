# What `show` says explains itself: the states that occur, why cells are not proven, and what can be typed next.
expect_next() {
	sed -n '/^What to type next:$/,$s/^  //p' out >next
	[ -s next ] || fail 'nothing is proposed'
	while IFS= read -r line; do
		sh -c "$line" >/dev/null 2>&1 || fail "what is proposed does not work: $line"
	done <next
}

ok holdfast init --home 'my ws'
expect_out "Next: holdfast import FILE ... --home 'my ws'"
ok holdfast show --home 'my ws'
expect_out "Nothing is decided yet: import registers, then run holdfast assess --home 'my ws'"

# The day on which a failure began is one of the plan's zone: 1 April in London begins on 31 March in UTC.
printf 'key,name,leave_date\nbob,Bob,2025-03-31\n' >person.csv
printf 'key,login,kind,person,enabled\nb,b,user,bob,yes\n' >account.csv
ok holdfast import --home 'my ws' person.csv account.csv
expect_out "Next: holdfast assess --home 'my ws'"
ok holdfast assess --home 'my ws'
ok holdfast show obligation 6.5-c --home 'my ws'
grep -Eq '^integrator .* failing +1 +1 +2025-04-01 ' out || fail 'the failure does not begin on 1 April'
expect_out '  failing            at least one record breaks the duty'
refute_out '  proven   '

ok holdfast show --home 'my ws'
expect_out '    no_evidence      nobody has handed in evidence for the period ('
refute_out '    check_error'
expect_next
grep -qx "holdfast verify --home 'my ws'" next || fail 'the workspace is not named'

# Named in the environment it need not be typed again; the program is called as it was.
export HOLDFAST_HOME='my ws'
ok "$HOLDFAST" show
expect_next
grep -qx "$HOLDFAST verify" next || fail 'the program is not named'
