#!/bin/sh
# run.sh [postgres] -- makes a demo workspace in build/demo, unless there, shows where it stands, this machine among them,
# starts the server on it in the background, and prints the tour of docs/api.md as it can be pasted. With `postgres` the
# demo's records are on a private PostgreSQL in build/postgres (or STORE_DIR).
# run.sh stop -- ends what it started.
set -eu
cd "$(dirname "$0")/.."
postgres=${STORE_DIR:-build/postgres}

# The server that was started on a demo and runs still, by its number: another program may have that number since.
server_of() {
	pid=$(cat "$1.pid" 2>/dev/null) && [ "$(readlink "/proc/$pid/cwd")" = "$(pwd -P)" ] &&
		tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF " serve --home $1 " && echo "$pid"
}

# Told a second time, a server does not wait for requests in hand.
server_end() {
	pid=$(server_of "$1") || return 0
	kill "$pid" 2>/dev/null || true
	tries=250
	while [ -n "$(server_of "$1")" ] && [ $tries -gt 0 ]; do
		sleep 0.1
		tries=$((tries - 1))
		[ $tries -ne 50 ] || kill "$pid" 2>/dev/null || true
	done
	rm -f "$1.pid"
	echo "The server on $1 has ended."
}

# 0 when it listens on the port, 1 when somebody else does; anything else ends this program.
server_listens() {
	setsid build/holdfast serve --home "$home" --listen "127.0.0.1:$1" >/dev/null 2>"$home.log" </dev/null &
	pid=$!
	until grep -q '"event":"listening"' "$home.log"; do
		if ! kill -0 $pid 2>/dev/null; then
			! grep -q 'Address already in use' "$home.log" || return 1
			cat "$home.log" >&2
			exit 1
		fi
		sleep 0.05
	done
	echo $pid >"$home.pid"
}

# Sets $port.
server_start() {
	port=8700
	until server_listens $port; do
		port=$((port + 1))
		[ $port -lt 8720 ] || { echo "All ports from 8700 to 8719 of this machine are taken." >&2; exit 1; }
	done
}

# The commands of the tour, with this server and this link in them.
tour() {
	awk '/^## / { inside = /^## A tour$/ } /^```/ { code = inside && /^```sh$/; if (code) print ""; next } code' docs/api.md |
		sed "s/127\\.0\\.0\\.1:8700/127.0.0.1:$port/g; s/hfl_\\.\\.\\./$link/"
}

if [ "${1:-}" = stop ]; then
	server_end build/demo
	server_end build/demo-postgres
	if [ -e "$postgres/data/postmaster.pid" ]; then
		tools/postgres.sh stop "$postgres"
		echo "The PostgreSQL in $postgres has ended."
	fi
	exit 0
fi

home=build/demo
long="less than a minute"
store=
if [ "${1:-}" = postgres ]; then
	home=build/demo-postgres
	long="a few minutes"
	# Nobody will miss a demo that a power cut takes.
	store=$(tools/postgres.sh start "$postgres" --fast)
	# Whoever is served is held to his organisations' rows by roles, which `demo` or `init` makes.
	psql -X -q "postgresql://postgres@${store#*@}" -c 'alter role holdfast createrole'
fi

# What was built since shall serve, and nothing shall be served of a folder that is gone.
server_end "$home"
if [ -e $home ]; then
	echo "The demo in $home was made before (remove the folder to make it again). Deciding it as of now ..."
	{ [ -z "$store" ] || build/holdfast init --home $home >/dev/null; } && build/holdfast assess --home $home >/dev/null || {
		echo "It cannot be used with this program. To make it again: rm -r $home; make run${store:+ STORE=postgres}" >&2
		exit 1
	}
else
	echo "Making an invented supply chain in $home, month by month; this takes $long ..."
	# Half a workspace must not be taken for a whole one by the next run.
	trap 'rm -rf $home' EXIT
	trap 'exit 1' HUP INT TERM
	# What an interrupted run left on the server is no demo.
	[ -z "$store" ] || psql -X -q "$store" -c 'set client_min_messages = warning; drop schema if exists holdfast cascade'
	build/holdfast demo --home $home ${store:+--store "$store"} >/dev/null
	trap - EXIT HUP INT TERM
fi

# The machine's name is its key, in lower case. One that any machine has, such as localhost, is left out of the demo.
host=$(uname -n | tr '[:upper:]' '[:lower:]')
echo
if record=$(build/holdfast show record "asset:$host" --home $home 2>/dev/null); then
	echo "This machine, $host, was looked at (holdfast collect) and stands in the demo as one more asset:"
	echo
	printf '%s\n' "$record"
else
	echo "This machine is not in the demo: holdfast collect --host NAME tells why, and what it sees."
fi
echo
echo "And all organisations:"
echo
build/holdfast show --home $home
echo
echo "With your own files: see README.md, \"A minute with your own files\"."

server_start
echo
echo "The server answers at http://127.0.0.1:$port; its log is $home.log. It runs until: make stop"
echo
if ! link=$(build/holdfast user first-link --home $home 2>/dev/null); then
	echo "Somebody can sign in already, so there is no link for a first administrator; docs/api.md has the tour. To begin"
	echo "anew: make stop; rm -r $home; make run${store:+ STORE=postgres}"
	exit 0
fi
echo "Nobody can sign in yet. Whoever has this link makes the first administrator, once, within a day:"
echo
if [ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/")" = 200 ]; then
	echo "  http://127.0.0.1:$port/first#$link"
else
	echo "  $link"
fi
echo
echo "A tour of the API, to be pasted into a shell (docs/api.md says more):"
tour
