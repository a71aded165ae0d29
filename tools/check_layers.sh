#!/bin/sh
# check_layers.sh -- every #include points down, or stays in its folder; see src/LAYERS.
cd "$(dirname "$0")/.." || exit 2
[ -r src/LAYERS ] || { echo "src/LAYERS:1: missing; it names the floor of each folder"; exit 1; }
files=$(find src -name '*.[ch]' -o -name '*.def' | sort)
[ -n "$files" ] || { echo "src: no C source found"; exit 1; }
# shellcheck disable=SC2086 # names in src/ have no spaces
awk -f tools/c_lex.awk $files | awk -F '\t' '
BEGIN {
	while ((getline line < "src/LAYERS") > 0) {
		split(line, word, " ")
		if (line !~ /^#/ && word[2] != "")
			floor[word[2]] = word[1] + 0
	}
}
function refuse(text) {
	print $1 ":" $2 ": " text
	bad = 1
}
{
	split($1, path, "/")
	from = path[2]
}
!(from in floor) {
	if (!told[from]++)
		refuse("src/" from "/ has no floor; give it a line in src/LAYERS")
	next
}
$3 != "include" || $4 !~ /^"/ { next }
{
	inc = substr($4, 2, length($4) - 2)
	split(inc, part, "/")
	to = part[1]
	if (inc !~ /\// || !(to in floor))
		refuse("\"" inc "\" names no folder of src/LAYERS; write #include \"folder/file.h\"")
	else if (to == from)
		next
	else if (floor[to] > floor[from])
		refuse(from "/ must not include " inc ", which is above it; pass hooks down instead")
	else if (floor[to] == floor[from])
		refuse(from "/ must not include " inc ", on the same floor; move what both need one floor down")
	else if (inc ~ /_priv\.h$/)
		refuse(inc " is private to " to "/; use its public header")
}
END {
	if ($3 != "eof") {
		print "tools/c_lex.awk:1: did not read all files"
		bad = 1
	}
	exit bad
}'
