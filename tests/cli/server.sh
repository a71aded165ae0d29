# server.sh -- private PostgreSQL servers for a test of the command line: several, replicated, killed, promoted. A test
# reads it in with `.` and sets nothing else on EXIT.
#
#   $servers       the folder of all of them; each is in $servers/NAME and listens on a socket there
#   $write_load    tests/load/write_load of the same build as the binary; it goes on until it is told to end

tools=/usr/lib/postgresql/15/bin
servers=$(mktemp -d /tmp/holdfast-servers.XXXXXX)
chmod 755 "$servers"
# shellcheck disable=SC2034 # for the tests
write_load=$LOAD/write_load
trap servers_end EXIT
trap 'exit 1' HUP INT TERM

servers_end() {
	# shellcheck disable=SC2046 # a list of processes
	kill -9 $(jobs -p) 2>/dev/null || true
	for dir in "$servers"/*/data; do
		[ ! -e "$dir/postmaster.pid" ] || server_kill "$(basename "$(dirname "$dir")")" 2>/dev/null || true
	done
	rm -rf "$servers"
}

as_server() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
	else
		(cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@")
	fi
}

# server_start NAME [SETTING...]: makes it unless it is there, and starts it. It forgets when the machine fails, not when
# its processes are killed. Each setting is a line of postgresql.conf.
server_start() {
	name=$1
	shift
	if [ ! -e "$servers/$name/made" ]; then
		"$ROOT/tools/postgres.sh" start "$servers/$name" --fast >/dev/null
		[ $# -gt 0 ] || return 0
		server_stop "$name"
		printf '%s\n' "$@" | as_server tee -a "$servers/$name/data/postgresql.conf" >/dev/null
	fi
	as_server "$tools/pg_ctl" start -w -s -t 60 -D "$servers/$name/data" -l "$servers/$name/server.log" >/dev/null
}

# server_stop NAME: cleanly; whoever is connected is cut off.
server_stop() {
	as_server "$tools/pg_ctl" stop -w -s -m fast -D "$servers/$1/data"
}

server_processes() {
	head -n 1 "$servers/$1/data/postmaster.pid"
	ps -o pid= --ppid "$(head -n 1 "$servers/$1/data/postmaster.pid")"
}

# server_signal NAME SIGNAL: to all its processes, the first one first, so that it makes no new ones.
server_signal() {
	# shellcheck disable=SC2046 # a list of processes
	kill "-$2" $(server_processes "$1")
}

# server_kill NAME: as a machine that loses its power does, but for what it wrote.
server_kill() {
	server_signal "$1" KILL
	rm -f "$servers/$1/data/postmaster.pid"
}

# standby_start NAME PRIMARY: follows the primary. A commit there waits for nobody until primary_waits.
standby_start() {
	mkdir -m 700 "$servers/$1"
	[ "$(id -u)" -ne 0 ] || chown postgres: "$servers/$1"
	as_server "$tools/pg_basebackup" -D "$servers/$1/data" -R -X stream -c fast --no-sync \
		-d "host=$servers/$2 user=postgres application_name=$1"
	as_server tee -a "$servers/$1/data/postgresql.conf" >/dev/null <<-END
		unix_socket_directories = '$servers/$1'
	END
	touch "$servers/$1/made"
	server_start "$1"
}

# primary_waits PRIMARY STANDBY: from now on a commit is acknowledged when the standby has it too.
primary_waits() {
	query "$1" "alter system set synchronous_standby_names = '$2'" 'select pg_reload_conf()' >/dev/null
	until [ "$(query "$1" "select sync_state from pg_stat_replication where application_name = '$2'")" = sync ]; do
		sleep 0.1
	done
}

server_promote() {
	as_server "$tools/pg_ctl" promote -w -s -t 60 -D "$servers/$1/data"
}

# query NAME SQL...: as the server's administrator; bare values.
query() {
	server=$1
	shift
	for sql in "$@"; do
		psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$servers/$server" -U postgres -d "${database:-holdfast}" -c "$sql"
	done
}

# store_of NAME...: the connection string of a store that one of the servers has.
store_of() {
	hosts=
	for name in "$@"; do
		hosts=$hosts${hosts:+,}$servers/$name
	done
	echo "postgresql://holdfast@/holdfast?host=$hosts&target_session_attrs=read-write"
}

# wait_for SECONDS CMD...: until it does well.
wait_for() {
	tries=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "never came true: $*"
		sleep 0.1
	done
}

# load_end PID: tells a load to end; each of its writes must have been kept, or may be tried again.
load_end() {
	kill "$1"
	wait "$1" || fail "the load met an error that no second try mends"
}

# answers_reach N: the loads have been told of so many kept writes.
answers_reach() {
	[ "$(cat answers.* | grep -c '^kept ')" -ge "$1" ]
}

# writes_hold NAME: what became of the writes of all loads agrees with what the server NAME has: each that was
# acknowledged is there, none that was called not kept is, and none was lost from the sum or counted twice.
writes_hold() {
	query "$1" "select key from holdfast.thing where feed = 'load' and key <> 'sum'" | sort >there
	cat answers.* >answers
	sed -n 's/^kept //p' answers | sort >acknowledged
	acknowledged=$(wc -l <acknowledged)
	surviving=$(comm -12 acknowledged there | wc -l)
	echo "note: acknowledged $acknowledged, surviving $surviving, refused $(grep -vc '^kept ' answers || true)"
	grep -v '^kept ' answers | cut -d ' ' -f 1,3- | sort | uniq -c | sed 's/^/note: /' || true
	[ "$acknowledged" -gt 0 ] || fail 'nothing was acknowledged'
	[ "$acknowledged" -eq "$surviving" ] || fail "acknowledged and gone: $(comm -23 acknowledged there | head)"
	grep 'nothing was changed' answers | cut -d ' ' -f 2 | sort >denied || true
	[ -z "$(comm -12 denied there)" ] || fail "called not kept, and there: $(comm -12 denied there | head)"
	[ "$(query "$1" "select size from holdfast.thing where key = 'sum'")" = "$(wc -l <there)" ] ||
		fail 'the sum is not the number of writes'
	# One leaf each, and no number of a leaf is missing or given twice.
	[ "$(query "$1" "select count(*) from holdfast.thing t join holdfast.ledger_leaf l on l.subject = t.id
		where t.feed = 'load' and t.key <> 'sum' and l.version = t.row_version")" = "$(wc -l <there)" ] || fail leaves
	[ "$(query "$1" 'select count(*) = count(distinct idx) and count(*) = max(idx) + 1 from holdfast.ledger_leaf')" = t ] ||
		fail 'the leaves are not numbered from the first to the last'
}
