# http.sh -- the server under wrk, in turns with the library alone that answers with as many bytes, and beside other
# programs' comparable pages. Read by run.sh; the scripts after it use its functions.

# listening FILE: waits until the server whose log that is listens, and prints its port.
listening() {
	patient 200 0.05 grep -q '"event":"listening"' "$1" || die "the server does not listen: $(cat "$1")"
	sed -n 's/.*"event":"listening","message":"[^"]*:\([0-9]*\)".*/\1/p' "$1"
}

# requests NAME URL [OPTION...]: appends requests a second, and the milliseconds that 99 of 100 take at most, to $work/NAME.
requests() {
	name=$1
	url=$2
	shift 2
	wrk -t 1 -c 64 -d 4 --latency "$@" "$url" >"$work/out" || die "wrk failed"
	! grep -q 'Non-2xx\|Socket errors' "$work/out" || die "some requests failed: $(cat "$work/out")"
	awk '$1 == "99%" {
		ms = $2 + 0
		if ($2 ~ /us$/)
			ms = ms / 1000
		else if ($2 !~ /ms$/)
			ms = ms * 1000
	}
	$1 == "Requests/sec:" { print $2, ms }' "$work/out" >>"$work/$name"
}

# starts HOME: how many milliseconds a server takes until it listens, five times, to $work/started. What it says is taken as
# it comes: to look for it again and again would be measured, too.
starts() {
	mkfifo "$work/told"
	for round in 1 2 3 4 5; do
		rm -f "$work/listens"
		{
			grep -m 1 -q '"event":"listening"'
			date +%s%N >"$work/listens"
			cat >"$work/out"
		} <"$work/told" &
		listener=$!
		begun=$(date +%s%N)
		"$holdfast" serve --home "$1" --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/told" &
		server=$!
		trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
		patient 200 0.05 test -s "$work/listens" || die "the server does not listen: $(cat "$work/out")"
		echo $((($(cat "$work/listens") - begun) / 1000000)) >>"$work/started"
		kill -TERM "$server"
		wait "$server" || die "the server did not end well: $(cat "$work/out")"
		wait "$listener"
		trap 'rm -rf "$work"' EXIT
	done
	rm "$work/told"
}

# may_sign_in HOME ROLE [LOGIN]: a login, `bench` unless said, for somebody who holds the role in that workspace.
may_sign_in() {
	person=$("$holdfast" list role_assignment "role=$2" state=current --home "$1" --json |
		awk '/"person": [{]/ { inside = 1 } inside && /"key":/ { gsub(/.*: "|".*/, ""); print; exit }')
	[ -n "$person" ] || die "nobody has the role $2"
	login=${3:-bench}
	"$holdfast" user add "$login" --person "$person" --home "$1" >"$work/out" 2>&1 || die "$(cat "$work/out")"
	echo 'correct horse battery 9' | "$holdfast" user password "$login" --home "$1" >"$work/out" 2>&1 || die "$(cat "$work/out")"
}

# token_take PORT: one of that login's, to $work/token.
token_take() {
	curl -fsS -c "$work/cookies" "http://127.0.0.1:$1/api/v1/session" -H 'Content-Type: application/json' \
		-d '{"name": "bench", "password": "correct horse battery 9"}' >"$work/out" || die "the login cannot sign in"
	curl -fsS -b "$work/cookies" "http://127.0.0.1:$1/api/v1/me/tokens" -H 'Content-Type: application/json' \
		-d '{"name": "bench", "days": 1, "writes": true}' >"$work/out" || die "there is no token"
	sed 's/.*"token":"\([^"]*\)".*/\1/' "$work/out" >"$work/token"
}

finds_all() {
	curl -fsS -H "$2" "$1/search?q=nobody" | grep -q '"up_to_date":true'
}

# indexed API AS: waits until words find what there is. That is once after so many records come in, takes a minute or two, and
# is not what is measured here.
indexed() {
	patient 600 1 finds_all "$1" "$2" || die "the index for words is never whole"
}

# ended_by_hold NAME PROGRAM...: starts it until the holds are dropped, and waits for its first line, in $work/NAME.
ended_by_hold() {
	name=$1
	shift
	: >"$work/$name"
	"$@" <"$work/hold" >"$work/$name" &
	[ -n "${held:-}" ] || exec 3>"$work/hold"
	held=yes
	patient 200 0.05 test -s "$work/$name" || die "$1 says nothing"
}

resident() {
	awk -v what="$1:" '$1 == what { print $2 / 1024 }' "/proc/$server/status"
}

# quick WHAT NAME LEAST: a kind of page, its limits and how it stands to the library alone.
quick() {
	row "$1 a second over HTTP" "$(median "$2")" '' - - least "$3"
	row 'the same against the library alone' "$(median "$2")" '' "$(median "floor_$2")" \
		"$(calculate "$(median "$2") / $(median "floor_$2")")" least 0
	row '99 of 100 of them take at most' "$(median "$2" 2)" ms - - most 15
}

# over_http HOME: asked by somebody who sees all rows.
over_http() {
	may_sign_in "$1" quality_manager
	say "asking over HTTP from 64 connections, and the library alone, three times in turns"
	starts "$1"
	: >"$work/serve.log"
	"$holdfast" serve --home "$1" --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.log" &
	server=$!
	trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
	port=$(listening "$work/serve.log")
	sleep 2
	idle=$(resident VmRSS)
	token_take "$port"
	api=http://127.0.0.1:$port/api/v1
	as="Authorization: Bearer $(cat "$work/token")"
	indexed "$api" "$as"
	list="$api/registers/account/records?filter=state=active%20kind=user&sort=key"
	curl -fsS -H "$as" "$list" >"$work/page" || die "the list is not given"
	one=$api/records/$(sed 's/.*"records":\[{"id":"\([^"]*\)".*/\1/' "$work/page")
	curl -fsS -H "$as" "$one" >"$work/one" || die "the record is not given"
	mkfifo "$work/hold"
	ended_by_hold port_record "$tools/floor_http" "$(wc -c <"$work/one")"
	ended_by_hold port_list "$tools/floor_http" "$(wc -c <"$work/page")"
	for round in 1 2 3; do
		requests floor_record "http://127.0.0.1:$(cat "$work/port_record")/"
		requests record "$one" -H "$as"
		requests floor_list "http://127.0.0.1:$(cat "$work/port_list")/"
		requests list "$list" -H "$as"
		requests alive "http://127.0.0.1:$port/healthz"
	done
	say "asking from 200 connections, with 1,000 that wait"
	ended_by_hold waiting "$tools/idle" "$port" 1000
	wrk -t 1 -c 200 -d 4 -H "$as" "$one" >"$work/out" && ! grep -q 'Non-2xx\|Socket errors' "$work/out" ||
		die "some requests failed: $(cat "$work/out")"
	many=$(resident VmRSS)
	exec 3>&-
	kill -TERM "$server"
	wait "$server" || die "the server did not end well: $(tail -n 3 "$work/serve.log")"
	trap 'rm -rf "$work"' EXIT
	quick 'records by id' record 30000
	quick 'pages of 50 accounts' list 3000
	row 'answers that it is alive, a second' "$(median alive)" '' "$(median floor_record)" \
		"$(calculate "$(median alive) / $(median floor_record)")" least 0.4
	row 'the server listens after' "$(median started)" ms - - most 200
	row 'memory of the server, idle' "$idle" MB - - most 60
	row 'memory with 1,000 idle and 200 busy connections' "$many" MB - - most 150
}

if command -v wrk >/dev/null && command -v curl >/dev/null; then
	rm -rf "$work/ws"
	cp -R "$dir/demo" "$work/ws"
	over_http "$work/ws"
	. bench/peers.sh
else
	say "without the speed of the server: wrk or curl is not there"
fi
