#!/bin/sh
# postgres.sh -- a private PostgreSQL 15 in a folder of its own, for tests and demos. It listens on a unix socket in
# that folder and nowhere else, runs as a user without rights, and knows nothing of the system's own clusters.
#
#   start DIR [--fast]      makes the cluster unless it is there, starts it and prints where the store is
#   stop DIR                stops it; its data stays
#   with [--fast] CMD...    starts one in a temporary folder, runs CMD with its store in HOLDFAST_TEST_STORE, and
#                           throws the cluster away, also when it is interrupted; exits as CMD did. Tests that run side by
#                           side have a store each, as many as there are processors: HOLDFAST_TEST_STORES, with blanks between
#
# --fast forgets everything when the machine fails: nothing is forced to the disk. The store's role owns its database
# and has no other right. The database sorts text as people do in English, so that nothing can lean on a server
# that happens to sort by bytes.
set -eu
tools=/usr/lib/postgresql/15/bin
here=$(pwd)

usage() {
	echo "usage: tools/postgres.sh start DIR [--fast] | stop DIR | with [--fast] CMD..." >&2
	exit 2
}

fail() {
	echo "$1" >&2
	exit 1
}

# The server refuses to run as root; the package has made a user for it.
as_server() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
	else
		(cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@")
	fi
}

free_kilobytes() {
	df -Pk "$1" | awk 'NR == 2 { print $4 }'
}

# Sets `dir` to the whole path, which the server's user can reach and whose socket's name is not too long.
place() {
	case $1 in
	/*) dir=$1 ;;
	*) dir=$here/$1 ;;
	esac
	case $dir in
	*[!A-Za-z0-9_./-]*) fail "$dir: a folder's path may have letters, digits and _ . / - here" ;;
	esac
	[ ${#dir} -le 85 ] || fail "$dir: the path is too long for a socket; 85 characters are the most"
}

run_quietly() {
	"$@" >"$log" 2>&1 || {
		cat "$log" >&2
		fail "PostgreSQL cannot be started in $dir: $1 failed, as shown above"
	}
}

make_cluster() {
	mkdir -p "$dir"
	[ -z "$(ls -A "$dir")" ] || fail "$dir: there is something in it already, and it is no cluster"
	chmod 700 "$dir"
	[ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
	as_server test -w "$dir" ||
		fail "$dir: the user postgres cannot reach it; choose a folder below one that everybody may enter, as /tmp"
	# shellcheck disable=SC2086 # no option is no word
	run_quietly as_server "$tools/initdb" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
		--no-instructions ${fast:+--no-sync} --pgdata="$dir/data"
	as_server tee -a "$dir/data/postgresql.conf" >/dev/null <<-END
		listen_addresses = ''
		unix_socket_directories = '$dir'
		unix_socket_permissions = 0700
		log_line_prefix = '%m [%p] '
	END
	[ -z "$fast" ] || as_server tee -a "$dir/data/postgresql.conf" >/dev/null <<-END
		fsync = off
		full_page_writes = off
		synchronous_commit = off
		wal_level = minimal
		max_wal_senders = 0
		autovacuum_naptime = 10min
	END
}

administer() {
	run_quietly "$tools/psql" -X -q -v ON_ERROR_STOP=1 -h "$dir" -U postgres -d postgres -c "$1"
}

make_database() {
	administer "create database $1 owner holdfast template template0 encoding 'UTF8' locale_provider icu
		icu_locale 'en-GB' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
}

store_of() {
	echo "postgresql://holdfast@/$1?host=$dir"
}

start() {
	[ -x "$tools/postgres" ] || fail "PostgreSQL 15 is not installed; tools/setup.sh postgres installs it"
	[ -e "$dir/data/postgresql.conf" ] || make_cluster
	as_server "$tools/pg_ctl" status -D "$dir/data" >/dev/null ||
		run_quietly as_server "$tools/pg_ctl" start -w -s -t 60 -D "$dir/data" -l "$dir/server.log"
	[ ! -e "$dir/made" ] || return 0
	administer 'create role holdfast login'
	make_database holdfast
	touch "$dir/made"
}

stop() {
	! as_server "$tools/pg_ctl" status -D "$dir/data" >/dev/null 2>&1 ||
		as_server "$tools/pg_ctl" stop -w -s -m "$1" -D "$dir/data"
}

throw_away() {
	stop immediate || true
	rm -rf "$dir" "$log"
}

fast=
verb=${1:-}
[ $# -eq 0 ] || shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM
case $verb in
start)
	case $# in 1 | 2) ;; *) usage ;; esac
	[ "${2:---fast}" = --fast ] || usage
	fast=${2:-}
	place "$1"
	start
	store_of holdfast
	;;
stop)
	[ $# -eq 1 ] || usage
	place "$1"
	stop fast
	;;
with)
	if [ "${1:-}" = --fast ]; then
		fast=$1
		shift
	fi
	[ $# -ge 1 ] || usage
	place=${TMPDIR:-/tmp}
	# A server that forgets everything anyway makes and drops tables several times faster in memory.
	if [ -n "$fast" ] && [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ] && [ "$(free_kilobytes /dev/shm)" -gt 2000000 ]; then
		place=/dev/shm
	fi
	dir=$(mktemp -d "$place/holdfast-pg.XXXXXX")
	trap throw_away EXIT
	place "$dir"
	start
	stores=$(store_of holdfast)
	for number in $(seq 2 "$(nproc)"); do
		make_database "holdfast_$number"
		stores="$stores $(store_of "holdfast_$number")"
	done
	status=0
	HOLDFAST_TEST_STORE=${stores%% *} HOLDFAST_TEST_STORES=$stores "$@" || status=$?
	exit $status
	;;
*)
	usage
	;;
esac
