# The shipped plan proves all of its checks, and its own faults are told, each with a place.
. "$ROOT/tests/cli/plan.sh"

ok holdfast lint "$ROOT/content/plans/post-office-2015" --json
expect_json out 'd["plan"] == "post-office-2015" and d["obligations"] == 97'
expect_json out 'd["errors"] == 0 and d["checks"] > 90 and d["proven"] == d["checks"] and d["edges"] > 30'
expect_json out 'all(f["line"] > 0 and f["column"] > 0 and f["file"].endswith((".yaml", ".sql")) for f in d["findings"])'
expect_json out 'd["warnings"] == sum(f["level"] == "warning" for f in d["findings"]) > 0'
# What the text cites and its own list lacks; what the client was only asked for; what the text contradicts.
expect_json out 'any("cites \x27Schedule 2.5\x27, which documents.csv does not list" in f["message"] for f in d["findings"])'
expect_json out 'any("9.1.2-a is blocked by a requested document: \x27Client Password Policy" in f["message"] for f in d["findings"])'
expect_json out 'd["kinds"]["document_requested"] > 0 and d["kinds"]["text_conf"] > 0 and d["kinds"]["parameter_proposed"] > 0'
few=$(grep -c '"level"' out)
ok holdfast lint "$ROOT/content/plans/post-office-2015" --json --all
[ "$(grep -c '"level"' out)" -gt "$few" ] || fail "--all lists no more"
expect_json out 'd["kinds"]["parameter_proposed"] == sum("is only proposed" in f["message"] for f in d["findings"])'

# By name, by folder in several ways of writing it, and that of a workspace.
fresh
ok holdfast lint mini --content content
expect_out "mini: 1 obligation, 1 with a check."
ok holdfast lint content/plans/mini/
(cd content/plans && holdfast lint ./mini && cd mini && holdfast lint ./ && cd .. && cd mini/sections && holdfast lint ../) >/dev/null
ok holdfast lint "$PWD/content/plans/mini"
ok holdfast init --home ws --content content
ok holdfast lint --home ws
expect_out "mini: 1 obligation"
HOLDFAST_HOME=ws ok holdfast lint
expect_out "mini: 1 obligation"

# Usage and missing things.
expect_exit 2 holdfast lint --strict
expect_exit 2 holdfast lint $plan other
expect_exit 3 holdfast lint content/plans/none
expect_err "there is no plan in 'content/plans/none'"
expect_exit 3 holdfast lint none --content content
expect_exit 3 holdfast lint --home none
mkdir -p elsewhere/plans
cp -R content/plans/mini elsewhere/plans
expect_exit 1 holdfast lint elsewhere/plans/mini
expect_out "elsewhere/registers: error: "
ok holdfast lint elsewhere/plans/mini --content content
rm -r $plan/sections
expect_exit 1 holdfast lint $plan
expect_out "$plan/sections: error: "
fresh
rm $plan/roles.yaml
expect_exit 1 holdfast lint $plan --json
expect_json out 'd["plan"] is None and d["errors"] > 0 and d["findings"][0]["file"] == "content/plans/mini/roles.yaml"'

# Faults by rule: warnings and notes, which leave the exit status alone.
fresh
cat >$plan/documents.csv <<'END'
no,reference,title,status,cited_as
1,POL1,A policy,listed,Policy One
2,POL2,Another policy,listed,Policy One
3,Doc Ref Requested,The client's policy,requested,Client Policy (Requested)
END
cat >$plan/faults.yaml <<'END'
faults:
  - {id: F1, sections: ["1"], kind: conf, text: Section 1 disagrees with itself.}
  - {id: F2, sections: ["7"], kind: num, text: Section 7 is numbered twice.}
END
edit $section '12s/$/\n    cites: [POL1, POL9, Policy One, Client Policy (Requested)]/'
edit $plan/roles.yaml '7d; 3s/"1"/"2"/'
cat >>$plan/roles.yaml <<'END'
  - name: idler
END
cat >>$plan/parameters.yaml <<'END'
- {name: unused, value: 3, unit: days, section: "1", origin: proposed}
- {name: later, value: 3, unit: days, section: "7", origin: proposed}
END
edit $plan/parameters.yaml '6s/fixed/proposed/'
printf 'section: "2"\ntitle: Nothing\nobligations: []\n' >$plan/sections/2.yaml
ok holdfast lint $plan
expect_out "$section:13:12: warning: 1-a cites 'POL9', which documents.csv does not list"
expect_out "$section:13:12: warning: 1-a cites 'Policy One', which fits 2 documents"
expect_out "$section:13:12: warning: 1-a is blocked by a requested document: 'Client Policy (Requested)' (entry 3"
refute_out "'POL1'"
expect_out "$section:4:5: warning: 1-a is owned by 'service_manager', to whom roles.yaml does not give section 1"
expect_out "$plan/roles.yaml:2:5: warning: role 'service_manager' conflicts with 'auditor', but not the other way round"
expect_out "$plan/roles.yaml:7:5: warning: role 'idler' has no duty"
expect_out "$plan/sections/2.yaml:1:1: warning: section 2 has no obligation"
expect_out "$plan/parameters.yaml:8:3: note: no check uses parameter 'unused'"
refute_out "'later'"
refute_out "F2"
expect_out "$plan/faults.yaml:2:5: warning: F1: Section 1 disagrees with itself."
expect_out "    1  figures that checks use and that are still to be agreed"
expect_out "    2  figures that no check uses"
ok holdfast lint $plan --all
expect_out "note: F2: Section 7 is numbered twice."
expect_out "$plan/parameters.yaml:2:3: note: parameter 'grace' is only proposed"
expect_out "no check uses parameter 'later'"
broken $plan/roles.yaml '4s/auditor/auditer/' 2:5 "role 'service_manager' conflicts with 'auditer', which is no role"

# A plan with faults is not taken into a workspace, and every fault is told there too.
fresh
edit $section '9s/event/evnt/; 11s/high/hihg/'
expect_exit 3 holdfast init --home faulty --content content
expect_err "$section:9:14: error: 'evnt' is no value of 'cadence'; did you mean 'event'?"
expect_err "$section:11:15: error: 'hihg' is no value of 'severity'; did you mean 'high'?"
