#!/bin/sh
# soak.sh -- what takes too long for every commit: fuzzes each target for FUZZ_SECONDS (60), from its corpus on,
# attacks a server with known tools (tools/attack.sh), takes INCREMENT_STEPS (a million) random steps of assessing what changed against assessing all, and runs the unit tests
# under valgrind. What the fuzzer breaks is kept in build/soak/.
set -eu
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS MAKELEVEL VARIANT SUFFIX CONTENT T
seconds=${FUZZ_SECONDS:-60}
. tools/count.sh

command -v valgrind >/dev/null || { echo "valgrind: not there; tools/setup.sh check installs it" >&2; exit 1; }
make VARIANT=fuzz fuzzers
make VARIANT=release build/release/unit

for source in tests/fuzz/*_fuzz.c; do
	[ -e "$source" ] || continue
	name=$(basename "$source" _fuzz.c)
	found=build/soak/$name
	mkdir -p "$found/corpus"
	status=0
	tools/fixed_addresses.sh "build/fuzz/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -verbosity=0 -artifact_prefix="$found/" \
		"$found/corpus" "tests/fuzz/corpus/$name" >"$found/log" 2>&1 || status=$?
	runs=$(awk '/number_of_executed_units/ { print $2 }' "$found/log")
	count $status "fuzz $name, ${runs:-0} runs in $seconds s"
	[ $status -eq 0 ] || tail -n 30 "$found/log" | sed 's/^/    /'
done

status=0
tools/attack.sh >build/soak/attack.log 2>&1 || status=$?
sed 's/^/    /' build/soak/attack.log
count $status "attack tools, $(tail -n 1 build/soak/attack.log)"

# Each run of SOAK_STEPS (500), with and without other records beside, is a world of its own, so that a fault is found again by
# its seed. Of twenty worlds one has all of the plan, where a step costs most; the others have four of its duties, others in each.
steps=${INCREMENT_STEPS:-1000000}
each=${SOAK_STEPS:-500}
rm -f build/soak/steps.*.log
status=0
# shellcheck disable=SC2016 # for the inner shell
seq 0 $((2 * each)) $((steps - 1)) | xargs -n 1 -P "$(nproc)" sh -c '
	duties=4
	[ $(($2 / 2 / $1 % 20)) -ne 0 ] || duties=0
	log=build/soak/steps.$2.log
	INCREMENT_DUTIES=$duties INCREMENT_SEED=$((1000 + $2)) INCREMENT_STEPS=$1 UNIT_SECONDS=3600 \
		build/release/unit what_changed_decided_again_is_all_decided_anew >"$log" 2>&1 || exit 255
	rm "$log"' sh "$each" || status=$?
[ $status -eq 0 ] || tail -n 30 build/soak/steps.*.log | sed 's/^/    /'
count $status "what changed decided again, $steps random steps"

status=0
INCREMENT_STEPS=20 REACH_STEPS=50 ACCESS_STEP=40 UNIT_SECONDS=900 valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
	--error-exitcode=99 build/release/unit >build/soak/valgrind.log 2>&1 || status=$?
count $status "unit tests under valgrind, $(tail -n 1 build/soak/valgrind.log)"
[ $status -eq 0 ] || grep -v '^ok ' build/soak/valgrind.log | head -n 60 | sed 's/^/    /'

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
