"""posture.py -- the matrix of sections and organisations, held against the cells that it is made of, and pages of failures."""


def tallied(cells, sections):
    """What the matrix must say of these cells."""
    rows = {}
    for c in cells:
        row = rows.setdefault((sections[c["obligation"]], c["organisation"]), {"states": {}, "failing": 0, "since": []})
        row["states"][c["state"]] = row["states"].get(c["state"], 0) + 1
        row["failing"] += c["failing"]
        row["since"] += [c["first_failed_at"]] if c["first_failed_at"] else []
    return rows


def matrix(who, query=""):
    sections = {o["id"]: o["section"] for o in who.good("GET", "/plan/obligations")["obligations"]}
    told = who.good("GET", "/posture" + query)
    answer = who.good("GET", "/cells" + query)
    cells = answer["cells"]
    assert answer["organisations"] == told["organisations"]
    wanted = tallied(cells, sections)
    assert len(told["tallies"]) == len(wanted), (query, len(told["tallies"]), len(wanted))
    for t in told["tallies"]:
        row = wanted[(t["section"], t["organisation"])]
        assert {s: n for s, n in t["states"].items() if n} == row["states"], t
        assert t["obligations"] == sum(row["states"].values()) and t["failing"] == row["failing"], t
        assert t["first_failed_at"] == min(row["since"], default=None), t
        worst = ("not_applicable", "quiet", "proven", "waived", "unproven", "failing", "missed")
        assert t["worst"] == max(row["states"], key=worst.index), t
    order = [s["number"] for s in who.good("GET", "/plan/sections")["sections"]]
    keys = [o["key"] for o in told["organisations"]]
    assert [s["number"] for s in told["sections"]] == [n for n in order if n in {t["section"] for t in told["tallies"]}]
    assert set(keys) == {t["organisation"] for t in told["tallies"]} and all(o["kind"] and o["name"] for o in told["organisations"])
    places = [(order.index(t["section"]), keys.index(t["organisation"])) for t in told["tallies"]]
    assert places == sorted(places)
    return cells


def filters(who):
    cells = matrix(who)
    some = next(c for c in cells if c["state"] == "failing")
    section = next(o["section"] for o in who.good("GET", "/plan/obligations")["obligations"] if o["id"] == some["obligation"])
    inside = who.good("GET", "/cells?section=%s&state=failing" % section)["cells"]
    obligations = {o["id"] for o in who.good("GET", "/plan/obligations?section=" + section)["obligations"]}
    assert inside == [c for c in cells if c["state"] == "failing" and c["obligation"] in obligations] and some in inside
    assert matrix(who, "?section=" + section) and matrix(who, "?organisation=" + some["organisation"])
    # The cells of a month are those that were current on its last day.
    every = who.good("GET", "/cells?periods=all")["cells"]
    month = min(c["period"] for c in every if len(c["period"]) == 7)
    last = max(c["period_to"] for c in every if c["period"] == month)
    held = [c for c in matrix(who, "?period=" + month)]
    assert {c["id"] for c in held if c["period_to"] == last} >= {c["id"] for c in every if c["period"] == month} and held
    assert all(c["period_to"] >= last for c in held)
    assert who.good("GET", "/posture?period=1999-01").json["tallies"] == []
    for period in ("2026", "2026-00", "2026-13", "2026-3", "2026-03-01", "", "x" * 500):
        who.refused(400, "usage", "GET", "/posture?period=" + period)
    who.refused(404, "not_found", "GET", "/posture?section=0.0")
    who.refused(400, "usage", "GET", "/cells?state=broken")


def pages(who):
    """Each failure comes once, whatever the size of the pages, in its order."""
    for order in ("newest", "oldest"):
        path = "/failures?fixed=true&waived=true&order=%s&limit=" % order
        whole = who.good("GET", path + "500")
        rows, page = [], who.good("GET", path + "7")
        while page["next"]:
            rows += page["failures"]
            page = who.good("GET", path + "7&after=" + page["next"])
        rows += page["failures"]
        assert rows == whole["failures"] and whole["next"] is None and whole["total"] == len(rows)
        times = [f["first_failed_at"] for f in rows]
        assert times == sorted(times, reverse=order == "newest")
    record = rows[0]["record"]
    own = who.good("GET", path + "500&record=" + record)["failures"]
    # Whatever stands after it.
    assert who.good("GET", "/failures?record=%s&%s500" % (record, path.split("?")[1]))["failures"] == own
    assert own == [f for f in rows if f["record"] == record]
    now = {f["id"] for f in who.good("GET", "/failures?limit=500")["failures"]}
    assert now == {f["id"] for f in rows if not f["fixed_at"] and not f["waiver"]}
    who.refused(422, "invalid", "GET", "/failures?limit=501")
    who.refused(422, "invalid", "GET", "/failures?after=x")
    who.refused(404, "not_found", "GET", "/failures?record=nothing")


def plan(who):
    figures = who.good("GET", "/plan/parameters")["parameters"]
    assert any(f["number"] is not None for f in figures) and any(f["words"] for f in figures)
    assert all((f["number"] is not None) + (f["text"] is not None) + bool(f["words"]) == 1 for f in figures)
    versions = who.good("GET", "/plan/versions")
    assert versions["versions"][0]["hash"] == who.good("GET", "/plan")["hash"] and versions["versions"][-1]["changes"] is None
    assert who.good("GET", "/plan/versions?before=1")["versions"] == []


def work(who):
    """What somebody has to do is of the duties that his roles own, and of the records whose steps he may take."""
    me = who.good("GET", "/me")
    owners = {o["id"]: o["owners"] for o in who.good("GET", "/plan/obligations")["obligations"]}
    held = {(r["role"], r["organisation"]) for r in me["roles"]}
    own = [c for c in who.good("GET", "/cells")["cells"] if c["state"] in ("failing", "unproven") and any(
        (role, organisation) in held for role in owners[c["obligation"]] for organisation in (c["organisation"], None))]
    told = who.good("GET", "/work?limit=500&days=0")
    rows = told["work"]
    assert {(w["obligation"], w["organisation"]) for w in rows if w["obligation"]} == {(c["obligation"], c["organisation"]) for c in own}
    assert {k: n for k, n in told["totals"].items()} == {k: sum(w["kind"] == k for w in rows) for k in told["totals"]}
    order = [("failing", "decision", "due", "unproven").index(w["kind"]) for w in rows]
    assert order == sorted(order)
    since = [w["since"] for w in rows if w["kind"] == "failing"]
    assert since == sorted(since)
    far = who.good("GET", "/work?days=366")["totals"]
    assert far["unproven"] == 0 and far["due"] == told["totals"]["due"] + told["totals"]["unproven"]
    for w in rows:
        if w["kind"] == "decision":
            steps = who.good("GET", "/records/%s/transitions" % w["record"])
            assert w["steps"] and set(w["steps"]) <= {s["to"] for s in steps["transitions"] if s["allowed"]} and w["state"] == steps["state"]
    assert len(who.good("GET", "/work?limit=1")["work"]) == (1 if rows else 0)
    for query in ("limit=0", "limit=501", "days=-1", "days=367"):
        who.refused(422, "invalid", "GET", "/work?" + query)
    return [w["record"] for w in rows if w["kind"] == "decision"]


def decide(som, contact):
    """Evidence of one waits for another, and for nobody who gave it; once accepted for nobody."""
    duty = som.good("GET", "/plan/obligations")["obligations"][0]["id"]
    before = work(som), work(contact)
    values = {"obligation": duty, "period_from": "2026-03-01", "period_to": "2026-03-31", "kind": "statement"}
    made = contact.good("POST", "/registers/evidence/records", {**values, "given_by": contact.good("GET", "/me")["person"]}, 201)
    own = som.good("POST", "/registers/evidence/records", {**values, "given_by": som.good("GET", "/me")["person"]}, 201)
    after = work(som), work(contact)
    assert set(after[0]) - set(before[0]) == {made["id"]} and after[1] == before[1], (before, after, own["id"])
    som.good("PATCH", "/records/" + made["id"], {"state": "accepted", "accepted_by": som.good("GET", "/me")["person"]}, If_Match=made.headers["etag"])
    assert set(work(som)) == set(before[0])
