#!/bin/sh
# run.sh [TEXT] -- runs the tests of the checkers (those with TEXT in their name).
set -eu
cd "$(dirname "$0")"
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for test in *"${1:-}"*_test.sh; do
	[ -e "$test" ] || continue
	if timeout -k 5 120 sh "./$test" >"$log" 2>&1; then
		echo "ok ${test%_test.sh}"
		passed=$((passed + 1))
	else
		echo "not ok ${test%_test.sh}"
		sed 's/^/    /' "$log"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ]
