# face.sh -- what the pages take of somebody's time, in Chromium on the machine that the server is on. Read by run.sh after
# http.sh, whose functions it uses, and whose workspace it goes on with where there is one. bench/face/ has the program.

# face_serves HOME: a server, and $url.
face_serves() {
	: >"$work/serve.log"
	"$holdfast" serve --home "$1" --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.log" &
	server=$!
	trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
	# Browsers take a cookie for TLS from this name without it.
	url=http://localhost:$(listening "$work/serve.log")
}

face_ends() {
	kill -TERM "$server"
	wait "$server" || die "the server did not end well: $(tail -n 3 "$work/serve.log")"
	trap 'rm -rf "$work"' EXIT
}

# face PART [STORE]: its rounds, in $work/face.
face() {
	node bench/face/face.mjs "$url" "$work/face" "$@" >"$work/out" 2>&1 || die "the pages could not be measured: $(tail -n 5 "$work/out")"
}

# to PAGE WHAT: how soon a route is there.
to() {
	row "$2" "$(median "face/to_$1")" ms - - most 150
}

face_pages() {
	say "opening the pages as they are seen for the first time, five times"
	face pages
	row 'files of the first load, compressed' "$(median face/first 2)" kB - - most 200
	row 'the same with all that the server answers' "$(median face/first)" kB - - most 600
	row 'posture answers a key after' "$(median face/posture)" ms - - most 1000
	to cell 'from the posture to a cell'
	to registers 'to the registers'
	to list "from there to a list of $accounts"
	to record 'from there to a record'
	to plan 'from there to the plan'
	to work 'to my work'
	to findings 'to the findings'
	to people 'to the people'
	to ledger 'to the ledger, verified'
	to admin 'to the administration'
	to posture 'back to the posture'
}

# The main pages, each opened anew three times.
face_scores() {
	say "opening the main pages as Lighthouse does"
	(cd tests/browser && HOLDFAST_URL=$url STATE="$work/face/state.json" OUT="$work/face" npx playwright test --config bench.config.ts) \
		>"$work/out" 2>&1 || die "the pages could not be scored: $(tail -n 20 "$work/out")"
	for page_scored in posture cell plan work list record findings people ledger; do
		row "performance of the $page_scored page, as Lighthouse scores it" "$(median "face/score_$page_scored")" '' - - least 95
		row 'its longest task' "$(median "face/score_$page_scored" 2)" ms - - most 150
	done
}

# moved NAME WHAT
moved() {
	row "slowest frame of $2" "$(most "face/frame_$1" 1)" ms - - most 50
	row "its rows are there after" "$(median "face/soon_$1")" ms - - most 300
}

face_lists() {
	say "scrolling a list of $1 to its ends, three times, and typing into filters"
	face lists "$work/ws/holdfast.db"
	moved wheel "a list of $1 by wheel"
	moved keys 'the same by page down'
	moved bar_end 'the same, its bar dragged to the end'
	moved bar_middle 'to the middle'
	moved bar_top 'and back to the top'
	moved end_key 'the same to its end by key'
	moved wheel_deep 'and up again by wheel'
	for field in list people plan registers; do
		row "a letter in the filter of the $field, median" "$(median "face/type_$field")" ms - - most 100
		row 'the slowest' "$(most "face/type_$field" 1)" ms - - most 100
	done
}

if ! command -v "${CHROMIUM:-chromium-headless-shell}" >/dev/null || ! command -v npm >/dev/null || ! command -v sqlite3 >/dev/null ||
	! command -v oathtool >/dev/null; then
	say "without the speed of the pages: chromium-headless-shell, npm, sqlite3 or oathtool is not there"
elif ! make -s tests/browser/node_modules/.package-lock.json >"$work/npm.log" 2>&1; then
	say "without the speed of the pages: npm has not brought Playwright: $(tail -n 1 "$work/npm.log")"
else
	mkdir -p "$work/face"
	[ -e "$work/ws" ] || cp -R "$dir/demo" "$work/ws"
	may_sign_in "$work/ws" security_operations_manager face
	face_serves "$work/ws"
	face_pages
	face_scores
	face_ends
	"$tools/list_page" "$work/ws" 0 "$records" || die "the accounts could not be made more"
	face_serves "$work/ws"
	face_lists "$records"
	face_ends
	rm -rf "$work/ws"
fi
