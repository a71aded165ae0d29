# postgres.sh -- a private PostgreSQL for one test, which reads this in first: the test then runs again with it.
#
#   $SERVER             folder of its socket
#   database NAME       makes an empty database and sets STORE to its connection string
#   on_server SQL [DB]  what the server's superuser gets for it
if [ -z "${SERVER_STORE:-}" ]; then
	exec env TMPDIR=/tmp "$ROOT/tools/postgres.sh" with --fast sh -euc '
		SERVER_STORE=$HOLDFAST_TEST_STORE
		export SERVER_STORE
		unset HOLDFAST_TEST_STORE
		. "$ROOT/tests/cli/lib.sh"
		. "$1"' sh "$1"
fi
SERVER=${SERVER_STORE##*host=}

on_server() {
	psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$SERVER" -U postgres -d "${2:-postgres}" -c "$1"
}

database() {
	on_server "create database $1 owner holdfast template template0"
	STORE="postgresql://holdfast@/$1?host=$SERVER"
}
