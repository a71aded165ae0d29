"""A scenario in which only time passes: the instants to assess at, and what fails at each.

    clock.py FOLDER instants            every second at which something changes, and the second before it
    clock.py FOLDER at INSTANT ASSESS.json   those of the records fail whose time it is, and since when they should
"""

import csv
import datetime
import json
import sys


def rows(folder):
    with open(folder + "/expected.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def before(instant):
    at = datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")) - datetime.timedelta(seconds=1)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def instants(expected):
    changes = {r[edge] for r in expected for edge in ("from", "until") if r[edge]}
    first = min(changes)
    return sorted(changes | {before(c) for c in changes if c != first})


def name(f):
    return f["obligation"], f["register"], f["key"], f["organisation"]


def differences(expected, instant, answer):
    watched = {name(r) for r in expected}
    due = {name(r): r for r in expected if r["from"] <= instant and (not r["until"] or instant < r["until"])}
    found = {name(f): f for f in answer["failures"] if name(f) in watched}
    for n in sorted(due.keys() - found.keys()):
        yield "%s: %s %s %s of %s does not fail: %s" % (instant, *n, due[n]["why"])
    for n in sorted(found.keys() - due.keys()):
        yield "%s: %s %s %s of %s fails: %s" % (instant, *n, found[n]["reason"])
    for n in sorted(found.keys() & due.keys()):
        if found[n]["first_failed_at"] != due[n]["first_failed_at"]:
            yield "%s: %s %s %s of %s fails since %s, not since %s" % (
                instant, *n, found[n]["first_failed_at"], due[n]["first_failed_at"])


expected = rows(sys.argv[1])
if sys.argv[2] == "instants":
    print("\n".join(instants(expected)))
else:
    with open(sys.argv[4], encoding="utf-8") as file:
        lines = list(differences(expected, sys.argv[3], json.load(file)))
    print("\n".join(lines))
    sys.exit("%d differences" % len(lines) if lines else 0)
