# The web application, as the program serves it: its page wherever a browser may be, its files under names that change with
# them, nothing from anywhere else.
. "$ROOT/tests/cli/serve.sh"
ok holdfast init --home ws
serve_start
ROOT=$ROOT raw '
import gzip, re, subprocess
def brotli(bytes):
    return subprocess.run(["node", "-e", "process.stdout.write(require(\"zlib\").brotliDecompressSync(require(\"fs\").readFileSync(0)))"],
                          input=bytes, stdout=subprocess.PIPE, check=True).stdout

page = get(port, "/")
assert page.status == 200 and page.headers["content-type"] == "text/html; charset=utf-8", page.headers
assert page.headers["cache-control"] == "no-cache" and page.headers["vary"] == "Accept-Encoding"
policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "\x27none\x27", policy
assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "\x27self\x27"
assert page.headers["x-content-type-options"] == "nosniff" and page.headers["referrer-policy"] == "no-referrer"
assert page.headers["cross-origin-opener-policy"] == "same-origin" and "camera=()" in page.headers["permissions-policy"]

# What the page names, and what that names.
types = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
names, files = [b"/" + name for name in re.findall(rb"[\"\x27]/(assets/[^\"\x27]+)[\"\x27]", page.body)], {}
assert len(names) > 1, page.body
while names:
    name = names.pop().decode()
    if name in files:
        continue
    plain = get(port, name)
    assert plain.status == 200 and "content-encoding" not in plain.headers, name
    assert plain.headers["content-type"] == types[name[name.rindex("."):]], (name, plain.headers)
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    files[name] = plain.body
    for other in re.findall(rb"[\"\x27(](?:\./|/?assets/)([A-Za-z0-9_.-]+\.(?:js|css|svg))[\"\x27)]", plain.body):
        names.append(b"/assets/" + other)
assert {name[name.rindex("."):] for name in files} == {".js", ".css", ".svg"}, files.keys()

for name, whole in [("/", page.body), *files.items()]:
    tags = set()
    for accepted, coding, unpack in (("", None, bytes), ("gzip", "gzip", gzip.decompress), ("br", "br", brotli), ("gzip, deflate, br, zstd", "br", brotli),
                                     ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress), ("identity", None, bytes), ("br;q=0.0,gzip;q=0", None, bytes),
                                     (",;,", None, bytes), ("x" * 4000, None, bytes)):
        answer = get(port, name, "Accept-Encoding: " + accepted)
        # What is too small to pack is left as it is.
        assert answer.headers.get("content-encoding") in (coding, None if len(whole) < 300 else coding), (name, accepted, answer.headers)
        body = answer.body if "content-encoding" not in answer.headers else unpack(answer.body)
        assert body == whole and len(answer.body) <= len(whole), (name, accepted)
        tags.add(answer.headers["etag"])
        again = get(port, name, "Accept-Encoding: " + accepted, "If-None-Match: \"x\", W/" + answer.headers["etag"])
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", answer.headers["etag"])
        assert "content-type" not in again.headers and again.headers["cache-control"] == answer.headers["cache-control"]
        assert get(port, name, "Accept-Encoding: " + accepted, "If-None-Match: \"x\"").status == 200
        head = get(port, name, "Accept-Encoding: " + accepted, method="HEAD")
        assert head.status == 200 and head.body == b"" and int(head.headers["content-length"]) == len(answer.body)
    assert len(tags) == len({get(port, name, "Accept-Encoding: " + c).headers.get("content-encoding") for c in ("", "gzip", "br")}), (name, tags)

# Nothing of it comes from, or goes, anywhere else: what looks so are names in documents, and where an error is explained.
for name, whole in [("/", page.body), *files.items()]:
    for address in re.findall(rb"(?:https?:)?//[a-z0-9-]+\.[a-z0-9.-]+[^\"\x27`\s)]*", whole):
        assert address.startswith((b"http://www.w3.org/", b"https://svelte.dev/e/")), (name, address)

# Each place in it is the same page.
for path in ("/registers", "/registers/account", "/records/ACC-1", "/plan/6.5-c", "/cells/6.5-c/northern?as_of=2026-03-01", "/first", "/a/",
             "/a//b", "/%e2%82%ac", "/x/.hidden", "/assetsx", "/apix"):
    there = get(port, path)
    assert there.status == 200 and there.body == page.body and there.headers["etag"] == page.headers["etag"], path
# But not what is a file or the API, and is not there.
for path in ("/assets/nothing.js", "/assets/", "/assets/../assets/x", "/favicon.ico", "/robots.txt", "/index.htm", "/.git", "/api", "/api/", "/api/v1",
             "/api/v1/nothing", "/api/v2/me", "/scim", "/scim/v3", "/healthz/x", "/metrics/x", "/readyz/", "/assets/index.html"):
    there = get(port, path)
    assert there.status in (400, 404) and there.problem in ("not_found", "malformed"), (path, there.status)
for path in ("/../etc/passwd", "/%2e%2e/etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/assets/..%5c..%5cx", "/a%00b",
             "/%ff", "/assets/%2fetc/passwd", "//etc/passwd", "/assets//etc/passwd", "/x" * 17):
    there = get(port, path)
    assert b"root:" not in there.body and there.status in (200, 400, 404), (path, there.status)
    assert there.status != 200 or there.body == page.body, path
wrong = get(port, "/registers", method="POST")
assert wrong.status == 405 and wrong.headers["allow"] == "GET, HEAD, OPTIONS"
assert get(port, "/index.html").body == page.body
'
# How somebody gets there first; the secret stands behind a #, which no browser sends.
grep -q "http://127.0.0.1:$port/first#hfl_[0-9a-f]*\$" serve.out || fail "no link: $(cat serve.out)"
grep -q hfl_ serve.log && fail 'the secret is in the log'
serve_stop
