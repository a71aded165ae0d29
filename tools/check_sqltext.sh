#!/bin/sh
# check_sqltext.sh -- values reach SQL as bound parameters, never through printf.
#
# Outside src/store/ and src/model/, where identifiers of the loaded model become statements, no format string
# may look like SQL. The engines' own functions are called in src/store/ only.
cd "$(dirname "$0")/.." || exit 2
files=$(find src -name '*.[ch]' -o -name '*.def' | sort)
[ -n "$files" ] || { echo "src: no C source found"; exit 1; }
# shellcheck disable=SC2086 # names in src/ have no spaces
awk -f tools/c_lex.awk $files | awk -F '\t' '
function refuse(text) {
	print $1 ":" $2 ": " text
	bad = 1
}

# A verb that starts the text is enough; within a text, verbs are also plain English ("cannot create %s"),
# so there the words that SQL puts after them count.
function looks_like_sql(text) {
	text = tolower(text)
	gsub(/\\[nt]/, " ", text)
	gsub(/[ \t]+/, " ", text)
	return text ~ /^[ (]*(select|insert|update|delete|create|drop|alter) / ||
		text ~ /(^|[ (])select [^ ].* from / ||
		text ~ /(^|[ (])insert (or [a-z]+ )?into / ||
		text ~ /(^|[ (])update [^ ]+ set / ||
		text ~ /(^|[ (])delete from / ||
		text ~ /(^|[ (])(create|drop|alter) ((temp|temporary|unique|virtual) )?(table|view|index|trigger) / ||
		text ~ /(^|[ (])(order|group) by / ||
		text ~ /(^|[ (])(where|and|on) [^ ]+ ?[=<>]+ ?\047?[%:?]/
}

$1 ~ /^src\/store\// { next }
$3 == "include" && $4 ~ /sqlite3\.h|libpq/ {
	refuse($4 " belongs to src/store/; use store/db.h")
}
$3 == "id" && ($4 ~ /^sqlite3(_|$)/ || $4 ~ /^PQ[a-z]/) {
	refuse($4 " outside src/store/; use store/db.h")
}
$1 ~ /^src\/model\// { next }
$3 == "string" {
	text = $4
	gsub(/%%/, "", text)
	conversion = text ~ /%[-+ #0-9.*]*(hh|h|ll|l|j|z|t)?[diouxXcspfgeEGaA]/ || text ~ /%[-+ #0-9.*]*$/
	if (conversion && looks_like_sql(text))
		refuse("SQL made by printf: \"" substr($4, 1, 60) "\"; bind values as parameters, and leave identifiers to src/model/")
}
END {
	if ($3 != "eof") {
		print "tools/c_lex.awk:1: did not read all files"
		bad = 1
	}
	exit bad
}'
