#!/bin/sh
# run.sh [--fresh] -- measures Holdfast against its limits, and prints one table. `make bench` builds what it needs.
#
#   BENCH_RECORDS=100000   fewer records, for a quick look; a million unless said
#   BENCH_SEED=2           another workspace
#   BENCH_SERVER=no        without PostgreSQL
#   BENCH_SCALE=no         without the table and plot of how cost grows
#   --fresh                makes the workspaces again, which are kept in build/bench otherwise
#
# What depends on the machine is a ratio to a floor that is measured beside it, in turns. Times are medians. Exit status 1
# when a limit is missed. A run with a million records also writes its table into docs/performance.md.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C TZ=UTC
unset HOLDFAST_HOME
records=${BENCH_RECORDS:-1000000}
seed=${BENCH_SEED:-1}
page=docs/performance.md
holdfast=$PWD/build/holdfast
tools=$PWD/build/release/bench
dir=$PWD/build/bench/$records-$seed
integrator=harrowmere
. bench/lib.sh

case ${1:-} in
'') ;;
--fresh) rm -rf "$dir" ;;
*) echo "usage: bench/run.sh [--fresh]" >&2; exit 2 ;;
esac
case $records in
*[!0-9]* | '') die "BENCH_RECORDS must be a number" ;;
esac
for program in "$holdfast" "$tools/measure" "$tools/floor_import" "$tools/floor_commit" "$tools/floor_copy" \
	"$tools/one_change" "$tools/one_assess" "$tools/grouped" "$tools/list_page" "$tools/make_history" "$tools/floor_http" \
	"$tools/http_writes" "$tools/idle"; do
	[ -x "$program" ] || die "$program: not there; run make bench"
done

# files_but NAME...: the CSV files of the workspace but those, in a fixed order.
files_but() {
	for file in "$dir"/csv/*.csv; do
		case " $* " in
		*" $(basename "$file") "*) ;;
		*) printf '%s\n' "$file" ;;
		esac
	done
}

# Rows that refer to accounts are rejected when those are not there yet, which is status 3 and no matter here.
others_import() {
	status=0
	files_but account.csv organisation.csv | tr '\n' '\0' |
		xargs -0 "$holdfast" import --home "$1" --organisation $integrator >"$dir/others.log" 2>&1 || status=$?
	grep -q '^all ' "$dir/others.log" || die "the other registers could not be imported: $dir/others.log"
}

make_workspaces() {
	rm -rf "$dir"
	mkdir -p "$dir"
	say "making a workspace of $records records, once; this takes minutes"
	"$holdfast" demo --home "$dir/demo" --records "$records" --seed "$seed" --csv "$dir/csv" >"$dir/demo.log"
	say "making one with all its registers but the accounts"
	"$holdfast" init --home "$dir/base" >/dev/null
	"$holdfast" import --home "$dir/base" --organisation integrator "$dir/csv/organisation.csv" >/dev/null
	others_import "$dir/base"
	touch "$dir/ready"
}

[ -e "$dir/ready" ] || make_workspaces
for home in demo base; do
	# The plan may have changed since; a store that this program cannot take over is made again.
	"$holdfast" init --home "$dir/$home" >/dev/null || die "try again with bench/run.sh --fresh"
done
fresh_work
accounts=$(($(wc -l <"$dir/csv/account.csv") - 1))
say "importing $accounts accounts, a bare loop of inserts, and the same file again, three times in turns"
for round in 1 2 3; do
	rm -rf "$work/ws"
	cp -R "$dir/base" "$work/ws"
	timed import "$holdfast" import --home "$work/ws" --organisation $integrator "$dir/csv/account.csv"
	"$tools/floor_import" "$work/ws/holdfast.db" account "$dir/csv/account.csv" "$work/floor.db" >"$work/out" ||
		die "the floor of the import failed"
	sed 's/.*, \([0-9.]*\) s,.*/\1/' "$work/out" >>"$work/import_floor"
	rm -f "$work"/floor.db*
	[ $round -ne 3 ] || leaves_before=$("$holdfast" verify --home "$work/ws" --json | sed -n 's/^ *"leaves": \([0-9]*\),*$/\1/p')
	timed again "$holdfast" import --home "$work/ws" --organisation $integrator "$dir/csv/account.csv"
	[ "$(awk '$1 == "account" { gsub(",", ""); print $5 }' "$work/out")" = "$accounts" ] ||
		die "importing the same file again changed something"
done
seconds=$(median import)
floor=$(median import_floor)
row "import of $accounts accounts, rows a second" "$(calculate "$accounts / $seconds")" '' \
	"$(calculate "$accounts / $floor")" "$(calculate "$floor / $seconds")" least 0.6
row 'memory of that import' "$(most import 2)" MB - - most 150
row 'the same file again, unchanged' "$(median again)" s "$seconds" "$(calculate "$seconds / $(median again)")" least 3

say "verifying, three times"
for round in 1 2 3; do
	timed verify "$holdfast" verify --home "$work/ws" --json
done
leaves=$(sed -n 's/^ *"leaves": \([0-9]*\),*$/\1/p' "$work/out")
# A delivery leaves its record and nothing else.
[ $((leaves - leaves_before)) -le 20 ] || die "importing the same file again made $((leaves - leaves_before)) versions"
row "verify of $leaves leaves, for each million" "$(calculate "$(median verify) * 1000000 / $leaves")" s - - most 6
row 'memory of verify' "$(most verify 2)" MB - - most 300

# How soon the disk answers changes within the second.
say "changing one record, and a bare commit, fifteen times in turns"
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	"$tools/one_change" "$work/ws" 100 >>"$work/change"
	"$tools/floor_commit" "$work/floor.db" 100 >>"$work/commit"
done
row 'durable change of one record' "$(calculate "$(median change) * 1000")" ms "$(calculate "$(median commit) * 1000")" \
	"$(calculate "$(median change) / $(median commit)")" most 2
rm -rf "$work/ws" "$work"/floor.db*

say "assessing, three times"
in_memory "$dir/demo"
for round in 1 2 3; do
	timed assess "$holdfast" assess --full --home "$dir/demo" --timing --json
	sed -n 's/^ *"microseconds": \([0-9]*\),*$/\1/p' "$work/out" | sort -n | tail -n 1 >>"$work/slowest"
	grep -c '^ *"error": "' "$work/out" >>"$work/undecided" || true
	[ $round -ne 1 ] || cp "$work/assess" "$work/first"
done
checks=$(grep -c '"microseconds":' "$work/out")
[ "$checks" -gt 0 ] || die "assess --timing --json gave no times"
row "assess, all obligations ($checks checks)" "$(median first)" s - - most 5
row 'assess again' "$(median assess)" s - - most 5
row 'checks that could not decide' "$(most undecided 1)" '' - - most 0
row 'memory of assess' "$(most assess 2)" MB - - most 300
row 'slowest check' "$(calculate "$(median slowest) / 1000000")" s - - most 1

. bench/soon.sh
. bench/http.sh
. bench/face.sh
. bench/http_writes.sh
if [ "${BENCH_SERVER:-yes}" = yes ]; then
	. bench/server.sh
fi

say "asking for an organisation, nine times"
for round in 1 2 3 4 5 6 7 8 9; do
	timed show "$holdfast" show organisation $integrator --home "$dir/demo"
done
row 'start to first answer' "$(calculate "$(median show) * 1000")" ms - - most 100

strip -o "$work/stripped" "$holdfast"
row 'binary, stripped' "$(calculate "$(wc -c <"$work/stripped") / 1000000")" MB - - most 3

echo
table text
echo
machine
if [ "$records" -eq 1000000 ] && [ -e $page ]; then
	{ machine; echo; table md; } >"$work/measured"
	page_write $page measured "$work/measured"
	say "wrote the table into $page"
fi
if [ "${BENCH_SCALE:-yes}" = yes ] && [ "$records" -eq 1000000 ]; then
	. bench/scale.sh
fi
missed=$(grep -c 'MISSED$' "$work/rows") || true
if [ "$missed" -gt 0 ]; then
	say "$missed of $(wc -l <"$work/rows") limits missed"
	exit 1
fi
say "all limits are kept"
