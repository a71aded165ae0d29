"""due.py -- the calendar, held against the cells and records that it is made of, and its feed, against RFC 5545."""
import datetime
import re

from client import Client

MET = ("proven", "quiet", "waived", "not_applicable")


def every(who, query):
    """All entries of a calendar, page by page."""
    page = who.good("GET", "/calendar?%s&limit=500" % query)
    entries = page["entries"]
    while page["next"]:
        page = who.good("GET", "/calendar?%s&limit=500&after=%s" % (query, page["next"]))
        entries += page["entries"]
    assert not page["leaves_out"]
    return entries


def month_end(day):
    return (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


def duties(who):
    """What stands is what the cells say, of the duties that a role of his owns; and it goes on as they do."""
    me = who.good("GET", "/me")
    owners = {o["id"]: o["owners"] for o in who.good("GET", "/plan/obligations")["obligations"]}
    keys = {o["id"]: o["key"] for o in who.good("GET", "/registers/organisation/records?limit=500&fields=key")["records"]}
    held = {(r["role"], keys.get(r["organisation"])) for r in me["roles"]}
    cells = who.good("GET", "/cells?periods=all")["cells"]
    today = datetime.date.fromisoformat(who.good("GET", "/calendar")["today"])
    first, last = today.replace(day=1) - datetime.timedelta(days=60), month_end(month_end(today) + datetime.timedelta(days=1))
    span = "from=%s&to=%s" % (first, min(last, first + datetime.timedelta(days=123)))
    for scope in ("mine", "all"):
        told = {(e["obligation"], e["organisation"], e["period"]): e
                for e in every(who, span + "&scope=" + scope) if e["kind"] == "duty"}
        wanted = {(c["obligation"], c["organisation"], c["period"]): c for c in cells if str(first) <= c["period_to"] <= str(last) and (
            scope == "all" or any((role, at) in held for role in owners[c["obligation"]] for at in (c["organisation"], None)))}
        assert {key for key, e in told.items() if e["stands"]} == set(wanted), (len(told), len(wanted))
        for key, c in wanted.items():
            e = told[key]
            state = "met" if c["state"] in MET else "late" if c["state"] == "missed" or c["period_to"] < str(today) else "due"
            assert (e["stands"], e["day"], e["state"]) == (c["state"], c["period_to"], state), (e, c)
        ahead = [e for e in told.values() if not e["stands"]]
        assert bool(ahead) == bool(told) and all(e["state"] == "due" and e["day"] >= str(today) for e in ahead), (span, len(told), ahead[:3])
    assert told
    return told


def pages(who):
    """Each entry comes once, in its order, whatever the size of the pages."""
    whole = every(who, "scope=all")
    few, page = [], who.good("GET", "/calendar?scope=all&limit=37")
    while page["next"]:
        few += page["entries"]
        page = who.good("GET", "/calendar?scope=all&limit=37&after=" + page["next"])
    assert few + page["entries"] == whole and whole
    assert [e["day"] for e in whole] == sorted(e["day"] for e in whole)
    who.good("GET", "/calendar?from=2026-01-01&to=2026-05-04")
    for status, problem, query in ((422, "invalid", "from=2026-01-01&to=2026-05-05"), (422, "invalid", "from=2026-02-01&to=2026-01-31"),
                                   (400, "usage", "from=2026-02-30"), (400, "usage", "to=tomorrow"), (400, "usage", "scope=some"),
                                   (422, "invalid", "limit=0"), (422, "invalid", "limit=501"), (422, "invalid", "after=x"),
                                   (422, "invalid", "after=" + "9" * 30 + ".0.0.0.0"), (422, "invalid", "after=1.2.3.4.5.6"),
                                   (400, "usage", "as_of=2026-03-01")):
        who.refused(status, problem, "GET", "/calendar?" + query)


def records(som, contact, one):
    """A record is his who owns it, and nobody sees those of others' organisations."""
    today = som.good("GET", "/calendar")["today"]
    span = "from=%s&to=%s" % (today, today)
    ours = som.good("GET", "/me")
    made = {}
    for who, organisation in ((som, ours["organisation"]), (contact, one)):
        made[who] = who.good("POST", "/registers/action/records", {
            "organisation": organisation, "kind": "improvement", "due_on": today, "owner": who.good("GET", "/me")["person"]}, 201)

    def seen(who, scope):
        return {e["record"]: e for e in every(who, span + "&scope=" + scope) if e["record"]}

    mine, theirs = made[som]["id"], made[contact]["id"]
    assert mine in seen(som, "mine") and theirs not in seen(som, "mine") and {mine, theirs} <= set(seen(som, "all"))
    assert theirs in seen(contact, "mine") and mine not in seen(contact, "all")
    entry = seen(contact, "mine")[theirs]
    assert (entry["kind"], entry["state"], entry["stands"], entry["field"], entry["label"], entry["register"], entry["organisation"]) == (
        "record", "due", "open", "due_on", "Due on", "action", one), entry
    for state in ("in_progress", "done"):
        tag = contact.get("/records/" + theirs).headers["etag"]
        contact.good("PATCH", "/records/" + theirs, {"state": state}, If_Match=tag)
    assert seen(contact, "mine")[theirs]["state"] == "met"
    return made


def unfolded(text):
    """The lines of a feed, which are as section 3.1 of RFC 5545 wants them."""
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "") and "\r" not in text.replace("\r\n", "")
    for line in text.encode().split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode()
    return re.sub("\r\n[ \t]", "", text).split("\r\n")[:-1]


def events(text):
    """Of each event its properties, by name with parameters; and those of the calendar."""
    stack, found, head = [], [], {}
    for line in unfolded(text):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            stack.append(value)
            if value == "VEVENT":
                found.append({})
        elif name == "END":
            assert stack.pop() == value
        elif stack[-1] == "VEVENT":
            assert name not in found[-1], name
            found[-1][name] = re.sub(r"\\([,;\\nN])", lambda m: "\n" if m[1] in "nN" else m[1], value)
        elif stack == ["VCALENDAR"]:
            head[name] = value
    assert not stack and head["VERSION"] == "2.0" and head["PRODID"] and head["X-WR-CALNAME"]
    assert head["REFRESH-INTERVAL;VALUE=DURATION"] == "PT1H"
    for e in found:
        assert {"UID", "DTSTAMP", "LAST-MODIFIED", "SUMMARY", "DESCRIPTION", "URL"} <= set(e), e
        assert re.fullmatch(r"\d{8}", e.get("DTSTART;VALUE=DATE", "")) or re.fullmatch(r"\d{8}T\d{6}Z", e.get("DTSTART", "")), e
        assert re.fullmatch(r"\d{8}T\d{6}Z", e["DTSTAMP"]), e
    uids = [e["UID"] for e in found]
    assert len(uids) == len(set(uids)), uids
    return found


def subscribe(who, name):
    made = who.good("POST", "/me/tokens", {"name": name, "days": 366, "calendar": True}, 201)
    assert made["token"].startswith("hfc_")
    return made


def fetch(port, token, status=200, **headers):
    """As a calendar program does: without anything but the address."""
    answer = Client(port).get("/calendar.ics?token=" + token, **headers)
    assert answer.status == status, (answer.status, answer.text[:400])
    return answer


def feed(who, marking):
    """The feed says what the calendar says, to whoever has the address and for nothing else."""
    made = subscribe(who, "telephone")
    token = made["token"]
    answer = fetch(who.port, token)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = events(answer.text)
    today = datetime.date.fromisoformat(who.good("GET", "/calendar")["today"])
    span = "from=%s&to=%s" % (today - datetime.timedelta(days=31), today + datetime.timedelta(days=92))
    told = every(who, span)
    wanted = {e["record"] + "/" + e["field"] if e["record"] else e["obligation"] + "/" + e["period"] for e in told}
    assert {re.fullmatch(r"(?:record|duty)/(.*)@.*", e["UID"])[1] for e in found} == wanted and wanted
    assert all(e["DESCRIPTION"].endswith(marking) for e in found)
    assert all(e["SUMMARY"].split(":")[0] in ("Met", "Due", "Late") for e in found)
    assert all(e["URL"].startswith("http://127.0.0.1:%d/" % who.port) for e in found)
    tag = answer.headers["etag"]
    assert fetch(who.port, token).headers["etag"] == tag
    assert fetch(who.port, token, 304, If_None_Match=tag).text == ""
    # Signed in it is there as well, and a token for programs has its header; an address it has not.
    assert who.good("GET", "/calendar.ics").text == answer.text
    program = who.good("POST", "/me/tokens", {"name": "program", "days": 1, "writes": True}, 201)
    assert Client(who.port, program["token"]).good("GET", "/calendar.ics").text == answer.text
    fetch(who.port, program["token"], 401)
    fetch(who.port, "hfc_" + "0" * 64, 401)
    fetch(who.port, "", 401)
    holder = Client(who.port, token)
    assert holder.good("GET", "/calendar.ics").text == answer.text
    for method, path in (("GET", "/me"), ("GET", "/calendar"), ("GET", "/work"), ("GET", "/me/tokens"), ("GET", "/registers/action/records"),
                         ("POST", "/registers/action/records"), ("POST", "/me/tokens"), ("DELETE", "/me/tokens/%d" % made["id"])):
        holder.refused(403, "denied", method, path, {} if method == "POST" else None)
    assert Client(who.port, token).ask_at("GET", "/scim/v2/Users").status == 403
    # Another address takes no secret.
    assert Client(who.port).get("/me?token=" + token).status == 401
    for wrong in ({"writes": True}, {"registers": ["action"]}):
        who.refused(422, "invalid", "POST", "/me/tokens", {"name": "x", "days": 1, "calendar": True, **wrong})
    row = next(t for t in who.good("GET", "/me/tokens")["tokens"] if t["id"] == made["id"])
    assert row["calendar"] and row["used_at"] and not row["writes"] and not row["scim"] and "token" not in row
    who.good("DELETE", "/me/tokens/%d" % made["id"], status=204)
    fetch(who.port, token, 401)
    return token


def often(who):
    """An address can be fetched so often; another one is counted for itself."""
    first, second = subscribe(who, "eager")["token"], subscribe(who, "other")["token"]
    answers = [Client(who.port).get("/calendar.ics?token=" + first) for _ in range(22)]
    assert {a.status for a in answers} == {200, 429} and sum(a.status == 200 for a in answers) <= 20, [a.status for a in answers]
    late = next(a for a in answers if a.status == 429)
    assert late.problem == "too_often" and int(late.headers["retry-after"]) > 0
    fetch(who.port, second)


def roles_end(som, contact):
    """With the last role goes what was to be seen by it, from the feed too."""
    token = subscribe(contact, "ends")["token"]
    assert events(fetch(som.port, token).text)
    person = contact.good("GET", "/me")["person"]
    page = som.good("GET", "/registers/role_assignment/records?limit=500&filter=person=%s%%20state=current" % person)
    for row in page["records"]:
        tag = som.get("/records/" + row["id"]).headers["etag"]
        som.good("PATCH", "/records/" + row["id"], {"state": "ended"}, If_Match=tag)
    assert contact.good("GET", "/me").json["roles"] == []
    assert contact.good("GET", "/calendar?scope=all")["entries"] == []
    assert events(fetch(som.port, token).text) == []


def restricted(who):
    """Who may read what is restricted sees it on a page; it is in no feed."""
    today = who.good("GET", "/calendar")["today"]
    case = who.good("POST", "/registers/personnel_case/records", {
        "organisation": "harrowmere", "kind": "performance", "due_on": today, "facilitator": who.good("GET", "/me")["person"]}, 201)
    shown = {e["record"] for e in every(who, "from=%s&to=%s&scope=all" % (today, today))}
    assert case["id"] in shown
    token = subscribe(who, "elsewhere")["token"]
    text = Client(who.port).get("/calendar.ics?scope=all&token=" + token).text
    assert events(text) and case["id"] not in text and case["key"] not in text


def decisions(who, steps):
    """What waits for his decision is in it with its date, whoever owns it; of a token that only reads, too."""
    today = who.good("GET", "/calendar")["today"]
    audit = steps.good("POST", "/registers/audit/records", {"organisation": "harrowmere", "kind": "internal", "planned_on": today}, 201)
    entry = next(e for e in every(who, "from=%s&to=%s" % (today, today)) if e["record"] == audit["id"])
    assert entry["kind"] == "decision" and entry["steps"] == ["held"], entry
    text = fetch(who.port, subscribe(who, "decides")["token"]).text
    event = next(e for e in events(text) if audit["id"] + "/" in e["UID"])
    assert "It waits for your decision." in event["DESCRIPTION"], event
