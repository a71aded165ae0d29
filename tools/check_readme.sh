#!/bin/sh
# check_readme.sh -- the commands in README.md and docs/*.md work as written.
#
# A block ```sh right after a line <!-- tested --> is run; after <!-- tested: exit 1 --> its last command must
# end with that status. The blocks of one document run in order in one shell, so that a later one sees the files
# of an earlier one, in a fresh copy of the checkout with HOME beside it and build/ on PATH.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
[ -x build/holdfast ] || { echo "build/holdfast: not there; run make first"; exit 1; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-readme.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
passed=0
failed=0

# The document's blocks as one script. It says which block it begins, so that the last one said is at fault.
script_of() {
	awk -v file="$1" '
	/^<!-- tested(: exit [0-9]+)? -->[ \t]*$/ {
		marked = FNR
		status = 0
		if ($3 == "exit")
			status = $4 + 0
		next
	}
	marked && /^[ \t]*$/ && !inside { next }
	marked && !inside {
		if ($0 !~ /^```sh[ \t]*$/) {
			print "echo \"" file ":" marked ": a tested block must begin with three backquotes and sh\"; exit 3"
			exit
		}
		inside = 1
		print "echo \"@block " file ":" marked "\""
		if (status)
			print "readme_status=0; ( set -e"
		next
	}
	inside && /^```[ \t]*$/ {
		if (status)
			print ") || readme_status=$?; [ $readme_status -eq " status " ] || { echo \"exit status $readme_status, not " status "\"; exit 3; }"
		inside = marked = 0
		next
	}
	inside
	END {
		if (inside)
			print "echo \"" file ":" marked ": the block does not end\"; exit 3"
	}' "$1"
}

for document in README.md docs/*.md; do
	[ -e "$document" ] || continue
	script_of "$document" >"$scratch/script"
	blocks=$(grep -c '^echo "@block ' "$scratch/script") || true
	# A fault in the marks themselves leaves a script without blocks that must still be run.
	[ -s "$scratch/script" ] || continue
	mkdir "$scratch/home" "$scratch/checkout"
	tar -cf - --exclude=./.git --exclude=./build . | tar -xf - -C "$scratch/checkout"
	mkdir "$scratch/checkout/build"
	cp build/holdfast "$scratch/checkout/build/"
	status=0
	(cd "$scratch/checkout" && env -u HOLDFAST_HOME HOME="$scratch/home" PATH="$root/build:$PATH" \
		timeout -k 5 900 sh -eu "$scratch/script") >"$scratch/log" 2>&1 </dev/null || status=$?
	begun=$(grep -c '^@block ' "$scratch/log") || true
	if [ $status -eq 0 ] && [ "$begun" -eq "$blocks" ]; then
		passed=$((passed + blocks))
		echo "ok $document, $blocks blocks"
	else
		# Blocks after the failing one did not run: they have not passed.
		done=$((begun > 0 ? begun - 1 : 0))
		passed=$((passed + done))
		failed=$((failed + (blocks > done ? blocks - done : 1)))
		echo "not ok $document (exit status $status) in $(grep '^@block ' "$scratch/log" | tail -n 1 | cut -c 8-)"
		tail -n 40 "$scratch/log" | sed 's/^/    /'
	fi
	rm -rf "${scratch:?}/home" "${scratch:?}/checkout"
done
[ $((passed + failed)) -gt 0 ] || echo "README.md:1: no block is marked <!-- tested -->"
echo "$passed passed, $failed failed"
[ $passed -gt 0 ] && [ $failed -eq 0 ]
