# lib.sh -- what a test in tests/cli/*.t may use. The runner reads it in before the test.
#
# A test runs under `set -eu` in an empty folder of its own, with HOME there too, TZ=UTC, and
#   HOLDFAST   path of the binary (which is also on PATH as `holdfast`)
#   ROOT       path of the checkout
# Any command that fails ends the test; it passes when its last line is reached.

fail() {
	echo "FAILED: $*" >&2
	for stream in out err; do
		if [ -s "$stream" ]; then
			echo "--- $stream" >&2
			head -n 40 "$stream" >&2
		fi
	done
	exit 1
}

# expect_exit N CMD...: runs the command, its output into the files `out` and `err`; its exit status must be N.
expect_exit() {
	expected=$1
	shift
	status=0
	"$@" >out 2>err || status=$?
	[ "$status" -eq "$expected" ] || fail "exit status $status instead of $expected: $*"
}

# ok CMD...: the command must exit with 0.
ok() {
	expect_exit 0 "$@"
}

# expect_out TEXT, expect_err TEXT: the last command's output has the text, as it stands (no pattern).
expect_out() {
	grep -qF -e "$1" out || fail "stdout has no '$1'"
}

expect_err() {
	grep -qF -e "$1" err || fail "stderr has no '$1'"
}

# refute_out TEXT, refute_err TEXT: it has not.
refute_out() {
	! grep -qF -e "$1" out || fail "stdout has '$1'"
}

refute_err() {
	! grep -qF -e "$1" err || fail "stderr has '$1'"
}

# expect_json FILE PYEXPR: the file is JSON and the Python expression over it, named d, is true.
#   expect_json out 'd["failing"] == 3 and len(d["cells"]) > 10'
expect_json() {
	python3 -I -c '
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    d = json.load(file)
value = eval(sys.argv[2], {"d": d})
if not value:
    sys.exit("not true of %s: %s (it is %r)" % (sys.argv[1], sys.argv[2], value))
' "$1" "$2" || fail "JSON in $1"
}
