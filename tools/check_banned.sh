#!/bin/sh
# check_banned.sh -- refuses calls of functions for which there is always something better.
cd "$(dirname "$0")/.." || exit 2
files=$(find src -name '*.[ch]' -o -name '*.def' | sort)
[ -n "$files" ] || { echo "src: no C source found"; exit 1; }
# shellcheck disable=SC2086 # names in src/ have no spaces
awk -f tools/c_lex.awk $files | awk -F '\t' '
BEGIN {
	unbounded = "it knows no end of its target; use struct buf (base/buf.h), or snprintf into an array"
	ban["strcpy"] = ban["stpcpy"] = ban["strcat"] = unbounded
	ban["sprintf"] = ban["vsprintf"] = ban["gets"] = unbounded
	ban["strncpy"] = ban["strncat"] = "it pads or leaves out the NUL; use struct str and struct buf (base/str.h, base/buf.h)"
	ban["atoi"] = ban["atol"] = ban["atoll"] = ban["atof"] = "it takes any text as a number; use str_int (base/str.h)"
	ban["system"] = ban["popen"] = "it starts a shell; use proc_run (sys/proc.h)"
	ban["strtok"] = "it keeps state in a global and writes to its input; use str_cut (base/str.h)"
	ban["setenv"] = ban["putenv"] = ban["unsetenv"] = "it changes a global that other threads read; pass the value down"
	zone = "it reads a global time zone; use zone_load (sys/zone.h) or base/civil.h"
	ban["localtime"] = ban["localtime_r"] = ban["mktime"] = ban["tzset"] = zone
}
# A name followed by a parenthesis is a call, except as a member of a struct.
$3 == "punct" && $4 == "(" && kind == "id" && name in ban && before != "." && before != "->" {
	print $1 ":" line ": " name " is not used here: " ban[name]
	bad = 1
}
{
	before = name
	name = $4
	kind = $3
	line = $2
}
END {
	if ($3 != "eof") {
		print "tools/c_lex.awk:1: did not read all files"
		bad = 1
	}
	exit bad
}'
