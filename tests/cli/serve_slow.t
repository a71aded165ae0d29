# Who is slow is cut off, and holds nobody up meanwhile; the server ends as it should with whatever is going on.
. "$ROOT/tests/cli/serve.sh"
ok holdfast init --home ws
serve_start

# Slow headers, slow bodies, silence, and a thousand connections that wait for their next request.
raw '
begun = time.monotonic()
one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
idle = []
for i in range(1000):
    s = dial(port)
    s.sendall(one)
    idle.append(s)
for s in idle:
    assert read(s).status == 200
silent = [dial(port, 40) for i in range(20)]
headers = [dial(port, 40) for i in range(20)]
lines = [dial(port, 40) for i in range(20)]
for s in headers:
    s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
slow = time.monotonic()
waits = 0
while time.monotonic() - slow < 8:
    for s in headers:
        s.sendall(b"X: y\r\n")
    for s in lines:
        s.sendall(b"G")
    asked = time.monotonic()
    assert get(port, "/readyz").status == 200
    waits = max(waits, time.monotonic() - asked)
    time.sleep(0.5)
assert waits < 5, "others waited %f s" % waits
for s in headers:
    reply = read(s)
    assert reply.status == 408 and reply.problem == "too_slow", reply.body
    assert closed(s)
took = time.monotonic() - slow
assert 8 < took < 30, took
for s in silent + lines:
    assert rest(s) == b""
assert time.monotonic() - slow < 35
# The idle ones are there still, and good for another request.
for s in idle[::50]:
    s.sendall(one)
    assert read(s).status == 200
numbers = get(port, "/metrics").body.decode()
assert int(numbers.split("\nholdfast_http_connections_late_total ")[1].split("\n")[0]) >= 60, numbers
assert int(numbers.split("\nholdfast_http_connections ")[1].split("\n")[0]) >= 1000, numbers
print("note: 1000 idle and 60 slow connections, others waited %d ms at most" % (waits * 1000))
'
# Gone in the middle of a request, and of a reply.
raw '
for i in range(50):
    s = dial(port)
    s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"[: i])
    s.close()
for i in range(50):
    s = dial(port)
    s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    s.close()
assert get(port, "/readyz").status == 200
'
serve_stop

# Told to end while a request is half sent: it is answered, others get no connection, and the process is good with that.
serve_start
raw '
import os, signal, subprocess
half = dial(port)
half.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
waiting = dial(port)
waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
assert read(waiting).status == 200
# Its first line is known of: the question itself is the other that runs.
while b"\nholdfast_http_requests_running 2\n" not in get(port, "/metrics").body:
    time.sleep(0.02)
os.kill(int('"$server"'), signal.SIGTERM)
assert closed(waiting)
try:
    for i in range(100):
        dial(port).close()
        time.sleep(0.05)
    assert False, "it still takes connections"
except ConnectionRefusedError:
    pass
half.sendall(b"\r\n")
reply = read(half)
assert reply.status == 200 and reply.headers["connection"].lower() == "close", reply.headers
assert closed(half)
'
status=0
wait "$server" || status=$?
[ $status -eq 0 ] || fail "it ended with $status: $(tail -n 3 serve.log)"
# A second time: at once.
serve_start
raw '
import os, signal
half = dial(port)
half.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
while b"\nholdfast_http_requests_running 2\n" not in get(port, "/metrics").body:
    time.sleep(0.02)
os.kill('"$server"', signal.SIGTERM)
time.sleep(0.2)
os.kill('"$server"', signal.SIGINT)
begun = time.monotonic()
assert closed(half) and time.monotonic() - begun < 5
'
status=0
wait "$server" || status=$?
[ $status -eq 4 ] || fail "it ended with $status: $(tail -n 3 serve.log)"
grep -q '"event":"cut"' serve.log || fail 'it does not say what it cut off'
server=

# A log that nobody takes: requests are answered, and it ends in time.
mkfifo pipe
sleep 1000 <pipe &
reader=$!
: >serve.log
python3 -I -c '
import os, sys
fd = os.open("pipe", os.O_WRONLY)
os.dup2(fd, 2)
os.execvp("holdfast", ["holdfast", "serve", "--home", "ws", "--listen", "unix:sock"])' &
server=$!
tries=600
until [ -S sock ]; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || fail 'it does not listen'
	sleep 0.1
done
raw '
s = dial("sock")
for i in range(200):
    s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
    for k in range(100):
        assert read(s).status == 200
numbers = get("sock", "/metrics").body.decode()
dropped = int(numbers.split("\nholdfast_log_lines_dropped_total ")[1].split("\n")[0])
assert dropped > 0, dropped
'
serve_stop
kill $reader
