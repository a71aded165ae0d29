# lib.sh -- for tests of the checkers in tools/: a small project in a fresh folder, with the real tools in it.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
project=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-tools.XXXXXX")
trap 'rm -rf "$project"' EXIT
trap 'exit 1' HUP INT TERM
unset MAKEFLAGS MFLAGS MAKELEVEL
cp -R "$root/tools" "$root/.clang-format" "$root/Makefile" "$project"
mkdir -p "$project/src/base" "$project/src/store" "$project/src/ledger" "$project/src/access" "$project/tests"
printf '0 base\n1 store\n2 ledger\n2 access\n' >"$project/src/LAYERS"
cd "$project"

# file PATH: the file's text comes from standard input.
file() {
	cat >"$1"
}

file src/base/count.h <<'END'
/* count.h -- counts. */
#ifndef BASE_COUNT_H
#define BASE_COUNT_H

int count_next(int value);

#endif
END
file src/base/count.c <<'END'
#include "base/count.h"

int
count_next(int value)
{
	return value + 1;
}
END

# accepts CMD...: the checker finds nothing wrong.
accepts() {
	"$@" >log 2>&1 || {
		echo "FAILED: refused, but is fine: $*"
		cat log
		exit 1
	}
}

# refuses TEXT CMD...: the checker exits with 1 and one line of what it says begins with the text.
refuses() {
	text=$1
	shift
	status=0
	"$@" >log 2>&1 || status=$?
	if [ "$status" -ne 1 ] || ! awk -v text="$text" 'index($0, text) == 1 { found = 1 } END { exit !found }' log; then
		echo "FAILED: exit status $status; wanted 1 and '$text': $*"
		cat log
		exit 1
	fi
}

# Prints the text N times.
repeat() {
	awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}
