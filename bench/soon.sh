# soon.sh -- how soon the posture is right after writes, what the past costs, pages of lists, many clients. Read by run.sh,
# for the workspace on SQLite; server.sh uses its functions for the one on PostgreSQL.

# right_again HOME ENGINE MOST_MS: one write, then ten thousand in one transaction, each decided by the same process.
right_again() {
	told "one write could not be decided alone" "$tools/one_assess" "$1" 21 1
	row "right again after one write, $2" "$(awk '{ printf "%.3f", $1 * 1000; exit }' "$work/out")" ms - - most "$3"
	told "10,000 writes could not be decided" "$tools/one_assess" "$1" 3 10000
	row "right again after 10,000 writes, $2" "$(awk '{ print $1; exit }' "$work/out")" s - - most 1
}

# pages HOME ENGINE: the slowest first page, and the slowest deep one, of the lists in bench/list_page.c, once there are as many
# accounts as records were asked for. It leaves the workspace good for nothing else.
pages() {
	told "pages of lists failed" "$tools/list_page" "$1" 50 "$records"
	for page_kind in first deep; do
		worst=$(awk -F '\t' -v kind=$page_kind '$2 == kind && $3 > most { most = $3; what = $1 } END { print most "\t" what }' \
			"$work/out")
		row "list of $records, $page_kind page of 50, slowest: ${worst#*	} ($2)" "${worst%%	*}" ms - - most 10
	done
}

# many_clients HOME ENGINE: 64 threads through one group of writes, and one commit each, three times in turns.
many_clients() {
	rm -f "$work/alone" "$work/together" "$work/gained"
	for round in 1 2 3; do
		told "grouped writes failed" "$tools/grouped" "$1" 64 3
		read -r alone together waited <"$work/out"
		echo "$alone" >>"$work/alone"
		echo "$together $waited" >>"$work/together"
		echo "$(calculate "$together / $alone")" >>"$work/gained"
	done
	row "changes a second of 64 clients, $2" "$(median together)" '' "$(median alone)" "$(median gained)" least 10
	row "99 of 100 clients wait at most, $2" "$(most together 2)" ms - - most 50
}

# the_past HOME ENGINE: a moment with two versions after it of each record, in turns with the present.
the_past() {
	say "assessing a moment of the past on $2, three times, in turns with the present"
	rm -f "$work/now" "$work/past"
	for round in 1 2 3; do
		timed now "$holdfast" assess --full --home "$1" --clock "$(date -u -d '+2 hours' +%Y-%m-%dT%H:%M:%SZ)"
		timed past "$holdfast" assess --home "$1" --as-of "$(cat "$dir/then")"
		! grep -q 'could not be decided' "$work/err" || die "a check of the past could not be decided"
	done
	row "assess as of a past moment, $2" "$(median past)" s "$(median now)" "$(calculate "$(median past) / $(median now)")" most 3
}

say "writing and assessing what changed"
rm -rf "$work/ws"
cp -R "$dir/demo" "$work/ws"
"$holdfast" assess --full --home "$work/ws" >/dev/null
right_again "$work/ws" SQLite 100
say "writing from 64 clients"
many_clients "$work/ws" SQLite
say "turning pages"
pages "$work/ws" SQLite
rm -rf "$work/ws"

# Every record gets two more versions, so that the history has two rows for each of them.
if [ ! -e "$dir/history" ]; then
	say "making two versions more of each record, once; this takes minutes"
	rm -rf "$dir/past"
	cp -R "$dir/demo" "$dir/past"
	then=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	"$tools/make_history" "$dir/past" "$then" >/dev/null
	"$holdfast" assess --full --home "$dir/past" --clock "$then" >/dev/null
	echo "$then" >"$dir/then"
	"$tools/make_history" "$dir/past" "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" >/dev/null
	touch "$dir/history"
fi
"$holdfast" init --home "$dir/past" >/dev/null || die "try again with bench/run.sh --fresh"
in_memory "$dir/past"
the_past "$dir/past" SQLite
