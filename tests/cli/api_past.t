# Moments of the past over the API, of a store in a file and of one on a server.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"

past() {
	api_logins
	serve_start
	ONE=$one api '
from past import past
past(port, PASSWORD, os.environ["ONE"])
'
	serve_stop
	ok holdfast verify --home ws
}

ok holdfast demo --home ws --records 3000 --months 2 --seed 7
past
rm -r ws
database past
on_server 'alter role holdfast createrole'
ok holdfast demo --home ws --store "$STORE" --records 3000 --months 2 --seed 7
past
