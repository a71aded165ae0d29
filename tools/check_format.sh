#!/bin/sh
# check_format.sh -- clang-format with .clang-format would change nothing. `make format-fix` lets it.
cd "$(dirname "$0")/.." || exit 2
command -v clang-format >/dev/null || { echo "clang-format: not there; tools/setup.sh check installs it"; exit 1; }
files=$(find src tests $([ ! -d bench ] || echo bench) -name '*.[ch]' | sort)
[ -n "$files" ] || { echo "src: no C source found"; exit 1; }
# shellcheck disable=SC2086 # names in these folders have no spaces
clang-format --dry-run -Werror $files 2>&1 | awk '
/ error: | warning: / {
	split($0, part, ": ")
	print part[1] ": not as clang-format has it; run make format-fix"
	bad = 1
	known = 1
	next
}
# The excerpt that follows a finding says nothing more, but anything before the first is a fault of the run.
!known { print; bad = 1 }
END { exit bad }'
