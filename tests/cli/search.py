"""search.py -- the search over the API: what was just written is found by whoever may see it, and by nobody else."""
import json
import subprocess
from urllib.parse import quote

from client import Client


def found(who, words, **more):
    query = "".join("&%s=%s" % item for item in more.items())
    return [hit["id"] for hit in who.good("GET", "/search?q=" + quote(words) + query)["hits"]]


def taken_in(who):
    """The demo's records, of which each question takes in some."""
    for _ in range(1000):
        if who.good("GET", "/search?q=zwolf")["up_to_date"]:
            return
    raise AssertionError("the index is not brought up to date")


def told(*words):
    return json.loads(subprocess.run(["holdfast", "search", *words, "--home", "ws", "--json"], check=True,
                                     stdout=subprocess.PIPE).stdout)


def writes(som, contact, one):
    """Found, changed and not found, by whoever sees the record."""
    text = "Zw\u00f6lf O\u2019Neill <b>bold</b> zq-db-01"
    made = som.good("POST", "/registers/incident/records", {"supply_chain_view": text}, 201)
    mine = som.good("POST", "/registers/incident/records", {"organisation": one, "supply_chain_view": text}, 201)
    for words in ("zwolf", "ZWOLF oneill", "o'neill zqdb01", "zq-db-01", "zwol bold"):
        assert set(found(som, words)) == {made["id"], mine["id"]}, words
        assert found(contact, words) == [mine["id"]], words
        assert contact.good("GET", "/search?q=" + quote(words))["total"] == 1
    hit = som.good("GET", "/search?q=oneill%20zwolf&register=incident")["hits"][0]
    assert hit["field"] == "supply_chain_view" and hit["snippet"] == text, hit
    assert [hit["snippet"][m["from"]:m["to"]] for m in hit["marks"]] == ["Zw\u00f6lf", "O", "Neill"], hit
    assert set(h["id"] for h in told("zwolf")["hits"]) == {made["id"], mine["id"]}
    som.good("PATCH", "/records/" + made["id"], {"supply_chain_view": "nothing"}, If_Match="\"1\"")
    assert found(som, "zwolf") == [mine["id"]]


def rights(som, contact, one):
    """What a member finds is his own, by whatever word; what he may not read he cannot search in."""
    for words in ("a", "lc", "10000", "access", one):
        for hit in contact.good("GET", "/search?limit=50&q=" + words)["hits"]:
            row = contact.good("GET", "/records/" + hit["id"] + "?fields=organisation")
            assert row["organisation"]["key"] == one, hit
    contact.refused(403, "denied", "GET", "/search?q=a&register=personnel_case")
    som.refused(404, "not_found", "GET", "/search?q=a&register=acount")


def duties(som):
    """A duty is found by its id, its title and what it says, on the first page of a search of everything."""
    def asked(words, **more):
        query = "".join("&%s=%s" % item for item in more.items())
        return som.good("GET", "/search?q=" + quote(words) + query)
    for duty in som.good("GET", "/plan/obligations")["obligations"][::40]:
        assert asked(duty["id"])["duties"][0]["obligation"] == duty["id"], duty["id"]
        long = " ".join(sorted(duty["title"].split(), key=len)[-6:])
        assert duty["id"] in [d["obligation"] for d in asked(long, limit=50)["duties"]], long
    page = asked("leaves")
    shown = [d for d in page["duties"] if d["field"] == "duty"][0]
    mark = shown["marks"][0]
    assert shown["snippet"][mark["from"]:mark["to"]].lower().startswith("leaves") and shown["section"] and shown["title"], shown
    # The beginning of a number before two numbers.
    begins = [d["obligation"].startswith("6.5") for d in asked("6.5", limit=50)["duties"]]
    assert True in begins and begins == sorted(begins, reverse=True), begins
    assert len(asked("of", limit=3)["duties"]) == 3 and asked("nosuchword")["duties"] == []
    assert asked("leaves", register="incident")["duties"] == []
    first = asked("a", limit=1)
    assert first["duties"] and asked("a", limit=1, after=first["next"])["duties"] == []


def posture(som, contact, one):
    """Cells and failures are found as they are listed, by whoever sees them; records before them."""
    failure = contact.good("GET", "/failures")["failures"][0]
    words = "%s %s" % (failure["obligation"], failure["record"])
    for who in (som, contact):
        assert failure["id"] in found(who, words), words
        for register in ("cell", "failure"):
            rows = who.good("GET", "/registers/%s/records?limit=50&fields=key&filter=obligation=%s" % (register, failure["obligation"]))
            hits = found(who, failure["obligation"], register=register, limit=50)[:len(rows["records"])]
            assert rows["total"] > 50 or set(hits) == {r["id"] for r in rows["records"]}, (register, hits, rows.text)
    cell = found(contact, "%s %s" % (failure["obligation"], one), limit=1, register="cell")[0]
    assert contact.good("GET", "/records/" + cell)["obligation"] == failure["obligation"]
    mine = som.good("POST", "/registers/incident/records", {"supply_chain_view": "of %s, not %s" % (words, one)}, 201)
    assert found(som, words, limit=1) == [mine["id"]] and failure["id"] in found(som, words)


def refusals(som):
    for words, status, problem in (("", 422, "invalid"), ("...", 422, "invalid"), ("%22*", 422, "invalid"),
                                   ("a" * 5000, 413, "too_big"), ("a%20" * 20, 413, "too_big")):
        answer = som.refused(status, problem, "GET", "/search?q=" + words)
        assert answer["field"] == "q", answer.text
    som.refused(400, "usage", "GET", "/search")
    som.refused(422, "invalid", "GET", "/search?q=a&limit=0")
    som.refused(422, "invalid", "GET", "/search?q=a&limit=51")
    som.refused(422, "invalid", "GET", "/search?q=a&after=x")
    som.refused(400, "usage", "GET", "/search?q=a&as_of=2026-03-01")
    for words in ("%22", "a%00b", "NEAR(a)", "a%20AND", "(a", "head:a", "a')--", "a|b", "a:*", "%2A"):
        answer = som.ask("GET", "/search?q=" + words)
        assert answer.status in (200, 400, 422), (words, answer.status, answer.text)


def search(port, password, one):
    som, contact = Client(port), Client(port)
    som.sign_in("som", password)
    contact.sign_in("contact", password)
    taken_in(som)
    writes(som, contact, one)
    rights(som, contact, one)
    duties(som)
    posture(som, contact, one)
    refusals(som)
