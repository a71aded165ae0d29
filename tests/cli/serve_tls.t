# TLS with a certificate of its own, which can be another one while the server runs; and what systemd is told.
. "$ROOT/tests/cli/serve.sh"
ok holdfast init --home ws

# certificate NAME [DAYS]
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" \
		-days "${2:-30}" -subj "/CN=$1" -addext subjectAltName=DNS:localhost 2>/dev/null
	chmod 600 "$1.key"
}
certificate first
certificate second
cp first.pem cert.pem
cp first.key key.pem

chmod 644 key.pem
expect_exit 4 holdfast serve --home ws --tls-cert cert.pem --tls-key key.pem
expect_err 'others can read this key'
chmod 600 key.pem
expect_exit 3 holdfast serve --home ws --tls-cert cert.pem --tls-key second.key
expect_err 'cert.pem'
expect_exit 3 holdfast serve --home ws --tls-cert serve.log --tls-key key.pem
echo junk >junk.pem
chmod 600 junk.pem
expect_exit 3 holdfast serve --home ws --tls-cert junk.pem --tls-key key.pem
expect_exit 3 holdfast serve --home ws --tls-cert cert.pem --tls-key junk.pem

cat >notified.py <<'END'
import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("notify")
while True:
    with open("notified", "ab", 0) as file:
        file.write(s.recv(100) + b"\n")
END
python3 -I notified.py &
listener=$!
until [ -S notify ]; do sleep 0.1; done
NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=400000
export NOTIFY_SOCKET WATCHDOG_USEC
serve_on 0.0.0.0:0 --tls-cert cert.pem --tls-key key.pem

common='
import os, signal
def context(name, version=None):
    c = ssl.create_default_context(cafile=name + ".pem")
    if version:
        c.minimum_version = c.maximum_version = version
    return c
def hup(words):
    before = open("serve.log").read().count("\"event\":\"reload\"")
    os.kill('"$server"', signal.SIGHUP)
    for i in range(200):
        lines = [l for l in open("serve.log") if "\"event\":\"reload\"" in l]
        if len(lines) > before:
            assert words in lines[-1], lines[-1]
            return
        time.sleep(0.05)
    assert False, "it does not reload"
'
raw "$common"'
for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    reply = get(port, "/readyz", tls=context("first", version))
    assert reply.status == 200 and reply.headers["strict-transport-security"]
for version in ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1:
    old = context("first", version)
    old.set_ciphers("ALL:@SECLEVEL=0")
    try:
        get(port, "/readyz", tls=old)
        assert False, version
    except (ssl.SSLError, ConnectionError):
        pass
weak = context("first", ssl.TLSVersion.TLSv1_2)
weak.set_ciphers("AES128-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0")
try:
    get(port, "/readyz", tls=weak)
    assert False, "a weak cipher"
except (ssl.SSLError, ConnectionError):
    pass
# Plain text is not spoken there, and what the library refuses looks the same through TLS.
assert b"200" not in rest_of(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
c = context("first")
assert statuses(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX\r\n\r\n", tls=c) == [400]
assert statuses(port, b"GET /healthz HTTP/1.1\r\n\r\n", tls=c) == [400]
assert statuses(port, b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", tls=c) in ([], [400])

kept = dial(port, tls=c)
def again():
    kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert read(kept).status == 200
again()
os.replace("second.pem", "cert.pem")
hup("stays")
again()
assert get(port, "/readyz", tls=c).status == 200
open("cert.pem", "w").write("junk")
hup("stays")
assert get(port, "/readyz", tls=c).status == 200
'
certificate second
cp second.pem cert.pem
cp second.key key.pem
raw "$common"'
hup("read again")
assert get(port, "/readyz", tls=context("second")).status == 200
try:
    get(port, "/readyz", tls=context("first"))
    assert False, "the first certificate is still used"
except ssl.SSLCertVerificationError:
    pass
# Slow handshakes are cut like slow headers, and hold nobody up.
slow = [dial(port, 40) for i in range(50)]
for s in slow:
    s.sendall(b"\x16\x03\x01\x02")
assert get(port, "/readyz", tls=context("second")).status == 200
for s in slow:
    assert rest(s) == b""
'
# Whoever asks for another handshake on a connection (TLS 1.2) gets its end: handshakes are what costs a server most.
mkfifo keys
openssl s_client -tls1_2 -connect 127.0.0.1:"$port" <keys >handshake 2>&1 &
client=$!
exec 3>keys
tries=600
until grep -q 'Verify return code' handshake || [ $tries -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
echo R >&3
wait $client || true
exec 3>&-
grep -q '^RENEGOTIATING' handshake || fail "no second handshake was asked for: $(tail -n 3 handshake)"
[ "$(sed -n '/^RENEGOTIATING/,$p' handshake | grep -c '^depth=')" = 0 ] || fail 'another handshake on the same connection'

serve_stop
tries=600
until grep -q STOPPING=1 notified || [ $tries -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
kill $listener
[ "$(head -n 1 notified)" = READY=1 ] || fail "told: $(cat notified)"
[ "$(grep -c WATCHDOG=1 notified)" -gt 5 ] || fail "no signs of life: $(cat notified)"
[ "$(grep -c RELOADING=1 notified)" -eq 3 ] || fail "told: $(cat notified)"
[ "$(tail -n 1 notified)" = STOPPING=1 ] || fail "told: $(cat notified)"
