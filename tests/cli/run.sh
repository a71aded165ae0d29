#!/bin/sh
# run.sh BINARY [PATTERN] -- runs tests/cli/*.t (those whose name the pattern of grep -E fits; with CLI_BUT=PATTERN without
# those that it fits) against the real binary, in parallel. What a test prints behind `note: ` is shown.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${CLI_SECONDS:-120}

# One test: `run.sh --one FILE`, called by xargs below with HOLDFAST, ROOT and SCRATCH set.
if [ "$1" = --one ]; then
	name=$(basename "$2" .t)
	mkdir -p "$SCRATCH/$name/work"
	cd "$SCRATCH/$name/work"
	status=0
	begun=$(date +%s)
	env -u HOLDFAST_HOME HOME="$PWD" TMPDIR="$SCRATCH/$name" TZ=UTC LC_ALL=C.UTF-8 \
		timeout -k 5 "$seconds" sh -euc '. "$ROOT/tests/cli/lib.sh"; . "$1"' sh "$2" \
		>"$SCRATCH/$name/log" 2>&1 || status=$?
	took=$(($(date +%s) - begun))
	if [ "$status" -eq 0 ]; then
		report=$(echo "ok $name, $took s" && sed -n 's/^note: /    /p' "$SCRATCH/$name/log")
		printf '%s\n' "$report"
		exit 0
	fi
	[ "$status" -ne 124 ] || echo "not done after $seconds s" >>"$SCRATCH/$name/log"
	# One write, so that tests that run at the same time do not mix their lines.
	report=$(echo "not ok $name, $took s (exit status $status)" && sed 's/^/    /' "$SCRATCH/$name/log")
	printf '%s\n' "$report"
	exit 0
fi

HOLDFAST=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
[ -x "$HOLDFAST" ] || { echo "$HOLDFAST: not there; build it first" >&2; exit 1; }
filter=${2:-}
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-cli.XXXXXX")
trap 'rm -rf "$SCRATCH"' EXIT
trap 'exit 1' HUP INT TERM
PATH=$(dirname "$HOLDFAST"):$PATH
ROOT=$root
# A sanitizer's report must not look like an exit status that the test expects.
ASAN_OPTIONS=exitcode=99:${ASAN_OPTIONS:-}
UBSAN_OPTIONS=exitcode=99:print_stacktrace=1:${UBSAN_OPTIONS:-}
export HOLDFAST SCRATCH PATH ROOT ASAN_OPTIONS UBSAN_OPTIONS

find "$root/tests/cli" -name '*.t' | sed 's#.*/##; s#\.t$##' | grep -E -e "$filter" | grep -vE -e "${CLI_BUT:-^$}" | sort |
	sed "s#.*#$root/tests/cli/&.t#" |
	xargs -r -n 1 -P "$(nproc)" "$root/tests/cli/run.sh" --one >"$SCRATCH/results"
cat "$SCRATCH/results"
passed=$(grep -c '^ok ' "$SCRATCH/results") || true
failed=$(grep -c '^not ok ' "$SCRATCH/results") || true
echo "$passed passed, $failed failed"
[ "$passed" -gt 0 ] && [ "$failed" -eq 0 ]
