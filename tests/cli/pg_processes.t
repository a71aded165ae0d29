# Several processes write to one server at once. Some are killed, one is stopped in the middle of its transaction and
# one while it sends: none leaves a gap or a fork, and none holds the others up for ever.
. "$ROOT/tests/cli/small_plan.sh"
. "$ROOT/tests/cli/server.sh"
small_content content
server_start one
store=$(store_of one)
ok holdfast init --home ws --content content --store "$store"

# holder_stop STATE: stops one of the loads while it has its turn and the server waits for it.
holder="select a.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory' and l.granted"
stopped() {
	kill -STOP "$1"
	[ "$(query one "select count(*) from ($holder and a.wait_event_type = 'Client'
		and a.application_name = '$2') h")" = 1 ] && return 0
	kill -CONT "$1"
	return 1
}

for name in a b c d; do
	PGAPPNAME=load-$name "$write_load" ws $name 3 100 answers.$name &
	eval "$name=$!"
done
wait_for 60 answers_reach 200
# shellcheck disable=SC2154
kill -9 "$a" "$b"
# shellcheck disable=SC2154
wait_for 60 stopped "$c" load-c
# goes_on NAME: has more answers than it had.
goes_on() {
	[ "$(grep -c '^kept ' "answers.$1")" -gt $((now + 20)) ]
}
now=$(grep -c '^kept ' answers.d)
begun=$(date +%s)
wait_for 30 goes_on d
echo "note: a stopped writer was passed over after $(($(date +%s) - begun)) s"
# It comes back, finds its connection ended, and goes on.
now=$(grep -c '^kept ' answers.c)
kill -CONT "$c"
wait_for 60 goes_on c
load_end "$c"
# shellcheck disable=SC2154
load_end "$d"
writes_hold one
ok holdfast verify --home ws

# Statements that are only sent, with no end to them, count as silence too: the server waits for more. It is passed over
# as well.
python3 -I - "$servers/one" <<'END_OF_CLIENT' &
import socket, struct, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1] + "/.s.PGSQL.5432")
body = struct.pack("!i", 196608) + b"user\0holdfast\0database\0holdfast\0\0"
s.sendall(struct.pack("!i", len(body) + 4) + body)
def send(kind, body):
    s.sendall(kind + struct.pack("!i", len(body) + 4) + body)
def ask(sql):
    send(b"P", b"\0" + sql + b"\0\0\0")
    send(b"B", b"\0\0\0\0\0\0\0\0")
    send(b"E", b"\0\0\0\0\0")
ask(b"begin")
ask(b"select pg_advisory_xact_lock(hashtextextended('holdfast/write', 0))")
send(b"H", b"")
time.sleep(60)
END_OF_CLIENT
held() {
	[ -n "$(query one "$holder")" ]
}
wait_for 10 held
rm answers.*
"$write_load" ws e 2 100 answers.e &
e=$!
now=0
wait_for 60 goes_on e
load_end $e
ok holdfast verify --home ws
