# Output that cannot be written is an error, and is told.
expect_exit 5 sh -c 'holdfast help limits >/dev/full'
expect_err 'cannot write to standard output: No space left on device'
expect_exit 5 sh -c 'holdfast help limits >&-'
expect_err 'cannot write to standard output'
# The reader is gone before anything is written.
mkfifo pipe
(exec <pipe; exec <&-; : >gone) &
expect_exit 5 sh -c '(until [ -e gone ]; do sleep 0.05; done; exec holdfast help limits) >pipe'
expect_err 'cannot write to standard output: Broken pipe'
wait
ok sh -c 'holdfast help limits 2>/dev/full'

# Closed streams give their numbers to nothing that is written to: the files are what they always are.
ok sh -c 'holdfast init --home closed >&- 2>&- <&- || [ $? -eq 5 ]'
ok holdfast verify --home closed
refute_out Made
for file in closed/holdfast.db closed/ledger.key closed/ledger.pub; do
	! grep -qa 'Made the workspace' "$file" || fail "output went into $file"
done

# The width of tables: of COLUMNS, within reason; what is none is not taken.
ok holdfast init --home ws
for columns in 60 80 200 1 0 -5 99999999999999999999 wide ''; do
	COLUMNS=$columns ok holdfast show obligation 5.1-a --home ws
	width=$(awk '{ if (length > w) w = length } END { print w + 0 }' out)
	[ "$width" -le 512 ] || fail "lines of $width characters with COLUMNS=$columns"
done
