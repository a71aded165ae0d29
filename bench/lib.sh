# lib.sh -- what the parts of the bench share: bench/run.sh reads it in before them.
#
#   $records $seed   how large, and which workspace
#   $holdfast        the program; $tools the measuring programs
#   $dir             what is kept from run to run; $work what is not

say() {
	echo "bench: $*" >&2
}

die() {
	say "$*"
	exit 2
}

# fresh_work: an empty $work, gone at the end, whatever ends it.
fresh_work() {
	work=$dir/work
	rm -rf "$work"
	mkdir -p "$work"
	trap 'rm -rf "$work"' EXIT
	trap 'exit 2' HUP INT TERM
}

# patient TIMES SECONDS CMD...: until it does well, asked that often at most.
patient() {
	tries=$1
	pause=$2
	shift 2
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep "$pause"
	done
}

# in_memory HOME: reads a workspace once, so that what is measured is not how soon a disk that was asked for something else
# gives it.
in_memory() {
	cat "$1"/holdfast.db* >/dev/null
}

# timed NAME CMD...: runs it, its output to $work/out; appends "SECONDS MEGABYTES" to $work/NAME.
timed() {
	name=$1
	shift
	"$tools/measure" "$work/result" "$@" >"$work/out" 2>"$work/err" ||
		die "failed: $* ($(tail -n 1 "$work/err"))"
	cat "$work/result" >>"$work/$name"
}

# told WHAT CMD...: runs it, its output to $work/out; where it fails, says what, and why in its own words.
told() {
	failing=$1
	shift
	"$@" >"$work/out" 2>"$work/err" || die "$failing: $(tail -n 1 "$work/err")"
}

# median NAME [COLUMN], most NAME COLUMN
median() {
	cut -d ' ' -f "${2:-1}" "$work/$1" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
most() {
	cut -d ' ' -f "$2" "$work/$1" | sort -g | tail -n 1
}
calculate() {
	awk "BEGIN { printf \"%.6f\", $1 }"
}

# row WHAT MEASURED UNIT FLOOR RATIO WORD LIMIT: judges RATIO, or MEASURED where there is no floor ("-"). WORD is "least"
# or "most".
row() {
	value=$5
	[ "$value" != - ] || value=$2
	verdict=$(awk -v v="$value" -v word="$6" -v limit="$7" \
		'BEGIN { print (word == "least" ? v + 0 >= limit + 0 : v + 0 <= limit + 0) ? "ok" : "MISSED" }')
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$verdict" >>"$work/rows"
}

machine() {
	cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
	echo "$(nproc) cores${cpu:+ of $cpu}, $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1048576 }' /proc/meminfo)," \
		"$(date +%Y-%m-%d), load $(cut -d ' ' -f 1 /proc/loadavg) at the end, $records records, seed $seed."
}

# Numbers with three figures that matter, and thousands parted.
table() {
	awk -F '\t' -v style="$1" '
	function parted(text) {
		while (text ~ /[0-9][0-9][0-9][0-9]/)
			if (!sub(/[0-9][0-9][0-9]$/, ",&", text) && !sub(/[0-9][0-9][0-9],/, ",&", text))
				break
		return text
	}
	function number(v) {
		if (v == "-" || v == 0)
			return v
		if (v >= 1000)
			return parted(sprintf("%.0f", v))
		return sprintf(v >= 100 ? "%.0f" : v >= 10 ? "%.1f" : "%.2f", v)
	}
	function unit(v, u) {
		return number(v) (u == "" || v == "-" ? "" : " " u)
	}
	function line(a, b, c, d, e, f) {
		printf style == "md" ? "| %s | %s | %s | %s | %s | %s |\n" : "%-48s %12s %12s %8s %10s  %s\n", a, b, c, d, e, f
	}
	BEGIN {
		line("what", "measured", "floor", "ratio", "limit", "")
		if (style == "md")
			print "|---|--:|--:|--:|--:|---|"
	}
	{ line($1, unit($2, $3), unit($4, $3), number($5), ($6 == "least" ? ">= " : "<= ") $7 ($5 == "-" && $3 != "" ? " " $3 : ""), $8) }' \
		"$work/rows"
}

# page_write PAGE MARK FILE: puts the file between the page's lines "<!-- MARK -->" and the next "<!-- end -->".
page_write() {
	awk -v file="$3" -v mark="<!-- $2 -->" '
	$0 == mark { print; print ""; while ((getline line < file) > 0) print line; print ""; skip = 1 }
	$0 == "<!-- end -->" { skip = 0 }
	!skip' "$1" >"$work/page"
	cat "$work/page" >"$1"
}
