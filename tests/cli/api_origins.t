# No reply makes a browser ask anybody but the server: every reply in these tests is looked at, and this is that the look finds.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
ok holdfast init --home ws
serve_start
api '
import http.client, origins, re
def page(path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    reply = connection.getresponse()
    headers, text = {name.lower(): value for name, value in reply.getheaders()}, reply.read().decode("utf-8", "replace")
    connection.close()
    origins.check(headers, text)
    return headers, text

headers, text = page("/")
for path in ("/healthz", "/no/such/page", "/api/v1/openapi.json", "/api/v1/no-such"):
    page(path)
# The application, where it is built in: all that its pages name, and what that names.
seen, ahead = set(), {"/"}
while ahead:
    path = ahead.pop()
    seen.add(path)
    ahead |= {"/assets/" + name for name in re.findall(r"assets/([\w.-]+\.(?:js|css|svg))|\./([\w.-]+\.js)", page(path)[1]) for name in name if name} - seen
print("note: %d files of the application name nobody else" % len(seen))
assert len(seen) > 2 or "text/html" not in headers["content-type"], seen

own = headers["content-security-policy"]
def faults(body="", kind="text/html; charset=utf-8", policy=own, **more):
    return origins.faults({"content-type": kind, "content-security-policy": policy, **more}, body)

good = """<!doctype html><link rel=stylesheet href="/app.css"><script type=module src=/app.js></script>
<p>See http://example.com/ for more.<svg xmlns="http://www.w3.org/2000/svg"></svg>"""
assert faults(good) == []
assert faults("import a from \"./a.js\"; fetch(`/api/v1/me`)", "text/javascript") == []
for bad, kind in (("<script src=\"https://cdn.example/x.js\">", "text/html"), ("<img src=//cdn.example/x>", "text/html"),
                  ("a{background:url( http://cdn.example/x)}", "text/css"), ("@import \"//cdn.example/x\"", "text/css"),
                  ("import(\"https://cdn.example/x\")", "text/javascript"), ("fetch(\"https://cdn.example/x\")", "text/javascript"),
                  ("import a from \"https://cdn.example/x\"", "text/javascript"), ("new WebSocket(\"wss://cdn.example\")", "text/javascript")):
    assert len(faults(bad, kind)) == 1, (bad, faults(bad, kind))
for policy in ("", "default-src *", own + "; script-src https://cdn.example", own + "; font-src *", own.replace("script-src", "script-src data:")):
    assert faults(policy=policy), policy
assert faults(link="<https://cdn.example/x>; rel=preload")
'
serve_stop
