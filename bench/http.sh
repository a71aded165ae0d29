# http.sh -- the server under wrk, in turns with the library alone that answers with as many bytes. Read by run.sh.

# listening FILE: waits until the server whose log that is listens, and prints its port.
listening() {
	tries=200
	until grep -q '"event":"listening"' "$1"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || die "the server does not listen: $(cat "$1")"
		sleep 0.05
	done
	sed -n 's/.*"event":"listening","message":"[^"]*:\([0-9]*\)".*/\1/p' "$1"
}

# requests NAME URL: appends requests a second, and the milliseconds that 99 of 100 take at most, to $work/NAME.
requests() {
	wrk -t 1 -c 64 -d 4 --latency "$2" >"$work/out" || die "wrk failed"
	! grep -q 'Non-2xx\|Socket errors' "$work/out" || die "some requests failed: $(cat "$work/out")"
	awk '$1 == "99%" {
		ms = $2 + 0
		if ($2 ~ /us$/)
			ms = ms / 1000
		else if ($2 !~ /ms$/)
			ms = ms * 1000
	}
	$1 == "Requests/sec:" { print $2, ms }' "$work/out" >>"$work/$1"
}

# over_http HOME
over_http() {
	if ! command -v wrk >/dev/null || ! command -v curl >/dev/null; then
		say "without the speed of the server: wrk or curl is not there"
		return 0
	fi
	say "asking over HTTP from 64 connections, and the library alone, three times in turns"
	: >"$work/serve.log"
	begun=$(date +%s%N)
	"$holdfast" serve --home "$1" --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.log" &
	server=$!
	trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
	port=$(listening "$work/serve.log")
	started=$((($(date +%s%N) - begun) / 1000000))
	mkfifo "$work/hold"
	"$tools/floor_http" "$(curl -fsS "http://127.0.0.1:$port/api/v1/ledger/checkpoint" | wc -c)" \
		<"$work/hold" >"$work/floor_port" &
	exec 3>"$work/hold"
	until [ -s "$work/floor_port" ]; do sleep 0.05; done
	idle=$(awk '/^VmRSS/ { print $2 / 1024 }' "/proc/$server/status")
	for round in 1 2 3; do
		requests floor_http "http://127.0.0.1:$(cat "$work/floor_port")/"
		requests alive "http://127.0.0.1:$port/healthz"
		requests checkpoint "http://127.0.0.1:$port/api/v1/ledger/checkpoint"
	done
	exec 3>&-
	busy=$(awk '/^VmHWM/ { print $2 / 1024 }' "/proc/$server/status")
	kill -TERM "$server"
	wait "$server" || die "the server did not end well: $(tail -n 3 "$work/serve.log")"
	trap 'rm -rf "$work"' EXIT
	for what in alive checkpoint; do
		row "requests a second over HTTP, $what" "$(median $what)" '' "$(median floor_http)" \
			"$(calculate "$(median $what) / $(median floor_http)")" least 0.4
	done
	row '99 of 100 of them take at most' "$(median checkpoint 2)" ms - - most 15
	row 'the server listens after' "$started" ms - - most 200
	row 'memory of the server, idle' "$idle" MB - - most 60
	row 'memory of the server, after those' "$busy" MB - - most 150
}

over_http "$dir/demo"
