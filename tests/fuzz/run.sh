#!/bin/sh
# run.sh FOLDER -- replays every corpus through its fuzz target, built in FOLDER by `make fuzzers`.
# One test is one target: all of its inputs pass or it fails.
set -eu
cd "$(dirname "$0")/../.."
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for source in tests/fuzz/*_fuzz.c; do
	[ -e "$source" ] || continue
	name=$(basename "$source" _fuzz.c)
	if [ ! -d "tests/fuzz/corpus/$name" ]; then
		echo "not ok $name: put inputs into tests/fuzz/corpus/$name/"
		failed=$((failed + 1))
	elif "$1/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
		echo "ok $name, $(tail -n 1 "$log")"
		passed=$((passed + 1))
	else
		echo "not ok $name"
		# The driver names each input before it runs, so the last name is the one at fault.
		grep '^tests/fuzz/corpus/' "$log" | tail -n 1 | sed 's/^/    input: /'
		sed -e '/^tests\/fuzz\/corpus\//d' -e '/^Shadow bytes around/,$d' -e 's/^/    /' "$log" | head -n 40
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ]
