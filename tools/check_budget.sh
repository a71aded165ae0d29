#!/bin/sh
# check_budget.sh -- refuses what grows past its size: files, functions, parameter lists, folders.
cd "$(dirname "$0")/.." || exit 2
MAX_C=800 MAX_H=250 MAX_FUNCTION=80 MAX_PARAMETERS=5 MAX_FILES=25
files=$(find src tests -name '*.[ch]' | sort)
[ -n "$files" ] || { echo "src: no C source found"; exit 1; }
status=0

# shellcheck disable=SC2086 # names in src/ and tests/ have no spaces
awk -v max_c=$MAX_C -v max_h=$MAX_H -v max_function=$MAX_FUNCTION '
function refuse(line, text) {
	print FILENAME ":" line ": " text
	bad = 1
}
FNR == 1 { start = 0 }
FNR == (FILENAME ~ /\.h$/ ? max_h : max_c) + 1 {
	refuse(FNR, "longer than " FNR - 1 " lines; find the second idea in it and give it a file of its own")
}
/^{/ { start = FNR }
/^}/ {
	if (start && FNR - start > max_function)
		refuse(start, "function of " FNR - start " lines (limit " max_function "); split it by what it does")
	start = 0
}
END { exit bad }' $files || status=1

# Functions whose parameters a library fixes, because it calls them.
CALLBACKS='on_authorize header_take call_continue certificate_give'

# A parameter list is a parenthesis after a name outside all braces; arguments of attributes pass as well.
# shellcheck disable=SC2086
awk -f tools/c_lex.awk $files | awk -F '\t' -v max=$MAX_PARAMETERS -v callbacks=" $CALLBACKS " '
$1 != file { file = $1; braces = depth = 0; previous = "" }
$3 == "define" { in_define = 1 }
$3 == "enddefine" { in_define = 0 }
in_define || $3 ~ /define|include/ { next }
$4 == "{" && $3 == "punct" { braces++ }
$4 == "}" && $3 == "punct" { braces-- }
braces == 0 && $3 == "punct" && $4 == "(" {
	depth++
	if (depth == 1) {
		name = previous
		line = $2
		commas = dots = 0
	}
}
depth == 1 && $3 == "punct" && $4 == "," { commas++ }
depth == 1 && $3 == "punct" && $4 == "." { dots++ }
depth > 0 && $3 == "punct" && $4 == ")" {
	depth--
	count = commas + 1 - (dots == 3)
	if (depth == 0 && count > max && !index(callbacks, " " name " ")) {
		print file ":" line ": " name " takes " count " parameters (limit " max "); make a struct of those that belong together"
		bad = 1
	}
}
{ previous = $4 }
END {
	if ($3 != "eof") {
		print "tools/c_lex.awk:1: did not read all files"
		bad = 1
	}
	exit bad
}' || status=1

for folder in src/*/; do
	count=$(find "$folder" -maxdepth 1 -name '*.c' | wc -l)
	if [ "$count" -gt $MAX_FILES ]; then
		echo "${folder%/}:1: $count .c files (limit $MAX_FILES); part of it is a folder of its own"
		status=1
	fi
done
exit $status
