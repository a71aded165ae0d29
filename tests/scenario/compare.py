"""What an assessment said of a scenario, against what it had to say.

    compare.py FOLDER seeded ASSESS.json          exactly the records of FOLDER/expected.csv fail
    compare.py FOLDER mended ASSESS.json SHOW.json  none fails any more, and each is kept as put right

Only the obligations that expected.csv names are looked at. Every difference is printed as one line.
"""

import csv
import json
import sys

START = "2026-06-15T12:00:00Z"
MENDED = "2026-06-15T15:00:00Z"
OBLIGATION, REGISTER, KEY, ORGANISATION = range(4)
differences = []


def differ(text, *values):
    differences.append(text % values)


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def name(f):
    return f["obligation"], f["register"], f["key"], f["organisation"]


def seeds(folder):
    return {name(r): r["why"] for r in rows(folder + "/expected.csv")}


def named(failures, obligations):
    """The failures of these obligations by name; each may be there once."""
    found = {}
    for f in failures:
        if f["obligation"] not in obligations:
            continue
        if name(f) in found:
            differ("twice     %s %s %s of %s", *name(f))
        found[name(f)] = f
    return found


def compare_cells(folder, delivery, cells, expected, otherwise):
    """`expected` names the cells of which `otherwise` is wanted, unless cells.csv says something else."""
    wanted = {(s[OBLIGATION], s[ORGANISATION]): (otherwise, "", "") for s in expected}
    for r in rows(folder + "/cells.csv"):
        if r["delivery"] == delivery:
            wanted[r["obligation"], r["organisation"]] = r["state"], r["reason"], r["why"]
    found = {(c["obligation"], c["organisation"]): c for c in cells}
    for (obligation, organisation), (state, reason, why) in sorted(wanted.items()):
        c = found.get((obligation, organisation), {"state": "absent", "reason": ""})
        if c["state"] != state or (reason and (c["reason"] or "") != reason):
            differ("cell      %s of %s is %s (%s), not %s: %s", obligation, organisation, c["state"],
                   c["reason"], state, why or otherwise)
    for (obligation, organisation), c in found.items():
        failing = sum(1 for s in expected if (s[OBLIGATION], s[ORGANISATION]) == (obligation, organisation))
        if delivery == "seeded" and failing and c["failing"] != failing:
            differ("count     %s of %s: %s failing, %s seeded", obligation, organisation, c["failing"], failing)


def compare_seeded(folder, answer):
    expected = seeds(folder)
    found = named(answer["failures"], {e[OBLIGATION] for e in expected})
    for e in sorted(expected.keys() - found.keys()):
        differ("missing   %s %s %s of %s: %s", *e, expected[e])
    for f in sorted(found.keys() - expected.keys()):
        differ("not seeded %s %s %s of %s: %s", *f, found[f]["reason"])
    for f in found.values():
        if not f["first_failed_at"] or f["first_failed_at"] > START or not f["reason"]:
            differ("when      %s %s %s of %s: '%s' since '%s'", *name(f), f["reason"], f["first_failed_at"])
    compare_cells(folder, "seeded", answer["cells"], expected, "failing")
    for r in rows(folder + "/since.csv"):
        f = found.get(name(r))
        if f and f["first_failed_at"] != r["first_failed_at"]:
            differ("since     %s %s %s of %s: %s, not %s: %s", *name(r), f["first_failed_at"],
                   r["first_failed_at"], r["why"])
    if answer["as_of"] != START:
        differ("as_of     %s, not %s", answer["as_of"], START)


def compare_mended(folder, answer, shown):
    expected = seeds(folder)
    obligations = {e[OBLIGATION] for e in expected}
    for f in named(answer["failures"], obligations).values():
        differ("not mended %s %s %s of %s: %s", *name(f), f["reason"])
    kept = {}
    for f in shown:
        kept.setdefault(name(f), []).append(f)
    for e in sorted(expected):
        fixed = [f.get("fixed_at") for f in kept.get(e, [])]
        if fixed != [MENDED]:
            differ("fixed_at  %s %s %s of %s: %s, not %s", *e, fixed, MENDED)
    compare_cells(folder, "mended", answer["cells"], expected, "proven")


folder, delivery = sys.argv[1:3]
if delivery == "seeded":
    compare_seeded(folder, load(sys.argv[3]))
else:
    compare_mended(folder, load(sys.argv[3]), load(sys.argv[4]))
for line in differences:
    print(line)
sys.exit("%d differences in %s, %s" % (len(differences), folder, delivery) if differences else 0)
