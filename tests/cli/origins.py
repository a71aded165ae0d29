"""origins.py -- that nothing which the server gives makes a browser ask anybody else. Every reply of every test is held
against it (client.py, raw.py)."""
import re

OWN = {"'none'", "'self'", "data:"}
# What a browser fetches by itself, in a page, a style or a script.
FETCHED = re.compile(r"""(?:\b(?:src|href|action|data|poster|srcset)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?|\bfrom\s*["']|"""
                     r"""\b(?:import|fetch|open|EventSource|WebSocket|Worker)\s*\(?\s*["'`])\s*((?:[a-z][a-z0-9+.-]*:)?//[^"'`\s>)]*)""", re.I)
PAGES = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json")


def faults(headers, body):
    """`headers` by their names in small letters."""
    policy = headers.get("content-security-policy", "")
    sources = {name: rest for name, *rest in (part.split() for part in policy.split(";") if part.strip())}
    found = ["no default-src"] if sources.get("default-src") != ["'none'"] else []
    found += ["%s %s" % (name, one) for name, rest in sources.items() for one in rest if one not in OWN]
    found += ["data: in " + name for name, rest in sources.items() if "data:" in rest and name != "img-src"]
    found += [name for name in ("link", "refresh", "report-to", "reporting-endpoints", "nel", "sourcemap") if "//" in headers.get(name, "")]
    if headers.get("content-type", "").startswith(PAGES):
        found += FETCHED.findall(body)
    return found


def check(headers, body):
    found = faults(headers, body)
    assert not found, "it names others: %s" % found
