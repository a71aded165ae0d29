# SIGHUP: another plan, another certificate and other providers at once, over a store in a file and one on a server.
. "$ROOT/tests/cli/postgres.sh"
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
. "$ROOT/tests/cli/reload.sh"
cp -R "$ROOT/content" content
ok holdfast init --home ws --content content
reload_all
rm -r ws content
database reload_all
on_server 'alter role holdfast createrole'
cp -R "$ROOT/content" content
ok holdfast init --home ws --content content --store "$STORE"
reload_all
