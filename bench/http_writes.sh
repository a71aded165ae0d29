# http_writes.sh -- writing over HTTP from 64 connections, others reading beside them, in turns with a group of writers that
# no HTTP is before. Read by run.sh after http.sh.

# writes_over_http HOME
writes_over_http() {
	may_sign_in "$1" service_desk
	say "writing over HTTP from 64 connections, and without it, three times in turns"
	: >"$work/serve.log"
	"$holdfast" serve --home "$1" --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.log" &
	server=$!
	trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
	port=$(listening "$work/serve.log")
	token_take "$port"
	for round in 1 2 3; do
		"$tools/http_writes" "$port" "$work/token" 64 4 5 >"$work/out" || die "writing over HTTP failed"
		sed -n 1p "$work/out" >>"$work/over_http"
		sed -n 2p "$work/out" >>"$work/beside"
		"$tools/grouped" "$1" 64 3 | cut -d ' ' -f 2 >>"$work/without_http"
	done
	busy=$(awk '/^VmHWM/ { print $2 / 1024 }' "/proc/$server/status")
	kill -TERM "$server"
	wait "$server" || die "the server did not end well: $(tail -n 3 "$work/serve.log")"
	trap 'rm -rf "$work"' EXIT
	row 'durable changes a second over HTTP' "$(median over_http)" '' - - least 5000
	row 'the same against a group without HTTP' "$(median over_http)" '' "$(median without_http)" \
		"$(calculate "$(median over_http) / $(median without_http)")" least 0.3
	row '99 of 100 of them take at most' "$(median over_http 2)" ms - - most 50
	row '99 of 100 reads beside them take at most' "$(median beside 2)" ms - - most 15
	row 'memory of the server, after those' "$busy" MB - - most 150
}

if command -v curl >/dev/null; then
	rm -rf "$work/ws"
	cp -R "$dir/demo" "$work/ws"
	writes_over_http "$work/ws"
	rm -rf "$work/ws"
else
	say "without the speed of writes over HTTP: curl is not there"
fi
