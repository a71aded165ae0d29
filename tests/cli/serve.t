# What the server answers, what it needs to be told before it listens, and how it ends.
. "$ROOT/tests/cli/serve.sh"
ok holdfast init --home ws
serve_start

raw '
assert get(port, "/healthz").body == b"alive\n"
assert get(port, "/readyz").body == b"ready\n"
note = get(port, "/api/v1/ledger/checkpoint")
assert note.status == 200 and note.headers["content-type"] == "text/plain; charset=utf-8"
open("note", "wb").write(note.body)
assert get(port, "/healthz", method="HEAD").headers["content-length"] == "6"
options = get(port, "/healthz", method="OPTIONS")
assert options.status == 204 and options.headers["allow"] == "GET, HEAD, OPTIONS"
assert statuses(port, b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n") == [204, "open"]
wrong = get(port, "/healthz", method="POST")
assert wrong.status == 405 and wrong.headers["allow"] == "GET, HEAD, OPTIONS"
assert get(port, "/api/nothing").problem == "not_found"
assert "strict-transport-security" not in wrong.headers

# Requests on one connection, one after the other and all at once; HTTP/1.0 closes after one, unless asked.
one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
assert statuses(port, one * 20) == [200] * 20 + ["open"]
assert statuses(port, b"GET /healthz HTTP/1.0\r\n\r\n" + one) == [200]
assert statuses(port, b"\r\n" + one) == [200, "open"]
s = dial(port)
for i in range(3):
    s.sendall(one[:10]); time.sleep(0.05); s.sendall(one[10:])
    assert read(s).status == 200
# Each request has a name of its own.
assert len({get(port, "/healthz").headers["request-id"] for i in range(20)}) == 20

numbers = get(port, "/metrics").body.decode()
def number(line):
    return float(numbers.split("\n" + line + " ")[1].split("\n")[0])
assert number("holdfast_http_requests_total{route=\"/readyz\",method=\"GET\",status=\"2xx\"}") == 1
assert number("holdfast_http_requests_total{route=\"/healthz\",method=\"HEAD\",status=\"2xx\"}") == 1
assert number("holdfast_http_request_seconds_count{route=\"/readyz\",method=\"GET\"}") == 1
assert number("holdfast_http_connections") >= 1
for line in numbers.splitlines():
    assert line.startswith("# ") or (line.startswith("holdfast_") and len(line.rsplit(" ", 1)) == 2), line

# The address is not taken from who is no trusted proxy.
assert get(port, "/healthz?token=geheim", "X-Forwarded-For: 203.0.113.9").status == 200
'
ok holdfast verify --home ws --against note

# A second one on the same port, and places where it would be heard by others.
expect_exit 3 holdfast serve --home ws --listen 127.0.0.1:"$port"
expect_err 'Address already in use'
expect_exit 4 holdfast serve --home ws --listen 0.0.0.0:0
expect_err '--tls-cert'
expect_exit 4 holdfast serve --home ws --listen '[::]:0'
for place in '' 8700 localhost:8700 127.0.0.1 127.0.0.1: 127.0.0.1:65536 127.0.0.1:-1 ::1:8700 '[127.0.0.1]:1' unix: \
	"unix:$(printf '%0200d' 0)"; do
	expect_exit 2 holdfast serve --home ws --listen "$place"
done
expect_exit 2 holdfast serve --home ws --trust-proxy 10.0.0.0/8 --trust-proxy nowhere
expect_err 'nowhere'
expect_exit 2 holdfast serve --home ws --public-url http://holdfast.example.org
expect_err 'only over https, or on localhost'
expect_exit 2 holdfast serve --home ws --tls-cert cert
expect_exit 3 holdfast serve --home ws --tls-cert nothing --tls-key nothing
expect_exit 3 holdfast serve --home nothing

serve_stop
[ "$(grep -c '"event":"stopped"' serve.log)" -eq 1 ] || fail 'it does not say that it stopped'
! grep -q geheim serve.log || fail 'a query is in the log'
grep '"path":"/healthz"' serve.log | grep -q '"address":"127.0.0.1"' || fail 'no line of a request'
! grep -q 203.0.113.9 serve.log || fail 'it believed X-Forwarded-For'
python3 -I -c '
import json
for line in open("serve.log"):
    json.loads(line)
' || fail 'the log is not JSON'

# A socket of this machine, behind a proxy that is trusted. A file that a killed server left is replaced, another's is not.
serve_on unix:sock --trust-proxy unix --trust-proxy 10.0.0.0/8
raw '
reply = get("sock", "/healthz", "X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.1.2.3", "X-Forwarded-Proto: https")
assert reply.headers["strict-transport-security"].startswith("max-age=")
assert get("sock", "/metrics", "X-Forwarded-For: 203.0.113.9").problem == "not_found"
assert get("sock", "/metrics").status == 200
'
expect_exit 3 holdfast serve --home ws --listen unix:sock
expect_err 'sock'
kill -9 "$server"
wait "$server" || true
grep -q '"address":"203.0.113.9"' serve.log || fail 'the client behind the proxy is not in the log'
serve_on unix:sock
raw 'assert get("sock", "/healthz").status == 200'
serve_stop
echo kept >file
expect_exit 3 holdfast serve --home ws --listen unix:file
[ "$(cat file)" = kept ] || fail 'it took a file that is no socket'
