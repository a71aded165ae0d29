#!/bin/sh
# import_server.sh CSV_FOLDER WORK_FOLDER [ROUNDS] -- the import on PostgreSQL beside a bare COPY, in turns.
#
# CSV_FOLDER is what `holdfast demo --csv` wrote. A private server that forces every commit to the disk is started in
# WORK_FOLDER, which must be empty or made by this script, and a workspace with all registers but the accounts is made
# once. Each round imports the accounts into a copy of it, and sends the same rows to a table with the same columns
# and indexes by one COPY (floor_copy.c). Prints a line "SECONDS FLOOR_SECONDS" a round, and at the end
# "ROWS_A_SECOND FLOOR_ROWS_A_SECOND RATIO" out of their medians.
set -eu
[ $# -ge 2 ] || {
	echo "usage: bench/import_server.sh CSV_FOLDER WORK_FOLDER [ROUNDS]" >&2
	exit 2
}
cd "$(dirname "$0")/.."
export LC_ALL=C
csv=$1
work=$2
rounds=${3:-3}
cluster=$work/cluster
holdfast=build/holdfast
floor=build/release/bench/floor_copy
integrator=harrowmere

mkdir -p "$work"
store=$(tools/postgres.sh start "$cluster")
trap 'tools/postgres.sh stop "$cluster" >/dev/null' EXIT
trap 'exit 2' HUP INT TERM

as_owner() {
	psql --no-psqlrc --quiet --username=postgres --host="$cluster" --dbname=postgres --command="$1" >/dev/null 2>&1
}

make_base() {
	"$holdfast" init --home "$work/base" --store "$store" >/dev/null
	"$holdfast" import --home "$work/base" --organisation integrator "$csv/organisation.csv" >/dev/null
	# Rows that refer to accounts are rejected, as those are not there yet: status 3.
	for file in "$csv"/*.csv; do
		case ${file##*/} in
		account.csv | organisation.csv) ;;
		*) printf '%s\0' "$file" ;;
		esac
	done | xargs -0 "$holdfast" import --home "$work/base" --organisation $integrator >"$work/others.log" 2>&1 || true
	grep -q '^all ' "$work/others.log" || {
		echo "import_server: the other registers could not be imported: $work/others.log" >&2
		exit 2
	}
	touch "$work/ready"
}

[ -e "$work/ready" ] || make_base
rm -f "$work/rounds"
rows=$(($(wc -l <"$csv/account.csv") - 1))
while [ "$rounds" -gt 0 ]; do
	rounds=$((rounds - 1))
	as_owner 'drop database if exists round with (force)' || exit 2
	as_owner 'create database round template holdfast owner holdfast' || exit 2
	as_owner checkpoint || exit 2
	rm -rf "$work/round"
	cp -R "$work/base" "$work/round"
	sed 's#/holdfast?#/round?#' "$work/base/store" >"$work/round/store"
	from=$(date +%s.%N)
	"$holdfast" import --home "$work/round" --organisation $integrator "$csv/account.csv" >"$work/import.log"
	to=$(date +%s.%N)
	as_owner checkpoint || exit 2
	bare=$("$floor" "$(cat "$work/round/store")" account "$csv/account.csv" | sed 's/.*, \([0-9.]*\) s,.*/\1/')
	[ -n "$bare" ] || exit 2
	awk -v from="$from" -v to="$to" -v bare="$bare" 'BEGIN { printf "%.3f %.3f\n", to - from, bare }' |
		tee -a "$work/rounds"
done
median() {
	cut -d ' ' -f "$1" "$work/rounds" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
awk -v rows="$rows" -v ours="$(median 1)" -v bare="$(median 2)" \
	'BEGIN { printf "%.0f %.0f %.2f\n", rows / ours, rows / bare, bare / ours }'
