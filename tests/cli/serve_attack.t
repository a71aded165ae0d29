# Requests that no honest client sends: each is refused, with a problem document, and what comes after what cannot be
# understood is not read.
. "$ROOT/tests/cli/serve.sh"
ok holdfast init --home ws
serve_start

raw '
cases = 0
def refused(request, status, problem=None, goes_on=False):
    global cases
    cases += 1
    smuggled = b"GET /healthz?smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    replies = ask(port, request + smuggled)
    got = [r if r == "open" else r.status for r in replies]
    want = [status, 200, "open"] if goes_on else [status]
    assert got == want, "%r: %r, not %r" % (request[:200], got, want)
    assert problem is None or replies[0].problem == problem, (request[:200], replies[0].body)

host = b"Host: localhost\r\n"
first = b"GET /healthz HTTP/1.1\r\n" + host

# Framing: two readers must not find two ends of one body.
post = b"POST /healthz HTTP/1.1\r\n" + host
refused(post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "malformed")
refused(post + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400, "malformed")
refused(post + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400, "malformed")
refused(post + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400, "malformed")
for length in b"+5", b"-5", b"0x5", b"5, 5", b"5 5", b"", b"five", b"5;", b"\xb2":
    refused(post + b"Content-Length: " + length + b"\r\n\r\nhello", 400, "malformed")
refused(post + b"Content-Length: 99999999999999999999999\r\n\r\nhello", 413)
refused(post + b"Content-Length: 9223372036854775808\r\n\r\nhello", 400)
refused(post + b"Content-Length: 9223372036854775807\r\n\r\nhello", 405)
refused(post + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411, "length_required")
refused(post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 411, "length_required")
refused(post + b"Transfer-Encoding: identity\r\n\r\n", 411, "length_required")
refused(post + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 411, "length_required")
refused(post + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400, "malformed")
refused(post + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n", 400, "malformed")
refused(post + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n", 400, "malformed")
refused(post + b"X: y\n Transfer-Encoding: chunked\r\n\r\n", 400, "malformed")

# Lines: what does not end in CRLF, is folded, or hides something.
refused(b"GET /healthz HTTP/1.1\n" + host + b"\r\n", 400, "malformed")
refused(b"GET /healthz HTTP/1.1\r\nHost: localhost\n\r\n", 400, "malformed")
refused(first + b"X: a\n\n", 400, "malformed")
refused(first + b"X: a\r\n b\r\n\r\n", 400, "malformed")
refused(first + b"X: a\r\n\tb\r\nY: c\r\n\r\n", 400, "malformed")
refused(b"GET /healthz HTTP/1.1\r\n X: a\r\n" + host + b"\r\n", 400, "malformed")
refused(first + b"X: a\x00Transfer-Encoding: chunked\r\n\r\n", 400, "malformed")
refused(first + b"X: a\x00\x00Y: b\r\n\r\n", 400, "malformed")
refused(first + b"X: a\rb\r\n\r\n", 400, "malformed")
refused(first + b"X: a\x1b[2J\r\n\r\n", 400, "malformed")
refused(first + b"X\x00: a\r\n\r\n", 400, "malformed")
refused(first + b"X Y: a\r\n\r\n", 400, "malformed")
refused(first + b": a\r\n\r\n", 400, "malformed")
refused(first + b"X\r\n\r\n", 400, "malformed")
refused(first + b"X(: a\r\n\r\n", 400, "malformed")
refused(first + b"\xc3\xa9: a\r\n\r\n", 400, "malformed")

# Targets.
for target in (b"/../etc/passwd", b"/%2e%2e/x", b"/.%2E/x", b"/a/..", b"/./healthz", b"/%2fhealthz", b"/a%5c..",
               b"/%00", b"/%0d%0aX:%20y", b"/%", b"/%4", b"/%zz", b"/%c0%ae", b"/%ff", b"/%ed%a0%80", b"/\xff",
               b"/a\x01", b"/a\x7f", b"/\xc3\xa9", b"/a\"", b"/a<b>", b"/a?b=%", b"/a?b=%00", b"/a?b=%0a", b"/a?b=\xff",
               b"/a?b=%ff", b"/a?b=1&b=2", b"healthz", b"http://localhost/healthz", b"//\\", b"/healthz#x", b"*",
               b"/" + b"a/" * 20, b"/a?" + b"&".join(b"p%d" % i for i in range(100))):
    refused(b"GET " + target + b" HTTP/1.1\r\n" + host + b"\r\n", 400, "malformed")
refused(b"GET /a b HTTP/1.1\r\n" + host + b"\r\n", 400, "malformed")
refused(b"GET  /healthz HTTP/1.1\r\n" + host + b"\r\n", 400, "malformed")
refused(b"GET /healthz  HTTP/1.1\r\n" + host + b"\r\n", 400, "malformed")
refused(b"GET /healthz HTTP/1.1 \r\n" + host + b"\r\n", 400, "malformed")
refused(b"GET /hea\x00lthz HTTP/1.1\r\n" + host + b"\r\n", 400, "malformed")
refused(b"GET\x00 /healthz HTTP/1.1\r\n" + host + b"\r\n", 400, "malformed")
refused(b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\n" + host + b"\r\n", 414, "target_too_long")
refused(b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n" + host + b"\r\n", 414)
refused(b"GET /?" + b"&" * 20000 + b" HTTP/1.1\r\n" + host + b"\r\n", 431)
for target in b"/api//", b"/healthz/", b"/api//v1/me", b"/api/V1/me", b"/api/nothing?a={|}&b[]=x", b"/%68ealthz/x":
    refused(b"GET " + target + b" HTTP/1.1\r\n" + host + b"\r\n", 404, "not_found", goes_on=True)

# Versions, hosts, methods.
for version in b"HTTP/0.9", b"HTTP/2.0", b"HTTP/3.1":
    refused(b"GET /healthz " + version + b"\r\n" + host + b"\r\n", 505)
refused(b"GET /healthz HTTP/1.2\r\n" + host + b"\r\n", 505, "version_not_supported")
for version in b"HTTP/1.1x", b"http/1.1", b"HTTP/11", b"HTTP/1.", b"HTTPS/1.1":
    refused(b"GET /healthz " + version + b"\r\n" + host + b"\r\n", 400, "malformed")
refused(b"GET /healthz HTTP/1.1\r\n\r\n", 400, "malformed")
refused(b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", 400, "malformed")
refused(b"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "malformed")
refused(b"GET /healthz HTTP/1.1\r\nHost: a/b@c\r\n\r\n", 400, "malformed")
refused(first + b"Host: other\r\n\r\n", 400, "malformed")
refused(first + b"Authorization: a\r\nAuthorization: b\r\n\r\n", 400, "malformed")
for method in b"TRACE", b"CONNECT", b"PROPFIND", b"get", b"G" * 100:
    refused(method + b" /healthz HTTP/1.1\r\n" + host + b"\r\n", 501, "method_not_implemented", goes_on=True)
refused(b"G(T /healthz HTTP/1.1\r\n" + host + b"\r\n", 400, "malformed")
for method in b"PUT", b"PATCH", b"DELETE":
    refused(method + b" /healthz HTTP/1.1\r\n" + host + b"\r\n", 405, "method_not_allowed", goes_on=True)
refused(post + b"Content-Length: 5\r\n\r\nhello", 405, "method_not_allowed")
refused(first + b"Content-Length: 5\r\n\r\nhello", 413, "body_too_large")

# Large heads, and one that is just not too large.
refused(first + b"X: " + b"y" * 16000 + b"\r\n\r\n", 200, goes_on=True)
refused(first + b"".join(b"X%d: %s\r\n" % (i, b"y" * 200) for i in range(60)) + b"Cookie: a=" + b"b" * 3000 + b"\r\n\r\n", 200, goes_on=True)
refused(first + b"".join(b"X%d: y\r\n" % i for i in range(64)) + b"\r\n", 431, "headers_too_large")
refused(first + b"X: " + b"y" * 16384 + b"\r\n\r\n", 431)
refused(first + b"X: " + b"y" * 1000000 + b"\r\n\r\n", 431)
refused(first + b"Cookie: " + b"a;" * 7000 + b"\r\n\r\n", 431)
refused(first + b"Cookie: " + b"," * 15000 + b"\r\n\r\n", 431)
refused(first + b"Cookie: a=\x22\r\n\r\n", 431)
print("note: %d requests refused" % cases)
'

# What is not even a line gets no reply, and no other end either.
raw '
import os
for junk in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200) + b"\r\n\r\n", b"\0" * 5000 + b"\r\n\r\n",
             b"\r\n" * 3000, b"GET\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
    s = dial(port)
    s.sendall(junk)
    s.shutdown(1)
    got = rest(s)
    assert got == b"" or got.startswith(b"HTTP/1.1 400 ") or got.startswith(b"HTTP/1.1 505 "), got[:80]
assert get(port, "/healthz").body == b"alive\n"
'
serve_stop
