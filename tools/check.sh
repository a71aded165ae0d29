#!/bin/sh
# check.sh -- all that must hold before a change goes in, one step after the other; a step that fails stops none.
#
# Each step's output is in build/check/<step>.log, and on the screen when it fails. A step that is a runner of
# tests ends with `N passed, N failed`, and its tests are counted; any other counts as one.
set -u
# The steps are builds of their own, whatever this one was asked for.
unset MAKEFLAGS MFLAGS MAKELEVEL VARIANT SUFFIX CONTENT T STORE
cd "$(dirname "$0")/.." || exit 2
# What was freed is kept from being used again for so long, not for 256 MB: a sixth of the time of the tests.
export ASAN_OPTIONS=quarantine_size_mb=32
passed=0
failed=0
started=$(date +%s)
rm -rf build/check
mkdir -p build/check

report() {
	if [ "$1" -eq 0 ]; then
		echo "ok      $2, $(($(date +%s) - begun)) s${3:+, $3}"
	else
		echo "not ok  $2, $(($(date +%s) - begun)) s${3:+, $3}; build/check/$2.log:"
		grep -vE '^(ok |(gcc|clang) )' "build/check/$2.log" | tail -n 60 | sed 's/^/    /'
	fi
}

# rule NAME CMD...: holds or does not.
rule() {
	name=$1
	shift
	begun=$(date +%s)
	status=0
	"$@" >"build/check/$name.log" 2>&1 || status=$?
	if [ $status -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	report $status "$name"
}

# runner NAME CMD...: counts its own tests; one that gives no count, or no test, has failed.
runner() {
	name=$1
	shift
	begun=$(date +%s)
	status=0
	"$@" >"build/check/$name.log" 2>&1 || status=$?
	count=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "build/check/$name.log" | tail -n 1)
	good=0
	bad=0
	if [ -n "$count" ]; then
		good=${count%% *}
		bad=${count#*, }
		bad=${bad%% *}
	fi
	if [ $status -eq 0 ] && [ "$good" -eq 0 ]; then
		status=1
	fi
	if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then
		bad=1
	fi
	[ "$bad" -eq 0 ] || status=1
	passed=$((passed + good))
	failed=$((failed + bad))
	report $status "$name" "${count:-no count of tests}"
}

rule format tools/check_format.sh
rule layers tools/check_layers.sh
rule budget tools/check_budget.sh
rule sqltext tools/check_sqltext.sh
rule banned tools/check_banned.sh
runner tool-tests tests/tools/run.sh
rule headers make headers
rule build-gcc make WERROR=-Werror
rule build-bench make WERROR=-Werror benches
rule build-clang make VARIANT=clang WERROR=-Werror
rule web make web-check
rule cppcheck tools/check_cppcheck.sh
rule build-asan make VARIANT=asan all build/asan/unit
rule build-tsan make VARIANT=tsan build/tsan/unit
runner unit env UNIT_SECONDS=60 make unit
runner unit-postgres env ACCESS_STEP=7 make unit STORE=postgres
runner unit-asan env UNIT_SECONDS=120 INCREMENT_STEPS=20 REACH_STEPS=50 ACCESS_STEP=4 tools/fixed_addresses.sh make VARIANT=asan unit
# Only where there are threads is there a race to be found: their tests say so in their names.
runner unit-tsan env UNIT_SECONDS=120 tools/fixed_addresses.sh make VARIANT=tsan unit T=threads
runner cli-tsan env CLI_SECONDS=300 tools/fixed_addresses.sh make VARIANT=tsan cli-tests T=serve_reload
# What is killed, or fills a disk or months, tells nothing of memory that the others do not, and takes long: it runs as it is
# released, the others with the sanitizers.
long='crash|disk|failover|restart|demo|months'
runner cli env CLI_SECONDS=240 make cli-tests T="$long"
runner cli-asan env CLI_SECONDS=300 CLI_BUT="$long" tools/fixed_addresses.sh make VARIANT=asan cli-tests
runner browser make browser-tests
runner fuzz-corpora tools/fixed_addresses.sh make fuzz-corpora
rule lint-plan make lint-plan
rule lint-plan-postgres make lint-plan STORE=postgres
rule openapi tools/check_openapi.sh
runner readme make readme

echo "done in $(($(date +%s) - started)) s"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
