# serve.sh -- starts `holdfast serve` for a test, on a free port, and talks to it. A test reads it in with `.` and sets
# nothing else on EXIT.
#
#   serve_start [OPTION...]     of the workspace ws; sets $server (a process) and $port, its log is serve.log
#   serve_on PLACE [OPTION...]  the same elsewhere
#   serve_stop [STATUS]         SIGTERM, and it must end with the status, 0 unless said
#   raw CODE                    Python with tests/cli/raw.py, and `port`

server=
trap 'serve_end' EXIT
trap 'exit 1' HUP INT TERM

serve_end() {
	[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true
}

serve_wait() {
	tries=1200
	until grep -q '"event":"listening"' serve.log 2>/dev/null; do
		kill -0 "$server" 2>/dev/null || fail "the server ended: $(cat serve.log)"
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "the server does not listen: $(cat serve.log)"
		sleep 0.05
	done
}

serve_on() {
	place=$1
	shift
	: >serve.log
	holdfast serve --home ws --listen "$place" "$@" >serve.out 2>>serve.log &
	server=$!
	serve_wait
	port=$(sed -n 's/.*"event":"listening","message":"[^"]*:\([0-9]*\)".*/\1/p' serve.log)
}

serve_start() {
	serve_on 127.0.0.1:0 "$@"
}

serve_stop() {
	kill -TERM "$server"
	status=0
	wait "$server" || status=$?
	server=
	[ "$status" -eq "${1:-0}" ] || fail "the server ended with $status: $(tail -n 3 serve.log)"
}

raw() {
	PORT=${port:-0} ROOT=$ROOT python3 -I -c '
import os, sys
sys.path.insert(0, os.environ["ROOT"] + "/tests/cli")
sys.dont_write_bytecode = True
from raw import *
port = int(os.environ["PORT"])
exec(sys.argv[1])
' "$1" || fail 'as told above'
}
