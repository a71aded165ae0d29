# The same over a store on a server.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
. "$ROOT/tests/cli/crash.sh"
database crash
on_server 'alter role holdfast createrole'
ok holdfast demo --home ws --store "$STORE" --records 3000 --months 1 --seed 7
ok holdfast init --home ws
crash_rounds 2
crash_look
