#!/bin/sh
# check_cppcheck.sh -- static analysis of src/. A finding that is wrong gets `// cppcheck-suppress id` with its reason.
cd "$(dirname "$0")/.." || exit 2
command -v cppcheck >/dev/null || { echo "cppcheck: not there; tools/setup.sh check installs it"; exit 1; }
mkdir -p build/cppcheck
exec cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
	--suppress=missingIncludeSystem -j "$(nproc)" --cppcheck-build-dir=build/cppcheck \
	-D_GNU_SOURCE -DHOLDFAST_CONTENT='"content"' -Isrc --template='{file}:{line}: {message} [{id}]' src
