. ./lib.sh
url=

# A cluster of its own for the command, gone afterwards, whether the command did well or not.
seen() {
	cat >seen.sh <<-'END'
		echo "$HOLDFAST_TEST_STORE" >store
		psql -X -q -A -t "$HOLDFAST_TEST_STORE" -c "select 'answer ' || count(*) from pg_class where relname = 'pg_class'" >answer
		psql -X -q -A -t "$HOLDFAST_TEST_STORE" -c "show listen_addresses" >addresses
		psql -X -q -A -t "$HOLDFAST_TEST_STORE" -c "select rolsuper or rolbypassrls from pg_roles where rolname = user" >rights
		exit "$1"
	END
	status=0
	TMPDIR=$short tools/postgres.sh with --fast sh ./seen.sh "$1" >log 2>&1 || status=$?
	[ "$status" -eq "$1" ] || { echo "FAILED: exit status $status instead of $1"; cat log; exit 1; }
	grep -qx 'answer 1' answer
	grep -qx '' addresses
	grep -qx 'f' rights
	dir=$(sed 's/.*host=//' store)
	[ ! -e "$dir" ] || { echo "FAILED: $dir is still there"; exit 1; }
	[ "$(running "$dir")" -eq 0 ] || { echo "FAILED: the server still runs"; exit 1; }
}

running() {
	ps -eo args | grep -c "^/usr/lib/postgresql/15/bin/postgres -D $1/data" || true
}

short=$(mktemp -d /tmp/hf-pgtest.XXXXXX)
chmod 755 "$short"
trap 'tools/postgres.sh stop "$short/kept" >/dev/null 2>&1; rm -rf "$project" "$short"' EXIT
seen 0
seen 3

# Interrupted, it leaves nothing either.
TMPDIR=$short tools/postgres.sh with --fast sh -c 'echo "$HOLDFAST_TEST_STORE" >store.new; mv store.new ready; sleep 2' >log 2>&1 &
with=$!
tries=0
until [ -e ready ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || { echo "FAILED: not started after 30 s"; cat log; exit 1; }
	sleep 0.1
done
kill -TERM $with
! wait $with
dir=$(sed 's/.*host=//' ready)
[ ! -e "$dir" ] && [ "$(running "$dir")" -eq 0 ]

# One that is kept: started twice it is one server, and what was written survives a stop.
url=$(tools/postgres.sh start "$short/kept" --fast)
psql -X -q "$url" -c 'create table kept (id bigint)'
accepts tools/postgres.sh start "$short/kept" --fast
[ "$(running "$short/kept")" -eq 1 ]
accepts tools/postgres.sh stop "$short/kept"
accepts tools/postgres.sh stop "$short/kept"
[ "$(running "$short/kept")" -eq 0 ]
accepts tools/postgres.sh start "$short/kept"
psql -X -q "$url" -c 'insert into kept values (1)'
accepts tools/postgres.sh stop "$short/kept"

mkdir "$short/other"
touch "$short/other/file"
refuses "$short/other: there is something in it" tools/postgres.sh start "$short/other"
[ -e "$short/other/file" ]
refuses "$short/a b: a folder's path may have" tools/postgres.sh start "$short/a b"
refuses "/tmp/$(repeat 90 x | tr -d '\n')" tools/postgres.sh start "/tmp/$(repeat 90 x | tr -d '\n')"
