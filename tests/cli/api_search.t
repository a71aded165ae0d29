# The search over the API and on the command line, of a store in a file and of one on a server.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"

search() {
	api_logins
	serve_start
	ONE=$one api '
from search import search
search(port, PASSWORD, os.environ["ONE"])
'
	serve_stop
	ok holdfast verify --home ws
}

ok holdfast demo --home ws --records 3000 --months 2 --seed 7
search
# The index is nobody's but the store's user's, and may be thrown away.
[ "$(stat -c %a ws/search.db)" = "$(stat -c %a ws/holdfast.db)" ] || fail 'the index is open to others'
ok holdfast search zwolf --home ws
expect_out '1 record in all'
rm ws/search.db*
ok holdfast search zwolf --home ws
expect_out '1 record in all'
ok holdfast search zwolf --home ws --register incident --json
expect_out '"total": 1'
expect_exit 2 holdfast search --home ws
expect_exit 3 holdfast search ... --home ws
ok holdfast search nosuchword --home ws
expect_out 'No record has these words'
rm -r ws
database search
on_server 'alter role holdfast createrole'
ok holdfast demo --home ws --store "$STORE" --records 3000 --months 1 --seed 7
search
