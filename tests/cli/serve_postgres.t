# The server over PostgreSQL, which goes away and comes back: it stays, says that it is not ready, and is again.
. "$ROOT/tests/cli/server.sh"
server_start main
query main 'alter role holdfast createrole' >/dev/null
ok holdfast init --home ws --store "$(store_of main)"
. "$ROOT/tests/cli/serve.sh"
trap 'serve_end; servers_end' EXIT
serve_start
raw '
assert get(port, "/readyz").status == 200
assert b"holdfast/" in get(port, "/api/v1/ledger/checkpoint").body
for i in range(20):
    assert get(port, "/readyz").status == 200
'
server_stop main
raw '
begun = time.monotonic()
reply = get(port, "/readyz")
print("note: not ready after %.1f s" % (time.monotonic() - begun))
assert reply.status == 503 and reply.problem in ("connection_lost", "busy"), reply.body
assert get(port, "/healthz").status == 200
'
server_start main
raw '
for i in range(600):
    if get(port, "/readyz").status == 200:
        break
    time.sleep(0.1)
assert get(port, "/readyz").status == 200
assert b"holdfast/" in get(port, "/api/v1/ledger/checkpoint").body
'
serve_stop
