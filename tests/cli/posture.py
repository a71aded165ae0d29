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
    cells = who.good("GET", "/cells" + query)["cells"]
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
