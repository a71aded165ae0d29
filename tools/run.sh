#!/bin/sh
# run.sh [postgres] -- makes a demo workspace in build/demo, unless there, and shows where it stands, this machine among
# them. With `postgres` its records are on a private PostgreSQL in build/postgres (or STORE_DIR), which goes on running.
set -eu
cd "$(dirname "$0")/.."
home=build/demo
long="less than a minute"
store=
if [ "${1:-}" = postgres ]; then
	home=build/demo-postgres
	long="a few minutes"
	server=${STORE_DIR:-build/postgres}
	# Nobody will miss a demo that a power cut takes.
	store=$(tools/postgres.sh start "$server" --fast)
	echo "A PostgreSQL of its own runs in $server; tools/postgres.sh stop $server ends it."
fi

if [ -e $home ]; then
	echo "The demo in $home was made before (remove the folder to make it again). Deciding it as of now ..."
	build/holdfast assess --home $home >/dev/null || {
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
