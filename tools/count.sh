# count.sh -- read in with `.` by scripts that count what passed and what failed: count STATUS WHAT
passed=0
failed=0

count() {
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
		echo "ok $2"
	else
		failed=$((failed + 1))
		echo "not ok $2"
	fi
}
