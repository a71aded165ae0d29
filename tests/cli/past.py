"""past.py -- moments of the past over the API: the answers of the command line, for whoever may see them."""
import json
import subprocess
import time

from client import Client


def ago(days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86400))


def told(*words):
    return json.loads(subprocess.run(["holdfast", *words, "--home", "ws", "--json"], check=True, stdout=subprocess.PIPE).stdout)


def every(who, path):
    """Of all pages."""
    rows, page = [], who.good("GET", path)
    while page["next"]:
        rows += page["failures"]
        page = who.good("GET", path + "&after=" + page["next"])
    return rows + page["failures"]


def same_as_commands(som, then):
    """Lists with all that they can do, a record with its versions, and what `show` tells."""
    for words, query in (
            (["account"], ""), (["organisation"], "limit=7"), (["incident"], "sort=-key"),
            (["account", "state=active"], "filter=state%3Dactive&sort=key&fields=key,person&limit=5"),
            (["account", "last_used_at<today"], "filter=last_used_at%3Ctoday&fields=key&limit=3")):
        flags = [word for part in query.split("&") if part and not part.startswith("filter=") for word in
                 ("--" + part.split("=")[0], part.split("=")[1])]
        listed = told("list", *words, *flags, "--quick", "--as-of", then)
        over_http = som.good("GET", "/registers/%s/records?as_of=%s&%s" % (words[0], then, query)).json
        assert listed == over_http, (words, listed, over_http)
    record = listed["records"][0]["id"]
    versions = told("show", "record", record, "--history", "--as-of", then)
    assert len(versions) == len(som.good("GET", "/records/%s/history?as_of=%s" % (record, then))["versions"])
    cells = som.good("GET", "/cells?obligation=6.5-c&periods=all&as_of=" + then)["cells"]
    shown = told("show", "obligation", "6.5-c", "--periods", "--as-of", then)["cells"]
    assert [(c["organisation"], c["state"], c["failing"]) for c in cells] == \
        [(c["organisation"], c["state"], c["failing"]) for c in shown] and cells
    failures = every(som, "/failures?order=oldest&limit=40&as_of=" + then)
    shown = sorted(told("show", "failures", "--as-of", then), key=lambda f: f["first_failed_at"])
    assert [f["first_failed_at"] for f in failures] == [f["first_failed_at"] for f in shown] and failures
    assert sorted(f["record"] for f in failures) == sorted(f["record"] for f in shown)


def pages(som, then):
    """A cursor goes on at its own instant: with the day or the instant, or without; with no other."""
    path = "/registers/account/records?fields=key&sort=key&limit=4"
    for as_of in (then, ago(0)[:10]):
        first = som.good("GET", path + "&as_of=" + as_of)
        after = path + "&after=" + first["next"]
        second = som.good("GET", after + "&as_of=" + as_of)
        assert second.json == som.good("GET", after).json
        assert second["records"][0]["key"] >= first["records"][-1]["key"]
        som.refused(422, "invalid", "GET", after + "&as_of=" + ago(40))
    now = som.good("GET", path)["next"]
    som.refused(422, "invalid", "GET", path + "&after=" + now + "&as_of=" + then)
    som.refused(422, "invalid", "GET", "/registers/incident/records?after=" + first["next"])


def refusals(som):
    for text, status, problem in (("yesterday", 400, "usage"), ("2026-02-30", 400, "usage"), ("", 400, "usage"),
                                  ("2026-03-01T25:00:00Z", 400, "usage"), ("9" * 5000, 400, "usage"),
                                  ("1970-01-01T00:00:00Z", 404, "not_found"), ("0001-01-01", 404, "not_found"),
                                  ("9999-12-31", 422, "invalid"), ("2999-01-01T00:00:00Z", 422, "invalid")):
        for path in ("/registers/account/records", "/records/ORG-1", "/records/ORG-1/history", "/cells", "/failures", "/plan"):
            answer = som.refused(status, problem, "GET", path + "?as_of=" + text)
            assert answer["field"] == "as_of", answer.text
    assert "was made at" in som.get("/plan?as_of=1970-01-01")["detail"]
    som.refused(400, "usage", "GET", "/me?as_of=" + ago(40))


def changes(som, contact, one):
    """A record as it was before and after a change, and after it was retired; who may see it now may see it then."""
    made = som.good("POST", "/registers/incident/records", {"client_reference": "before"}, 201)
    path = "/records/" + made["id"]
    time.sleep(1.1)
    then = ago(0)
    time.sleep(1.1)
    som.good("PATCH", path, {"client_reference": "after"}, If_Match="\"1\"")
    old = som.good("GET", path + "?as_of=" + then)
    assert old["client_reference"] == "before" and old["row_version"] == 1 and "etag" not in old.headers
    assert som.get(path + "?as_of=" + then, If_None_Match="\"1\"").status == 200
    som.refused(412, "stale", "PATCH", path, {"client_reference": "x"}, If_Match="\"1\"")
    assert len(som.good("GET", path + "/history?as_of=" + then)["versions"]) == 1
    assert som.good("GET", path)["client_reference"] == "after"
    contact.refused(404, "not_found", "GET", path + "?as_of=" + then)
    contact.refused(404, "not_found", "GET", path + "/history?as_of=" + then)
    # One after the other on the same connections, at the same moment.
    for i in range(5):
        mine = contact.good("GET", "/registers/account/records?limit=500&fields=organisation&as_of=" + then)
        assert {r["organisation"]["key"] for r in mine["records"]} == {one} and mine["total"] == len(mine["records"])
        all_rows = som.good("GET", "/registers/account/records?limit=500&fields=organisation&as_of=" + then)
        assert len({r["organisation"]["key"] for r in all_rows["records"]}) > 1
    assert {c["organisation"] for c in contact.good("GET", "/cells?periods=all&as_of=" + then)["cells"]} == {one}
    assert som.good("GET", path)["client_reference"] == "after"


def past(port, password, one):
    then = ago(20)
    som, contact = Client(port), Client(port)
    som.sign_in("som", password)
    contact.sign_in("contact", password)
    same_as_commands(som, then)
    pages(som, then)
    refusals(som)
    changes(som, contact, one)
