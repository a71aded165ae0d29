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
# Who brings no secret is told so, and the pages are given out, without the store: it is not asked, and need not be there.
sessions() {
	query main "select count(*) from pg_stat_activity where backend_type = 'client backend'"
}
# What looks after the store by itself connects once the server listens.
as_many_as_before() {
	now=$(sessions)
	[ "$now" -ne "$before" ] || return 0
	before=$now
	sleep 2
	return 1
}
before=0
wait_for 20 as_many_as_before
raw '
import threading
def stranger():
    for i in range(5):
        assert [get(port, path).status for path in ("/api/v1/me", "/", "/healthz", "/api/v1/users", "/api/v1/calendar.ics")] == [401, 200, 200, 401, 401]
threads = [threading.Thread(target=stranger) for i in range(16)]
for t in threads:
    t.start()
for t in threads:
    t.join()
'
[ "$(sessions)" -eq "$before" ] || fail "strangers opened sessions: $before, then $(sessions)"
server_stop main
raw '
nobody = get(port, "/api/v1/me")
assert nobody.status == 401 and nobody.headers["www-authenticate"] == "Bearer", nobody.headers
known = get(port, "/api/v1/me", "Authorization: Bearer hft_" + "0" * 64)
assert known.status == 503, known.body
assert get(port, "/").status == 200
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
