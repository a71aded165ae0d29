# The same over a store on a server.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
. "$ROOT/tests/cli/reload.sh"
database reload
on_server 'alter role holdfast createrole'
cp -R "$ROOT/content" content
ok holdfast demo --home ws --store "$STORE" --content content --records 3000 --months 1 --seed 7
ok holdfast init --home ws --content content
reload_plan one
ok holdfast verify --home ws
